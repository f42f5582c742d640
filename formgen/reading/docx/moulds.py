"""The mould of a table's row, or of a paragraph, which is taken for a row of one cell: its markup, with holes where
rows of one make differ, and what a reader sees of it.

In: the bytes of a row, or the cells that the walk made of one with tokens in its holes. Out: a row whose cells are made
when somebody asks for them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

from formgen.reading.docx.markup import Markup
from formgen.reading.docx.model import Cell, Mark
from formgen.reading.docx.saved import Markups

__all__ = ["CastRow", "CellMould", "RowMould", "Wording", "token"]

_TOKEN: Final = re.compile("\ue000(\\d+)\ue001")
LONGEST_ROW: Final = 1 << 16
"""What is longer is left to the parser and its limits."""
FIRST_NUMBER: Final = 900_000_000
"""In the place of the numbers in bookmarks while a mould is made: no sheet and no row has that number."""


def token(number: int) -> str:
    """What stands in the hole of a text while a mould is made."""
    return f"\ue000{number}\ue001"


class _Position(NamedTuple):
    """A place in a cell's text: so many characters that are always there, and all that stands in these holes."""

    fixed: int
    holes: tuple[int, ...]

    def at(self, texts: Sequence[str]) -> int:
        return self.fixed + sum([len(texts[hole]) for hole in self.holes])


class _MarkMould(NamedTuple):
    is_control: bool
    name: str
    row: int
    sheet: int
    """Indices of numbers; where below 0, the number that is always there is -1 - it."""
    start: _Position
    end: _Position


class Wording:
    """A text with holes in it."""

    __slots__ = ("hole", "pieces")

    def __init__(self, sample: str) -> None:
        """`sample`: with tokens in its holes."""
        parts = _TOKEN.split(sample)
        self.pieces: list[str | int] = [int(part) if number % 2 else part for number, part in enumerate(parts)]
        self.hole = int(parts[1]) if len(parts) == 3 and not (parts[0] or parts[2]) else None
        """The one hole that the whole text stands in; None where there are more, or words between them."""

    def text(self, texts: Sequence[str]) -> str:
        if self.hole is not None:
            return texts[self.hole]
        return "".join([texts[piece] if isinstance(piece, int) else piece for piece in self.pieces])


class CellMould(Wording):
    """A cell of every row of the make."""

    __slots__ = ("column", "marks", "merge", "span")

    def __init__(self, sample: Cell, count: int) -> None:
        """`sample`: walked with tokens in its holes; `count`: how many numbers there are.

        Raises: ValueError: a number is a part of a mark's name.
        """
        super().__init__(sample.text)
        self.column, self.span, self.merge = sample.column, sample.span, sample.merge
        self.marks = [_mark_mould(mark, sample.text, count) for mark in sample.marks]

    def cell(self, row: CastRow, place: str) -> Cell:
        return Cell(self.text(row.texts), self.marks_of(row), place, [], self.column, self.span, self.merge)

    def marks_of(self, row: CastRow) -> list[Mark]:
        texts, numbers = row.texts, row.numbers
        return [
            Mark(
                mark.is_control,
                mark.name,
                numbers[mark.row] if mark.row >= 0 else -1 - mark.row,
                mark.start.at(texts),
                mark.end.at(texts),
                numbers[mark.sheet] if mark.sheet >= 0 else -1 - mark.sheet,
            )
            for mark in self.marks
        ]


class RowMould:
    """All rows of one make."""

    __slots__ = ("cells", "fits", "followers", "markups", "paragraphs")

    def __init__(self, markups: Markups) -> None:
        self.markups = markups
        self.cells: list[CellMould] = []
        self.paragraphs = 0
        self.followers: list[RowMould] = []
        """What came after such a row the last times; the last first."""
        self.fits: dict[Any, Any] = {}
        """What `matching` knows of rows of this make."""

    @property
    def blanks(self) -> set[int]:
        """The texts that stand in marks."""
        marks = [mark for cell in self.cells for mark in cell.marks]
        return {hole for mark in marks for hole in mark.end.holes[len(mark.start.holes) :]}

    @property
    def markup(self) -> Markup:
        """In fewer words."""
        return self.markups.plain

    def cast(self, part: bytes, at: int, is_saved: bool) -> CastRow | None:
        """The row that begins there, in fewer words or as it was saved; None where it is of another make."""
        filled = self.markups.read(part, at, is_saved)
        return None if filled is None else CastRow(self, *filled)


class CastRow:
    """A row that fits its mould. `place` begins the places of its cells, `number` is which row of its table it is,
    `end` where in the part it ended, `starts` has the ids of its bookmarks."""

    __slots__ = ("_cells", "end", "mould", "number", "numbers", "place", "starts", "texts")

    def __init__(
        self,
        mould: RowMould,
        texts: list[str],
        numbers: Sequence[int] = (),
        starts: Sequence[bytes] = (),
        end: int = 0,
    ) -> None:
        self.mould = mould
        self.texts = texts
        self.numbers = numbers
        self.starts = starts
        self.place, self.number, self.end = "", 0, end
        self._cells: list[Cell] | None = None

    @property
    def cells(self) -> list[Cell]:
        """The same cells whenever they are asked for."""
        if self._cells is None:
            moulds = self.mould.cells
            self._cells = [mould.cell(self, self.place_of(index)) for index, mould in enumerate(moulds)]
        return self._cells

    def cell(self, index: int) -> Cell:
        """One of them, for somebody who asks for few."""
        if self._cells is not None:
            return self._cells[index]
        return self.mould.cells[index].cell(self, self.place_of(index))

    def place_of(self, index: int) -> str:
        return f"{self.place}{self.number}行第{index + 1}列"

    def is_like(self, other: object) -> bool:
        """Whether it has the other's mould."""
        return isinstance(other, CastRow) and other.mould is self.mould

    def said(self) -> list[str]:
        """The texts of its cells."""
        return [mould.text(self.texts) for mould in self.mould.cells]

    def sheets(self) -> Iterator[int]:
        """Of each mark that says it, which sheet it is of."""
        for cell in self.mould.cells:
            for mark in cell.marks:
                sheet = self.numbers[mark.sheet] if mark.sheet >= 0 else -1 - mark.sheet
                if sheet:
                    yield sheet


def _mark_mould(mark: Mark, text: str, count: int) -> _MarkMould:
    if str(FIRST_NUMBER)[:-3] in mark.name:
        raise ValueError(mark.name)
    row, sheet = (
        number - FIRST_NUMBER if 0 <= number - FIRST_NUMBER < count else -1 - number
        for number in (mark.row, mark.sheet)
    )
    start, end = _position(text[: mark.start]), _position(text[: mark.end])
    return _MarkMould(mark.is_control, mark.name, row, sheet, start, end)


def _position(before: str) -> _Position:
    holes = tuple(map(int, _TOKEN.findall(before)))
    return _Position(len(_TOKEN.sub("", before)), holes)
