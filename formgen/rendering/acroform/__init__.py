"""Records onto a PDF that can be filled in: the pages of the PDF writer, with form fields where values stand.

A form is compiled once (`compile_acroform`); each record, or the empty form, becomes one file.
"""

from formgen.rendering.acroform.compiled import CompiledAcroForm, compile_acroform

__all__ = ["CompiledAcroForm", "compile_acroform"]
