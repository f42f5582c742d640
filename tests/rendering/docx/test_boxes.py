"""The room a field has, read from cells, merged cells and tab stops."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from formgen.rendering.docx.boxes import HOLDERS, find_sites
from formgen.rendering.docx.tags import TagReader
from formgen.rendering.docx.wordml import DOCUMENT
from formgen.typeset import Box
from tests.rendering.wordmaker import W, make_manifest

LINE = '<w:spacing w:before="20" w:after="20" w:line="300" w:lineRule="exact"/>'
RUN = '<w:r><w:rPr><w:sz w:val="{size}"/></w:rPr><w:t>{text}</w:t></w:r>'
VALUE = f"<w:sdt><w:sdtContent>{RUN.format(size=24, text='{{ name }}')}</w:sdtContent></w:sdt>"
TAB = "<w:r><w:tab/></w:r>"


def paragraph(inner: str, properties: str = LINE) -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr>{inner}</w:p>"


def cell(inner: str, properties: str = "") -> str:
    return f'<w:tc><w:tcPr><w:tcW w:w="2000" w:type="dxa"/>{properties}</w:tcPr>{inner}</w:tc>'


def row(inner: str, height: int = 800, rule: str = "exact") -> str:
    return f'<w:tr><w:trPr><w:trHeight w:val="{height}" w:hRule="{rule}"/></w:trPr>{inner}</w:tr>'


def table(inner: str, margins: str = "") -> str:
    grid = '<w:tblGrid><w:gridCol w:w="2000"/><w:gridCol w:w="2000"/></w:tblGrid>'
    return f"<w:tbl><w:tblPr>{margins}</w:tblPr>{grid}{inner}</w:tbl>"


def box_of(body: str) -> Box | None:
    root = etree.fromstring(f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>')
    manifest = make_manifest(Path("p"), "name")
    scopes = TagReader(manifest, Path("p"), DOCUMENT).scopes(root, HOLDERS)
    sites = list(find_sites({DOCUMENT: root}, {DOCUMENT: scopes}, manifest))
    return sites[0].box if sites else None


OTHER = cell(paragraph(""))


def test_a_cell_of_an_exact_row_less_its_margins_borders_and_spacing() -> None:
    found = box_of(table(row(cell(paragraph(VALUE)) + OTHER)))
    assert found == Box(2000 / 20 - 2 * 5.4 - 0.5, 40 - 2 - 0.5, 12, 15, 7.5)


def test_margins_of_cell_and_table_and_indents() -> None:
    margins = '<w:tblCellMar><w:left w:w="40" w:type="dxa"/><w:right w:w="60" w:type="dxa"/></w:tblCellMar>'
    own = '<w:tcMar><w:left w:w="100" w:type="dxa"/></w:tcMar>'
    indented = paragraph(VALUE, LINE + '<w:ind w:left="200" w:firstLineChars="200"/>')
    found = box_of(table(row(cell(indented, own) + OTHER), margins))
    assert found is not None
    assert (found.width_pt, found.first_line_pt) == ((2000 - 100 - 60 - 200) / 20 - 0.5, 24)


def test_a_merged_cell_has_the_height_of_all_its_rows() -> None:
    start, more = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    rows = row(cell(paragraph(VALUE), start) + OTHER) + row(cell(paragraph(""), more) + OTHER, 600) + row(OTHER + OTHER)
    found = box_of(table(rows))
    assert found is not None
    assert found.height_pt == pytest.approx(70 - 2 - 0.5)


def test_other_paragraphs_of_the_cell_take_their_part() -> None:
    found = box_of(table(row(cell(paragraph(VALUE) + paragraph(RUN.format(size=24, text="注"))) + OTHER)))
    assert found is not None
    assert found.height_pt == pytest.approx(40 - 2 - 17 - 0.5)


@pytest.mark.parametrize(
    ("stops", "width_pt"),
    [
        ('<w:tab w:val="center" w:pos="1500"/><w:tab w:val="left" w:pos="2500"/>', 100),
        ('<w:tab w:val="left" w:pos="1500"/><w:tab w:val="left" w:pos="2500"/>', 50),
    ],
)
def test_a_blank_between_tab_stops_is_one_line_of_its_width(stops: str, width_pt: float) -> None:
    found = box_of(paragraph(RUN.format(size=24, text="户主：") + TAB + VALUE + TAB, f"<w:tabs>{stops}</w:tabs>{LINE}"))
    assert found == Box(width_pt, 15, 12, 15, 7.5)


@pytest.mark.parametrize(
    "body",
    [
        paragraph(VALUE),
        table(row(cell(paragraph(VALUE)) + OTHER, rule="atLeast")),
        paragraph(RUN.format(size=24, text="共") + VALUE + RUN.format(size=24, text="户")),
    ],
)
def test_what_can_grow_has_no_box(body: str) -> None:
    assert box_of(body) is None
