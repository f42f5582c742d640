"""Pages that another program printed: upright, known by the words on them, with the text in their spots.

In: what was read from a page's operators. Out: a leaf; or a grid, where the words are those of a form with an Excel
template and stand elsewhere than on its layout; or the code of the problem that keeps it from being read; or the texts
on it, where it is no page of a form that we know the geometry of.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pikepdf

from formgen.forms.page_code import PageCode
from formgen.reading.pdf.codes import decode_region
from formgen.reading.pdf.found import PageContent
from formgen.reading.pdf.frames import Frame
from formgen.reading.pdf.glyphs import Rows, garbled, page_chars, rows_of, upright, view_matrix
from formgen.reading.pdf.leaves import Leaf
from formgen.reading.pdf.matching import Match, best_match
from formgen.reading.pdf.matrices import Matrix
from formgen.reading.pdf.printed_sheet import SheetPage, has_columns_of, outside_rows, printed_words
from formgen.reading.pdf.prints import PrintBook
from formgen.reading.pdf.raster import Pdfium
from formgen.reading.pdf.resources import inherited
from formgen.reading.pdf.rests import goes_on
from formgen.reading.pdf.ruled import ruled_page
from formgen.reading.pdf.rules import Rules
from formgen.reading.pdf.strange import lay_out
from formgen.reading.xlsx.anatomy import anatomy_of
from formgen.reading.xlsx.sheet import words_of
from formgen.rendering.continuation import TITLE

__all__ = ["StrangePages"]

Found = Leaf | SheetPage | str | list[str]
"""A page of a form by its layout, or of a printed spreadsheet; the code of a problem; the texts of a page of none."""
CODE_ROOM_PT: Final = 12.0
"""Around the place of the page code."""


class StrangePages:
    """The pages of one file that formgen did not paint."""

    def __init__(
        self, drawn: Pdfium, prints: PrintBook, with_rules: Callable[[pikepdf.Page], PageContent[Any]]
    ) -> None:
        self._drawn, self._prints, self._with_rules = drawn, prints, with_rules
        self._sheet: SheetPage | None = None
        """The spreadsheet's page that was read last."""
        self._rest: Rows = ()
        """The continuation sheet's page that was read last."""

    def read(self, page: pikepdf.Page, number: int, content: PageContent[Any], wanted: str) -> Found:
        """What the page is."""
        found = self._read(page, number, content, wanted)
        self._sheet = found if isinstance(found, SheetPage) else None
        return found

    def _read(self, page: pikepdf.Page, number: int, content: PageContent[Any], wanted: str) -> Found:
        box = [float(edge) for edge in page.mediabox]
        turned = inherited(page.obj, "/Rotate")
        seen, width, height = view_matrix(box, turned if isinstance(turned, int) else 0)
        if content.is_readable:
            view = upright(content.lines, seen, width, height)
            chars = page_chars(content.lines, view)
        else:
            view = seen
            chars = self._drawn.chars(number, view)
        rows = rows_of(chars)
        text = "".join(char.text for row in rows for char in row)
        if not text.strip():
            return "F-PDFREAD-004" if content.pictures else "F-PDFREAD-005"
        if garbled(text):
            return "F-PDFREAD-005"
        match = best_match(rows, self._prints, wanted)
        if match is None:
            texts = ["".join(char.text for char in row) for row in rows]
            if texts[0].strip() == TITLE or goes_on(self._rest, rows):
                self._rest = rows
                return Leaf(number, None, None, (), rows)
            sheet = self._going_on(self._sheet, page, number, view) if self._sheet and content.is_readable else None
            return sheet or texts
        self._rest = ()
        ruled = self._with_rules(page)
        rules = Rules(ruled.segments, view)
        frame = lay_out(match, rows, view, number, rules)
        if not frame.is_believable and content.is_readable and match.form.manifest.template("xlsx").is_file():
            sheet = SheetPage(number, match.form.manifest, ruled_page(rules, ruled.lines, view))
            if sheet.ruled.cells:
                return sheet
        return Leaf(number, None if view is not seen else self._code(match, frame), frame)

    def _going_on(self, last: SheetPage, page: pikepdf.Page, number: int, view: Matrix) -> SheetPage | None:
        """A page with few of the form's words that goes on with a spreadsheet: by its columns or its foot."""
        found = self._with_rules(page)
        ruled = ruled_page(Rules(found.segments, view), found.lines, view)
        words = printed_words(anatomy_of(last.manifest))
        is_foot = any(words_of(token.text) in words for _, row in outside_rows(ruled, words) for token in row)
        is_more = has_columns_of(last.ruled, ruled) if ruled.cells else is_foot
        return SheetPage(number, last.manifest, ruled) if is_more else None

    def _code(self, match: Match, frame: Frame) -> PageCode | None:
        box = match.form.layout.page_code
        if box is None:
            return None
        left, top, right, bottom = (edge * match.scale for edge in box)
        across, down = match.right, match.down
        area = (left + across - CODE_ROOM_PT, top + down - CODE_ROOM_PT,
                right + across + CODE_ROOM_PT, bottom + down + CODE_ROOM_PT)  # fmt: skip
        return decode_region(self._drawn, frame.page_number, (max(area[0], 0.0), max(area[1], 0.0), *area[2:]))
