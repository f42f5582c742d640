"""The empty form in each of its carriers."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING

from formgen.forms.manifest import Carrier, Manifest
from formgen.packets.options import DEFAULT_PRINT, PrintOptions
from formgen.packets.templates import Templates
from formgen.rendering import Rendered

if TYPE_CHECKING:
    from formgen.rendering.pdf import Marks
    from formgen.typeset.fonts import FontBook

__all__ = ["render_blank"]


def render_blank(manifest: Manifest, carrier: Carrier, options: PrintOptions = DEFAULT_PRINT) -> Rendered:
    """The form, and what is wrong with the fonts that were asked for.

    Raises:
        TemplateError: the form has no template, or no layout, of this carrier.
        InputError (F-FONT-004): a folder of fonts is not there.
    """
    if carrier == "docx":
        return Templates().docx(manifest).render_blank()
    if carrier == "xlsx":
        return Templates().xlsx(manifest).render_blank()
    # Word files need none of what it takes to write PDF.
    from formgen.rendering.pdf import Marks
    from formgen.typeset.fonts import FontBook

    fonts = FontBook(options.font_dirs, is_editable=carrier == "pdf-form")
    marks = Marks("") if options.has_marks else None
    if carrier == "pdf-form":
        from formgen.rendering.acroform import compile_acroform

        rendered = compile_acroform(manifest, fonts).render_blank(marks=marks)
    else:
        rendered = _blank_pdf(manifest, fonts, marks)
    return replace(rendered, problems=(*fonts.problems, *rendered.problems))


def _blank_pdf(manifest: Manifest, fonts: FontBook, marks: Marks | None) -> Rendered:
    from formgen.rendering.pdf import Identity, PdfFile, compile_pdf

    composed = compile_pdf(manifest, fonts).compose_blank(marks=marks)
    if composed.pages is None:
        return Rendered(None, composed.problems)
    stream = io.BytesIO()
    file = PdfFile(stream, Identity(manifest.title, manifest.id, manifest.version))
    file.add(composed.pages)
    file.close()
    return Rendered(stream.getvalue(), composed.problems)
