"""Page codes of a PDF, read from the pixels that stand in the file; rendered only where there are none.

In: an inline image, or a page and the place of its code. Out: the page code, or nothing.
"""

from __future__ import annotations

import binascii
import functools
from typing import Final

import zxingcpp

from formgen.forms.page_code import PageCode, parse_page_code
from formgen.reading.pdf.found import InlineImage
from formgen.reading.pdf.raster import Box, Pdfium

__all__ = ["decode_inline", "decode_region"]

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
    """The writer has two pixels a module and nothing beside them: one is enough; else all are looked at."""
    pixels = _pixels(size, digits)
    if pixels is None:
        return None
    for step in (2, 1):
        rows = [pixels[start : start + size : step] for start in range(0, len(pixels), step * (len(pixels) // size))]
        code = _decode(b"".join(rows), len(rows[0]), len(rows), is_clean=True)
        if code is not None:
            return code
    return None


def _pixels(size: int, digits: bytes) -> bytes | None:
    """Grey pixels row by row, a row padded to whole bytes; None where data are missing, or are no digits."""
    clean = digits.translate(None, _WHITE)
    needed = 2 * ((size + 7) // 8) * size
    if not size or len(clean) < needed:
        return None
    try:
        packed = binascii.unhexlify(clean[:needed])
    except binascii.Error:
        return None
    return f"{int.from_bytes(packed):0{4 * needed}b}".encode("ascii").translate(_PIXELS)


_WHITE: Final = b"\0\t\n\f\r "
"""ISO 32000-2, table 1."""
_PIXELS: Final = bytes(0 if byte == ord("1") else 255 for byte in range(256))


def decode_region(file: Pdfium, page_number: int, box: Box | None) -> PageCode | None:
    """The page code found in a part of a rendered page; None: the whole page."""
    pixels, width, height = file.pixels(page_number, box, RESOLUTION)
    return _decode(pixels, width, height) if width and height else None


def _decode(pixels: bytes, width: int, height: int, *, is_clean: bool = False) -> PageCode | None:
    """`is_clean`: there is nothing on the picture but a code that stands upright, pixel by pixel."""
    image = memoryview(pixels).cast("B", (height, width))
    is_hard = not is_clean
    for found in zxingcpp.read_barcodes(
        image, formats=_QR, try_rotate=is_hard, try_downscale=is_hard, try_invert=is_hard, is_pure=is_clean
    ):
        code = parse_page_code(found.text)
        if isinstance(code, PageCode):
            return code
    return None
