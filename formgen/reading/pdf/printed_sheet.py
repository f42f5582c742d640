"""A worksheet again from the pages it was printed on.

In: pages as grids, those of one sheet in their order, and the form's anatomy. Out: a sheet as that of a workbook: the
grid's cells in its columns, texts outside the grid in columns behind them, with room between for blanks. Rows that a
program repeats on each page (the table's header, page numbers) are left out; other texts above and below a table that
goes on are unread.
"""

from __future__ import annotations

import bisect
import functools
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from formgen.forms.manifest import Manifest
from formgen.reading.model import Unread
from formgen.reading.pdf.fonts import LOST
from formgen.reading.pdf.glyphs import rows_of
from formgen.reading.pdf.ruled import RuledCell, RuledPage, ShownChar
from formgen.reading.xlsx.anatomy import Anatomy, Spot
from formgen.reading.xlsx.sheet import CoveredText, CutText, Sheet, words_of

__all__ = ["PrintedSheet", "SheetPage", "Token", "has_columns_of", "outside_rows", "printed_words", "put_together"]

SAME_PT: Final = 2.0
"""Columns of two pages stand in one place."""
WORD_GAP: Final = 0.6
"""Em between texts of different cells, where no rule parts them."""
MIDDLE: Final = 0.3
"""Share of a type's size between its baseline and the middle of its characters."""
STEP: Final = 2
"""Columns from one text outside the grid to the next: a blank that is empty has one between."""
COLONS: Final = "：: \u3000"
HASHES: Final = re.compile("#+")
POWER: Final = re.compile(r"[-+]?[0-9](?:[.,][0-9]+)?[Ee][-+]?[0-9]+")
"""A number for which its cell has no room."""
PAGE_NUMBER: Final = re.compile(
    r"第?([0-9]{1,5})页?[,，、/]?共([0-9]{1,5})页"
    r"|(?:Page)?([0-9]{1,5})(?:/|of)([0-9]{1,5})|第([0-9]{1,5})页|-([0-9]{1,5})-|Page([0-9]{1,5})"
)
"""A row that says nothing else is a page's number."""
HIDDEN: Final = CutText("…")
"""Of a cell that no rules close, or that is merged over the end of its page: what it says may stand elsewhere."""


@dataclass(slots=True)
class SheetPage:
    """A page of a printed spreadsheet."""

    number: int
    """In the file."""
    manifest: Manifest
    ruled: RuledPage

    @property
    def texts(self) -> list[str]:
        outside = ["".join(char.text for char in row) for row in rows_of(self.ruled.outside)]
        return [*outside, *(cell.text for cell in self.ruled.cells)]


@dataclass(frozen=True, slots=True)
class Token:
    """A text outside the grid."""

    text: str
    """A `CutText` where it does not show whole, a `CoveredText` where something was drawn over it."""
    x: float


@dataclass(frozen=True)
class PrintedSheet(Sheet):
    """A sheet whose cells stand on pages."""

    page_numbers: Sequence[int] = ()
    """Of each row: the page of the file."""
    places: dict[tuple[int, int], tuple[float, float]] = field(default_factory=dict)
    cells: dict[tuple[int, int], RuledCell] = field(default_factory=dict)
    header_rows: range = range(0)
    """Rows of the table's header: of what is cut off in it no record is made."""
    numbers: list[tuple[int, int]] = field(default_factory=list)
    """Page number and number of pages as printed, 0 where only the first is; of pages that have them."""
    odd_pages: list[int] = field(default_factory=list)
    """Pages of the file whose table has other columns than the first one's."""
    unread: list[Unread] = field(default_factory=list)

    def place(self, row: int, column: int) -> str:
        x, y = self.places.get((row, column)) or self._beside(row)
        return f"第{self.page_numbers[row]}页 ({x:.0f}, {y:.0f})"

    def address(self, row: int, column: int) -> str:
        return self.place(row, column)

    def is_grid_row(self, row: int) -> bool:
        return (row, 0) in self.places

    def may_hold_record(self, row: int) -> bool:
        """Whether a row is of the grid, and not of the header."""
        return self.is_grid_row(row) and row not in self.header_rows

    def height_of(self, row: int) -> float:
        """Where a row stands on its page."""
        return self._beside(row)[1]

    def spot_of(self, place: str) -> tuple[int, int] | None:
        """The cell with this place."""
        return self._spots.get(place)

    def anchor(self, row: int, column: int) -> tuple[int, int]:
        """The cell that a cell is merged into, or itself."""
        return self._anchors.get((row, column), (row, column))

    def is_exact(self, row: int, column: int) -> bool:
        """Whether the cell's text is one line."""
        cell = self.cells.get((row, column))
        return cell is None or cell.is_exact

    def is_tight(self, row: int, column: int) -> bool:
        """Whether a number's cell has no room for two more digits: then decimals may have been left out."""
        cell = self.cells.get((row, column))
        return cell is not None and cell.is_tight

    @functools.cached_property
    def _spots(self) -> dict[str, tuple[int, int]]:
        return {self.place(*at): at for at in self.places}

    @functools.cached_property
    def _anchors(self) -> dict[tuple[int, int], tuple[int, int]]:
        return {
            (row, column): (spot.row, spot.column)
            for spot in self.merges.values()
            for row in range(spot.row, spot.last_row + 1)
            for column in range(spot.column, spot.last_column + 1)
        }

    def _beside(self, row: int) -> tuple[float, float]:
        return next((spot for (at, _), spot in self.places.items() if at == row), (0.0, 0.0))


def printed_words(anatomies: Sequence[Anatomy]) -> frozenset[str]:
    """All that is printed on a form's sheets; words above each other without a rule between them also as one."""
    joined = ("".join(column.labels) for anatomy in anatomies for loop in anatomy.loops for column in loop.columns)
    return frozenset(itertools.chain(joined, *(anatomy.words for anatomy in anatomies)))


def has_columns_of(one: RuledPage, other: RuledPage) -> bool:
    """Whether the grids of two pages have their columns in the same places."""
    return len(one.columns) == len(other.columns) and all(
        abs(mine - theirs) <= SAME_PT for mine, theirs in zip(one.columns, other.columns, strict=True)
    )


def put_together(stack: Sequence[SheetPage], anatomies: Sequence[Anatomy]) -> PrintedSheet:
    """The sheet that the pages of one form make."""
    return _Builder(stack, anatomies).build()


def outside_rows(ruled: RuledPage, words: frozenset[str]) -> Iterator[tuple[float, list[Token]]]:
    """Rows of text outside the grid, from the top: where each stands, and its texts, the form's words apart."""
    for row in _level(ruled.outside):
        tokens: list[Token] = []
        start = 0
        for index in range(1, len(row) + 1):
            if index < len(row):
                before = row[index - 1]
                if row[index].x - before.x - before.width <= WORD_GAP * before.size:
                    continue
            tokens += _parted(row[start:index], words)
            start = index
        if tokens:
            yield row[0].y, tokens


def _level(chars: Sequence[ShownChar]) -> list[list[ShownChar]]:
    """Characters beside each other, from the left, whatever their sizes: a cell may shrink its text."""
    rows: list[list[ShownChar]] = []
    tallest: list[ShownChar] = []
    for char in sorted(chars, key=_middle):
        if rows and abs(_middle(char) - _middle(tallest[-1])) <= max(char.size, tallest[-1].size) / 2:
            rows[-1].append(char)
            tallest[-1] = max(tallest[-1], char, key=lambda one: one.size)
        else:
            rows.append([char])
            tallest.append(char)
    for row in rows:
        row.sort(key=lambda char: char.x)
    return rows


def _middle(char: ShownChar) -> float:
    return char.y - MIDDLE * char.size


def _parted(chars: Sequence[ShownChar], words: frozenset[str]) -> Iterator[Token]:
    """A text without a gap; in two where it begins or ends with one of the form's words."""
    text = "".join(char.text for char in chars)
    at = _end_of_word(text, words) or _start_of_word(text, words) if words_of(text) not in words else 0
    if at:
        yield from _parted(chars[:at], words)
        yield from _parted(chars[at:], words)
    elif text.strip():
        yield Token(_joined(chars), next(char.x for char in chars if char.text.strip()))


def _end_of_word(text: str, words: frozenset[str]) -> int:
    """Where the form's word that a text begins with ends, the colon behind it included; 0 for none."""
    at = next((at for at in range(1, len(text)) if _is_word(text[:at], words)), 0)
    while 0 < at < len(text) and text[at] in COLONS:
        at += 1
    return at if text[at:].strip() else 0


def _start_of_word(text: str, words: frozenset[str]) -> int:
    """Where the form's word that a text ends with begins; 0 for none."""
    return next((at for at in range(len(text) - 1, 0, -1) if _is_word(text[at:], words) and text[:at].strip()), 0)


def _is_word(text: str, words: frozenset[str]) -> bool:
    word = words_of(text)
    return len(word) > 1 and word in words


def _joined(chars: Sequence[ShownChar]) -> str:
    text = "".join(char.text for char in chars).strip()
    if any(char.is_covered for char in chars):
        return CoveredText(text)
    return CutText(text) if LOST in text or any(char.is_cut for char in chars) else text


class _Builder:
    """Puts the pages of one sheet below each other."""

    def __init__(self, stack: Sequence[SheetPage], anatomies: Sequence[Anatomy]) -> None:
        self.stack = stack
        self.words = printed_words(anatomies)
        self.merge_labels = frozenset(_merge_labels(anatomies))
        self.first = next((page.ruled for page in stack if page.ruled.cells), stack[0].ruled)
        self.last_grid = max((index for index, page in enumerate(stack) if page.ruled.cells), default=-1)
        self.width = max(len(self.first.columns) - 1, 0)
        self.rows: list[list[Any]] = []
        self.page_numbers: list[int] = []
        self.merges: dict[tuple[int, int], Spot] = {}
        self.places: dict[tuple[int, int], tuple[float, float]] = {}
        self.cells: dict[tuple[int, int], RuledCell] = {}
        self.numbers: list[tuple[int, int]] = []
        self.odd_pages: list[int] = []
        self.unread: list[Unread] = []

    def build(self) -> PrintedSheet:
        grids: list[list[int]] = []
        for index, page in enumerate(self.stack):
            height = self._header_height(page.ruled) if index and page.ruled.cells else 0
            if height < 0 or (page.ruled.cells and not has_columns_of(self.first, page.ruled)):
                self.odd_pages.append(page.number)
            else:
                grids += filter(None, [self._add_page(page, index, height)])
        for above, below in itertools.pairwise(grids):
            self._hide_torn(above[-1], below[0])
        name = "第" + "、".join(str(page.number) for page in self.stack) + "页"
        merges = dict(sorted(self.merges.items()))
        tops = [(spot.row, spot) for spot in merges.values()]
        header = range(grids[0][0], grids[0][0] + self._rows_of_header(self.first)) if grids else range(0)
        found = self.page_numbers, self.places, self.cells, header, self.numbers, self.odd_pages, self.unread
        return PrintedSheet(name, self.rows, 0, merges, tops, *found)

    def _add_page(self, page: SheetPage, index: int, skipped: int) -> list[int]:
        """The sheet's rows that are of the page's grid."""
        ruled = page.ruled
        covered = {row for cell in ruled.cells for row in range(cell.row, cell.last_row + 1)}
        items: list[tuple[float, int | list[Token]]] = [
            (ruled.rows[row], row) for row in sorted(covered) if row >= skipped
        ]
        for y, tokens in outside_rows(ruled, self.words):
            is_beside = bisect.bisect_right(ruled.rows, y) - 1 in covered
            if not self._is_page_number(tokens):
                if is_beside or self._is_running(ruled, index, y):
                    self._leave(page, y, tokens)
                else:
                    items.append((y, tokens))
        grid: list[int] = []
        for y, item in sorted(items, key=lambda item: item[0]):
            self.page_numbers.append(page.number)
            if isinstance(item, int):
                grid.append(len(self.rows))
                self._add_cells(ruled, item)
            else:
                self._add_tokens(y, item)
        return grid

    def _header_height(self, ruled: RuledPage) -> int:
        """Rows at the top of a page that say what the header on the first page says.

        -1 where the header is another one: then its columns are other columns.
        """
        mine, header = _texts_by_row(ruled), _texts_by_row(self.first)
        height, wanted = self._rows_of_header(ruled), self._rows_of_header(self.first)
        if not height:
            return 0
        return height if mine[:height] == header[:wanted] else -1

    def _rows_of_header(self, ruled: RuledPage) -> int:
        """How many rows at the top of a grid are the table's header: merged cells in it reach below."""
        height = 0
        texts = _texts_by_row(ruled)
        while height < len(texts) and self._is_header(texts[height]):
            height = 1 + max(cell.last_row for cell in ruled.cells if cell.row == height)
        return height

    def _is_header(self, texts: Sequence[tuple[int, str]]) -> bool:
        """Whether most of a row is printed on the form; some of it may be cut off."""
        return 2 * sum(text in self.words for _, text in texts) > len(texts)

    def _is_page_number(self, tokens: Sequence[Token]) -> bool:
        match = PAGE_NUMBER.fullmatch("".join("".join(token.text for token in tokens).split()))
        if match is not None:
            number, *total = [int(digits) for digits in match.groups() if digits]
            self.numbers.append((number, total[0] if total else 0))
        return match is not None

    def _is_running(self, ruled: RuledPage, index: int, y: float) -> bool:
        """Whether a text stands above or below a table that goes on over the page's end."""
        if not ruled.cells:
            return False
        return (index > 0 and y < ruled.rows[0]) or (index < self.last_grid and y > ruled.rows[-1])

    def _leave(self, page: SheetPage, y: float, tokens: Sequence[Token]) -> None:
        for token in tokens:
            if words_of(token.text) not in self.words:
                self.unread.append(Unread(f"第{page.number}页 ({token.x:.0f}, {y:.0f})", str(token.text)))

    def _add_cells(self, ruled: RuledPage, row: int) -> None:
        at = len(self.rows)
        self.rows.append([HIDDEN] * self.width)
        self.places |= {(at, column): (ruled.columns[column], ruled.rows[row]) for column in range(self.width)}
        for cell in ruled.cells:
            if cell.row <= row <= cell.last_row:
                self.rows[at][cell.column : cell.last_column + 1] = [""] * (cell.last_column - cell.column + 1)
            if cell.row == row:
                self.rows[at][cell.column] = _shown(cell)
                self.cells[at, cell.column] = cell
                self.places[at, cell.column] = cell.box[:2]
                spot = Spot(at, cell.column, at + cell.last_row - row, cell.last_column)
                if spot[:2] != spot[2:]:
                    self.merges[at, cell.column] = spot
        if self.rows[at] and self.rows[at][-1] is HIDDEN:  # a cell too few: those beside it may have moved up
            self.rows[at] = [CutText(value or HIDDEN) for value in self.rows[at]]

    def _add_tokens(self, y: float, tokens: Sequence[Token]) -> None:
        at = len(self.rows)
        self.rows.append([""] * (self.width + 1 + STEP * len(tokens)))
        for number, token in enumerate(tokens):
            column = self.width + 1 + STEP * number
            self.rows[at][column] = token.text
            self.places[at, column] = (token.x, y)

    def _hide_torn(self, last: int, first: int) -> None:
        """Cells of groups that may go on over the end of a page, and show nothing on this side of it."""
        torn = {
            column
            for (_, column), cell in self.cells.items()
            if (cell.last_row > cell.row and words_of(cell.text) not in self.words)
            or words_of(cell.text) in self.merge_labels
        }
        for (row, column), cell in self.cells.items():
            is_at_end = row <= last <= row + cell.last_row - cell.row or row == first
            if is_at_end and column in torn and not cell.text.strip():
                self.rows[row][column] = HIDDEN


def _merge_labels(anatomies: Sequence[Anatomy]) -> Iterator[str]:
    """The words above columns whose cells span the rows of a group."""
    for anatomy in anatomies:
        for loop in anatomy.loops:
            for column in loop.columns:
                if loop.table.merge_by and column.keys == (loop.table.merge_by,):
                    yield from column.labels[-1:]


def _texts_by_row(ruled: RuledPage) -> list[list[tuple[int, str]]]:
    """Column and folded text of the cells that begin in each row of a grid."""
    rows: list[list[tuple[int, str]]] = [[] for _ in ruled.rows[1:]]
    for cell in ruled.cells:
        if cell.text.strip():
            rows[cell.row].append((cell.column, words_of(cell.text)))
    return rows


def _shown(cell: RuledCell) -> str:
    text = cell.text.strip()
    if cell.is_covered:
        return CoveredText(text)
    is_whole = not (cell.is_cut or cell.is_illegible or HASHES.fullmatch(text) or POWER.fullmatch(text))
    return text if is_whole else CutText(text or "…")
