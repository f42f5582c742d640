"""Both prints of a page over each other: Word's in red, the writer's in blue, dark where they agree."""

from __future__ import annotations

from pathlib import Path

import pypdfium2
from PIL import Image

from tests.parity.prints import Print

__all__ = ["draw_pictures"]

DPI = 110


def draw_pictures(prints: list[Print], folder: Path) -> None:
    """One picture a page: form-record-page.png."""
    folder.mkdir(parents=True, exist_ok=True)
    for made in prints:
        if made.word and made.ours:
            for number, picture in enumerate(_overlays(made.word, made.ours), 1):
                picture.save(folder / f"{made.name}-{made.record_name.replace(' ', '_')}-{number}.png")


def _overlays(word: bytes, ours: bytes) -> list[Image.Image]:
    there, here = _grey_pages(word), _grey_pages(ours)
    count = max(len(there), len(here))
    pictures = []
    for number in range(count):
        size = (there if number < len(there) else here)[number].size
        white = Image.new("L", size, 255)
        red = there[number] if number < len(there) else white
        blue = here[number].resize(size) if number < len(here) else white
        # What only Word has is missing in blue and green, and so shows red.
        pictures.append(Image.merge("RGB", (blue, Image.blend(red, blue, 0.5), red)))
    return pictures


def _grey_pages(pdf: bytes) -> list[Image.Image]:
    with pypdfium2.PdfDocument(pdf) as document:
        return [page.render(scale=DPI / 72).to_pil().convert("L") for page in document]
