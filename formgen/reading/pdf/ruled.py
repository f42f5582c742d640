"""A page as a grid of cells between its rules, with what shows in each: how a spreadsheet's print is read.

In: a page's rules, its lines of text with their clips. Out: columns, rows and cells of the grid, and the lines of text
outside it. A text that does not show whole is marked, for nobody can say how it ends: what a program clips at the edge
of a cell, what goes on over the edge, or touches it where the program left out what does not show.
Limits: cells without rules are none; lines that a program leaves out below a cell's lower edge leave no trace.
"""

from __future__ import annotations

import bisect
import functools
import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from formgen.forms.layout import Rect, Spot
from formgen.reading.pdf.fonts import LOST
from formgen.reading.pdf.found import TextLine
from formgen.reading.pdf.glyphs import Char, page_chars, rows_of
from formgen.reading.pdf.joining import Joined, join
from formgen.reading.pdf.matrices import Matrix, moved
from formgen.reading.pdf.rules import Rules
from formgen.reading.pdf.strange import lines_of

__all__ = ["RuledCell", "RuledPage", "ShownChar", "ruled_page"]

NEAR_PT: Final = 1.5
"""A rule stands so near its place."""
EDGE_PT: Final = 0.4
"""Programs leave more than this between a text and the edge of its cell."""
PADDING_PT: Final = 1.0
"""As much as LibreOffice leaves; others leave more."""
ASCENT: Final = 0.65
DESCENT: Final = 0.05
"""Shares of the type's size that the ink of a character surely reaches above and below its baseline."""
OVERLAP: Final = 0.5
"""Share of a character's width that another may lie over."""
FOOT: Final = 0.3
"""Share of the type's size above the baseline, where a character is looked for."""
INSIDE_PT: Final = 0.5
MOST_BOXES: Final = 60_000


@dataclass(slots=True)
class ShownChar(Char):
    """A character on the page."""

    is_cut: bool = False
    """Whether it stands where its line does not show."""
    is_covered: bool = False
    """Whether something was drawn over its line."""


@dataclass
class RuledCell:
    """A cell, merged or not, its ends inside."""

    row: int
    column: int
    last_row: int
    last_column: int
    box: Rect
    chars: list[Char] = field(default_factory=list)
    """Those that show; to be read when all are there."""
    is_cut: bool = False
    """Whether more stands in it than shows."""
    is_covered: bool = False
    """Whether something was drawn over a line in it."""

    @property
    def text(self) -> str:
        return self._joined.text if self._joined is not None else ""

    @property
    def is_exact(self) -> bool:
        """Whether its line ends are beyond doubt: there are none."""
        return self._joined is None or self._joined.is_exact

    @property
    def is_illegible(self) -> bool:
        return LOST in self.text or any(map(_overlaps, rows_of(self.chars)))

    @property
    def is_tight(self) -> bool:
        """Whether a number in it has no room for two more digits: then a program may have rounded it."""
        shown = [char for char in self.chars if char.text.strip()]
        if not shown or not self.is_exact:
            return False
        digit = max(char.width for char in shown)
        taken = max(char.x + char.width for char in shown) - min(char.x for char in shown)
        return self.box[2] - self.box[0] - 2 * PADDING_PT - taken < 2 * digit

    @functools.cached_property
    def _joined(self) -> Joined | None:
        left, top, right, bottom = self.box
        room = Spot("", "", "text", self.box, left + PADDING_PT, right - PADDING_PT, bottom, right - left, bottom - top,
                    0.0, bottom - top, 0.0)  # fmt: skip
        pieces = [piece for piece in lines_of(self.chars) if piece.text.strip()]
        return join(pieces, room) if pieces else None


@dataclass(slots=True)
class RuledPage:
    """The grid of a page, and what stands outside it."""

    columns: list[float]
    """Where columns begin and the last one ends."""
    rows: list[float]
    cells: list[RuledCell]
    outside: list[ShownChar]


def ruled_page(rules: Rules, lines: Sequence[TextLine], view: Matrix) -> RuledPage:
    """Without cells where the rules make no grid, or one whose cells are no boxes. `view`: as that of `rules`."""
    across, down = rules.edges
    is_grid = len(across) > 1 < len(down) and len(across) * len(down) <= MOST_BOXES
    owners = _owners(rules, across, down) if is_grid else {}
    cells = _cells(owners, across, down)
    columns = _used(across, [(cell.box[0], cell.box[2]) for cell in cells.values()])
    rows = _used(down, [(cell.box[1], cell.box[3]) for cell in cells.values()])
    for cell in cells.values():
        left, top, right, bottom = cell.box
        cell.column, cell.last_column = columns.index(left), columns.index(right) - 1
        cell.row, cell.last_row = rows.index(top), rows.index(bottom) - 1
    page = RuledPage(columns, rows, sorted(cells.values(), key=lambda cell: (cell.row, cell.column)), [])
    _put(page, lines, view, lambda x, y: cells.get(owners.get(_box_at(across, down, x, y), 0)))
    _spread_doubt(page)
    return page


def _spread_doubt(page: RuledPage) -> None:
    """Where texts lie over each other, one of them has run out of the cell above or below."""
    doubtful = [cell for cell in page.cells if cell.is_illegible]
    for cell in doubtful:
        for other in page.cells:
            is_near = other.last_row == cell.row - 1 or other.row == cell.last_row + 1
            if is_near and other.column <= cell.last_column and cell.column <= other.last_column:
                other.is_cut = True


def _owners(rules: Rules, across: Sequence[float], down: Sequence[float]) -> dict[tuple[int, int], int]:
    """Boxes between neighbouring rules (column, row) → number of the area without rules in it; 0: the page's own."""
    width, height = len(across) - 1, len(down) - 1
    parents = list(range(width * height + 1))

    def root(number: int) -> int:
        while parents[number] != number:
            parents[number] = number = parents[parents[number]]
        return number

    def unite(one: int, other: int) -> None:
        parents[max(root(one), root(other))] = min(root(one), root(other))

    for row, column in itertools.product(range(height), range(width)):
        number = row * width + column + 1
        x, y = (across[column] + across[column + 1]) / 2, (down[row] + down[row + 1]) / 2
        sides = [(across[column], number - 1 if column else 0)]
        sides += [(across[-1], 0)] if column == width - 1 else []
        for place, other in sides:
            if not rules.upright(y, place - NEAR_PT, place + NEAR_PT):
                unite(number, other)
        sides = [(down[row], number - width if row else 0)]
        sides += [(down[-1], 0)] if row == height - 1 else []
        for place, other in sides:
            if not rules.level(x, place - NEAR_PT, place + NEAR_PT):
                unite(number, other)
    return {
        (column, row): root(row * width + column + 1) for row, column in itertools.product(range(height), range(width))
    }


def _cells(owners: dict[tuple[int, int], int], across: Sequence[float], down: Sequence[float]) -> dict[int, RuledCell]:
    """The areas that rules close; none at all where one is no box."""
    boxes: dict[int, list[tuple[int, int]]] = {}
    for box, owner in owners.items():
        if owner:
            boxes.setdefault(owner, []).append(box)
    cells: dict[int, RuledCell] = {}
    for owner, parts in boxes.items():
        columns, rows = [column for column, _ in parts], [row for _, row in parts]
        left, right, top, bottom = min(columns), max(columns), min(rows), max(rows)
        if (right - left + 1) * (bottom - top + 1) != len(parts):
            return {}
        cells[owner] = RuledCell(0, 0, 0, 0, (across[left], down[top], across[right + 1], down[bottom + 1]))
    return cells


def _used(edges: Sequence[float], ends: Sequence[tuple[float, float]]) -> list[float]:
    """The edges at which cells begin or end: underlines elsewhere on the page make no rows."""
    used = {edge for pair in ends for edge in pair}
    return [edge for edge in edges if edge in used]


def _box_at(across: Sequence[float], down: Sequence[float], x: float, y: float) -> tuple[int, int]:
    return bisect.bisect_right(across, x) - 1, bisect.bisect_right(down, y) - 1


def _put(
    page: RuledPage, lines: Sequence[TextLine], view: Matrix, cell_at: Callable[[float, float], RuledCell | None]
) -> None:
    """Give each character to the cell it shows in; what does not show to the cell that its line's clip leaves."""
    for line in lines:
        clip = _seen(line.clip, view) if line.clip is not None else None
        chars = page_chars([line], view)
        for number, char in enumerate(chars, 1):
            x, y = char.x + char.width / 2, char.y - FOOT * char.size
            shows = clip is None or _holds(clip, x, y)
            if not shows and clip is not None:
                x, y = _within(x, clip[0], clip[2]), _within(y, clip[1], clip[3])
            cell = cell_at(x, y)
            if cell is None:
                is_cut = not shows or (number == len(chars) and clip is not None and _is_full(char, clip))
                page.outside.append(
                    ShownChar(char.text, char.x, char.y, char.width, char.size, is_cut, line.is_covered)
                )
                continue
            if shows:
                cell.chars.append(char)
                cell.is_covered = cell.is_covered or (line.is_covered and bool(char.text.strip()))
            if not shows or (number == len(chars) and clip is not None and _may_go_on(cell, char, clip)):
                cell.is_cut = True
            elif char.text.strip():
                for over in _beyond(char, cell.box):
                    cell.is_cut = True
                    other = cell_at(*over) if clip is None or _holds(clip, *over) else None
                    if other is not None:  # a text that goes over an edge is of one of them; which, nobody can say
                        other.is_cut = True


def _beyond(char: Char, cell: Rect) -> Iterator[tuple[float, float]]:
    """Points in the cells that a character reaches into from its own."""
    left, top, right, bottom = cell
    x, y = char.x + char.width / 2, char.y - FOOT * char.size
    if char.x < left + EDGE_PT:
        yield left - NEAR_PT, y
    if char.x + char.width > right - EDGE_PT:
        yield right + NEAR_PT, y
    if char.y - ASCENT * char.size < top:
        yield x, top - NEAR_PT
    if char.y + DESCENT * char.size > bottom:
        yield x, bottom + NEAR_PT


def _holds(box: Rect, x: float, y: float) -> bool:
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


def _may_go_on(cell: RuledCell, last: Char, clip: Rect) -> bool:
    """Whether a line is clipped to its cell and has no room for one more character: LibreOffice leaves out the rest."""
    is_own = abs(clip[0] - cell.box[0]) <= NEAR_PT and abs(clip[2] - cell.box[2]) <= NEAR_PT
    return is_own and _is_full(last, clip)


def _is_full(last: Char, clip: Rect) -> bool:
    return last.x + 2 * last.width > clip[2]


def _seen(clip: Rect, view: Matrix) -> Rect:
    (x0, y0), (x1, y1) = moved(view, clip[0], clip[1]), moved(view, clip[2], clip[3])
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def _overlaps(row: Sequence[Char]) -> bool:
    """Whether texts lie over each other, as where a program lets one run into the cell below it."""
    shown = [char for char in row if char.text.strip()]
    return any(after.x < before.x + OVERLAP * before.width for before, after in itertools.pairwise(shown))


def _within(place: float, first: float, last: float) -> float:
    if last - first <= 2 * INSIDE_PT:
        return (first + last) / 2
    return min(max(place, first + INSIDE_PT), last - INSIDE_PT)
