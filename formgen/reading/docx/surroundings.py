"""What stands around the cells of a document: labels to the left, headers above, the other words of their rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from formgen.reading.docx.model import Cell, Table, Text, folded
from formgen.reading.docx.plans import Anatomy, CellPlan, RowPlan, TablePlan, TextPlan

__all__ = ["Surroundings"]

LONG_LABEL: Final = 3
"""Characters from which on a label inside of a value is no accident."""


class Surroundings:
    """Answers where cells stand, as the form's labels tell it."""

    def __init__(self, tables: Sequence[Table], anatomy: Anatomy) -> None:
        self._anatomy = anatomy
        self._labels = frozenset(map(folded, anatomy.labels))
        gaps = {folded(gap) for plan in anatomy.texts() for gap in plan.gaps}
        self._long = [label for label in self._labels | gaps if len(label) >= LONG_LABEL]
        self._at: dict[Cell, tuple[Table, int, int]] = {}
        self._folded: dict[Text, str] = {}
        for table in tables:
            for number, cells in enumerate(table.rows):
                for index, cell in enumerate(cells):
                    self._at[cell] = (table, number, index)
        self._rows: dict[CellPlan, frozenset[str]] = {}
        self._row_plans: dict[CellPlan, RowPlan] = {}
        self._places: dict[CellPlan, tuple[int, int, int]] = {}
        plans = [block for block in anatomy.blocks if isinstance(block, TablePlan)]
        self._tables = list(tables)
        for number, plan in enumerate(plans):
            for down, row in enumerate(plan.rows):
                statics = frozenset(folded(cell.words) for cell in row.cells if not cell.slots and cell.words)
                for index, cell_plan in enumerate(row.cells):
                    self._rows[cell_plan] = statics
                    self._row_plans[cell_plan] = row
                    self._places[cell_plan] = (number, down, index)

    def words(self, text: Text) -> str:
        found = self._folded.get(text)
        if found is None:
            found = self._folded[text] = folded(text.text)
        return found

    def is_label(self, text: Text) -> bool:
        """Whether a text is one of the form's, and holds no blank."""
        return self.words(text) in self._labels

    def has_label_lines(self, text: Text) -> bool:
        """Whether one of its lines is a label: then it is no value, or more than one."""
        return self.is_label(text) or any(
            folded(line) in self._labels for line in text.text.split("\n") if line.strip()
        )

    def has_labels_in(self, text: Text, plan: TextPlan) -> bool:
        """Whether the form's words stand among a text's values: cells were merged, or stand elsewhere."""
        if plan.words:
            own = set(map(folded, plan.gaps))
            rest = folded(text.text)
            for gap in sorted(own, key=len, reverse=True):
                rest = rest.replace(gap, "\n", 1) if gap else rest
        else:
            if self.has_label_lines(text):
                return True
            rest = folded(text.text)
        return any(label in rest for label in self._long)

    def is_whole(self, table: Table, number: int, plan: RowPlan | None) -> bool:
        """Whether a row is the form's: it has its cells, its labels in their places, and is as wide as that or as the
        table."""
        row = table.rows[number]
        if not row or (plan is not None and len(row) != len(plan.cells)):
            return False
        if plan is not None and any(
            not cell.slots and cell.words and self.words(table.origin(number, index)) != folded(cell.words)
            for index, cell in enumerate(plan.cells)
        ):
            return False  # a label of the row was moved
        ends = [cells[-1].column + cells[-1].span for cells in table.rows if cells]
        end = row[-1].column + row[-1].span
        planned = plan.cells[-1].column + plan.cells[-1].span if plan is not None and plan.cells else 0
        return end in (planned, max(set(ends), key=ends.count))

    def stands_in_whole_row(self, text: Text, plan: TextPlan) -> bool:
        if not isinstance(text, Cell) or not isinstance(plan, CellPlan):
            return True
        table, number, _ = self._at[text]
        return self.is_whole(table, number, self._row_plans[plan])

    def has_marks(self, text: Text) -> bool:
        return any((mark.is_control, mark.name) in self._anatomy.names for mark in text.marks)

    def statics(self, cells: Sequence[Cell]) -> frozenset[str]:
        """The labels among the cells of a row."""
        return frozenset(self.words(cell) for cell in cells if self.is_label(cell) and not self.has_marks(cell))

    def fits(self, cell: Cell, plan: CellPlan, is_synonym: Callable[[str], bool] | None = None) -> bool:
        """Whether the labels around a cell are those of the plan's; the one to the left may be a synonym."""
        if (cell.merge != plan.merge and "restart" in (cell.merge, plan.merge)) or (cell.merge == "continue"):
            return False
        table, number, index = self._at[cell]
        if plan.left is not None:
            distance, label = plan.left
            if index < distance:
                return False
            beside = table.origin(number, index - distance)
            if self.words(beside) != folded(label) and (is_synonym is None or not is_synonym(beside.text)):
                return False
        if plan.up and self.header(cell) != folded(plan.up):
            return False
        if plan.left is None and not plan.up and not plan.words:
            return self.is_in_place(cell, plan) and self._has_same_row(cell, plan)
        return True

    def header(self, cell: Cell) -> str:
        """The nearest labels above a cell; '' where there are none."""
        table, number, _ = self._at[cell]
        for above in range(number - 1, -1, -1):
            found = [
                self.words(table.origin(above, at))
                for at, other in enumerate(table.rows[above])
                if other.column < cell.column + cell.span
                and cell.column < other.column + other.span
                and not self.has_marks(other)
                and self.is_label(table.origin(above, at))
            ]
            if found:
                return "".join(found)
        return ""

    def is_nearest(self, cell: Cell, plan: CellPlan, twins: Sequence[CellPlan]) -> bool:
        """Whether the labels in a cell's row are more those of `plan` than those of another blank with equal labels."""
        table, number, _ = self._at[cell]
        here = self.statics(table.rows[number])
        scores = {twin: len(here & self._rows[twin]) for twin in twins}
        best = max(scores.values())
        return scores[plan] == best

    def is_in_place(self, text: Text, plan: TextPlan) -> bool:
        """Whether a cell has the place that the form gives it, counted from the table's beginning or end."""
        if not isinstance(text, Cell) or not isinstance(plan, CellPlan):
            return False
        table, number, index = self._at[text]
        table_number, down, plan_index = self._places[plan]
        if table_number >= len(self._tables) or self._tables[table_number] is not table:
            return False
        plans = [block for block in self._anatomy.blocks if isinstance(block, TablePlan)]
        is_row = number == down or len(table.rows) - number == len(plans[table_number].rows) - down
        return is_row and index == plan_index

    def _has_same_row(self, cell: Cell, plan: CellPlan) -> bool:
        table, number, _ = self._at[cell]
        return self.statics(table.rows[number]) == self._rows[plan]
