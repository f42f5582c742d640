"""Patterns of rows: what takes the XML of a row apart to the last byte, hundreds of rows in one call.

In: a chunk of XML. Out: columns, each of them the attributes and the contents of its cells. Two patterns take rows
apart: one that knows all common spellings, and one of the shape that the rows before had, which needs half the time.
Source: ECMA-376 Part 1, 18.3.1.4 (c), 18.3.1.73 (row).
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Sequence
from typing import Final

from formgen.data.sources.table import column_letters

__all__ = ["Columns", "RowShape", "row_pattern", "shape_of"]

Columns = Sequence[Sequence[bytes]]
"""The numbers of the rows, then of each column the cells' attributes (but the address) and their contents."""

_ROW: Final = rb'<%(p)srow r="([0-9]{1,7})"[^>]*+>'
_TEXTS: Final = rb"<%(p)sis><%(p)st(?: xml:space=\"preserve\")?+>", rb"</%(p)st></%(p)sis>"
_VALUES: Final = rb"<%(p)sv>", rb"</%(p)sv>"


@functools.lru_cache(32)
def row_pattern(prefix: bytes, width: int) -> re.Pattern[bytes]:
    """A row, any cells left out: its number, then attributes and content of each column.

    A formula counts only with a result. What is matched is never tried again in another way (`++`, `*+`, `?+`).
    """
    formula = rb"(?:<%(p)sf(?:/>|\s[^>]*/>|>[^<]*</%(p)sf>|\s[^>]*>[^<]*</%(p)sf>)(?=<%(p)sv>[^<]))?+"
    text = rb"(?:" + _VALUES[0] + rb"|" + _TEXTS[0] + rb")([^<]*+)(?:" + _VALUES[1] + rb"|" + _TEXTS[1] + rb")"
    cells = b"".join(
        rb'(?:<%(p)sc r="'
        + column_letters(index).encode()
        + rb'\1"((?: \w++="[^"<>/]*+")*+)(?:/>|>(?:'
        + formula
        + text
        + rb")?+</%(p)sc>))?+"
        for index in range(width)
    )
    return re.compile((_ROW + rb"(?:(?<=/>)|" + cells + rb"</%(p)srow>)") % {b"p": re.escape(prefix)})


class RowShape:
    """Rows in which the cells of a column are of one kind, or blank.

    Args:
        kinds: of each column the attributes of its cells that hold something; b"" of one that holds nothing.
    """

    def __init__(self, prefix: bytes, kinds: Sequence[bytes]) -> None:
        self.prefix, self.kinds = prefix, kinds

    def columns(self, chunk: bytes, count: int) -> Columns | None:
        """The columns of a chunk; None where not all of its rows, `count`, are of this shape."""
        found = self._pattern.findall(chunk)
        if len(found) != count or not found:
            return None
        numbers, *contents = zip(*found, strict=True)
        cells = (((kind,) * count, column) for kind, column in zip(self.kinds, contents, strict=True))
        return [numbers, *itertools.chain.from_iterable(cells)]

    @functools.cached_property
    def _pattern(self) -> re.Pattern[bytes]:
        cells = b"".join(map(self._cell, range(len(self.kinds)), self.kinds))
        return re.compile((_ROW + cells + rb"</%(p)srow>") % {b"p": re.escape(self.prefix)})

    @staticmethod
    def _cell(index: int, kind: bytes) -> bytes:
        start, end = _TEXTS if b't="inlineStr"' in kind else _VALUES
        held = re.escape(kind).replace(b"%", b"%%") + rb">" + start + rb"([^<]++)" + end + rb"</%(p)sc>"
        blank = rb'(?: s="[0-9]++")?+/>'
        return rb'(?:<%(p)sc r="' + column_letters(index).encode() + rb'\1"(?:' + held + rb"|" + blank + rb"))?+"


def shape_of(prefix: bytes, columns: Columns) -> RowShape | None:
    """The shape of these rows; None where they have more than one, or errors, which blanks may not be taken for."""
    kinds: list[bytes] = []
    for attributes, contents in zip(columns[1::2], columns[2::2], strict=True):
        held = {kind for kind, content in zip(attributes, contents, strict=True) if content}
        if len(held) > 1 or any(b't="e"' in kind for kind in held):
            return None
        kinds.append(held.pop() if held else b"")
    return RowShape(prefix, kinds)
