"""Towns and villages of a dataset, and what is known of a village as a whole.

A place is a number here. Two villages of one name in two towns are two places. A village that a row names without its
town is the one village of that name, if there is only one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from formgen.data.rows import Facts

__all__ = ["PlaceEntry", "Places"]


@dataclass
class PlaceEntry:
    """One village; `seen` is where it is named first: table and row."""

    number: int
    town: str
    village: str
    seen: tuple[int, int]
    facts: Facts = field(default_factory=dict)
    origins: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Term key → table and row that gave the fact."""
    merged: bool = False
    """Whether it turned out to be another entry's village."""
    doubtful: set[str] = field(default_factory=set)
    """Facts that rows give differently: none of their values is used."""

    @property
    def values(self) -> Facts:
        names = {"place.town": self.town, "place.village": self.village}
        facts = {key: value for key, value in self.facts.items() if key not in self.doubtful}
        return {key: value for key, value in names.items() if value} | facts


class Places:
    """All places by number, in order of first appearance. `first_towns`: towns the programme itself lists, in order."""

    def __init__(self, first_towns: Sequence[str] = ()) -> None:
        self._rank = {town: rank for rank, town in enumerate(first_towns)}
        self._numbers: dict[tuple[str, str], int] = {}
        self._entries: list[PlaceEntry] = []

    def __getitem__(self, number: int) -> PlaceEntry:
        return self._entries[number]

    def number(self, town: str, village: str, table: int, row: int) -> int:
        number = self._numbers.get((town, village))
        if number is None:
            number = self._numbers[town, village] = len(self._entries)
            self._entries.append(PlaceEntry(number, town, village, (table, row)))
        return number

    def add_fact(self, number: int, key: str, value: object, table: int, row: int) -> tuple[int, int] | None:
        """Keep a fact of a village. Where another row gave it differently: that row's table and number."""
        entry = self._entries[number]
        known = entry.facts.setdefault(key, value)
        origin = entry.origins.setdefault(key, (table, row))
        if known != value:
            entry.doubtful.add(key)
            return origin
        return None

    def ordered(self) -> Iterator[PlaceEntry]:
        """By town, then village: the programme's own towns first, the rest as they first appear."""
        appeared: dict[str, int] = {}
        entries = [entry for entry in self._entries if not entry.merged]
        for entry in entries:
            appeared.setdefault(entry.town, len(appeared))
        last = len(self._rank)
        return iter(
            sorted(entries, key=lambda entry: (self._rank.get(entry.town, last), appeared[entry.town], entry.number))
        )

    def candidates(self, entry: PlaceEntry) -> list[PlaceEntry]:
        """The villages that a village without its town may be."""
        if entry.town or not entry.village:
            return []
        return [other for other in self._entries if other.village == entry.village and other.town]

    def merge(self, entry: PlaceEntry, into: PlaceEntry) -> None:
        """Make the village without a town the one with it; what rows say of either is said of it."""
        for key, value in entry.facts.items():
            into.facts.setdefault(key, value)
            into.origins.setdefault(key, entry.origins[key])
            if into.facts[key] != value:
                into.doubtful.add(key)
        entry.merged = True
