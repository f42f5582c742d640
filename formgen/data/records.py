"""Records: one form's values, field key → typed value.

In: a scope of a dataset, or JSON objects keyed by field as the form's JSON Schema says. Out: the record and what is
wrong with it. Totals are computed here, never typed; a value that is missing is a missing key.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from formgen.data.keys import record_key
from formgen.errors import InputError
from formgen.forms.manifest import Field, Manifest, Table
from formgen.problems import Place, Problem
from formgen.values import Rejected, is_blank

if TYPE_CHECKING:
    from formgen.data.dataset import Scope

__all__ = ["build_record", "read_records"]

Record = dict[str, Any]


def build_record(manifest: Manifest, scope: Scope) -> tuple[Record, list[Problem]]:
    """The form's record as this scope gives it, and a problem for every required value it does not give."""
    record: Record = {}
    problems: list[Problem] = []
    for field in manifest.fields:
        if field.table is not None:
            record[field.key] = [_row(field.table, inner, problems) for inner in scope.rows(field.table.rows_of)]
        elif field.term and (value := scope.values.get(field.term)) is not None:
            record[field.key] = value
        elif field.required:
            problems.append(_missing(field, scope.place, scope.key))
    _add_totals(record, manifest.fields)
    return record, problems


def _row(table: Table, scope: Scope, problems: list[Problem]) -> Record:
    row: Record = {}
    values = scope.values
    for column in table.columns:
        value = values.get(column.term)
        if value is not None:
            row[column.key] = value
        elif column.required:
            problems.append(_missing(column, scope.place, scope.key))
    _add_totals(row, table.columns)
    return row


def _missing(field: Field, place: Place, key: str | None) -> Problem:
    return Problem("F-REC-001", Place(place.file, place.part, place.cell, field.label), record=key)


def _add_totals(record: Record, fields: Iterable[Field]) -> None:
    """Computed fields in their order: a sum of siblings, or of one column of a table."""
    for field in fields:
        if field.total_of:
            parts = [value for name in field.total_of for value in _summands(record, name)]
            if parts:
                record[field.key] = sum(parts)


def _summands(record: Mapping[str, Any], name: str) -> Sequence[Any]:
    table, dot, column = name.partition(".")
    rows = record.get(table, ()) if dot else (record,)
    return [row[column or table] for row in rows if row.get(column or table) is not None]


def read_records(path: Path, manifest: Manifest) -> Iterator[tuple[str, Record, list[Problem]]]:
    """(record key, record, problems) of every object of a JSON or JSONL file keyed by field.

    Raises:
        InputError: F-FILE-002 unreadable, F-REC-002 not JSON (with its line), F-DATA-002 no record at all.
    """
    number = 0
    for number, (place, raw) in enumerate(_objects(path), 1):
        if not isinstance(raw, dict):
            yield f"{number:04d}", {}, [Problem("F-REC-004", place, type(raw).__name__)]
            continue
        record, problems = _parse_object(manifest.fields, raw, place)
        _add_totals(record, manifest.fields)
        text = json.dumps(raw, ensure_ascii=False, sort_keys=True)
        key = record_key(manifest.programme, manifest.name, text)
        yield key, record, [Problem(item.code, item.place, item.found, item.params, key) for item in problems]
    if not number:
        raise InputError(Problem("F-DATA-002", Place(path.name)))


def _objects(path: Path) -> Iterator[tuple[Place, Any]]:
    """Each object with its place: the line of a JSONL file, the position in a JSON list."""
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as exc:
        reason = getattr(exc, "strerror", None) or "UTF-8"
        raise InputError(Problem("F-FILE-002", Place(str(path)), params={"reason": reason})) from exc
    if path.suffix.lower() == ".jsonl":
        for line_number, line in enumerate(text.splitlines(), 1):
            if line.strip():
                yield Place(path.name, cell=str(line_number)), _load(line, path, line_number)
        return
    content = _load(text, path, 1)
    for position, item in enumerate(content if isinstance(content, list) else [content], 1):
        yield Place(path.name, cell=f"[{position}]"), item


def _load(text: str, path: Path, first_line: int) -> Any:
    try:
        return json.loads(text)
    except ValueError as exc:
        line = first_line + getattr(exc, "lineno", 1) - 1
        raise InputError(Problem("F-REC-002", Place(str(path), cell=str(line)), getattr(exc, "msg", ""))) from exc


def _parse_object(fields: Sequence[Field], raw: Mapping[str, Any], place: Place) -> tuple[Record, list[Problem]]:
    known = {field.key: field for field in fields}
    record: Record = {}
    problems: list[Problem] = []
    for key in raw.keys() - known.keys():
        nearest = ", ".join(difflib.get_close_matches(key, known, 3, 0.4) or known)
        problems.append(Problem("F-REC-003", place, key, {"known": nearest}))
    for key, field in known.items():
        spot = Place(place.file, place.part, place.cell, field.label)
        value = raw.get(key)
        if field.total_of:
            continue
        if is_blank(value):
            if field.required:
                problems.append(Problem("F-REC-001", spot))
            continue
        try:
            record[key] = field.value_type.parse(value)
        except Rejected as exc:
            problems.append(exc.finding.at(spot))
        else:
            problems += [finding.at(spot) for finding in field.value_type.check(record[key], value)]
    return record, problems
