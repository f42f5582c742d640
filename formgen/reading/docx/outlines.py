"""What is left of a part whose rows and paragraphs were all cast: which of them stands where, where sections end.

In: the body of such a part; then the rows that were cast of one. Out: the blocks that a walk finds in it. What is left
is the same in all files of a form, so it is walked once; a part with anything else in it has no outline.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from formgen.reading.docx.elements import HEADS, REFERENCE, SECTION, TBL, TR, P
from formgen.reading.docx.model import Block, SectionEnd, Table, Text
from formgen.reading.docx.moulds import CastRow
from formgen.reading.docx.roots import PLACEHOLDER
from formgen.rendering.docx.wordml import Element, w

__all__ = ["Outline", "outline_of"]

WORDLESS: Final = frozenset(map(w, ("tblPr", "tblGrid")))
"""Elements of a table in which nothing stands."""

_Step = int | tuple[int, ...] | SectionEnd
"""The number of a paragraph; those of a table's rows; the end of a section."""


class Outline:
    """What a body holds, in order."""

    def __init__(self, steps: Sequence[_Step]) -> None:
        self._steps = steps

    def blocks(self, rows: Sequence[CastRow]) -> list[Block]:
        """As `Walker.flow` makes them of the body."""
        found: list[Block] = []
        paragraphs = tables = 0
        for step in self._steps:
            if isinstance(step, int):
                paragraphs += 1
                row = rows[step]
                (cell,) = row.mould.cells
                text, marks = cell.text(row.texts), cell.marks_of(row)
                if text or marks:
                    found.append(Text(text, marks, f"¶{paragraphs}"))
            elif isinstance(step, tuple):
                tables += 1
                place, laid = f"表{tables} 第", [rows[number] for number in step]
                for number, row in enumerate(laid, 1):
                    row.place, row.number = place, number
                    paragraphs += row.mould.paragraphs
                found.append(Table(tables, list(laid)))
            else:
                found.append(SectionEnd(list(step.heads)))
        return found


def outline_of(body: Element) -> Outline | None:
    """None where anything but placeholders and ends of sections stands in it."""
    steps: list[_Step] = []
    for child in body:
        if child.tag == P and (number := child.get(PLACEHOLDER)) is not None:
            steps.append(int(number))
        elif child.tag == TBL:
            rows = [item for item in child if item.tag not in WORDLESS]
            numbers = [item.get(PLACEHOLDER) for item in rows if item.tag == TR]
            if len(numbers) < len(rows) or None in numbers:
                return None
            steps.append(tuple(map(int, numbers)))
        elif child.tag == SECTION:
            steps.append(SectionEnd([item.get(REFERENCE, "") for item in child if item.tag in HEADS]))
        else:
            return None
    return Outline(steps)
