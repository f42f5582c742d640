"""A record of any form, with something in every blank that a printer fills: for benchmarks over the whole catalogue.

In: a manifest, how many rows its tables have, a number that makes records different. Out: typed values. All invented.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from formgen.errors import FormgenError
from formgen.forms.manifest import Field, Manifest
from formgen.values import Rejected

__all__ = ["sample_record"]

BY_HAND: Final = frozenset(["signature", "seal", "image"])
TEXTS: Final[Mapping[str, str]] = {
    "name": "张{han}",
    "phone": "1391234{number:04}",
    "certificate": "41018319680203124843",
    "town": "袁庄{han}乡",
    "village": "靳寨{han}村",
    "sex": "女",
    "ethnicity": "汉",
    "education": "初中",
    "disability": "肢体二级",
    "household_number": "{number}",
}
"""By a field's key, else by its type."""
ANY: Final = ("靳寨村三组", "2015年3月", "2015年3月1日", "12")
"""What a type takes of these, the first."""


def sample_record(manifest: Manifest, rows: int, number: int) -> dict[str, Any]:
    """Raises: ValueError: a field has a type that takes none of the samples."""
    return _values(manifest.fields, rows, number)


def _values(fields: Sequence[Field], rows: int, number: int) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for item in fields:
        if item.table is not None:
            made[item.key] = [_values(item.table.columns, 0, 100 * number + row) for row in range(rows)]
        elif not item.is_by_hand and item.type_name not in BY_HAND and not item.total_of:
            made[item.key] = _sample(item, number)
    for item in fields:
        if item.total_of:
            made[item.key] = sum(addend for source in item.total_of for addend in _addends(made, source))
    return made


def _sample(item: Field, number: int) -> Any:
    wanted = [TEXTS[name] for name in (item.key, item.type_name) if name in TEXTS]
    labels = getattr(item.value_type, "labels", None) or ()
    for text in (*wanted, *labels, *ANY):
        try:
            return item.value_type.parse(text.format(number=number, han=chr(0x4E00 + number)))
        except (Rejected, FormgenError):
            continue
    raise ValueError(f"no sample for {item.key} ({item.type_name})")


def _addends(made: Mapping[str, Any], source: str) -> list[Any]:
    table, _, column = source.rpartition(".")
    return [row[column] for row in (made[table] if table else (made,))]
