"""Sheets → a workbook that is ready to look at and to print: an overview with legend, colours, filters, frozen headers.

In: the desk and its sheets. Out: .xlsx on a stream. Rows are written as they come (XlsxWriter's constant memory).
Limits: a worksheet has 1,048,576 rows; what is more goes on in a second one.
"""

from __future__ import annotations

import datetime
import math
import re
import unicodedata
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import IO, Any, Final

import xlsxwriter

from formgen.problems import Language
from formgen.reading.results import RESULT_MARK
from formgen.reconcile.desk import Desk
from formgen.reconcile.sheets import Cell, Column, Sheet
from formgen.reconcile.summary import FormCount, summarize
from formgen.reconcile.words import COLOURS, STATUSES, in_language
from formgen.values.cells import EXACT_LIMIT

__all__ = ["write_sheets", "write_workbook"]

MOST_ROWS: Final = 1_048_575
"""Below the header. Source: Excel specifications and limits."""
LONGEST_TEXT: Final = 32_767
MOST_LINES: Final = 12
_LINE_PT: Final = 15
_FONT: Final = {"font_name": "Microsoft YaHei", "font_size": 10}
_INK: Final = "1F3864"
_SEVERITIES: Final = {"error": "FFC7CE", "warning": "FFEB9C", "note": "DDEBF7"}
_FORBIDDEN: Final = re.compile(r"[\[\]:*?/\\']")
_NOT_IN_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_CREATED: Final = datetime.datetime(2000, 1, 1)
"""Two runs over the same files give the same bytes."""


def write_workbook(stream: IO[bytes], desk: Desk, sheets: Sequence[Sheet], language: Language) -> None:
    """The whole workbook. The stream is written when all is there."""
    writer = _Writer(stream, language)
    counts = summarize(desk)
    writer.overview(desk, counts, is_compared=any(count.compared or count.missing or count.unknown for count in counts))
    for sheet in sheets:
        writer.add(sheet)
    writer.book.close()


def write_sheets(stream: IO[bytes], sheets: Sequence[Sheet], language: Language) -> None:
    """A workbook of these sheets alone."""
    writer = _Writer(stream, language)
    for sheet in sheets:
        writer.add(sheet)
    writer.book.close()


class _Writer:
    def __init__(self, stream: IO[bytes], language: Language) -> None:
        self.book = xlsxwriter.Workbook(stream, {"constant_memory": True, "strings_to_formulas": False})
        self.book.set_properties({"created": _CREATED, "keywords": RESULT_MARK})
        self.language: Language = language
        self.names: set[str] = set()
        self.formats: dict[tuple[str, str], Any] = {}
        self.header = self.book.add_format(
            {
                **_FONT,
                "bold": True,
                "font_color": "FFFFFF",
                "bg_color": _INK,
                "align": "center",
                "valign": "vcenter",
                "text_wrap": True,
                "border": 1,
                "border_color": "FFFFFF",
            }
        )

    def say(self, zh: str, en: str) -> str:
        return zh if self.language == "zh" else en

    # Overview

    def overview(self, desk: Desk, counts: Sequence[FormCount], *, is_compared: bool) -> None:
        title = self.say("回收表格核对结果", "Returned forms") if is_compared else self.say("读取结果", "What was read")
        page = self._page(self.say("概况", "Overview"))
        page.hide_gridlines(2)
        columns, rows = self._overview_table(desk, counts, is_compared)
        page.set_column(0, 0, 2)
        page.set_column(1, 1, 34)
        page.set_column(2, len(columns), 9)
        page.set_row(1, 30)
        page.write_string(1, 1, title, self._format("title"))
        sheets, values = sum(count.sheets for count in counts), sum(count.values for count in counts)
        told = self.say(f"表格 {sheets} 份，读出 {values} 项", f"{sheets} sheets, {values} values")
        page.write_string(2, 1, told, self._format("told"))
        page.set_row(4, 32)
        for index, name in enumerate(columns, 1):
            page.write_string(4, index, name, self.header)
        for number, row in enumerate(rows, 5):
            page.set_row(number, 22)
            for index, (value, status) in enumerate(row, 1):
                self._write(page, number, index, Cell(value, status if value else ""), "plain")
        if is_compared:
            self._legend(page, 6 + len(rows))
        page.set_landscape()
        page.fit_to_pages(1, 0)

    def _overview_table(
        self, desk: Desk, counts: Sequence[FormCount], is_compared: bool
    ) -> tuple[list[str], list[list[tuple[Any, str]]]]:
        columns = self.say("表单,交回,值,问题", "form,sheets,values,problems").split(",")
        if is_compared:
            columns += self.say("未交回,重复,旧版本,无记录", "missing,doubled,old version,unknown").split(",")
            columns += [in_language(STATUSES, status, self.language) for status in STATUSES]
        rows: list[list[tuple[Any, str]]] = []
        for count in counts:
            manifest = desk.manifests.get(count.form)
            name = manifest.short if manifest is not None else self.say("（不认识的表格）", "(unknown form)")
            row: list[tuple[Any, str]] = [(name, ""), (count.sheets, ""), (count.values, ""), (count.problems, "")]
            if is_compared:
                row += [(number, "") for number in (count.missing, count.doubled, count.obsolete, count.unknown)]
                row += [(count.statuses[status], status) for status in STATUSES]
            rows.append(row)
        return columns, rows

    def _legend(self, page: Any, row: int) -> None:
        meanings = {
            "corrected": self.say("表上的内容与数据不同", "the sheet has another value than the data"),
            "filled": self.say("数据中为空，表上已填写", "blank in the data, filled in on the sheet"),
            "cleared": self.say("数据中有内容，表上为空", "in the data, blank on the sheet"),
            "contradictory": self.say(
                "两处或两份不一致、内容不合格式，或表上找不到：不采用，请人工核对",
                "two places or sheets disagree, not of the field's type, or not found: for a person to look at",
            ),
        }
        page.write_string(row, 1, self.say("颜色", "Colours"), self._format("told"))
        for number, (status, meaning) in enumerate(meanings.items(), row + 1):
            page.set_row(number, 20)
            page.write_string(number, 1, in_language(STATUSES, status, self.language), self._format("plain", status))
            page.write_string(number, 2, meaning, self._format("told"))

    # Sheets

    def add(self, sheet: Sheet) -> None:
        rows = sheet.rows()
        number = 1
        while True:
            name = sheet.name if number == 1 else f"{sheet.name} ({number})"
            is_full = self._fill(self._page(name), sheet, rows)
            if not is_full:
                return
            number += 1

    def _fill(self, page: Any, sheet: Sheet, rows: Iterator[Sequence[Cell]]) -> bool:
        """Write rows until the worksheet is full (True) or there are none left."""
        self._set_up(page, sheet)
        number = 0
        for number, row in enumerate(rows, 1):
            lines = max(map(_line_count, row, sheet.columns), default=1)
            page.set_row(number, max(18, _LINE_PT * min(lines, MOST_LINES) + 3))
            for index, cell in enumerate(row):
                self._write(page, number, index, cell, "plain")
            if number == MOST_ROWS:
                break
        page.autofilter(0, 0, max(number, 1), len(sheet.columns) - 1)
        return number == MOST_ROWS

    def _set_up(self, page: Any, sheet: Sheet) -> None:
        """Header, widths, panes and paper: A4 landscape, all columns on a page, the header on every one."""
        for index, column in enumerate(sheet.columns):
            page.set_column(index, index, column.width)
        page.set_row(0, _LINE_PT * max(map(_header_lines, sheet.columns)) + 9)
        for index, column in enumerate(sheet.columns):
            page.write_string(0, index, column.header, self.header)
        page.freeze_panes(1, 1 if sheet.is_list else 2)
        page.repeat_rows(0)
        page.set_landscape()
        page.fit_to_pages(1, 0)

    def _page(self, name: str) -> Any:
        page = self.book.add_worksheet(self._unique(name))
        page.set_paper(9)
        page.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
        page.set_header("&C&A")
        page.set_footer("&C&P / &N")
        return page

    def _unique(self, name: str) -> str:
        """A name Excel takes: 31 characters, none of []:*?/\\, each once."""
        clean = _FORBIDDEN.sub("", name).strip() or "-"
        found, number = clean[:31], 1
        while found.casefold() in self.names:
            number += 1
            found = f"{clean[:26]} ({number})"
        self.names.add(found.casefold())
        return found

    def _write(self, page: Any, row: int, column: int, cell: Cell, kind: str) -> None:
        value = cell.value
        if isinstance(value, datetime.date):
            page.write_datetime(row, column, value, self._format("date", cell.status))
        elif isinstance(value, (int, Decimal)) and _is_exact(value):
            page.write_number(row, column, float(value), self._format("number", cell.status))
        elif value is None or value == "":
            page.write_blank(row, column, None, self._format(kind, cell.status))
        else:
            text = _NOT_IN_XML.sub("\ufffd", str(value))[:LONGEST_TEXT]
            page.write_string(row, column, text, self._format("text" if text.isdigit() else kind, cell.status))

    def _format(self, kind: str, status: str = "") -> Any:
        if (kind, status) not in self.formats:
            options = {**_FONT, **_KINDS[kind]}
            if colour := COLOURS.get(status) or _SEVERITIES.get(status):
                options["bg_color"] = colour
            self.formats[kind, status] = self.book.add_format(options)
        return self.formats[kind, status]


_BOX: Final = {"border": 1, "border_color": "D0D0D0", "valign": "vcenter", "text_wrap": True}
_KINDS: Final[dict[str, dict[str, Any]]] = {
    "plain": _BOX,
    "text": {**_BOX, "num_format": "@"},
    "number": {**_BOX, "align": "right", "text_wrap": False},
    "date": {**_BOX, "num_format": 'yyyy"年"m"月"d"日"', "align": "center", "text_wrap": False},
    "title": {"font_size": 18, "bold": True, "font_color": _INK},
    "told": {"font_color": "595959", "valign": "vcenter"},
}


def _is_exact(value: int | Decimal) -> bool:
    """Whether a spreadsheet keeps the number as it is: 15 digits."""
    if isinstance(value, int):
        return abs(value) < EXACT_LIMIT
    return len(value.as_tuple().digits) <= 15 and -15 < value.adjusted() < 15


def _line_count(cell: Cell, column: Column) -> int:
    if not isinstance(cell.value, str):
        return 1
    return sum(max(1, math.ceil(_width(line) / (column.width - 1))) for line in cell.value.split("\n"))


def _header_lines(column: Column) -> int:
    return max(1, math.ceil(_width(column.header) / (column.width - 1)))


def _width(text: str) -> float:
    return sum(2 if unicodedata.east_asian_width(char) in "WFA" else 1.1 for char in text)
