"""The templates of a run, each compiled when first used, once."""

from __future__ import annotations

from pathlib import Path

from formgen.errors import TemplateError
from formgen.forms.manifest import Manifest, TemplateKind
from formgen.problems import Place, Problem
from formgen.rendering.docx import CompiledDocx, compile_docx
from formgen.rendering.xlsx import CompiledXlsx, compile_xlsx

__all__ = ["Templates"]


class Templates:
    """Compiled templates by form."""

    def __init__(self, picture_folder: Path = Path()) -> None:
        """`picture_folder`: what the paths of a dataset's pictures are relative to."""
        self._picture_folder = picture_folder
        self._docx: dict[str, CompiledDocx] = {}
        self._xlsx: dict[str, CompiledXlsx] = {}

    def docx(self, manifest: Manifest) -> CompiledDocx:
        """Raises: TemplateError (F-PACK-001: the form has no Word template)."""
        if manifest.id not in self._docx:
            self._docx[manifest.id] = compile_docx(_with_template(manifest, "docx"), self._picture_folder)
        return self._docx[manifest.id]

    def xlsx(self, manifest: Manifest) -> CompiledXlsx:
        """Raises: TemplateError (F-PACK-001: the form has no Excel template)."""
        if manifest.id not in self._xlsx:
            self._xlsx[manifest.id] = compile_xlsx(_with_template(manifest, "xlsx"))
        return self._xlsx[manifest.id]


def _with_template(manifest: Manifest, kind: TemplateKind) -> Manifest:
    if kind not in manifest.templates:
        known = ", ".join(manifest.carriers)
        raise TemplateError(Problem("F-PACK-001", Place(manifest.id), kind, {"known": known}))
    return manifest
