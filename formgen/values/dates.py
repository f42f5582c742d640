"""Dates that know how precise they are.

In: what people write (2015年3月, 2015.3.12, 20150312, 二〇一五年三月十二日), date cells, serial numbers of date
cells that lost their format. Out: `PartialDate`, printed Arabic without padded zeros (GB/T 9704-2012).
Limits: two-digit years are ambiguous and refused; so is the *number* 2015.1, which a spreadsheet makes of 2015.10 too.
Numbers from 1900 to 2100 are years, as the cell shows them; other serials are read from 1901 to 2100.
"""

from __future__ import annotations

import datetime
import functools
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar, Literal, NamedTuple, get_args

from formgen.problems import Finding
from formgen.values.cells import compact, plain_text, reject, shown
from formgen.values.contract import RawCell, ValueType
from formgen.values.numerals import parse_numeral, parse_year_digits

__all__ = ["DateParts", "DateType", "PartialDate", "Precision", "age_at"]

Precision = Literal["year", "month", "day"]
PRECISIONS: tuple[Precision, ...] = get_args(Precision)
YEARS_EXPECTED = range(1900, 2101)
_SERIAL_YEARS = range(1901, 2101)

_DATE = re.compile(
    "([0-9]{4})(?:(?:年|[-./])(?:([0-9]{1,2})(?:(?:月|[-./])(?:([0-9]{1,2})(?:日|号)?)?)?)?)?|([0-9]{4})([0-9]{2})([0-9]{2})?"
)
_NUMERALS = re.compile("([^年月日号0-9]{4}|[0-9]{4})年(?:([^年月日号]{1,3})月(?:([^年月日号]{1,3})[日号]?)?)?")
_TIME = re.compile(r"(?<=[0-9日])(?:[ T]+|(?<=日))[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?Z?$")
_SHORT_YEAR = re.compile("'?[0-9]{2}(?:年|[-./])[0-9]{1,2}(?:(?:月|[-./])(?:[0-9]{1,2}日?)?)?|[0-9]{2}年|[0-9]{6}")
_MONTH_AS_FRACTION = re.compile(r"([0-9]{4})\.([0-9]{1,2})")


class DateParts(NamedTuple):
    """Text for forms that print 年 月 日 and leave three blanks; "" for what is unknown."""

    year: str
    month: str
    day: str


@functools.total_ordering
@dataclass(frozen=True, slots=True)
class PartialDate:
    """A year, a month of a year, or a day. Sorted by calendar, the less precise first.

    Raises:
        ValueError: no such day, or a day without a month.
    """

    year: int
    month: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        if self.month is None and self.day is not None:
            raise ValueError("a day needs a month")
        if not 1000 <= self.year <= 9999:
            raise ValueError(f"year of four digits needed, not {self.year}")
        datetime.date(self.year, self.month or 1, self.day or 1)

    def __lt__(self, other: PartialDate) -> bool:
        if not isinstance(other, PartialDate):
            return NotImplemented
        return (self.year, self.month or 0, self.day or 0) < (other.year, other.month or 0, other.day or 0)

    def __str__(self) -> str:
        if self.month is None:
            return f"{self.year}年"
        return f"{self.year}年{self.month}月" if self.day is None else f"{self.year}年{self.month}月{self.day}日"

    @property
    def precision(self) -> Precision:
        return "year" if self.month is None else "month" if self.day is None else "day"

    @property
    def parts(self) -> DateParts:
        return DateParts(str(self.year), str(self.month or ""), str(self.day or ""))

    @property
    def earliest(self) -> datetime.date:
        """The first day it may mean."""
        return datetime.date(self.year, self.month or 1, self.day or 1)

    @property
    def latest(self) -> datetime.date:
        """The last day it may mean."""
        if self.day is not None:
            return self.earliest
        if self.month is None or self.month == 12:
            return datetime.date(self.year, 12, 31)
        return datetime.date(self.year, self.month + 1, 1) - datetime.timedelta(days=1)

    def isoformat(self, precision: Precision = "day") -> str:
        """2015, 2015-03 or 2015-03-12; never finer than `precision`."""
        date = self.to_precision(precision)
        bits = [f"{date.year:04}", *(f"{part:02}" for part in (date.month, date.day) if part is not None)]
        return "-".join(bits)

    def to_precision(self, precision: Precision) -> PartialDate:
        """The same date, no finer than `precision`."""
        if precision == "day" or self.month is None:
            return self
        if precision == "month":
            return self if self.day is None else PartialDate(self.year, self.month)
        return PartialDate(self.year)

    @classmethod
    def of(cls, date: datetime.date) -> PartialDate:
        return cls(date.year, date.month, date.day)


class DateType(ValueType[PartialDate]):
    """A date no finer than `precision`; what is coarser stays so.

    Args:
        precision: the finest part that the field keeps and prints.
        epoch: 1900 or 1904, the workbook's date system, for serial numbers.
    """

    name: ClassVar[str] = "date"

    def __init__(self, *, precision: Precision = "day", epoch: int = 1900) -> None:
        if precision not in PRECISIONS:
            raise ValueError(f"precision: one of {', '.join(PRECISIONS)}, not {precision!r}")
        if epoch not in (1900, 1904):
            raise ValueError(f"epoch: 1900 or 1904, not {epoch!r}")
        self.precision: Precision = precision
        self.epoch = epoch

    def parse(self, raw: RawCell) -> PartialDate:
        if isinstance(raw, str):
            return _parse_text(raw, self.precision)
        if isinstance(raw, datetime.date):
            return _of_calendar(raw.year, raw.month, raw.day, self.precision)
        if isinstance(raw, (int, float, Decimal)) and not isinstance(raw, bool):
            return _parse_number(raw, self.epoch).to_precision(self.precision)
        plain_text(raw)
        raise reject("F-VALUE-030", shown(raw))

    def format(self, value: PartialDate) -> str:
        return str(value.to_precision(self.precision))

    def check(self, value: PartialDate, raw: RawCell = None) -> tuple[Finding, ...]:
        findings = []
        if value.year not in YEARS_EXPECTED:
            findings.append(Finding("F-VALUE-034", shown(raw) if raw is not None else str(value)))
        if left := self.left_out(raw):
            findings.append(Finding("F-VALUE-037", shown(raw), {"value": self.format(value), "left": left}))
        return tuple(findings)

    def left_out(self, raw: RawCell) -> str:
        """What a cell says and a value of this precision does not: 17日, 5月17日, 08:30; '' for nothing.

        A date cell cannot hold a month without a day, nor a day without a time: the first day and midnight say nothing.
        """
        if raw is None or isinstance(raw, bool):
            return ""
        exact = DateType(epoch=self.epoch).parse(raw)
        kept = exact.to_precision(self.precision)
        first = PartialDate.of(kept.earliest)
        is_finer = exact != kept and (isinstance(raw, str) or exact != first)
        left = str(exact).removeprefix(str(kept)) if is_finer else ""
        return left + _time_of_day(raw)

    @property
    def alphabet(self) -> frozenset[str]:
        return frozenset("0123456789年月日"[: 11 + PRECISIONS.index(self.precision)])

    def to_json(self, value: PartialDate) -> str:
        return value.isoformat(self.precision)

    def json_schema(self) -> dict[str, Any]:
        pattern = {"year": "^[0-9]{4}$", "month": "^[0-9]{4}(-[0-9]{2})?$", "day": "^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"}
        return {"type": "string", "pattern": pattern[self.precision]}


def age_at(birth: PartialDate, reference: PartialDate | datetime.date) -> int | None:
    """Full years lived at `reference`; None where the dates are too coarse to tell, or it lies before the birth."""
    if isinstance(reference, datetime.date):
        reference = PartialDate.of(reference)
    youngest = _full_years(birth.latest, reference.earliest)
    oldest = _full_years(birth.earliest, reference.latest)
    return youngest if youngest == oldest and youngest >= 0 else None


def _full_years(birth: datetime.date, day: datetime.date) -> int:
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def _time_of_day(raw: RawCell) -> str:
    """The time behind a date, '' for midnight."""
    if isinstance(raw, datetime.datetime):
        return "" if raw.time() == datetime.time.min else f"{raw:%H:%M:%S}"
    match = _TIME.search(plain_text(raw)) if isinstance(raw, str) else None
    return match[0].strip(" T") if match is not None and match[0].strip(" TZ:0.") else ""


# Dates repeat: a few thousand distinct texts stand for all cells of a county.
@functools.lru_cache(maxsize=1 << 16)
def _parse_text(raw: str, precision: Precision) -> PartialDate:
    text = compact(_TIME.sub("", plain_text(raw))).removeprefix("公元")
    match = _DATE.fullmatch(text)
    if match is not None:
        year, month, day = (match[1], match[2], match[3]) if match[1] else (match[4], match[5], match[6])
        if match[5] and not match[6] and int(year) not in YEARS_EXPECTED:
            # 580312 is a short year, not month 12 of the year 5803.
            raise reject("F-VALUE-032", shown(raw))
        return _calendar(int(year), int(month) if month else None, int(day) if day else None, raw, precision)
    if (numerals := _NUMERALS.fullmatch(text)) is not None:
        year_number = int(numerals[1]) if numerals[1].isdigit() else parse_year_digits(numerals[1])
        numbers = (year_number, *(_numeral(numerals[index]) for index in (2, 3)))
        if numbers[0] is not None and -1 not in numbers:
            return _calendar(numbers[0], numbers[1], numbers[2], raw, precision)
    code = "F-VALUE-032" if _SHORT_YEAR.fullmatch(text) is not None else "F-VALUE-030"
    raise reject(code, shown(raw))


def _numeral(text: str | None) -> int | None:
    """None for a missing part, -1 for one that is no number."""
    if text is None:
        return None
    number = int(text) if text.isdigit() and len(text) < 3 else parse_numeral(text)
    return -1 if number is None else number


def _calendar(year: int, month: int | None, day: int | None, raw: object, precision: Precision) -> PartialDate:
    try:
        return PartialDate(year, month, day).to_precision(precision)
    except ValueError:
        raise reject("F-VALUE-031", shown(raw)) from None


@functools.lru_cache(maxsize=1 << 16)
def _of_calendar(year: int, month: int, day: int, precision: Precision) -> PartialDate:
    return _calendar(year, month, day, f"{year}-{month}-{day}", precision)


def _parse_number(raw: int | float | Decimal, epoch: int) -> PartialDate:
    """A number in a date's cell: 2015, 2015.3, 201503, 20150312, or the serial number of a day."""
    text = plain_text(raw)
    if (match := _MONTH_AS_FRACTION.fullmatch(text)) is not None and int(match[1]) in YEARS_EXPECTED:
        if match[2] == "1":
            raise reject("F-VALUE-033", text)
        return _calendar(int(match[1]), int(match[2]), None, raw, "day")
    if text.isdigit() and len(text) in (4, 6, 8) and int(text[:4]) in YEARS_EXPECTED:
        return _parse_text(text, "day")
    days = int(float(text))
    base = datetime.date(1904, 1, 1) if epoch == 1904 else datetime.date(1899, 12, 30)
    if not 0 < days < 100_000 or (date := base + datetime.timedelta(days=days)).year not in _SERIAL_YEARS:
        raise reject("F-VALUE-030", shown(raw))
    return PartialDate.of(date)
