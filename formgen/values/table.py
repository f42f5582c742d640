"""Rows inside one field: family members, dated visits.

In: a list of mappings, or its JSON text. Out: a tuple of rows, each with every column of the field, None where blank.
Limits: a row with nothing in it is no row; an unknown column is refused. A refused cell is named by row and column.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from formgen.problems import Finding
from formgen.values.cells import plain_text, reject, shown
from formgen.values.contract import Rejected, ValueType, is_blank

__all__ = ["Row", "Table"]

Row = dict[str, Any]


class Table(ValueType[tuple[Row, ...]]):
    """Rows of the given columns."""

    name: ClassVar[str] = "table"

    def __init__(self, *, columns: Mapping[str, ValueType[Any]]) -> None:
        if not columns or not all(isinstance(column, ValueType) for column in columns.values()):
            raise ValueError("columns: a mapping of at least one key to a value type")
        self.columns = dict(columns)

    def parse(self, raw: Any) -> tuple[Row, ...]:
        rows = _rows(raw)
        parsed = (self._parse_row(number, row) for number, row in enumerate(rows, start=1))
        return tuple(row for row in parsed if any(value is not None for value in row.values()))

    def _parse_row(self, number: int, row: object) -> Row:
        if not isinstance(row, Mapping):
            raise reject("F-VALUE-070", shown(row))
        if unknown := [str(key) for key in row if key not in self.columns]:
            raise reject("F-VALUE-071", "、".join(unknown), wanted="、".join(self.columns))
        return {key: self._parse_cell(number, key, row.get(key)) for key in self.columns}

    def _parse_cell(self, number: int, key: str, raw: Any) -> Any:
        if is_blank(raw):
            return None
        try:
            return self.columns[key].parse(raw)
        except Rejected as rejected:
            raise Rejected(_in_row(rejected.finding, number, key)) from None

    def format(self, value: tuple[Row, ...]) -> str:
        return json.dumps(self.to_json(value), ensure_ascii=False)

    def check(self, value: tuple[Row, ...], raw: Any = None) -> tuple[Finding, ...]:
        return tuple(
            _in_row(finding, number, key)
            for number, row in enumerate(value, start=1)
            for key, column in self.columns.items()
            if row.get(key) is not None
            for finding in column.check(row[key])
        )

    def to_json(self, value: tuple[Row, ...]) -> list[Row]:
        return [
            {key: self.columns[key].to_json(cell) for key, cell in row.items() if cell is not None} for row in value
        ]

    def json_schema(self) -> dict[str, Any]:
        properties = {key: column.json_schema() for key, column in self.columns.items()}
        return {"type": "array", "items": {"type": "object", "properties": properties, "additionalProperties": False}}


def _rows(raw: Any) -> Sequence[object]:
    if isinstance(raw, str):
        try:
            raw = json.loads(plain_text(raw))
        except json.JSONDecodeError:
            raise reject("F-VALUE-070", shown(raw)) from None
    if not isinstance(raw, (list, tuple)):
        raise reject("F-VALUE-001" if raw is None else "F-VALUE-070", shown(raw or ""))
    return raw


def _in_row(finding: Finding, number: int, key: str) -> Finding:
    return Finding(
        finding.code, f"{number}:{key} {finding.found}".rstrip(), {**finding.params, "row": str(number), "column": key}
    )
