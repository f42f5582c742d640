"""Templates that cannot work are refused when they are compiled, with sheet, cell and tag."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl.comments import Comment
from openpyxl.worksheet.table import Table as ExcelTable
from openpyxl.worksheet.worksheet import Worksheet

from formgen.errors import TemplateError
from formgen.rendering.xlsx import compile_xlsx
from tests.rendering.xlsx.workbooks import CLOSE, LOOP, OPEN, compiled, manifest, rewritten, with_shared_strings


def refused(folder: Path, cells: dict[str, Any], setup: Callable[[Worksheet], None] | None = None) -> tuple[str, ...]:
    with pytest.raises(TemplateError) as caught:
        compiled(folder, cells, setup)
    problem = caught.value.problem
    assert problem.place.file.endswith("form.xlsx")
    assert "…" not in problem.text("en"), "every parameter of the sentence is given"
    return problem.code, problem.place.cell, problem.found


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"B2": "{{ town"}, ("F-XLSX-001", "B2", "{{ town")),
        ({"B2": "town }}"}, ("F-XLSX-001", "B2", "town }}")),
        ({"B2": "{{ town | }}"}, ("F-XLSX-001", "B2", "{{ town | }}")),
        ({"B2": "{% if town %}x"}, ("F-XLSX-001", "B2", "{% if town %}x")),
        ({"B2": "{{ twon }}"}, ("F-XLSX-002", "B2", "{{ twon }}")),
        ({"B2": "{{ twon }}镇"}, ("F-XLSX-002", "B2", "{{ twon }}镇")),
        ({"B2": "{{ filled_on.hour }}"}, ("F-XLSX-002", "B2", "{{ filled_on.hour }}")),
        ({"B2": "{{ town.year }}"}, ("F-XLSX-002", "B2", "{{ town.year }}")),
        ({"B2": "{{ rows }}"}, ("F-XLSX-002", "B2", "{{ rows }}")),
        ({"B2": "{{ r.name }}"}, ("F-XLSX-002", "B2", "{{ r.name }}")),
        ({**LOOP, "B4": "{{ r.nmae }}"}, ("F-XLSX-002", "B4", "{{ r.nmae }}")),
        ({**LOOP, "B4": "{{ r.nmae }}人"}, ("F-XLSX-002", "B4", "{{ r.nmae }}人")),
        ({**LOOP, "A3": "{%tr for r in people %}"}, ("F-XLSX-002", "A3", "{%tr for r in people %}")),
        ({**LOOP, "A5": None}, ("F-XLSX-003", "A3", "")),
        ({"A5": CLOSE}, ("F-XLSX-003", "A5", "")),
        ({**LOOP, "A5": None, "A6": CLOSE}, ("F-XLSX-003", "A3", "")),
        ({"A3": OPEN, "A4": CLOSE}, ("F-XLSX-003", "A4", "")),
        ({"A3": OPEN, "A4": OPEN, "A5": CLOSE}, ("F-XLSX-003", "A4", "")),
        ({**LOOP, "A3": "{%tr if town %}"}, ("F-XLSX-004", "A3", "{%tr if town %}")),
        ({**LOOP, "A3": "{%tr for r in rows|list %}"}, ("F-XLSX-004", "A3", "{%tr for r in rows|list %}")),
        ({**LOOP, "A3": f"见 {OPEN}"}, ("F-XLSX-004", "A3", OPEN)),
        ({**LOOP, "B3": "说明"}, ("F-XLSX-005", "A3", f"{OPEN} 说明")),
        ({**LOOP, "C7": "=AVERAGE(C4:C4)"}, ("F-XLSX-006", "C7", "=AVERAGE(C4:C4)")),
        ({**LOOP, "C7": "=SUM(别的!C4:C4)"}, ("F-XLSX-006", "C7", "=SUM(别的!C4:C4)")),
        ({**LOOP, "D4": "=C4+C3"}, ("F-XLSX-007", "D4", "=C4+C3")),
        ({**LOOP, "D4": "=C4+C1"}, ("F-XLSX-007", "D4", "=C4+C1")),
        ({**LOOP, "D4": "=C4+C$7"}, ("F-XLSX-007", "D4", "=C4+C$7")),
        ({**LOOP, "D4": "=SUM(C$4:C$4)"}, ("F-XLSX-007", "D4", "=SUM(C$4:C$4)")),
        ({**LOOP, "C7": "=C4"}, ("F-XLSX-008", "C7", "=C4")),
        ({**LOOP, "C7": "=SUM(C1:C3)"}, ("F-XLSX-008", "C7", "=SUM(C1:C3)")),
        ({**LOOP, "C7": "=D7", "D7": "=C7"}, ("F-XLSX-013", "C7", "=C7")),
        ({**LOOP, "C7": "=SUM(C4:C8)"}, ("F-XLSX-013", "C7", "=SUM(C4:C8)")),
    ],
)
def test_a_broken_template_names_the_cell(tmp_path: Path, cells: dict[str, Any], expected: tuple[str, ...]) -> None:
    code, cell, found = refused(tmp_path, cells)
    if expected[0] == "F-XLSX-013":
        assert code == expected[0]
    else:
        assert (code, cell, found) == expected


def test_the_nearest_names_are_told(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match=r"附件 1!B4.*household"):
        compiled(tmp_path, {**LOOP, "B4": "{{ r.houshold }}"})


@pytest.mark.parametrize("tag", ["{{ ''.__class__ }}", "{{ town.__class__.__mro__ }}", "{% import 'os' as o %}x"])
def test_templates_run_in_a_sandbox(tmp_path: Path, tag: str) -> None:
    writer: Any = None
    with pytest.raises(TemplateError) as caught:
        writer = compiled(tmp_path, {"A1": tag})
        writer.render({"town": "x"}, "k")
    assert caught.value.problem.code in ("F-XLSX-001", "F-XLSX-002", "F-XLSX-025")
    assert caught.value.problem.place.cell == "A1"


def test_a_tag_that_fails_on_a_record_is_named(tmp_path: Path) -> None:
    writer = compiled(tmp_path, {"B2": "{{ 1 // (total|int) }}份"})
    with pytest.raises(TemplateError, match=r"F-XLSX-025.*附件 1!B2"):
        writer.render({"total": 0}, "k")


def test_a_tag_outside_of_a_cell(tmp_path: Path) -> None:
    def header(sheet: Worksheet) -> None:
        sheet.oddHeader.center.text = "{{ town }}"

    assert refused(tmp_path, LOOP, header)[0] == "F-XLSX-011"


def test_what_cannot_move_must_stand_above_the_loop(tmp_path: Path) -> None:
    def table(ref: str) -> Callable[[Worksheet], None]:
        def add(sheet: Worksheet) -> None:
            sheet["A8"], sheet["A1"] = "列", "列"
            sheet.add_table(ExcelTable(displayName="t", ref=ref))

        return add

    def comment(cell: str) -> Callable[[Worksheet], None]:
        def add(sheet: Worksheet) -> None:
            sheet[cell].comment = Comment("批注", "x")

        return add

    assert refused(tmp_path, LOOP, table("A8:A9")) == ("F-XLSX-009", "A9", "table")
    assert refused(tmp_path, LOOP, comment("B4")) == ("F-XLSX-009", "A4", "comments")
    compiled(tmp_path, LOOP, table("A1:A2"))
    compiled(tmp_path, LOOP, comment("B2"))


def test_other_sheets_may_not_look_at_moving_cells(tmp_path: Path) -> None:
    def other(formula: str) -> Callable[[Worksheet], None]:
        def add(sheet: Worksheet) -> None:
            sheet.parent.create_sheet("别的")["A1"] = formula

        return add

    assert refused(tmp_path, LOOP, other("='附件 1'!C7")) == ("F-XLSX-010", "", "'附件 1'!C7")
    compiled(tmp_path, LOOP, other("='附件 1'!C1"))


def test_a_name_of_a_marker_row_only(tmp_path: Path) -> None:
    def name(sheet: Worksheet) -> None:
        from openpyxl.workbook.defined_name import DefinedName

        sheet.parent.defined_names["f_rows"] = DefinedName("f_rows", attr_text="'附件 1'!$A$3:$C$3")

    assert refused(tmp_path, LOOP, name)[0] == "F-XLSX-008"


def test_an_array_formula_is_refused(tmp_path: Path) -> None:
    def array(sheet: Worksheet) -> None:
        from openpyxl.worksheet.formula import ArrayFormula

        sheet["C8"] = ArrayFormula("C8", "=SUM(C4:C4)")

    assert refused(tmp_path, LOOP, array)[:2] == ("F-XLSX-006", "C8")


@pytest.mark.parametrize("damage", [lambda xml: xml[:-30], lambda xml: xml.replace("main", "strict", 1)])
def test_a_sheet_that_cannot_be_read(tmp_path: Path, damage: Callable[[str], str]) -> None:
    compiled(tmp_path, LOOP)
    rewritten(tmp_path / "form.xlsx", {"xl/worksheets/sheet1.xml": damage})
    with pytest.raises(TemplateError, match="F-XLSX-012"):
        compile_xlsx(manifest(tmp_path))


def test_entities_of_a_template_are_not_expanded(tmp_path: Path) -> None:
    """No file of the machine gets into a form by way of its template."""
    (tmp_path / "secret").write_text("geheim", "utf-8")
    compiled(tmp_path, {"A1": "{{ town }}", "A2": "SECRET"})
    with_shared_strings(tmp_path / "form.xlsx")
    entity = f'<!DOCTYPE x [<!ENTITY s SYSTEM "{(tmp_path / "secret").as_uri()}">]><sst'
    rewritten(
        tmp_path / "form.xlsx",
        {"xl/sharedStrings.xml": lambda xml: xml.replace("<sst", entity, 1).replace("SECRET", "&s;{{ town }}")},
    )
    with pytest.raises(TemplateError, match=r"F-XLSX-012.*sharedStrings.xml.*DOCTYPE"):
        compile_xlsx(manifest(tmp_path))
