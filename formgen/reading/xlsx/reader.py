"""A workbook → the forms in it, sheet by sheet.

In: .xlsx, .xlsm, .xls, .et, .ods and the forms it may hold. Out: what stands in each blank of each form, and all text
that stands in none. A sheet of one form may hold it several times, one below the other; a form of several sheets is
read from them together. Sheets of no known form are problems, never passed over.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from formgen.data.sources import RawTable, open_tables
from formgen.data.sources.spreadsheet import spreadsheet_tables
from formgen.data.sources.unread_cells import UnreadCell
from formgen.forms.manifest import Manifest
from formgen.problems import Place, Problem
from formgen.reading.grid import GridBlock, GridCell
from formgen.reading.identify import FormBook, Identified
from formgen.reading.labels import read_by_labels
from formgen.reading.model import FileRead, Refused, SheetIdentity, SheetRead, Unread
from formgen.reading.package import OfficePackage
from formgen.reading.pausing import paused_collector
from formgen.reading.struck import LINE, refuse_marked, struck
from formgen.reading.xlsx.alignment import align
from formgen.reading.xlsx.anatomy import Anatomy, Loop, Printed, anatomy_of
from formgen.reading.xlsx.blanks import BlankReader, Region
from formgen.reading.xlsx.book import BookFacts, book_facts
from formgen.reading.xlsx.cells import as_text
from formgen.reading.xlsx.headers import FoundHeader, find_header
from formgen.reading.xlsx.rosters import FoundRows, find_rows, read_columns, unread_columns
from formgen.reading.xlsx.sheet import Sheet, is_struck, refused, words_of
from formgen.values import is_blank

__all__ = ["OpenForms", "read_sheet", "read_xlsx"]

HEAD_ROWS: Final = 60
FOOT_ROWS: Final = 30
"""Rows at the top and at the bottom of a sheet whose words tell which form it is."""
OpenForms = dict[str, tuple[SheetRead, set[str]]]
"""By form what was read last, and which of the template's sheets it has."""
MOST_BLOCK_CELLS: Final = 200_000
"""Cells of a sheet that are read by labels alone."""


def read_xlsx(source: Path | OfficePackage, book: FormBook) -> FileRead:
    """The forms in a workbook; of an .xlsx also in its opened package, which is left open.

    Raises:
        InputError: F-FILE-…, F-SAFE-…, F-EXCEL-001: the file cannot be read, or must not be.
    """
    with paused_collector():
        if isinstance(source, OfficePackage):
            return _read(source.path, book_facts(source), spreadsheet_tables(source.path, source), book)
        return _read(source, book_facts(source), open_tables(source), book)


def _read(path: Path, facts: BookFacts, opened: AbstractContextManager[Iterator[RawTable]], book: FormBook) -> FileRead:
    read = FileRead()
    with opened as tables:
        sheets = [(Sheet.of(table), table) for table in tables]
    read.problems += [
        Problem("F-EXCEL-008", Place(str(path), table.name)) for _, table in sheets if not table.is_looked_over
    ]
    carriers = _carriers(facts, book, [sheet for sheet, _ in sheets])
    open_forms: OpenForms = {}
    for sheet, table in sheets:
        claimed = facts.identity if sheet.name in carriers else SheetIdentity()
        found = book.identify(claimed, _texts(sheet), Place(str(path), sheet.name))
        if not isinstance(found, Identified):
            read.problems += found
            continue
        found = replace(found, problems=(*found.problems, *_unseen(path, sheet, table)))
        read.sheets += read_sheet(path, sheet, found, facts, open_forms)
    if read.sheets:
        read.problems += _beside_cells(path, facts)
    return read


def _beside_cells(path: Path, facts: BookFacts) -> Iterator[Problem]:
    """What the file has that no form of ours has, and that is not read."""
    for code, count in (("F-EXCEL-013", facts.drawings), ("F-EXCEL-014", facts.comments)):
        if count:
            yield Problem(code, Place(str(path)), str(count))


def _unseen(path: Path, sheet: Sheet, table: RawTable) -> Iterator[Problem]:
    """What is read of a sheet although whoever opens it does not see it."""
    place = Place(str(path), sheet.name)
    if table.is_hidden:
        yield Problem("F-EXCEL-007", place)
    if names := sheet.hidden_names():
        yield Problem("F-EXCEL-012", place, names)


def _carriers(facts: BookFacts, book: FormBook, sheets: Sequence[Sheet]) -> set[str]:
    """The sheets that the file's own identity speaks of: for each of the form's sheets the one most like it.

    Of sheets that are alike, as copies are, that one to which formgen's names point; else the first.
    """
    manifest = book.manifests.get(facts.identity.form)
    anatomies = anatomy_of(manifest) if manifest is not None else ()
    named = {name.sheet for name in facts.names} & {sheet.name for sheet in sheets}
    if len(sheets) <= 1 or not anatomies:
        return named or {sheet.name for sheet in sheets[:1]}
    carriers = set()
    for anatomy in anatomies:
        shares = [(len(anatomy.words & _head_words(sheet)), sheet.name in named) for sheet in sheets]
        best = max(shares)
        if best[0]:
            carriers.add(sheets[shares.index(best)].name)
    return carriers or named or {sheets[0].name}


def _texts(sheet: Sheet) -> list[str]:
    rows = range(len(sheet.rows))
    shown = rows if len(rows) <= HEAD_ROWS + FOOT_ROWS else [*rows[:HEAD_ROWS], *rows[-FOOT_ROWS:]]
    return [str(value) for row in shown for _, value in sheet.filled(row)]


def _head_words(sheet: Sheet) -> set[str]:
    return {words_of(value) for row in range(min(HEAD_ROWS, len(sheet.rows))) for _, value in sheet.filled(row)}


def read_sheet(
    path: Path, sheet: Sheet, found: Identified, facts: BookFacts, open_forms: OpenForms
) -> Iterator[SheetRead]:
    """The forms on one sheet; nothing where it goes on with the form of a sheet before it."""
    notes = list(found.problems)
    anatomies = anatomy_of(found.manifest)
    words = _head_words(sheet)
    anatomy = max(anatomies, key=lambda one: len(one.words & words), default=None)
    identity = found.identity
    if anatomy is None or not anatomy.words & words:
        one = read_by_labels([_block(sheet)], found.manifest, identity)
        refuse_marked(one, {LINE: "F-EXCEL-010"})
        unread = _unread_cells(sheet)
        one.sightings = [
            replace(seen, raw=refused(unread[seen.place])) if seen.place in unread else seen for seen in one.sightings
        ]
        one.problems += notes
        yield one
        return
    top = 0
    while top < len(sheet.rows):
        known, parts = open_forms.get(found.manifest.id, (None, set()))
        is_more = known is not None and anatomy.name not in parts and top == 0
        target = known if is_more and known is not None else SheetRead(found.manifest, identity)
        part = _PartReader(path, sheet, found.manifest, anatomy, facts, target)
        top = part.read(top)
        target.problems += notes
        notes = []
        open_forms[found.manifest.id] = (target, {*(parts if is_more else ()), anatomy.name})
        identity = SheetIdentity(identity.form, identity.version)  # what follows below is not the file's own record
        if not is_more:
            yield target


@dataclass
class _PartReader:
    """Reads one form on one sheet, from some row on."""

    path: Path
    sheet: Sheet
    manifest: Manifest
    anatomy: Anatomy
    facts: BookFacts
    target: SheetRead
    columns: dict[int, int] = field(default_factory=dict)
    lost: set[int] = field(default_factory=set)
    """Columns of tables, as in the template and on the sheet, and those that are gone."""

    def read(self, top: int) -> int:
        """Read the form; where the next one begins."""
        bottom = len(self.sheet.rows)
        spans: list[tuple[int, int, int]] = []
        """Template's row, first row and last row (outside) of each table on the sheet, its header included."""
        at = top
        for number, loop in enumerate(self.anatomy.loops):
            header = find_header(self.sheet, loop, at, bottom)
            if header is None:
                continue
            rows = self._read_loop(loop, header, self._limit(number, header, bottom))
            if rows.next_form >= 0:
                bottom = rows.next_form
            spans.append((loop.row, header.first_row, rows.end))
            self.columns.update({loop.columns[n].column: column for n, column in header.columns.items()})
            self.lost.update(
                column.column for n, column in enumerate(loop.columns) if n not in header.columns and column.labels
            )
            at = rows.end
        self._read_blanks(top, bottom, spans)
        self._blank_sums()
        return bottom

    def _blank_sums(self) -> None:
        """A formula that adds nothing but blanks says 0, which the form does not show."""
        sums = {key for blank in self.anatomy.blanks if blank.is_formula for key in blank.keys}
        self.target.sightings = [
            replace(one, raw="")
            if one.path[0] in sums and one.raw == 0 and not any(map(self._is_filled, self._addends(one.path[0])))
            else one
            for one in self.target.sightings
        ]

    def _addends(self, key: str) -> Sequence[str]:
        return self.manifest.field(key).total_of

    def _is_filled(self, source: str) -> bool:
        """Whether anything stands in a field or in a table's column (`rows.year_2015`)."""
        table, _, column = source.rpartition(".")
        if table:
            read = [one for one in self.target.columns if (one.table, one.column) == (table, column)]
            return any(not is_blank(raw) if not isinstance(raw, Refused) else True for one in read for raw in one.raws)
        return any(one.path == (source,) and one.raw != "" for one in self.target.sightings)

    def _limit(self, number: int, header: FoundHeader, bottom: int) -> int:
        """Where the rows of a table must end: at the header of the next one."""
        for loop in self.anatomy.loops[number + 1 :]:
            for row in range(header.last_row + 1, bottom):
                following = find_header(self.sheet, loop, row, row + 1)
                if following is not None and following.first_row == row:
                    return row
        return bottom

    def _read_loop(self, loop: Loop, header: FoundHeader, bottom: int) -> FoundRows:
        others = [one for one in self.anatomy.loops if one.row > loop.row]
        until = min((one.first_header_row for one in others), default=1 << 30)
        foot = frozenset(one.text for one in self.anatomy.printed if loop.row < one.spot.row < until)
        head = frozenset(one.text for one in self.anatomy.printed if one.spot.row < loop.first_header_row)
        rows = find_rows(self.sheet, loop, header, bottom, foot, head)
        self.target.tables.add(loop.field.key)
        self.target.columns += read_columns(self.sheet, loop, header, rows, self.facts.is_1904)
        self.target.unread += unread_columns(self.sheet, loop, header, rows)
        self.target.unread += self._unread(rows.loose, set())
        if rows.totals:
            first, last = (self.sheet.address(row, self.sheet.left) for row in (rows.totals[0], rows.totals[-1]))
            place = Place(str(self.path), self.sheet.name, first if first == last else f"{first}, …, {last}")
            self.target.problems.append(Problem("F-EXCEL-006", place, str(len(rows.totals))))
        header_rows = range(header.first_row, header.last_row + 1)
        self.target.unread += self._unread(header_rows, set())
        return rows

    def _read_blanks(self, top: int, bottom: int, spans: Sequence[tuple[int, int, int]]) -> None:
        names = [name for name in self.facts.names if name.sheet == self.sheet.name]
        reader = BlankReader(
            self.sheet, self.manifest, names, self.columns, frozenset(self.lost), self.anatomy.words, self.facts.is_1904
        )
        for region in self._regions(top, bottom, spans):
            self.target.sightings += reader.read(region)
            self.target.unread += self._unread(range(region.top, region.bottom), reader.used)

    def _regions(self, top: int, bottom: int, spans: Sequence[tuple[int, int, int]]) -> Iterator[Region]:
        """The sheet's rows between its tables, with what the template has there."""
        rows = [(top, -1), *((end, row) for row, _, end in spans)]
        ends = [(first, row) for row, first, _ in spans] + [(bottom, 1 << 30)]
        for (start, after), (end, before) in zip(rows, ends, strict=True):
            printed: list[Printed] = [one for one in self.anatomy.printed if after < one.spot.row < before]
            blanks = [one for one in self.anatomy.blanks if after < one.spot.row < before]
            alignment = align(self.sheet, printed, [one.spot.row for one in blanks], start, end)
            yield Region(start, end, printed, blanks, alignment)

    def _unread(self, rows: Sequence[int] | range, used: set[tuple[int, int]]) -> Iterator[Unread]:
        """Cells of these rows that are neither printed words nor read."""
        for row in rows:
            for column, value in self.sheet.filled(row):
                if (row, column) not in used and words_of(value) not in self.anatomy.words:
                    yield Unread(self.sheet.place(row, column), as_text(value))


def _block(sheet: Sheet) -> GridBlock:
    """The sheet as text in cells, for whoever goes by labels alone."""
    cells: list[GridCell] = []
    for row in range(len(sheet.rows)):
        for column, value in sheet.filled(row):
            spot = sheet.spot(row, column)
            height, width = spot.last_row - row + 1, spot.last_column - column + 1
            cells.append(GridCell(_shown(value), row, column, height, width, sheet.place(row, column)))
        if len(cells) > MOST_BLOCK_CELLS:
            break
    return GridBlock("table", cells)


def _unread_cells(sheet: Sheet) -> dict[str, UnreadCell]:
    """Errors and formulas without a result, by their places."""
    return {
        sheet.place(row, column): value
        for row in range(len(sheet.rows))
        for column, value in sheet.filled(row)
        if isinstance(value, UnreadCell) and not is_struck(value)
    }


def _shown(value: object) -> str:
    """A cell's text; whole numbers without the point that floats have; marked where it is struck out."""
    if is_struck(value):
        return struck(str(value))
    return str(int(value)) if isinstance(value, float) and value == int(value) and abs(value) < 10**15 else str(value)
