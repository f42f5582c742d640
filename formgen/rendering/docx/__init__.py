"""The DOCX writer: docxtpl's templates, compiled once and filled many times.

    tags → boxes ─► identities, sizes, sections ─► sources ─► programs ─► compiled, merged

tags reads and checks a template's tags, boxes the room of each field; identities, sizes and sections prepare the tree;
sources applies docxtpl's rules, programs is what Jinja makes of them; compiled writes one sheet, merged many.
"""

from formgen.rendering.docx.compiled import CompiledDocx, compile_docx
from formgen.rendering.docx.merged import merge

__all__ = ["CompiledDocx", "compile_docx", "merge"]
