"""Forms saved by LibreOffice as .ods and .xls, and from .ods back as .xlsx: one call a format for all files."""

from __future__ import annotations

import datetime
import random
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlrd
from hypothesis import given, settings
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from formgen.data.sources import open_tables
from formgen.data.sources.old_workbook import open_old_workbook
from formgen.data.sources.unread_cells import UnreadCell
from formgen.forms.manifest import Manifest
from formgen.reading.weigh import weigh
from formgen.reading.xlsx.book import book_facts
from tests.reading.printing import KEY, print_sheet
from tests.reading.records import as_read, doubts_of_reading, records_of
from tests.reading.xlsx.workbooks import RECORDS, ROSTER, SURVEY, files, form, written

SURVEY_DAY = RECORDS[SURVEY]()["filled_on"].__class__(2015, 10, 9)
EXAMPLES = 15
pytestmark = pytest.mark.libreoffice


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ods/, xls/ and xlsx/, each with all forms and a file of errors; and days counted from 1904."""
    folder = tmp_path_factory.mktemp("saved")
    sources = [written(folder, form_id, name=f"{number}.xlsx") for number, form_id in enumerate(RECORDS)]
    spoilt = written(folder, ROSTER, name="errors.xlsx")
    book = openpyxl.load_workbook(spoilt)
    book.worksheets[0]["D6"] = "=1/0"
    book.worksheets[0]["E7"] = "=NA()"
    book.save(spoilt)
    other = written(folder, SURVEY, name="1904.xlsx")
    book = openpyxl.load_workbook(other)
    book.epoch = CALENDAR_MAC_1904
    book.worksheets[0]["I9"] = datetime.date(2015, 10, 9)
    book.worksheets[0]["I9"].number_format = "yyyy-mm-dd"
    book.save(other)
    formats = folder / "formats.xlsx"
    formatted().save(formats)
    convert("ods", folder / "ods", [*sources, spoilt, formats])
    convert("xls", folder / "xls", [*sources, spoilt, other, formats])
    convert("xlsx", folder / "xlsx", sorted((folder / "ods").iterdir()))
    return folder


def formatted() -> openpyxl.Workbook:
    """Units and lines through the text, of cells and of whole columns."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in range(3, 9):
        for column, value in enumerate((0.14, 1400, 5, f"张{row}", row), 2):
            sheet.cell(row, column).value = value
        sheet.cell(row, 2).number_format = '0.00"万元"'
        sheet.cell(row, 5).font = Font(strike=row > 4)
    sheet["C3"].number_format = '#,##0,"千元"'
    sheet["C4"].number_format = '0"个月";\\-0"个月"'
    sheet["D3"].number_format = '[>=10000]0.0,"千元";0"元"'
    sheet["D4"].font = Font(strike=True)
    sheet["E4"] = CellRichText(TextBlock(InlineFont(), "李思"), TextBlock(InlineFont(strike=True), "李四"))
    sheet.column_dimensions["B"].number_format = '0.00"万元"'  # of .ods the cells leave out what is their column's
    return book


def convert(kind: str, folder: Path, paths: list[Path]) -> None:
    """Files saved by LibreOffice as another kind, in a folder: one call for all of them."""
    with tempfile.TemporaryDirectory() as profile:
        command = ["soffice", f"-env:UserInstallation={Path(profile).as_uri()}", "--headless", "--convert-to", kind]
        arguments = [*command, "--outdir", str(folder), *map(str, paths)]
        subprocess.run(arguments, check=True, capture_output=True, timeout=180)


@pytest.mark.parametrize("kind", ["ods", "xls", "xlsx"])
def test_forms_saved_by_libreoffice(saved: Path, kind: str) -> None:
    for number, form_id in enumerate(RECORDS):
        read = files(saved / kind / f"{number}.{kind}")
        assert read.problems == []
        (reading,) = (weigh(sheet, "a") for sheet in read.sheets)
        assert reading.values == RECORDS[form_id]()
        assert reading.record == "K7QX2MZP4A"
        assert reading.problems == ()


@pytest.mark.parametrize("kind", ["ods", "xls", "xlsx"])
def test_errors_saved_by_libreoffice(saved: Path, kind: str) -> None:
    (sheet,) = files(saved / kind / f"errors.{kind}").sheets
    reading = weigh(sheet, "a")
    assert reading.doubts == {"rows.1.household_size": "rejected", "rows.2.income_per_head": "rejected"}
    assert [(problem.code, problem.found) for problem in reading.problems] == [
        ("F-EXCEL-003", "#DIV/0!"),
        ("F-EXCEL-003", "#N/A"),
    ]


@pytest.fixture(scope="module")
def law(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[tuple[Manifest, dict[str, Any]]]]:
    """Random records of every form with an Excel template: numbered files in xls/ and ods/, and the records."""
    folder = tmp_path_factory.mktemp("law")
    records = [(one, record) for one in map(form, RECORDS) for record in _drawn(one)]
    for number, (one, record) in enumerate(records):
        (folder / f"{number}.xlsx").write_bytes(print_sheet(one, "xlsx", record) or b"")
    for kind in ("xls", "ods"):
        convert(kind, folder / kind, sorted(folder.glob("*.xlsx")))
    return folder, records


def _drawn(one: Manifest) -> list[dict[str, Any]]:
    records: list[dict[str, Any]] = []

    @settings(max_examples=EXAMPLES, derandomize=True, database=None, deadline=None)
    @given(records_of(one))
    def draw(record: dict[str, Any]) -> None:
        records.append(record)

    draw()
    return records


@pytest.mark.parametrize("kind", ["xls", "ods"])
def test_what_was_filled_in_comes_back(law: tuple[Path, list[tuple[Manifest, dict[str, Any]]]], kind: str) -> None:
    folder, records = law
    assert len(records) == EXAMPLES * len(RECORDS)
    for number, (one, record) in enumerate(records):
        read = files(folder / kind / f"{number}.{kind}")
        assert read.problems == [] and len(read.sheets) == 1
        reading = weigh(read.sheets[0], "a")
        assert (reading.form, reading.record) == (one.id, KEY)
        assert reading.values == as_read(one, record), number
        assert (reading.doubts, doubts_of_reading(reading)) == ({}, [])


def test_names_of_an_old_workbook_say_where_blanks_are(saved: Path) -> None:
    for number in range(len(RECORDS)):
        old, new = (book_facts(path) for path in (saved / "xls" / f"{number}.xls", saved / f"{number}.xlsx"))
        assert set(old.names) == set(new.names) and old.names
        assert (old.identity, old.is_1904) == (new.identity, False)


def test_days_of_an_old_workbook_counted_from_1904(saved: Path) -> None:
    path = saved / "xls" / "1904.xls"
    assert book_facts(path).is_1904 is True
    (sheet,) = files(path).sheets
    assert weigh(sheet, "a").values["filled_on"] == SURVEY_DAY


def test_an_old_workbook_that_cannot_be_looked_over_says_so(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """calamine reads files that xlrd refuses: then errors are blank, and nothing says which record it is."""

    def refuse(*_: object, **__: object) -> None:
        raise xlrd.XLRDError("Workbook corruption")

    monkeypatch.setattr(xlrd, "open_workbook", refuse)
    read = files(saved / "xls" / "errors.xls")
    assert [(problem.code, problem.place.part) for problem in read.problems] == [("F-EXCEL-008", "附件5")]
    reading = weigh(read.sheets[0], "a")
    assert (reading.record, "household_size" in reading.values["rows"][0]) == ("", False)
    assert book_facts(saved / "xls" / "1904.xls").is_1904 is None


def test_errors_of_an_old_workbook_are_no_blanks_in_a_dataset_either(saved: Path) -> None:
    with open_tables(saved / "xls" / "errors.xls") as tables:
        (table,) = tables
        cells = [cell for row in table.rows() for cell in row if isinstance(cell, UnreadCell)]
    assert cells == [UnreadCell("#DIV/0!", "error"), UnreadCell("#N/A", "error")]


@pytest.mark.parametrize("kind", ["xls", "ods"])
def test_units_and_struck_text_are_those_of_the_same_xlsx(saved: Path, kind: str) -> None:
    assert cells_of(saved / kind / f"formats.{kind}") == cells_of(saved / "formats.xlsx")
    struck = [
        cell for row in cells_of(saved / kind / f"formats.{kind}") for cell in row if isinstance(cell, UnreadCell)
    ]
    assert struck == [UnreadCell(text, "struck") for text in ("5", "李思李四", "张5", "张6", "张7", "张8")]


def cells_of(path: Path) -> list[list[Any]]:
    """The rows, without blanks."""
    with open_tables(path) as tables:
        rows = [[cell for cell in row if cell != ""] for table in tables for row in table.rows()]
    return [row for row in rows if row]


def test_an_old_workbook_of_odd_formats_says_so(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = xlrd.open_workbook

    def odd(**options: Any) -> Any:
        assert not options["formatting_info"]
        return opened(**options)

    monkeypatch.setattr(xlrd, "open_workbook", odd)
    with open_tables(saved / "xls" / "errors.xls") as tables:
        (table,) = tables
        assert not table.is_looked_over and UnreadCell("#N/A", "error") in [
            cell for row in table.rows() for cell in row
        ]


def test_a_damaged_old_workbook_is_looked_over_or_not(saved: Path, tmp_path: Path) -> None:
    """Whatever bytes were changed, nothing is raised."""
    whole = (saved / "xls" / "errors.xls").read_bytes()
    path = tmp_path / "damaged.xls"
    chance = random.Random(5)
    looked_over = 0
    for _ in range(600):
        damaged = bytearray(whole)
        for _ in range(chance.choice([1, 5, 20])):
            damaged[chance.randrange(len(damaged))] = chance.choice([0, 255, chance.randrange(256)])
        path.write_bytes(damaged)
        book_facts(path)
        book = open_old_workbook(path)
        looked_over += book is not None and book.marks("附件5") is not None
    assert 200 < looked_over < 600
