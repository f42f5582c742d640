"""How a filled form field looks: its value printed as the PDF writer prints it, and the area it takes on the page.

In: a blank and the printer of its spot. Out: operators in the page's own coordinates (points from the bottom left), the
faces they use, the field's rectangle. What stands in one line has a field as high as its type, because viewers make
typed text as large as the field is high; what may wrap has the whole cell, and so has a check box.

Source: ISO 32000-2, 12.5.5 (appearance streams), 12.7.4.3 (variable text).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from isal import isal_zlib

from formgen.forms.layout import ASCENT, Rect, Spot
from formgen.rendering.acroform.places import Blank
from formgen.rendering.pdf.canvas import Canvas, FontUse, TextRun
from formgen.rendering.pdf.spots import SpotPrinter

__all__ = ["Appearance", "NoRoom", "field_area", "has_lines", "print_value"]

EDGE_PT: Final = 0.3
"""Kept free of the field: the cell's rule."""
ROUND_PT: Final = 1.0
"""What letters reach beyond their width."""
ABOVE, BELOW = 0.88, 0.25
"""Shares of the type's size that a field of one line takes above and below the baseline: all ink of ideographs and
letters, and no more than 1.15 in all, so that viewers come to the same size again."""


class NoRoom(ValueError):
    """The value does not fit at the smallest size; `overflow_at` is the first character that has no room."""

    def __init__(self, overflow_at: int) -> None:
        super().__init__(overflow_at)
        self.overflow_at = overflow_at


@dataclass(frozen=True, slots=True)
class Appearance:
    """What a field shows."""

    operators: bytes
    fonts: Sequence[tuple[FontUse, str]]
    is_one_line: bool


class _ValueCanvas(Canvas):
    """Remembers the lines that were written."""

    def __init__(self, height_pt: float) -> None:
        super().__init__(0.0, height_pt)
        self.baselines: set[float] = set()

    def write(self, x_pt: float, baseline_pt: float, size_pt: float, runs: Sequence[TextRun]) -> None:
        self.baselines.add(baseline_pt)
        super().write(x_pt, baseline_pt, size_pt, runs)


def print_value(blank: Blank, printer: SpotPrinter, text: str, is_cut: bool = False) -> Appearance:
    """How a text looks; one that is cut short is printed at the smallest size.

    Raises: NoRoom; MissingGlyph.
    """
    canvas = _ValueCanvas(blank.page_height_pt)
    if text:
        overflow_at = printer.print(text, canvas, blank.down_pt, blank.more_pt, is_cut)
        if overflow_at is not None:
            raise NoRoom(overflow_at)
    page = canvas.page()
    operators: bytes = isal_zlib.decompress(page.content)
    return Appearance(operators, page.fonts, len(canvas.baselines) <= 1)


def has_lines(blank: Blank, lines: int = 2) -> bool:
    """Whether the blank has room for so many lines."""
    return not blank.spot.is_inline and blank.spot.height_pt + blank.more_pt >= lines * blank.spot.line_pt


def field_area(blank: Blank, is_whole: bool, is_typed: bool = True) -> Rect:
    """The field's rectangle, origin bottom left: the whole cell, or one line of it.

    Args:
        is_typed: typed text begins and ends where printed text does; else the field goes from rule to rule.
    """
    spot = blank.spot
    left, top, right, bottom = spot.cell
    top, bottom = top + blank.down_pt + EDGE_PT, bottom + blank.down_pt + blank.more_pt - EDGE_PT
    left, right = left + EDGE_PT, right - EDGE_PT
    if is_typed:
        left, right = max(left, spot.left_pt - ROUND_PT), min(right, spot.right_pt + ROUND_PT)
    if is_whole and spot.valign == "top":
        top = max(top, spot.baseline_pt + blank.down_pt - ASCENT * spot.line_pt)
    if not is_whole:
        baseline = spot.baseline_pt + blank.down_pt + _lowered(spot, blank.more_pt)
        top = max(top, baseline - ABOVE * spot.size_pt)
        bottom = min(bottom, baseline + BELOW * spot.size_pt)
    return left, blank.page_height_pt - bottom, right, blank.page_height_pt - top


def _lowered(spot: Spot, more_pt: float) -> float:
    return {"top": 0.0, "center": more_pt / 2, "bottom": more_pt}[spot.valign]
