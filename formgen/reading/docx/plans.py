"""What is known of a form's sheet: which words are printed where, and between which of them each field stands.

A plan is compared with a document's texts: the words between the fields (gaps) have to be the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from formgen.reading.model import FieldPath

__all__ = ["Anatomy", "CellPlan", "PlanBlock", "RowPlan", "Slot", "SlotKind", "TablePlan", "TextPlan"]

SlotKind = Literal["value", "image", "mark", "number"]


@dataclass(frozen=True, slots=True)
class Slot:
    """A blank of the form: one field, or the part of a date, at one place."""

    key: str
    table: str
    """Key of the table whose column it is; '' for a field of its own."""
    part: str
    control: str
    """Tag of the content control that holds exactly this blank; '' where there is none."""
    bookmark: str
    """Name of the bookmark likewise, without what tells sheets and rows apart."""
    kind: SlotKind = "value"
    """`mark`: a signature or seal; `number`: the row's number, which is printed and not read."""

    def path(self, row: int) -> FieldPath:
        return (self.table, row, self.key) if self.table else (self.key,)


@dataclass(slots=True, eq=False)
class TextPlan:
    """One text of the form: printed words with blanks between them."""

    gaps: tuple[str, ...]
    """The words before the first slot, between slots, and after the last, without white space."""
    seams: tuple[str, ...]
    """The same as printed, with white space: tabs tell neighbours without words apart."""
    slots: tuple[Slot, ...]
    before: str = ""
    """Words of the nearest text before it that has no slots; of a paragraph."""
    after: str = ""
    names: frozenset[tuple[bool, str]] = frozenset()
    """Marks (is a control, name) that stand in it."""
    table: str = ""
    """Key of the table for each of whose rows the paragraph is printed; '' where it is printed once."""
    pictures: int = 0
    """How many are printed in it."""

    @property
    def words(self) -> str:
        return "".join(self.gaps)


@dataclass(slots=True, eq=False)
class CellPlan(TextPlan):
    column: int = 0
    span: int = 1
    merge: str = ""
    left: tuple[int, str] | None = None
    """The label in its row: how many cells to the left, and its words."""
    up: str = ""
    """The header of its column; '' where no header stands above it."""
    is_shared: bool = False
    """Whether it is merged over the rows of a group, so that each of them has its value."""


@dataclass(slots=True, eq=False)
class RowPlan:
    cells: list[CellPlan]
    table: str = ""
    """Key of the table whose row it is; '' for a row printed once."""


@dataclass(slots=True, eq=False)
class TablePlan:
    """A table of the document. `rows` has the rows of one record only, however many there are."""

    rows: list[RowPlan] = field(default_factory=list)


PlanBlock = TextPlan | TablePlan


@dataclass(slots=True, eq=False)
class Anatomy:
    """One form's sheet."""

    body: list[PlanBlock]
    """In reading order, nested tables after their table; texts without words and slots are left out."""
    heads: list[PlanBlock]
    """Of its headers and footers."""
    sections: int
    labels: frozenset[str]
    """Words of all texts that are printed and hold no field."""
    names: frozenset[tuple[bool, str]]
    """All marks of its slots."""
    fields: Mapping[tuple[bool, str], tuple[str, str]]
    """Table ('' for a field of its own) and key by the names of marks: rests on continuation sheets are named so."""
    has_bare_slots: bool
    """Whether a paragraph is nothing but a blank without a mark: then blank paragraphs count."""
    optional: frozenset[FieldPath]
    """Fields that are not printed at all where they are blank."""
    pictures: int = 0
    """How many the blank form has, shapes and lines included."""
    remarks: int = 0
    """How many comments, footnotes and endnotes it has."""

    @property
    def blocks(self) -> list[PlanBlock]:
        return [*self.body, *self.heads]

    def texts(self) -> Iterator[TextPlan]:
        """All of them, those in cells too."""
        for block in self.blocks:
            if isinstance(block, TablePlan):
                for row in block.rows:
                    yield from row.cells
            else:
                yield block
