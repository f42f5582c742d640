"""Where a form's blanks stand on its pages: the same places at which the PDF writer prints values.

In: a layout, the printed texts of a record. Out: the blanks in print order, each with page, field and name. A blank of
the page's frame stands on every page; a cell merged over rows stands once a page, at the first of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from formgen.forms.layout import Band, Flow, Layout, Spot
from formgen.forms.manifest import Field, Manifest
from formgen.rendering.context import Row, grouped
from formgen.rendering.pdf.flow import FlowPage, PlacedRow, place_rows
from formgen.rendering.pdf.spots import words_of

__all__ = ["FILLED_KINDS", "Blank", "find_blanks"]

FILLED_KINDS = frozenset(["text", "box"])
"""Spots that are a form field; the others are printed."""


@dataclass(frozen=True, slots=True)
class Blank:
    """A place on a page where a value stands."""

    page_index: int
    page_height_pt: float
    spot: Spot
    item: Field
    name: tuple[str, ...]
    """("name",), ("birth", "year"), ("rows", "1", "name")."""
    text: str
    """What is printed there; '' where blank."""
    row_number: int | None = None
    down_pt: float = 0.0
    """How far below its place in the layout it stands."""
    more_pt: float = 0.0
    """By how much its cell is higher than there."""


def find_blanks(layout: Layout, manifest: Manifest, context: Mapping[str, Any]) -> list[Blank]:
    """Every blank of one sheet, in print order."""
    return list(_Finder(layout, manifest, context).blanks())


class _Finder:
    def __init__(self, layout: Layout, manifest: Manifest, context: Mapping[str, Any]) -> None:
        self.layout = layout
        self.context = context
        self.fields = {item.key: item for item in manifest.fields}
        self.pages = 0

    def blanks(self) -> Iterator[Blank]:
        for page in self.layout.before:
            yield from self._own(page.spots, page.height_pt, 0.0)
            self.pages += 1
        if self.layout.flow is not None:
            yield from self._flow(self.layout.flow)
        for page in self.layout.after:
            yield from self._own(page.spots, page.height_pt, 0.0)
            self.pages += 1

    def _flow(self, flow: Flow) -> Iterator[Blank]:
        table = self.fields[flow.table].table
        assert table is not None, "the layout was checked against its manifest"
        rows: Sequence[Row] = self.context[flow.table]
        groups = grouped(rows, table.merge_by) if table.merge_by else [[row] for row in rows]
        columns = {column.key: column for column in table.columns}
        for number, page in enumerate(place_rows(flow, groups)):
            yield from self._flow_page(flow, page, flow.next if number else flow.first, columns)
            self.pages += 1

    def _flow_page(self, flow: Flow, page: FlowPage, head: Band, columns: Mapping[str, Field]) -> Iterator[Blank]:
        yield from self._own(head.spots, flow.height_pt, 0.0)
        for placed in page.rows:
            yield from self._row(flow, placed, columns)
        if flow.tail is not None and page.tail_top_pt is not None:
            yield from self._own(flow.tail.spots, flow.height_pt, page.tail_top_pt - flow.tail.top_pt)
        yield from self._own(flow.frame.spots, flow.height_pt, 0.0)

    def _row(self, flow: Flow, placed: PlacedRow, columns: Mapping[str, Field]) -> Iterator[Blank]:
        band = flow.rows.get(placed.role, flow.rows["single"])
        number = int(placed.values["row_number"])
        for spot in band.spots:
            if spot.kind not in FILLED_KINDS or (spot.is_merged and not placed.span):
                continue
            more_pt = (placed.span - 1) * band.height_pt if spot.is_merged else 0.0
            values = {**self.context, **placed.values} if spot.pieces else placed.values
            name = (flow.table, str(number), *_own_name(spot))
            item, down_pt = columns.get(spot.key) or self.fields[spot.key], placed.top_pt - band.top_pt
            text = _text_of(spot, values)
            yield Blank(self.pages, flow.height_pt, spot, item, name, text, number, down_pt, more_pt)

    def _own(self, spots: Sequence[Spot], page_height_pt: float, down_pt: float) -> Iterator[Blank]:
        """Blanks of the sheet's own fields."""
        for spot in spots:
            if spot.kind in FILLED_KINDS:
                item, text = self.fields[spot.key], _text_of(spot, self.context)
                yield Blank(self.pages, page_height_pt, spot, item, _own_name(spot), text, None, down_pt)


def _own_name(spot: Spot) -> tuple[str, ...]:
    return (spot.key, spot.part) if spot.part else (spot.key,)


def _text_of(spot: Spot, values: Mapping[str, Any]) -> str:
    if spot.pieces:
        text = words_of(spot.pieces, values)
    else:
        value = values[spot.key]
        text = str(getattr(value, spot.part) if spot.part else value)
    return text.replace("\t", " ")
