"""Pages as small grey pictures, and what is different between two of them.

A page is rendered at 192 dots an inch and reduced to a quarter. Two pictures are compared after each was averaged over
seven dots along the lines, and again over seven dots up and down: a line of text that moved leaves a whole streak of
dots darker, a missing rule even more, while the smoothing of single glyphs, which another version of the renderer may
do in another way, stays below the tolerance.

Measured: four versions of PDFium from 2023 to 2026 give the same dots. Lines of 12 pt that move by 1 pt come to 50 and
more of 255, of 5 pt to 24 and more; the same page with all grey 15 % darker to 13.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pypdfium2
from PIL import Image, ImageChops, ImageFilter

__all__ = ["DPI", "Difference", "difference", "pictures_of", "save_picture"]

DPI: Final = 48
FINER: Final = 4
"""A rule of half a point is a third of a dot wide at 48 dots an inch: rendered finer it keeps its weight."""
RADIUS: Final = 3
TOLERANCE: Final = 20
GREYS: Final = 32
"""Shades that are kept: the files are half as large."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Where two pictures differ."""

    picture: Image.Image
    """The difference, black on white, in the picture's size."""
    box_pt: tuple[float, float, float, float]
    """Left, top, right, bottom of all of it, points from the page's top left corner."""
    strength: int
    """Of 255."""

    def __str__(self) -> str:
        left, top, right, bottom = (round(value) for value in self.box_pt)
        return f"{left}–{right} pt from the left, {top}–{bottom} pt from the top (up to {self.strength} of 255)"


def pictures_of(content: bytes) -> Iterator[Image.Image]:
    """Every page of a PDF."""
    with pypdfium2.PdfDocument(content) as document:
        for page in document:
            rendered = page.render(scale=DPI * FINER / 72, grayscale=True).to_pil().convert("L")
            yield rendered.reduce(FINER).point(
                [round(level * (GREYS - 1) / 255) * 255 // (GREYS - 1) for level in range(256)]
            )


def difference(expected: Image.Image, actual: Image.Image, dpi: int = DPI) -> Difference | None:
    """What a person would see; None where it is nothing."""
    if expected.size != actual.size:
        width, height = (max(sizes) for sizes in zip(expected.size, actual.size, strict=True))
        return Difference(Image.new("L", (width, height)), _in_points((0, 0, width, height), dpi), 255)
    along, across = (_smoothed_difference(expected, actual, radius) for radius in ((RADIUS, 0), (0, RADIUS)))
    found = ImageChops.lighter(along, across)
    seen = found.point([255 * (level > TOLERANCE) for level in range(256)])
    box = seen.getbbox()
    if box is None:
        return None
    strength = found.getextrema()[1]
    assert isinstance(strength, int)
    return Difference(ImageChops.invert(found), _in_points(box, dpi), strength)


def save_picture(picture: Image.Image, path: Path) -> None:
    """A PNG with a palette of the shades there are."""
    picture.quantize(GREYS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(path, optimize=True)


def _smoothed_difference(expected: Image.Image, actual: Image.Image, radius: tuple[int, int]) -> Image.Image:
    smooth = ImageFilter.BoxBlur(radius)
    return ImageChops.difference(expected.filter(smooth), actual.filter(smooth))


def _in_points(box: Sequence[int], dpi: int) -> tuple[float, float, float, float]:
    left, top, right, bottom = (value * 72 / dpi for value in box)
    return left, top, right, bottom
