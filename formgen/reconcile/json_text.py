"""JSON as text, piece by piece: a reading of 100,000 rows is never one text, nor all its evidence one object.

In: mappings, sequences and scalars; mappings may make their values when they are asked. Out: pieces of the text that
`json.dumps` would give, with an indent of 2 or in one line.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

__all__ = ["json_line", "json_text"]

_ENCODE: Final = json.JSONEncoder(ensure_ascii=False).encode
_SCALARS: Final = frozenset([str, int, float, bool, type(None)])
_DEEP: Final = 2
"""Levels whose items are pieces of their own: rows of tables, single pieces of evidence."""


def json_text(value: Any, margin: str = "") -> Iterator[str]:
    """Indented by 2; lines but the first begin with the margin."""
    return _pieces(value, f"\n{margin}", "  ", ",", _DEEP)


def json_line(value: Any) -> Iterator[str]:
    """In one line, its end included."""
    yield from _pieces(value, "", "", ", ", _DEEP)
    yield "\n"


def _pieces(value: Any, line: str, step: str, comma: str, levels: int) -> Iterator[str]:
    is_mapping = isinstance(value, Mapping)
    if not is_mapping and not isinstance(value, (list, tuple)):
        yield _ENCODE(value)
        return
    opened, closed = "{}" if is_mapping else "[]"
    mark = opened
    for item in value.items() if is_mapping else value:
        key, held = (f"{_ENCODE(item[0])}: ", item[1]) if is_mapping else ("", item)
        start = f"{mark}{line}{step}{key}"
        mark = comma
        if held.__class__ in _SCALARS:
            yield start + _ENCODE(held)
            continue
        inner = _pieces(held, line + step, step, comma, levels - 1)
        if levels > 0:
            yield start
            yield from inner
        else:
            yield start + "".join(inner)
    yield opened + closed if mark == opened else line + closed
