"""A press prints jobs as files of one carrier: the contract, and what presses of single files share."""

from __future__ import annotations

import abc
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

from formgen.files import make_folder, write_whole
from formgen.packets.jobs import FileJob, FilledSheet, Part
from formgen.packets.ledger import FileEntry, Ledger, SheetEntry
from formgen.packets.naming import NameKeeper
from formgen.problems import Problem

__all__ = ["FilePress", "Press", "Printed", "sheet_entries"]

Printed = tuple[FileJob, Sequence[Part]]


class Press(Protocol):
    """Prints jobs and saves what it printed."""

    @property
    def problems(self) -> Sequence[Problem]:
        """What concerns the run and no single job; complete when the press is closed."""
        ...

    def print(self, job: FileJob) -> Sequence[Part]:
        """The parts of one job; none where it has no sheets."""
        ...

    def print_all(self, jobs: Iterable[FileJob]) -> Iterator[Printed]:
        """Every job with its parts, in the order of the jobs."""
        ...

    def save(self, job: FileJob, part: Part) -> int:
        """Put one part where it belongs; how many files were begun. Raises: OutputError."""
        ...

    def close(self) -> None:
        """End the file that is still open. Raises: OutputError."""
        ...

    def abandon(self) -> None:
        """Let go of the file that is still open, whole or not."""
        ...


class FilePress(abc.ABC):
    """Prints every part into a file of its own."""

    def __init__(self, folder: Path, names: NameKeeper, ledger: Ledger) -> None:
        self._folder = folder
        self._names = names
        self._ledger = ledger
        self._folders: set[Path] = set()

    @property
    def problems(self) -> Sequence[Problem]:
        return ()

    @abc.abstractmethod
    def print(self, job: FileJob) -> Sequence[Part]:
        """The parts of one job. Raises: TemplateError."""

    def print_all(self, jobs: Iterable[FileJob]) -> Iterator[Printed]:
        for job in jobs:
            yield job, self.print(job)

    def save(self, job: FileJob, part: Part) -> int:
        relative = self._names.claim(part.stem, part.ending, job.owner)
        target = self._folder / relative
        if target.parent not in self._folders:
            self._folders.add(make_folder(target.parent))
        write_whole(target, part.content)
        digest = hashlib.sha256(part.content).hexdigest()
        problems = (*job.problems, *job.lost, *part.problems)
        self._ledger.add(FileEntry(relative, digest, job.packet, job.owner, sheet_entries(part.sheets), problems))
        return 1

    def close(self) -> None:  # noqa: B027 - nothing is left to do
        """Every file was closed when it was saved."""

    def abandon(self) -> None:  # noqa: B027 - nothing is left to do
        """No file stays open."""


def sheet_entries(sheets: Iterable[FilledSheet]) -> list[SheetEntry]:
    return [SheetEntry(sheet.manifest.id, sheet.manifest.version, sheet.key) for sheet in sheets]
