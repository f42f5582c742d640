"""Page codes of a PDF, read from the pixels that stand in the file; rendered only where there are none.

In: an inline image, or a page and the place of its code. Out: the page code, or nothing.
"""

from __future__ import annotations

import functools
from typing import Final

import zxingcpp

from formgen.forms.page_code import PageCode, parse_page_code
from formgen.reading.pdf.found import InlineImage
from formgen.reading.pdf.raster import Box, Pdfium

__all__ = ["decode_inline", "decode_region"]

QUIET: Final = 8
"""White around the code, in pixels: four modules of two pixels."""
LARGEST: Final = 400
RESOLUTION: Final = 150

_QR: Final = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)


def decode_inline(image: InlineImage) -> PageCode | None:
    """The page code that a picture in the page's operators is."""
    if not (image.width == image.height <= LARGEST):
        return None
    return _decode_digits(image.width, image.digits)


@functools.lru_cache(maxsize=64)
def _decode_digits(size: int, digits: bytes) -> PageCode | None:
    row = 2 * ((size + 7) // 8)
    clean = b"".join(digits.split()).decode("ascii")
    side = size + 2 * QUIET
    blank = b"\xff" * side
    rows = [blank] * QUIET
    for start in range(0, row * size, row):
        piece = clean[start : start + row]
        if len(piece) < row:
            return None
        bits = f"{int(piece, 16):0{row * 4}b}"[:size]
        pixels = bits.encode("ascii").translate(_PIXELS)
        rows.append(b"\xff" * QUIET + pixels + b"\xff" * QUIET)
    rows += [blank] * QUIET
    return _decode(b"".join(rows), side, side)


_PIXELS: Final = bytes(0 if byte == ord("1") else 255 for byte in range(256))


def decode_region(file: Pdfium, page_number: int, box: Box | None) -> PageCode | None:
    """The page code found in a part of a rendered page; None: the whole page."""
    pixels, width, height = file.pixels(page_number, box, RESOLUTION)
    return _decode(pixels, width, height) if width and height else None


def _decode(pixels: bytes, width: int, height: int) -> PageCode | None:
    image = memoryview(pixels).cast("B", (height, width))
    for found in zxingcpp.read_barcodes(image, formats=_QR):
        code = parse_page_code(found.text)
        if isinstance(code, PageCode):
            return code
    return None
