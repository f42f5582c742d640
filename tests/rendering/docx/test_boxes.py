"""The room a field has, read from cells, merged cells and tab stops."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from formgen.rendering.docx.boxes import HOLDERS, find_sites
from formgen.rendering.docx.styles import Styles
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


def box_of(body: str, styles: str = "", fields: str = "name") -> Box | None:
    root = etree.fromstring(f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>')
    manifest = make_manifest(Path("p"), fields)
    scopes = TagReader(manifest, Path("p"), DOCUMENT).scopes(root, HOLDERS)
    sites = list(
        find_sites(
            {DOCUMENT: root},
            {DOCUMENT: scopes},
            manifest,
            Styles(etree.fromstring(f'<w:styles xmlns:w="{W}">{styles}</w:styles>')),
        )
    )
    return sites[0].box if sites else None


OTHER = cell(paragraph(""))


def test_a_cell_of_an_exact_row_less_its_margins_borders_and_spacing() -> None:
    found = box_of(table(row(cell(paragraph(VALUE)) + OTHER)))
    assert found == Box(2000 / 20 - 2 * 5.4 - 0.1, 40 - 2 - 0.5, 12, 15, 7.5)


def test_margins_of_cell_and_table_and_indents() -> None:
    margins = '<w:tblCellMar><w:left w:w="40" w:type="dxa"/><w:right w:w="60" w:type="dxa"/></w:tblCellMar>'
    own = '<w:tcMar><w:left w:w="100" w:type="dxa"/></w:tcMar>'
    indented = paragraph(VALUE, LINE + '<w:ind w:left="200" w:firstLineChars="200"/>')
    found = box_of(table(row(cell(indented, own) + OTHER), margins))
    assert found is not None
    assert (found.width_pt, found.first_line_pt) == ((2000 - 100 - 60 - 200) / 20 - 0.1, 24)


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


BARE = VALUE.replace('<w:rPr><w:sz w:val="24"/></w:rPr>', "")
DEFAULTS = """<w:docDefaults><w:rPrDefault><w:rPr><w:sz w:val="44"/></w:rPr></w:rPrDefault><w:pPrDefault><w:pPr>
    <w:spacing w:after="200" w:line="480" w:lineRule="auto"/></w:pPr></w:pPrDefault></w:docDefaults>"""
STYLES = """
    <w:style w:type="paragraph" w:styleId="Base"><w:pPr><w:spacing w:before="40"/><w:ind w:left="200"/></w:pPr>
      <w:rPr><w:sz w:val="32"/></w:rPr></w:style>
    <w:style w:type="paragraph" w:styleId="Cell"><w:basedOn w:val="Base"/></w:style>
    <w:style w:type="character" w:styleId="Big"><w:basedOn w:val="Bigger"/></w:style>
    <w:style w:type="character" w:styleId="Bigger"><w:basedOn w:val="Big"/><w:rPr><w:sz w:val="36"/></w:rPr></w:style>
    <w:style w:type="table" w:styleId="Grid"><w:pPr><w:spacing w:after="0"/></w:pPr><w:rPr><w:sz w:val="28"/></w:rPr>
      <w:tblPr><w:tblCellMar><w:left w:w="0"/><w:right w:w="0"/></w:tblCellMar></w:tblPr></w:style>"""
NORMAL = '<w:style w:type="paragraph" w:default="1" w:styleId="a"><w:rPr><w:sz w:val="21"/></w:rPr></w:style>'
OF_GRID = '<w:tblStyle w:val="Grid"/>'


@pytest.mark.parametrize(
    ("styles", "table_style", "paragraph_style", "run_style", "size_pt"),
    [
        ("", "", "", "", 10),
        (DEFAULTS, "", "", "", 22),
        (DEFAULTS + STYLES, OF_GRID, "", "", 14),
        (DEFAULTS + STYLES + NORMAL, OF_GRID, "", "", 10.5),
        (DEFAULTS + STYLES + NORMAL, OF_GRID, "Cell", "", 16),
        (DEFAULTS + STYLES + NORMAL, OF_GRID, "Cell", '<w:rStyle w:val="Big"/>', 18),
        (DEFAULTS + STYLES + NORMAL, OF_GRID, "Cell", '<w:rStyle w:val="Big"/><w:sz w:val="40"/>', 20),
        (DEFAULTS + STYLES, "", "Unknown", "", 22),
    ],
)
def test_the_size_in_force_is_words_own(
    styles: str, table_style: str, paragraph_style: str, run_style: str, size_pt: float
) -> None:
    value = BARE.replace("<w:r>", f"<w:r><w:rPr>{run_style}</w:rPr>")
    named = f'<w:pStyle w:val="{paragraph_style}"/>' if paragraph_style else ""
    found = box_of(table(row(cell(paragraph(value, named)) + OTHER), table_style), styles)
    assert found is not None
    assert (found.size_pt, found.line_pt) == (size_pt, size_pt * 1.45 * (2 if styles else 1))


def test_spacing_indents_and_margins_come_from_styles_attribute_by_attribute() -> None:
    own = '<w:pStyle w:val="Cell"/><w:spacing w:line="300" w:lineRule="exact"/>'
    found = box_of(table(row(cell(paragraph(BARE, own)) + OTHER), OF_GRID), DEFAULTS + STYLES)
    assert found == Box(100 - 10 - 0.1, 40 - 2 - 0.5, 16, 15, 7.5)
    found = box_of(table(row(cell(paragraph(BARE, own)) + OTHER)), DEFAULTS + STYLES)
    assert found == Box(100 - 10.8 - 10 - 0.1, 40 - 2 - 10 - 0.5, 16, 15, 7.5)


def test_words_beside_a_tag_share_the_room_of_the_cell() -> None:
    words = RUN.format(size=28, text="理由：")
    found = box_of(table(row(cell(paragraph(words + VALUE)) + OTHER)))
    assert found == Box(2000 / 20 - 2 * 5.4 - 0.1, 40 - 2 - 0.5, 14, 15, 7.5)


def test_words_that_fill_the_cell_by_themselves_are_taken_to_fit() -> None:
    words = RUN.format(size=24, text="本人自愿申请扶持，保证所填属实，" * 2)
    found = box_of(table(row(cell(paragraph(words + VALUE)) + OTHER)))
    assert found is not None
    assert found.height_pt == 5 * 15


@pytest.mark.parametrize("tags", ["", '<w:tabs><w:tab w:val="left" w:pos="900"/></w:tabs>'])
def test_only_tab_stops_of_its_own_leave_a_paragraph_to_its_designer(tags: str) -> None:
    inner = RUN.format(size=24, text="签名：") + TAB + VALUE
    assert (box_of(table(row(cell(paragraph(inner, tags + LINE)) + OTHER))) is None) == bool(tags)
