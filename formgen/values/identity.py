"""Resident identity number (居民身份证号), and what follows from it.

Source: GB 11643-1999; check character ISO 7064 MOD 11-2 by python-stdnum, of many numbers at once by a sum of our own.
Limits: an area code that no list knows is a warning, since codes are abolished and added; a number that arrives as a
*number* is refused, since a spreadsheet keeps 15 of its 18 digits; nothing is repaired.
"""

from __future__ import annotations

import calendar
import functools
import re
import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any, ClassVar

from formgen.problems import Finding
from formgen.values.cells import compact, is_scientific, plain_text, reject, shown
from formgen.values.contract import RawCell, ValueType
from formgen.values.dates import PartialDate

__all__ = [
    "ORDINARY",
    "IdNumber",
    "area_findings",
    "beyond_doubt_among",
    "birth_date",
    "digits_text",
    "mask_number",
    "require_sound",
    "sex",
]

_ID = re.compile("[1-9][0-9]{5}(?:18|19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|1[0-9]|2[0-8]|(29|3[01]))[0-9]{3}[0-9X]")
"""Group 1 is set for days that not every month has."""
ORDINARY = "[1-9][0-9]{5}(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|1[0-9]|2[0-8])[0-9]{3}[0-9X]"
"""A pattern: born on a day that every month has."""
_ORDINARY = re.compile(ORDINARY)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
"""The check character by the remainder of the weighed sum by 11."""
_SHAPE = re.compile("[1-9][0-9]{16}[0-9X]")
_OLD = re.compile("[1-9][0-9]{14}")


class IdNumber(ValueType[str]):
    """18 characters; the last a digit or X."""

    name: ClassVar[str] = "id-number"

    def parse(self, raw: RawCell) -> str:
        if type(raw) is str and (match := _ID.fullmatch(raw)) is not None and _check_character(raw) == raw[17]:
            if match[1] is not None:
                require_sound(raw)
            return raw
        text = digits_text(raw)
        if _OLD.fullmatch(text) is not None:
            raise reject("F-VALUE-023", mask_number(text))
        if _SHAPE.fullmatch(text) is None:
            raise reject("F-VALUE-020", mask_number(text), length=str(len(text)))
        require_sound(text)
        return text

    def format(self, value: str) -> str:
        return value

    def check(self, value: str, raw: RawCell = None) -> tuple[Finding, ...]:
        return area_findings(value)

    def beyond_doubt(self, texts: Iterable[str]) -> Iterable[str]:
        return beyond_doubt_among(list(filter(_ORDINARY.fullmatch, texts)), 18)

    @property
    def alphabet(self) -> frozenset[str]:
        return frozenset("0123456789X")

    def mask(self, text: str) -> str:
        return mask_number(text)

    def json_schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": "^[1-9][0-9]{16}[0-9X]$"}


def birth_date(number: str) -> PartialDate:
    """The birth date that a valid number says."""
    return PartialDate(int(number[6:10]), int(number[10:12]), int(number[12:14]))


def sex(number: str) -> str:
    """男 where the 17th digit is odd, else 女."""
    return "男" if number[16] in "13579" else "女"


def digits_text(raw: RawCell) -> str:
    """A long number as text: half-width, X upper case, without spaces and hyphens.

    Raises:
        Rejected: a numeric cell, or text that once was one (F-VALUE-004, F-VALUE-005): its last digits are lost.
    """
    if isinstance(raw, (int, float, Decimal)) and not isinstance(raw, bool):
        text = shown(raw)
        raise reject("F-VALUE-004", text if "E" in text else mask_number(text))
    text = compact(plain_text(raw)).upper().lstrip("'‘’`")
    if is_scientific(text):
        raise reject("F-VALUE-005", text)
    return text.replace("-", "").replace("×", "X").replace("Х", "X")  # the last one is Cyrillic


def require_sound(number: str) -> None:
    """Raise Rejected unless the 18 characters hold a calendar day (F-VALUE-022) and their check (F-VALUE-021)."""
    year, month, day = int(number[6:10]), int(number[10:12]), int(number[12:14])
    if not (year >= 1800 and 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]):
        raise reject("F-VALUE-022", mask_number(number))
    if _check_character(number) != number[17]:
        raise reject("F-VALUE-021", mask_number(number))


def area_findings(number: str) -> tuple[Finding, ...]:
    """Warnings about a sound number: an unknown area code, a sequence of zeros as spreadsheets leave it."""
    findings = []
    if not _is_known_area(number[:6]):
        findings.append(Finding("F-VALUE-024", mask_number(number), {"area": number[:6]}))
    if number[14:17] == "000":
        findings.append(Finding("F-VALUE-025", mask_number(number)))
    return tuple(findings)


def beyond_doubt_among(texts: Sequence[str], length: int) -> Iterator[str]:
    """Of texts of one length that begin with the `ORDINARY` pattern those with a sound check, a known area and a
    person's sequence.

    One sum checks all of them: the first digits of all numbers are one integer, 16 bits a digit, and so are the second
    ones and so on; the weighed sum of a number stays below 2¹⁶.
    """
    every = "".join(texts)
    columns = (every[place::length].encode("utf-16-le") for place in range(len(_WEIGHTS)))
    total = sum(int.from_bytes(column, "little") * weight for column, weight in zip(columns, _WEIGHTS, strict=True))
    sums = struct.unpack(f"<{len(texts)}H", total.to_bytes(2 * len(texts), "little"))
    areas = [text[:6] for text in texts]
    known = set(filter(_is_known_area, set(areas)))
    wanted = _checks_by_sum()
    for text, area, found, check in zip(texts, areas, sums, every[17::length], strict=True):
        if wanted[found] == check and area in known and text[14:17] != "000":
            yield text


@functools.cache
def _checks_by_sum() -> str:
    """The check character for each sum of weighed characters, which are digits and the code of 0."""
    zeros = ord("0") * sum(_WEIGHTS)
    return "".join(_CHECKS[(number - zeros) % 11] for number in range(zeros + 9 * sum(_WEIGHTS) + 1))


def mask_number(text: str) -> str:
    """The first six characters (the area) and the last; stars between."""
    return text if len(text) <= 7 else f"{text[:6]}{'*' * (len(text) - 7)}{text[-1]}"


def _check_character(number: str) -> str:
    return _stdnum_check()(number[:18])


@functools.cache
def _stdnum_check() -> Callable[[str], str]:
    from stdnum.cn.ric import calc_check_digit

    check: Callable[[str], str] = calc_check_digit
    return check


@functools.cache
def _is_known_area(prefix: str) -> bool:
    from stdnum import numdb

    found: list[tuple[str, dict[str, str]]] = numdb.get("cn/loc").info(prefix)
    return bool(found) and "county" in {key for _, properties in found for key in properties}
