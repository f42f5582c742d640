"""Where the printed words of a form stand on a filled sheet, and which of its rows are the form's rows.

In: a region of the sheet and what the template prints there. Out: the cell of each printed word, and for the template's
rows their rows on the sheet. A row counts only if all its words stand in one row, in their order, and no other row's
words among them; rows that changed places do not count. So a label that was moved away from its blank, or exchanged
with another, leads nowhere instead of to a wrong value.
"""

from __future__ import annotations

import bisect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from formgen.reading.xlsx.anatomy import Printed, Spot
from formgen.reading.xlsx.sheet import Sheet, words_of

__all__ = ["Alignment", "align"]


@dataclass(frozen=True, slots=True)
class Alignment:
    """The form's words and rows on the sheet; zero-based."""

    spots: Mapping[Spot, Spot]
    """Template's cell of a printed word → the sheet's."""
    rows: Mapping[int, int]
    """Template's row → the sheet's."""
    shifted: frozenset[int]
    """Template's rows that alone stand elsewhere than the rows above and below them."""

    def beside(self, printed: Sequence[Printed], row: int) -> list[Printed]:
        """The words that stand in a row of the template, be it in a cell that spans more rows."""
        return [one for one in printed if one.spot.row <= row <= one.spot.last_row]


def align(sheet: Sheet, printed: Sequence[Printed], template_rows: Sequence[int], top: int, bottom: int) -> Alignment:
    """`template_rows`: those that have blanks; `top`, `bottom`: the sheet's rows, the last one outside."""
    spots = _pairs(sheet, printed, top, bottom)
    rows = {}
    for row in sorted({*template_rows, *(one.spot.row for one in printed)}):
        at = _row_on_sheet(row, printed, spots)
        if at is not None:
            rows[row] = at
    rows = _in_order(rows)
    return Alignment(spots, rows, _shifted(rows))


def _pairs(sheet: Sheet, printed: Sequence[Printed], top: int, bottom: int) -> dict[Spot, Spot]:
    """Words that stand on the sheet as often as on the form, in reading order."""
    wanted: dict[str, list[Spot]] = {}
    for one in printed:
        wanted.setdefault(one.text, []).append(one.spot)
    found: dict[str, list[Spot]] = {}
    for row in range(top, min(bottom, len(sheet.rows))):
        for column, value in sheet.filled(row):
            word = words_of(value)
            if word in wanted:
                found.setdefault(word, []).append(sheet.spot(row, column))
    return {
        one: other
        for word, spots in wanted.items()
        if len(found.get(word, ())) == len(spots)
        for one, other in zip(spots, found[word], strict=True)
    }


def _row_on_sheet(row: int, printed: Sequence[Printed], spots: Mapping[Spot, Spot]) -> int | None:
    beside = sorted(
        (one.spot for one in printed if one.spot.row <= row <= one.spot.last_row), key=lambda spot: spot.column
    )
    if not beside or any(spot not in spots for spot in beside):
        return None
    at = {spots[spot].row + row - spot.row for spot in beside}
    columns = [spots[spot].column for spot in beside]
    is_high = all(spots[spot].last_row - spots[spot].row >= row - spot.row for spot in beside)
    if len(at) != 1 or columns != sorted(columns) or not is_high:
        return None
    (found,) = at
    strangers = [one for one, other in spots.items() if other.row == found and one.row != row and one not in beside]
    return None if strangers else found


def _in_order(rows: Mapping[int, int]) -> dict[int, int]:
    """The longest run of rows that kept their order."""
    ends: list[int] = []
    runs: list[list[int]] = []
    for row in sorted(rows):
        at = bisect.bisect_left(ends, rows[row])
        run = [*(runs[at - 1] if at else ()), row]
        ends[at : at + 1] = [rows[row]]
        runs[at : at + 1] = [run]
    return {row: rows[row] for row in (runs[-1] if runs else ())}


def _shifted(rows: Mapping[int, int]) -> frozenset[int]:
    order = sorted(rows)
    shifts = [rows[row] - row for row in order]
    return frozenset(
        order[index] for index in range(1, len(order) - 1) if shifts[index - 1] == shifts[index + 1] != shifts[index]
    )
