"""Raw cells as text: what a person saw in the cell, and the same with its width and spaces evened out.

In: a cell as a spreadsheet, a CSV file or JSON gives it. Out: text. Nothing here knows any value type.
Limits: only forms of ASCII are made half-width. Compatibility normalisation (NFKC) is never applied to whole texts: it
would change ideographs that people have in their names.
"""

from __future__ import annotations

import datetime
import re
from decimal import Decimal

from formgen.problems import Finding
from formgen.values.contract import RawCell, Rejected

__all__ = [
    "EXACT_LIMIT",
    "compact",
    "forbidden_character",
    "half_width",
    "is_scientific",
    "plain_text",
    "reject",
    "shown",
]

EXACT_LIMIT = 10**15
"""A spreadsheet keeps 15 significant digits; a number of more has lost its end."""

SHOWN_LENGTH = 60
_SCIENTIFIC = re.compile(r"[+-]?[0-9](?:\.[0-9]+)?[Ee]\+?[0-9]{1,3}")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
"""What XML 1.0 cannot carry, and the C1 controls that come from a wrong decoding. NEL (U+0085) is a line break."""

_INVISIBLE = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad\u202a\u202b\u202c\u202d\u202e"
_SPACES = "\t\n\r\x0b\x0c\x85\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
_SPACES += "\u2028\u2029\u202f\u205f\u3000 "
_TO_HALF = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_TO_COMPACT: dict[int, int | None] = {
    **_TO_HALF,
    **dict.fromkeys(map(ord, _SPACES + _INVISIBLE), None),
    **dict.fromkeys(map(ord, "‐‑‒–—―−﹣－"), ord("-")),
}


def reject(code: str, found: str, **params: str) -> Rejected:
    """The exception to raise: `raise reject("F-VALUE-006", shown(raw), wanted="男、女")`."""
    return Rejected(Finding(code, found, params))


def half_width(text: str) -> str:
    """`text` with full-width forms of ASCII made half-width; Han, marks and all else untouched."""
    return text if text.isascii() else text.translate(_TO_HALF)


def compact(text: str) -> str:
    """`text` half-width, every dash a hyphen, without spaces and invisible characters: for numbers and codes."""
    return text.translate(_TO_COMPACT)


def is_scientific(text: str) -> bool:
    """Whether `text` is what a spreadsheet leaves of a long number: 4.10183E+17."""
    return _SCIENTIFIC.fullmatch(text) is not None


def forbidden_character(text: str) -> str | None:
    """The first character that no document can carry, as U+0007; None where all is well."""
    match = _FORBIDDEN.search(text)
    return None if match is None else f"U+{ord(match.group()):04X}"


def plain_text(raw: RawCell) -> str:
    """The text a person saw in the cell: 3.0 is 3, a date is 2015年3月12日, TRUE stays TRUE.

    Raises:
        Rejected: the cell is blank (F-VALUE-001), or a number has more digits than a spreadsheet keeps (F-VALUE-004).
    """
    if isinstance(raw, str):
        text = raw.strip()
        if not text:
            raise reject("F-VALUE-001", "")
        return text
    if raw is None:
        raise reject("F-VALUE-001", "")
    if isinstance(raw, bool):
        return "TRUE" if raw else "FALSE"
    if isinstance(raw, (int, float, Decimal)):
        return _number_text(raw)
    if isinstance(raw, datetime.date):
        return f"{raw.year}年{raw.month}月{raw.day}日"
    if isinstance(raw, datetime.time):
        return raw.strftime("%H:%M:%S" if raw.second else "%H:%M")
    if isinstance(raw, datetime.timedelta):
        return str(raw)
    # JSON may hold anything; only the table type reads lists and mappings.
    raise reject("F-VALUE-003", shown(raw))


def shown(raw: object) -> str:
    """`raw` as its owner sees it on the screen, cut to a length that fits a message; no control reaches a terminal."""
    if isinstance(raw, bool):
        text = "TRUE" if raw else "FALSE"
    elif isinstance(raw, (int, float)) and abs(raw) >= 10**11:
        text = f"{raw:.5E}"
    elif isinstance(raw, float):
        text = f"{raw:.15g}"
    elif isinstance(raw, datetime.datetime):
        text = raw.isoformat(" ")
    else:
        text = _FORBIDDEN.sub("\ufffd", str(raw).strip())
    return text if len(text) <= SHOWN_LENGTH else text[: SHOWN_LENGTH - 1] + "…"


def _number_text(raw: int | float | Decimal) -> str:
    if isinstance(raw, Decimal):
        if not raw.is_finite():
            raise reject("F-VALUE-003", shown(raw))
        return f"{raw:f}"
    if raw != raw or raw in (float("inf"), float("-inf")):
        raise reject("F-VALUE-003", shown(raw))
    if abs(raw) >= EXACT_LIMIT:
        raise reject("F-VALUE-004", shown(raw))
    # 15 digits are what the sheet showed; repr() would print the noise of binary fractions (0.30000000000000004).
    return str(int(raw)) if raw == int(raw) else f"{Decimal(f'{raw:.15g}'):f}"
