"""Imposed sides of paper as composed pages: the small pages' operators, moved to their places.

Each small page is clipped to its own area, so that nothing of it reaches into its neighbour.
Source: ISO 32000-2, 8.3.4 (transformation matrices), 8.5.4 (clipping paths).
"""

from __future__ import annotations

from isal import isal_zlib

from formgen.rendering.pdf.canvas import ComposedPage, FontUse
from formgen.rendering.pdf.imposing import Placed, Side
from formgen.rendering.pdf.objects import deflate, number_text

__all__ = ["blank_like", "compose_side"]


def blank_like(page: ComposedPage) -> ComposedPage:
    """An empty page of the same size: the back that a sheet with an odd number of pages needs."""
    return ComposedPage(page.width_pt, page.height_pt, deflate(b""), (), ())


def compose_side(side: Side[ComposedPage]) -> ComposedPage:
    """One page with all that stands on this side of the paper."""
    pages = [placed.page for placed in side.placed]
    fonts: dict[FontUse, list[str]] = {}
    for page in pages:
        for use, chars in page.fonts:
            fonts.setdefault(use, []).append(chars)
    content = b"".join(_moved(placed, side.height_pt) for placed in side.placed) + side.marks
    return ComposedPage(
        side.width_pt,
        side.height_pt,
        deflate(content),
        tuple(dict.fromkeys(art for page in pages for art in page.arts)),
        tuple((use, "".join(texts)) for use, texts in fonts.items()),
        tuple({picture.name: picture for page in pages for picture in page.pictures}.values()),
    )


def _moved(placed: Placed[ComposedPage], side_height_pt: float) -> bytes:
    left, top, right, bottom = placed.box
    turn, x, y = (-1, right, side_height_pt - top) if placed.is_turned else (1, left, side_height_pt - bottom)
    width, height = number_text(placed.page.width_pt), number_text(placed.page.height_pt)
    head = f"q {turn} 0 0 {turn} {x:.3f} {y:.3f} cm 0 0 {width} {height} re W n\n"
    content: bytes = isal_zlib.decompress(placed.page.content)
    return head.encode() + content + b"\nQ\n"
