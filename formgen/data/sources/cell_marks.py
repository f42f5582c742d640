"""What calamine does not tell of a cell: an error, a line through the text, what its number's format shows.

In: the cell as calamine gives it, and its mark. Out: the cell as readers of .xlsx give it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from formgen.data.sources.spreadsheet.formats import ShownNumber
from formgen.data.sources.unread_cells import UnreadCell, hidden_cell, struck_cell

__all__ = ["STRUCK", "CellMark", "SheetMarks", "marked"]

STRUCK: Final = UnreadCell("", "struck")
"""The mark of a line through the cell's own text."""
CellMark = UnreadCell | ShownNumber
SheetMarks = Mapping[int, Mapping[int, CellMark]]
"""Row → column → mark; zero-based."""


def marked(value: Any, mark: CellMark) -> Any:
    """The cell with its mark. An error that calamine reads as a value stays one."""
    if isinstance(mark, ShownNumber) and mark.is_hiding:
        return hidden_cell(value)
    if isinstance(mark, ShownNumber):
        return mark.shown(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else value
    if mark == STRUCK:
        return struck_cell(value)
    return mark if value == "" else value
