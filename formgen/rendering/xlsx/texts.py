"""What is said while a sheet's texts are put together: characters left out, texts too long, templates that fail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from formgen.errors import TemplateError
from formgen.problems import Place, Problem
from formgen.rendering.xlsx.cells import MAX_TEXT, clean_text, escape, utf16_length
from formgen.rendering.xlsx.heights import MAX_HEIGHT_PT
from formgen.rendering.xlsx.tags import MixedText
from formgen.rendering.xlsx.template import MixedCell

__all__ = ["Reporter", "render_mixed"]


class Reporter:
    """Collects the problems of one record's sheets, each once."""

    def __init__(self, file: str, record: str) -> None:
        self.file = file
        self.record = record
        self._problems: dict[Problem, None] = {}

    @property
    def problems(self) -> tuple[Problem, ...]:
        return tuple(self._problems)

    def add(self, problem: Problem) -> None:
        self._problems[problem] = None

    def report(self, code: str, sheet: str, cell: str, found: str = "", label: str = "", **params: str) -> None:
        self.add(Problem(code, Place(self.file, sheet, cell, label), found, params, self.record))

    def watch_height(self, height_pt: float, sheet: str, cell: str, label: str = "") -> None:
        """A row cannot be higher than Excel's limit: what does not show on paper is told."""
        if height_pt > MAX_HEIGHT_PT:
            self.report("F-XLSX-026", sheet, cell, f"{height_pt:.0f} pt", label, limit=f"{MAX_HEIGHT_PT:g}")

    def clean(self, text: str, sheet: str, cell: str, label: str = "") -> str:
        """The text as a cell can hold it, not yet escaped."""
        text, removed = clean_text(text)
        if removed:
            self.report("F-RENDER-001", sheet, cell, ", ".join(sorted(set(removed))), label)
        length = utf16_length(text)
        if length > MAX_TEXT:
            self.report("F-XLSX-022", sheet, cell, str(length), label, limit=str(MAX_TEXT))
        return text


def render_mixed(
    cell: MixedCell, context: Mapping[str, Any], reporter: Reporter, sheet: str, name: str
) -> tuple[str, str]:
    """Content of a cell of mixed text, escaped ('' when nothing is left to show), and the text that shows.

    Raises:
        TemplateError (F-XLSX-025): the template's own code fails on this record.
    """
    from formgen.rendering.xlsx.mixed import MixedFault

    pieces, shown = [], ""
    for piece in cell.pieces:
        if isinstance(piece, MixedText):
            try:
                text = piece.template.render(context)
            except MixedFault as exc:
                place = Place(reporter.file, sheet, name)
                raise TemplateError(Problem("F-XLSX-025", place, piece.tag, {"reason": str(exc)})) from exc
            text = reporter.clean(text, sheet, name)
            shown += text
            pieces.append(escape(text))
        else:
            shown += piece if not piece.startswith("<") and piece != "</t></r>" else ""
            pieces.append(piece)
    return ("".join(pieces), shown) if shown else ("", "")
