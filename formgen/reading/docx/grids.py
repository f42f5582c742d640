"""A Word document as text in its cells, for readers that go by labels alone."""

from __future__ import annotations

import re
from collections.abc import Sequence

from formgen.reading.docx.model import Block, Cell, Table, Text, tables_of, words
from formgen.reading.grid import GridBlock, GridCell
from formgen.reading.struck import PICTURE

__all__ = ["text_grid"]

_BLANK = re.compile(r"[^\S\n]*\t[^\S\n]*")


def text_grid(body: Sequence[Block]) -> list[GridBlock]:
    """The blocks of a document in reading order, nested tables after the table they stand in."""
    made: list[GridBlock] = []
    for block in body:
        if isinstance(block, Table):
            made += [_table(table) for table in tables_of([block])]
        elif isinstance(block, Text) and words(block.text):
            made.append(GridBlock("paragraph", [GridCell(_spaced(block.text), 0, 0, 1, 1, block.place)]))
    return made


def _table(table: Table) -> GridBlock:
    cells = []
    for number, row in enumerate(table.rows):
        for cell in row:
            if cell.merge != "continue" or not _continues(table, number, cell.column):
                height = _height(table, number, cell.column) if cell.merge == "restart" else 1
                cells.append(GridCell(_said(cell), number, cell.column, height, cell.span, cell.place))
    return GridBlock("table", cells)


def _continues(table: Table, number: int, column: int) -> bool:
    """Whether a cell has one above that it is merged with."""
    return number > 0 and any(cell.column == column and cell.merge for cell in table.rows[number - 1])


def _height(table: Table, number: int, column: int) -> int:
    height = 1
    for row in table.rows[number + 1 :]:
        if not any(cell.column == column and cell.merge == "continue" for cell in row):
            break
        height += 1
    return height


def _said(cell: Cell) -> str:
    """A cell with nothing but a picture is not blank."""
    return PICTURE if cell.pictures and not words(cell.text) else _spaced(cell.text)


def _spaced(text: str) -> str:
    return _BLANK.sub("  ", text)
