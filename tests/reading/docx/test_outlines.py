"""What an outline makes of cast rows is what the walk over the same part finds."""

from __future__ import annotations

import pytest
from lxml import etree

from formgen.forms.catalogue import Catalogue
from formgen.forms.manifest import Manifest
from formgen.reading.docx import casting
from formgen.reading.docx.casting import cast_rows
from formgen.reading.docx.outlines import outline_of
from formgen.reading.docx.roots import FRAGMENTS
from formgen.reading.docx.walking import Walker, walk_alone
from formgen.rendering.docx import compile_docx
from formgen.rendering.docx.wordml import w
from tests.reading.docx import word_edits as edits
from tests.reading.docx.test_casting import _told, parsed
from tests.reading.docx.test_chains import PRINTED, SAVED
from tests.reading.docx.test_programs import filled
from tests.reading.docx.word_saved import saved_by_word

FORMS = [form for form in Catalogue().forms() if "docx" in form.templates]


@pytest.fixture(autouse=True)
def nothing_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(casting, "_KNOWN", {})


def outlined(content: bytes) -> list[object] | None:
    """None where the part has no outline."""
    part = cast_rows(content, walk_alone)
    made, rows = part.made, part.rows
    outline = outline_of(etree.fromstring(made, FRAGMENTS).find(w("body")))
    return _told(outline.blocks(rows)) if outline is not None else None


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_printed_and_saved_files(form: Manifest) -> None:
    made = 0
    for record in ({}, filled(form)):
        printed = compile_docx(form).render(record, "r1").content or b""
        for content in (printed, saved_by_word(printed, 1)):
            document = edits.part_of(content)
            told = outlined(document)
            assert told in (None, parsed(document))  # None: a text has signs that no mould takes
            made += told is not None
            has_drawing = b"<w:drawing" in document
    assert made >= 2 or has_drawing


@pytest.mark.parametrize(
    "between",
    [
        "<w:p/>",
        "<w:p><w:r><w:tab/></w:r></w:p>",
        '<w:bookmarkStart w:id="9" w:name="f_a"/>',
        "<w:p><w:pPr><w:sectPr/></w:pPr></w:p>",
        "<w:sdt><w:sdtContent><w:p><w:r><w:t>丙</w:t></w:r></w:p></w:sdtContent></w:sdt>",
        "<w:tbl><w:tr><w:trPr><w:hidden/></w:trPr><w:tc><w:p/></w:tc></w:tr></w:tbl>",
        "<w:tbl/>",
        "<w:tbl><w:sdt><w:sdtContent><w:tr><w:tc><w:p/></w:tc></w:tr></w:sdtContent></w:sdt></w:tbl>",
        "<w:sectPr/>",
    ],
)
@pytest.mark.parametrize("part", [PRINTED, SAVED], ids=["printed", "saved"])
def test_anything_else(part: str, between: str) -> None:
    content = part.replace("<w:tbl><w:tblPr/>", f"{between}<w:tbl><w:tblPr/>").encode()
    assert outlined(content) in (None, parsed(content))
    walker = Walker()
    part = cast_rows(content, walk_alone)
    made, walker.cast = part.made, part.rows
    assert _told(walker.flow(etree.fromstring(made, FRAGMENTS).find(w("body")))) == parsed(content)


def test_most_parts_have_one() -> None:
    assert outlined(PRINTED.encode()) == parsed(PRINTED.encode())
    assert outlined(SAVED.encode()) == parsed(SAVED.encode())
