"""How wide a text is at most, in em, whichever of the usual fonts prints it.

A Word file is printed with the fonts of the reader's machine. SimSun and FangSong give Latin letters and digits half an
em, Times New Roman and Noto CJK give some more: a character counts as wide as in the widest of them, so that a text
that fits here fits there. Between an ideograph and a Latin letter or digit Word and LibreOffice put a gap.

Source: advance widths of Times New Roman, Noto Serif CJK SC and Noto Sans CJK SC (Regular); UAX #11 (East Asian width).
"""

from __future__ import annotations

import re
import unicodedata
from itertools import accumulate
from typing import Final

__all__ = ["GAP_EM", "WIDEST_EM", "advance", "gaps_and_sums", "upper_bound"]

GAP_EM: Final = 0.2
"""LibreOffice adds it whatever autoSpaceDE says; Word's is about as wide."""
WIDEST_EM: Final = 1.1
"""No character is wider than this (W in Noto Serif CJK: 1.053)."""

_ASCII_PER_MILLE: Final = (
    "500 500 500 574 555 923 779 500 500 500 500 580 500 500 500 500 562 562 562 562 562 562 562 562 562 562 500 500 "
    "580 580 580 500 946 722 670 691 770 652 629 741 853 500 535 731 625 975 796 767 641 767 715 596 659 797 722 1053 "
    "722 722 611 500 500 500 580 563 606 563 638 538 629 554 500 566 663 500 500 607 500 974 661 606 638 620 500 500 "
    "500 653 548 838 564 552 500 500 500 500 580"
)
_LATIN_RUN: Final = re.compile("[A-Za-z0-9]+")


class _Widths(dict[str, float]):
    """Widths of the characters met so far."""

    def __missing__(self, character: str) -> float:
        width = self[character] = _measure(character)
        return width


_WIDTHS: Final = _Widths({chr(32 + index): int(width) / 1000 for index, width in enumerate(_ASCII_PER_MILLE.split())})


def advance(character: str) -> float:
    """Width of one character in em."""
    return _WIDTHS[character]


def gaps_and_sums(text: str) -> tuple[dict[int, float], list[float]]:
    """The gaps before characters that have one, by index, and the prefix sums of widths, gaps included.

    `sums[j] - sums[i]` is the width of text[i:j], with the gap before i, which a line's first character has not.
    """
    widths = list(map(_WIDTHS.__getitem__, text))
    gaps: dict[int, float] = {}
    if not text.isascii():
        for run in _LATIN_RUN.finditer(text):
            start, end = run.span()
            if start and is_han(text[start - 1]):
                gaps[start] = GAP_EM
            if end < len(text) and is_han(text[end]):
                gaps[end] = GAP_EM
        for index in gaps:
            widths[index] += GAP_EM
    return gaps, list(accumulate(widths, initial=0.0))


def upper_bound(text: str) -> float:
    """A width that the text cannot exceed, without looking at its characters."""
    return len(text) * (WIDEST_EM + GAP_EM)


def is_han(character: str) -> bool:
    code = ord(character)
    return 0x3400 <= code <= 0x9FFF or 0x20000 <= code <= 0x3FFFF or 0xF900 <= code <= 0xFAFF or code == 0x3007


def _measure(character: str) -> float:
    if unicodedata.combining(character):
        return 0.0
    return 0.5 if unicodedata.east_asian_width(character) == "H" else 1.0
