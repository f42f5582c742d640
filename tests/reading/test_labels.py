"""Forms we did not make: what their labels lead to is right, or it is in the problems.

Two kinds of sheets: each catalogue form's own template filled with a random record and changed by rules (`variants`),
and sheets of six forms written as counties retype them. A value that is silently wrong is one that differs from what
stands on the sheet and that no problem names.
"""

from __future__ import annotations

import functools
import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from formgen.forms.manifest import Manifest
from formgen.reading.labels.anchors import EXACT, FUZZY, SYNONYM
from formgen.reading.labels.inline import pairs_in
from formgen.vocabulary.folding import fold
from tests.reading.grids import blocks
from tests.reading.hard_variants import HARDER, as_written
from tests.reading.labelled import CATALOGUE, FORMS, compare, read_sheet, shown_values, told
from tests.reading.records import as_read, records_of
from tests.reading.variants import VARIANTS, Blocks, filled_blocks
from tests.rendering.records import sample_record


def _labels(form: Manifest) -> set[str]:
    return {
        fold(item.label) for field in form.fields for item in (field, *(field.table.columns if field.table else ()))
    }


def _texts(record: Mapping[str, Any]) -> Iterator[str]:
    for value in record.values():
        if isinstance(value, str):
            yield fold(value)
        elif isinstance(value, list):
            for row in value:
                yield from _texts(row)


def _has_bare_numbers(record: Mapping[str, Any]) -> bool:
    rows = (row for value in record.values() if isinstance(value, list) for row in value)
    return any(set(row) == {"number"} and row["number"].isdecimal() for row in rows)


def varied(
    form: Manifest, record: Mapping[str, Any], rules: Sequence[str], rng: random.Random, is_by_hand: bool
) -> Blocks:
    sheet = (
        filled_blocks(form, record, functools.partial(as_written, rng)) if is_by_hand else filled_blocks(form, record)
    )
    for rule in rules:
        sheet = {**VARIANTS, **HARDER}[rule](sheet, form, rng)
    return sheet


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.id)
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(data=st.data())
def test_a_variant_s_values_come_back_or_are_in_problems(form: Manifest, data: st.DataObject) -> None:
    """Of any record, changed by a few rules: the rest of the law is the share that is found."""
    record = data.draw(records_of(form, has_long_texts=False))
    assume(not _labels(form).intersection(_texts(record)))  # the variants would take such a value for a label
    assume(not _has_bare_numbers(record))  # nobody can tell such a row from a blank one that is numbered
    rules = data.draw(st.lists(st.sampled_from(list(VARIANTS)), max_size=2, unique=True))
    rules += data.draw(st.lists(st.sampled_from(list(HARDER)), max_size=1))
    rng = random.Random(data.draw(st.integers(0, 10_000)))
    is_by_hand = data.draw(st.booleans())
    sheet = varied(form, record, rules, rng, is_by_hand)
    found, reading = read_sheet(form, sheet)
    _, wrong = compare(form, as_read(form, record), reading)
    assert wrong == []
    assert told(form, sheet, found) == []


def test_a_line_written_below_a_roster_is_no_row_of_it() -> None:
    form = next(form for form in FORMS if form.name == "task-plan")
    rng = random.Random(112)
    sheet = VARIANTS["in_one_cell"](VARIANTS["extra_rows"](filled_blocks(form, {"rows": []}), form, rng), form, rng)
    found, reading = read_sheet(form, sheet)
    assert reading.values == {"rows": []}
    assert "户主姓名：钱七" in [unread.text for unread in found.unread]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.id)
def test_a_form_s_own_sheet_is_read_whole(form: Manifest) -> None:
    record = sample_record(form, "normal")
    _, reading = read_sheet(form, filled_blocks(form, record))
    tally, wrong = compare(form, as_read(form, record), reading)
    assert wrong == [] and tally["doubt"] == 0 and tally["right"] > 10


def test_most_values_of_the_variants_are_found() -> None:
    tallies = {rule: Counter[str]() for rule in VARIANTS}
    for form in FORMS:
        record = sample_record(form, "normal")
        for rule, change in VARIANTS.items():
            for seed in range(3):
                _, reading = read_sheet(form, change(filled_blocks(form, record), form, random.Random(seed)))
                tally, wrong = compare(form, as_read(form, record), reading)
                assert wrong == [], (form.id, rule, seed)
                tallies[rule].update(tally)
    shares = {rule: tally["right"] / (tally["right"] + tally["doubt"]) for rule, tally in tallies.items()}
    print({rule: f"{share:.1%}" for rule, share in shares.items()})
    assert min(shares.values()) > 0.9, shares


def test_an_application_as_a_county_retyped_it() -> None:
    values, reading, unread = shown_values(
        "application-form",
        r"""
        XX县残疾人帮扶申请表
        | 米村镇乡(镇)街道办事处 | < | < | < | 东沟村 村(社区) | < |
        | 姓　名 | 张三 | 性别 | 男 | 出生日期 | 1968.5 |
        | 政治面貌 | 群众 | 民 族 | 汉 | 学历 | 初中 |
        | 现住址 | 米村镇东沟村3组 | < | 联系电话 | 13912345678 | < |
        | 残疾类型\n及等级 | 肢体三级 | < | 残疾证号码 | 41018319680512003543 | < |
        | 监护人 | 王五 | < | 联系电话 | 13900000001 | < |
        | 个人申请 | 本人困难，申请帮扶。\n申请人：张三  2015 年 3 月 1 日 | < | < | < | < |
        | 村(社区)\n党支部意见 | 同意 | < | < | < | < |
        | ^ | 审核人：      公章    2015年4月2日 | < | < | < | < |
        | 县残联意见 | 拟同意 | < | < | < | < |
        """,
    )
    assert values == {
        "town": "米村镇", "village": "东沟村", "name": "张三", "sex": "男", "birth": "1968年5月", "ethnicity": "汉族",
        "education": "初中", "address": "米村镇东沟村3组", "phone": "13912345678", "disability": "肢体三级",
        "certificate": "41018319680512003543", "application": "本人困难，申请帮扶。", "applied_on": "2015年3月1日",
        "village_opinion": "同意", "village_date": "2015年4月2日",
    }  # fmt: skip
    assert {"town_opinion", "city_opinion", "city_date"} <= set(reading.doubts)
    assert {"政治面貌", "群众", "王五", "13900000001", "县残联意见", "拟同意"} <= set(unread)


def test_a_pairing_with_its_people_under_headings() -> None:
    values, _, unread = shown_values(
        "pairing-registration",
        r"""
        结对帮扶登记表
        | 乡镇 | 米村镇 | 村 | 东沟村 |
        | 帮扶责任人 | 姓名 | 李四 | < |
        | ^ | 党组织 | 东沟村党支部 | < |
        | ^ | 电话 | 13912345678 | < |
        | 帮扶对象 | 姓名 | 张三 | < |
        | ^ | 性别 | 男 | < |
        | ^ | 电话 | 13900000001 | < |
        | ^ | 残疾类别 | 肢体 | < |
        | 户主 | 姓名 | 张大 | < |
        | ^ | 住址 | 邻村 | < |
        | 帮扶项目 | 养羊 | 帮扶起始时间 | 2015年3月 |
        | 主要需求 | 技术 | < | < |
        | 帮扶记录：\n2015年3月走访\n签名：      2015年3月2日 | < | < | < |
        | 帮扶效果评估: | < | < | < |
        | 好 | < | < | < |
        | 签名:      年  月  日 | < | < | < |
        """,
    )
    assert values == {
        "town": "米村镇", "village": "东沟村", "liaison": "李四", "helper_organisation": "东沟村党支部",
        "liaison_phone": "13912345678", "name": "张三", "sex": "男", "phone": "13900000001", "category": "肢体",
        "project": "养羊", "start": "2015年3月", "need": "技术", "effect": "好",
        "record": "2015年3月走访", "record_date": "2015年3月2日",
    }  # fmt: skip
    assert {"张大", "邻村"} <= set(unread)


def test_a_survey_roster_with_more_columns_and_a_header_of_two_rows() -> None:
    values, _, unread = shown_values(
        "survey-sheet",
        r"""
        贫困残疾人家庭调查登记表
        乡(镇)：米村镇  村：东沟村
        | 序号 | 姓名 | 性别 | 年龄 | 身份证号 | 残疾类别/等级 | 住址 | 人口数 | 就业愿望 | < | 电话 | 残疾人证号 |
        | ^ | ^ | ^ | ^ | ^ | ^ | ^ | ^ | 本人愿望 | 家人愿望 | ^ | ^ |
        | 1 | 张三 | 男 | 48 | 410183196805120035 | 肢体/三级 | 3组 | 4 | 养羊 | | 13912345678 | 41018319680512003543 |
        | 2 | 李红 | 女 | 40 | | 视力/一级 | 5组 | 2 | | 务工 | | |
        | 3 | | | | | | | | | | | |
        填表人：      填表日期：2015年3月1日
        """,
    )
    assert values == {
        "town": "米村镇", "village": "东沟村", "filled_on": "2015年3月1日",
        "rows": [
            {"number": "1", "name": "张三", "sex": "男", "age": "48", "disability": "肢体/三级", "address": "3组",
             "household_size": "4", "wish": "养羊", "phone": "13912345678", "certificate": "41018319680512003543"},
            {"number": "2", "name": "李红", "sex": "女", "age": "40", "disability": "视力/一级", "address": "5组",
             "household_size": "2", "family_wish": "务工"},
        ],
    }  # fmt: skip
    assert {"身份证号", "410183196805120035"} <= set(unread)


def test_a_base_with_its_blanks_in_sentences_and_its_labels_moved() -> None:
    values, _, _ = shown_values(
        "base-application",
        r"""
        | 乡镇街道 | 米村镇 | 村(社区) | 东沟村 | | | | |
        | 产业集聚区党组织 | 某党委 | 责任人 | 李四 | 性别 | 男 | 职务 | 书记 |
        |拟扶持残疾人户情况（共有 30 户，70名持证残疾人，人均纯收入2860元/年，其中享受低保12户）|<|<|<|<|<|<|<|
        | 企业名称 | 某公司 | < | < | 企业性质 | 民营 | < | < |
        | 省级扶持资金(元) | 200000 | 市扶持资金 | 10000 | 县扶持资金 | | | |
        | 县级残联审核意见 | 同意\n2015年3月1日 | < | < | 省残联审核意见 |  年  月  日 | < | < |
        """,
    )
    assert values == {
        "town": "米村镇", "village": "东沟村", "organisation": "某党委", "leader": "李四", "leader_sex": "男",
        "leader_post": "书记", "households": "30", "persons": "70", "income_per_head": "2860",
        "minimum_living_households": "12", "company": "某公司", "company_type": "民营", "province_fund": "200000",
        "city_fund": "10000", "county_federation_opinion": "同意", "county_federation_date": "2015年3月1日",
    }  # fmt: skip


def test_a_beneficiary_roster_with_merged_households_and_a_note() -> None:
    values, _, unread = shown_values(
        "beneficiary-roster",
        r"""
        帮扶残疾人花名册
        | 户编号 | 残疾人姓名 | 性别 | 残疾证号 | 户人口数 | 人均住房(平方米) | 年人均纯收入（元） | 残疾类型及等级 |
        | 1 | 张三 | 男 | 41018319680512003543 | 4 | 18.5 | 2860 | 肢体三级 |
        | ^ | 张小 | 女 | | ^ | 18.5 | 2860 | 视力一级 |
        | 以上为东沟村 | < | < | < | < | < | < | < |
        | 2 | 李红 | 女 | | 2 | 20 | 2000 | 智力二级 |
        """,
    )
    rows = values["rows"]
    assert [(row["household_number"], row["name"], row["household_size"]) for row in rows] == [
        ("1", "张三", "4"), ("1", "张小", "4"), ("2", "李红", "2"),
    ]  # fmt: skip
    assert unread == ["以上为东沟村"]


def test_a_task_plan_with_its_totals() -> None:
    values, reading, unread = shown_values(
        "task-plan",
        r"""
        | 单位 | 2016年度 | 2015年 | 2017年 | 2018年 | 2019年 | 2020年 | 合计 |
        | 米村镇 | 31 | 30 | 32 | 33 | 34 | 35 | 195 |
        | 超化镇 | 1 | 2 | 3 | 4 | 5 | 6 | 21 |
        | 合 计 | 32 | 32 | 35 | 37 | 39 | 41 | 216 |
        | 备注：每个乡(镇)、街道办事处至少一个村(社区)，此表任务数为基层党组织帮扶任务数。 | < | < | < | < | < | < | < |
        """,
    )
    assert [row["year_2016"] for row in values["rows"]] == ["31", "1"]
    assert (values["total_2015"], values["total_2016"], values["total"]) == ("32", "32", "216")
    assert not reading.doubts and not reading.problems and unread == []


def test_a_cover_with_a_table_of_somebody_else() -> None:
    values, reading, unread = shown_values(
        "cover-sheet",
        r"""
        | 户号 | 12 | 残疾人姓名 | 张三 |
        | 镇街 | 米村镇 | 村 | 东沟村 |
        家庭成员
        | 姓名 | 与户主关系 | 性别 | 年龄 |
        | 李红 | 配偶 | 女 | 45 |
        材料清单
        | 序号 | 材料名称 | 齐全 | 份数 |
        | 1 | 贫困残疾人家庭调查登记表(附件1) | ☑ | |
        | 2 | 帮扶对象申请登记表(附件2) | ☑ | 1 |
        | 3 | 结对帮扶登记表(附件3) | □ | 2 |
        """,
    )
    assert "persons" not in values and reading.doubts["persons"] == "lost"
    assert {"李红", "配偶", "45"} <= set(unread)
    assert (values["head"], values["application_count"], values["pairing_count"]) == ("张三", "1", "2")
    assert (values["survey_complete"], values["pairing_complete"]) == ("☑", "□")


@pytest.mark.parametrize(
    ("sheet", "never"),
    [
        ("| 监护人 | 王五 | 联系电话 | 13900000001 |", "phone"),
        ("| 掌柜的 | 王五 | 联系电话 | 13900000001 |", "phone"),
        ("掌柜的：王五  联系电话：13900000001", "phone"),
        ("| 户主姓名 | 王五 | 联系电话 | 13900000001 |", "phone"),
        ("| 户主姓名 | 王五 |\n| 联系电话 | 13900000001 |", "phone"),
        ("| 帮扶人 | 王五 |\n| 住址 | 别处 |", "address"),
        ("| 帮扶人 | 王五 | 民族 | 汉族 |", "ethnicity"),
        ("| 监护人情况 | 姓名 | 王五 |\n| ^ | 电话 | 13900000001 |", "name"),
        ("监护人：王五  联系电话：13900000001", "phone"),
        ("| 姓名 | 政治面貌 |\n| 张三 | 群众 |", "sex"),
        ("| 监护人姓名 | 王五 |", "name"),
        ("| 联系方式 | QQ：12345 |", "phone"),
        ("| 家庭住址 | 电话：13900000001 |", "address"),
        ("家庭住址：本人 联系电话：13900000001", "address"),
        ("| 乡(镇)街道办事处 | 东沟村 村(社区) |", "town"),
        ("| 申请人 | 家庭成员 |", "name"),
    ],
)
def test_what_may_be_somebody_else_s_is_not_read(sheet: str, never: str) -> None:
    values, _, unread = shown_values("application-form", sheet)
    assert values.get(never) is None
    assert unread or not any("王五" in cell.text for block in blocks(sheet) for cell in block.cells)


@pytest.mark.parametrize("gap", ["", "  "])
def test_a_label_broken_before_a_label_is_no_value(gap: str) -> None:
    """The number of the household may be any text, and 姓名 is a label of its own."""
    values, _, _ = shown_values("cover-sheet", f"| 户号：{gap}残疾人\\n姓名：张三 |")
    assert values.get("household_number") is None and values.get("head") in (None, "张三")


def test_a_blank_with_text_in_the_paragraph_below_it_is_not_known_to_be_blank() -> None:
    _, reading, unread = shown_values("application-form", "联系方式：\n13900000001\n残疾类别：")
    assert reading.doubts["phone"] == "lost" and "13900000001" in unread


def test_a_value_of_a_roster_that_looks_like_a_label_is_a_value() -> None:
    values, _, _ = shown_values(
        "survey-sheet", "| 姓名 | 性别 | 年龄 | 住址 | 其他家人愿望 |\n| | | | | 人帮扶 |\n| 张三 | 男 | | | |"
    )
    assert [row.get("family_wish") for row in values["rows"]] == ["人帮扶", None]


def test_a_value_is_never_a_label_nobody_knows() -> None:
    values, _, _ = shown_values("application-form", "| 姓名 | 政治面貌 |\n| 张三 | 群众 |")
    assert values.get("name") in (None, "张三")


def test_a_field_written_twice_differently_is_contradictory() -> None:
    values, reading, _ = shown_values(
        "application-form", "| 姓名 | 张三 | 性别 | 男 |\n| 本人姓名 | 李四 | 民族 | 汉 |"
    )
    assert "name" not in values and reading.doubts["name"] == "contradictory"


def test_confidence_says_how_the_label_was_known() -> None:
    found, _ = read_sheet(
        CATALOGUE.form("application-form"),
        blocks("| 姓名 | 张三 | 学历 | 初中 | 家庭详细住址 | 3组 |\n| 残疾证人号 | 1 | 民族 | 汉 | 性别 | 男 |"),
    )
    confidence = {item.path[0]: item.confidence for item in found.sightings}
    assert (confidence["name"], confidence["education"], confidence["address"]) == (EXACT, SYNONYM, FUZZY)
    assert confidence["certificate"] == FUZZY


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("姓名：张三  性别：男", [("姓名", "张三"), ("性别", "男")]),
        ("姓 名：张三 性 别：男", [("姓 名", "张三"), ("性 别", "男")]),
        ("联系电话 13900000000", [("联系电话", "13900000000")]),
        ("联系电话13900000000", [("联系电话", "13900000000")]),
        ("姓名 张三 性别 男", [("姓名", "张三"), ("性别", "男")]),
        ("住址：甲楼：二层", [("住址", "甲楼：二层")]),
        ("此致，姓名：张三", [("", "此致"), ("姓名", "张三")]),
        ("没有标签的文字", []),
        ("时间：上午", []),
    ],
)
def test_labels_and_values_in_one_text(text: str, pairs: list[tuple[str, str]]) -> None:
    known = {"姓名", "性别", "联系电话", "住址"}
    found = pairs_in(text, lambda word: fold(word) in known)
    assert [(pair.label, pair.value) for pair in found] == pairs


def test_an_empty_document_has_nothing_and_says_so() -> None:
    for form in FORMS:
        found, reading = read_sheet(form, [])
        assert found.sightings == [] and set(reading.doubts) == {item.key for item in form.fields}
