"""A table that somebody split in two: its rows are read, or in doubt, and never taken for deleted."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from formgen.forms.catalogue import Catalogue
from formgen.rendering.docx import compile_docx
from tests.reading.docx import word_edits as edits
from tests.reading.docx.conftest import Paper, ReadOne, codes
from tests.reading.docx.test_hands import FIELDS, RECORD, TEXT
from tests.reading.docx.test_programs import filled


@pytest.fixture
def paper(tmp_path: Path, read_one: ReadOne) -> Paper:
    return Paper(tmp_path, read_one, FIELDS, TEXT, RECORD)


def split(tree: Any, at: int, *between: Any) -> Any:
    """The first table's rows from `at` are a table of their own."""
    table = next(tree.iter(edits.w("tbl")))
    rest = copy.deepcopy(table)
    for row in rest.findall(edits.w("tr")):
        rest.remove(row)
    rest.extend(table.findall(edits.w("tr"))[at:])
    for block in reversed([*(between or [edits.fragment("<w:p/>")]), rest]):
        table.addnext(block)
    return rest


@pytest.mark.parametrize("at", [4, 5, 6])
def test_a_split_before_among_or_after_the_rows(at: int, paper: Paper) -> None:
    reading = paper.after(lambda tree: split(tree, at))
    assert reading.values == RECORD
    assert not reading.problems
    assert {item.confidence for item in reading.evidence.values()} == {1.0}
    assert reading.evidence["rows.2.name"].place == f"表2 第{6 - at}行第2列" if at < 6 else "表1 第6行第2列"


def test_a_split_roster(read_one: ReadOne) -> None:
    form = Catalogue().form("xinmi-2015/beneficiary-roster")
    record = filled(form)
    printed = compile_docx(form).render(record, "r1").content or b""
    whole = read_one(printed, form)
    reading = read_one(edits.edited(printed, lambda tree: split(tree, 4)), form)
    assert reading.values == whole.values
    assert codes(reading) == codes(whole)


def test_a_split_table_on_a_sheet_that_was_changed(paper: Paper) -> None:
    def edit(tree: Any) -> None:
        split(tree, 5)
        tree.find(edits.w("body")).insert(0, edits.fragment("<w:p><w:r><w:t>请速办</w:t></w:r></w:p>"))

    reading = paper.after(edit)
    assert reading.values == RECORD
    assert codes(reading) == {"F-READ-003"}


def test_rows_behind_other_words_are_in_doubt(paper: Paper) -> None:
    def edit(tree: Any) -> None:
        split(tree, 5, edits.fragment("<w:p><w:r><w:t>续表</w:t></w:r></w:p>"))

    reading = paper.after(edit)
    assert [row["name"] for row in reading.values["rows"] if "name" in row] == ["王五"]
    assert {key: doubt for key, doubt in reading.doubts.items() if key.startswith("rows.2")} == {
        f"rows.2.{key}": "rejected" for key in ("number", "name", "note")
    }
    assert "F-READ-008" in codes(reading)
