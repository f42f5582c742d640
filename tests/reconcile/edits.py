"""Random records of any form, and random edits of them: what people do to a sheet that was printed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from formgen.forms.catalogue import Catalogue
from formgen.forms.manifest import Field, Manifest
from formgen.reading.model import Evidence, Reading
from formgen.reconcile.rows import NAMING_TERMS, STRONG_TYPES
from tests.values.strategies import strategy_for

FORMS: tuple[Manifest, ...] = tuple(
    form for name in Catalogue().programme_ids for form in Catalogue().programme(name).forms.values()
)
"""Every form of the catalogue; one that joins it joins the laws."""
MARKS = frozenset(["checkbox", "signature", "seal"])
Edits = dict[str, tuple[str, Any, Any]]
"""`name` or `rows.3.name` (as the rows stand afterwards), `rows.-2` for a deleted row → status, old, new."""


@dataclass
class Edited:
    """A record, and what became of it."""

    record: dict[str, Any]
    values: dict[str, Any]
    edits: Edits = field(default_factory=dict)


def reading_of(manifest: Manifest, values: Mapping[str, Any], **known: Any) -> Reading:
    """What a faultless reader gives for a sheet with these values: blanks and blank rows left out."""
    kept: dict[str, Any] = {}
    evidence: dict[str, Evidence] = {}
    for item in manifest.fields:
        value = values.get(item.key)
        if item.table is not None:
            rows = [{key: cell for key, cell in row.items() if cell is not None} for row in value or ()]
            kept[item.key] = [row for row in rows if any(cell is not False for cell in row.values())]
            for number, row in enumerate(kept[item.key], 1):
                evidence |= {f"{item.key}.{number}.{key}": Evidence("content-control", "¶1", "", 1.0) for key in row}
        elif value is not None:
            kept[item.key] = value
            evidence[item.key] = Evidence("content-control", "¶1", str(value), 1.0)
    facts: dict[str, Any] = {"file": "a.docx", "version": manifest.version, "record": "AAAAAAAAAA", **known}
    return Reading(form=manifest.id, values=kept, evidence={**evidence, **facts.pop("evidence", {})}, **facts)


@st.composite
def edited_records(draw: st.DrawFn, manifest: Manifest) -> Edited:
    made = Edited({}, {})
    for item in manifest.fields:
        if item.table is not None:
            _edit_table(draw, item, made)
        else:
            _edit(draw, item, item.key, made.record, made.values, made.edits)
    return made


def records(manifest: Manifest) -> st.SearchStrategy[dict[str, Any]]:
    return edited_records(manifest).map(lambda made: made.record)


def _edit(
    draw: st.DrawFn, item: Field, path: str, record: dict[str, Any], values: dict[str, Any], edits: Edits
) -> None:
    """One field: what it was, what it is, and what that is called."""
    old = draw(st.none() | strategy_for(item.value_type))
    new = draw(st.just(old) | st.none() | strategy_for(item.value_type))
    if old is not None:
        record[item.key] = old
    if new is not None:
        values[item.key] = new
    status = "filled" if old is None else "cleared" if new is None else "corrected"
    is_empty_box = item.type_name in MARKS and not old and not new
    if old != new and not is_empty_box:
        edits[path] = (status, old, new)


def _edit_table(draw: st.DrawFn, item: Field, made: Edited) -> None:
    assert item.table is not None
    columns = item.table.columns
    keys = [column for column in columns if column.type_name in STRONG_TYPES or column.term in NAMING_TERMS]
    pool = draw(st.lists(_keyed_row(keys), max_size=6, unique_by=tuple(_getter(key.key) for key in keys)))
    before: list[dict[str, Any]] = []
    after: list[dict[str, Any]] = []
    has_deleted = False
    for row in pool:
        # Where one name is all that tells rows apart, a deleted and an added row might be one that was renamed.
        fates = ["kept", "kept", "deleted"] if len(keys) == 1 else ["kept", "kept", "deleted", "added"]
        fate = draw(st.sampled_from(fates))
        others = [column for column in columns if column not in keys]
        if fate == "kept":
            old, new = dict(row), dict(row)
            for column in others:
                _edit(draw, column, f"{item.key}.{len(after) + 1}.{column.key}", old, new, made.edits)
            before.append(old)
            after.append(new)
            continue
        whole = {
            **row,
            **{
                column.key: value
                for column in others
                if (value := draw(st.none() | strategy_for(column.value_type))) is not None
            },
        }
        if fate == "deleted":
            before.append(whole)
            has_deleted = True
            made.edits[f"{item.key}.-{len(before)}"] = ("cleared", whole, None)
        else:
            after.append(whole)
            for key, value in whole.items():
                if value is not False:
                    made.edits[f"{item.key}.{len(after)}.{key}"] = ("filled", None, value)
    if not has_deleted and len(keys) == 1:
        for row in draw(st.lists(_keyed_row(keys), max_size=2, unique_by=_getter(keys[0].key))):
            if all(row[keys[0].key] != other[keys[0].key] for other in pool):
                after.append(row)
                made.edits[f"{item.key}.{len(after)}.{keys[0].key}"] = ("filled", None, row[keys[0].key])
    made.record[item.key], made.values[item.key] = before, after


def _keyed_row(keys: Sequence[Field]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({key.key: strategy_for(key.value_type) for key in keys})


def _getter(key: str) -> Any:
    return lambda row: row[key]
