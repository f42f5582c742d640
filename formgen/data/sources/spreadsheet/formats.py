"""Number formats: whether a cell's number is shown as a number, a day (or time of day), or a duration.

Source: ECMA-376 Part 1, 18.8.30 (numFmt, with the formats that need no code, those of Chinese Excel among them).
Limits: weekdays and years of emperors alone (aaaa, ge) count as numbers, as in most readers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, Literal

__all__ = ["FormatKind", "format_kind"]

FormatKind = Literal["number", "date", "duration"]

BUILT_IN: Final[Mapping[int, FormatKind]] = {
    **dict.fromkeys([*range(14, 23), *range(27, 37), 45, 47, *range(50, 59)], "date"),
    46: "duration",
}
_LITERAL: Final = re.compile(r'"[^"]*"?|\\.|[_*].|\[(?!(?:h+|m+|s+)\])[^\]]*\]?', re.IGNORECASE)
_ELAPSED: Final = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
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
