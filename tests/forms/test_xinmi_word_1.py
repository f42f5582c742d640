"""The Word templates of xinmi-2015, annexes 1–3 and the cover sheet, against the text of 新密残联〔2015〕12号."""

from __future__ import annotations

import io
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn
from docxtpl import DocxTemplate
from jinja2.sandbox import SandboxedEnvironment

from tests.forms.wordforms import CHECKS, WordForm, attribute, controls, own_text

SURVEY_SHEET = """\
附件1
“农村基层党组织助残扶贫工程”贫困残疾人家庭调查登记表
_____ 乡(镇)、街道办事处 _____ 村(社区)
编号	姓名	性别	年龄	残疾类别/等级	住址	家庭人口	就业愿望		联系方式	残疾人证号
							残疾人本人愿望	其他家人愿望
填表人： 填表日期： 年 月 日
第 页 共 页
"""
"""The last line is not the notice's: a roster has several pages."""

APPLICATION_FORM = """\
附件 2
“农村基层党组织助残扶贫工程”帮扶对象
申请登记表
_____乡(镇)街道办事处				_____村(社区)
姓名		性别		民族		出生年月		文化程度
残疾类别及等级				残疾人证号
家庭住址				联系方式
个人申请				申请人： 年 月 日
村(社区)党支部意见				审核人： 公章 年 月 日
乡(镇)、街道办事处党(工)委意见				审核人： 公章 年 月 日
市级残联商请市级组织部意见				审核人： 公章 年 月 日
"""

PAIRING_REGISTRATION = """\
附件 3
“农村基层党组织助残扶贫工程”结对帮扶登记表
_____乡(镇)街道办事处		_____村(社区)
帮扶组织或党组织干部致富带头人
联络人姓名		联系方式
帮扶项目		帮扶起始时间
帮扶残疾人姓名		性别	家庭住址
残疾类别		联系方式	帮扶需求
帮扶记录:
签名: 年 月 日
帮扶效果评估:
签名: 年 月 日
"""

COVER_SHEET = """\
参考格式
“农村基层党组织助残扶贫工程”
残疾人个人档案
户号		残疾人姓名
乡(镇)街道办事处		村(社区)
家庭住址
家庭人口		联系方式
户内残疾人
姓名	性别	残疾类别及等级	残疾人证号
材料清单
序号	材料名称	份数	齐全	备注
1	贫困残疾人家庭调查登记表(附件1)			见村级名册
2	帮扶对象申请登记表(附件2)
3	结对帮扶登记表(附件3)
4	帮扶协议
建档人： 建档日期： 年 月 日
"""
"""The notice names the file (五（一）2) and gives no layout: this one is a reference format."""

FORMS = [
    WordForm("xinmi-2015/survey-sheet", SURVEY_SHEET, landscape=True, header_rows=2),
    WordForm("xinmi-2015/application-form", APPLICATION_FORM),
    WordForm("xinmi-2015/pairing-registration", PAIRING_REGISTRATION),
    WordForm("xinmi-2015/cover-sheet", COVER_SHEET, header_rows=1),
]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("form", FORMS, ids=str)
def test_word_template(form: WordForm, check: Any) -> None:
    check(form)


def sample(form: WordForm, rows: int) -> dict[str, Any]:
    """Each field's value is its own key, with characters that XML would mistake; a column's has the row's number."""
    context: dict[str, Any] = {}
    for entry in form.manifest["fields"]:
        key = entry["key"]
        if "columns" in entry:
            names = [column["key"] for column in entry["columns"]]
            context[key] = [{name: f"<{key}.{name} {number}>" for name in names} for number in range(1, rows + 1)]
        elif f"{key}.year" in controls(form):
            context[key] = {part: f"<{key}.{part}>" for part in ("year", "month", "day")}
        else:
            context[key] = f"<{key}> & “{key}”"
    return context


def rendered(form: WordForm, context: dict[str, Any]) -> Any:
    template = DocxTemplate(str(form.path))
    template.render(context, SandboxedEnvironment(autoescape=True), autoescape=True)
    stream = io.BytesIO()
    template.save(stream)
    return Document(stream)


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_each_value_lands_in_its_own_control(form: WordForm) -> None:
    context = sample(form, rows=3)
    document = rendered(form, context)
    stories = [document.element, *(section.footer._element for section in document.sections)]
    seen: dict[str, list[str]] = {}
    for control in (item for story in stories for item in story.iter(qn("w:sdt"))):
        seen.setdefault(attribute(control.find(f"{qn('w:sdtPr')}/{qn('w:tag')}")), []).append(own_text(control))
    assert set(seen) == set(controls(form))
    for tag, texts in seen.items():
        key, _, part = tag.partition(".")
        value = context[key]
        expected = [row[part] for row in value] if isinstance(value, list) else [value[part] if part else value]
        assert texts == expected, tag


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_marker_rows_vanish(form: WordForm) -> None:
    document = rendered(form, sample(form, rows=0))
    assert "{" not in own_text(document.element)
