"""What stands on the pages of one open file; fonts, artwork and other resources are read once for all of them.

Limits: pages no larger than 200 inches; operators of 64 MB.
"""

from __future__ import annotations

from typing import Any, Final

import pikepdf

from formgen.errors import InputError
from formgen.problems import Place, Problem
from formgen.reading.pdf.content import read_content
from formgen.reading.pdf.found import PageContent
from formgen.reading.pdf.prints import PrintBook, PrintedArt
from formgen.reading.pdf.resources import Resources, inherited

__all__ = ["Arts", "PageReader"]

LARGEST_PT: Final = 14_400.0
LARGEST_CONTENT: Final = 64 << 20
NEAR_PT: Final = 1.0
Arts = tuple[PrintedArt, ...]


class PageReader:
    """The pages of one file."""

    def __init__(self, file: str, pdf: pikepdf.Pdf, prints: PrintBook) -> None:
        self._file = file
        self._art_of = prints.art_of
        self._off = _layers_off(pdf)
        self._caches: dict[tuple[int, int], Any] = {}
        self._known: dict[tuple[int, int], Resources[Arts]] = {}

    def content(self, page: pikepdf.Page, number: int) -> PageContent[Arts]:
        """Raises: InputError (F-PDFREAD-014): the page is larger than a page can be."""
        left, bottom, right, top = (float(edge) for edge in page.mediabox)
        if max(abs(right - left), abs(top - bottom)) > LARGEST_PT:
            raise InputError(self._too_large(number, f"{right - left:.0f} pt"))
        content = _operators(page)
        if len(content) > LARGEST_CONTENT:
            raise InputError(self._too_large(number, str(len(content))))
        found = read_content(content, self.resources(inherited(page.obj, "/Resources")))
        _crop(found, inherited(page.obj, "/CropBox"))
        return found

    def with_rules(self, page: pikepdf.Page) -> PageContent[Arts]:
        """A page with its straight lines, and what of its texts may show."""
        found = read_content(_operators(page), self.resources(inherited(page.obj, "/Resources")), has_rules=True)
        _crop(found, inherited(page.obj, "/CropBox"))
        return found

    def resources(self, raw: Any) -> Resources[Arts]:
        """Of a page or an annotation, from its dictionary."""
        if raw is None or raw.objgen == (0, 0):
            return Resources(raw, self._caches, self._art_of, self._off)
        if raw.objgen not in self._known:
            self._known[raw.objgen] = Resources(raw, self._caches, self._art_of, self._off)
        return self._known[raw.objgen]

    def _too_large(self, number: int, found: str) -> Problem:
        return Problem("F-PDFREAD-014", Place(self._file, cell=f"第{number}页"), found)


def _crop(found: PageContent[Arts], box: Any) -> None:
    """Leave out what begins outside of the part of a page that viewers show."""
    try:
        edges = pikepdf.Rectangle(box)
    except TypeError:  # there is none, or viewers do without
        return
    left, bottom, right, top = edges.llx - NEAR_PT, edges.lly - NEAR_PT, edges.urx + NEAR_PT, edges.ury + NEAR_PT
    seen = [line for line in found.lines if left <= line.matrix[4] <= right and bottom <= line.matrix[5] <= top]
    found.has_hidden = found.has_hidden or len(seen) < len(found.lines)
    found.lines = seen


def _layers_off(pdf: pikepdf.Pdf) -> frozenset[tuple[int, int]]:
    """The layers that a viewer does not show when it opens the file (ISO 32000-2, 8.11.4.3)."""
    layers = pdf.Root.get("/OCProperties")
    if not isinstance(layers, pikepdf.Dictionary) or not isinstance(usual := layers.get("/D"), pikepdf.Dictionary):
        return frozenset()
    off = {layer.objgen for layer in _array(usual.get("/OFF"))}
    if usual.get("/BaseState") == "/OFF":
        off |= {layer.objgen for layer in _array(layers.get("/OCGs"))}
        off -= {layer.objgen for layer in _array(usual.get("/ON"))}
    return frozenset(off)


def _array(found: Any) -> list[Any]:
    members = list(found) if isinstance(found, pikepdf.Array) else []
    return [member for member in members if isinstance(member, pikepdf.Dictionary)]


def _operators(page: pikepdf.Page) -> bytes:
    contents = page.obj.get("/Contents")
    if contents is None:
        return b""
    parts = list(contents) if isinstance(contents, pikepdf.Array) else [contents]
    return b"\n".join(part.read_bytes() for part in parts)
