"""Filled workbooks that somebody printed to PDF: read as the workbook was, and nothing believed that does not show."""

from __future__ import annotations

import functools
import io
import random
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from formgen.compiling.office import Office
from formgen.forms.manifest import Manifest
from formgen.reading.identify import Identified
from formgen.reading.model import Reading, SheetIdentity
from formgen.reading.pdf.found import TextLine
from formgen.reading.pdf.printed_sheet import SheetPage, put_together
from formgen.reading.pdf.ruled import RuledPage, ruled_page
from formgen.reading.pdf.rules import Rules
from formgen.reading.pdf.spreadsheets import read_printed_sheets
from formgen.reading.weigh import weigh
from formgen.reading.xlsx.anatomy import anatomy_of
from formgen.reading.xlsx.sheet import CutText
from tests.reading.pdf.paper import BY_NAME, changed, codes, only_reading, read_bytes, readings
from tests.reading.printing import print_sheet
from tests.reading.records import as_read, records_of, with_totals
from tests.reading.xlsx.workbooks import plan, roster, survey
from tests.rendering.records import sample_record

pytestmark = pytest.mark.libreoffice

RECORDS: Mapping[str, Callable[[], dict[str, Any]]] = {
    "beneficiary-roster": roster,
    "survey-sheet": survey,
    "task-plan": plan,
}
EXAMPLES = 25
HAN = "甲乙丙丁戊己庚辛壬癸"
NAME_COLUMN, SIZE_COLUMN, INCOME_COLUMN = "B", "D", "E"


def workbook(name: str, record: Mapping[str, Any], edit: Callable[[Worksheet], None] | None = None) -> bytes:
    content = print_sheet(BY_NAME[name], "xlsx", record)
    assert content is not None
    if edit is None:
        return content
    book = openpyxl.load_workbook(io.BytesIO(content))
    edit(book.worksheets[0])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def households(count: int) -> dict[str, Any]:
    """A roster of households of two persons each, over several pages."""
    rows = [
        {
            **roster()["rows"][number % 2],
            "household_number": str(number // 2 + 1),
            "name": f"张{HAN[number // 10]}{HAN[number % 10]}",
        }
        for number in range(2 * count)
    ]
    return {**roster(), "rows": rows}


def towns(count: int) -> dict[str, Any]:
    """A plan over several pages."""
    fields = BY_NAME["task-plan"].fields
    columns = next(item.table.columns for item in fields if item.table is not None)
    rows = [{"place": f"{HAN[number // 10]}{HAN[number % 10]}乡", "year_2016": number + 1} for number in range(count)]
    return with_totals(fields, {"rows": [with_totals(columns, row) for row in rows]})


def cut_off(sheet: Worksheet) -> None:
    """A name without room, a text with too many lines, numbers without room."""
    sheet["B6"], sheet["B6"].alignment = "张" * 14, Alignment(horizontal="left")
    sheet["G7"], sheet["G7"].alignment = "肢体二级" * 20, Alignment(wrap_text=True)
    sheet.row_dimensions[7].height = 20
    sheet["D7"] = 123456789012
    sheet["H8"], sheet["H8"].alignment = "41018319680512003544" * 3, Alignment(horizontal="center")


def too_long_beside_blanks(sheet: Worksheet) -> None:
    """Texts that go on over blank cells beside and below them."""
    sheet["B6"], sheet["B6"].alignment, sheet["C6"] = "张三李四王五赵六陈七周八" * 2, Alignment(horizontal="left"), None
    sheet["G6"], sheet["G6"].alignment, sheet["G7"] = "肢体二级" * 20, Alignment(wrap_text=True, vertical="top"), None


def narrow(sheet: Worksheet) -> None:
    """Numbers that Excel and LibreOffice round to the room there is."""
    sheet["E6"], sheet["F6"] = 2650.123456, 20.5
    for column in "EF":
        sheet.column_dimensions[column].width = 7
    sheet.row_dimensions[5].height = 90


def over_two_pages(sheet: Worksheet) -> None:
    """More columns than a page is wide."""
    sheet.sheet_properties.pageSetUpPr.fitToPage = False
    sheet.page_setup.scale = 150


def without_titles(sheet: Worksheet) -> None:
    sheet.print_title_rows = None


def without_numbers(sheet: Worksheet) -> None:
    sheet.oddFooter.center.text = None


def columns_moved(sheet: Worksheet) -> None:
    for row in range(5, 9):
        sheet[f"C{row}"].value, sheet[f"H{row}"].value = sheet[f"H{row}"].value, sheet[f"C{row}"].value
    sheet.column_dimensions["C"].width = 26


def text_elsewhere(sheet: Worksheet) -> None:
    """A village without a name, and a text that belongs to no blank."""
    sheet["I3"], sheet["A4"] = None, "靳寨村（代管）"


def struck(*addresses: str) -> Callable[[Worksheet], None]:
    def edit(sheet: Worksheet) -> None:
        for address in addresses:
            font = sheet[address].font
            sheet[address].font = Font(name=font.name, size=font.size, strike=True)

    return edit


def disarranged(sheet: Worksheet) -> None:
    """Widths, heights, alignments and sizes at random."""
    chance = random.Random(str(sheet["A3"].value) + str(sheet.max_row))
    for column in range(1, sheet.max_column + 1):
        if chance.random() < 0.5:
            sheet.column_dimensions[get_column_letter(column)].width = chance.choice([4, 6, 8, 10, 14, 20, 30])
    for row in sheet.iter_rows():
        if chance.random() < 0.3:
            sheet.row_dimensions[row[0].row or 0].height = chance.choice([8, 10, 14, 20, 40])
        for cell in row:
            if cell.value is not None and chance.random() < 0.3:
                across, down = chance.choice(["left", "center", "right"]), chance.choice(["top", "center", "bottom"])
                wraps, shrinks = chance.random() < 0.5, chance.random() < 0.3
                cell.alignment = Alignment(across, down, wrap_text=wraps, shrink_to_fit=shrinks)
            if cell.value is not None and chance.random() < 0.05:
                cell.font = Font(name=cell.font.name, size=chance.choice([6, 8, 14, 20]))


EDITED: Mapping[str, tuple[str, Callable[[], dict[str, Any]], Callable[[Worksheet], None] | None]] = {
    "cut": ("beneficiary-roster", roster, cut_off),
    "beside": ("beneficiary-roster", roster, too_long_beside_blanks),
    "narrow": ("beneficiary-roster", roster, narrow),
    "moved": ("beneficiary-roster", roster, columns_moved),
    "struck": ("beneficiary-roster", roster, struck("A3", "B7", "H8")),
    "struck row": ("beneficiary-roster", roster, struck(*(f"{letter}7" for letter in "BCDEFGH"))),
    "wide": ("beneficiary-roster", lambda: households(20), over_two_pages),
    "untitled": ("beneficiary-roster", lambda: households(20), without_titles),
    "unnumbered": ("beneficiary-roster", lambda: households(20), without_numbers),
    "shrunk": ("survey-sheet", lambda: {**survey(), "village": "石堰坪新村" * 9}, None),
    "elsewhere": ("survey-sheet", survey, text_elsewhere),
    "long": ("beneficiary-roster", lambda: households(20), None),
    "surveys": ("survey-sheet", lambda: sample_record(BY_NAME["survey-sheet"], "many"), None),
    "towns": ("task-plan", lambda: towns(40), None),
}


def _drawn(manifest: Manifest) -> list[dict[str, Any]]:
    records: list[dict[str, Any]] = []

    @settings(
        max_examples=EXAMPLES, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck)
    )
    @given(records_of(manifest))
    def draw(record: dict[str, Any]) -> None:
        records.append(record)

    draw()
    return records


@functools.cache
def drawn() -> Mapping[str, list[dict[str, Any]]]:
    return {name: _drawn(BY_NAME[name]) for name in RECORDS}


@functools.cache
def printed() -> Mapping[str, bytes]:
    """All workbooks of this file as LibreOffice prints them: one call."""
    files = {f"{key}.xlsx": workbook(name, record(), edit) for key, (name, record, edit) in EDITED.items()}
    for name, record in RECORDS.items():
        files[f"{name}.xlsx"] = workbook(name, record())
        for number, one in enumerate(drawn()[name]):
            files[f"{name}-{number}.xlsx"] = workbook(name, one)
            files[f"{name}-{number}-disarranged.xlsx"] = workbook(name, one, disarranged)
    return {name.removesuffix(".xlsx"): content for name, content in Office.find().to_pdf(files).items()}


@pytest.mark.parametrize(
    ("key", "name", "record"),
    [
        *((name, name, record) for name, record in RECORDS.items()),
        ("moved", "beneficiary-roster", roster),
        *((key, *EDITED[key][:2]) for key in ("shrunk", "surveys", "towns")),
    ],
)
def test_a_printed_workbook_comes_back(
    key: str, name: str, record: Callable[[], dict[str, Any]], tmp_path: Path
) -> None:
    reading = only_reading(printed()[key], tmp_path)
    assert reading.values == as_read(BY_NAME[name], record())
    assert (reading.form, reading.doubts) == (BY_NAME[name].id, {})
    assert all(evidence.confidence <= 0.9 for evidence in reading.evidence.values())
    assert all(evidence.place.startswith("第") for evidence in reading.evidence.values())
    assert {problem.code for problem in reading.problems} <= {"F-PDFREAD-015"}


@pytest.mark.parametrize("suffix", ["", "-disarranged"])
@pytest.mark.parametrize("name", RECORDS)
def test_a_field_is_read_or_in_doubt(name: str, suffix: str, tmp_path: Path) -> None:
    """Random records: what is read is what was filled in, but for line ends, which are inferred and said to be."""
    read = 0
    for number, record in enumerate(drawn()[name]):
        found_in_file = read_bytes(printed()[f"{name}-{number}{suffix}"], tmp_path)
        if not found_in_file.sheets:
            assert suffix and found_in_file.problems
            continue
        (reading,) = (weigh(one, "a") for one in found_in_file.sheets)
        expected, found = (_flat(values) for values in (as_read(BY_NAME[name], record), reading.values))
        inferred = {(p.place.cell, p.place.label) for p in reading.problems if p.code == "F-PDFREAD-015"}
        for path in {*expected, *found}:
            if path in reading.doubts or path.partition(".")[0] in reading.doubts:
                continue
            if path == "rows.count" and any(doubt.startswith("rows.") for doubt in reading.doubts):
                continue  # a row whose cells are all in doubt may be the totals'
            read += 1
            if expected.get(path) != found.get(path):
                assert reading.evidence[path].place in {cell for cell, _ in inferred}, (number, path)
                assert "".join(str(expected[path]).split()) == "".join(str(found[path]).split())
    assert read > (50 if suffix else 100)


def _flat(values: Mapping[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in values.items():
        if isinstance(value, list):
            flat |= {f"{key}.{number}.{name}": one for number, row in enumerate(value, 1) for name, one in row.items()}
            flat[f"{key}.count"] = len(value)
        else:
            flat[key] = value
    return flat


def in_doubt(key: str, folder: Path) -> set[str]:
    reading = only_reading(printed()[key], folder)
    rows, filled = reading.values["rows"], roster()["rows"]
    for number, (row, record) in enumerate(zip(rows, filled, strict=True), 1):
        assert {
            name: value for name, value in record.items() if f"rows.{number}.{name}" not in reading.doubts
        }.items() >= (row.items())
    assert {p.code for p in reading.problems} <= {"F-PDFREAD-018", "F-PDFREAD-015"}
    return {path.removeprefix("rows.") for path in reading.doubts}


def test_what_its_cell_cuts_off_is_no_value(tmp_path: Path) -> None:
    assert in_doubt("cut", tmp_path) == {"1.name", "2.disability", "2.household_size", "3.certificate"}


def test_a_text_that_goes_on_over_its_neighbours_is_nobodys(tmp_path: Path) -> None:
    assert in_doubt("beside", tmp_path) >= {"1.name", "1.sex", "1.disability"}


def test_a_number_that_may_be_rounded_is_no_value(tmp_path: Path) -> None:
    assert in_doubt("narrow", tmp_path) >= {"1.income_per_head"}


@pytest.mark.parametrize("key", ["struck", "struck row", "line over the row"])
def test_what_is_struck_out_is_no_value_and_no_row(key: str, tmp_path: Path) -> None:
    if key == "line over the row":
        whole = only_reading(printed()["beneficiary-roster"], tmp_path)
        second, third = (float(whole.evidence[f"rows.{row}.name"].place[:-1].split(", ")[1]) for row in (2, 3))
        content = changed(printed()["beneficiary-roster"], lambda pdf: draw_across(pdf, (second + third) / 2))
        wanted = {f"rows.2.{column}" for column in roster()["rows"][1]} - {"rows.2.household_number"}
    else:
        content = printed()[key]
        row = {f"rows.2.{column}" for column in roster()["rows"][1]} - {"rows.2.household_number"}
        wanted = row if key == "struck row" else {"town", "rows.2.name", "rows.3.certificate"}
    reading = only_reading(content, tmp_path)
    assert {**reading.doubts} == dict.fromkeys(wanted, "rejected")
    assert set(codes(reading)) == {"F-PDFREAD-020"}
    expected = _flat(as_read(BY_NAME["beneficiary-roster"], roster()))
    assert _flat(reading.values) == {path: value for path, value in expected.items() if path not in wanted}


def draw_across(pdf: pikepdf.Pdf, y: float) -> None:
    """A line at a height, counted from the top, through all texts of a row but the household's number."""
    y = float(pdf.pages[0].mediabox[3]) - y
    pdf.pages[0].contents_add(b"q 1 w 92 %f m 780 %f l S Q" % (y, y))


def test_a_blank_beside_a_text_that_nobody_owns_is_in_doubt(tmp_path: Path) -> None:
    reading = only_reading(printed()["elsewhere"], tmp_path)
    assert reading.doubts == {"town": "rejected", "village": "lost", "filler": "lost"}


@pytest.mark.parametrize("key", ["long", "unnumbered", "untitled"])
def test_households_over_several_pages(key: str, tmp_path: Path) -> None:
    """With the header again on each page or not; a household torn by a page's end is in doubt."""
    reading = only_reading(printed()[key], tmp_path)
    assert len(reading.pages) == 3
    torn = [path for path in reading.doubts if path.endswith(".household_number")]
    assert dict.fromkeys(torn, "rejected") == reading.doubts and 0 < len(torn) <= 4
    expected = _flat(as_read(BY_NAME["beneficiary-roster"], households(20)))
    assert _flat(reading.values) == {path: value for path, value in expected.items() if path not in torn}


@pytest.mark.parametrize(("key", "gone"), [("long", 0), ("long", 1), ("long", 2), ("unnumbered", 0), ("unnumbered", 2)])
def test_a_page_that_is_missing(key: str, gone: int, tmp_path: Path) -> None:
    """Of pages without numbers nothing on paper tells that one in the middle is gone."""

    def remove(pdf: pikepdf.Pdf) -> None:
        del pdf.pages[gone]

    reading = only_reading(changed(printed()[key], remove), tmp_path)
    assert reading.doubts["rows"] == "lost" and "rows" not in reading.values
    assert "F-PDFREAD-006" in codes(reading)


def test_columns_on_pages_of_their_own(tmp_path: Path) -> None:
    """The columns of the second page are no rows of the first one's."""
    expected = _flat(as_read(BY_NAME["beneficiary-roster"], households(20)))
    read = read_bytes(printed()["wide"], tmp_path)
    assert [(problem.code, problem.place.cell) for problem in read.problems] == [("F-IDENT-001", "第6、7、8、9、10页")]
    (reading,) = (weigh(sheet, "a") for sheet in read.sheets)
    found = _flat(reading.values)
    assert all(expected[path] == value for path, value in found.items())
    for path in {*expected} - {*found}:
        assert path in reading.doubts or "rows" in reading.doubts


def test_two_workbooks_in_one_file(tmp_path: Path) -> None:
    def add(pdf: pikepdf.Pdf) -> None:
        for key in ("long", "survey-sheet"):
            with pikepdf.open(io.BytesIO(printed()[key])) as other:
                pdf.pages.extend(other.pages)

    found = readings(changed(printed()["beneficiary-roster"], add), tmp_path)
    assert [reading.pages for reading in found] == [(1,), (2, 3, 4), (5,)]
    assert [len(reading.values["rows"]) for reading in found] == [3, 40, 2]
    assert found[0].values == as_read(BY_NAME["beneficiary-roster"], roster())
    assert found[2].values == as_read(BY_NAME["survey-sheet"], survey())


@pytest.mark.parametrize("matrix", [(1, 0, 0, 1, 7, -4), (0.7, 0, 0, 0.7, 18, 25), (0, 1, -1, 0, 800, 0)])
def test_moved_scaled_and_turned(matrix: tuple[float, ...], tmp_path: Path) -> None:
    def move(pdf: pikepdf.Pdf) -> None:
        for page in pdf.pages:
            page.contents_add(b"q %s cm" % " ".join(map(str, matrix)).encode(), prepend=True)
            page.contents_add(b"Q")

    reading: Reading = only_reading(changed(printed()["survey-sheet"], move), tmp_path)
    assert (reading.values, reading.doubts) == (as_read(BY_NAME["survey-sheet"], survey()), {})


LINES = tuple((x, 100.0, x, 160.0) for x in (50.0, 150.0, 250.0)) + tuple(
    (50.0, y, 250.0, y) for y in (100.0, 120.0, 140.0, 160.0)
)
"""Two columns, three rows; as in PDF, y is up."""
VIEW = (1.0, 0.0, 0.0, -1.0, 0.0, 200.0)


def shown(text: str, x: float, y: float, clip: tuple[float, float, float, float] | None = None) -> TextLine:
    given = tuple((char, 10.0 * number, 10.0) for number, char in enumerate(text))
    return TextLine((1.0, 0.0, 0.0, 1.0, x, y), text, clip=clip, given=given, given_size=10.0)


def grid(*lines: TextLine, rules: tuple[tuple[float, float, float, float], ...] = LINES) -> RuledPage:
    return ruled_page(Rules(rules, VIEW), lines, VIEW)


def cells(page: RuledPage) -> dict[tuple[int, int], tuple[str, bool]]:
    return {(cell.row, cell.column): (cell.text, cell.is_cut) for cell in page.cells}


def test_cells_by_their_rules() -> None:
    page = grid(shown("甲", 60, 145), shown("乙", 160, 125), shown("外", 60, 180))
    assert cells(page) == {
        (0, 0): ("甲", False), (0, 1): ("", False), (1, 0): ("", False), (1, 1): ("乙", False),
        (2, 0): ("", False), (2, 1): ("", False),
    }  # fmt: skip
    assert [char.text for char in page.outside] == ["外"]


def test_a_program_that_clips_every_cell() -> None:
    """As Excel does: what shows whole is whole."""
    page = grid(shown("甲乙", 60, 145, (50, 140, 150, 160)), shown("丙丁", 225, 145, (150, 140, 250, 160)))
    assert cells(page)[0, 0] == ("甲乙", False)
    assert cells(page)[0, 1] == ("丙丁", True)  # there is no room for one character more


@pytest.mark.parametrize("x", [130.0, 129.7, 132.0, 139.9])
def test_a_text_over_an_edge_is_of_neither_cell(x: float) -> None:
    page = cells(grid(shown("甲乙丙丁", x, 145)))
    assert page[0, 0][1] and page[0, 1][1]


def test_lines_that_are_clipped_below_belong_to_their_own_cell() -> None:
    clip = (50.0, 140.0, 150.0, 160.0)
    page = cells(grid(shown("甲", 60, 147, clip), shown("乙", 60, 133, clip), shown("丙", 60, 119, clip)))
    assert (page[0, 0], page[1, 0], page[2, 0]) == (("甲", True), ("", False), ("", False))


def test_areas_that_are_no_boxes_make_no_grid() -> None:
    missing = ((150.0, 100.0, 150.0, 160.0), (50.0, 120.0, 250.0, 120.0), (50.0, 140.0, 250.0, 140.0))
    corner = ((150.0, 100.0, 150.0, 140.0), (150.0, 140.0, 250.0, 140.0))
    page = grid(rules=tuple(line for line in LINES if line not in missing) + corner)
    assert page.cells == []


def test_a_group_that_shows_its_number_on_one_page_only() -> None:
    """Excel prints a merged cell's text once, where its middle is: what looks blank on the other page is not."""
    manifest = BY_NAME["beneficiary-roster"]
    titles = shown("户号", 60, 145), shown("残疾人姓名", 160, 145)
    first = grid(*titles, shown("1", 60, 125), shown("张三", 160, 125), shown("李四", 160, 105))
    second = grid(*titles, shown("王五", 160, 125), shown("3", 60, 105), shown("赵六", 160, 105))
    pages = [SheetPage(number, manifest, page) for number, page in enumerate((first, second), 1)]
    sheet = put_together(pages, anatomy_of(manifest))
    assert [row[:2] for row in sheet.rows] == [
        ["户号", "残疾人姓名"], ["1", "张三"], ["…", "李四"], ["…", "王五"], ["3", "赵六"],
    ]  # fmt: skip
    assert [isinstance(row[0], CutText) for row in sheet.rows] == [False, False, True, True, False]


def test_a_page_with_the_columns_in_another_order_is_no_page_of_the_table() -> None:
    manifest = BY_NAME["beneficiary-roster"]
    first = grid(shown("户号", 60, 145), shown("残疾人姓名", 160, 145), shown("张三", 160, 125))
    second = grid(shown("残疾人姓名", 60, 145), shown("户号", 160, 145), shown("李四", 60, 125))
    pages = [SheetPage(number, manifest, page) for number, page in enumerate((first, second), 1)]
    assert put_together(pages, anatomy_of(manifest)).odd_pages == [2]
    path = Path("a.pdf")
    (read,) = read_printed_sheets(path, pages, Identified(manifest, SheetIdentity(manifest.id), "property", 1.0))
    reading = weigh(read, "a.pdf")
    assert "rows" in reading.doubts and "rows" not in reading.values
    assert "F-PDFREAD-019" in codes(reading)
