"""JSON Schema (2020-12) of a form's record: what `fill` accepts as JSON and what reading gives back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from formgen.forms.manifest import Field, Manifest

__all__ = ["record_schema"]


def record_schema(manifest: Manifest) -> dict[str, Any]:
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:formgen:{manifest.id}:{manifest.version}",
        "title": manifest.title,
        **_object(manifest.fields),
    }


def _object(fields: Iterable[Field]) -> dict[str, Any]:
    fields = tuple(fields)
    return {
        "type": "object",
        "properties": {field.key: _field_schema(field) for field in fields},
        "required": [field.key for field in fields if field.required],
        "additionalProperties": False,
    }


def _field_schema(field: Field) -> dict[str, Any]:
    """A blank is the key left out or null, so a value that is not required may be null."""
    if field.table is not None:
        return {"title": field.label, "type": "array", "items": _object(field.table.columns)}
    schema = field.value_type.json_schema()
    notes = {"title": field.label}
    if field.term:
        notes["x-term"] = field.term
    if field.is_by_hand:
        notes["description"] = "filled by hand on the printed form"
    if field.total_of:
        return {**notes, **schema, "readOnly": True}
    return {**notes, **schema} if field.required else {**notes, "anyOf": [schema, {"type": "null"}]}
