"""A worksheet as it was filled in: its cells by row and column, merged ones known.

In: a raw table. Out: rows as lists that begin in column A, and merged areas. Everything is zero-based.
"""

from __future__ import annotations

import bisect
import functools
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

from formgen.data.sources.table import HiddenParts, RawRow, RawTable, column_letters
from formgen.data.sources.unread_cells import UnreadCell
from formgen.problems import Finding
from formgen.reading.model import Refused
from formgen.reading.xlsx.anatomy import Spot
from formgen.values import is_blank
from formgen.vocabulary.folding import fold

__all__ = ["CoveredText", "CutText", "Sheet", "is_struck", "refused", "words_of"]

ERRORS: Final = frozenset(("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"))
CODES: Final = {"error": "F-EXCEL-003", "formula": "F-EXCEL-002", "struck": "F-EXCEL-010", "hidden": "F-EXCEL-011"}
"""Of cells that hold no value."""
SHOWN_SPANS: Final = 8
LABEL_LENGTH: Final = 200
"""Longer texts are no printed words that anybody matches."""


class CutText(str):
    """What shows of a cell on paper, where more may stand in it."""

    __slots__ = ()
    code: ClassVar[str] = "F-PDFREAD-018"


class CoveredText(CutText):
    """What shows of a cell on paper, where something was drawn over it."""

    __slots__ = ()
    code: ClassVar[str] = "F-PDFREAD-020"


@dataclass(frozen=True)
class Sheet:
    """One worksheet."""

    name: str
    rows: Sequence[RawRow]
    left: int
    """Column of the rows' first cell."""
    merges: Mapping[tuple[int, int], Spot]
    """By their first cell."""
    _tops: Sequence[tuple[int, Spot]]
    hidden: HiddenParts = field(default_factory=HiddenParts, kw_only=True)

    @classmethod
    def of(cls, table: RawTable) -> Sheet:
        left = table.first_column
        rows = list(table.rows())
        spots = [
            Spot(top, first + left, bottom, last + left)
            for (top, first), (bottom, last) in table.merges()
            if (bottom, last) > (top, first)
        ]
        spots.sort(key=lambda spot: (spot.row, spot.column))
        by_cell = {(spot.row, spot.column): spot for spot in spots}
        return cls(
            table.name, rows, left, by_cell, [(spot.row, spot) for spot in by_cell.values()], hidden=table.hidden()
        )

    @functools.cached_property
    def width(self) -> int:
        return self.left + max(map(len, self.rows), default=0)

    @functools.cached_property
    def _columns(self) -> list[tuple[Any, ...]]:
        return list(itertools.zip_longest(*self.rows, fillvalue=""))

    @property
    def span(self) -> range:
        """The columns that hold anything."""
        return range(self.left, self.width)

    def column(self, column: int) -> Sequence[Any]:
        """What stands in a column, one cell a row of the sheet; "" beyond the sheet's edge."""
        index = column - self.left
        return self._columns[index] if 0 <= index < len(self._columns) else ("",) * len(self.rows)

    def cell(self, row: int, column: int) -> Any:
        """What stands in a cell; "" beyond the sheet's edge."""
        if not 0 <= row < len(self.rows):
            return ""
        cells, index = self.rows[row], column - self.left
        value = cells[index] if 0 <= index < len(cells) else ""
        return "" if value is None else value

    def filled(self, row: int, first: int = 0, last: int | None = None) -> Iterator[tuple[int, Any]]:
        """Columns and contents of the cells of a row that hold something."""
        if not 0 <= row < len(self.rows):
            return
        for index, value in enumerate(self.rows[row], self.left):
            if first <= index and (last is None or index <= last) and value != "" and not is_blank(value):
                yield index, value

    def spot(self, row: int, column: int) -> Spot:
        """The cell with all that is merged into it."""
        return self.merges.get((row, column), Spot(row, column, row, column))

    def merges_in(self, first_row: int, last_row: int) -> list[Spot]:
        """Merged cells that begin in these rows."""
        start = bisect.bisect_left(self._tops, first_row, key=lambda item: item[0])
        end = bisect.bisect_right(self._tops, last_row, key=lambda item: item[0])
        return [spot for _, spot in self._tops[start:end]]

    def hidden_names(self) -> str:
        """The hidden rows and columns in which anything stands, as people name them; '' for none."""
        rows = [row for row in sorted(self.hidden.rows) if any(True for _ in self.filled(row))]
        columns = [column for column in sorted(self.hidden.columns) if not all(map(is_blank, self.column(column)))]
        said = [("行", _spans(rows, lambda row: str(row + 1))), ("列", _spans(columns, column_letters))]
        return "；".join(f"{spans} {kind}" for kind, spans in said if spans)

    def address(self, row: int, column: int) -> str:
        return f"{column_letters(column)}{row + 1}"

    def place(self, row: int, column: int) -> str:
        return f"{self.name}!{self.address(row, column)}"


def _spans(numbers: Sequence[int], name: Callable[[int], str]) -> str:
    """3、5–8: numbers in order, those that follow each other as one; the first few."""
    spans: list[list[int]] = []
    for number in numbers:
        if spans and number == spans[-1][-1] + 1:
            spans[-1][1:] = [number]
        else:
            spans.append([number])
    shown = "、".join("–".join(map(name, span)) for span in spans[:SHOWN_SPANS])
    return shown + ("…" if len(spans) > SHOWN_SPANS else "")


def words_of(value: Any) -> str:
    """A cell as printed words, folded; '' for what is no text (a year typed as a number is one), or is struck out."""
    if isinstance(value, str):
        return fold(value) if len(value) <= LABEL_LENGTH and not is_struck(value) else ""
    if isinstance(value, (int, float)) and not isinstance(value, bool) and value == value and abs(value) < 10**6:
        return str(int(value)) if value == int(value) else ""
    return ""


def is_struck(value: object) -> bool:
    return isinstance(value, UnreadCell) and value.kind == "struck"


def refused(value: Any) -> Any:
    """The cell, or what is wrong with it where it holds no value."""
    if isinstance(value, UnreadCell):
        return Refused(str(value), Finding(CODES[value.kind], str(value)))
    if isinstance(value, CutText):
        return Refused(str(value), Finding(value.code, str(value)))
    if isinstance(value, str) and value[:1] == "#" and value.strip() in ERRORS:
        return Refused(value.strip(), Finding("F-EXCEL-003", value.strip()))
    return value
