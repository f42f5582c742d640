"""What is drawn over a page by its own operators: boxes that cover a text, lines that strike it out, pictures.

In: paths as they are painted, and the lines of text. Out: drawings, each with how many lines were painted before it;
which lines lie under one. Viewers' annotations are another matter (`annotations`).
Limits: a filled shape counts as the box around it, a curve as the lines between its points; whether the ink is seen
(colour, transparency, clipping) is not asked. Shadings (`sh`) are not looked at.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterator, Sequence
from typing import Any, Final

from formgen.reading.pdf.found import Drawing, PageContent, Point, TextLine
from formgen.reading.pdf.matrices import Matrix, moved

__all__ = ["Pen", "cover", "picture", "without_strikes"]

MOST: Final = 20_000_000
"""Pairs of a drawing and a line: with more on a page, all that was written before the last is taken to be under one."""
FOOT: Final = 0.08
HEAD: Final = 0.75
"""Share of the type's size above the baseline: a line under a text, or a cell's edge, does not strike it out."""
SIDE: Final = 0.1

Box = tuple[float, float, float, float]
"""Left, bottom, right, top in the page's user space."""


class Pen:
    """The path in the making."""

    def __init__(self) -> None:
        self._parts: list[list[Point]] = []

    def move(self, point: Point) -> None:
        self._parts.append([point])

    def go(self, *points: Point) -> None:
        if self._parts:
            self._parts[-1].extend(points)

    def close(self) -> None:
        if self._parts:
            self._parts[-1].append(self._parts[-1][0])

    def paint(self, page: PageContent[Any], *, is_filled: bool) -> Iterator[Drawing]:
        for points in self._parts:
            if len(points) > 1:
                yield Drawing(len(page.lines), len(page.arts), tuple(points), is_filled)
        self.drop()

    def drop(self) -> None:
        self._parts = []


def picture(page: PageContent[Any], matrix: Matrix) -> Drawing:
    """A picture, which fills the unit square."""
    corners = tuple(moved(matrix, x, y) for x, y in ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)))
    return Drawing(len(page.lines), len(page.arts), corners, is_filled=True, is_picture=True)


def cover(lines: Sequence[TextLine], drawings: Sequence[Drawing]) -> None:
    """Note which lines lie under a drawing."""
    over = [drawing for drawing in drawings if drawing.above]
    if not lines or not over:
        return
    if len(over) * len(lines) > MOST:
        for line in lines[: over[-1].above]:
            line.is_covered = True
        return
    level = sorted((line.matrix[5], number) for number, line in enumerate(lines) if _is_level(line))
    turned = [number for number, line in enumerate(lines) if not _is_level(line)]
    heights = [height for height, _ in level]
    reach = max((abs(line.matrix[3]) * (line.size or 1.0) for line in lines), default=0.0)
    for drawing in over:
        _, bottom, _, top = drawing.box
        first, last = bisect.bisect_left(heights, bottom - reach), bisect.bisect_right(heights, top + reach)
        for number in (*(number for _, number in level[first:last]), *turned):
            if number < drawing.above and _touches(drawing, _box(lines[number])):
                lines[number].is_covered = True


def without_strikes(segments: Sequence[Box], lines: Sequence[TextLine]) -> list[Box]:
    """Straight lines but those level ones that run through a text that something was drawn over: they part no cells."""
    struck = [_box(line) for line in lines if line.is_covered]
    return [one for one in segments if one[1] != one[3] or not any(_crosses(one[:2], one[2:], box) for box in struck)]


def _is_level(line: TextLine) -> bool:
    return not line.matrix[1] and not line.matrix[2]


def _box(line: TextLine) -> Box:
    """Where the ink of most characters is."""
    glyphs = line.glyphs()
    size = line.size or 1.0
    end = max(glyphs[-1][1] + glyphs[-1][2], size) if glyphs else size
    corners = [moved(line.matrix, x, y * size) for x in (SIDE * size, end - SIDE * size) for y in (FOOT, HEAD)]
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    return min(xs), min(ys), max(xs), max(ys)


def _touches(drawing: Drawing, box: Box) -> bool:
    left, bottom, right, top = drawing.box
    if left > box[2] or right < box[0] or bottom > box[3] or top < box[1]:
        return False
    points = drawing.points
    return drawing.is_filled or any(_crosses(points[index], points[index + 1], box) for index in range(len(points) - 1))


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
