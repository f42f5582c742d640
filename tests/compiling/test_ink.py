"""What is painted on a page is found where it is, and a strip of a page holds that strip's ink and no other's."""

from __future__ import annotations

import io

import pikepdf
import pytest

from formgen.compiling.art import Cut, make_background, outset
from formgen.compiling.ink import Ink, PageInk, read_pages
from tests.compiling.forms import make_pdf

WORDS = b"q 0 0 0 rg BT 10 350 Td /F1 10 Tf <4142>Tj ET Q "
MOVED = b"q 2 0 0 2 100 100 cm 1 0 0 rg BT 1 0 0 1 5 20 Tm /F2 6 Tf [<43>-500<44>]TJ ET Q "
BORDER = b"q 0.5 w 10 300 m 10 100 l S Q "
SHADE = b"q 0.2 0.4 0.6 rg 20 200 100 30 re f Q "
CLIP = b"0 0 500 400 re W* n "


def read(content: bytes) -> PageInk:
    return read_pages(pikepdf.open(io.BytesIO(make_pdf(content))))[0]


def test_text_has_its_characters_places_size_and_colour() -> None:
    plain, moved = read(CLIP + WORDS + MOVED).inks
    assert (plain.text, plain.size_pt, plain.colour, plain.baseline_pt) == ("AB", 10.0, (0, 0, 0), 50.0)
    assert [glyph.left_pt for glyph in plain.glyphs] == pytest.approx([10, 16])
    assert [glyph.right_pt for glyph in plain.glyphs] == pytest.approx([16, 22])
    assert (moved.text, moved.size_pt, moved.colour) == ("CD", 12.0, (255, 0, 0))
    assert moved.baseline_pt == pytest.approx(400 - (100 + 2 * 20))
    # 110, a glyph of 7.2 pt, half an em of 12 pt further
    assert [glyph.left_pt for glyph in moved.glyphs] == pytest.approx([110.0, 123.2])


def test_lines_are_as_thick_as_their_pen_and_fills_as_large_as_their_points() -> None:
    border, shade = read(BORDER + SHADE).inks
    assert border.box == pytest.approx((9.75, 100.0, 10.25, 300.0))
    assert shade.box == pytest.approx((20.0, 170.0, 120.0, 200.0))
    assert (border.colour, shade.colour) == (None, (51, 102, 153))


def test_a_strip_holds_its_own_ink_only() -> None:
    pdf = pikepdf.open(io.BytesIO(make_pdf(CLIP + WORDS + MOVED + BORDER + SHADE)))
    pages = read_pages(pdf)
    made = make_background(pdf, pages, [Cut(0, ((0.0, 150.0),)), Cut(0, ((165.0, 400.0),))], set())
    upper, lower = read_pages(pikepdf.open(io.BytesIO(made)))
    assert [ink.text for ink in upper.texts] == ["AB"]
    assert [ink.text for ink in lower.texts] == ["CD"]
    assert [ink.colour for ink in lower.inks if ink.kind == "path"] == [None, (51, 102, 153)]
    assert len(upper.inks) == 2, "the words and the upper part of the border"


def test_what_is_clipped_shows_within_its_strip() -> None:
    import pypdfium2

    pdf = pikepdf.open(io.BytesIO(make_pdf(b"q 40 w 100 390 m 100 10 l S Q ")))
    made = make_background(pdf, read_pages(pdf), [Cut(0, ((100.0, 200.0),))], set())
    picture = pypdfium2.PdfDocument(made)[0].render(scale=1, grayscale=True).to_numpy().reshape(400, 500)
    dark = [row for row in range(400) if picture[row, 100] < 128]
    assert (dark[0], dark[-1]) == (100, 199)


def test_signs_and_blanks_are_no_part_of_the_form() -> None:
    pdf = pikepdf.open(io.BytesIO(make_pdf(WORDS + MOVED)))
    made = make_background(pdf, read_pages(pdf), [Cut(0, ((0.0, 400.0),))], {(255, 0, 0)})
    background = pikepdf.open(io.BytesIO(made))
    (page,) = read_pages(background)
    assert [ink.text for ink in page.texts] == ["AB"]
    assert list(background.pages[0].obj["/Resources"]["/Font"].keys()) == ["/F1"]


def test_equal_pages_give_equal_bytes() -> None:
    content = make_pdf(WORDS + BORDER)

    def make() -> bytes:
        pdf = pikepdf.open(io.BytesIO(content))
        return make_background(pdf, read_pages(pdf), [Cut(0, ((0.0, 400.0),))], set())

    assert make() == make()


def test_a_boundary_takes_half_of_the_border_along_it() -> None:
    page = read(b"q 2 w 0 200 m 500 200 l S Q " + BORDER)
    assert outset(page, 200.0) == pytest.approx(1.0)
    assert outset(page, 250.0) == 0.0
    assert all(isinstance(ink, Ink) for ink in page.inks)


def test_text_behind_a_clip_does_not_show() -> None:
    """As LibreOffice writes what a row of exact height cuts off."""
    cut = b"q 0 356 500 20 re W* n " + WORDS + b"Q "
    page = read(WORDS + cut + b"q 0 340 500 30 re W* n " + MOVED.replace(b"100 100", b"100 300") + b"Q ")
    assert [ink.is_cut for ink in page.inks] == [False, True, False]
    assert [ink.text for ink in page.texts] == ["AB", "CD"]
