"""Which page of which form a page is that another program printed, and where the form's words stand on it.

In: the characters of a page. Out: the form's page whose printed words are there, how the page is moved and scaled
against the layout, and what each word's place differs by besides. Words count that stand once on both.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from formgen.reading.pdf.glyphs import Char, Rows, Word
from formgen.reading.pdf.prints import ArtRole, FormPrint, PrintBook

__all__ = ["Match", "Shifts", "best_match", "find_words", "running_text"]

ENOUGH: Final = 0.6
"""Share of a form's printed characters that have to be found in their words."""
NEIGHBOURS: Final = 3
FAR_PT: Final = 150.0
SAME_SCALE_PT: Final = 3.0
NEAR_PT: Final = 6.0
"""A word that is farther from its place was moved."""
EXACT_PT: Final = 1.0
"""Where no word stands farther from its place, nothing is shifted."""


@dataclass(frozen=True, slots=True)
class Match:
    """A page of a form, found on a page."""

    form: FormPrint
    role: ArtRole
    score: float
    weight: int
    """Characters found."""
    scale: float
    right: float
    down: float
    found: tuple[tuple[Word, Char, Char], ...]
    """Words of the form, and where each begins and ends on the page."""

    def shift(self, word: Word, begin: Char, end: Char) -> tuple[float, float]:
        """By how much a word stands elsewhere than the whole page says, in the layout's points.

        In another font a word keeps its beginning or its middle.
        """
        first, last = word.chars[0], word.chars[-1]
        across = (begin.x - self.right) / self.scale - first.x
        after = (end.x + end.width - self.right) / self.scale - last.x - last.width
        return min(across, (across + after) / 2, key=abs), (begin.y - self.down) / self.scale - first.y


def best_match(rows: Rows, prints: PrintBook, wanted: str) -> Match | None:
    """The page of a form that most of a page's words are of; `wanted`: where two are alike."""
    text, chars = running_text(rows)
    matches = [match for form in prints.forms.values() for match in _matches(form, text, chars)]
    good = [match for match in matches if match.score >= ENOUGH]
    return max(good, key=lambda match: (match.weight, match.form.manifest.id == wanted), default=None)


def running_text(rows: Rows) -> tuple[str, list[Char | None]]:
    """All characters in one text, rows apart."""
    chars: list[Char | None] = []
    for row in rows:
        chars += [char for char in row if char.text.strip()]
        chars.append(None)
    return "".join(char.text if char is not None else "\n" for char in chars), _per_letter(chars)


def _per_letter(chars: Sequence[Char | None]) -> list[Char | None]:
    return [char for char in chars for _ in (char.text if char is not None else "\n")]


def _matches(form: FormPrint, text: str, chars: Sequence[Char | None]) -> Iterator[Match]:
    for role, arts in _pages(form):
        words = [word for art in arts for word in form.words(art)]
        match = find_words(form, role, words, text, chars)
        if match is not None:
            yield match


def _pages(form: FormPrint) -> Iterator[tuple[ArtRole, list[int]]]:
    frame = [art for art, role in form.roles.items() if role.strip == "frame"]
    for art, role in form.roles.items():
        if role.strip in ("before", "after"):
            yield role, [art]
        elif role.strip in ("first", "next"):
            yield role, [art, *frame]


def find_words(
    form: FormPrint, role: ArtRole, words: Sequence[Word], text: str, chars: Sequence[Char | None]
) -> Match | None:
    texts = [word.text for word in words]
    known = [word for word in words if texts.count(word.text) == 1]
    found: list[tuple[Word, Char, Char]] = []
    for word in known:
        place = text.find(word.text)
        if place >= 0 and text.find(word.text, place + 1) < 0:
            begin, end = chars[place], chars[place + len(word.text) - 1]
            assert begin is not None and end is not None, "words have no line ends"
            found.append((word, begin, end))
    if not found:
        return None
    weight = sum(len(word.text) for word, _, _ in found)
    total = sum(len(word.text) for word in known)
    scale = _scale(found)
    right = statistics.median(char.x - scale * word.chars[0].x for word, char, _ in found)
    down = statistics.median(char.y - scale * word.chars[0].y for word, char, _ in found)
    return Match(form, role, weight / total, weight, scale, right, down, tuple(found))


def _scale(found: Sequence[tuple[Word, Char, Char]]) -> float:
    """1 where words are as far from each other as in the layout."""
    ratios = []
    for index, (word, char, _) in enumerate(found):
        for other, at, _ in found[index + 1 :]:
            first, second = word.chars[0], other.chars[0]
            for mine, theirs in ((first.x - second.x, char.x - at.x), (first.y - second.y, char.y - at.y)):
                if abs(mine) > FAR_PT:
                    ratios.append((theirs / mine, abs(theirs - mine)))
    if not ratios or statistics.median(difference for _, difference in ratios) <= SAME_SCALE_PT:
        return 1.0
    scale = statistics.median(ratio for ratio, _ in ratios)
    return scale if 0.3 < scale < 3 else 1.0


class Shifts:
    """By how much words stand elsewhere than the page as a whole, place by place."""

    def __init__(self, match: Match) -> None:
        self.words = []
        self.moved = []
        for word, begin, end in match.found:
            right, down = match.shift(word, begin, end)
            if max(abs(right), abs(down)) <= NEAR_PT:
                self.words.append((word.chars[0].x, word.chars[0].y, right, down))
            else:
                self.moved.append(word)
        self._is_exact = all(max(abs(right), abs(down)) < EXACT_PT for _, _, right, down in self.words)

    def at(self, x: float, y: float) -> tuple[float, float]:
        if self._is_exact:
            return 0.0, 0.0
        near = sorted(self.words, key=lambda word: abs(word[0] - x) / 4 + abs(word[1] - y))[:NEIGHBOURS]
        return statistics.median(word[2] for word in near), statistics.median(word[3] for word in near)
