"""A cell as XML: text that stays text, numbers, blanks.

Text becomes an inline string, never a formula: what starts with = is text in Excel, WPS and LibreOffice alike. Line
ends become \\n, Excel's own. Characters XML cannot hold are left out; `clean_text` tells, so that it becomes a problem.
Nothing is cut and nothing shrunk: a cell keeps the template's wrap and shrink-to-fit, and a wrapped text too long for
its row makes the row higher (formgen.rendering.xlsx.heights).

Source: ECMA-376 Part 1, 18.3.1.4 (c), 18.4.12 (t), 22.9.2.19 (ST_Xstring); Excel's limits.
"""

from __future__ import annotations

import re
from decimal import Decimal

__all__ = [
    "MAX_DIGITS",
    "MAX_TEXT",
    "NEEDS_CARE",
    "as_number",
    "clean_text",
    "escape",
    "escape_markup",
    "number_text",
    "quoted",
    "significant_digits",
    "utf16_length",
]

MAX_TEXT = 32_767
"""Characters (UTF-16 units) of a cell."""
MAX_DIGITS = 15
"""Significant digits a numeric cell keeps; Excel makes zeros of the rest."""

NEEDS_CARE = re.compile("[&<>_\r\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]").search
"""Finds out quickly whether a text can go into XML as it is."""
ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
ESCAPE_LOOKALIKE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
LINE_ENDS = re.compile("\r\n?")


def clean_text(text: str) -> tuple[str, list[str]]:
    """The text without what XML cannot hold, and the characters left out (as U+0007)."""
    removed = [f"U+{ord(character):04X}" for character in ILLEGAL.findall(text)]
    if removed:
        text = ILLEGAL.sub("", text)
    return LINE_ENDS.sub("\n", text), removed


def utf16_length(text: str) -> int:
    return len(text) + sum(character > "\uffff" for character in text)


def escape(text: str) -> str:
    """Clean text as character data. _x0041_ would be read as A: its first underscore is written as _x005F_."""
    return ESCAPE_LOOKALIKE.sub("_x005F_", escape_markup(text))


def escape_markup(text: str) -> str:
    """Any text as character data, its ]]> and line ends included (xml.sax.saxutils does it too, but imports urllib)."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def quoted(value: str) -> str:
    """A value as an attribute, in its quotes."""
    text = escape_markup(value).replace('"', "&quot;")
    return f'"{text.replace(chr(9), "&#9;").replace(chr(10), "&#10;").replace(chr(13), "&#13;")}"'


def number_text(number: int | Decimal) -> str:
    """A number as the file writes it: no exponent, no trailing zeros after the point."""
    if isinstance(number, int):
        return str(int(number))
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def significant_digits(text: str) -> int:
    """Digits that count in a number as this module writes it."""
    return len(text.lstrip("-0.").replace(".", ""))


def as_number(text: str, *, is_share: bool = False, is_multiplied: bool = False) -> tuple[str, str]:
    """A printed number as a numeric cell holds it; or as it is, with the code of what makes it a text.

    12.5% is 12.5, or 0.125 in a cell whose format multiplies by 100. 0.5% is text where the format does not: the number
    0.5 alone may be half of all.
    """
    figures = text.removesuffix("%") if is_share else text
    if len(figures) > MAX_DIGITS and significant_digits(figures) > MAX_DIGITS:
        return text, "F-XLSX-023"
    if not is_share:
        return text, ""
    share = Decimal(figures)
    if is_multiplied:
        return number_text(share.scaleb(-2)), ""
    return (text, "F-XLSX-027") if share and abs(share) <= 1 else (number_text(share), "")
