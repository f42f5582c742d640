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
"""White around the code, in pixels: four modules or more."""
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
    """The writer has two pixels a module: one is enough, and four times as fast; else all are looked at."""
    for step in (2, 1):
        image = _pixels(size, digits, step)
        if image is None:
            return None
        code = _decode(*image, is_clean=True)
        if code is not None:
            return code
    return None


def _pixels(size: int, digits: bytes, step: int) -> tuple[bytes, int, int] | None:
    """Grey pixels with white around them, of every so many rows and columns; None where data are missing."""
    row = 2 * ((size + 7) // 8)
    clean = digits.translate(None, _WHITE)
    count = (size + step - 1) // step
    side = count + 2 * QUIET
    edge = b"\xff" * QUIET
    rows = [b"\xff" * side * QUIET]
    for start in range(0, row * size, row * step):
        piece = clean[start : start + row]
        if len(piece) < row:
            return None
        bits = f"{int(piece, 16):0{row * 4}b}"[:size:step]
        rows += [edge, bits.encode("ascii").translate(_PIXELS), edge]
    rows.append(b"\xff" * side * QUIET)
    return b"".join(rows), side, side


_WHITE: Final = b"\0\t\n\f\r "
"""ISO 32000-2, table 1."""
_PIXELS: Final = bytes(0 if byte == ord("1") else 255 for byte in range(256))


def decode_region(file: Pdfium, page_number: int, box: Box | None) -> PageCode | None:
    """The page code found in a part of a rendered page; None: the whole page."""
    pixels, width, height = file.pixels(page_number, box, RESOLUTION)
    return _decode(pixels, width, height) if width and height else None


def _decode(pixels: bytes, width: int, height: int, *, is_clean: bool = False) -> PageCode | None:
    image = memoryview(pixels).cast("B", (height, width))
    is_hard = not is_clean
    for found in zxingcpp.read_barcodes(
        image, formats=_QR, try_rotate=is_hard, try_downscale=is_hard, try_invert=is_hard
    ):
        code = parse_page_code(found.text)
        if isinstance(code, PageCode):
            return code
    return None
