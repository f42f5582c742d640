"""Records: the values of one form, field key → typed value. From a scope of a dataset, or from JSON keyed by field.

In: a manifest and a scope, or a JSON or JSONL file as the form's JSON Schema describes. Out: the record and what is
wrong with it. Totals are computed here and nowhere else; blanks are left out.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from formgen.data.key_set import KeySet
from formgen.data.keys import record_key
from formgen.data.sources.json_files import json_records
from formgen.forms.manifest import Field, Manifest
from formgen.problems import Finding, Place, Problem
from formgen.values import Rejected, is_blank
from formgen.vocabulary.terms import base_vocabulary

if TYPE_CHECKING:
    from formgen.data.scopes import Scope

__all__ = ["Record", "build_record", "holds_records", "read_records"]

FIRST_OBJECT_BYTES = 1 << 20
"""A record is shorter; a file of 100,000 is not read whole to see what it is."""

canonical: Final = json.JSONEncoder(ensure_ascii=False, sort_keys=True, default=str).encode
"""One text for equal records; made once, because json.dumps makes an encoder a call."""

Record = dict[str, Any]
"""Field key → typed value; a table is a list of such rows."""


def build_record(manifest: Manifest, scope: Scope) -> tuple[Record, list[Problem]]:
    """The record of one form from what a scope has in view; a problem for every required field that is blank."""
    record: Record = {}
    problems: list[Problem] = []
    for item in manifest.fields:
        if item.table is not None:
            record[item.key] = [_row(item, row, problems) for row in scope.rows(item.table.rows_of)]
        elif not item.total_of and not item.is_by_hand:
            _take(item, scope, record, problems)
    _add_totals(manifest.fields, record)
    return record, problems


def _row(item: Field, scope: Scope, problems: list[Problem]) -> Record:
    assert item.table is not None
    row: Record = {}
    for column in item.table.columns:
        if not column.total_of and not column.is_by_hand:
            _take(column, scope, row, problems)
    _add_totals(item.table.columns, row)
    return row


def _take(item: Field, scope: Scope, record: Record, problems: list[Problem]) -> None:
    value = scope.values.get(item.term) if item.term else None
    if value is not None:
        record[item.key] = _as_type(item, value)
    elif item.required:
        place = Place(scope.place.file, scope.place.part, scope.place.cell, item.label)
        problems.append(Finding("F-DATA-070", params={"label": item.label}).at(place, scope.key))


def _as_type(item: Field, value: Any) -> Any:
    """A text field may bind to a term of another type: then it prints that type's text."""
    if item.type_name not in ("text", "long-text") or isinstance(value, str):
        return value
    vocabulary = base_vocabulary()
    return vocabulary[item.term].value_type.format(value) if item.term in vocabulary else str(value)


def _add_totals(fields: Sequence[Field], record: Record) -> None:
    """Sums of siblings (`year_2015`) and of a table's column (`rows.year_2015`); no sum of nothing."""
    for item in fields:
        if item.total_of:
            total = _total(item, record)
            if total is not None:
                record[item.key] = total


def _total(item: Field, record: Record) -> int | Decimal | None:
    found: list[Any] = []
    for source in item.total_of:
        table, _, column = source.rpartition(".")
        rows: Iterable[Mapping[str, Any]] = record.get(table, ()) if table else (record,)
        found += [row[column] for row in rows if row.get(column) is not None]
    return sum(found[1:], found[0]) if found else None


def holds_records(path: Path, manifest: Manifest) -> bool:
    """Whether most keys of a JSON file's first object are this form's fields; otherwise it is a dataset.

    Most, not all: a misspelt key shall be named as one.
    """
    if path.suffix.lower() not in (".json", ".jsonl"):
        return False
    try:
        with path.open("rb") as stream:
            head = stream.read(FIRST_OBJECT_BYTES).decode("utf-8-sig", "replace").lstrip()
            if head.startswith("["):
                head = head[1:].lstrip()
            first = json.JSONDecoder().raw_decode(head)[0]
    except (OSError, ValueError):  # whoever reads it as a dataset says what is wrong
        return False
    keys = {field.key for field in manifest.fields}
    return isinstance(first, dict) and 2 * len(keys & set(first)) > len(first)


def read_records(
    path: Path | str, manifest: Manifest, secret: bytes = b""
) -> Iterator[tuple[str, Record, list[Problem]]]:
    """(opaque key, record, problems) of every record of a JSON or JSONL file, one after the other.

    Raises:
        InputError: F-FILE-001 … 005.
        OutputError: F-FILE-006, F-FILE-007: there is no room for temporary files.
    """
    path = Path(path)
    repeats: Counter[str] = Counter()
    with KeySet() as keys:
        for number, raw in json_records(path):
            content = canonical(raw)
            key = record_key(manifest.id, content, secret=secret)
            if not keys.add(key):  # Two equal records are two forms: the second of them needs a key of its own.
                repeats[key] += 1
                key = record_key(manifest.id, content, str(1 + repeats[key]), secret=secret)
            reader = _JsonReader(Place(str(path), cell=str(number)), key)
            record = reader.read(manifest.fields, raw)
            yield key, record, reader.problems


class _JsonReader:
    """Types the values of one JSON record; every mistake is a problem at its line and field."""

    def __init__(self, place: Place, key: str) -> None:
        self.place = place
        self.key = key
        self.problems: list[Problem] = []

    def read(self, fields: Sequence[Field], raw: Mapping[str, Any], prefix: str = "") -> Record:
        record: Record = {}
        known = {item.key: item for item in fields}
        for key in raw:
            if key not in known:
                self._say(Finding("F-DATA-071", prefix + key, {"known": ", ".join(known)}), prefix + key)
        for item in fields:
            value = raw.get(item.key)
            if item.table is not None:
                record[item.key] = self._rows(item, value, prefix)
            elif not is_blank(value):
                self._value(item, value, record, prefix)
            elif item.required and not item.total_of:
                self._say(Finding("F-DATA-070", params={"label": item.label}), item.label)
        given = {item.key: record[item.key] for item in fields if item.total_of and item.key in record}
        _add_totals(fields, record)
        for key, total in given.items():
            if record[key] != total:
                shown = known[key].value_type.format
                self._say(Finding("F-DATA-072", shown(total), {"wanted": shown(record[key])}), known[key].label)
        return record

    def _rows(self, item: Field, raw: Any, prefix: str) -> list[Record]:
        assert item.table is not None
        if raw is None:
            return []
        if not isinstance(raw, list) or not all(isinstance(row, dict) for row in raw):
            self._say(Finding("F-DATA-073", type(raw).__name__), item.label)
            return []
        return [
            self.read(item.table.columns, row, f"{prefix}{item.key}[{number}].") for number, row in enumerate(raw, 1)
        ]

    def _value(self, item: Field, raw: Any, record: Record, prefix: str) -> None:
        kind = item.value_type
        label = f"{prefix}{item.label}"
        try:
            value = kind.parse(raw)
        except Rejected as exc:
            self._say(exc.finding, label)
            return
        record[item.key] = value
        for finding in kind.check(value, raw):
            self._say(finding, label)

    def _say(self, finding: Finding, label: str) -> None:
        self.problems.append(finding.at(Place(self.place.file, self.place.part, self.place.cell, label), self.key))
