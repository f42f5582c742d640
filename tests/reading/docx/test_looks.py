"""What a text looks like is a part of what it says: raised figures, signs of symbol fonts, text nobody can see."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from formgen.reading.docx.casting import cast_rows
from formgen.reading.docx.walking import walk_alone
from tests.reading.docx import word_edits as edits
from tests.reading.docx.conftest import Paper, ReadOne, codes
from tests.reading.docx.test_struck import dressed, put

FIELDS = "name note income:money count:integer"
TEXT = "| 姓名 | {{ name }} |\n| 备注 | {{ note }} |\n| 收入 | {{ income }} |\n| 户数 | {{ count }} |"
RECORD = {"name": "朱真", "note": "旧房", "income": Decimal(2400), "count": 12}


@pytest.fixture
def paper(tmp_path: Path, read_one: ReadOne) -> Paper:
    return Paper(tmp_path, read_one, FIELDS, TEXT, RECORD)


def raised(text: str, kind: str = "superscript") -> object:
    return dressed(text, f'<w:vertAlign w:val="{kind}"/>')


@pytest.mark.parametrize("kind", ["superscript", "subscript"])
@pytest.mark.parametrize(("field", "before"), [("income", "2400"), ("count", "12")])
def test_raised_figures_are_no_figures_of_the_number(field: str, before: str, kind: str, paper: Paper) -> None:
    reading = paper.after(lambda tree: put(edits.control(tree, field), edits.run(before), raised("2", kind)))
    assert field not in reading.values
    assert reading.doubts == {field: "rejected"}


@pytest.mark.parametrize(
    ("kind", "text", "seen"),
    [("superscript", "2", "m²"), ("subscript", "2", "m₂"), ("superscript", "某", "m某"), ("baseline", "2", "m2")],
)
def test_texts_say_what_a_person_sees(kind: str, text: str, seen: str, paper: Paper) -> None:
    reading = paper.after(lambda tree: put(edits.control(tree, "note"), edits.run("m"), raised(text, kind)))
    assert reading.values == RECORD | {"note": seen}
    assert not reading.problems


def test_struck_and_raised_is_struck(paper: Paper) -> None:
    run = dressed("2", '<w:strike/><w:vertAlign w:val="superscript"/>')
    reading = paper.after(lambda tree: put(edits.control(tree, "note"), edits.run("m"), run))
    assert codes(reading) == {"F-WORD-009"}


def test_raised_figures_of_a_file_that_word_saved(paper: Paper) -> None:
    """Its runs are joined, and what they look like is a hole of the make."""

    def edit(tree: object) -> None:
        put(edits.control(tree, "income"), edits.run("2400"), raised("2"))
        next(tree.iter(edits.w("p"))).set(edits.w("rsidR"), "00A1B2C3")  # type: ignore[attr-defined]

    for _ in range(2):
        reading = paper.after(edit)
        assert reading.doubts == {"income": "rejected"}


def test_rows_without_raised_figures_are_cast_as_before(paper: Paper) -> None:
    content = edits.edited(
        paper.printed, lambda tree: put(edits.control(tree, "income"), edits.run("2400"), raised("2"))
    )
    cast = cast_rows(edits.part_of(content), walk_alone).rows
    assert len(cast) >= 3


def test_labels_with_raised_figures_are_found(tmp_path: Path, read_one: ReadOne) -> None:
    paper = Paper(tmp_path / "paper", read_one, "area:integer", "| 面积 m² | {{ area }} |", {"area": 5})

    def edit(tree: object) -> None:
        label = edits.cell_with(tree, "面积m²")
        edits.retype(label, "面积 m")
        label.find(edits.w("p")).append(raised("2"))

    assert paper.after(edit).values == {"area": 5}


def in_font(text: str, font: str) -> object:
    return dressed(text, f'<w:rFonts w:ascii="{font}" w:hAnsi="{font}"/>')


@pytest.mark.parametrize(
    ("font", "text", "seen"),
    [
        ("Wingdings", "n", "■"),
        ("Wingdings 2", "R", "☑"),
        ("Wingdings 2", "\uf052", "☑"),
        ("Wingdings", "新房 n", "新房 ■"),
        ("Symbol", "12", "12"),
        ("宋体", "n", "n"),
    ],
)
def test_symbol_fonts_show_signs(font: str, text: str, seen: str, paper: Paper) -> None:
    reading = paper.after(lambda tree: put(edits.control(tree, "note"), in_font(text, font)))
    assert reading.values == RECORD | {"note": seen}
    assert not reading.problems


@pytest.mark.parametrize(("font", "text"), [("Wingdings", "12"), ("Symbol", "a"), ("Webdings", "1")])
def test_unknown_signs_of_symbol_fonts_are_no_number(font: str, text: str, paper: Paper) -> None:
    reading = paper.after(lambda tree: put(edits.control(tree, "count"), in_font(text, font)))
    assert reading.doubts == {"count": "rejected"}


@pytest.mark.parametrize(
    ("properties", "is_seen"),
    [
        ('<w:color w:val="FFFFFF"/>', False),
        ('<w:color w:val="ffffff" w:themeColor="background1"/>', False),
        ('<w:highlight w:val="black"/>', False),
        ('<w:color w:val="000000"/><w:highlight w:val="black"/>', False),
        ('<w:color w:val="000000"/><w:shd w:val="clear" w:fill="000000"/>', False),
        ('<w:color w:val="FFFFFF"/><w:highlight w:val="white"/>', False),
        ('<w:color w:val="FFFFFF"/><w:highlight w:val="none"/>', False),
        ('<w:color w:val="FFFFFF"/><w:highlight w:val="black"/>', True),
        ('<w:color w:val="FFFFFF"/><w:shd w:val="clear" w:fill="000000"/>', True),
        ('<w:shd w:val="clear" w:fill="000000"/>', True),
        ('<w:color w:val="auto"/><w:highlight w:val="yellow"/>', True),
        ('<w:color w:val="FF0000"/>', True),
    ],
)
def test_text_that_nobody_sees_is_hidden(properties: str, is_seen: bool, paper: Paper) -> None:
    reading = paper.after(lambda tree: put(edits.control(tree, "note"), dressed("新房", properties)))
    assert reading.values.get("note") == ("新房" if is_seen else None)
    assert codes(reading) == (set() if is_seen else {"F-WORD-010"})


@pytest.mark.parametrize("where", ["tcPr", "pPr"])
@pytest.mark.parametrize(("fill", "is_seen"), [("1F4E79", True), ("auto", False), ("FFFFFF", False)])
def test_white_on_a_shade_is_seen(where: str, fill: str, is_seen: bool, paper: Paper) -> None:
    def edit(tree: object) -> None:
        control = edits.control(tree, "note")
        put(control, dressed("新房", '<w:color w:val="FFFFFF"/>'))
        cell = edits.cell_of(control)
        holder = cell if where == "tcPr" else cell.find(edits.w("p"))
        if holder.find(edits.w(where)) is None:
            holder.insert(0, edits.fragment(f"<w:{where}/>"))
        holder.find(edits.w(where)).append(edits.fragment(f'<w:shd w:val="clear" w:color="auto" w:fill="{fill}"/>'))

    reading = paper.after(edit)
    assert reading.values.get("note") == ("新房" if is_seen else None)
