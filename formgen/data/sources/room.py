"""How far apart the cells of a sheet may stand: whoever loads one makes room for all between the first and the last."""

from __future__ import annotations

from typing import Final

from formgen.errors import InputError
from formgen.problems import Place, Problem

__all__ = ["MOST_CELLS", "MOST_COLUMNS", "require_room"]

MOST_CELLS: Final = 16_000_000
"""Rows × columns that a sheet may span: calamine makes room for all, 32 bytes each; others fill them up."""
MOST_COLUMNS: Final = 16_384
"""As many as Excel has: up to XFD."""


def require_room(place: Place, rows: int, columns: int) -> None:
    """Raises: InputError (F-EXCEL-001): a cell so far away that the sheet would not fit into memory."""
    if rows * columns > MOST_CELLS or columns > MOST_COLUMNS:
        raise InputError(Problem("F-EXCEL-001", place, f"{rows:,} × {columns:,}"))
