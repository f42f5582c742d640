"""The catalogue's layouts: those committed are those of the templates, and they say where everything stands."""

from __future__ import annotations

import collections
import io
import json
import re
from collections.abc import Iterator
from typing import Any

import pikepdf
import pytest

from formgen.compiling import CompiledLayout, check_layout
from formgen.compiling.ink import PageInk, read_pages
from formgen.forms.catalogue import Catalogue
from formgen.forms.layout import BACKGROUND, LAYOUT, Band, Layout, Spot, dump_layout, read_layout
from formgen.forms.manifest import Manifest
from formgen.rendering.docx import compile_docx

MANIFESTS = {manifest.id: manifest for manifest in Catalogue().forms("xinmi-2015")}
SAME_PT = 0.05
each_form = pytest.mark.parametrize("form", MANIFESTS)


def layout_of(form: str) -> Layout:
    return read_layout(MANIFESTS[form].folder / LAYOUT)


def pages_of(content: bytes) -> list[PageInk]:
    return read_pages(pikepdf.open(io.BytesIO(content)))


def background_of(form: str) -> list[PageInk]:
    return pages_of((MANIFESTS[form].folder / BACKGROUND).read_bytes())


def bands(layout: Layout) -> Iterator[Band]:
    flow = layout.flow
    if flow is not None:
        yield from (flow.frame, flow.first, flow.next, *flow.rows.values())
        if flow.tail is not None:
            yield flow.tail


def differences(one: Any, other: Any, path: str = "") -> Iterator[str]:
    """Where two JSON values differ by more than the tolerance."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        for key in one:
            yield from differences(one[key], other[key], f"{path}.{key}")
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for at, (first, second) in enumerate(zip(one, other, strict=True)):
            yield from differences(first, second, f"{path}[{at}]")
    elif isinstance(one, float) and isinstance(other, float):
        if abs(one - other) > SAME_PT:
            yield f"{path}: {one} {other}"
    elif one != other:
        yield f"{path}: {one} {other}"


@pytest.mark.libreoffice
@each_form
def test_the_committed_layout_is_the_one_of_the_template(
    form: str, catalogue_layouts: dict[str, CompiledLayout]
) -> None:
    compiled = catalogue_layouts[form]
    assert compiled.layout is not None, compiled.problems
    assert {problem.code for problem in compiled.problems} <= {"F-LAYOUT-021"}
    made, committed = json.loads(dump_layout(compiled.layout)), json.loads(dump_layout(layout_of(form)))
    for side in (made, committed):
        side["sources"] = {name: value for name, value in side["sources"].items() if name.startswith("form.")}
    assert list(differences(made, committed)) == []
    words = [[ink.text for ink in page.texts] for page in pages_of(compiled.background)]
    assert words == [[ink.text for ink in page.texts] for page in background_of(form)]


@each_form
def test_the_committed_layout_is_up_to_date(form: str) -> None:
    assert check_layout(MANIFESTS[form]) == []


@each_form
def test_every_field_of_the_manifest_has_a_place(form: str) -> None:
    manifest = MANIFESTS[form]
    keys = {(spot.key, spot.part) for spot in layout_of(form).spots}
    for field in manifest.fields:
        for item in field.table.columns if field.table is not None else (field,):
            parts = [part for key, part in keys if key == item.key]
            assert parts, item.key
            assert set(parts) in ({""}, {"year", "month", "day"}), item.key


@each_form
def test_places_have_the_room_that_the_word_file_gives_them(form: str) -> None:
    """One fit: what fits the Word file fits the PDF."""
    boxes = collections.defaultdict(list)
    for site in compile_docx(MANIFESTS[form]).parts.sites:
        boxes[site.field.key].append(site.box)
    for spot in layout_of(form).spots:
        if spot.key in boxes and not spot.part:
            found = (spot.width_pt, spot.height_pt, spot.size_pt, spot.line_pt, spot.min_size_pt, spot.first_line_pt)
            expected = boxes[spot.key].pop(0)
            assert found == pytest.approx(
                (
                    expected.width_pt,
                    expected.height_pt,
                    expected.size_pt,
                    expected.line_pt,
                    expected.min_size_pt,
                    expected.first_line_pt,
                ),
                abs=0.001,
            )


@each_form
def test_text_stands_within_its_cell(form: str) -> None:
    for spot in layout_of(form).spots:
        left, top, right, bottom = spot.cell
        if spot.pieces:
            continue
        assert left - 0.5 <= spot.left_pt < spot.right_pt <= right + 0.5, spot
        assert top < spot.baseline_pt < bottom and spot.width_pt <= right - left + 0.5, spot
        one_line = top + 0.8 * spot.line_pt, (top + bottom) / 2 + 0.3 * spot.line_pt, bottom - 0.2 * spot.line_pt
        assert min(abs(spot.baseline_pt - place) for place in one_line) < 6, spot


def free_of(page: PageInk, spot: Spot) -> bool:
    """Whether no words stand in a spot's cell."""
    left, top, right, bottom = spot.cell
    return not any(
        left + 0.5 < (glyph.left_pt + glyph.right_pt) / 2 < right - 0.5 and top < glyph.baseline_pt - 2 < bottom
        for ink in page.texts
        for glyph in ink.glyphs
    )


@each_form
def test_no_words_stand_where_values_are_printed(form: str) -> None:
    layout, pages = layout_of(form), background_of(form)
    for part in (*layout.before, *bands(layout), *layout.after):
        for spot in part.spots:
            assert spot.kind == "page" or free_of(pages[part.art], spot), spot


@each_form
def test_the_background_says_the_words_of_the_template_once(form: str) -> None:
    """All art together holds the blank form's words, the repeated head once more, and no page number."""
    manifest = MANIFESTS[form]
    layout, pages = layout_of(form), background_of(form)
    printed = collections.Counter("".join(ink.text for page in pages for ink in page.texts if ink.text.strip()))
    template = collections.Counter(_template_words(manifest))
    repeated: collections.Counter[str] = collections.Counter()
    if layout.flow is not None:
        repeated.update("".join(ink.text for ink in pages[layout.flow.next.art].texts))
        if layout.flow.continued_pt is None:
            repeated -= collections.Counter("续表")  # the one header of the pages that follow
    number_words = "".join(piece for spot in layout.spots if spot.kind == "page" for piece in spot.pieces)
    template -= collections.Counter(re.sub(r"\{\w+\}|\s", "", number_words))
    del printed[" "], repeated[" "], template[" "]
    assert printed == template + repeated


def _template_words(manifest: Manifest) -> str:
    """The template's text without tags, field codes and blanks."""
    from lxml import etree

    package = compile_docx(manifest).package
    words = ""
    for name in package.names:
        if re.fullmatch(r"word/(document|header\d+|footer\d+)\.xml", name):
            root: Any = etree.fromstring(package.part(name))
            space = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
            for paragraph in root.iter(f"{space}p"):
                text = "".join(item.text or "" for item in paragraph.iter(f"{space}t"))
                if "PAGE" in "".join(item.text or "" for item in paragraph.iter(f"{space}instrText")):
                    text = re.sub(r"\d", "", text)
                words += re.sub(r"\{[{%].*?[%}]\}|\s", "", text)
    return words


@each_form
def test_bands_hold_their_own_ink_only(form: str) -> None:
    layout, pages = layout_of(form), background_of(form)
    for band in bands(layout):
        for ink in pages[band.art].texts:
            assert band.top_pt < ink.baseline_pt <= band.bottom_pt + 0.1, ink.text


def test_a_roster_has_rows_in_every_role_and_one_cell_for_a_household() -> None:
    flow = layout_of("xinmi-2015/beneficiary-roster").flow
    assert flow is not None and set(flow.rows) == {"single", "start", "middle", "end"}
    for band in flow.rows.values():
        assert [spot.key for spot in band.spots if spot.is_merged] == ["household_number"]
        assert band.height_pt == pytest.approx(27.0, abs=0.01)
    rows = [int((flow.limit_pt - band.bottom_pt + 0.01) / 27.0) for band in (flow.first, flow.next)]
    assert rows == [14, 16], "as LibreOffice prints the Word file"
    assert flow.tail is not None and flow.tail.height_pt < 60


def test_the_survey_is_signed_on_every_page_and_pages_are_numbered_with_their_words() -> None:
    flow = layout_of("xinmi-2015/survey-sheet").flow
    assert flow is not None
    assert {spot.key for spot in flow.frame.spots} == {"page", "filler", "filled_on"}
    (number,) = (spot for spot in flow.frame.spots if spot.kind == "page")
    assert number.pieces == ("第", "{page}", "页 共", "{pages}", "页") and number.align == "center"
    assert {spot.key for spot in flow.first.spots} == {"town", "village"} and flow.next.spots == ()


def test_check_boxes_are_left_to_the_value() -> None:
    form = "xinmi-2015/cover-sheet"
    flow = layout_of(form).flow
    assert flow is not None and flow.tail is not None
    assert sum(spot.kind == "box" for spot in flow.tail.spots) == 4
    assert not any("□" in ink.text for page in background_of(form) for ink in page.texts)


@each_form
def test_backgrounds_are_small_and_have_embedded_fonts(form: str) -> None:
    path = MANIFESTS[form].folder / BACKGROUND
    assert path.stat().st_size < 60_000
    with pikepdf.open(path) as pdf:
        assert pdf.check_pdf_syntax() == [] if hasattr(pdf, "check_pdf_syntax") else pdf.check() == []
        for page in pdf.pages:
            for font in page.obj["/Resources"].get("/Font", {}).values():
                assert "/ToUnicode" in font and any("/FontFile" in key for key in font["/FontDescriptor"].keys())  # noqa: SIM118
        assert "/Metadata" not in pdf.Root and "/CreationDate" not in pdf.docinfo
