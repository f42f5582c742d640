"""Rows that grow: a wrapped text that needs more lines than its row has room for makes the row higher.

A template's rows have fixed heights, and a spreadsheet clips what does not fit without a word. So each wrapped cell
with a tag is measured as `formgen.typeset` measures, and a row too low gets a height in which every line shows. A row
in which all fits stays the template's. So a workbook has no continuation sheet: its rows grow instead, and the widths
are those of the widest of the usual fonts, for nobody knows which one the reader has. What cells without wrapping hold
is not looked at: shrink-to-fit shows it whole.

Source: ECMA-376 Part 1, 18.3.1.73 (row); Excel's limits.
Limits: a row higher than Excel allows is reported (F-XLSX-026); the cell holds the whole text. A row without a height
of its own is left to the reader's program, which fits it, unless the cell is merged: merged cells are fitted by none.
Of a cell merged over rows, the first row grows. Turned text is not measured.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from formgen.rendering.xlsx.references import Area
from formgen.rendering.xlsx.template import FieldCell, FormulaCell, RowPlan, SheetPlan
from formgen.typeset import Box, fit
from formgen.typeset.fit import holds_surely
from formgen.typeset.widths import WIDEST

__all__ = ["MAX_HEIGHT_PT", "Growing", "GrowingCell"]

MAX_HEIGHT_PT = 409.5
"""No row of Excel is higher."""
LINE_EM = 1.45
"""Line spacing of Noto CJK, the largest of the usual fonts (宋体: 1.15 to 1.33 by size and program)."""
LAST_LINE_EM = 1.2
"""The last line needs no room below its ink."""
PIXEL_PT = 0.75
PADDING_PT = 2.0
"""LibreOffice keeps a point above and below."""


@dataclass(frozen=True, slots=True)
class GrowingCell:
    """A wrapped cell whose text can make its row higher.

    Attributes:
        index: among the cells of its row that are filled.
        sure: so many characters fit whatever they are.
        other_pt: what the other rows it is merged over add to its height.
    """

    index: int
    column: int
    sure: int
    width_pt: float
    size_pt: float
    other_pt: float

    def needed_pt(self, text: str) -> float:
        """The row's height at which all of `text` shows."""
        lines = len(fit(text, Box(self.width_pt, 0, self.size_pt, self.size_pt, self.size_pt), WIDEST).lines)
        return ((lines - 1) * LINE_EM + LAST_LINE_EM) * self.size_pt + PADDING_PT - self.other_pt


@dataclass
class Growing:
    """What can make one row of the template higher.

    Attributes:
        opening: the row's start tag as the template has it.
        rest: the same without height and end.
    """

    height_pt: float
    opening: str
    rest: str
    cells: list[GrowingCell] = field(default_factory=list)

    @classmethod
    def compile(cls, row: RowPlan, plan: SheetPlan) -> Growing:
        """Which cells of a sheet's row may grow."""
        columns, heights = plan.columns, plan.heights_pt
        growing = cls(heights.get(row.row, columns.default_height_pt), row.opening, row.rest)
        vanishing = {number for loop in plan.loop_rows for number in (loop.marker, loop.end)}
        merges = {(area.row1, area.column1): area for area in plan.merges}
        is_fitted_by_reader = row.row not in heights
        for index, cell in enumerate(row.cells):
            if isinstance(cell, FormulaCell) or (isinstance(cell, FieldCell) and cell.is_number):
                continue  # a number never breaks
            area = merges.get((row.row, cell.column), Area(cell.column, row.row, cell.column, row.row))
            size_pt, width = cell.format.size_pt, columns.width_pt(area.column1, area.column2, cell.format.indent)
            if cell.format.wraps and growing.height_pt > 0 and width > 0:
                is_fitted_by_reader &= (row.row, cell.column) not in merges
                below = set(range(row.row + 1, area.row2 + 1)) - vanishing
                other = sum(heights.get(number, columns.default_height_pt) for number in below)
                sure = Box(width, 0, size_pt, size_pt, size_pt).sure_characters
                growing.cells.append(GrowingCell(index, cell.column, sure, width, size_pt, other))
        if is_fitted_by_reader:
            growing.cells.clear()
        return growing

    def height_of(self, texts: Mapping[int, str]) -> tuple[float, GrowingCell | None]:
        """The height at which the texts (by the cell's index) show, and the cell that asks for it; 0 if all fit."""
        height, asking = 0.0, None
        for cell in self.cells:
            text = texts.get(cell.index, "")
            if not holds_surely(text, cell.sure) and (needed := cell.needed_pt(text)) > max(height, self.height_pt):
                height, asking = needed, cell
        return height, asking

    def at(self, xml: str, height_pt: float) -> str:
        """The row's XML with another height, in whole pixels, at most Excel's own limit."""
        height_pt = min(math.ceil(height_pt / PIXEL_PT) * PIXEL_PT, MAX_HEIGHT_PT)
        return f'{self.rest} ht="{height_pt:g}" customHeight="1">{xml[len(self.opening) :]}'
