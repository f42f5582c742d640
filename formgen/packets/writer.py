"""From planned files to files on disk: build each record, have it printed, write what came out, name what did not.

A packet's file is written only if every sheet of it came out; otherwise it is left out and its problems say why. A
register goes without the rows that cannot be printed: each is a record of its own, left out and named.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace

from formgen.data.records import build_record
from formgen.packets.jobs import FileJob, FilledSheet, Part, Tally, row_numbers, row_scope, rows_in_error
from formgen.packets.plan import PlannedFile
from formgen.packets.press import Press
from formgen.problems import Problem

__all__ = ["PacketWriter"]


class PacketWriter:
    """Puts jobs through a press and keeps the tally."""

    def __init__(self, press: Press, tally: Tally, is_strict: bool) -> None:
        self.tally = tally
        self._press = press
        self._is_strict = is_strict

    def write_all(self, jobs: Iterable[FileJob]) -> Iterator[None]:
        """Print and write job after job, one step each; a strict run ends with the first that is left out."""
        for job, parts in self._press.print_all(self._prepared(job) for job in jobs):
            yield
            if not self._write(job, parts):
                return

    def finish(self) -> None:
        """End the last file."""
        self._press.close()
        self.tally.problems += self._press.problems

    def build(self, planned: PlannedFile) -> FileJob:
        """Fill the sheets of one planned file."""
        sheets: list[FilledSheet] = []
        problems: list[Problem] = []
        unfilled: list[str] = []
        for sheet in planned.sheets:
            record, found = build_record(sheet.manifest, sheet.scope)
            problems += found
            if planned.is_collection and any(problem.is_error for problem in found):
                unfilled.append(sheet.scope.key)
            else:
                sheets.append(FilledSheet(sheet.manifest, record, sheet.scope.key, sheet.scope.place, sheet.scope))
        return FileJob(
            planned.path,
            planned.packet,
            planned.owner,
            sheets,
            problems,
            planned.is_collection,
            unfilled=unfilled,
            volume=planned.volume,
            outline=planned.outline,
        )

    def _prepared(self, job: FileJob) -> FileJob:
        """The job as it is to be printed: with no sheet at all where a packet has an error.

        Of a collection only the sheets with errors are left out.
        """
        bad = {problem.record for problem in job.problems if problem.is_error}
        if bad and (self._is_strict or not job.is_collection):
            return replace(job, sheets=())
        return _without(job, bad)

    def _write(self, job: FileJob, parts: Sequence[Part]) -> bool:
        """Save what was printed of a job, or leave it out; False when a strict run has to stop here."""
        for key in job.unfilled:
            self._note_left_out(job.packet, key)
        if job.unfilled:
            job = replace(job, unfilled=())
        if not job.sheets:
            return self._leave_out(job)
        if any(part.content is None for part in parts):
            return self._write_rest(job, parts)
        for part in parts:
            files = self._press.save(job, part)
            self.tally.count(job.packet, files, len(part.sheets), 0)
        self.tally.problems += [*job.problems, *job.lost, *(problem for part in parts for problem in part.problems)]
        return True

    def _leave_out(self, job: FileJob) -> bool:
        self.tally.problems += [*job.problems, *job.lost]
        if not job.is_collection:
            self._note_left_out(job.packet, job.owner)
        return not self._is_strict

    def _write_rest(self, job: FileJob, parts: Sequence[Part]) -> bool:
        """The file without the rows, and of a collection without the sheets, that could not be printed; or none."""
        errors = [problem for part in parts for problem in part.found if problem.is_error]
        said = [problem for part in parts for problem in part.problems]
        rows = {sheet.key: rows_in_error(sheet, errors) for sheet in job.sheets}
        bad = {key for key, numbers in rows.items() if numbers is None}
        is_hopeless = not any(numbers is None or numbers for numbers in rows.values())
        if self._is_strict or is_hopeless or (bad and not job.is_collection):
            return self._leave_out(replace(job, problems=[*job.problems, *said], is_collection=False))
        rest = _without(job, bad)
        sheets = [self._trimmed(job.packet, sheet, rows[sheet.key] or {}) for sheet in rest.sheets]
        lost = [*job.lost, *(problem for problem in said if problem.is_error)]
        rest = replace(rest, sheets=sheets, lost=lost)  # its unfilled sheets are noted with it
        return self._write(rest, self._press.print(rest))

    def _trimmed(self, packet: str, sheet: FilledSheet, rows: Mapping[str, frozenset[int]]) -> FilledSheet:
        record, lost = dict(sheet.record), dict(sheet.lost)
        for table, numbers in rows.items():
            kept = [number for number in row_numbers(sheet, table) if number not in numbers]
            by_number = dict(zip(row_numbers(sheet, table), record[table], strict=True))
            record[table] = [by_number[number] for number in kept]
            lost[table] = lost.get(table, frozenset()) | numbers
            for number in sorted(numbers):
                row = row_scope(sheet, table, number)
                self._note_left_out(packet, row.key if row is not None else f"{sheet.key}[{number}]")
        return replace(sheet, record=record, lost=lost)

    def _note_left_out(self, packet: str, key: str) -> None:
        self.tally.left_out.append(key)
        self.tally.count(packet, 0, 0, 1)


def _without(job: FileJob, bad: Set[str | None]) -> FileJob:
    """The job without its bad sheets, which count as not filled."""
    if not bad:
        return job
    unfilled = [sheet.key for sheet in job.sheets if sheet.key in bad]
    sheets = [sheet for sheet in job.sheets if sheet.key not in bad]
    return replace(job, sheets=sheets, unfilled=[*job.unfilled, *unfilled])
