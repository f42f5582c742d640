"""Small forms to compile, and pages of a probe made by hand."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pikepdf

from formgen.compiling.ink import IDENTITY, Glyph, Ink, PageInk
from formgen.compiling.marks import Mark, Probe
from formgen.compiling.measure import RowPlace, Survey
from formgen.forms.manifest import Manifest
from formgen.rendering.tokens import Token
from tests.rendering.wordmaker import make_form

SIGN_COLOUR = (200, 1, 2)
SMALL = """
申请登记表
|=40| 姓名 | {{ name }} |
|=40| 出生 | {{ birth }} |
"""


def make_small(folder: Path, text: str = SMALL, fields: str = "name birth") -> Manifest:
    """A form of its own, with a form.yaml to be hashed."""
    manifest = make_form(folder, fields, text)
    (folder / "form.yaml").write_text("version: 1\n", "utf-8")
    return manifest


def words(text: str, baseline_pt: float, left_pt: float = 0.0, colour: Any = (0, 0, 0)) -> Ink:
    """A line of characters 10 pt wide."""
    glyphs = tuple(
        Glyph(character, left_pt + 10 * index, left_pt + 10 * index + 10, baseline_pt)
        for index, character in enumerate(text)
    )
    box = (left_pt, baseline_pt - 8, left_pt + 10 * len(text), baseline_pt + 2)
    return Ink("text", box, 0, 0, colour, IDENTITY, glyphs, 10.0, "/F1")


def line(top_pt: float) -> Ink:
    """A border across the page, half a point high."""
    return Ink("path", (0.0, top_pt - 0.25, 500.0, top_pt + 0.25), 0, 0, None, IDENTITY)


def page(*inks: Ink) -> PageInk:
    return PageInk(500.0, 400.0, [], inks)


def make_probe(table: str = "", body: str = "", heads: str = "") -> Probe:
    mark = Mark(Token("name", "", "", -1, None), "text", None, True, None, None, SIGN_COLOUR, 12.0, "宋体", "center")
    return Probe(b"", b"", [mark], [], None, heads, body, table, False, (40.0, 40.0), 20.0)


def rows(counts: Sequence[int], starts: Sequence[float], height_pt: float = 20.0) -> Survey:
    """Rows of one height, so many on each page."""
    found = []
    for number, (count, start) in enumerate(zip(counts, starts, strict=True)):
        for at in range(count):
            top = start + at * height_pt
            found.append(RowPlace(len(found), number, top, top + height_pt))
    return Survey((), tuple(found), None)


def make_pdf(*contents: bytes) -> bytes:
    """A PDF of such pages (500 × 400 pt) with a font whose codes are their own characters."""
    pdf = pikepdf.new()
    to_unicode = b"1 begincodespacerange <00> <ff> endcodespacerange 1 beginbfrange <41> <5a> <0041> endbfrange"
    font = pdf.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Font,
            Subtype=pikepdf.Name.TrueType,
            BaseFont=pikepdf.Name("/ABCDEF+Test"),
            FirstChar=0x41,
            LastChar=0x5A,
            Widths=[600] * 26,
            ToUnicode=pdf.make_stream(to_unicode),
        )
    )
    for content in contents:
        made = pdf.add_blank_page(page_size=(500, 400))
        made.obj["/Resources"] = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font, F2=font))
        made.obj["/Contents"] = pdf.make_stream(content)
    file = io.BytesIO()
    pdf.save(file)
    return file.getvalue()
