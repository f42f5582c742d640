"""Where on each page of one record which field stands: the layout's spots, and those of rows where the rows stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from formgen.forms.layout import Flow, Rect, Spot
from formgen.rendering.context import grouped
from formgen.rendering.pdf import CompiledPdf
from formgen.rendering.pdf.flow import FlowPage, place_rows

__all__ = ["Area", "PageAreas", "areas_of"]


@dataclass(frozen=True, slots=True)
class Area:
    """A field's cell or blank on one page."""

    key: str
    part: str
    row: int
    """1-based; 0 outside of rows."""
    rect: Rect
    room: tuple[float, float]
    """Left and right of its lines."""
    is_rest: bool = False
    """The merged cell of rows whose group begins on an earlier page."""
    is_broken: bool = False
    """In the last row before a page's end within a group, or the group's merged cell there."""

    def holds(self, point: tuple[float, float]) -> bool:
        left, top, right, bottom = self.rect
        return left <= point[0] <= right and top <= point[1] <= bottom

    def __str__(self) -> str:
        name = f"{self.key}.{self.part}" if self.part else self.key
        return f"{name}[{self.row}]" if self.row else name


@dataclass(frozen=True, slots=True)
class PageAreas:
    """The areas of one page."""

    areas: tuple[Area, ...]
    head_bottom: float | None = None
    """Where the repeated head ends, on a page that has no rows but only what follows the table."""


def areas_of(form: CompiledPdf, context: Mapping[str, Any]) -> list[PageAreas]:
    """The areas of each page, in the order of the pages."""
    layout, flow = form.layout, form.layout.flow
    pages = [PageAreas(tuple(_placed(page.spots))) for page in layout.before]
    if flow is not None:
        rows = context[flow.table]
        merge_by = form.table.table.merge_by if form.table is not None and form.table.table is not None else ""
        groups = grouped(rows, merge_by) if merge_by else [[row] for row in rows]
        placed = place_rows(flow, groups)
        firsts, lasts = ({id(group[at]) for group in groups} for at in (0, -1))
        for number, page in enumerate(placed):
            head_bottom = flow.next.bottom_pt if number and not page.rows else None
            pages.append(PageAreas(tuple(_on_flow_page(flow, page, not number, firsts, lasts)), head_bottom))
    return [*pages, *(PageAreas(tuple(_placed(page.spots))) for page in layout.after)]


def _on_flow_page(flow: Flow, page: FlowPage, is_first: bool, firsts: set[int], lasts: set[int]) -> Iterator[Area]:
    yield from _placed(flow.frame.spots)
    yield from _placed((flow.first if is_first else flow.next).spots)
    for placed in page.rows:
        is_last = placed is page.rows[-1] and id(placed.values) not in lasts
        for spot in (band := flow.rows[placed.role if placed.role in flow.rows else "single"]).spots:
            if spot.is_merged and not placed.span:
                continue
            more = (placed.span - 1) * band.height_pt if spot.is_merged else 0.0
            is_rest = spot.is_merged and id(placed.values) not in firsts
            spanned = page.rows[page.rows.index(placed) :][: placed.span]
            is_cut = spot.is_merged and id(spanned[-1].values) not in lasts
            down = placed.top_pt - band.top_pt
            yield _area(spot, down, more, placed.values["row_number"], is_rest, is_last or is_cut)
    if flow.tail is not None and page.tail_top_pt is not None:
        yield from _placed(flow.tail.spots, page.tail_top_pt - flow.tail.top_pt)


def _placed(spots: Iterable[Spot], down: float = 0.0) -> Sequence[Area]:
    return [_area(spot, down) for spot in spots]


def _area(
    spot: Spot, down: float, more: float = 0.0, row: int = 0, is_rest: bool = False, is_broken: bool = False
) -> Area:
    left, top, right, bottom = spot.cell
    rect = (left, top + down, right, bottom + down + more)
    return Area(spot.key, spot.part, row, rect, (spot.left_pt, spot.right_pt), is_rest, is_broken)
