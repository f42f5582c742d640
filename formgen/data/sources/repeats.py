"""How far the cells of an .ods reach: its rows and cells say how often they are repeated.

In: the file. Out: rows and columns of its largest sheet. Whoever loads it makes room for every repeated cell, so a file
of two kilobytes can ask for any amount of memory. Repeated cells with nothing in them at the end of a row, and such
rows at the end of a sheet, count nothing: LibreOffice fills every sheet up with them.
Source: OpenDocument 1.2, part 1, 9.1.3 (table:table-row), 9.1.4 (table:table-cell), 19.675, 19.679.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

__all__ = ["extent_of_ods"]

_BLOCK = 1 << 20
_ROW_END = b"</table:table-row>"
_TABLE = b"<table:table "
_ROWS = re.compile(rb"<table:table-row\s[^>]*number-rows-repeated\s*=\s*[\"']([0-9]{1,12})")
_CELL = re.compile(rb"<table:(?:covered-)?table-cell\b([^>]*?)(/?)>")
_COLUMNS = re.compile(rb"number-columns-repeated\s*=\s*[\"']([0-9]{1,12})")


def extent_of_ods(path: Path) -> tuple[int, int]:
    """Rows and columns of the largest sheet. Raises zipfile.BadZipFile or KeyError where the package is broken."""
    widest = (0, 0)
    rows = last_row = last_column = 0
    for row in _rows(path):
        if _TABLE in row:
            rows = last_row = last_column = 0
        times = _ROWS.search(row)
        rows += int(times[1]) if times else 1
        width = _filled_width(row)
        if width:
            last_row, last_column = rows, max(last_column, width)
            widest = max(widest, (last_row, last_column), key=lambda extent: extent[0] * extent[1])
    return widest


def _filled_width(row: bytes) -> int:
    """Columns up to the last cell that holds something."""
    column = width = 0
    for attributes, end in _CELL.findall(row):
        times = _COLUMNS.search(attributes) if b"repeated" in attributes else None
        column += int(times[1]) if times else 1
        if not end or b"value" in attributes or b"formula" in attributes:
            width = column
    return width


def _rows(path: Path) -> Iterator[bytes]:
    rest = b""
    with zipfile.ZipFile(path) as package, package.open("content.xml") as stream:
        while block := stream.read(_BLOCK):
            *rows, rest = (rest + block).split(_ROW_END)
            yield from rows
