"""The Word templates of xinmi-2015, annexes 4–6, against the text of 新密残联〔2015〕12号."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn
from docxtpl import DocxTemplate
from jinja2.sandbox import SandboxedEnvironment
from lxml import etree

from tests.forms.wordforms import (
    CHECKS,
    NS,
    WordForm,
    attribute,
    controls,
    own_text,
    tags_stand_in_controls_or_marker_rows,
)

BASE_APPLICATION = """\
附件 4
产业集聚区党组织开展“基层党组织助残扶贫
基地”项目申报登记表
_____乡(镇)街道办事处		_____村(社区)
产业集聚区 党组织	第一责任 人		性别		职务
拟扶持残疾人户情况 (共有____户, ____名持证残疾人, 人均纯收入____元/年, 其中享受低保____户)
企业 概 况	企业名称
	企业类型
	效益 预测
	资金 预算	拟申请省级扶持资金
地方计划追加扶持资金		市扶持____元, 县扶持____元。
县级组织部门 审核 意见		县级残联 审核意见		市委组织部 审核意见
年 月 日		年 月 日		年 月 日
省残联 审核意见			省委组织部 审核意见
年 月 日			年 月 日
"""

BENEFICIARY_ROSTER = """\
附件 5
产业集聚区党组织开展“基层党组织助残扶贫基地”帮扶残疾人花名册
乡(镇)街道办事处 村(社区)
户号	残疾人姓名	性别	户人口数	家庭人均纯收入(元/年)	人均住房面积(平方米)	残疾类型及等级	残疾人证号
注：1、一户多残家庭填一个户号，重点保障；
2、此表一式两份，市、乡残联各存一份；
3、此表必须加盖乡(镇)办党(工)委、乡残联公章。
第 页 共 页
"""
"""The last line is not the notice's: a roster has several pages."""

TASK_PLAN = """\
附件 6
“农村基层党组织助残扶贫工程”
2015-2020 年任务分配计划表
年度任务 乡(镇) 街道办事处	2015 年	2016 年	2017 年	2018 年	2019 年	2020 年	合 计
合 计
备注：每个乡(镇)、街道办事处至少一个村(社区)，此表任务数为基层党组织帮扶任务数。
"""
"""The corner's three words stand here from right to left along its diagonals: 年度, 任务, 乡(镇)街道办事处."""

BASE = WordForm("xinmi-2015/base-application", BASE_APPLICATION)
ROSTER = WordForm("xinmi-2015/beneficiary-roster", BENEFICIARY_ROSTER, landscape=True, header_rows=1)
PLAN = WordForm("xinmi-2015/task-plan", TASK_PLAN, header_rows=1)
FORMS = [BASE, ROSTER, PLAN]
LINE_SHAPE = "{http://schemas.openxmlformats.org/drawingml/2006/main}prstGeom"


def grouped(rows: Sequence[dict[str, str]], key: str) -> list[list[dict[str, str]]]:
    """Consecutive rows with the same value in `key`; a row without one stands alone."""
    groups: list[list[dict[str, str]]] = []
    for row in rows:
        if groups and row[key] and groups[-1][-1][key] == row[key]:
            groups[-1].append(row)
        else:
            groups.append([row])
    return groups


def rendered(form: WordForm, context: dict[str, Any]) -> Any:
    environment = SandboxedEnvironment(autoescape=True)
    environment.filters["grouped"] = grouped
    template = DocxTemplate(str(form.path))
    template.render(context, environment, autoescape=True)
    stream = io.BytesIO()
    template.save(stream)
    return Document(stream)


def sample(form: WordForm, households: Sequence[str] = ("1", "2", "3")) -> dict[str, Any]:
    """Each field's value is its own key, with characters that XML would mistake; one row for each household given."""
    context: dict[str, Any] = {}
    for entry in form.manifest["fields"]:
        key = entry["key"]
        if "columns" in entry:
            names = [column["key"] for column in entry["columns"]]
            rows = [{name: f"<{key}.{name} {n}>" for name in names} for n in range(1, len(households) + 1)]
            context[key] = [row | {"household_number": mark} for row, mark in zip(rows, households, strict=True)]
        elif f"{key}.year" in controls(form):
            context[key] = {part: f"<{key}.{part}>" for part in ("year", "month", "day")}
        else:
            context[key] = f"<{key}> & “{key}”"
    return context


def values(document: Any) -> Iterator[tuple[str, str]]:
    """Key and text of each content control of the body, in print order."""
    for control in document.element.iter(qn("w:sdt")):
        yield attribute(control.find("w:sdtPr/w:tag", NS)), own_text(control)


CASES = [
    pytest.param(form, check, id=f"{form}-{check.__name__}")
    for form in FORMS
    for check in CHECKS
    if not (form is ROSTER and check is tags_stand_in_controls_or_marker_rows)  # its cell merges: see the next test
]


@pytest.mark.parametrize(("form", "check"), CASES)
def test_word_template(form: WordForm, check: Any) -> None:
    check(form)


def test_only_the_merge_of_the_household_number_stands_outside_a_control() -> None:
    """docxtpl moves the text before {% vm %}: inside a content control that would begin at the control's w:tag."""
    outside = []
    for row in ROSTER.all(".//w:tr"):
        if row.find(".//w:sdt", NS) is not None:
            texts = row.iterfind(".//w:t", NS)
            outside += [t.text for t in texts if not any(p.tag == qn("w:sdt") for p in t.iterancestors())]
    assert outside == ["{% vm %}{% if loop.first %}", "{% endif %}"]


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_each_value_lands_in_its_own_control(form: WordForm) -> None:
    context = sample(form)
    seen: dict[str, list[str]] = {}
    for tag, text in values(rendered(form, context)):
        seen.setdefault(tag, []).append(text)
    assert set(seen) == set(controls(form))
    for tag, texts in seen.items():
        key, _, part = tag.partition(".")
        value = context[key]
        expected = [row[part] for row in value] if isinstance(value, list) else [value[part] if part else value]
        assert texts == expected, tag


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_marker_rows_vanish(form: WordForm) -> None:
    assert "{" not in own_text(rendered(form, sample(form, households=())).element)


def test_one_household_number_spans_the_rows_of_its_household() -> None:
    """附件5, note 1: 一户多残家庭填一个户号."""
    document = rendered(ROSTER, sample(ROSTER, households=("1", "2", "2", "2", "", "", "3")))
    (table,) = document.tables
    rows = table._tbl.findall(qn("w:tr"))[1:]
    merges, texts = [], []
    for row in rows:
        first = row.find(qn("w:tc"))
        merges.append(attribute(first.find("w:tcPr/w:vMerge", NS)))
        texts.append(own_text(first))
    assert merges == ["restart", "restart", "continue", "continue", "restart", "restart", "restart"]
    assert texts == ["1", "2", "", "", "", "", "3"]


def test_every_row_of_the_roster_is_well_formed_after_a_merge() -> None:
    """A cell of a merge holds a paragraph (Word refuses the file otherwise), and the row all its cells."""
    document = rendered(ROSTER, sample(ROSTER, households=("2", "2", "2")))
    for row in document.element.iterfind(".//w:tr", NS):
        cells = row.findall("w:tc", NS)
        assert len(cells) == 8
        assert all(cell[-1].tag == qn("w:p") for cell in cells)


def test_the_sentence_of_annex_4_has_its_four_blanks_in_place() -> None:
    (paragraph,) = [p for p in BASE.all(".//w:p") if own_text(p).startswith("(共有")]
    text = re.sub(r"\{\{ (\w+) \}\}", r"<\1>", own_text(paragraph))
    assert text == (
        "(共有<households>户, <persons>名持证残疾人, 人均纯收入<income_per_head>元/年, "
        "其中享受低保<minimum_living_households>户)"
    )
    underlined = [run for run in paragraph.iterfind(".//w:r", NS) if run.find("w:rPr/w:u", NS) is not None]
    assert len(underlined) == 4 * 3, "tab, value, tab"
    assert len(paragraph.findall("w:pPr/w:tabs/w:tab", NS)) == 4 * 2


def test_the_corner_of_the_plan_has_two_diagonals() -> None:
    """Drawn as lines: a border from corner to corner gives room for two words, and LibreOffice leaves it out."""
    corner = PLAN.document.find(".//w:tc", NS)
    assert corner is not None
    lines = list(corner.iter(LINE_SHAPE))
    assert [line.get("prst") for line in lines] == ["line", "line"]
    for shape in corner.iter("{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}extent"):
        width, height = int(shape.get("cx", "0")) / 635, int(shape.get("cy", "0")) / 635
        assert width <= int(attribute(corner.find("w:tcPr/w:tcW", NS), "w"))
        row = corner.getparent()
        assert isinstance(row, etree._Element)
        assert height <= int(attribute(row.find("w:trPr/w:trHeight", NS)))


def test_the_plan_sums_where_the_notice_does() -> None:
    rows = PLAN.document.findall(".//w:tr", NS)
    (total_row,) = [row for row in rows if own_text(row).startswith("合 计")]
    tags = [attribute(tag) for tag in total_row.iterfind(".//w:tag", NS)]
    assert tags == [*(f"total_{year}" for year in range(2015, 2021)), "total"]
