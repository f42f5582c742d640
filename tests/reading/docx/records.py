"""Random records of any form, and how a record looks once it was printed and read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from formgen.forms.manifest import Field, Manifest
from tests.values.strategies import strategy_for

PAPER_ONLY = frozenset(["signature", "seal", "image"])
"""Nothing of these is printed as text."""


def records(form: Manifest, most_rows: int = 8, is_long: bool = False) -> st.SearchStrategy[dict[str, Any]]:
    made: dict[str, st.SearchStrategy[Any]] = {}
    for item in form.fields:
        if item.table is not None:
            columns = {
                column.key: st.none() | _values(column, is_long)
                for column in item.table.columns
                if column.type_name not in PAPER_ONLY
            }
            if item.table.merge_by:
                grouped = next(column for column in item.table.columns if column.key == item.table.merge_by)
                few = st.lists(strategy_for(grouped.value_type), min_size=1, max_size=2)
                made[item.key] = few.flatmap(
                    lambda values, columns=columns, key=item.table.merge_by: st.lists(
                        st.fixed_dictionaries({**columns, key: st.none() | st.sampled_from(values)}),
                        max_size=most_rows,
                    )
                )
            else:
                made[item.key] = st.lists(st.fixed_dictionaries(columns), max_size=most_rows)
        elif item.type_name not in PAPER_ONLY:
            made[item.key] = st.none() | _values(item, is_long)
    return st.fixed_dictionaries(made)


def as_read(form: Manifest, values: Mapping[str, Any]) -> dict[str, Any]:
    """A record without what paper does not show: blanks, boxes not ticked, rows without anything."""
    made: dict[str, Any] = {}
    for item in form.fields:
        value = values.get(item.key)
        if item.table is not None:
            made[item.key] = [row for row in map(_shown, value or ()) if row]
        elif value is not None and value is not False:
            made[item.key] = value
    return made


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if value is not None and value is not False}


def _values(item: Field, is_long: bool) -> st.SearchStrategy[Any]:
    plain = strategy_for(item.value_type)
    if not is_long or item.type_name != "long-text":
        return plain
    return plain | st.integers(200, 1500).map(
        lambda count: ("本人系肢体残疾人，家庭生活困难。\n现申请参加工程，" * 80)[:count].strip()
    )
