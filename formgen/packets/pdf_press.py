"""The press of PDF: merged files that grow while their pages come, and fillable forms.

Pages are composed job by job, in this process or in others; the file is written here, in the order of the jobs,
whatever finishes first. A job that cannot be printed never reaches the file, so that the file stays whole.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, cast

from formgen.files import make_folder, output_error
from formgen.packets.cards import CardStack, is_card
from formgen.packets.composing import ComposedSheet, Composer, compose_parallel, task_of
from formgen.packets.jobs import FileJob, Part
from formgen.packets.ledger import Ledger
from formgen.packets.naming import NameKeeper
from formgen.packets.options import PrintOptions
from formgen.packets.press import Printed, sheet_entries
from formgen.problems import Problem
from formgen.rendering.pdf import ComposedPage, Identity, PdfFile
from formgen.rendering.pdf.imposing import pad_duplex
from formgen.rendering.pdf.sides import blank_like

__all__ = ["PdfPress"]

ENDING = ".pdf"


class PdfPress:
    """Prints jobs as pages: into their volume's file, or each into a file of its own."""

    def __init__(
        self, folder: Path, names: NameKeeper, ledger: Ledger, options: PrintOptions, picture_folder: Path
    ) -> None:
        self._folder = folder
        self._names = names
        self._ledger = ledger
        self._options = options
        self._composer = Composer(options, picture_folder)
        self._open: _OpenFile | None = None
        self._has_cards = False

    @property
    def problems(self) -> list[Problem]:
        found = list(self._composer.fonts.problems)
        if self._options.per_sheet is not None and not self._has_cards:
            found.append(Problem("F-PRINT-002"))
        return found

    def print(self, job: FileJob) -> list[Part]:
        return self._parts(job, self._composer.compose(task_of(job)))

    def print_all(self, jobs: Iterable[FileJob]) -> Iterator[Printed]:
        if self._options.jobs == 1:
            for job in jobs:
                yield job, self.print(job)
            return
        for job, sheets in compose_parallel(self._composer, ((job, task_of(job)) for job in jobs)):
            yield job, self._parts(job, sheets)

    def save(self, job: FileJob, part: Part) -> int:
        is_alone = self._options.is_single or job.volume is None
        stem, owner = (part.stem, job.owner) if is_alone or job.volume is None else (job.volume.path, job.volume.owner)
        begun = 0
        if self._open is None or is_alone or self._open.stem != stem:
            self.close()
            self._open = self._begin(job, stem, owner, part, is_alone)
            begun = 1
        self._open.add(job, part)
        self._has_cards = self._has_cards or self._open.has_cards
        self._ledger.add_sheets(sheet_entries(part.sheets))
        if is_alone:
            self.close()
        return begun

    def close(self) -> None:
        if self._open is not None:
            file, self._open = self._open, None
            file.close()
            self._ledger.end(file.sha256, file.problems)

    def abandon(self) -> None:
        if self._open is not None:
            self._open.abandon()

    def _begin(self, job: FileJob, stem: str, owner: str, part: Part, is_alone: bool) -> _OpenFile:
        relative = self._names.claim(stem, ENDING, owner)
        path = self._folder / relative
        make_folder(path.parent)
        self._ledger.begin(relative, job.packet, owner)
        return _OpenFile(path, stem, _identity(part, is_alone), self._options)

    @staticmethod
    def _parts(job: FileJob, sheets: Sequence[ComposedSheet]) -> list[Part]:
        if not job.sheets:
            return []
        found = [problem for sheet in sheets for problem in sheet.problems]
        is_whole = all(sheet.copies is not None for sheet in sheets)
        return [Part(job.path, ENDING, job.sheets, [sheet.copies for sheet in sheets] if is_whole else None, found)]


def _identity(part: Part, is_alone: bool) -> Identity:
    """What the file's properties say: never a person's name, which only the path and the bookmarks tell."""
    first = part.sheets[0]
    manifest = first.manifest
    if is_alone and len(part.sheets) == 1:
        return Identity(manifest.title, manifest.id, manifest.version, first.key)
    return Identity(manifest.title)


class _OpenFile:
    """A file that still takes pages. It lies in a run's staging folder: nobody sees it before it is whole."""

    def __init__(self, path: Path, stem: str, identity: Identity, options: PrintOptions) -> None:
        self.stem = stem
        self._is_duplex = options.is_duplex
        self._cards = CardStack(options.per_sheet, options.is_duplex) if options.per_sheet is not None else None
        self.sha256 = ""
        self.problems: list[Problem] = []
        self._path = path
        with self._translated():
            self._stream = _Hashed(path.open("wb"))
            self._file = PdfFile(cast(IO[bytes], self._stream), identity)

    def add(self, job: FileJob, part: Part) -> None:
        self.problems += [*job.problems, *job.lost, *part.problems]
        has_many = len(part.sheets) > 1
        with self._translated():
            for sheet, copies in zip(part.sheets, part.content, strict=True):
                outline = (*job.outline, sheet.manifest.short) if has_many else job.outline
                self._add_copies(copies, outline)

    @property
    def has_cards(self) -> bool:
        """Whether a form of this file stood with others on one page."""
        return self._cards is not None and self._cards.count > 0

    def _add_copies(self, copies: Sequence[Sequence[ComposedPage]], outline: tuple[str, ...]) -> None:
        if self._cards is not None and is_card(copies[0]):
            for pages in copies:
                self._add_sides(self._cards.put(pages, outline))
            return
        if self._cards is not None:
            self._add_sides(self._cards.flush())
        if self._is_duplex:
            copies = list(pad_duplex(copies, blank_like))
        for pages in copies:
            self._file.add(pages, outline)

    def _add_sides(self, sides: Iterable[tuple[ComposedPage, tuple[str, ...]]]) -> None:
        for page, outline in sides:
            self._file.add([page], outline)

    def close(self) -> None:
        with self._translated():
            if self._cards is not None:
                self._add_sides(self._cards.flush())
            self._file.close()
            self._stream.close()
        self.sha256 = self._stream.digest.hexdigest()

    def abandon(self) -> None:
        with contextlib.suppress(OSError):  # the disk may still be full, which was said already
            self._stream.close()

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except OSError as exc:
            raise output_error(self._path, exc) from exc


class _Hashed:
    """A stream to write to that knows the digest of what was written."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.digest = hashlib.sha256()

    def write(self, content: bytes) -> int:
        self.digest.update(content)
        return self._stream.write(content)

    def close(self) -> None:
        self._stream.close()
