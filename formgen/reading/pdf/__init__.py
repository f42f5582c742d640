"""PDF files read back: our own pages by geometry, form fields by field, others by the words printed on the form."""

from formgen.reading.pdf.reader import read_pdf

__all__ = ["read_pdf"]
