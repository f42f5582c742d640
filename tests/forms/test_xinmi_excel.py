"""The Excel templates of xinmi-2015 (annexes 1, 5 and 6) against the notice, their manifests and the page.

`notice` is the text of 新密残联〔2015〕12号, copied: one row a line, cells parted by tabs, blanks as `_____`.
Each cell must be found in the template, in this order, with nothing between.
"""

from __future__ import annotations

import functools
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
import yaml
from lxml import etree
from openpyxl import load_workbook
from openpyxl.cell.cell import Cell
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from tests.forms.wordforms import TEMPLATES, squeeze

SURVEY_SHEET = """\
附件1
“农村基层党组织助残扶贫工程”贫困残疾人家庭调查登记表
乡(镇)、街道办事处	 _____ 村(社区)
编号	姓名	性别	年龄	残疾类别/等级	住址	家庭人口	就业愿望		联系方式	残疾人证号
							残疾人本人愿望	其他家人愿望
填表人：	填表日期：	年 月 日
"""

BENEFICIARY_ROSTER = """\
附件 5
产业集聚区党组织开展“基层党组织助残扶贫基地”帮扶残疾人花名册
乡(镇)街道办事处	村(社区)
户号	残疾人姓名	性别	户人口数	家庭人均纯收入(元/年)	人均住房面积(平方米)	残疾类型及等级	残疾人证号
注：1、一户多残家庭填一个户号，重点保障；
2、此表一式两份，市、乡残联各存一份；
3、此表必须加盖乡(镇)办党(工)委、乡残联公章。
"""

TASK_PLAN = """\
附件 6
“农村基层党组织助残扶贫工程”
2015-2020 年任务分配计划表
年度	2015 年	2016 年	2017 年	2018 年	2019 年	2020 年	合 计
任务
乡(镇) 街道办事处
合 计
备注：每个乡(镇)、街道办事处至少一个村(社区)，此表任务数为基层党组织帮扶任务数。
"""
"""The corner's three words stand here from top to bottom between its diagonals: 年度, 任务, 乡(镇)街道办事处."""

TAG = re.compile(r"\{\{ (\w+(?:\.\w+)?) \}\}")
START, END = "{%tr for r in rows %}", "{%tr endfor %}"
TEXT_TYPES = {"text", "name", "sex", "phone", "disability", "disability-certificate", "place", "signature", "date"}
A4 = 9
"""ECMA-376 Part 1, 18.3.1.63 (paperSize)."""
MM_PER_INCH = 25.4
A4_MM = (210.0, 297.0)
PX_PER_INCH = 96
DIGIT_PX = 8
"""Width of a digit in the workbook's default type, 宋体 11 pt, at 96 dpi: the unit of column widths."""


@dataclass(frozen=True)
class ExcelForm:
    """An Excel template under test. `titles`: the rows that every page repeats."""

    name: str
    notice: str
    orientation: str
    titles: str

    def __str__(self) -> str:
        return self.name

    @property
    def id(self) -> str:
        return f"xinmi-2015/{self.name}"

    @functools.cached_property
    def manifest(self) -> Mapping[str, Any]:
        data: Mapping[str, Any] = yaml.safe_load((TEMPLATES / self.id / "form.yaml").read_text("utf-8"))
        return data

    @functools.cached_property
    def parts(self) -> Mapping[str, bytes]:
        with zipfile.ZipFile(TEMPLATES / self.id / "form.xlsx") as package:
            return {name: package.read(name) for name in package.namelist()}

    @functools.cached_property
    def book(self) -> Any:
        return load_workbook(TEMPLATES / self.id / "form.xlsx")

    @property
    def sheet(self) -> Worksheet:
        (sheet,) = self.book.worksheets
        assert isinstance(sheet, Worksheet)
        return sheet

    @functools.cached_property
    def names(self) -> Mapping[str, str]:
        """Reference of each defined name, without the sheet's name and `$`."""
        found = {}
        for name, defined in self.book.defined_names.items():
            ((title, reference),) = defined.destinations
            assert title == self.sheet.title
            found[name] = reference.replace("$", "")
        return found

    @property
    def table(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = next(entry for entry in self.manifest["fields"] if "columns" in entry)
        return found

    @property
    def loop_row(self) -> int:
        (row,) = [cell.row for cell in self.cells() if cell.value == START]
        return int(row) + 1

    def cells(self) -> Iterator[Cell]:
        """Cells with content, in print order."""
        for row in self.sheet.iter_rows():
            yield from (cell for cell in row if isinstance(cell, Cell) and cell.value is not None)


SURVEY = ExcelForm("survey-sheet", SURVEY_SHEET, "landscape", "$5:$6")
ROSTER = ExcelForm("beneficiary-roster", BENEFICIARY_ROSTER, "landscape", "$5:$5")
PLAN = ExcelForm("task-plan", TASK_PLAN, "portrait", "$5:$7")
FORMS = [SURVEY, ROSTER, PLAN]
YEARS = range(2015, 2021)

every_form = pytest.mark.parametrize("form", FORMS, ids=str)


def type_of(entry: Mapping[str, Any]) -> str:
    terms = yaml.safe_load((TEMPLATES.parent / "formgen/vocabulary/terms.yaml").read_text("utf-8"))["terms"]
    return str(entry.get("type") or terms[entry["term"]]["type"])


@every_form
def test_wording_is_the_notices(form: ExcelForm) -> None:
    found = [text for cell in form.cells() if cell.data_type != "f" and (text := squeeze(str(cell.value)))]
    expected = [text for cell in re.split(r"[\n\t]", form.notice) if (text := squeeze(cell))]
    assert found == expected


@every_form
def test_each_field_has_its_tag_or_its_sum(form: ExcelForm) -> None:
    """A typed field has a tag (a date may have one for each part); a total has a formula and no tag."""
    tags = Counter(match for cell in form.cells() for match in TAG.findall(str(cell.value)))
    assert not [tag for tag, count in tags.items() if count > 1]
    expected = {f"r.{column['key']}" for column in form.table["columns"] if "total_of" not in column}
    for entry in form.manifest["fields"]:
        if "columns" in entry or "total_of" in entry:
            continue
        key = entry["key"]
        expected |= {f"{key}.{part}" for part in ("year", "month", "day")} if type_of(entry) == "date" else {key}
    assert set(tags) == expected


@every_form
def test_a_cell_holds_text_or_one_tag(form: ExcelForm) -> None:
    """Only a date's line mixes them."""
    for cell in form.cells():
        text = str(cell.value)
        if "{" in text and text not in (START, END):
            assert TAG.fullmatch(text) or re.fullmatch(r"(\{\{ (\w+)\.\w+ \}\}[\u3000年月日]+){3}", text), text


@every_form
def test_loop_row_stands_between_its_markers(form: ExcelForm) -> None:
    row = form.loop_row
    marks = {cell.coordinate: cell.value for cell in form.cells() if "{%" in str(cell.value)}
    assert marks == {f"A{row - 1}": START, f"A{row + 1}": END}
    found = [str(cell.value) for cell in form.sheet[row]]
    for text, column in zip(found, form.table["columns"], strict=True):
        assert text.startswith("=SUM(") if "total_of" in column else text == f"{{{{ r.{column['key']} }}}}"
    touching = [m for m in form.sheet.merged_cells.ranges if m.min_row <= row + 1 and m.max_row >= row - 1]
    assert not touching, "merged cells stay off the rows that move"


@every_form
def test_defined_names_lead_to_the_fields(form: ExcelForm) -> None:
    last = get_column_letter(len(form.table["columns"]))
    expected = {"f_rows": f"A{form.loop_row}:{last}{form.loop_row}"}
    for cell in form.cells():
        for tag in TAG.findall(str(cell.value)):
            if not tag.startswith("r."):
                expected[f"f_{tag.partition('.')[0]}"] = cell.coordinate
    totals = [entry["key"] for entry in form.manifest["fields"] if "total_of" in entry]
    for key, cell in zip(totals, form.sheet[form.loop_row + 2][1:], strict=False):
        expected[f"f_{key}"] = cell.coordinate
    assert form.names == expected


@every_form
def test_page_is_a4_as_wide_as_the_table(form: ExcelForm) -> None:
    setup = form.sheet.page_setup
    assert (int(setup.paperSize), setup.orientation) == (A4, form.orientation)
    assert form.sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (int(setup.fitToWidth), int(setup.fitToHeight)) == (1, 0), "as wide as a page, as many pages as needed"
    assert form.sheet.print_options.horizontalCentered
    widths = [dimension.width for dimension in form.sheet.column_dimensions.values()]
    assert len(widths) == len(form.table["columns"])
    pixels = sum(width * DIGIT_PX for width in widths)
    margins = form.sheet.page_margins
    room = A4_MM[form.orientation == "landscape"] / MM_PER_INCH - margins.left - margins.right
    assert 0.97 < pixels / PX_PER_INCH / room <= 1, "printed at full size"


@every_form
def test_print_titles_and_area(form: ExcelForm) -> None:
    sheet = form.sheet
    assert sheet.print_title_rows == form.titles
    last = get_column_letter(len(form.table["columns"]))
    assert sheet.print_area == f"'{sheet.title}'!$A$1:${last}${sheet.max_row}"
    header = int(form.titles.rpartition("$")[2])
    assert header == form.loop_row - 2, "the header ends where the loop begins"
    assert sheet.freeze_panes == f"A{header + 1}"


@every_form
def test_blank_form_fits_one_page(form: ExcelForm) -> None:
    """Also at full size, with its blank rows: what an official prints to fill by hand."""
    heights = {row: form.sheet.row_dimensions[row].height for row in range(1, form.sheet.max_row + 1)}
    assert None not in heights.values(), "every row has its height"
    markers = (form.loop_row - 1, form.loop_row + 1)
    times = {form.loop_row: form.table["blank_rows"], **dict.fromkeys(markers, 0)}
    used = sum((height or 0) * times.get(row, 1) for row, height in heights.items())
    margins = form.sheet.page_margins
    room = 72 * (A4_MM[form.orientation == "portrait"] / MM_PER_INCH - margins.top - margins.bottom)
    assert 0.9 * room < used <= room


@every_form
def test_ids_and_texts_are_text_cells(form: ExcelForm) -> None:
    """A certificate or phone in a number's cell loses its last digits; 2/3 in a general one becomes a date."""
    cells = {TAG.findall(str(cell.value))[0]: cell for cell in form.cells() if TAG.search(str(cell.value))}
    entries = {f"r.{column['key']}": column for column in form.table["columns"]}
    entries |= {entry["key"]: entry for entry in form.manifest["fields"]}
    for tag, cell in cells.items():
        entry = entries.get(tag) or entries[tag.partition(".")[0]]
        assert (cell.number_format == "@") == (type_of(entry) in TEXT_TYPES), tag


@every_form
def test_numbers_of_a_person_stay_on_one_line(form: ExcelForm) -> None:
    for cell in form.sheet[form.loop_row]:
        if cell.value in ("{{ r.certificate }}", "{{ r.phone }}", "{{ r.name }}"):
            assert cell.alignment.shrink_to_fit
            assert not cell.alignment.wrap_text
        if cell.value == "{{ r.certificate }}":
            points = form.sheet.column_dimensions[cell.column_letter].width * DIGIT_PX * 72 / PX_PER_INCH
            assert points >= 20 * cell.font.size / 2 + 4, "20 half-width characters at full size, and the cell's edges"


@every_form
def test_loop_cells_have_all_four_borders(form: ExcelForm) -> None:
    for cell in form.sheet[form.loop_row]:
        sides = (cell.border.left, cell.border.right, cell.border.top, cell.border.bottom)
        assert [side.style for side in sides] == ["thin"] * 4, cell.coordinate


@every_form
def test_package_carries_its_identity(form: ExcelForm) -> None:
    values = {item.name: item.value or "" for item in form.book.custom_doc_props.props}
    assert values == {
        "formgen.form": form.id,
        "formgen.version": str(form.manifest["version"]),
        "formgen.record": "",
    }
    assert form.book.properties.title == form.manifest["title"]
    assert form.book.properties.creator == "formgen"
    with zipfile.ZipFile(TEMPLATES / form.id / "form.xlsx") as package:
        assert {info.date_time for info in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_the_plan_sums_each_row_each_year_and_all() -> None:
    row = PLAN.loop_row
    formulas = {cell.coordinate: cell.value for cell in PLAN.cells() if cell.data_type == "f"}
    expected = {f"{column}{row + 2}": f"=SUM({column}{row}:{column}{row})" for column in "BCDEFGH"}
    assert formulas == {f"H{row}": f"=SUM(B{row}:G{row})", **expected}
    assert PLAN.names["f_total_2015"] == f"B{row + 2}"
    assert PLAN.names["f_total"] == f"H{row + 2}"


def test_every_formula_has_a_cached_value() -> None:
    """Programs that do not calculate (viewers, readers of data) show the cached value."""
    sheet = etree.fromstring(PLAN.parts["xl/worksheets/sheet1.xml"])
    cached = [cell.findtext("{*}v") for cell in sheet.iter("{*}c") if cell.find("{*}f") is not None]
    assert cached == ["0"] * (len(YEARS) + 2)


def test_a_blank_plan_shows_no_zeros() -> None:
    formats = {cell.number_format for cell in PLAN.cells() if cell.data_type == "f"}
    assert formats == {"0;-0;;@"}


def test_the_corner_of_the_plan_has_two_diagonals() -> None:
    corner = [PLAN.sheet.cell(row, 1) for row in (5, 6, 7)]
    assert [bool(cell.border.diagonalDown and cell.border.diagonal.style) for cell in corner] == [True, False, True]


def test_the_wish_for_work_has_two_columns_under_one_head() -> None:
    merged = {str(item) for item in SURVEY.sheet.merged_cells.ranges}
    assert {"H5:I5", "A5:A6", "K5:K6"} <= merged
    assert (SURVEY.sheet["H5"].value, SURVEY.sheet["H6"].value) == ("就业愿望", "残疾人本人愿望")
