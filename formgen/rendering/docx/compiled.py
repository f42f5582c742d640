"""A Word template compiled once and filled many times.

In: a manifest with a form.docx; then records. Out: files, each with the problems that came up while printing it.
A value too long for its box is printed smaller, down to the field's smallest size; free text that even that does not
hold goes on on a continuation sheet. Where there must not be one, there is no file but a problem that says how many
characters are too many.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from formgen.forms.manifest import Manifest
from formgen.problems import Problem
from formgen.rendering import Rendered
from formgen.rendering.context import ContextPlan
from formgen.rendering.continuation import continuation_of
from formgen.rendering.docx.pictures import PictureBook, PicturePlan
from formgen.rendering.docx.programs import CORE, TemplateParts, Variant
from formgen.rendering.docx.properties import CUSTOM, CustomProperties, linked_parts
from formgen.rendering.docx.sheets import Sheet, write_sheets
from formgen.rendering.docx.sizes import SizeKeeper
from formgen.rendering.docx.wordml import DOCUMENT
from formgen.rendering.package import PackageTemplate

__all__ = ["CompiledDocx", "compile_docx"]

LONG_TABLE = 500
"""Rows from which on a document is deflated piece by piece: XML of a long register is some 10 kB a row."""


def compile_docx(manifest: Manifest, picture_folder: Path = Path()) -> CompiledDocx:
    """Compile the form's Word template. Paths of pictures in records are relative to `picture_folder`.

    Raises:
        InputError: F-FILE-001 … 005, the file. TemplateError: F-TPL-001 … 005, a tag, with its paragraph.
    """
    return CompiledDocx(manifest, picture_folder)


class CompiledDocx:
    """One form's Word template, ready to be filled."""

    def __init__(self, manifest: Manifest, picture_folder: Path = Path()) -> None:
        self.manifest = manifest
        self.picture_folder = picture_folder
        self.package = PackageTemplate(manifest.template("docx"), "docx")
        self.parts = TemplateParts(manifest, self.package)
        self.properties = CustomProperties(self.package, manifest.id, manifest.version)
        self.plan = ContextPlan(manifest)
        self.sizes = SizeKeeper(manifest.id, self.parts.sites)
        self.pictures = PicturePlan(manifest, self.parts.sites)
        self._linked = linked_parts(self.package)
        self._plain = self.parts.programs(Variant())

    def render(self, record: Mapping[str, Any], record_key: str) -> Rendered:
        """One file of one sheet.

        Raises: TemplateError (F-TPL-006): an expression of the template fails with these values.
        """
        book = PictureBook(self.picture_folder)
        sheet, problems = self.fill(record, record_key, book)
        context = sheet.context
        if any(problem.is_error for problem in problems):
            return Rendered(None, problems)
        if sheet.continuation is not None:
            return Rendered(write_sheets([sheet], self.properties.single(record_key), book), problems)
        programs = self.parts.programs(Variant(is_fitted=True)) if sheet.is_fitted else self._plain
        is_long = any(len(value) > LONG_TABLE for value in context.values() if isinstance(value, list))
        streamed = DOCUMENT if is_long and DOCUMENT in programs else ""
        changed = {name: program.render(context) for name, program in programs.items() if name != streamed}
        self._complete(changed, context, record_key, book)
        if not streamed:
            return Rendered(self.package.assemble(changed), problems)
        file = io.BytesIO()
        self.package.write_streamed(file, changed, DOCUMENT, programs[DOCUMENT].chunks(context))
        return Rendered(file.getvalue(), problems)

    def fill(self, record: Mapping[str, Any], record_key: str, book: PictureBook) -> tuple[Sheet, tuple[Problem, ...]]:
        """The sheet of a record, and all that has to be said about it."""
        filled = self.plan.fill(record, record_key)
        context = filled.context
        checked = self.sizes.check(context, record_key)
        placed = self.pictures.place(context, record, record_key, book)
        if checked.shrunk:
            self.sizes.apply(context, checked.shrunk)
        continuation = continuation_of(self.manifest, record, checked.continued) if checked.cuts else None
        sheet = Sheet(self, context, bool(checked.shrunk), continuation)
        return sheet, (*filled.problems, *checked.problems, *placed)

    def render_blank(self) -> Rendered:
        """The empty form, with the rows it is printed with."""
        context = self.plan.blank()
        changed = {name: program.render(context) for name, program in self._plain.items()}
        self._complete(changed, context, "", PictureBook(self.picture_folder))
        return Rendered(self.package.assemble(changed))

    def _complete(self, changed: dict[str, bytes], context: dict[str, Any], record_key: str, book: PictureBook) -> None:
        """Add the parts beside the printed ones: properties, relationships, pictures."""
        if self.parts.core is not None:
            changed[CORE] = self.parts.core.render(context)
        changed[CUSTOM] = self.properties.single(record_key)
        changed.update(self._linked)
        book.add_to(changed, self.package)
