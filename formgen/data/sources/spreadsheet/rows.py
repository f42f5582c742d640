"""The rows of a worksheet: most are matched by a pattern, hundreds at once; what is spelled another way is parsed.

In: the worksheet's XML in chunks. Out: rows in order, blank ones between others included, those below all others not.
Cells are typed column by column, for the cells of a column are of one kind. A row that no pattern knows to the
last byte (rich text, formulas without a result, names without an address) goes to the XML parser.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from formgen.data.sources.faults import Damaged
from formgen.data.sources.room import require_room
from formgen.data.sources.spreadsheet.cells import CellReader, is_plain
from formgen.data.sources.spreadsheet.elements import local_name, parse, rich_text
from formgen.data.sources.spreadsheet.figures import whole_number
from formgen.data.sources.spreadsheet.row_patterns import Columns, RowShape, row_pattern, shape_of
from formgen.data.sources.spreadsheet.worksheet import Worksheet, column_number, may_hold_more
from formgen.data.sources.table import RawRow, column_letters
from formgen.data.sources.unread_cells import UnreadCell
from formgen.problems import Place

__all__ = ["read_rows"]

WIDEST: Final = 128
"""Columns that the pattern knows; wider rows are parsed."""
STEP: Final = 8
MOST_ROWS: Final = 1_048_576
MOST_SHAPES: Final = 8
"""Chunks of a sheet whose rows are looked at for a shape that the next ones may have."""

_LAST_CELL: Final = re.compile(rb'c r="([A-Z]{1,3})[0-9]+"')
_CELL: Final = re.compile(r"([A-Za-z]{1,5})([0-9]{1,12})")

Batch = tuple[int, list[RawRow]]
"""Number of the first row, and rows that follow each other."""


def read_rows(sheet: Worksheet, cells: CellReader, place: Place) -> Iterator[RawRow]:
    """The rows, the sheet's first one first.

    Raises:
        Damaged: the XML is not what the standard says.
        InputError (F-EXCEL-001): cells so far away that there is no room for all between.
    """
    next_number = 1
    for number, rows in _RowReader(sheet, cells, place).batches():
        last = next((index for index in reversed(range(len(rows))) if _is_filled(rows[index])), -1)
        if last >= 0:  # blank rows are held back until another one follows
            yield from ([] for _ in range(number - next_number))
            yield from rows[: last + 1]
            next_number = number + last + 1


def _is_filled(row: RawRow) -> bool:
    return row.count("") < len(row)


class _RowReader:
    def __init__(self, sheet: Worksheet, cells: CellReader, place: Place) -> None:
        self.sheet, self.cells, self.place = sheet, cells, place
        self.width = STEP
        self.shape: RowShape | None = None
        self.shapes_left = MOST_SHAPES
        self.last = 0
        """Number of the last row."""

    def batches(self) -> Iterator[Batch]:
        for chunk in self.sheet.chunks():
            columns = self._columns(chunk)
            if columns is None:
                yield from self._one_by_one(chunk)
            else:
                yield from self._typed(columns, is_plain(chunk))

    def _columns(self, chunk: bytes) -> Columns | None:
        """The cells of a chunk by columns; None where the patterns do not know all of it."""
        prefix = self.sheet.prefix
        count = chunk.count(b"<" + prefix + b"row")
        if may_hold_more(chunk, prefix, b"row"):
            return None
        if self.shape is not None and (columns := self.shape.columns(chunk, count)) is not None:
            return columns
        found = row_pattern(prefix, self.width).findall(chunk)
        if len(found) != count or not found:
            return None
        columns = list(zip(*found, strict=True))
        self.shape = shape_of(prefix, columns) if self.shapes_left > 0 else None
        self.shapes_left -= 1
        return columns

    def _one_by_one(self, chunk: bytes) -> Iterator[Batch]:
        """The rows of a chunk some of which the pattern does not know."""
        start = b"<" + self.sheet.prefix + b"row "
        loose, *rows = chunk.split(start)
        if loose.strip():
            yield from self._parsed(loose)
        run: list[tuple[bytes, ...]] = []
        for row in rows:
            match = row_pattern(self.sheet.prefix, self.width).fullmatch(start + row.rstrip())
            if match is None and self._is_wider(row):
                yield from self._typed(list(zip(*run, strict=True)), False)
                run = []
                match = row_pattern(self.sheet.prefix, self.width).fullmatch(start + row.rstrip())
            if match is not None:
                run.append(match.groups(b""))
                continue
            yield from self._typed(list(zip(*run, strict=True)), False)
            run = []
            yield from self._parsed(start + row)
        yield from self._typed(list(zip(*run, strict=True)), False)

    def _is_wider(self, row: bytes) -> bool:
        """Whether a row has columns that the pattern does not know yet; it knows them then."""
        columns = [column_number(letters) for letters in _LAST_CELL.findall(row)[-1:]]
        if not columns or not self.width <= columns[0] < WIDEST:
            return False
        self.width = (columns[0] // STEP + 1) * STEP
        return True

    def _typed(self, found: Columns, is_plain: bool) -> Iterator[Batch]:
        """Rows that a pattern took apart."""
        if not found:
            return
        numbers, *parts = found
        columns: list[Iterable[Any]] = []
        width = 0
        for attributes, contents in zip(parts[::2], parts[1::2], strict=True):
            if any(contents) or any(b't="e"' in kind for kind in set(attributes)):
                columns.append(self.cells.column(attributes, contents, is_plain=is_plain))
                width = len(columns)
            else:
                columns.append(itertools.repeat(""))
        rows = list(map(list, zip(*columns[:width], strict=False))) if width else [[] for _ in numbers]
        yield from self._runs(list(map(int, numbers)), rows, width)

    def _runs(self, numbers: Sequence[int], rows: list[RawRow], width: int) -> Iterator[Batch]:
        """The rows by runs of rows that follow each other."""
        self._require_order(numbers[0])
        start = 0
        for index in range(1, len(numbers)) if numbers[-1] - numbers[0] != len(numbers) - 1 else ():
            if numbers[index] != numbers[index - 1] + 1:
                yield numbers[start], rows[start:index]
                self.last = numbers[index - 1]
                self._require_order(numbers[index])
                start = index
        if numbers[-1] - numbers[start] != len(numbers) - 1 - start:
            raise Damaged(f'<row r="{numbers[-1]}">')
        require_room(self.place, numbers[-1], width)
        self.last = numbers[-1]
        yield numbers[start], rows[start:]

    def _require_order(self, number: int) -> None:
        if not self.last < number <= MOST_ROWS:
            raise Damaged(f'<row r="{number}">')

    def _parsed(self, xml: bytes) -> Iterator[Batch]:
        """Rows that have to be parsed."""
        start, end = self.sheet.root
        for element in parse(start + xml + end):
            if local_name(element) != "row":
                raise Damaged(f"<{local_name(element)}>")
            number = whole_number(element.get("r"), self.last + 1)
            self._require_order(number)
            yield number, [self._parsed_row(element, number)]
            self.last = number

    def _parsed_row(self, element: Any, number: int) -> RawRow:
        row: RawRow = []
        column = -1
        for cell in element:
            if local_name(cell) != "c":
                continue
            column = self._column(cell, number, column + 1)
            value = self._value(cell)
            if value == "":
                continue  # formats reach far
            require_room(self.place, number, column + 1)
            if column < len(row):
                raise Damaged(f'<c r="{column_letters(column)}{number}">')
            row += [""] * (column - len(row))
            row.append(value)
        return row

    def _column(self, cell: Any, number: int, following: int) -> int:
        """The column of a cell; one without an address follows the one before."""
        address = cell.get("r")
        if address is None:
            return following
        match = _CELL.fullmatch(address)
        if match is None:
            raise Damaged(f'<c r="{address[:20]}">')
        column = column_number(match[1].upper().encode())
        if int(match[2]) != number:
            require_room(self.place, int(match[2]), column + 1)
            raise Damaged(f'<c r="{address}"> <row r="{number}">')
        return column

    def _value(self, cell: Any) -> Any:
        kind = cell.get("t", "")
        parts = {local_name(part): part for part in cell}
        formula, content = parts.get("f"), parts.get("v")
        text = (content.text or "") if content is not None else ""
        if kind == "inlineStr" and "is" in parts:
            text = rich_text(parts["is"])
        if formula is not None and not text and kind not in ("str", "e"):
            # A formula whose result is the empty text says so by its type; others without a value were never computed.
            return UnreadCell(f"={formula.text or ''}", "formula")
        return self.cells.value(cell.get("s", ""), kind, text) if text or kind == "e" else ""
