"""Files made to harm: small ones that ask for much memory, XML that brings entities, names that lead nowhere."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from formgen.data.sources import open_tables
from formgen.errors import InputError
from tests.reading.xlsx.workbooks import ROSTER, SURVEY, codes, files, reading, roster, survey, written
from tests.rendering.xlsx.workbooks import rewritten

SHEET = "xl/worksheets/sheet1.xml"
CELL = '<table:table-cell office:value-type="string"{}><text:p>a</text:p></table:table-cell>'
EMPTY = '<table:table-row table:number-rows-repeated="1048574"><table:table-cell table:number-columns-repeated="{}"/>'


def changed(folder: Path, part: str, edit: Callable[[str], str]) -> Path:
    path = written(folder, ROSTER)
    rewritten(path, {part: edit})
    return path


def test_a_sheet_that_claims_to_be_huge_is_read(tmp_path: Path) -> None:
    path = changed(
        tmp_path, SHEET, lambda xml: xml.replace("<sheetData>", '<dimension ref="A1:XFD1048576"/><sheetData>')
    )
    assert reading(path).values == roster()


def test_formats_far_away_are_no_cells(tmp_path: Path) -> None:
    far = '<row r="1048576"><c r="XFD1048576" s="1"/><c r="XFD1048576" s="1"></c></row></sheetData>'
    path = changed(tmp_path, SHEET, lambda xml: xml.replace("</sheetData>", far))
    assert reading(path).values == roster()


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="XFD1048576"><v>1</v></c>',
        "<c s='1' r='XFD1048576'><v>1</v></c>",
        '<c\tt="str"\n r = "xfd1048576" ><v>1</v></c>',
        '<c t="str" r ="XFD1048576"><v>1</v></c>',
        '<c t="str" r= "XFD1048576"><v>1</v></c>',
        '<c r="AAAA99"><v>1</v></c>',
        '<c r="XFD1048576" t="inlineStr"><is><t>1</t></is></c>',
        '<c r="XFD1048576"><f>1+1</f></c>',
    ],
)
def test_a_cell_at_the_end_of_the_world_is_refused(tmp_path: Path, cell: str) -> None:
    path = changed(tmp_path, SHEET, lambda xml: xml.replace("</sheetData>", f'<row r="99">{cell}</row></sheetData>'))
    with pytest.raises(InputError) as caught:
        files(path)
    assert (caught.value.problem.code, caught.value.problem.place.part) == ("F-EXCEL-001", "附件5")


@pytest.mark.parametrize(
    "row",
    [
        '<row r="99"><c t="str"r="XFD99"><v>1</v></c></row>',
        "<row r='99'><c t='str'r='XFD99'><v>1</v></c></row>",
        '<row r="99"><c r="A98"><v>1</v></c></row>',
        '<row r="99"><c r="B99"><v>1</v></c><c r="A99"><v>1</v></c></row>',
        '<row r="6"><c r="A6"><v>1</v></c></row>',
        '<row r="1048577"><c r="A1048577"><v>1</v></c></row>',
        '<row r="99"><c r="A99"><v>1_0</v></c></row>',
        '<row r="99"><c r="A99"><v>nan</v></c></row>',
        '<row r="99"><c r="A99" t="s"><v>-1</v></c></row>',
        '<row r="99"><c r="A99" t="s"><v>99999</v></c></row>',
        '<row r="99"><c r="A99" t="x"><v>1</v></c></row>',
        '<row r="99"><c r="A99" t="b"><v>2</v></c></row>',
        '<row r="99"><c r="A99" t="d"><v>2015-13-01</v></c></row>',
        '<row r="99"><c r="A99" t="str"><v>&x;</v></c></row>',
        '<row r="99"><c r="A99" t="str"><v>a & b</v></c></row>',
        '<row r="99"><c r="A99" t="str"><v>&#xD800;</v></c></row>',
        '<row r="99"><c r="A99"><v>1</v></row>',
        '<!-- <row r="99"><c r="A99"><v>1</v></c></row>',
    ],
)
def test_a_row_that_no_program_writes_is_refused(tmp_path: Path, row: str) -> None:
    path = changed(tmp_path, SHEET, lambda xml: xml.replace("</sheetData>", f"{row}</sheetData>"))
    with pytest.raises(InputError) as caught:
        files(path)
    assert caught.value.problem.code == "F-FILE-004"


def test_merged_cells_without_end(tmp_path: Path) -> None:
    path = changed(tmp_path, SHEET, lambda xml: xml.replace("A9:H9", "A9:XFD1048576"))
    assert reading(path).values == roster()


def test_entities_are_refused(tmp_path: Path) -> None:
    attack = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]><Properties'
    path = changed(tmp_path, "docProps/custom.xml", lambda xml: xml.replace("<Properties", attack, 1))
    with pytest.raises(InputError) as caught:
        files(path)
    assert caught.value.problem.code == "F-SAFE-003"


@pytest.mark.parametrize(
    "name", ["#REF!", "'附件5'!$A$9999999999", "[1]附件5!$A$3", "附件5!$A:$A", "1+1", "'别的'!$A$3"]
)
def test_names_that_lead_nowhere(tmp_path: Path, name: str) -> None:
    path = changed(tmp_path, "xl/workbook.xml", lambda xml: xml.replace("'附件5'!$A$3<", f"{name}<"))
    read = reading(path)
    assert read.values == roster()
    assert read.evidence["town"].layer == "path"


def test_a_name_moved_to_another_cell_contradicts(tmp_path: Path) -> None:
    path = changed(tmp_path, "xl/workbook.xml", lambda xml: xml.replace("'附件5'!$A$3<", "'附件5'!$G$3<"))
    read = reading(path)
    assert read.doubts == {"town": "contradictory"} and codes(read) == ["F-READ-001"]


def _ods(folder: Path, rows: str) -> Path:
    names = ("office", "table", "text")
    spaces = "".join(f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in names)
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    path = folder / "a.ods"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", kind)
        archive.writestr(
            "META-INF/manifest.xml",
            f'<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
            f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>',
        )
        archive.writestr(
            "content.xml",
            f"<office:document-content{spaces}><office:body><office:spreadsheet>"
            f'<table:table table:name="a">{rows}</table:table></office:spreadsheet></office:body>'
            "</office:document-content>",
        )
    return path


@pytest.mark.parametrize(
    "rows",
    [
        '<table:table-row table:number-rows-repeated="1048576">'
        + CELL.format(' table:number-columns-repeated="999"')
        + "</table:table-row>",
        f"<table:table-row>{CELL.format('')}</table:table-row>{EMPTY.format(1)}</table:table-row><table:table-row>"
        f'<table:table-cell table:number-columns-repeated="16383"/>{CELL.format("")}</table:table-row>',
    ],
)
def test_repeated_cells_are_counted_before_room_is_made(tmp_path: Path, rows: str) -> None:
    with pytest.raises(InputError) as caught, open_tables(_ods(tmp_path, rows)) as tables:
        next(tables)
    assert caught.value.problem.code == "F-EXCEL-001"


def test_empty_cells_to_the_end_are_no_harm(tmp_path: Path) -> None:
    rows = f"<table:table-row>{CELL.format('')}</table:table-row>{EMPTY.format(16384)}</table:table-row>"
    with open_tables(_ods(tmp_path, rows)) as tables:
        assert [list(table.rows()) for table in tables] == [[["a"]]]


def test_days_counted_from_1904_in_a_bare_number(tmp_path: Path) -> None:
    path = written(tmp_path, SURVEY)
    rewritten(
        path,
        {
            "xl/workbook.xml": lambda xml: (
                xml.replace("<workbookPr", '<workbookPr date1904="1"')
                if "<workbookPr" in xml
                else xml.replace("<sheets>", '<workbookPr date1904="1"/><sheets>', 1)
            )
        },
    )
    assert reading(path).values == survey()
