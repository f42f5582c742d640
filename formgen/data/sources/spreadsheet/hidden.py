"""Rows and columns of a worksheet that nobody sees: hidden by hand, or left out by a filter.

In: the worksheet's XML, what stands before the rows and then the rows in chunks. Out: their numbers, zero-based.
Limit: a row without a number of its own is not told.
Source: ECMA-376 Part 1, 18.3.1.13 (col), 18.3.1.73 (row).
"""

from __future__ import annotations

import re
from typing import Final

from formgen.data.sources.table import HiddenParts

__all__ = ["HiddenFinder"]

_COLUMN: Final = re.compile(rb"<(?:[\w.-]+:)?col\s([^<>]*)>")
_ROW: Final = re.compile(rb"<(?:[\w.-]+:)?row\s([^<>]*)>")
_ATTRIBUTE: Final = re.compile(rb"(\w+)\s*=\s*[\"']([0-9a-z]{1,7})[\"']")
_WORD: Final = b"hidden"
_SAID: Final = re.compile(rb"hidden\s*=\s*[\"'](?:1|true)[\"']")
"""Some programs say of every row whether it is hidden: most are not."""
_YES: Final = (b"1", b"true")
_MOST_COLUMNS: Final = 16_384


class HiddenFinder:
    """Notes what is hidden while a worksheet is read; of a chunk in which nothing is, one word is looked for."""

    def __init__(self) -> None:
        self.found = HiddenParts()

    def look_at_head(self, xml: bytes) -> None:
        for given in _hidden(_COLUMN, xml):
            first, last = int(given.get(b"min", b"1")), int(given.get(b"max", b"0"))
            self.found.columns.update(range(first - 1, min(last, _MOST_COLUMNS)))

    def look_at_rows(self, xml: bytes) -> None:
        self.found.rows.update(int(given[b"r"]) - 1 for given in _hidden(_ROW, xml) if b"r" in given)


def _hidden(tag: re.Pattern[bytes], xml: bytes) -> list[dict[bytes, bytes]]:
    """The attributes of the tags that say that they are hidden."""
    if b"d" not in xml or _SAID.search(xml) is None:  # one character is found many times as fast
        return []
    given = (dict(_ATTRIBUTE.findall(text)) for text in tag.findall(xml) if _WORD in text)
    return [attributes for attributes in given if attributes.get(_WORD) in _YES and _are_numbers(attributes)]


def _are_numbers(attributes: dict[bytes, bytes]) -> bool:
    return all(attributes.get(name, b"0").isdigit() for name in (b"r", b"min", b"max"))
