"""Where on each page of one record which field stands: the layout's spots, and those of rows where the rows stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from formgen.forms.layout import Flow, Rect, Spot
from formgen.rendering.context import grouped
from formgen.rendering.pdf import CompiledPdf
from formgen.rendering.pdf.flow import FlowPage, place_rows

__all__ = ["Area", "areas_of"]


@dataclass(frozen=True, slots=True)
class Area:
    """A field's cell or blank on one page."""

    key: str
    part: str
    row: int
    """1-based; 0 outside of rows."""
    rect: Rect
    is_merged: bool = False
    is_rest: bool = False
    """The merged cell of rows whose group begins on an earlier page."""

    def holds(self, point: tuple[float, float]) -> bool:
        left, top, right, bottom = self.rect
        return left <= point[0] <= right and top <= point[1] <= bottom

    def __str__(self) -> str:
        name = f"{self.key}.{self.part}" if self.part else self.key
        return f"{name}[{self.row}]" if self.row else name


def areas_of(form: CompiledPdf, context: Mapping[str, Any]) -> list[list[Area]]:
    """The areas of each page, in the order of the pages."""
    layout, flow = form.layout, form.layout.flow
    pages = [list(_placed(page.spots)) for page in layout.before]
    if flow is not None:
        rows = context[flow.table]
        merge_by = form.table.table.merge_by if form.table is not None and form.table.table is not None else ""
        groups = grouped(rows, merge_by) if merge_by else [[row] for row in rows]
        first_rows = {id(group[0]) for group in groups}
        pages += [
            list(_on_flow_page(flow, page, not number, first_rows))
            for number, page in enumerate(place_rows(flow, groups))
        ]
    return [*pages, *(list(_placed(page.spots)) for page in layout.after)]


def _on_flow_page(flow: Flow, page: FlowPage, is_first: bool, first_rows: set[int]) -> Iterator[Area]:
    yield from _placed(flow.frame.spots)
    yield from _placed((flow.first if is_first else flow.next).spots)
    for placed in page.rows:
        band = flow.rows[placed.role if placed.role in flow.rows else "single"]
        for spot in band.spots:
            if spot.is_merged and not placed.span:
                continue
            more = (placed.span - 1) * band.height_pt if spot.is_merged else 0.0
            is_rest = spot.is_merged and id(placed.values) not in first_rows
            yield _area(spot, placed.top_pt - band.top_pt, more, placed.values["row_number"], is_rest)
    if flow.tail is not None and page.tail_top_pt is not None:
        yield from _placed(flow.tail.spots, page.tail_top_pt - flow.tail.top_pt)


def _placed(spots: Iterable[Spot], down: float = 0.0) -> Sequence[Area]:
    return [_area(spot, down) for spot in spots]


def _area(spot: Spot, down: float, more: float = 0.0, row: int = 0, is_rest: bool = False) -> Area:
    left, top, right, bottom = spot.cell
    return Area(spot.key, spot.part, row, (left, top + down, right, bottom + down + more), spot.is_merged, is_rest)
