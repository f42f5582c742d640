"""Two prints of one record, character by character: a field's lines against each other, static text by nearest places.

A field's words are compared line by line within its cell or blank; what stands in none is the form's own text.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain, takewhile

from tests.parity.areas import Area, PageAreas
from tests.parity.papers import Glyph, Paper, lines_of

__all__ = ["NEAR_PT", "Difference", "Outcome", "compare"]

NEAR_PT = 0.5
FAR_PT = 6.0
"""Static text that has moved farther counts as missing here and added there."""
SAME_SIZE_PT = 0.05
SHEET_FOOT = re.compile("附页[0-9]+/[0-9]+$")
SHEET_PLACE = re.compile("（接第[0-9]+页）")


@dataclass(frozen=True, slots=True)
class Difference:
    """Something the two prints do not agree about."""

    kind: str
    """words, breaks, size, place, static, pages, sheets, named page, tail or refused."""
    page: int
    where: str
    """The field; '' for the form's own text."""
    word: str
    """What Word's print has, lines parted by |."""
    ours: str
    by_pt: float = 0.0
    """How far apart; of line ends how much room the longer line leaves."""
    area: Area | None = None

    def __str__(self) -> str:
        by = f" ({self.by_pt:.2f} pt)" if self.by_pt else ""
        said = f"{self.word} / {self.ours}" if self.word != self.ours else self.word
        return f"page {self.page} {self.where or 'form'}: {self.kind}{by}: {said}"


@dataclass(slots=True)
class Outcome:
    """What the comparison of one record came to."""

    form: str
    record: str
    pages: int = 0
    sheets: int = 0
    fields: int = 0
    """Fields compared that have a value."""
    characters: int = 0
    dx: float = 0.0
    dy: float = 0.0
    differences: list[Difference] = field(default_factory=list)

    def moved(self, dx: float, dy: float) -> None:
        self.dx, self.dy = max(self.dx, abs(dx)), max(self.dy, abs(dy))


def compare(outcome: Outcome, word: Sequence[Paper], ours: Sequence[Paper], areas: Sequence[PageAreas]) -> Outcome:
    """Fill in the outcome. Pages beyond `areas` are continuation sheets, of which only the words are compared; what
    follows a table and is moved to a page of its own is compared without places, too."""
    outcome.pages, outcome.sheets = len(areas), len(ours) - len(areas)
    if len(word) != len(ours):
        outcome.differences.append(Difference("pages", 0, "", str(len(word)), str(len(ours))))
    count = len(areas)
    if count > 1 and areas[-1].head_bottom is not None:
        count -= 2
        _compare_tail(outcome, word[count : count + 2], ours[count : count + 2], areas[-1].head_bottom)
    for number, (theirs, own, places) in enumerate(zip(word, ours, areas[:count], strict=False), 1):
        _Page(outcome, number, theirs, own, places.areas).compare()
    if outcome.sheets:
        _compare_sheets(outcome, word[len(areas) :], ours[len(areas) :])
    return outcome


def _compare_sheets(outcome: Outcome, word: Sequence[Paper], ours: Sequence[Paper]) -> None:
    """The words of the continuation sheets: a Word file's flow over pages, ours repeat their head and have a foot."""
    pages = [SHEET_FOOT.sub("", _text(paper.glyphs).replace("|", "")) for paper in ours]
    head = _common(pages) if len(pages) > 1 else 0
    here = pages[0] + "".join(page[head:] for page in pages[1:])
    there = "".join(_text(paper.glyphs).replace("|", "") for paper in word)
    number = outcome.pages + 1
    if there != SHEET_PLACE.sub("（接正表）", here):
        outcome.differences.append(Difference("sheets", number, "", *_first_difference(there, here)))
    if named := SHEET_PLACE.findall(here):
        outcome.differences.append(Difference("named page", number, "", "（接正表）", named[0]))


def _compare_tail(outcome: Outcome, word: Sequence[Paper], ours: Sequence[Paper], head_bottom: float) -> None:
    """Two pages of which the second has no rows: the same words on both together, but for a repeated head."""
    there, here = (Counter(item.text for paper in papers for item in paper.glyphs) for papers in (word, ours))
    head = Counter(item.text for item in ours[1].glyphs if item.y < head_bottom)
    if there - here or (here - there) - head:
        lost, added = ("".join(sorted(rest.elements())) for rest in (there - here, (here - there) - head))
        outcome.differences.append(Difference("words", outcome.pages, "", lost, added))
    first = [Counter(item.text for item in papers[0].glyphs) for papers in (word, ours)]
    moved = "".join(sorted(((first[0] - first[1]) + (first[1] - first[0])).elements()))
    outcome.differences.append(Difference("tail", outcome.pages, "", moved, ""))


class _Page:
    """One page of both prints."""

    def __init__(self, outcome: Outcome, number: int, word: Paper, ours: Paper, areas: Sequence[Area]) -> None:
        self.outcome, self.number = outcome, number
        self.word, self.ours, self.areas = word, ours, areas

    def compare(self) -> None:
        if max(abs(self.word.width - self.ours.width), abs(self.word.height - self.ours.height)) > 0.1:
            self._differ(
                "pages", None, f"{self.word.width} {self.word.height}", f"{self.ours.width} {self.ours.height}"
            )
        there, here = (_sorted_out(paper.glyphs, self.areas) for paper in (self.word, self.ours))
        for index, area in enumerate(self.areas):
            if there[index] or here[index]:
                self.outcome.fields += 1
                self._field(area, there[index], here[index])
        self._static(there[-1], here[-1])

    def _differ(self, kind: str, area: Area | None, word: str, ours: str, by_pt: float = 0.0) -> None:
        where = str(area) if area is not None else ""
        self.outcome.differences.append(Difference(kind, self.number, where, word, ours, round(by_pt, 2), area))

    def _field(self, area: Area, there: list[Glyph], here: list[Glyph]) -> None:
        their_lines, own_lines = lines_of(there), lines_of(here)
        word, ours = _said(their_lines), _said(own_lines)
        if word.replace("|", "") != ours.replace("|", ""):
            self._differ("words", area, word, ours)
        elif word != ours:
            self._differ("breaks", area, word, ours, _room_left(their_lines, own_lines, area))
        else:
            pairs = zip(chain.from_iterable(their_lines), chain.from_iterable(own_lines), strict=True)
            self._pairs(area, word, list(pairs))

    def _pairs(self, area: Area | None, text: str, pairs: Sequence[tuple[Glyph, Glyph]]) -> None:
        self.outcome.characters += len(pairs)
        far = 0.0
        for there, here in pairs:
            dx, dy = here.x - there.x, here.y - there.y
            far = max(far, abs(dx), abs(dy))
            if abs(here.size - there.size) > SAME_SIZE_PT:
                self._differ("size", area, f"{there.text} {there.size:g}", f"{here.text} {here.size:g}")
                return
            if max(abs(dx), abs(dy)) <= NEAR_PT:
                self.outcome.moved(dx, dy)
        if far > NEAR_PT:
            self._differ("place", area, text, text, far)

    def _static(self, there: list[Glyph], here: list[Glyph]) -> None:
        pairs, their_rest, own_rest = _nearest(there, here)
        for pair in pairs:
            self._pairs(None, pair[0].text, [pair])
        if their_rest or own_rest:
            self._differ("static", None, _text(their_rest), _text(own_rest))


def _said(lines: Sequence[Sequence[Glyph]]) -> str:
    return "|".join("".join(item.text for item in line) for line in lines)


def _room_left(word: Sequence[Sequence[Glyph]], ours: Sequence[Sequence[Glyph]], area: Area) -> float:
    """How much room the longer of the first two lines that differ leaves in its cell."""
    pair = next(pair for pair in zip(word, ours, strict=False) if len(pair[0]) != len(pair[1]))
    return area.room[1] - max(pair, key=len)[-1].right


def _sorted_out(glyphs: Iterable[Glyph], areas: Sequence[Area]) -> list[list[Glyph]]:
    """The characters of each area; last, those of none."""
    found: list[list[Glyph]] = [[] for _ in range(len(areas) + 1)]
    for glyph in glyphs:
        index = next((index for index, area in enumerate(areas) if area.holds(glyph.middle)), -1)
        found[index].append(glyph)
    return found


def _nearest(
    there: Iterable[Glyph], here: Iterable[Glyph]
) -> tuple[list[tuple[Glyph, Glyph]], list[Glyph], list[Glyph]]:
    """Pairs of the same character, the nearest first; and what has no partner."""
    by_text: dict[str, tuple[list[Glyph], list[Glyph]]] = defaultdict(lambda: ([], []))
    for side, glyphs in enumerate((there, here)):
        for glyph in glyphs:
            by_text[glyph.text][side].append(glyph)
    pairs, rests = [], ([], [])
    for theirs, own in by_text.values():
        ranked = sorted(
            (max(abs(a.x - b.x), abs(a.y - b.y)), i, j) for i, a in enumerate(theirs) for j, b in enumerate(own)
        )
        used: tuple[set[int], set[int]] = (set(), set())
        for distance, i, j in ranked:
            if distance > FAR_PT:
                break
            if i not in used[0] and j not in used[1]:
                used[0].add(i)
                used[1].add(j)
                pairs.append((theirs[i], own[j]))
        rests[0].extend(item for i, item in enumerate(theirs) if i not in used[0])
        rests[1].extend(item for j, item in enumerate(own) if j not in used[1])
    return pairs, *rests


def _text(glyphs: Iterable[Glyph]) -> str:
    return _said(lines_of(glyphs))


def _common(texts: Sequence[str]) -> int:
    """How many characters all texts begin with alike."""
    return sum(1 for _ in takewhile(lambda same: len(set(same)) == 1, zip(*texts, strict=False)))


def _first_difference(there: str, here: str) -> tuple[str, str]:
    """A few characters around the first difference."""
    at = next((i for i, (a, b) in enumerate(zip(there, here, strict=False)) if a != b), min(len(there), len(here)))
    return there[max(0, at - 8) : at + 24], here[max(0, at - 8) : at + 24]
