"""Continuation sheets (附页) read back: the rests of texts, by the label and row that their headings name.

In: pages of a continuation sheet, in order. Out: the rests. The PDF writer's own pages are read by their lines' exact
places, so that nothing in a text can be taken for a heading; pages of other programs by what their lines say.
Source: formgen.rendering.continuation has wording and measures.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from formgen.forms.layout import ASCENT
from formgen.forms.manifest import Manifest
from formgen.reading.pdf.found import TextLine
from formgen.reading.pdf.glyphs import Rows
from formgen.rendering.continuation import (
    FORM_STYLE,
    HEADING_STYLE,
    MARGIN_PT,
    PAGE_PT,
    PERSON_STYLE,
    TEXT_STYLE,
    TITLE,
    TITLE_STYLE,
    LineStyle,
    read_heading,
)

__all__ = ["Rest", "RestPage", "goes_on", "is_continuation", "read_rests"]

NEAR_PT: Final = 0.06
MOST_PERSON_LINES: Final = 2
FOOT: Final = re.compile(rf"{TITLE} \d+/\d+")
FOOT_PT: Final = PAGE_PT[1] - MARGIN_PT
SAME_LINE_PT: Final = 0.3
NEAR_MARGIN_PT: Final = 6.0


@dataclass(frozen=True, slots=True)
class Rest:
    """What goes on of one field."""

    label: str
    row_number: int | None
    text: str
    page_number: int
    """Of the file, where it begins."""


@dataclass(frozen=True, slots=True)
class RestPage:
    """One page of a continuation sheet."""

    page_number: int
    lines: Sequence[TextLine]
    rows: Rows = ()
    """Of a page that another program printed, instead of lines."""


@dataclass(frozen=True, slots=True)
class _Row:
    """Texts on one baseline; y from the top."""

    y: float
    size: float
    texts: tuple[str, ...]

    @property
    def is_start(self) -> bool:
        """Begins after a line end in the text."""
        return self.texts[0] == " "

    @property
    def text(self) -> str:
        return "".join(self.texts[1:] if self.is_start else self.texts)


def is_continuation(lines: Sequence[TextLine]) -> bool:
    """Whether these are the lines of one of our pages: its title stands where it has to."""
    return all(line.is_ours for line in lines) and any(
        line.text == TITLE and abs(line.size - TITLE_STYLE.size_pt) < NEAR_PT and abs(_y(line) - _title_y()) < NEAR_PT
        for line in lines
    )


def goes_on(before: Rows, rows: Rows) -> bool:
    """Whether a page without a title goes on with a continuation sheet of another program: the page before is full,
    and this one has lines of its text from the top on."""
    if not before or not rows or before[-1][0].y < FOOT_PT - 2 * TEXT_STYLE.line_pt:
        return False
    first = rows[0][0]
    return (
        first.y < MARGIN_PT + 2 * TEXT_STYLE.line_pt
        and abs(first.size - TEXT_STYLE.size_pt) < 1
        and all(row[0].x > MARGIN_PT - NEAR_MARGIN_PT for row in rows)
    )


def read_rests(pages: Sequence[RestPage], manifest: Manifest) -> list[Rest] | None:
    """The rests of one sheet; None where a page is not as the writer makes it."""
    labels = {item.label for item in manifest.fields}
    labels |= {column.label for item in manifest.fields if item.table is not None for column in item.table.columns}

    def is_heading(text: str) -> bool:
        found = read_heading(text)
        return found is not None and found[0] in labels

    reader = _Reader(is_heading)
    for page in pages:
        if not (reader.take_strange(page) if page.rows else reader.take(page)):
            return None
    return reader.rests()


class _Reader:
    def __init__(self, is_heading: Callable[[str], bool]) -> None:
        self._is_heading = is_heading
        self._head_rows: int | None = None
        self._made: list[tuple[str, int, list[str]]] = []
        """Heading, page, pieces of text."""
        self._room = 0.0
        """Left on the last line of a page that another program printed."""

    def take(self, page: RestPage) -> bool:
        rows = [row for row in _rows(page.lines) if row.y < FOOT_PT]
        first = self._head(rows)
        if first is None:
            return False
        top = _title_top() + TITLE_STYLE.line_pt
        for row in rows[1:first]:
            top += FORM_STYLE.line_pt if abs(row.size - FORM_STYLE.size_pt) < NEAR_PT else PERSON_STYLE.line_pt
        heading: list[str] = []
        for row in rows[first:]:
            if _stands(row, top, HEADING_STYLE) and not row.is_start:
                heading.append(row.text)
                top += HEADING_STYLE.line_pt
                continue
            if heading:
                if not self._begin("".join(heading), page.page_number):
                    return False
                heading = []
                if _stands(row, top + TEXT_STYLE.line_pt, TEXT_STYLE):  # the rest begins with a line end
                    top += TEXT_STYLE.line_pt
            if not _stands(row, top, TEXT_STYLE) or not self._made:
                return False
            self._made[-1][2].append("\n" + row.text if row.is_start else row.text)
            top += TEXT_STYLE.line_pt
        # A heading is never alone at a page's end: below it stands the line end that its rest begins with.
        return not heading or self._begin("".join(heading), page.page_number)

    def take_strange(self, page: RestPage) -> bool:
        """Read a page by what its lines say; lines end where the next word would have had room."""
        right = PAGE_PT[0] - MARGIN_PT
        has_title = "".join(char.text for char in page.rows[0]).strip() == TITLE
        last: float | None = None
        """Where the line above stands."""
        for row in page.rows[has_title:]:
            text = "".join(char.text for char in row)
            empty = round((row[0].y - last) / TEXT_STYLE.line_pt) - 1 if last is not None else 0
            last = row[0].y
            if self._is_heading(text.strip()):
                self._begin(text.strip(), page.page_number)
                self._room = -1.0
            elif self._made and not FOOT.fullmatch(text.strip()):
                is_hard = self._room > row[0].width + 0.5 * row[0].size
                ends = empty + (self._room >= 0) if empty > 0 else int(is_hard)
                self._made[-1][2].append("\n" * ends + text)
                self._room = right - max(char.x + char.width for char in row)
        return bool(self._made)

    def rests(self) -> list[Rest]:
        made = []
        for heading, page_number, pieces in self._made:
            found = read_heading(heading)
            assert found is not None
            made.append(Rest(found[0], found[1], "".join(pieces), page_number))
        return made

    def _begin(self, heading: str, page_number: int) -> bool:
        if not self._is_heading(heading):
            return False
        self._made.append((heading, page_number, []))
        return True

    def _head(self, rows: Sequence[_Row]) -> int | None:
        """How many rows say what the sheet is: title, form, person; the same on all its pages."""
        if not rows or rows[0].text != TITLE:
            return None
        if self._head_rows is None:
            count = 1
            while count < len(rows) and abs(rows[count].size - FORM_STYLE.size_pt) < NEAR_PT:
                count += 1
            for persons in range(MOST_PERSON_LINES + 1):
                texts = [row.text for row in rows[count + persons :]]
                if any(self._is_heading("".join(texts[:length])) for length in range(1, min(len(texts), 8) + 1)):
                    self._head_rows = count + persons
                    break
        return self._head_rows if self._head_rows is not None and self._head_rows <= len(rows) else None


def _rows(lines: Sequence[TextLine]) -> list[_Row]:
    rows: list[list[TextLine]] = []
    for line in sorted(lines, key=_y):
        if rows and _y(line) - _y(rows[-1][0]) < SAME_LINE_PT:
            rows[-1].append(line)
        else:
            rows.append([line])
    for row in rows:
        row.sort(key=lambda line: line.matrix[4])
    return [_Row(_y(row[0]), row[-1].size, tuple(line.text for line in row)) for row in rows]


def _stands(row: _Row, top: float, style: LineStyle) -> bool:
    return abs(row.y - (top + ASCENT * style.line_pt)) < NEAR_PT


def _y(line: TextLine) -> float:
    return PAGE_PT[1] - line.matrix[5]


def _title_top() -> float:
    return MARGIN_PT


def _title_y() -> float:
    return _title_top() + ASCENT * TITLE_STYLE.line_pt
