"""Readings and differences as JSON: what `formgen show --json` describes, with evidence and problems.

Dates are ISO with their precision, money is figures with the unit, a table is a list of rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from formgen.forms.manifest import Field, Manifest
from formgen.problems import Language
from formgen.reading.model import Evidence, Reading
from formgen.reconcile.desk import Entry
from formgen.reconcile.model import Difference, RowDifference

__all__ = ["entry_json", "reading_json", "values_json"]


def entry_json(entry: Entry, manifest: Manifest | None, language: Language) -> dict[str, Any]:
    """One returned sheet; with `differences` where it was compared with a record."""
    made = reading_json(entry.reading, manifest, language)
    if entry.differences is not None and manifest is not None:
        made["record"] = entry.record_key
        made["differences"] = {item.key: _difference(item, entry.differences[item.key]) for item in manifest.fields}
    return made


def reading_json(reading: Reading, manifest: Manifest | None, language: Language) -> dict[str, Any]:
    return {
        "file": reading.file,
        "form": reading.form,
        "version": reading.version,
        "record": reading.record,
        "pages": list(reading.pages),
        "values": values_json(manifest, reading.values) if manifest is not None else {},
        "evidence": _EvidenceJson(reading.evidence),
        "problems": [problem.as_json(language) for problem in reading.problems],
    }


class _EvidenceJson(Mapping[str, Any]):
    """Evidence, made when it is asked for: of a long roster there are a million pieces."""

    def __init__(self, evidence: Mapping[str, Evidence]) -> None:
        self._evidence = evidence

    def __getitem__(self, path: str) -> dict[str, Any]:
        found = self._evidence[path]
        return {"layer": found.layer, "place": found.place, "raw": found.raw, "confidence": found.confidence}

    def __iter__(self) -> Iterator[str]:
        return iter(self._evidence)

    def __len__(self) -> int:
        return len(self._evidence)


def values_json(manifest: Manifest, values: Mapping[str, Any]) -> dict[str, Any]:
    """A record's values in the order of the form; blanks are left out."""
    return {item.key: _value(item, values[item.key]) for item in manifest.fields if values.get(item.key) is not None}


def _value(item: Field, value: Any) -> Any:
    return None if value is None else item.value_type.to_json(value)


def _difference(item: Field, difference: Difference) -> dict[str, Any]:
    made: dict[str, Any] = {
        "status": difference.status,
        "record": _value(item, difference.record),
        "read": _value(item, difference.read),
    }
    if difference.reason:
        made["reason"] = difference.reason
    if difference.others:
        made["others"] = [{"file": other.file, "read": _value(item, other.read)} for other in difference.others]
    if item.table is not None:
        columns = {column.key: column for column in item.table.columns}
        made["rows"] = [_row(columns, row) for row in difference.rows]
    return made


def _row(columns: Mapping[str, Field], row: RowDifference) -> dict[str, Any]:
    cells = {key: _difference(columns[key], cell) for key, cell in row.cells.items()}
    return {
        "status": row.status,
        "moved": row.is_moved,
        "record_row": row.record_row,
        "read_row": row.read_row,
        "cells": cells,
    }
