"""Both prints of every record of every form: one call of LibreOffice for all, one PDF of the writer for all.

The fonts are the ones layouts are compiled with, on both sides.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from formgen.compiling.office import Office
from formgen.forms.catalogue import Catalogue
from formgen.forms.layout import LAYOUT
from formgen.forms.manifest import Manifest
from formgen.problems import Problem
from formgen.rendering.docx import compile_docx
from formgen.rendering.pdf import CompiledPdf, Identity, PdfFile, compile_pdf
from formgen.typeset.fonts import FontBook
from tests.parity.areas import areas_of
from tests.parity.compared import Difference, Outcome, compare
from tests.parity.papers import Paper, read_papers
from tests.parity.records import BLANK, Record, records_of

__all__ = ["Print", "compare_all", "forms_with_layout", "print_all"]


@dataclass(slots=True)
class Print:
    """One record, printed both ways."""

    form: CompiledPdf
    record_name: str
    record: Record
    word: bytes = b""
    """PDF of the Word file."""
    ours: bytes = b""
    refused: list[str] = field(default_factory=list)
    """Problems of either way that are errors."""

    @property
    def name(self) -> str:
        return self.form.manifest.name


def forms_with_layout() -> Iterator[Manifest]:
    catalogue = Catalogue()
    for manifest in catalogue.forms():
        if (manifest.folder / LAYOUT).is_file() and "docx" in manifest.carriers:
            yield catalogue.form(manifest.id)


def print_all(manifests: Sequence[Manifest], office: Office, picture_folder: Path = Path()) -> list[Print]:
    prints: list[Print] = []
    files: dict[str, bytes] = {}
    fonts = FontBook()
    for manifest in manifests:
        word, form = compile_docx(manifest), compile_pdf(manifest, fonts)
        for name, record in records_of(form):
            made = Print(form, name, record)
            rendered = word.render_blank() if name == BLANK else word.render(record, "k")
            composed = form.compose_blank() if name == BLANK else form.compose(record, "k")
            made.refused += _errors("Word", rendered.problems) + _errors("PDF", composed.problems)
            if rendered.content is not None and composed.pages is not None:
                files[f"{len(prints)}.docx"] = rendered.content
                stream = io.BytesIO()
                pdf = PdfFile(stream, Identity(manifest.title))
                pdf.add(composed.pages)
                pdf.close()
                made.ours = stream.getvalue()
            prints.append(made)
    printed = office.to_pdf(files)
    for number, made in enumerate(prints):
        made.word = printed.get(f"{number}.docx", b"")
    return prints


def compare_all(prints: Sequence[Print]) -> list[Outcome]:
    return [_compare(made) for made in prints]


def _compare(made: Print) -> Outcome:
    outcome = Outcome(made.name, made.record_name)
    if made.refused or not made.word:
        outcome.differences.append(Difference("refused", 0, "", "; ".join(made.refused), ""))
        return outcome
    word, ours = _papers(made)
    context = made.form.plan.blank() if made.record_name == BLANK else made.form.plan.fill(made.record, "k").context
    return compare(outcome, word, ours, areas_of(made.form, context))


def _papers(made: Print) -> tuple[list[Paper], list[Paper]]:
    return read_papers(made.word), read_papers(made.ours)


def _errors(way: str, problems: Sequence[Problem]) -> list[str]:
    return [f"{way} {problem.code} {problem.place.label}" for problem in problems if problem.is_error]
