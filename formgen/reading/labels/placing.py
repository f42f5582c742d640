"""Where a label's value stands: to its right, or below it.

In: a label's cell and what lies around it. Out: the cell of its value, where the labels around say which it is. What
looks like a label, or has one of its own in front, is nobody's value.
"""

from __future__ import annotations

import re
from typing import Final

from formgen.reading.grid import GridCell
from formgen.reading.labels.anchors import Anchors, looks_like_label, names_somebody, whose
from formgen.reading.labels.inline import pairs_in
from formgen.reading.labels.neighbours import Neighbours
from formgen.reading.labels.skeleton import letters_of

__all__ = ["DATE_PART", "Placing"]

DATE_PART: Final = re.compile(r"\s*(?:\d{1,2}\s*[月日]?|[年月日])?\s*")
"""What goes on with a date in a cell behind its year: 1968 · 年 · 5 · 月."""
_HEADING: Final = 12
"""Characters of a heading at most."""


class Placing:
    """The values of one block. `done` holds the ids of cells that are read already; it grows while they are."""

    def __init__(self, around: Neighbours, anchors: Anchors, done: set[int]) -> None:
        self.around = around
        self.anchors = anchors
        self.done = done

    def value_of(self, cell: GridCell) -> GridCell | None:
        """The cell of a label's value: to the right or below, whichever the labels around speak for."""
        right, below = self._free_right(cell), self._free_below(cell)
        across, down = self._evidence(cell)
        if right is not None and (across > down or below is None or (across == down and right.text.strip())):
            return right if across or not self._is_either(cell, right, below) else None
        if below is not None and (down > across or right is None):
            return below
        return right

    def _is_either(self, cell: GridCell, right: GridCell, below: GridCell | None) -> bool:
        """Nothing around says which of two filled neighbours is the value."""
        return below is not None and bool(right.text.strip() and below.text.strip()) and cell.row_span == 1

    def _free_right(self, cell: GridCell) -> GridCell | None:
        right = self._free(self.around.right(cell))
        return None if right is None or self._is_behind_its_value(cell) or self._is_one_too_many(right) else right

    def _is_behind_its_value(self, cell: GridCell) -> bool:
        """Whether the row begins with a value and ends with a label: 张三 · 姓名 · 男 · 性别."""
        row = [item for item in self.around.in_row(cell.row) if item.text.strip()]
        return (
            row[0].row_span == 1
            and not self._is_labelish(row[0])
            and not whose(row[0].text)
            and self._is_known(row[-1].text)
            and self.around.right(row[-1]) is None
        )

    def _is_one_too_many(self, right: GridCell) -> bool:
        """Whether an even number of filled cells stands behind a label: a value and another, or a label and its value?

        The cells of a date that is written in several are one.
        """
        count, cell = 0, right
        while cell.text.strip() and self._free(cell) is not None:
            count += cell is right or DATE_PART.fullmatch(cell.text) is None
            following = self.around.right(cell)
            if following is None:
                break
            cell = following
        return count > 0 and count % 2 == 0

    def _is_labelish(self, cell: GridCell) -> bool:
        return self._is_known(cell.text) or looks_like_label(cell.text)

    def _free(self, cell: GridCell | None) -> GridCell | None:
        """A neighbour, where it may hold a value."""
        if cell is None or id(cell) in self.done or self.anchors.meaning(cell.text) is not None:
            return None
        letters = letters_of(cell.text)
        if looks_like_label(cell.text) or (letters in self.anchors.skeleton.words and not letters.isdecimal()):
            return None
        if any(not item.owner and item.match(cell.text) for item in self.anchors.skeleton.patterns):
            return None
        behind = self.around.right(cell)
        if behind is not None and names_somebody(cell.text, behind.text):
            return None
        below = self.around.below(cell)
        is_short = len(letters) <= _HEADING
        if below is not None and is_short and whose(cell.text) and self._is_known(below.text):
            return None  # a heading of the labels below it
        if self.label_above(cell):
            return None
        begins = (cell.text.split("\n")[0], " ".join(cell.text.split("\n")))
        found = (pairs_in(text, self._is_known) for text in begins)
        return None if any(pairs and pairs[0].label for pairs in found) else cell

    def label_above(self, cell: GridCell) -> int:
        """How many of a cell's first lines are a label with something below it; 0 where none are."""
        lines = cell.text.split("\n")
        counts = (count for count in range(len(lines) - 1, 0, -1) if self._is_known("".join(lines[:count])))
        return next(counts, 0)

    def has_room(self, cell: GridCell) -> bool:
        """Whether a value may stand beside a cell or below it."""
        return self._free(self.around.right(cell)) is not None or self._free_below(cell) is not None

    def _free_below(self, cell: GridCell) -> GridCell | None:
        below = self.around.all_below(cell)
        if len(below) != 1 or below[0].column != cell.column or below[0].column_span > cell.column_span:
            return None
        if not self._is_headed(cell.row, below[0].row):
            return None
        left = next(self.around.leftwards(below[0]), None)
        return None if left is not None and self._is_its_label(left, below[0]) else self._free(below[0])

    def _is_headed(self, labels: int, values: int) -> bool:
        """Whether all that stands in a row is a value with something above it: else its first is sooner a label."""
        widths = {cell.column: cell.column_span for cell in self.around.in_row(labels) if cell.text.strip()}
        own = [cell for cell in self.around.in_row(values) if cell.row == values and cell.text.strip()]
        if not all(cell.column_span <= widths.get(cell.column, 0) and not self._is_known(cell.text) for cell in own):
            return False
        fits = [self._fits(labels, cell) for cell in own]
        return True in fits or False not in fits

    def _fits(self, labels: int, cell: GridCell) -> bool | None:
        """Whether a cell has a value of the type that the label above it asks for; None where any text is one."""
        label = self.around.at.get((labels, cell.column))
        meaning = self.anchors.meaning(label.text) if label is not None else None
        return self.anchors.fits(meaning, cell.text) if meaning is not None else None

    def _is_its_label(self, left: GridCell, cell: GridCell) -> bool:
        """Whether a cell has a label at its left, and is the value of that."""
        return self._is_known(left.text) or looks_like_label(left.text) or names_somebody(left.text, cell.text)

    def _evidence(self, cell: GridCell) -> tuple[int, int]:
        """How many labels around stand as they do where values are to the right, and where they are below."""
        row = [item for item in self.around.in_row(cell.row) if item.row == cell.row]
        at = row.index(cell) if cell in row else 0
        is_label = [self.anchors.meaning(item.text) is not None or looks_like_label(item.text) for item in row]
        down = sum(1 for near in (at - 1, at + 1) if 0 <= near < len(row) and is_label[near])
        across = sum(1 for near in (at - 2, at + 2) if 0 <= near < len(row) and is_label[near]
                     and not is_label[(near + at) // 2])  # fmt: skip
        column = [self.around.at.get((row, cell.column)) for row in (cell.row - 1, cell.row + cell.row_span)]
        across += sum(1 for item in column if item is not None and self.anchors.meaning(item.text) is not None)
        return across, down

    def _is_known(self, text: str) -> bool:
        return self.anchors.meaning(text) is not None
