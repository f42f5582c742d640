"""Marks: how a value's place is told again on the printed probe.

A probe is a form filled with marks instead of values. Every place gets colours of its own: one for its cell or blank,
one for its paragraph, one for the sign printed in it. Colours are not taken from what the template uses itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from formgen.forms.layout import SpotKind
from formgen.forms.manifest import Field, Manifest, Table
from formgen.rendering.context import DATE_PARTS, DateText, Row
from formgen.typeset import Box

__all__ = [
    "CALC_GAPS",
    "ROW_NUMBER",
    "TOKEN",
    "WRITER_GAPS",
    "Colour",
    "Colours",
    "Mark",
    "Probe",
    "Tag",
    "TagBook",
    "find_tags",
]

Colour = tuple[int, int, int]
ROW_NUMBER: Final = "row_number"
OPENING: Final = "\ue000"
CLOSING: Final = "\ue001"
"""Private characters around a token's number: no form prints them."""
Gaps = tuple[float, float, float, float]
"""From the edges of a cell's shading to the middle of its borders: left, top, right, bottom; always the same."""
WRITER_GAPS: Final[Gaps] = (0.0, 0.25, 0.05, 0.3)
CALC_GAPS: Final[Gaps] = (0.09, 0.09, 0.05, 0.05)
TOKEN: Final = re.compile("\ue000([0-9]+)\ue001")
FIRST_REDS: Final = tuple(range(0xC3, 0xFF, 4))


@dataclass(frozen=True, slots=True)
class Tag:
    """What a token stands for."""

    key: str
    part: str
    """`year`, `month` or `day` of a date printed in three blanks; else ''."""
    table: str
    """Key of the table in whose row it stands; '' outside of rows."""
    row: int
    """Index of the row; -1 outside of rows."""
    field: Field | None
    """None for a row's number."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One place on the probe, and how it is told again."""

    tag: Tag
    kind: SpotKind
    box: Box | None
    """The room the Word or Excel file gives it; None where that follows from the paper."""
    is_inline: bool
    room_colour: Colour | None
    """Of the cell, or of the blank from tab to tab; None where the sign itself is the place."""
    line_colour: Colour | None
    """Of the paragraph: from its left indent to its right."""
    sign_colour: Colour
    line_pt: float
    """0 where the font's own line is meant."""
    font: str
    valign: Literal["top", "center", "bottom"]
    pieces: tuple[str, ...] = ()
    align: Literal["left", "center", "right"] | None = None
    """As the template says it; None where it is measured."""
    gaps: Gaps = WRITER_GAPS


@dataclass(frozen=True, slots=True)
class Probe:
    """Two files, and what was marked in them."""

    blank: bytes
    marked: bytes
    marks: list[Mark]
    row_colours: list[list[Colour]]
    """Of each row of the growing table: the colours of cells that span its height."""
    end_colour: Colour | None
    """Of the last paragraph of the body."""
    heads: str
    """Words of the headers and footers, without values and spaces."""
    body: str
    """Words of the body likewise."""
    table: str
    """Key of the growing table; '' where there is none."""
    is_broken_after: bool
    """Whether a page is broken after the growing table."""
    body_pt: tuple[float, float]
    """The margins above and below the body."""
    row_height_pt: float
    """Of a row of the growing table."""


class RowNumber(int):
    """A row's number that prints as a token and counts as a number: ids are reckoned with it."""

    token: str = ""

    def __str__(self) -> str:
        return self.token


@dataclass(slots=True)
class TagBook:
    """Hands out tokens and knows what each stands for; makes a context of them."""

    tags: list[Tag] = field(default_factory=list)

    def context(self, manifest: Manifest, group_of: Sequence[int]) -> dict[str, Any]:
        """A token in the place of every value; a row for each entry of `group_of`, which says the row's group."""
        context: dict[str, Any] = {}
        for item in manifest.fields:
            if item.table is None:
                context[item.key] = self._value(item, "", -1)
            else:
                context[item.key] = self._rows(item.key, item.table, group_of)
        return context

    def _rows(self, key: str, table: Table, group_of: Sequence[int]) -> list[Row]:
        rows: list[Row] = []
        for number, group in enumerate(group_of):
            row = Row()
            for column in table.columns:
                is_shared = column.key == table.merge_by and number and group_of[number - 1] == group
                row[column.key] = rows[-1][column.key] if is_shared else self._value(column, key, number)
            row[ROW_NUMBER] = self._number(number, key)
            rows.append(row)
        return rows

    def _value(self, item: Field, table: str, row: int) -> str:
        whole = self._token(Tag(item.key, "", table, row, item))
        if item.type_name != "date":
            return whole
        date = DateText(whole)
        date.year, date.month, date.day = (self._token(Tag(item.key, part, table, row, item)) for part in DATE_PARTS)
        return date

    def _number(self, row: int, table: str) -> RowNumber:
        made = RowNumber(row + 1)
        made.token = self._token(Tag(ROW_NUMBER, "", table, row, None))
        return made

    def _token(self, tag: Tag) -> str:
        self.tags.append(tag)
        return f"{OPENING}{len(self.tags) - 1}{CLOSING}"


class Colours:
    """Colours that a template does not use."""

    def __init__(self, used: str) -> None:
        """`used`: the template's text, in which a colour stands as RRGGBB."""
        used = used.upper()
        self._red = next((red for red in FIRST_REDS if f'"{red:02X}' not in used), FIRST_REDS[0])
        self._next = 0

    def take(self) -> Colour:
        number, self._next = self._next, self._next + 1
        return self._red + (number >> 16), (number >> 8) & 255, number & 255


def find_tags(text: str, book: TagBook) -> list[Tag]:
    """The tags whose tokens a text holds, in its order."""
    return [book.tags[int(number)] for number in TOKEN.findall(text)]
