"""What a cell holds: text stays the text it was, numbers are numbers, nothing becomes a formula."""

from __future__ import annotations

import re
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import python_calamine
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.worksheet.worksheet import Worksheet

from formgen.rendering.xlsx import CompiledXlsx, compile_xlsx
from tests.rendering.xlsx.workbooks import CLOSE, LOOP, OPEN, compiled, filled, with_shared_strings

ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
AWKWARD = [
    "=1+1",
    "+1",
    "@x",
    "-",
    "007",
    " a ",
    "一\n二",
    "a\r\nb",
    "👨‍👩‍👧",
    "𬱖",
    "_x0041_",
    "__x0009_x000A_",
    "a\x07b",
    "&lt;<b>&",
    "\t",
    "'1",
]
TEXTS = st.one_of(st.sampled_from(AWKWARD), st.text(max_size=30), st.text("=+-@_x0041AF&<>\"' \n\x00\x1f", max_size=20))
CELLS = {**LOOP, "A1": "{{ town }}", "A2": "《{{ town }}》", "C4": "{{ r.note }}", "D4": "〔{{ r.note }}〕"}


def expected(text: str) -> str:
    return re.sub("\r\n?", "\n", ILLEGAL.sub("", text))


def unescaped(value: object) -> str:
    """openpyxl leaves _x005F_ in inline text as it is; Excel reads an underscore."""
    return re.sub("_x([0-9A-Fa-f]{4})_", lambda match: chr(int(match[1], 16)), str(value or ""))


@pytest.fixture(scope="module")
def writer(tmp_path_factory: pytest.TempPathFactory) -> CompiledXlsx:
    return compiled(tmp_path_factory.mktemp("texts"), CELLS)


@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=5), TEXTS)
def test_texts_are_read_back_equal(writer: CompiledXlsx, rows: list[tuple[str, str]], town: str) -> None:
    record = {"town": town, "rows": [{"name": name, "note": note} for name, note in rows]}
    rendered = writer.render(record, "k")
    assert rendered.content is not None
    wanted = [expected(town), f"《{expected(town)}》"]
    for name, note in rows:
        wanted += [expected(name), expected(note), f"〔{expected(note)}〕"]
    sheet = openpyxl.load_workbook(BytesIO(rendered.content)).active
    assert isinstance(sheet, Worksheet)
    spots = ["A1", "A2", *(f"{column}{row}" for row in range(3, 3 + len(rows)) for column in "BCD")]
    assert [unescaped(sheet[spot].value) for spot in spots] == wanted
    assert not any(sheet[spot].data_type == "f" for spot in spots)
    table = python_calamine.load_workbook(BytesIO(rendered.content)).get_sheet_by_index(0)
    read = table.to_python(skip_empty_area=False)
    padded = [[*line, "", "", "", ""] for line in [*read, *[[] for _ in range(len(rows) + 2)]]]
    got = [padded[0][0], padded[1][0], *(cell for line in padded[2 : 2 + len(rows)] for cell in line[1:4])]
    assert got == wanted
    has_illegal = any(ILLEGAL.search(text) for text in (town, *(text for row in rows for text in row)))
    assert ("F-RENDER-001" in {problem.code for problem in rendered.problems}) == has_illegal


def test_characters_left_out_are_named_with_their_cell(writer: CompiledXlsx) -> None:
    rendered = writer.render({"rows": [{}, {"name": "a\x07\x0bb"}]}, "k9")
    (problem,) = rendered.problems
    assert (problem.code, problem.place.cell, problem.place.label) == ("F-RENDER-001", "B4", "姓名")
    assert (problem.found, problem.record) == ("U+0007, U+000B", "k9")


def test_numbers_are_numbers_and_numbers_of_people_are_text(tmp_path: Path) -> None:
    cells = {
        **LOOP,
        "A1": "{{ total }}",
        "B1": "{{ rate }}",
        "C1": "{{ rate }}",
        "A4": "{{ r.count }}",
        "B4": "{{ r.income }}",
        "C4": "{{ r.share }}",
        "D4": "{{ r.phone }}",
        "E4": "{{ r.row_number }}",
        "F4": "{{ r.count }}",
        "G4": "{{ r.share }}",
        "H4": "{{ r.household }}",
        "I4": "{{ r.share }}",
    }

    def formats(sheet: Worksheet) -> None:
        sheet["F4"].number_format = "@"
        sheet["I4"].number_format = "@"
        sheet["G4"].number_format = sheet["C1"].number_format = "0.0%"

    writer = compiled(tmp_path, cells, formats)
    row = {
        "count": 3,
        "income": Decimal("2650.50"),
        "share": Decimal("12.5"),
        "phone": "13800138000",
        "household": "007",
    }
    sheet = filled(writer, {"total": 0, "rate": Decimal(50), "rows": [row]})
    assert [sheet[spot].value for spot in ("A1", "B1", "C1")] == [0, 50, 0.5]
    assert [cell.value for cell in sheet[3]] == [3, 2650.5, 12.5, "13800138000", 1, "3", 0.125, "007", "12.5%"]


@pytest.mark.parametrize("key", ["count", "total"])
def test_a_number_too_long_for_a_cell_is_kept_as_text(tmp_path: Path, key: str) -> None:
    writer = compiled(tmp_path, {**LOOP, "A1": "{{ total }}"})
    number = 123_456_789_012_345_678
    rendered = writer.render({"total": number} if key == "total" else {"rows": [{"count": number}]}, "k")
    assert [problem.code for problem in rendered.problems] == ["F-XLSX-023"]
    assert rendered.content is not None
    sheet = openpyxl.load_workbook(BytesIO(rendered.content)).active
    assert isinstance(sheet, Worksheet)
    assert sheet["A1" if key == "total" else "C3"].value == str(number)


@pytest.mark.parametrize(("format_code", "shown"), [("0.0%", 0.5), ("General", 50), ('0.0"%"', 50)])
def test_a_share_too_long_for_a_cell_is_kept_as_it_prints(tmp_path: Path, format_code: str, shown: float) -> None:
    cells = {"A1": "{{ rate }}", "B1": "=A1+1", "A3": OPEN, "A4": "{{ r.share }}", "B4": "{{ r.share }}", "A5": CLOSE}

    def formats(sheet: Worksheet) -> None:
        for spot in ("A1", "A4", "B4"):
            sheet[spot].number_format = format_code

    writer = compiled(tmp_path, cells, formats)
    share = Decimal("12.3456789012345678901234567890123")
    record = {"rate": share, "rows": [{"share": share}, {"share": Decimal(50)}]}
    sheet = filled(writer, record, values=True)
    assert [sheet[spot].value for spot in ("A1", "A3", "B3")] == [f"{share}%"] * 3
    assert [sheet[spot].value for spot in ("A4", "B1")] == [shown, None]  # Excel adds no text
    problems = writer.render(record, "k").problems
    assert [problem.code for problem in problems] == ["F-XLSX-023"] * 3 + ["F-XLSX-024"]


def test_a_small_share_keeps_its_sign_where_the_cell_does_not_show_it(tmp_path: Path) -> None:
    """0.5 alone would be half of a percent or half of all, and is not read."""
    cells = {"A1": "{{ rate }}", "A3": OPEN, "A4": "{{ r.share }}", "B4": "{{ r.share }}", "A5": CLOSE}

    def formats(sheet: Worksheet) -> None:
        sheet["B4"].number_format = "0%"

    writer = compiled(tmp_path, cells, formats)
    record = {"rate": Decimal("-1"), "rows": [{"share": Decimal("0.5")}, {"share": Decimal(0)}]}
    sheet = filled(writer, record)
    assert [sheet[spot].value for spot in ("A1", "A3", "B3", "A4", "B4")] == ["-1%", "0.5%", 0.005, 0, 0]
    problems = writer.render(record, "k").problems
    assert [(problem.code, problem.place.cell) for problem in problems] == [("F-XLSX-027", "A3"), ("F-XLSX-027", "A1")]


@pytest.mark.parametrize("record", [{"town": "长" * 32_768}, {"rows": [{"name": "𬱖" * 16_384}]}])
def test_a_text_no_cell_can_hold_stops_the_file(writer: CompiledXlsx, tmp_path: Path, record: dict[str, Any]) -> None:
    rendered = writer.render(record, "k")
    assert rendered.content is None
    assert {problem.code for problem in rendered.problems} == {"F-XLSX-022"}
    problems = writer.render_to(tmp_path / "out.xlsx", record, "k")
    assert problems == rendered.problems and not (tmp_path / "out.xlsx").exists()


def test_the_longest_text_is_whole(writer: CompiledXlsx) -> None:
    sheet = filled(writer, {"rows": [{"name": "长" * 32_767}]})
    assert sheet["B3"].value == "长" * 32_767


def test_the_template_decides_wrapping_and_shrinking(tmp_path: Path) -> None:
    from openpyxl.styles import Alignment

    def shrink(sheet: Worksheet) -> None:
        sheet["B4"].alignment = Alignment(shrink_to_fit=True)
        sheet.row_dimensions[4].height = 20

    sheet = filled(compiled(tmp_path, LOOP, shrink), {"rows": [{"name": "很长" * 100}]})
    assert sheet["B3"].alignment.shrink_to_fit
    assert (sheet["B3"].value, sheet.row_dimensions[3].height) == ("很长" * 100, 20)


@pytest.mark.parametrize("is_shared", [False, True])
def test_text_in_several_formats_keeps_them(tmp_path: Path, is_shared: bool) -> None:
    rich = CellRichText("乡镇：", TextBlock(InlineFont(b=True), "{{ town }}"), TextBlock(InlineFont(i=True), "<完>"))
    writer = compiled(tmp_path, {"A1": rich})
    if is_shared:
        with_shared_strings(tmp_path / "form.xlsx")
        writer = compile_xlsx(writer._manifest)
    content = writer.render({"town": "A&B<c>"}, "k").content
    assert content is not None
    sheet = openpyxl.load_workbook(BytesIO(content), rich_text=True).active
    assert isinstance(sheet, Worksheet)
    value = sheet["A1"].value
    assert str(value) == "乡镇：A&B<c><完>"
    assert isinstance(value, CellRichText)
    assert [part.font.b for part in value if isinstance(part, TextBlock) and part.text == "A&B<c>"] == [True]


def test_conditions_inside_a_cell(tmp_path: Path) -> None:
    writer = compiled(tmp_path, {"A1": "{% if total %}共{{ total }}户{% else %}{% endif %}"})
    assert filled(writer, {"total": 3})["A1"].value == "共3户"
    assert filled(writer, {})["A1"].value is None


def test_markup_in_a_value_is_text(tmp_path: Path) -> None:
    writer = compiled(tmp_path, {"A1": "{{ town|safe }}！", "A2": "{{ town }}"})
    sheet = filled(writer, {"town": "</t></is><f>1+1</f>"})
    assert (sheet["A1"].value, sheet["A2"].value) == ("</t></is><f>1+1</f>！", "</t></is><f>1+1</f>")
