"""Every way a template may place its fields is found without a word about it in code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from formgen.forms.catalogue import Catalogue
from formgen.rendering.docx import compile_docx
from tests.reading.docx import word_edits as edits
from tests.reading.docx.conftest import ReadOne, codes
from tests.rendering.wordmaker import make_form

LONG = "本人系肢体残疾人，家庭四口人，生活困难，现申请参加助残扶贫工程，请予批准。" * 6
CASES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "paragraphs": ("name town", "姓名：{{ name }}\n乡镇：{{ town }}", {"name": "张三", "town": "米村镇"}),
    "several in a paragraph": ("a b", "甲{{ a }}乙{{ b }}丙", {"a": "1", "b": "2"}),
    "a paragraph of its own": ("name", "姓名\n{{ name }}\n谢谢", {"name": "张三"}),
    "several tables": (
        "name rows(a) others(b)",
        "| 姓名 | {{ name }} |\n甲\n| 项目 |\n|{%tr for r in rows %}|\n| {{ r.a }} |\n|{%tr endfor %}|\n乙\n| 名称 |\n"
        "|{%tr for o in others %}|\n| {{ o.b }} |\n|{%tr endfor %}|",
        {"name": "张三", "rows": [{"a": "x"}, {"a": "y"}], "others": [{"b": "z"}]},
    ),
    "header and footer": ("no by", "header: 第{{ no }}号\n登记表\nfooter: 填表人{{ by }}", {"no": "7", "by": "李"}),
    "a block that is there only with a value": (
        "name phone",
        "姓名：{{ name }}\n{%p if phone %}\n电话：{{ phone }}\n{%p endif %}\n完",
        {"name": "张三", "phone": "61238888"},
    ),
    "the same field twice": ("name", "姓名：{{ name }}\n| 本人 | {{ name }} |", {"name": "张三"}),
    "paragraphs for every row": (
        "rows(a) name",
        "名单\n{%p for r in rows %}\n项目：{{ r.a }}\n{%p endfor %}\n姓名：{{ name }}",
        {"rows": [{"a": "x"}, {"a": "y"}, {"a": "z"}, {"a": "u"}], "name": "张三"},
    ),
    "row numbers": (
        "rows(a)",
        "| 序号 | 项目 |\n|{%tr for r in rows %}|\n| {{ r.row_number }} | {{ r.a }} |\n|{%tr endfor %}|",
        {"rows": [{"a": "x"}, {"a": "y"}, {"a": "z"}]},
    ),
}


@pytest.mark.parametrize("is_plain", [False, True], ids=["controls", "plain"])
@pytest.mark.parametrize("case", CASES)
def test_a_template_of_this_kind_is_read(case: str, is_plain: bool, tmp_path: Path, read_one: ReadOne) -> None:
    fields, text, record = CASES[case]
    form = make_form(tmp_path / "form", fields, text, plain=is_plain)
    printed = compile_docx(form).render(record, "r1").content or b""
    reading = read_one(printed, form)
    assert reading.values == record
    assert not reading.doubts


def test_a_block_that_is_not_there_is_blank(tmp_path: Path, read_one: ReadOne) -> None:
    fields, text, _ = CASES["a block that is there only with a value"]
    form = make_form(tmp_path / "form", fields, text)
    reading = read_one(compile_docx(form).render({"name": "张三"}, "r1").content or b"", form)
    assert (reading.values, reading.doubts) == ({"name": "张三"}, {})


def test_one_field_at_two_places_that_differ_is_contradictory(tmp_path: Path, read_one: ReadOne) -> None:
    fields, text, record = CASES["the same field twice"]
    form = make_form(tmp_path / "form", fields, text)
    printed = compile_docx(form).render(record, "r1").content or b""
    changed = edits.edited(printed, lambda tree: edits.write(edits.control(tree, "name", 1), "李四"))
    reading = read_one(changed, form)
    assert reading.doubts == {"name": "contradictory"}


@pytest.mark.parametrize(("typed", "value"), [("☑", True), ("√", True), ("□", None), ("", None)])
def test_a_box_is_ticked_in_its_place(typed: str, value: bool | None, tmp_path: Path, read_one: ReadOne) -> None:
    form = make_form(tmp_path / "form", "poor:checkbox", "| 贫困户 | {{ poor }} |")
    printed = compile_docx(form).render({}, "r1").content or b""
    reading = read_one(edits.edited(printed, lambda tree: edits.write(edits.control(tree, "poor"), typed)), form)
    assert (reading.values.get("poor") or None) is value
    assert not reading.doubts


def test_a_tick_beside_a_box_and_a_symbol_of_wingdings(tmp_path: Path, read_one: ReadOne) -> None:
    form = make_form(tmp_path / "form", "poor:checkbox ill:checkbox", "| 贫困 | {{ poor }} |\n| 生病 | {{ ill }} |")
    printed = compile_docx(form).render({}, "r1").content or b""

    def edit(tree: Any) -> None:
        edits.type_beside(edits.control(tree, "poor"), "√")
        edits.write(edits.control(tree, "ill"))
        content = edits.control(tree, "ill").find(edits.w("sdtContent"))
        content.append(edits.fragment('<w:r><w:sym w:font="Wingdings" w:char="F0FE"/></w:r>'))

    reading = read_one(edits.edited(printed, edit), form)
    assert reading.values == {"poor": True, "ill": True}


def continued(tmp_path: Path) -> tuple[Any, bytes, dict[str, Any]]:
    form = make_form(tmp_path / "form", "name reason:long-text", "| 姓名 | {{ name }} |\n|=40| 申请 | {{ reason }} |")
    record = {"name": "张三", "reason": LONG}
    return form, compile_docx(form).render(record, "r1").content or b"", record


@pytest.mark.parametrize("marks", [lambda _: None, edits.unwrap_controls, edits.strip_marks])
def test_a_continued_text_is_whole_again(marks: Any, tmp_path: Path, read_one: ReadOne) -> None:
    form, printed, record = continued(tmp_path)
    assert "（转附页）".encode() in edits.part_of(printed)
    reading = read_one(edits.edited(printed, marks), form)
    assert reading.values == record


def test_a_lost_continuation_sheet_takes_the_value_with_it(tmp_path: Path, read_one: ReadOne) -> None:
    form, printed, _ = continued(tmp_path)

    def edit(tree: Any) -> None:
        body = tree.find(edits.w("body"))
        for block in list(body)[-5:-1]:
            body.remove(block)

    reading = read_one(edits.edited(printed, edit), form)
    assert reading.values == {"name": "张三"}
    assert {"F-WORD-001", "F-READ-002"} <= codes(reading)


def test_a_rest_that_goes_on_nothing_is_told(tmp_path: Path, read_one: ReadOne) -> None:
    form, printed, _ = continued(tmp_path)
    reading = read_one(edits.edited(printed, lambda tree: edits.write(edits.control(tree, "reason"), "另写")), form)
    assert reading.doubts == {"reason": "contradictory"}
    assert {"F-WORD-002", "F-READ-001"} <= codes(reading)


@pytest.mark.parametrize("marks", [lambda _: None, edits.unwrap_controls])
def test_what_follows_a_rest_is_none_of_it(marks: Any, tmp_path: Path, read_one: ReadOne) -> None:
    form, printed, record = continued(tmp_path)

    def edit(tree: Any) -> None:
        marks(tree)
        note = edits.fragment("<w:p/>")
        note.append(edits.run("另附证明两份"))
        tree.find(edits.w("body"))[-1].addprevious(note)

    reading = read_one(edits.edited(printed, edit), form)
    assert reading.values == record
    assert [problem.found for problem in reading.problems] == ["另附证明两份"]


def test_a_rest_without_its_mark_that_has_a_second_paragraph_is_in_doubt(tmp_path: Path, read_one: ReadOne) -> None:
    """It may be a part of the rest, or anything that was typed or pasted below it."""
    form, printed, _ = continued(tmp_path)

    def edit(tree: Any) -> None:
        edits.strip_marks(tree)
        note = edits.fragment("<w:p/>")
        note.append(edits.run("另附证明两份"))
        tree.find(edits.w("body"))[-1].addprevious(note)

    reading = read_one(edits.edited(printed, edit), form)
    assert reading.values == {"name": "张三"}
    assert {"F-WORD-001", "F-WORD-002", "F-READ-002"} <= codes(reading)


def test_a_text_that_breaks_off_is_no_value_by_its_label_either(read_one: ReadOne) -> None:
    form = Catalogue().form("xinmi-2015/application-form")
    record = {"name": "张三", "application": "生活困难，申请帮扶。" * 120}
    printed = compile_docx(form).render(record, "r1").content or b""

    def forget(tree: Any) -> None:
        for item in list(tree):
            tree.remove(item)

    def retype(tree: Any) -> None:
        edits.strip_marks(tree)
        edits.retype(edits.cell_with(tree, "姓名"), "姓名：")

    bare = edits.edited(edits.edited(printed, retype), forget, "docProps/custom.xml")
    reading = read_one(bare, form)
    assert reading.values.get("application") is None
    assert "F-WORD-001" in codes(reading)


BOXES = '性别：{% if sex == "男" %}☑{% else %}□{% endif %}男 {% if sex == "女" %}☑{% else %}□{% endif %}女（必填）'


@pytest.mark.parametrize("text", [BOXES, "| 本人 | " + BOXES + " |"], ids=["paragraph", "cell"])
@pytest.mark.parametrize("sex", ["男", "女", None])
def test_a_choice_printed_as_boxes_is_read(sex: str | None, text: str, tmp_path: Path, read_one: ReadOne) -> None:
    form = make_form(tmp_path / "form", "name sex:sex", f"{text}\n姓名：{{{{ name }}}}")
    record = {"name": "张三"} | ({"sex": sex} if sex else {})
    printed = compile_docx(form).render(record, "r1").content or b""
    reading = read_one(printed, form)
    assert (reading.values, reading.doubts) == (record, {})


def test_a_choice_ticked_by_hand_and_one_ticked_twice(tmp_path: Path, read_one: ReadOne) -> None:
    form = make_form(tmp_path / "form", "name sex:sex", f"{BOXES}\n姓名：{{{{ name }}}}")
    printed = compile_docx(form).render({"name": "张三"}, "r1").content or b""

    def tick(tree: Any, count: int) -> None:
        for item in tree.iter(edits.w("t")):
            item.text = item.text.replace("□", "√", count)

    assert read_one(edits.edited(printed, lambda tree: tick(tree, 1)), form).values["sex"] == "男"
    assert read_one(edits.edited(printed, lambda tree: tick(tree, 2)), form).doubts == {"sex": "rejected"}


def test_rows_in_one_paragraph_are_lost_not_guessed(tmp_path: Path, read_one: ReadOne) -> None:
    text = "名单：{% for r in rows %}{{ r.a }}、{% endfor %}\n姓名：{{ name }}"
    form = make_form(tmp_path / "form", "rows(a) name", text)
    printed = compile_docx(form).render({"rows": [{"a": "x"}, {"a": "y"}], "name": "张三"}, "r1").content or b""
    reading = read_one(printed, form)
    assert reading.values == {"name": "张三"}
    assert reading.doubts == {"rows": "lost"}


def box_around(paragraph: Any) -> None:
    """Put a paragraph into a text box, as Word writes it: twice, once for older programs."""
    holder = edits.fragment("<w:p/>")
    paragraph.addprevious(holder)
    xml = etree.tostring(paragraph, encoding="unicode")
    paragraph.getparent().remove(paragraph)
    shape = f"<w:pict><w:txbxContent>{xml}</w:txbxContent></w:pict>"
    holder.append(
        edits.fragment(
            "<w:r><mc:AlternateContent><mc:Choice Requires='wps'>"
            f"<w:drawing><w:txbxContent>{xml}</w:txbxContent></w:drawing>"
            f"</mc:Choice><mc:Fallback>{shape}</mc:Fallback></mc:AlternateContent></w:r>"
        )
    )


def nest(tree: Any) -> None:
    """Put the second table into the last cell of the first."""
    outer, inner = tree.iter(edits.w("tbl"))
    cell = list(outer.iter(edits.w("tc")))[-1]
    cell.append(inner)
    cell.append(edits.fragment("<w:p/>"))


@pytest.mark.parametrize("marks", [lambda _: None, edits.unwrap_controls, edits.strip_marks])
def test_text_boxes_and_nested_tables(marks: Any, tmp_path: Path, read_one: ReadOne) -> None:
    text = "甲：{{ a }}\n| 乙 | {{ b }} |\n间\n| 丙 | {{ c }} |\n尾"
    form = make_form(tmp_path / "form", "a b c", text)
    path = form.template("docx")

    def arrange(tree: Any) -> None:
        box_around(next(tree.iter(edits.w("p"))))
        nest(tree)

    path.write_bytes(edits.edited(path.read_bytes(), arrange))
    record = {"a": "1", "b": "2", "c": "3"}
    printed = compile_docx(form).render(record, "r1").content or b""
    reading = read_one(edits.edited(printed, marks), form)
    assert (reading.values, reading.doubts) == (record, {})
