"""How a run prints: what a person may choose at the command line or in a call."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, get_args

__all__ = ["DECISIONS", "DEFAULT_PRINT", "Decision", "PrintOptions"]

Decision = Literal["overflow", "glyph"]
DECISIONS: tuple[Decision, ...] = get_args(Decision)


@dataclass(frozen=True, slots=True)
class PrintOptions:
    """Options of the print; most are for PDF."""

    is_single: bool = False
    """A PDF for each packet or record, not one a village."""
    has_marks: bool = True
    """Page code and corner marks, so that returned paper is known again."""
    copies: int = 1
    """How often each form is printed, one copy after the other."""
    is_duplex: bool = False
    """Every form begins on the front of a sheet of paper."""
    per_sheet: tuple[int, int] | Literal["auto"] | None = None
    """Columns and rows of small forms (cards) on one A4 page; `auto`: as many as have room."""
    font_dirs: tuple[Path, ...] = ()
    """Folders whose fonts come before the package's own."""
    continue_on: frozenset[Decision] = frozenset()
    """What may be left out and named while the rest is printed; otherwise nothing is written."""
    jobs: int = 1
    """Processes that compose pages."""


DEFAULT_PRINT: Final = PrintOptions()
