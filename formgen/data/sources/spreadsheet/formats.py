"""Number formats: whether a cell's number is shown as a number, a day or time of day, or a duration; in which unit.

A cell of the format 0.00"万元" that holds 0.14 says 0.14万元, whatever the column's own unit is.
Source: ECMA-376 Part 1, 18.8.30 (numFmt, with the formats that need no code, those of Chinese Excel among them).
Limits: weekdays and years of emperors alone (aaaa, ge) count as numbers, as in most readers; only units of which others
of the same kind are in use (万元, 个月, 亩) are told, in the format of positive numbers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

__all__ = ["FormatKind", "ShownUnit", "format_kind", "shown_unit"]

FormatKind = Literal["number", "date", "duration"]

BUILT_IN: Final[Mapping[int, FormatKind]] = {
    **dict.fromkeys([*range(14, 23), *range(27, 37), 45, 47, *range(50, 59)], "date"),
    46: "duration",
}
_LITERAL: Final = re.compile(r'"[^"]*"?|\\.|[_*].|\[(?!(?:h+|m+|s+)\])[^\]]*\]?', re.IGNORECASE)
_ELAPSED: Final = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_UNIT: Final = re.compile(
    r'(?:General|(?=[#0?])[#0?,]*(?:\.[#0?]+)?(?P<scale>,*))[\s_-]*"?\\?(?P<unit>(?:\\?[十百千万亿])+\\?元?|个?\\?月|亩|公顷)"?\s*',
    re.IGNORECASE,
)
"""Figures, commas behind them that divide by a thousand each, and a unit in quotes or not."""
_DATE: Final = re.compile("[ymdhs]", re.IGNORECASE)
_GENERAL: Final = re.compile("general", re.IGNORECASE)


def format_kind(number: int, codes: Mapping[int, str]) -> FormatKind:
    """What numbers of a format are. `codes`: the workbook's own formats."""
    code = codes.get(number)
    if code is None:
        return BUILT_IN.get(number, "number")
    letters = _GENERAL.sub("", _LITERAL.sub("", code))
    if _ELAPSED.search(letters):
        return "duration"
    return "date" if _DATE.search(letters) else "number"


@dataclass(frozen=True, slots=True)
class ShownUnit:
    """The unit that a format puts behind its numbers, and how many thousands it divides them by."""

    unit: str
    thousands: int


def shown_unit(code: str) -> ShownUnit | None:
    """None where the format names no unit, or none that changes what the number says."""
    section = re.sub(r"\[(?!(?:h+|m+|s+)\])[^\]]*\]", "", code, flags=re.IGNORECASE).partition(";")[0]
    match = _UNIT.fullmatch(section.strip())
    return ShownUnit(match["unit"].replace("\\", ""), len(match["scale"] or "")) if match else None
