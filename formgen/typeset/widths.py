"""How wide a text is, in em: in the shipped font, and at most, whichever of the usual fonts prints it.

Lines are those of the shipped font. A Word file is printed with the fonts of the reader's machine, though: SimSun and
FangSong give every Latin letter, digit and mark half an em and many signs a whole one, where the shipped font gives
less. So a second measure, as wide as the widest of the usual fonts, says whether a text fits.
Between an ideograph and a Latin letter or digit Word and LibreOffice put a gap.

Source: advance widths of Times New Roman, Noto Serif CJK SC and Noto Sans CJK SC (Regular); UAX #11 (East Asian width).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from itertools import accumulate
from typing import Final

from formgen.typeset.shipped import SHIPPED_PER_MILLE

__all__ = ["EXTRA_WIDE", "GAP_EM", "SHIPPED", "WIDEST", "WIDEST_EM", "gaps_in", "sums_of"]

GAP_EM: Final = 0.2
"""LibreOffice adds it whatever autoSpaceDE says; Word's is about as wide."""
WIDEST_EM: Final = 1.1
"""No character is wider than this (W in Noto Serif CJK: 1.053; №: 1.089) but those of EXTRA_WIDE."""
EXTRA_WIDE: Final = ("⸺", "⸻")
"""Dashes of two and three em."""

_WIDEST_ASCII_PER_MILLE: Final = (
    "500 500 500 574 555 923 779 500 500 500 500 580 500 500 500 500 562 562 562 562 562 562 562 562 562 562 500 500 "
    "580 580 580 500 946 722 670 691 770 652 629 741 853 500 535 731 625 975 796 767 641 767 715 596 659 797 722 1053 "
    "722 722 611 500 500 500 580 563 606 563 638 538 629 554 500 566 663 500 500 607 500 974 661 606 638 620 500 500 "
    "500 653 548 838 564 552 500 500 500 500 580"
)
_LATIN_RUN: Final = re.compile("[A-Za-z0-9]+")
_HANGUL: Final = ((0x1100, 0x11FF), (0x3131, 0x318E), (0xA960, 0xA97C), (0xAC00, 0xD7FB), (0xFFC2, 0xFFDC))
HANGUL_EM: Final = 0.966


class _Widths(dict[str, float]):
    """Widths of the characters met so far; a rule for those that are in no table."""

    def __init__(self, known: Iterable[tuple[str, float]], rule: Callable[[str], float]) -> None:
        super().__init__(known)
        self._rule = rule

    def __missing__(self, character: str) -> float:
        width = self[character] = self._rule(character)
        return width


def _shipped(character: str) -> float:
    code = ord(character)
    if any(first <= code <= last for first, last in _HANGUL):
        return HANGUL_EM
    return _by_class(character)


def _by_class(character: str) -> float:
    if unicodedata.combining(character):
        return 0.0
    return 0.5 if unicodedata.east_asian_width(character) == "H" else 1.0


def _widest(character: str) -> float:
    return max(_by_class(character), SHIPPED[character])


def _numbered(first: int, per_mille: str) -> Iterable[tuple[str, float]]:
    return ((chr(code), int(width) / 1000) for code, width in enumerate(per_mille.split(), first))


SHIPPED: Final[Mapping[str, float]] = _Widths(
    (pair for first, per_mille in SHIPPED_PER_MILLE.items() for pair in _numbered(first, per_mille)), _shipped
)
"""Width of a character in the shipped font."""
WIDEST: Final[Mapping[str, float]] = _Widths(_numbered(32, _WIDEST_ASCII_PER_MILLE), _widest)
"""Width of a character in the widest of the usual fonts."""


def gaps_in(text: str) -> dict[int, float]:
    """The gaps before characters that have one, by index."""
    gaps: dict[int, float] = {}
    if text.isascii():
        return gaps
    for run in _LATIN_RUN.finditer(text):
        start, end = run.span()
        if start and is_han(text[start - 1]):
            gaps[start] = GAP_EM
        if end < len(text) and is_han(text[end]):
            gaps[end] = GAP_EM
    return gaps


def sums_of(widths: list[float], gaps: Mapping[int, float]) -> list[float]:
    """Prefix sums of widths, gaps included; `widths` takes in the gaps.

    `sums[j] - sums[i]` is the width of text[i:j], with the gap before i, which a line's first character has not.
    """
    for index, gap in gaps.items():
        widths[index] += gap
    return list(accumulate(widths, initial=0.0))


def is_han(character: str) -> bool:
    code = ord(character)
    return 0x3400 <= code <= 0x9FFF or 0x20000 <= code <= 0x3FFFF or 0xF900 <= code <= 0xFAFF or code == 0x3007
