"""Where a table's header stands: below titles, one row high or two, with merged cells.

In: the first rows of a sheet and its merged ranges. Out: the header's rows and, for every column, its label with the
alternatives of a two-row header (parent + child, child, parent).
Limits: headers of more than two rows, and tables side by side on one sheet, are not looked for.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from formgen.vocabulary.match import Labels, Matcher, TableMatch

__all__ = ["SEARCHED_ROWS", "Header", "MergedRange", "find_header", "label_text"]

SEARCHED_ROWS = 20
"""A header lower than this is not looked for: titles and notes above a table are shorter."""

MergedRange = tuple[tuple[int, int], tuple[int, int]]
"""((first row, first column), (last row, last column)), zero-based, both ends inside."""


@dataclass(frozen=True, slots=True)
class Header:
    """The header's first row (zero-based), its height in rows, and what its columns mean."""

    row: int
    height: int
    match: TableMatch


def find_header(
    rows: Sequence[Sequence[object]], matcher: Matcher, sheet: str, merges: Sequence[MergedRange] = ()
) -> Header | None:
    """The header among the first rows, None where no row looks like one.

    A header is the row (or pair of rows) with the most columns that mean something. Of equals a pair wins only
    where its upper row adds something to its lower one. One known word is not enough in a table of several columns.
    """
    texts = [[label_text(cell) for cell in row] for row in rows[: SEARCHED_ROWS + 1]]
    known = [sum(map(matcher.is_known, filter(None, row))) for row in texts]
    best: tuple[int, int, int] = (0, 0, 0)
    labels: list[Labels] = []
    for index, row in enumerate(texts[:SEARCHED_ROWS]):
        if (rank := (known[index], 1, -index)) > best and known[index]:
            best, labels = rank, [(text,) if text else () for text in row]
        pair = _pair(row, texts[index + 1], index, merges, matcher) if index + 1 < len(texts) else None
        if pair:
            count = sum(1 for words in pair if any(map(matcher.is_known, words)))
            if count > known[index + 1] and (rank := (count, 2, -index)) > best:
                best, labels = rank, pair
    count, height, row_index = best
    if not (count >= 2 or (count and (sum(map(bool, labels)) == 1 or matcher.entity_of_sheet(sheet)))):
        return None
    found = matcher.match(labels, sheet)
    return Header(-row_index, height, found) if found.matched else None


def _pair(
    upper: Sequence[str], lower: Sequence[str], row: int, merges: Sequence[MergedRange], matcher: Matcher
) -> list[Labels] | None:
    """The columns' labels if these two rows are one header; None if they cannot be."""
    width = max(len(upper), len(lower))
    upper = [*upper, *[""] * (width - len(upper))]
    lower = [*lower, *[""] * (width - len(lower))]
    spans = [(first[1], last[1]) for first, last in merges if first[0] == row == last[0] and last[1] > first[1]]
    if sum(map(bool, upper)) < 2 or not (spans or _is_split(upper, lower)):
        return None
    labels: list[Labels] = []
    parent = ""
    for index, child in enumerate(lower):
        parent = upper[index] or (parent if child else "")
        if not child:
            labels.append((parent,) if parent else ())
            continue
        words = tuple(dict.fromkeys((parent + child, child)))
        is_under_span = any(first <= index <= last for first, last in spans) or not upper[index]
        if not is_under_span and matcher.is_known(parent) and not any(map(matcher.is_known, words)):
            return None  # a value stands below a label: the second row is the first of the data
        labels.append(words)
    return labels


def _is_split(upper: Sequence[str], lower: Sequence[str]) -> bool:
    """Whether some label above has two or more below it."""
    return any(
        upper[index] and lower[index] and not upper[index + 1] and lower[index + 1] for index in range(len(upper) - 1)
    )


def label_text(cell: object) -> str:
    """A header cell as text; a year typed as a number is one too."""
    if isinstance(cell, str):
        return "".join(cell.split()) if cell.strip() else ""
    if isinstance(cell, bool) or cell is None or isinstance(cell, (datetime.date, datetime.time, datetime.timedelta)):
        return ""
    if isinstance(cell, (int, float)):
        return str(int(cell)) if cell == int(cell) and abs(cell) < 10**6 else ""
    return ""
