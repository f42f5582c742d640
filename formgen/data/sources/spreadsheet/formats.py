"""Number formats: whether a cell's number is shown as a number, a day or time of day, or a duration; in which unit.

A cell of the format 0.00"万元" that holds 0.14 says 0.14万元, whatever the column's own unit is; one of the format 0000
that holds 25 says 0025; one of the format ;;; says nothing to whoever looks at it.
Source: ECMA-376 Part 1, 18.8.30 (numFmt, with the formats that need no code, those of Chinese Excel among them).
Limits: weekdays and years of emperors alone (aaaa, ge) count as numbers, as in most readers; only units of which others
of the same kind are in use (元, 万元, 元/月, 个月, 亩) are told; numbers of one size alone that a format hides, as
zeros, are read.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from formgen.data.sources.unread_cells import UnreadCell
from formgen.values.cells import shown

__all__ = ["FormatKind", "ShownNumber", "format_kind", "shown_number"]

FormatKind = Literal["number", "date", "duration"]

BUILT_IN: Final[Mapping[int, FormatKind]] = {
    **dict.fromkeys([*range(14, 23), *range(27, 37), 45, 47, *range(50, 59)], "date"),
    46: "duration",
}
_LITERAL: Final = re.compile(r'"[^"]*"?|\\.|[_*].|\[(?!(?:h+|m+|s+)\])[^\]]*\]?', re.IGNORECASE)
_ELAPSED: Final = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_UNIT: Final = re.compile(
    r'(?:[-+(\s]|[_*\\].|"[^"]*")*'
    r"(?:General|[#0?](?:[#0?,]*[#0?])?(?:\.[#0?]+)?(?P<scale>,*))[\s_-]*"
    r'"?\s?(?P<unit>(?:\\?[十百千万亿])+(?:\\?元)?|\\?元|(?:\\?个)?\\?月|\\?亩|\\?公\\?顷|\\?平\\?方\\?米|\\?㎡)(?P<per>\\?[/／每](?:\\?[^\s"\\;]){1,3})?"?(?:[)\s]|[_*\\].)*',
    re.IGNORECASE,
)
"""Signs and words, figures, commas behind them that divide by a thousand each, and a unit in quotes or not, with the
time that it is for."""
_PADDED: Final = re.compile("0{2,30}")
_CONDITION: Final = re.compile(r"\[(<=|>=|<>|<|>|=)(-?[0-9]+(?:\.[0-9]+)?)\]")
_COLOUR: Final = re.compile(r"\[(?!(?:h+|m+|s+)\])[^\]]*\]", re.IGNORECASE)
_SECTION_END: Final = re.compile(r'("[^"]*"|\\.)|;')
_HOLDS: Final[Mapping[str, Callable[[float, float], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "<>": operator.ne,
}
_USUAL: Final[Mapping[int, Sequence[str]]] = {1: [""], 2: [">=", ""], 3: [">", "<", ""]}
"""By the number of sections: which numbers each is for, compared with 0, where the format does not say; '' for all
that are left."""
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
class _Section:
    """One part of a format: for which numbers it is, the unit behind them, how many thousands it divides them by."""

    comparison: str
    limit: float
    unit: str
    thousands: int
    digits: int = 0
    """So many figures are shown at least."""

    def is_for(self, number: float) -> bool:
        return not self.comparison or _HOLDS[self.comparison](number, self.limit)


@dataclass(frozen=True, slots=True)
class ShownNumber:
    """A format that shows something else than bare numbers: a unit behind them, zeros before them, or nothing."""

    sections: Sequence[_Section]
    is_hiding: bool = False
    """Nothing is seen of the cell, whatever it holds."""

    def shown(self, number: float) -> str | float:
        """A number as its cell shows it, without being rounded; itself where it is shown without a unit."""
        if self.is_hiding:
            return UnreadCell(shown(number), "hidden")
        section = next((section for section in self.sections if section.is_for(number)), None)
        if section is None:
            return number
        if section.digits and number >= 0 and number == int(number):
            text = f"{int(number):0{section.digits}}"
            return text if text[0] == "0" and number else number
        if not section.unit:
            return number
        return f"{Decimal(f'{number:.15g}') / 1000**section.thousands:f}{section.unit}"


def shown_number(code: str) -> ShownNumber | None:
    """None where the format shows bare numbers, or words that change nothing of what they say."""
    if code.count(";") == 3 and not _COLOUR.sub("", code).strip("; "):
        return ShownNumber((), is_hiding=True)
    parts = _SECTION_END.sub(lambda match: match[1] or "\n", code).split("\n")[:3]
    has_conditions = any(map(_CONDITION.search, parts))
    sections = []
    for part, usual in zip(parts, _USUAL[len(parts)], strict=True):
        condition = _CONDITION.search(part)
        comparison = condition[1] if condition else "" if has_conditions else usual
        plain = _COLOUR.sub("", part).strip()
        match = _UNIT.fullmatch(plain)
        unit, scale = (f"{match['unit']}{match['per'] or ''}", match["scale"] or "") if match else ("", "")
        digits = len(plain) if _PADDED.fullmatch(plain) else 0
        limit = float(condition[2]) if condition else 0.0
        sections.append(_Section(comparison, limit, unit.replace("\\", ""), len(scale), digits))
    return ShownNumber(tuple(sections)) if any(section.unit or section.digits for section in sections) else None
