"""The rows of a table on a filled sheet.

In: a sheet, a table's anatomy and the header that was found. Out: which rows are records, whole columns of raw cells,
and what belongs to none. No record are blank rows, subtotals, headers repeated on the next page, notes at the foot.
The cell of a household spans its rows and counts for all of them; any other merged cell tells nobody whose it is.
Where columns do not stand in the template's order either they were moved, or only their headings were: both are
reported unless the types of their values tell.
"""

from __future__ import annotations

import bisect
import functools
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from formgen.data.sources.table import column_letters
from formgen.data.sources.unread_cells import UnreadCell
from formgen.problems import Finding
from formgen.reading.model import ColumnRead, Layer, Refused, Unread
from formgen.reading.xlsx.anatomy import Loop, LoopColumn, Spot
from formgen.reading.xlsx.cells import as_text, converted, fits
from formgen.reading.xlsx.headers import FoundHeader, column_words, field_of
from formgen.reading.xlsx.sheet import ERRORS, Sheet, refused, words_of
from formgen.values import is_blank
from formgen.values.fillers import TOTALS

__all__ = ["FoundRows", "find_rows", "read_columns", "unread_columns"]

TOTAL: Final = re.compile(f".{{0,8}}?(?:{'|'.join(sorted(TOTALS))})")
FOOT: Final = re.compile(
    r"(?:注|备注|说明|附注|填表说明|填表人|填报人|填表单位|填报单位|填表日期|制表|制表人|审核人|负责人|单位负责人)\d*[:、.]"
)
MAYBE_NO_RECORD: Final = re.compile("计[\\s:：]*$|[:：]").search
MARKS: Final = frozenset("计:：")
"""One of these is in all that it finds."""
LEADING: Final = 3
"""Cells of a row that may call it a total or a note."""
FEW: Final = 3
"""A row of no more cells is looked at more closely: it may be a note or a total."""
SHOWN_CELLS: Final = 20
STRENGTHS: Final = {3: 0.98, 2: 0.95, 1: 0.9}


@dataclass(slots=True)
class FoundRows:
    """The rows below a header."""

    records: Sequence[int] = ()
    totals: list[int] = field(default_factory=list)
    loose: list[int] = field(default_factory=list)
    """Rows that are neither records nor printed: notes, captions."""
    end: int = 0
    """The first row that is not the table's: where its foot begins, or the sheet ends."""
    next_form: int = -1
    """Where the same form begins again on the same sheet."""


def find_rows(
    sheet: Sheet, loop: Loop, header: FoundHeader, bottom: int, foot: frozenset[str], head: frozenset[str]
) -> FoundRows:
    """The rows of the table. `foot` and `head`: words printed below and above it."""
    return _RowFinder(sheet, loop, header, bottom, foot, head).find()


class _RowFinder:
    def __init__(
        self, sheet: Sheet, loop: Loop, header: FoundHeader, bottom: int, foot: frozenset[str], head: frozenset[str]
    ) -> None:
        self.sheet, self.loop, self.header, self.bottom = sheet, loop, header, bottom
        self.foot, self.head = foot, head
        self.words = column_words(loop)
        self.found = FoundRows(end=bottom)
        self.last_foot_total = -1

    def find(self) -> FoundRows:
        found = self.found
        dropped: set[int] = set()
        again = -1
        for row in self._doubtful():
            kind = self._kind(row)
            if kind == "record":
                continue
            dropped.add(row)
            if kind == "total":
                found.totals.append(row)
            elif kind == "loose":
                found.loose.append(row)
            elif kind == "head" and again < 0:
                again = row
            elif kind == "header" and again >= 0:
                found.next_form = found.end = again
                break
            elif kind == "foot":
                found.end = row
                found.next_form = self._form_after(row)
                break
        end = again if again >= 0 and found.next_form >= 0 else found.end
        records = range(self.header.last_row + 1, end)
        found.records = [row for row in records if row not in dropped] if dropped else records
        self._end_with_total()
        return found

    def _doubtful(self) -> Sequence[int]:
        """Rows worth a closer look: of few cells, or with one that may make them something else than a record."""
        first, rows = self.header.last_row + 1, range(self.header.last_row + 1, self.bottom)
        special = self._special()
        columns = [self.sheet.column(column)[first : self.bottom] for column in self.sheet.span]
        found = {
            row for column in columns for value in special.intersection(column) for row in _places(value, column, first)
        }
        if sum(column.count("") for column in columns) > len(rows):
            filled = (len(cells) - cells.count("") for cells in self.sheet.rows[first : self.bottom])
            found.update(row for row, count in zip(rows, filled, strict=True) if count <= FEW)
        else:
            blanks = Counter(row for column in columns for row in _places("", column, first))
            found.update(row for row, count in blanks.items() if len(columns) - count <= FEW)
        return sorted(found) if len(columns) > FEW else rows

    def _form_after(self, row: int) -> int:
        """Where the form begins again below its foot: at its title, if its header follows; -1 for nowhere."""
        again = -1
        for at in range(row + 1, self.bottom):
            kind = self._kind(at)
            if kind == "head" and again < 0:
                again = at
            elif kind == "header" and again >= 0:
                return again
        return -1

    @functools.cached_property
    def grouped(self) -> set[int]:
        """Rows that belong to the merged cell of a group with something in it: they are no blank ones."""
        return _grouped_rows(self.sheet, self.loop, self.header, self.bottom)

    def _special(self) -> set[Any]:
        """Cells as they stand that make a row worth a closer look."""
        raw = {
            value for row in range(self.header.first_row, self.header.last_row + 1) for value in self.sheet.rows[row]
        }
        for row in range(max(0, len(self.sheet.rows) - 200), len(self.sheet.rows)):
            raw.update(value for _, value in self.sheet.filled(row) if words_of(value) in self.foot | self.head)
        for row in range(self.header.first_row):
            raw.update(value for _, value in self.sheet.filled(row) if words_of(value) in self.head)
        for column in self.sheet.span[:LEADING]:
            cells = self.sheet.column(column)[self.header.last_row + 1 : self.bottom]
            texts = {cell for cell in set(cells) if isinstance(cell, str)}
            every = "".join(texts)
            if any(mark in every for mark in MARKS):
                raw.update(filter(MAYBE_NO_RECORD, texts))
        return {value for value in raw if isinstance(value, str) and value}

    def _kind(self, row: int) -> str:
        """record, blank, total, header, head, foot or loose."""
        cells = list(self.sheet.filled(row))
        if not cells:
            return "record" if row in self.grouped else "blank"
        words = [words_of(value) for _, value in cells]
        first = words[0]
        if any(word in self.foot for word in words if word):
            if not TOTAL.fullmatch(first):
                return "foot"
            self.last_foot_total = row
            return "total"
        headings = sum(1 for (column, _), word in zip(cells, words, strict=True) if self._is_heading(column, word))
        if headings >= 2 and headings * 2 >= len(cells):
            return "header"
        if any(word in self.head for word in words if word):
            return "head"
        if first and TOTAL.fullmatch(first):
            return (
                "total" if all(not isinstance(value, str) or not words_of(value) for _, value in cells[1:]) else "loose"
            )
        if (first and FOOT.match(first)) or self._is_caption(row, cells):
            return "loose"
        return "record"

    def _is_heading(self, column: int, word: str) -> bool:
        number = self.words.get(word, (0, -1))[1]
        return number >= 0 and self.header.columns.get(number) == column

    def _is_caption(self, row: int, cells: Sequence[tuple[int, Any]]) -> bool:
        """Whether all the row says stands in one cell over half of the table."""
        if len(cells) != 1:
            return False
        spot = self.sheet.spot(row, cells[0][0])
        covered = sum(1 for column in self.header.columns.values() if spot.column <= column <= spot.last_column)
        return covered >= 2 and covered * 2 >= len(self.header.columns)

    def _end_with_total(self) -> None:
        """A total that the form has stands in its foot; others with the same word are subtotals."""
        found = self.found
        if self.last_foot_total >= 0 and (not found.records or self.last_foot_total > found.records[-1]):
            found.end = min(found.end, self.last_foot_total)
            found.totals = [row for row in found.totals if row < found.end]
            found.loose = [row for row in found.loose if row < found.end]


def _places(value: Any, column: Sequence[Any], first: int) -> Iterator[int]:
    """The rows in which a value stands in a column; `first` is the row of its first cell."""
    at = -1
    for _ in range(column.count(value)):
        at = column.index(value, at + 1)
        yield first + at


def _grouped_rows(sheet: Sheet, loop: Loop, header: FoundHeader, bottom: int) -> set[int]:
    column = _merge_column(loop, header)
    return {
        row
        for spot in (sheet.merges_in(header.last_row + 1, bottom) if column >= 0 else ())
        if spot.column == column and not is_blank(sheet.cell(spot.row, column))
        for row in range(spot.row, min(spot.last_row, bottom - 1) + 1)
    }


def _merge_column(loop: Loop, header: FoundHeader) -> int:
    """The sheet's column whose cells span the rows of a group; -1 for none."""
    key = loop.table.merge_by
    numbers = (number for number, column in enumerate(loop.columns) if key and column.keys == (key,))
    return next((header.columns[number] for number in numbers if number in header.columns), -1)


def read_columns(
    sheet: Sheet, loop: Loop, header: FoundHeader, found: FoundRows, is_1904: bool | None
) -> Iterator[ColumnRead]:
    """The table's columns as they stand, one or two readings of each."""
    reader = _ColumnReader(sheet, loop, header, found, is_1904)
    displaced = header.displaced
    by_heading = {number: reader.raws(number, column) for number, column in header.columns.items()}
    by_place = {number: reader.raws(number, column) for number, column in displaced.items()}
    is_told = displaced and _is_told_by_types(loop, by_heading, by_place)
    for number, column in header.columns.items():
        yield from reader.reads(number, column, by_heading[number], "header", STRENGTHS[header.strengths[number]])
        if number in displaced and not is_told:
            yield from reader.reads(number, displaced[number], by_place[number], "path", 0.5)


def _is_told_by_types(loop: Loop, by_heading: dict[int, list[Any]], by_place: dict[int, list[Any]]) -> bool:
    """Whether values fit under their headings, and would not fit where they stand by the template's order."""
    headings = [_misfits(loop, number, by_heading[number]) for number in by_place]
    places = [_misfits(loop, number, by_place[number]) for number in by_place]
    return not any(headings) and all(places)


def _misfits(loop: Loop, number: int, raws: Sequence[Any]) -> int:
    column = loop.columns[number]
    if len(column.keys) != 1 or column.pattern is not None:
        return 0
    kind = field_of(loop, column.keys[0]).value_type
    return sum(1 for raw in raws if not isinstance(raw, Refused) and not fits(kind, raw))


class _ColumnReader:
    """Takes columns out of the rows of records."""

    def __init__(self, sheet: Sheet, loop: Loop, header: FoundHeader, found: FoundRows, is_1904: bool | None) -> None:
        self.sheet, self.loop, self.header, self.is_1904 = sheet, loop, header, is_1904
        self.records = found.records
        end = found.records[-1] if found.records else header.last_row
        self.is_block = not found.records or end - found.records[0] + 1 == len(found.records)
        """Whether the records follow each other without a row between."""
        self.numbers = [row + 1 for row in found.records]
        self.merge_column = _merge_column(loop, header)
        self.merges: dict[int, list[Spot]] = {}
        wanted = {*header.columns.values()}
        for spot in sheet.merges_in(header.last_row + 1, end):
            if spot.column == spot.last_column:
                self.merges.setdefault(spot.column, []).append(spot)
                continue
            for column in wanted.intersection(range(spot.column, min(spot.last_column, sheet.width) + 1)):
                self.merges.setdefault(column, []).append(spot)

    def raws(self, number: int, column: int) -> list[Any]:
        """The cells of a column of the sheet, as those of a column of the table."""
        raws = self._cells(column)
        if UnreadCell in set(map(type, raws)) or not ERRORS.isdisjoint(raws):
            raws = [refused(raw) for raw in raws]
        for spot in self.merges.get(column, ()):
            if column == self.merge_column == spot.last_column == spot.column:
                self._share(spot, raws)
            else:
                self._unmerge(spot, column, raws)
        part = self.loop.columns[number]
        if part.is_formula:
            self._blank_totals(part, raws)
        if len(part.keys) == 1 and part.pattern is None:
            item = field_of(self.loop, part.keys[0])
            return converted(item, raws, is_percent=part.is_percent, is_1904=self.is_1904)
        return raws

    def _cells(self, column: int) -> list[Any]:
        cells = self.sheet.column(column)
        if self.is_block:
            return list(cells[self.records[0] : self.records[-1] + 1]) if self.records else []
        return [cells[row] for row in self.records]

    def _indexes(self, spot: Spot) -> range:
        """The records in the rows of a merged cell, as they are counted."""
        start = bisect.bisect_left(self.records, spot.row)
        return range(start, bisect.bisect_right(self.records, spot.last_row, lo=start))

    def _share(self, spot: Spot, raws: list[Any]) -> None:
        """The cell of a group counts for all its rows."""
        indexes = self._indexes(spot)
        if not indexes:
            return
        start, stop = indexes.start, indexes.stop
        is_top = self.records[start] == spot.row
        value = raws[start] if is_top else refused(self.sheet.cell(spot.row, spot.column))
        cells = raws[start:stop]
        if cells.count(value) + (cells.count("") if value != "" else 0) < len(cells):
            value = Refused(str(value), Finding("F-EXCEL-004", str(value)))  # under a merged cell: nobody sees it
        if value != "":
            raws[start:stop] = [value] * len(cells)

    def _unmerge(self, spot: Spot, column: int, raws: list[Any]) -> None:
        """Households' cells count for all their rows; every other merged one is nobody's, if it is not blank."""
        value = self.sheet.cell(spot.row, spot.column)
        covered = [at for at in self.header.columns.values() if spot.column <= at <= spot.last_column]
        if is_blank(value) or (len(covered) <= 1 and spot.row == spot.last_row):
            return
        is_group = len(covered) == 1 and (column == self.merge_column or self._is_of_group(spot, column))
        for index in self._indexes(spot):
            raws[index] = refused(value) if is_group else Refused(str(value), Finding("F-EXCEL-004", str(value)))

    def _is_of_group(self, spot: Spot, column: int) -> bool:
        """Whether the column tells of households, and the merged cell lies in the rows of one."""
        group = self.sheet.merges.get((spot.row, self.merge_column))
        keys = [part.keys for number, part in enumerate(self.loop.columns) if self.header.columns.get(number) == column]
        terms = [field_of(self.loop, key).term for (key,) in keys if key] if all(len(one) == 1 for one in keys) else []
        return group is not None and group.last_row >= spot.last_row and all(t.startswith("household.") for t in terms)

    def _blank_totals(self, part: LoopColumn, raws: list[Any]) -> None:
        """A formula shows nothing (0) in a row without anything to add."""
        for key in part.keys:
            item = field_of(self.loop, key)
            sources = [
                self._cells(self.header.columns[number])
                for number, column in enumerate(self.loop.columns)
                if column.keys and column.keys[0] in item.total_of and number in self.header.columns
            ]
            for index, raw in enumerate(raws):
                if raw == 0 and all(is_blank(source[index]) for source in sources):
                    raws[index] = ""

    def reads(self, number: int, column: int, raws: list[Any], layer: Layer, confidence: float) -> Iterator[ColumnRead]:
        part = self.loop.columns[number]
        for key in part.keys:
            cells = (
                raws if len(part.keys) == 1 and part.pattern is None else [self._taken(part, key, raw) for raw in raws]
            )
            letters = column_letters(column)
            yield ColumnRead(
                self.loop.field.key, key, layer, confidence, cells, self.numbers, f"{self.sheet.name}!{letters}"
            )

    @staticmethod
    def _taken(part: LoopColumn, key: str, raw: Any) -> Any:
        """One value out of a cell that holds words or several values."""
        if isinstance(raw, Refused) or is_blank(raw):
            return raw
        value = part.pattern.joined(raw, key) if part.pattern is not None and part.is_readable else None
        return Refused(str(raw), Finding("F-EXCEL-005", str(raw))) if value is None else value


def unread_columns(sheet: Sheet, loop: Loop, header: FoundHeader, found: FoundRows) -> Iterator[Unread]:
    """What stands beside the table's columns, in rows of records: said cell by cell, a long column at once."""
    ends = {
        at
        for number, column in header.columns.items()
        for at in range(column, sheet.spot(header.last_row, column).last_column + 1)
        if loop.columns[number].keys
    }
    merged = {
        (spot.row, at)
        for spot in sheet.merges_in(header.last_row + 1, found.end)
        if spot.last_column > spot.column and spot.column in ends
        for at in range(spot.column + 1, min(spot.last_column, sheet.width) + 1)
    }
    numbered = {column for number, column in header.columns.items() if not loop.columns[number].keys}
    for column in range(sheet.left, sheet.width):
        if column in ends:
            continue
        values = sheet.column(column)
        said = [
            (row, value)
            for row in found.records
            if (value := values[row]) != ""
            and not is_blank(value)
            and (row, column) not in merged
            and words_of(value) not in loop.constants
            and not (column in numbered and str(value).rstrip(".0").isdigit())
        ]
        yield from _told(sheet, column, said)


def _told(sheet: Sheet, column: int, said: Sequence[tuple[int, Any]]) -> Iterator[Unread]:
    for row, value in said[:SHOWN_CELLS]:
        yield Unread(sheet.place(row, column), as_text(value))
    if rest := said[SHOWN_CELLS:]:
        place = f"{sheet.place(rest[0][0], column)}:{sheet.address(rest[-1][0], column)}"
        yield Unread(place, f"{as_text(rest[0][1])} … ({len(rest)})")
