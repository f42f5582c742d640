"""The rows of tables that grow, in a document that does not follow its form to the letter.

A column is where its header stands. A cell's mark has to name the column that its header names; where they differ, both
are reported. A cell that lies under two headers, or under none, is not read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from formgen.reading.docx.blanks import Seen, held, read_blanks
from formgen.reading.docx.matching import Found, Matches
from formgen.reading.docx.model import Cell, Table, Text, folded
from formgen.reading.docx.plans import Anatomy, CellPlan, RowPlan, TablePlan
from formgen.reading.docx.surroundings import Surroundings
from formgen.reading.docx.synonyms import Synonyms
from formgen.reading.labels.anchors import SYNONYM
from formgen.reading.model import Layer
from formgen.values.fillers import is_total

__all__ = ["LoopReader"]

SAME_ROW: Final = 0.5
"""Share of a printed row's labels that have to be in a row for it to be that row."""
CONFIDENCE: Final = 0.93


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of a loop and where its header stands in the document's grid."""

    plan: CellPlan
    start: int
    end: int
    is_found: bool = True
    confidence: float = CONFIDENCE
    """Below that of other columns where the header is another word for the form's: then controls alone are believed."""


@dataclass(frozen=True, slots=True)
class _Loop:
    """The rows of one table field in a table of the form."""

    table: str
    rows: list[RowPlan]
    before: list[RowPlan]
    after: list[RowPlan]
    names: frozenset[tuple[bool, str]]


class LoopReader:
    """Finds and reads the rows of every table field."""

    def __init__(
        self,
        tables: Sequence[Table],
        plans: Sequence[TablePlan],
        anatomy: Anatomy,
        around: Surroundings,
        synonyms: Synonyms,
        into: Matches,
    ) -> None:
        self._synonyms = synonyms
        self._tables = tables
        self._plans = plans
        self._anatomy = anatomy
        self._around = around
        self._into = into
        self.used: set[Text] = set()
        self.rows: list[list[Cell]] = []
        """The rows that were found to be of table fields."""

    def read(self) -> None:
        for plan in self._plans:
            for loop in _loops(plan):
                number = 0
                for table in self._tables_of(plan, loop):
                    number = self._read_loop(loop, plan, table, number)

    def _tables_of(self, plan: TablePlan, loop: _Loop) -> list[Table]:
        """The document's tables that have the loop's marks, or else the one most like it by its labels."""
        marked = [table for table in self._tables if any(self._is_marked(row, loop) for row in table.rows)]
        if marked:
            return marked
        labels = {folded(cell.words) for row in plan.rows for cell in row.cells if not cell.slots and cell.words}
        scores = [len(labels & frozenset().union(*map(self._around.statics, table.rows))) for table in self._tables]
        best = max(scores, default=0)
        return [self._tables[scores.index(best)]] if best >= SAME_ROW * len(labels) > 0 else []

    def _is_marked(self, cells: Sequence[Cell], loop: _Loop) -> bool:
        return any((mark.is_control, mark.name) in loop.names for cell in cells for mark in cell.marks)

    def _read_loop(self, loop: _Loop, plan: TablePlan, table: Table, number: int) -> int:
        """Read the loop's rows in one table; returns the number of the last row read."""
        rows = self._loop_rows(loop, plan, table)
        if rows is None:
            return number
        start, found = rows
        columns = self._columns(loop, table, start)
        self.rows += [table.rows[at] for at in found]
        if columns is None or len(loop.rows) > 1:
            return number
        self._into.tables.add(loop.table)
        if not any(column.is_found for column in columns):
            return self._doubt(loop, [table.rows[at] for at in found], number)
        kinds = [self._fixed_row(cells, plan) for cells in table.rows[:start]]
        has_whole_head = all(
            self._around.is_whole(table, at, kind) for at, kind in enumerate(kinds) if kind is not None
        )
        has_whole_head = has_whole_head and all(column.is_found for column in columns)
        for at in found:
            number += 1
            self._read_row(table, at, columns, number, found, loop.rows[0] if has_whole_head else None)
        return number

    def _doubt(self, loop: _Loop, rows: Sequence[Sequence[Cell]], number: int) -> int:
        """Rows below no header: what their marks hold is in doubt, not gone. Returns the number of the last row."""
        plans = [plan for plan in loop.rows[0].cells if plan.slots]
        for cells in rows:
            number += 1
            seen = [(item, cell) for cell in cells for plan in plans for item in _marked(cell, plan)]
            if any(item.raw.strip() for item, _ in seen):
                self.used.update(cell for _, cell in seen)
                self._into.unsure += [Found(item, number, cell.place, CONFIDENCE) for item, cell in seen]
        return number

    def _loop_rows(self, loop: _Loop, plan: TablePlan, table: Table) -> tuple[int, list[int]] | None:
        """Where the loop begins, and its rows; None where its header is not there and no row is marked."""
        kinds = [self._fixed_row(cells, plan) for cells in table.rows]
        marked = [at for at, cells in enumerate(table.rows) if self._is_marked(cells, loop)]
        heads = [at for at, kind in enumerate(kinds) if kind in loop.before and at not in marked]
        if not heads and (any(_labels(row) for row in loop.before) or loop.before):
            return (marked[0], marked) if marked else None
        start = max((at for at in heads if not marked or at < marked[0]), default=-1) + 1
        tails = [at for at, kind in enumerate(kinds) if kind in loop.after and at >= start and at not in marked]
        end = min(tails, default=len(table.rows))
        if not tails and any(_labels(row) for row in loop.after):
            end = marked[-1] + 1 if marked else start  # what follows may be what is printed after the rows
        return start, [at for at in range(start, end) if at in marked or self._is_row(table.rows[at], kinds[at])]

    def _is_row(self, cells: Sequence[Cell], kind: RowPlan | None) -> bool:
        if kind is not None or any(self._around.has_marks(cell) for cell in cells):
            return False
        return not any(is_total(self._around.words(cell)) for cell in cells)

    def _fixed_row(self, cells: Sequence[Cell], plan: TablePlan) -> RowPlan | None:
        """The printed row of the form that a row is, by its labels."""
        here = self._around.statics(cells)
        best, found = 0.0, None
        for row in plan.rows:
            labels = _labels(row)
            share = len(here & labels) / len(labels) if labels and not row.table else 0.0
            if share > best and share >= SAME_ROW:
                best, found = share, row
        return found

    def _columns(self, loop: _Loop, table: Table, start: int) -> list[_Column] | None:
        """Where each column stands, as its header says."""
        plans = [plan for row in loop.rows for plan in row.cells if plan.slots]
        columns = []
        for plan in plans:
            if not plan.up:
                columns.append(_Column(plan, plan.column, plan.column + plan.span))
                continue
            alike = [other for other in plans if other.up == plan.up]
            named = self._headers(table, start, folded(plan.up))
            others = [] if named else self._renamed(table, start, plan, loop)
            if len(named) == len(alike):
                header = named[alike.index(plan)]
                columns.append(_Column(plan, header.column, header.column + header.span))
            elif len(others) == 1:
                (header,) = others
                columns.append(_Column(plan, header.column, header.column + header.span, True, SYNONYM))
            else:
                columns.append(_Column(plan, 0, 0, is_found=False))
        return columns or None

    def _headers(self, table: Table, start: int, label: str) -> list[Cell]:
        """The cells that say so, of the last row before the loop that has one."""
        for cells in reversed(table.rows[:start]):
            named = [cell for cell in cells if cell.merge != "continue" and self._around.words(cell) == label]
            if named:
                return named
        return []

    def _renamed(self, table: Table, start: int, plan: CellPlan, loop: _Loop) -> list[Cell]:
        """Headers right above the rows that can only be another word for this column's."""
        if not start or len(plan.slots) != 1:
            return []
        return [
            cell
            for cell in table.rows[start - 1]
            if not self._around.has_marks(cell)
            and self._synonyms.is_of(cell.text, plan.up, plan.slots[0].key, loop.table)
        ]

    def _read_row(
        self,
        table: Table,
        at: int,
        columns: Sequence[_Column],
        number: int,
        rows: Sequence[int],
        plan: RowPlan | None,
    ) -> None:
        """Read a row. Headers alone say what stands under them only where no cell was taken out of the table: `plan` is
        the form's row, or None where the headers are not whole."""
        cells = table.rows[at]
        is_whole = plan is not None and self._around.is_whole(table, at, plan)
        for column in columns:
            under = self._under(table, at, column, columns, rows) if column.is_found else None
            held = [cell for cell in cells if self._holds(cell, column.plan)]
            if under is None:
                continue  # a mark without its header is not believed
            is_own = held == [under] or (not held and column.plan.is_shared and under not in cells)
            if column.confidence == SYNONYM:
                self._take_renamed(under, column.plan, number, is_own)
            elif is_own:
                self._take(under, column.plan, number)
            elif held:  # the marks stand under another header
                self._add(self._plain(under, column.plan), number, under)
                for cell in held:
                    self._add(list(_marked(cell, column.plan)), number, cell)
            elif is_whole and not self._around.has_marks(under):
                self._take(under, column.plan, number)

    def _under(
        self, table: Table, at: int, column: _Column, columns: Sequence[_Column], rows: Sequence[int]
    ) -> Cell | None:
        """The one cell of a row under a header, if it is under no other."""
        found = [index for index, cell in enumerate(table.rows[at]) if _lies_under(cell, column)]
        if len(found) != 1:
            return None
        cell = table.rows[at][found[0]]
        if sum(_lies_under(cell, other) for other in columns if other.is_found) != 1:
            return None
        if not column.plan.is_shared:
            return cell if cell.merge == column.plan.merge else None
        source = table.origin(at, found[0])
        return source if source is cell or any(source in table.rows[row] for row in rows) else None

    def _take(self, cell: Cell, plan: CellPlan, number: int) -> None:
        seen = read_blanks(cell, plan, self._anatomy.names, "header")
        if seen is not None and (cell.marks or not self._around.has_labels_in(cell, plan)):
            self._add(seen, number, cell)

    def _take_renamed(self, under: Cell, plan: CellPlan, number: int, is_own: bool) -> None:
        seen = read_blanks(under, plan, self._anatomy.names, "header") if is_own else None
        if seen and all(item.layer == "content-control" for item in seen):
            self._add(seen, number, under, SYNONYM)

    def _plain(self, cell: Cell, plan: CellPlan) -> list[Seen]:
        plain = Text(cell.text, [], cell.place, cell.pictures)
        return read_blanks(plain, plan, self._anatomy.names, "header") or []

    def _holds(self, cell: Cell, plan: CellPlan) -> bool:
        return any((mark.is_control, mark.name) in plan.names for mark in cell.marks)

    def _add(self, seen: Sequence[Seen], number: int, cell: Cell, confidence: float = CONFIDENCE) -> None:
        self.used.add(cell)
        self._into.found += [Found(item, number, cell.place, confidence) for item in seen]


def _marked(cell: Cell, plan: CellPlan) -> Iterator[Seen]:
    for slot in plan.slots:
        for mark in cell.marks:
            if (mark.is_control, mark.name) in ((True, slot.control), (False, slot.bookmark)):
                layer: Layer = "content-control" if mark.is_control else "bookmark"
                yield Seen(slot, layer, held(cell, plan, slot, mark.start, mark.end), mark.row)
                break


def _lies_under(cell: Cell, column: _Column) -> bool:
    return cell.column < column.end and column.start < cell.column + cell.span


def _labels(row: RowPlan) -> frozenset[str]:
    return frozenset(folded(cell.words) for cell in row.cells if not cell.slots and cell.words)


def _loops(plan: TablePlan) -> Iterator[_Loop]:
    for key in dict.fromkeys(row.table for row in plan.rows if row.table):
        own = [number for number, row in enumerate(plan.rows) if row.table == key]
        rows = [plan.rows[number] for number in own]
        names = frozenset(name for row in rows for cell in row.cells for name in cell.names)
        yield _Loop(key, rows, _printed(plan.rows[: own[0]]), _printed(plan.rows[own[-1] + 1 :]), names)


def _printed(rows: Sequence[RowPlan]) -> list[RowPlan]:
    return [row for row in rows if not row.table]
