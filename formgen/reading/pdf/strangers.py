"""Pages that another program printed: upright, known by the words on them, with the text in their spots.

In: what was read from a page's operators. Out: a leaf; or a grid, where the words are those of a form with an Excel
template and stand elsewhere than on its layout; or the code of the problem that keeps it from being read; or the texts
on it, where it is no page of a form that we know the geometry of.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import pikepdf

from formgen.forms.page_code import PageCode
from formgen.reading.pdf.codes import decode_region
from formgen.reading.pdf.drawing import without_strikes
from formgen.reading.pdf.found import PageContent
from formgen.reading.pdf.frames import Frame
from formgen.reading.pdf.glyphs import Rows, garbled, page_chars, rows_of, upright, view_matrix
from formgen.reading.pdf.leaves import Leaf
from formgen.reading.pdf.matching import Match, best_match
from formgen.reading.pdf.matrices import Matrix
from formgen.reading.pdf.pages import PageReader
from formgen.reading.pdf.printed_sheet import SheetPage, has_columns_of, outside_rows, printed_words
from formgen.reading.pdf.prints import PrintBook
from formgen.reading.pdf.raster import Pdfium
from formgen.reading.pdf.resources import inherited
from formgen.reading.pdf.rests import goes_on
from formgen.reading.pdf.ruled import RuledPage, ruled_page
from formgen.reading.pdf.rules import Rules
from formgen.reading.pdf.strange import lay_out
from formgen.reading.xlsx.anatomy import anatomy_of
from formgen.reading.xlsx.sheet import words_of
from formgen.rendering.continuation import TITLE

__all__ = ["StrangePages", "UnknownPage"]

CODE_ROOM_PT: Final = 12.0
"""Around the place of the page code."""


@dataclass(frozen=True, slots=True)
class UnknownPage:
    """A page that is of no form whose geometry is known."""

    texts: Sequence[str]
    ruled: RuledPage | None
    """As a grid, where its operators could be read."""


Found = Leaf | SheetPage | str | UnknownPage
"""A page of a form by its layout, or of a printed spreadsheet; the code of a problem; another page."""


class StrangePages:
    """The pages of one file that formgen did not paint."""

    def __init__(self, drawn: Pdfium, prints: PrintBook, pages: PageReader, *, may_be_sheets: bool) -> None:
        """`may_be_sheets`: not of a file that a word processor says it made, whose rows may have lost a cell."""
        self._may_be_sheets = may_be_sheets
        self._drawn, self._prints, self._pages = drawn, prints, pages
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
            if not (content.is_readable and self._may_be_sheets):
                return UnknownPage(texts, None)
            grid = _grid(self._pages.with_rules(page), content, view)
            last = self._sheet
            is_more = last is not None and _goes_on(last, grid)
            return SheetPage(number, last.manifest, grid) if last is not None and is_more else UnknownPage(texts, grid)
        self._rest = ()
        inked = self._pages.with_rules(page)
        rules = Rules(inked.segments, view)
        frame = lay_out(match, rows, view, number, rules)
        is_sheet = self._may_be_sheets and content.is_readable and not frame.is_believable
        if is_sheet and match.form.manifest.template("xlsx").is_file():
            sheet = SheetPage(number, match.form.manifest, _grid(inked, content, view))
            if sheet.ruled.cells:
                return sheet
        return Leaf(number, None if view is not seen else self._code(match, frame), frame)

    def _code(self, match: Match, frame: Frame) -> PageCode | None:
        box = match.form.layout.page_code
        if box is None:
            return None
        left, top, right, bottom = (edge * match.scale for edge in box)
        across, down = match.right, match.down
        area = (left + across - CODE_ROOM_PT, top + down - CODE_ROOM_PT,
                right + across + CODE_ROOM_PT, bottom + down + CODE_ROOM_PT)  # fmt: skip
        return decode_region(self._drawn, frame.page_number, (max(area[0], 0.0), max(area[1], 0.0), *area[2:]))


def _grid(inked: PageContent[Any], content: PageContent[Any], view: Matrix) -> RuledPage:
    """The page between its rules. `content`: the same page with what is known of the lines that were drawn over."""
    covered = {(line.matrix, line.text) for line in content.lines if line.is_covered}
    for line in inked.lines if covered else ():
        line.is_covered = (line.matrix, line.text) in covered
    segments = without_strikes(inked.segments, inked.lines) if covered else inked.segments
    return ruled_page(Rules(segments, view), inked.lines, view)


def _goes_on(last: SheetPage, ruled: RuledPage) -> bool:
    """Whether a page with few of the form's words goes on with a spreadsheet: by its columns or its foot."""
    if ruled.cells:
        return has_columns_of(last.ruled, ruled)
    words = printed_words(anatomy_of(last.manifest))
    return any(words_of(token.text) in words for _, row in outside_rows(ruled, words) for token in row)
