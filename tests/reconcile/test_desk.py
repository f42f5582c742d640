"""Returned sheets against the records of a dataset: matched, doubled, missing, unknown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from formgen.data.dataset import Dataset
from formgen.data.records import build_record
from formgen.forms.catalogue import Programme
from formgen.forms.manifest import Manifest
from formgen.problems import Place, Problem
from formgen.reading.model import Reading
from formgen.reconcile.compare import MOST_OTHERS, contradict
from formgen.reconcile.desk import Desk, Entry
from formgen.reconcile.model import Difference, Differences, flat
from formgen.reconcile.printed import dataset_source, records_source
from formgen.reconcile.summary import summarize
from tests.data.conftest import ROSTER, Load, person
from tests.reconcile.edits import reading_of

Returned = Callable[..., Reading]


@pytest.fixture
def dataset(load: Load) -> Dataset:
    rows = [[*person(number, hh=str(number)), f"1390000000{number}"] for number in range(1, 5)]
    return load({"残疾人": [(*ROSTER, "联系电话"), *rows]})


@pytest.fixture
def form(dataset: Dataset) -> Manifest:
    return dataset.programme.forms["application-form"]


@pytest.fixture
def returned(dataset: Dataset, form: Manifest) -> Returned:
    """`returned(2, phone="…", file="b.pdf")`: the sheet of the second person as it comes back."""

    def make(number: int, *, file: str = "a.docx", key: str | None = None, **edits: Any) -> Reading:
        scope = list(dataset.scopes("person"))[number - 1]
        values = {**build_record(form, scope)[0], **edits}
        return reading_of(form, values, file=file, record=scope.key if key is None else key)

    return make


def compared(dataset: Dataset, readings: list[Reading]) -> tuple[list[Entry], list[Any]]:
    with Desk({form.id: form for form in dataset.programme.forms.values()}) as desk:
        for reading in readings:
            desk.add(reading)
        desk.compare_with(dataset_source(dataset), dataset.left_out)
        return list(desk.entries()), list(desk.problems())


def changes(entry: Entry) -> dict[str, tuple[str, Any, Any]]:
    assert entry.differences is not None
    return {key: (found.status, found.record, found.read) for key, found in flat(entry.differences)}


def codes(entry: Entry) -> list[str]:
    return [problem.code for problem in entry.reading.problems]


def test_a_correction_and_what_was_written_by_hand_are_named(dataset: Dataset, returned: Returned) -> None:
    [entry], problems = compared(dataset, [returned(2, phone="13811112222", village_opinion="同意")])
    assert changes(entry) == {
        "phone": ("corrected", "13900000002", "13811112222"),
        "village_opinion": ("filled", None, "同意"),
    }
    assert entry.place is not None and (entry.place.part, entry.place.cell) == ("残疾人", "3")
    assert [problem.code for problem in problems] == ["F-DIFF-001"] * 3, "three have not come back"
    assert "帮扶对象申请登记表" in problems[0].text("en") and problems[0].record


def test_sheets_of_a_kind_that_nobody_returned_are_not_missing(dataset: Dataset, returned: Returned) -> None:
    _, problems = compared(dataset, [returned(number) for number in (1, 2, 3, 4)])
    assert problems == [], "cover sheets and village registers may never have been printed"


def test_two_sheets_of_one_record_that_agree_are_a_note(dataset: Dataset, returned: Returned) -> None:
    edit = {"phone": "13811112222"}
    entries, _ = compared(dataset, [returned(1, **edit), returned(1, file="a.pdf", **edit)])
    assert [codes(entry) for entry in entries] == [["F-DIFF-002"], ["F-DIFF-002"]]
    assert all(changes(entry)["phone"][0] == "corrected" for entry in entries)


def test_two_sheets_of_one_record_that_disagree_are_contradictory_with_both_values(
    dataset: Dataset, returned: Returned
) -> None:
    entries, _ = compared(dataset, [returned(1, phone="13811112222"), returned(1, file="a.pdf", phone="13833334444")])
    assert [codes(entry) for entry in entries] == [["F-DIFF-003"], ["F-DIFF-003"]]
    first = entries[0].differences
    assert first is not None and first["phone"].status == "contradictory" and first["phone"].reason == "duplicate"
    assert (first["phone"].read, first["phone"].others[0].read) == ("13811112222", "13833334444")
    said = entries[0].reading.problems[0].text("en")
    assert "联系方式" in said and "a.docx、a.pdf" in said


def test_hundreds_of_sheets_of_one_record_are_not_compared_each_with_each(form: Manifest) -> None:
    """Comparisons are counted: they grow with the sheets, not with their square."""
    compared_values = 0

    class Said(str):
        def __eq__(self, other: object) -> bool:
            nonlocal compared_values
            compared_values += 1
            return str.__eq__(self, other)

        __hash__ = str.__hash__

    def sheets(count: int) -> list[tuple[str, Differences]]:
        blank = {item.key: Difference("empty") for item in form.fields}
        return [
            (f"{number}.docx", {**blank, "phone": Difference("corrected", "1", Said(f"1391234{number % 50:04}"))})
            for number in range(count)
        ]

    counts = []
    for count in (100, 200, 400):
        compared_values = 0
        found = contradict(form, sheets(count))
        counts.append(compared_values)
        assert all(one["phone"].reason == "duplicate" and len(one["phone"].others) == MOST_OTHERS for one in found)
        assert all(other.read != one["phone"].read for one in found for other in one["phone"].others)
    assert counts[1] < 2.5 * counts[0] and counts[2] < 2.5 * counts[1], counts


def test_many_files_of_one_record_are_named_up_to_a_number(dataset: Dataset, returned: Returned) -> None:
    entries, _ = compared(dataset, [returned(1, file=f"{number:02}.pdf") for number in range(12)])
    said = [problem.params for entry in entries for problem in entry.reading.problems]
    assert {(params["count"], params["files"]) for params in said} == {
        ("12", "、".join([*(f"{number:02}.pdf" for number in range(10)), "…"]))
    }


def test_a_lost_blank_on_one_carrier_does_not_contradict_the_other(dataset: Dataset, returned: Returned) -> None:
    torn = returned(1, file="a.pdf", phone=None)
    lost, rejected = replace(torn, doubts={"phone": "lost"}), replace(torn, doubts={"phone": "rejected"})
    entries, _ = compared(dataset, [returned(1, phone="13811112222"), lost])
    assert changes(entries[0])["phone"][0] == "corrected" and changes(entries[1])["phone"][0] == "contradictory"
    entries, _ = compared(dataset, [returned(1, phone="13811112222"), rejected])
    assert changes(entries[0])["phone"][0] == "contradictory", "something else stands there"


def test_a_key_that_is_not_in_the_data_is_found_by_the_certificate_and_said(
    dataset: Dataset, returned: Returned
) -> None:
    entries, problems = compared(dataset, [returned(1, key="", phone="13811112222"), returned(2, key="OTHEROFFICE")])
    assert [codes(entry) for entry in entries] == [["F-DIFF-005"], ["F-DIFF-005"]]
    assert "残疾人证号" in entries[0].reading.problems[0].text("en")
    assert changes(entries[0]) == {"phone": ("corrected", "13900000001", "13811112222")}
    assert len(problems) == 2, "the other two are missing, these are not"


def test_name_and_village_find_a_record_only_where_they_fit_one(load: Load, form: Manifest, returned: Returned) -> None:
    rows = [[*person(1, hh="1", name="张三")], [*person(2, hh="2", name="张三")], [*person(3, hh="3", name="李四")]]
    twins = load({"残疾人": [ROSTER, *rows]})
    unknown = {"key": "", "certificate": None, "town": "甲镇", "village": "东村"}
    entries, _ = compared(twins, [returned(1, **unknown, name="李四"), returned(1, **unknown, name="张三")])
    assert [codes(entry) for entry in entries] == [["F-DIFF-005"], ["F-DIFF-006"]]
    assert entries[0].differences is not None and entries[1].differences is None


def test_a_record_that_nobody_knows_is_an_error(dataset: Dataset, returned: Returned) -> None:
    stranger = returned(1, key="AAAAAAAAAA", certificate=None, name="外人")
    [entry], _ = compared(dataset, [stranger])
    assert codes(entry) == ["F-DIFF-004"] and entry.differences is None


def test_a_record_whose_row_has_errors_is_said_to_have_them(load: Load, returned: Returned) -> None:
    rows = [[*person(1)[:4], person(1)[4]], [*person(2, hh="2")]]
    whole = load({"残疾人": [ROSTER, *rows]})
    [first, _] = whole.scopes("person")
    [row] = [list(row) for row in rows[:1]]
    broken = load({"残疾人": [(*ROSTER, "性别"), [*row, "女"], [*rows[1], "男"]]})
    assert first.key in broken.left_out
    [entry], _ = compared(broken, [returned(1, key=first.key, certificate=None, name="外人")])
    assert codes(entry) == ["F-DIFF-007"] and "残疾人!" in entry.reading.problems[0].text("en")


def test_sheets_are_counted_by_what_became_of_them(dataset: Dataset, returned: Returned) -> None:
    old = replace(returned(1), problems=(Problem("F-IDENT-004", Place("a.docx")),))
    stranger = returned(3, key="AAAAAAAAAA", certificate=None, name="外人")
    with Desk({form.id: form for form in dataset.programme.forms.values()}) as desk:
        for reading in (old, returned(2, phone="1"), returned(2, phone="2", file="b.pdf"), stranger):
            desk.add(reading)
        desk.compare_with(dataset_source(dataset), dataset.left_out)
        [count] = summarize(desk)
    assert (count.sheets, count.compared, count.missing, count.unknown) == (4, 3, 2, 1)
    assert (count.obsolete, count.doubled, count.contradicted) == (1, 2, 2)
    assert count.statuses["contradictory"] == 2 and count.statuses["unchanged"] > 10


def test_records_of_a_json_file(tmp_path: Path, form: Manifest) -> None:
    path = tmp_path / "records.jsonl"
    path.write_text('{"name": "张三", "sex": "男", "disability": "肢体三级", "phone": "13900000001"}\n', "utf-8")
    source = records_source(path, form, b"")
    [printed] = source(form)
    with Desk({form.id: form}) as desk:
        desk.add(reading_of(form, {**printed.build(), "phone": None}, record=printed.key))
        desk.compare_with(source, {})
        [entry] = desk.entries()
    assert changes(entry) == {"phone": ("cleared", "13900000001", None)}
    assert entry.place is not None and entry.place.cell == "1"


def test_a_village_register_is_matched_and_the_towns_is_not_missed(load: Load, xinmi: Programme) -> None:
    dataset = load({"残疾人": [ROSTER, person(1), person(2), person(3, village="西村", hh="9")]})
    roster = xinmi.forms["survey-sheet"]
    east = next(iter(dataset.scopes("village")))
    record = build_record(roster, east)[0]
    [entry], problems = compared(dataset, [reading_of(roster, {**record, "rows": record["rows"][:1]}, record=east.key)])
    assert list(changes(entry)) == ["rows.-2"]
    assert [(problem.code, problem.place.part) for problem in problems] == [("F-DIFF-001", "残疾人")]


def test_a_sheet_filled_in_over_somebody_elses_is_not_compared(dataset: Dataset, returned: Returned) -> None:
    second = returned(2)
    whose = {
        key: second.values[key] for key in ("name", "certificate", "sex", "birth", "phone") if key in second.values
    }
    renamed = {"name": second.values["name"]}
    entries, _ = compared(dataset, [returned(1, **whose), second, returned(3, **renamed), returned(4)])
    assert [codes(entry) for entry in entries] == [["F-DIFF-008"], [], [], []]
    assert entries[0].differences is None
    text = entries[0].reading.problems[0].text("en")
    assert "残疾人!2" in text and "残疾人!3" in text, "whose key it is, and whom it names"
    assert list(changes(entries[2])) == ["name"], "one of two is a correction"


def test_a_sheet_filled_in_for_somebody_unknown_is_not_compared(dataset: Dataset, returned: Returned) -> None:
    somebody = {"name": "新人甲", "certificate": returned(4).values["certificate"][:-4] + "2842"}
    entries, problems = compared(dataset, [returned(1, **somebody), returned(1), returned(2, name="新人乙")])
    assert len(problems) == 2, "of four persons two came back"
    assert [codes(entry) for entry in entries] == [["F-DIFF-009"], [], []]
    assert entries[0].differences is None and entries[0].record_key == ""
    assert "残疾人!2" in entries[0].reading.problems[0].text("en"), "whose key it is"
    assert entries[1].differences is not None and not changes(entries[1]), "the person's own sheet is no duplicate"
    assert list(changes(entries[2])) == ["name"], "one of two is a correction"
    _, problems = compared(dataset, [returned(1, **somebody), returned(2)])
    assert [problem.params["name"][:2] for problem in problems] == ["张七", "张丄", "张丁"], (
        "the person's own is missing"
    )


def test_a_pair_is_known_by_its_person(load: Load, xinmi: Programme) -> None:
    columns = (*ROSTER, "住址", "联系电话")
    people = [[*person(number, hh=str(number)), f"东村{number}组", f"1390000000{number}"] for number in (1, 2)]
    pairs = [["残疾人证号", "帮扶人姓名", "帮扶项目"], [people[0][ROSTER.index("残疾人证号")], "王帮扶", "养殖"]]
    dataset = load({"残疾人": [columns, *people], "结对": pairs})
    form = xinmi.forms["pairing-registration"]
    [scope] = dataset.scopes("pairing")
    record = build_record(form, scope)[0]
    others = {"name": people[1][ROSTER.index("姓名")], "address": "东村2组", "phone": "13900000002"}
    refilled = reading_of(form, {**record, **others}, record=scope.key)
    renamed = reading_of(form, {**record, "name": "张改"}, record=scope.key)
    handed_over = reading_of(form, {**record, "liaison": "李帮扶"}, record=scope.key)
    for sheet, said in ((refilled, ["F-DIFF-009"]), (renamed, []), (handed_over, [])):
        [entry], _ = compared(dataset, [sheet])
        assert codes(entry) == said


def test_a_register_without_its_key_is_known_by_its_rows(load: Load, xinmi: Programme) -> None:
    people = [[*person(number, hh=str(number)), "甲厂" if number == 1 else None] for number in range(1, 5)]
    base = {"企业名称": "甲厂", "乡镇": "甲镇", "村": "东村", "产业集聚区党组织": "甲镇党总支"}
    dataset = load({"残疾人": [(*ROSTER, "所在基地"), *people], "基地": [tuple(base), tuple(base.values())]})
    roster = xinmi.forms["beneficiary-roster"]
    sheets = {}
    for level in ("village", "base"):
        [scope] = dataset.scopes(level)  # type: ignore[arg-type]
        sheets[scope.key] = build_record(roster, scope)[0]
    entries, _ = compared(dataset, [reading_of(roster, record, record="") for record in sheets.values()])
    assert [codes(entry) for entry in entries] == [["F-DIFF-005"], ["F-DIFF-005"]]
    assert [entry.record_key for entry in entries] == list(sheets)
    village = next(iter(sheets.values()))
    strangers = [{**row, "name": f"外{number}", "certificate": None} for number, row in enumerate(village["rows"])]
    [entry], _ = compared(dataset, [reading_of(roster, {**village, "rows": strangers}, record="")])
    assert codes(entry) == ["F-DIFF-006"], "rows that nobody has tell nothing"


def test_a_column_moved_down_is_nobodys_correction(load: Load, xinmi: Programme) -> None:
    dataset = load({"残疾人": [ROSTER, *(person(number, hh=str(number)) for number in range(1, 5))]})
    roster = xinmi.forms["survey-sheet"]
    village = next(iter(dataset.scopes("village")))
    record = build_record(roster, village)[0]
    numbers = [row["certificate"] for row in record["rows"]]
    moved = [{**row, "certificate": numbers[index - 1]} for index, row in enumerate(record["rows"])]
    [entry], _ = compared(dataset, [reading_of(roster, {**record, "rows": moved}, record=village.key)])
    assert entry.differences is not None
    assert {row.status for row in entry.differences["rows"].rows} == {"added", "deleted"}
