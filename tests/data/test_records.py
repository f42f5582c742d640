"""Records of a form: from a scope, and from JSON keyed by field."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from formgen.data.records import build_record, read_records
from formgen.errors import InputError
from formgen.forms.catalogue import Programme
from tests.data.conftest import ROSTER, Load, certificate, only, person


def test_record_of_a_person(load: Load, xinmi: Programme) -> None:
    [scope] = load({"残疾人": [ROSTER, person()]}).scopes("person")
    record, problems = build_record(xinmi.forms["application-form"], scope)
    assert not problems
    assert (record["town"], record["name"], str(record["disability"])) == ("甲镇", person()[3], "肢体三级")
    assert "application" not in record and "village_seal" not in record


def test_roster_rows_are_the_places_persons(load: Load, xinmi: Programme) -> None:
    dataset = load({"残疾人": [(*ROSTER, "家庭人口"), [*person(1), 4], [*person(2), None], [*person(3, hh="2"), 1]]})
    [scope] = dataset.scopes("village")
    record, problems = build_record(xinmi.forms["beneficiary-roster"], scope)
    assert not problems
    assert [(row["household_number"], row["household_size"]) for row in record["rows"]] == [
        ("1", 4),
        ("1", 4),
        ("2", 1),
    ]


def test_totals_of_the_plan_are_computed(load: Load, xinmi: Programme) -> None:
    [scope] = load({"残疾人": [ROSTER, person()]}).scopes("programme")
    record, _ = build_record(xinmi.forms["task-plan"], scope)
    assert {row["total"] for row in record["rows"]} == {180}
    assert (record["total_2015"], record["total"]) == (540, 3240)


def test_blank_that_a_form_requires_is_named_at_the_row(load: Load, xinmi: Programme) -> None:
    dataset = load(
        {
            "残疾人": [ROSTER, person()],
            "结对": [("残疾人证号", "帮扶人姓名", "帮扶项目"), (certificate(), "王五", "羊")],
        }
    )
    [scope] = dataset.scopes("pairing")
    values = {key: value for key, value in scope.values.items() if key != "pairing.project"}
    lacking = type(scope)(scope.per, scope.key, values, scope.place, scope.inner)
    _, [problem] = build_record(xinmi.forms["pairing-registration"], lacking)
    assert (problem.code, problem.place.part, problem.place.cell) == ("F-DATA-070", "结对", "2")
    assert problem.place.label == "帮扶项目" and problem.record == scope.key


def lines(tmp_path: Path, *records: Any) -> Path:
    path = tmp_path / "records.jsonl"
    path.write_text("\n".join(json.dumps(record, ensure_ascii=False) for record in records), "utf-8")
    return path


GOOD = {"name": "张三", "sex": "男", "disability": "肢体三级", "certificate": certificate(), "birth": "1975-03"}


def test_records_of_json_lines_are_typed_and_placed(tmp_path: Path, xinmi: Programme) -> None:
    bad = {**GOOD, "certificate": 41018319750312001443, "nam": "x", "sex": ""}
    found = list(read_records(lines(tmp_path, GOOD, bad, GOOD), xinmi.forms["application-form"]))
    assert str(found[0][1]["birth"]) == "1975年3月" and not found[0][2]
    assert sorted((problem.code, problem.place.cell) for problem in found[1][2]) == [
        ("F-DATA-070", "2"),
        ("F-DATA-071", "2"),
        ("F-VALUE-004", "2"),
    ]
    assert len({key for key, _, _ in found}) == 3


def test_tables_and_totals_of_json(tmp_path: Path, xinmi: Programme) -> None:
    rows = [{"place": "甲镇", "year_2015": 30, "year_2016": 20}, {"place": "乙镇", "year_2015": 10, "total": 11}]
    path = lines(tmp_path, {"rows": rows}, {"rows": "x"})
    (_, record, problems), (_, _, wrong) = read_records(path, xinmi.forms["task-plan"])
    assert (record["rows"][0]["total"], record["total_2015"], record["total"]) == (50, 40, 60)
    assert [(problem.code, problem.params["wanted"]) for problem in problems] == [("F-DATA-072", "10")]
    assert [problem.code for problem in wrong] == ["F-DATA-073"]


def test_half_a_character_in_json_is_refused_at_its_field(tmp_path: Path, xinmi: Programme) -> None:
    path = tmp_path / "records.jsonl"
    path.write_text(json.dumps({**GOOD, "name": "张\ud840"}), "ascii")
    [(_, _, problems)] = read_records(path, xinmi.forms["application-form"])
    assert [(problem.code, problem.place.cell) for problem in problems] == [("F-VALUE-002", "1")]


def test_what_is_no_json_stops(tmp_path: Path, xinmi: Programme) -> None:
    path = tmp_path / "a.json"
    path.write_text("[1", "utf-8")
    with pytest.raises(InputError) as caught:
        list(read_records(path, xinmi.forms["application-form"]))
    assert caught.value.problem.code == "F-FILE-004"


def test_json_of_a_dataset_comes_back_as_the_same_record(load: Load, tmp_path: Path, xinmi: Programme) -> None:
    form = xinmi.forms["application-form"]
    [scope] = load({"残疾人": [ROSTER, person()]}).scopes("person")
    record, _ = build_record(form, scope)
    raw = {key: form.field(key).value_type.to_json(value) for key, value in record.items()}
    [(_, again, problems)] = read_records(lines(tmp_path, raw), form)
    assert again == record and not problems


def test_problem_of_one_record_does_not_stop_the_next(load: Load) -> None:
    dataset = load({"残疾人": [ROSTER, [*person(1)[:4], "1"], person(2)]})
    assert only(dataset, "F-VALUE-026").record in dataset.left_out and dataset.counts["person"] == 1
