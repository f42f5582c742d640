"""A reading against the record it was printed from, field by field.

In: a manifest, a record and a reading of it. Out: differences, one a field. Values are compared as the form prints
them: a birthday of which the form prints the month alone is unchanged when the month is.
"""

from __future__ import annotations

import itertools
from collections.abc import Hashable, Mapping, Sequence
from typing import Any, Final

from formgen.forms.manifest import Field, Manifest
from formgen.reading.model import Doubt, Reading
from formgen.reconcile.model import Difference, Differences, Other, RowDifference, Status
from formgen.reconcile.rows import match_rows, moved
from formgen.values import Rejected

__all__ = ["compare", "contradict"]

Row = Mapping[str, Any]
MOST_OTHERS: Final = 20
"""Contradicting values that are told beside one; every sheet has its own, too."""
_DOUBTS: Final[tuple[Doubt, ...]] = ("contradictory", "rejected", "lost")
"""The gravest first: a table's own reason is that of its gravest cell."""


def compare(manifest: Manifest, record: Row, reading: Reading) -> Differences:
    """Every field of the form, with its status."""
    return {
        item.key: _table(item, record.get(item.key) or (), reading)
        if item.table is not None
        else _cell(item, record.get(item.key), reading.values.get(item.key), reading.doubts.get(item.key))
        for item in manifest.fields
    }


def contradict(manifest: Manifest, sheets: Sequence[tuple[str, Differences]]) -> list[Differences]:
    """The differences of all sheets of one record, each beside those of the others: (file, differences).

    Where another sheet says something else, neither is believed. One that merely lost the field says nothing. Sheets
    that say the same are told from others by what they say, not one by one: there may be hundreds.
    """
    found: list[dict[str, Difference]] = [{} for _ in sheets]
    for item in manifest.fields:
        said = [_said(item, differences[item.key]) for _, differences in sheets]
        others: dict[Hashable, Other] = {}
        for (file, differences), says in zip(sheets, said, strict=True):
            if says is not _NOTHING:
                others.setdefault(says, Other(file, differences[item.key].read))
        for made, (_, differences), says in zip(found, sheets, said, strict=True):
            made[item.key] = _contradicted(differences[item.key], says, others)
    return list(found)


_NOTHING: Final = "lost"
_DOUBTFUL: Final = "doubtful"
"""What a sheet says of a field that nobody could read: nothing, or something else than all others."""


def _said(item: Field, difference: Difference) -> Hashable:
    """What a sheet says of a field, the same for those that say the same. An empty box is a blank."""
    if difference.reason:
        return _NOTHING if difference.reason == "lost" else _DOUBTFUL
    read = difference.read
    if item.table is not None:
        return ("read", tuple(frozenset(_filled(row).items()) for row in read or ()))
    return ("read", None if read is False else read)


def _contradicted(mine: Difference, says: Hashable, others: Mapping[Hashable, Other]) -> Difference:
    if mine.reason:
        return mine
    against = tuple(itertools.islice((other for said, other in others.items() if said != says), MOST_OTHERS))
    if not against:
        return mine
    return Difference("contradictory", mine.record, mine.read, "duplicate", mine.rows, against)


def _cell(item: Field, record: Any, read: Any, doubt: Doubt | None) -> Difference:
    if doubt is not None:
        return Difference("contradictory", record, None, doubt)
    return Difference(_status(item, record, read), record, read)


def _status(item: Field, record: Any, read: Any) -> Status:
    if record is None or read is None:
        if not record and not read and (isinstance(record, bool) or isinstance(read, bool)):
            return "unchanged" if record is False else "empty"  # a box is printed empty whatever the record says
        return "filled" if read is not None else "cleared" if record is not None else "empty"
    return "unchanged" if record == read or _as_printed(item, record) == read else "corrected"


def _as_printed(item: Field, value: Any) -> Any:
    """What reading the printed value gives: its type may print less than the record has."""
    try:
        return item.value_type.parse(item.value_type.format(value))
    except Rejected:
        return value


def _table(item: Field, record: Sequence[Row], reading: Reading) -> Difference:
    assert item.table is not None
    read: Sequence[Row] = reading.values.get(item.key) or ()
    if (doubt := reading.doubts.get(item.key)) is not None:
        return Difference("contradictory", record, None, doubt)
    rows = _TableRows(item, record, read, reading.doubts).differences()
    reasons = {found for path, found in reading.doubts.items() if path.startswith(f"{item.key}.")}
    if reasons:
        worst = next(reason for reason in _DOUBTS if reason in reasons)
        return Difference("contradictory", record, read, worst, rows)
    if not rows:
        return Difference("unchanged" if read else "empty", record, read)
    has_record = any(map(_filled, record))
    status: Status = "corrected" if has_record and read else "filled" if read else "cleared"
    return Difference(status, record, read, "", rows)


class _TableRows:
    def __init__(self, item: Field, record: Sequence[Row], read: Sequence[Row], doubts: Mapping[str, Doubt]) -> None:
        assert item.table is not None
        self.columns = item.table.columns
        self.prefix = item.key
        self.read = read
        self.doubts = {key: doubt for key, doubt in doubts.items() if key.startswith(f"{item.key}.")}
        self.given = record

    def differences(self) -> tuple[RowDifference, ...]:
        if not self.doubts and list(self.given) == list(self.read):
            return ()
        numbers = [index for index, row in enumerate(self.given) if _filled(row)]
        kept = [self._printed(self.given[index]) for index in numbers]
        pairs = match_rows(self.columns, kept, self.read, self._is_doubted)
        out_of_place = moved(pairs)
        found = [self._pair(numbers[one] + 1, other + 1, one in out_of_place) for one, other in pairs.items()]
        found += [self._deleted(numbers[one] + 1) for one in range(len(kept)) if one not in pairs]
        taken = set(pairs.values())
        found += [self._added(other + 1) for other in range(len(self.read)) if other not in taken]
        wanted = [row for row in found if row is not None]
        return tuple(sorted(wanted, key=lambda row: (row.read_row or row.record_row or 0, row.read_row is not None)))

    def _printed(self, row: Row) -> Row:
        return {
            column.key: _as_printed(column, row[column.key])
            for column in self.columns
            if row.get(column.key) is not None
        }

    def _is_doubted(self, index: int, column: str) -> bool:
        return bool(self.doubts) and f"{self.prefix}.{index + 1}.{column}" in self.doubts

    def _pair(self, record_row: int, read_row: int, is_moved: bool) -> RowDifference | None:
        cells = self._cells(self.given[record_row - 1], read_row)
        if not cells and not is_moved:
            return None
        return RowDifference("changed" if cells else "moved", record_row, read_row, cells, is_moved)

    def _added(self, read_row: int) -> RowDifference:
        return RowDifference("added", None, read_row, self._cells({}, read_row))

    def _deleted(self, record_row: int) -> RowDifference:
        row = self.given[record_row - 1]
        cells = {key: Difference("cleared", value) for key, value in row.items() if value is not None}
        return RowDifference("deleted", record_row, None, cells)

    def _cells(self, record: Row, read_row: int) -> dict[str, Difference]:
        read = self.read[read_row - 1]
        cells = {}
        for column in self.columns:
            doubt = self.doubts.get(f"{self.prefix}.{read_row}.{column.key}")
            difference = _cell(column, record.get(column.key), read.get(column.key), doubt)
            if difference.is_change:
                cells[column.key] = difference
        return cells


def _filled(row: Row) -> dict[str, Any]:
    """What the row holds: an empty box is printed in blank rows, too."""
    return {key: value for key, value in row.items() if value is not None and value is not False}
