"""Tables → spool: each row parsed, derived, checked by itself, and kept with what it is found by.

In: raw tables. Out: rows in the spool, places, problems. What needs several rows is checked afterwards (`checks`).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from formgen.data.derive import DERIVED, Deriver
from formgen.data.keys import natural_order, record_key
from formgen.data.packing import Packer
from formgen.data.places import Places
from formgen.data.problem_log import ProblemLog
from formgen.data.rows import Facts, Found, Row, TableReader
from formgen.data.sources import RawRow, RawTable
from formgen.data.spool import Spool, Stored
from formgen.forms.catalogue import Programme
from formgen.problems import Finding, Place, Problem, catalogue
from formgen.vocabulary.headers import SEARCHED_ROWS, find_header
from formgen.vocabulary.match import Matcher, is_of_the_row

__all__ = ["RESOLVED", "LoadedTable", "Loader", "required_terms", "spot"]

_OWN_HOUSEHOLD = "\uffff"
"""Persons without a household number come after the numbered households of their village."""

RESOLVED = "="
"""Stands for the household's sort key in a pairing whose person is known."""

_KEY_TERMS: Mapping[str, tuple[str, ...]] = {
    "household": ("household.number",),
    "member": ("member.name",),
    "helper": ("helper.name",),
    "pairing": (),
    "base": ("base.company",),
    "plan": ("plan.place",),
    "place": ("place.village",),
}
"""What a row must have to be one, beside what the programme's forms require."""


@dataclass(frozen=True)
class LoadedTable:
    """One sheet that was read: what it is about and how its cells are named."""

    number: int
    entity: str
    reader: TableReader

    def place(self, row: int, key: str = "") -> Place:
        return self.reader.place(row, key)


@dataclass
class _Layouts:
    own: int
    shared: int
    pairing: int
    required: tuple[str, ...] = ()
    absent: frozenset[str] = field(default_factory=frozenset)


def required_terms(programme: Programme) -> dict[str, tuple[str, ...]]:
    """Entity → terms without which some form about it cannot be filled."""
    found: dict[str, dict[str, None]] = {}
    for form in programme.forms.values():
        for item in form.fields:
            fields = item.table.columns if item.table else (item,)
            subject = item.table.rows_of if item.table else form.subject
            for one in fields:
                if one.required and one.term and not one.total_of:
                    found.setdefault(subject, {})[one.term] = None
    return {entity: tuple(terms) for entity, terms in found.items()}


class Loader:
    """Reads all tables of one dataset."""

    def __init__(
        self,
        programme: Programme,
        matcher: Matcher,
        deriver: Deriver,
        spool: Spool,
        places: Places,
        log: ProblemLog,
        secret: bytes = b"",
    ) -> None:
        self.programme = programme
        self.vocabulary = programme.vocabulary
        self.matcher = matcher
        self.deriver = deriver
        self.spool = spool
        self.packer = Packer(programme.vocabulary)
        self.places = places
        self.log = log
        self.secret = secret
        self.tables: dict[int, LoadedTable] = {}
        """Sheet number → table; a sheet that is not used has its number and no table."""
        self.rows_seen = 0
        self._required = required_terms(programme)
        self._errors = {code for code, entry in catalogue().items() if entry.severity == "error"}

    def load(self, tables: Iterable[RawTable]) -> None:
        for number, table in enumerate(tables):
            self._load_table(number, table)

    def key_of(self, entity: str, *parts: str | None) -> str:
        return record_key(self.programme.id, entity, *(part or "" for part in parts), secret=self.secret)

    def row_key(self, entity: str, row: Stored) -> str:
        """The opaque key of a row that is kept."""
        if entity == "person":
            place = self.places[row.place]
            return self.key_of("person", row.cert or row.idn or f"{place.town}/{place.village}/{row.name}/{row.hh}")
        return self.key_of(entity, str(row.place), row.hh, row.name, row.cert, row.ref)

    def problem(self, finding: Finding, table: int, row: int, key: str, record: str | None = None) -> None:
        """Note what is wrong with one cell of a row kept."""
        loaded = self.tables[table]
        self.log.add(finding.at(loaded.place(row, key), record), table, row, loaded.reader.column_of(key))

    def _load_table(self, number: int, table: RawTable) -> None:
        rows = iter(table.rows())
        head = list(itertools.islice(rows, SEARCHED_ROWS + 1))
        # A number for every sheet, read or not: problems are put in the file's order by it.
        place = Place(table.file, table.name)
        header = None if table.is_hidden else find_header(head, self.matcher, table.name, table.merges())
        if header is None:
            if any(cell not in (None, "") for row in head for cell in row):
                self.rows_seen += 1
                self.log.add(Problem("F-DATA-010", place) if table.is_hidden else self._unrecognised(place), number)
            return
        reader = TableReader(table, header, self.vocabulary)
        loaded = LoadedTable(number, header.match.entity, reader)
        self.tables[number] = loaded
        for problem in reader.header_problems():
            self.log.add(problem, number, reader.first_data_row - 1)
        count = self._load_rows(loaded, itertools.chain(head[reader.first_data_row :], rows))
        self.rows_seen += count
        if not count:
            self.log.add(Problem("F-DATA-012", place), number)
        if not table.is_looked_over:
            self.log.add(Problem("F-EXCEL-008", place), number)
        if any(reader.skipped.values()):
            params = {kind: str(count) for kind, count in reader.skipped.items()}
            self.log.add(Problem("F-DATA-011", place, params=params), number)

    def _unrecognised(self, place: Place) -> Problem:
        return Problem("F-DATA-003", place, params={"known": self.known_sheets()})

    def known_sheets(self) -> str:
        return "、".join(names[0] for names in self.vocabulary.sheets.values())

    def _load_rows(self, loaded: LoadedTable, raw: Iterable[RawRow]) -> int:
        layouts = self._layouts(loaded)
        rows = loaded.reader.read(raw)
        if loaded.entity == "person":
            return self._load_persons(loaded, layouts, rows)
        if loaded.entity == "place":
            return self._load_places(loaded, rows)
        return self._load_others(loaded, layouts, rows)

    def _layouts(self, loaded: LoadedTable) -> _Layouts:
        keys = loaded.reader.keys
        entity = loaded.entity
        household = [key for key in keys if key.startswith("household.")]
        shared = household if entity in ("person", "household") else []
        pairing = [key for key in keys if key.partition(".")[0] in ("helper", "pairing")] if entity == "person" else []
        own = [key for key in keys if key not in shared and key not in pairing and not key.startswith("place.")]
        if entity == "person":
            own += [key for key in DERIVED if key not in own]
        required = (*self._required.get(entity, ()), *_KEY_TERMS.get(entity, ()))
        required = tuple(dict.fromkeys(key for key in required if key.partition(".")[0] == entity))
        reachable = {*keys, *(DERIVED if entity == "person" else ())}
        absent = frozenset(key for key in required if key not in reachable)
        for key in (key for key in required if key in absent):
            params = {"label": self.vocabulary[key].label, "term": key}
            finding = Finding("F-DATA-021", params=params)
            row = loaded.reader.first_data_row - 1
            self.log.add(finding.at(loaded.reader.header_place), loaded.number, row)
        if entity == "person" and "household.number" not in keys:
            self.log.add(Finding("F-DATA-023").at(loaded.reader.header_place), loaded.number)
        layout = self.packer.layout
        return _Layouts(layout(own), layout(shared), layout(pairing), required, absent)

    def _load_persons(self, loaded: LoadedTable, layouts: _Layouts, rows: Iterator[Row]) -> int:
        number, pack, add = loaded.number, self.packer.pack, self.spool.add
        keys = loaded.reader.keys
        has_village = "place.village" in keys
        has_shared = any(key.startswith("household.") for key in keys)
        has_pairing = any(key in ("helper.name", "pairing.project") for key in keys)
        place_facts = [key for key in keys if key.startswith("place.") and key not in _PLACE_NAMES]
        seq = self.spool.sequence
        count = 0
        for row in rows:
            count += 1
            facts, found = row.facts, row.found
            self.deriver.fill(facts, found)
            get = facts.get
            town, village = get("place.town", ""), get("place.village", "")
            place = self.places.number(town, village, number, row.index)
            for key in place_facts:
                if key in facts:
                    self._place_fact(place, key, facts[key], number, row.index)
            hh, name = get("household.number"), get("person.name")
            idn, cert = get("person.id_number"), get("person.certificate")
            number_of_row = next(seq)
            order = f"{natural_order(hh)}\x1f{hh}" if hh else f"{_OWN_HOUSEHOLD}{number_of_row:012}"
            bad = 0
            self._require(layouts, facts, found)
            if has_village and not village:
                found.append(("place.village", Finding("F-DATA-022")))
            if found:
                record = self.key_of("person", cert or idn or f"{town}/{village}/{name}/{hh}")
                bad = self._report(loaded, row, record)
            if layouts.absent:
                bad = 1
            address, phone = get("person.address"), get("person.phone")
            twin = f"{phone}|{address}" if address and phone and hh else None
            add(
                "person",
                (
                    number_of_row,
                    number,
                    row.index,
                    place,
                    hh,
                    order,
                    name,
                    idn,
                    cert,
                    get("person.base_name"),
                    twin,
                    bad,
                    pack(layouts.shared, facts) if has_shared else None,
                    pack(layouts.own, facts),
                ),
            )
            if has_pairing and ("helper.name" in facts or "pairing.project" in facts):
                self._add_pairing(loaded, layouts, row, place, number_of_row, bad)
        return count

    def _add_pairing(self, loaded: LoadedTable, layouts: _Layouts, row: Row, place: int, person: int, bad: int) -> None:
        """The helper and project that a flat roster has in a person's own row."""
        own = self.packer.pack(layouts.pairing, row.facts)
        name = row.facts.get("helper.name")
        seq = next(self.spool.sequence)
        stored = (
            seq,
            loaded.number,
            row.index,
            place,
            None,
            RESOLVED,
            name,
            None,
            None,
            str(person),
            None,
            bad,
            None,
            own,
        )
        self.spool.add("pairing", stored)

    def _load_places(self, loaded: LoadedTable, rows: Iterator[Row]) -> int:
        count = 0
        for row in rows:
            count += 1
            facts = row.facts
            self._report(loaded, row, None)
            if "place.village" not in facts and "place.town" not in facts:
                continue
            town, village = facts.get("place.town", ""), facts.get("place.village", "")
            place = self.places.number(town, village, loaded.number, row.index)
            for key, value in facts.items():
                if key not in _PLACE_NAMES and not is_of_the_row(key):
                    self._place_fact(place, key, value, loaded.number, row.index)
        return count

    def _load_others(self, loaded: LoadedTable, layouts: _Layouts, rows: Iterator[Row]) -> int:
        entity, number = loaded.entity, loaded.number
        has_place = not _PLACE_NAMES.isdisjoint(loaded.reader.keys)
        count = 0
        for row in rows:
            count += 1
            facts, get = row.facts, row.facts.get
            self._require(layouts, facts, row.found)
            town, village = get("place.town", ""), get("place.village", "")
            place = self.places.number(town, village, number, row.index) if has_place and (town or village) else -1
            seq = next(self.spool.sequence)
            hh = get("household.number")
            name = get(_NAMES.get(entity, "person.name"))
            record = self.key_of(entity, str(place), hh, name, get("person.certificate"), get("person.name"))
            bad = self._report(loaded, row, record) or int(bool(layouts.absent))
            shared = self.packer.pack(layouts.shared, facts) if entity == "household" else None
            order = f"{natural_order(hh)}\x1f{hh}" if hh else ""
            idn, cert = get("person.id_number"), get("person.certificate")
            own = self.packer.pack(layouts.own, facts)
            reference = get("member.head_key") if entity == "member" else get("person.name")
            twin = get("helper.phone") if entity in ("helper", "pairing") else None
            stored = (seq, number, row.index, place, hh, order, name, idn, cert, reference, twin, bad, shared, own)
            self.spool.add(entity, stored)
        return count

    def _place_fact(self, place: int, key: str, value: object, table: int, row: int) -> None:
        origin = self.places.add_fact(place, key, value, table, row)
        if origin is None:
            return
        kind = self.vocabulary[key].value_type if key in self.vocabulary else None
        shown = kind.format if kind else str
        first = self.places[place].facts[key]
        where = self.tables[origin[0]].place(origin[1], key)
        params = {"other": spot(where), "value": shown(first), "label": where.label}
        self.problem(Finding("F-DATA-051", shown(value), params), table, row, key)

    def _require(self, layouts: _Layouts, facts: Facts, found: list[Found]) -> None:
        missing = [key for key in layouts.required if key not in facts and key not in layouts.absent]
        if not missing:
            return
        known = {key for key, _ in found}
        for key in sorted(missing, key=lambda key: key in DERIVED):
            # What would follow from a number that is refused or blank is not a second mistake.
            if key in known or (key in DERIVED and not known.isdisjoint(_NUMBERS)):
                continue
            known.add(key)
            found.append((key, Finding("F-DATA-020", params={"label": self.vocabulary[key].label})))

    def _report(self, loaded: LoadedTable, row: Row, record: str | None) -> int:
        """Note what was found in a row. 1 when the row is in error."""
        bad = 0
        for key, finding in row.found:
            self.problem(finding, loaded.number, row.index, key, record)
            if finding.code in self._errors:
                bad = 1
        if bad and record:
            self.log.leave_out(record, loaded.place(row.index))
        return bad


_NUMBERS = frozenset(("person.certificate", "person.id_number"))
_PLACE_NAMES = frozenset(("place.town", "place.village"))
_NAMES = {
    "household": "household.number",
    "member": "member.name",
    "helper": "helper.name",
    "pairing": "helper.name",
    "base": "base.company",
    "plan": "plan.place",
}


def spot(place: Place) -> str:
    """Sheet and cell: how one problem names the place of another."""
    return "!".join(bit for bit in (place.part, place.cell) if bit)
