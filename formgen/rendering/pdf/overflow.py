"""Values that have no room: which are continued on a continuation sheet, and where the form breaks off.

In: spots that a text overflows, met while a sheet is made. Out: the texts as the form shows them, cut at a line's end
and ending with the mark, and the rests. A value that is printed at several places is cut alike at all of them, where
the one with the least room asks for it. A sheet with cuts is therefore made anew with the shorter texts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from formgen.forms.manifest import Field, Manifest
from formgen.problems import Place, Problem
from formgen.rendering.context import Row
from formgen.rendering.continuation import MARK, Continued
from formgen.rendering.pdf.spots import SpotPrinter, keys_in, words_of
from formgen.typeset import cut, cut_within

__all__ = ["Overflows"]

Values = dict[str, Any]
"""A context or a row of it: key → printed text."""
ROUNDS: Final = 8
"""A sheet is made no more often than this; two rounds are the rule."""


@dataclass(slots=True)
class _Cut:
    """A value of which only the beginning is shown."""

    whole: str
    at: int
    values: Values
    field: Field
    page_number: int


class Overflows:
    """What of one record has no room."""

    def __init__(self, manifest: Manifest, table: str) -> None:
        self._form = manifest.id
        self._table = table
        self._fields: dict[str, Field] = {}
        self._columns: dict[str, Field] = {}
        for item in manifest.fields:
            self._fields[item.key] = item
            if item.key == table and item.table is not None:
                self._columns = {column.key: column for column in item.table.columns}
        self._cuts: dict[tuple[int, str], _Cut] = {}
        self._smallest: set[tuple[int, int]] = set()
        self.rounds_left = ROUNDS
        self.is_changed = False
        """Whether a text was cut since the sheet was last begun."""

    def begin(self) -> None:
        """The sheet is made (again)."""
        self.is_changed = False
        self.rounds_left -= 1

    def is_smallest(self, printer: SpotPrinter, values: Mapping[str, Any]) -> bool:
        """Whether the spot breaks off: what is shown there is printed at its smallest size."""
        return bool(self._smallest) and (id(printer), id(values)) in self._smallest

    def take(
        self, printer: SpotPrinter, text: str, context: Values, values: Values, more_pt: float, page_number: int
    ) -> bool:
        """Cut the value that a spot has no room for; False where it must not or cannot be."""
        key = self._longest(printer, context, values)
        holder = values if key in values and isinstance(values, Row) else context
        field = self._columns.get(key) if holder is not context else self._fields.get(key)
        if field is None or not field.is_continued or printer.part or not self.rounds_left:
            return False
        earlier = self._cuts.get((id(holder), key))
        box, advances = printer.box(more_pt), printer.setter.advances
        at: int | None
        if printer.spot.pieces:

            def shown(head: str) -> str:
                return words_of(printer.spot.pieces, {**context, **values, key: head})

            at = cut_within(shown, earlier.whole[: earlier.at] if earlier else holder[key], box, advances, MARK)
        elif earlier is not None:
            at = cut_within(str, earlier.whole[: earlier.at], box, advances, MARK)
        else:
            head = cut(text, box, advances, MARK)
            at = head.overflow_at if head is not None else None
        if at is None:
            return False
        if earlier is None:
            earlier = self._cuts[id(holder), key] = _Cut(holder[key], at, holder, field, page_number)
        earlier.at = at
        holder[key] = earlier.whole[:at] + MARK
        self._smallest.add((id(printer), id(values)))
        self.is_changed = True
        return True

    def continued(self) -> list[Continued]:
        """The rests, in the order in which the form breaks off."""
        return [
            Continued(
                item.field.key,
                item.field.label,
                item.whole[item.at :],
                self._table if isinstance(item.values, Row) else "",
                item.values["row_number"] if isinstance(item.values, Row) else None,
                item.page_number,
            )
            for item in self._cuts.values()
        ]

    def notes(self, record_key: str) -> list[Problem]:
        """That and where the form is continued (F-FIT-002)."""
        made = []
        for item in self._cuts.values():
            params = {"count": str(len(item.whole) - item.at), "length": str(len(item.whole))}
            row = str(item.values["row_number"]) if isinstance(item.values, Row) else ""
            place = Place(self._form, cell=row, label=item.field.label)
            made.append(Problem("F-FIT-002", place, str(len(item.whole)), params, record_key))
        return made

    def _longest(self, printer: SpotPrinter, context: Values, values: Values) -> str:
        """The key of the value that gives way: of words and values in one paragraph the longest."""
        if not printer.spot.pieces:
            return printer.key
        everything = {**context, **values}
        keys = [key for key in keys_in(printer.spot.pieces) if isinstance(everything[key], str)]
        return max(keys, key=lambda key: len(everything[key]), default=printer.key)
