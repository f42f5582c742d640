"""What Word shows and is no text: equations, fields that draw, pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from formgen.rendering.docx import compile_docx
from tests.reading.docx import word_edits as edits
from tests.reading.docx.conftest import Paper, ReadOne, codes
from tests.reading.docx.test_struck import problems_of, put
from tests.rendering.wordmaker import make_form

SPACES = {
    "w": edits.W,
    "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
    "v": "urn:schemas-microsoft-com:vml",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
}
FIELDS = "name note sex:sex count:integer"
TEXT = "| 姓名 | {{ name }} |\n| 备注 | {{ note }} |\n| 性别 | {{ sex }} |\n| 户数 | {{ count }} |"
RECORD = {"name": "朱真", "note": "旧房", "sex": "男", "count": 12}
EQUATION = "<m:oMath><m:r><m:t>5</m:t></m:r></m:oMath>"
INLINE = '<w:r><w:drawing><wp:inline><wp:docPr id="7" name="p"/></wp:inline></w:drawing></w:r>'
FLOATING = INLINE.replace("wp:inline", "wp:anchor")
SHAPE = '<w:r><w:pict><v:shapetype/><v:shape style="width:60pt"/></w:pict></w:r>'
STAMP = '<w:r><w:pict><v:shape style="position:absolute;width:60pt"/></w:pict></w:r>'
OBJECT = '<w:r><w:object><v:shape style="width:60pt"/></w:object></w:r>'
CIRCLED = "eq \\o\\ac(○,女)"


@pytest.fixture
def paper(tmp_path: Path, read_one: ReadOne) -> Paper:
    return Paper(tmp_path, read_one, FIELDS, TEXT, RECORD)


def parsed(xml: str) -> list[Any]:
    declared = " ".join(f'xmlns:{prefix}="{name}"' for prefix, name in SPACES.items())
    return list(etree.fromstring(f"<x {declared}>{xml}</x>"))


def sign(kind: str, inside: str = "") -> str:
    return f'<w:r><w:fldChar w:fldCharType="{kind}">{inside}</w:fldChar></w:r>'


def field(code: str, result: str | None = None, inside: str = "") -> str:
    pieces = [sign("begin", inside), f"<w:r><w:instrText> {code} </w:instrText></w:r>"]
    if result is not None:
        pieces += [sign("separate"), f"<w:r><w:t>{result}</w:t></w:r>"]
    return "".join([*pieces, sign("end")])


@pytest.mark.parametrize(
    "xml",
    [
        EQUATION,
        f"<m:oMathPara>{EQUATION}</m:oMathPara>",
        field(CIRCLED),
        field(CIRCLED, ""),
        field("SYMBOL 254 \\f Wingdings"),
        f'<w:fldSimple w:instr=" {CIRCLED}"/>',
        f'<w:ins w:id="9" w:author="x">{EQUATION}</w:ins>',
    ],
)
@pytest.mark.parametrize("before", ["", "2"])
@pytest.mark.parametrize("key", ["name", "note", "count"])
def test_a_blank_with_an_equation_or_a_drawing_field_is_refused(key: str, before: str, xml: str, paper: Paper) -> None:
    reading = paper.after(
        lambda tree: put(edits.control(tree, key), *([edits.run(before)] * bool(before)), *parsed(xml))
    )
    assert reading.doubts == {key: "rejected"}
    (problem,) = problems_of(reading, "F-WORD-011")
    assert problem.found == f"{before}〔公式〕"


def test_a_circle_beside_the_printed_choice(paper: Paper) -> None:
    reading = paper.after(
        lambda tree: put(edits.control(tree, "sex"), *parsed("<w:r><w:t>男 </w:t></w:r>" + field(CIRCLED)))
    )
    assert reading.doubts == {"sex": "rejected"}


def test_outside_of_blanks_it_is_unread_text(paper: Paper) -> None:
    def edit(tree: Any) -> None:
        tree.find(edits.w("body")).insert(0, parsed(f"<w:p>{EQUATION}</w:p>")[0])

    reading = paper.after(edit)
    assert reading.values == RECORD
    assert [problem.found for problem in problems_of(reading, "F-READ-003")] == ["〔公式〕"]


@pytest.mark.parametrize("code", ["PAGE", "REF somewhere", "HYPERLINK x", "EQUALS"])
def test_other_fields_say_what_they_said(code: str, paper: Paper) -> None:
    reading = paper.after(lambda tree: put(edits.control(tree, "note"), *parsed(field(code, "新房"))))
    assert reading.values.get("note") == (None if code == "PAGE" else "新房")
    assert codes(reading) == set()


@pytest.mark.parametrize("result", [None, "", "女"])
@pytest.mark.parametrize(
    ("inside", "chosen"),
    [('<w:result w:val="1"/>', "女"), ('<w:default w:val="1"/>', "女"), ("", "男"), ('<w:result w:val="7"/>', None)],
)
def test_an_old_list_says_what_is_chosen(inside: str, chosen: str | None, result: str | None, paper: Paper) -> None:
    entries = '<w:listEntry w:val="男"/><w:listEntry w:val="女"/>'
    choices = f"<w:ffData><w:ddList>{inside}{entries}</w:ddList></w:ffData>"
    reading = paper.after(lambda tree: put(edits.control(tree, "sex"), *parsed(field("FORMDROPDOWN", result, choices))))
    assert reading.values.get("sex") == chosen


@pytest.mark.parametrize("xml", [INLINE, FLOATING, SHAPE, STAMP, OBJECT])
@pytest.mark.parametrize("is_marked", [True, False])
@pytest.mark.parametrize("key", ["name", "note", "count"])
def test_a_picture_instead_of_a_value_is_no_blank(key: str, is_marked: bool, xml: str, paper: Paper) -> None:
    def edit(tree: Any) -> None:
        put(edits.control(tree, key), *parsed(xml))
        if not is_marked:
            edits.strip_marks(tree)

    reading = paper.after(edit)
    assert reading.doubts == {key: "rejected"}
    assert codes(reading) == {"F-WORD-012"}


@pytest.mark.parametrize("xml", [INLINE, SHAPE, OBJECT])
def test_a_picture_beside_a_value_is_a_part_of_it(xml: str, paper: Paper) -> None:
    reading = paper.after(lambda tree: edits.control(tree, "count").addnext(parsed(xml)[0]))
    assert reading.doubts == {"count": "rejected"}
    (problem,) = problems_of(reading, "F-WORD-012")
    assert problem.found == "12〔图片〕"


@pytest.mark.parametrize("xml", [FLOATING, STAMP])
def test_a_stamp_over_a_value_is_counted(xml: str, paper: Paper) -> None:
    def edit(tree: Any) -> None:
        edits.control(tree, "count").addprevious(parsed(xml)[0])
        edits.cell_with(tree, "备注").find(edits.w("p")).append(parsed(xml)[0])
        tree.find(edits.w("body")).insert(0, parsed(f"<w:p>{xml}</w:p>")[0])

    reading = paper.after(edit)
    assert reading.values == RECORD
    assert [problem.found for problem in problems_of(reading, "F-WORD-013")] == ["3"]
    assert reading.evidence["count"].confidence == 1


@pytest.mark.parametrize("xml", ["<w:r><w:pict/></w:r>", "<w:r><w:pict><v:shapetype/></w:pict></w:r>"])
def test_what_draws_nothing_is_none(xml: str, paper: Paper) -> None:
    reading = paper.after(lambda tree: put(edits.control(tree, "note"), *parsed(xml)))
    assert "note" not in reading.values
    assert not reading.doubts
    assert not codes(reading)


def test_pictures_that_the_form_prints_are_none_of_ours(tmp_path: Path, read_one: ReadOne) -> None:
    form = make_form(tmp_path / "form", FIELDS, TEXT)
    template = form.template("docx")

    def edit(tree: Any) -> None:
        edits.cell_with(tree, "{{note}}").find(edits.w("p")).append(parsed(INLINE)[0])

    template.write_bytes(edits.edited(template.read_bytes(), edit))
    printed = compile_docx(form).render({"name": "朱真"}, "r1").content or b""
    reading = read_one(printed, form)
    assert reading.values == {"name": "朱真"}
    assert not reading.doubts
    assert not codes(reading)


@pytest.mark.parametrize("xml", [INLINE, SHAPE])
def test_a_signature_is_one(xml: str, tmp_path: Path, read_one: ReadOne) -> None:
    text = "| 申请人：{{ signer }} | {{ signed.year }}年{{ signed.month }}月{{ signed.day }}日 |"
    paper = Paper(tmp_path, read_one, "signer:signature signed:date", text, {})
    reading = paper.after(lambda tree: put(edits.control(tree, "signer"), *parsed(xml)))
    assert reading.values == {"signer": True}
    assert not codes(reading)


@pytest.mark.parametrize("kind", ["comment", "footnote", "endnote"])
def test_remarks_are_counted_once_a_file(kind: str, paper: Paper) -> None:
    def edit(tree: Any) -> None:
        for key in ("name", "count"):
            edits.control(tree, key).addnext(parsed(f'<w:r><w:{kind}Reference w:id="2"/></w:r>')[0])

    reading = paper.after(edit)
    assert reading.values == RECORD
    assert [problem.found for problem in problems_of(reading, "F-WORD-014")] == ["2"]


def test_remarks_that_the_form_prints_are_none_of_ours(tmp_path: Path, read_one: ReadOne) -> None:
    form = make_form(tmp_path / "form", FIELDS, TEXT)
    template = form.template("docx")

    def edit(tree: Any) -> None:
        remark = parsed('<w:r><w:footnoteReference w:id="2"/></w:r>')[0]
        edits.cell_with(tree, "备注").find(edits.w("p")).append(remark)

    template.write_bytes(edits.edited(template.read_bytes(), edit))
    reading = read_one(compile_docx(form).render(RECORD, "r1").content or b"", form)
    assert reading.values == RECORD
    assert not codes(reading)


def test_signatures_in_rows_are_not_counted(tmp_path: Path, read_one: ReadOne) -> None:
    rows = "| 姓名 | 签名 |\n|{%tr for r in rows %}|\n| {{ r.name }} | {{ r.signer }} |\n|{%tr endfor %}|"
    record = {"rows": [{"name": "王五"}, {"name": "赵六"}]}
    paper = Paper(tmp_path, read_one, "rows(name signer:signature)", rows, record)

    def edit(tree: Any) -> None:
        for number in (0, 1):
            put(edits.control(tree, "r_signer", number), *parsed(INLINE))

    reading = paper.after(edit)
    assert reading.values == {"rows": [{"name": "王五", "signer": True}, {"name": "赵六", "signer": True}]}
    assert not codes(reading)
