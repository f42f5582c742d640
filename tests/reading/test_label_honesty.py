"""Sheets on which a label leads astray, each in a few lines: what was once read wrongly."""

from __future__ import annotations

from typing import Any

import pytest

from tests.reading.labelled import shown_values

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
    # a label broken in two is no end of the value before it
    ("pairing-registration", "| 残疾人姓名：张三  性\\n别：  家庭住\\n址：甲地 |", "name", "张三"),
    # what answers the label beside it is no pair of its own
    ("pairing-registration", "| 党组织 | 村 6 |", "village", None),
    ("application-form", "| 家庭住址 | 村：6 |", "village", None),
    # 本人 is whoever was named before
    ("pairing-registration", "| 联络人姓名 | 王五 |\n| 本人电话 | 13900000009 |", "phone", None),
]


@pytest.mark.parametrize(("form", "sheet", "key", "right"), ASTRAY)
def test_a_value_is_right_or_unread(form: str, sheet: str, key: str, right: Any) -> None:
    values, reading, _ = shown_values(form, sheet)
    assert values.get(key) in (None, right)
    assert key in values or key in reading.doubts
