"""QR codes of any text by zxing-cpp, of level M and mask 0, as `formgen.rendering.pdf.qr` makes them.

Source: ISO/IEC 18004:2015.
"""

from __future__ import annotations

import typing
from typing import Any, Final

import zxingcpp

from formgen.rendering.pdf.qr import QrPicture

__all__ = ["encode_any"]

DIGITS: Final = bytes.maketrans(b"\x00\xff", b"10")
"""Dark and light, as zxing-cpp paints them, to binary digits."""


def encode_any(text: str) -> QrPicture | None:
    """None where the text is too long for any code."""
    try:
        code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M", data_mask=0)
    except ValueError:
        return None
    image = memoryview(typing.cast(Any, code.to_image(add_quiet_zones=False)))
    size = len(image)  # of its rows
    digits = image.tobytes().translate(DIGITS).decode("ascii")
    row_bytes = (2 * size + 7) // 8
    rows = []
    for start in range(0, size * size, size):
        doubled = "".join(2 * digit for digit in digits[start : start + size])
        rows.append(2 * int(doubled.ljust(8 * row_bytes, "0"), 2).to_bytes(row_bytes, "big"))
    return QrPicture(size, b"".join(rows))
