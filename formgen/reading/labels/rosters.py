"""Rows of a table by the headers of its columns, in a table we did not make.

In: a block's cells, and what headers mean in the form's tables. Out: the header, its columns, the rows below it. A row
is data as long as its cells lie below the header's; what is merged wider (a note, a place between groups) is none.
A cell merged over several rows is the value of each only where it belongs to a household or a place.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from formgen.reading.grid import GridCell
from formgen.reading.labels.anchors import Anchors, Meaning
from formgen.reading.labels.inline import pairs_in
from formgen.reading.labels.neighbours import Neighbours
from formgen.vocabulary.folding import fold

__all__ = ["Roster", "RosterRow", "find_roster", "is_total", "rows_of"]

_TOTALS: Final = frozenset(["合计", "总计", "小计", "共计", "累计"])
_ROW_NUMBERS: Final = frozenset(["序号", "编号", "号", "no", "序"])
_SHARED: Final = frozenset(["household", "place"])
"""Entities whose values may stand once for several rows."""
_BLANKS: Final = re.compile(r"[\s□☐_]*")


@dataclass(frozen=True, slots=True)
class _Header:
    cells: tuple[GridCell, ...]
    spellings: tuple[str, ...]
    column: int
    span: int


@dataclass(frozen=True, slots=True)
class Roster:
    """A table of the form as it lies in a block."""

    table: str
    first: int
    """Rows of the header: from `first` to before `after`."""
    after: int
    columns: Mapping[str, tuple[_Header, float]]
    """Column of the form → its header and the confidence of that."""
    headers: tuple[_Header, ...]


@dataclass(frozen=True, slots=True)
class RosterRow:
    cells: Mapping[str, GridCell]
    """Column of the form → cell."""
    others: tuple[GridCell, ...]
    """Cells below headers that nobody asked for."""
    start: str
    """Text of its first cell."""
    is_blank: bool


def find_roster(around: Neighbours, table: str, anchors: Anchors, start: int, end: int) -> Roster | None:
    """The header of this table between two rows of a block; None where no row looks like one."""
    best: Roster | None = None
    for row in sorted(around.rows):
        if not start <= row < end:
            continue
        found = _roster_at(around, table, anchors, row)
        if found is not None and (best is None or len(found.columns) > len(best.columns)):
            best = found
    return best


def _roster_at(around: Neighbours, table: str, anchors: Anchors, row: int) -> Roster | None:
    headers, after = _headers(around, row)
    meanings = [_meaning(anchors, table, header) for header in headers]
    columns = _columns(headers, meanings, anchors, table)
    known = sum(1 for meaning in meanings if meaning is not None)
    texts = sum(1 for header in headers if header.spellings)
    side_by_side = sum(1 for one, other in itertools.pairwise(meanings) if one is not None and other is not None)
    wanted = max(2, len(anchors.tables[table].columns) // 3)
    if len(columns) < wanted or 2 * known < texts or 2 * side_by_side < known - 1:
        return None
    return Roster(table, row, after, columns, tuple(headers))


def _headers(around: Neighbours, row: int) -> tuple[list[_Header], int]:
    """The columns below this row; of a header of two rows the lower cells, each with the spellings of both."""
    upper = around.in_row(row)
    flat = [cell for cell in upper if cell.text.strip() and cell.row == row]
    height = max((cell.row_span for cell in flat), default=1)
    is_split = height > 1 and any(cell.row_span < height and cell.column_span > 1 for cell in flat)
    if not is_split:
        lower = around.in_row(row + 1)
        split = [cell for cell in flat if cell.column_span > 1 and len(_under(cell, lower)) > 1]
        is_split = bool(split) and all(cell in split or _is_empty_below(around, cell) for cell in flat)
        height = 2 if is_split else height
    found: list[_Header] = []
    for cell in upper:
        children = _under(cell, around.in_row(row + 1)) if is_split and cell.row_span == 1 else []
        if len(children) > 1:
            for child in children:
                words = (cell.text + child.text, child.text) if child.text.strip() else ()
                found.append(_Header((cell, child), words, child.column, child.column_span))
        else:
            below = tuple(child for child in children if child is not cell)
            single = (cell.text,) if cell.text.strip() else ()
            found.append(_Header((cell, *below), single, cell.column, cell.column_span))
    return found, row + height


def _under(cell: GridCell, lower: Sequence[GridCell]) -> list[GridCell]:
    end = cell.column + cell.column_span
    return [item for item in lower if cell.column <= item.column < end and item.row == cell.row + cell.row_span]


def _is_empty_below(around: Neighbours, cell: GridCell) -> bool:
    below = around.below(cell)
    return cell.row_span > 1 or below is None or not below.text.strip()


def _meaning(anchors: Anchors, table: str, header: _Header) -> Meaning | None:
    found = (anchors.column(table, spelling) for spelling in header.spellings)
    return next((meaning for meaning in found if meaning is not None), None)


def _columns(
    headers: Sequence[_Header], meanings: Sequence[Meaning | None], anchors: Anchors, table: str
) -> dict[str, tuple[_Header, float]]:
    """Column → header. Two headers for one column are none; nor is one that may be of the person named before it."""
    own = {anchors.term_entity(column) for column in anchors.tables[table].columns}
    found: dict[str, list[tuple[_Header, float]]] = {}
    other = ""
    for header, meaning in zip(headers, meanings, strict=True):
        if meaning is None:
            other = anchors.somebody(header.spellings[-1]) or other if header.spellings else other
            continue
        foreign = meaning.entities - own
        if not meaning.fields and len(meaning.entities) == 1 and foreign:
            (other,) = foreign
            continue
        if other == "member" and "member" not in own:
            return {}
        if other and len(meaning.entities) > 1:
            continue
        if len(meaning.fields) == 1:
            ((key, confidence),) = meaning.fields.items()
            found.setdefault(key, []).append((header, confidence))
    if other == "member" and "member" not in own:
        return {}
    return {key: places[0] for key, places in found.items() if len(places) == 1}


def rows_of(around: Neighbours, roster: Roster, anchors: Anchors) -> Iterator[RosterRow]:
    """The rows below the header, until the next header of the same columns or the block's end."""
    entity = {column.key: anchors.term_entity(column) for column in anchors.tables[roster.table].columns}
    merge_by = anchors.tables[roster.table].merge_by
    for row in sorted(number for number in around.rows if number >= roster.after):
        cells = around.in_row(row)
        own = [cell for cell in cells if cell.row == row]
        if not cells or not _is_aligned(cells, roster) or _has_labels(own, roster, anchors):
            continue
        found: dict[str, GridCell] = {}
        for key, (header, _) in roster.columns.items():
            cell = around.at.get((row, header.column))
            if cell is not None and (cell.row == row or key == merge_by or entity[key] in _SHARED):
                found[key] = cell
        used = {id(cell) for cell in found.values()}
        others = tuple(cell for cell in own if id(cell) not in used)
        yield RosterRow(found, others, fold(cells[0].text), _is_blank(own, roster, found))


def _is_aligned(cells: Sequence[GridCell], roster: Roster) -> bool:
    """Whether each cell lies below one header."""
    spans = [(header.column, header.column + header.span) for header in roster.headers]
    return all(
        any(start <= cell.column and cell.column + cell.column_span <= end for start, end in spans)
        for cell in cells
        if cell.text.strip() or cell.column_span > 1
    )


def _has_labels(own: Sequence[GridCell], roster: Roster, anchors: Anchors) -> bool:
    """Whether a row is of labels and values, or names somebody the table is not about; a header again is not.

    A label begins the row or has a value behind it: a lone word in a column of its own is that column's value, but a
    lone label with its value (户主姓名：钱七) is of a line written below the table.
    """
    filled = [cell for cell in own if cell.text.strip()]
    if len(filled) == 1 and pairs_in(filled[0].text, lambda text: anchors.meaning(text) is not None):
        return True
    labels = (
        cell
        for number, cell in enumerate(own)
        if (number == 0 or any(other.text.strip() for other in own[number + 1 :]))
        and anchors.meaning(cell.text) is not None
        and fold(cell.text) not in _TOTALS
    )
    return any(labels) and not _is_header_again(own, roster)


def _is_header_again(own: Sequence[GridCell], roster: Roster) -> bool:
    words = {fold(word) for header in roster.headers for word in (header.cells[0].text, *header.spellings)}
    return all(fold(cell.text) in words for cell in own if cell.text.strip())


def _is_blank(own: Sequence[GridCell], roster: Roster, found: Mapping[str, GridCell]) -> bool:
    """A row that nobody wrote into: it has its printed number at most."""
    numbers = {
        header.column for header in roster.headers if any(fold(word) in _ROW_NUMBERS for word in header.spellings)
    }
    return all(
        _BLANKS.fullmatch(cell.text) or (cell.column in numbers and cell.text.strip().isdecimal()) for cell in own
    )


def is_total(row: RosterRow) -> bool:
    return row.start in _TOTALS
