"""Small forms (contact cards) on large paper: collected until a side is full.

Cards of one size and one number of pages share paper; any other ends the stack, so that the order of print stays.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from formgen.rendering.pdf import ComposedPage
from formgen.rendering.pdf.imposing import Grid, impose_cards, is_small
from formgen.rendering.pdf.sides import compose_side

__all__ = ["CardStack", "is_card"]

Outlined = tuple[ComposedPage, tuple[str, ...]]
"""A page, and the bookmark that points to it."""


def is_card(pages: Sequence[ComposedPage]) -> bool:
    """Whether several of this form may stand on one A4 page."""
    return all(map(is_small, pages))


class CardStack:
    """Cards that wait for their side of paper."""

    def __init__(self, per_sheet: tuple[int, int] | Literal["auto"]) -> None:
        self._per_sheet = per_sheet
        self._cards: list[Sequence[ComposedPage]] = []
        self._outline: tuple[str, ...] = ()
        self._grid: Grid | None = None
        self.count = 0
        """Cards put so far."""

    def put(self, card: Sequence[ComposedPage], outline: tuple[str, ...]) -> Iterator[Outlined]:
        """Take a card; the sides of paper that are full with it.

        Raises: TemplateError (F-PRINT-001): the cards have no room on the paper.
        """
        if self._cards and _kind(card) != _kind(self._cards[0]):
            yield from self.flush()
        if not self._cards:
            self._outline = outline[:1]
            self._grid = self._grid_of(card[0])
        self._cards.append(card)
        self.count += 1
        if self._grid is not None and len(self._cards) == len(self._grid.boxes):
            yield from self.flush()

    def flush(self) -> Iterator[Outlined]:
        """The sides that the waiting cards make, full or not."""
        cards, self._cards = self._cards, []
        if cards and self._grid is not None:
            for side in impose_cards(cards, self._grid, is_double_sided=len(cards[0]) > 1):
                yield compose_side(side), self._outline

    def _grid_of(self, page: ComposedPage) -> Grid:
        if self._per_sheet == "auto":
            return Grid.largest(page)
        columns, rows = self._per_sheet
        return Grid(columns, rows, page.width_pt, page.height_pt)


def _kind(card: Sequence[ComposedPage]) -> tuple[int, int, int]:
    return (round(card[0].width_pt), round(card[0].height_pt), len(card))
