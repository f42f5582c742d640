"""Many sheets in one Word file: sections, headers, identities."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import docx
import pytest
from lxml import etree

from formgen.errors import TemplateError
from formgen.rendering.docx import CompiledDocx, compile_docx, merge
from tests.rendering.docx.test_compiled import W, assert_identities, names_of, part, text
from tests.rendering.wordmaker import R, make_form


def sections(content: bytes | None) -> list[Any]:
    return list(part(content).iter(f"{W}sectPr"))


def head_texts(content: bytes, section: Any) -> dict[str, str]:
    """What each header and footer of a section says."""
    archive = zipfile.ZipFile(io.BytesIO(content))
    relations = {item.get("Id"): item for item in etree.fromstring(archive.read("word/_rels/document.xml.rels"))}
    found = {}
    for item in section:
        if item.tag in (f"{W}headerReference", f"{W}footerReference"):
            target = relations[item.get(f"{{{R}}}id")].get("Target")
            path = target[1:] if target.startswith("/") else f"word/{target}"
            found[etree.QName(item).localname[:6]] = text(etree.fromstring(archive.read(path)))
    return found


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory) -> dict[str, CompiledDocx]:
    folder = tmp_path_factory.mktemp("merged")
    texts = {
        "headed": "{{ name }}\n| {{ name|upper }} | 乙 |\nheader: 村 {{ name }}\nfooter: 固定",
        "wide": "landscape\n正文 {{ name }}\nfooter: 页脚 {{ name }}",
        "bare": "{{ name }}\n|{%tr for r in rows %}|\n| {{ r.name }} | 丙 |\n|{%tr endfor %}|",
    }
    return {
        name: compile_docx(make_form(folder / name, "name rows(name)", template)) for name, template in texts.items()
    }


def merged(forms: dict[str, CompiledDocx], *sheets: str) -> bytes:
    record = {"rows": [{"name": "子"}] * 3}
    content = merge([(forms[name], {**record, "name": f"{name}{n}"}, f"k{n}") for n, name in enumerate(sheets)]).content
    assert content is not None
    assert zipfile.ZipFile(io.BytesIO(content)).testzip() is None
    assert_identities(part(content))
    return content


def test_every_sheet_is_a_section_with_its_own_page(forms: dict[str, CompiledDocx]) -> None:
    content = merged(forms, "headed", "wide", "bare", "headed")
    found = docx.Document(io.BytesIO(content)).sections
    assert [section.start_type.name for section in found] == ["NEW_PAGE"] * 4
    widths = [section.page_width > section.page_height for section in found]
    assert widths == [False, True, False, False]


@pytest.mark.parametrize("sheets", [["wide"], ["bare", "wide"], ["wide", "bare"], ["wide", "wide", "bare"]])
def test_there_are_as_many_sections_as_sheets(forms: dict[str, CompiledDocx], sheets: list[str]) -> None:
    assert len(sections(merged(forms, *sheets))) == len(sheets)


def test_no_sheet_inherits_another_ones_headers(forms: dict[str, CompiledDocx]) -> None:
    content = merged(forms, "headed", "wide", "bare", "headed")
    assert [head_texts(content, section) for section in sections(content)] == [
        {"header": "村 headed0", "footer": "固定"},
        {"header": "", "footer": "页脚 wide1"},
        {"header": "", "footer": ""},
        {"header": "村 headed3", "footer": "固定"},
    ]


def test_bookmarks_tell_the_sheets_apart(forms: dict[str, CompiledDocx]) -> None:
    names = names_of(part(merged(forms, "bare", "headed", "bare")))
    assert names == [
        "f_name",
        *(f"f_r_name__{row}" for row in (1, 2, 3)),
        "f2_name",
        "f2_nameupper",
        "f3_name",
        *(f"f3_r_name__{row}" for row in (1, 2, 3)),
    ]


def test_a_section_ends_within_its_last_paragraph_and_adds_none(forms: dict[str, CompiledDocx]) -> None:
    """A sheet that ends in a table needs a paragraph for its section break: a tiny one."""
    body = part(merged(forms, "wide", "bare", "wide")).find(f"{W}body")
    assert [etree.QName(child).localname for child in body] == ["p", "p", "tbl", "p", "p", "sectPr"]
    tiny = body[3]
    assert tiny.find(f".//{W}spacing").get(f"{W}line") == "20"


def test_a_merged_file_lists_its_sheets(forms: dict[str, CompiledDocx]) -> None:
    properties = part(merged(forms, "wide", "bare"), "docProps/custom.xml")
    found = {item.get("name"): item[0].text for item in properties}
    assert json.loads(found["formgen.sheets"]) == [["p/wide", "1", "k0"], ["p/bare", "1", "k1"]]
    assert set(found) == {"formgen.sheets"}


def test_one_sheet_that_does_not_fit_leaves_the_file_unwritten(tmp_path: Path, forms: dict[str, CompiledDocx]) -> None:
    tight = compile_docx(make_form(tmp_path / "tight", "name:name", "|=16| {{ name }} | 乙 |"))
    rendered = merge([(forms["bare"], {}, "k0"), (tight, {"name": "一" * 99}, "k1")])
    assert rendered.content is None
    assert [(problem.code, problem.record) for problem in rendered.problems] == [("F-FIT-001", "k1")]


def test_templates_of_other_styles_are_refused(tmp_path: Path, forms: dict[str, CompiledDocx]) -> None:
    other = compile_docx(make_form(tmp_path / "other", "name", "{{ name }}", styles="<w:docDefaults/>"))
    with pytest.raises(TemplateError) as caught:
        merge([(forms["bare"], {}, "k0"), (other, {}, "k1")])
    assert (caught.value.problem.code, caught.value.problem.place.part) == ("F-TPL-007", "word/styles.xml")


def test_footnotes_are_refused(tmp_path: Path, forms: dict[str, CompiledDocx]) -> None:
    form = make_form(tmp_path / "noted", "name", "{{ name }}")
    path = form.template("docx")
    with zipfile.ZipFile(path) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    note = b'<w:r><w:footnoteReference w:id="1"/></w:r></w:p>'
    parts["word/document.xml"] = parts["word/document.xml"].replace(b"</w:p>", note, 1)
    with zipfile.ZipFile(path, "w") as target:
        for name, content in parts.items():
            target.writestr(name, content)
    with pytest.raises(TemplateError) as caught:
        merge([(forms["bare"], {}, "k0"), (compile_docx(form), {}, "k1")])
    assert caught.value.problem.code == "F-TPL-008"
