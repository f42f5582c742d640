"""Fit a text into a box: the largest size at which all of it shows.

In: a text and the box a template gives it. Out: size, line spacing and lines. The size goes down by half a point until
the text fits or the smallest size is reached; the line spacing goes with it. What still does not fit is reported by its
place in the text, never cut. A box lower than its own line holds one line, as its template shows.

Limits: widths are upper bounds over the usual fonts (formgen.typeset.widths), so a text may come out half a point
smaller than it had to. A box without a height grows: only one line's width counts there.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from formgen.typeset.breaking import break_lines
from formgen.typeset.widths import advance, gaps_and_sums, upper_bound

__all__ = ["STEP_PT", "Box", "Fit", "fit"]

STEP_PT: Final = 0.5
"""Word knows half points."""
TWIPS: Final = 20
TOLERANCE_PT: Final = 0.01


@dataclass(frozen=True, slots=True)
class Box:
    """Room for a value on paper, in points."""

    width_pt: float
    height_pt: float
    size_pt: float
    line_pt: float
    min_size_pt: float
    first_line_pt: float = 0.0
    """Indent of the first line of every paragraph."""

    @property
    def sure_characters(self) -> int:
        """So many characters fit on the first line whatever they are."""
        return max(0, int((self.width_pt - self.first_line_pt) / self.size_pt / upper_bound(" ")))


@dataclass(frozen=True, slots=True)
class Fit:
    """How a text stands in its box."""

    size_pt: float
    line_pt: float
    lines: tuple[str, ...]
    overflow_at: int | None = None
    """Index of the first character that has no room at the smallest size; None where all fits."""


def fit(text: str, box: Box) -> Fit:
    """The largest size, in steps of half a point from the box's own, at which `text` fits."""
    if len(text) <= box.sure_characters and "\n" not in text:
        return Fit(box.size_pt, box.line_pt, (text,))
    paragraphs = _Paragraphs(text)
    if paragraphs.is_one_line(box):
        return Fit(box.size_pt, box.line_pt, (text,))
    size = max(box.min_size_pt, min(box.size_pt, paragraphs.size_limit(box)))
    size = min(box.size_pt, math.ceil(size / STEP_PT) * STEP_PT)
    while True:
        line_pt = scaled_line(box, size)
        starts = paragraphs.starts(box, size)
        room = max(1, int((box.height_pt + TOLERANCE_PT) / line_pt))
        if len(starts) <= room or not text[starts[room] :].strip():  # blank lines at the end need no room
            return Fit(size, line_pt, paragraphs.cut(starts[:room]))
        if size - STEP_PT < box.min_size_pt:
            return Fit(size, line_pt, paragraphs.cut(starts), starts[room])
        size -= STEP_PT


def scaled_line(box: Box, size_pt: float) -> float:
    """Line spacing at a size, in whole twips, rounded up: a line must not be lower than its glyphs."""
    if size_pt == box.size_pt:
        return box.line_pt
    return math.ceil(box.line_pt * size_pt / box.size_pt * TWIPS) / TWIPS


class _Paragraphs:
    """A text's paragraphs, measured once for all sizes."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._pieces = []
        offset = 0
        for piece in text.split("\n"):
            self._pieces.append((offset, piece, *gaps_and_sums(piece)))
            offset += len(piece) + 1

    def is_one_line(self, box: Box) -> bool:
        """Whether the text fits on the first line at the box's own size, as most values do."""
        return len(self._pieces) == 1 and self._pieces[0][3][-1] * box.size_pt <= box.width_pt - box.first_line_pt

    def size_limit(self, box: Box) -> float:
        """A size above which the text cannot fit, by its area alone: where to start looking."""
        total = sum(
            sums[-1] - sum(gaps.values()) - piece.count(" ") * advance(" ") for _, piece, gaps, sums in self._pieces
        )
        least = total * box.line_pt / box.size_pt
        height_pt = max(box.height_pt, box.line_pt) + TOLERANCE_PT
        return math.sqrt(box.width_pt * height_pt / least) if least > 0 else box.size_pt

    def starts(self, box: Box, size_pt: float) -> list[int]:
        """The index in the whole text at which each line begins."""
        width, first = box.width_pt / size_pt, (box.width_pt - box.first_line_pt) / size_pt
        return [
            offset + start
            for offset, piece, gaps, sums in self._pieces
            for start in break_lines(piece, gaps, sums, width, first)
        ]

    def cut(self, starts: list[int]) -> tuple[str, ...]:
        ends = [*starts[1:], len(self._text)]
        return tuple(self._text[start:end].replace("\n", "") for start, end in zip(starts, ends, strict=True))
