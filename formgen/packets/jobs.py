"""Files to be and what became of them: the shared words of planning, filling, printing and writing.

A job is one packet's file. A press turns a job into parts; a part that could not be printed says why. What it says
about a field is put where the value comes from: the row of the dataset, where it is mended.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

from formgen.forms.manifest import Manifest
from formgen.problems import Place, Problem

if TYPE_CHECKING:
    from formgen.data.dataset import Scope

__all__ = ["FileJob", "FilledSheet", "Part", "Tally", "Volume", "row_numbers", "row_scope", "rows_in_error"]


@dataclass(frozen=True, slots=True)
class FilledSheet:
    """A form and the record to print on it."""

    manifest: Manifest
    record: Mapping[str, Any]
    key: str
    place: Place
    """Where the record stands in the dataset."""
    scope: Scope | None = None
    """What the record was built from; None where it was read as it is."""
    lost: Mapping[str, frozenset[int]] = field(default_factory=dict)
    """Table → numbers of the rows left out of it, as the scope counts them, from 1."""


@dataclass(frozen=True, slots=True)
class Volume:
    """A merged file that many jobs go into, one after the other."""

    path: str
    """Relative, with `/` between folders, without ending."""
    owner: str
    """Key of what the volume is for: a village, or the whole form."""


@dataclass(frozen=True, slots=True)
class FileJob:
    """A file to be: its sheets in print order, and what was found while filling them."""

    path: str
    """Relative, with `/` between folders, without ending."""
    packet: str
    owner: str
    sheets: Sequence[FilledSheet]
    problems: Sequence[Problem] = ()
    is_collection: bool = False
    """Each sheet is a record of its own: one that cannot be printed does not keep the others from it."""
    lost: Sequence[Problem] = ()
    """Why rows were left out of the file's registers."""
    unfilled: Sequence[str] = ()
    """Keys of the sheets that were left out before printing, and are not counted yet."""
    volume: Volume | None = None
    """The merged file that carriers which merge put the job into."""
    outline: tuple[str, ...] = ()
    """The job's bookmark in it, and those above."""


@dataclass(frozen=True, slots=True)
class Part:
    """What a press made of a job, or of some of its sheets."""

    stem: str
    ending: str
    sheets: Sequence[FilledSheet]
    content: Any
    """A file's bytes, or composed pages; None where a problem is an error."""
    found: Sequence[Problem]
    """What was found while printing, as the press says it: in a field of a form."""

    @property
    def problems(self) -> list[Problem]:
        """What was found, where the dataset has it."""
        return [_located(problem, self.sheets) for problem in self.found]


@dataclass
class Tally:
    """What a run came to. Problems are the run's own; the dataset's stand in the dataset."""

    files: int = 0
    sheets: int = 0
    left_out: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    per_packet: dict[str, list[int]] = field(default_factory=dict)
    """Packet name → [files, sheets, left out]."""
    is_withheld: bool = False
    """Something cannot be printed, so nothing was written: whoever prints decides first."""

    def withhold(self) -> None:
        """Nothing was written after all."""
        self.is_withheld = True
        self.files = self.sheets = 0
        self.per_packet = {}

    def count(self, packet: str, files: int, sheets: int, left_out: int) -> None:
        row = self.per_packet.setdefault(packet, [0, 0, 0])
        for index, more in enumerate((files, sheets, left_out)):
            row[index] += more
        self.files += files
        self.sheets += sheets


def rows_in_error(sheet: FilledSheet, errors: Sequence[Problem]) -> Mapping[str, frozenset[int]] | None:
    """Table → rows of a register that cannot be printed; None where the sheet itself cannot.

    A register stands for a place. Where a total is computed over the table, a row less would make it wrong.
    """
    found: dict[str, set[int]] = {}
    for problem in errors:
        if _is_about(problem, sheet):
            table = _table_of(sheet.manifest, problem.place)
            is_register = sheet.manifest.subject == "place"
            if not table or not is_register or any(item.total_of for item in sheet.manifest.fields):
                return None
            found.setdefault(table, set()).add(row_numbers(sheet, table)[int(problem.place.cell) - 1])
    return {table: frozenset(numbers) for table, numbers in found.items()}


def row_numbers(sheet: FilledSheet, table: str) -> list[int]:
    """The numbers that a table's printed rows have in the scope."""
    lost = sheet.lost.get(table, frozenset())
    return [number for number in range(1, len(sheet.record[table]) + len(lost) + 1) if number not in lost]


def row_scope(sheet: FilledSheet, table: str, number: int) -> Scope | None:
    """What one row was built from."""
    definition = sheet.manifest.field(table).table
    if sheet.scope is None or definition is None:
        return None
    return next(islice(sheet.scope.rows(definition.rows_of), number - 1, None), None)


def _is_about(problem: Problem, sheet: FilledSheet) -> bool:
    """Whether a problem that printing found is one with a field of this sheet."""
    return problem.place.file == sheet.manifest.id and problem.record == sheet.key


def _located(problem: Problem, sheets: Sequence[FilledSheet]) -> Problem:
    """A problem with a field of a form, at the row of the dataset; any other problem as it is."""
    for sheet in sheets:
        if _is_about(problem, sheet):
            place = _row_place(sheet, problem.place) if problem.place.cell else sheet.place
            label = f"{sheet.manifest.short} · {problem.place.label}"
            return problem.with_place(Place(place.file, place.part, place.cell, label))
    return problem


def _table_of(manifest: Manifest, place: Place) -> str:
    """The table a problem's place is in a row of; "" for a field outside tables."""
    for item in manifest.fields:
        if place.cell and item.table is not None and any(one.label == place.label for one in item.table.columns):
            return item.key
    return ""


def _row_place(sheet: FilledSheet, place: Place) -> Place:
    """Where a row of a form's table comes from; `place` has the printed row's number and the column's label."""
    table = _table_of(sheet.manifest, place)
    if table:
        row = row_scope(sheet, table, row_numbers(sheet, table)[int(place.cell) - 1])
        if row is not None:
            return row.place
    return Place(sheet.place.file, sheet.place.part, f"{sheet.place.cell}[{place.cell}]")
