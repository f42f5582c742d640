"""Rows that grow: a wrapped text too long for its row is whole on paper, and no other row changes."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pdfplumber
import pytest
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.worksheet import Worksheet

from formgen.forms.catalogue import Catalogue
from formgen.rendering.xlsx import compile_xlsx
from tests.rendering.xlsx.workbooks import LOOP, compiled, filled, parts

WISH = "愿意参加村里组织的香菇大棚种植技术培训，希望就近到产业集聚区企业做轻便的手工活，并请帮扶干部联系医院复查视力"
ADDRESS = "河南省新密市袁庄乡靳寨村12组36号"
SHORT: dict[str, Any] = {"name": "甲", "note": "无"}
CELLS = {**LOOP, "D4": "{{ r.note }}", "A7": "{{ town }}", "C8": "{{ town }}乡{{ rate }}"}


def set_up(sheet: Worksheet) -> None:
    for name in ("A4", "D4", "A7", "C8"):
        sheet[name].alignment = Alignment(wrap_text=True)
        sheet[name].font = Font(name="宋体", size=9)
    sheet["B4"].alignment = Alignment(shrink_to_fit=True)
    for row in (4, 7, 8):
        sheet.row_dimensions[row].height = 26
    sheet.column_dimensions["D"].width = 14


def heights(writer: Any, record: dict[str, Any]) -> list[float | None]:
    sheet = filled(writer, record)
    return [sheet.row_dimensions[row].height for row in range(3, sheet.max_row + 1)]


def test_a_long_text_grows_its_own_row_only(tmp_path: Path) -> None:
    writer = compiled(tmp_path, CELLS, set_up)
    first, long, last, *_ = heights(writer, {"rows": [SHORT, {"note": WISH}, SHORT]})
    assert first == last == 26
    # 98 px less 5 make 69.75 pt, 7 characters of 9 pt: 52 of them, closing marks kept from line starts, make 8 lines
    assert long == pytest.approx((7 * 1.45 + 1.2) * 9 + 2, abs=0.75)
    twice = heights(writer, {"rows": [{"note": WISH * 2}]})[0]
    assert long is not None and twice is not None and twice > 1.8 * long


def test_rows_that_fit_keep_the_templates_bytes(tmp_path: Path) -> None:
    writer = compiled(tmp_path, CELLS, set_up)
    content = writer.render({"town": "城关", "rows": [SHORT, {"note": "大棚技术培训，就近务工"}, {"name": WISH}]}, "k")
    assert content.content is not None
    sheet = parts(content.content)["xl/worksheets/sheet1.xml"].decode()
    template = parts((tmp_path / "form.xlsx").read_bytes())["xl/worksheets/sheet1.xml"].decode()

    def openings(xml: str) -> list[str]:
        return [re.sub(r' r="\d+"', "", tag) for tag in re.findall("<row [^>]*>", xml)]

    marker, row, end, *below = openings(template)
    assert (marker, end) == ("<row>", "<row>")
    assert openings(sheet) == [row, row, row, *below]


def test_line_ends_count(tmp_path: Path) -> None:
    writer = compiled(tmp_path, CELLS, set_up)
    two, four = heights(writer, {"rows": [{"note": "一\n二"}, {"note": "一\r\n二\n三\n四"}]})[:2]
    assert two == 26 and four is not None and four > 4 * 9 * 1.3


def test_characters_that_need_care_count_as_they_show(tmp_path: Path) -> None:
    writer = compiled(tmp_path, CELLS, set_up)
    plain, marks = heights(writer, {"rows": [{"note": "甲乙丙丁戊己庚辛"}, {"note": "&<>&<>&<"}]})[:2]
    assert plain == marks == 26


def test_a_merged_cell_has_the_room_of_all_its_columns(tmp_path: Path) -> None:
    def merged(sheet: Worksheet) -> None:
        set_up(sheet)
        sheet.merge_cells("D4:J4")
        sheet.merge_cells("A7:J8")

    cells = {key: value for key, value in CELLS.items() if key != "C8"}
    writer = compiled(tmp_path, cells, merged)
    assert (
        heights(writer, {"rows": [{"note": WISH}], "town": WISH})
        == [26, None, None, 26, 26][:1] + heights(writer, {"rows": [SHORT], "town": "镇"})[1:]
    )
    grown = heights(writer, {"rows": [{"note": WISH * 4}], "town": WISH * 4})
    assert grown[0] is not None and grown[0] > 26
    assert grown[-2] is not None and grown[-2] > 26 and grown[-1] == 26


def test_a_shared_cell_grows_the_row_that_says_it(tmp_path: Path) -> None:
    writer = compiled(tmp_path, CELLS, set_up, merge_by="household")
    rows = [{"household": WISH, "name": name} for name in "甲乙丙"] + [{"household": "02"}]
    found = heights(writer, {"rows": rows})[:4]
    assert found[0] is not None and found[0] > 26 and found[1:] == [26, 26, 26]


def test_cells_outside_loops_and_mixed_texts_grow(tmp_path: Path) -> None:
    writer = compiled(tmp_path, CELLS, set_up)
    record = {"rows": [SHORT], "town": WISH}
    field, mixed = heights(writer, record)[-2:]
    assert field is not None and mixed is not None and field > 26 and mixed > 26
    writer = compiled(tmp_path, {**LOOP, "D4": "{{ r.name }}：{{ r.note }}"}, set_up)
    short, long = heights(writer, {"rows": [SHORT, {"name": "甲", "note": WISH}]})[:2]
    assert short == 26 and long is not None and long > 100


def test_a_row_without_height_is_left_to_the_program_that_opens_it(tmp_path: Path) -> None:
    def automatic(sheet: Worksheet) -> None:
        set_up(sheet)
        sheet.row_dimensions[4].height = None

    assert heights(compiled(tmp_path, CELLS, automatic), {"rows": [{"note": WISH}]})[0] is None


def test_what_no_row_can_hold_is_told(tmp_path: Path) -> None:
    writer = compiled(tmp_path, CELLS, set_up)
    record = {"town": WISH * 9, "rows": [SHORT, {"note": WISH * 9}]}
    problems = writer.render(record, "k").problems
    assert [(one.place.cell, one.place.label) for one in problems] == [("D4", "备注"), ("A6", "乡镇"), ("C7", "")]
    assert {one.code for one in problems} == {"F-XLSX-026"} and not any(one.is_error for one in problems)
    assert heights(writer, record)[1] == 409.5


@pytest.mark.libreoffice
def test_every_character_of_a_long_wish_is_printed_in_its_row(tmp_path: Path, to_pdf: Callable[[Path], Path]) -> None:
    person = {"name": "张建国", "number": "1", "address": ADDRESS, "wish": "务工"}
    rows = [person, {**person, "wish": WISH, "family_wish": WISH, "address": ADDRESS * 4}, person]
    target = tmp_path / "survey.xlsx"
    assert compile_xlsx(Catalogue().form("xinmi-2015/survey-sheet")).render_to(target, {"rows": rows}, "k") == ()
    with pdfplumber.open(to_pdf(target)) as pdf:
        page = pdf.pages[0]
        table = max(page.find_tables(), key=lambda one: len(one.rows))
        texts = [[(cell or "").replace("\n", "") for cell in row] for row in table.extract()]
        row = next(number for number, cells in enumerate(texts) if WISH in cells)
        assert texts[row][5] == ADDRESS * 4 and texts[row][7:9] == [WISH, WISH]
        assert texts[row - 1][5] == texts[row + 1][5] == ADDRESS
        # clipped text would still be in the PDF: every character must stand between the lines of its row
        _, top, _, bottom = table.rows[row].bbox
        _, _, _, above = table.rows[row - 1].bbox
        assert above == pytest.approx(top, abs=1)
        middles = [
            (char["top"] + char["bottom"]) / 2
            for char in page.chars
            if top < (char["top"] + char["bottom"]) / 2 < bottom
        ]
        assert len(middles) >= 2 * len(WISH) + 4 * len(ADDRESS)
        assert min(middles) - 4 > top and max(middles) + 4 < bottom
