"""Scopes: the joined view of one thing a form may stand for.

In: the checked rows. Out: `Scope`s, streaming in print order; each has the values of every single entity in its view
(of a person: the place, the household, the person, the base) and the rows that its tables print.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from formgen.data.households import Household, household_of, households
from formgen.data.loading import Loader
from formgen.data.places import PlaceEntry
from formgen.data.rows import Facts
from formgen.data.spool import Stored
from formgen.problems import Place

__all__ = ["CellSpot", "Per", "RowsOf", "Scope", "Scopes"]

Per = Literal["person", "household", "pairing", "village", "town", "base", "programme"] | str
RowsOf = Literal["person", "member", "plan", "household", "pairing"] | str


@dataclass(frozen=True, slots=True)
class CellSpot:
    """A cell of the dataset that holds a value."""

    table: int
    """Number of the sheet, as the loader counts them."""
    row: int
    """As `RawTable.rows` counts, from 0."""
    column: int
    term: str


def _nowhere(term: str) -> tuple[CellSpot, ...]:
    return ()


@dataclass(frozen=True, slots=True)
class Scope:
    """One thing to fill forms from.

    Attributes:
        key: opaque and stable; no personal data can be read from it.
        values: term key → typed value; what is blank is not there. Columns without a term stand under their label.
        place: where in the file it stands.
        spots: term key → all cells that hold its value for this scope: a household's figure stands in the row of each
            of its persons, a person's name in the rows of their pairings. Blank cells of its columns are among them.
    """

    per: str
    key: str
    values: Mapping[str, Any]
    place: Place
    inner: Callable[[str], Iterator[Scope]]
    spots: Callable[[str], tuple[CellSpot, ...]] = _nowhere

    def rows(self, entity: RowsOf) -> Iterator[Scope]:
        """The rows of a table, or the inner sheets of a packet; none where it has no such rows."""
        return self.inner(entity)


def _no_rows(entity: str) -> Iterator[Scope]:
    return iter(())


class Scopes:
    """Makes the scopes of one dataset."""

    def __init__(self, loader: Loader) -> None:
        self.loader = loader
        self.spool = loader.spool
        self._has = {entity: bool(loader.spool.count(entity)) for entity in ("pairing", "member", "household", "base")}
        self._bases: dict[str, Facts] = {}
        for row in self.spool.stored("base", "WHERE bad = 0 ORDER BY seq"):
            self._bases.setdefault(row.name or "", loader.packer.unpack(row.own))

    def each(self, per: str) -> Iterator[Scope]:
        makers: Mapping[str, Callable[[], Iterator[Scope]]] = {
            "person": lambda: self._rows_of(households(self.loader), "person"),
            "household": lambda: map(self._household, households(self.loader)),
            "pairing": lambda: self._rows_of(households(self.loader), "pairing"),
            "village": lambda: map(self._village, self.villages()),
            "place": lambda: map(self._village, self.villages()),
            "town": self._towns,
            "base": self._base_scopes,
            "programme": lambda: iter((self._programme(),)),
        }
        if per not in makers:
            raise ValueError(f"per: one of {', '.join(makers)}, not {per!r}")
        return makers[per]()

    def villages(self) -> Iterator[PlaceEntry]:
        """Places with persons on their register. Rows without a village make one only where no row has one."""
        numbers = {number for (number,) in self.spool.select("person", "DISTINCT place", "WHERE bad = 0")}
        entries = [entry for entry in self.loader.places.ordered() if entry.number in numbers]
        has_names = any(entry.village for entry in entries)
        return iter([entry for entry in entries if entry.village or not has_names])

    # Persons and households

    def _rows_of(self, found: Iterator[Household], entity: str) -> Iterator[Scope]:
        for household in found:
            if entity == "household":
                yield self._household(household)
            else:
                yield from self._inside(household, entity)

    def _inside(self, household: Household, entity: str) -> Iterator[Scope]:
        if entity == "member":
            yield from self._members(household)
        elif entity in ("person", "pairing"):
            shared = self._shared(household)
            for row in household.persons:
                person = self._person(household, row, shared)
                if entity == "person":
                    yield person
                else:
                    yield from self._pairings(row, person)

    def _shared(self, household: Household) -> Facts:
        """The place's and the household's facts, and what is counted of them."""
        facts = {**household.place.values, **household.facts}
        if "household.size" not in facts and self._has["member"] and (size := self._size(household)):
            facts["household.size"] = size
        facts["household.person_count"] = len(household.persons)
        if self._has["pairing"]:
            facts["household.pairing_count"] = sum(
                self.spool.count("pairing", "WHERE ref = ? AND bad = 0", (str(row.seq),)) for row in household.persons
            )
        return facts

    def _size(self, household: Household) -> int:
        """Persons and members together, one who is both counted once; 0 where no member is listed."""
        persons = {row.name for row in household.persons}
        numbers = {row.idn for row in household.persons}
        members = [self.loader.packer.unpack(row.own) for row in self._member_rows(household)]
        others = [
            facts
            for facts in members
            if facts.get("member.name") not in persons and facts.get("member.id_number") not in (numbers - {None})
        ]
        return len(household.persons) + len(others) if members else 0

    def _household(self, household: Household) -> Scope:
        first = household.persons[0]
        values = {**self._shared(household), **self.loader.packer.unpack(first.own)}
        place = household.place
        key = self.loader.key_of(
            "household", place.town, place.village, household.persons[0].hh or self.loader.row_key("person", first)
        )

        def inner(entity: str) -> Iterator[Scope]:
            return iter((scope,)) if entity == "household" else self._inside(household, entity)

        def spots(term: str) -> tuple[CellSpot, ...]:
            return self._person_spots(household, first, term)

        scope = Scope("household", key, values, self._where(first), inner, spots)
        return scope

    def _person(self, household: Household, row: Stored, shared: Facts) -> Scope:
        values = {**shared, **self.loader.packer.unpack(row.own)}
        if row.ref in self._bases:
            values = {**self._bases[row.ref], **values}

        def inner(entity: str) -> Iterator[Scope]:
            if entity == "person":
                return iter((scope,))
            if entity == "household":
                return iter((self._household(household),))
            return self._pairings(row, scope) if entity == "pairing" else self._inside(household, entity)

        def spots(term: str) -> tuple[CellSpot, ...]:
            return self._person_spots(household, row, term)

        scope = Scope("person", self.loader.row_key("person", row), values, self._where(row), inner, spots)
        return scope

    def _member_rows(self, household: Household) -> Iterator[Stored]:
        where = "WHERE place = ? AND ord = ? AND bad = 0 ORDER BY seq"
        return self.spool.stored("member", where, (household.place.number, household.persons[0].ord))

    def _members(self, household: Household) -> Iterator[Scope]:
        if not self._has["member"]:
            return
        shared = self._shared(household)
        for row in self._member_rows(household):
            values = {**shared, **self.loader.packer.unpack(row.own)}
            spots = functools.partial(self._spots, (row,))
            yield Scope("member", self.loader.row_key("member", row), values, self._where(row), _no_rows, spots)

    def _pairings(self, person: Stored, scope: Scope) -> Iterator[Scope]:
        if not self._has["pairing"]:
            return
        where = "WHERE ref = ? AND bad = 0 ORDER BY seq"
        for ordinal, row in enumerate(self.spool.stored("pairing", where, (str(person.seq),))):
            own = self.loader.packer.unpack(row.own)
            # The roster wins over what the pairing repeats of the person; the helpers' sheet only fills blanks.
            values = {**self._helper(row), **own, **scope.values}
            key = self.loader.key_of("pairing", scope.key, row.name, row.twin, str(ordinal))
            spots = functools.partial(self._pairing_spots, row, scope)
            yield Scope("pairing", key, values, self._where(row), scope.inner, spots)

    def _helper(self, row: Stored) -> Facts:
        if row.name is None:
            return {}
        found = self.spool.helpers(row)
        return self.loader.packer.unpack(found[0].own) if len(found) == 1 else {}

    # Places, bases, the programme

    def _village(self, entry: PlaceEntry) -> Scope:
        def inner(entity: str) -> Iterator[Scope]:
            return self._rows_of(households(self.loader, entry), entity)

        key = self.loader.key_of("village", entry.town, entry.village)
        return Scope("village", key, entry.values, self._first_row("place = ?", entry.number), inner)

    def _towns(self) -> Iterator[Scope]:
        towns: dict[str, list[PlaceEntry]] = {}
        for entry in self.loader.places.ordered():
            towns.setdefault(entry.town, []).append(entry)
        filled = {entry.number for entry in self.villages()}
        for town, entries in towns.items():
            if any(entry.number in filled for entry in entries):
                yield self._town(town, entries)

    def _town(self, town: str, entries: list[PlaceEntry]) -> Scope:
        def inner(entity: str) -> Iterator[Scope]:
            for entry in entries:
                if entity == "village":
                    yield self._village(entry)
                else:
                    yield from self._rows_of(households(self.loader, entry), entity)

        values = {"place.town": town} if town else {}
        return Scope("town", self.loader.key_of("town", town), values, Place(str(self._file())), inner)

    def _base_scopes(self) -> Iterator[Scope]:
        order = {entry.number: rank for rank, entry in enumerate(self.loader.places.ordered())}
        rows = self.spool.stored("base", "WHERE bad = 0 ORDER BY seq")
        for row in sorted(rows, key=lambda row: (order.get(row.place, len(order)), row.seq)):
            yield self._base(row)

    def _base(self, row: Stored) -> Scope:
        def inner(entity: str) -> Iterator[Scope]:
            order = "WHERE ref = ? AND bad = 0 AND place = ? ORDER BY ord, seq"
            for entry in self.loader.places.ordered():
                persons = list(self.spool.stored("person", order, (row.name, entry.number)))
                yield from self._rows_of(self._grouped(entry, persons), entity)

        place = self.loader.places[row.place].values if row.place >= 0 else {}
        values = {**place, **self.loader.packer.unpack(row.own)}
        key = self.loader.key_of("base", str(row.place), row.name)
        return Scope("base", key, values, self._where(row), inner, functools.partial(self._spots, (row,)))

    def _grouped(self, entry: PlaceEntry, persons: list[Stored]) -> Iterator[Household]:
        """Of each household the persons that work at the base."""
        by_order: dict[str, list[Stored]] = {}
        for person in persons:
            by_order.setdefault(person.ord, []).append(person)
        for order, group in by_order.items():
            yield household_of(self.loader, entry, order, group, self._has["household"])

    def _programme(self) -> Scope:
        def inner(entity: str) -> Iterator[Scope]:
            if entity == "plan":
                return self._plan()
            if entity in ("village", "town", "base"):
                return self.each(entity)
            return self._rows_of(households(self.loader), entity)

        return Scope("programme", self.loader.key_of("programme"), {}, Place(str(self._file())), inner)

    def _plan(self) -> Iterator[Scope]:
        """The sheet's plan; without a sheet the one the notice gives."""
        rows = self.spool.stored("plan", "WHERE bad = 0 ORDER BY seq")
        if self.spool.count("plan"):
            for row in rows:
                own = self.loader.packer.unpack(row.own)
                spots = functools.partial(self._spots, (row,))
                yield Scope("plan", self.loader.row_key("plan", row), own, self._where(row), _no_rows, spots)
            return
        given = self.loader.programme.data
        for town in given.get("places", ()):
            years = {f"plan.year_{year}": given["plan_share"] for year in given.get("years", ())}
            key = self.loader.key_of("plan", town)
            yield Scope("plan", key, {"plan.place": town, **years}, Place(), _no_rows)

    # Cells

    def _spots(self, rows: Iterable[Stored], term: str) -> tuple[CellSpot, ...]:
        """The cells of a term in these rows, of those whose sheets have such a column."""
        readers = ((row, self.loader.tables[row.tbl].reader) for row in rows)
        found = (
            CellSpot(row.tbl, row.row, reader.column_of(term), term) for row, reader in readers if term in reader.labels
        )
        return tuple(dict.fromkeys(found))

    def _person_spots(self, household: Household, row: Stored, term: str) -> tuple[CellSpot, ...]:
        entity = term.partition(".")[0]
        if entity == "household":
            own = "WHERE place = ? AND ord = ? AND bad = 0 ORDER BY seq"
            place = (household.place.number, household.persons[0].ord)
            sheets = self.spool.stored("household", own, place) if self._has["household"] else ()
            return self._spots([*sheets, *household.persons], term)
        if entity == "person":
            own = "WHERE ref = ? AND bad = 0"
            pairings = self.spool.stored("pairing", own, (str(row.seq),)) if self._has["pairing"] else ()
            return self._spots([row, *pairings], term)
        return self._spots((row,), term) if entity == "place" else ()

    def _pairing_spots(self, row: Stored, person: Scope, term: str) -> tuple[CellSpot, ...]:
        entity = term.partition(".")[0]
        if entity == "helper" and row.name is not None:
            helpers = self.spool.helpers(row)
            return self._spots([row, *(helpers if len(helpers) == 1 else ())], term)
        return self._spots((row,), term) if entity in ("pairing", "helper") else person.spots(term)

    def _where(self, row: Stored) -> Place:
        return self.loader.tables[row.tbl].place(row.row)

    def _first_row(self, condition: str, value: object) -> Place:
        for row in self.spool.stored("person", f"WHERE {condition} ORDER BY seq LIMIT 1", (value,)):
            return self._where(row)
        return Place(str(self._file()))

    def _file(self) -> str:
        return next((table.reader.table.file for table in self.loader.tables.values()), "")
