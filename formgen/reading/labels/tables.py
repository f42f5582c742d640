"""A form's tables on a sheet we did not make: which block holds them, and their rows.

In: a block and the paragraph before it. Out: sightings by row and column, totals, rows left blank. A header that may
be another table's, or stands under a heading of somebody else, is nobody's.
"""

from __future__ import annotations

from collections.abc import Sequence

from formgen.problems import Finding
from formgen.reading.grid import GridCell
from formgen.reading.labels.anchors import whose
from formgen.reading.labels.ledger import Ledger
from formgen.reading.labels.neighbours import Neighbours
from formgen.reading.labels.rosters import Roster, find_roster
from formgen.reading.labels.rows import RosterRow, is_total, rows_of
from formgen.reading.model import Refused, Sighting
from formgen.vocabulary.folding import fold

__all__ = ["TableReader"]


class TableReader:
    """The tables of one sheet: rows go on from block to block."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.anchors = ledger.anchors
        self.done = ledger.done
        self.counts: dict[str, int] = {}

    def read(self, around: Neighbours, before: Sequence[GridCell]) -> None:
        self.around, self.before = around, before
        for table in self.anchors.tables:
            self._read_tables(table)

    def _read_tables(self, table: str) -> None:
        start, end = 0, max(self.around.rows, default=-1) + 1
        while (roster := find_roster(self.around, table, self.anchors, start, end)) is not None:
            if any(id(cell) in self.done for header in roster.headers for cell in header.cells):
                return
            rival = self._rival(table, roster)
            heading = self._heading_of(roster)
            if rival or heading not in ("", *self._entities_of(table)):
                return
            start = self._read_roster(table, roster)

    def _rival(self, table: str, roster: Roster) -> bool:
        """Whether another table of the form has as good a claim to this header."""
        others = (other for other in self.anchors.tables if other != table)
        found = (find_roster(self.around, other, self.anchors, roster.first, roster.first + 1) for other in others)
        return any(item is not None and len(item.columns) >= len(roster.columns) for item in found)

    def _entities_of(self, table: str) -> set[str]:
        return {self.anchors.term_entity(column) for column in self.anchors.tables[table].columns}

    def _heading_of(self, roster: Roster) -> str:
        """Whom the line above the header is about: a row of one cell, or the paragraph before the table."""
        above = self.around.in_row(roster.first - 1) if roster.first else self.before
        texts = [cell.text for cell in above if cell.text.strip()]
        return whose(texts[0]) if len(texts) == 1 and len(fold(texts[0])) <= 12 else ""

    def _read_roster(self, table: str, roster: Roster) -> int:
        """Returns the row after the last one read."""
        self.ledger.sheet.tables.add(table)
        asked = {id(cell) for header, _ in roster.columns.values() for cell in header.cells}
        for header in roster.headers:
            self.done |= {id(cell) for cell in header.cells if id(cell) in asked or self.ledger.is_printed(cell.text)}
        last = roster.after
        for row in rows_of(self.around, roster, self.anchors):
            number = min(cell.row for cell in (*row.cells.values(), *row.others)) if row.cells else last
            if self._is_header_again(row, roster):
                continue
            last = max(last, number + 1)
            if row.is_doubtful:
                self._doubt_row(table, row)
            elif is_total(row):
                self._read_total(table, roster, row)
            elif row.is_blank:
                self.done |= {id(cell) for cell in (*row.cells.values(), *row.others)}
            else:
                self._read_row(table, roster, row)
        return last

    def _is_header_again(self, row: RosterRow, roster: Roster) -> bool:
        texts = {key: fold(cell.text) for key, cell in row.cells.items() if cell.text.strip()}
        same = [key for key in texts if texts[key] in {fold(word) for word in roster.columns[key][0].spellings}]
        if len(same) < 2 or len(same) < len(texts):
            return False
        self.done |= {id(row.cells[key]) for key in same}
        return True

    def _read_row(self, table: str, roster: Roster, row: RosterRow) -> None:
        number = self.counts[table] = self.counts.get(table, 0) + 1
        for key, cell in row.cells.items():
            self.ledger.see((table, number, key), "header", cell.place, cell.text, roster.columns[key][1])
            self.done.add(id(cell))
        for cell in row.others:
            if self._is_row_number(cell, roster):
                self.done.add(id(cell))

    def _doubt_row(self, table: str, row: RosterRow) -> None:
        """A row of which nothing is believed, not even that it is one: it counts, so that none is missed."""
        number = self.counts[table] = self.counts.get(table, 0) + 1
        for key, cell in row.cells.items():
            refused = Refused(cell.text, Finding("F-READ-008", cell.text))
            self.ledger.sheet.sightings.append(Sighting((table, number, key), "header", cell.place, refused, 0.0))
            self.done.add(id(cell))

    def _is_row_number(self, cell: GridCell, roster: Roster) -> bool:
        words = (word for header in roster.headers if header.column == cell.column for word in header.spellings)
        return cell.text.strip().isdecimal() and any(fold(word) in ("序号", "序", "no", "号") for word in words)

    def _read_total(self, table: str, roster: Roster, row: RosterRow) -> None:
        totals = {field.total_of[0]: key for key, field in self.anchors.fields.items() if len(field.total_of) == 1}
        for column, cell in row.cells.items():
            if fold(cell.text) == row.start:
                self.done.add(id(cell))
            elif (key := totals.get(f"{table}.{column}")) is not None:
                self.ledger.see((key,), "header", cell.place, cell.text, roster.columns[column][1])
                self.done.add(id(cell))
