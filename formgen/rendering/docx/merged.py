"""Many sheets in one Word file, of one form or of several, in the order given.

Each sheet is a section with its own page set-up, headers and footers, followed by its continuation sheet where a text
is too long; ids and bookmarks are unique over the file (f_name in the first sheet, f2_name in the second). The file's
parts that no sheet changes (styles, settings, fonts) are the first template's, so all templates must have the same
styles and numbering.

Limits: footnotes, endnotes and comments cannot be merged; those of formgen.rendering.docx.sheets.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from formgen.errors import TemplateError
from formgen.problems import Place, Problem
from formgen.rendering import Rendered
from formgen.rendering.docx.compiled import CompiledDocx
from formgen.rendering.docx.pictures import PictureBook
from formgen.rendering.docx.sheets import Sheet, write_sheets
from formgen.rendering.docx.wordml import DOCUMENT

__all__ = ["SheetSource", "merge"]

SheetSource = tuple[CompiledDocx, Mapping[str, Any], str]
"""A template, the record to fill it with, the record's key."""

SHARED: Final = ("word/styles.xml", "word/numbering.xml")


def merge(sources: Sequence[SheetSource]) -> Rendered:
    """One file of all sheets, each beginning on a new page.

    Raises:
        ValueError: no sheets. TemplateError: F-TPL-007 templates that differ in styles, F-TPL-008 a template that
        cannot be merged, F-TPL-006 an expression that fails.
    """
    if not sources:
        raise ValueError("no sheets to merge")
    forms = list({id(compiled): compiled for compiled, _, _ in sources}.values())
    _check_mergeable(forms)
    sheets: list[Sheet] = []
    problems: list[Problem] = []
    book = PictureBook(forms[0].picture_folder)
    for compiled, record, record_key in sources:
        sheet, found = compiled.fill(record, record_key, book)
        sheets.append(sheet)
        problems += found
    if any(problem.is_error for problem in problems):
        return Rendered(None, tuple(problems))
    keys = [(compiled.manifest.id, compiled.manifest.version, key) for compiled, _, key in sources]
    return Rendered(write_sheets(sheets, forms[0].properties.merged(keys), book), tuple(problems))


def _check_mergeable(forms: Sequence[CompiledDocx]) -> None:
    first = forms[0]
    for compiled in forms:
        for name in SHARED:
            if _content(compiled, name) != _content(first, name):
                place = Place(str(compiled.package.path), name)
                raise TemplateError(Problem("F-TPL-007", place, params={"other": str(first.package.path)}))
        for what in compiled.parts.unmergeable:
            raise TemplateError(Problem("F-TPL-008", Place(str(compiled.package.path), DOCUMENT), what))


def _content(compiled: CompiledDocx, name: str) -> bytes | None:
    return compiled.package.part(name) if name in compiled.package.names else None
