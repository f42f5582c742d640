"""The page code: what the QR code on a printed page says, and how it is written.

    FG1:XINMI-2015/APPLICATION-FORM:1:K7QX2MZP4A:3DTN6WJR5B:1/2:1:9C4E
    │   form                        │ packet     record     │   │ check
    format                          version                 │   copy
                                                            page/pages

It makes a shuffled pile of paper sortable: which sheet this is, whose, whether pages are missing or double. It holds
no personal data: packet and record are opaque keys (`data/keys.py`), empty on a blank form.

Only the 45 characters of QR's alphanumeric mode are used. Ids are in lower case, so capitals stand for small letters;
an id with other characters (a folder with a Chinese name) is a % and its UTF-8 bytes to the base of 41, two bytes in
three characters, as RFC 9285 has it with 45: the four left out keep their meaning here. Rendering writes the code,
reading reads it.
Source: ISO/IEC 18004, 7.3.4 (alphanumeric mode); RFC 9285; CRC-16/XMODEM.
"""

from __future__ import annotations

import binascii
import functools
import re
from dataclasses import dataclass
from typing import Final

from formgen.problems import Finding

__all__ = ["PageCode", "format_page_code", "parse_page_code"]

FAMILY: Final = "FG"
FORMAT: Final = "1"
"""Raised when an older program could not read the code."""
KEY: Final = re.compile("(?:[A-Z2-7]{10})?")
"""An opaque key in base32 (RFC 4648), or none."""
PLAIN: Final = re.compile("[a-z0-9./-]+")
DIGITS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ$*+-."
SHOWN: Final = 80
_LAYOUT = re.compile(
    rf"{FAMILY}{FORMAT}:(?P<form>[^:]+):(?P<version>[^:]+):(?P<packet>[^:]*):(?P<record>[^:]*)"
    r":(?P<page>[1-9][0-9]*)/(?P<pages>[1-9][0-9]*):(?P<copy>[1-9][0-9]*)"
)


@dataclass(frozen=True, slots=True)
class PageCode:
    """Which page this is."""

    form: str
    """programme/form"""
    version: str
    packet: str
    record: str
    page_number: int = 1
    page_count: int = 1
    copy_number: int = 1


def format_page_code(code: PageCode) -> str:
    """Raises: ValueError: a key that is not an opaque one (it might tell of a person), a page beyond the last."""
    if not (KEY.fullmatch(code.packet) and KEY.fullmatch(code.record)):
        raise ValueError("packet, record")
    if not (1 <= code.page_number <= code.page_count and code.copy_number >= 1):
        raise ValueError(f"{code.page_number}/{code.page_count}, {code.copy_number}")
    body = (
        f"{FAMILY}{FORMAT}:{_head(code.form, code.version)}:{code.packet}:{code.record}"
        f":{code.page_number}/{code.page_count}:{code.copy_number}"
    )
    return f"{body}:{_check(body)}"


def parse_page_code(text: str) -> PageCode | Finding:
    """The page's code, or why it is none: F-CODE-001 something else, F-CODE-002 damaged, F-CODE-003 a newer program's.

    Nothing is repaired: a code that differs in one character is refused.
    """
    family, body, check = text[: len(FAMILY)], *text.rpartition(":")[::2]
    if family != FAMILY or not body:
        return Finding("F-CODE-001", text[:SHOWN])
    if _check(body) != check:
        return Finding("F-CODE-002", text[:SHOWN])
    if body.partition(":")[0] != FAMILY + FORMAT:
        return Finding("F-CODE-003", text[:SHOWN])
    found = _LAYOUT.fullmatch(body)
    if found is None:
        return Finding("F-CODE-002", text[:SHOWN])
    try:
        code = PageCode(
            _unescape(found["form"]),
            _unescape(found["version"]),
            found["packet"],
            found["record"],
            int(found["page"]),
            int(found["pages"]),
            int(found["copy"]),
        )
        is_its_spelling = format_page_code(code) == text
    except (ValueError, OverflowError):
        is_its_spelling = False
    return code if is_its_spelling else Finding("F-CODE-002", text[:SHOWN])


@functools.lru_cache(maxsize=256)
def _head(form: str, version: str) -> str:
    if not form or not version:
        raise ValueError("form, version")
    return f"{_escape(form)}:{_escape(version)}"


def _escape(text: str) -> str:
    if PLAIN.fullmatch(text):
        return text.upper()
    raw = text.encode()
    groups = (raw[start : start + 2] for start in range(0, len(raw), 2))
    return "%" + "".join(_digits(int.from_bytes(group, "big"), len(group) + 1) for group in groups)


def _unescape(text: str) -> str:
    """Raises: ValueError: nothing that `_escape` writes."""
    if not text.startswith("%"):
        return text.lower()
    groups = (text[start : start + 3] for start in range(1, len(text), 3))
    return b"".join(_number(group).to_bytes(len(group) - 1, "big") for group in groups).decode()


def _digits(number: int, length: int) -> str:
    return "".join(DIGITS[number // 41**place % 41] for place in reversed(range(length)))


def _number(digits: str) -> int:
    return functools.reduce(lambda total, digit: total * 41 + DIGITS.index(digit), digits, 0)


def _check(body: str) -> str:
    """Finds every change within 16 bits on end, so of any one character; of others, all but one in 65,536."""
    return f"{binascii.crc_hqx(body.encode('utf-8', 'surrogatepass'), 0):04X}"
