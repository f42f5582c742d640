"""Raw rows → typed facts: the columns of one table compiled once, then row after row.

In: a raw table and its header. Out: `Row`s: facts by term key (blanks left out), and what the value types found.
Rows that are no records are left out and counted: blank rows, totals, notes at the foot, headers repeated on a page.
Cells that repeat (a village, 男, 二级) are parsed once a column; the memory of them is bounded.
"""

from __future__ import annotations

import datetime
import operator
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from formgen.data.sources.table import RawRow, RawTable
from formgen.data.sources.unread_cells import UnreadCell
from formgen.problems import Finding, Place, Problem
from formgen.values import RawCell, Rejected, ValueType
from formgen.values.cells import compact
from formgen.values.fillers import TOTALS, is_filler
from formgen.vocabulary.folding import fold
from formgen.vocabulary.headers import Header
from formgen.vocabulary.terms import Vocabulary

__all__ = ["Facts", "Row", "TableReader"]

Facts = dict[str, Any]
"""Term key → typed value. Columns without a term stand under their own label."""

Found = tuple[str, Finding]
"""(term key, what there is to say about its cell)."""

REMEMBERED = 4096
"""Distinct cells of one column whose values are kept."""

_MISSING: Any = object()
_BLANKS: dict[object, Any] = {"": None, None: None}
_SOURCE = {
    "person.id_number": "person.certificate",
    "person.category": "person.disability",
    "person.grade": "person.disability",
}
"""Where to look for a value that has no column of its own."""

_TOTALS = TOTALS.union(f"{word[0]}{space}{word[1]}" for word in TOTALS for space in " \u3000")
_FOOT = re.compile(
    r"(?:注|备注|说明|填表说明|填表人|填报人|填表单位|填报单位|填表日期|制表|制表人|审核人|负责人|单位负责人)\d*[:：、.]"
)
_OF_PAPER = frozenset(["F-VALUE-037"])
"""Said of returned forms alone: a dataset's column of birthdays keeps the days that its forms do not print."""
_UNREAD = {"error": "F-DATA-014", "formula": "F-DATA-015", "struck": "F-DATA-016", "hidden": "F-DATA-017"}
_ERROR_CELLS = frozenset(("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"))
_SHARED = ("place", "household", "base", "helper", "pairing")
"""Entities whose merged cells count for every row they span; person.address and base_name do too."""

_SHARED_TERMS = ("person.address", "person.base_name")


@dataclass(slots=True)
class Row:
    """One record's facts. `index` counts the rows of the table from its first one, zero-based."""

    index: int
    facts: Facts
    found: list[Found] = field(default_factory=list)


class _Column:
    """One column: its term, its type, and the cells it has seen."""

    def __init__(self, key: str, label: str, kind: ValueType[Any] | None) -> None:
        self.key = key
        self.label = label
        self.kind = kind
        # A blank is remembered too: most misses of a sheet would otherwise be its blanks.
        self.seen: dict[object, Any] = dict(_BLANKS)
        self.parse: Callable[[Any], Any] = kind.parse if kind else _kept
        has_check = kind is not None and type(kind).check is not ValueType.check
        self.check: Callable[[Any, Any], tuple[Finding, ...]] | None = kind.check if kind and has_check else None
        self.is_plain: Callable[[str], object] = kind.plain.fullmatch if kind and kind.plain else _never

    def doubts(self, value: Any, raw: Any) -> list[Finding]:
        """What there is to say of an accepted value."""
        findings = self.check(value, raw) if self.check is not None else ()
        return [finding for finding in findings if finding.code not in _OF_PAPER]


class TableReader:
    """Reads the rows of one table that lie below its header."""

    def __init__(self, table: RawTable, header: Header, vocabulary: Vocabulary) -> None:
        self.table = table
        self.match = header.match
        self.first_data_row = header.row + header.height
        self.skipped = {"blank": 0, "totals": 0, "notes": 0, "headers": 0}
        self.labels: dict[str, str] = {}
        self._positions: dict[str, int] = {}
        width = max(column.index for column in self.match.columns) + 1
        self._columns: list[_Column | None] = [None] * width
        for column in self.match.columns:
            term = vocabulary[column.term] if column.term else None
            key = column.term or column.label
            self._columns[column.index] = _Column(key, column.label, term.value_type if term else None)
            self.labels[key] = column.label
            self._positions[key] = column.index

    @property
    def keys(self) -> tuple[str, ...]:
        """Term keys and labels in the order of the columns: what `facts` may hold."""
        return tuple(self._positions)

    def place(self, row: int, key: str = "") -> Place:
        """Where the cell of a term stands; the row alone when the table has no such column."""
        if key not in self._positions:
            key = _SOURCE.get(key, key)
        position = self._positions.get(key)
        return Place(self.table.file, self.table.name, self.table.cell_name(row, position), self.labels.get(key, ""))

    def column_of(self, key: str) -> int:
        """The column of a term, or of what its value followed from; -1 for none."""
        return self._positions.get(key, self._positions.get(_SOURCE.get(key, ""), -1))

    @property
    def header_place(self) -> Place:
        """The header's last row."""
        return Place(self.table.file, self.table.name, self.table.cell_name(self.first_data_row - 1))

    def header_problems(self) -> list[Problem]:
        problems = []
        row = self.first_data_row - 1
        for index, finding in self.match.findings:
            label = finding.params.get("label", finding.found)
            problems.append(
                finding.at(Place(self.table.file, self.table.name, self.table.cell_name(row, index), label))
            )
        return problems

    def read(self, rows: Iterable[RawRow]) -> Iterator[Row]:
        """The records among `rows`, which begin at `first_data_row`."""
        used = [(position, column) for position, column in enumerate(self._columns) if column is not None]
        width = len(self._columns)
        compiled = [(column, column.seen.get) for _, column in used]
        is_dense = len(used) == width
        pick = operator.itemgetter(*(position for position, _ in used), 0)
        merges = _Merges(self)
        blank_rows = 0
        for index, cells in enumerate(rows, start=self.first_data_row):
            if len(cells) < width:
                cells = [*cells, *[None] * (width - len(cells))]
            if merges.is_pending:
                cells = merges.filled(index, cells)
            facts: Facts = {}
            found: list[Found] = []
            for raw, (column, get) in zip(cells if is_dense else pick(cells), compiled, strict=False):
                try:
                    value = get(raw, _MISSING)
                except TypeError:  # a list or an object of a JSON file
                    value = _MISSING
                if value is _MISSING:
                    value = raw if raw.__class__ is str and column.is_plain(raw) else self._parse(column, raw, found)
                if value is not None:
                    facts[column.key] = value
            if not facts and not found:
                blank_rows += 1
                continue
            if kind := self._not_a_record(cells, facts, found):
                self.skipped[kind] += 1
                continue
            self.skipped["blank"] += blank_rows
            blank_rows = 0
            yield Row(index, facts, found)

    def _parse(self, column: _Column, raw: Any, found: list[Found]) -> Any:
        """The value of a cell not seen before; None for a blank or refused one."""
        if raw.__class__ is UnreadCell:
            found.append((column.key, Finding(_UNREAD[raw.kind], str(raw))))
            return None
        if raw.__class__ is str:
            if not raw.strip() or not (raw.isprintable() or compact(raw)):
                return None  # white space, or characters that nobody sees
            if raw[0] == "#" and raw.strip() in _ERROR_CELLS:
                found.append((column.key, Finding("F-DATA-014", raw.strip())))
                return None
        try:
            value = column.parse(raw)
        except Rejected as exc:
            found.append((column.key, exc.finding))
            return None
        if findings := column.doubts(value, raw):
            found.extend((column.key, finding) for finding in findings)
            return value
        # 1.0 and 0.0 equal True and False: a remembered one would answer for the other.
        if raw.__class__ is str or (raw.__class__ is float and raw not in (0, 1)):
            if len(column.seen) >= REMEMBERED:
                # Rosters are sorted: what repeats next is what was seen last, so the old ones make room.
                column.seen.clear()
                column.seen.update(_BLANKS)
            column.seen[raw] = value
        return value

    def _not_a_record(self, cells: RawRow, facts: Facts, found: list[Found]) -> str:
        """Why a row is no record: "totals", "notes", "headers"; "" for a record."""
        try:
            has_total = not _TOTALS.isdisjoint(cells)
        except TypeError:
            has_total = False
        if not has_total and not found and len(facts) > 2:
            return ""
        written = [cell for cell in cells if cell is not None and cell != ""]
        first = written[0] if written else ""
        if isinstance(first, str):
            if "".join(first.split()) in _TOTALS or (has_total and not isinstance(written[0], str)):
                return "totals"
            if len(written) == 1 and is_filler(first):
                return "notes"
            if len(written) <= 3 and _FOOT.match(first.strip()):
                return "notes"
        if found and self._is_header(cells):
            return "headers"
        return ""

    def _is_header(self, cells: RawRow) -> bool:
        pairs = [
            (fold(cell), fold(column.label))
            for cell, column in zip(cells, self._columns, strict=False)
            if column is not None and isinstance(cell, str) and cell.strip()
        ]
        return len(pairs) >= 2 and sum(1 for cell, label in pairs if cell == label) * 2 > len(pairs)


class _Merges:
    """Merged cells below the header: their first cell's value counts for every row that they span."""

    def __init__(self, reader: TableReader) -> None:
        columns = {
            position
            for key, position in reader._positions.items()
            if key.partition(".")[0] in _SHARED or key in _SHARED_TERMS
        }
        self._waiting = [
            (top, left, bottom)
            for (top, left), (bottom, _) in sorted(reader.table.merges(), reverse=True)
            if top >= reader.first_data_row and bottom > top and left in columns
        ]
        self._active: dict[int, tuple[int, object]] = {}

    @property
    def is_pending(self) -> bool:
        return bool(self._waiting or self._active)

    def filled(self, index: int, cells: RawRow) -> RawRow:
        for column, (bottom, value) in list(self._active.items()):
            if index > bottom:
                del self._active[column]
            elif cells[column] is None or cells[column] == "":
                cells[column] = value
        while self._waiting and self._waiting[-1][0] <= index:
            top, left, bottom = self._waiting.pop()
            if top == index:
                self._active[left] = (bottom, cells[left])
        return cells


def _never(_: str) -> None:
    """No text of the column's type goes unlooked at."""


def _kept(raw: RawCell) -> RawCell:
    """A cell of a column without a term: as text, whatever it is."""
    if isinstance(raw, str):
        return raw.strip()
    if isinstance(raw, float) and raw == int(raw):
        return str(int(raw))
    if isinstance(raw, (datetime.date, datetime.time)):
        return raw.isoformat()
    return str(raw)
