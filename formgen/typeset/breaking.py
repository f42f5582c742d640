"""Where a line of Chinese text may end.

Greedy: as much as fits, then back to the nearest place where a break is allowed. Closing marks do not begin a line,
opening marks do not end one (kinsoku); words and numbers stay whole unless one alone is wider than the line; a break
after a hyphen is allowed; spaces at a line's end take no room.

Two strictnesses: lines are broken by the lists of LibreOffice's zh-CN locale; Word's list is longer, so whether a
text fits is decided by both together.

Source: GB/T 15834-2011, 5.1 (marks at line ends); LibreOffice's zh-CN locale data; UAX #14, LB19, LB25 and LB30
(numbers, marks beside words).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Final

__all__ = ["NOT_FIRST", "NOT_LAST", "TOLERANCE_EM", "break_lines", "may_break"]

NOT_FIRST: Final = frozenset(
    "!),.:;?]}¢'\"、。〉》」』】〕〗〞︰︱︳﹐､﹒﹔﹕﹖﹗﹚﹜﹞！），．：；？｜｝︴︶︸︺︼︾﹀﹂﹄﹏～￠々‖•·ˇˉ―′’”"
)
NOT_LAST: Final = frozenset("([{£¥'\"‵〈《「『【〔〖（［｛￡￥〝︵︷︹︻︽︿﹁﹃﹙﹛﹝“‘")
NOT_FIRST_IN_WORD: Final = frozenset("%¨°…‰″›℃∶＂％＇］｀－—–‧")
NOT_LAST_IN_WORD: Final = frozenset("$＄")
"""What Word keeps off a line's end besides: so a text may need a line more there."""
OPENING: Final = frozenset("〈《「『【〔〖（［｛￡￥〝﹙﹛﹝")
STAYING: Final = frozenset("“‘([{…")
"""Marks that stay with the word before them."""
CLOSING: Final = frozenset(",.)]}、。〉》」』】〕〗〞﹚﹜﹞），．］｝’”％")
"""Marks that LibreOffice keeps with the word or number after them."""
PAIRED: Final = frozenset("…—")
"""Marks of two characters, which stay together."""
IN_RUN: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_@./:%+#&'-~<>²³‰℃")
"""Characters of words, numbers, dates and addresses, which stay on one line."""
WORD: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
LETTERS: Final = WORD | frozenset("&<>@_#")
"""What counts as a letter beside marks."""
TOLERANCE_EM: Final = 1e-6


def break_lines(
    text: str,
    gaps: Mapping[int, float],
    sums: Sequence[float],
    width_em: float,
    first_width_em: float,
    is_strict: bool = False,
) -> list[int]:
    """The index at which each line of one paragraph begins; always at least one line.

    Args:
        gaps, sums: as `gaps_in` and `sums_of` of formgen.typeset.widths give them for `text`.
        width_em, first_width_em: room of a line, of the first line.
        is_strict: only where Word would break as well.
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
        start = _break_at(text, start, end, is_strict)
        starts.append(start)
        room = width_em


def _break_at(text: str, start: int, end: int, is_strict: bool) -> int:
    """The last place in (start, end] where the line may break; `end` where there is none."""
    position = end
    while position > start:
        if may_break(text, position, is_strict) and not _takes_word_along(text, position, end):
            return position
        position -= 1
    return end


def _takes_word_along(text: str, position: int, end: int) -> bool:
    """Whether an opening mark goes to the next line together with the word before it: LibreOffice parts them only
    where the mark has room and an ideograph after it has none."""
    if text[position] not in OPENING or text[position - 1] not in LETTERS:
        return False
    return position == end or not WORD.isdisjoint(text[position : end + 1])


def may_break(text: str, position: int, is_strict: bool = False) -> bool:
    """Whether a line may end before the character at `position`, which is not the first.

    Args:
        is_strict: in Word as well.
    """
    before, after = text[position - 1], text[position]
    if before == " ":
        return after != " "
    if after in NOT_FIRST or before in NOT_LAST or (before == after and after in PAIRED):
        return False
    if is_strict and (after in NOT_FIRST_IN_WORD or before in NOT_LAST_IN_WORD):
        return False
    if before in IN_RUN:
        return before == "-" or not (after in IN_RUN or after in STAYING)
    return not (after in WORD and before in CLOSING)
