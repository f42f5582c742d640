"""samples/xinmi-2015/broken.xlsx: one of each fault, and the report that stands beside it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from formgen.data.marking import LIST_TITLES
from formgen.problems import catalogue
from tests.conftest import Outcome
from tests.faults.broken_workbook import AS_OF, ELSEWHERE, REPORT, WORKBOOK, build, declared, report_of

Formgen = Callable[..., Outcome]
CHECK = ("check", "xinmi-2015", WORKBOOK, "--as-of", AS_OF)
MARKS = {"00FFC7CE": "error", "00FFEB9C": "warning"}


@pytest.fixture
def checked(formgen: Formgen) -> dict[str, Any]:
    outcome = formgen(*CHECK, "--json")
    assert outcome.code == 1
    found: dict[str, Any] = json.loads(outcome.out)
    return found


def _cells(path: Path) -> dict[tuple[str, str], tuple[Any, str]]:
    book = openpyxl.load_workbook(path)
    return {
        (f"{sheet.title}/{sheet.sheet_state}/{sheet.merged_cells.ranges}", cell.coordinate): (
            cell.value,
            cell.data_type,
        )
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
    }


def test_the_committed_workbook_is_the_built_one(tmp_path: Path) -> None:
    """Cell by cell: the package's bytes change with the version of XlsxWriter."""
    built = tmp_path / "broken.xlsx"
    built.write_bytes(build())
    assert build() == built.read_bytes()
    assert _cells(built) == _cells(WORKBOOK)


def test_check_says_what_the_report_says(checked: dict[str, Any]) -> None:
    assert report_of(checked["problems"], checked["counts"]) == json.loads(REPORT.read_text("utf-8"))


def test_every_row_has_the_fault_it_names_and_no_other(checked: dict[str, Any]) -> None:
    found = [(problem["code"], problem["part"], problem["cell"]) for problem in checked["problems"]]
    assert sorted(found) == sorted(declared())
    assert max(Counter(found).values()) == 1


def test_every_code_a_workbook_can_show_is_there() -> None:
    known = {code for code in catalogue() if code.startswith(("F-VALUE-", "F-DATA-", "F-RULE-"))}
    shown = {code for code, _, _ in declared()}
    assert shown | set(ELSEWHERE) == known
    assert shown.isdisjoint(ELSEWHERE)


def test_the_marked_copy_marks_exactly_these_cells(formgen: Formgen, tmp_path: Path) -> None:
    copy = tmp_path / "report.xlsx"
    assert formgen(*CHECK, "-o", copy).code == 1
    report = json.loads(REPORT.read_text("utf-8"))["problems"]
    to_mark = [problem for problem in report if problem["severity"] != "note" and problem["cell"]]
    expected = {_marked_cell(problem): problem["severity"] for problem in to_mark}
    book = openpyxl.load_workbook(copy)
    listed, *sheets = book.worksheets
    assert listed.title == LIST_TITLES["en"] and listed.max_row == len(report) + 1
    marked = {
        (sheet.title, cell.coordinate): MARKS.get(str(cell.fill.fgColor.rgb))
        for sheet in sheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.comment is not None
    }
    assert marked == expected


def _marked_cell(problem: dict[str, Any]) -> tuple[str, str]:
    """The first cell of a row; of merged cells the first, the only one that can have a comment."""
    cell = problem["cell"] if problem["cell"][0].isalpha() else f"A{problem['cell']}"
    for merged in openpyxl.load_workbook(WORKBOOK)[problem["part"]].merged_cells.ranges:
        if cell in merged:
            return problem["part"], merged.start_cell.coordinate
    return problem["part"], cell


def test_the_terminal_names_every_problem(formgen: Formgen) -> None:
    outcome = formgen(*CHECK)
    assert outcome.code == 1
    table = outcome.out.partition("What to do")[0].splitlines()
    assert [code for code, _, _ in declared() if not any(f" {code} " in line for line in table)] == []
    assert len([line for line in table if line]) == len(declared()) + 2, "one line a problem, below two of the header"
    assert "=B19&C19" in outcome.out


def test_no_full_number_is_shown(checked: dict[str, Any]) -> None:
    shown = json.dumps(
        [{key: problem[key] for key in ("found", "expected", "hint")} for problem in checked["problems"]]
    )
    assert "410183" in shown and not any(number in shown for number in ("410183195", "410183196", "410183197"))
