"""Word files read back.

    parts → casting, walking → (model) ─► sheets ─► seeing: matching, else searching, else by labels ─► reader
          → a sheet that is known as a whole (stencils) ──────────────────────────────────────────────►
    anatomy: what the form looks like, from its template rendered with tokens

casting takes rows of a known make out of a part before it is parsed (markup, moulds, chains), though programs write
into them what nobody reads (noise, saved, simplifying); heads are known likewise; walking turns the markup that remains
into texts with marks; plans say what is printed where; blanks reads the blanks of one text.
"""

from formgen.reading.docx.grids import text_grid
from formgen.reading.docx.reader import read_docx

__all__ = ["read_docx", "text_grid"]
