"""Records onto pages of PDF: lay out once, fill many.

A form's layout is read once (`compile_pdf`); each record is composed to pages; pages are written into files as they
come (`PdfFile`). Nothing here starts LibreOffice.
"""

from formgen.rendering.pdf.canvas import ComposedPage
from formgen.rendering.pdf.compiled import CompiledPdf, Composed, Marks, compile_pdf
from formgen.rendering.pdf.file import PdfFile
from formgen.rendering.pdf.metadata import Identity

__all__ = ["CompiledPdf", "Composed", "ComposedPage", "Identity", "Marks", "PdfFile", "compile_pdf"]
