"""Cells that hold something no program could compute: not values, and not blanks either.

Whoever reads a workbook gives them in the place of a value; whoever takes values refuses them and says why.
"""

from __future__ import annotations

__all__ = ["UnreadCell"]


class UnreadCell(str):
    """What stands in the cell: #REF!, or a formula without a result. `is_error` tells which."""

    __slots__ = ("is_error",)
    is_error: bool

    def __new__(cls, text: str, is_error: bool) -> UnreadCell:
        cell = super().__new__(cls, text)
        cell.is_error = is_error
        return cell
