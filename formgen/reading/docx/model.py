"""A Word document as its readers see it: texts with marks in them, tables of such texts, nothing of Word's markup.

A text is a cell (its paragraphs joined by line ends) or a paragraph outside of cells. Marks are the content controls
and bookmarks in it, each with the part of the text it holds.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from formgen.reading.docx.moulds import CastRow

__all__ = [
    "Block",
    "Cell",
    "Mark",
    "Picture",
    "SectionEnd",
    "Table",
    "Text",
    "folded",
    "mark_name",
    "pictures_in",
    "said_in",
    "sheets_in",
    "tables_of",
    "texts_of",
    "told_once",
    "words",
]

_BOOKMARK: Final = re.compile(r"(?:f(\d*)_)?(.+?)(?:__s\d+)?(?:__(\d+))?(__c)?")
_COPY: Final = re.compile(r"_Copy_\d+$")
"""What LibreOffice adds to the name of a bookmark that is there already."""
MOST_ALIKE: Final = 10
"""Rows of one make, one after the other, whose words are looked at to tell which form a sheet is."""
_FOLDS: Final = str.maketrans("()[]:,;．０１２３４５６７８９", "（）【】：，；.0123456789")


class Mark(NamedTuple):
    """A content control or a bookmark, and the part of its text that it holds."""

    is_control: bool
    name: str
    """A control's tag; a bookmark's name without what tells sheets and rows apart."""
    row: int
    """The printed row's number, of a bookmark in a row; else 0."""
    start: int
    end: int
    sheet: int = 0
    """Of a bookmark in a file of several sheets: which sheet's it is, from 1; 0 where nothing says."""


class Picture(NamedTuple):
    """A picture, a shape, an object: what is drawn and is no text."""

    at: int
    """Where in its text it stands, or is anchored."""
    name: str
    is_floating: bool = False
    """Whether it stands wherever it was put, be it over other text."""


@dataclass(slots=True, eq=False)
class Text:
    """A paragraph outside of tables, or what a cell says."""

    text: str
    marks: list[Mark]
    place: str
    pictures: list[Picture] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Cell(Text):
    """A cell of a table, without the tables in it."""

    column: int = 0
    """The first of the grid's columns it covers, from 0; `span`: how many."""
    span: int = 1
    merge: str = ""
    """`restart` or `continue` where it is merged with cells below or above."""
    tables: list[Table] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Table:
    number: int
    """Counts the tables of a document from 1, nested ones after the one they stand in."""
    laid: list[list[Cell] | CastRow] = field(default_factory=list)
    """Its rows, some of them without cells until somebody asks."""
    passed: int = 0
    """How many of its rows tracked changes took out, or are hidden."""
    _rows: list[list[Cell]] | None = None

    @property
    def rows(self) -> list[list[Cell]]:
        if self._rows is None:
            self._rows = [row if isinstance(row, list) else row.cells for row in self.laid]
        return self._rows

    def origin(self, row: int, index: int) -> Cell:
        """The cell that shows what stands at a place: of vertically merged cells the first."""
        cell = self.rows[row][index]
        found = cell
        while found.merge == "continue" and row > 0:
            row -= 1
            above = next((item for item in self.rows[row] if item.column == cell.column), None)
            if above is None or not above.merge:
                break
            found = above
        return found


@dataclass(slots=True, eq=False)
class SectionEnd:
    """Where a section ends; `heads`: relationship ids of its headers and footers, in order."""

    heads: list[str]


Block = Text | Table | SectionEnd


def words(text: str) -> str:
    """A text without white space: what stands on the paper."""
    return "".join(text.split())


def folded(text: str) -> str:
    """`words` with the width of signs and digits evened out: how labels are compared once they are not the same."""
    return words(text).translate(_FOLDS)


@functools.lru_cache(maxsize=1 << 14)
def mark_name(bookmark: str) -> tuple[str, int, int] | None:
    """Name, row and sheet (from 1) of a bookmark: f2_rows_name__3 → rows_name, 3, 2; None for Word's own.

    A rest on a continuation sheet keeps its end: f_reason__c → reason__c.
    """
    if bookmark.startswith("_"):
        return None
    match = _BOOKMARK.fullmatch(bookmark)
    if match is None:
        return None
    sheet, stem, row, rest = match.groups()
    return stem + (rest or ""), int((row or "0")[:9]), int((sheet or "1")[:9])


def texts_of(blocks: Iterable[Block]) -> Iterator[Text]:
    """All texts in reading order, those of cells included."""
    for block in blocks:
        if isinstance(block, Text):
            yield block
        elif isinstance(block, Table):
            for table in tables_of([block]):
                for row in table.rows:
                    yield from row


def pictures_in(blocks: Iterable[Block]) -> int:
    """How many there are; none in rows that were cast."""
    tables = [block for block in blocks if isinstance(block, Table)]
    rows = [row for table in tables_of([*tables]) for row in table.laid if isinstance(row, list)]
    texts = [block for block in blocks if isinstance(block, Text)]
    return sum(len(text.pictures) for text in texts) + sum(len(cell.pictures) for row in rows for cell in row)


def said_in(blocks: Iterable[Block]) -> Iterator[str]:
    """What stands on a sheet, as far as it tells which form it is: of many rows of one make the first ones."""
    for block in blocks:
        if isinstance(block, Text):
            yield block.text
        elif isinstance(block, Table):
            for table in tables_of([block]):
                alike = 0
                for number, row in enumerate(table.laid):
                    if isinstance(row, list):
                        yield from (cell.text for cell in row)
                        continue
                    before = table.laid[number - 1] if number else None
                    alike = alike + 1 if before is not None and row.is_like(before) else 0
                    if alike < MOST_ALIKE:
                        yield from row.said()


def sheets_in(blocks: Iterable[Block]) -> Iterator[int]:
    """Of each mark that says it, which sheet it is of."""
    for block in blocks:
        if isinstance(block, Text):
            yield from (mark.sheet for mark in block.marks if mark.sheet)
        elif isinstance(block, Table):
            for table in tables_of([block]):
                for row in table.laid:
                    if isinstance(row, list):
                        yield from (mark.sheet for cell in row for mark in cell.marks if mark.sheet)
                    else:
                        yield from row.sheets()


def told_once(heads: Iterable[Sequence[Block]]) -> list[Block]:
    """What stands in headers and footers, without those that say to the letter what another one says.

    LibreOffice writes a copy for the first page, with other names for the bookmarks: no two may have one name.
    """
    kept: dict[object, Sequence[Block]] = {}
    for head in heads:
        said = tuple(map(_said_by, head))
        if said not in kept or not any(_COPY.search(mark.name) for text in texts_of(head) for mark in text.marks):
            kept[said] = head
    return [block for head in kept.values() for block in head]


def _said_by(block: Block) -> object:
    if not isinstance(block, Text):
        return id(block)
    marks = [mark._replace(name=_COPY.sub("", mark.name)) for mark in block.marks]
    return block.text, *block.pictures, *marks


def tables_of(blocks: list[Block]) -> Iterator[Table]:
    """All tables, nested ones after the table they stand in."""
    waiting = [block for block in blocks if isinstance(block, Table)]
    waiting.reverse()
    while waiting:
        table = waiting.pop()
        yield table
        inner = [nested for row in table.laid if isinstance(row, list) for cell in row for nested in cell.tables]
        waiting += reversed(inner)
