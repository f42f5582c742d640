"""Fit a text into a box: the largest size at which all of it shows.

In: a text, the box a template gives it, the widths of characters. Out: size, line spacing and lines. The size goes down
by half a point until the text fits or the smallest size is reached; the line spacing goes with it. What still does not
fit is reported by its place in the text, never dropped: `cut` says where to break off for a continuation sheet.
A box lower than its own line holds one line, as its template shows.

One fit for every carrier: the lines are those of the font the PDF is printed with; the size is one at which the text
fits in the usual fonts of a Word user's machine as well, so that a Word file has the same sizes, and the same lines
wherever it is printed with the same font.

Limits: a text with Latin letters or marks may come out half a point smaller than the PDF alone would need. A box
without a height grows: only one line's width counts there.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from formgen.typeset.breaking import TOLERANCE_EM, break_lines, may_break
from formgen.typeset.widths import EXTRA_WIDE, GAP_EM, SHIPPED, WIDEST, WIDEST_EM, gaps_in, sums_of

__all__ = ["ROUNDING_PT", "STEP_PT", "Box", "Fit", "cut", "cut_within", "fit", "holds_surely"]

STEP_PT: Final = 0.5
"""Word knows half points."""
TWIPS: Final = 20
TOLERANCE_PT: Final = 0.01
ROUNDING_PT: Final = 0.1
"""Word and LibreOffice round the widths of cells. A box is as wide as its cell surely is; lines end by what it is by
the template."""


@dataclass(frozen=True, slots=True)
class Box:
    """Room for a value on paper, in points."""

    width_pt: float
    height_pt: float
    size_pt: float
    line_pt: float
    min_size_pt: float
    first_line_pt: float = 0.0
    """Indent of the text's first line; a line end within a value begins no new paragraph, in Word neither."""

    @property
    def sure_characters(self) -> int:
        """So many characters fit on the first line whatever they are, `holds_surely` knows the exceptions."""
        return max(0, int((self.width_pt - self.first_line_pt) / self.size_pt / (WIDEST_EM + GAP_EM)))

    @property
    def smallest_pt(self) -> float:
        """The last size tried."""
        return min(self.size_pt, math.ceil(self.min_size_pt / STEP_PT) * STEP_PT)

    def room(self, line_pt: float) -> int:
        """Lines that the box holds."""
        return max(1, int((self.height_pt + TOLERANCE_PT) / line_pt))


@dataclass(frozen=True, slots=True)
class Fit:
    """How a text stands in its box."""

    size_pt: float
    line_pt: float
    lines: tuple[str, ...]
    overflow_at: int | None = None
    """Index in the text of the first character that has no room at the smallest size; None where all fits."""


def holds_surely(text: str, sure: int) -> bool:
    """Whether a text is so short (see `Box.sure_characters`) that it need not be measured."""
    return len(text) <= sure and "\n" not in text and EXTRA_WIDE[0] not in text and EXTRA_WIDE[1] not in text


def fit(text: str, box: Box, advances: Mapping[str, float] = SHIPPED) -> Fit:
    """The largest size, in steps of half a point from the box's own, at which `text` fits.

    Args:
        advances: width of every character in em; by default those of the shipped font.
    """
    if _is_short(text, box, advances):
        return Fit(box.size_pt, box.line_pt, (text,))
    measured = _Measured(text, advances)
    if measured.is_one_line(box):
        return Fit(box.size_pt, box.line_pt, (text,))
    size = max(box.smallest_pt, min(box.size_pt, measured.size_limit(box)))
    size = min(box.size_pt, math.ceil(size / STEP_PT) * STEP_PT)
    while True:
        line_pt = scaled_line(box, size)
        room = box.room(line_pt)
        overflow_at = measured.overflow(box, size, room)
        if overflow_at is None:
            return Fit(size, line_pt, measured.lines(box, size, room))
        if size - STEP_PT < box.min_size_pt:
            return Fit(size, line_pt, measured.lines(box, size), overflow_at)
        size -= STEP_PT


def cut(text: str, box: Box, advances: Mapping[str, float], mark: str) -> Fit | None:
    """What of a text stands in its box, at the smallest size, where the rest of it stands elsewhere.

    The lines are those of `text[:overflow_at] + mark`; the rest is `text[overflow_at:]`. The text breaks off where a
    line may end, before a line end rather than after it. None where the box has no room even for the mark.
    """
    size_pt = box.smallest_pt
    line_pt = scaled_line(box, size_pt)
    room = box.room(line_pt)
    measured = _Measured(text, advances)
    if measured.overflow(box, size_pt, room) is None:
        return fit(text, box, advances)
    at: int | None = measured.last_line_cut(box, mark, advances)
    shown = _Measured(text[:at] + mark, advances)
    if shown.overflow(box, size_pt, room) is not None:
        at = cut_within(lambda head: head, text, box, advances, mark)
        if at is None:
            return None
        shown = _Measured(text[:at] + mark, advances)
    return Fit(size_pt, line_pt, shown.lines(box, size_pt), at)


def cut_within(
    text_of: Callable[[str], str], value: str, box: Box, advances: Mapping[str, float], mark: str
) -> int | None:
    """Where a value breaks off that stands among words: the largest index at which all fits with the mark.

    Args:
        text_of: gives the whole text in the box for what is shown of the value.
    """
    places = [index for index in range(len(value)) if index == 0 or _may_break_off(value, index)]

    def is_too_much(index: int) -> bool:
        return fit(text_of(value[:index] + mark), box, advances).overflow_at is not None

    first, last = 0, len(places)  # all before `first` fit, all from `last` on do not
    while first < last:
        middle = (first + last) // 2
        if is_too_much(places[middle]):
            last = middle
        else:
            first = middle + 1
    return places[first - 1] if first else None


def scaled_line(box: Box, size_pt: float) -> float:
    """Line spacing at a size, in whole twips, rounded up: a line must not be lower than its glyphs."""
    if size_pt == box.size_pt:
        return box.line_pt
    return math.ceil(box.line_pt * size_pt / box.size_pt * TWIPS) / TWIPS


def _is_short(text: str, box: Box, advances: Mapping[str, float]) -> bool:
    """Whether the text surely fits on the first line at the box's own size, as most values do."""
    room = (box.width_pt - box.first_line_pt) / box.size_pt - GAP_EM * len(text)
    return (
        room > 0  # a long text is not measured twice
        and sum(map(WIDEST.__getitem__, text)) <= room
        and sum(map(advances.__getitem__, text)) <= room
        and "\n" not in text
    )


def _may_break_off(text: str, index: int) -> bool:
    return text[index - 1] != "\n" and (text[index] == "\n" or may_break(text, index))


class _Piece(NamedTuple):
    """What stands between two line ends of a text, measured."""

    offset: int
    text: str
    gaps: Mapping[int, float]
    sums: Sequence[float]
    """Prefix sums of widths in the font that prints."""
    widest: Sequence[float]
    """The same in the widest of the usual fonts."""


class _Measured:
    """A text, measured once for all sizes of one box."""

    def __init__(self, text: str, advances: Mapping[str, float]) -> None:
        self._text = text
        self._pieces: list[_Piece] = []
        self._broken: dict[tuple[float, bool], list[int]] = {}
        """Where lines begin, by size and whether in the widest fonts: a size is asked for more than once."""
        offset = 0
        for piece in text.split("\n"):
            gaps = gaps_in(piece)
            characters = list(piece)
            sums = sums_of(list(map(advances.__getitem__, characters)), gaps)
            widest = sums_of(list(map(WIDEST.__getitem__, characters)), gaps)
            self._pieces.append(_Piece(offset, piece, gaps, sums, widest))
            offset += len(piece) + 1

    def is_one_line(self, box: Box) -> bool:
        piece = self._pieces[0]
        width = max(piece.sums[-1], piece.widest[-1]) * box.size_pt
        return len(self._pieces) == 1 and width <= box.width_pt - box.first_line_pt

    def size_limit(self, box: Box) -> float:
        """A size above which the text cannot fit, by its area alone: where to start looking."""
        total = sum(
            piece.widest[-1] - GAP_EM * len(piece.gaps) - piece.text.count(" ") * WIDEST[" "] for piece in self._pieces
        )
        least = total * box.line_pt / box.size_pt
        height_pt = max(box.height_pt, box.line_pt) + TOLERANCE_PT
        return math.sqrt(box.width_pt * height_pt / least) if least > 0 else box.size_pt

    def overflow(self, box: Box, size_pt: float, room: int) -> int | None:
        """Where what does not fit begins; None where the text fits, whichever font prints it."""
        for is_widest in (True, False):  # what fits the first way does the second; it has to be broken so anyway
            starts = self._starts(box, size_pt, is_widest)
            if len(starts) > room and self._text[starts[room] :].strip():  # blank lines at the end need no room
                return starts[room]
        return None

    def lines(self, box: Box, size_pt: float, room: int | None = None) -> tuple[str, ...]:
        """All lines; those beyond `room`, which are blank, hang on to the last."""
        starts = self._starts(box, size_pt)[:room]
        ends = [*starts[1:], len(self._text)]
        return tuple(self._text[start:end].replace("\n", "") for start, end in zip(starts, ends, strict=True))

    def last_line_cut(self, box: Box, mark: str, advances: Mapping[str, float]) -> int:
        """Where the last line that has room breaks off, so that the mark ends it; 0 where the mark needs more."""
        size_pt = box.smallest_pt
        starts = self._starts(box, size_pt, is_widest=True)[: box.room(scaled_line(box, size_pt))]
        start = starts[-1]
        piece = next(piece for piece in reversed(self._pieces) if piece.offset <= start)
        width = box.width_pt - (box.first_line_pt if len(starts) == 1 else 0.0)
        mark_em = sum(max(WIDEST[character], advances[character]) for character in mark)
        first = start - piece.offset
        limit = piece.widest[first] + piece.gaps.get(first, 0.0) + width / size_pt - mark_em + TOLERANCE_EM
        for end in range(bisect_right(piece.widest, limit) - 1, first, -1):
            if end == len(piece.text) or may_break(piece.text, end):
                return piece.offset + end
        return 0

    def _starts(self, box: Box, size_pt: float, is_widest: bool = False) -> list[int]:
        """The index in the whole text at which each line begins."""
        known = self._broken.get((size_pt, is_widest))
        if known is not None:
            return known
        width_pt = box.width_pt if is_widest else box.width_pt + ROUNDING_PT
        width, first = width_pt / size_pt, (width_pt - box.first_line_pt) / size_pt
        starts: list[int] = []
        for piece in self._pieces:
            sums = piece.widest if is_widest else piece.sums
            begins = break_lines(piece.text, piece.gaps, sums, width, width if starts else first, is_widest)
            starts += [piece.offset + begin for begin in begins] if piece.offset else begins
        self._broken[size_pt, is_widest] = starts
        return starts
