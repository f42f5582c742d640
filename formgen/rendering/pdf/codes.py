"""Page code and corner marks as operators of a PDF page.

In: what the code says, where it stands (points, origin top left, y down). Out: operators of a content stream, complete
in themselves (q … Q), black on whatever is there.

The QR code is an inline image mask of two pixels a module: 1,280 bytes, 400 deflated; as rectangles it takes 3,700.
With one pixel a module pdfium, which enlarges by repeating pixels, lost 4 of 1,000 codes at 100 dpi; with two 2,000 of
2,000 were read, up to version 5 (37 modules on 18 mm); version 6 was not reliable. The data are hexadecimal: raw
ones may hold the letters that end an image.
Source: ISO 32000-2, 8.9.7 (inline images), 8.5.3.3.3 (even-odd rule).
"""

from __future__ import annotations

import functools

from formgen.errors import TemplateError
from formgen.forms.layout import Rect
from formgen.forms.page_code import PageCode, format_page_code
from formgen.forms.page_marks import MARK_CELLS, MARK_ROWS, mark_boxes
from formgen.problems import Place, Problem
from formgen.rendering.pdf.qr import QUIET_MODULES, QrPicture, TooLong, encode_qr

__all__ = ["draw_marks", "draw_page_code"]

_DOUBLED = [f"{int(''.join(bit * 2 for bit in f'{byte:08b}'), 2):04X}" for byte in range(256)]
"""Each bit of a byte twice."""


def draw_page_code(code: PageCode, box: Rect, page_height_pt: float) -> bytes:
    """The QR code in the middle of its box, which has room for the quiet zone too.

    Raises:
        TemplateError (F-CODE-004): the form's id and version are too long for a code that can be read again.
    """
    text = format_page_code(code)
    try:
        picture = encode_qr(text)
    except TooLong as exc:
        raise TemplateError(Problem("F-CODE-004", Place(code.form), f"{code.form} {code.version}")) from exc
    left, top, right, bottom = box
    modules = picture.size + 2 * QUIET_MODULES
    side = min(right - left, bottom - top) * picture.size / modules
    x = (left + right - side) / 2
    y = page_height_pt - (top + bottom + side) / 2
    pixels = 2 * picture.size
    head = f"q 0 g {side:.3f} 0 0 {side:.3f} {x:.3f} {y:.3f} cm BI /W {pixels} /H {pixels} /IM true /D [1 0]"
    return f"{head} /F /AHx ID {_doubled(picture)}> EI Q\n".encode()


def _doubled(picture: QrPicture) -> str:
    """The picture with every module two pixels wide and high, in hexadecimal."""
    doubled = "".join(map(_DOUBLED.__getitem__, picture.bits))
    length = 2 * ((2 * picture.size + 7) // 8)
    step = 4 * ((picture.size + 7) // 8)
    return "".join([doubled[start : start + length] * 2 for start in range(0, len(doubled), step)])


@functools.lru_cache(maxsize=64)
def draw_marks(width_pt: float, height_pt: float) -> bytes:
    """The four corner marks of a page of this size; the same bytes for all pages of a size.

    One path for each mark, filled by the even-odd rule: nothing white is painted, no seams between cells.
    """
    return b"".join(
        _draw_mark(rows, box, height_pt) for rows, box in zip(MARK_ROWS, mark_boxes(width_pt, height_pt), strict=True)
    )


def _draw_mark(rows: tuple[int, ...], box: Rect, page_height_pt: float) -> bytes:
    left, _, right, bottom = box
    cell = (right - left) / MARK_CELLS
    inner = MARK_CELLS - 2
    white = [
        f"{1 + column} {inner - row} 1 1 re"
        for row, cells in enumerate(rows)
        for column in range(inner)
        if cells >> (inner - 1 - column) & 1
    ]
    place = f"q 0 g {cell:.5f} 0 0 {cell:.5f} {left:.3f} {page_height_pt - bottom:.3f} cm"
    return " ".join([place, f"0 0 {MARK_CELLS} {MARK_CELLS} re", *white, "f* Q\n"]).encode()
