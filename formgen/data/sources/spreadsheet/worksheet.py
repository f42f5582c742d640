"""A worksheet's XML, cut where rows begin, without holding more of it than a block.

In: the part's stream. Out: the XML of rows in chunks, and at the end what follows them, merged cells among it. Nothing
is parsed here; a row is cut at the next `<row `, which no text can hold.
Source: ECMA-376 Part 1, 18.3.1.99 (worksheet), 18.3.1.80 (sheetData), 18.3.1.55 (mergeCells).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO, Final

from formgen.data.sources.faults import Damaged
from formgen.vocabulary.headers import MergedRange

__all__ = ["BLOCK", "LONGEST", "Worksheet", "column_number"]

BLOCK: Final = 1 << 18
LONGEST: Final = 1 << 26
"""Bytes of one row, or of all that stands before the rows."""

_SHEET_DATA: Final = re.compile(rb"<((?:[\w.-]+:)?)sheetData\s*(/?)>")
_ROOT: Final = re.compile(rb"<((?:[\w.-]+:)?worksheet)\b[^>]*>")
_MERGED: Final = re.compile(rb"<(?:[\w.-]+:)?mergeCell\s+ref\s*=\s*[\"']([A-Z]+)([0-9]+):([A-Z]+)([0-9]+)[\"']")


class Worksheet:
    """The XML of one worksheet. `chunks` is read once."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.stream = stream
        self.prefix = b""
        """Of the elements' names, with its colon."""
        self.root = (b"", b"")
        """Start and end tag of the worksheet, for pieces of it to be parsed in."""
        self.tail = b""
        """What follows the rows; when all chunks are read."""

    def chunks(self) -> Iterator[bytes]:
        """The XML of all rows, cut between rows. Raises: Damaged."""
        rest, is_empty = self._begin()
        if is_empty:
            self.tail = rest + self.stream.read()
            return
        start, end = b"<" + self.prefix + b"row ", b"</" + self.prefix + b"sheetData"
        while block := self.stream.read(BLOCK):
            text = rest + block
            cut = text.rfind(start, max(1, len(rest) - len(start)))
            if cut > 0:
                yield text[:cut]
                rest = text[cut:]
                continue
            rest = text
            if text.find(end, max(0, len(rest) - len(block) - len(end))) >= 0:
                break
            if len(rest) > LONGEST:
                raise Damaged(f"<row> > {LONGEST:,}")
        at = rest.find(end)
        if at < 0:
            raise Damaged("</sheetData>")
        yield rest[:at]
        self.tail = rest[at:] + self.stream.read()

    def merges(self) -> list[MergedRange]:
        """Merged cells, zero-based, in order; when all chunks are read."""
        found = [
            ((int(row) - 1, column_number(column)), (int(last_row) - 1, column_number(last_column)))
            for column, row, last_column, last_row in _MERGED.findall(self.tail)
        ]
        return sorted(found)

    def _begin(self) -> tuple[bytes, bool]:
        """Read up to the rows. Returns what follows their start tag, and whether there are none."""
        text = b""
        while (match := _SHEET_DATA.search(text)) is None:
            block = self.stream.read(BLOCK)
            if not block or len(text) > LONGEST:
                raise Damaged("<sheetData>")
            text += block
        head = text[: match.start()]
        root = _ROOT.search(head)
        if root is None or b"<!DOCTYPE" in head:
            raise Damaged("<worksheet>" if root is None else "DOCTYPE")
        self.prefix = match[1]
        self.root = (root[0], b"</" + root[1] + b">")
        return text[match.end() :], bool(match[2])


def column_number(letters: bytes) -> int:
    """A → 0, Z → 25, AA → 26."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1
