"""What pdfium is needed for: parts of pages as grey pixels, text in fonts that only it can read.

In: a file, a page, a box on it as it is seen (points, origin top left). Out: bytes, width, height; characters.
Limits: no more pixels than a page of A3 at 200 dpi.
"""

from __future__ import annotations

from typing import Any, Final

import pypdfium2 as pdfium

from formgen.interrupts import interrupts_held
from formgen.reading.pdf.glyphs import Char, pdfium_chars
from formgen.reading.pdf.matrices import Matrix

__all__ = ["Pdfium"]

MOST_PIXELS: Final = 2400 * 3400


Box = tuple[float, float, float, float]


class Pdfium:
    """A file opened with pdfium when it is first asked for. A context manager."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._document: Any = None

    def __enter__(self) -> Pdfium:
        return self

    def __exit__(self, *_: object) -> None:
        if self._document is not None:
            self._document.close()

    def chars(self, page_number: int, view: Matrix) -> list[Char]:
        """What pdfium reads on a page; nothing where it cannot."""
        try:
            page = self._page(page_number)  # kept as long as its handle is used
            return pdfium_chars(page.raw, view)
        except pdfium.PdfiumError:
            return []

    def pixels(self, page_number: int, box: Box | None, resolution: int) -> tuple[bytes, int, int]:
        """A part of a page as it is seen, and its size; width 0 where pdfium cannot or it is too large."""
        try:
            page = self._page(page_number)
            width, height = page.get_size()
            left, top, right, bottom = box or (0.0, 0.0, width, height)
            crop = (max(left, 0.0), max(height - bottom, 0.0), max(width - right, 0.0), max(top, 0.0))
            scale = resolution / 72
            if not 0 < (right - left) * (bottom - top) * scale * scale <= MOST_PIXELS:
                return b"", 0, 0
            bitmap = page.render(scale=scale, crop=crop, grayscale=True, may_draw_forms=False, draw_annots=False)
            return _packed(bytes(bitmap.buffer), bitmap.width, bitmap.height, bitmap.stride)
        except (pdfium.PdfiumError, ValueError, IndexError):
            return b"", 0, 0

    def _page(self, page_number: int) -> Any:
        if self._document is None:
            with interrupts_held():
                self._document = pdfium.PdfDocument(self._path)
        return self._document[page_number - 1]


def _packed(pixels: bytes, width: int, height: int, stride: int) -> tuple[bytes, int, int]:
    rows = (pixels[start : start + width] for start in range(0, stride * height, stride))
    return b"".join(rows), width, height
