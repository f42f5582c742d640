"""The sizes of printed values: which shrink, which go on on a continuation sheet, which do not fit at all, and how a
template's tags learn of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from formgen.forms.manifest import Field
from formgen.problems import Place, Problem
from formgen.rendering.continuation import MARK, Continued
from formgen.rendering.docx.boxes import Site
from formgen.rendering.docx.words import Words
from formgen.typeset import cut, cut_within, fit
from formgen.typeset.fit import holds_surely, scaled_line
from formgen.typeset.widths import SHIPPED
from formgen.units import half_points, twips

__all__ = ["Checked", "Shrunk", "SizeKeeper"]

Values = dict[str, Any]
"""A context or a row of it: key → printed text."""


@dataclass(frozen=True, slots=True)
class Shrunk:
    """A value that is printed smaller at one site: where it stands, and its sizes by their names."""

    values: Values
    sizes: dict[str, int]


@dataclass(slots=True)
class _Cut:
    """A value of which only the beginning is shown."""

    whole: str
    at: int
    field: Field
    table: str
    row_number: int | None


@dataclass(slots=True)
class Checked:
    """What one record's values ask for."""

    shrunk: list[Shrunk] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    cuts: dict[tuple[int, str], _Cut] = field(default_factory=dict)
    """By the identity of the context or row, and the key."""

    @property
    def continued(self) -> list[Continued]:
        return [
            Continued(item.field.key, item.field.label, item.whole[item.at :], item.table, item.row_number)
            for item in self.cuts.values()
        ]


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

    def check(self, context: Values, record_key: str) -> Checked:
        """What has to shrink, what is continued (in the context it ends with the mark from now on), and errors
        (F-FIT-001) for what does not fit at all."""
        checked = Checked()
        for table, values in self._holders(context):
            for key, sure, site in self._sites[table]:
                text = values[key]
                if not holds_surely(text, sure):
                    self._fit_alone(text, values, site, checked, record_key)
        for table, words, site in self._paragraphs:
            for values in context[table] if table else (context,):
                text = words.text(context, values)
                if text.strip() != words.blank.strip():
                    self._fit_words(text, context, values, site, words, checked, record_key)
        checked.problems += [self._note(item, record_key) for item in checked.cuts.values()]
        return checked

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

    def _fit_alone(self, text: str, values: Values, site: Site, checked: Checked, record_key: str) -> None:
        """A value that has a box of its own."""
        result = fit(text, site.box)
        if result.overflow_at is None:
            if result.size_pt != site.box.size_pt:
                checked.shrunk.append(Shrunk(values, _sizes(site, result.size_pt, result.line_pt)))
            return
        at = None
        if site.field.is_continued:
            earlier = checked.cuts.get((id(values), site.field.key))
            if earlier is None:
                head = cut(text, site.box, SHIPPED, MARK)
                at = head.overflow_at if head is not None else None
            else:  # cut at another place that has more room
                at = cut_within(str, earlier.whole[: earlier.at], site.box, SHIPPED, MARK)
        if at is None:
            checked.problems.append(self._too_long(text, result.overflow_at, values, site, site.field, record_key))
        else:
            _break_off(values, values, site, site.field, at, checked)

    def _fit_words(
        self, text: str, context: Values, values: Values, site: Site, words: Words, checked: Checked, record_key: str
    ) -> None:
        """A paragraph of words and values, of which the longest gives way."""
        result = fit(text, site.box)
        if result.overflow_at is None:
            if result.size_pt != site.box.size_pt:
                checked.shrunk.append(Shrunk(values, _sizes(site, result.size_pt, result.line_pt)))
            return
        longest = words.longest(context, values)
        key = longest.key
        is_of_row = bool(words.variable) and key in values
        holder = values if is_of_row else context
        at = None
        if longest.is_continued:
            earlier = checked.cuts.get((id(holder), key))
            whole = holder[key] if earlier is None else earlier.whole[: earlier.at]

            def text_with(head: str) -> str:
                shown = {**holder, key: head}
                return words.text(context, shown) if is_of_row else words.text(shown, values)

            at = cut_within(text_with, whole, site.box, SHIPPED, MARK)
        if at is None:
            checked.problems.append(self._too_long(text, result.overflow_at, values, site, longest, record_key))
        else:
            _break_off(holder, values, site, longest, at, checked)

    def _too_long(
        self, text: str, overflow_at: int, values: Values, site: Site, item: Field, record_key: str
    ) -> Problem:
        params = {"count": str(len(text) - overflow_at), "length": str(len(text))}
        row = str(values["row_number"]) if site.table else ""
        return Problem("F-FIT-001", Place(self._form, cell=row, label=item.label), str(len(text)), params, record_key)

    def _note(self, item: _Cut, record_key: str) -> Problem:
        params = {"count": str(len(item.whole) - item.at), "length": str(len(item.whole))}
        row = "" if item.row_number is None else str(item.row_number)
        place = Place(self._form, cell=row, label=item.field.label)
        return Problem("F-FIT-002", place, str(len(item.whole)), params, record_key)


def _break_off(holder: Values, values: Values, site: Site, item: Field, at: int, checked: Checked) -> None:
    """Show a value up to `at`, with the mark; what stands at the site is printed at its smallest size."""
    earlier = checked.cuts.get((id(holder), item.key))
    if earlier is None:
        row_number = holder["row_number"] if holder is values and site.table else None
        table = site.table if row_number is not None else ""
        earlier = checked.cuts[id(holder), item.key] = _Cut(holder[item.key], at, item, table, row_number)
    earlier.at = at
    holder[item.key] = earlier.whole[:at] + MARK
    smallest = site.box.smallest_pt
    checked.shrunk.append(Shrunk(values, _sizes(site, smallest, scaled_line(site.box, smallest))))


def _sizes(site: Site, size_pt: float, line_pt: float) -> dict[str, int]:
    return {site.size_name: half_points(size_pt), site.line_name: twips(line_pt)}
