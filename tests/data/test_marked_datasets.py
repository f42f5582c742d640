"""The marked copy of a dataset that was checked, and of files that cannot be marked."""

from __future__ import annotations

import hashlib
from pathlib import Path

import openpyxl
import pytest

from formgen.data.marking import write_marked_copy
from formgen.errors import OutputError
from formgen.problems import Place, Problem
from tests.data.conftest import ROSTER, Load, person, write_book

ROWS = [ROSTER, person(1), [*person(2)[:4], 4.1e19], person(1)]


def test_cells_are_filled_and_commented(load: Load, tmp_path: Path) -> None:
    dataset = load({"残疾人": [*ROWS, person(3, village="西村", name=person(1)[3])]})
    before = hashlib.sha256(dataset.path.read_bytes()).digest()
    write_marked_copy(dataset.path, tmp_path / "报告.xlsx", dataset.problems, "zh")
    assert hashlib.sha256(dataset.path.read_bytes()).digest() == before
    book = openpyxl.load_workbook(tmp_path / "报告.xlsx")
    sheet = book["残疾人"]
    assert sheet["E3"].fill.fgColor.rgb[2:] == "FFC7CE" and "F-VALUE-004" in sheet["E3"].comment.text
    assert sheet["D5"].fill.fgColor.rgb[2:] == "FFEB9C"
    assert sheet["D2"].comment is None and sheet["D2"].value == person(1)[3]
    listed = book["问题清单"]
    assert [row[1] for row in listed.iter_rows(min_row=2, values_only=True)] == [
        problem.code for problem in dataset.problems
    ]
    assert listed["D2"].hyperlink.location == "'残疾人'!E3"


def test_unloadable_workbook_still_gives_the_list(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"PK\x03\x04")
    write_marked_copy(path, tmp_path / "b.xlsx", [Problem("F-FILE-004", Place(str(path)))], "zh")
    assert openpyxl.load_workbook(tmp_path / "b.xlsx").sheetnames == ["问题清单"]


def test_nothing_is_left_where_writing_fails(tmp_path: Path) -> None:
    path = write_book(tmp_path / "a.xlsx", {"表": [["甲"]]})
    with pytest.raises(OutputError):
        write_marked_copy(path, tmp_path / "none" / "b.xlsx", [], "zh")
    assert sorted(child.name for child in tmp_path.iterdir()) == ["a.xlsx"]
