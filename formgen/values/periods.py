"""Periods: from a date to a date, or on from a date (至今).

In: 2015年3月至2016年2月, 2015.3-2016.2, 2015年3月至12月, 2015年3月起. Out: `Period`.
Limits: one date alone is not a period; a hyphen that may stand in a date or between two must leave one reading.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import Any, ClassVar

from formgen.problems import Finding
from formgen.values.cells import compact, plain_text, reject, shown
from formgen.values.contract import RawCell, Rejected, ValueType
from formgen.values.dates import DateType, PartialDate, Precision

__all__ = ["Period", "PeriodType"]

_OPEN = ("今", "现在", "目前", "现今")
_SPLIT = re.compile("至|到|~|～")
_SHORT_END = re.compile("(?:([0-9]{1,2})月)?(?:([0-9]{1,2})日)?")
_LOOSE_MONTHS = re.compile("([0-9]{4}年)([0-9]{1,2})(?:-|至|到|~)([0-9]{1,2}月)")


@dataclass(frozen=True, slots=True)
class Period:
    """From `start` to `end`; `end` is None while it lasts.

    Raises:
        ValueError: it ends before it starts.
    """

    start: PartialDate
    end: PartialDate | None

    def __post_init__(self) -> None:
        if self.end is not None and self.end.latest < self.start.earliest:
            raise ValueError("a period ends before it starts")

    def __str__(self) -> str:
        return f"{self.start}至{self.end or '今'}"


class PeriodType(ValueType[Period]):
    """A period whose dates are no finer than `precision`."""

    name: ClassVar[str] = "period"

    def __init__(self, *, precision: Precision = "day") -> None:
        self.precision: Precision = precision
        self._date = DateType(precision=precision)

    def parse(self, raw: RawCell) -> Period:
        return _parse_text(plain_text(raw), self._date)

    def format(self, value: Period) -> str:
        end = "今" if value.end is None else self._date.format(value.end)
        return f"{self._date.format(value.start)}至{end}"

    def check(self, value: Period, raw: RawCell = None) -> tuple[Finding, ...]:
        ends = (value.start,) if value.end is None else (value.start, value.end)
        findings = list(dict.fromkeys(finding for date in ends for finding in self._date.check(date)))
        if raw is not None and self.precision != "day":
            exact = PeriodType().parse(raw)
            written = (exact.start,) if exact.end is None else (exact.start, exact.end)
            left = "、".join(filter(None, (self._date.left_out(str(date)) for date in written)))
            if left:
                findings.append(Finding("F-VALUE-037", shown(raw), {"value": self.format(value), "left": left}))
        return tuple(findings)

    @property
    def alphabet(self) -> frozenset[str]:
        return self._date.alphabet | {"至", "今"}

    def to_json(self, value: Period) -> str:
        return self.format(value)

    def json_schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": "^[0-9]{4}年([0-9]{1,2}月([0-9]{1,2}日)?)?至(今|[0-9]{4}年.*)$"}


@functools.lru_cache(maxsize=1 << 14)
def _parse_text(raw: str, date: DateType) -> Period:
    text = compact(raw).removeprefix("自").removeprefix("从").removesuffix("止")
    text = _LOOSE_MONTHS.sub(r"\1\2月至\3", re.sub("-{2,}", "至", text))
    readings = [reading for pair in _pairs(text) if (reading := _read(*pair, date)) is not None]
    if len(readings) != 1:
        raise reject("F-VALUE-035", shown(raw))
    start, end = readings[0]
    try:
        return Period(start, end)
    except ValueError:
        raise reject("F-VALUE-036", shown(raw)) from None


def _read(start: str, end: str, date: DateType) -> tuple[PartialDate, PartialDate | None] | None:
    """Both dates; None where one of the texts is none."""
    try:
        first = date.parse(start)
        return first, None if end in _OPEN else date.parse(_complete(start, end))
    except Rejected as rejected:
        if rejected.finding.code == "F-VALUE-031":
            raise
        return None


def _pairs(text: str) -> list[tuple[str, str]]:
    """The ways to cut the text in two dates."""
    if text.endswith(("起", "开始")):
        return [(text.removesuffix("起").removesuffix("开始"), "今")]
    if len(bits := _SPLIT.split(text)) > 1:
        return [(bits[0], bits[1].removeprefix("至") or "今")] if len(bits) == 2 and all(bits) else []
    return [(text[:index], text[index + 1 :]) for index, character in enumerate(text) if character == "-"]


def _complete(start: str, end: str) -> str:
    """12月 after 2015年3月 is 2015年12月; a year is never left out where it is not written with 月 or 日."""
    match = _SHORT_END.fullmatch(end)
    head = re.match("([0-9]{4}年)([0-9]{1,2}月)?", start)
    if match is None or head is None or not end:
        return end
    return head[1] + end if match[1] else head[1] + (head[2] or "") + end
