"""A worksheet's XML, cut where rows begin, without holding more of it than a block.

In: the part's stream. Out: the XML of rows in chunks, and at the end what follows them, merged cells among it. Nothing
is parsed here. A row is cut at the next `<row `; where that stands in a comment or the like, a piece is no XML any more
and whoever parses it says so.
Source: ECMA-376 Part 1, 18.3.1.99 (worksheet), 18.3.1.80 (sheetData), 18.3.1.55 (mergeCells).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from formgen.data.sources.faults import Damaged, TooLong
from formgen.data.sources.spreadsheet.hidden import HiddenFinder
from formgen.data.sources.spreadsheet.package import PartReader
from formgen.vocabulary.headers import MergedRange

__all__ = ["BLOCK", "HEAD", "LONGEST", "Worksheet", "column_number", "may_hold_more"]

BLOCK: Final = 1 << 18
LONGEST: Final = 1 << 24
"""Bytes of one row, or of all that follows the rows and is looked at."""
HEAD: Final = 1 << 22
"""Bytes of all that stands before the rows."""

_SHEET_DATA: Final = re.compile(rb"<((?:[\w.-]+:)?)sheetData\b[^<>]*?(/?)>")
_COMMENT: Final = re.compile(rb"<!--.*?-->", re.DOTALL)
_ROOT: Final = re.compile(rb"<((?:[\w.-]+:)?worksheet)\b[^>]*>")
_MERGED: Final = re.compile(
    rb"<(?:[\w.-]+:)?mergeCell\s(?:[^<>]*\s)?ref\s*=\s*[\"']\$?([A-Za-z]{1,3})\$?([0-9]{1,7}):\$?([A-Za-z]{1,3})\$?([0-9]{1,7})[\"']"
)
_MERGES: Final = re.compile(rb"<(?:[\w.-]+:)?mergeCells\b")
_MERGES_END: Final = re.compile(rb"</(?:[\w.-]+:)?mergeCells>|<(?:[\w.-]+:)?mergeCells\b[^<>]*/>")


class Worksheet:
    """The XML of one worksheet. `chunks` is read once."""

    def __init__(self, stream: PartReader) -> None:
        self.stream = stream
        self.prefix = b""
        """Of the elements' names, with its colon."""
        self.root = (b"", b"")
        """Start and end tag of the worksheet, for pieces of it to be parsed in."""
        self.tail = b""
        """What follows the rows; when all chunks are read."""
        self.hidden = HiddenFinder()

    def chunks(self) -> Iterator[bytes]:
        """The XML of all rows, cut between rows. Raises: Damaged; TooLong."""
        rest, is_empty = self._begin()
        if is_empty:
            self.tail = rest + self.stream.read()
            return
        start, end = b"<" + self.prefix + b"row ", b"</" + self.prefix + b"sheetData"
        searched = 0
        while (at := rest.find(end, searched)) < 0:
            block = self.stream.read(BLOCK)
            if not block:
                raise Damaged("</sheetData>")
            if len(rest) > LONGEST:
                raise TooLong(f"> {LONGEST >> 20} MB")
            text = rest + block
            cut = text.rfind(start, max(1, len(rest) - len(start)))
            searched = 0 if cut > 0 else max(0, len(rest) - len(end))
            if cut > 0:
                self.hidden.look_at_rows(text[:cut])
                yield text[:cut]
            rest = text[max(0, cut) :]
        self.hidden.look_at_rows(rest[:at])
        yield rest[:at]
        self.tail = rest[at:] + self.stream.read(LONGEST)
        if _MERGES.search(self.tail) is not None and _MERGES_END.search(self.tail) is None:
            raise Damaged("</mergeCells>")

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
        while (match := _SHEET_DATA.search(text, 0, _end_of_known(text))) is None:
            block = self.stream.read(BLOCK)
            if not block or len(text) > HEAD:
                raise Damaged("<sheetData>")
            text = _COMMENT.sub(b"", text + block)
        head = text[: match.start()]
        root = _ROOT.search(head)
        if root is None or b"<!DOCTYPE" in head:
            raise Damaged("<worksheet>" if root is None else "DOCTYPE")
        self.prefix = match[1]
        self.hidden.look_at_head(head)
        self.root = (root[0], b"</" + root[1] + b">")
        return text[match.end() :], bool(match[2])


def _end_of_known(text: bytes) -> int:
    """Where a comment begins whose end has not come yet."""
    at = text.find(b"<!--")
    return at if at >= 0 else len(text)


def column_number(letters: bytes) -> int:
    """A → 0, Z → 25, AA → 26."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number - 1


def may_hold_more(xml: bytes, prefix: bytes, name: bytes) -> bool:
    """Whether there may be elements of this name with another prefix, or comments, between those that are known.

    One character is found thirty times as fast as two.
    """
    other = (b"<", b"<" + name) if prefix else (b":", b":" + name)
    return any(mark in xml and whole in xml for mark, whole in ((b"!", b"<!"), (b"?", b"<?"), other))
