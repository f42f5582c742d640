"""What people and programs do to a workbook on its way: still read, or said; never read wrongly in silence."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.styles import PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from formgen.data.sources import open_tables
from formgen.reading.identify import Identified
from formgen.reading.model import Reading, Refused, SheetIdentity
from formgen.reading.xlsx.book import BookFacts
from formgen.reading.xlsx.reader import read_sheet
from formgen.reading.xlsx.sheet import Sheet
from formgen.values import PartialDate
from tests.reading.xlsx.workbooks import (
    PLAN,
    RECORDS,
    ROSTER,
    SURVEY,
    codes,
    edited,
    edited_book,
    files,
    form,
    plan,
    reading,
    roster,
    shifted,
    survey,
    written,
)

Edit = Callable[[Worksheet], Any]


def after(folder: Path, form_id: str, edit: Edit) -> Reading:
    return reading(edited(written(folder, form_id), edit))


def silently_wrong(read: Reading, record: dict[str, Any]) -> list[str]:
    """Values that are neither the record's nor in doubt; blanks that were not, unless the text is told as unread."""
    wrong = []
    for key, value in record.items():
        if isinstance(value, list):
            rows = read.values.get(key, [])
            if key not in read.doubts and len(rows) != len(value):
                wrong.append(f"{key}: {len(rows)} rows")
            for number, (row, found) in enumerate(zip(value, rows, strict=False), 1):
                wrong += [
                    f"{key}.{number}.{name}"
                    for name in {*row, *found}
                    if row.get(name) != found.get(name) and f"{key}.{number}.{name}" not in read.doubts
                ]
        elif read.values.get(key) != value and key not in read.doubts:
            wrong.append(key)
    return wrong + [key for key in read.values if key not in record]


@pytest.mark.parametrize("form_id", [ROSTER, SURVEY])
def test_saved_by_another_program(tmp_path: Path, form_id: str) -> None:
    read = after(tmp_path, form_id, lambda sheet: None)
    assert read.values == RECORDS[form_id]()
    assert (read.form, read.record) == (form_id, "K7QX2MZP4A")


def test_evidence_names_layer_and_cell(tmp_path: Path) -> None:
    read = reading(written(tmp_path, ROSTER))
    assert (read.evidence["town"].layer, read.evidence["town"].place) == ("defined-name", "附件5!A3")
    assert (read.evidence["rows.2.name"].layer, read.evidence["rows.2.name"].place) == ("header", "附件5!B7")
    assert read.evidence["rows.2.household_number"].raw == "1"
    assert len(read.evidence) == len(list(read.evidence)) == 2 + 3 * 8
    assert "rows.4.name" not in read.evidence and "rows.x.name" not in read.evidence


MOVES: dict[str, Edit] = {
    "inserted column": lambda sheet: sheet.insert_cols(3),
    "inserted column at the left": lambda sheet: sheet.insert_cols(1),
    "extra title rows": lambda sheet: shifted(sheet, 1, 4),
    "rows between title and table": lambda sheet: shifted(sheet, 4, 3),
    "renamed sheet": lambda sheet: setattr(sheet, "title", "张三填的"),
    "blank row among the rows": lambda sheet: shifted(sheet, 8, 1),
    "coloured cells": lambda sheet: setattr(sheet["B7"], "fill", PatternFill("solid", "FFFF00")),
    "formatted columns": lambda sheet: setattr(sheet["XFD1048576"], "fill", PatternFill("solid", "FFFF00")),
    "table moved away": lambda sheet: sheet.move_range("A5:H8", rows=40, cols=5),
}


@pytest.mark.parametrize("edit", MOVES.values(), ids=MOVES)
def test_a_moved_table_is_found(tmp_path: Path, edit: Edit) -> None:
    """openpyxl moves neither merged cells nor names: the household of the second person is then blank."""
    record = roster()
    read = after(tmp_path, ROSTER, edit)
    is_split = read.values["rows"][1].get("household_number") is None
    for row in (read.values["rows"], record["rows"]):
        if is_split:
            row[1].pop("household_number", None)
    assert read.values["rows"] == record["rows"], read.problems
    assert not [key for key in silently_wrong(read, record) if not key.startswith("rows.2.household")]


def test_hidden_sheets_are_read_and_told(tmp_path: Path) -> None:
    def hide(book: Any) -> None:
        book.create_sheet("说明")["A1"] = "仅供参考"
        book.worksheets[0].sheet_state = "hidden"

    read = files(edited_book(written(tmp_path, ROSTER), hide))
    assert len(read.sheets) == 1
    assert [problem.code for problem in read.sheets[0].problems] == ["F-EXCEL-007"]
    assert [(problem.code, problem.place.part) for problem in read.problems] == [("F-IDENT-001", "说明")]


def test_several_rosters_in_one_workbook(tmp_path: Path) -> None:
    def copy(book: Any) -> None:
        other = book.copy_worksheet(book.worksheets[0])
        other.title = "李村"
        other["G3"], other["B6"] = "李村", "赵六"

    read = files(edited_book(written(tmp_path, ROSTER), copy))
    assert [sheet.identity.record for sheet in read.sheets] == ["K7QX2MZP4A", ""]
    from formgen.reading.weigh import weigh

    first, second = (weigh(sheet, "a.xlsx") for sheet in read.sheets)
    assert first.values == roster()
    assert second.values["village"] == "李村"
    assert [row["name"] for row in second.values["rows"]] == ["赵六", "李四", "王五"]


def test_two_rosters_on_one_sheet(tmp_path: Path) -> None:
    def append(sheet: Worksheet) -> None:
        cells = [(cell.row, cell.column, cell.value) for row in sheet.iter_rows() for cell in row]
        for row, column, value in cells:
            sheet.cell(row + 20, column, {"靳寨村": "李村", "张三": "赵六"}.get(str(value), value))

    from formgen.reading.weigh import weigh

    read = files(edited(written(tmp_path, ROSTER), append))
    first, second = (weigh(sheet, "a.xlsx") for sheet in read.sheets)
    assert first.values == roster()
    assert (second.record, second.values["village"]) == ("", "李村")
    assert [row["name"] for row in second.values["rows"]] == ["赵六", "李四", "王五"]


def test_totals_headers_and_notes_are_no_records(tmp_path: Path) -> None:
    def add(sheet: Worksheet) -> None:
        shifted(sheet, 9, 4)
        sheet["A9"], sheet["D9"] = "小 计", 12
        for column, cell in enumerate(list(sheet[5]), 1):
            sheet.cell(10, column, cell.value)
        sheet["A11"] = "备注：李四已搬走"
        sheet["A12"], sheet["E12"] = "全乡合计", 5000

    read = after(tmp_path, ROSTER, add)
    assert [row["name"] for row in read.values["rows"]] == ["张三", "李四", "王五"]
    assert codes(read).count("F-EXCEL-006") == 1
    assert [p.place.cell for p in read.problems if p.code == "F-READ-003"] == ["附件5!A11"]


def test_a_form_s_own_totals(tmp_path: Path) -> None:
    read = reading(written(tmp_path, PLAN))
    assert read.values == plan()
    assert read.evidence["total"].place == "附件6!H10"
    assert codes(read) == []


def test_a_total_that_is_not_the_sum(tmp_path: Path) -> None:
    read = after(tmp_path, PLAN, lambda sheet: [sheet.__setitem__(cell, 99) for cell in ("H8", "H9", "H10")])
    assert "F-READ-005" in codes(read)


def test_formulas_without_results_say_what_to_do(tmp_path: Path) -> None:
    read = after(tmp_path, PLAN, lambda sheet: None)
    assert read.doubts["rows.1.total"] == read.doubts["total"] == "rejected"
    assert {problem.code for problem in read.problems} == {"F-EXCEL-002"}
    assert "save it once" in read.problems[0].text("en")
    assert silently_wrong(read, plan()) == []


def test_errors_in_cells(tmp_path: Path) -> None:
    def spoil(sheet: Worksheet) -> None:
        sheet["D6"], sheet["B7"] = "#REF!", "#N/A"

    read = after(tmp_path, ROSTER, spoil)
    assert codes(read) == ["F-EXCEL-003", "F-EXCEL-003"]
    assert set(read.doubts) == {"rows.1.household_size", "rows.2.name"}
    assert silently_wrong(read, roster()) == []


def test_errors_in_cells_that_labels_lead_to(tmp_path: Path) -> None:
    """A form that somebody made anew, of which nothing but its labels is known."""
    book = Workbook()
    sheet = book.worksheets[0]
    rows = [
        ("帮扶对象申请登记表",),
        ("姓名", "张三"),
        ("性别", "男"),
        ("家庭住址", "=A1&A2"),
        ("联系方式", "13912345678"),
    ]
    for row in (*rows, ("村(社区)", "#REF!")):
        sheet.append(row)
    book.save(tmp_path / "a.xlsx")
    manifest = form("xinmi-2015/application-form")
    found = Identified(manifest, SheetIdentity(manifest.id, manifest.version), "fingerprint", 1.0)
    with open_tables(tmp_path / "a.xlsx") as tables:
        (read,) = read_sheet(tmp_path / "a.xlsx", Sheet.of(next(tables)), found, BookFacts(), {})
    raws = {one.path[0]: one.raw for one in read.sightings if one.raw}
    assert raws["name"] == "张三"
    refusals = {key: raw.finding.code for key, raw in raws.items() if isinstance(raw, Refused)}
    assert refusals == {"address": "F-EXCEL-002", "village": "F-EXCEL-003"}


def test_long_numbers_that_lost_their_end(tmp_path: Path) -> None:
    read = after(tmp_path, ROSTER, lambda sheet: sheet.__setitem__("H6", 41018319680512003543))
    assert codes(read) == ["F-VALUE-004"] and read.doubts == {"rows.1.certificate": "rejected"}


def test_full_width_digits_and_text_numbers(tmp_path: Path) -> None:
    def retype(sheet: Worksheet) -> None:
        sheet["H6"], sheet["D6"], sheet["E6"] = "４１０１８３１９６８０５１２００３５４３", "３人", "2,650.5"
        sheet["H7"].quotePrefix = True

    read = after(tmp_path, ROSTER, retype)
    assert read.values == roster()


@pytest.mark.parametrize("is_1904", [False, True])
def test_dates_as_dates_and_as_bare_numbers(tmp_path: Path, is_1904: bool) -> None:
    from openpyxl.utils.datetime import CALENDAR_MAC_1904

    def retype(book: Any) -> None:
        if is_1904:
            book.epoch = CALENDAR_MAC_1904
        sheet = book.worksheets[0]
        sheet["I9"] = datetime.date(2015, 10, 8)
        sheet["I9"].number_format = "yyyy-mm-dd"

    read = reading(edited_book(written(tmp_path, SURVEY), retype))
    assert read.values["filled_on"] == PartialDate(2015, 10, 8)

    def bare(book: Any) -> None:
        retype(book)
        book.worksheets[0]["I9"].number_format = "General"
        book.worksheets[0]["I9"] = 40823 if is_1904 else 42285

    read = reading(edited_book(written(tmp_path, SURVEY), bare))
    assert read.values["filled_on"] == PartialDate(2015, 10, 8)


def test_a_retyped_date_cell(tmp_path: Path) -> None:
    read = after(tmp_path, SURVEY, lambda sheet: sheet.__setitem__("I9", "2015.10.8"))
    assert read.values == survey()


def test_text_beside_the_form_is_told(tmp_path: Path) -> None:
    def write(sheet: Worksheet) -> None:
        sheet["J1"], sheet["J7"], sheet["A15"], sheet["F4"] = "加急", "已核实", "经办人张某", "补充"

    read = after(tmp_path, ROSTER, write)
    assert read.values == roster()
    told = {problem.place.cell: problem.found for problem in read.problems if problem.code == "F-READ-003"}
    assert told == {"附件5!J1": "加急", "附件5!J7": "已核实", "附件5!A15": "经办人张某", "附件5!F4": "补充"}


def test_renamed_headings_by_vocabulary(tmp_path: Path) -> None:
    def rename(sheet: Worksheet) -> None:
        sheet["B5"], sheet["H5"], sheet["D5"] = "姓名", "残疾证号", "家庭人口"

    read = after(tmp_path, ROSTER, rename)
    assert read.values == roster()
    assert read.evidence["rows.1.name"].confidence < 0.98


def test_one_row_of_two_row_headings(tmp_path: Path) -> None:
    def flatten(sheet: Worksheet) -> None:
        for area in [str(area) for area in sheet.merged_cells.ranges]:
            sheet.unmerge_cells(area)
        sheet["H5"] = None

    assert after(tmp_path, SURVEY, flatten).values == survey()


FAULTS: dict[str, tuple[str, Edit]] = {}


def fault(form_id: str) -> Callable[[Edit], Edit]:
    def keep(edit: Edit) -> Edit:
        FAULTS[edit.__name__] = (form_id, edit)
        return edit

    return keep


def _swap(sheet: Worksheet, one: str, two: str) -> None:
    sheet[one].value, sheet[two].value = sheet[two].value, sheet[one].value


@fault(ROSTER)
def headings_swapped(sheet: Worksheet) -> None:
    _swap(sheet, "B5", "C5")


@fault(SURVEY)
def headings_of_texts_swapped(sheet: Worksheet) -> None:
    _swap(sheet, "H6", "I6")


@fault(ROSTER)
def headings_of_numbers_swapped(sheet: Worksheet) -> None:
    _swap(sheet, "E5", "F5")


@fault(ROSTER)
def heading_deleted(sheet: Worksheet) -> None:
    sheet["G5"] = None


@fault(ROSTER)
def heading_doubled(sheet: Worksheet) -> None:
    sheet["I5"], sheet["I6"] = "残疾人姓名", "别人"


@fault(ROSTER)
def header_deleted(sheet: Worksheet) -> None:
    for cell in sheet[5]:
        cell.value = None


@fault(ROSTER)
def label_moved_down(sheet: Worksheet) -> None:
    sheet.unmerge_cells("C3:E3")
    sheet["C4"], sheet["C3"] = sheet["C3"].value, None


@fault(ROSTER)
def labels_swapped(sheet: Worksheet) -> None:
    _swap(sheet, "C3", "H3")


@fault(ROSTER)
def label_deleted(sheet: Worksheet) -> None:
    sheet["C3"] = None


@fault(ROSTER)
def label_moved_left(sheet: Worksheet) -> None:
    sheet.unmerge_cells("A3:B3")
    sheet["B3"], sheet["A3"], sheet["C3"] = sheet["A3"].value, sheet["C3"].value, None


@fault(ROSTER)
def row_of_labels_deleted(sheet: Worksheet) -> None:
    shifted(sheet, 3, -1)


@fault(ROSTER)
def row_of_blanks_inserted(sheet: Worksheet) -> None:
    shifted(sheet, 8, 1)


@fault(ROSTER)
def cells_merged_across(sheet: Worksheet) -> None:
    sheet["B6"] = "张三 男"
    sheet.merge_cells("B6:C6")


@fault(ROSTER)
def cells_merged_down(sheet: Worksheet) -> None:
    sheet["B6"] = "张三\n李四"
    sheet.merge_cells("B6:B7")


@fault(ROSTER)
def value_beside_its_blank(sheet: Worksheet) -> None:
    sheet["F3"], sheet["G3"] = sheet["G3"].value, None


@fault(ROSTER)
def second_value_in_a_blank(sheet: Worksheet) -> None:
    sheet["F3"] = "别村"


@fault(SURVEY)
def foot_moved_down(sheet: Worksheet) -> None:
    sheet.move_range("A9:K9", rows=3)


@fault(SURVEY)
def date_half_deleted(sheet: Worksheet) -> None:
    sheet["I9"] = "　年　10　月　8　日"


@fault(SURVEY)
def foot_label_moved(sheet: Worksheet) -> None:
    sheet["H12"], sheet["H9"] = sheet["H9"].value, None


@pytest.mark.parametrize("name", FAULTS)
def test_nothing_is_silently_wrong(tmp_path: Path, name: str) -> None:
    form_id, edit = FAULTS[name]
    read = after(tmp_path, form_id, edit)
    assert silently_wrong(read, RECORDS[form_id]()) == [], (read.values, codes(read))


def test_columns_that_changed_places_are_told_by_their_types(tmp_path: Path) -> None:
    def swap(sheet: Worksheet) -> None:
        for row in range(5, 9):
            _swap(sheet, f"C{row}", f"G{row}")

    assert after(tmp_path, ROSTER, swap).values == roster()


def test_households_merged_values_count_for_their_members(tmp_path: Path) -> None:
    def merge(sheet: Worksheet) -> None:
        sheet["E7"] = None
        sheet.merge_cells("E6:E7")

    read = after(tmp_path, ROSTER, merge)
    assert [row["income_per_head"] for row in read.values["rows"]] == [Decimal("2650.5")] * 2 + [Decimal("2652.5")]


def test_cells_merged_otherwise_are_refused(tmp_path: Path) -> None:
    read = after(tmp_path, ROSTER, lambda sheet: sheet.merge_cells("B6:C6"))
    assert codes(read) == ["F-EXCEL-004", "F-EXCEL-004"]
    assert set(read.doubts) == {"rows.1.name", "rows.1.sex"}


def test_numbers_that_belong_to_nothing_are_told_as_they_look(tmp_path: Path) -> None:
    def add(sheet: Worksheet) -> None:
        for row, value in ((5, "补助"), (6, 4), (7, 2.5), (20, 30)):
            sheet.cell(row, 9).value = value

    read = after(tmp_path, ROSTER, add)
    told = [problem.found for problem in read.problems if problem.code == "F-READ-003"]
    assert sorted(told) == ["2.5", "30", "4", "补助"]
