"""JSON in pieces is what json.dumps makes of the whole, and no piece is long."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from formgen.reconcile.json_text import json_line, json_text

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=30)


@given(value=VALUES)
def test_as_json_dumps(value: Any) -> None:
    indented = json.dumps(value, ensure_ascii=False, indent=2).replace("\n", "\n    ")
    assert "".join(json_text(value, "    ")) == indented
    assert "".join(json_line(value)) == json.dumps(value, ensure_ascii=False) + "\n"


class Endless(Mapping[str, Any]):
    """As the evidence of a long roster: made when it is asked for."""

    def __getitem__(self, key: str) -> dict[str, str]:
        return {"raw": key}

    def __iter__(self) -> Iterator[str]:
        while True:
            yield "rows.1.name"

    def __len__(self) -> int:
        raise AssertionError("counted")


def test_what_is_long_is_never_whole() -> None:
    pieces = json_text({"evidence": Endless()})
    assert max(len(next(pieces)) for _ in range(1000)) < 100
