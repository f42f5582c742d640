"""From planned files to files on disk: build each record, render it, name it, write it whole.

A file is written only if every sheet of it came out; otherwise it is left out and its problems say why.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from formgen.data.records import build_record
from formgen.files import make_folder, write_whole
from formgen.forms.manifest import Carrier, Manifest
from formgen.packets.ledger import FileEntry, Ledger, SheetEntry
from formgen.packets.naming import NameKeeper
from formgen.packets.plan import PlannedFile, PlannedSheet
from formgen.packets.templates import Templates
from formgen.problems import Problem
from formgen.rendering import Rendered
from formgen.rendering.docx import merge

__all__ = ["FilledSheet", "PacketWriter", "Tally"]


@dataclass(frozen=True, slots=True)
class FilledSheet:
    """A form and the record to print on it."""

    manifest: Manifest
    record: Mapping[str, Any]
    key: str


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

    def __init__(self, folder: Path, carrier: Carrier, names: NameKeeper, ledger: Ledger, is_strict: bool) -> None:
        self.folder = folder
        self.carrier: Carrier = carrier
        self.tally = Tally()
        self.templates = Templates()
        self._names = names
        self._ledger = ledger
        self._is_strict = is_strict
        self._folders: set[Path] = set()

    def write_planned(self, planned: PlannedFile) -> bool:
        """Fill the sheets of one planned file and write it; False when a strict run has to stop here."""
        sheets: list[FilledSheet] = []
        problems: list[Problem] = []
        for sheet in planned.sheets:
            filled, found = _fill(sheet)
            problems += found
            sheets.append(filled)
        if any(problem.is_error for problem in problems):
            return self.leave_out(planned.packet, planned.owner, problems)
        return self.write(planned.path, planned.packet, planned.owner, sheets, problems)

    def write(
        self, path: str, packet: str, owner: str, sheets: Sequence[FilledSheet], problems: Sequence[Problem] = ()
    ) -> bool:
        """Render sheets into one Word file, or each that has an Excel template into a workbook of its own."""
        rendered = list(self._render(path, sheets))
        found = [*problems, *(problem for _, _, _, result in rendered for problem in result.problems)]
        if any(result.content is None for _, _, _, result in rendered):
            return self.leave_out(packet, owner, found)
        for stem, ending, group, result in rendered:
            self._save(stem, ending, packet, owner, group, result, problems)
        self.tally.problems += found
        return True

    def _render(
        self, path: str, sheets: Sequence[FilledSheet]
    ) -> Iterator[tuple[str, str, Sequence[FilledSheet], Rendered]]:
        books = [sheet for sheet in sheets if self.carrier == "xlsx" and "xlsx" in sheet.manifest.carriers]
        pages = [sheet for sheet in sheets if sheet not in books]
        for book in books:
            stem = path if len(sheets) == 1 else f"{path}-{book.manifest.short}"
            yield stem, ".xlsx", [book], self.templates.xlsx(book.manifest).render(book.record, book.key)
        if len(pages) == 1:
            page = pages[0]
            yield path, ".docx", pages, self.templates.docx(page.manifest).render(page.record, page.key)
        elif pages:
            merged = merge([(self.templates.docx(page.manifest), page.record, page.key) for page in pages])
            yield path, ".docx", pages, merged

    def _save(
        self,
        stem: str,
        ending: str,
        packet: str,
        owner: str,
        sheets: Sequence[FilledSheet],
        rendered: Rendered,
        problems: Sequence[Problem],
    ) -> None:
        assert rendered.content is not None
        relative = self._names.claim(stem, ending, owner)
        target = self.folder / relative
        if target.parent not in self._folders:
            self._folders.add(make_folder(target.parent))
        write_whole(target, rendered.content)
        entries = [SheetEntry(sheet.manifest.id, sheet.manifest.version, sheet.key) for sheet in sheets]
        digest = hashlib.sha256(rendered.content).hexdigest()
        self._ledger.add(FileEntry(relative, digest, packet, owner, entries, (*problems, *rendered.problems)))
        self.tally.count(packet, 1, len(sheets), 0)

    def leave_out(self, packet: str, owner: str, problems: Sequence[Problem]) -> bool:
        self.tally.problems += problems
        self.tally.left_out.append(owner)
        self.tally.count(packet, 0, 0, 1)
        return not self._is_strict


def _fill(sheet: PlannedSheet) -> tuple[FilledSheet, Sequence[Problem]]:
    record, problems = build_record(sheet.manifest, sheet.scope)
    return FilledSheet(sheet.manifest, record, sheet.scope.key), problems
