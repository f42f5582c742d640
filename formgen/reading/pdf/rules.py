"""The rules of a page: the lines between cells, by which a cell is known to be where the layout has it.

In: straight lines as they are drawn, or thin filled boxes. Out: where rules cross a height or a place across.
Limits: clipping is not looked at; rules that are pictures or curves are none.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Sequence
from typing import Final

from formgen.reading.pdf.matrices import Matrix, moved

__all__ = ["Rules", "Segment", "is_alike"]

LEVEL_PT: Final = 0.5
SAME_PT: Final = 1.5
SHORTEST_PT: Final = 3.0

Segment = tuple[float, float, float, float]


class Rules:
    """Level and upright lines, in the coordinates that `view` leads to."""

    def __init__(self, segments: Iterable[Segment], view: Matrix) -> None:
        self._upright: list[Segment] = []
        self._level: list[Segment] = []
        for x0, y0, x1, y1 in segments:
            (left, top), (right, bottom) = moved(view, x0, y0), moved(view, x1, y1)
            left, right = min(left, right), max(left, right)
            top, bottom = min(top, bottom), max(top, bottom)
            if right - left <= LEVEL_PT and bottom - top >= SHORTEST_PT:
                self._upright.append(((left + right) / 2, top, bottom, 0.0))
            elif bottom - top <= LEVEL_PT and right - left >= SHORTEST_PT:
                self._level.append(((top + bottom) / 2, left, right, 0.0))
        self._upright.sort()
        self._level.sort()

    @property
    def edges(self) -> tuple[list[float], list[float]]:
        """All places across at which upright rules stand, and all heights of level ones."""
        return _distinct(self._upright), _distinct(self._level)

    def upright(self, y: float, left: float, right: float) -> list[float]:
        """Where rules cross a height, between two places."""
        return _crossing(self._upright, y, left, right)

    def level(self, x: float, top: float, bottom: float) -> list[float]:
        """At which heights rules cross a place."""
        return _crossing(self._level, x, top, bottom)


def _crossing(lines: Sequence[Segment], at: float, first: float, last: float) -> list[float]:
    start = bisect.bisect_left(lines, (first,))
    found: list[float] = []
    for place, begin, end, _ in lines[start:]:
        if place > last:
            break
        if begin <= at <= end and (not found or place - found[-1] > SAME_PT):
            found.append(place)
    return found


def _distinct(lines: Sequence[Segment]) -> list[float]:
    found: list[float] = []
    for place, _, _, _ in lines:
        if not found or place - found[-1] > SAME_PT:
            found.append(place)
    return found


def is_alike(ours: Sequence[float], theirs: Sequence[float], tolerance: float) -> bool:
    """Whether rules stand in the same places."""
    return len(ours) == len(theirs) and all(
        abs(one - other) <= tolerance for one, other in zip(ours, theirs, strict=True)
    )
