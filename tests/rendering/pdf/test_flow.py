"""Rows on pages: none lost, none twice, groups and what follows the table where they belong."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formgen.forms.layout import Band, Flow
from formgen.rendering.context import Row
from formgen.rendering.pdf.flow import FlowPage, PlacedRow, place_rows

ROW_PT = 20.0


def flow(first_rows: int, next_rows: int, tail_pt: float | None) -> Flow:
    """A table with so many rows on its first page and on the others; the paper ends at 500 pt."""
    row = Band(0, 0.0, ROW_PT, ())
    return Flow(
        "rows",
        595.0,
        842.0,
        frame=row,
        first=Band(0, 0.0, 500 - first_rows * ROW_PT, ()),
        next=Band(0, 0.0, 500 - next_rows * ROW_PT, ()),
        rows={"single": row, "start": row, "middle": row, "end": row},
        limit_pt=500.0,
        tail=None if tail_pt is None else Band(0, 0.0, tail_pt, ()),
    )


def groups(*sizes: int) -> list[list[Row]]:
    return [[Row(row_number=f"{group}.{index}") for index in range(size)] for group, size in enumerate(sizes)]


def shown(page: FlowPage) -> list[tuple[str, str, int]]:
    return [(row.values["row_number"], row.role, row.span) for row in page.rows]


FLOWS = st.builds(flow, st.integers(0, 6), st.integers(1, 8), st.none() | st.floats(1, 160))


@given(FLOWS, st.lists(st.integers(1, 9), max_size=12))
def test_every_row_stands_once_in_order_within_the_page(table: Flow, sizes: list[int]) -> None:
    made = groups(*sizes)
    pages = place_rows(table, made)
    placed = [row for page in pages for row in page.rows]
    assert [row.values for row in placed] == [row for group in made for row in group]
    for number, page in enumerate(pages):
        top = table.next.bottom_pt if number else table.first.bottom_pt
        for row in page.rows:
            assert row.top_pt == pytest.approx(top)
            top += ROW_PT
            assert top <= table.limit_pt + 0.01
        if page.tail_top_pt is not None:
            assert page.tail_top_pt == pytest.approx(top)


@given(FLOWS, st.lists(st.integers(1, 9), max_size=12))
def test_what_follows_the_table_stands_once_on_the_last_page(table: Flow, sizes: list[int]) -> None:
    pages = place_rows(table, groups(*sizes))
    tails = [page.tail_top_pt is not None for page in pages]
    assert sum(tails) == (table.tail is not None)
    assert tails[-1] == (table.tail is not None)


@given(FLOWS, st.lists(st.integers(1, 9), max_size=12))
def test_merged_cells_cover_every_row_of_a_page(table: Flow, sizes: list[int]) -> None:
    for page in place_rows(table, groups(*sizes)):
        assert sum(row.span for row in page.rows) == len(page.rows)
        for before, after in pairwise(page.rows):
            assert (before.role in ("single", "end")) == (after.role in ("single", "start"))
        assert not page.rows or page.rows[0].role in ("single", "start")
        assert not page.rows or page.rows[-1].role in ("single", "end")


def test_a_group_broken_over_pages_begins_again_on_the_next() -> None:
    first, second = place_rows(flow(3, 4, None), groups(2, 3))
    assert shown(first) == [("0.0", "start", 2), ("0.1", "end", 0), ("1.0", "single", 1)]
    assert shown(second) == [("1.1", "start", 2), ("1.2", "end", 0)]


def test_what_follows_the_table_goes_to_a_new_page_where_it_has_no_room() -> None:
    pages = place_rows(flow(3, 4, 30.0), groups(1, 1))
    assert [len(page.rows) for page in pages] == [2, 0]
    assert pages[1].tail_top_pt == 500 - 4 * ROW_PT


def test_an_empty_table_is_one_page() -> None:
    assert place_rows(flow(3, 4, None), []) == [FlowPage()]


def test_a_head_that_leaves_no_room_for_rows_is_refused() -> None:
    with pytest.raises(ValueError, match="rows"):
        place_rows(flow(3, 0, None), groups(1))


def test_roles_of_a_long_group() -> None:
    (page,) = place_rows(flow(9, 9, None), groups(4))
    assert [row.role for row in page.rows] == ["start", "middle", "middle", "end"]
    assert isinstance(page.rows[0], PlacedRow) and page.rows[0].span == 4
