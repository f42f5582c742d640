"""The continuation sheet in a Word file: whole texts, unique names, sections of their own."""

from __future__ import annotations

import collections
import io
import zipfile
from pathlib import Path
from typing import Any

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from formgen.forms.catalogue import Catalogue
from formgen.rendering.continuation import MARK, rejoin
from formgen.rendering.docx import CompiledDocx, compile_docx, merge
from tests.rendering.wordmaker import W, make_form

W_ = f"{{{W}}}"
ROWS = "|{%tr for r in rows %}|\n|=16| {{ r.name }} | {{ r.note }} |\n|{%tr endfor %}|"
NUMBERED = f"footer: 第{{{{ name }}}}号\n姓名 {{{{ name }}}}\n|=31| 申请 | {{{{ why }}}} |\n{ROWS}"
FIELDS = "name why:long-text rows(name note)"


@pytest.fixture(scope="module")
def form(tmp_path_factory: pytest.TempPathFactory) -> CompiledDocx:
    return compile_docx(make_form(tmp_path_factory.mktemp("continued") / "form", FIELDS, NUMBERED))


def document(content: bytes | None) -> Any:
    assert content is not None
    return etree.fromstring(zipfile.ZipFile(io.BytesIO(content)).read("word/document.xml"))


def marked(root: Any) -> dict[str, str]:
    """Bookmark → the text of the content control around it."""
    found = {}
    for start in root.iter(f"{W_}bookmarkStart"):
        control = next(start.iterancestors(f"{W_}sdt"))
        found[start.get(f"{W_}name")] = "".join(
            "\n" if item.tag == f"{W_}br" else item.text or "" for item in control.iter(f"{W_}t", f"{W_}br")
        )
    return found


def paragraphs(root: Any) -> list[str]:
    return ["".join(item.itertext(f"{W_}t")) for item in root.find(f"{W_}body").iterchildren(f"{W_}p")]


def ids(root: Any) -> list[str]:
    controls = [item.get(f"{W_}val") for item in root.iter(f"{W_}id")]
    return [*controls, *(item.get(f"{W_}id") for item in root.iter(f"{W_}bookmarkStart"))]


LONG = "本人因肢体残疾，家庭收入低，申请发展养殖项目50头。\n望批准！" * 12


@settings(max_examples=40, deadline=None)
@given(st.text(alphabet="张村残疾，。（）“”AZ09.-&< \n𬱖", min_size=60, max_size=400))
def test_what_is_shown_and_the_rest_are_the_text(form: CompiledDocx, text: str) -> None:
    rendered = form.render({"why": text, "rows": [{"name": "甲", "note": text}]}, "k")
    found = marked(document(rendered.content))
    for key, rest in (("f_why", "f_why__c"), ("f_r_note__1", "f_rows_note__1__c")):
        if rest in found:
            assert found[key].endswith(MARK)
        assert rejoin(found[key], found.get(rest, "")) == text


def test_the_sheet_follows_its_form_as_a_section_with_no_head_of_the_forms(form: CompiledDocx) -> None:
    rendered = form.render({"name": "王𬱖", "why": LONG, "rows": [{"note": "一" * 99}, {"note": "二" * 99}]}, "k")
    assert [(item.code, item.place.label, item.place.cell) for item in rendered.problems] == [
        ("F-FIT-002", "标签why", ""),
        ("F-FIT-002", "标签note", "1"),
        ("F-FIT-002", "标签note", "2"),
    ]
    root = document(rendered.content)
    said = paragraphs(root)
    assert "附页" in said
    assert [line for line in said if line.endswith("（接正表）")] == [
        "标签why（接正表）",
        "第1行 · 标签note（接正表）",
        "第2行 · 标签note（接正表）",
    ]
    assert rendered.content is not None
    first, second = docx.Document(io.BytesIO(rendered.content)).sections
    assert "王𬱖" in "".join(first.footer._element.itertext())
    assert not "".join(second.footer._element.itertext())
    assert (second.page_width.pt, second.page_height.pt) == pytest.approx((595.3, 841.9), abs=0.1)
    assert max(collections.Counter(ids(root)).values()) <= 2, "controls and bookmarks number apart"


def test_a_text_that_fits_has_no_sheet(form: CompiledDocx) -> None:
    rendered = form.render({"name": "王", "why": "养羊"}, "k")
    assert not rendered.problems
    assert "附页" not in paragraphs(document(rendered.content))


def test_in_a_merged_file_every_sheet_follows_its_own_form(form: CompiledDocx, tmp_path: Path) -> None:
    other = compile_docx(make_form(tmp_path / "other", "name", "别的表 {{ name }}"))
    long = {"name": "王", "why": LONG}
    rendered = merge([(form, long, "a"), (other, {"name": "李"}, "b"), (form, {**long, "name": "赵"}, "c")])
    root = document(rendered.content)
    said = [line for line in paragraphs(root) if line]
    order = [line for line in said if line == "附页" or line.startswith(("别的表", "姓名"))]
    assert order == ["姓名 王", "附页", "别的表 李", "姓名 赵", "附页"]
    found = marked(root)
    for mark in ("f", "f3"):
        assert rejoin(found[f"{mark}_why"], found[f"{mark}_why__c"]) == LONG
    names = [item.get(f"{W_}name") for item in root.iter(f"{W_}bookmarkStart")]
    assert len(names) == len(set(names))
    controls = [item.get(f"{W_}val") for item in root.iter(f"{W_}id")]
    assert len(controls) == len(set(controls))
    assert len(list(root.iter(f"{W_}sectPr"))) == 5
    assert root.find(f"{W_}body")[-1].tag == f"{W_}sectPr"


def test_a_value_printed_twice_is_cut_for_the_smaller_place(tmp_path: Path) -> None:
    form = compile_docx(
        make_form(
            tmp_path / "form",
            "why:long-text",
            "|=80| 甲 | {{ why }} |\n|=20| 乙 | {{ why }} |\n|=40| 丙 | 因{{ why }} |",
        )
    )
    text = LONG * 2
    root = document(form.render({"why": text}, "k").content)
    shown = [value for name, value in marked(root).items() if name == "f_why"]
    (rest,) = [value for name, value in marked(root).items() if name == "f_why__c"]
    assert {rejoin(value, rest) for value in shown} == {text}


def test_among_words_the_longest_value_gives_way(tmp_path: Path) -> None:
    template = "|{%tr for r in rows %}|\n|=16| {{ r.name }}（{{ r.note }}、{{ town }}） | 乙 |\n|{%tr endfor %}|"
    form = compile_docx(make_form(tmp_path / "form", "town rows(name note)", template))
    rows = [{"name": "甲", "note": "一" * 99}, {"name": "甲", "note": "乙"}]
    rendered = form.render({"rows": rows, "town": "镇"}, "k")
    root = document(rendered.content)
    found = marked(root)
    assert rejoin(found["f_r_note__1"], found["f_rows_note__1__c"]) == "一" * 99
    assert found["f_r_note__2"] == "乙"


def test_a_cell_without_room_for_the_mark_is_refused(tmp_path: Path) -> None:
    cells = " | ".join(["{{ why }}", *("乙" * 20)])
    form = compile_docx(make_form(tmp_path / "form", "why:long-text", f"|=16| {cells} |"))
    rendered = form.render({"why": "一" * 99}, "k")
    assert rendered.content is None
    assert [item.code for item in rendered.problems] == ["F-FIT-001"]


@pytest.mark.parametrize("name", ["application-form", "survey-sheet", "beneficiary-roster", "pairing-registration"])
def test_every_free_text_of_a_form_can_be_too_long(name: str) -> None:
    manifest = Catalogue().form(f"xinmi-2015/{name}")
    record: dict[str, Any] = {}
    for item in manifest.fields:
        if item.table is not None:
            record[item.key] = [{column.key: LONG for column in item.table.columns if column.is_continued}]
        elif item.is_continued:
            record[item.key] = LONG
    rendered = compile_docx(manifest).render(record, "k")
    assert rendered.content is not None, rendered.problems
    root = document(rendered.content)
    text = "".join(marked(root).values())
    assert text.count("\n") >= LONG.count("\n")
    assert etree.tostring(root).count(b"__c") == 2 * len(rendered.problems)
