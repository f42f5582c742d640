"""Files to read back: sheets printed, merged, turned, flattened, typed into."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pikepdf

from formgen.forms.catalogue import Catalogue
from formgen.forms.manifest import Carrier
from formgen.reading.identify import FormBook
from formgen.reading.model import FileRead, Reading
from formgen.reading.pdf import read_pdf
from formgen.reading.weigh import weigh
from formgen.rendering.pdf import CompiledPdf, ComposedPage, Identity, Marks, PdfFile, compile_pdf
from formgen.typeset.fonts import FontBook
from tests.reading.printing import print_sheet

FORMS = tuple(Catalogue().form(manifest.id) for manifest in Catalogue().forms())
BOOK = FormBook(FORMS)
BY_NAME = {manifest.name: manifest for manifest in FORMS}
RECORD: Mapping[str, Any] = {"name": "张建国", "town": "米村镇", "village": "石堰坪村", "application": "一\n二 三"}
_compiled: dict[str, CompiledPdf] = {}


def compiled(name: str) -> CompiledPdf:
    if name not in _compiled:
        _compiled[name] = compile_pdf(BY_NAME[name], FontBook())
    return _compiled[name]


def pages_of(name: str, record: Mapping[str, Any], key: str, marks: Marks | None = None) -> tuple[ComposedPage, ...]:
    composed = compiled(name).compose(record, key, marks=marks)
    assert composed.pages is not None, composed.problems
    return composed.pages


def bound(*sheets: Sequence[ComposedPage]) -> bytes:
    """Pages in one file that says nothing of its records."""
    stream = io.BytesIO()
    file = PdfFile(stream, Identity("合订"))
    for pages in sheets:
        file.add(pages)
    file.close()
    return stream.getvalue()


def changed(content: bytes, change: Callable[[pikepdf.Pdf], None]) -> bytes:
    made = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        change(pdf)
        pdf.save(made)
    return made.getvalue()


def read_bytes(content: bytes, folder: Path) -> FileRead:
    path = folder / "returned.pdf"
    path.write_bytes(content)
    return read_pdf(path, BOOK)


def readings(content: bytes, folder: Path) -> list[Reading]:
    return [weigh(sheet, "returned.pdf") for sheet in read_bytes(content, folder).sheets]


def only_reading(content: bytes, folder: Path) -> Reading:
    (reading,) = readings(content, folder)
    return reading


def sheet(name: str = "application-form", carrier: Carrier = "pdf", record: Mapping[str, Any] = RECORD) -> bytes:
    content = print_sheet(BY_NAME[name], carrier, record)
    assert content is not None
    return content


def codes(found: FileRead | Reading) -> list[str]:
    return sorted({problem.code for problem in found.problems})
