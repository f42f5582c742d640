"""Where rows, and paragraphs, of one make differ: in their texts, and in numbers.

In: the bytes of a row of a part, simplified if Word saved it. Out: its holes, and what follows the last.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

__all__ = ["Hole", "ends_of", "holes_of"]

_HOLES: Final = re.compile(
    rb'<w:(?:t(?: xml:space="preserve")?>(?P<text>[^<]*)</'
    rb'|id w:val="(?P<id>-?\d+)"'
    rb'|bookmarkStart w:id="(?P<start>\d+)" w:name="(?:f(?P<sheet>\d+)_)?[^"<&]*?(?:__(?P<row>\d+))?"/>'
    rb'|bookmarkEnd w:id="(?P<end>\d+)")'
)


_KINDS: Final = {"sheet": "number", "row": "number"}
"""Kinds of holes where they are not called as their group."""


class Hole(NamedTuple):
    """Where rows of one make differ."""

    kind: str
    """`text`; `number`, in a bookmark's name; `start` or `end`, a bookmark's id; `id`, another that nobody reads."""
    before: bytes
    """The markup between the last hole and this one."""
    sample: bytes
    stop: bytes
    """What ends that which stands in it."""


def holes_of(row: bytes) -> tuple[list[Hole], bytes]:
    """The holes of a row, and what follows the last."""
    holes: list[Hole] = []
    at = 0
    for match in _HOLES.finditer(row):
        for name, value in match.groupdict().items():
            if value is not None:
                start, end = match.span(name)
                holes.append(Hole(_KINDS.get(name, name), row[at:start], value, row[end : end + 1]))
                at = end
    return holes, row[at:]


def ends_of(holes: Sequence[Hole], end: bytes) -> list[int] | None:
    """For each bookmark's start the hole with the id of its end; None where they do not come in twos, or some are
    written otherwise and have no hole."""
    starts = [hole.sample for hole in holes if hole.kind == "start"]
    ends = {hole.sample: number for number, hole in enumerate(holes) if hole.kind == "end"}
    count = sum(hole.kind == "end" for hole in holes)
    if not len(starts) == len(set(starts)) == len(ends) == count or set(starts) != set(ends):
        return None
    if sum(hole.before.count(b"bookmark") for hole in holes) + end.count(b"bookmark") != 2 * count:
        return None
    return [ends[start] for start in starts]
