"""Accepted changes → a new file of JSON records keyed by field: there every field has its place, by-hand ones too.

In: a desk that has compared, and the file. Out: the file again with the accepted values. Totals are left out of changed
records: formgen computes them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from formgen.data.records import read_records
from formgen.data.sources.json_files import json_records
from formgen.errors import OutputError
from formgen.files import make_folder, whole_file
from formgen.forms.manifest import Field, Manifest
from formgen.problems import Language, Place, Problem
from formgen.reconcile.applying import Accepting, reason_of
from formgen.reconcile.change_list import ChangeList, change_of
from formgen.reconcile.desk import Desk, Entry
from formgen.reconcile.model import Difference, RowDifference

__all__ = ["apply_to_records"]

Raw = dict[str, Any]


def apply_to_records(
    desk: Desk, source: Path, manifest: Manifest, new: Path, accepting: Accepting, language: Language, secret: bytes
) -> ChangeList:
    """Write the new records and, beside them, the list of changes.

    Raises:
        OutputError: F-DIFF-021 the ending; F-FILE-006 … 008.
    """
    suffix = source.suffix.lower()
    if new.suffix.lower() != suffix:
        raise OutputError(Problem("F-DIFF-021", Place(str(new)), new.suffix or new.name, {"wanted": suffix}))
    changes = ChangeList(language)
    keys = (key for key, _, _ in read_records(source, manifest, secret))
    make_folder(new.parent)
    with whole_file(new) as stream:
        marks = ("", "\n", "") if suffix == ".jsonl" else ("[\n", ",\n", "\n]")
        for number, ((_, raw), key) in enumerate(zip(json_records(source), keys, strict=True)):
            made = dict(raw)
            for entry in desk.of_record(manifest.id, key):
                _Writer(manifest, entry, accepting, changes).change(made)
            text = json.dumps(made, ensure_ascii=False, default=float)
            stream.write(f"{marks[1] if number else marks[0]}{text}".encode("utf-8", "surrogatepass"))
        stream.write(f"{marks[2]}\n".encode())
    changes.write(desk, new, accepting.min_confidence)
    return changes


class _Writer:
    """Changes one record as one sheet has it."""

    def __init__(self, manifest: Manifest, entry: Entry, accepting: Accepting, changes: ChangeList) -> None:
        self.manifest, self.entry, self.accepting, self.changes = manifest, entry, accepting, changes

    def change(self, raw: Raw) -> None:
        assert self.entry.differences is not None
        before = json.dumps(raw, default=str)
        for item in self.manifest.fields:
            difference = self.entry.differences[item.key]
            if item.table is None:
                self._cell(raw, item, item.key, item.label, difference)
            elif difference.reason in ("lost", "duplicate"):
                self._note(item, item.key, item.label, difference, "F-DIFF-013")
            elif difference.rows:
                raw[item.key] = self._rows(raw.get(item.key) or [], item, difference)
        if json.dumps(raw, default=str) != before:
            _drop_totals(raw, self.manifest.fields)

    def _cell(self, raw: Raw, item: Field, path: str, label: str, found: Difference) -> None:
        if not found.is_change or (found.status == "contradictory" and found.read is None):
            return
        reason = reason_of(item, path, found, self.entry, self.accepting)
        if not reason:
            raw[item.key] = None if found.read is None else item.value_type.to_json(found.read)
        self._note(item, path, label, found, reason)

    def _rows(self, rows: Sequence[Raw], item: Field, difference: Difference) -> list[Raw]:
        """The rows in the order of the sheet; those deleted there stay where deleting is not accepted."""
        assert item.table is not None
        by_record = {row.record_row: row for row in difference.rows if row.record_row is not None}
        is_filled = [any(value is not None for value in row.values()) for row in difference.record]
        unchanged = [number for number, filled in enumerate(is_filled, 1) if filled and number not in by_record]
        placed = {row.read_row: row for row in difference.rows if row.read_row is not None}
        free = iter(unchanged)
        made: list[Raw] = []
        for number in range(1, len(difference.read) + 1):
            row = placed.get(number)
            source = row.record_row if row is not None else next(free)
            target = dict(rows[source - 1]) if source is not None else {}
            if row is not None:
                self._cells(target, item, number, row)
            if target:
                made.append(target)
        for row in difference.rows:
            if row.read_row is None and row.record_row is not None:
                is_deleted = self.accepting.is_cleared
                found = Difference("cleared", [rows[row.record_row - 1]], None)
                label = f"{item.label} {row.record_row}"
                self._note(
                    item, "", label, Difference("cleared", _values(row, "record")), "" if is_deleted else "F-DIFF-016"
                )
                if not is_deleted:
                    made.insert(min(row.record_row - 1, len(made)), dict(found.record[0]))
        return made

    def _cells(self, target: Raw, item: Field, number: int, row: RowDifference) -> None:
        assert item.table is not None
        columns: Mapping[str, Field] = {column.key: column for column in item.table.columns}
        for key, cell in row.cells.items():
            label = f"{item.label} {number} · {columns[key].label}"
            self._cell(target, columns[key], f"{item.key}.{number}.{key}", label, cell)
        _drop_totals(target, item.table.columns)

    def _note(self, item: Field, path: str, label: str, found: Difference, reason: str) -> None:
        change = change_of(self.manifest, self.entry, item, label, found)
        change.reason = reason
        self.changes.add(change)


def _values(row: RowDifference, side: str) -> list[dict[str, Any]]:
    return [{key: getattr(cell, side) for key, cell in row.cells.items()}]


def _drop_totals(raw: Raw, fields: Sequence[Field]) -> None:
    for item in fields:
        if item.total_of:
            raw.pop(item.key, None)
