"""What stands on the pages of a PDF: every character with its place, as pdfplumber reads it.

Spaces are left out: Word's blanks are filled up with them. Points, origin top left; `x` is where a character's advance
begins, `y` its baseline.
"""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pdfplumber

__all__ = ["Glyph", "Paper", "lines_of", "read_papers"]

SAME_LINE_EM = 0.3
"""Characters of one line have baselines no farther apart."""


@dataclass(frozen=True, slots=True)
class Glyph:
    """One printed character."""

    text: str
    x: float
    y: float
    right: float
    size: float

    @property
    def middle(self) -> tuple[float, float]:
        """About the middle of its ink: which cell a character is in."""
        return (self.x + self.right) / 2, self.y - 0.35 * self.size


@dataclass(frozen=True, slots=True)
class Paper:
    """One page."""

    width: float
    height: float
    glyphs: tuple[Glyph, ...]


def read_papers(pdf: bytes) -> list[Paper]:
    with pdfplumber.open(io.BytesIO(pdf)) as document:
        papers = []
        for page in document.pages:
            height = float(page.height)
            glyphs = [
                Glyph(
                    item["text"],
                    float(item["matrix"][4]),
                    height - float(item["matrix"][5]),
                    float(item["x1"]),
                    round(float(item["size"]), 2),
                )
                for item in page.chars
                if item["text"].strip()
            ]
            papers.append(Paper(float(page.width), height, tuple(glyphs)))
        return papers


def lines_of(glyphs: Iterable[Glyph]) -> list[Sequence[Glyph]]:
    """Lines from the top, each from the left."""
    lines: dict[int, list[Glyph]] = defaultdict(list)
    number, last = -1, None
    for glyph in sorted(glyphs, key=lambda item: item.y):
        if last is None or glyph.y - last.y > SAME_LINE_EM * max(glyph.size, last.size):
            number += 1
        lines[number].append(glyph)
        last = glyph
    return [sorted(line, key=lambda item: item.x) for line in lines.values()]
