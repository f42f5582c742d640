"""Cells that hold something and yet no value: what no program could compute, what somebody struck out or hid.

Whoever reads a workbook gives them in the place of a value; whoever takes values refuses them and says why.
"""

from __future__ import annotations

from typing import Any, Literal

from formgen.values.cells import shown

__all__ = ["UnreadCell", "UnreadKind", "hidden_cell", "struck_cell"]

UnreadKind = Literal["error", "formula", "struck", "hidden"]
"""#REF! and the like; a formula without a result; text of which some or all is struck out; what its format hides."""


class UnreadCell(str):
    """What stands in the cell, and why it is none of its values. It equals no plain text of the same signs: whoever
    remembers what texts mean must not take it for one of them."""

    __slots__ = ("kind",)
    kind: UnreadKind

    def __new__(cls, text: str, kind: UnreadKind) -> UnreadCell:
        cell = super().__new__(cls, text)
        cell.kind = kind
        return cell

    def __eq__(self, other: object) -> bool:
        return isinstance(other, UnreadCell) and self.kind == other.kind and str(self) == str(other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash((str(self), self.kind))


def struck_cell(value: Any) -> Any:
    """A cell with a line through all it shows; a blank stays one, and so does an error."""
    return _unread(value, "struck")


def hidden_cell(value: Any) -> Any:
    """A cell of which nobody sees anything; a blank stays one, and so does an error."""
    return _unread(value, "hidden")


def _unread(value: Any, kind: UnreadKind) -> Any:
    if isinstance(value, UnreadCell) or (isinstance(value, str) and not value.strip()):
        return value
    return UnreadCell(value if isinstance(value, str) else shown(value), kind)
