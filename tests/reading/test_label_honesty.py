"""Sheets on which a label leads astray, each in a few lines: what was once read wrongly."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from formgen.forms.manifest import Manifest
from formgen.reading.labels.anchors import looks_like_label
from tests.reading.labelled import FORMS, NOT_READ, read_sheet, shown_values
from tests.reading.records import as_read, records_of
from tests.reading.variants import filled_blocks

SINGLE = [form for form in FORMS if not any(item.table for item in form.fields)]
SURVEY = "| 编号 | 姓名 | 性别 | 年龄 | 住址 | 联系方式 |\n"


def test_a_row_in_which_a_value_reads_like_a_label_is_a_row() -> None:
    values, reading, _ = shown_values("survey-sheet", SURVEY + "| 1 | 张三 | 男 | 40 | 村 | 13912345678 |")
    assert [(row["name"], row["address"]) for row in values["rows"]] == [("张三", "村")]
    assert "F-READ-008" not in [problem.code for problem in reading.problems]


@pytest.mark.parametrize(
    "line",
    [
        "| | | | | 村 | 其他 |",  # no column says whether 村 is a label or a value
        "| 1 | 张三 | 电话 | 40 | 村 | 13912345678 |",
        "| 2 | 张三 | < | 40 | < | 13912345678 |",  # cells merged by whoever filled it in
    ],
)
def test_a_line_that_may_be_a_row_counts_and_is_in_doubt(line: str) -> None:
    values, reading, _ = shown_values("survey-sheet", SURVEY + line + "\n| 9 | 李四 | 女 | 50 | 3组 | |")
    assert [row.get("name") for row in values["rows"]] == [None, "李四"]
    assert reading.doubts["rows.1.name"] == "rejected"
    assert "F-READ-008" in [problem.code for problem in reading.problems]


@pytest.mark.parametrize(
    "line",
    [
        "| 监护人 | 赵六 | 电话 | 13900000009 | 住址 | 别处 |",
        "| 户主姓名 | 钱七 | | | | |",
        "| 户主姓名：钱七 | | | | | |",
    ],
)
def test_a_line_of_labels_below_a_roster_is_no_row(line: str) -> None:
    values, _, unread = shown_values("survey-sheet", SURVEY + "| 1 | 张三 | 男 | 40 | 村 | |\n" + line)
    assert [row["name"] for row in values["rows"]] == ["张三"]
    assert any("赵六" in text or "钱七" in text for text in unread)


ASTRAY: list[tuple[str, str, str, Any]] = [
    # somebody's role and name below labels are no values of theirs
    ("cover-sheet", "| 户号 | 残疾人姓名 |\n| 监护人 | 赵六 |", "household_number", None),
    ("cover-sheet", "| 户号 | 残疾人姓名 |\n| 监护人 | 赵六 |", "head", None),
    ("pairing-registration", "帮扶效果评估:\n户主\n赵六\n联系电话\n13900000009", "effect", None),
    ("cover-sheet", "| 家庭住址： | < |\n| 身份证有效期 | 2030年1月 |", "address", None),
    ("application-form", "| 姓名 | 性别 | 民族 |\n| 致贫缘由 | 疾病 | < |", "name", None),
    ("application-form", "| 姓名 | 性别 |\n| 致贫缘由 | 疾病 |", "name", None),
    # a label broken in two is no end of the value before it
    ("pairing-registration", "| 残疾人姓名：张三  性\\n别：  家庭住\\n址：甲地 |", "name", "张三"),
    # what answers the label beside it is no pair of its own
    ("pairing-registration", "| 党组织 | 村 6 |", "village", None),
    ("application-form", "| 家庭住址 | 村：6 |", "village", None),
    # a heading beside its labels, above them, or nobody's that the vocabulary knows
    ("application-form", "| 帮扶人 | 姓名 | 王五 | 联系电话 | 13900000009 |", "name", None),
    ("application-form", "| 姓名 | 张三 |\n| 帮扶人 | < |\n| 联系电话 | 13900000009 |", "phone", None),
    ("application-form", "| 掌柜的 | 姓名 | 王五 |\n| ^ | 联系电话 | 13900000009 |", "name", None),
    ("application-form", "帮扶人\n姓名：王五\n姓名：李四", "name", None),
    ("pairing-registration", "| 帮扶人 | 姓名 | 李四 |\n| 残疾人 | 姓名 | 张三 |", "liaison", "李四"),
    ("pairing-registration", "| 残疾人 | < | 帮扶人 | < |\n| 性别 | 女 | 电话 | 13900000009 |", "phone", None),
    ("pairing-registration", "| 帮扶人 | < | 帮扶对象 | < |\n| 姓名 | 李四 | 姓名 | 张三 |", "liaison", "李四"),
    # a list of persons below the form's own, and of a family
    ("application-form", "| 姓名 | 性别 | 民族 |\n| 张三 | 男 | 汉 |\n| 李四 | 女 | 回 |", "name", None),
    ("application-form", "| 姓名 | 与本人关系 | 联系电话 |\n| 李红 | 配偶 | 13900000009 |", "phone", None),
    # a value before its label, above it, or beside a label nobody knows
    ("application-form", "| 张三 | 姓名 | 男 | 性别 |", "name", "张三"),
    ("application-form", "| 姓名 | 曾叫 | 张四 | 性别 | 男 |", "name", None),
    ("application-form", "| 姓名 | 曾用名 | 性别 |\n| 张三 | 张四 | 男 |", "name", "张三"),
    # somebody else in one text
    ("application-form", "姓名 张三 监护人 王五 联系电话 13900000009", "name", "张三"),
    ("application-form", "姓名 张三 监护人 王五 联系电话 13900000009", "phone", None),
    ("application-form", "| 姓名：张三（监护人：王五） | 联系电话：13900000009 |", "name", "张三"),
    ("application-form", "| 姓名：张三（监护人：王五） | 联系电话：13900000009 |", "phone", None),
    # a date in several cells
    ("application-form", "| 出生年月 | 1968 | 年 | 5 | 月 |", "birth", "1968年5月"),
    ("application-form", "| 出生年月 | 1968 | 5 | 12 | 民族 | 汉 |", "birth", "1968年5月"),
    ("application-form", "| 出生年月 | | 年 | 5 | 月 |", "birth", None),
    # how to fill in the form
    ("application-form", "例：姓名：王小明  性别：男", "name", None),
    ("application-form", "| 填表说明：1、姓名：填写身份证上的姓名。 |", "name", None),
    ("application-form", "| 填写示例 | 姓名 | 王小明 |", "name", None),
    # figures of another unit
    ("base-application", "| 省级扶持资金（万元） | 20 |", "province_fund", "200000"),
    ("base-application", "单位：万元\n| 省级扶持资金 | 20 |", "province_fund", "200000"),
    ("base-application", "| 人均纯收入（元/月） | 300 |", "income_per_head", None),
    # a cell of its own label and value is no value of the label above it, nor a heading
    ("cover-sheet", "| 户号\\n |\n| 村\\n东沟村 |", "household_number", None),
    ("cover-sheet", "| 残疾人姓名：\\n张三 | < |\n| 村支书 | 联系方式 | 13900000009 |", "phone", None),
    # label and value below each other in a cell, and words that explain the label there
    ("application-form", "| 姓名\\n张三 | 性别\\n男 |", "name", "张三"),
    ("application-form", "| 家庭住址\\n（写到组） | 东沟村3组 |", "address", "东沟村3组"),
    ("pairing-registration", "| 帮扶项目\\n简介 | 养羊 |", "project", "养羊"),
    # 本人 is whoever was named before
    ("pairing-registration", "| 联络人姓名 | 王五 |\n| 本人电话 | 13900000009 |", "phone", None),
]


@pytest.mark.parametrize(("form", "sheet", "key", "right"), ASTRAY)
def test_a_value_is_right_or_unread(form: str, sheet: str, key: str, right: Any) -> None:
    values, reading, _ = shown_values(form, sheet)
    assert values.get(key) in (None, right)
    assert key in values or key in reading.doubts


@pytest.mark.parametrize(
    "line",
    [
        "| 例 | 王小明 | 男 | 30 | 3组 | 13900000009 |",
        "| | （身份证上的姓名） | （男/女） | （周岁） | | |",
        "| 1 | 2 | 3 | 4 | 5 | 6 |",
    ],
)
def test_a_line_that_shows_how_to_fill_in_a_roster_is_no_row(line: str) -> None:
    values, _, unread = shown_values("survey-sheet", SURVEY + line + "\n| 1 | 张三 | 男 | 40 | 3组 | |")
    assert [row["name"] for row in values["rows"]] == ["张三"]
    assert unread


def test_a_header_again_above_other_columns_begins_another_table() -> None:
    moved = "| | 编号 | 姓名 | 性别 | 年龄 | 住址 |\n| | 2 | 李四 | 女 | 50 | 5组 |"
    values, _, _ = shown_values("survey-sheet", SURVEY + "| 1 | 张三 | 男 | 40 | 3组 | |\n" + moved)
    assert [(row["name"], row["address"]) for row in values["rows"]] == [("张三", "3组"), ("李四", "5组")]


@pytest.mark.parametrize("heading", ["| 家庭成员 | | | | | |\n", ""])
@pytest.mark.parametrize("relation", ["与户主关系", "与本人关系"])
def test_a_family_s_table_below_a_roster_is_none_of_its_rows(heading: str, relation: str) -> None:
    family = f"| 联系电话 | 姓名 | 性别 | 年龄 | {relation} | |\n| 13900000009 | 李红 | 女 | 45 | 配偶 | |"
    values, _, unread = shown_values("survey-sheet", SURVEY + "| 1 | 张三 | 男 | 40 | 3组 | |\n" + heading + family)
    assert [row["name"] for row in values["rows"]] == ["张三"]
    assert "李红" in unread


def test_a_note_above_a_header_is_no_part_of_it() -> None:
    _, _, unread = shown_values(
        "task-plan", "| 说明：按2015年数填写 | < | < |\n| 单位 | 2015年 | 2016年 |\n| 米村镇 | 3 | 4 |"
    )
    assert unread == ["说明：按2015年数填写"]


def test_a_column_of_somebody_else_under_a_heading_of_its_own_is_not_read() -> None:
    sheet = """
        | 编号 | 姓名 | 性别 | 年龄 | 监护人 | < |
        | ^ | ^ | ^ | ^ | 姓名 | 联系电话 |
        | 1 | 张三 | 男 | 40 | 王五 | 13900000009 |
        """
    values, _, unread = shown_values("survey-sheet", sheet)
    assert values["rows"] == [{"number": "1", "name": "张三", "sex": "男", "age": "40"}]
    assert {"王五", "13900000009"} <= set(unread)


@pytest.mark.parametrize("form", SINGLE, ids=lambda form: form.id)
@settings(max_examples=15)
@given(data=st.data())
def test_of_two_households_in_one_sheet_only_what_both_have_is_read(form: Manifest, data: st.DataObject) -> None:
    one, other = (data.draw(records_of(form, has_long_texts=False)) for _ in range(2))
    assume(not any(looks_like_label(str(text)) for record in (one, other) for text in record.values()))
    found, reading = read_sheet(form, [*filled_blocks(form, one), *filled_blocks(form, other)])
    unread = "".join("".join(item.text.split()) for item in found.unread)
    for item in form.fields:
        if item.type_name in NOT_READ or item.key in reading.doubts:
            continue
        read = reading.values.get(item.key)
        for wanted in (as_read(form, one).get(item.key), as_read(form, other).get(item.key)):
            assert wanted == read or (read is None and "".join(item.value_type.format(wanted).split()) in unread)
