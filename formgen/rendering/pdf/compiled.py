"""A form's layout compiled once and filled many times.

In: a manifest with layout.json and background.pdf beside its template; then records. Out: composed pages, each record's
with the problems that came up. A value too long for its box is printed smaller, down to the field's smallest size. A
character without a glyph, or a text without room, is a problem and there are no pages.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from formgen.errors import TemplateError
from formgen.forms.layout import BACKGROUND, LAYOUT, Band, Page, Spot, layout_problem, read_layout
from formgen.forms.manifest import Field, Manifest
from formgen.problems import Place, Problem
from formgen.rendering.context import ContextPlan
from formgen.rendering.pdf.artwork import ArtUse, load_artwork
from formgen.rendering.pdf.canvas import ComposedPage, Typesetter
from formgen.rendering.pdf.imposing import is_small
from formgen.rendering.pdf.spots import SpotPrinter
from formgen.typeset.fonts import FontBook

__all__ = ["CompiledPdf", "Composed", "Marks", "PageKit", "compile_pdf"]

PAGE_KINDS: Final = frozenset(["page", "pages"])
ROW_NUMBER: Final = "row_number"


@dataclass(frozen=True, slots=True)
class Marks:
    """What is printed on a sheet that is to come back: the page code, and the marks in the corners."""

    packet: str
    """Key of the packet; opaque."""
    copy_number: int = 1
    has_corners: bool = True


@dataclass(frozen=True, slots=True)
class Composed:
    """The pages of one sheet, or why there are none."""

    pages: tuple[ComposedPage, ...] | None
    """None where a problem is an error: a sheet is never printed with something missing."""
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class PageKit:
    """What a page or a band prints: its picture, and the printers of its spots by what they print."""

    art: ArtUse
    art_name: str
    values: tuple[SpotPrinter, ...]
    """Of the sheet's own fields."""
    columns: tuple[SpotPrinter, ...]
    """Of the row the band stands for."""
    pictures: tuple[SpotPrinter, ...]
    numbers: tuple[SpotPrinter, ...]
    """Page number, number of pages: known when all pages are."""


def compile_pdf(manifest: Manifest, fonts: FontBook, picture_folder: Path = Path()) -> CompiledPdf:
    """Read the form's layout. Paths of pictures in records are relative to `picture_folder`.

    Raises:
        TemplateError: F-LAYOUT-001 there is no layout, F-LAYOUT-002 it cannot be read, F-LAYOUT-008 it is older than
            the template or the manifest, F-LAYOUT-009 the background is another; F-PDF-001 it has fields that the form
            has not, F-PDF-002 the background cannot be read or lacks pages.
    """
    return CompiledPdf(manifest, fonts, picture_folder)


class CompiledPdf:
    """One form, ready to be filled."""

    def __init__(self, manifest: Manifest, fonts: FontBook, picture_folder: Path = Path()) -> None:
        self.manifest = manifest
        self.fonts = fonts
        self.picture_folder = picture_folder
        self.layout = read_layout(manifest.folder / LAYOUT)
        self.plan = ContextPlan(manifest)
        self._background = str(manifest.folder / BACKGROUND)
        self._artwork = load_artwork(self._background)
        self._setters: dict[str, Typesetter] = {}
        flow = self.layout.flow
        self.table: Field | None = None
        if flow is not None:
            self.table = next((item for item in manifest.fields if item.key == flow.table), None)
        self._check()
        self.before = tuple(map(self._page_kit, self.layout.before))
        self.after = tuple(map(self._page_kit, self.layout.after))
        self.bands = self._band_kits()

    @functools.cached_property
    def is_card(self) -> bool:
        """Whether several of its pages may stand on one; corner marks would fill them."""
        flow = self.layout.flow
        pages = (*self.layout.before, *((flow,) if flow is not None else ()), *self.layout.after)
        return all(map(is_small, pages))

    @property
    def labels(self) -> Mapping[str, str]:
        """What people call a field or column: key → label."""
        return self._labels

    def compose(self, record: Mapping[str, Any], record_key: str, *, marks: Marks | None = None) -> Composed:
        """The pages of one record."""
        from formgen.rendering.pdf.sheet import compose_sheet

        filled = self.plan.fill(record, record_key)
        return compose_sheet(self, filled.context, record, record_key, filled.problems, marks)

    def compose_blank(self, *, marks: Marks | None = None) -> Composed:
        """The empty form, with the rows it is printed with."""
        from formgen.rendering.pdf.sheet import compose_sheet

        return compose_sheet(self, self.plan.blank(), {}, "", (), marks)

    def setter(self, family: str) -> Typesetter:
        found = self._setters.get(family)
        if found is None:
            found = self._setters[family] = Typesetter(self.fonts.chain(family))
        return found

    def _page_kit(self, page: Page) -> PageKit:
        return self._kit(ArtUse(self._background, page.art), page.spots, frozenset())

    def _band_kits(self) -> Mapping[str, PageKit]:
        """The bands of the growing table by name: frame, first, next, tail, and the rows by their roles."""
        flow = self.layout.flow
        if flow is None:
            return {}
        named: list[tuple[str, Band]] = [("frame", flow.frame), ("first", flow.first), ("next", flow.next)]
        named += flow.rows.items()
        if flow.tail is not None:
            named.append(("tail", flow.tail))
        columns = self._columns()
        return {
            name: self._kit(
                ArtUse(self._background, band.art),
                band.spots,
                columns if name in flow.rows else frozenset(),
            )
            for name, band in named
        }

    def _columns(self) -> frozenset[str]:
        if self.table is None or self.table.table is None:
            return frozenset()
        return frozenset((ROW_NUMBER, *(column.key for column in self.table.table.columns)))

    def _kit(self, art: ArtUse, spots: Sequence[Spot], columns: frozenset[str]) -> PageKit:
        def chosen(is_wanted: Callable[[Spot], bool]) -> tuple[SpotPrinter, ...]:
            return tuple(SpotPrinter(spot, self.setter(spot.font)) for spot in spots if is_wanted(spot))

        def is_column(spot: Spot) -> bool:
            return bool(columns) and (spot.key in columns or spot.kind == ROW_NUMBER or bool(spot.pieces))

        return PageKit(
            art,
            art.name,
            chosen(lambda spot: spot.kind not in ("image", *PAGE_KINDS) and not is_column(spot)),
            chosen(lambda spot: spot.kind not in PAGE_KINDS and is_column(spot)),
            chosen(lambda spot: spot.kind == "image" and not is_column(spot)),
            chosen(lambda spot: spot.kind in PAGE_KINDS),
        )

    def _check(self) -> None:
        """Raises: TemplateError (F-LAYOUT-008, F-LAYOUT-009, F-PDF-001, F-PDF-002)."""
        layout, manifest = self.layout, self.manifest
        place = Place(str(manifest.folder / LAYOUT))
        if (problem := layout_problem(layout, manifest.folder)) is not None:
            raise TemplateError(problem)
        self._labels = {item.key: item.label for item in manifest.fields}
        for item in manifest.fields:
            self._labels |= {column.key: column.label for column in item.table.columns} if item.table else {}
        keys = {spot.key for spot in layout.spots if spot.kind in ("text", "box", "image")}
        unknown = sorted(keys - set(self._labels))
        if layout.flow is not None and (self.table is None or self.table.table is None):
            unknown.append(layout.flow.table)
        if unknown:
            raise TemplateError(Problem("F-PDF-001", place, ", ".join(unknown), {"name": manifest.id}))
        arts = max((page.art for page in _pages_of(layout)), default=0)
        if arts >= len(self._artwork.pages):
            raise TemplateError(
                Problem("F-PDF-002", place, params={"reason": f"{arts + 1} > {len(self._artwork.pages)}"})
            )


def _pages_of(layout: Any) -> Iterator[Page | Band]:
    yield from layout.before
    yield from layout.after
    flow = layout.flow
    if flow is not None:
        yield from (flow.frame, flow.first, flow.next, *flow.rows.values())
        if flow.tail is not None:
            yield flow.tail
