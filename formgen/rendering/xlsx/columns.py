"""How wide the columns of a sheet are.

A column of width w (in digits of the default font) is TRUNC((256 w + TRUNC(128 / d)) / 256 × d) pixels of 1/96 inch
wide, d pixels being the widest digit; 5 pixels of it are padding and grid line. An indent takes three spaces a step.

Source: ECMA-376 Part 1, 18.3.1.13 (col), 18.3.1.81 (sheetFormatPr).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["Columns"]

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
CELL_PADDING_PX = 5
PT_PER_PX = 0.75
DEFAULT_HEIGHT_PT = 15.0
INDENT_DIGITS = 1.5
"""Three spaces, each at most half a digit wide."""


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a sheet, and the height of rows that say none."""

    digit_px: int
    default_width: float
    widths: tuple[tuple[int, int, float], ...]
    """First and last column, and the width in digits; 0 for hidden ones."""
    default_height_pt: float

    @classmethod
    def of(cls, root: Any, digit_px: int) -> Columns:
        sheet = root.find(f"{MAIN}sheetFormatPr")
        given: Mapping[str, str] = {} if sheet is None else dict(sheet.attrib)
        default = given.get("defaultColWidth")
        base = int(given.get("baseColWidth", "8")) + CELL_PADDING_PX / digit_px
        widths = [
            (int(col.get("min")), int(col.get("max")), _width(col, float(default or base)))
            for col in root.iterfind(f"{MAIN}cols/{MAIN}col")
        ]
        height = float(given.get("defaultRowHeight", DEFAULT_HEIGHT_PT))
        return cls(digit_px, float(default or base), tuple(widths), height)

    def width_pt(self, first: int, last: int, indent: int = 0) -> float:
        """Room for text in the columns first … last, in points."""
        pixels = sum(self._pixels(column) for column in range(first, last + 1))
        return (pixels - CELL_PADDING_PX - indent * INDENT_DIGITS * self.digit_px) * PT_PER_PX

    def _pixels(self, column: int) -> int:
        width = next((width for first, last, width in self.widths if first <= column <= last), self.default_width)
        return int((256 * width + 128 // self.digit_px) / 256 * self.digit_px)


def _width(col: Any, default: float) -> float:
    return 0.0 if col.get("hidden") in ("1", "true") else float(col.get("width", default))
