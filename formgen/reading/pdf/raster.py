"""Parts of pages as grey pixels, by pdfium.

In: a file, a page, a box on it as it is seen (points, origin top left). Out: bytes, width, height.
Limits: no more pixels than a page of A3 at 200 dpi.
"""

from __future__ import annotations

from typing import Final

import pypdfium2 as pdfium

from formgen.interrupts import interrupts_held

__all__ = ["render"]

MOST_PIXELS: Final = 2400 * 3400


def render(
    path: str, page_number: int, box: tuple[float, float, float, float] | None, resolution: int
) -> tuple[bytes, int, int]:
    """Nothing (width 0) of a page that pdfium cannot open or that is too large."""
    with interrupts_held():
        try:
            document = pdfium.PdfDocument(path)
        except pdfium.PdfiumError:
            return b"", 0, 0
        try:
            page = document[page_number - 1]
            width, height = page.get_size()
            left, top, right, bottom = box or (0.0, 0.0, width, height)
            crop = (max(left, 0.0), max(height - bottom, 0.0), max(width - right, 0.0), max(top, 0.0))
            scale = resolution / 72
            if not 0 < (right - left) * (bottom - top) * scale * scale <= MOST_PIXELS:
                return b"", 0, 0
            bitmap = page.render(scale=scale, crop=crop, grayscale=True)
            return _packed(bytes(bitmap.buffer), bitmap.width, bitmap.height, bitmap.stride)
        except (pdfium.PdfiumError, ValueError, IndexError):
            return b"", 0, 0
        finally:
            document.close()


def _packed(pixels: bytes, width: int, height: int, stride: int) -> tuple[bytes, int, int]:
    rows = (pixels[start : start + width] for start in range(0, stride * height, stride))
    return b"".join(rows), width, height
