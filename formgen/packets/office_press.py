"""The press of Word and Excel."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from formgen.forms.manifest import Carrier
from formgen.packets.jobs import FileJob, FilledSheet, Part
from formgen.packets.ledger import Ledger
from formgen.packets.naming import NameKeeper
from formgen.packets.press import FilePress
from formgen.packets.templates import Templates
from formgen.rendering.docx import merge

__all__ = ["OfficePress"]


class OfficePress(FilePress):
    """One Word file a job, or a workbook for each sheet that has an Excel template and Word for the others."""

    def __init__(self, folder: Path, names: NameKeeper, ledger: Ledger, carrier: Carrier, templates: Templates) -> None:
        super().__init__(folder, names, ledger)
        self._carrier: Carrier = carrier
        self._templates = templates

    def print(self, job: FileJob) -> Sequence[Part]:
        return list(self._print(job))

    def _print(self, job: FileJob) -> Iterator[Part]:
        pages: list[FilledSheet] = []
        for sheet in job.sheets:
            if self._carrier == "xlsx" and "xlsx" in sheet.manifest.carriers:
                stem = job.path if len(job.sheets) == 1 else f"{job.path}-{sheet.manifest.short}"
                result = self._templates.xlsx(sheet.manifest).render(sheet.record, sheet.key)
                yield Part(stem, ".xlsx", [sheet], result.content, result.problems)
            else:
                pages.append(sheet)
        if len(pages) == 1:
            page = pages[0]
            result = self._templates.docx(page.manifest).render(page.record, page.key)
            yield Part(job.path, ".docx", pages, result.content, result.problems)
        elif pages:
            merged = merge([(self._templates.docx(page.manifest), page.record, page.key) for page in pages])
            yield Part(job.path, ".docx", pages, merged.content, merged.problems)
