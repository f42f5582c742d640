"""What rows of a known make have in the blanks of a form's row: found out once for the make, not for every row.

In: a row that was cast, the form's row it is thought to be. Out: what it has in its blanks; and whole tables of rows
that have nothing but marked blanks as columns, without an object for each cell.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from formgen.reading.docx.blanks import BY_MARKS, Seen, is_row_number, read_blanks, same_words
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
    mould: CellMould
    hole: int
    """Where its text stands; below 0 where that is the text of the whole cell."""
    empty: tuple[int, ...]
    """The holes beside it: where something stands in them, the cell is to be read as any."""
    number: int
    """Which of the row's numbers is that of the printed row; below 0 where none is."""
    is_shared: bool = False
    """Whether it is merged over the rows of a group."""
    is_continued: bool = False
    """Whether it is not the first of such cells: what stands in the first is its value."""

    def seen(self, row: CastRow) -> Seen:
        number = row.numbers[self.number] if self.number >= 0 else 0
        return Seen(self.slot, self.layer, self.raw(row), number)

    def raw(self, row: CastRow) -> str:
        return row.texts[self.hole] if self.hole >= 0 else self.mould.text(row.texts)


class Label:
    """A cell with printed words only."""

    __slots__ = ("_known", "_mould", "_words")

    def __init__(self, mould: CellMould, words: str) -> None:
        self._mould, self._words = mould, words
        self._known = ""

    def is_said(self, row: CastRow) -> bool:
        """Whether the words stand in it."""
        hole = self._mould.hole
        text = row.texts[hole] if hole is not None else self._mould.text(row.texts)
        if text != self._known or not text:
            if not same_words(text, self._words):
                return False
            self._known = text
        return True


class RowFit:
    """A make of rows and a row of the form that have the same cells."""

    __slots__ = ("blanks", "cells", "empty")

    def __init__(self, cells: list[Blank | Label | None]) -> None:
        self.cells = cells
        """None: to be read as any cell."""
        blanks = [cell for cell in cells if isinstance(cell, Blank)]
        self.blanks = blanks if len(blanks) == len(cells) else None
        """Of a row that has nothing else."""
        self.empty = [hole for blank in blanks for hole in blank.empty]

    def is_plain(self, row: CastRow) -> bool:
        """Whether nothing stands beside its blanks."""
        return not self.empty or not any(row.texts[hole] for hole in self.empty)


def fit_of(mould: RowMould, plan: RowPlan, anatomy: Anatomy) -> RowFit | None:
    """None where rows of the make are not the form's."""
    if plan not in mould.fits:
        mould.fits[plan] = _fit(mould, plan, anatomy)
    found: RowFit | None = mould.fits[plan]
    return found


def _fit(mould: RowMould, plan: RowPlan, anatomy: Anatomy) -> RowFit | None:
    if len(mould.cells) != len(plan.cells):
        return None
    cells: list[Blank | Label | None] = []
    for index, (cell, wanted) in enumerate(zip(mould.cells, plan.cells, strict=True)):
        if (cell.span, cell.column) != (wanted.span, wanted.column):
            return None
        if cell.merge != wanted.merge and not wanted.is_shared:
            return None
        if wanted.is_shared and cell.merge == "continue":
            cells.append(Blank(wanted.slots[0], "path", cell, -1, (), -1, is_shared=True, is_continued=True))
        elif not wanted.slots:
            cells.append(Label(cell, wanted.gaps[0]) if not plan.table else None)
        else:
            cells.append(_blank(mould, index, wanted, anatomy))
    return RowFit(cells)


def _blank(mould: RowMould, index: int, plan: CellPlan, anatomy: Anatomy) -> Blank | None:
    """The blank that a cell is, in whichever of its holes the value stands; None where that depends on its texts."""
    cell = mould.cells[index]
    if len(plan.slots) != 1 or any(plan.gaps) or plan.slots[0].part:
        return None
    holes = [piece for piece in cell.pieces if isinstance(piece, int)]
    numbers = [_NUMBER + number for number in range(mould.markup.numbers)]
    for hole in [-1, *(holes if len(holes) > 1 else ())]:
        filled = holes if hole < 0 else [hole]
        texts = [token(number) if number in filled else "" for number in range(mould.markup.texts)]
        sample = CastRow(mould, texts, numbers).cell(index)
        seen = read_blanks(sample, plan, anatomy.names, "pattern") or []
        if len(seen) == 1 and seen[0].raw == sample.text and seen[0].layer in BY_MARKS:
            (found,) = seen
            number = found.row - _NUMBER if found.row >= _NUMBER else -1
            empty = tuple(other for other in holes if hole >= 0 and other != hole)
            only = holes[0] if len(holes) == 1 and cell.hole is not None else hole
            return Blank(found.slot, found.layer, cell, only, empty, number, plan.is_shared)
    return None


class Roster:
    """The rows of one table of the form, read by columns."""

    def __init__(self, key: str, rows: Sequence[CastRow], columns: Sequence[Sequence[Blank]]) -> None:
        """`columns`: for each column its blank in each row."""
        self.key = key
        self._rows = rows
        self._columns = columns
        self._sources = [_sources(rows, blanks) for blanks in columns]
        self._raws = [[blank.raw(row) for row, blank in zip(*source, strict=True)] for source in self._sources]

    def says(self, text: str) -> bool:
        return any(text in "\n".join(column) for column in self._raws)

    def seen(self) -> Iterator[tuple[Seen, int, str]]:
        """Cell by cell: what was seen, the row's number and the place."""
        for number in range(len(self._rows)):
            for index, (rows, blanks) in enumerate(self._sources):
                yield blanks[number].seen(rows[number]), number + 1, rows[number].place_of(index)

    def columns(self) -> Iterator[ColumnRead]:
        for index, ((rows, blanks), raws) in enumerate(zip(self._sources, self._raws, strict=True)):
            slot, layer = blanks[0].slot, blanks[0].layer
            if slot.kind != "number":
                numbers = [row.number for row in rows]
                yield ColumnRead(self.key, slot.key, layer, 1.0, raws, numbers, rows[0].place, f"行第{index + 1}列")

    def unread(self) -> Iterator[Unread]:
        """What stands in the place of the rows' numbers and is none."""
        for index, ((rows, blanks), raws) in enumerate(zip(self._sources, self._raws, strict=True)):
            if blanks[0].slot.kind == "number":
                for row, raw in zip(rows, raws, strict=True):
                    if not is_row_number(raw):
                        yield Unread(row.place_of(index), raw.strip())


def _sources(rows: Sequence[CastRow], blanks: Sequence[Blank]) -> tuple[Sequence[CastRow], Sequence[Blank]]:
    """For each row the one, and the blank, that its value stands in: of merged cells the first."""
    if not any(blank.is_continued for blank in blanks):
        return rows, blanks
    sources: list[tuple[CastRow, Blank]] = []
    for row, blank in zip(rows, blanks, strict=True):
        sources.append(sources[-1] if blank.is_continued else (row, blank))
    return [row for row, _ in sources], [blank for _, blank in sources]
