"""Text in its cells: what a document of any carrier looks like to someone who goes by the labels.

In: what a carrier's reader makes of a document it cannot read by its own marks. Out: blocks in reading order, each a
table or a paragraph, each cell with its text and where it stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

__all__ = ["GridBlock", "GridCell"]


@dataclass(frozen=True, slots=True)
class GridCell:
    """A cell of a table, merged ones once; or the one cell of a paragraph."""

    text: str
    """As it stands, line ends as \\n; inline blanks (tabs, underlined spaces) as spaces."""
    row: int
    column: int
    """Zero-based position of its first row and column in the block's grid."""
    row_span: int
    column_span: int
    place: str
    """For a person, as `Sighting.place`."""


@dataclass(frozen=True, slots=True)
class GridBlock:
    """A table or a paragraph; the order of blocks is that of reading."""

    kind: Literal["table", "paragraph"]
    cells: Sequence[GridCell]
    """In rows, then columns."""
