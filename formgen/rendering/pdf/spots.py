"""Printing one value at its spot: size and lines by the fit, alignment, and what to do where there is no room.

In: a spot of the layout, a text. Out: glyphs on a canvas; the index of the first character without room, if any.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from formgen.forms.layout import ASCENT, Spot
from formgen.rendering.pdf.canvas import Canvas, TextRun, Typesetter
from formgen.typeset import Box, Fit, fit
from formgen.typeset.fit import scaled_line

__all__ = ["START_PT", "SpotPrinter", "keys_in", "line_starts", "words_of"]

START_PT: Final = 1.5
"""So far left of a line that begins after a line end in the text stands a space: who reads the file back tells such a
line from one that the fit broke, where the spaces before the break are printed."""
SHORT: Final = 12
MOST_KNOWN: Final = 256
"""What is kept of lines set before: texts of so many characters, so many a spot."""
NUMBER_OVERHANG_EM: Final = 0.15
"""Of the gap between an ideograph and a digit, so much may be taken on either side."""
LEAST_EM: Final = 0.5
"""Width of a character, at least, but for combining ones: what is longer than a line by this is left to the fit."""
ONE_LINE_PT: Final = 0.01
"""Height of a box for one line: a box holds one line, however low it is."""


class SpotPrinter:
    """Knows how one spot prints a text; made once per form."""

    def __init__(self, spot: Spot, setter: Typesetter) -> None:
        self.spot = spot
        self.key = spot.key
        self.part = spot.part
        self._setter = setter
        self._size_pt = spot.size_pt
        self._room_pt = spot.width_pt - spot.first_line_pt
        self._is_left = spot.align == "left"
        self._first_x_pt = spot.left_pt + spot.first_line_pt
        self._box = self._box_of(0.0)
        self._known: dict[str, tuple[float, Sequence[TextRun]]] = {}
        """Lines set before, of the values that come again: a sex, a village, a grade."""
        self.is_plain = spot.kind in ("text", "box") and not spot.part and not spot.pieces
        """Prints the value of its key and nothing else."""

    @property
    def setter(self) -> Typesetter:
        return self._setter

    def print(
        self, text: str, canvas: Canvas, down_pt: float = 0.0, more_pt: float = 0.0, is_smallest: bool = False
    ) -> int | None:
        """Print a text; the index of the first character that has no room, None where all of it has.

        Args:
            down_pt: how far below its place in the layout the spot stands.
            more_pt: by how much its cell is higher than there (a cell merged over rows).
            is_smallest: the smallest size, whether or not the text needs it.
        Raises: MissingGlyph.
        """
        if not is_smallest and (line := self._known.get(text) or self._one_line(text)) is not None:
            baseline = self.spot.baseline_pt + down_pt + (self._lowered(more_pt) if more_pt else 0.0)
            canvas.write(line[0], baseline, self._size_pt, line[1])
            return None
        box, setter = self.box(more_pt), self._setter
        if is_smallest:
            smallest = box.smallest_pt
            box = replace(box, size_pt=smallest, line_pt=scaled_line(box, smallest), min_size_pt=smallest)
        fitted = fit(text, box, setter.advances)
        if fitted.overflow_at is None:
            self._print_lines(text, fitted, canvas, down_pt, more_pt)
        return fitted.overflow_at

    def _one_line(self, text: str) -> tuple[float, Sequence[TextRun]] | None:
        """Where a text begins and its glyphs, where it fits on one line at the spot's own size, as most values do."""
        if "\n" in text:
            return None
        setter = self._setter
        if len(text) * LEAST_EM * self._size_pt > self._room_pt:
            return None
        width_em, widest_em = setter.widths(text)
        if max(width_em, widest_em) * self._size_pt > self._room_pt:
            return None
        width_pt = width_em * self._size_pt
        line = self._first_x_pt if self._is_left else self._left(width_pt), setter.runs(text)
        if len(text) <= SHORT and len(self._known) < MOST_KNOWN:
            self._known[text] = line
        return line

    def print_number(self, text: str, canvas: Canvas) -> None:
        """Print a page's number, smaller where it has more digits than the blank is wide.

        The words around it are printed already and cannot move, as Word would move them.
        """
        spot = self.spot
        width_em = self._setter.width(text)
        room_pt = spot.width_pt + 2 * NUMBER_OVERHANG_EM * spot.size_pt
        size_pt = min(spot.size_pt, int(room_pt / width_em * 2) / 2)
        canvas.write(self._left(width_em * size_pt), spot.baseline_pt, size_pt, self._setter.runs(text))

    def box(self, more_pt: float = 0.0) -> Box:
        """The room for the fit."""
        return self._box_of(more_pt) if more_pt else self._box

    def _box_of(self, more_pt: float) -> Box:
        spot = self.spot
        height_pt = ONE_LINE_PT if spot.is_inline else spot.height_pt + more_pt
        return Box(spot.width_pt, height_pt, spot.size_pt, spot.line_pt, spot.min_size_pt, spot.first_line_pt)

    def _print_lines(self, text: str, fitted: Fit, canvas: Canvas, down_pt: float, more_pt: float) -> None:
        baseline = self._first_baseline(fitted) + down_pt + self._lowered(more_pt)
        indent_pt = self.spot.first_line_pt
        starts = line_starts(text, fitted.lines) if "\n" in text else ()
        for index, line in enumerate(fitted.lines):
            x = self.spot.left_pt + indent_pt
            if not self._is_left:
                x = self._left(self._setter.width(line.rstrip(" ")) * fitted.size_pt)
            if index in starts:
                canvas.write(x - START_PT, baseline, fitted.size_pt, self._setter.runs(" "))
            if line:
                canvas.write(x, baseline, fitted.size_pt, self._setter.runs(line))
            baseline += fitted.line_pt
            indent_pt = 0.0

    def _first_baseline(self, fitted: Fit) -> float:
        """See `Spot`: where a stack of lines begins."""
        spot, pitch, count = self.spot, fitted.line_pt, len(fitted.lines)
        if spot.is_inline:
            return spot.baseline_pt
        if spot.valign == "top":
            return spot.baseline_pt - ASCENT * spot.line_pt + ASCENT * pitch
        if spot.valign == "bottom":
            return spot.baseline_pt + (1 - ASCENT) * spot.line_pt - (count - ASCENT) * pitch
        return spot.baseline_pt - (ASCENT - 0.5) * spot.line_pt - count * pitch / 2 + ASCENT * pitch

    def _lowered(self, more_pt: float) -> float:
        """How far down a text goes in a cell that is so much higher."""
        return {"top": 0.0, "center": more_pt / 2, "bottom": more_pt}[self.spot.valign]

    def _left(self, width_pt: float) -> float:
        """Where a line begins that is not aligned left."""
        spot = self.spot
        free = spot.right_pt - spot.left_pt - width_pt
        return spot.left_pt + (free if spot.align == "right" else free / 2)


def line_starts(text: str, lines: Sequence[str]) -> frozenset[int]:
    """Which of a text's lines begin after a line end in the text; the others after one that the fit made."""
    starts, place = set(), 0
    for index, line in enumerate(lines):
        if place and text[place - 1] == "\n":
            starts.add(index)
        place += len(line)
        if text[place : place + 1] == "\n":
            place += 1
    return frozenset(starts)


def words_of(pieces: Sequence[str], values: Mapping[str, Any]) -> str:
    """The paragraph that words and values make together; `{key}` and `{key.part}` stand for values."""
    made = []
    for piece in pieces:
        if piece.startswith("{") and piece.endswith("}"):
            key, _, part = piece[1:-1].partition(".")
            made.append(str(getattr(values[key], part) if part else values[key]))
        else:
            made.append(piece)
    return "".join(made)


def keys_in(pieces: Sequence[str]) -> list[str]:
    """The keys of the values in a paragraph, without those printed in parts."""
    return [piece[1:-1] for piece in pieces if piece.startswith("{") and piece.endswith("}") and "." not in piece]
