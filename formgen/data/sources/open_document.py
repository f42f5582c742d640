"""An .ods looked over before it is loaded: how far its cells reach, which are merged, which came to an error.

calamine tells neither merged cells nor errors, which read as blank.
In: the file. Out: rows and columns of its largest sheet, merged cells and errors of each sheet. Rows and cells say how
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

from formgen.data.sources.unread_cells import UnreadCell
from formgen.vocabulary.headers import MergedRange

__all__ = ["OpenDocumentSurvey", "survey_open_document"]

_BLOCK = 1 << 20
_LONGEST_ROW = 64 << 20
_ROW_END = b"</table:table-row>"
_TABLE = re.compile(rb"<table:table\s[^>]*?table:name=\"([^\"]*)\"")
_ROW = re.compile(rb"<table:table-row\b[^>]*>")
_CELL = re.compile(rb"<table:(?:covered-)?table-cell\b([^>]*?)(/?)>")
_TEXT = re.compile(rb"<text:p>([^<]*)</text:p>")
_REPEATED = re.compile(rb"number-(?:rows|columns)-repeated\s*=\s*[\"']([0-9]{1,12})")
_SPANNED = re.compile(rb"number-(rows|columns)-spanned\s*=\s*[\"']([0-9]{1,7})")


@dataclass(slots=True)
class OpenDocumentSurvey:
    """What is known of an .ods before it is loaded."""

    rows: int = 0
    columns: int = 0
    """Of the sheet that reaches over the most cells."""
    merges: dict[str, list[MergedRange]] = field(default_factory=dict)
    """By the sheet's name; rows and columns from 0."""
    unread: dict[str, dict[int, dict[int, UnreadCell]]] = field(default_factory=dict)
    """By the sheet's name: row → column → cell."""


def survey_open_document(path: Path) -> OpenDocumentSurvey:
    """Look the file over. Raises zipfile.BadZipFile or KeyError where the package is broken."""
    survey = OpenDocumentSurvey()
    merges: list[MergedRange] = []
    unread: dict[int, dict[int, UnreadCell]] = {}
    row = last_column = 0
    for text in _rows(path):
        for name in _TABLE.findall(text):
            sheet = html.unescape(name.decode("utf-8", "replace"))
            merges, unread = survey.merges.setdefault(sheet, []), survey.unread.setdefault(sheet, {})
            row = last_column = 0
        opening = _ROW.search(text)
        times = _times(opening[0]) if opening else 1
        width, found = _read_row(text[opening.end() :] if opening else text, row, merges)
        if found:
            unread[row] = found
        row += times
        if width:
            last_column = max(last_column, width)
            if row * last_column > survey.rows * survey.columns:
                survey.rows, survey.columns = row, last_column
    return survey


def _read_row(text: bytes, row: int, merges: list[MergedRange]) -> tuple[int, dict[int, UnreadCell]]:
    """Columns up to the last cell of a row that holds something, and cells without a value; merged cells are noted."""
    column = width = 0
    unread: dict[int, UnreadCell] = {}
    for match in _CELL.finditer(text):
        attributes, end = match.groups()
        if b"formula" in attributes and (b'"error"' in attributes or b"office:value-type" not in attributes):
            shown = _TEXT.match(text, match.end())
            unread[column] = UnreadCell(
                html.unescape((shown[1] if shown else b"#N/A").decode("utf-8", "replace")), "error"
            )
        if b"spanned" in attributes:
            spans = dict(_SPANNED.findall(attributes))
            last = row + int(spans.get(b"rows", 1)) - 1, column + int(spans.get(b"columns", 1)) - 1
            if last > (row, column):
                merges.append(((row, column), last))
        column += _times(attributes) if b"repeated" in attributes else 1
        if not end or b"value" in attributes or b"formula" in attributes:
            width = column
    return width, unread


def _times(attributes: bytes) -> int:
    match = _REPEATED.search(attributes)
    return int(match[1]) if match else 1


def _rows(path: Path) -> Iterator[bytes]:
    rest = b""
    with zipfile.ZipFile(path) as package, package.open("content.xml") as stream:
        while block := stream.read(_BLOCK):
            *rows, rest = (rest + block).split(_ROW_END)
            yield from rows
            if len(rest) > _LONGEST_ROW:
                raise zipfile.BadZipFile("content.xml: table:table-row")
