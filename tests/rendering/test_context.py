"""What a template is given for a record, and for the empty form."""

from __future__ import annotations

from pathlib import Path

from formgen.forms.manifest import Field, Manifest, Table
from formgen.rendering.context import ContextPlan, Row, grouped
from formgen.values import PartialDate


def manifest(*fields: Field) -> Manifest:
    return Manifest("p/f", "1", "表", "表", "form", "", "person", "official", fields, Path("p/f"))


FORM = manifest(
    Field("name", "姓名", "name"),
    Field("birth", "出生年月", "date", {"precision": "month"}),
    Field("poor", "低保", "checkbox"),
    Field("poor_word", "低保", "checkbox", {"yes": "是", "no": "否"}),
    Field("reason", "申请", "long-text"),
    Field("signed", "签名", "signature", is_by_hand=True),
    Field("rows", "成员", "table", table=Table("person", (Field("name", "姓名", "name"),), blank_rows=3)),
)


def test_a_record_is_printed_and_what_it_lacks_is_blank() -> None:
    record = {"name": "𬱖㛃", "birth": PartialDate(2015, 3), "poor": True, "signed": True, "rows": [{"name": "甲"}, {}]}
    context = ContextPlan(FORM).fill(record, "k").context
    assert context["name"] == "𬱖㛃"
    assert context["birth"] == "2015年3月"
    assert (context["birth"].year, context["birth"].month, context["birth"].day) == ("2015", "3", "")
    assert context["poor"] == "☑"
    assert context["poor_word"] == context["reason"] == context["signed"] == ""
    assert context["rows"] == [{"name": "甲", "row_number": 1}, {"name": "", "row_number": 2}]


def test_the_empty_form_keeps_its_boxes_and_rows() -> None:
    context = ContextPlan(FORM).blank()
    assert (context["name"], context["poor"], context["poor_word"]) == ("", "□", "")
    assert (context["birth"], context["birth"].year) == ("", "")
    assert [row["row_number"] for row in context["rows"]] == [1, 2, 3]


def test_characters_no_file_can_hold_are_left_out_and_named() -> None:
    filled = ContextPlan(FORM).fill({"reason": "一\x0b二\ud800\n三\t四\ue000", "name": "丁"}, "k7")
    assert filled.context["reason"] == "一二\n三\t四\ue000"
    (problem,) = filled.problems
    assert (problem.code, problem.found, problem.record) == ("F-RENDER-001", "U+000B, U+D800", "k7")
    assert problem.place.label == "申请"


def test_rows_of_one_household_stand_together() -> None:
    rows = [Row(n=n, row_number=i) for i, n in enumerate(["1", "1", "", "", "2", "1"], 1)]
    assert [[row["row_number"] for row in group] for group in grouped(rows, "n")] == [[1, 2], [3], [4], [5], [6]]
