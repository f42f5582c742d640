"""The characters of a page that formgen did not paint, each with its place, upright as a person sees the page.

In: the lines that were read from the page's operators, or pdfium's reading where a font's codes mean nothing to us.
Out: characters in page coordinates (points, origin top left of what is seen, y down), turned so that most are level.
What the characters say may be a lie: `garbled` tells text that only looks like text.
"""

from __future__ import annotations

import ctypes
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pypdfium2.raw as pdfium_c

from formgen.reading.pdf.fonts import LOST
from formgen.reading.pdf.found import TextLine
from formgen.reading.pdf.matrices import Matrix, moved, product

__all__ = [
    "Char",
    "Rows",
    "Word",
    "garbled",
    "page_chars",
    "pdfium_chars",
    "rows_of",
    "upright",
    "view_matrix",
    "words_on",
]

MOST: Final = 200_000
SAME_LINE: Final = 0.35
MOST_GARBLED: Final = 0.05
WORD_GAP: Final = 0.6
"""Em between words."""
SHORTEST: Final = 2
_LATIN: Final = re.compile("[\u00a1-\u00af\u00b2-\u00b6\u00b8-\u00ff]")
_BYTES: Final = re.compile("[\u0080-\u00ff]")
FEWEST_LATIN: Final = 6
_ODD: Final = frozenset(["Cc", "Cf", "Co", "Cn", "Cs"])


@dataclass(slots=True)
class Char:
    """One character; where its baseline begins."""

    text: str
    x: float
    y: float
    width: float
    size: float


@dataclass(frozen=True, slots=True)
class Word:
    """Characters printed next to each other."""

    text: str
    chars: tuple[Char, ...]


Rows = Sequence[Sequence[Char]]


def page_chars(lines: Sequence[TextLine], view: Matrix) -> list[Char]:
    """The characters of lines. `view` takes the page's user space to what is seen, y down."""
    made = []
    for line in lines:
        matrix = product(line.matrix, view)
        scale = math.hypot(matrix[0], matrix[1])
        if not scale:
            continue
        for text, x, width in line.glyphs():
            left, y = moved(matrix, x, 0.0)
            made.append(Char(text, left, y, width * scale, line.size * math.hypot(matrix[2], matrix[3])))
    return made


def pdfium_chars(page: Any, view: Matrix) -> list[Char]:
    """The characters that pdfium finds on a page it has open."""
    text_page = pdfium_c.FPDFText_LoadPage(page)
    x, y = ctypes.c_double(), ctypes.c_double()
    box = pdfium_c.FS_RECTF()
    made = []
    try:
        for index in range(min(pdfium_c.FPDFText_CountChars(text_page), MOST)):
            if pdfium_c.FPDFText_IsGenerated(text_page, index) == 1:
                continue
            shown = pdfium_c.FPDFText_GetTextObject(text_page, index)
            if shown and pdfium_c.FPDFTextObj_GetTextRenderMode(shown) == pdfium_c.FPDF_TEXTRENDERMODE_INVISIBLE:
                continue
            point = pdfium_c.FPDFText_GetUnicode(text_page, index)
            if not pdfium_c.FPDFText_GetCharOrigin(text_page, index, ctypes.byref(x), ctypes.byref(y)):
                continue
            pdfium_c.FPDFText_GetLooseCharBox(text_page, index, ctypes.byref(box))
            size = pdfium_c.FPDFText_GetFontSize(text_page, index)
            left, top = moved(view, x.value, y.value)
            right, _ = moved(view, box.right, y.value)
            made.append(Char(_char(point), left, top, abs(right - left), size))
    finally:
        pdfium_c.FPDFText_ClosePage(text_page)
    return made


def _char(point: int) -> str:
    return chr(point) if 0 < point < 0x110000 and not 0xD800 <= point < 0xE000 else LOST


def upright(lines: Sequence[TextLine], view: Matrix, width: float, height: float) -> Matrix:
    """The view turned by quarters so that most text runs from left to right."""
    votes: Counter[int] = Counter()
    for line in lines:
        a, b = product(line.matrix, view)[:2]
        votes[round(math.atan2(b, a) / (math.pi / 2)) % 4] += len(line.text)
    turn = votes.most_common(1)[0][0] if votes else 0
    turned: dict[int, Matrix] = {
        1: (0.0, -1.0, 1.0, 0.0, 0.0, width),
        2: (-1.0, 0.0, 0.0, -1.0, width, height),
        3: (0.0, 1.0, -1.0, 0.0, height, 0.0),
    }
    return product(view, turned[turn]) if turn else view


def rows_of(chars: Sequence[Char]) -> Rows:
    """Characters on one baseline together, from the left."""
    rows: list[list[Char]] = []
    for char in sorted(chars, key=lambda char: char.y):
        if rows and char.y - rows[-1][-1].y <= SAME_LINE * min(char.size, rows[-1][-1].size):
            rows[-1].append(char)
        else:
            rows.append([char])
    for row in rows:
        row.sort(key=lambda char: char.x)
    return rows


def words_on(rows: Rows) -> Iterator[Word]:
    for row in rows:
        chars = [char for char in row if char.text.strip()]
        start = 0
        for index in range(1, len(chars) + 1):
            if index < len(chars):
                before = chars[index - 1]
                if chars[index].x - before.x - before.width <= WORD_GAP * before.size:
                    continue
            if index - start >= SHORTEST:
                word = tuple(chars[start:index])
                yield Word("".join(char.text for char in word), word)
            start = index


def garbled(text: str) -> str:
    """Why a text is no text: "" where it is, `codes`, `gbk`."""
    if text.isascii() and text.isprintable():
        return ""
    letters = "".join(text.split())
    if not letters:
        return ""
    odd = 0 if letters.isprintable() else sum(unicodedata.category(char) in _ODD for char in letters)
    odd += letters.count(LOST)
    if odd > MOST_GARBLED * len(letters):
        return "codes"
    latin = _LATIN.findall(letters)
    if len(latin) >= FEWEST_LATIN and len(latin) > 0.2 * len(letters):
        meant = "".join(_BYTES.findall(text)).encode("latin-1").decode("gb18030", "ignore")
        if sum("\u4e00" <= char <= "\u9fff" for char in meant) > 0.25 * len(latin):
            return "gbk"
    return ""


def view_matrix(box: Sequence[float], rotation: int) -> tuple[Matrix, float, float]:
    """What takes a page's user space to what is seen of it, y down; how wide and high that is."""
    left, bottom, right, top = box
    width, height = right - left, top - bottom
    views: dict[int, tuple[Matrix, float, float]] = {
        0: ((1.0, 0.0, 0.0, -1.0, -left, top), width, height),
        90: ((0.0, 1.0, 1.0, 0.0, -bottom, -left), height, width),
        180: ((-1.0, 0.0, 0.0, 1.0, right, -bottom), width, height),
        270: ((0.0, -1.0, -1.0, 0.0, top, right), height, width),
    }
    return views[rotation % 360 if rotation % 360 in views else 0]
