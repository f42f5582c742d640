"""A form's layout compiled once to PDFs that can be filled in.

In: a manifest with layout.json and background.pdf; then records, or nothing for the empty form. Out: files, each with
the problems that came up. Pages are those of the PDF writer; values are not part of the page but of the fields, and
look as the writer prints them: same size, same lines. What a person types is shown by the viewer.

A value without room is continued on a continuation sheet as on paper: its field shows the beginning and holds it all.

Limits: the file is not PDF/A, because typed text needs a font of the reader's machine. What is typed over a continued
value does not change the continuation sheet.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
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
from formgen.rendering.acroform.places import FILLED_KINDS, Blank, find_blanks
from formgen.rendering.pdf.canvas import Canvas, ComposedPage, FontUse
from formgen.rendering.pdf.compiled import CompiledPdf, Marks, PageKit, compile_pdf
from formgen.rendering.pdf.file import PdfFile
from formgen.rendering.pdf.metadata import Identity
from formgen.rendering.pdf.sheet import compose_sheet
from formgen.rendering.pdf.spots import SpotPrinter
from formgen.typeset.fonts import FontBook, MissingGlyph
from formgen.values.choice import TICKED_MARKS

__all__ = ["CompiledAcroForm", "compile_acroform"]

ARROW_PT = 13.0
"""Width of the button that pdfium draws into a drop-down list."""
SMALLEST_PT = 6.0


def compile_acroform(manifest: Manifest, fonts: FontBook, picture_folder: Path = Path()) -> CompiledAcroForm:
    """Read the form's layout. Paths of pictures in records are relative to `picture_folder`.

    Raises:
        TemplateError: F-LAYOUT-001, F-LAYOUT-002, F-LAYOUT-008, F-LAYOUT-009, F-PDF-001, F-PDF-002, as `compile_pdf`.
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
        layout, wholes = self._form.layout, find_blanks(self._form.layout, self.manifest, context)
        composed = compose_sheet(self._form, context, record, record_key, found, marks)
        if composed.pages is None:
            return Rendered(None, composed.problems)
        # Composing has shortened what is continued on another sheet: the field shows that, and holds the whole.
        problems, fonts, boxes = list(composed.problems), list[tuple[FontUse, str]](), []
        for whole, blank in zip(wholes, find_blanks(layout, self.manifest, context), strict=True):
            kind = kind_of(blank)
            if kind is not None:
                looks = self._looks(blank, kind, blank.text != whole.text, record_key, problems)
                fonts += [use for look in looks for use in look.fonts]
                boxes.append(_box(blank, kind, looks, whole.text))
        if any(problem.is_error for problem in problems):
            return Rendered(None, tuple(problems))
        first, *others = composed.pages
        pages = [replace(first, fonts=(*first.fonts, *fonts)), *others]
        return Rendered(self._file(pages, boxes, record_key), tuple(problems))

    def _looks(
        self, blank: Blank, kind: BoxKind, is_cut: bool, record_key: str, problems: list[Problem]
    ) -> list[Appearance]:
        """What the field can look like; problems where a check box has no glyph, or no room, for one of its marks."""
        printer = SpotPrinter(blank.spot, self._form.setter(blank.spot.font))
        place = Place(self.manifest.id, cell=str(blank.row_number or ""), label=blank.item.label)
        texts = [blank.text]
        if kind.kind == "check":
            show = blank.item.value_type.format
            texts = [show(True), show(False)]
        looks = []
        for text in texts:
            try:
                looks.append(print_value(blank, printer, text, is_cut))
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


class _Silent(SpotPrinter):
    """Finds out whether a text has room, and prints nothing: its field shows it."""

    def print(
        self, text: str, canvas: Canvas, down_pt: float = 0.0, more_pt: float = 0.0, is_smallest: bool = False
    ) -> int | None:
        return super().print(text, Canvas(canvas.width_pt, canvas.height_pt), down_pt, more_pt, is_smallest)


def _without_values(form: CompiledPdf) -> CompiledPdf:
    """The form with nothing on its pages that a field shows; row numbers and pictures are printed, not typed."""

    def silenced(printers: Iterable[SpotPrinter]) -> tuple[SpotPrinter, ...]:
        return tuple(
            _Silent(printer.spot, printer.setter) if printer.spot.kind in FILLED_KINDS else printer
            for printer in printers
        )

    def stripped(kit: PageKit) -> PageKit:
        return replace(kit, values=silenced(kit.values), columns=silenced(kit.columns))

    form.before = tuple(map(stripped, form.before))
    form.after = tuple(map(stripped, form.after))
    form.bands = {name: stripped(kit) for name, kit in form.bands.items()}
    return form


def _box(blank: Blank, kind: BoxKind, looks: Sequence[Appearance], whole: str) -> FormBox:
    is_check = kind.kind == "check"
    is_multiline = not is_check and (_takes_lines(blank, kind) or any(not look.is_one_line for look in looks))
    return FormBox(
        name=blank.name,
        tooltip=tooltip(blank),
        page_index=blank.page_index,
        area=field_area(blank, is_multiline or is_check, is_typed=kind.kind == "text"),
        size_pt=_typed_size(blank, kind),
        kind=kind,
        value=("1" if whole and whole in TICKED_MARKS else "") if is_check else whole,
        looks=[look.operators for look in looks],
        align=blank.spot.align,
        is_required=blank.item.required,
        is_multiline=is_multiline,
    )


def _takes_lines(blank: Blank, kind: BoxKind) -> bool:
    """Whether lines are typed. Viewers begin at the top of such a field, while one line stands in its middle: what the
    template centres in a box of two lines (a name, a household's number) is better typed in one, as small as need be.
    """
    return kind.may_wrap and has_lines(blank, 2 if blank.spot.align == "left" else 3)


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
