"""A cell with a line through its text, or through some of it, is no value; nor is a struck label a label."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from formgen.data.sources import open_tables
from formgen.data.sources.unread_cells import UnreadCell
from formgen.reading.labels import read_by_labels
from formgen.reading.struck import LINE as MARK
from formgen.reading.struck import refuse_marked
from formgen.reading.xlsx.reader import _block
from formgen.reading.xlsx.sheet import Sheet
from tests.reading.xlsx.test_edits import after, silently_wrong
from tests.reading.xlsx.workbooks import ROSTER, codes, form, roster

LINE = InlineFont(strike=True)


def strike(sheet: Worksheet, *addresses: str) -> None:
    for address in addresses:
        sheet[address].font = Font(strike=True)


def half_struck(old: str, new: str) -> CellRichText:
    return CellRichText(TextBlock(LINE, old), TextBlock(InlineFont(), new))


def cells_of(path: Path) -> list[list[Any]]:
    with open_tables(path) as tables:
        return [row for table in tables for row in table.rows()]


def test_a_struck_cell_is_refused_whatever_it_holds(tmp_path: Path) -> None:
    """A text, a number, and one typed anew beside its struck text."""

    def edit(sheet: Worksheet) -> None:
        strike(sheet, "B6", "E7")
        sheet["B7"] = half_struck("李四", "李思")

    read = after(tmp_path, ROSTER, edit)
    assert codes(read) == ["F-EXCEL-010"] * 3
    assert set(read.doubts) == {"rows.1.name", "rows.2.income_per_head", "rows.2.name"}
    assert {problem.found for problem in read.problems} == {"张三", "2651.5", "李四李思"}
    assert silently_wrong(read, roster()) == []


def test_a_struck_row_is_a_row_of_doubts(tmp_path: Path) -> None:
    read = after(tmp_path, ROSTER, lambda sheet: strike(sheet, *(f"{letter}7" for letter in "BCDEFGH")))
    assert len(read.values["rows"]) == 3 and set(codes(read)) == {"F-EXCEL-010"}
    assert silently_wrong(read, roster()) == []


def test_a_struck_single_blank_is_refused(tmp_path: Path) -> None:
    read = after(tmp_path, ROSTER, lambda sheet: strike(sheet, "A3"))
    assert codes(read) == ["F-EXCEL-010"] and read.doubts == {"town": "rejected"}


def test_a_struck_heading_is_none(tmp_path: Path) -> None:
    read = after(tmp_path, ROSTER, lambda sheet: strike(sheet, "D5"))
    assert "F-READ-002" in codes(read) and not any("household_size" in row for row in read.values["rows"])


def test_a_line_through_blanks_says_nothing(tmp_path: Path) -> None:
    def edit(sheet: Worksheet) -> None:
        sheet["B7"] = CellRichText("李四", TextBlock(LINE, "  "))
        strike(sheet, "J20")

    read = after(tmp_path, ROSTER, edit)
    assert read.values == roster() and codes(read) == []


def test_a_struck_cell_is_refused_by_labels_too(tmp_path: Path) -> None:
    sheet = openpyxl.Workbook().worksheets[0]
    for row, cells in enumerate((("姓名", "张三"), ("性别", "男"), ("联系电话", "13912345678")), 1):
        for column, text in enumerate(cells, 1):
            sheet.cell(row, column).value = text
    strike(sheet, "B1")
    assert sheet.parent is not None
    sheet.parent.save(tmp_path / "a.xlsx")
    with open_tables(tmp_path / "a.xlsx") as tables:
        (table,) = tables
        block = _block(Sheet.of(table))
    made = read_by_labels([block], form("xinmi-2015/application-form"), None)  # type: ignore[arg-type]
    refuse_marked(made, {MARK: "F-EXCEL-010"})
    raws = {sighting.path[0]: sighting.raw for sighting in made.sightings if sighting.raw}
    assert (raws["name"].text, raws["name"].finding.code) == ("张三", "F-EXCEL-010")  # type: ignore[union-attr]
    assert raws["phone"] == "13912345678"


@pytest.mark.parametrize("is_many", [False, True], ids=["few", "many"])
def test_no_struck_text_is_taken_for_the_same_without_a_line(tmp_path: Path, is_many: bool) -> None:
    """Cells are read by columns and like texts once; a struck one is not like the others."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in range(1, 501 if is_many else 4):
        sheet.cell(row, 1).value = "张三"
        sheet.cell(row, 2).value = row
    strike(sheet, "A2", "B3")
    book.save(tmp_path / "a.xlsx")
    rows = cells_of(tmp_path / "a.xlsx")
    struck = [(number, cell) for number, row in enumerate(rows, 1) for cell in row if isinstance(cell, UnreadCell)]
    assert struck == [(2, UnreadCell("张三", "struck")), (3, UnreadCell("3", "struck"))]
    assert struck[0][1] != "张三" and "张三" not in {struck[0][1]}
