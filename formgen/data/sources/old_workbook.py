"""An .xls (or WPS's .et) looked over beside calamine, which reads its errors as blank and tells no formats.

In: the file. Out: the cells of a sheet that came to an error, are struck out or show a unit; the names that point at
one cell or area; whether days are counted from 1904; streams of the file beside its sheets. All of it by xlrd, which
takes seven times as long for a sheet as calamine does and less than a tenth of a second for a form: only what reads
.xls loads it.
Limits: a formula that nobody computed has the result 0 in this format, and cannot be told from one that came to 0. What
xlrd cannot read although calamine can is not looked over, and whoever asked is told so.
Source: MS-XLS 2.4.127 (Formula), 2.4.24 (BoolErr), 2.4.150 (Lbl), 2.4.77 (Date1904), 2.4.353 (XF), 2.4.122 (Font).
"""

from __future__ import annotations

import contextlib
import io
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import xlrd
from xlrd.compdoc import CompDoc, CompDocError
from xlrd.formula import FormulaError

from formgen.data.sources.cell_marks import STRUCK, CellMark, SheetMarks
from formgen.data.sources.spreadsheet.formats import shown_number
from formgen.data.sources.unread_cells import UnreadCell

__all__ = ["NamedArea", "OldWorkbook", "open_old_workbook"]

_FAULTS: Final = (
    xlrd.XLRDError,
    CompDocError,
    FormulaError,
    struct.error,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
)
"""What xlrd raises where bytes are others than they have to be (3,000 damaged files were tried)."""


class NamedArea(NamedTuple):
    """A name and the first cell it points at; zero-based."""

    name: str
    sheet: str
    row: int
    column: int


class OldWorkbook:
    """An open .xls. Its sheets are loaded one after the other, when they are asked for."""

    def __init__(self, content: bytes, book: Any) -> None:
        self._content, self._book = content, book
        self.has_formats = bool(book.formatting_info)
        """Whether struck cells and units can be told."""
        self._struck_fonts = {font.font_index for font in book.font_list if font.struck_out}
        self._styles = dict(self._style_marks())

    def _style_marks(self) -> Iterator[tuple[int, CellMark]]:
        """The styles that are struck out, or whose numbers show a unit."""
        for style in self._book.xf_list if self.has_formats else ():
            form = self._book.format_map.get(style.format_key)
            if style.font_index in self._struck_fonts:
                yield style.xf_index, STRUCK
            elif form is not None and (unit := shown_number(form.format_str)) is not None:
                yield style.xf_index, unit

    @property
    def is_1904(self) -> bool:
        return bool(self._book.datemode)

    def marks(self, sheet_name: str) -> SheetMarks | None:
        """The cells that calamine does not tell all about; None where the sheet cannot be looked over."""
        found: dict[int, dict[int, CellMark]] = {}
        try:
            sheet = self._book.sheet_by_name(sheet_name)
            for row in range(sheet.nrows):
                types = sheet.row_types(row)
                marks = dict(self._formatted(sheet, row, types)) if self._styles else {}
                if xlrd.XL_CELL_ERROR in types:
                    marks.update(_errors_of(types, sheet.row_values(row)))
                if marks:
                    found[row] = marks
            for row, column in self._partly_struck(sheet):
                found.setdefault(row, {})[column] = STRUCK
            self._book.unload_sheet(sheet_name)
        except _FAULTS:
            return None
        return found

    def _formatted(self, sheet: Any, row: int, types: Any) -> Iterator[tuple[int, CellMark]]:
        for column, kind in enumerate(types):
            mark = self._styles.get(sheet.cell_xf_index(row, column))
            if mark is not None and kind not in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
                yield column, mark

    def _partly_struck(self, sheet: Any) -> Iterator[tuple[int, int]]:
        """Cells with a struck run that has any sign in it."""
        for (row, column), runs in sheet.rich_text_runlist_map.items():
            text = str(sheet.cell_value(row, column))
            ends = [*(start for start, _ in runs[1:]), len(text)]
            struck = (
                text[start:end] for (start, font), end in zip(runs, ends, strict=True) if font in self._struck_fonts
            )
            if "".join(struck).strip():
                yield row, column

    def names(self) -> Iterator[NamedArea]:
        """Names that point at cells of one sheet; others (formulas, #REF!) are left out."""
        sheets = self._book.sheet_names()
        for name in self._book.name_obj_list:
            areas = name.result.value if name.result is not None and name.result.kind == xlrd.formula.oREF else None
            if areas and len(areas) == 1:
                sheet, sheet_end, row, _, column, _ = areas[0].coords
                if 0 <= sheet < len(sheets) and sheet_end == sheet + 1:
                    yield NamedArea(name.name, sheets[sheet], row, column)

    def stream(self, name: str) -> bytes:
        """A stream beside the sheets; b'' where there is none."""
        try:
            return CompDoc(self._content, logfile=io.StringIO()).get_named_stream(name) or b""
        except _FAULTS:
            return b""


def open_old_workbook(path: Path) -> OldWorkbook | None:
    """None where xlrd cannot read it: encrypted, damaged, or odd in a way that calamine bears."""
    content = path.read_bytes()
    for has_formats in (True, False):
        with contextlib.suppress(*_FAULTS):
            book = xlrd.open_workbook(
                file_contents=content,
                logfile=io.StringIO(),
                on_demand=True,
                ragged_rows=True,
                formatting_info=has_formats,
            )
            return OldWorkbook(content, book)
    return None


def _errors_of(types: Any, values: Any) -> Iterator[tuple[int, UnreadCell]]:
    for column, (kind, value) in enumerate(zip(types, values, strict=True)):
        if kind == xlrd.XL_CELL_ERROR:
            yield column, UnreadCell(xlrd.error_text_from_code.get(value, "#N/A"), "error")
