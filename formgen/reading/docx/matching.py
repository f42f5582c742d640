"""A document that follows its form to the letter: every block, row and cell stands where the template has it.

In: the blocks of one sheet, its plans. Out: what stands in every blank, or None where the document differs: then
`formgen.reading.docx.searching` looks for each blank by itself. Rows of tables may be more or fewer than were printed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from formgen.reading.docx.blanks import Seen, read_blanks
from formgen.reading.docx.fitting import Blank, Label, Roster, fit_of
from formgen.reading.docx.model import Block, Cell, Table, Text, tables_of, words
from formgen.reading.docx.moulds import CastRow
from formgen.reading.docx.plans import Anatomy, CellPlan, PlanBlock, RowPlan, TablePlan, TextPlan
from formgen.values.fillers import is_total

__all__ = ["Found", "Matches", "contents_of", "match_blocks", "span_of_loop"]


class Found(NamedTuple):
    """Something seen in a blank, and where."""

    seen: Seen
    number: int
    """The row's number in the order of the file, from 1; 0 outside of tables."""
    place: str
    confidence: float


@dataclass(slots=True)
class Matches:
    """What was found on one sheet."""

    found: list[Found] = field(default_factory=list)
    tables: set[str] = field(default_factory=set)
    unsure: list[Found] = field(default_factory=list)
    """What the marks of rows hold that no header stands above: nothing of it is believed, and it is not nothing."""
    rosters: list[Roster] = field(default_factory=list)
    """Tables all of whose rows are nothing but marked blanks."""


def contents_of(blocks: Sequence[Block], keeps_blank: bool) -> list[Text | Table]:
    """The blocks that count: tables, nested ones too, and texts that say something."""
    kept: list[Text | Table] = []
    for block in blocks:
        if isinstance(block, Table):
            kept += tables_of([block])
        elif isinstance(block, Text) and (keeps_blank or block.marks or words(block.text) or _has_picture(block)):
            kept.append(block)
    return kept


def _has_picture(text: Text) -> bool:
    """What floats over the page stands in no paragraph."""
    return any(not picture.is_floating for picture in text.pictures)


def match_blocks(blocks: Sequence[Text | Table], plans: Sequence[PlanBlock], anatomy: Anatomy, into: Matches) -> bool:
    """Add what stands in the blanks. Returns whether the blocks follow the plans; `into` is of no use if not."""
    numbered = _with_rows(plans, len(blocks))
    if numbered is None:
        return False
    for block, (plan, number) in zip(blocks, numbered, strict=True):
        if isinstance(plan, TablePlan):
            if not isinstance(block, Table) or not _match_table(block, plan, anatomy, into):
                return False
        elif isinstance(block, Table):
            return False
        else:
            seen = read_blanks(block, plan, anatomy.names, "path")
            if seen is None:
                return False
            into.found += [Found(item, number, block.place, 1.0) for item in seen]
    into.tables |= {plan.table for plan in plans if isinstance(plan, TextPlan) and plan.table}
    return True


def _with_rows(plans: Sequence[PlanBlock], count: int) -> list[tuple[PlanBlock, int]] | None:
    """The plans of `count` blocks, each with the row it is of: paragraphs that are printed for every row of a table
    repeat. None where that number does not come out."""
    repeated = [plan for plan in plans if isinstance(plan, TextPlan) and plan.table]
    if not repeated:
        return [(plan, 0) for plan in plans] if len(plans) == count else None
    start = plans.index(repeated[0])
    rest = count - len(plans) + len(repeated)
    if list(plans[start : start + len(repeated)]) != repeated or rest < 0 or rest % len(repeated):
        return None
    if len({plan.table for plan in repeated}) > 1:
        return None
    rows = [(plan, number) for number in range(1, rest // len(repeated) + 1) for plan in repeated]
    after = plans[start + len(repeated) :]
    return [*((plan, 0) for plan in plans[:start]), *rows, *((plan, 0) for plan in after)]


def span_of_loop(plan: TablePlan, count: int) -> int:
    """How many records the loop of a table with `count` rows has; below 0 where that many rows cannot be."""
    repeated = sum(row.table != "" for row in plan.rows)
    rest = count - (len(plan.rows) - repeated)
    if not repeated:
        return 0 if rest == 0 else -1
    return rest // repeated if rest >= 0 and rest % repeated == 0 else -1


def _match_table(table: Table, plan: TablePlan, anatomy: Anatomy, into: Matches) -> bool:
    keys = {row.table for row in plan.rows if row.table}
    records = span_of_loop(plan, len(table.laid))
    if records < 0 or len(keys) > 1:
        return False
    at = number = 0
    while number < len(plan.rows):
        row = plan.rows[number]
        if not row.table:
            if not _match_row(table.laid[at], row, anatomy, 0, into, {}):
                return False
            at, number = at + 1, number + 1
            continue
        loop = plan.rows[number : number + sum(item.table == row.table for item in plan.rows)]
        roster = _roster(table.laid[at : at + records], loop, anatomy) if len(loop) == 1 else None
        if roster is not None:
            into.rosters.append(roster)
            at, number = at + records, number + 1
            continue
        shared: _Shared = {}
        for record in range(1, records + 1):
            for item in loop:
                if not _match_row(table.laid[at], item, anatomy, record, into, shared):
                    return False
                at += 1
        number += len(loop)
    into.tables |= keys
    return True


def _roster(rows: Sequence[list[Cell] | CastRow], loop: Sequence[RowPlan], anatomy: Anatomy) -> Roster | None:
    """The rows of a table as columns; None where they have to be looked at one by one."""
    (plan,) = loop
    cast = [row for row in rows if isinstance(row, CastRow)]
    if not cast or len(cast) < len(rows) or not _is_only(plan, anatomy):
        return None
    if cast[0].place != cast[-1].place:
        return None  # of a table that was split: a column has one place
    fits = {row.mould: fit_of(row.mould, plan, anatomy) for row in cast}
    known = {mould: fit.blanks for mould, fit in fits.items() if fit is not None and fit.blanks}
    if len(known) < len(fits) or not all(fit.is_plain(row) for row in cast if (fit := fits[row.mould]) and fit.empty):
        return None
    kinds = [
        {(blank.slot.table, blank.slot, blank.layer) for blank in column if not blank.is_continued}
        for column in zip(*known.values(), strict=True)
    ]
    if any(len(kind) != 1 for kind in kinds) or {table for kind in kinds for table, _, _ in kind} != {plan.table}:
        return None
    if any(blank.is_continued for blank in known[cast[0].mould]):
        return None
    return Roster(plan.table, cast, list(zip(*(known[row.mould] for row in cast), strict=True)))


def _is_only(plan: RowPlan, anatomy: Anatomy) -> bool:
    """Whether no other row or paragraph of the form is of the same table."""
    plans = anatomy.blocks
    rows = [row for block in plans if isinstance(block, TablePlan) for row in block.rows if row.table == plan.table]
    return rows == [plan] and not any(isinstance(block, TextPlan) and block.table == plan.table for block in plans)


_Shared = dict[CellPlan, tuple[list[Seen], Cell]]


def _match_row(
    row: list[Cell] | CastRow, plan: RowPlan, anatomy: Anatomy, number: int, into: Matches, shared: _Shared
) -> bool:
    if isinstance(row, CastRow):
        return _match_cast(row, plan, anatomy, number, into, shared)
    if len(row) != len(plan.cells):
        return False
    for cell, wanted in zip(row, plan.cells, strict=True):
        if not _match_cell(cell, wanted, anatomy, number, into, shared):
            return False
    return True


def _match_cast(row: CastRow, plan: RowPlan, anatomy: Anatomy, number: int, into: Matches, shared: _Shared) -> bool:
    fit = fit_of(row.mould, plan, anatomy)
    if fit is None:
        return False
    is_plain = fit.is_plain(row)
    for index, known in enumerate(fit.cells):
        if known is None or (isinstance(known, Blank) and (known.is_shared or not is_plain)):
            if not _match_cell(row.cell(index), plan.cells[index], anatomy, number, into, shared):
                return False
        elif isinstance(known, Label):
            if not known.is_said(row):
                return False
        else:
            into.found.append(Found(known.seen(row), number, row.place_of(index), 1.0))
    return True


def _match_cell(cell: Cell, plan: CellPlan, anatomy: Anatomy, number: int, into: Matches, shared: _Shared) -> bool:
    if cell.span != plan.span or cell.column != plan.column:
        return False
    if cell.merge != plan.merge and not plan.is_shared:
        return False
    source = cell
    if plan.is_shared and cell.merge == "continue":
        if plan not in shared:
            return False
        seen, source = shared[plan]
    else:
        known = read_blanks(cell, plan, anatomy.names, "header" if number else "path")
        if known is None:
            return False
        if number and not cell.marks and ((said := words(cell.text)) in anatomy.labels or is_total(said)):
            return False  # a printed row may have been doubled, a total typed
        seen = known
        if plan.is_shared:
            shared[plan] = (seen, cell)
    for item in seen:
        into.found.append(Found(item, number, source.place, 1.0))
    return True
