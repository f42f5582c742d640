"""The press of fillable PDFs: every sheet a file of its own, to be filled in on a screen."""

from __future__ import annotations

from pathlib import Path

from formgen.forms.manifest import Manifest
from formgen.packets.jobs import FileJob, Part
from formgen.packets.ledger import Ledger
from formgen.packets.naming import NameKeeper
from formgen.packets.options import PrintOptions
from formgen.packets.press import FilePress
from formgen.problems import Problem
from formgen.rendering.acroform import CompiledAcroForm, compile_acroform
from formgen.rendering.pdf import Marks
from formgen.typeset.fonts import FontBook

__all__ = ["FormPress"]


class FormPress(FilePress):
    """Prints every sheet as a fillable PDF of its own."""

    def __init__(
        self, folder: Path, names: NameKeeper, ledger: Ledger, options: PrintOptions, picture_folder: Path
    ) -> None:
        super().__init__(folder, names, ledger)
        self._fonts = FontBook(options.font_dirs, is_editable=True)
        self._has_marks = options.has_marks
        self._picture_folder = picture_folder
        self._compiled: dict[str, CompiledAcroForm] = {}

    @property
    def problems(self) -> list[Problem]:
        return self._fonts.problems

    def print(self, job: FileJob) -> list[Part]:
        is_alone = len(job.sheets) == 1
        marks = Marks(job.owner) if self._has_marks else None
        parts = []
        for sheet in job.sheets:
            result = self._form(sheet.manifest).render(sheet.record, sheet.key, marks=marks)
            stem = job.path if is_alone else f"{job.path}-{sheet.manifest.short}"
            parts.append(Part(stem, ".pdf", [sheet], result.content, result.problems))
        return parts

    def _form(self, manifest: Manifest) -> CompiledAcroForm:
        """Raises: TemplateError (F-LAYOUT-001 …)."""
        if manifest.id not in self._compiled:
            self._compiled[manifest.id] = compile_acroform(manifest, self._fonts, self._picture_folder)
        return self._compiled[manifest.id]
