"""Printed words of a form that say something else on a page from another program: more was typed around them.

In: which character of the form was found where on the page, what on the page is neither printed on the form nor in a
blank, the page's rules. Out: the form's characters whose word has others directly before or behind it, or on the next
line of the same cell: 户主姓名 is not the form's 姓名, whatever it ends in.
Limits: what was typed into a blank beside a word is that blank's value.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterator, Sequence
from typing import Final

from formgen.reading.pdf.glyphs import Char, Word
from formgen.reading.pdf.matching import Match
from formgen.reading.pdf.rules import Rules

__all__ = ["Found", "grown"]

BESIDE: Final = 1.5
"""Em beside a word, where what stands there belongs to it: a bracket may be between."""
BELOW: Final = 2.0
"""The same from line to line."""
LEVEL: Final = 0.35
CELL_PT: Final = 120.0
"""So near are the rules above and below the words of a cell."""

Found = tuple[Char, Char]
"""A character of the form, and the one on the page, both in the layout's points."""


def grown(
    found: Sequence[Found], words: Sequence[Word], others: Sequence[Char], match: Match, rules: Rules
) -> set[int]:
    """The ids of the form's characters that are part of other words now.

    Args:
        others: what stands in no blank and is not printed on the form. Signs alone (a colon, a star) change no word.
    """
    letters = sorted((char for char in others if char.text.isalnum()), key=lambda char: char.y)
    if not letters:
        return set()
    heights = [char.y for char in letters]
    changed = set()
    for printed, char in found:
        reach = BELOW * char.size
        near = letters[bisect.bisect_left(heights, char.y - reach) : bisect.bisect_right(heights, char.y + reach)]
        if any(_belongs(other, char, match, rules) for other in near):
            changed.add(id(printed))
    return changed | set(_of_words(changed, words))


def _of_words(changed: set[int], words: Sequence[Word]) -> Iterator[int]:
    """A word is changed as a whole."""
    for word in words:
        if any(id(char) in changed for char in word.chars):
            yield from map(id, word.chars)


def _belongs(other: Char, char: Char, match: Match, rules: Rules) -> bool:
    """Whether one stands with the other in one line or cell, with no rule between."""
    gap = max(char.x - other.x - other.width, other.x - char.x - char.width)
    is_level = abs(other.y - char.y) <= LEVEL * char.size
    if gap > (BESIDE if is_level else 0.0) * char.size:
        return False
    left, right = sorted((_across(match, _middle(other)), _across(match, _middle(char))))
    top, bottom = sorted((_down(match, other.y), _down(match, char.y)))
    if rules.upright(_down(match, char.y - LEVEL * char.size), left, right):
        return False
    return is_level or (_is_in_cell(char, match, rules) and not rules.level(left, top, bottom))


def _is_in_cell(char: Char, match: Match, rules: Rules) -> bool:
    """Outside of cells, lines that stand near each other are sentences of their own."""
    x, y = _across(match, _middle(char)), _down(match, char.y)
    reach = CELL_PT * match.scale
    return bool(rules.level(x, y - reach, y)) and bool(rules.level(x, y, y + reach))


def _middle(char: Char) -> float:
    return char.x + char.width / 2


def _across(match: Match, x: float) -> float:
    return x * match.scale + match.right


def _down(match: Match, y: float) -> float:
    return y * match.scale + match.down
