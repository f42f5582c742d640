"""Rows below a table's header, in a table we did not make: which are data, and which are something else.

In: a block's cells and the header found in it. Out: the rows in order. A row is data as long as its cells lie below the
header's; what is merged wider (a note, a place between groups) is none, nor are labels with values behind them. What
may be a row or not is doubtful: it counts, and nothing of it is believed.
A cell merged over several rows is the value of each only where it belongs to a household or a place.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from formgen.forms.manifest import Field
from formgen.reading.grid import GridCell
from formgen.reading.labels.anchors import (
    ANY_TEXT,
    SOMEBODY,
    Anchors,
    looks_like_label,
    looks_like_name,
    names_somebody,
    takes,
    whose,
)
from formgen.reading.labels.inline import pairs_in
from formgen.reading.labels.neighbours import Neighbours
from formgen.reading.labels.rosters import Roster
from formgen.values.fillers import TOTALS
from formgen.vocabulary.folding import fold

__all__ = ["RosterRow", "is_total", "rows_of"]

_ROW_NUMBERS: Final = frozenset(["序号", "编号", "号", "no", "序"])
_SHARED: Final = frozenset(["household", "place"])
"""Entities whose values may stand once for several rows."""
_BLANKS: Final = re.compile(r"[\s□☐_]*")
_EXAMPLE: Final = re.compile(r"\(?(?:例|示例|样例|例如|举例|范例)\)?")
_WORD: Final = re.compile("[\u4e00-\u9fff]{2,}")
_TELLING: Final = 3
"""A label of so many characters is no value of a column; 村 or 户 may be."""


RowKind = Literal["data", "foreign", "doubtful", "header"]


@dataclass(frozen=True, slots=True)
class RosterRow:
    cells: Mapping[str, GridCell]
    """Column of the form → cell."""
    others: tuple[GridCell, ...]
    """Cells below headers that nobody asked for."""
    start: str
    """Text of its first cell."""
    is_blank: bool
    is_doubtful: bool
    """It may be of the table or not."""


def rows_of(around: Neighbours, roster: Roster, anchors: Anchors) -> Iterator[RosterRow]:
    """The rows below the header, until the next header of the same columns or the block's end."""
    entity = {column.key: anchors.term_entity(column) for column in anchors.tables[roster.table].columns}
    merge_by = anchors.tables[roster.table].merge_by
    judge = _Judge(roster, anchors)
    for row in sorted(number for number in around.rows if number >= roster.after):
        cells = around.in_row(row)
        own = [cell for cell in cells if cell.row == row]
        kind = judge.kind(cells, own) if cells else "foreign"
        if kind == "header":
            return
        if kind == "foreign":
            continue
        found: dict[str, GridCell] = {}
        for key, (header, _) in roster.columns.items():
            cell = around.at.get((row, header.column))
            if cell is not None and (cell.row == row or key == merge_by or entity[key] in _SHARED):
                found[key] = cell
        used = {id(cell) for cell in found.values()}
        others = tuple(cell for cell in own if id(cell) not in used)
        yield RosterRow(found, others, fold(cells[0].text), _is_blank(own, roster), kind == "doubtful")


class _Judge:
    """What a row below a header is."""

    def __init__(self, roster: Roster, anchors: Anchors) -> None:
        self.roster = roster
        self.anchors = anchors
        columns = {column.key: column for column in anchors.tables[roster.table].columns}
        self.strict: dict[int, Field] = {
            header.column: columns[key]
            for key, (header, _) in roster.columns.items()
            if columns[key].type_name not in ANY_TEXT
        }
        """Columns by where they begin, of types that tell a value from another text."""

    def kind(self, cells: Sequence[GridCell], own: Sequence[GridCell]) -> RowKind:
        filled = [cell for cell in own if cell.text.strip()]
        if len(filled) > 1 and (_is_instruction(filled, len(own)) or all(map(_is_signed, filled))):
            return "foreign"
        if self._is_moved_header(filled) or self._is_other_header(filled):
            return "header"
        if not self._is_aligned(cells):
            is_row = len(filled) > 1 and fold(cells[0].text) not in TOTALS and any(map(self._fits, filled))
            return "doubtful" if is_row and not any(map(self._has_pairs, filled)) else "foreign"
        if len(filled) == 1 and self._has_pairs(filled[0]):
            return "foreign"  # a lone label with its value (户主姓名：钱七): a line written below the table
        if filled == [own[0]] and whose(own[0].text) not in ("", "person"):  # 家庭成员: a heading of what follows
            return "foreign" if len(fold(own[0].text)) >= _TELLING else "doubtful"
        labels = [self._is_label(cell, cell is own[0], cell is filled[-1]) for cell in filled]
        named = [names_somebody(one.text, other.text) for one, other in itertools.pairwise(filled)] + [False]
        either = [one or other for one, other in zip(labels, named, strict=True)]
        if either == [number % 2 == 0 for number in range(len(filled))]:
            labels = either  # 填表人 · 王五 · 审核人 · 赵六: labels that nobody knows
        if not any(labels) or self._is_header_again(own):
            return "data"
        return self._kind_of_labels(filled, labels)

    def _kind_of_labels(self, filled: Sequence[GridCell], labels: Sequence[bool]) -> RowKind:
        """Labels with values behind them, or a row of the table in which a value reads like a label."""
        is_strict = any(is_one and cell.column in self.strict for cell, is_one in zip(filled, labels, strict=True))
        alternate = [number % 2 == 0 for number in range(len(filled))]
        if len(filled) > 1 and looks_like_name(filled[1].text) and _WORD.fullmatch(fold(filled[0].text)):
            alternate[0] = labels[0]  # a label nobody knows, with somebody's name behind it
        if labels == alternate and len(filled) % 2 == 0:
            is_telling = any(len(fold(cell.text)) >= _TELLING for cell in filled[::2])
            return "foreign" if is_telling or is_strict or whose(filled[0].text) == SOMEBODY else "doubtful"
        if is_strict:
            return "doubtful" if any(map(self._fits, filled)) else "foreign"
        return "data" if any(map(self._fits, filled)) else "doubtful"

    def _is_label(self, cell: GridCell, is_first: bool, is_last: bool) -> bool:
        """It begins the row or has a value behind it: a lone word in a column of its own is that column's value."""
        return (
            (is_first or not is_last) and self.anchors.meaning(cell.text) is not None and fold(cell.text) not in TOTALS
        )

    def _has_pairs(self, cell: GridCell) -> bool:
        return bool(pairs_in(cell.text, lambda text: self.anchors.meaning(text) is not None))

    def _fits(self, cell: GridCell) -> bool:
        """Whether a cell has a value that its column's type tells from other texts."""
        column = self.strict.get(cell.column)
        return column is not None and cell.column_span == 1 and takes(column, cell.text)

    def _is_aligned(self, cells: Sequence[GridCell]) -> bool:
        """Whether each cell lies below one header."""
        spans = [(header.column, header.column + header.span) for header in self.roster.headers]
        return all(
            any(start <= cell.column and cell.column + cell.column_span <= end for start, end in spans)
            for cell in cells
            if cell.text.strip() or cell.column_span > 1
        )

    def _is_moved_header(self, filled: Sequence[GridCell]) -> bool:
        """The table's header once more, its words above other columns: from here on it is another table."""
        own = {(header.column, fold(word)) for header in self.roster.headers for word in header.spellings}
        words = {word for _, word in own}
        texts = [(cell.column, fold(cell.text)) for cell in filled]
        return len(texts) > 2 and all(text in words for _, text in texts) and not own.issuperset(texts)

    def _is_other_header(self, filled: Sequence[GridCell]) -> bool:
        """Labels only, and not this table's: what stands below them is another table's."""
        known = [self.anchors.meaning(cell.text) is not None for cell in filled]
        is_header = len(filled) > 2 and sum(known) > 1
        is_header = is_header and all(
            is_one or looks_like_label(cell.text) or whose(cell.text)
            for is_one, cell in zip(known, filled, strict=True)
        )
        return is_header and not self._is_header_again(filled)

    def _is_header_again(self, own: Sequence[GridCell]) -> bool:
        words = {fold(word) for header in self.roster.headers for word in (header.cells[0].text, *header.spellings)}
        return all(fold(cell.text) in words for cell in own if cell.text.strip())


def _is_instruction(filled: Sequence[GridCell], width: int) -> bool:
    """A row that shows how to fill in the table: an example, hints in brackets, the columns' numbers."""
    texts = [fold(cell.text) for cell in filled]
    is_hint = len(texts) > 2 and all(text.startswith("(") and text.endswith(")") for text in texts)
    is_numbered = width > 2 and texts == [str(number) for number in range(1, width + 1)]
    return _EXAMPLE.fullmatch(texts[0]) is not None or is_hint or is_numbered


def _is_signed(cell: GridCell) -> bool:
    """填表人：王五, in a cell of its own."""
    label, colon, _ = cell.text.replace(":", "：").partition("：")
    return bool(colon) and whose(label) == SOMEBODY


def _is_blank(own: Sequence[GridCell], roster: Roster) -> bool:
    """A row that nobody wrote into: it has its printed number at most."""
    numbers = {
        header.column for header in roster.headers if any(fold(word) in _ROW_NUMBERS for word in header.spellings)
    }
    return all(
        _BLANKS.fullmatch(cell.text) or (cell.column in numbers and cell.text.strip().isdecimal()) for cell in own
    )


def is_total(row: RosterRow) -> bool:
    return row.start in TOTALS
