"""The mould of a table's row, or of a paragraph, which is taken for a row of one cell: its markup, with holes where
rows of one make differ, and what a reader sees of it.

In: the bytes of a row, or the cells that the walk made of one with tokens in its holes. Out: a row whose cells are made
when somebody asks for them. The markup between the holes is compared byte by byte, and what stands in a hole can
neither end it nor begin markup: so a row that fits the mould is the row that was walked, with other texts in it.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, NamedTuple

from formgen.reading.docx.holes import Hole, Unread
from formgen.reading.docx.model import Cell, Mark

__all__ = ["CastRow", "CellMould", "RowMould", "token"]

_ODD: Final = re.compile(rb"[&>\x01-\x08\x0b-\x1f]|\xef\xbf[\xbe\xbf]")
"""What a parser reads as something else than itself, or refuses."""
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

    __slots__ = (
        "_ends",
        "_first",
        "_is_only_texts",
        "_longest",
        "_markup",
        "_picks",
        "_steps",
        "_unread",
        "cells",
        "end",
        "ends",
        "fits",
        "followers",
        "holes",
        "numbers",
        "paragraphs",
        "texts",
    )

    def __init__(
        self, holes: Sequence[Hole], end: bytes, ends: Sequence[int], unread: Unread, longest: int = LONGEST_ROW
    ) -> None:
        """`end`: the markup after the last hole, the row's end included; `ends`: of each bookmark the hole with the id
        of its end; `unread`: what may stand in holes that nobody reads; `longest`: bytes of a row."""
        self.holes, self.end, self.ends = holes, end, ends
        self._longest = longest
        self._unread = unread
        self._first = holes[0].before if holes else end
        self._steps = [(len(hole.before), hole.stop) for hole in holes]
        self._markup = [piece for hole in holes for piece in (hole.before, b"")] + [end]
        places = {
            kind: [number for number, hole in enumerate(holes) if hole.kind == kind]
            for kind in ("text", "number", "id", "start", "numbers", "look")
        }
        self._picks = {kind: _pick(numbers) for kind, numbers in places.items()}
        self._ends = _pick(ends)
        self._is_only_texts = len(places["text"]) == len(holes)
        self.texts, self.numbers = len(places["text"]), len(places["number"])
        """How many it has."""
        self.cells: list[CellMould] = []
        self.paragraphs = 0
        self.followers: list[RowMould] = []
        """What came after such a row the last times; the last first."""
        self.fits: dict[Any, Any] = {}
        """What `matching` knows of rows of this make."""

    def cast(self, part: bytes, at: int) -> CastRow | None:
        """The row that begins there; None where it is of another make."""
        if not part.startswith(self._first, at):
            return None
        found = self._found(part, at)
        whole = self._markup.copy()
        whole[1::2] = found
        row_bytes = b"".join(whole)
        if len(row_bytes) > self._longest or not part.startswith(row_bytes, at):
            return None
        texts = _texts(self._picks["text"](found))
        if texts is None:
            return None
        row = CastRow(self, texts)
        row.end = at + len(row_bytes)
        return row if self._is_only_texts or self._takes_others(row, found) else None

    def _takes_others(self, row: CastRow, found: Sequence[bytes]) -> bool:
        """Give the row what stands in its other holes, if that may stand there."""
        picks, unread = self._picks, self._unread
        row.starts = picks["start"](found)
        if len(set(row.starts)) < len(row.starts) or row.starts != self._ends(found):
            return False  # its bookmarks hold something else
        ids = b"".join([*row.starts, *picks["id"](found)])
        if ids and not ids.replace(b"-", b"").isalnum():
            return False
        if not unread.are_looks(picks["look"](found)) or not unread.are_numbers(picks["numbers"](found)):
            return False
        numbers = _numbers(picks["number"](found))
        if numbers is not None:
            row.numbers = numbers
        return numbers is not None

    def _found(self, part: bytes, at: int) -> list[bytes]:
        """What stands in the holes, if the markup is that of the make: each ends where its stop comes first. The markup
        is compared afterwards, all at once: in this loop is a third of the time that reading a roster takes."""
        find = part.find
        return [part[(start := at + length) : (at := find(stop, start))] for length, stop in self._steps]


class CastRow:
    """A row that fits its mould. `place` begins the places of its cells, `number` is which row of its table it is,
    `end` where in the part it ended, `starts` has the ids of its bookmarks."""

    __slots__ = ("_cells", "end", "mould", "number", "numbers", "place", "starts", "texts")

    def __init__(self, mould: RowMould, texts: list[str], numbers: Sequence[int] = ()) -> None:
        self.mould = mould
        self.texts = texts
        self.numbers = numbers
        self.place, self.number, self.end = "", 0, 0
        self.starts: Sequence[bytes] = ()
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


def _pick(numbers: Sequence[int]) -> Callable[[Sequence[bytes]], Sequence[bytes]]:
    """What takes these of a row's holes."""
    if len(numbers) > 1:
        return operator.itemgetter(*numbers)
    return (lambda found: (found[numbers[0]],)) if numbers else (lambda _: ())


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
