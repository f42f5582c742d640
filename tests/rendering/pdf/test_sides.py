"""Imposed pages in a file: every card where it belongs, back behind front, as other programs read it."""

from __future__ import annotations

import io

import pdfplumber
import pikepdf
import pytest

from formgen.rendering.pdf import ComposedPage, Identity, PdfFile
from formgen.rendering.pdf.canvas import Canvas, Typesetter
from formgen.rendering.pdf.imposing import Edge, Grid, impose_cards
from formgen.rendering.pdf.sides import blank_like, compose_side
from formgen.typeset.fonts import FontBook
from formgen.units import mm_to_pt

CARD = (mm_to_pt(90), mm_to_pt(54))
SETTER = Typesetter(FontBook().chain("宋体"))


def leaf(text: str) -> ComposedPage:
    """A card with a text near its top left corner."""
    canvas = Canvas(*CARD)
    canvas.write(20.0, 30.0, 12.0, SETTER.runs(text))
    return canvas.page()


def written(pages: list[ComposedPage]) -> pdfplumber.PDF:
    stream = io.BytesIO()
    file = PdfFile(stream, Identity("cards"))
    file.add(pages)
    file.close()
    stream.seek(0)
    return pdfplumber.open(stream)


@pytest.mark.parametrize("edge", ["long", "short"])
def test_cards_are_read_where_the_grid_puts_them(edge: Edge) -> None:
    grid = Grid(2, 5, *CARD)
    names = ["王小明", "李丽", "赵磊"]
    sides = impose_cards([[leaf(name), leaf(f"背{name}")] for name in names], grid, edge)
    pdf = written([compose_side(side) for side in sides])
    front, back = pdf.pages
    assert (front.width, front.height) == pytest.approx((grid.width_pt, grid.height_pt), abs=0.01)
    for name, box in zip(names, grid.boxes, strict=False):
        behind = grid.behind(box, edge)
        assert front.crop(box).extract_text() == name
        first = next(char for char in front.chars if char["text"] == name[0])
        assert (first["x0"] - box[0], first["bottom"] - box[1]) == pytest.approx((20, 30), abs=4)
        first = next(char for char in back.crop(behind).chars if char["text"] == "背")
        from_left = first["x0"] - behind[0] if edge == "long" else behind[2] - first["x1"]
        from_top = first["bottom"] - behind[1] if edge == "long" else behind[3] - first["top"]
        assert (from_left, from_top) == pytest.approx((20, 30), abs=4), "a book's page, read after turning it"
    assert len(front.lines) == 2 * (3 + 6), "at both ends of every edge: three upright ones, six level ones"
    assert not back.lines


def test_a_blank_back_is_as_large_as_its_front_and_shows_nothing() -> None:
    pdf = written([leaf("王"), blank_like(leaf("王"))])
    assert [(round(page.width), page.extract_text()) for page in pdf.pages] == [(255, "王"), (255, "")]


def test_a_whole_file_of_cards_is_well_formed() -> None:
    stream = io.BytesIO()
    file = PdfFile(stream, Identity("cards"))
    grid = Grid(2, 5, *CARD)
    for side in impose_cards([[leaf(f"{number}号"), leaf("背")] for number in range(25)], grid):
        file.add([compose_side(side)])
    file.close()
    with pikepdf.open(stream) as pdf:
        assert not pdf.check_pdf_syntax()
        assert len(pdf.pages) == 6
