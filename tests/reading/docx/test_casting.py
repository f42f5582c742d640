"""Rows that are not parsed because their make is known are the rows that a parser finds."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from formgen.forms.catalogue import Catalogue
from formgen.forms.manifest import Manifest
from formgen.reading.docx import casting
from formgen.reading.docx.casting import cast_rows
from formgen.reading.docx.model import Block, SectionEnd, Text, tables_of
from formgen.reading.docx.roots import FRAGMENTS, PLACEHOLDER
from formgen.reading.docx.walking import Walker, walk_alone
from formgen.rendering.docx.wordml import W_NS, w
from tests.reading.docx import word_edits as edits
from tests.reading.printing import print_sheet
from tests.reading.records import records_of

FORMS = [form for form in Catalogue().forms() if "docx" in form.templates]
HEAD = f'<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="{W_NS}"><w:body><w:tbl>'
TAIL = "</w:tbl></w:body></w:document>"
CELL = "<w:tc><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:tc>"


@pytest.fixture(autouse=True)
def nothing_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes are known to the process: those of a test's own walker must not be met by others."""
    monkeypatch.setattr(casting, "_KNOWN", {})


def cast(content: bytes) -> tuple[list[object], int]:
    """What the blocks of a part say, and how many rows of tables were cast."""
    walker = Walker()
    part = cast_rows(content, walk_alone)
    made, walker.cast = part.made, part.rows
    root = etree.fromstring(made, FRAGMENTS)
    return _told(walker.flow(root.find(w("body")))), made.count(f'<w:tr {PLACEHOLDER}="'.encode())


def parsed(content: bytes) -> list[object]:
    return _told(Walker().flow(etree.fromstring(content, FRAGMENTS).find(w("body"))))


def _told(blocks: list[Block]) -> list[object]:
    told: list[object] = [block.heads for block in blocks if isinstance(block, SectionEnd)]
    told += [_text(block) for block in blocks if isinstance(block, Text)]
    for table in tables_of(blocks):
        told += [[(*_text(cell), cell.column, cell.span, cell.merge) for cell in row] for row in table.rows]
    return told


def _text(text: Text) -> tuple[object, ...]:
    return text.text, sorted(text.marks), text.place, text.pictures


def rows(*texts: str) -> bytes:
    return f"{HEAD}{''.join(f'<w:tr>{CELL.format(text)}</w:tr>' for text in texts)}{TAIL}".encode()


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_what_is_cast_is_what_is_parsed(form: Manifest) -> None:
    most = 0

    @settings(max_examples=30, deadline=None, derandomize=True)
    @given(records_of(form))
    def law(record: dict[str, Any]) -> None:
        nonlocal most
        content = print_sheet(form, "docx", record)
        if content is not None:
            document = edits.part_of(content)
            told, count = cast(document)
            assert told == parsed(document)
            most = max(most, count)

    law()
    assert most > 1


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.lists(st.sampled_from(["甲", "", " 乙 ", "&amp;", "&#x4e00;", "]]&gt;", "x\ty", "\n", ">", "0"]), min_size=1))
def test_odd_texts_are_what_a_parser_makes_of_them(texts: list[str]) -> None:
    told, _ = cast(rows(*texts))
    assert told == parsed(rows(*texts))


@pytest.mark.parametrize("text", ["]]>", "\0", "\x01", "\ufffe", "&none;", "&", "<", "<w:x>"])
def test_a_text_that_breaks_a_part_breaks_it(text: str) -> None:
    content = rows("甲", "乙", text)
    with pytest.raises(etree.XMLSyntaxError):
        cast(content)
    with pytest.raises(etree.XMLSyntaxError):
        parsed(content)


@pytest.mark.parametrize("around", ["{}", "<w:tr><w:tc>{}</w:tc></w:tr>"], ids=["paragraph", "row"])
def test_a_text_beyond_the_parser_s_limits_is_beyond_ours(around: str) -> None:
    head, tail = (HEAD, TAIL) if around != "{}" else (HEAD.removesuffix("<w:tbl>"), TAIL.removeprefix("</w:tbl>"))
    made = [around.format(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>") for text in ("甲", "乙", "丙" * 4_000_000)]
    with pytest.raises(etree.XMLSyntaxError):
        cast(f"{head}{''.join(made)}{tail}".encode())


def test_bytes_that_are_no_text_break_a_part() -> None:
    with pytest.raises(etree.XMLSyntaxError):
        cast(rows("甲", "乙", "丙").replace("丙".encode(), b"\xff"))


@pytest.mark.parametrize(
    "around",
    [
        "<!--{}-->",
        "<w:x><![CDATA[{}]]></w:x>",
        "<?x {}?>",
        '<w:x xmlns:w="other">{}</w:x>',
        f"{{}}<w:tr {PLACEHOLDER}='0'/>",
    ],
)
def test_where_a_row_may_be_something_else_all_is_parsed(around: str) -> None:
    row = f"<w:tr>{CELL.format('甲')}</w:tr>"
    content = f"{HEAD}{row}{around.format(row)}{TAIL}".encode()
    told, count = cast(content)
    assert (told, count) == (parsed(content), 0)


@pytest.mark.parametrize(
    "inner",
    [
        "<w:p><w:ins><w:r><w:t>甲</w:t></w:r></w:ins></w:p>",
        "<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr></w:p>",
        "<w:p><w:r><w:drawing/></w:r></w:p>",
        '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r></w:p>',
        f"<w:tbl><w:tr>{CELL.format('甲')}</w:tr></w:tbl><w:p/>",
        '<w:p><w:bookmarkStart w:id="1" w:name="f_a"/></w:p>',
    ],
)
def test_rows_with_uncommon_things_are_parsed(inner: str) -> None:
    content = f"{HEAD}<w:tr><w:tc>{inner}</w:tc></w:tr>{TAIL}".encode()
    told, count = cast(content)
    assert told == parsed(content) and count == ("<w:tbl>" in inner)


def test_bookmarks_that_cross_are_not_taken_for_others() -> None:
    mark = '<w:bookmarkStart w:id="{}" w:name="f{}_a__{}"/>{}<w:bookmarkEnd w:id="{}"/>'
    run = "<w:r><w:t>{}</w:t></w:r>"

    def row(first: int, second: int, end: int, last: int, number: int) -> str:
        inner = mark.format(second, 3, number, run.format("乙"), end)
        return f"<w:tr><w:tc><w:p>{mark.format(first, '', number, run.format('甲') + inner, last)}</w:p></w:tc></w:tr>"

    made = [
        row(1, 2, 2, 1, 1),
        row(3, 4, 4, 3, 2),
        row(5, 6, 5, 6, 3),
        row(7, 7, 7, 7, 4),
        row(8, 9, 9, 8, 12345678901),
    ]
    content = f"{HEAD}{''.join(made)}{TAIL}".encode()
    told, count = cast(content)
    assert told == parsed(content) and count == 2


def test_a_file_whose_rows_are_all_different_is_read() -> None:
    texts = [f"<w:tr>{CELL.format(number)}<w:tc><w:p>{'<w:r/>' * number}</w:p></w:tc></w:tr>" for number in range(200)]
    content = f"{HEAD}{''.join(texts)}{TAIL}".encode()
    told, count = cast(content)
    assert told == parsed(content) and count < len(texts)


def test_only_the_texts_of_a_known_row_remain() -> None:
    part = cast_rows(rows("甲", "乙"), walk_alone)
    made, found = part.made, part.rows
    assert [row.said() for row in found] == [["甲"], ["乙"]]
    assert re.search("[甲乙]", made.decode()) is None


def test_the_numbers_word_gives_paragraphs_are_no_difference() -> None:
    inner = '<w:p w14:paraId="{1:08X}"><w:r><w:t>{0}</w:t></w:r></w:p>'
    row = f'<w:tr w:rsidR="00A1" w14:paraId="{{0:08X}}"><w:tc>{inner}</w:tc></w:tr>'
    head = HEAD.replace("><w:body>", ' xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"><w:body>')
    content = f"{head}{''.join(row.format(number, number + 99) for number in range(5))}{TAIL}".encode()
    found = cast_rows(content, walk_alone).rows
    assert [row.said() for row in found] == [[str(number)] for number in range(5)]
    assert len({row.mould for row in found}) == 1 and cast(content)[0] == parsed(content)
