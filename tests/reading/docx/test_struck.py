"""Text that is struck out or hidden is on the file and is no value: the field is refused, or the text is told."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from formgen.forms.catalogue import Catalogue
from formgen.reading.docx.casting import cast_rows
from formgen.reading.docx.walking import Walker
from formgen.reading.model import Reading
from formgen.rendering.docx import compile_docx
from tests.reading.docx import word_edits as edits
from tests.reading.docx.conftest import Paper, ReadFile, ReadOne, codes
from tests.reading.docx.test_faults import wrong_values
from tests.reading.docx.test_hands import FIELDS, RECORD, TEXT
from tests.reading.docx.test_programs import FORMS, filled
from tests.rendering.wordmaker import make_form

ROSTER = Catalogue().form("xinmi-2015/beneficiary-roster")
STRUCK = ("strike", "dstrike")


@pytest.fixture
def paper(tmp_path: Path, read_one: ReadOne) -> Paper:
    return Paper(tmp_path, read_one, FIELDS, TEXT, RECORD)


def dressed(text: str, properties: str) -> Any:
    return edits.fragment(f"<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>")


def put(control: Any, *runs: Any) -> None:
    """The control holds these runs."""
    content = control.find(edits.w("sdtContent"))
    for old in list(content):
        content.remove(old)
    content.extend(runs)


def problems_of(reading: Reading, code: str) -> list[Any]:
    return [problem for problem in reading.problems if problem.code == code]


def retyped_beside(tree: Any) -> None:
    put(edits.control(tree, "name"), dressed("张三", "<w:strike/>"))
    edits.type_beside(edits.control(tree, "name"), "朱真")


@pytest.mark.parametrize("property_", STRUCK)
def test_a_value_struck_out_before_another_is_refused(property_: str, paper: Paper) -> None:
    reading = paper.after(
        lambda tree: put(edits.control(tree, "name"), dressed("朱珍", f"<w:{property_}/>"), edits.run("朱真"))
    )
    assert "name" not in reading.values
    assert reading.doubts == {"name": "rejected"}
    (problem,) = problems_of(reading, "F-WORD-009")
    assert (problem.found, problem.place.label) == ("朱珍朱真", "标签name")
    assert {key: value for key, value in reading.values.items() if key != "name"} == {
        key: value for key, value in RECORD.items() if key != "name"
    }


@pytest.mark.parametrize(
    "edit",
    [
        lambda tree: put(edits.control(tree, "name"), dressed("张三", "<w:strike/>")),
        lambda tree: edits.control(tree, "name").addprevious(dressed("朱珍", "<w:strike/>")),
        lambda tree: edits.control(tree, "name").addnext(dressed("朱珍", "<w:strike/>")),
        retyped_beside,
    ],
)
def test_wherever_it_stands_in_the_blank(edit: Any, paper: Paper) -> None:
    reading = paper.after(edit)
    assert reading.doubts == {"name": "rejected"}
    assert codes(reading) == {"F-WORD-009"}


def test_without_marks_it_is_refused_too(paper: Paper) -> None:
    def edit(tree: Any) -> None:
        put(edits.control(tree, "name"), dressed("朱珍", "<w:strike/>"), edits.run("朱真"))
        edits.strip_marks(tree)

    reading = paper.after(edit)
    assert reading.doubts["name"] == "rejected"


def test_a_part_of_a_date(paper: Paper) -> None:
    def edit(tree: Any) -> None:
        put(edits.control(tree, "born_year"), dressed("2013", "<w:strike/>"), edits.run("2014"))

    reading = paper.after(edit)
    assert reading.doubts["born"] == "rejected"
    assert "born" not in reading.values


@pytest.mark.parametrize("value", ["0", "false", "off"])
@pytest.mark.parametrize("property_", [*STRUCK, "vanish"])
def test_formatting_that_is_switched_off_is_none(property_: str, value: str, paper: Paper) -> None:
    run = dressed("李四", f'<w:{property_} w:val="{value}"/>')
    reading = paper.after(lambda tree: put(edits.control(tree, "name"), run))
    assert reading.values == RECORD | {"name": "李四"}
    assert not reading.problems


@pytest.mark.parametrize("property_", [*STRUCK, "vanish"])
def test_blanks_so_formatted_say_nothing(property_: str, paper: Paper) -> None:
    run = dressed(" ", f"<w:{property_}/>")
    reading = paper.after(lambda tree: put(edits.control(tree, "name"), edits.run("李四"), run))
    assert reading.values == RECORD | {"name": "李四"}
    assert not reading.problems


def test_hidden_text_is_told_and_not_read(paper: Paper) -> None:
    reading = paper.after(
        lambda tree: put(edits.control(tree, "name"), dressed("朱珍", "<w:vanish/>"), edits.run("朱真"))
    )
    assert reading.values == RECORD | {"name": "朱真"}
    (problem,) = problems_of(reading, "F-WORD-010")
    assert problem.found == "表1 第1行第2列：朱珍"


def test_a_hidden_paragraph_is_told(paper: Paper) -> None:
    def edit(tree: Any) -> None:
        hidden = edits.fragment("<w:p/>")
        hidden.append(dressed("内部说明", "<w:vanish/>"))
        tree.find(edits.w("body")).insert(0, hidden)

    reading = paper.after(edit)
    assert reading.values == RECORD
    assert [problem.found for problem in problems_of(reading, "F-WORD-010")] == ["¶1：内部说明"]


def test_a_hidden_row_is_told_and_not_read(paper: Paper) -> None:
    def edit(tree: Any) -> None:
        row = edits.row_of(edits.control(tree, "r_name"))
        properties = row.find(edits.w("trPr"))
        if properties is None:
            properties = edits.fragment("<w:trPr/>")
            row.insert(0, properties)
        properties.append(edits.fragment("<w:hidden/>"))

    reading = paper.after(edit)
    assert [row["name"] for row in reading.values["rows"]] == ["赵六"]
    assert reading.evidence["rows.1.name"].place == "表1 第6行第2列"
    (problem,) = problems_of(reading, "F-WORD-010")
    assert problem.found.startswith("表1 第5行：") and "王五" in problem.found


def test_a_struck_label_loses_its_field(paper: Paper) -> None:
    def edit(tree: Any) -> None:
        cell = edits.cell_with(tree, "姓名")
        edits.retype(cell)
        paragraph = edits.fragment("<w:p/>")
        paragraph.append(dressed("姓名", "<w:strike/>"))
        cell.append(paragraph)

    reading = paper.after(edit)
    assert reading.doubts == {"name": "lost"}
    assert all(sign.isprintable() for problem in reading.problems for sign in problem.found)


def test_a_struck_cell_of_a_long_table(read_one: ReadOne) -> None:
    """Rows of one make are not parsed one by one; the row with the struck text is of another make."""
    record = {"rows": [{"household_number": str(number), "name": "张三"} for number in range(1, 31)]}
    printed = compile_docx(ROSTER).render(record, "r1").content or b""

    def edit(tree: Any) -> None:
        for number in (7, 8):
            put(edits.control(tree, "rows.name", number), dressed("李四", "<w:strike/>"), edits.run("张三"))

    content = edits.edited(printed, edit)
    reading = read_one(content, ROSTER)
    assert {key for key, doubt in reading.doubts.items() if doubt == "rejected"} == {"rows.8.name", "rows.9.name"}
    names = [row.get("name") for row in reading.values["rows"]]
    assert names == ["张三"] * 7 + [None] * 2 + ["张三"] * 21
    cast = cast_rows(edits.part_of(content), lambda row: Walker().row(row)).rows
    assert len(cast) >= 27


def test_a_tracked_change_beside_it_tells_the_text(paper: Paper) -> None:
    def edit(tree: Any) -> None:
        content = edits.control(tree, "name").find(edits.w("sdtContent"))
        put(edits.control(tree, "name"), dressed("朱珍", "<w:strike/>"))
        edits.track_insertion(content, "朱真")

    reading = paper.after(edit)
    assert reading.doubts == {"name": "rejected"}
    (problem,) = problems_of(reading, "F-WORD-005")
    assert (problem.found, problem.params["before"]) == ("朱珍朱真", "朱珍")


def test_a_sheet_with_another_row_and_no_marks(tmp_path: Path, read_file: ReadFile) -> None:
    form = make_form(tmp_path / "form", "name phone", "| 姓名 | {{ name }} |\n| 电话 | {{ phone }} |")
    printed = compile_docx(form).render({"name": "朱真", "phone": "61238888"}, "r1").content or b""

    def edit(tree: Any) -> None:
        put(edits.control(tree, "phone"), dressed("61238888", "<w:strike/>"))
        edits.strip_marks(tree)
        table = next(tree.iter(edits.w("tbl")))
        table.append(copy.deepcopy(table.find(edits.w("tr"))))

    (sheet,) = read_file(edits.edited(printed, edit), form).sheets
    assert not [one for one in sheet.sightings if one.path == ("phone",) and isinstance(one.raw, str)]


@pytest.mark.parametrize(("property_", "code"), [("strike", "F-WORD-009"), ("vanish", "F-WORD-010")])
def test_in_a_footer(property_: str, code: str, paper: Paper) -> None:
    def edit(tree: Any) -> None:
        put(edits.control(tree, "filler"), dressed("李会计", f"<w:{property_}/>"))

    reading = paper.after(edit, "word/footer0.xml")
    assert "filler" not in reading.values
    assert codes(reading) == {code}


def test_hidden_signs_of_fields_are_nobodys_loss(paper: Paper) -> None:
    """Word hides the entries of an index, which are instructions."""

    def edit(tree: Any) -> None:
        inside = [
            '<w:r><w:rPr><w:vanish/></w:rPr><w:fldChar w:fldCharType="begin"/></w:r>',
            '<w:r><w:rPr><w:vanish/></w:rPr><w:instrText>XE "李四"</w:instrText><w:t>李</w:t></w:r>',
            '<w:r><w:rPr><w:vanish/></w:rPr><w:fldChar w:fldCharType="end"/></w:r>',
        ]
        put(edits.control(tree, "name"), *map(edits.fragment, inside), edits.run("李四"))

    reading = paper.after(edit)
    assert reading.values == RECORD | {"name": "李四"}
    assert not reading.problems


@pytest.mark.parametrize("is_marked", [True, False])
@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_no_field_of_any_form_is_read_with_struck_text(form: Any, is_marked: bool, read_one: ReadOne) -> None:
    """A struck sign before each field's text, one after the other: no value, and no other field is wrong for it."""
    record = filled(form)
    printed = compile_docx(form).render(record, "r1").content or b""
    wrong = []
    for number, tag in enumerate(edits.tags(etree.fromstring(edits.part_of(printed)))):

        def edit(tree: Any, number: int = number) -> None:
            held = list(tree.iter(edits.w("sdtContent")))[number]
            next(held.iter(edits.w("r"))).addprevious(dressed("9", "<w:strike/>"))
            for shown in held.getparent().iter(edits.w("showingPlcHdr")):
                shown.getparent().remove(shown)
            if not is_marked:
                edits.strip_marks(tree)

        reading = read_one(edits.edited(printed, edit), form)
        if not reading.doubts:
            wrong.append((tag, "no doubt"))
        wrong += [(tag, item) for item in wrong_values(form, record, reading)]
        wrong += [(tag, problem.found) for problem in reading.problems if "\x01" in problem.found]
    assert not wrong
