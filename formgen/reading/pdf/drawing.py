"""What is drawn over a page by its own operators: boxes that cover a text, lines that strike it out, pictures.

In: paths as they are painted, and the lines of text. Out: drawings, each with how many lines were painted before it;
which lines lie under one. Viewers' annotations are another matter (`annotations`).
Limits: a filled shape counts as the box around it, a curve as the lines between its points; whether the ink is seen
(colour, transparency, clipping) is not asked. Shadings (`sh`) are not looked at.
"""

from __future__ import annotations

import bisect
import functools
import itertools
from collections.abc import Sequence
from typing import Any, Final

from formgen.reading.pdf.found import Box, Boxes, Drawing, PageContent, Point, TextLine, around
from formgen.reading.pdf.matrices import Matrix, moved

__all__ = ["FOOT", "HEAD", "Pen", "cover", "picture", "touches", "without_strikes"]

MOST: Final = 20_000_000
"""Pairs of a drawing and a line: with more on a page, all that was written before the last is taken to be under one."""
FOOT: Final = 0.08
HEAD: Final = 0.75
"""Share of the type's size above the baseline: a line under a text, or a cell's edge, does not strike it out."""
SIDE: Final = 0.1


class Pen:
    """The path in the making."""

    def __init__(self) -> None:
        self._parts: list[list[Point] | Boxes] = []

    def move(self, point: Point) -> None:
        self._parts.append([point])

    def go(self, *points: Point) -> None:
        if self._parts:
            self._part().extend(points)

    def close(self) -> None:
        if self._parts and not isinstance(self._parts[-1], Boxes):
            self._parts[-1].append(self._parts[-1][0])

    def box(self, corners: Box, matrix: Matrix) -> None:
        self._parts.append(Boxes((corners,), corners, matrix))

    def boxes(self, operators: bytes, matrix: Matrix) -> int:
        """Several, as they are written; how many. Raises: ValueError: an operand is no number."""
        boxes = Boxes(*_parse_boxes(operators), matrix)
        self._parts.append(boxes)
        return len(boxes.corners)

    def paint(self, page: PageContent[Any], *, is_filled: bool) -> None:
        parts = tuple([part if isinstance(part, Boxes) else tuple(part) for part in self._parts if _is_drawn(part)])
        if parts:
            page.drawings.append(Drawing(len(page.lines), len(page.arts), parts, is_filled))
        self.drop()

    def drop(self) -> None:
        self._parts = []

    def _part(self) -> list[Point]:
        """What goes on: after a box from its corner."""
        last = self._parts[-1]
        if isinstance(last, Boxes):
            *_, shape = last.shapes()
            last = [shape[0]]
            self._parts.append(last)
        return last


def _is_drawn(part: list[Point] | Boxes) -> bool:
    return isinstance(part, Boxes) or len(part) > 1


@functools.lru_cache(maxsize=64)
def _parse_boxes(operators: bytes) -> tuple[tuple[Box, ...], Box]:
    """Their corners, and what is around all of them. Marks are the same bytes on all pages."""
    numbers = [float(word) for word in operators.replace(b"\0", b" ").split() if word != b"re"]
    corners = tuple([
        (x, y, x + width, y + height) for x, y, width, height in zip(*[iter(numbers)] * 4, strict=True)
    ])  # fmt: skip
    return corners, around([corner for box in corners for corner in (box[:2], box[2:])])


def picture(page: PageContent[Any], matrix: Matrix) -> Drawing:
    """A picture, which fills the unit square."""
    square = (0.0, 0.0, 1.0, 1.0)
    boxes = Boxes((square,), square, matrix)
    return Drawing(len(page.lines), len(page.arts), (boxes,), is_filled=True, is_picture=True)


def cover(lines: Sequence[TextLine], drawings: Sequence[Drawing]) -> None:
    """Note which lines lie under a drawing."""
    over = [drawing for drawing in drawings if drawing.above]
    if not lines or not over:
        return
    if sum(map(len, over)) * len(lines) > MOST:
        for line in lines[: over[-1].above]:
            line.is_covered = True
        return
    level = sorted((line.matrix[5], number) for number, line in enumerate(lines) if _is_level(line))
    turned = [number for number, line in enumerate(lines) if not _is_level(line)]
    heights = [height for height, _ in level]
    reach = max((abs(line.matrix[3]) * (line.size or 1.0) for line in lines), default=0.0)
    for drawing in over:
        for points in drawing.shapes():
            box = around(points)
            first, last = bisect.bisect_left(heights, box[1] - reach), bisect.bisect_right(heights, box[3] + reach)
            for number in (*(number for _, number in level[first:last]), *turned):
                if number < drawing.above and touches(points, box, drawing.is_filled, _ink(lines[number])):
                    lines[number].is_covered = True


def without_strikes(segments: Sequence[Box], lines: Sequence[TextLine]) -> list[Box]:
    """Straight lines but those level ones that run through a text that something was drawn over: they part no cells."""
    struck = [_ink(line) for line in lines if line.is_covered]
    return [one for one in segments if one[1] != one[3] or not any(_crosses(one[:2], one[2:], box) for box in struck)]


def _is_level(line: TextLine) -> bool:
    return not line.matrix[1] and not line.matrix[2]


def _ink(line: TextLine) -> Box:
    """Where the ink of most characters is."""
    glyphs = line.glyphs()
    size = line.size or 1.0
    end = max(glyphs[-1][1] + glyphs[-1][2], size) if glyphs else size
    return around([moved(line.matrix, x, y * size) for x in (SIDE * size, end - SIDE * size) for y in (FOOT, HEAD)])


def touches(points: Sequence[Point], around_them: Box, is_filled: bool, ink: Box) -> bool:
    """Whether a shape lies over a box, whichever way up."""
    left, bottom, right, top = around_them
    if left > ink[2] or right < ink[0] or bottom > ink[3] or top < ink[1]:
        return False
    return is_filled or any(_crosses(begin, end, ink) for begin, end in itertools.pairwise(points))


def _crosses(begin: Point, end: Point, box: Box) -> bool:
    """Whether a straight line runs through a box."""
    first, last = 0.0, 1.0
    for axis in (0, 1):
        start, way = begin[axis], end[axis] - begin[axis]
        if not way:
            if not box[axis] <= start <= box[axis + 2]:
                return False
            continue
        near, far = sorted(((box[axis] - start) / way, (box[axis + 2] - start) / way))
        first, last = max(first, near), min(last, far)
    return first <= last
