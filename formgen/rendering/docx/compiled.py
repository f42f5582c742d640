"""A Word template compiled once and filled many times.

In: a manifest with a form.docx; then records. Out: files, each with the problems that came up while printing it.
A value too long for its box is printed smaller, down to the field's smallest size; where even that does not hold it,
there is no file but a problem that says how many characters are too many.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from formgen.forms.manifest import Manifest
from formgen.rendering import Rendered
from formgen.rendering.context import ContextPlan
from formgen.rendering.docx.programs import CORE, TemplateParts, Variant
from formgen.rendering.docx.properties import CUSTOM, CustomProperties, linked_parts
from formgen.rendering.docx.sizes import SizeKeeper
from formgen.rendering.package import PackageTemplate

__all__ = ["CompiledDocx", "compile_docx"]


def compile_docx(manifest: Manifest) -> CompiledDocx:
    """Compile the form's Word template.

    Raises:
        InputError: F-FILE-001 … 005, the file. TemplateError: F-TPL-001 … 005, a tag, with its paragraph.
    """
    return CompiledDocx(manifest)


class CompiledDocx:
    """One form's Word template, ready to be filled."""

    def __init__(self, manifest: Manifest) -> None:
        self.manifest = manifest
        self.package = PackageTemplate(manifest.template("docx"), "docx")
        self.parts = TemplateParts(manifest, self.package)
        self.properties = CustomProperties(self.package, manifest.id, manifest.version)
        self.plan = ContextPlan(manifest)
        self.sizes = SizeKeeper(manifest.id, self.parts.sites)
        self._linked = linked_parts(self.package)
        self._plain = self.parts.programs(Variant())

    def render(self, record: Mapping[str, Any], record_key: str) -> Rendered:
        """One file of one sheet.

        Raises: TemplateError (F-TPL-006): an expression of the template fails with these values.
        """
        filled = self.plan.fill(record, record_key)
        shrunk, problems = self.sizes.check(filled.context, record_key)
        if problems:
            return Rendered(None, (*filled.problems, *problems))
        programs = self._plain
        if shrunk:
            self.sizes.apply(filled.context, shrunk)
            programs = self.parts.programs(Variant(is_fitted=True))
        changed = {name: program.render(filled.context) for name, program in programs.items()}
        return Rendered(self._assemble(changed, filled.context, record_key), filled.problems)

    def render_blank(self) -> Rendered:
        """The empty form, with the rows it is printed with."""
        context = self.plan.blank()
        changed = {name: program.render(context) for name, program in self._plain.items()}
        return Rendered(self._assemble(changed, context, ""))

    def _assemble(self, changed: dict[str, bytes], context: dict[str, Any], record_key: str) -> bytes:
        if self.parts.core is not None:
            changed[CORE] = self.parts.core.render(context)
        changed[CUSTOM] = self.properties.single(record_key)
        return self.package.assemble({**self._linked, **changed} if self._linked else changed)
