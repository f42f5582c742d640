"""What the codes of a PDF font mean: characters and widths, for fonts as LibreOffice embeds them.

In: a font dictionary. Out: for each shown string its characters with their advance widths in em. Characters come from
the ToUnicode map, which LibreOffice writes from the text itself. Limits: no vertical writing, no predefined CMaps but
Identity-H.
Source: ISO 32000-2, 9.6 (simple fonts), 9.7 (composite fonts), 9.10.3 (ToUnicode).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

__all__ = ["FontCodes"]

SECTION: Final = re.compile(rb"begin(bfchar|bfrange)(.*?)end\1", re.DOTALL)
CHAR: Final = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f\s]*)>")
RANGE: Final = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*(?:<([0-9A-Fa-f\s]*)>|\[(.*?)\])", re.DOTALL)
HEX: Final = re.compile(rb"<([0-9A-Fa-f\s]*)>")
UNKNOWN: Final = "\ufffd"


class FontCodes:
    """One font's codes."""

    def __init__(self, font: Any) -> None:
        self._is_composite = font.get("/Subtype") == "/Type0"
        self._texts = dict(_to_unicode(font["/ToUnicode"].read_bytes())) if "/ToUnicode" in font else {}
        self._default = 0.0
        if self._is_composite:
            descendant = font["/DescendantFonts"][0]
            self._default = float(descendant.get("/DW", 1000)) / 1000
            self._widths = dict(_composite_widths(descendant.get("/W", ())))
        else:
            first = int(font.get("/FirstChar", 0))
            self._widths = {first + at: float(width) / 1000 for at, width in enumerate(font.get("/Widths", ()))}

    def read(self, shown: bytes) -> Iterator[tuple[str, float]]:
        """(character or characters, advance width in em) of each code."""
        step = 2 if self._is_composite else 1
        for at in range(0, len(shown) - step + 1, step):
            code = int.from_bytes(shown[at : at + step], "big")
            yield self._texts.get(code, UNKNOWN), self._widths.get(code, self._default)


def _to_unicode(stream: bytes) -> Iterator[tuple[int, str]]:
    for kind, body in SECTION.findall(stream):
        if kind == b"bfchar":
            for code, text in CHAR.findall(body):
                yield int(code, 16), _text(text)
            continue
        for first, last, text, several in RANGE.findall(body):
            start, end = int(first, 16), int(last, 16)
            if several:
                yield from zip(range(start, end + 1), map(_text, HEX.findall(several)), strict=False)
                continue
            units = bytes.fromhex(text.decode())
            tail = int.from_bytes(units[-2:], "big")
            for code in range(start, end + 1):
                yield code, (units[:-2] + (tail + code - start).to_bytes(2, "big")).decode("utf-16-be", "replace")


def _text(digits: bytes) -> str:
    return bytes.fromhex(digits.decode()).decode("utf-16-be", "replace")


def _composite_widths(entries: Any) -> Iterator[tuple[int, float]]:
    values: list[Any] = list(entries)
    while len(values) > 1:
        first = int(values.pop(0))
        after = values.pop(0)
        if isinstance(after, (int, float)) or not hasattr(after, "__iter__"):
            width = float(values.pop(0)) / 1000
            yield from ((code, width) for code in range(first, int(after) + 1))
        else:
            yield from ((first + at, float(width) / 1000) for at, width in enumerate(after))
