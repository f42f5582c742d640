"""Sightings become values only where all of them agree; everything else is a problem."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from formgen.forms.manifest import Field, Manifest, Table
from formgen.reading.model import ColumnRead, FieldPath, Layer, Reading, SheetIdentity, SheetRead, Sighting, Unread
from formgen.reading.weigh import weigh
from formgen.values import PartialDate

CERTIFICATE = "41018319680512003543"


def _form(*fields: Field) -> Manifest:
    return Manifest("p/f", "1", "表", "表", "form", "", "person", "official", fields, Path())


def _seen(path: str, raw: Any, layer: Layer = "content-control", place: str = "¶1", part: str = "") -> Sighting:
    bits = path.split(".")
    where: FieldPath = (bits[0], int(bits[1]), bits[2]) if len(bits) == 3 else (bits[0],)
    return Sighting(where, layer, place, raw, 1.0, part)


def _weighed(form: Manifest, *sightings: Sighting, **others: Any) -> Reading:
    return weigh(SheetRead(form, SheetIdentity("p/f", "1", "K"), sightings=list(sightings), **others), "a.docx")


def _codes(reading: Reading) -> list[str]:
    return [problem.code for problem in reading.problems]


NAME = Field("name", "姓名", "name", required=True)
BIRTH = Field("birth", "出生年月", "date", {"precision": "month"})
NUMBER = Field("certificate", "残疾人证号", "disability-certificate")
WORK = Field("work", "意愿", "choice", {"choices": ["务工", "养殖"]})
YEARS = tuple(Field(key, key, "integer") for key in ("one", "two"))
ROWS = Field("rows", "成员", "table", table=Table("member", (NAME, *YEARS), 3))


@pytest.mark.parametrize("said", ["以下空白", "（以下空白）", "以下无正文", "此栏以下空白", "以下无", "— 以下 空白 —"])
@pytest.mark.parametrize("column", ["name", "one"])
def test_a_row_that_says_that_nothing_follows_is_no_record(said: str, column: str) -> None:
    cells = [_seen(f"rows.2.{key}", said if key == column else "") for key in ("name", "one", "two")]
    reading = _weighed(
        _form(ROWS), _seen("rows.1.name", "张三"), _seen("rows.1.one", 3), _seen("rows.1.two", 4), *cells
    )
    assert [row["name"] for row in reading.values["rows"]] == ["张三"]
    assert (_codes(reading), reading.doubts) == (["F-READ-009"], {})


def test_words_that_say_that_nothing_follows_are_no_value_beside_others() -> None:
    cells = [_seen("rows.1.name", "以下空白"), _seen("rows.1.one", 3), _seen("rows.1.two", "")]
    reading = _weighed(_form(ROWS), *cells)
    assert (_codes(reading), reading.doubts) == (["F-VALUE-038"], {"rows.1.name": "rejected"})


@pytest.mark.parametrize("by_column", [False, True])
def test_a_row_of_totals_is_no_record(by_column: bool) -> None:
    raws = {"name": ["张三", "合 计", "李四"], "one": [3, 24, 4], "two": [1, "", 2]}
    if by_column:
        columns = [ColumnRead("rows", key, "header", 1.0, cells, [6, 7, 8], "A") for key, cells in raws.items()]
        reading = _weighed(_form(ROWS), columns=columns)
    else:
        seen = [_seen(f"rows.{at}.{key}", raw) for key, cells in raws.items() for at, raw in enumerate(cells, 1)]
        reading = _weighed(_form(ROWS), *seen)
    assert [row["name"] for row in reading.values["rows"]] == ["张三", "李四"]
    assert [(problem.code, problem.found) for problem in reading.problems] == [("F-READ-010", "合 计 24")]


def test_a_value_comes_with_its_evidence() -> None:
    reading = _weighed(_form(NAME), _seen("name", " 张三 ", place="¶7"))
    assert reading.values == {"name": "张三"}
    evidence = reading.evidence["name"]
    assert (evidence.layer, evidence.place, evidence.raw, evidence.confidence) == (
        "content-control",
        "¶7",
        " 张三 ",
        1.0,
    )
    assert (reading.form, reading.version, reading.record, reading.problems) == ("p/f", "1", "K", ())


def test_places_that_mean_the_same_agree() -> None:
    reading = _weighed(_form(BIRTH), _seen("birth", "1968年5月", "path"), _seen("birth", "1968-05", "bookmark"))
    assert reading.values == {"birth": PartialDate(1968, 5)}
    assert reading.evidence["birth"].layer == "bookmark", "the surer layer is the evidence"


@pytest.mark.parametrize("other", ["李四", "", "张 三丰"])
def test_places_that_disagree_give_no_value_and_name_both(other: str) -> None:
    reading = _weighed(_form(NAME), _seen("name", "张三"), _seen("name", other, "label", "¶9"))
    assert "name" not in reading.values
    assert reading.doubts == {"name": "contradictory"}
    (problem,) = reading.problems
    assert problem.code == "F-READ-001" and problem.is_error
    assert "张三" in problem.found and "¶9" in problem.found


def test_numbers_that_identify_a_person_are_masked_where_places_disagree() -> None:
    other = "410183197501010026"
    reading = _weighed(_form(NUMBER), _seen("certificate", CERTIFICATE), _seen("certificate", f"{other}43", "path"))
    assert _codes(reading) == ["F-READ-001"]
    assert CERTIFICATE not in reading.problems[0].found and other not in reading.problems[0].found


def test_a_field_that_no_layer_found_is_said_and_not_blank() -> None:
    reading = _weighed(_form(NAME, ROWS))
    assert reading.values == {} and reading.doubts == {"name": "lost", "rows": "lost"}
    assert _codes(reading) == ["F-READ-002", "F-READ-002"]
    assert [problem.place.label for problem in reading.problems] == ["姓名", "成员"]


def test_what_a_type_refuses_is_a_problem_at_its_place() -> None:
    reading = _weighed(_form(BIRTH), _seen("birth", "不详", place="¶4"))
    assert reading.values == {} and reading.doubts == {"birth": "rejected"}
    (problem,) = reading.problems
    assert problem.is_error and problem.place.cell == "¶4" and problem.place.label == "出生年月"


def test_a_required_field_that_is_blank_is_said() -> None:
    reading = _weighed(_form(NAME), _seen("name", "　"))
    assert reading.values == {} and reading.doubts == {}
    assert _codes(reading) == ["F-READ-004"]


def test_unread_text_is_shown() -> None:
    reading = _weighed(_form(BIRTH), _seen("birth", ""), unread=[Unread("¶12", "另附证明\n一份")])
    (problem,) = reading.problems
    assert (problem.code, problem.found, problem.place.cell) == ("F-READ-003", "另附证明 一份", "¶12")


def test_a_number_in_unread_text_or_in_the_wrong_blank_is_masked() -> None:
    """A long text is cut after it was masked: half a number tells as much."""
    text = "监护人" + "及其家属" * 12 + "，电话 138 1234 5678"
    reading = _weighed(_form(BIRTH), _seen("birth", "41018319680512003X"), unread=[Unread("¶12", text)])
    said = " ".join(problem.text("zh") for problem in reading.problems)
    assert "410183***********X" in said and "138**…" in said
    assert "003X" not in said and "1234" not in said


@pytest.mark.parametrize(
    ("year", "month", "expected"),
    [("2015", "3", PartialDate(2015, 3)), ("2015年", "３月", PartialDate(2015, 3)), ("2015", "", PartialDate(2015))],
)
def test_a_date_in_blanks_of_its_own(year: str, month: str, expected: PartialDate) -> None:
    reading = _weighed(_form(BIRTH), _seen("birth", year, part="year"), _seen("birth", month, part="month"))
    assert reading.values == {"birth": expected} and reading.problems == ()


def test_a_day_for_which_there_is_no_room_is_told() -> None:
    reading = _weighed(_form(BIRTH), _seen("birth", "2015年3月12日"))
    assert reading.values == {"birth": PartialDate(2015, 3)} and _codes(reading) == ["F-VALUE-037"]


def test_a_month_without_its_year_is_incomplete() -> None:
    reading = _weighed(_form(BIRTH), _seen("birth", "", part="year"), _seen("birth", "3", part="month"))
    assert reading.values == {} and _codes(reading) == ["F-READ-007"] and reading.doubts == {"birth": "rejected"}


def test_a_date_printed_twice_in_parts_has_to_agree() -> None:
    twice = [_seen("birth", text, part=part) for text, part in (("2015", "year"), ("3", "month")) * 2]
    assert _weighed(_form(BIRTH), *twice).values == {"birth": PartialDate(2015, 3)}
    changed = [*twice[:-1], _seen("birth", "4", part="month")]
    assert _codes(_weighed(_form(BIRTH), *changed)) == ["F-READ-001"]


def test_choices_printed_with_boxes() -> None:
    assert _weighed(_form(WORK), _seen("work", "□务工 ☑养殖")).values == {"work": "养殖"}
    assert _weighed(_form(WORK), _seen("work", "□务工 □养殖")).problems == ()
    both = _weighed(_form(WORK), _seen("work", "√务工 ☑养殖"))
    assert both.values == {} and both.doubts == {"work": "rejected"}
    sex = Field("sex", "性别", "sex")
    assert _weighed(_form(sex), _seen("sex", "☑男 □女")).values == {"sex": "男"}


def test_words_are_no_signature() -> None:
    hand = Field("signed", "申请人", "signature", is_by_hand=True)
    reading = _weighed(_form(hand), _seen("signed", "张三"))
    assert reading.values == {} and _codes(reading) == ["F-READ-006"]
    assert _weighed(_form(hand), _seen("signed", "")).problems == ()


def _row(number: int, name: str, one: str, two: str) -> list[Sighting]:
    return [_seen(f"rows.{number}.{key}", raw) for key, raw in (("name", name), ("one", one), ("two", two))]


def test_rows_are_numbered_as_they_are_given_and_blank_ones_are_none() -> None:
    reading = _weighed(_form(ROWS), *_row(1, "张三", "1", ""), *_row(2, "", "", ""), *_row(5, "李四", "", "2"))
    assert reading.values == {"rows": [{"name": "张三", "one": 1}, {"name": "李四", "two": 2}]}
    assert set(reading.evidence) == {"rows.1.name", "rows.1.one", "rows.2.name", "rows.2.two"}
    assert reading.problems == ()


def test_a_table_without_rows_is_empty_and_not_lost() -> None:
    reading = _weighed(_form(ROWS), tables={"rows"})
    assert reading.values == {"rows": []} and reading.problems == () and reading.doubts == {}


def test_a_row_with_a_doubt_is_kept() -> None:
    reading = _weighed(_form(ROWS), *_row(1, "", "many", ""))
    assert reading.values == {"rows": [{}]} and reading.doubts == {"rows.1.one": "rejected"}


def test_a_column_that_is_gone_is_said_once() -> None:
    rows = [sighting for row in (1, 2) for sighting in _row(row, "张三", "1", "2") if sighting.path[-1] != "two"]
    reading = _weighed(_form(ROWS), *rows)
    assert _codes(reading) == ["F-READ-002"]
    assert reading.problems[0].place.label == "成员 · two"
    assert reading.doubts == {"rows.1.two": "lost", "rows.2.two": "lost"}


def test_a_cell_that_is_gone_is_said_for_its_row() -> None:
    rows = [*_row(1, "张三", "1", "2"), *_row(2, "李四", "1", "2")[:2]]
    reading = _weighed(_form(ROWS), *rows)
    assert reading.doubts == {"rows.2.two": "lost"} and _codes(reading) == ["F-READ-002"]


def test_a_total_that_is_not_the_sum_is_said() -> None:
    money = [Field(key, key, "money", {"unit": "元"}) for key in ("one", "two")]
    form = _form(*money, Field("sum", "合计", "money", {"unit": "元"}, total_of=("one", "two")))
    parts = [_seen("one", "10"), _seen("two", "20.5")]
    assert _weighed(form, *parts, _seen("sum", "30.5")).problems == ()
    wrong = _weighed(form, *parts, _seen("sum", "31"))
    assert wrong.values["sum"] == Decimal(31) and _codes(wrong) == ["F-READ-005"]
    assert _codes(_weighed(form, _seen("one", "x"), parts[1], _seen("sum", "31")))[0] != "F-READ-005"


def test_a_total_of_a_row_that_was_read_by_columns_has_its_place() -> None:
    total = Field("sum", "合计", "integer", total_of=("one", "two"))
    form = _form(Field("rows", "明细", "table", table=Table("member", (*YEARS, total), 3)))
    raws = {"one": ["1", "2"], "two": ["3", "4"], "sum": ["4", "7"]}
    columns = [ColumnRead("rows", key, "header", 1.0, cells, [6, 7], "A") for key, cells in raws.items()]
    reading = _weighed(form, columns=columns, tables={"rows"})
    assert [(problem.code, problem.place.cell) for problem in reading.problems] == [("F-READ-005", "A7")]
