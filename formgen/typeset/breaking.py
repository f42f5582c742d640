"""Where a line of Chinese text may end.

Greedy: as much as fits, then back to the nearest place where a break is allowed. Closing marks do not begin a line,
opening marks do not end one (kinsoku); words and numbers stay whole unless one alone is wider than the line; a break
after a hyphen is allowed; spaces at a line's end take no room.

Source: GB/T 15834-2011, 5.1 (marks at line ends); the lists of LibreOffice's zh-CN locale.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Final

__all__ = ["NOT_FIRST", "NOT_LAST", "TOLERANCE_EM", "break_lines", "may_break"]

NOT_FIRST: Final = frozenset(
    "!%),.:;>?]}¢°·ˇˉ―‖’”…‰′″›℃∶、。〃〉》」』】〕〗〞︶︺︾﹀﹄﹚﹜﹞！＂％＇），．：；？］｀｜｝～￠—–々‧•"
)
NOT_LAST: Final = frozenset("$([{£¥‘“〈《「『【〔〖〝﹙﹛＄（．［｛￡￥")
IN_RUN: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_@./:%+#&'-")
"""Characters of words, numbers, dates and addresses, which stay on one line."""
TOLERANCE_EM: Final = 1e-6


def break_lines(
    text: str,
    gaps: Mapping[int, float],
    sums: Sequence[float],
    width_em: float,
    first_width_em: float,
) -> list[int]:
    """The index at which each line of one paragraph begins; always at least one line.

    Args:
        gaps, sums: as `gaps_in` and `sums_of` of formgen.typeset.widths give them for `text`.
        width_em, first_width_em: room of a line, of the first line.
    """
    starts = [0]
    start, room, count = 0, first_width_em, len(text)
    while True:
        limit = sums[start] + gaps.get(start, 0.0) + room + TOLERANCE_EM
        end = bisect_right(sums, limit, start) - 1
        end = max(end, start + 1)  # a line holds at least one character, however narrow it is
        while end < count and text[end] == " ":  # spaces hang over the edge
            end += 1
        if end >= count:
            return starts
        start = _break_at(text, start, end)
        starts.append(start)
        room = width_em


def _break_at(text: str, start: int, end: int) -> int:
    """The last place in (start, end] where the line may break; `end` where there is none."""
    position = end
    while position > start:
        if may_break(text, position):
            return position
        position -= 1
    return end


def may_break(text: str, position: int) -> bool:
    """Whether a line may end before the character at `position`, which is not the first."""
    before, after = text[position - 1], text[position]
    if before == " ":
        return after != " "
    if after in NOT_FIRST or before in NOT_LAST:
        return False
    return not (after in IN_RUN and before in IN_RUN and before != "-")
