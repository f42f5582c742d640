"""What Word shows and is no text: equations, fields that draw, pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from tests.reading.docx import word_edits as edits
from tests.reading.docx.conftest import Paper, ReadOne, codes
from tests.reading.docx.test_struck import problems_of, put

SPACES = {
    "w": edits.W,
    "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
}
FIELDS = "name note sex:sex count:integer"
TEXT = "| 姓名 | {{ name }} |\n| 备注 | {{ note }} |\n| 性别 | {{ sex }} |\n| 户数 | {{ count }} |"
RECORD = {"name": "朱真", "note": "旧房", "sex": "男", "count": 12}
EQUATION = "<m:oMath><m:r><m:t>5</m:t></m:r></m:oMath>"
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
