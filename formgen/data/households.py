"""Households: the persons of one household number in one village, with the facts all of them share.

In: the spool. Out: households in print order: town, village, household number (2 before 10), file order. A person
without a household number is a household of its own.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

from formgen.data.loading import Loader
from formgen.data.places import PlaceEntry
from formgen.data.rows import Facts
from formgen.data.spool import Stored

__all__ = ["Household", "households"]


@dataclass(slots=True)
class Household:
    """One household. `persons` are rows in file order, at least one."""

    place: PlaceEntry
    persons: list[Stored]
    facts: Facts = field(default_factory=dict)
    """Facts of the household; of contradictory ones the first."""
    origins: dict[str, Stored] = field(default_factory=dict)
    contradictions: list[tuple[str, Stored, Stored, Any]] = field(default_factory=list)
    """(term key, the row that gave it first, the row that differs, its value)."""

    def row_of(self, key: str) -> Stored:
        """The row to name in a problem about a fact."""
        return self.origins.get(key, self.persons[0])

    def add(self, row: Stored, facts: Facts) -> None:
        for key, value in facts.items():
            if key not in self.facts:
                self.facts[key] = value
                self.origins[key] = row
            elif self.facts[key] != value:
                self.contradictions.append((key, self.origins[key], row, value))


def households(loader: Loader, place: PlaceEntry | None = None, *, with_bad: bool = False) -> Iterator[Household]:
    """All households, or those of one village, in order. Rows in error are left out unless `with_bad`."""
    spool = loader.spool
    spool.index("person", "place, ord, seq")
    has_sheet = bool(spool.count("household", "LIMIT 1"))
    good = "" if with_bad else " AND bad = 0"
    for entry in [place] if place else loader.places.ordered():
        rows = spool.stored("person", f"WHERE place = ?{good} ORDER BY ord, seq", (entry.number,))
        for order, group in itertools.groupby(rows, key=attrgetter("ord")):
            yield household_of(loader, entry, order, list(group), has_sheet)


def household_of(loader: Loader, place: PlaceEntry, order: str, persons: list[Stored], has_sheet: bool) -> Household:
    """Gather the shared facts: the household's own row first, then its persons' in file order."""
    unpack = loader.packer.unpack
    household = Household(place, persons)
    if has_sheet:
        for row in loader.spool.stored(
            "household", "WHERE place = ? AND ord = ? AND bad = 0 ORDER BY seq", (place.number, order)
        ):
            household.add(row, unpack(row.shared))
    last: bytes | None = None
    for row in persons:
        if row.shared is not None and row.shared != last:
            last = row.shared
            household.add(row, unpack(last))
    if persons[0].hh:
        household.facts.setdefault("household.number", persons[0].hh)
    return household
