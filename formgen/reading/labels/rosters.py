"""A table of the form by the headers of its columns, in a table we did not make.

In: a block's cells, and what headers mean in the form's tables. Out: the header and its columns; `rows` reads below it.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from formgen.reading.grid import GridCell
from formgen.reading.labels.anchors import Anchors, Meaning
from formgen.reading.labels.neighbours import Neighbours
from formgen.vocabulary.folding import fold

__all__ = ["Header", "Roster", "find_roster"]


@dataclass(frozen=True, slots=True)
class Header:
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
    columns: Mapping[str, tuple[Header, float]]
    """Column of the form → its header and the confidence of that."""
    headers: tuple[Header, ...]


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


def _headers(around: Neighbours, row: int) -> tuple[list[Header], int]:
    """The columns below this row; of a header of two rows the lower cells, each with the spellings of both."""
    upper = around.in_row(row)
    flat = [cell for cell in upper if cell.text.strip() and cell.row == row]
    height = max((cell.row_span for cell in flat), default=1)
    is_split = height > 1 and any(cell.row_span < height and cell.column_span > 1 for cell in flat)
    if not is_split:
        lower = around.in_row(row + 1)
        split = [cell for cell in flat if cell.column_span > 1 and len(_under(cell, lower)) > 1]
        is_split = (
            bool(split) and len(flat) > 1 and all(cell in split or _is_empty_below(around, cell) for cell in flat)
        )
        height = 2 if is_split else height
    found: list[Header] = []
    for cell in upper:
        children = _under(cell, around.in_row(row + 1)) if is_split and cell.row_span == 1 else []
        if len(children) > 1:
            for child in children:
                words = (cell.text + child.text, child.text) if child.text.strip() else ()
                found.append(Header((cell, child), words, child.column, child.column_span))
        else:
            below = tuple(child for child in children if child is not cell)
            single = (cell.text,) if cell.text.strip() else ()
            found.append(Header((cell, *below), single, cell.column, cell.column_span))
    return found, row + height


def _under(cell: GridCell, lower: Sequence[GridCell]) -> list[GridCell]:
    end = cell.column + cell.column_span
    return [item for item in lower if cell.column <= item.column < end and item.row == cell.row + cell.row_span]


def _is_empty_below(around: Neighbours, cell: GridCell) -> bool:
    below = around.below(cell)
    return cell.row_span > 1 or below is None or not below.text.strip()


def _meaning(anchors: Anchors, table: str, header: Header) -> Meaning | None:
    """Of a header in two rows that of both; of the lower alone where the upper names nobody else (监护人 / 姓名)."""
    whole = next((anchors.column(table, spelling) for spelling in header.spellings[:1]), None)
    if whole is not None or len(header.spellings) < 2 or anchors.somebody(header.cells[0].text):
        return whole
    return anchors.column(table, header.spellings[1])


def _columns(
    headers: Sequence[Header], meanings: Sequence[Meaning | None], anchors: Anchors, table: str
) -> dict[str, tuple[Header, float]]:
    """Column → header. Two headers for one column are none; nor is one that may be of the person named before it."""
    own = {anchors.term_entity(column) for column in anchors.tables[table].columns}
    found: dict[str, list[tuple[Header, float]]] = {}
    other = ""
    for header, meaning in zip(headers, meanings, strict=True):
        if any(fold(word).endswith("关系") for word in header.spellings):
            other = "member"  # whatever the word before it: it is a family's table
        elif meaning is None:
            other = anchors.somebody(header.spellings[-1]) or other if header.spellings else other
        if meaning is None:
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
