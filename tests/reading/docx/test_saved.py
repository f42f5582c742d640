"""A form that Word saved again is read as it was printed, and its rows are still known by their makes."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from formgen.errors import InputError
from formgen.forms.catalogue import Catalogue
from formgen.forms.manifest import Manifest
from formgen.reading.docx.casting import cast_rows
from formgen.reading.docx.model import Block, Mark, Table, Text, told_once
from formgen.reading.docx.moulds import CastRow
from formgen.reading.docx.noise import Noise
from formgen.reading.docx.parts import WordParts
from formgen.reading.docx.roots import Root
from formgen.reading.docx.simplifying import Simplifier, is_numbered
from formgen.reading.docx.walking import walk_alone
from formgen.reading.package import OfficePackage
from formgen.rendering.docx import compile_docx
from tests.reading.docx import word_edits as edits
from tests.reading.docx.conftest import ReadOne
from tests.reading.docx.records import as_read
from tests.reading.docx.test_casting import HEAD, TAIL, cast, parsed
from tests.reading.docx.test_programs import filled
from tests.reading.docx.word_saved import saved_by_word

FORMS = [form for form in Catalogue().forms() if "docx" in form.templates]
SEEDS = range(3)
SAVED_HEAD = HEAD.replace("><w:body>", ' xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"><w:body>')
ROW = '<w:tr w:rsidR="00A1B2C3" w14:paraId="{:08X}"><w:tc>{}</w:tc></w:tr>'


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_values_are_the_same(form: Manifest, read_one: ReadOne) -> None:
    record = filled(form)
    printed = compile_docx(form).render(record, "r1").content or b""
    plain = read_one(printed)
    for seed in SEEDS:
        reading = read_one(saved_by_word(printed, seed))
        assert (reading.values, reading.doubts, reading.record) == (plain.values, {}, "r1")
        assert as_read(form, reading.values) == as_read(form, record)
        assert [(p.code, p.found) for p in reading.problems] == [(p.code, p.found) for p in plain.problems]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_blanks_that_show_their_placeholder_are_blank(form: Manifest, read_one: ReadOne) -> None:
    blank = compile_docx(form).render({}, "r1").content or b""
    reading = read_one(saved_by_word(blank, 1))
    assert (reading.values, reading.doubts) == (read_one(blank).values, {})


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_what_is_cast_is_what_is_parsed(form: Manifest) -> None:
    printed = compile_docx(form).render(filled(form), "r1").content or b""
    for seed in SEEDS:
        document = edits.part_of(saved_by_word(printed, seed))
        assert is_numbered(document) and not is_numbered(edits.part_of(printed))
        told, count = cast(document)
        assert told == parsed(document)
        assert count >= cast(edits.part_of(printed))[1] > 0


def test_rows_of_one_make_have_one_mould_in_all_files() -> None:
    form = Catalogue().form("xinmi-2015/survey-sheet")
    record = filled(form)
    record["rows"] = [record["rows"][0]] * 12
    printed = compile_docx(form).render(record, "r1").content or b""
    moulds = set()
    for seed in range(8):
        rows = cast_rows(edits.part_of(saved_by_word(printed, seed)), walk_alone).rows
        moulds |= {row.mould for row in rows if len(row.mould.cells) == 11 and row.mould.markup.numbers}
    assert len(moulds) == 2  # with what a style's stripes leave behind, and without


def test_a_control_whose_frame_is_hidden_hides_nothing(tmp_path: Path) -> None:
    form = Catalogue().form("xinmi-2015/survey-sheet")
    path = tmp_path / "saved.docx"
    path.write_bytes(saved_by_word(compile_docx(form).render(filled(form), "r1").content or b"", 1))
    assert b'w15:val="hidden"' in edits.part_of(path.read_bytes())
    with OfficePackage(path) as package:
        tables = [block for block in WordParts(package).body() if isinstance(block, Table)]
    assert any(isinstance(row, CastRow) for table in tables for row in table.laid)


TEXT = "<w:r><w:t>{}</w:t></w:r>"
CHANGED = "<w:r><w:rPr><w:b/><w:rPrChange w:id='1' w:author='x'><w:rPr/></w:rPrChange></w:rPr><w:t>乙</w:t></w:r>"
CONTENTS = {
    "broken runs": '<w:r><w:t>甲</w:t></w:r><w:proofErr w:type="spellStart"/>'
    '<w:r w:rsidRPr="00A1B2C3"><w:t>乙</w:t></w:r>',
    "looks": '<w:r><w:rPr><w:b/></w:rPr><w:t>甲</w:t></w:r><w:r><w:rPr><w:i w:val="0"/></w:rPr><w:t>乙</w:t></w:r>',
    "white space": '<w:r><w:t xml:space="preserve"> 甲</w:t></w:r><w:r><w:t xml:space="preserve">乙 </w:t></w:r>',
    "an element in a text": "<w:r><w:t>甲<w:x/>丙</w:t></w:r><w:r><w:t>乙</w:t></w:r>",
    "an element in the next": "<w:r><w:t>甲</w:t></w:r><w:r><w:t>乙<w:x/>丙</w:t></w:r>",
    "a look that was changed": f"<w:r><w:t>甲</w:t></w:r>{CHANGED}",
    "a tab before": "<w:r><w:t>甲</w:t></w:r><w:r><w:tab/><w:t>乙</w:t></w:r>",
    "other numbers": '<w:r w:other="1"><w:t>甲</w:t></w:r><w:r w:rsidR="nothing"><w:t>乙</w:t></w:r>',
    "a sign as text": "<w:r><w:t>w:rsidR=&quot;1&quot; &lt;w:proofErr/></w:t></w:r><w:r><w:t>乙</w:t></w:r>",
    "last edited": '<w:bookmarkStart w:id="0" w:name="_GoBack"/><w:bookmarkEnd w:id="0"/><w:r><w:t>甲</w:t></w:r>',
    "last edited in a mark": '<w:bookmarkStart w:id="0" w:name="f_a"/><w:bookmarkStart w:id="0" w:name="_GoBack"/>'
    '<w:bookmarkEnd w:id="0"/><w:r><w:t>甲</w:t></w:r><w:bookmarkEnd w:id="0"/>',
    "last edited, a number said otherwise": '<w:bookmarkStart w:name="f_a" w:id="0"/><w:r><w:t>甲</w:t></w:r>'
    '<w:bookmarkStart w:id="0" w:name="_GoBack"/><w:bookmarkEnd w:id="0"/><w:r><w:t>乙</w:t></w:r>'
    '<w:bookmarkEnd w:id="0"/>',
    "a page began": "<w:r><w:lastRenderedPageBreak/><w:t>甲</w:t></w:r>",
    "a sign in a text": '<w:r><w:t><w:proofErr w:type="spellStart"/>甲</w:t></w:r>',
    "a sign in a text with white space": '<w:r><w:t xml:space="preserve"><w:proofErr w:type="gramEnd"/>甲</w:t></w:r>',
    "two signs in a text": f"<w:r><w:t>{'<w:lastRenderedPageBreak/>' * 2}甲</w:t></w:r>",
    "a sign in the middle of a text": "<w:r><w:t>甲><w:lastRenderedPageBreak/>乙</w:t></w:r>",
    "elements of other names": '<w:rr w:rsidR="00A1B2C3"/><w:pr w:x="1"/><w:r><w:t>甲</w:t></w:r>',
    "marks among properties": '<w:del w:id="1"><w:r><w:rPr><w:bookmarkStart w:id="7" w:name="f_x"/>'
    '<w:bookmarkEnd w:id="7"/></w:rPr></w:r></w:del><w:r><w:t>甲</w:t></w:r>',
    "another way to say a font": "<w:r><w:rPr><w:rFonts w:ascii='Wingdings'/></w:rPr><w:t>n甲</w:t></w:r>",
    "a font in small letters": '<w:r><w:rPr><w:rFonts w:ascii="wingdings"/></w:rPr><w:t>n甲</w:t></w:r>',
    "a long text in pieces": f"<w:r><w:t>{'甲' * 30_000}</w:t></w:r><w:r><w:t>{'乙' * 30_000}</w:t></w:r>",
}


@pytest.mark.parametrize("content", CONTENTS.values(), ids=list(CONTENTS))
def test_what_word_adds_changes_nothing(content: str) -> None:
    inner = f"<w:p>{content}</w:p>"
    made = [ROW.format(1, inner), ROW.format(2, inner.replace("甲", "子")), ROW.format(3, f"<w:p>{TEXT}</w:p>")]
    part = f"{SAVED_HEAD}{''.join(made)}{TAIL.replace('</w:tbl>', '</w:tbl>' + inner)}".encode()
    for _ in range(2):
        assert cast(part)[0] == parsed(part)


BROKEN = [
    '<w:r w:rsidR="00A1B2C3" w:rsidR="00A1B2C3"><w:rPr></w:rPr><w:t>乙</w:t></w:r>',
    "<w:r><w:rPr><w:b></w:rPr><w:t>乙</w:t></w:r>",
    "<w:r><w:rPr><x:b/></w:rPr><w:t>乙</w:t></w:r>",
    '<w:r><w:rPr><w:b w:val="1" w:val="1"/></w:rPr><w:t>乙</w:t></w:r>',
    '<w:r><w:rPr></w:rPr><w:t<w:proofErr w:type="spellEnd"/>>乙</w:t></w:r>',
    '<w:r><w:t>乙</w:t></w:r><w:proofErr w:type="spellEnd"//>',
    "<w:t>乙</w:t></w:r><w:r><w:t>丙</w:t>",
    "<w:r><w:t>甲</w:t></w:r><w:x><w:t>乙</w:t></w:r><w:r><w:t>丙</w:t></w:x>",
]


@pytest.mark.parametrize("run", BROKEN)
@pytest.mark.parametrize("before", ["", TEXT.format("甲")], ids=["alone", "after a run"])
def test_what_a_parser_refuses_is_refused(run: str, before: str) -> None:
    sound = ROW.format(1, f"<w:p>{before}<w:r><w:rPr></w:rPr><w:t>乙</w:t></w:r></w:p>")
    part = f"{SAVED_HEAD}{sound * 2}{ROW.format(1, f'<w:p>{before}{run}</w:p>')}{TAIL}".encode()
    for _ in range(2):
        with pytest.raises(Exception, match=r"line 1|Opening|Attribute|prefix|Couldn't"):
            cast(part)


@pytest.mark.parametrize(
    ("part", "end"),
    [(edits.DOCUMENT, b"</w:body>"), ("word/footer1.xml", b"</w:ftr>"), ("docProps/custom.xml", b"</vt:lpwstr>")],
)
def test_where_a_file_is_broken_is_where_it_is_in_the_file(part: str, end: bytes, tmp_path: Path) -> None:
    form = Catalogue().form("xinmi-2015/survey-sheet")
    saved = saved_by_word(compile_docx(form).render(filled(form), "r1").content or b"", 1)
    broken = edits.part_of(saved, part).replace(end, b"<w:p>" + end)
    with pytest.raises(etree.XMLSyntaxError) as parsed:
        etree.fromstring(broken)
    path = tmp_path / "broken.docx"
    with zipfile.ZipFile(io.BytesIO(saved)) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            target.writestr(name, broken if name == part else source.read(name))
    with OfficePackage(path) as package, pytest.raises(InputError) as refused:
        parts = WordParts(package)
        assert parts.claims and parts.body()
        for identity in parts._relations:
            parts.head(identity)
    assert f"column {parsed.value.position[1]}" in str(refused.value)


def test_a_number_without_its_namespace_is_refused() -> None:
    part = f"{HEAD}{ROW.format(1, '<w:p/>')}{TAIL}".encode()
    with pytest.raises(Exception, match="w14"):
        cast(part)


def test_tracked_changes_are_not_among_what_nobody_reads() -> None:
    simplifier = Simplifier(Noise(Root(f'<w:document xmlns:w="{edits.W}">'.encode(), b"</w:document>")))
    run = b'<w:r w:rsidR="00A1B2C3"><w:rPr>%b</w:rPr><w:t>1</w:t></w:r>'
    assert simplifier.made(run % b"<w:b/>") == b"<w:r><w:t>1</w:t></w:r>"
    for kind in (b"ins", b"del", b"rPrChange"):
        change = b'<w:%b w:id="1" w:author="x"/>' % kind
        assert change in simplifier.made(run % change)


def text(said: str, *names: str) -> list[Block]:
    return [Text(said, [Mark(False, name, 0, 0, len(said)) for name in names], "页眉页脚 ¶1")]


def test_a_copy_of_a_footer_is_read_once_and_another_footer_is_not_lost() -> None:
    first, copy = text("填表人", "filler"), text("填表人", "filler_Copy_1")
    assert told_once([first, copy, first]) == told_once([copy, first]) == first
    for other in (text("填表人甲", "filler_Copy_1"), text("填表人", "other"), text("填表人")):
        assert told_once([first, other]) == [*first, *other]


def test_a_footer_that_libreoffice_doubled_is_matched(read_one: ReadOne, monkeypatch: pytest.MonkeyPatch) -> None:
    form = Catalogue().form("xinmi-2015/survey-sheet")
    printed = compile_docx(form).render(filled(form), "r1").content or b""
    monkeypatch.setattr("formgen.reading.docx.seeing.search_blanks", lambda *_: pytest.fail("searched"))
    assert read_one(with_copied_footer(printed)).doubts == {}


def with_copied_footer(content: bytes) -> bytes:
    """The footer once more, for the first page."""
    from tests.reading.docx.test_hostile import with_part

    footer = re.sub(rb'(w:name="f_[^"]*)"', rb'\1_Copy_1"', edits.part_of(content, "word/footer1.xml"))
    relations = edits.part_of(content, "word/_rels/document.xml.rels")
    kind = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/footer"
    relation = b'<Relationship Id="rIdFirst" Type="%b" Target="footer9.xml"/></Relationships>' % kind
    made = with_part(content, "word/footer9.xml", footer)
    made = with_part(made, "word/_rels/document.xml.rels", relations.replace(b"</Relationships>", relation))
    reference = b'<w:footerReference w:type="first" r:id="rIdFirst"/>'
    document = edits.part_of(content).replace(b"<w:pgSz", reference + b"<w:pgSz")
    return with_part(made, edits.DOCUMENT, document)


def paragraphs(*inner: str) -> bytes:
    return f"{HEAD.removesuffix('<w:tbl>')}{''.join(inner)}{TAIL.removeprefix('</w:tbl>')}".encode()


P = "<w:p><w:r><w:t>{}</w:t></w:r></w:p>"
MARKED = '<w:p><w:bookmarkStart w:id="{0}" w:name="f_a"/><w:r><w:t>丁</w:t></w:r><w:bookmarkEnd w:id="{0}"/></w:p>'
DELETED_END = "<w:p><w:pPr><w:rPr><w:del w:id='9' w:author='x'/></w:rPr></w:pPr><w:r><w:t>甲</w:t></w:r></w:p>"
OPEN = '<w:p><w:bookmarkStart w:id="7" w:name="f_b"/><w:r><w:t>甲</w:t></w:r></w:p>'
CLOSED = '<w:p><w:r><w:t>戊</w:t></w:r><w:bookmarkEnd w:id="7"/></w:p>'
FIELD = '<w:p><w:r><w:fldChar w:fldCharType="{}"/></w:r></w:p>'
EMPTY_CONTROL = "<w:sdt><w:sdtPr><w:tag w:val='a'/><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>"
SECTION_END = "<w:p><w:pPr><w:sectPr/></w:pPr><w:r><w:t>乙</w:t></w:r></w:p>"
ROW_END = "</w:tc></w:tr></w:tbl>"
FLOWS: dict[str, tuple[Any, ...]] = {
    "alike": (P.format("甲"), P.format("乙"), P.format("")),
    "joined": (DELETED_END, P.format("乙"), P.format("丙")),
    "in a mark": (OPEN, P.format("乙"), MARKED.format(3), CLOSED, P.format("丙")),
    "in a mark of the same number": (OPEN, MARKED.format(7), CLOSED, P.format("丙")),
    "in a field": (FIELD.format("begin"), DELETED_END, P.format("乙"), FIELD.format("separate"), P.format("丙")),
    "in an unseen field": (OPEN, FIELD.format("begin"), P.format("乙"), MARKED.format(3), FIELD.format("end"), CLOSED),
    "at a section's end": (P.format("甲"), SECTION_END, P.format("丙")),
    "in a placeholder": ("<w:tbl><w:tr><w:tc>", EMPTY_CONTROL.format(P.format("乙") + MARKED.format(3)), ROW_END),
    "in a text box": (f"<w:p><w:r><w:pict><w:txbxContent>{P.format('乙')}</w:txbxContent></w:pict></w:r></w:p>",),
    "without an end": ("<w:p/>", "<w:p w:x='1'/>", P.format("甲")),
}  # fmt: skip


@pytest.mark.parametrize("flow", FLOWS.values(), ids=list(FLOWS))
def test_paragraphs_that_are_cast_are_what_is_parsed(flow: tuple[str, ...]) -> None:
    content = paragraphs(*flow)
    for _ in range(2):
        assert cast(content)[0] == parsed(content)
    assert b"formgen-row" in cast_rows(content, walk_alone).made
