"""What people and programs do to an Excel form before it comes back: labels, rows, columns and names out of place.

openpyxl moves cells without moving defined names and merged cells with them: so do other programs, and a reader that
believes a name without looking at the label beside it reads the wrong cell.
"""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Mapping
from typing import Any, Final

import openpyxl
from openpyxl.workbook import Workbook

__all__ = ["SHEET_FAULTS", "SheetFault", "operate_sheet"]

SheetFault = Callable[[Workbook, random.Random], "str | None"]


def operate_sheet(content: bytes, fault: SheetFault, seed: int) -> tuple[bytes, str] | None:
    """The workbook with one fault, and what was done; None where nothing could be."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    done = fault(book, random.Random(seed))
    if done is None:
        return None
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue(), done


def swap_labels(book: Workbook, chance: random.Random) -> str | None:
    labels = _labels(book)
    if len(labels) < 2:
        return None
    one, other = chance.sample(labels, 2)
    one.value, other.value = other.value, one.value
    return f"swap {one.value} / {other.value}"


def blank_label(book: Workbook, chance: random.Random) -> str | None:
    cell = chance.choice(_labels(book))
    said = f"blank {cell.coordinate} {cell.value}"
    cell.value = None
    return said


def insert_row(book: Workbook, chance: random.Random) -> str | None:
    """A row comes in, and the names stay where they were."""
    sheet = book.worksheets[0]
    at = chance.randint(1, sheet.max_row)
    _unmerge(sheet)
    sheet.insert_rows(at)
    return f"insert row {at}"


def delete_row(book: Workbook, chance: random.Random) -> str | None:
    sheet = book.worksheets[0]
    at = chance.randint(1, sheet.max_row)
    _unmerge(sheet)
    sheet.delete_rows(at)
    return f"delete row {at}"


def insert_column(book: Workbook, chance: random.Random) -> str | None:
    sheet = book.worksheets[0]
    at = chance.randint(1, sheet.max_column)
    _unmerge(sheet)
    sheet.insert_cols(at)
    return f"insert column {at}"


def delete_column(book: Workbook, chance: random.Random) -> str | None:
    sheet = book.worksheets[0]
    at = chance.randint(1, sheet.max_column)
    _unmerge(sheet)
    sheet.delete_cols(at)
    return f"delete column {at}"


def swap_columns(book: Workbook, chance: random.Random) -> str | None:
    """Two columns change places, headers and all."""
    sheet = book.worksheets[0]
    _unmerge(sheet)
    one, other = chance.sample(range(1, sheet.max_column + 1), 2)
    for row in range(1, sheet.max_row + 1):
        first, second = sheet.cell(row, one), sheet.cell(row, other)
        first.value, second.value = second.value, first.value
    return f"swap columns {one} / {other}"


def forget_names(book: Workbook, chance: random.Random) -> str | None:
    """All names are gone, as in a sheet copied into another workbook; then two columns change places."""
    book.defined_names.clear()
    return swap_columns(book, chance)


SHEET_FAULTS: Final[Mapping[str, SheetFault]] = {
    fault.__name__: fault
    for fault in (
        swap_labels,
        blank_label,
        insert_row,
        delete_row,
        insert_column,
        delete_column,
        swap_columns,
        forget_names,
    )
}


def _labels(book: Workbook) -> list[Any]:
    """Cells with words: those above the rows of the table, whose values are in named cells."""
    named = {reference.rpartition("!")[2].replace("$", "") for reference in _references(book)}
    sheet = book.worksheets[0]
    first_row = min(
        (int("".join(filter(str.isdigit, area.partition(":")[0]))) for area in named if ":" in area), default=99
    )
    cells = [cell for row in sheet.iter_rows(max_row=first_row - 1) for cell in row if isinstance(cell.value, str)]
    return [cell for cell in cells if cell.coordinate not in named and not cell.value.startswith("=")]


def _references(book: Workbook) -> list[str]:
    return [name.attr_text for key, name in book.defined_names.items() if key.startswith("f_")]


def _unmerge(sheet: Any) -> None:
    """Merged cells that stay behind would hide what moves under them; a household's number is then in every row."""
    for area in list(sheet.merged_cells.ranges):
        sheet.unmerge_cells(str(area))
        for row in range(area.min_row, area.max_row + 1 if area.min_col == area.max_col else area.min_row):
            sheet.cell(row, area.min_col).value = sheet.cell(area.min_row, area.min_col).value
