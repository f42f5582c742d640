"""Fields that are printed as boxes by a template's own conditions (☑男 □女): no value of theirs stands on the form.

In: the texts of the form rendered with tokens, and once more for each choice of a field that has no token there. Out:
in which text, and from where to where, the boxes of the field and their labels stand: what a choice changes.
Limits: fields of their own, not columns of tables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from formgen.forms.manifest import Field, Manifest
from formgen.reading.docx.model import Text
from formgen.values.choice import EMPTY_MARKS, TICKED_MARKS

__all__ = ["BoxPlace", "find_boxes"]

BoxPlace = tuple[int, int, int, str]
"""Number of the text, start, end, key of the field."""
_MARKS = frozenset(EMPTY_MARKS + TICKED_MARKS)
Render = Callable[[str, str], Sequence[Text]]
"""The form's texts with one field printed as a text says."""


def find_boxes(manifest: Manifest, base: Sequence[Text], placed: frozenset[str], render: Render) -> Iterator[BoxPlace]:
    """The boxes of all fields that are not `placed` otherwise."""
    for item in manifest.fields:
        if item.table is None and item.key not in placed:
            changed: dict[int, dict[int, str]] = {}
            for choice in _choices(item):
                for number, at in _changes(base, render(item.key, choice)):
                    changed.setdefault(number, {})[at] = choice
            for number, boxes in changed.items():
                yield (number, *_span(base[number].text, boxes), item.key)


def _choices(item: Field) -> list[str]:
    kind: Any = item.value_type
    if item.type_name == "checkbox":
        return [kind.format(True)]
    return list(getattr(kind, "labels", ()))


def _changes(base: Sequence[Text], variant: Sequence[Text]) -> Iterator[tuple[int, int]]:
    """Where a box is ticked that was empty: number of the text, position in it."""
    if len(base) != len(variant):
        return
    for number, (one, other) in enumerate(zip(base, variant, strict=True)):
        if one.text != other.text and len(one.text) == len(other.text):
            for at, (before, after) in enumerate(zip(one.text, other.text, strict=True)):
                if before != after and {before, after} <= _MARKS:
                    yield number, at


def _span(text: str, boxes: dict[int, str]) -> tuple[int, int]:
    """From the first box or label to the last: labels stand after their boxes, or before them."""
    first, last = min(boxes), max(boxes)
    start, end = first, last + 1
    if text[end:].lstrip().startswith(boxes[last]):
        end = text.index(boxes[last], end) + len(boxes[last])
    elif text[:start].rstrip().endswith(boxes[first]):
        start = text.rindex(boxes[first], 0, start)
    return start, end
