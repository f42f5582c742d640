"""Templates nobody has made yet: words and values in one cell, several tables and sheets, boxes and percentages."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.styles import Border
from openpyxl.workbook import Workbook

from formgen.forms.manifest import Field, Manifest, Table
from formgen.reading.identify import FormBook
from formgen.reading.model import Reading, Refused
from formgen.reading.weigh import weigh
from formgen.reading.xlsx import read_xlsx
from formgen.reading.xlsx.cells import converted
from formgen.reading.xlsx.patterns import compile_pattern
from formgen.rendering.xlsx import compile_xlsx
from tests.reading.records import as_read, records_of

PEOPLE = (
    Field("household", "户号", "text"),
    Field("name", "姓名", "name"),
    Field("sex", "性别", "sex"),
    Field("born", "出生年月", "date", {"precision": "day"}),
    Field("is_poor", "贫困户", "checkbox"),
    Field("share", "比例", "percent", {"places": 1, "minimum": 0, "maximum": 100}),
)
VISITS = (
    Field("on", "日期", "date", {"precision": "day"}),
    Field("note", "内容", "text"),
    Field("spent", "金额", "money"),
    Field("given", "其中:物资", "money"),
)
FIELDS = (
    Field("unit", "单位", "place"),
    Field("filled_on", "填表日期", "date", {"precision": "day"}),
    Field("head", "户主", "name"),
    Field("sex", "性别", "sex"),
    Field("income", "收入", "money"),
    Field("is_poor", "贫困户", "checkbox"),
    Field("work", "意愿", "choice", {"choices": ["务工", "养殖"]}),
    Field("reason", "致贫原因", "long-text"),
    Field("opinion", "意见", "long-text", is_by_hand=True),
    Field("opinion_on", "日期", "date", {"precision": "day"}, is_by_hand=True),
    Field("people", "成员", "table", table=Table("member", PEOPLE, 3, "household")),
    Field("visits", "走访", "table", table=Table("member", VISITS, 3)),
    Field("remark", "附注", "text"),
)
FIRST: Mapping[str, Any] = {
    "A1": "家庭情况登记表",
    "A2": "单位：{{ unit }}",
    "D2": "{{ filled_on.year }}年{{ filled_on.month }}月{{ filled_on.day }}日填",
    "A3": "户主",
    "B3": "{{ head }}",
    "C3": "性别",
    "D3": "{{ sex }}",
    "E3": "收入",
    "F3": "{{ income }}",
    "A4": "贫困户",
    "B4": "{{ is_poor }}",
    "C4": "意愿",
    "D4": "{{ work }}",
    "A5": "致贫原因",
    "B5": "{{ reason }}",
    "A6": "意见",
    "B6": "{{ opinion }}",
    "B7": "{{ opinion_on.year }} 年 {{ opinion_on.month }} 月 {{ opinion_on.day }} 日",
    "A9": "序号",
    "B9": "户号",
    "C9": "姓名（性别）",
    "D9": "出生年月",
    "E9": "贫困户",
    "F9": "比例",
    "A10": "{%tr for r in people %}",
    "A11": "{{ r.row_number }}",
    "B11": "{{ r.household }}",
    "C11": "{{ r.name }}（{{ r.sex }}）",
    "D11": "{{ r.born }}",
    "E11": "{{ r.is_poor }}",
    "F11": "{{ r.share }}",
    "A12": "{%tr endfor %}",
    "A13": "走访记录",
    "A14": "日期",
    "B14": "内容",
    "C14": "金额",
    "C15": "合计",
    "D15": "物资",
    "A16": "{%tr for v in visits %}",
    "A17": "{{ v.on }}",
    "B17": "{{ v.note }}",
    "C17": "{{ v.spent }}",
    "D17": "{{ v.given }}",
    "A18": "{%tr endfor %}",
    "A19": "以上属实",
}
MERGES = ("A1:F1", "A6:A7", "B6:F6", "B7:F7", "B5:F5", "A13:F13", "A14:A15", "B14:B15", "C14:D14", "A19:F19", "A2:C2")


def make_form(folder: Path) -> Manifest:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "登记表"
    for name, value in FIRST.items():
        sheet[name] = value
    for area in MERGES:
        sheet.merge_cells(area)
    sheet["F11"].number_format = "0.0%"
    other = book.create_sheet("附注")
    other["A1"], other["B1"] = "附注", "{{ remark }}"
    for page in book.worksheets:
        for row in page.iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and "{{" in cell.value and cell.number_format == "General":
                    cell.border = Border()
                    cell.number_format = "@"
    book.save(folder / "form.xlsx")
    return Manifest("t/f", "1", "家庭情况登记表", "登记表", "form", "", "household", "reference", FIELDS, folder)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Manifest:
    return make_form(tmp_path_factory.mktemp("form"))


def read_back(form: Manifest, path: Path) -> Reading:
    read = read_xlsx(path, FormBook([form]))
    assert len(read.sheets) == 1 and not read.problems, read.problems
    return weigh(read.sheets[0], str(path))


@settings(max_examples=100, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_template_comes_back(made: Manifest, data: st.DataObject) -> None:
    """Unless a cell of words and values cannot be told apart: then it is in doubt."""
    record = data.draw(records_of(made))
    rendered = compile_xlsx(made).render(record, "K")
    assert rendered.content is not None
    path = made.folder / "filled.xlsx"
    path.write_bytes(rendered.content)
    reading = read_back(made, path)
    expected = as_read(made, record)
    for key, value in expected.items():
        if key in reading.doubts:
            continue
        if not isinstance(value, list):
            assert reading.values.get(key) == value, reading.problems
            continue
        assert len(reading.values[key]) == len(value)
        for number, (row, found) in enumerate(zip(value, reading.values[key], strict=True), 1):
            for name in {*row, *found}:
                if f"{key}.{number}.{name}" not in reading.doubts:
                    assert found.get(name) == row.get(name), reading.problems
    assert not [key for key in reading.values if key not in expected]
    assert not [path for path in reading.doubts if path.rpartition(".")[2] not in ("name", "sex")], reading.problems
    assert "F-READ-003" not in [problem.code for problem in reading.problems]


@settings(max_examples=60, deadline=None)
@given(
    rate=st.decimals(-200, 200, allow_nan=False),
    digits=st.integers(0, 40),
    format_code=st.sampled_from(["0%", "General", '0.0"%"', "@"]),
)
def test_a_share_of_any_length_comes_back(
    tmp_path_factory: pytest.TempPathFactory, rate: Decimal, digits: int, format_code: str
) -> None:
    """A cell's number keeps fifteen digits; longer shares, and those that would mean two things, are text in it."""
    folder = tmp_path_factory.mktemp("share")
    share = Decimal(f"{rate:.{digits}f}")
    column = Field("share", "补贴比例", "percent")
    fields = (Field("rate", "完成率", "percent"), Field("rows", "村", "table", table=Table("member", (column,), 1)))
    book = Workbook()
    sheet = book.worksheets[0]
    for row in (
        ["完成情况表"],
        ["完成率", "{{ rate }}"],
        ["序号", "补贴比例"],
        ["{%tr for r in rows %}"],
        ["{{ r.row_number }}", "{{ r.share }}"],
        ["{%tr endfor %}"],
    ):
        sheet.append(row)
    sheet["B2"].number_format = sheet["B5"].number_format = format_code
    book.save(folder / "form.xlsx")
    form = Manifest("t/s", "1", "完成情况表", "情况表", "form", "", "place", "reference", fields, folder)
    record = {"rate": share, "rows": [{"share": share}]}
    path = folder / "filled.xlsx"
    path.write_bytes(compile_xlsx(form).render(record, "K").content or b"")
    reading = read_back(form, path)
    assert (reading.values, reading.doubts) == (as_read(form, record), {})


def test_several_tables_on_a_sheet_and_several_sheets(made: Manifest, tmp_path: Path) -> None:
    kinds = {item.key: item.value_type for item in made.fields}
    record = {
        "unit": "袁庄乡",
        "remark": "无",
        "work": "养殖",
        "people": [{"name": "张三", "sex": "男", "share": kinds["income"].parse("12.5"), "is_poor": True}],
        "visits": [{"note": "送米", "spent": kinds["income"].parse("100")}, {"given": kinds["income"].parse("20")}],
    }
    path = tmp_path / "a.xlsx"
    path.write_bytes(compile_xlsx(made).render(record, "K").content or b"")
    book = openpyxl.load_workbook(path)
    book.save(path)
    reading = read_back(made, path)
    assert reading.values == as_read(made, record)
    assert reading.evidence["remark"].place == "附注!B1"
    assert reading.evidence["unit"].layer == "pattern"


@pytest.mark.parametrize(
    ("template", "cell", "expected"),
    [
        ("单位：{{ unit }}", "单位： 袁庄乡 ", {("unit", ""): "袁庄乡"}),
        ("单位：{{ unit }}", "单位：", {("unit", ""): ""}),
        ("单位：{{ unit }}", "袁庄乡", {("unit", ""): "袁庄乡"}),
        ("单位：{{ unit }}", "单位 袁庄乡", None),
        ("{{ d.year }} 年 {{ d.month }} 月", "2015年3月", {("d", "year"): "2015", ("d", "month"): "3"}),
        ("{{ d.year }} 年 {{ d.month }} 月", "2015-03", {("d", ""): "2015-03"}),
        ("{{ a }}（{{ b }}）", "张三（男）", {("a", ""): "张三", ("b", ""): "男"}),
        ("{{ a }}（{{ b }}）", "张（小）三（男）", None),
        ("{{ a }}（{{ b }}）", "张三 男", None),
    ],
)
def test_words_and_values_in_one_cell(template: str, cell: str, expected: Mapping[Any, str] | None) -> None:
    pattern = compile_pattern(template)
    assert pattern is not None
    assert pattern.read(cell) == expected


@pytest.mark.parametrize(
    "template", ["{{ a }}{{ b }}", "{% if a %}是{% endif %}", "{{ a|upper }}人", "{{ a }}共{{ a }}", "{{ a.b.c }}人"]
)
def test_what_cannot_be_read_backwards(template: str) -> None:
    assert compile_pattern(template) is None


def test_a_cell_whose_printed_words_were_changed(made: Manifest, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    record = {"people": [{"name": "张三", "sex": made.field("sex").value_type.parse("男")}]}
    path.write_bytes(compile_xlsx(made).render(record, "K").content or b"")
    book = openpyxl.load_workbook(path)
    book.worksheets[0]["C10"] = "张三 男"
    book.save(path)
    reading = read_back(made, path)
    assert set(reading.doubts) == {"people.1.name", "people.1.sex"}
    assert [problem.code for problem in reading.problems] == ["F-EXCEL-005", "F-EXCEL-005"]


def test_a_bare_number_for_a_day_of_an_unknown_year() -> None:
    born = Field("born", "出生年月", "date", {"precision": "day"})
    (raw,) = converted(born, [40823.0], is_1904=None)
    assert isinstance(raw, Refused) and raw.finding.code == "F-EXCEL-009"
    assert converted(born, [40823.0, 2015.0, "2015"], is_1904=True) == [datetime.date(2015, 10, 8), 2015.0, "2015"]
