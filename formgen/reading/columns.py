"""Tables read by whole columns: typed at once where a cell is beyond doubt, with evidence made when it is asked for.

In: the columns of a table as a reader found them. Out: a row of values for each row of the file, and the cells that
somebody has to look at: refused by their type, remarked upon, or seen differently by two layers. A roster of 100,000
rows has nearly a million cells: an object for each would take longer than reading the file.
"""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from formgen.forms.manifest import Field
from formgen.reading.model import ColumnRead, Evidence, Refused, Sighting, path_text
from formgen.values import Rejected, ValueType, is_blank

__all__ = ["Candidates", "ColumnEvidence", "EvidenceBook", "candidates"]

_UNSURE: Final[Any] = object()
_NUMBERS: Final = frozenset([bool, int, float])
_ALIKE: Final = _NUMBERS | {str, type(None), datetime.date, datetime.datetime, datetime.time, datetime.timedelta}
"""Types of cells that mean the same where they are equal. Others are looked at one by one."""


@dataclass(slots=True)
class Candidates:
    """Rows of values, blanks left out, and what is not settled: row → its columns with all that was seen there."""

    rows: list[dict[str, Any]]
    unsure: dict[int, list[tuple[Field, list[Sighting]]]]
    reads: Mapping[str, Sequence[ColumnRead]]
    complete: frozenset[str]
    """Columns that have a value beyond doubt in every row."""

    def place(self, column: Field, index: int) -> str:
        return self.reads[column.key][0].place(index)


def candidates(columns: Sequence[Field], reads: Sequence[ColumnRead]) -> Candidates:
    """The rows that the columns of one table make."""
    by_key = {
        column.key: group for column in columns if (group := [read for read in reads if read.column == column.key])
    }
    fields = [column for column in columns if column.key in by_key]
    unsure: dict[int, list[tuple[Field, list[Sighting]]]] = {}
    values: list[list[Any]] = []
    complete: set[str] = set()
    for column in fields:
        group = by_key[column.key]
        typed, is_complete = _typed(column, group[0].raws)
        for other in group[1:]:
            for index, (one, two) in enumerate(zip(group[0].raws, other.raws, strict=True)):
                if one.__class__ is not two.__class__ or one != two:
                    typed[index] = _UNSURE
        values.append(typed)
        if is_complete and len(group) == 1:
            complete.add(column.key)
    rows: list[dict[str, Any]] = list(map(dict, map(zip, itertools.repeat(by_key), zip(*values, strict=True))))
    for column, typed in zip(fields, values, strict=True):
        for index, value in enumerate(typed if column.key not in complete else ()):
            if value is None:
                del rows[index][column.key]
            elif value is _UNSURE:
                del rows[index][column.key]
                seen = [read.sighting(index) for read in by_key[column.key]]
                unsure.setdefault(index, []).append((column, seen))
    return Candidates(rows, unsure, by_key, frozenset(complete))


def _typed(column: Field, raws: Sequence[Any]) -> tuple[list[Any], bool]:
    """The column's values, and whether every row has one.

    None is a blank; `_UNSURE` is refused or remarked upon.
    """
    look = _Look(column.value_type)
    kinds = set(map(type, raws))
    # 1.0 and 0.0 equal True and False: one of them would answer for the other.
    if not kinds <= _ALIKE or (bool in kinds and len(kinds & _NUMBERS) > 1):
        return list(map(look, raws)), False
    different = set(raws)
    texts = different if kinds == {str} else [raw for raw in different if isinstance(raw, str)]
    meant = {raw: look(raw) for raw in different.difference(column.value_type.beyond_doubt(texts))}
    if not meant:
        return list(raws), bool(different)
    is_complete = all(value is not None and value is not _UNSURE for value in meant.values())
    return list(map(meant.get, raws, raws)), is_complete


class _Look:
    """A closer look at a cell. Choices with their boxes are left to whoever weighs: some may be ticked, or none."""

    def __init__(self, kind: ValueType[Any]) -> None:
        self.parse = kind.parse
        self.check = kind.check if type(kind).check is not ValueType.check else None
        self.has_choices = bool(getattr(kind, "labels", None))

    def __call__(self, raw: Any) -> Any:
        if raw.__class__ is Refused:
            return _UNSURE
        if is_blank(raw):
            return None
        try:
            value = self.parse(raw)
        except Rejected:
            return _UNSURE
        is_marked = self.has_choices and isinstance(raw, str) and raw != value
        return _UNSURE if is_marked or (self.check is not None and self.check(value, raw)) else value


@dataclass(frozen=True, slots=True)
class ColumnEvidence:
    """Why the values of one table's rows are believed."""

    table: str
    reads: Mapping[str, ColumnRead]
    rows: Sequence[Mapping[str, Any]]
    """The rows of the reading."""
    kept: Sequence[int]
    """For each of them its place in the columns."""

    def find(self, row: int, column: str) -> Evidence | None:
        """Rows counted from 1."""
        if not 1 <= row <= len(self.rows) or column not in self.reads or column not in self.rows[row - 1]:
            return None
        read, index = self.reads[column], self.kept[row - 1]
        raw = read.raws[index]
        text = raw.text if isinstance(raw, Refused) else "" if raw is None else str(raw)
        return Evidence(read.layer, read.place(index), text, read.confidence)

    def __iter__(self) -> Iterator[str]:
        for number, row in enumerate(self.rows, 1):
            for key in row:
                yield path_text((self.table, number, key))


class EvidenceBook(Mapping[str, Evidence]):
    """Evidence of single blanks as it is, that of tables made when it is asked for."""

    def __init__(self, single: Mapping[str, Evidence], tables: Sequence[ColumnEvidence]) -> None:
        self._single = single
        self._tables = {table.table: table for table in tables}

    def __getitem__(self, text: str) -> Evidence:
        if (known := self._single.get(text)) is not None:
            return known
        table, _, rest = text.partition(".")
        number, _, column = rest.partition(".")
        if table in self._tables and number.isascii() and number.isdigit():
            evidence = self._tables[table].find(int(number), column)
            if evidence is not None:
                return evidence
        raise KeyError(text)

    def __iter__(self) -> Iterator[str]:
        yield from (text for text in self._single if text.partition(".")[0] not in self._tables)
        for table in self._tables.values():
            yield from table

    def __len__(self) -> int:
        return sum(1 for _ in self)
