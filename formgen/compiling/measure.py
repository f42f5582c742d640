"""From the printed probe to spots: which coloured rectangle and which coloured sign is whose.

In: a probe and the ink of its marked pages. Out: the spots of every page, and what else the colours tell: the rows of
the growing table and the end of the body.

A form's first mark is of its own carrier: LibreOffice's Writer and Calc shade cells a little differently.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from formgen.compiling.ink import PageInk
from formgen.compiling.marks import Colour, Gaps, Mark, Probe
from formgen.errors import TemplateError
from formgen.forms.layout import Rect, Spot
from formgen.problems import Place, Problem
from formgen.typeset import ROUNDING_PT, Box

__all__ = ["PlacedSpot", "RowPlace", "Survey", "survey"]

CELL_PADDING_PT: Final = 1.0
"""Calc keeps a third of a millimetre left and right of a cell's text."""
FONT_LINE_EM: Final = 1.437
"""Height of a line of the Song that stands in, where no line spacing is given."""
LONGER_EM: Final = 2.0
"""Room for longer page numbers."""
SLACK_PT: Final = 0.5
"""Borders take up to half a point of a cell's height; of its width they take nothing."""
ABOVE_LINE: Final = 0.8
"""Part of an exact line that lies above the baseline."""


Align = Literal["left", "center", "right"]
Areas = dict[Colour, list[tuple[int, Rect]]]
"""Page and rectangle of each colour."""


@dataclass(frozen=True, slots=True)
class PlacedSpot:
    """A spot, the page it is on and the mark it comes from."""

    page: int
    mark: Mark
    spot: Spot


@dataclass(frozen=True, slots=True)
class RowPlace:
    """Where a row of the growing table is printed."""

    index: int
    page: int
    top_pt: float
    bottom_pt: float


@dataclass(frozen=True, slots=True)
class Survey:
    """What the marked pages tell."""

    spots: tuple[PlacedSpot, ...]
    rows: tuple[RowPlace, ...]
    end: tuple[int, float] | None
    """Page and bottom of the body's last paragraph."""


def survey(probe: Probe, pages: Sequence[PageInk], file: str) -> Survey:
    """Find every mark. Raises: TemplateError (F-LAYOUT-013): a mark is not printed."""
    areas = _areas(pages)
    signs = _signs(pages)
    spots = [
        PlacedSpot(page, mark, _spot(mark, sign, page, areas, file))
        for mark in probe.marks
        for page, sign in _found(signs, mark, file)
    ]
    found = (_row(index, colours, areas, probe.marks[0].gaps) for index, colours in enumerate(probe.row_colours))
    rows = [row for row in found if row is not None]
    ends = areas.get(probe.end_colour, []) if probe.end_colour is not None else []
    return Survey(tuple(spots), tuple(rows), (ends[-1][0], ends[-1][1][3]) if ends else None)


def _found(signs: dict[Colour, list[tuple[int, _Sign]]], mark: Mark, file: str) -> list[tuple[int, _Sign]]:
    found = signs.get(mark.sign_colour)
    if not found:
        raise _missing(mark, file)
    return found


def _missing(mark: Mark, file: str) -> TemplateError:
    label = mark.tag.field.label if mark.tag.field is not None else ""
    return TemplateError(Problem("F-LAYOUT-013", Place(file, cell=mark.tag.key, label=label)))


def _areas(pages: Sequence[PageInk]) -> Areas:
    """The filled rectangles of each colour by page, those of one page as one."""
    found: dict[Colour, dict[int, Rect]] = {}
    for number, page in enumerate(pages):
        for ink in page.inks:
            if ink.kind == "path" and ink.colour is not None:
                on_page = found.setdefault(ink.colour, {})
                on_page[number] = _around(on_page.get(number, ink.box), ink.box)
    return {colour: sorted(on_page.items()) for colour, on_page in found.items()}


@dataclass(frozen=True, slots=True)
class _Sign:
    """The text of one colour on one page."""

    left_pt: float
    right_pt: float
    baseline_pt: float
    size_pt: float


def _signs(pages: Sequence[PageInk]) -> dict[Colour, list[tuple[int, _Sign]]]:
    """The text of each colour on each page; its baseline is that of its first piece."""
    found: dict[Colour, dict[int, _Sign]] = {}
    for number, page in enumerate(pages):
        for ink in page.texts:
            if ink.colour is None or not ink.text.strip():
                continue
            left, right = ink.glyphs[0].left_pt, ink.glyphs[-1].right_pt
            on_page = found.setdefault(ink.colour, {})
            known = on_page.get(number, _Sign(left, right, ink.baseline_pt, ink.size_pt))
            on_page[number] = dataclasses.replace(
                known, left_pt=min(left, known.left_pt), right_pt=max(right, known.right_pt)
            )
    return {colour: sorted(on_page.items(), key=lambda item: item[0]) for colour, on_page in found.items()}


def _around(first: Rect, second: Rect) -> Rect:
    return (
        min(first[0], second[0]),
        min(first[1], second[1]),
        max(first[2], second[2]),
        max(first[3], second[3]),
    )


def _cell(shading: Rect, gaps: Gaps) -> Rect:
    """A cell up to the middle of its borders."""
    left, top, right, bottom = (edge + gap for edge, gap in zip(shading, gaps, strict=True))
    return left, top, right, bottom


def _spot(mark: Mark, sign: _Sign, page: int, areas: Areas, file: str) -> Spot:
    baseline, size = sign.baseline_pt, sign.size_pt
    line_pt = mark.line_pt or FONT_LINE_EM * size
    own = (sign.left_pt, sign.right_pt)
    above = ABOVE_LINE * line_pt
    if mark.is_inline:
        room = _on_page(areas, mark.room_colour, page) if mark.room_colour is not None else None
        left, right = (room[0], room[2]) if room is not None else own
        if room is None and mark.pieces:  # numbers may be longer than the sign's
            more = LONGER_EM * size
            left -= more if mark.align != "left" else 0.0
            right += more if mark.align != "right" else 0.0
        cell = (left, baseline - above, right, baseline - above + line_pt)
        if mark.pieces:  # a line of words, as long as its numbers make it
            more = LONGER_EM * size
            cell = (max(left, own[0] - more), cell[1], min(right, own[1] + more), cell[3])
    else:
        shading, line = _on_page(areas, mark.room_colour, page), _on_page(areas, mark.line_colour, page)
        if shading is None or (line is None and mark.line_colour is not None):
            raise _missing(mark, file)
        cell = _cell(shading, mark.gaps)
        left, right = (line[0], line[2]) if line else (cell[0] + CELL_PADDING_PT, cell[2] - CELL_PADDING_PT)
    box = mark.box if mark.box is not None else _box(mark, cell, right - left, size, line_pt)
    align, shift = _alignment(own, left + box.first_line_pt, left, right, mark.align)
    if mark.room_colour is None:  # nothing but the sign tells its place
        align, shift = mark.align or "center", 0.0
    left, right = left + shift, right + shift
    if mark.is_inline and align == "center":  # a tab stop need not be in the middle of its blank
        middle = (left + right) / 2
        half = min(middle - cell[0], cell[2] - middle)
        left, right = middle - half, middle + half
    return Spot(
        key=mark.tag.key,
        part=mark.tag.part,
        kind=mark.kind,
        cell=cell,
        left_pt=left,
        right_pt=right,
        baseline_pt=baseline,
        width_pt=box.width_pt,
        height_pt=box.height_pt,
        size_pt=box.size_pt,
        line_pt=box.line_pt,
        min_size_pt=box.min_size_pt,
        first_line_pt=box.first_line_pt,
        align=align,
        valign=mark.valign,
        font=mark.font,
        is_inline=mark.is_inline,
        pieces=mark.pieces,
    )


def _on_page(areas: Areas, colour: Colour | None, page: int) -> Rect | None:
    found = areas.get(colour, []) if colour is not None else []
    return next((area for number, area in found if number == page), None)


def _box(mark: Mark, cell: Rect, width_pt: float, size_pt: float, line_pt: float) -> Box:
    """The room as the paper shows it, where the template's cells do not tell."""
    smallest = min(size_pt, mark.tag.field.min_font_pt) if mark.tag.field is not None else size_pt
    if mark.is_inline:
        return Box(width_pt, line_pt, size_pt, line_pt, smallest)
    height_pt = cell[3] - cell[1] - SLACK_PT
    return Box(width_pt - ROUNDING_PT, height_pt, size_pt, line_pt, smallest)


def _alignment(
    own: tuple[float, float],
    first: float,
    left: float,
    right: float,
    given: Align | None,
) -> tuple[Align, float]:
    """How the sign stands between left and right, and how far beside its place: LibreOffice rounds lengths."""
    offsets: dict[Align, float] = {
        "center": (own[0] + own[1] - left - right) / 2,
        "left": own[0] - first,
        "right": own[1] - right,
    }
    nearest = min(offsets, key=lambda name: abs(offsets[name]))
    align = given if given is not None else nearest
    return align, offsets[align]


def _row(index: int, colours: Sequence[Colour], areas: Areas, gaps: Gaps) -> RowPlace | None:
    found = [(page, _cell(area, gaps)) for colour in colours for page, area in areas.get(colour, ())]
    if not found:
        return None
    page = found[0][0]
    tops, bottoms = [area[1] for number, area in found if number == page], [area[3] for _, area in found]
    return RowPlace(index, page, min(tops), max(bottoms))
