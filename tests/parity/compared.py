"""Two prints of one record, character by character: a field's lines against each other, static text by nearest places.

A field's words are compared line by line within its cell or blank; what stands in none is the form's own text.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tests.parity.areas import Area
from tests.parity.papers import Glyph, Paper, lines_of

__all__ = ["NEAR_PT", "Difference", "Outcome", "compare"]

NEAR_PT = 0.5
FAR_PT = 6.0
"""Static text that has moved farther counts as missing here and added there."""
SAME_SIZE_PT = 0.05


@dataclass(frozen=True, slots=True)
class Difference:
    """Something the two prints do not agree about."""

    kind: str
    """words, breaks, size, place, static, pages or sheets."""
    page: int
    area: str
    """Field; '' for the form's own text."""
    word: str
    """What Word's print has, lines parted by |."""
    ours: str
    distance: float = 0.0
    is_rest: bool = False


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
    differences: list[Difference] = None  # type: ignore[assignment]

    def __post_init__(self) -> None:
        self.differences = []

    def moved(self, dx: float, dy: float) -> None:
        self.dx, self.dy = max(self.dx, abs(dx)), max(self.dy, abs(dy))


def compare(outcome: Outcome, word: Sequence[Paper], ours: Sequence[Paper], areas: Sequence[Sequence[Area]]) -> Outcome:
    """Fill in the outcome. Pages beyond `areas` are continuation sheets, of which only the words are compared."""
    outcome.pages = len(areas)
    outcome.sheets = len(ours) - len(areas)
    if len(word) != len(ours):
        outcome.differences.append(Difference("pages", 0, "", str(len(word)), str(len(ours))))
    for number, (theirs, own, places) in enumerate(zip(word, ours, areas, strict=False), 1):
        _Page(outcome, number, theirs, own, places).compare()
    if outcome.sheets:
        there, here = (_words(papers[len(areas) :]) for papers in (word, ours))
        if there != here:
            outcome.differences.append(Difference("sheets", len(areas) + 1, "", *_first_difference(there, here)))
    return outcome


class _Page:
    """One page of both prints."""

    def __init__(self, outcome: Outcome, number: int, word: Paper, ours: Paper, areas: Sequence[Area]) -> None:
        self.outcome, self.number = outcome, number
        self.word, self.ours, self.areas = word, ours, areas

    def compare(self) -> None:
        if max(abs(self.word.width - self.ours.width), abs(self.word.height - self.ours.height)) > 0.1:
            self._differ("pages", "", f"{self.word.width} {self.word.height}", f"{self.ours.width} {self.ours.height}")
        there, here = (_sorted_out(paper.glyphs, self.areas) for paper in (self.word, self.ours))
        for index, area in enumerate(self.areas):
            if there[index] or here[index]:
                self.outcome.fields += 1
                self._field(area, there[index], here[index])
        self._static(there[-1], here[-1])

    def _differ(self, kind: str, area: str, word: str, ours: str, distance: float = 0.0, is_rest: bool = False) -> None:
        self.outcome.differences.append(Difference(kind, self.number, area, word, ours, distance, is_rest))

    def _field(self, area: Area, there: list[Glyph], here: list[Glyph]) -> None:
        their_lines, own_lines = lines_of(there), lines_of(here)
        word, ours = (
            "|".join("".join(item.text for item in line) for line in lines) for lines in (their_lines, own_lines)
        )
        if word != ours:
            kind = "breaks" if word.replace("|", "") == ours.replace("|", "") else "words"
            self._differ(kind, str(area), word, ours, is_rest=area.is_rest)
            return
        pairs = [pair for line, own in zip(their_lines, own_lines, strict=True) for pair in zip(line, own, strict=True)]
        self._pairs(str(area), word, pairs)

    def _pairs(self, area: str, text: str, pairs: Sequence[tuple[Glyph, Glyph]]) -> None:
        self.outcome.characters += len(pairs)
        farthest, sizes = 0.0, (0.0, 0.0)
        for there, here in pairs:
            dx, dy = here.x - there.x, here.y - there.y
            self.outcome.moved(dx, dy)
            farthest = max(farthest, abs(dx), abs(dy))
            if abs(here.size - there.size) > SAME_SIZE_PT:
                sizes = there.size, here.size
        if sizes[0]:
            self._differ("size", area, f"{text} {sizes[0]:g}", f"{sizes[1]:g}")
        if farthest > NEAR_PT:
            self._differ("place", area, text, "", round(farthest, 2))

    def _static(self, there: list[Glyph], here: list[Glyph]) -> None:
        pairs, their_rest, own_rest = _nearest(there, here)
        for pair in pairs:
            self._pairs("", pair[0].text, [pair])
        if their_rest or own_rest:
            self._differ("static", "", _text(their_rest), _text(own_rest))


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
    return "|".join("".join(item.text for item in line) for line in lines_of(glyphs))


def _words(papers: Iterable[Paper]) -> str:
    return "".join(_text(paper.glyphs).replace("|", "") for paper in papers)


def _first_difference(there: str, here: str) -> tuple[str, str]:
    """A few characters around the first difference."""
    at = next((i for i, (a, b) in enumerate(zip(there, here, strict=False)) if a != b), min(len(there), len(here)))
    return there[max(0, at - 8) : at + 24], here[max(0, at - 8) : at + 24]
