"""The programme's rules, with the notice's own figures and with others."""

from __future__ import annotations

from typing import Any

import pytest

from tests.data.conftest import ROSTER, Load, certificate, codes, only, person

INCOME = (*ROSTER, "家庭人均纯收入(元/年)", "村人均纯收入(元/年)")
PAIRING = ("残疾人证号", "帮扶人姓名", "帮扶项目")


@pytest.mark.parametrize(
    ("income", "average", "parameters", "code"),
    [
        (2799, 9000, {}, None),
        (2800, 9000, {}, "F-RULE-002"),
        (9000, 9000, {}, "F-RULE-001"),
        (2800, None, {}, "F-RULE-003"),
        (2800, None, {"poverty_line": "3000"}, None),
        (None, 9000, {}, None),
    ],
)
def test_income_below_the_line_or_below_the_village(
    load: Load, income: int | None, average: int | None, parameters: dict[str, str], code: str | None
) -> None:
    dataset = load({"残疾人": [INCOME, [*person(1), income, average]]}, parameters=parameters)
    assert codes(dataset) == ([code] if code else [])
    assert dataset.counts["person"] == (0 if code == "F-RULE-001" else 1)
    if code:
        assert dataset.problems[0].place.cell == "F2" and dataset.problems[0].params["line"] == "2800"


def test_a_household_is_judged_once(load: Load) -> None:
    dataset = load({"残疾人": [INCOME, [*person(1), 9500, 9000], [*person(2), 9500, 9000]]})
    assert only(dataset, "F-RULE-001").is_error
    assert dataset.counts["person"] == 0 and len(dataset.left_out) == 2


@pytest.mark.parametrize(("helpers", "code"), [(1, None), (2, None), (3, "F-RULE-010")])
def test_one_or_two_helpers(load: Load, helpers: int, code: str | None) -> None:
    rows = [[certificate(1), f"王{'甲乙丙'[number]}", "养羊"] for number in range(helpers)]
    dataset = load({"残疾人": [ROSTER, person(1), person(2, hh="2")], "结对": [PAIRING, *rows]})
    assert codes(dataset) == ([code] if code else [])


def test_figures_of_helpers_and_projects_can_be_set(load: Load) -> None:
    sheets = {"残疾人": [ROSTER, person(1)], "结对": [PAIRING, [certificate(1), "王五", "养羊"]]}
    dataset = load(sheets, parameters={"helpers_min": "2", "projects_min": "2"})
    assert sorted(codes(dataset)) == ["F-RULE-011", "F-RULE-012"]


BASE = ("乡镇", "产业集聚区党组织", "企业名称", "持证残疾人数", "拟申请省级扶持资金", "市扶持")


@pytest.mark.parametrize(
    ("persons", "province", "city", "code"),
    [
        (70, 200_000, None, None),
        (69, 200_000, None, "F-RULE-020"),
        (70, 100_000, None, "F-RULE-021"),
        (30, None, 50_000, None),
        (29, None, 50_000, "F-RULE-020"),
        (10, 0, 0, None),
    ],
)
def test_subsidies_of_bases(load: Load, persons: int, province: int | None, city: int | None, code: str | None) -> None:
    base: list[Any] = ["甲镇", "党委", "甲公司", persons, province, city]
    dataset = load({"残疾人": [ROSTER, person(1)], "基地": [BASE, base]})
    assert codes(dataset) == ([code] if code else [])


def test_stated_persons_against_the_bases_roster(load: Load) -> None:
    rows = [(*ROSTER, "所在基地"), [*person(1), "甲公司"]]
    dataset = load({"残疾人": rows, "基地": [BASE, ["甲镇", "党委", "甲公司", 3, None, None]]})
    assert only(dataset, "F-RULE-022").params["listed"] == "1"


PLAN = ("乡镇", "2015年", "2016年", "合计")


def test_plan_of_the_notice_needs_no_sheet(load: Load) -> None:
    dataset = load({"残疾人": [ROSTER, person(1)]})
    [scope] = dataset.scopes("programme")
    rows = [row.values for row in scope.rows("plan")]
    assert len(rows) == 18 and rows[0]["plan.place"] == "米村镇" and rows[0]["plan.year_2020"] == 30


def test_plan_of_a_sheet_is_summed(load: Load) -> None:
    rows = [PLAN, ("甲镇", 30, 30, 60), ("乙镇", 30, 20, 60), ("合 计", 60, 50, 120)]
    dataset = load({"任务计划": rows}, parameters={"plan_total": "110"})
    assert only(dataset, "F-RULE-041").place.cell == "D3"
    assert only(load({"任务计划": rows[:2]}), "F-RULE-040").found == "60"
