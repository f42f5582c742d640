"""The words of a content stream: operators with the numbers before them, strings, names, arrays, inline images.

Source: ISO 32000-2, 7.2 (lexical conventions), 7.3 (objects), 8.9.7 (inline images).
Malformed numbers are 0 and odd digits are filled up, as viewers take them.
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ["BOXES", "INLINE", "INLINE_AHX", "TOKEN", "hexadecimal", "literal", "numbers"]

_NUMBERS: Final = rb"([-+.\d]++(?:[\x00\s]++[-+.\d]++)*+)"
TOKEN: Final = re.compile(
    rb"""
    [\x00\s]*+
    (?: (?:""" + _NUMBERS + rb"""[\x00\s]*+)?+ ([A-Za-z'"][A-Za-z0-9*'"]*+)  # 1, 2: an operator and numbers before it
    | <([0-9A-Fa-f\s]*+)> (?:\s*+(Tj)(?![A-Za-z0-9*'"]))?+                   # 3, 4: hexadecimal digits, to be shown
    | /([^\x00\s()<>\[\]{}/%]*+)                                             # 5: a name
    | """ + _NUMBERS + rb"""                                                 # 6: other numbers
    | (\()                                                                   # 7: a string begins
    | (<<|>>|[\[\]{}<>)])                                                    # 8: brackets
    | (%[^\r\n]*+)                                                           # 9: a comment
    )""",
    re.VERBOSE,
)  # fmt: skip
"""Operators come with the numbers before them, and the commonest with its string: half as many steps."""
BOXES: Final = re.compile(rb"(?:(?:[\x00\s]++[-+]?(?:\d++\.?\d*+|\.\d++)){4}[\x00\s]++re(?=[\x00\s]))+")
"""Boxes drawn one after the other, of plain numbers."""
INLINE: Final = re.compile(rb"(.*?)[\x00\s]ID[\x00\s](.*?)[\x00\s>]EI(?=[\x00\s]|$)|", re.DOTALL)
INLINE_AHX: Final = re.compile(rb"([^>]{0,400}?/AHx[^>]{0,200}?)[\x00\s]ID[\x00\s]([0-9A-Fa-f\x00\s]*)>[\x00\s]*EI")
_ESCAPE: Final = re.compile(rb"\\([nrtbf()\\]|[0-7]{1,3}|\r\n|\r|\n)|(\\)")
_ESCAPED: Final = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_STRING_EDGE: Final = re.compile(rb"[()\\]")


def numbers(words: bytes) -> list[float]:
    try:
        return [*map(float, words.split())]
    except ValueError:
        return [*map(_number, words.replace(b"\0", b" ").split())]


def hexadecimal(digits: bytes) -> bytes:
    """A string of hexadecimal digits."""
    try:
        return bytes.fromhex(digits.decode("ascii"))
    except ValueError:  # a line ends within a byte, or the last digit is left out
        digits = b"".join(digits.split())
        return bytes.fromhex((digits if len(digits) % 2 == 0 else digits + b"0").decode("ascii"))


def _number(digits: bytes) -> float:
    """0 for what is no number, as viewers take it."""
    try:
        return float(digits)
    except ValueError:
        return 0.0


def literal(content: bytes, place: int) -> tuple[bytes, int]:
    """A string in parentheses from after the first on; the place after the last."""
    start, depth = place, 1
    while (edge := _STRING_EDGE.search(content, place)) is not None:
        place = edge.end()
        if edge[0] == b"\\":
            place += 1
            continue
        depth += 1 if edge[0] == b"(" else -1
        if not depth:
            return _ESCAPE.sub(_unescape, content[start : place - 1]), place
    return content[start:], len(content)


def _unescape(found: re.Match[bytes]) -> bytes:
    escape = found[1]
    if escape is None or escape in (b"\r", b"\n", b"\r\n"):
        return b""
    if escape[:1].isdigit():
        return bytes([int(escape, 8) & 0xFF])
    return _ESCAPED.get(escape, escape)
