"""Filled tables as openpyxl reads them: values, styles, heights, merges, names and what stands below."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Border, Font, PatternFill, Side
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.worksheet import Worksheet

from formgen.errors import OutputError
from formgen.forms.catalogue import Catalogue
from formgen.rendering.xlsx import compile_xlsx, references
from formgen.values import PartialDate
from tests.rendering.xlsx.workbooks import CLOSE, LOOP, OPEN, compiled, filled, rewritten, with_shared_strings

PEOPLE = [
    {"household": "01", "name": "甲", "count": 3},
    {"household": "01", "name": "乙", "count": 3},
    {"household": "02", "name": "丙", "count": 2},
    {"household": None, "name": "丁", "count": None},
    {"household": None, "name": "戊", "count": 1},
]


def set_up(sheet: Worksheet) -> None:
    """Everything that refers to rows, around and below the loop of rows 3 to 5."""
    thin = Side(style="thin")
    for column in "ABC":
        sheet[f"{column}4"].border = Border(thin, thin, thin, thin)
    sheet["B4"].font = Font(name="宋体", size=9, bold=True)
    sheet["A4"].number_format = "@"
    sheet.row_dimensions[4].height = 27.5
    sheet.row_dimensions[7].height = 41
    sheet.merge_cells("A1:C1")
    sheet.merge_cells("D4:E4")
    sheet.merge_cells("A8:C9")
    sheet.print_title_rows = "1:2"
    sheet.print_area = "A1:C9"
    sheet.freeze_panes = "A3"
    sheet.auto_filter.ref = "A2:C4"
    sheet.row_breaks.append(Break(id=7))
    rule = DataValidation(type="list", formula1='"1,2,3"', sqref="C4")
    far = DataValidation(type="whole", operator="lessThan", formula1="$C$8", sqref="C7 B4")
    sheet.add_data_validation(rule)
    sheet.add_data_validation(far)
    red = PatternFill("solid", bgColor="FF0000")
    sheet.conditional_formatting.add("A4:C4", FormulaRule(formula=["$C4>$C$8"], fill=red))
    sheet["A7"].hyperlink = "https://example.org/"
    for name, cells in {"f_rows": "$A$4:$C$4", "f_total": "$C$7", "f_town": "$A$1", "block": "$A$3:$C$5"}.items():
        sheet.parent.defined_names[name] = DefinedName(name, attr_text=f"'附件 1'!{cells}")


CELLS = {
    **LOOP,
    "A1": "{{ town }}镇",
    "D4": "{{ r.note }}",
    "C4": "{{ r.count }}",
    "A7": "合计",
    "C7": "=SUM(C4:C4)",
    "A8": "注",
}


@pytest.mark.parametrize("is_shared", [False, True])
def test_everything_follows_the_rows(tmp_path: Path, is_shared: bool) -> None:
    writer = compiled(tmp_path, CELLS, set_up)
    if is_shared:
        with_shared_strings(tmp_path / "form.xlsx")
        writer = compile_xlsx(writer._manifest)
    sheet = filled(writer, {"town": "城关", "rows": iter(PEOPLE)})
    assert [[cell.value for cell in row[:3]] for row in sheet["A3:C7"]] == [
        ["01", "甲", 3],
        ["01", "乙", 3],
        ["02", "丙", 2],
        [None, "丁", None],
        [None, "戊", 1],
    ]
    assert sheet["A1"].value == "城关镇"
    assert {sheet.row_dimensions[row].height for row in range(3, 8)} == {27.5}
    assert sheet.row_dimensions[9].height == 41
    template = openpyxl.load_workbook(tmp_path / "form.xlsx").active
    for row in range(3, 8):
        for column in "ABCDE":
            assert sheet[f"{column}{row}"]._style == template[f"{column}4"]._style
    assert (sheet["A9"].value, sheet["C9"].value, sheet["A10"].value) == ("合计", "=SUM(C3:C7)", "注")
    merges = {str(merged) for merged in sheet.merged_cells.ranges}
    assert merges == {"A1:C1", "A10:C11", *(f"D{row}:E{row}" for row in range(3, 8))}
    assert sheet.print_area == "'附件 1'!$A$1:$C$11"
    assert sheet.print_title_rows == "$1:$2"
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A3", "A2:C7")
    assert [one.id for one in sheet.row_breaks.brk] == [9]
    assert {str(one.sqref): one.formula1 for one in sheet.data_validations.dataValidation} == {
        "C3:C7": '"1,2,3"',
        "B3:B7 C9": "$C$10",
    }
    (ranges,) = [
        (str(key.sqref), [rule.formula for rule in rules])
        for key, rules in sheet.conditional_formatting._cf_rules.items()
    ]
    assert ranges == ("A3:C7", [["$C3>$C$10"]])
    assert sheet["A9"].hyperlink is not None and sheet["A9"].hyperlink.ref == "A9"
    names = {name: one.attr_text for name, one in sheet.parent.defined_names.items()}
    assert names == {
        "f_rows": "'附件 1'!$A$3:$C$7",
        "f_total": "'附件 1'!$C$9",
        "f_town": "'附件 1'!$A$1",
        "block": "'附件 1'!$A$3:$C$7",
    }
    assert sheet.dimensions == "A1:E11"
    assert filled(writer, {"rows": PEOPLE}, values=True)["C9"].value == 9


def test_a_table_without_rows_keeps_one_empty_row(tmp_path: Path) -> None:
    sheet = filled(compiled(tmp_path, {**CELLS, "B4": "{{ r.row_number }}"}, set_up), {})
    assert [cell.value for cell in sheet[3][:3]] == [None, None, None]
    assert sheet["A3"].border.left.style == "thin"
    assert (sheet["A5"].value, sheet["C5"].value) == ("合计", "=SUM(C3:C3)")


def test_the_blank_form_has_the_manifests_rows(tmp_path: Path) -> None:
    writer = compiled(tmp_path, CELLS, set_up)
    rendered = writer.render_blank()
    assert rendered.content is not None and rendered.problems == ()
    sheet = openpyxl.load_workbook(BytesIO(rendered.content)).active
    assert sheet is not None
    assert [sheet[f"A{row}"].value for row in range(3, 8)] == [None, None, None, None, "合计"]


def test_one_cell_spans_the_rows_of_a_household(tmp_path: Path) -> None:
    writer = compiled(tmp_path, {**LOOP, "A7": "=SUM(C4:C4)"}, merge_by="household")
    people = [{"household": key, "count": 1} for key in ["1", "1", "1", "2", None, None, "1", "3", "3"]]
    sheet = filled(writer, {"rows": people})
    assert {str(merged) for merged in sheet.merged_cells.ranges} == {"A3:A5", "A10:A11"}
    assert [sheet[f"A{row}"].value for row in range(3, 12)] == ["1", None, None, "2", None, None, "1", "3", None]
    assert sheet["A13"].value == "=SUM(C3:C11)"


def test_a_merged_household_counts_once_in_a_total(tmp_path: Path) -> None:
    cells = {**LOOP, "A4": "{{ r.count }}", "B4": "{{ r.name }}", "C4": None, "A7": "=SUM(A4:A4)"}
    writer = compiled(tmp_path, cells, merge_by="count")
    people = [{"count": count} for count in (4, 4, 3)]
    assert filled(writer, {"rows": people}, values=True)["A7"].value == 7


def test_formulas_of_a_row_look_at_their_own_row(tmp_path: Path) -> None:
    cells = {**LOOP, "B1": 100, "D4": "=E4+1", "E4": "=SUM(C4:C4)*B$1", "C7": "=SUM(C4:E4)", "C8": "=C7-B1"}
    writer = compiled(tmp_path, cells)
    formulas = filled(writer, {"rows": PEOPLE})
    assert [formulas[f"{column}5"].value for column in "DE"] == ["=E5+1", "=SUM(C5:C5)*B$1"]
    assert (formulas["C9"].value, formulas["C10"].value) == ("=SUM(C3:E7)", "=C9-B1")
    values = filled(writer, {"rows": PEOPLE}, values=True)
    assert [values[f"D{row}"].value for row in range(3, 8)] == [301, 301, 201, 1, 101]
    assert (values["C9"].value, values["C10"].value) == (9 + 900 + 905, 9 + 900 + 905 - 100)


def test_totals_above_the_table_know_what_is_below(tmp_path: Path) -> None:
    writer = compiled(tmp_path, {**LOOP, "C1": "=SUM(C4:C4)+C8", "C8": "{{ total }}"})
    record = {"rows": iter(PEOPLE), "total": 1000}
    assert filled(writer, record, values=True)["C1"].value == 1009
    assert filled(writer, {"rows": iter(PEOPLE)})["C1"].value == "=SUM(C3:C7)+C10"


def test_shared_formulas_become_each_cells_own(tmp_path: Path) -> None:
    cells = {**LOOP, "D4": "{{ r.income }}", "C7": "=SUM(C4:C4)", "D7": "=SUM(D4:D4)"}
    writer = compiled(tmp_path, cells)
    rewritten(
        tmp_path / "form.xlsx",
        {
            "xl/worksheets/sheet1.xml": lambda xml: xml.replace(
                "<f>SUM(C4:C4)</f>", '<f t="shared" ref="C7:D7" si="0">SUM(C4:C4)</f>'
            ).replace("<f>SUM(D4:D4)</f>", '<f t="shared" si="0"/>')
        },
    )
    people = [{**one, "income": Decimal("0.5")} for one in PEOPLE]
    sheet = filled(compile_xlsx(writer._manifest), {"rows": people})
    assert (sheet["C9"].value, sheet["D9"].value) == ("=SUM(C3:C7)", "=SUM(D3:D7)")
    assert filled(compile_xlsx(writer._manifest), {"rows": people}, values=True)["D9"].value == 2.5


def test_text_in_a_sum_of_cells_leaves_the_formula_without_value(tmp_path: Path) -> None:
    writer = compiled(tmp_path, {**LOOP, "D4": "=C4+B4"})
    rendered = writer.render({"rows": PEOPLE[:1]}, "k")
    (problem,) = rendered.problems
    assert (problem.code, problem.place.cell, problem.found) == ("F-XLSX-024", "D3", "=C4+B4")
    assert filled(writer, {"rows": PEOPLE[:1]}, values=True)["D3"].value is None


def test_several_tables_and_sheets(tmp_path: Path) -> None:
    def second(sheet: Worksheet) -> None:
        other = sheet.parent.create_sheet("附件2")
        other["A1"], other["A2"], other["A3"] = "{%tr for x in rows %}", "{{ x.name }}", CLOSE
        other["A4"] = "{{ town }}"
        sheet.parent.create_sheet("说明")["A1"] = "=TODAY()"

    cells = {**LOOP, "A7": "{%tr for o in others %}", "A8": "{{ o.name }}", "B8": "{{ o.row_number }}.", "A9": CLOSE}
    writer = compiled(tmp_path, {**cells, "A10": "=SUM(C4:C4)"}, second)
    content = writer.render(
        {"town": "镇", "rows": iter(PEOPLE), "others": [{"name": "己"}, {"name": "庚"}]}, "k"
    ).content
    assert content is not None
    book = openpyxl.load_workbook(BytesIO(content))
    first = book["附件 1"]
    assert [first[f"A{row}"].value for row in (9, 10, 11)] == ["己", "庚", "=SUM(C3:C7)"]
    assert [first[f"B{row}"].value for row in (9, 10)] == ["1.", "2."]
    assert [cell.value for cell in book["附件2"]["A"]] == ["甲", "乙", "丙", "丁", "戊", "镇"]
    assert book["说明"]["A1"].value == "=TODAY()"


def test_streamed_and_rendered_are_the_same_workbook(tmp_path: Path) -> None:
    writer = compiled(tmp_path, CELLS, set_up)
    people = [{"household": str(number), "name": "=1+1", "count": number} for number in range(3000)]
    target = tmp_path / "out.xlsx"
    assert writer.render_to(target, {"rows": iter(people)}, "k") == ()
    content = writer.render({"rows": people}, "k").content
    assert content is not None
    streamed, rendered = (openpyxl.load_workbook(BytesIO(one)).active for one in (target.read_bytes(), content))
    assert streamed is not None and rendered is not None
    assert list(streamed.values) == list(rendered.values)
    stream = BytesIO()
    writer.render_to(stream, {"rows": iter(people)}, "k")
    assert stream.getvalue() == target.read_bytes()


def test_more_rows_than_a_sheet_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is written, nothing is cut."""
    writer = compiled(tmp_path, LOOP)
    monkeypatch.setattr("formgen.rendering.xlsx.loops.MAX_ROWS", 6)
    rendered = writer.render({"rows": PEOPLE}, "k")
    assert rendered.content is None
    assert [(problem.code, problem.record) for problem in rendered.problems] == [("F-XLSX-020", "k")]
    with pytest.raises(OutputError, match="F-XLSX-020"):
        writer.render_to(tmp_path / "out.xlsx", {"rows": PEOPLE}, "k")
    assert not (tmp_path / "out.xlsx").exists()
    assert references.MAX_ROWS == 1_048_576


def test_what_stands_below_must_fit_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writer = compiled(tmp_path, {**LOOP, "A9": "注"})
    assert writer.render({"rows": PEOPLE}, "k").content is not None
    monkeypatch.setattr("formgen.rendering.xlsx.sheet.MAX_ROWS", 10)
    assert [problem.code for problem in writer.render({"rows": PEOPLE}, "k").problems] == ["F-XLSX-020"]


def test_what_belongs_to_a_marker_row_goes_with_it(tmp_path: Path) -> None:
    def marked(sheet: Worksheet) -> None:
        sheet.merge_cells("A3:C3")
        sheet.merge_cells("A5:C5")
        sheet["A3"].hyperlink = "https://example.org/"
        sheet.add_data_validation(DataValidation(type="list", formula1='"1"', sqref="C3"))
        sheet.add_data_validation(DataValidation(type="list", formula1='"2"', sqref="C5 C7"))
        fill = PatternFill("solid", bgColor="FF0000")
        sheet.conditional_formatting.add("A5:C5", FormulaRule(formula=["$C5>1"], fill=fill))

    sheet = filled(compiled(tmp_path, {**LOOP, "C7": "x"}, marked), {"rows": PEOPLE})
    assert not sheet.merged_cells.ranges and not sheet.conditional_formatting
    assert [str(one.sqref) for one in sheet.data_validations.dataValidation] == ["C9"]
    assert not any(cell.hyperlink for row in sheet.iter_rows() for cell in row)


def test_rows_that_cannot_be_read_leave_nothing_behind(tmp_path: Path) -> None:
    def broken() -> Iterator[dict[str, Any]]:
        yield PEOPLE[0]
        raise RuntimeError("dataset")

    writer = compiled(tmp_path, LOOP)
    with pytest.raises(RuntimeError, match="dataset"):
        writer.render_to(tmp_path / "out.xlsx", {"rows": broken()}, "k")
    assert [path.name for path in tmp_path.iterdir()] == ["form.xlsx"]


def test_dates_have_parts(tmp_path: Path) -> None:
    cells = {"A1": "{{ filled_on.year }}年{{ filled_on.month }}月{{ filled_on.day }}日", "A2": "{{ filled_on }}"}
    loop = {**LOOP, "B4": "{{ r.born }}", "C4": "{{ r.born.year }}"}
    writer = compiled(tmp_path, {**cells, **loop})
    sheet = filled(writer, {"filled_on": PartialDate(2015, 3, 2), "rows": [{"born": PartialDate(1960, 1)}, {}]})
    assert (sheet["A1"].value, sheet["A2"].value) == ("2015年3月2日", "2015年3月2日")
    assert [cell.value for cell in sheet[3][1:3]] == ["1960年1月", "1960"]
    blank = filled(writer, {})
    assert (blank["A1"].value, blank["A2"].value, blank["C3"].value) == ("年月日", None, None)


@pytest.mark.parametrize("form", ["survey-sheet", "beneficiary-roster", "task-plan"])
def test_the_programmes_templates(form: str) -> None:
    writer = compile_xlsx(Catalogue().form(f"xinmi-2015/{form}"))
    rendered = writer.render_blank()
    assert rendered.problems == () and rendered.content is not None
    sheet = openpyxl.load_workbook(BytesIO(rendered.content)).active
    assert isinstance(sheet, Worksheet)
    assert not any("{" in str(cell.value) for row in sheet.iter_rows() for cell in row)
    assert sheet.print_area.endswith(f"${sheet.max_row}")


def test_markers_are_the_documented_ones() -> None:
    assert (OPEN, CLOSE) == ("{%tr for r in rows %}", "{%tr endfor %}")
