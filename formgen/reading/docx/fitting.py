"""What rows of a known make have in the blanks of a form's row: found out once for the make, not for every row.

In: a row that was cast, the form's row it is thought to be. Out: what it has in its blanks; and whole tables of rows
that have nothing but marked blanks as columns, without an object for each cell.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from formgen.reading.docx.blanks import Seen, read_blanks, same_words
from formgen.reading.docx.moulds import CastRow, CellMould, RowMould, token
from formgen.reading.docx.plans import Anatomy, CellPlan, RowPlan, Slot
from formgen.reading.model import ColumnRead, Layer, Unread

__all__ = ["Blank", "Label", "Roster", "RowFit", "fit_of"]

_NUMBER: Final = 1_000_000
"""Stands for the numbers of bookmarks while a fit is made."""


class Blank(NamedTuple):
    """A cell that is one marked blank, whatever stands in it."""

    slot: Slot
    layer: Layer
    hole: int
    number: int
    """Which of the row's numbers is that of the printed row; below 0 where none is."""

    def seen(self, row: CastRow) -> Seen:
        number = row.numbers[self.number] if self.number >= 0 else 0
        return Seen(self.slot, self.layer, row.texts[self.hole], number)


class Label:
    """A cell with printed words only."""

    __slots__ = ("_known", "_mould", "_words")

    def __init__(self, mould: CellMould, words: str) -> None:
        self._mould, self._words = mould, words
        self._known = ""

    def is_said(self, row: CastRow) -> bool:
        """Whether the words stand in it."""
        text = self._mould.text(row.texts)
        if text != self._known or not text:
            if not same_words(text, self._words):
                return False
            self._known = text
        return True


class RowFit:
    """A make of rows and a row of the form that have the same cells."""

    __slots__ = ("blanks", "cells")

    def __init__(self, cells: list[Blank | Label | None]) -> None:
        self.cells = cells
        """None: to be read as any cell."""
        blanks = [cell for cell in cells if isinstance(cell, Blank)]
        self.blanks = blanks if len(blanks) == len(cells) else None
        """Of a row that has nothing else."""


def fit_of(mould: RowMould, plan: RowPlan, anatomy: Anatomy) -> RowFit | None:
    """None where rows of the make are not the form's."""
    if plan not in mould.fits:
        mould.fits[plan] = _fit(mould, plan, anatomy)
    found: RowFit | None = mould.fits[plan]
    return found


def _fit(mould: RowMould, plan: RowPlan, anatomy: Anatomy) -> RowFit | None:
    if len(mould.cells) != len(plan.cells):
        return None
    sample = CastRow(mould, list(map(token, range(mould.texts))), [_NUMBER + number for number in range(mould.numbers)])
    cells: list[Blank | Label | None] = []
    for index, (cell, wanted) in enumerate(zip(mould.cells, plan.cells, strict=True)):
        if (cell.span, cell.column) != (wanted.span, wanted.column):
            return None
        if cell.merge != wanted.merge and not wanted.is_shared:
            return None
        if wanted.is_shared:
            cells.append(None)
        elif not wanted.slots:
            cells.append(Label(cell, wanted.gaps[0]) if not plan.table else None)
        else:
            cells.append(_blank(sample, index, wanted, anatomy))
    return RowFit(cells)


def _blank(sample: CastRow, index: int, plan: CellPlan, anatomy: Anatomy) -> Blank | None:
    hole = sample.mould.cells[index].hole
    seen = read_blanks(sample.cells[index], plan, anatomy.names, "pattern") or []
    if hole is None or len(seen) != 1 or len(plan.slots) != 1 or any(plan.gaps):
        return None
    (found,) = seen
    if found.raw != token(hole) or found.slot.part or found.layer not in ("content-control", "bookmark"):
        return None
    return Blank(found.slot, found.layer, hole, found.row - _NUMBER if found.row >= _NUMBER else -1)


class Roster:
    """The rows of one table of the form, read by columns."""

    def __init__(self, key: str, rows: Sequence[CastRow], blanks: Sequence[Sequence[Blank]]) -> None:
        self.key = key
        self._rows = rows
        self._blanks = blanks
        self._raws: list[tuple[str, ...]] | None = None

    @property
    def raws(self) -> list[tuple[str, ...]]:
        """What stands in each column."""
        if self._raws is None:
            cells = [
                [row.texts[blank.hole] for blank in blanks]
                for row, blanks in zip(self._rows, self._blanks, strict=True)
            ]
            self._raws = list(zip(*cells, strict=True))
        return self._raws

    def says(self, text: str) -> bool:
        return any(text in "\n".join(column) for column in self.raws)

    def seen(self) -> Iterator[tuple[Seen, int, str]]:
        """Cell by cell: what was seen, the row's number and the place."""
        for number, (row, blanks) in enumerate(zip(self._rows, self._blanks, strict=True), 1):
            for index, blank in enumerate(blanks):
                yield blank.seen(row), number, row.place_of(index)

    def columns(self) -> Iterator[ColumnRead]:
        numbers = [row.number for row in self._rows]
        before = self._rows[0].place
        for index, (blank, raws) in enumerate(zip(self._blanks[0], self.raws, strict=True)):
            if blank.slot.kind != "number":
                key = blank.slot.key
                yield ColumnRead(self.key, key, blank.layer, 1.0, raws, numbers, before, f"行第{index + 1}列")

    def unread(self) -> Iterator[Unread]:
        """What stands in the place of the rows' numbers and is none."""
        for index, (blank, raws) in enumerate(zip(self._blanks[0], self.raws, strict=True)):
            if blank.slot.kind == "number":
                for row, raw in zip(self._rows, raws, strict=True):
                    if (text := raw.strip()) and not text.isdigit():
                        yield Unread(row.place_of(index), text)
