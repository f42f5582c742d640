"""Blanks follow from the numbers; contradictions are told with both values and change nothing."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from formgen.values import PartialDate
from tests.data.conftest import ROSTER, Load, certificate, codes, id_number, only, person


def test_blanks_are_filled_from_the_certificate(load: Load) -> None:
    dataset = load({"残疾人": [ROSTER, [*person()[:4], certificate(2, "19751031", "43")]]})
    [scope] = dataset.scopes("person")
    facts = {key.partition(".")[2]: value for key, value in scope.values.items() if key.startswith("person.")}
    assert facts["id_number"] == id_number("19751031", 2)
    assert facts["birth"] == PartialDate(1975, 10)
    assert (facts["sex"], facts["age"], facts["category"], facts["grade"]) == ("女", 40, "肢体", "三级")
    assert str(facts["disability"]) == "肢体三级"
    assert not codes(dataset)


def test_age_changes_on_the_birthday(load: Load) -> None:
    rows = [ROSTER, [*person()[:4], certificate(1, "19751101")]]
    assert next(load({"残疾人": rows}).scopes("person")).values["person.age"] == 39
    later = load({"残疾人": rows}, parameters={"reference_date": "2015-11-01"})
    assert next(later.scopes("person")).values["person.age"] == 40


@pytest.mark.parametrize(
    ("label", "typed", "derived", "cell"),
    [
        ("性别", "女", "男", "F2"),
        ("出生年月", "1976年3月", "1975年3月", "F2"),
        ("残疾类别", "视力", "肢体", "F2"),
        ("残疾等级", "一级", "三级", "F2"),
        ("残疾类别/等级", "肢体一级", "三级", "F2"),
    ],
)
def test_contradiction_names_both_values(load: Load, label: str, typed: str, derived: str, cell: str) -> None:
    problem = only(load({"残疾人": [(*ROSTER, label), [*person(), typed]]}), "F-DATA-031")
    assert (problem.place.cell, problem.params["derived"]) == (cell, derived)
    assert problem.found in typed and problem.is_error


def test_split_columns_against_the_combined_one(load: Load) -> None:
    labels = ("姓名", "身份证号", "残疾类别", "残疾类别/等级", "残疾人证号")
    dataset = load({"残疾人": [labels, ["张三", "", "视力", "肢体三级", certificate()]]})
    assert {problem.place.cell for problem in dataset.problems if problem.code == "F-DATA-031"} == {"C2"}


def test_numbers_of_two_people_in_one_row_fill_nothing(load: Load) -> None:
    dataset = load({"残疾人": [(*ROSTER, "身份证号"), [*person(1), id_number(sequence=2)]]})
    problem = only(dataset, "F-DATA-030")
    assert "*" in problem.found and "*" in problem.params["certificate"]
    assert problem.place.cell == "F2" and dataset.counts["person"] == 0


def test_typed_age_is_only_doubted_at_a_known_day(load: Load) -> None:
    rows: list[Any] = [(*ROSTER, "年龄"), [*person(), 39]]
    assert not codes(load({"残疾人": rows}))
    dataset = load({"残疾人": rows}, parameters={"reference_date": "2015年10月31日"})
    problem = only(dataset, "F-DATA-032")
    assert (problem.found, problem.params["derived"], problem.severity) == ("39", "40", "warning")
    assert next(dataset.scopes("person")).values["person.age"] == 39


def test_coarser_birth_is_no_contradiction(load: Load) -> None:
    dataset = load({"残疾人": [(*ROSTER, "出生年月"), [*person(), "1975年"], [*person(2), datetime.date(1975, 3, 1)]]})
    assert not codes(dataset)
    assert [str(scope.values["person.birth"]) for scope in dataset.scopes("person")] == ["1975年", "1975年3月"]
