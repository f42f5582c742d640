"""The sizes of printed values: which shrink, which do not fit, and how a template's tags learn of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from formgen.problems import Place, Problem
from formgen.rendering.context import DateText
from formgen.rendering.docx.boxes import Site
from formgen.typeset import fit
from formgen.units import half_points, twips

__all__ = ["Shrunk", "SizeKeeper", "SizedText"]

Values = dict[str, Any]
"""A context or a row of it: key → printed text."""


class SizedText(DateText):
    """A printed value that knows its size at each site: index → (half points, twips of the line)."""

    fits: Mapping[int, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Shrunk:
    """A value that is printed smaller at one site."""

    values: Values
    key: str
    site: int
    size: tuple[int, int]


class SizeKeeper:
    """Knows the boxes of one template."""

    def __init__(self, form: str, sites: Sequence[Site]) -> None:
        self._form = form
        self._single = [(site.field.key, site.box.sure_characters, site) for site in sites if not site.table]
        self._tables: dict[str, list[tuple[str, int, Site]]] = {}
        for site in sites:
            if site.table:
                self._tables.setdefault(site.table, []).append((site.field.key, site.box.sure_characters, site))
        self._normal = {site.index: site.normal for site in sites}

    def check(self, context: Values, record_key: str) -> tuple[list[Shrunk], list[Problem]]:
        """What has to shrink, and errors (F-FIT-001) for what does not fit at all."""
        shrunk: list[Shrunk] = []
        problems: list[Problem] = []
        for values, sites in self._holders(context):
            for key, sure, site in sites:
                text = values[key]
                if text and (len(text) > sure or "\n" in text):
                    self._fit(values, site, shrunk, problems, record_key)
        return shrunk, problems

    def apply(self, context: Values, shrunk: Sequence[Shrunk]) -> None:
        """Put sizes on every value that has a box; the shrunk ones their own."""
        for values, sites in self._holders(context):
            for key, _, _ in sites:
                if not isinstance(values[key], SizedText):
                    values[key] = self._sized(values[key])
        for item in shrunk:
            text = item.values[item.key]
            text.fits = {**text.fits, item.site: item.size}

    def _holders(self, context: Values) -> Iterator[tuple[Values, list[tuple[str, int, Site]]]]:
        yield context, self._single
        for table, columns in self._tables.items():
            for row in context[table]:
                yield row, columns

    def _fit(self, values: Values, site: Site, shrunk: list[Shrunk], problems: list[Problem], record_key: str) -> None:
        text = values[site.field.key]
        result = fit(text, site.box)
        if result.overflow_at is not None:
            place = Place(self._form, cell=str(values["row_number"]) if site.table else "", label=site.field.label)
            count, length = len(text) - result.overflow_at, len(text)
            params = {"count": str(count), "length": str(length)}
            problems.append(Problem("F-FIT-001", place, str(length), params, record_key))
        elif result.size_pt != site.box.size_pt:
            size = half_points(result.size_pt), twips(result.line_pt)
            shrunk.append(Shrunk(values, site.field.key, site.index, size))

    def _sized(self, text: str) -> SizedText:
        sized = SizedText(text)
        sized.fits = self._normal
        if isinstance(text, DateText):
            sized.year, sized.month, sized.day = text.year, text.month, text.day
        return sized
