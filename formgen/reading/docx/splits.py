"""Tables that somebody split in two (Word: 拆分表格): put together again, where a table of the form that grows goes on.

In: the blocks of a sheet that does not follow its form. Out: the same with the halves joined; places stay those of the
file. Two tables are halves of one where nothing stands between them, and rows of one table field end the first and
begin the second. Whether only one of these has to be so is for the caller to say, who has the form to hold it against.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from formgen.reading.docx.model import Cell, Table, Text, words
from formgen.reading.docx.moulds import CastRow
from formgen.reading.docx.plans import Anatomy, TablePlan

__all__ = ["rejoined"]


def rejoined(blocks: Sequence[Text | Table], anatomy: Anatomy, is_sure: bool) -> list[Text | Table] | None:
    """None where there is nothing to be joined; `is_sure`: both halves have rows of the table field at the split."""
    made: list[Text | Table] = []
    tables = _tables_of(anatomy)
    for block in blocks:
        before = _last_said(made)
        if isinstance(block, Table) and isinstance(before, Table) and _are_halves(before, block, tables, is_sure):
            del made[made.index(before) :]
            made.append(Table(before.number, [*before.laid, *block.laid], before.passed + block.passed))
        else:
            made.append(block)
    return made if len(made) < len(blocks) else None


def _last_said(blocks: Sequence[Text | Table]) -> Text | Table | None:
    """The last block that is more than a blank paragraph."""
    for block in reversed(blocks):
        if isinstance(block, Table) or block.marks or block.pictures or words(block.text):
            return block
    return None


def _tables_of(anatomy: Anatomy) -> Mapping[tuple[bool, str], str]:
    """The table field of each mark in a row of one."""
    rows = [row for block in anatomy.body if isinstance(block, TablePlan) for row in block.rows if row.table]
    return {name: row.table for row in rows for cell in row.cells for name in cell.names}


def _are_halves(first: Table, second: Table, tables: Mapping[tuple[bool, str], str], is_sure: bool) -> bool:
    if not first.laid or not second.laid:
        return False
    ends, begins = _table_of(first.laid[-1], tables), _table_of(second.laid[0], tables)
    if is_sure:
        return ends == begins != "" and _grid(first.laid[-1]) == _grid(second.laid[0])
    return ends == begins != "" or (ends == "") != (begins == "")


def _table_of(row: list[Cell] | CastRow, tables: Mapping[tuple[bool, str], str]) -> str:
    """Key of the table whose marks stand in a row; '' where none, or those of several, do."""
    names = [(mark.is_control, mark.name) for cell in _cells(row) for mark in cell.marks]
    found = {tables[name] for name in names if name in tables}
    return found.pop() if len(found) == 1 else ""


def _grid(row: list[Cell] | CastRow) -> list[tuple[int, int]]:
    return [(cell.column, cell.span) for cell in _cells(row)]


def _cells(row: list[Cell] | CastRow) -> list[Cell]:
    return row if isinstance(row, list) else row.cells
