"""Both prints of every record of every form: one call of LibreOffice for all, one PDF of the writer for all.

The fonts are the ones layouts are compiled with, on both sides.
"""

from __future__ import annotations

import dataclasses
import io
import shutil
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from formgen.compiling import compile_layouts, write_layout
from formgen.compiling.office import Office
from formgen.forms.catalogue import Catalogue
from formgen.forms.layout import LAYOUT
from formgen.forms.manifest import Manifest
from formgen.problems import Problem
from formgen.rendering.docx import compile_docx
from formgen.rendering.pdf import CompiledPdf, ComposedPage, Identity, PdfFile, compile_pdf
from formgen.rendering.xlsx import compile_xlsx
from formgen.typeset.fonts import FontBook
from tests.parity.areas import areas_of
from tests.parity.compared import Difference, Outcome, compare
from tests.parity.papers import Paper, read_papers
from tests.parity.records import BLANK, Record, records_of

__all__ = ["Print", "compare_all", "excel_forms", "forms_with_layout", "print_all"]


@dataclass(slots=True)
class Print:
    """One record, printed both ways."""

    form: CompiledPdf
    record_name: str
    record: Record
    word: bytes = b""
    """PDF of the Word file, or of the workbook."""
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


def excel_forms(folder: Path, office: Office) -> Iterator[Manifest]:
    """The forms that have an Excel template, with layouts of it, in a folder of their own."""
    catalogue = Catalogue()
    found = [manifest for manifest in catalogue.forms() if "xlsx" in manifest.carriers]
    copies = []
    for manifest in found:
        (folder / manifest.name).mkdir()
        for file in ("form.yaml", "form.xlsx"):
            shutil.copy(manifest.folder / file, folder / manifest.name / file)
        copies.append(dataclasses.replace(catalogue.form(manifest.id), folder=folder / manifest.name))
    for compiled in compile_layouts(copies, office):
        assert compiled.layout is not None, compiled.problems
        write_layout(compiled)
        yield compiled.manifest


def print_all(
    manifests: Iterable[Manifest],
    office: Office,
    carrier: Literal["docx", "xlsx"] = "docx",
    names: Collection[str] | None = None,
) -> list[Print]:
    """Args: names: of the records to print; all by default."""
    prints: list[Print] = []
    files: dict[str, bytes] = {}
    fonts = FontBook()
    for manifest in manifests:
        writer = compile_docx(manifest) if carrier == "docx" else compile_xlsx(manifest)
        form = compile_pdf(manifest, fonts)
        for name, record in records_of(form):
            if names is not None and name not in names:
                continue
            made = Print(form, name, record)
            rendered = writer.render_blank() if name == BLANK else writer.render(record, "k")
            composed = form.compose_blank() if name == BLANK else form.compose(record, "k")
            made.refused += _errors("Office", rendered.problems) + _errors("PDF", composed.problems)
            if rendered.content is not None and composed.pages is not None:
                files[f"{len(prints)}.{carrier}"] = rendered.content
                made.ours = _file(manifest, composed.pages)
            prints.append(made)
    printed = office.to_pdf(files)
    for number, made in enumerate(prints):
        made.word = printed.get(f"{number}.{carrier}", b"")
    return prints


def _file(manifest: Manifest, pages: Sequence[ComposedPage]) -> bytes:
    stream = io.BytesIO()
    pdf = PdfFile(stream, Identity(manifest.title))
    pdf.add(pages)
    pdf.close()
    return stream.getvalue()


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
