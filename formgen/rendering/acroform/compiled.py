"""A form's layout compiled once to PDFs that can be filled in.

In: a manifest with layout.json and background.pdf; then records, or nothing for the empty form. Out: files, each with
the problems that came up. Pages are those of the PDF writer; values are not part of the page but of the fields, and
look as the writer prints them: same size, same lines. What a person types is shown by the viewer.

Limits: a value that does not fit in its box is a problem (F-FIT-001), for a field cannot go on on another page. The
file is not PDF/A: typed text needs a font of the reader's machine.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pikepdf

from formgen.forms.manifest import Manifest
from formgen.problems import Place, Problem
from formgen.rendering import Rendered
from formgen.rendering.acroform.appearances import Appearance, NoRoom, field_area, has_lines, print_value
from formgen.rendering.acroform.fields import FormBox, add_fields
from formgen.rendering.acroform.kinds import BoxKind, kind_of, tooltip
from formgen.rendering.acroform.places import Blank, find_blanks
from formgen.rendering.pdf.canvas import ComposedPage, FontUse
from formgen.rendering.pdf.compiled import CompiledPdf, Marks, PageKit, compile_pdf
from formgen.rendering.pdf.file import PdfFile
from formgen.rendering.pdf.metadata import Identity
from formgen.rendering.pdf.sheet import compose_sheet
from formgen.rendering.pdf.spots import SpotPrinter
from formgen.typeset.fonts import FontBook, MissingGlyph

__all__ = ["CompiledAcroForm", "compile_acroform"]

TICKED = frozenset("☑☒√✓✔■●")
ARROW_PT = 13.0
"""Width of the button that pdfium draws into a drop-down list."""
SMALLEST_PT = 6.0


def compile_acroform(manifest: Manifest, fonts: FontBook, picture_folder: Path = Path()) -> CompiledAcroForm:
    """Read the form's layout. Paths of pictures in records are relative to `picture_folder`.

    Raises:
        TemplateError: F-LAYOUT-001 … 003, F-PDF-001, F-PDF-002, as `compile_pdf`.
    """
    return CompiledAcroForm(manifest, fonts, picture_folder)


class CompiledAcroForm:
    """One form, ready to be written as a PDF to fill in."""

    def __init__(self, manifest: Manifest, fonts: FontBook, picture_folder: Path = Path()) -> None:
        self.manifest = manifest
        self._form = _without_values(compile_pdf(manifest, fonts, picture_folder))

    def render(self, record: Mapping[str, Any], record_key: str, *, marks: Marks | None = None) -> Rendered:
        """The form with a record's values in its fields."""
        filled = self._form.plan.fill(record, record_key)
        return self._render(filled.context, record, record_key, filled.problems, marks)

    def render_blank(self, *, marks: Marks | None = None) -> Rendered:
        """The empty form, with the rows it is printed with."""
        return self._render(self._form.plan.blank(), {}, "", (), marks)

    def _render(
        self,
        context: dict[str, Any],
        record: Mapping[str, Any],
        record_key: str,
        found: Sequence[Problem],
        marks: Marks | None,
    ) -> Rendered:
        problems, fonts, boxes = list(found), list[tuple[FontUse, str]](), []
        for blank in find_blanks(self._form.layout, self.manifest, context):
            kind = kind_of(blank)
            if kind is not None:
                looks = self._looks(blank, kind, record_key, problems)
                fonts += [use for look in looks for use in look.fonts]
                boxes.append(_box(blank, kind, looks))
        composed = compose_sheet(self._form, context, record, record_key, problems, marks)
        if composed.pages is None:
            return Rendered(None, composed.problems)
        first, *others = composed.pages
        pages = [replace(first, fonts=(*first.fonts, *fonts)), *others]
        return Rendered(self._file(pages, boxes, record_key), composed.problems)

    def _looks(self, blank: Blank, kind: BoxKind, record_key: str, problems: list[Problem]) -> list[Appearance]:
        """What the field can look like; problems where its value cannot be shown."""
        printer = SpotPrinter(blank.spot, self._form.setter(blank.spot.font))
        place = Place(self.manifest.id, cell=str(blank.row_number or ""), label=blank.item.label)
        texts = [blank.text]
        if kind.kind == "check":
            show = blank.item.value_type.format
            texts = [show(True), show(False)]
        looks = []
        for text in texts:
            try:
                looks.append(print_value(blank, printer, text))
            except MissingGlyph:
                problems += printer.setter.chain.problems(text, place, record_key)
            except NoRoom as exc:
                params = {"count": str(len(text) - exc.overflow_at), "length": str(len(text))}
                problems.append(Problem("F-FIT-001", place, str(len(text)), params, record_key))
        return looks

    def _file(self, pages: Sequence[ComposedPage], boxes: Sequence[FormBox], record_key: str) -> bytes:
        plain, made = io.BytesIO(), io.BytesIO()
        identity = Identity(self.manifest.title, self.manifest.id, self.manifest.version, record_key)
        file = PdfFile(plain, identity)
        file.add(pages)
        file.close()
        with pikepdf.open(plain) as pdf:
            add_fields(pdf, boxes)
            _say_no_archive(pdf)
            pdf.save(made, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
        return made.getvalue()


def _without_values(form: CompiledPdf) -> CompiledPdf:
    """The form with nothing on its pages that a field shows."""

    def stripped(kit: PageKit) -> PageKit:
        return replace(kit, values=(), columns=tuple(_printed(kit.columns)))

    form.before = tuple(map(stripped, form.before))
    form.after = tuple(map(stripped, form.after))
    form.bands = {name: stripped(kit) for name, kit in form.bands.items()}
    return form


def _printed(columns: Sequence[SpotPrinter]) -> Iterator[SpotPrinter]:
    """Row numbers and pictures: they are printed, not typed."""
    return (printer for printer in columns if printer.spot.kind in ("row_number", "image"))


def _box(blank: Blank, kind: BoxKind, looks: Sequence[Appearance]) -> FormBox:
    is_check = kind.kind == "check"
    is_multiline = not is_check and has_lines(blank) and (kind.may_wrap or any(not look.is_one_line for look in looks))
    return FormBox(
        name=blank.name,
        tooltip=tooltip(blank),
        page_index=blank.page_index,
        area=field_area(blank, is_multiline or is_check),
        size_pt=_typed_size(blank, kind),
        kind=kind,
        value=("1" if blank.text in TICKED else "") if is_check else blank.text,
        looks=[look.operators for look in looks],
        align=blank.spot.align,
        is_required=blank.item.required,
        is_multiline=is_multiline,
    )


def _typed_size(blank: Blank, kind: BoxKind) -> float:
    """The size for what is typed or chosen; 0 leaves it to the viewer, which takes one at which the text fits.

    Of a closed list every text is known. In a narrow cell pdfium's arrow leaves so little room beside it that the
    viewer's own choice could not be read.
    """
    if kind.kind != "choice" or kind.is_open:
        return 0.0
    left, _, right, _ = blank.spot.cell
    room_pt = (right - left - ARROW_PT) / max(map(len, kind.choices))
    return min(blank.spot.size_pt, max(SMALLEST_PT, int(room_pt * 2) / 2))


def _say_no_archive(pdf: pikepdf.Pdf) -> None:
    """Take back that the file is PDF/A: the font for typing is not embedded."""
    with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
        for claim in ("pdfaid:part", "pdfaid:conformance"):
            if claim in metadata:
                del metadata[claim]
    del pdf.Root.OutputIntents
