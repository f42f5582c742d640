"""A copy of the user's workbook with its problems marked: cells filled and commented, and a sheet that lists all.

In: the dataset's path and its problems. Out: a new .xlsx; the original is only read. Of datasets that are no .xlsx
(CSV, JSON, .xls, .ods) the copy is the list alone.
Limits: openpyxl keeps values, styles and validations, not every drawing; it holds the whole workbook in memory.
"""

from __future__ import annotations

import io
import os
import unicodedata
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.workbook import Workbook
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from formgen.errors import OutputError
from formgen.files import write_whole
from formgen.problems import Language, Place, Problem

__all__ = ["LIST_TITLES", "write_marked_copy"]

_COLOURS = {"error": "FFC7CE", "warning": "FFEB9C", "note": "DDEBF7"}
LIST_TITLES: Mapping[Language, str] = {"zh": "问题清单", "en": "Problems"}
_HEADERS = {
    "zh": ("级别", "代码", "工作表", "单元格", "列名", "问题", "实为", "应为", "处理办法"),
    "en": ("severity", "code", "sheet", "cell", "column", "problem", "found", "expected", "remedy"),
}
_SEVERITIES = {
    "zh": {"error": "错误", "warning": "警告", "note": "提示"},
    "en": {"error": "error", "warning": "warning", "note": "note"},
}
_WIDTHS = (6, 13, 12, 8, 18, 38, 22, 24, 38)
"""In characters; at their sum a landscape page prints at three quarters, still legible."""
_LINE_PT = 15
_COMMENT_SIZE_PT = (300, 140)


def write_marked_copy(source: Path | str, target: Path | str, problems: Sequence[Problem], language: Language) -> None:
    """Write the marked copy, whole or not at all.

    Raises:
        OutputError: F-FILE-006 not writable, or the target is the dataset itself; F-FILE-007 disk full.
    """
    source, target = Path(source), Path(target)
    if target.exists() and os.path.samefile(source, target):
        reason = {"zh": "不能覆盖原始数据", "en": "it is the dataset itself"}[language]
        raise OutputError(Problem("F-FILE-006", Place(str(target)), params={"reason": reason}))
    book = _opened(source)
    if book is None:
        book = openpyxl.Workbook()
        book.remove(book.worksheets[0])
    else:
        _mark_cells(book, problems, language)
    _add_list(book, problems, language)
    stream = io.BytesIO()  # a disk that fills up under an open archive makes Python print a traceback of its own
    book.save(stream)
    write_whole(target, stream.getvalue())


def _opened(source: Path) -> Workbook | None:
    """The workbook to mark; None for a dataset that is none, or that openpyxl cannot load."""
    if source.suffix.lower() not in (".xlsx", ".xlsm"):
        return None
    try:
        # A copy without macros: it is saved as .xlsx, which must not hold any.
        return openpyxl.load_workbook(source)
    except (InvalidFileException, zipfile.BadZipFile, ParseError, KeyError, ValueError, TypeError, AttributeError):
        # Only marking is impossible; the dataset itself was read, and the list says everything.
        return None


def _mark_cells(book: Workbook, problems: Sequence[Problem], language: Language) -> None:
    by_cell: dict[tuple[str, str], list[Problem]] = {}
    for problem in problems:
        if problem.severity != "note" and (address := _address(book, problem.place)):
            by_cell.setdefault((problem.place.part, address), []).append(problem)
    anchors = {name: _anchors(book[name]) for name in {name for name, _ in by_cell}}
    for (name, address), found in by_cell.items():
        cell = book[name][anchors[name].get(address, address)]
        severity = "error" if any(problem.is_error for problem in found) else "warning"
        cell.fill = PatternFill("solid", fgColor=_COLOURS[severity])
        text = "\n".join(_sentence(problem, language) for problem in found)
        earlier = f"{cell.comment.text}\n" if cell.comment else ""
        comment = Comment(earlier + _clean(text), "formgen")
        comment.width, comment.height = _COMMENT_SIZE_PT
        cell.comment = comment


def _address(book: Workbook, place: Place) -> str:
    """The cell to mark: the place's own, the first of its row where it is a row; "" where it is neither."""
    if place.part not in book.sheetnames or not place.cell:
        return ""
    sheet = book[place.part]
    return place.cell if place.cell[0].isalpha() else f"{get_column_letter(sheet.min_column)}{place.cell}"


def _anchors(sheet: Worksheet) -> Mapping[str, str]:
    """Cells inside merged ranges → the first cell, the only one that can have a comment."""
    return {
        sheet.cell(row, column).coordinate: merged.start_cell.coordinate
        for merged in sheet.merged_cells.ranges
        for row, column in merged.cells
    }


def _sentence(problem: Problem, language: Language) -> str:
    """The problem without its place: the comment stands there."""
    return problem.with_place(Place()).text(language)


def _add_list(book: Workbook, problems: Sequence[Problem], language: Language) -> None:
    title = LIST_TITLES[language]
    while title in book.sheetnames:
        title += "+"
    sheet = book.create_sheet(title, 0)
    book.active = 0
    sheet.append(_HEADERS[language])
    line = Side("thin", "BFBFBF")
    edge = Border(left=line, right=line, top=line, bottom=line)
    for cell in sheet[1]:
        cell.font, cell.fill, cell.border = Font(bold=True), PatternFill("solid", fgColor="D9D9D9"), edge
        cell.alignment = Alignment(horizontal="center", vertical="center")
    for index, width in enumerate(_WIDTHS, start=1):
        sheet.column_dimensions[get_column_letter(index)].width = width
    wrap = Alignment(wrap_text=True, vertical="top")
    for row, problem in enumerate(problems, start=2):
        texts = [_clean(text) for text in _cells(problem, language)]
        for column, text in enumerate(texts, start=1):
            written: Any = sheet.cell(row, column)
            written.value = text
            written.data_type = "s"  # what looks like a formula stays text
            written.alignment, written.border = wrap, edge
        # Excel fits the height of wrapped rows by itself, other programs do not.
        sheet.row_dimensions[row].height = _LINE_PT * max(map(_line_count, texts, _WIDTHS))
        sheet.cell(row, 1).fill = PatternFill("solid", fgColor=_COLOURS[problem.severity])
        if address := _address(book, problem.place):
            part = problem.place.part.replace("'", "''")
            link: Any = sheet.cell(row, 4)
            link.hyperlink = Hyperlink(ref=link.coordinate, location=f"'{part}'!{address}")
            link.font = Font(name="Calibri", size=11, color="0563C1", underline="single")
    if problems:
        sheet.auto_filter.ref = sheet.dimensions
    _set_up_page(sheet)


def _line_count(text: str, width: int) -> int:
    """Lines of a wrapped text; an ideograph is two characters wide, and one is kept free at the edge."""
    columns = (sum(1 + (unicodedata.east_asian_width(char) in "WFA") for char in line) for line in text.split("\n"))
    return sum(max(1, -(-count // (width - 1))) for count in columns)


def _set_up_page(sheet: Worksheet) -> None:
    """A4 landscape, all columns on a page, the header on every one."""
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_margins = PageMargins(left=0.4, right=0.4, top=0.5, bottom=0.6, header=0.3, footer=0.3)
    footer: Any = sheet.oddFooter
    footer.center.text = "&P / &N"


def _cells(problem: Problem, language: Language) -> tuple[str, ...]:
    place = problem.place
    return (
        _SEVERITIES[language][problem.severity],
        problem.code,
        place.part or place.file,
        place.cell,
        place.label,
        problem.title(language),
        problem.found,
        problem.expected(language),
        problem.hint(language),
    )


def _clean(text: str) -> str:
    return str(ILLEGAL_CHARACTERS_RE.sub("", text))
