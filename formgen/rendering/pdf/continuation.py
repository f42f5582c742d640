"""The continuation sheet (附页) on PDF: pages of our own that follow a form's.

In: what stands on the sheet. Out: as many pages as it needs, each with form and person, so that a page that got lost
from its form can be told; the rests framed, with a rule between them. The first page's lines are the Word file's.
Source: formgen.rendering.continuation has wording and measures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from formgen.forms.layout import ASCENT, Rect
from formgen.rendering.continuation import (
    FORM_STYLE,
    HEADING_STYLE,
    MARGIN_PT,
    PAGE_PT,
    PERSON_STYLE,
    TEXT_STYLE,
    TITLE,
    TITLE_STYLE,
    Continuation,
    LineStyle,
)
from formgen.rendering.pdf.canvas import Canvas, Typesetter
from formgen.rendering.pdf.spots import START_PT, line_starts
from formgen.typeset import Box, fit
from formgen.units import mm_to_pt

__all__ = ["PAGE_CODE", "draw_continuation"]

BOTTOM_PT: Final = PAGE_PT[1] - MARGIN_PT
WIDTH_PT: Final = PAGE_PT[0] - 2 * MARGIN_PT
ENDLESS_PT: Final = 1e6
MOST_NAME_LINES: Final = 2
FRAME_GAP_PT: Final = 6.0
"""Between the frame and what stands in it."""
RULE_DROP_PT: Final = 3.0
"""The glyphs of a line stand low in it."""
FOOT_STYLE: Final = LineStyle(9, 12, "宋体", is_centred=True)
FOOT_TOP_PT: Final = PAGE_PT[1] - mm_to_pt(17)
_CODE_PT: Final = mm_to_pt(18)
PAGE_CODE: Final[Rect] = (
    PAGE_PT[0] - MARGIN_PT - _CODE_PT,
    mm_to_pt(5),
    PAGE_PT[0] - MARGIN_PT,
    mm_to_pt(5) + _CODE_PT,
)
"""Where the page code stands: above the text, beside the corner mark."""


@dataclass(frozen=True, slots=True)
class _Line:
    """One line and how it is set; a heading is not left alone at a page's end."""

    text: str
    style: LineStyle
    is_heading: bool = False
    begins_part: bool = False
    is_start: bool = False
    """Begins after a line end in the text; see `START_PT`."""


def draw_continuation(sheet: Continuation, setter_of: Callable[[str], Typesetter]) -> list[Canvas]:
    """The sheet's pages.

    Raises: MissingGlyph: a character of the sheet has no glyph.
    """
    head = [_Line(TITLE, TITLE_STYLE), *_lines(sheet.form, FORM_STYLE, setter_of)]
    if sheet.person:
        head += _shortened(_lines(sheet.person, PERSON_STYLE, setter_of))
    pages = list(_pages(head, list(_body(sheet, setter_of))))
    made = []
    for number, lines in enumerate(pages, 1):
        canvas = Canvas(*PAGE_PT)
        top = _write(canvas, head, MARGIN_PT, setter_of)
        bottom = _write(canvas, lines, top, setter_of)
        _frame(canvas, lines, top, bottom)
        _write(canvas, [_Line(f"{TITLE} {number}/{len(pages)}", FOOT_STYLE)], FOOT_TOP_PT, setter_of)
        made.append(canvas)
    return made


def _body(sheet: Continuation, setter_of: Callable[[str], Typesetter]) -> Iterator[_Line]:
    for part in sheet.parts:
        for index, line in enumerate(_lines(part.heading, HEADING_STYLE, setter_of)):
            yield _Line(line.text, line.style, is_heading=True, begins_part=not index)
        yield from _lines(part.text, TEXT_STYLE, setter_of)


def _lines(text: str, style: LineStyle, setter_of: Callable[[str], Typesetter]) -> list[_Line]:
    box = Box(WIDTH_PT, ENDLESS_PT, style.size_pt, style.line_pt, style.size_pt)
    lines = fit(text, box, setter_of(style.font).advances).lines
    starts = line_starts(text, lines)
    return [_Line(line, style, is_start=index in starts) for index, line in enumerate(lines)]


def _shortened(lines: list[_Line]) -> list[_Line]:
    """A name of many lines leaves room for the rests; it is whole on the form, or among the rests."""
    if len(lines) <= MOST_NAME_LINES:
        return lines
    *shown, last = lines[:MOST_NAME_LINES]
    return [*shown, _Line(last.text[:-1] + "…", last.style)]


def _pages(head: list[_Line], body: list[_Line]) -> Iterator[list[_Line]]:
    """The lines of each page; headings go with the line that follows."""
    room = BOTTOM_PT - MARGIN_PT - _height(head)
    page: list[_Line] = []
    for line in body:
        if page and _height(page) + line.style.line_pt > room:
            kept = len(page)
            while kept and page[kept - 1].is_heading:
                kept -= 1
            kept = kept or len(page)
            yield page[:kept]
            page = page[kept:]
        page.append(line)
    yield page


def _height(lines: list[_Line]) -> float:
    return sum(line.style.line_pt for line in lines)


def _write(canvas: Canvas, lines: list[_Line], top_pt: float, setter_of: Callable[[str], Typesetter]) -> float:
    """Write lines from a height on; the height where they end."""
    for line in lines:
        style, setter = line.style, setter_of(line.style.font)
        if line.is_start:
            canvas.write(MARGIN_PT - START_PT, top_pt + ASCENT * style.line_pt, style.size_pt, setter.runs(" "))
        if line.text:
            left = MARGIN_PT
            if style.is_centred:
                left += (WIDTH_PT - setter.width(line.text.rstrip(" ")) * style.size_pt) / 2
            canvas.write(left, top_pt + ASCENT * style.line_pt, style.size_pt, setter.runs(line.text))
        top_pt += style.line_pt
    return top_pt


def _frame(canvas: Canvas, lines: list[_Line], top_pt: float, bottom_pt: float) -> None:
    """A frame around the rests, and a rule above each but the first, half-way between the words above and below."""
    left, right = MARGIN_PT - FRAME_GAP_PT, PAGE_PT[0] - MARGIN_PT + FRAME_GAP_PT
    height, bottom = canvas.height_pt, bottom_pt + FRAME_GAP_PT
    y = top_pt + RULE_DROP_PT
    path = [f"{left:.2f} {height - bottom:.2f} {right - left:.2f} {bottom - y:.2f} re"]
    for index, line in enumerate(lines):
        if index and line.begins_part:
            path.append(f"{left:.2f} {height - y:.2f} m {right:.2f} {height - y:.2f} l")
        y += line.style.line_pt
    canvas.drawn.append(f"q 0 G 0.5 w {' '.join(path)} S Q")
