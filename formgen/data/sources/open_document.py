"""An .ods looked over before it is loaded: how far its cells reach, which are merged, which are more than they say.

calamine tells neither merged cells nor formats, nor errors, which read as blank.
In: the file. Out: rows and columns of its largest sheet, merged cells and marks (errors, lines through the text, units)
of each sheet. Rows and cells say how
often they are repeated, and whoever loads the file makes room for every one: two kilobytes can ask for any amount.
Repeated cells with nothing in them at the end of a row, and such rows at the end of a sheet, count nothing: LibreOffice
fills every sheet up with them.
Source: OpenDocument 1.2, part 1, 9.1.3 (table:table-row), 9.1.4 (table:table-cell), 19.675 … 19.680.
"""

from __future__ import annotations

import html
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from formgen.data.sources.cell_marks import STRUCK, CellMark
from formgen.data.sources.open_document_styles import DocumentStyles, document_styles
from formgen.data.sources.unread_cells import UnreadCell
from formgen.vocabulary.headers import MergedRange

__all__ = ["OpenDocumentSurvey", "survey_open_document"]

_BLOCK = 1 << 20
_LONGEST_ROW = 64 << 20
_MOST_ROWS = 1 << 20
_MOST_ALIKE = 1 << 10
"""Cells of one row that are written as one repeated cell and have a mark: a form has fewer."""
_ROW_END = b"</table:table-row>"
_TABLE = re.compile(rb"<table:table\s[^>]*?table:name=\"([^\"]*)\"")
_ROW = re.compile(rb"<table:table-row\b[^>]*>")
_CELL = re.compile(rb"<table:(?:covered-)?table-cell\b([^>]*?)(/?)>")
_TEXT = re.compile(rb"<text:p>([^<]*)</text:p>")
_REPEATED = re.compile(rb"number-(?:rows|columns)-repeated\s*=\s*[\"']([0-9]{1,12})")
_COLUMN = re.compile(rb"<table:table-column\b[^>]*>")
_STYLE = re.compile(rb"table:style-name=\"([^\"]*)\"")
_DEFAULT = re.compile(rb"table:default-cell-style-name=\"([^\"]*)\"")
_SPAN = re.compile(rb"<text:span text:style-name=\"([^\"]*)\">([^<]*)")
_SPANNED = re.compile(rb"number-(rows|columns)-spanned\s*=\s*[\"']([0-9]{1,7})")


@dataclass(slots=True)
class OpenDocumentSurvey:
    """What is known of an .ods before it is loaded."""

    rows: int = 0
    columns: int = 0
    """Of the sheet that reaches over the most cells."""
    merges: dict[str, list[MergedRange]] = field(default_factory=dict)
    """By the sheet's name; rows and columns from 0."""
    marks: dict[str, dict[int, dict[int, CellMark]]] = field(default_factory=dict)
    """By the sheet's name."""


def survey_open_document(path: Path) -> OpenDocumentSurvey:
    """Look the file over. Raises zipfile.BadZipFile or KeyError where the package is broken; Damaged its styles."""
    survey = OpenDocumentSurvey()
    reader: _RowReader | None = None
    row = last_column = 0
    for text in _rows(path):
        if reader is None:
            reader = _RowReader(document_styles(text, _named_styles(path)))
        for match in _TABLE.finditer(text):
            sheet = html.unescape(match[1].decode("utf-8", "replace"))
            reader.begin(survey.merges.setdefault(sheet, []), survey.marks.setdefault(sheet, {}), text[match.end() :])
            row = last_column = 0
        opening = _ROW.search(text)
        times = _times(opening[0]) if opening else 1
        width = reader.read(text[opening.end() :] if opening else text, row, times, opening[0] if opening else b"")
        row += times
        if width:
            last_column = max(last_column, width)
            if row * last_column > survey.rows * survey.columns:
                survey.rows, survey.columns = row, last_column
    return survey


class _RowReader:
    """Takes rows of one sheet after the other apart."""

    def __init__(self, styles: DocumentStyles) -> None:
        self.styles = styles
        self.merges: list[MergedRange] = []
        self.marks: dict[int, dict[int, CellMark]] = {}
        self.defaults: list[tuple[int, CellMark | None]] = []
        """Marks of the columns' own styles: for each the last column (outside) it counts for."""

    def begin(self, merges: list[MergedRange], marks: dict[int, dict[int, CellMark]], text: bytes) -> None:
        """A new sheet. `text`: its XML as far as its first row."""
        self.merges, self.marks, self.defaults = merges, marks, []
        column = 0
        for opening in _COLUMN.findall(text) if self.styles.cells else ():
            column += _times(opening)
            self.defaults.append((column, self._styled(_DEFAULT.search(opening))))

    def read(self, text: bytes, row: int, times: int, opening: bytes) -> int:
        """Columns up to the last cell of a row that holds something; merged cells and marks are noted."""
        column = width = 0
        marks: dict[int, CellMark] = {}
        default = self._styled(_DEFAULT.search(opening)) if self.styles.cells else None
        for match in _CELL.finditer(text):
            attributes, end = match.groups()
            if b"spanned" in attributes:
                spans = dict(_SPANNED.findall(attributes))
                last = row + int(spans.get(b"rows", 1)) - 1, column + int(spans.get(b"columns", 1)) - 1
                if last > (row, column):
                    self.merges.append(((row, column), last))
            repeated = _times(attributes) if b"repeated" in attributes else 1
            is_filled = not end or b"value" in attributes or b"formula" in attributes
            if is_filled and (mark := self._mark(match, column, default)) is not None:
                marks.update(dict.fromkeys(range(column, column + min(repeated, _MOST_ALIKE)), mark))
            column += repeated
            if is_filled:
                width = column
        if marks:
            self.marks.update(dict.fromkeys(range(row, min(row + times, _MOST_ROWS)), marks))
        return width

    def _mark(self, cell: re.Match[bytes], column: int, default: CellMark | None) -> CellMark | None:
        """What calamine does not tell of a cell that holds something. `default`: of its row's style."""
        attributes = cell[1]
        if b"formula" in attributes and (b'"error"' in attributes or b"office:value-type" not in attributes):
            shown = _TEXT.match(cell.string, cell.end())
            return UnreadCell(html.unescape((shown[1] if shown else b"#N/A").decode("utf-8", "replace")), "error")
        if self.styles.struck_texts and self._is_partly_struck(cell):
            return STRUCK
        if not self.styles.cells:
            return None
        if (own := _STYLE.search(attributes)) is not None:
            return self._styled(own)
        return default or next((mark for end, mark in self.defaults if column < end), None)

    def _styled(self, match: re.Match[bytes] | None) -> CellMark | None:
        return None if match is None else self.styles.cells.get(html.unescape(match[1].decode("utf-8", "replace")))

    def _is_partly_struck(self, cell: re.Match[bytes]) -> bool:
        """Whether a part of the text with any sign in it is struck out."""
        end = cell.string.find(b"</table:", cell.end())
        spans = _SPAN.findall(cell.string, cell.end(), end if end >= 0 else len(cell.string)) if not cell[2] else []
        return any(name.decode("utf-8", "replace") in self.styles.struck_texts and text.strip() for name, text in spans)


def _times(attributes: bytes) -> int:
    match = _REPEATED.search(attributes)
    return int(match[1]) if match else 1


def _named_styles(path: Path) -> bytes:
    with zipfile.ZipFile(path) as package:
        return package.read("styles.xml") if "styles.xml" in package.namelist() else b""


def _rows(path: Path) -> Iterator[bytes]:
    rest = b""
    with zipfile.ZipFile(path) as package, package.open("content.xml") as stream:
        while block := stream.read(_BLOCK):
            *rows, rest = (rest + block).split(_ROW_END)
            yield from rows
            if len(rest) > _LONGEST_ROW:
                raise zipfile.BadZipFile("content.xml: table:table-row")
