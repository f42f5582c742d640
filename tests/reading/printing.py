"""One sheet on any carrier, as its writer prints it: what the readers' tests read back."""

from __future__ import annotations

import functools
import io
from collections.abc import Mapping, Sequence
from typing import Any

from formgen.forms.manifest import Carrier, Manifest
from formgen.rendering.acroform import compile_acroform
from formgen.rendering.docx import compile_docx
from formgen.rendering.pdf import Identity, Marks, PdfFile, compile_pdf
from formgen.rendering.xlsx import compile_xlsx
from formgen.typeset.fonts import FontBook

__all__ = ["KEY", "SUFFIXES", "print_packet", "print_sheet"]

KEY = "K7QX2MZP4A"
SUFFIXES: Mapping[Carrier, str] = {"docx": ".docx", "xlsx": ".xlsx", "pdf": ".pdf", "pdf-form": ".pdf"}


def print_sheet(manifest: Manifest, carrier: Carrier, record: Mapping[str, Any], key: str = KEY) -> bytes | None:
    """The file's bytes; None where the writer refuses the record, which it says in problems of its own."""
    writer = _writer(manifest, carrier)
    if carrier != "pdf":
        content: bytes | None = writer.render(record, key).content
        return content
    composed = writer.compose(record, key, marks=Marks(key, 1))
    if composed.pages is None:
        return None
    stream = io.BytesIO()
    file = PdfFile(stream, Identity(manifest.title, manifest.id, manifest.version, key))
    file.add(composed.pages)
    file.close()
    return stream.getvalue()


def print_packet(sheets: Sequence[tuple[Manifest, Mapping[str, Any]]], has_marks: bool = True) -> bytes:
    """Sheets of many forms in one PDF; raises TypeError where one is refused."""
    stream = io.BytesIO()
    file = PdfFile(stream, Identity("packet"))
    marks = Marks(KEY, 1) if has_marks else None
    for manifest, record in sheets:
        file.add(_writer(manifest, "pdf").compose(record, KEY, marks=marks).pages)
    file.close()
    return stream.getvalue()


_compiled: dict[tuple[str, str, Carrier], Any] = {}


def _writer(manifest: Manifest, carrier: Carrier) -> Any:
    """What fills the form on a carrier; compiled once a folder and form."""
    known = (str(manifest.folder), manifest.id, carrier)
    if known not in _compiled:
        if carrier == "docx":
            _compiled[known] = compile_docx(manifest)
        elif carrier == "xlsx":
            _compiled[known] = compile_xlsx(manifest)
        else:
            compile_form = compile_pdf if carrier == "pdf" else compile_acroform
            _compiled[known] = compile_form(manifest, _fonts())
    return _compiled[known]


@functools.cache
def _fonts() -> FontBook:
    return FontBook()
