"""The marked copy of a workbook: what an official opens to see what to mend."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from openpyxl.comments import Comment

from formgen.data.marking import LIST_TITLES, write_marked_copy
from formgen.errors import OutputError
from formgen.problems import Place, Problem

TRUNCATED = Problem("F-FILE-004", Place("d.xlsx", "残疾人", "B2", "姓名"), "=1+1", {"reason": "r"})
MISSING = Problem("F-FILE-001", Place("d.xlsx", "残疾人", "C3", "电话"))


@pytest.fixture
def source(tmp_path: Path) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "残疾人"
    for row in (["编号", "姓名", "电话"], ["1", "王㛃", "138"], ["2", "李四", None], ["3", None, None]):
        sheet.append(row)
    sheet.merge_cells("B3:B4")
    path = tmp_path / "d.xlsx"
    book.save(path)
    return path


def test_cells_are_coloured_and_commented_and_the_rest_is_kept(source: Path, tmp_path: Path) -> None:
    before = source.read_bytes()
    write_marked_copy(source, tmp_path / "r.xlsx", [TRUNCATED, MISSING], "zh")
    assert source.read_bytes() == before
    book = openpyxl.load_workbook(tmp_path / "r.xlsx")
    sheet = book["残疾人"]
    assert sheet["B2"].value == "王㛃"
    assert sheet["B2"].fill.start_color.rgb == "00FFC7CE"
    comment = sheet["B2"].comment
    assert comment is not None and "F-FILE-004" in comment.text and "损坏" in comment.text
    assert sheet.parent.active.title == LIST_TITLES["zh"]
    assert sheet["A2"].fill.fill_type is None and sheet["A2"].comment is None


def test_the_list_stands_first_and_names_every_problem(source: Path, tmp_path: Path) -> None:
    write_marked_copy(source, tmp_path / "r.xlsx", [TRUNCATED, MISSING], "zh")
    book = openpyxl.load_workbook(tmp_path / "r.xlsx")
    assert book.sheetnames == [LIST_TITLES["zh"], "残疾人"]
    rows = list(book[LIST_TITLES["zh"]].iter_rows(min_row=2, values_only=True))
    assert [(row[1], row[2], row[3], row[4]) for row in rows] == [
        ("F-FILE-004", "残疾人", "B2", "姓名"),
        ("F-FILE-001", "残疾人", "C3", "电话"),
    ]


def test_found_text_that_looks_like_a_formula_stays_text(source: Path, tmp_path: Path) -> None:
    write_marked_copy(source, tmp_path / "r.xlsx", [TRUNCATED], "en")
    cell = openpyxl.load_workbook(tmp_path / "r.xlsx")[LIST_TITLES["en"]]["G2"]
    assert cell.value == "=1+1" and cell.data_type == "s"


def test_two_problems_of_one_cell_share_its_comment(source: Path, tmp_path: Path) -> None:
    other = Problem("F-FILE-001", TRUNCATED.place)
    write_marked_copy(source, tmp_path / "r.xlsx", [TRUNCATED, other], "en")
    comment = openpyxl.load_workbook(tmp_path / "r.xlsx")["残疾人"]["B2"].comment
    assert comment is not None and "F-FILE-004" in comment.text and "F-FILE-001" in comment.text


def test_a_cell_inside_a_merge_is_marked_at_the_merges_first(source: Path, tmp_path: Path) -> None:
    problem = Problem("F-FILE-001", Place("d.xlsx", "残疾人", "B4"))
    write_marked_copy(source, tmp_path / "r.xlsx", [problem], "en")
    assert openpyxl.load_workbook(tmp_path / "r.xlsx")["残疾人"]["B3"].comment is not None


@pytest.mark.parametrize("name", ["d.csv", "d.json"])
def test_a_source_that_is_no_workbook_gives_the_list_alone(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("x")
    write_marked_copy(tmp_path / name, tmp_path / "r.xlsx", [MISSING], "en")
    book = openpyxl.load_workbook(tmp_path / "r.xlsx")
    assert book.sheetnames == [LIST_TITLES["en"]]
    assert book[LIST_TITLES["en"]]["B2"].value == "F-FILE-001"


def test_a_sheet_of_the_lists_name_is_kept(source: Path, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(source)
    book.create_sheet(LIST_TITLES["zh"])
    book.save(source)
    write_marked_copy(source, tmp_path / "r.xlsx", [MISSING], "zh")
    assert openpyxl.load_workbook(tmp_path / "r.xlsx").sheetnames == ["问题清单+", "残疾人", "问题清单"]


def test_the_dataset_itself_is_never_written_over(source: Path) -> None:
    before = source.read_bytes()
    with pytest.raises(OutputError) as caught:
        write_marked_copy(source, source, [MISSING], "en")
    assert caught.value.problem.code == "F-FILE-006"
    assert source.read_bytes() == before


def test_a_persons_own_comment_is_kept(source: Path, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(source)
    book["残疾人"]["C3"].comment = Comment("核实过", "王")
    book.save(source)
    write_marked_copy(source, tmp_path / "r.xlsx", [MISSING], "en")
    comment = openpyxl.load_workbook(tmp_path / "r.xlsx")["残疾人"]["C3"].comment
    assert comment is not None and comment.text.startswith("核实过\nF-FILE-001")


def test_the_list_prints_on_landscape_pages_with_whole_texts(source: Path, tmp_path: Path) -> None:
    long = Problem("F-FILE-004", TRUNCATED.place, "长" * 60, {"reason": "r"})
    write_marked_copy(source, tmp_path / "r.xlsx", [long], "zh")
    sheet = openpyxl.load_workbook(tmp_path / "r.xlsx")[LIST_TITLES["zh"]]
    assert sheet.page_setup.orientation == "landscape" and sheet.print_title_rows == "$1:$1"
    assert sheet.sheet_properties.pageSetUpPr.fitToPage and sheet.page_setup.fitToHeight == 0
    assert sheet.row_dimensions[2].height >= 15 * 120 / sheet.column_dimensions["G"].width


def test_a_row_is_marked_at_its_first_cell(source: Path, tmp_path: Path) -> None:
    write_marked_copy(source, tmp_path / "r.xlsx", [Problem("F-FILE-001", Place("d.xlsx", "残疾人", "3"))], "zh")
    book = openpyxl.load_workbook(tmp_path / "r.xlsx")
    assert book["残疾人"]["A3"].comment is not None
    link = book[LIST_TITLES["zh"]]["D2"].hyperlink
    assert link is not None and link.location == "'残疾人'!A3"
