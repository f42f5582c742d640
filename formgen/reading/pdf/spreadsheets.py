"""Printed spreadsheets → the forms on them: a filled workbook that somebody printed to PDF.

In: pages whose rules make a grid, in the file's order, and the form whose words stand on them. Out: the same as of a
workbook, read by the same means from the sheet that the pages make (`printed_sheet`). A table's rows are believed
where no page is missing and all pages have its columns; a cell whose text does not show whole is a problem.
Limits: no name of a cell and no property is printed, so the record is not known. What a format hides (decimals, rows)
is not on paper.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from formgen.forms.manifest import Field, Manifest
from formgen.problems import Finding, Place, Problem
from formgen.reading.identify import Identified
from formgen.reading.model import ColumnRead, FieldPath, Refused, SheetRead, Sighting
from formgen.reading.pdf.printed_sheet import PrintedSheet, SheetPage, outside_rows, printed_words, put_together
from formgen.reading.pdf.sightings import SOFT, STRANGE
from formgen.reading.xlsx.anatomy import Anatomy, anatomy_of
from formgen.reading.xlsx.book import BookFacts
from formgen.reading.xlsx.reader import read_sheet
from formgen.reading.xlsx.sheet import CutText, words_of
from formgen.rendering.xlsx.references import column_index
from formgen.values import is_blank

__all__ = ["read_printed_sheets"]

NUMBER: Final = re.compile(r"[-+]?[0-9][0-9,]*(?:\.[0-9]+)?%?")
FRACTIONS: Final = frozenset(["decimal", "money", "area", "percent"])
"""Types whose numbers a narrow cell shows rounded."""
LINES_PT: Final = 40.0
"""So far from a text outside the grid there may be other lines of it."""
WRAPPED: Final = frozenset(["text", "long-text"])
"""Types of values in which a line end says something."""


def read_printed_sheets(path: Path, pages: Sequence[SheetPage], found: Identified) -> Iterator[SheetRead]:
    """The forms on pages of one form, in the file's order."""
    anatomies = anatomy_of(found.manifest)
    words = printed_words(anatomies)
    for stack in _stacks(pages, anatomies):
        sheet = put_together(stack, anatomies)
        place = Place(str(path), cell=sheet.name)
        faults = [Problem(code, place, text) for code, text in _faults(sheet, stack, anatomies)]
        for read in read_sheet(path, sheet, found, BookFacts(), {}):
            read.pages = tuple(page.number for page in stack)
            if _lacks_columns(read, anatomies):
                faults.append(Problem("F-PDFREAD-019", place))
            read.unread = [one for one in (*read.unread, *sheet.unread) if words_of(one.text) not in words]
            _settle(read, sheet, place)
            if faults:
                _doubt_tables(read, faults)
            yield read


def _stacks(pages: Sequence[SheetPage], anatomies: Sequence[Anatomy]) -> Iterator[list[SheetPage]]:
    """Pages that belong together: one with the words above a form's table begins anew."""
    heads = _words(anatomies, is_head=True)
    stack: list[SheetPage] = []
    for page in pages:
        if stack and _says(page, heads):
            yield stack
            stack = []
        stack.append(page)
    if stack:
        yield stack


def _words(anatomies: Sequence[Anatomy], *, is_head: bool) -> frozenset[str]:
    """The words above the tables of a form's sheets, or below them."""
    return frozenset(
        one.text
        for anatomy in anatomies
        for one in anatomy.printed
        if anatomy.loops
        and (one.spot.row < anatomy.loops[0].first_header_row if is_head else one.spot.row > anatomy.loops[-1].row)
    )


def _says(page: SheetPage, words: frozenset[str]) -> bool:
    outside = (token.text for _, row in outside_rows(page.ruled, words) for token in row)
    inside = (cell.text for cell in page.ruled.cells)
    return any(words_of(text) in words for text in (*outside, *inside) if text)


def _faults(sheet: PrintedSheet, stack: Sequence[SheetPage], anatomies: Sequence[Anatomy]) -> Iterator[tuple[str, str]]:
    """Why rows may be missing: a page that is not there, or has other columns."""
    heads, feet = _words(anatomies, is_head=True), _words(anatomies, is_head=False)
    numbers = [number for number, _ in sheet.numbers]
    is_counted = len(numbers) == len(stack)
    missing = []
    if numbers:
        missing += [str(number) for number in range(numbers[0], numbers[-1]) if number not in numbers]
    is_first = (is_counted and numbers[0] == 1) or not heads or _says(stack[0], heads)
    if not is_first:
        missing.insert(0, "1")
    is_last = is_counted and sheet.numbers[-1][0] == sheet.numbers[-1][1]
    if not is_last and (feet or is_counted) and not (feet and any(_says(page, feet) for page in stack)):
        missing.append(str((numbers[-1] if is_counted else len(stack)) + 1))
    if missing:
        yield "F-PDFREAD-006", "、".join(missing)
    if sheet.odd_pages:
        yield "F-PDFREAD-019", "、".join(map(str, sheet.odd_pages))


def _lacks_columns(read: SheetRead, anatomies: Sequence[Anatomy]) -> bool:
    """Whether a column of a table is on other pages or cut off in the header: a row may have all it says there."""
    known = {(column.table, column.column) for column in read.columns}
    loops = (loop for anatomy in anatomies for loop in anatomy.loops if loop.field.key in read.tables)
    return any((loop.field.key, key) not in known for loop in loops for column in loop.columns for key in column.keys)


def _doubt_tables(read: SheetRead, faults: Sequence[Problem]) -> None:
    read.problems += faults
    read.sightings = [one for one in read.sightings if len(one.path) == 1]
    read.tables.clear()


def _settle(read: SheetRead, sheet: PrintedSheet, place: Place) -> None:
    """What was seen, as surely as paper shows it; columns cell by cell, for each has its place and its doubts."""
    seen: list[tuple[Sighting, tuple[int, int] | None]] = [(one, sheet.spot_of(one.place)) for one in read.sightings]
    unowned = _unowned(read, sheet)
    seen += _cells(read.columns, sheet)
    zeros = _hidden_zeros([one for one, _ in seen], read.manifest)
    read.sightings = []
    for one, at in seen:
        item = _item(read.manifest, one.path)
        raw, confidence = one.raw, min(one.confidence, STRANGE)
        if at is None or is_blank(raw if not isinstance(raw, Refused) else raw.text):
            if at is not None and _is_beside(sheet, at, unowned, math.inf):
                continue
            if one.path in zeros:
                raw = Refused("", Finding("F-PDFREAD-018", ""))
        elif _is_doubtful(sheet, at, item, raw) or _is_beside(sheet, at, unowned, LINES_PT):
            raw = Refused(str(raw), Finding(getattr(sheet.cell(*at), "code", CutText.code), str(raw)))
        elif not sheet.is_exact(*at) and item.type_name in WRAPPED:
            confidence = min(confidence, SOFT)
            read.problems.append(Problem("F-PDFREAD-015", replace(place, cell=one.place, label=item.label)))
        read.sightings.append(replace(one, raw=raw, confidence=confidence))
    read.columns = []


def _unowned(read: SheetRead, sheet: PrintedSheet) -> list[tuple[int, float]]:
    """Page and height of texts outside the grid that nobody owns: other lines of a value, or a value elsewhere."""
    found = [at for one in read.unread if (at := sheet.spot_of(one.place)) is not None and at not in sheet.cells]
    return [(sheet.page_numbers[at[0]], sheet.places[at][1]) for at in found]


def _is_beside(sheet: PrintedSheet, at: tuple[int, int], unowned: Sequence[tuple[int, float]], near_pt: float) -> bool:
    """Whether a blank outside the grid has a text near that nobody owns."""
    if sheet.is_grid_row(at[0]):
        return False
    page, y = sheet.page_numbers[at[0]], sheet.height_of(at[0])
    return any(page == other and abs(y - place) <= near_pt for other, place in unowned)


def _hidden_zeros(seen: Sequence[Sighting], manifest: Manifest) -> set[FieldPath]:
    """Totals that show nothing although there is something to add: a format may hide zeros."""
    filled = {one.path for one in seen if not is_blank(one.raw if not isinstance(one.raw, Refused) else one.raw.text)}
    totals = {one.path: sources for one in seen if (sources := _item(manifest, one.path).total_of)}
    hidden: set[FieldPath] = set()
    while True:  # a total may add totals
        known = filled | hidden
        keys = {f"{path[0]}.{path[2]}" if len(path) == 3 else path[0] for path in known}
        found = {
            path for path, sources in totals.items() if path not in known and _has_addend(path, sources, known, keys)
        }
        if not found:
            return hidden
        hidden |= found


def _has_addend(path: FieldPath, sources: Sequence[str], known: Set[FieldPath], keys: Set[str]) -> bool:
    if len(path) == 3:
        return any((path[0], path[1], key) in known for key in sources)
    return not keys.isdisjoint(sources)


def _cells(columns: Sequence[ColumnRead], sheet: PrintedSheet) -> Iterator[tuple[Sighting, tuple[int, int]]]:
    for read in columns:
        column = column_index(read.before.rpartition("!")[2]) - 1
        records = [index for index, number in enumerate(read.numbers) if sheet.may_hold_record(number - 1)]
        for row, index in enumerate(records, 1):
            at = sheet.anchor(read.numbers[index] - 1, column)
            path = (read.table, row, read.column)
            yield replace(read.sighting(index), path=path, place=sheet.place(*at)), at


def _item(manifest: Manifest, path: FieldPath) -> Field:
    item = manifest.field(path[0])
    if len(path) == 1 or item.table is None:
        return item
    return next(column for column in item.table.columns if column.key == path[2])


def _is_doubtful(sheet: PrintedSheet, at: tuple[int, int], item: Field, raw: Any) -> bool:
    if isinstance(raw, Refused):
        return False
    if isinstance(raw, CutText) or isinstance(sheet.cell(*at), CutText):
        return True
    return item.type_name in FRACTIONS and NUMBER.fullmatch(str(raw).strip()) is not None and sheet.is_tight(*at)
