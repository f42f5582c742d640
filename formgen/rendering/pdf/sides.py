"""Composed pages put together: empty backs, and sides of paper that hold several cards."""

from __future__ import annotations

from isal import isal_zlib

from formgen.rendering.pdf.canvas import ComposedPage
from formgen.rendering.pdf.imposing import Placed, Side
from formgen.rendering.pdf.objects import deflate

__all__ = ["empty_page_like", "side_page"]


def empty_page_like(page: ComposedPage) -> ComposedPage:
    """A page of the same size with nothing on it."""
    return ComposedPage(page.width_pt, page.height_pt, deflate(b""), (), ())


def side_page(side: Side[ComposedPage]) -> ComposedPage:
    """One page that shows the cards of a side of paper, and its cut marks."""
    content = [side.marks, *(_shifted(placed, side.height_pt) for placed in side.placed)]
    pages = [placed.page for placed in side.placed]
    return ComposedPage(
        side.width_pt,
        side.height_pt,
        deflate(b"".join(content)),
        tuple(dict.fromkeys(art for page in pages for art in page.arts)),
        tuple(font for page in pages for font in page.fonts),
        tuple({picture.name: picture for page in pages for picture in page.pictures}.values()),
    )


def _shifted(placed: Placed[ComposedPage], height_pt: float) -> bytes:
    """A page's operators at its place; turned about its middle where it stands on its head."""
    left, top, right, bottom = placed.box
    if placed.is_turned:
        matrix = f"-1 0 0 -1 {right:.3f} {height_pt - top:.3f}"
    else:
        matrix = f"1 0 0 1 {left:.3f} {height_pt - bottom:.3f}"
    return f"q {matrix} cm\n".encode() + isal_zlib.decompress(placed.page.content) + b"\nQ\n"
