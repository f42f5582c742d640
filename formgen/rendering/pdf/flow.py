"""Where the rows of a growing table stand: which page, which place on it, which role in their group.

In: groups of rows (the rows of one household, whose merged cell spans them) and the layout's bands. Out: pages of
placed rows. A group that is broken over pages has its merged cell, and so its value, once on each of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from formgen.forms.layout import Flow, RowRole
from formgen.rendering.context import Row

__all__ = ["FlowPage", "PlacedRow", "place_rows"]

TOLERANCE_PT: Final = 0.01


@dataclass(frozen=True, slots=True)
class PlacedRow:
    """A row on its page."""

    values: Row
    role: RowRole
    top_pt: float
    span: int
    """Rows of its group that follow on this page, itself included, where it is the first of them; else 0."""


@dataclass(slots=True)
class FlowPage:
    """One page of the table."""

    rows: list[PlacedRow] = field(default_factory=list)
    tail_top_pt: float | None = None
    """Where what follows the table stands, on the last page."""


def place_rows(flow: Flow, groups: Sequence[Sequence[Row]]) -> list[FlowPage]:
    """All pages of a table, at least one. What follows the table goes to a page of its own where it has no room.

    Raises: ValueError: not one row has room below the repeated head.
    """
    height = flow.rows["single"].height_pt
    first, following = (_capacity(flow, top) for top in (flow.first.bottom_pt, flow.next.bottom_pt))
    if following < 1:
        raise ValueError("rows")
    pages = [FlowPage()]
    for group in groups:
        rest = list(group)
        while rest:
            room = (following if len(pages) > 1 else first) - len(pages[-1].rows)
            if room < 1:
                pages.append(FlowPage())
                continue
            top = _rows_top(flow, len(pages)) + len(pages[-1].rows) * height
            pages[-1].rows += _placed(rest[:room], top, height)
            rest = rest[room:]
    if flow.tail is not None:
        top = _rows_top(flow, len(pages)) + len(pages[-1].rows) * height
        if top + flow.tail.height_pt > flow.limit_pt + TOLERANCE_PT:
            pages.append(FlowPage())
            top = _rows_top(flow, len(pages))
        pages[-1].tail_top_pt = top
    return pages


def _rows_top(flow: Flow, page_number: int) -> float:
    return flow.first.bottom_pt if page_number == 1 else flow.next.bottom_pt


def _capacity(flow: Flow, top_pt: float) -> int:
    return int((flow.limit_pt - top_pt + TOLERANCE_PT) / flow.rows["single"].height_pt)


def _placed(rows: Sequence[Row], top_pt: float, height_pt: float) -> Iterator[PlacedRow]:
    """The part of one group that stands on one page."""
    last = len(rows) - 1
    for index, row in enumerate(rows):
        role: RowRole = "middle"
        if not last:
            role = "single"
        elif not index:
            role = "start"
        elif index == last:
            role = "end"
        yield PlacedRow(row, role, top_pt + index * height_pt, 0 if index else len(rows))
