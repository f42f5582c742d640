"""What is found on a page of a PDF: strings of text with their places, artwork, pictures, rules.

Places are matrices and points of the page's user space.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from formgen.reading.pdf.fonts import FontReader
from formgen.reading.pdf.matrices import Matrix, moved

__all__ = [
    "Box",
    "Boxes",
    "Drawing",
    "Glyph",
    "InlineImage",
    "PageContent",
    "Painted",
    "Point",
    "Show",
    "TextLine",
    "around",
]


@dataclass(slots=True)
class Show:
    """One operator that shows glyphs."""

    font: FontReader
    size: float
    stretch: float
    char_space: float
    word_space: float
    items: list[Any]
    """Strings as bytes, and numbers: thousandths of an em to go back."""


Glyph = tuple[str, float, float]


@dataclass(slots=True)
class TextLine:
    """Glyphs shown one after the other from one point on."""

    matrix: Matrix
    """Takes text space (x along the baseline, points) to the page's user space."""
    text: str = ""
    is_hidden: bool = False
    """Shown by no ink: what an OCR program lays over a picture, white text, layers that are switched off."""
    shows: list[Show] = field(default_factory=list)
    clip: tuple[float, float, float, float] | None = None
    """What may show of it, where rules were asked for: left, bottom, right, top of the page's user space."""
    given: tuple[Glyph, ...] = ()
    given_size: float = 0.0
    """Of text that was not read from operators."""
    is_covered: bool = False
    """Something was drawn over it later."""

    @property
    def is_ours(self) -> bool:
        """Whether it looks like the PDF writer's: then it is a whole line of a value."""
        if len(self.shows) == 1:
            return self.shows[0].font.is_ours
        return not self.given and all(show.font.is_ours for show in self.shows)

    @property
    def size(self) -> float:
        return self.shows[0].size if self.shows else self.given_size

    def glyphs(self) -> Sequence[Glyph]:
        """Character, where it begins and how wide it is, along the baseline in text space."""
        if self.given:
            return self.given
        made: list[Glyph] = []
        x = 0.0
        for show in self.shows:
            unit = show.size * show.stretch
            for item in show.items:
                if not isinstance(item, bytes):
                    x -= item / 1000 * unit
                    continue
                for code in show.font.codes(item):
                    width = show.font.width(code) * unit
                    made.append((show.font.char(code), x, width))
                    x += width + show.char_space * show.stretch
                    if code == 32 and not show.font.is_wide:
                        x += show.word_space * show.stretch
        return made


Point = tuple[float, float]
Box = tuple[float, float, float, float]
"""Left, bottom, right, top in the page's user space."""


@dataclass(frozen=True, slots=True)
class Boxes:
    """Rectangles drawn one after the other, in a space of their own: a mark is many of them, and seldom looked at."""

    corners: tuple[Box, ...]
    """Of each two opposite ones."""
    bounds: Box
    matrix: Matrix
    """Takes them to the page's user space."""

    @property
    def box(self) -> Box:
        """What is around all of them."""
        a, b, c, d = self.matrix[:4]
        if (b or c) and (a or d):  # turned, and not by quarters
            return around(_outline(self.bounds, self.matrix))
        (x0, y0), (x1, y1) = moved(self.matrix, *self.bounds[:2]), moved(self.matrix, *self.bounds[2:])
        return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)

    def shapes(self) -> Iterator[tuple[Point, ...]]:
        return (_outline(corners, self.matrix) for corners in self.corners)


@dataclass(frozen=True, slots=True)
class Drawing:
    """A painted path, or a picture."""

    above: int
    """So many lines of the page were written before,"""
    above_arts: int
    """and so many pieces of artwork painted."""
    parts: tuple[Boxes | tuple[Point, ...], ...]
    """One or more, each with two points or more."""
    is_filled: bool
    is_picture: bool = False

    @property
    def box(self) -> Box:
        """What is around all of it."""
        boxes = [part.box if isinstance(part, Boxes) else around(part) for part in self.parts]
        if len(boxes) == 1:
            return boxes[0]
        lefts, bottoms, rights, tops = zip(*boxes, strict=True)
        return min(lefts), min(bottoms), max(rights), max(tops)

    def shapes(self) -> Iterator[tuple[Point, ...]]:
        """Its parts, each as the points that it goes through."""
        for part in self.parts:
            if isinstance(part, Boxes):
                yield from part.shapes()
            else:
                yield part

    def __len__(self) -> int:
        """How many shapes it has."""
        return sum(len(part.corners) if isinstance(part, Boxes) else 1 for part in self.parts)


def around(points: Sequence[Point]) -> Box:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)


def _outline(corners: Box, matrix: Matrix) -> tuple[Point, ...]:
    """All the way around."""
    left, bottom, right, top = corners
    turns = ((left, bottom), (right, bottom), (right, top), (left, top), (left, bottom))
    return tuple([moved(matrix, x, y) for x, y in turns])


K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class Painted(Generic[K]):
    """Artwork of a form."""

    art: K
    matrix: Matrix


@dataclass(frozen=True, slots=True)
class InlineImage:
    """A picture whose data are hexadecimal digits, as the page code's are."""

    width: int
    height: int
    digits: bytes
    matrix: Matrix
    """Takes the unit square to the page's user space."""


@dataclass(slots=True)
class PageContent(Generic[K]):
    """All that was found."""

    lines: list[TextLine] = field(default_factory=list)
    arts: list[Painted[K]] = field(default_factory=list)
    images: list[InlineImage] = field(default_factory=list)
    pictures: list[Matrix] = field(default_factory=list)
    """Other pictures: where they stand."""
    drawings: list[Drawing] = field(default_factory=list)
    """Painted paths and pictures, where rules were not asked for."""
    segments: list[tuple[float, float, float, float]] = field(default_factory=list)
    """Straight lines and the edges of thin boxes, where they were asked for."""
    lost: int = 0
    """Codes without a character."""
    has_hidden: bool = False
    """There is invisible text, which is not among the lines."""
    is_readable: bool = True
    """False where a font's codes mean nothing here: pdfium may know more. Such text is a line that says LOST."""
    is_damaged: bool = False
    """An operator lacks operands, or has others than it takes."""
    is_endless: bool = False
    """A form XObject paints itself, or there are more operators than a page can have: not to be given to others."""
