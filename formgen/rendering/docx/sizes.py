"""The sizes of printed values: which shrink, which do not fit, and how a template's tags learn of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from formgen.forms.manifest import Field
from formgen.problems import Place, Problem
from formgen.rendering.docx.boxes import Site
from formgen.rendering.docx.words import Words
from formgen.typeset import fit
from formgen.typeset.fit import holds_surely
from formgen.units import half_points, twips

__all__ = ["Shrunk", "SizeKeeper"]

Values = dict[str, Any]
"""A context or a row of it: key → printed text."""


@dataclass(frozen=True, slots=True)
class Shrunk:
    """A value that is printed smaller at one site: where it stands, and its sizes by their names."""

    values: Values
    sizes: dict[str, int]


class SizeKeeper:
    """Knows the boxes of one template."""

    def __init__(self, form: str, sites: Sequence[Site]) -> None:
        self._form = form
        self._sites: dict[str, list[tuple[str, int, Site]]] = {"": []}
        self._paragraphs: list[tuple[str, Words, Site]] = []
        self._normal: dict[str, dict[str, int]] = {"": {}}
        for site in sites:
            self._sites.setdefault(site.table, [])
            if site.words is not None:
                self._paragraphs.append((site.table, site.words, site))
            elif site.field.type_name != "image":  # pictures are scaled by formgen.rendering.docx.pictures
                self._sites[site.table].append((site.field.key, site.box.sure_characters, site))
            self._normal.setdefault(site.table, {}).update(_sizes(site, site.box.size_pt, site.box.line_pt))

    def check(self, context: Values, record_key: str) -> tuple[list[Shrunk], list[Problem]]:
        """What has to shrink, and errors (F-FIT-001) for what does not fit at all."""
        shrunk: list[Shrunk] = []
        problems: list[Problem] = []
        for table, values in self._holders(context):
            for key, sure, site in self._sites[table]:
                text = values[key]
                if not holds_surely(text, sure):
                    self._fit(text, values, site, site.field, shrunk, problems, record_key)
        for table, words, site in self._paragraphs:
            for values in context[table] if table else (context,):
                text = words.text(context, values)
                if text.strip() != words.blank.strip():
                    self._fit(text, values, site, words.longest(context, values), shrunk, problems, record_key)
        return shrunk, problems

    def apply(self, context: Values, shrunk: Sequence[Shrunk]) -> None:
        """Put the sizes of every value that has a box beside the values; the shrunk ones their own."""
        for table, values in self._holders(context):
            values.update(self._normal[table])
        for item in shrunk:
            item.values.update(item.sizes)

    def _holders(self, context: Values) -> Iterator[tuple[str, Values]]:
        for table in self._sites:
            if not table:
                yield table, context
                continue
            for row in context[table]:
                yield table, row

    def _fit(
        self,
        text: str,
        values: Values,
        site: Site,
        field: Field,
        shrunk: list[Shrunk],
        problems: list[Problem],
        record_key: str,
    ) -> None:
        result = fit(text, site.box)
        if result.overflow_at is not None:
            place = Place(self._form, cell=str(values["row_number"]) if site.table else "", label=field.label)
            count, length = len(text) - result.overflow_at, len(text)
            params = {"count": str(count), "length": str(length)}
            problems.append(Problem("F-FIT-001", place, str(length), params, record_key))
        elif result.size_pt != site.box.size_pt:
            shrunk.append(Shrunk(values, _sizes(site, result.size_pt, result.line_pt)))


def _sizes(site: Site, size_pt: float, line_pt: float) -> dict[str, int]:
    return {site.size_name: half_points(size_pt), site.line_name: twips(line_pt)}
