"""Rows are typed cell by cell; what is no record is left out and counted."""

from __future__ import annotations

import random
import re
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.styles import Font

from formgen.data.dataset import open_dataset
from formgen.errors import InputError
from formgen.forms.catalogue import Programme
from tests.data.conftest import ROSTER, TODAY, Load, certificate, codes, only, person, write_book


def test_damaged_number_is_refused_at_its_cell(load: Load) -> None:
    row = [*person(2)[:4], 4.10183197503121e19]
    dataset = load({"残疾人": [ROSTER, person(1), row]})
    problem = only(dataset, "F-VALUE-004")
    assert (problem.place.part, problem.place.cell, problem.place.label) == ("残疾人", "E3", "残疾人证号")
    assert problem.found == "4.10183E+19"
    assert [scope.values["person.name"] for scope in dataset.scopes("person")] == [person(1)[3]]
    assert list(dataset.left_out) == [problem.record]


def test_damaged_text_of_a_csv_is_refused_too(load: Load, tmp_path: Path) -> None:
    path = tmp_path / "残疾人.csv"
    path.write_text("姓名,残疾人证号\n张三,4.10183E+19\n", "utf-8")
    assert only(load(path), "F-VALUE-005").place.cell == "B2"


def test_rows_that_are_no_records_are_counted(load: Load) -> None:
    rows = [
        ROSTER,
        person(1),
        [None] * 5,
        ROSTER,
        person(2),
        ["合 计", None, None, "2人", None],
        ["注：1、一户多残家庭填一个户号，重点保障；"],
        [None] * 5,
    ]
    dataset = load({"残疾人": rows})
    assert dataset.counts["person"] == 2
    note = only(dataset, "F-DATA-011")
    assert note.params == {"blank": "1", "totals": "1", "notes": "1", "headers": "1"}
    assert not dataset.left_out


@pytest.mark.parametrize("said", ["以下空白", "（以下空白）", "以下无正文"])
@pytest.mark.parametrize("column", [0, 3, 4])
def test_a_row_that_says_that_nothing_follows_is_a_note(load: Load, said: str, column: int) -> None:
    end: list[Any] = [None] * len(ROSTER)
    end[column] = said
    dataset = load({"残疾人": [ROSTER, person(1), end, [None] * len(ROSTER)]})
    assert dataset.counts["person"] == 1 and not dataset.left_out
    assert only(dataset, "F-DATA-011").params["notes"] == "1"


def test_a_ditto_mark_is_no_name(load: Load) -> None:
    dataset = load({"残疾人": [ROSTER, person(1), [*person(2)[:3], "同上", person(2)[4]]]})
    assert (only(dataset, "F-VALUE-019").place.cell, dataset.counts["person"]) == ("D3", 1)


def test_number_and_text_and_boolean_do_not_answer_for_each_other(load: Load) -> None:
    labels = (*ROSTER, "享受低保", "家庭人口")
    rows = [
        [*person(number, hh=str(number)), mark, size] for number, (mark, size) in enumerate([(True, 1), (False, True)])
    ]
    dataset = load({"残疾人": [labels, *rows]})
    assert [scope.values["household.is_minimum_living"] for scope in dataset.scopes("household")] == [True]
    assert any(problem.place.cell == "G3" for problem in dataset.problems if problem.is_error)


def test_merged_cell_counts_for_every_row_of_the_household(load: Load) -> None:
    labels = (*ROSTER, "家庭人口", "性别")
    rows = [[*person(1, hh="7"), 5, "男"], [*person(2, hh="")[:2], None, *person(2)[3:], None, None]]
    dataset = load({"残疾人": [labels, *rows]}, merges={"残疾人": ["C2:C3", "F2:F3"]})
    [household] = dataset.scopes("household")
    assert [scope.values["household.size"] for scope in household.rows("person")] == [5, 5]
    assert household.values["household.person_count"] == 2


def test_extra_column_is_kept_under_its_label(load: Load) -> None:
    dataset = load({"残疾人": [(*ROSTER, "劳动力人数"), [*person(), 2]]})
    [scope] = dataset.scopes("person")
    assert scope.values["劳动力人数"] == "2"
    assert only(dataset, "F-DATA-004").severity == "warning"


def test_errors_of_the_header_stand_in_the_header(load: Load) -> None:
    dataset = load({"残疾人": [("乡镇", "村", "户号", "姓名", "残疾人证号", "名字"), [*person(), "张三"]]})
    assert only(dataset, "F-DATA-006").place.cell == "F1"


def test_mapping_is_checked(load: Load) -> None:
    dataset = load({"残疾人": [ROSTER, person()]}, mapping={"没有": "person.phone"})
    assert only(dataset, "F-DATA-008").found == "没有=person.phone"


def test_mapping_to_no_term_stops_the_run(load: Load) -> None:
    with pytest.raises(InputError) as caught:
        load({"残疾人": [ROSTER, person()]}, mapping={"姓名": "person.nam"})
    assert caught.value.problem.code == "F-DATA-007"
    assert "person.name" in caught.value.problem.params["known"]


def test_a_roster_without_household_numbers_or_towns_is_told_once(load: Load) -> None:
    rows = [("村", "姓名", "残疾人证号"), ("东村", "张三", certificate(1)), ("西村", "李四", certificate(2))]
    dataset = load({"残疾人": rows})
    assert codes(dataset) == ["F-DATA-023", "F-DATA-024"]
    assert only(dataset, "F-DATA-024").params["count"] == "2"
    assert dataset.counts["household"] == 2


def test_repeated_cell_past_the_memory_is_still_read(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("formgen.data.rows.REMEMBERED", 3)
    dataset = load({"残疾人": [ROSTER, *(person(number, hh=str(number % 3)) for number in range(1, 9))]})
    assert dataset.counts["person"] == 8 and not codes(dataset)


def test_formula_error_is_no_text(load: Load, tmp_path: Path) -> None:
    path = tmp_path / "残疾人.csv"
    path.write_text(f"姓名,残疾人证号,住址\n张三,{certificate()},#REF!\n", "utf-8")
    assert only(load(path), "F-DATA-014").place.cell == "C2"


@given(st.integers(0, 10_000), st.integers(0, 3))
def test_columns_in_any_order_with_others_between_give_the_same_records(
    xinmi: Programme, tmp_path_factory: pytest.TempPathFactory, seed: int, noise: int
) -> None:
    columns: list[list[Any]] = [
        list(column) for column in zip(ROSTER, person(1), person(2, village="西村"), strict=True)
    ]
    columns.append(["联系方式", "13800000001", "13800000002"])
    mixed = columns + [[f"其他栏{number}", "甲", "乙"] for number in range(noise)]
    random.Random(seed).shuffle(mixed)
    folder = tmp_path_factory.mktemp("shuffled")
    found = []
    for name, chosen in (("a", columns), ("b", mixed)):
        path = folder / f"{name}.csv"
        path.write_text("\n".join(",".join(row) for row in zip(*chosen, strict=True)), "utf-8")
        with open_dataset(path, xinmi, today=TODAY) as dataset:
            facts = [
                {key: value for key, value in scope.values.items() if "." in key} for scope in dataset.scopes("person")
            ]
            found.append(([scope.key for scope in dataset.scopes("person")], facts))
    assert found[0] == found[1]


def test_formulas_of_a_workbook_that_read_as_blank_are_told(load: Load, tmp_path: Path) -> None:
    rows = [(*ROSTER, "家庭人口", "备注"), [*person(1), "=2+2", "=A1"], person(2)]
    path = write_book(tmp_path / "a.xlsx", {"残疾人": rows})
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    name = "xl/worksheets/sheet1.xml"
    parts[name] = re.sub(rb'<c r="G2">.*?</c>', b'<c r="G2" t="e"><f>A1</f><v>#REF!</v></c>', parts[name])
    with zipfile.ZipFile(path, "w") as package:
        for part, content in parts.items():
            package.writestr(part, content)
    dataset = load(path)
    assert (only(dataset, "F-DATA-015").place.cell, only(dataset, "F-DATA-015").found) == ("F2", "=2+2")
    assert (only(dataset, "F-DATA-014").place.cell, only(dataset, "F-DATA-014").found) == ("G2", "#REF!")
    assert dataset.counts["person"] == 1


def test_formulas_beyond_what_has_values_are_told(load: Load) -> None:
    rows = [(None, *ROSTER, None), [None, *person(1), None], ["=1+1", None, None, None, None, None, "=2+2"]]
    dataset = load({"残疾人": [("编号", *ROSTER, "住址"), *rows[1:]]})
    assert [problem.place.cell for problem in dataset.problems if problem.code == "F-DATA-015"] == ["A3", "G3"]


def test_a_struck_cell_is_not_taken_and_told(load: Load, tmp_path: Path) -> None:
    """The same name without a line stands before it: what it means is remembered."""
    twin = [*person(2)[:3], person(1)[3], person(2)[4]]
    path = write_book(tmp_path / "a.xlsx", {"残疾人": [ROSTER, person(1), twin]})
    book = openpyxl.load_workbook(path)
    book.worksheets[0]["D3"].font = Font(strike=True)
    book.save(path)
    dataset = load(path)
    assert (only(dataset, "F-DATA-016").place.cell, only(dataset, "F-DATA-016").found) == ("D3", twin[3])
    assert dataset.counts["person"] == 1


def test_a_cell_that_its_format_hides_is_not_taken_and_told(load: Load, tmp_path: Path) -> None:
    path = write_book(tmp_path / "a.xlsx", {"残疾人": [ROSTER, person(1), person(2)]})
    book = openpyxl.load_workbook(path)
    book.worksheets[0]["D3"].number_format = ";;;"
    book.save(path)
    dataset = load(path)
    assert (only(dataset, "F-DATA-017").place.cell, dataset.counts["person"]) == ("D3", 1)


def test_days_of_a_column_of_months_are_nothing_to_tell(load: Load) -> None:
    """The dataset keeps them; on a returned form they would be lost (F-VALUE-037)."""
    dataset = load({"残疾人": [(*ROSTER, "出生年月"), [*person(1), "1975-03-12"], [*person(2), "1975-03-12 08:30"]]})
    assert "F-VALUE-037" not in codes(dataset) and dataset.counts["person"] == 2
