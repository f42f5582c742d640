"""Templates to layouts: where on paper each field is printed. The only place that calls LibreOffice.

    template ─► probe ─► office ─► ink ─► checks, measure ─► flows ─► art, page_code ─► layout.json, background.pdf

A form is filled with marks, a colour for every place, and printed; what is coloured on the PDF tells where each value
stands. The blank form, printed likewise, becomes the background. docs/architecture.md says what was measured.
"""

from formgen.compiling.compiler import CompiledLayout, compile_layouts, write_layout
from formgen.compiling.office import Office
from formgen.compiling.staleness import check_layout

__all__ = ["CompiledLayout", "Office", "check_layout", "compile_layouts", "write_layout"]
