"""Pages onto paper: both sides of a sheet, several small pages on one large one.

In: pages of whatever kind, as long as they have a size. Out: the same pages in print order, or where each stands on
which side of the paper. Nothing is drawn here but the marks to cut along. Points, origin top left, y down.

Paper that is printed on both sides is turned over along one of its edges. What stands behind a point of the front is
therefore mirrored: left and right where it turns about the upright axis (the long edge of an upright page), top and
bottom where it turns about the level one. Cards are turned over like the pages of a book, so in the second case their
backs stand on their heads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final, Generic, Literal, Protocol, TypeVar

from formgen.errors import TemplateError
from formgen.forms.layout import Rect
from formgen.problems import Place, Problem
from formgen.units import mm_to_pt

__all__ = ["A4", "Edge", "Grid", "Placed", "Side", "impose_cards", "is_small", "pad_duplex"]

A4: Final = (mm_to_pt(210), mm_to_pt(297))
Edge = Literal["long", "short"]
CUT_GAP_PT: Final = mm_to_pt(1.5)
"""Between a card and its cut marks, so that no ink is left on the card."""
CUT_LENGTH_PT: Final = mm_to_pt(4)
CUT_LINE_PT: Final = 0.25
MARGIN_PT: Final = mm_to_pt(8)
"""Room around the cards: 4.2 mm that printers do not reach, and enough of the cut marks to be seen."""


class HasSize(Protocol):
    @property
    def width_pt(self) -> float: ...
    @property
    def height_pt(self) -> float: ...


P = TypeVar("P", bound=HasSize)


def is_small(page: HasSize) -> bool:
    """Whether several such pages may stand on one A4 page: it is no larger than half of one."""
    return page.width_pt * page.height_pt <= A4[0] * A4[1] / 2 + 1


def pad_duplex(sheets: Iterable[Sequence[P]], blank_like: Callable[[P], P]) -> Iterator[Sequence[P]]:
    """Sheets that each begin on a front: an odd number of pages gets a blank one of the last page's size."""
    for pages in sheets:
        yield [*pages, blank_like(pages[-1])] if len(pages) % 2 else pages


@dataclass(frozen=True, slots=True)
class Placed(Generic[P]):
    """A small page on a large one."""

    page: P
    box: Rect
    is_turned: bool = False
    """Stands on its head."""


@dataclass(frozen=True, slots=True)
class Side(Generic[P]):
    """One side of a sheet of paper."""

    width_pt: float
    height_pt: float
    placed: tuple[Placed[P], ...]
    marks: bytes
    """Operators of the cut marks; none on a back, for paper is cut by its front."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Where cards stand on the front of a sheet of paper: in columns and rows, in its middle."""

    columns: int
    rows: int
    card_width_pt: float
    card_height_pt: float
    width_pt: float = A4[0]
    height_pt: float = A4[1]
    gap_pt: float = 0.0
    """Between cards. Without, one cut parts two cards; with it, what is printed up to the edge is cut clean."""

    def __post_init__(self) -> None:
        """Raises: TemplateError (F-PRINT-001): the cards and their marks have no room on the paper."""
        left, top, _, _ = self.boxes[0] if self.columns > 0 and self.rows > 0 else (-1.0,) * 4
        if min(left, top) < MARGIN_PT:
            found = f"{self.columns}×{self.rows}: {_millimetres(self.card_width_pt, self.card_height_pt)}"
            paper = _millimetres(self.width_pt, self.height_pt)
            raise TemplateError(Problem("F-PRINT-001", Place(), found, {"paper": paper}))

    @classmethod
    def largest(cls, page: HasSize, paper: tuple[float, float] = A4, gap_pt: float = 0.0) -> Grid:
        """As many cards as have room, on upright or on level paper, whichever takes more.

        Raises: TemplateError (F-PRINT-001): not even one has.
        """

        def count(room_pt: float, size_pt: float) -> int:
            return int((room_pt - 2 * MARGIN_PT + gap_pt + 0.001) / (size_pt + gap_pt))

        upright, level = (
            (count(width, page.width_pt), count(height, page.height_pt), width, height)
            for width, height in (paper, paper[::-1])
        )
        columns, rows, width, height = max(upright, level, key=lambda found: found[0] * found[1])
        return cls(columns, rows, page.width_pt, page.height_pt, width, height, gap_pt)

    @property
    def boxes(self) -> tuple[Rect, ...]:
        """Places on the front, row by row from the top left."""
        across, down = self.card_width_pt + self.gap_pt, self.card_height_pt + self.gap_pt
        left = (self.width_pt - self.columns * across + self.gap_pt) / 2
        top = (self.height_pt - self.rows * down + self.gap_pt) / 2
        return tuple(
            (x, y, x + self.card_width_pt, y + self.card_height_pt)
            for y in (top + row * down for row in range(self.rows))
            for x in (left + column * across for column in range(self.columns))
        )

    def behind(self, box: Rect, edge: Edge) -> Rect:
        """The place on the back that lies behind one on the front, when paper is turned over along its edge."""
        left, top, right, bottom = box
        if self.turns_upside_down(edge):
            return (left, self.height_pt - bottom, right, self.height_pt - top)
        return (self.width_pt - right, top, self.width_pt - left, bottom)

    def turns_upside_down(self, edge: Edge) -> bool:
        """Whether the paper turns about its level axis."""
        return (edge == "long") == (self.width_pt > self.height_pt)

    def cut_marks(self) -> bytes:
        """Short lines in the margin, in line with every edge of the cards."""
        boxes = self.boxes
        left, top, right, bottom = boxes[0][0], boxes[0][1], boxes[-1][2], boxes[-1][3]
        near, far = CUT_GAP_PT, CUT_GAP_PT + CUT_LENGTH_PT
        lines = []
        for x in sorted({edge for box in boxes for edge in (box[0], box[2])}):
            lines += [(x, top - near, x, top - far), (x, bottom + near, x, bottom + far)]
        for y in sorted({edge for box in boxes for edge in (box[1], box[3])}):
            lines += [(left - near, y, left - far, y), (right + near, y, right + far, y)]
        path = " ".join(
            f"{x0:.2f} {self.height_pt - y0:.2f} m {x1:.2f} {self.height_pt - y1:.2f} l" for x0, y0, x1, y1 in lines
        )
        return f"q 0 G {CUT_LINE_PT} w {path} S Q\n".encode()


def impose_cards(
    cards: Iterable[Sequence[P]], grid: Grid, edge: Edge = "long", *, is_double_sided: bool = True
) -> Iterator[Side[P]]:
    """Cards, each a front and perhaps a back, on sides of paper: fronts, then what lies behind them.

    Double-sided, every front is followed by a back, blank if need be: what comes next is a front again.

    Raises: ValueError: a card of another size than the grid's, or with more pages than it has sides.
    """
    marks, boxes, is_turned = grid.cut_marks(), grid.boxes, grid.turns_upside_down(edge)
    rest = iter(cards)
    while sheet := list(islice(rest, len(boxes))):
        fronts, backs = [], []
        for card, box in zip(sheet, boxes, strict=False):
            _check_card(card, grid, 1 + is_double_sided)
            fronts.append(Placed(card[0], box))
            if len(card) > 1:
                backs.append(Placed(card[1], grid.behind(box, edge), is_turned))
        yield Side(grid.width_pt, grid.height_pt, tuple(fronts), marks)
        if is_double_sided:
            yield Side(grid.width_pt, grid.height_pt, tuple(backs), b"")


def _check_card(card: Sequence[HasSize], grid: Grid, sides: int) -> None:
    if not 1 <= len(card) <= sides:
        raise ValueError(f"pages: {len(card)}")
    for page in card:
        if max(abs(page.width_pt - grid.card_width_pt), abs(page.height_pt - grid.card_height_pt)) > 0.5:
            raise ValueError(_millimetres(page.width_pt, page.height_pt))


def _millimetres(width_pt: float, height_pt: float) -> str:
    return f"{width_pt / mm_to_pt(1):.0f} × {height_pt / mm_to_pt(1):.0f} mm"
