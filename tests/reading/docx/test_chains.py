"""Parts whose rows are all of makes seen before, in an order seen before, are what a parser finds in them."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import etree

from formgen.forms.catalogue import Catalogue
from formgen.forms.manifest import Manifest
from formgen.reading.docx import casting, chains
from formgen.reading.docx.casting import cast_rows
from formgen.reading.docx.chains import LONGEST_REST
from formgen.reading.docx.roots import PLACEHOLDER
from formgen.reading.docx.walking import walk_alone
from formgen.rendering.docx import compile_docx
from formgen.rendering.docx.wordml import W_NS
from tests.reading.docx import word_edits as edits
from tests.reading.docx.test_casting import cast, parsed
from tests.reading.docx.test_programs import filled
from tests.reading.docx.word_saved import saved_by_word

FORMS = [form for form in Catalogue().forms() if "docx" in form.templates]
W14 = "http://schemas.microsoft.com/office/word/2010/wordml"
MARKED = (
    '<w:bookmarkStart w:id="{0}" w:name="f_rows_name__{0}"/><w:r><w:t>{1}</w:t></w:r><w:bookmarkEnd w:id="{0}"/>'
    "<w:r><w:t>岁</w:t></w:r>"
)
PRINTED = (
    f'<w:document xmlns:w="{W_NS}"><w:body><w:p><w:r><w:t>题</w:t></w:r></w:p><w:tbl><w:tblPr/>'
    f"<w:tr><w:tc><w:p>{MARKED.format(1, '甲')}</w:p></w:tc></w:tr>"
    f"<w:tr><w:tc><w:p>{MARKED.format(2, '乙')}</w:p></w:tc></w:tr></w:tbl><w:sectPr/></w:body></w:document>"
)
SAVED = (
    f'<w:document xmlns:w="{W_NS}" xmlns:w14="{W14}"><w:body><w:p w14:paraId="00A1B2C3" w:rsidR="00A1B2C3">'
    '<w:r w:rsidR="00A1B2C3"><w:rPr><w:b/></w:rPr><w:t>题</w:t></w:r></w:p><w:tbl><w:tblPr/>'
    '<w:tr w:rsidR="00A1B2C3"><w:tc><w:p><w:r><w:rPr><w:i/></w:rPr><w:t>甲</w:t></w:r></w:p></w:tc></w:tr></w:tbl>'
    '<w:sectPr w:rsidR="00A1B2C3"/></w:body></w:document>'
)
SIGNS = b'\0\x01"&/0<>A\xe4'


@pytest.fixture(autouse=True)
def nothing_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(casting, "_KNOWN", {})


def known(content: bytes) -> list[chains.Chain]:
    """The chains there are once the part was met twice."""
    for _ in range(2):
        cast_rows(content, walk_alone)
    (foundries,) = casting._KNOWN.values()
    return foundries.chains._known


def outcome(read: Any, content: bytes) -> object:
    try:
        return read(content)
    except (etree.XMLSyntaxError, AttributeError):  # the second: no body
        return "broken"


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_printed_files_are_of_one_chain(form: Manifest) -> None:
    record = filled(form)
    document, other = (edits.part_of(compile_docx(form).render(record, key).content or b"") for key in ("r1", "r2"))
    (chain,) = known(document)
    assert chain.read(other, is_saved=False) is not None
    assert cast(document)[0] == parsed(document)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_files_that_word_saved_are_of_one_chain(form: Manifest) -> None:
    printed = compile_docx(form).render(filled(form), "r1").content or b""
    saved = [edits.part_of(saved_by_word(printed, seed)) for seed in range(12)]
    for document in saved:
        assert cast(document)[0] == parsed(document)
    (foundries,) = casting._KNOWN.values()
    assert len(foundries.chains._known) == 1  # with drawings and ends of sections, too


@pytest.mark.parametrize("part", [PRINTED, SAVED], ids=["printed", "saved"])
def test_every_byte_counts(part: str) -> None:
    content = part.encode()
    assert len(known(content)) == 1
    start = content.index(b"<w:body>")
    differ = 0
    for at in range(start, len(content)):
        for sign in SIGNS:
            changed = content[:at] + bytes([sign]) + content[at + 1 :]
            told = outcome(lambda changed: cast(changed)[0], changed)
            assert told == outcome(parsed, changed), changed[at - 30 : at + 30]
            differ += told != "broken"
    assert differ > 50


def test_marks_that_have_one_number() -> None:
    content = PRINTED.encode()
    (chain,) = known(content)
    changed = PRINTED.replace('w:id="2"', 'w:id="1"').encode()
    assert chain.read(changed, is_saved=False) is None
    assert cast(changed)[0] == parsed(changed)


def test_more_and_fewer_rows() -> None:
    row = PRINTED[PRINTED.index("<w:tr>") : PRINTED.index("</w:tbl>")]
    for times in (1, 3, 0, 2, 1, 3, 2, 0, 1):
        content = PRINTED.replace(row, row * times).encode()
        assert cast(content)[0] == parsed(content)
    (foundries,) = casting._KNOWN.values()
    assert len(foundries.chains._known) == 4


def test_a_placeholder_that_was_there_is_none_of_ours() -> None:
    content = PRINTED.replace("<w:tblPr/>", f'<w:tblPr/><w:tr {PLACEHOLDER}="0"/>').encode()
    for _ in range(3):
        assert cast(content)[1] == 1  # as it stood
    (foundries,) = casting._KNOWN.values()
    assert not foundries.chains._known


def test_a_long_text_is_left_to_the_parser() -> None:
    content = PRINTED.encode()
    known(content)
    long = content.replace("题".encode(), b"x" * LONGEST_REST)
    part = cast_rows(long, walk_alone)
    assert b"x" * LONGEST_REST in part.made and len(part.rows) == 2


def test_parts_of_several_lengths_have_a_chain_each() -> None:
    form = Catalogue().form("xinmi-2015/survey-sheet")
    record = filled(form)
    (row,) = record["rows"][:1]
    for count in (3, 9, 3, 9, 4, 4):
        record["rows"] = [row] * count
        saved = saved_by_word(compile_docx(form).render(record, "r1").content or b"", count)
        cast_rows(edits.part_of(saved), walk_alone)
    (foundries,) = casting._KNOWN.values()
    found = foundries.chains._known
    assert len(found) == 3
    for count in (3, 9, 4):
        record["rows"] = [row] * count
        saved = edits.part_of(saved_by_word(compile_docx(form).render(record, "r1").content or b"", 7))
        assert cast(saved)[0] == parsed(saved)
        assert len(cast_rows(saved, walk_alone).rows) == len(found[0].moulds)


@pytest.mark.parametrize("rest", [b"x", b"<x/>", b" ", b"<!-- -->"])
def test_what_follows_the_part(rest: bytes) -> None:
    known(PRINTED.encode())
    changed = PRINTED.encode() + rest
    assert outcome(lambda changed: cast(changed)[0], changed) == outcome(parsed, changed)


def test_a_part_most_of_which_is_not_cast_has_none() -> None:
    rest = f"<w:p><w:r><w:sym/>{'<w:cr/>' * 3000}</w:r></w:p>"
    assert not known(PRINTED.replace("<w:tbl>", f"{rest}<w:tbl>").encode())
    assert known(PRINTED.replace("<w:tbl>", "<w:p><w:r><w:sym/></w:r></w:p><w:tbl>").encode())
