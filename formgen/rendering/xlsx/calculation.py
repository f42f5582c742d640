"""Which formulas of a sheet can be computed while it is written, and their numbers.

Rows of a table are written one by one and never kept, so a formula in a loop row may look at its own row and at fixed
cells ($B$3) above the loop; a formula outside may add whole columns of the table (SUM(B6:B6) over the loop row) but
not ask for one cell of it. Everything is computed in the template's rows; only the text of a formula moves.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from formgen.errors import TemplateError
from formgen.problems import Place, Problem
from formgen.rendering.xlsx.formulas import Cell, Formula, Value
from formgen.rendering.xlsx.references import REFERENCE, Area, RowMap, area_of, column_letters
from formgen.rendering.xlsx.template import FormulaCell, LoopPlan, PlanCell, SheetPlan

__all__ = ["Calculation", "Results", "formula_text"]

Spot = tuple[int, int]
"""Row and column of the template."""


@dataclass
class Calculation:
    """The formulas of one sheet, checked."""

    plan: SheetPlan
    cells: dict[Spot, PlanCell] = field(default_factory=dict)
    loops: dict[int, LoopPlan] = field(default_factory=dict)
    """By the row of the loop row."""
    summed: dict[int, set[int]] = field(default_factory=dict)
    """Columns of each loop (by its row) that formulas outside add."""

    @classmethod
    def compile(cls, plan: SheetPlan, file: str) -> Calculation:
        """Raises: TemplateError (F-XLSX-007, F-XLSX-008, F-XLSX-013)."""
        calculation = cls(plan)
        for row in plan.rows:
            body = row.plan if isinstance(row, LoopPlan) else row
            calculation.cells.update({(body.row, cell.column): cell for cell in body.cells})
            if isinstance(row, LoopPlan):
                calculation.loops[body.row] = row
                calculation.summed[body.row] = set()
        for spot, cell in calculation.cells.items():
            if isinstance(cell, FormulaCell):
                calculation._check(spot, cell.formula, file)
        calculation._require_no_circle(file)
        return calculation

    def spots(self, area: Area) -> list[Spot]:
        """The cells of an area that hold something."""
        return [spot for spot in (*self.cells, *self.plan.constants) if _holds(area, spot)]

    def in_order(self, row: int) -> list[FormulaCell]:
        """The formulas of a loop row, each after those it looks at."""
        ordered: dict[int, FormulaCell] = {}

        def visit(cell: FormulaCell) -> None:
            for one in cell.formula.cells:
                for spot in self.spots(one.area):
                    other = self.cells.get(spot)
                    if spot[0] == row and isinstance(other, FormulaCell) and spot[1] not in ordered:
                        visit(other)
            ordered.setdefault(cell.column, cell)

        for cell in self.loops[row].plan.cells:
            if isinstance(cell, FormulaCell):
                visit(cell)
        return list(ordered.values())

    def _check(self, spot: Spot, formula: Formula, file: str) -> None:
        place = Place(file, self.plan.name, f"{column_letters(spot[1])}{spot[0]}")
        for cell in formula.cells:
            if spot[0] in self.loops:
                if not self._is_in_reach(spot[0], cell.area):
                    raise TemplateError(Problem("F-XLSX-007", place, f"={formula.text}"))
            elif not self._is_whole(cell):
                raise TemplateError(Problem("F-XLSX-008", place, f"={formula.text}"))

    def _is_in_reach(self, row: int, area: Area) -> bool:
        """Own row, not fixed; or fixed cells above this loop that are no formulas."""
        rows = {area.row1, area.row2}
        fixed = {area.fixed[1], area.fixed[3]} if area.is_range else {area.fixed[1]}
        if rows == {row}:
            return fixed == {False}
        is_above = area.row2 < self.loops[row].rows.marker and fixed == {True}
        touched = any(loop.rows.marker <= area.row2 and loop.rows.end >= area.row1 for loop in self.plan.loops)
        formulas = any(isinstance(self.cells.get(spot), FormulaCell) for spot in self.spots(area))
        return is_above and not touched and not formulas

    def _is_whole(self, cell: Cell) -> bool:
        """Whether the reference still means something when loops are filled. Notes the columns to add."""
        area = cell.area
        touched = [loop for loop in self.plan.loops if loop.rows.marker <= area.row2 and loop.rows.end >= area.row1]
        for loop in touched:
            if not area.is_range or not area.row1 <= loop.rows.row <= area.row2:
                return False
            self.summed[loop.rows.row].update(range(area.column1, min(area.column2, 16_384) + 1))
        return True

    def _require_no_circle(self, file: str) -> None:
        done: set[Spot] = set()

        def visit(spot: Spot, path: tuple[Spot, ...]) -> None:
            cell = self.cells.get(spot)
            if spot in done or not isinstance(cell, FormulaCell):
                return
            if spot in path:
                place = Place(file, self.plan.name, f"{column_letters(spot[1])}{spot[0]}")
                raise TemplateError(Problem("F-XLSX-013", place, f"={cell.formula.text}"))
            for one in cell.formula.cells:
                for other in self.spots(one.area):
                    visit(other, (*path, spot))
            done.add(spot)

        for spot in self.cells:
            visit(spot, ())


@dataclass
class Results:
    """Numbers of one filled sheet.

    Attributes:
        counts: rows of each loop, by the loop row's number in the template.
        sums: what the columns of each loop add up to.
        printed: value of a cell outside the loops that holds a tag.
    """

    calculation: Calculation
    printed: Callable[[PlanCell], Value]
    counts: dict[int, int] = field(default_factory=dict)
    sums: dict[int, dict[int, Decimal]] = field(default_factory=dict)
    _known: dict[Spot, Value] = field(default_factory=dict)

    def value(self, row: int, column: int) -> Value:
        """A cell's value; of a loop row, what its column adds up to. Raises: NoValue."""
        spot = (row, column)
        if spot not in self._known:
            self._known[spot] = self._find(spot)
        return self._known[spot]

    def compute(self, formula: Formula) -> Decimal:
        """Raises: NoValue."""
        return formula.compute(lambda area: self.value(area.row1, area.column1), self.values)

    def values(self, area: Area) -> Iterator[Value]:
        return (self.value(*spot) for spot in self.calculation.spots(area))

    def _find(self, spot: Spot) -> Value:
        row, column = spot
        constant = self.calculation.plan.constants.get(spot)
        if row in self.calculation.loops:
            if constant is not None:
                return constant * self.counts[row] if isinstance(constant, Decimal) else constant
            return self.sums[row].get(column)
        cell = self.calculation.cells.get(spot)
        if isinstance(cell, FormulaCell):
            return self.compute(cell.formula)
        return constant if cell is None else self.printed(cell)


def formula_text(formula: Formula, rows: RowMap, own_row: int = 0) -> str:
    """The formula's text with its references moved; NUL stands for the row of references to `own_row`."""

    def moved(match: re.Match[str]) -> str:
        area = area_of(match)
        if own_row and area.row1 == own_row:
            return area.text("\0", "\0")
        return rows.area_text(area)

    return REFERENCE.sub(moved, formula.text)


def _holds(area: Area, spot: Spot) -> bool:
    return area.row1 <= spot[0] <= area.row2 and area.column1 <= spot[1] <= area.column2
