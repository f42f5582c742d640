"""Random records of any form, as a form can print them: what the round-trip laws are tested with.

Texts are of characters that the package's own font has: others are refused before printing. Signatures, seals and
pictures are left out, for no digital carrier prints them; totals are sums, as records have them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import strategies as st

from formgen.forms.manifest import Field, Manifest
from formgen.reading.model import Reading
from formgen.values import PartialDate
from formgen.values.fillers import is_ditto
from tests.values.strategies import strategy_for

__all__ = [
    "as_read",
    "column_values",
    "doubts_of_reading",
    "field_values",
    "is_box",
    "records_of",
    "rows_of",
    "with_totals",
]

NOT_PRINTED = frozenset(["signature", "seal", "image"])
HAN = "本人系石堰坪村民因外伤致右下肢残疾家庭人均纯收入现申请纳入帮扶对象希望学习养蜂技术发展张王李㛃〇䶮𬱖"
LETTERS = "ABCxyz0123456789"
MARKS = "，。、；：（）《》“”！？·-./%&<>'\"+=@"
_LINE = st.lists(
    st.one_of(
        st.text(HAN, min_size=1, max_size=12),
        st.text(LETTERS, min_size=1, max_size=8),
        st.sampled_from(MARKS),
        st.just(" "),
    ),
    min_size=1,
    max_size=8,
).map("".join)
LINE = _LINE.filter(lambda line: not is_ditto(line))
LONG = st.builds(lambda line, times: (line.strip() or "张") * times, LINE, st.integers(1, 60))
MOST_ROWS = 6
HOUSEHOLDS = st.sampled_from(["1", "2", "3", "7-1"])
WIDEST = 999_999
"""Numbers are those of forms: one of thirty digits has no room in any box, and is refused."""


def records_of(manifest: Manifest, *, has_long_texts: bool = True) -> st.SearchStrategy[dict[str, Any]]:
    """Records whose values their types may return; None and missing keys are blanks."""
    fields = {
        item.key: rows_of(item) if item.table is not None else st.none() | field_values(item, has_long_texts)
        for item in manifest.fields
        if item.type_name not in NOT_PRINTED and not item.total_of
    }
    return st.fixed_dictionaries(fields).map(lambda record: with_totals(manifest.fields, _without_blanks(record)))


def rows_of(item: Field) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Rows of a table, each with something in it."""
    assert item.table is not None
    columns = {
        column.key: st.none() | column_values(item, column)
        for column in item.table.columns
        if column.type_name not in NOT_PRINTED and not column.total_of
    }
    row = st.fixed_dictionaries(columns).map(_without_blanks)
    fields = item.table.columns
    return st.lists(row.filter(_is_filled).map(lambda made: with_totals(fields, made)), max_size=MOST_ROWS)


def column_values(table: Field, column: Field) -> st.SearchStrategy[Any]:
    assert table.table is not None
    return HOUSEHOLDS if column.key == table.table.merge_by else field_values(column, False)


def field_values(item: Field, has_long_texts: bool = True) -> st.SearchStrategy[Any]:
    """Values of one field as they are read back: dates no finer than the field keeps."""
    kind = item.value_type
    if item.type_name in ("text", "place", "long-text"):
        lines = LINE | LONG if has_long_texts and item.type_name != "place" else LINE
        if item.type_name == "long-text":
            lines = st.lists(lines, min_size=1, max_size=3).map("\n".join)
        return lines.map(str.strip).filter(bool).map(kind.parse)
    if item.type_name in ("integer", "decimal", "money", "area"):
        return st.integers(0, WIDEST).map(kind.parse)
    if item.type_name == "name":
        return st.text(HAN, min_size=2, max_size=6) | st.just("阿依·古丽")
    if item.type_name == "phone":
        return st.sampled_from(["13912345678", "0371-69812345"])
    return strategy_for(kind).filter(lambda value: not isinstance(value, PartialDate) or value.year >= 1900)


def as_read(manifest: Manifest, record: Mapping[str, Any]) -> dict[str, Any]:
    """The record as reading gives it: an unticked box on paper is an unticked box, whoever left it so."""
    read: dict[str, Any] = {}
    for item in manifest.fields:
        value = record.get(item.key)
        if item.table is not None:
            read[item.key] = [_boxed(item.table.columns, row) for row in value or ()]
        elif value is not None:
            read[item.key] = value
        elif is_box(item):
            read[item.key] = False
    return read


def doubts_of_reading(reading: Reading) -> list[str]:
    """Codes of what is said about a sheet, but for values that are odd in themselves and required fields left blank:
    random records have both.
    """
    codes = {problem.code for problem in reading.problems}
    return sorted(code for code in codes if not code.startswith("F-VALUE") and code != "F-READ-004")


def _boxed(columns: Sequence[Field], row: Mapping[str, Any]) -> dict[str, Any]:
    boxes = {column.key: False for column in columns if is_box(column)}
    return {**boxes, **{key: value for key, value in row.items() if value is not None}}


def is_box(item: Field) -> bool:
    return item.type_name == "checkbox" and item.value_type.format(False) == "□"


def _without_blanks(record: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in record.items() if value is not None}


def _is_filled(row: Mapping[str, Any]) -> bool:
    return any(value is not False for value in row.values())


def with_totals(fields: Sequence[Field], record: dict[str, Any]) -> dict[str, Any]:
    for item in fields:
        found = [value for source in item.total_of for value in _addends(record, source)]
        if found:
            record[item.key] = sum(found[1:], found[0])
    return record


def _addends(record: Mapping[str, Any], source: str) -> list[Any]:
    table, _, column = source.rpartition(".")
    rows = record.get(table, ()) if table else (record,)
    return [row[column] for row in rows if row.get(column) is not None]
