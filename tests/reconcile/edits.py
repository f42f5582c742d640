"""Random records of any form, and random edits of them: what people do to a sheet that was printed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from formgen.forms.catalogue import Catalogue
from formgen.forms.manifest import Field, Manifest
from formgen.reading.model import Evidence, Reading
from formgen.reconcile.rows import NAMING_TERMS, STRONG_TYPES
from tests.reading.records import NOT_PRINTED, column_values, field_values, is_box, with_totals
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


@dataclass(frozen=True)
class Kind:
    """What values are drawn from, and which types are left out."""

    values: Callable[[Field], st.SearchStrategy[Any]] = lambda item: strategy_for(item.value_type)
    column_values: Callable[[Field, Field], st.SearchStrategy[Any]] = lambda _, column: strategy_for(column.value_type)
    left_out: frozenset[str] = frozenset()
    has_boxes: bool = False
    """A box is on paper, ticked or not: unticking it is a correction, for no box is blank."""


ANY = Kind()
PRINTED = Kind(field_values, column_values, NOT_PRINTED, has_boxes=True)
"""What a sheet can hold and its writers take."""


@st.composite
def edited_records(draw: st.DrawFn, manifest: Manifest, kind: Kind = ANY) -> Edited:
    made = Edited({}, {})
    for item in manifest.fields:
        if item.table is not None:
            _edit_table(draw, item, made, kind)
        elif item.type_name not in kind.left_out and not item.total_of:
            _edit(draw, item, kind.values(item), item.key, made.record, made.values, made.edits, kind.has_boxes)
    _edit_totals(manifest.fields, made.record, made.values, made.edits, "")
    return made


def _edit(
    draw: st.DrawFn,
    item: Field,
    some: st.SearchStrategy[Any],
    path: str,
    record: dict[str, Any],
    values: dict[str, Any],
    edits: Edits,
    has_boxes: bool,
) -> None:
    """One field: what it was, what it is, and what that is called."""
    old = draw(st.none() | some)
    new = draw(some if has_boxes and is_box(item) else st.just(old) | st.none() | some)
    if old is not None:
        record[item.key] = old
    if new is not None:
        values[item.key] = new
    is_empty_box = item.type_name in MARKS and not old and not new
    if not is_empty_box:
        _note(path, old, new, edits)


def _note(path: str, old: Any, new: Any, edits: Edits) -> None:
    if old != new:
        edits[path] = ("filled" if old is None else "cleared" if new is None else "corrected", old, new)


def _edit_totals(
    fields: Sequence[Field], record: dict[str, Any], values: dict[str, Any], edits: Edits, prefix: str
) -> None:
    """Totals follow from what was edited."""
    for side in (record, values):
        with_totals(fields, side)
    for item in fields:
        if item.total_of:
            _note(prefix + item.key, record.get(item.key), values.get(item.key), edits)


def _edit_table(draw: st.DrawFn, item: Field, made: Edited, kind: Kind) -> None:
    assert item.table is not None
    columns = item.table.columns
    keys = [column for column in columns if column.type_name in STRONG_TYPES or column.term in NAMING_TERMS]
    others = [
        column
        for column in columns
        if column not in keys and column.type_name not in kind.left_out and not column.total_of
    ]
    some = {column.key: kind.column_values(item, column) for column in columns if not column.total_of}
    keyed = st.fixed_dictionaries({key.key: some[key.key] for key in keys})
    before: list[dict[str, Any]] = []
    after: list[dict[str, Any]] = []
    pool = draw(st.lists(keyed, max_size=6, unique_by=tuple(_getter(key.key) for key in keys)))
    # Where one name is all that tells rows apart, a deleted and an added row might be one that was renamed.
    fates = ["kept", "kept", "deleted", "added"]
    if len(keys) == 1:
        fates.remove(draw(st.sampled_from(["deleted", "added"])))
    for row in pool:
        fate = draw(st.sampled_from(fates))
        if fate == "kept":
            old, new = dict(row), dict(row)
            prefix = f"{item.key}.{len(after) + 1}."
            for column in others:
                _edit(draw, column, some[column.key], prefix + column.key, old, new, made.edits, kind.has_boxes)
            _edit_totals(columns, old, new, made.edits, prefix)
            before.append(old)
            after.append(new)
            continue
        drawn = {column.key: draw(st.none() | some[column.key]) for column in others}
        whole = {**row, **{key: value for key, value in drawn.items() if value is not None}}
        with_totals(columns, whole)
        if fate == "deleted":
            before.append(whole)
            made.edits[f"{item.key}.-{len(before)}"] = ("cleared", whole, None)
        else:
            after.append(whole)
            for key, value in whole.items():
                if value is not False:
                    made.edits[f"{item.key}.{len(after)}.{key}"] = ("filled", None, value)
    made.record[item.key], made.values[item.key] = before, after


def _getter(key: str) -> Any:
    return lambda row: row[key]
