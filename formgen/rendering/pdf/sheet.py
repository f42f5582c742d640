"""One sheet: the pages of one record, its values printed at their spots, its table over as many pages as it needs.

In: a form's kit, the printed texts of a record. Out: composed pages, numbered through, or the problems that keep them
from being printed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from formgen.errors import TemplateError
from formgen.forms.layout import Flow
from formgen.forms.page_code import PageCode
from formgen.forms.page_marks import mark_boxes
from formgen.problems import Place, Problem
from formgen.rendering.context import Row, grouped
from formgen.rendering.continuation import (
    CONTINUED,
    FORM_STYLE,
    PERSON_STYLE,
    TEXT_STYLE,
    Continuation,
    continuation_of,
)
from formgen.rendering.pdf.canvas import Canvas
from formgen.rendering.pdf.codes import draw_marks, draw_page_code
from formgen.rendering.pdf.compiled import CompiledPdf, Composed, Marks, PageKit
from formgen.rendering.pdf.continuation import PAGE_CODE, draw_continuation
from formgen.rendering.pdf.flow import FlowPage, PlacedRow, place_rows
from formgen.rendering.pdf.overflow import Overflows
from formgen.rendering.pdf.pictures import BROKEN, read_picture
from formgen.rendering.pdf.spots import SpotPrinter, words_of
from formgen.typeset.fonts import MissingGlyph

__all__ = ["compose_sheet"]

CONTINUED_SIZE_PT: Final = 9.0
CONTINUED_FONT: Final = "宋体"
MARK_CLEARANCE_PT: Final = 6.0
"""White that a corner mark needs beside it, printed or not: sheets with and without marks look the same."""


def compose_sheet(
    form: CompiledPdf,
    context: dict[str, Any],
    record: Mapping[str, Any],
    record_key: str,
    problems: Sequence[Problem],
    marks: Marks | None,
) -> Composed:
    """`context` is changed where a text is continued: it ends with the mark from then on."""
    overflows = Overflows(form.manifest, form.table.key if form.table is not None else "")
    while True:
        overflows.begin()
        sheet = _Sheet(form, context, record_key, overflows)
        sheet.make()
        if not overflows.is_changed:
            break
    if parts := overflows.continued():
        sheet.continue_on(continuation_of(form.manifest, record, parts))
        sheet.problems += overflows.notes(record_key)
    sheet.number(marks)
    found = (*problems, *sheet.problems)
    if any(problem.is_error for problem in found):
        return Composed(None, found)
    return Composed(tuple(canvas.page() for canvas, _ in sheet.pages), found)


class _Sheet:
    """The pages of one record in the making."""

    def __init__(self, form: CompiledPdf, context: dict[str, Any], record_key: str, overflows: Overflows) -> None:
        self.form = form
        self.context = context
        self.record_key = record_key
        self.overflows = overflows
        self.problems: list[Problem] = []
        self.pages: list[tuple[Canvas, list[SpotPrinter]]] = []
        """Pages, and the spots that wait for their numbers."""
        self._own_pages = 0
        """Pages of the form; continuation sheets follow."""

    def make(self) -> None:
        layout = self.form.layout
        for page, kit in zip(layout.before, self.form.before, strict=True):
            self._fixed(kit, page.width_pt, page.height_pt)
        if layout.flow is not None:
            self._flow(layout.flow)
        for page, kit in zip(layout.after, self.form.after, strict=True):
            self._fixed(kit, page.width_pt, page.height_pt)

        self._own_pages = len(self.pages)

    def continue_on(self, continuation: Continuation) -> None:
        """Add the pages of the continuation sheet."""
        try:
            self.pages += [(canvas, []) for canvas in draw_continuation(continuation, self.form.setter)]
        except MissingGlyph:
            for part in continuation.parts:
                row = "" if part.row_number is None else str(part.row_number)
                place = Place(self.form.manifest.id, cell=row, label=part.label)
                chain = self.form.setter(TEXT_STYLE.font).chain
                self.problems += chain.problems(part.text, place, self.record_key)
            place = Place(self.form.manifest.id)
            for text, style in ((continuation.form, FORM_STYLE), (continuation.person, PERSON_STYLE)):
                self.problems += self.form.setter(style.font).chain.problems(text, place, self.record_key)

    def number(self, marks: Marks | None) -> None:
        """Print what depends on how many pages there are."""
        count = len(self.pages)
        for index, (canvas, printers) in enumerate(self.pages, 1):
            numbers = {"page": str(index), "pages": str(count)}
            for printer in printers:
                pieces = printer.spot.pieces
                text = words_of(pieces, {**self.context, **numbers}) if pieces else numbers[printer.spot.kind]
                printer.print_number(text, canvas)
            if marks is not None:
                self._mark(canvas, index, count, marks)

    def _mark(self, canvas: Canvas, number: int, count: int, marks: Marks) -> None:
        """The page code, where there is room for one, and the corner marks."""
        box = self.form.layout.page_code if number <= self._own_pages else PAGE_CODE
        if box is not None:
            manifest = self.form.manifest
            code = PageCode(
                manifest.id, manifest.version, marks.packet, self.record_key, number, count, marks.copy_number
            )
            canvas.drawn.append(draw_page_code(code, box, canvas.height_pt).decode())
        if marks.has_corners:
            canvas.drawn.append(draw_marks(canvas.width_pt, canvas.height_pt).decode())

    def _begin(self, width_pt: float, height_pt: float) -> Canvas:
        canvas = Canvas(width_pt, height_pt)
        self.pages.append((canvas, []))
        return canvas

    def _fixed(self, kit: PageKit, width_pt: float, height_pt: float) -> None:
        self._print_kit(kit, self._begin(width_pt, height_pt), 0.0)

    def _flow(self, flow: Flow) -> None:
        rows: list[Row] = self.context[flow.table]
        table = self.form.table.table if self.form.table is not None else None
        merge_by = table.merge_by if table is not None else ""
        groups = grouped(rows, merge_by) if merge_by else [[row] for row in rows]
        try:
            pages = place_rows(flow, groups)
        except ValueError as exc:
            place = Place(str(self.form.manifest.folder))
            raise TemplateError(Problem("F-PDF-002", place, params={"reason": str(exc)})) from exc
        for number, page in enumerate(pages):
            self._flow_page(flow, page, is_first=not number)

    def _flow_page(self, flow: Flow, page: FlowPage, is_first: bool) -> None:
        canvas, bands = self._begin(flow.width_pt, flow.height_pt), self.form.bands
        self._print_kit(bands["frame"], canvas, 0.0)
        self._print_kit(bands["first" if is_first else "next"], canvas, 0.0)
        for placed in page.rows:
            self._row(flow, placed, canvas)
        if not is_first and flow.continued_pt is not None:
            self._say_continued(flow, canvas, flow.continued_pt)
        if flow.tail is not None and page.tail_top_pt is not None:
            self._print_kit(bands["tail"], canvas, page.tail_top_pt - flow.tail.top_pt)

    def _row(self, flow: Flow, placed: PlacedRow, canvas: Canvas) -> None:
        role = placed.role if placed.role in flow.rows else "single"
        band, kit = flow.rows[role], self.form.bands[role]
        down_pt = placed.top_pt - band.top_pt
        self._print_kit(kit, canvas, down_pt)
        for printer in kit.columns:
            more_pt = 0.0
            if printer.spot.is_merged:
                if not placed.span:
                    continue
                more_pt = (placed.span - 1) * band.height_pt
            if printer.spot.kind == "image":
                self._picture(printer, placed.values, canvas, down_pt)
            else:
                self._print(printer, placed.values, canvas, down_pt, more_pt)

    def _say_continued(self, flow: Flow, canvas: Canvas, baseline_pt: float) -> None:
        """«续表» above the repeated head, at its right end."""
        setter = self.form.setter(CONTINUED_FONT)
        right_pt = max((spot.cell[2] for spot in flow.rows["single"].spots), default=flow.width_pt)
        mark_left_pt = mark_boxes(flow.width_pt, flow.height_pt)[1][0]
        right_pt = min(right_pt, mark_left_pt - MARK_CLEARANCE_PT)
        left_pt = right_pt - setter.width(CONTINUED) * CONTINUED_SIZE_PT
        canvas.write(left_pt, baseline_pt, CONTINUED_SIZE_PT, setter.runs(CONTINUED))

    def _print_kit(self, kit: PageKit, canvas: Canvas, down_pt: float) -> None:
        """A page's or band's picture, and what of the sheet's own fields stands in it."""
        canvas.paint(kit.art, kit.art_name, down_pt)
        for printer in kit.values:
            self._print(printer, self.context, canvas, down_pt, 0.0)
        for printer in kit.pictures:
            self._picture(printer, self.context, canvas, down_pt)
        self.pages[-1][1].extend(kit.numbers)

    def _print(
        self, printer: SpotPrinter, values: dict[str, Any], canvas: Canvas, down_pt: float, more_pt: float
    ) -> None:
        text = values[printer.key] if printer.is_plain else self._text(printer, values)
        if not text:
            return
        if "\t" in text:
            text = text.replace("\t", " ")
        try:
            is_smallest = self.overflows.is_smallest(printer, values)
            overflow_at = printer.print(text, canvas, down_pt, more_pt, is_smallest)
        except MissingGlyph:
            self.problems += printer.setter.chain.problems(text, self._place(printer, values), self.record_key)
            return
        if overflow_at is not None and not self.overflows.take(
            printer, text, self.context, values, more_pt, len(self.pages)
        ):
            self._refuse(printer, text, overflow_at, values)

    def _refuse(self, printer: SpotPrinter, text: str, overflow_at: int, values: Mapping[str, Any]) -> None:
        params = {"count": str(len(text) - overflow_at), "length": str(len(text))}
        place = self._place(printer, values)
        self.problems.append(Problem("F-FIT-001", place, str(len(text)), params, self.record_key))
        self.problems += printer.setter.chain.problems(text, place, self.record_key)

    def _text(self, printer: SpotPrinter, values: Mapping[str, Any]) -> str:
        spot = printer.spot
        if spot.pieces:
            return words_of(spot.pieces, values if values is self.context else {**self.context, **values})
        if spot.kind == "row_number":
            return str(values["row_number"])
        return str(getattr(values[printer.key], printer.part))

    def _picture(self, printer: SpotPrinter, values: Mapping[str, Any], canvas: Canvas, down_pt: float) -> None:
        spot, path = printer.spot, str(values[printer.key])
        if not path:
            return
        try:
            picture = read_picture(self.form.picture_folder / path)
        except BROKEN as exc:
            reason = getattr(exc, "strerror", None) or str(exc) or type(exc).__name__
            place = self._place(printer, values)
            self.problems.append(Problem("F-RENDER-003", place, path, {"reason": reason}, self.record_key))
            return
        width_pt, height_pt = picture.size_within(spot.width_pt, spot.height_pt)
        free = spot.right_pt - spot.left_pt - width_pt
        left_pt = spot.left_pt + {"left": 0.0, "center": free / 2, "right": free}[spot.align]
        _, top_pt, _, bottom_pt = spot.cell
        free = bottom_pt - top_pt - height_pt
        top_pt += {"top": 0.0, "center": free / 2, "bottom": free}[spot.valign]
        canvas.place(picture, left_pt, top_pt + down_pt, width_pt, height_pt)

    def _place(self, printer: SpotPrinter, values: Mapping[str, Any]) -> Place:
        """Where a value stands, as the dataset's owner knows it: form, row, label."""
        cell = str(values["row_number"]) if isinstance(values, Row) else ""
        return Place(self.form.manifest.id, cell=cell, label=self.form.labels.get(printer.key, printer.key))
