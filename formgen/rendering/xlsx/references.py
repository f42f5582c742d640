"""References of a sheet: columns, cells, ranges, and where a template's rows stand once its loops are filled.

A template's rows move when its tables grow: the three rows of a loop (marker, row, marker) become as many rows as the
table has. `RowMap` knows the new numbers; `Moving` is a text with references in it (a formula, a name, a sqref)
that follows them.

Rows are 1-based as in the file, columns 1-based (A = 1).
Source: ECMA-376 Part 1, 18.17.2.3 (A1 references). Limits: R1C1 is not read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

__all__ = [
    "MAX_ROWS",
    "REFERENCE",
    "Area",
    "LoopRows",
    "Moving",
    "Reach",
    "RowMap",
    "column_index",
    "column_letters",
    "parse_area",
    "unquote_sheet",
    "vanishes",
]

MAX_ROWS = 1_048_576
"""Rows of a sheet (Excel 2007 and later, WPS, LibreOffice)."""

REFERENCE = re.compile(
    r"""
    (?P<string>"(?:[^"]|"")*")
    | (?<![\w.$!\]])
      (?P<sheet>(?:'(?:[^']|'')+'|[^\W\d][\w.]*)!)?
      (?:(?P<col1>\$?[A-Za-z]{1,3})(?P<row1>\$?[1-9][0-9]*)(?::(?P<col2>\$?[A-Za-z]{1,3})(?P<row2>\$?[1-9][0-9]*))?
        |(?P<first>\$?[1-9][0-9]*):(?P<last>\$?[1-9][0-9]*))
      (?![\w(.!])
    """,
    re.VERBOSE,
)
"""A string (to step over), a cell, a range of cells or a range of whole rows, with the sheet before it."""


def column_index(letters: str) -> int:
    index = 0
    for letter in letters.upper():
        index = index * 26 + ord(letter) - 64
    return index


def column_letters(index: int) -> str:
    letters = ""
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def unquote_sheet(prefix: str) -> str:
    """'附件1'! → 附件1"""
    name = prefix.removesuffix("!")
    return name[1:-1].replace("''", "'") if name.startswith("'") else name


@dataclass(frozen=True, slots=True)
class Area:
    """A reference: cells from one corner to the other, or whole rows (columns 0). `is_range` tells B6:B6 from B6."""

    column1: int
    row1: int
    column2: int
    row2: int
    is_range: bool = False
    fixed: tuple[bool, bool, bool, bool] = (False, False, False, False)
    """Which of column1, row1, column2, row2 has a $."""
    sheet: str = ""
    """As written, with the exclamation mark; empty for the formula's own sheet."""

    def text(self, row1: int | str, row2: int | str) -> str:
        """The reference as written, with other rows."""
        fixed = ["$" if one else "" for one in self.fixed]
        letters1 = fixed[0] + column_letters(self.column1) if self.column1 else ""
        text = f"{self.sheet}{letters1}{fixed[1]}{row1}"
        if not self.is_range:
            return text
        letters2 = fixed[2] + column_letters(self.column2) if self.column2 else ""
        return f"{text}:{letters2}{fixed[3]}{row2}"

    def shifted(self, rows: int, columns: int) -> Area:
        """As Excel shifts a reference when its formula is filled into another cell: what has a $ stays."""
        by = (columns, rows, columns, rows)
        corners = (self.column1, self.row1, self.column2, self.row2)
        moved = [old if fixed else old + step for old, step, fixed in zip(corners, by, self.fixed, strict=True)]
        return replace(self, column1=moved[0], row1=moved[1], column2=moved[2], row2=moved[3])


def area_of(match: re.Match[str]) -> Area:
    """The area of a match of REFERENCE that is no string."""
    column1, row1, column2, row2 = match["col1"] or "", match["row1"], match["col2"] or "", match["row2"]
    if match["first"]:
        row1, row2 = match["first"], match["last"]
    is_range = row2 is not None
    if not is_range:
        column2, row2 = column1, row1
    bits = (column1, row1, column2, row2)
    letters1, number1, letters2, number2 = (bit.removeprefix("$") for bit in bits)
    fixed = tuple(bit.startswith("$") for bit in bits)
    return Area(
        column_index(letters1),
        int(number1),
        column_index(letters2),
        int(number2),
        is_range,
        (fixed[0], fixed[1], fixed[2], fixed[3]),
        match["sheet"] or "",
    )


def parse_area(ref: str) -> Area:
    """A1 or A1:B2. Raises: ValueError."""
    match = REFERENCE.fullmatch(ref)
    if match is None or match["string"]:
        raise ValueError(ref)
    return area_of(match)


@dataclass(frozen=True, slots=True)
class LoopRows:
    """Where a loop stands in the template: its first marker; the loop row and the end marker follow."""

    marker: int

    @property
    def row(self) -> int:
        return self.marker + 1

    @property
    def end(self) -> int:
        return self.marker + 2


def vanishes(area: Area, loops: Iterable[LoopRows]) -> bool:
    """Whether an area stands on marker rows only."""
    markers = {row for loop in loops for row in (loop.marker, loop.end)}
    rows = range(area.row1, area.row2 + 1)
    return len(rows) <= len(markers) and all(row in markers for row in rows)


Reach = Literal["formula", "cells", "rule"]
"""How a reference is meant: in a formula one cell stays one cell; a list of cells a rule or a name is for grows with a
loop row even where it is one cell; in a rule's formula relative rows are counted from the first cell the rule is for,
so a relative end in a loop row stays in the first copy."""


class RowMap:
    """Template rows → rows of the filled sheet.

    Args:
        loops: from top to bottom.
        counts: rows each loop became, at least 1; a loop not filled yet may be left out at the end of the list,
            then only rows above it can be asked for.
    """

    def __init__(self, loops: Sequence[LoopRows], counts: Sequence[int]) -> None:
        self._blocks: list[tuple[LoopRows, int, int]] = []
        shift = 0
        for loop, count in zip(loops, counts, strict=False):
            first = loop.marker + shift
            self._blocks.append((loop, first, first + count - 1))
            shift += count - 3
        self.shift = shift
        """Rows by which everything below the last loop moves."""

    def start(self, row: int) -> int:
        """New row of the first cell of whatever starts at `row`."""
        return self._find(row, False)

    def end(self, row: int) -> int:
        """New row of the last cell of whatever ends at `row`: a loop row ends where its last copy stands."""
        return self._find(row, True)

    def _find(self, row: int, is_end: bool) -> int:
        shift = 0
        for loop, first, last in self._blocks:
            if row < loop.marker:
                break
            if row > loop.end:
                shift = last - loop.end
            elif is_end:
                return first - 1 if row == loop.marker else last
            else:
                return last + 1 if row == loop.end else first
        return min(row + shift, MAX_ROWS)

    def area_text(self, area: Area, reach: Reach = "formula") -> str:
        """The reference moved."""
        if not area.is_range:
            row, last = self.start(area.row1), self.end(area.row1)
            if reach == "cells" and last > row:
                return replace(area, is_range=True).text(row, last)
            return area.text(row, row)
        stays = reach == "rule" and not area.fixed[3]
        return area.text(self.start(area.row1), self.start(area.row2) if stays else self.end(area.row2))


class Moving:
    """A text with references, compiled: `at` gives it for filled loops.

    Args:
        text: formula without =, defined name, or sqref.
        is_own: whether a sheet prefix (as written, or empty) means the sheet that is filled.
        reach: how references are meant.
    """

    def __init__(self, text: str, is_own: Callable[[str], bool], reach: Reach = "formula") -> None:
        self.pieces: list[str | Area] = []
        self.reach = reach
        done = 0
        for match in REFERENCE.finditer(text):
            if match["string"] or not is_own(match["sheet"] or ""):
                continue
            self.pieces += (text[done : match.start()], area_of(match))
            done = match.end()
        self.pieces.append(text[done:])

    @property
    def areas(self) -> list[Area]:
        return [piece for piece in self.pieces if isinstance(piece, Area)]

    def at(self, rows: RowMap) -> str:
        return self.at_each(lambda _: rows)

    def at_each(self, rows_of: Callable[[Area], RowMap]) -> str:
        """Like `at`, for a text whose references are to several sheets."""
        return "".join(
            piece if isinstance(piece, str) else rows_of(piece).area_text(piece, self.reach) for piece in self.pieces
        )
