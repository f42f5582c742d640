"""Cells of a workbook as what their fields mean: numbers that are percentages or days, as the file counts them.

In: raw cells of one field. Out: the same, dates and texts where a bare number would mislead. Nothing long is made a
text here: numbers that lost their end are refused by their types.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from formgen.forms.manifest import Field
from formgen.problems import Finding
from formgen.reading.model import Refused
from formgen.values import Rejected, ValueType, is_blank
from formgen.values.cells import shown

__all__ = ["as_text", "converted", "fits"]

EPOCH_1904: Final = datetime.date(1904, 1, 1)
FIRST_SERIAL: Final = 2101
"""Smaller numbers in a date's cell are years."""
LAST_SERIAL: Final = 100_000


def converted(item: Field, raws: Sequence[Any], *, is_percent: bool = False, is_1904: bool | None = False) -> list[Any]:
    """Raw cells of a field. `is_percent`: its cells show numbers times 100; `is_1904`: None where it is not known."""
    if item.type_name == "percent" and is_percent:
        return [_percent(raw) for raw in raws]
    if is_1904 is not False and item.type_name in ("date", "period"):
        return [_day(raw, is_1904) for raw in raws]
    return raws if isinstance(raws, list) else list(raws)


def as_text(raw: Any) -> str:
    """A cell that belongs to no field, as its owner sees it: 4, not 4.0."""
    return raw if isinstance(raw, str) else shown(raw)


def fits(kind: ValueType[Any], raw: Any) -> bool:
    """Whether a cell is blank or one of the type's values."""
    if is_blank(raw):
        return True
    try:
        kind.parse(raw)
    except Rejected:
        return False
    return True


def _percent(raw: Any) -> Any:
    if isinstance(raw, bool) or not isinstance(raw, (int, float)):
        return raw
    return f"{Decimal(f'{raw:.15g}') * 100:f}%"


def _day(raw: Any, is_1904: bool | None) -> Any:
    """A day without a date's format is a bare number, counted from another day than in other workbooks."""
    if isinstance(raw, bool) or not isinstance(raw, (int, float)) or not FIRST_SERIAL <= raw < LAST_SERIAL:
        return raw
    if is_1904 is None:
        return Refused(f"{raw:g}", Finding("F-EXCEL-009", f"{raw:g}"))
    return EPOCH_1904 + datetime.timedelta(days=int(raw))
