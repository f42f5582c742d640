"""What a cell shows is not always what it holds: raised figures, formats that show other digits, or none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.chart import BarChart
from openpyxl.comments import Comment
from openpyxl.worksheet.worksheet import Worksheet

from formgen.data.sources import open_tables
from formgen.reading.weigh import weigh
from tests.reading.xlsx.test_edits import after, silently_wrong
from tests.reading.xlsx.workbooks import ROSTER, codes, edited, files, roster, written

RAISED, LOWERED, PLAIN = InlineFont(vertAlign="superscript"), InlineFont(vertAlign="subscript"), InlineFont()


def cells_of(folder: Path, *values: Any) -> list[Any]:
    book = openpyxl.Workbook()
    for row, value in enumerate(values, 1):
        book.worksheets[0].cell(row, 1, value)
    book.save(folder / "a.xlsx")
    with open_tables(folder / "a.xlsx") as tables:
        return [row[0] for table in tables for row in table.rows()]


def test_a_raised_figure_is_none_of_the_number_before_it(tmp_path: Path) -> None:
    def edit(sheet: Worksheet) -> None:
        sheet["D7"] = CellRichText(TextBlock(PLAIN, "3"), TextBlock(RAISED, "1"))
        sheet["E7"] = CellRichText("24", TextBlock(LOWERED, "0"))

    read = after(tmp_path, ROSTER, edit)
    assert set(read.doubts) == {"rows.2.household_size", "rows.2.income_per_head"}
    assert [problem.found for problem in read.problems] == ["3¹", "24₀"]
    assert silently_wrong(read, roster()) == []


def test_raised_figures_are_read_as_they_look(tmp_path: Path) -> None:
    """A cell that is raised from end to end is one that somebody formatted so."""
    area = CellRichText("35m", TextBlock(RAISED, "2"))
    whole = CellRichText(TextBlock(RAISED, "1"), TextBlock(RAISED, "2"))
    assert cells_of(tmp_path, area, whole, CellRichText("CO", TextBlock(LOWERED, "2"))) == ["35m²", "12", "CO₂"]


def test_a_number_is_read_with_the_zeros_that_its_cell_shows(tmp_path: Path) -> None:
    """Where the field is a text; in a number's field they change nothing."""

    def edit(sheet: Worksheet) -> None:
        sheet["A8"], sheet["A8"].number_format = 25, "0000"
        sheet["D8"].number_format = "000"

    read = after(tmp_path, ROSTER, edit)
    assert (read.values["rows"][2]["household_number"], read.values["rows"][2]["household_size"]) == ("0025", 5)
    assert codes(read) == []


def test_income_by_the_month_is_no_income_by_the_year(tmp_path: Path) -> None:
    def edit(sheet: Worksheet) -> None:
        sheet["E6"].number_format = '0.0"元/年"'
        sheet["E7"].number_format = '0.0"元/月"'

    read = after(tmp_path, ROSTER, edit)
    assert (codes(read), read.doubts) == (["F-VALUE-041"], {"rows.2.income_per_head": "rejected"})


def test_what_a_format_hides_is_refused(tmp_path: Path) -> None:
    """Numbers and texts; a blank that is formatted so stays one."""

    def edit(sheet: Worksheet) -> None:
        for address in ("B7", "D7", "G7"):
            sheet[address].number_format = ";;;"
        sheet["G7"] = None

    read = after(tmp_path, ROSTER, edit)
    assert {"rows.2.name", "rows.2.household_size"} == set(read.doubts)
    assert [(problem.code, problem.found) for problem in read.problems[:2]] == [
        ("F-EXCEL-011", "李四"),
        ("F-EXCEL-011", "4"),
    ]


def test_hidden_rows_and_columns_are_read_and_told_once(tmp_path: Path) -> None:
    def edit(sheet: Worksheet) -> None:
        for row in (6, 7, 30):
            sheet.row_dimensions[row].hidden = True
        sheet.column_dimensions["E"].hidden = True

    read = after(tmp_path, ROSTER, edit)
    assert read.values["rows"] == roster()["rows"]
    assert [(problem.code, problem.found) for problem in read.problems] == [("F-EXCEL-012", "6–7 行；E 列")]


def test_hidden_columns_and_rows_that_hold_nothing_are_not_told(tmp_path: Path) -> None:
    def edit(sheet: Worksheet) -> None:
        sheet.row_dimensions[40].hidden = True
        sheet.column_dimensions.group("T", "XFD", hidden=True)

    assert codes(after(tmp_path, ROSTER, edit)) == []


def test_drawings_and_comments_are_not_read_and_told_once_a_file(tmp_path: Path) -> None:
    def edit(sheet: Worksheet) -> None:
        sheet.add_chart(BarChart(), "B7")
        sheet.add_chart(BarChart(), "C7")
        for address in ("E6", "E7", "E8"):
            sheet[address].comment = Comment("应为1640", "李")

    path = edited(written(tmp_path, ROSTER), edit)
    read = files(path)
    assert [(problem.code, problem.found) for problem in read.problems] == [("F-EXCEL-013", "2"), ("F-EXCEL-014", "3")]
    assert weigh(read.sheets[0], str(path)).values["rows"] == roster()["rows"]
