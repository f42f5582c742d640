"""A table's cells by where they lie: what stands to the right of a cell, below it, left of it, above it.

In: the cells of a block. Out: cells by row and column, merged ones under each position they cover. Cells that
overlap, as a broken file may have them, lie where the first of them lies.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from formgen.reading.grid import GridBlock, GridCell

__all__ = ["Neighbours"]

COVERED = 100_000
"""Positions that are looked up; a cell that says it spans a million rows covers only its first ones."""


@dataclass
class Neighbours:
    """The cells of one block."""

    block: GridBlock
    at: dict[tuple[int, int], GridCell] = field(init=False)
    rows: dict[int, list[GridCell]] = field(init=False)
    """Cells by the row they begin in."""

    def __post_init__(self) -> None:
        self.at, self.rows = {}, {}
        for cell in self.block.cells:
            self.rows.setdefault(cell.row, []).append(cell)
            for row, column in _covered(cell):
                self.at.setdefault((row, column), cell)
        self._by_row: dict[int, list[GridCell]] = {}
        for (row, _), cell in sorted(self.at.items(), key=lambda item: item[0]):
            line = self._by_row.setdefault(row, [])
            if not line or line[-1] is not cell:
                line.append(cell)

    def right(self, cell: GridCell, row: int | None = None) -> GridCell | None:
        return self.at.get((cell.row if row is None else row, cell.column + cell.column_span))

    def below(self, cell: GridCell) -> GridCell | None:
        return self.at.get((cell.row + cell.row_span, cell.column))

    def all_below(self, cell: GridCell) -> list[GridCell]:
        """The cells that touch this one from below."""
        row = cell.row + cell.row_span
        spots = (self.at.get((row, column)) for column in range(cell.column, cell.column + cell.column_span))
        return list(dict.fromkeys(found for found in spots if found is not None))

    def leftwards(self, cell: GridCell) -> Iterator[GridCell]:
        """The cells to the left in the cell's first row, the nearest first."""
        column = cell.column - 1
        while column >= 0 and (found := self.at.get((cell.row, column))) is not None:
            yield found
            column = found.column - 1

    def upwards(self, cell: GridCell) -> Iterator[GridCell]:
        """The cells above its first column, the nearest first."""
        row = cell.row - 1
        while row >= 0 and (found := self.at.get((row, cell.column))) is not None:
            yield found
            row = found.row - 1

    def in_row(self, row: int) -> list[GridCell]:
        """All cells that cover a row, from the left."""
        return self._by_row.get(row, [])


def _covered(cell: GridCell) -> Iterator[tuple[int, int]]:
    height = min(cell.row_span, max(1, COVERED // max(1, cell.column_span)))
    for row in range(cell.row, cell.row + height):
        for column in range(cell.column, cell.column + min(cell.column_span, COVERED)):
            yield row, column
