"""The shared texts of a workbook. In: the part's stream. Out: its texts, in order.

Source: ECMA-376 Part 1, 18.4.9 (sst).
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Final

from formgen.data.sources.faults import Damaged
from formgen.data.sources.spreadsheet.cells import is_plain, unescaped, xml_text
from formgen.data.sources.spreadsheet.elements import local_name, parse, rich_text
from formgen.data.sources.spreadsheet.package import PartReader
from formgen.data.sources.spreadsheet.worksheet import BLOCK, HEAD, LONGEST, may_hold_more

__all__ = ["shared_texts"]

_ROOT: Final = re.compile(rb"<((?:[\w.-]+:)?)sst\b[^>]*?(/?)>")


def shared_texts(stream: PartReader) -> list[str]:
    """Raises: Damaged."""
    text = b""
    while (root := _ROOT.search(text)) is None:
        block = stream.read(BLOCK)
        if not block or len(text) > HEAD:
            raise Damaged("<sst>")
        text += block
    if b"<!DOCTYPE" in text[: root.start()]:
        raise Damaged("DOCTYPE")
    if root[2]:
        return []
    return list(itertools.chain.from_iterable(_Items(root[0], root[1]).read(stream, text[root.end() :])))


class _Items:
    """Reads the items of a table of texts: those of plain spelling many at once, others by the XML parser."""

    def __init__(self, root: bytes, prefix: bytes) -> None:
        names = {b"p": re.escape(prefix)}
        self.root = root
        self.prefix = prefix
        self.start, self.end, self.last = (tag % prefix for tag in (b"<%ssi", b"</%ssi>", b"</%ssst>"))
        self.plain = re.compile(
            rb"<%(p)ssi>\s*+<%(p)st(?: xml:space=\"preserve\")?+>([^<]*+)</%(p)st>"
            rb"(?:<%(p)sphoneticPr [^>]*+/>)?+\s*+</%(p)ssi>" % names
        )

    def read(self, stream: PartReader, rest: bytes) -> Iterator[list[str]]:
        while block := stream.read(BLOCK):
            rest += block
            cut = rest.rfind(self.end) + len(self.end)
            if cut >= len(self.end):
                yield self._texts(rest[:cut])
                rest = rest[cut:]
            elif len(rest) > LONGEST:
                raise Damaged(f"<si> > {LONGEST:,}")
        at = rest.rfind(self.last)
        if at < 0:
            raise Damaged("</sst>")
        yield self._texts(rest[:at])

    def _texts(self, items: bytes) -> list[str]:
        found = self.plain.findall(items)
        if len(found) == items.count(self.start) and not may_hold_more(items, self.prefix, b"si"):
            return list(map(bytes.decode, found)) if is_plain(items) else [unescaped(xml_text(item)) for item in found]
        parsed = parse(self.root + items + self.last)
        return [unescaped(rich_text(item)) for item in parsed if local_name(item) == "si"]
