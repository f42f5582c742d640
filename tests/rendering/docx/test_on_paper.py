"""What LibreOffice prints of the files: every character that was written shows, and no empty pages come between."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pdfplumber
import pytest
from docxtpl import DocxTemplate

from formgen.forms.catalogue import Catalogue
from formgen.rendering.context import ContextPlan
from formgen.rendering.docx import CompiledDocx, compile_docx, merge
from tests.rendering.records import sample_record

pytestmark = pytest.mark.libreoffice

FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>
<include ignore_missing="yes">/etc/fonts/fonts.conf</include>
{aliases}</fontconfig>"""
ALIAS = (
    '<match target="pattern"><test name="family"><string>{name}</string></test>'
    '<edit name="family" mode="assign" binding="same"><string>Noto Serif CJK SC</string></edit></match>'
)
NAMES = ("宋体", "仿宋_GB2312", "黑体", "方正小标宋简体", "SimSun", "FangSong", "SimHei", "Times New Roman")


@pytest.fixture(autouse=True)
def song_fonts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The forms' fonts are not free: stand-ins of the same Han widths, Latin as wide as the fit expects."""
    path = tmp_path / "fonts.conf"
    path.write_text(FONTS.format(aliases="".join(ALIAS.format(name=name) for name in NAMES)), "utf-8")
    monkeypatch.setenv("FONTCONFIG_FILE", str(path))


def compiled(name: str) -> CompiledDocx:
    return compile_docx(Catalogue().form(f"xinmi-2015/{name}"))


def printed(pdf: Path) -> list[str]:
    """The characters of each page."""
    with pdfplumber.open(pdf) as document:
        return ["".join(item["text"] for item in page.chars) for page in document.pages]


def telling_text(length: int, start: int) -> str:
    """Han characters that occur nowhere else, with marks and numbers as people write them."""
    han = (chr(code) for code in itertools.count(start))
    text = "".join("，" if n % 17 == 16 else "2015" if n % 41 == 40 else next(han) for n in range(length))
    return text[:length]


def longest(form: CompiledDocx, key: str, start: int) -> str:
    """The longest such text that still fits the field."""
    low, high = 1, 3000
    while low < high:
        middle = (low + high + 1) // 2
        fits = not form.render({key: telling_text(middle, start)}, "k").problems
        low, high = (middle, high) if fits else (low, middle - 1)
    return telling_text(low, start)


@pytest.mark.parametrize("name", ["application-form", "pairing-registration"])
def test_the_longest_texts_that_fit_are_printed_whole(
    name: str, tmp_path: Path, to_pdf: Callable[[Path], Path]
) -> None:
    form = compiled(name)
    keys = [site.field.key for site in form.parts.sites if site.field.type_name in ("text", "long-text")]
    record: dict[str, Any] = {
        key: longest(form, key, 0x6E00 + 1000 * index) for index, key in enumerate(keys) if key != "town"
    }
    rendered = form.render(record, "k")
    assert rendered.content is not None
    path = tmp_path / "long.docx"
    path.write_bytes(rendered.content)
    pages = printed(to_pdf(path))
    assert len(pages) == 1
    for key, text in record.items():
        missing = [character for character in text if character not in pages[0]]
        assert not missing, f"{key}: {len(missing)} of {len(text)}"


def test_without_the_fit_the_same_text_would_be_cut_silently(tmp_path: Path, to_pdf: Callable[[Path], Path]) -> None:
    form = compiled("application-form")
    text = longest(form, "application", 0x6E00)
    template = DocxTemplate(str(form.manifest.template("docx")))
    template.render(ContextPlan(form.manifest).fill({"application": text}, "").context, autoescape=True)
    path = tmp_path / "cut.docx"
    template.save(str(path))
    (page,) = printed(to_pdf(path))
    assert any(character not in page for character in text)


def test_merged_sheets_have_the_pages_of_their_own_files(tmp_path: Path, to_pdf: Callable[[Path], Path]) -> None:
    """One page a form here, the roster's 40 rows more; no page is empty."""
    sheets = [
        (compiled(name), sample_record(Catalogue().form(f"xinmi-2015/{name}"), kind), f"{name}-{number}")
        for number, (name, kind) in enumerate(
            [
                ("cover-sheet", "normal"),
                ("survey-sheet", "many"),
                ("application-form", "normal"),
                ("task-plan", "blank"),
            ]
        )
    ]
    alone = []
    for form, record, key in sheets:
        content = form.render(record, key).content
        assert content is not None
        path = tmp_path / f"{key}.docx"
        path.write_bytes(content)
        alone.append(len(printed(to_pdf(path))))
    content = merge(sheets).content
    assert content is not None
    path = tmp_path / "merged.docx"
    path.write_bytes(content)
    pages = printed(to_pdf(path))
    assert len(pages) == sum(alone)
    assert all(page.strip() for page in pages)


def test_texts_too_long_are_printed_whole_on_form_and_continuation_sheet(
    tmp_path: Path, to_pdf: Callable[[Path], Path]
) -> None:
    application, survey = compiled("application-form"), compiled("survey-sheet")
    texts = {key: telling_text(700, 0x6E00 + 1000 * index) for index, key in enumerate(("why", "wish", "address"))}
    rows = [{"name": "甲", "wish": texts["wish"], "address": texts["address"]}, {"name": "乙"}]
    (table,) = (item.key for item in survey.manifest.fields if item.table is not None)
    rendered = merge([(application, {"name": "丙", "application": texts["why"]}, "a"), (survey, {table: rows}, "b")])
    assert rendered.content is not None
    path = tmp_path / "long.docx"
    path.write_bytes(rendered.content)
    pages = printed(to_pdf(path))
    assert len(pages) == 5, "each form and its sheet, of which the second has two pages"
    for text in texts.values():
        shown = "".join(pages)
        assert all(shown.count(character) >= text.count(character) for character in set(text))
    assert "姓名：丙" in pages[1] and "第1行 · 残疾人本人愿望（接正表）" in pages[3]
