"""The neutral model between the readers of files and everything after them: a named table of raw rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from formgen.vocabulary.headers import MergedRange

__all__ = ["HiddenParts", "RawRow", "RawTable", "column_letters"]

RawRow = list[Any]
"""Cells of one row, from `RawTable.first_column` on: the raw cells of the values' contract; blank is None or ""."""


@dataclass(frozen=True, slots=True)
class HiddenParts:
    """Rows and columns that nobody sees, zero-based."""

    rows: set[int] = field(default_factory=set)
    columns: set[int] = field(default_factory=set)


@dataclass(frozen=True)
class RawTable:
    """One sheet of a workbook, one CSV file, one list of a JSON file.

    `rows` is called once and gives all rows from the sheet's first one, the header among them.
    """

    file: str
    name: str
    rows: Callable[[], Iterator[RawRow]]
    first_column: int = 0
    """Zero-based index of the column that the rows' first cell stands in."""
    merges: Callable[[], Sequence[MergedRange]] = tuple
    """Merged cells. Of some files they cost a second look unless the rows have been read."""
    hidden: Callable[[], HiddenParts] = HiddenParts
    """What of it is hidden; told when all rows have been read."""
    numbering: Literal["cell", "line"] = "cell"
    """Whether people find a row by A1 addresses or by the number of its line (or record, in JSON)."""
    first_row: int = 1
    """The number of the first row, as people count them."""
    is_hidden: bool = False
    is_looked_over: bool = True
    """Whether cells that came to an error were told from blanks."""

    def cell_name(self, row: int, column: int | None = None) -> str:
        """Where a cell stands: `row` as `rows` counts (zero-based), `column` within the row's list."""
        number = row + self.first_row
        if self.numbering == "line" or column is None:
            return str(number)
        return f"{column_letters(column + self.first_column)}{number}"


def column_letters(index: int) -> str:
    """0 → A, 25 → Z, 26 → AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
