"""The mould of a table's row: its markup, with holes where rows of one make differ, and what a reader sees of it.

In: the bytes of a row, or the cells that the walk made of one with tokens in its holes. Out: a row whose cells are made
when somebody asks for them. The markup between the holes is compared byte by byte, and what stands in a hole can
neither end it nor begin markup: so a row that fits the mould is the row that was walked, with other texts in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

from formgen.reading.docx.model import Cell, Mark

__all__ = ["CastRow", "CellMould", "Hole", "RowMould", "token"]

_ODD: Final = re.compile(rb"[&>\x01-\x08\x0b-\x1f]|\xef\xbf[\xbe\xbf]")
"""What a parser reads as something else than itself, or refuses."""
_TOKEN: Final = re.compile("\ue000(\\d+)\ue001")
FIRST_NUMBER: Final = 900_000_000
"""In the place of the numbers in bookmarks while a mould is made: no sheet and no row has that number."""


def token(number: int) -> str:
    """What stands in the hole of a text while a mould is made."""
    return f"\ue000{number}\ue001"


class Hole(NamedTuple):
    """Where rows of one make differ."""

    kind: str
    """`text`; `number` in a bookmark's name; `start` or `end`, a bookmark's id; `id`, one that nobody reads."""
    before: bytes
    """The markup between the last hole and this one."""
    sample: bytes
    stop: bytes
    """The sign that ends what stands in it."""


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


class CellMould:
    """A cell of every row of the make."""

    __slots__ = ("column", "hole", "marks", "merge", "pieces", "span")

    def __init__(self, sample: Cell, count: int) -> None:
        """`sample`: walked with tokens in its holes; `count`: how many numbers there are.

        Raises: ValueError: a number is a part of a mark's name.
        """
        self.column, self.span, self.merge = sample.column, sample.span, sample.merge
        parts = _TOKEN.split(sample.text)
        self.pieces: list[str | int] = [int(part) if number % 2 else part for number, part in enumerate(parts)]
        self.hole = int(parts[1]) if len(parts) == 3 and not (parts[0] or parts[2]) else None
        """The one hole that the whole text stands in; None where there are more, or words between them."""
        self.marks = [_mark_mould(mark, sample.text, count) for mark in sample.marks]

    def text(self, texts: Sequence[str]) -> str:
        if self.hole is not None:
            return texts[self.hole]
        return "".join([texts[piece] if isinstance(piece, int) else piece for piece in self.pieces])

    def cell(self, row: CastRow, place: str) -> Cell:
        texts, numbers = row.texts, row.numbers
        marks = [
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
        return Cell(self.text(texts), marks, place, [], self.column, self.span, self.merge)


class RowMould:
    """All rows of one make."""

    __slots__ = ("_end", "_ends", "_kinds", "_steps", "cells", "fits", "followers", "numbers", "paragraphs", "texts")

    def __init__(self, holes: Sequence[Hole], end: bytes, ends: Sequence[int]) -> None:
        """`end`: the markup after the last hole, the row's end included; `ends`: of each bookmark the hole with the id
        of its end."""
        self._steps = [(hole.before, len(hole.before), hole.stop) for hole in holes]
        self._end = end
        self._kinds = {
            kind: [number for number, hole in enumerate(holes) if hole.kind == kind]
            for kind in ("text", "number", "id", "start")
        }
        self._ends = list(ends)
        self.texts, self.numbers = len(self._kinds["text"]), len(self._kinds["number"])
        """How many it has."""
        self.cells: list[CellMould] = []
        self.paragraphs = 0
        self.followers: list[RowMould] = []
        """What came after such a row the last times; the last first."""
        self.fits: dict[Any, Any] = {}
        """What `matching` knows of rows of this make."""

    def cast(self, part: bytes, at: int) -> CastRow | None:
        """The row that begins there; None where it is of another make."""
        found: list[bytes] = []
        add, starts, find = found.append, part.startswith, part.find
        for before, length, stop in self._steps:
            if not starts(before, at):
                return None
            at += length
            end = find(stop, at)
            if end < 0:
                return None
            add(part[at:end])
            at = end
        if not starts(self._end, at):
            return None
        kinds = self._kinds
        starts_at = [found[number] for number in kinds["start"]]
        if len(set(starts_at)) < len(starts_at) or starts_at != [found[number] for number in self._ends]:
            return None  # its bookmarks hold something else
        ids = b"".join([*starts_at, *[found[number] for number in kinds["id"]]])
        if ids and not ids.replace(b"-", b"").isalnum():
            return None
        texts = _texts([found[number] for number in kinds["text"]])
        numbers = _numbers([found[number] for number in kinds["number"]])
        if texts is None or numbers is None:
            return None
        row = CastRow(self, texts, numbers)
        row.end = at + len(self._end)
        return row


class CastRow:
    """A row that fits its mould. `place` begins the places of its cells, `number` is which row of its table it is,
    `end` where in the part it ended."""

    __slots__ = ("_cells", "end", "mould", "number", "numbers", "place", "texts")

    def __init__(self, mould: RowMould, texts: list[str], numbers: list[int]) -> None:
        self.mould = mould
        self.texts = texts
        self.numbers = numbers
        self.place, self.number, self.end = "", 0, 0
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


def _texts(found: Sequence[bytes]) -> list[str] | None:
    """None where a parser would read them otherwise, or refuse them."""
    if not found:
        return []
    whole = b"\0".join(found)
    if _ODD.search(whole) is not None:
        return None
    try:
        texts = str(whole, "utf-8").split("\0")
    except UnicodeDecodeError:
        return None
    return texts if len(texts) == len(found) else None


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


def _numbers(found: Sequence[bytes]) -> list[int] | None:
    """None where one is no number, or longer than those of marks are."""
    if not found:
        return []
    if not b"".join(found).isdigit() or not 0 < min(map(len, found)) <= max(map(len, found)) < 10:
        return None
    return list(map(int, found))
