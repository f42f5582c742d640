"""From planned files to files on disk: build each record, render it, name it, write it whole.

A packet's file is written only if every sheet of it came out; otherwise it is left out and its problems say why. A
register goes without the rows that cannot be printed: each is a record of its own, left out and named.
What rendering has to say about a field is said at the row of the dataset that the value comes from: it is mended there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any

from formgen.data.dataset import Scope
from formgen.data.records import build_record
from formgen.files import make_folder, write_whole
from formgen.forms.manifest import Carrier, Manifest
from formgen.packets.ledger import FileEntry, Ledger, SheetEntry
from formgen.packets.naming import NameKeeper
from formgen.packets.plan import PlannedFile
from formgen.packets.templates import Templates
from formgen.problems import Place, Problem
from formgen.rendering import Rendered
from formgen.rendering.docx import merge

__all__ = ["FileJob", "FilledSheet", "PacketWriter", "Tally"]

SHOWN_LEFTOVERS = 5


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


@dataclass(frozen=True, slots=True)
class _Part:
    """One rendered file of a job."""

    stem: str
    ending: str
    sheets: Sequence[FilledSheet]
    result: Rendered

    @property
    def problems(self) -> list[Problem]:
        """What rendering had to say, where the dataset has it."""
        return [_located(problem, self.sheets) for problem in self.result.problems]


@dataclass
class Tally:
    """What a run came to. Problems are the run's own; the dataset's stand in the dataset."""

    files: int = 0
    sheets: int = 0
    left_out: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    per_packet: dict[str, list[int]] = field(default_factory=dict)
    """Packet name → [files, sheets, left out]."""

    def count(self, packet: str, files: int, sheets: int, left_out: int) -> None:
        row = self.per_packet.setdefault(packet, [0, 0, 0])
        for index, more in enumerate((files, sheets, left_out)):
            row[index] += more
        self.files += files
        self.sheets += sheets


class PacketWriter:
    """Writes planned files below one folder."""

    def __init__(
        self, folder: Path, carrier: Carrier, names: NameKeeper, ledger: Ledger, source: Path, is_strict: bool
    ) -> None:
        self.folder = folder
        self.carrier: Carrier = carrier
        self.tally = Tally()
        self.templates = Templates(source if source.is_dir() else source.parent)
        self._names = names
        self._ledger = ledger
        self._is_strict = is_strict
        self._folders: set[Path] = set()

    def write_planned(self, planned: PlannedFile) -> bool:
        """Fill the sheets of one planned file and write it; False when a strict run has to stop here."""
        sheets: list[FilledSheet] = []
        problems: list[Problem] = []
        for sheet in planned.sheets:
            record, found = build_record(sheet.manifest, sheet.scope)
            problems += found
            if planned.is_collection and any(problem.is_error for problem in found):
                self._note_left_out(planned.packet, sheet.scope.key)
            else:
                sheets.append(FilledSheet(sheet.manifest, record, sheet.scope.key, sheet.scope.place, sheet.scope))
        job = FileJob(planned.path, planned.packet, planned.owner, sheets, problems, planned.is_collection)
        return self.write(job)

    def write(self, job: FileJob) -> bool:
        """Render a file's sheets and write it whole, or leave it out; False when a strict run has to stop here.

        Of a collection only the sheets with errors are left out.
        """
        bad = {problem.record for problem in job.problems if problem.is_error}
        if bad and (self._is_strict or not job.is_collection):
            return self.leave_out(job)
        job = self._without(job, bad)
        if not job.sheets:
            return self.leave_out(job)
        rendered = list(self._render(job))
        if any(part.result.content is None for part in rendered):
            return self._write_rest(job, rendered)
        for part in rendered:
            self._save(job, part)
        self.tally.problems += [*job.problems, *job.lost, *(problem for part in rendered for problem in part.problems)]
        return True

    def name_leftovers(self) -> None:
        """Warn of files that an earlier run listed and this one does not have. The manifest does not tell of them: it
        is the same for the same dataset, whatever lay in the folder."""
        left = [path for path in self._names.unclaimed() if (self.folder / path).is_file()]
        if left and not (self._is_strict and self.tally.left_out):
            shown = "、".join((*left[:SHOWN_LEFTOVERS], *(["…"] if len(left) > SHOWN_LEFTOVERS else [])))
            place = Place(str(self.folder))
            self.tally.problems.append(Problem("F-PACK-005", place, shown, {"count": str(len(left))}))

    def leave_out(self, job: FileJob) -> bool:
        self.tally.problems += [*job.problems, *job.lost]
        if not job.is_collection:
            self._note_left_out(job.packet, job.owner)
        return not self._is_strict

    def _write_rest(self, job: FileJob, rendered: Sequence[_Part]) -> bool:
        """The file without the rows, and of a collection without the sheets, that could not be printed; or none."""
        errors = [problem for part in rendered for problem in part.result.problems if problem.is_error]
        said = [problem for part in rendered for problem in part.problems]
        rows = {sheet.key: _rows_in_error(sheet, errors) for sheet in job.sheets}
        bad = {key for key, numbers in rows.items() if numbers is None}
        is_hopeless = not any(numbers is None or numbers for numbers in rows.values())
        if self._is_strict or is_hopeless or (bad and not job.is_collection):
            return self.leave_out(replace(job, problems=[*job.problems, *said], is_collection=False))
        rest = self._without(job, bad)
        sheets = [self._trimmed(job.packet, sheet, rows[sheet.key] or {}) for sheet in rest.sheets]
        lost = [*job.lost, *(problem for problem in said if problem.is_error)]
        return self.write(replace(rest, sheets=sheets, lost=lost))

    def _trimmed(self, packet: str, sheet: FilledSheet, rows: Mapping[str, frozenset[int]]) -> FilledSheet:
        record, lost = dict(sheet.record), dict(sheet.lost)
        for table, numbers in rows.items():
            kept = [number for number in _numbers(sheet, table) if number not in numbers]
            by_number = dict(zip(_numbers(sheet, table), record[table], strict=True))
            record[table] = [by_number[number] for number in kept]
            lost[table] = lost.get(table, frozenset()) | numbers
            for number in sorted(numbers):
                row = _row_scope(sheet, table, number)
                self._note_left_out(packet, row.key if row is not None else f"{sheet.key}[{number}]")
        return replace(sheet, record=record, lost=lost)

    def _without(self, job: FileJob, bad: Set[str | None]) -> FileJob:
        for sheet in job.sheets:
            if sheet.key in bad:
                self._note_left_out(job.packet, sheet.key)
        return replace(job, sheets=[sheet for sheet in job.sheets if sheet.key not in bad]) if bad else job

    def _render(self, job: FileJob) -> Iterator[_Part]:
        """One Word file, or a workbook for each sheet that has an Excel template and Word for the others."""
        pages: list[FilledSheet] = []
        for sheet in job.sheets:
            if self.carrier == "xlsx" and "xlsx" in sheet.manifest.carriers:
                stem = job.path if len(job.sheets) == 1 else f"{job.path}-{sheet.manifest.short}"
                result = self.templates.xlsx(sheet.manifest).render(sheet.record, sheet.key)
                yield _Part(stem, ".xlsx", [sheet], result)
            else:
                pages.append(sheet)
        if len(pages) == 1:
            page = pages[0]
            yield _Part(job.path, ".docx", pages, self.templates.docx(page.manifest).render(page.record, page.key))
        elif pages:
            merged = merge([(self.templates.docx(page.manifest), page.record, page.key) for page in pages])
            yield _Part(job.path, ".docx", pages, merged)

    def _save(self, job: FileJob, part: _Part) -> None:
        assert part.result.content is not None
        relative = self._names.claim(part.stem, part.ending, job.owner)
        target = self.folder / relative
        if target.parent not in self._folders:
            self._folders.add(make_folder(target.parent))
        write_whole(target, part.result.content)
        entries = [SheetEntry(sheet.manifest.id, sheet.manifest.version, sheet.key) for sheet in part.sheets]
        digest = hashlib.sha256(part.result.content).hexdigest()
        problems = (*job.problems, *job.lost, *part.problems)
        self._ledger.add(FileEntry(relative, digest, job.packet, job.owner, entries, problems))
        self.tally.count(job.packet, 1, len(part.sheets), 0)

    def _note_left_out(self, packet: str, key: str) -> None:
        self.tally.left_out.append(key)
        self.tally.count(packet, 0, 0, 1)


def _is_about(problem: Problem, sheet: FilledSheet) -> bool:
    """Whether a problem that rendering found is one with a field of this sheet."""
    return problem.place.file == sheet.manifest.id and problem.record == sheet.key


def _located(problem: Problem, sheets: Sequence[FilledSheet]) -> Problem:
    """A problem with a field of a form, at the row of the dataset; any other problem as it is."""
    for sheet in sheets:
        if _is_about(problem, sheet):
            place = _row_place(sheet, problem.place) if problem.place.cell else sheet.place
            label = f"{sheet.manifest.short} · {problem.place.label}"
            return problem.with_place(Place(place.file, place.part, place.cell, label))
    return problem


def _rows_in_error(sheet: FilledSheet, errors: Sequence[Problem]) -> Mapping[str, frozenset[int]] | None:
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
            found.setdefault(table, set()).add(_numbers(sheet, table)[int(problem.place.cell) - 1])
    return {table: frozenset(numbers) for table, numbers in found.items()}


def _table_of(manifest: Manifest, place: Place) -> str:
    """The table a problem's place is in a row of; "" for a field outside tables."""
    for item in manifest.fields:
        if place.cell and item.table is not None and any(one.label == place.label for one in item.table.columns):
            return item.key
    return ""


def _numbers(sheet: FilledSheet, table: str) -> list[int]:
    """The numbers that a table's printed rows have in the scope."""
    lost = sheet.lost.get(table, frozenset())
    return [number for number in range(1, len(sheet.record[table]) + len(lost) + 1) if number not in lost]


def _row_scope(sheet: FilledSheet, table: str, number: int) -> Scope | None:
    """What one row was built from."""
    definition = sheet.manifest.field(table).table
    if sheet.scope is None or definition is None:
        return None
    return next(islice(sheet.scope.rows(definition.rows_of), number - 1, None), None)


def _row_place(sheet: FilledSheet, place: Place) -> Place:
    """Where a row of a form's table comes from; `place` has the printed row's number and the column's label."""
    table = _table_of(sheet.manifest, place)
    if table:
        row = _row_scope(sheet, table, _numbers(sheet, table)[int(place.cell) - 1])
        if row is not None:
            return row.place
    return Place(sheet.place.file, sheet.place.part, f"{sheet.place.cell}[{place.cell}]")
