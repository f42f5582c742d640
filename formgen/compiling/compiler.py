"""Forms to layouts: two calls of LibreOffice for all of them.

    template ─► probe ─► LibreOffice ─► ink ─► checks, survey ─► plan ─► layout.json, background.pdf, background.art

The first call prints the forms that do not grow, and surveys how many rows of the others a page holds; the second
prints those with just so many rows that three pages show all there is to see.
"""

from __future__ import annotations

import dataclasses
import hashlib
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pikepdf

from formgen.compiling.art import make_background
from formgen.compiling.checks import check_probe
from formgen.compiling.docx_probe import make_docx_probe
from formgen.compiling.flows import Plan, plan_form, rows_per_page
from formgen.compiling.ink import PageInk, read_pages
from formgen.compiling.marks import Probe
from formgen.compiling.measure import survey
from formgen.compiling.office import Office
from formgen.compiling.page_code import reserve_places
from formgen.compiling.xlsx_probe import make_xlsx_probe
from formgen.errors import FormgenError, TemplateError
from formgen.files import write_whole
from formgen.forms.layout import BACKGROUND, FORMAT, LAYOUT, Layout, dump_layout, source_digest
from formgen.forms.manifest import Manifest, TemplateKind
from formgen.problems import Place, Problem
from formgen.rendering.docx import compile_docx
from formgen.rendering.pdf.art_reading import read_artwork
from formgen.rendering.pdf.artwork import ARTWORK, dump_artwork
from formgen.rendering.xlsx import compile_xlsx

__all__ = ["CompiledLayout", "compile_layouts", "unplaced_fields", "write_layout"]

GROUPS: Final = (0, 1, 1, 1, 2, 3, 3, 3, 4)
"""Groups of the first rows where cells of a group are merged: enough for every role to stand whole on a page."""
SURVEY_PAGES: Final = 3
LAST_ROWS: Final = 2
"""Rows on the last page of the probe, above what follows the table."""
TALLEST_PT: Final = 1700.0
"""Height of A2: no form is taller."""


@dataclass(frozen=True, slots=True)
class CompiledLayout:
    """One form's layout and background, not yet written; or the problems why there is none."""

    manifest: Manifest
    layout: Layout | None
    background: bytes
    problems: tuple[Problem, ...] = ()


@dataclass(slots=True)
class _Job:
    """A form on its way."""

    number: int
    manifest: Manifest
    carrier: TemplateKind
    group_of: Sequence[int]
    probe: Probe
    make: Callable[[Sequence[int]], Probe]

    @property
    def file(self) -> str:
        return str(self.manifest.template(self.carrier))

    def name(self, variant: str) -> str:
        return f"{self.number}-{variant}.{self.carrier}"


def compile_layouts(manifests: Iterable[Manifest], office: Office) -> Iterator[CompiledLayout]:
    """The layouts of forms, in their order. A form that cannot be compiled has problems instead.

    Raises: InputError (F-LAYOUT-004 … F-LAYOUT-006): LibreOffice fails, whatever the form.
    """
    outcome: dict[int, CompiledLayout] = {}
    jobs: list[_Job] = []
    chosen = list(manifests)
    for number, manifest in enumerate(chosen):
        try:
            jobs.append(_start(number, manifest))
        except FormgenError as exc:
            outcome[number] = CompiledLayout(manifest, None, b"", (exc.problem,))
    printed = office.to_pdf({name: file for job in jobs for name, file in _first_files(job).items()}) if jobs else {}
    growing = []
    for job in jobs:
        try:
            if job.probe.table:
                _count_rows(job, printed)
                growing.append(job)
            else:
                outcome[job.number] = _finish(job, printed, office)
        except FormgenError as exc:
            outcome[job.number] = CompiledLayout(job.manifest, None, b"", (exc.problem,))
    printed = office.to_pdf({name: file for job in growing for name, file in _files(job).items()}) if growing else {}
    for job in growing:
        try:
            outcome[job.number] = _finish(job, printed, office)
        except FormgenError as exc:
            outcome[job.number] = CompiledLayout(job.manifest, None, b"", (exc.problem,))
    yield from (outcome[number] for number in range(len(chosen)))


def write_layout(compiled: CompiledLayout) -> None:
    """Write all files, the layout last: it names the background's hash. Raises: OutputError."""
    assert compiled.layout is not None, "only a layout without errors is written"
    folder = compiled.manifest.folder
    artwork = read_artwork(compiled.background, str(folder / BACKGROUND))
    write_whole(folder / BACKGROUND, compiled.background)
    write_whole(folder / ARTWORK, dump_artwork(artwork, compiled.background))
    write_whole(folder / LAYOUT, dump_layout(compiled.layout))


def _source_digests(manifest: Manifest, carrier: TemplateKind) -> dict[str, str]:
    """SHA-256 of what a layout is made of, by name."""
    return {path.name: source_digest(path) for path in (manifest.template(carrier), manifest.folder / "form.yaml")}


def _start(number: int, manifest: Manifest) -> _Job:
    carrier: TemplateKind = manifest.templates[0] if manifest.templates else "docx"
    make = _maker(manifest, carrier)
    groups = _groups(manifest, len(GROUPS))
    probe = make(groups)
    job = _Job(number, manifest, carrier, groups, probe, make)
    if probe.table:
        job.group_of = _groups(manifest, int(SURVEY_PAGES * TALLEST_PT / 2 / probe.row_height_pt))
        job.probe = make(job.group_of)
    return job


def _maker(manifest: Manifest, carrier: TemplateKind) -> Callable[[Sequence[int]], Probe]:
    """What makes probes of a form. A form without any template is taken for a Word form, which says what is missing."""
    if carrier == "xlsx":
        workbook = compile_xlsx(manifest)
        return lambda group_of: make_xlsx_probe(workbook, manifest, group_of)
    document = compile_docx(manifest)
    return lambda group_of: make_docx_probe(document, group_of)


def _groups(manifest: Manifest, count: int) -> tuple[int, ...]:
    """The group of each row: some of three rows where cells of a group are merged."""
    is_merged = any(item.table is not None and item.table.merge_by for item in manifest.fields)
    head = GROUPS if is_merged else ()
    return (*head, *range(len(head), max(count, len(head))))[: max(count, len(head))]


def _first_files(job: _Job) -> Mapping[str, bytes]:
    return {job.name("marked"): job.probe.marked} if job.probe.table else _files(job)


def _files(job: _Job) -> Mapping[str, bytes]:
    return {job.name("blank"): job.probe.blank, job.name("marked"): job.probe.marked}


def _count_rows(job: _Job, printed: Mapping[str, bytes]) -> None:
    """Give the probe as many rows as fill two pages, and some on a third."""
    _, pages = _pages(job, printed, "marked")
    counts = rows_per_page(survey(job.probe, pages, job.file).rows)
    if len(counts) < SURVEY_PAGES:
        rows = ", ".join(map(str, counts))
        raise TemplateError(Problem("F-LAYOUT-018", Place(job.file), params={"rows": rows}))
    job.group_of = _groups(job.manifest, sum(counts[: SURVEY_PAGES - 1]) + LAST_ROWS)
    job.probe = job.make(job.group_of)


def _pages(job: _Job, printed: Mapping[str, bytes], variant: str) -> tuple[pikepdf.Pdf, list[PageInk]]:
    content = printed.get(job.name(variant))
    if content is None:
        raise TemplateError(Problem("F-LAYOUT-007", Place(job.file)))
    try:
        pdf = pikepdf.open(io.BytesIO(content))
        return pdf, read_pages(pdf)
    except pikepdf.PdfError as exc:
        raise TemplateError(Problem("F-LAYOUT-007", Place(job.file), str(exc))) from exc


def _finish(job: _Job, printed: Mapping[str, bytes], office: Office) -> CompiledLayout:
    pdf, blank = _pages(job, printed, "blank")
    _, marked = _pages(job, printed, "marked")
    check_probe(job.probe, blank, marked, job.file)
    found = survey(job.probe, marked, job.file)
    plan = plan_form(job.probe, found, blank, job.group_of, job.file)
    signs = {mark.sign_colour for mark in job.probe.marks}
    background = make_background(pdf, blank, plan.cuts, signs)
    page_code, problems = reserve_places(job.manifest, plan, blank, signs, job.file)
    layout = dataclasses.replace(_layout(job, plan, background, office), page_code=page_code)
    return CompiledLayout(
        job.manifest, layout, background, (*unplaced_fields(job.manifest, layout, job.file), *problems)
    )


def unplaced_fields(manifest: Manifest, layout: Layout, file: str) -> Iterator[Problem]:
    """Warnings (F-LAYOUT-023) about fields that the template does not print."""
    keys = {spot.key for spot in layout.spots}
    texts = "".join("".join(spot.pieces) for spot in layout.spots)
    for item in manifest.fields:
        for column in item.table.columns if item.table is not None else (item,):
            if column.key not in keys and f"{{{column.key}" not in texts:
                yield Problem("F-LAYOUT-023", Place(file, cell=column.key, label=column.label))


def _layout(job: _Job, plan: Plan, background: bytes, office: Office) -> Layout:
    sources = {
        **_source_digests(job.manifest, job.carrier),
        BACKGROUND: hashlib.sha256(background).hexdigest(),
        **office.font_hashes,
        "LibreOffice": office.version,
        "format": str(FORMAT),
    }
    return Layout(
        form=job.manifest.id,
        version=job.manifest.version,
        carrier=job.carrier,
        sources=sources,
        before=tuple(plan.before),
        flow=plan.flow,
        after=tuple(plan.after),
    )
