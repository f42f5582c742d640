"""What a template's styles say of its cells: text or number, wrapped or not, how big.

In: xl/styles.xml. Out: one `CellFormat` for each entry of cellXfs, and the width of a digit of the workbook's default
font, the unit of column widths.

Source: ECMA-376 Part 1, 18.8.10 (cellXfs), 18.8.45 (xf), 18.8.31 (numFmts), 18.8.1 (alignment),
18.3.1.13 (col, its width).
Limits: an alignment is taken from the cell's own format, never from the named style behind it; Excel writes it there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

__all__ = ["CellFormat", "Styles"]

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
BUILT_IN_PERCENT = (9, 10)
BUILT_IN_TEXT = 49
DEFAULT_SIZE_PT = 11.0
DIGIT_EM = 0.507
"""A digit of Calibri; those of 宋体 are half an em."""
PX_PER_PT = 96 / 72
LITERALS = re.compile(r'"[^"]*"|[\\_*].')
"""What a number's format shows as it stands: 0"%" multiplies nothing."""
FILLING = frozenset(["justify", "distributed"])
"""Alignments that break lines without being told to wrap."""


@dataclass(frozen=True, slots=True)
class CellFormat:
    """How a cell shows what it holds."""

    is_text: bool = False
    """Makes text of whatever is typed."""
    is_percent: bool = False
    """Shows a number times 100."""
    wraps: bool = False
    """Breaks a long text into lines (Excel shrinks nothing that wraps)."""
    size_pt: float = DEFAULT_SIZE_PT
    indent: int = 0


@dataclass(frozen=True, slots=True)
class Styles:
    """The cell formats of a workbook, by the index a cell names (s)."""

    formats: tuple[CellFormat, ...] = (CellFormat(),)
    digit_px: int = 7
    """The widest digit of the default font at 96 dpi: 7 for Calibri and 宋体 of 11 points. Rounded down, for a column
    must not come out wider than it is printed."""

    @classmethod
    def of(cls, root: Any) -> Styles:
        codes = {int(item.get("numFmtId")): item.get("formatCode", "") for item in root.iter(f"{MAIN}numFmt")}
        fonts = root.iterfind(f"{MAIN}fonts/{MAIN}font")
        sizes = [float(size.get("val")) if (size := font.find(f"{MAIN}sz")) is not None else 11.0 for font in fonts]
        formats = [_format(xf, codes, sizes) for xf in root.iterfind(f"{MAIN}cellXfs/{MAIN}xf")]
        normal = sizes[0] if sizes else DEFAULT_SIZE_PT
        return cls(tuple(formats) or (CellFormat(),), max(1, int(normal * PX_PER_PT * DIGIT_EM)))

    def at(self, index: int) -> CellFormat:
        return self.formats[index] if index < len(self.formats) else self.formats[0]


def _format(xf: Any, codes: dict[int, str], sizes: list[float]) -> CellFormat:
    number, font = int(xf.get("numFmtId", "0")), int(xf.get("fontId", "0"))
    code = codes.get(number, "")
    alignment = xf.find(f"{MAIN}alignment")
    given = {} if alignment is None else dict(alignment.attrib)
    is_filling = given.get("horizontal") in FILLING or given.get("vertical") in FILLING
    is_turned = given.get("textRotation", "0") != "0"
    return CellFormat(
        number == BUILT_IN_TEXT or code == "@",
        number in BUILT_IN_PERCENT or "%" in LITERALS.sub("", code),
        (is_filling or given.get("wrapText") in ("1", "true")) and not is_turned,
        sizes[font] if font < len(sizes) else DEFAULT_SIZE_PT,
        int(given.get("indent", "0")),
    )
