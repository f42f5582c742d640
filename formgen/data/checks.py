"""What only several rows together can show: duplicates, references, households that disagree with themselves.

In: all rows in the spool. Out: problems; rows in error are marked, references are resolved to the rows they mean.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence

from formgen.data.households import Household, households
from formgen.data.loading import RESOLVED, Loader, spot
from formgen.data.places import PlaceEntry
from formgen.data.rules import Case, Parameters, rules_of
from formgen.data.spool import Stored
from formgen.problems import Finding, Place
from formgen.values.identity import mask_number

__all__ = ["Checker"]


class Checker:
    """Checks across the rows of one dataset that is loaded."""

    def __init__(self, loader: Loader, parameters: Parameters) -> None:
        self.loader = loader
        self.spool = loader.spool
        self.places = loader.places
        self.parameters = parameters
        self._bad: dict[str, set[int]] = {}

    def check(self) -> None:
        """All checks, in an order in which each finds resolved what it needs."""
        self._settle_places()
        self._tell_nameless_towns()
        for entity in ("household", "person", "member", "pairing", "base"):
            self._find_towns(entity)
        self._duplicates()
        self._double_rows("household", "place, hh", "household.number")
        self._double_rows("base", "place, name", "base.company")
        self._double_rows("helper", "name, twin", "helper.name")
        self._mark()  # a second row of one helper is not used: it must not make the first one doubtful
        self._households_known()
        self._pairings()
        self._bases()
        self._mark()
        self._check_households()
        self._mark()
        self._programme()

    def _say(self, finding: Finding, entity: str, row: Stored, key: str) -> None:
        """A problem of one row; an error leaves the row out."""
        record = self.loader.row_key(entity, row)
        self.loader.problem(finding, row.tbl, row.row, key, record)
        if finding.severity == "error":
            self._bad.setdefault(entity, set()).add(row.seq)
            self.loader.log.leave_out(record, self._where(row))

    def _where(self, row: Stored, key: str = "") -> Place:
        return self.loader.tables[row.tbl].place(row.row, key)

    def _mark(self) -> None:
        for entity, numbers in self._bad.items():
            self.spool.mark_bad(entity, numbers)
        self._bad.clear()

    def _label(self, key: str) -> str:
        return self.loader.vocabulary[key].label if key in self.loader.vocabulary else key

    # Places

    def _settle_places(self) -> None:
        """Villages named without their town become the one village of that name."""
        self._unsettled: dict[int, list[str]] = {}
        for entry in list(self.places.ordered()):
            candidates = self.places.candidates(entry)
            if len(candidates) == 1:
                for entity in ("household", "person", "member", "pairing", "base"):
                    self.spool.update(entity, "place = ? WHERE place = ?", [(candidates[0].number, entry.number)])
                self._tell_differing_facts(entry, candidates[0])
                self.places.merge(entry, candidates[0])
            elif candidates:
                self._unsettled[entry.number] = [candidate.town for candidate in candidates]

    def _tell_nameless_towns(self) -> None:
        nameless = [
            entry
            for entry in self.places.ordered()
            if entry.village and not entry.town and entry.number not in self._unsettled
        ]
        if nameless:
            table, row = nameless[0].seen
            finding = Finding("F-DATA-024", params={"count": str(len(nameless))})
            self.loader.log.add(finding.at(self.loader.tables[table].reader.header_place), table, row)

    def _tell_differing_facts(self, entry: PlaceEntry, into: PlaceEntry) -> None:
        """What a village is said to be without its town, against what it is said to be with it."""
        for key in entry.facts.keys() & into.facts.keys():
            if entry.facts[key] != into.facts[key]:
                table, row = entry.origins[key]
                first = self.loader.tables[into.origins[key][0]].place(into.origins[key][1], key)
                shown = self.loader.vocabulary[key].value_type.format if key in self.loader.vocabulary else str
                params = {"other": spot(first), "value": shown(into.facts[key]), "label": self._label(key)}
                self.loader.problem(Finding("F-DATA-051", shown(entry.facts[key]), params), table, row, key)

    def _find_towns(self, entity: str) -> None:
        for number, towns in self._unsettled.items():
            params = {"count": str(len(towns)), "towns": "、".join(towns)}
            for row in self.spool.stored(entity, "WHERE place = ? ORDER BY seq", (number,)):
                found = Finding("F-DATA-066", self.places[number].village, params)
                self._say(found, entity, row, "place.village")

    # Duplicates

    def _duplicates(self) -> None:
        self.spool.index("person", "cert")
        self.spool.index("person", "idn")
        seen: set[tuple[int, int]] = set()
        for column, key, code in (
            ("cert", "person.certificate", "F-DATA-040"),
            ("idn", "person.id_number", "F-DATA-041"),
        ):
            for rows in self._equal_rows("person", column):
                first = rows[0]
                others = [row for row in rows[1:] if (first.seq, row.seq) not in seen]
                for row in others:
                    seen.add((first.seq, row.seq))
                    self._duplicate(code, first, row, key)
                if strangers := [row for row in others if row.name != first.name]:
                    # Two people under one number: the first row can be trusted no more than the others.
                    self._duplicate(code, strangers[0], first, key)
        self.spool.index("person", "name")
        self._same_person_elsewhere(seen)
        self._twins()

    def _duplicate(self, code: str, first: Stored, row: Stored, key: str) -> None:
        number = mask_number((row.cert if key == "person.certificate" else row.idn) or "")
        params = {"other": spot(self._where(first, key)), "name": first.name or ""}
        self._say(Finding(code, number, params), "person", row, key)

    def _equal_rows(self, entity: str, columns: str, where: str = "") -> Iterator[list[Stored]]:
        """Rows that are equal in some columns, in groups of two or more."""
        names = columns.split(", ")
        condition = " AND ".join([f"{names[0]} IS NOT NULL", *([where] if where else [])])
        query = f"WHERE {condition} GROUP BY {columns} HAVING count(*) > 1 ORDER BY min(seq)"
        same = " AND ".join(f"{name} IS ?" for name in names)
        for values in self.spool.select(entity, columns, query).fetchall():
            yield list(self.spool.stored(entity, f"WHERE {same} ORDER BY seq", values))

    def _same_person_elsewhere(self, seen: set[tuple[int, int]]) -> None:
        query = "WHERE name IS NOT NULL AND idn IS NOT NULL GROUP BY name, substr(idn, 7, 8)"
        query += " HAVING min(place) <> max(place)"
        names = {name for (name,) in self.spool.select("person", "name", query)}
        # Only a person without any number has the birth in the row itself; there are few of them, if any.
        query = "WHERE idn IS NULL AND cert IS NULL AND name IS NOT NULL"
        names.update(name for (name,) in self.spool.select("person", "name", query))
        for name in sorted(names):
            by_month: dict[str, list[Stored]] = {}
            for row in self.spool.stored("person", "WHERE name = ? ORDER BY seq", (name,)):
                month = self._birth_month(row)
                if month is None:
                    continue
                known = by_month.setdefault(month, [])
                first = next((other for other in known if _may_be_one(other, row)), None)
                known.append(row)
                if first is not None and (first.seq, row.seq) not in seen:
                    params = {"other": spot(self._where(first, "person.name"))}
                    self._say(Finding("F-DATA-042", name, params), "person", row, "person.name")

    def _birth_month(self, row: Stored) -> str | None:
        """Year and month: all that a roster without ID numbers has."""
        if row.idn:
            return row.idn[6:12]
        birth = self.loader.packer.unpack(row.own).get("person.birth")
        return f"{birth.year:04}{birth.month:02}" if birth is not None and birth.month else None

    def _twins(self) -> None:
        """Annex 5, note 1: several disabled persons of a household have one household number."""
        self.spool.index("person", "twin")
        for rows in self._equal_rows("person", "twin"):
            first = rows[0]
            for row in rows[1:]:
                if row.place == first.place and row.hh != first.hh:
                    key = "household.number"
                    params = {"other": spot(self._where(first, key)), "number": first.hh or ""}
                    self._say(Finding("F-DATA-052", row.hh or "", params), "person", row, key)

    def _double_rows(self, entity: str, columns: str, key: str) -> None:
        if not self.spool.count(entity):
            return
        for rows in self._equal_rows(entity, columns, "name IS NOT NULL"):
            for row in rows[1:]:
                params = {"other": spot(self._where(rows[0], key))}
                self._say(Finding("F-DATA-043", row.name or "", params), entity, row, key)

    # References

    def _households_known(self) -> None:
        """Household and member rows find the household of the roster that they mean."""
        for entity in ("household", "member"):
            if not self.spool.count(entity):
                continue
            self.spool.index("person", "place, ord, seq")
            self.spool.index("person", "hh")
            settled = []
            for row in self.spool.stored(entity, "ORDER BY seq"):
                found = None if _lost_its_key(row) else self._household_of(entity, row)
                if found is not None and found != (row.place, row.ord):
                    settled.append((*found, row.seq))
            self.spool.update(entity, "place = ?, ord = ? WHERE seq = ?", settled)
            self.spool.index(entity, "place, ord")

    def _household_of(self, entity: str, row: Stored) -> tuple[int, str] | None:
        if row.cert or row.idn:
            person = self._one_person(entity, row)
            return (person.place, person.ord) if person else None
        number = row.hh or (row.ref if entity == "member" else None)
        if number:
            where = "WHERE hh = ?" if row.place < 0 else "WHERE hh = ? AND place = ?"
            values = (number,) if row.place < 0 else (number, row.place)
            found = self.spool.select("person", "DISTINCT place, ord", where, values).fetchmany(2)
            if len(found) == 1:
                place, order = found[0]
                return int(place), str(order)
        if row.ref and not row.hh:
            person = self._one_person(entity, row)
            return (person.place, person.ord) if person else None
        key = "household.number" if row.hh else "member.head_key"
        if entity == "household":
            self._say(Finding("F-DATA-068", number or ""), entity, row, key)
        else:
            self._say(Finding("F-DATA-064", number or "", {"wanted": self._label(key)}), entity, row, key)
        return None

    def _one_person(self, entity: str, row: Stored) -> Stored | None:
        """The person a row refers to, by certificate, ID, or name within the village."""
        key, label = "person.name", row.ref or ""
        values: list[object]
        if row.cert or row.idn:
            column, value = ("cert", row.cert) if row.cert else ("idn", row.idn)
            key = "person.certificate" if row.cert else "person.id_number"
            where, values, label = f"WHERE {column} = ?", [value], mask_number(value or "")
        else:
            where, values = "WHERE name = ?", [row.ref]
            if row.place >= 0:
                where, values = f"{where} AND place = ?", [row.ref, row.place]
            if row.hh:
                where, values = f"{where} AND hh = ?", [*values, row.hh]
        found = list(self.spool.stored("person", f"{where} ORDER BY seq", values))
        if len(found) == 1:
            return found[0]
        if not found:
            self._say(Finding("F-DATA-060", label, {"wanted": self._label(key)}), entity, row, key)
        elif row.cert or row.idn:
            return found[0]  # the duplicates are reported where they stand
        else:
            self._say(Finding("F-DATA-061", label, {"count": str(len(found))}), entity, row, key)
        return None

    def _pairings(self) -> None:
        """Pairings find their person and their helper."""
        if not self.spool.count("pairing"):
            return
        has_helpers = bool(self.spool.count("helper"))
        if self._lacks_persons("pairing"):
            return
        settled = []
        for row in self.spool.stored("pairing", "ORDER BY seq"):
            person = None
            if row.ord != RESOLVED:
                if row.cert or row.idn or row.ref:
                    person = self._one_person("pairing", row)
                elif not _lost_its_key(row):
                    key = "person.certificate"
                    self._say(Finding("F-DATA-020", params={"label": self._label(key)}), "pairing", row, key)
                if person is not None:
                    self._compare(row, person)
                    settled.append((str(person.seq), RESOLVED, row.seq))
            if has_helpers and row.name:
                self._one_helper(row)
        self.spool.update("pairing", "ref = ?, ord = ? WHERE seq = ?", settled)
        self.spool.index("pairing", "ref")

    def _lacks_persons(self, entity: str) -> bool:
        if self.spool.count("person"):
            return False
        row = next(self.spool.stored(entity, "ORDER BY seq LIMIT 1"))
        table = self.loader.tables[row.tbl].reader.table
        self.loader.log.add(Finding("F-DATA-013").at(Place(table.file, table.name)), row.tbl)
        self.spool.update(entity, "bad = 1", [()])
        return True

    def _compare(self, row: Stored, person: Stored) -> None:
        """What a pairing repeats of its person must be what the roster says."""
        known = self.loader.packer.unpack(person.own)
        for key, value in self.loader.packer.unpack(row.own).items():
            if key.startswith("person.") and key in known and known[key] != value:
                kind = self.loader.vocabulary[key].value_type
                shown, right = kind.mask(kind.format(value)), kind.mask(kind.format(known[key]))
                params = {"other": spot(self._where(person, key)), "value": right}
                self._say(Finding("F-DATA-067", shown, params), "pairing", row, key)

    def _one_helper(self, row: Stored) -> None:
        """By name and phone, or by the name alone where only one helper has it."""
        found = self.spool.helpers(row)
        if not found:
            names = [
                name for (name,) in self.spool.select("helper", "DISTINCT name", "WHERE name IS NOT NULL LIMIT 5000")
            ]
            near = "、".join(difflib.get_close_matches(row.name or "", names, 3, 0.4))
            self._say(Finding("F-DATA-062", row.name or "", {"nearest": near}), "pairing", row, "helper.name")
        elif len(found) > 1:
            self._say(Finding("F-DATA-063", row.name or "", {"count": str(len(found))}), "pairing", row, "helper.name")

    def _bases(self) -> None:
        self.spool.index("person", "ref")
        if not self.spool.count("base"):
            return
        names = [name for (name,) in self.spool.select("base", "name")]
        query = "WHERE ref IS NOT NULL GROUP BY ref"
        for (name,) in self.spool.select("person", "ref", query).fetchall():
            if name in names:
                continue
            near = "、".join(difflib.get_close_matches(name, names, 3, 0.4))
            for row in self.spool.stored("person", "WHERE ref = ? ORDER BY seq", (name,)):
                self._say(Finding("F-DATA-065", name, {"nearest": near}), "person", row, "person.base_name")

    # Households, bases, the whole

    def _check_households(self) -> None:
        rules = rules_of(self.loader.programme, "household")
        has_pairings = bool(self.spool.count("pairing"))
        for household in households(self.loader, with_bad=True):
            for key, first, row, value in household.contradictions:
                kind = self.loader.vocabulary[key].value_type
                where = self._where(first, key)
                params = {"other": spot(where), "value": kind.format(household.facts[key]), "label": where.label}
                entity = "person" if row in household.persons else "household"
                self._say(Finding("F-DATA-050", kind.format(value), params), entity, row, key)
                self._leave_out(household)
            case = Case({**household.place.values, **household.facts})
            last = self._add_pairings(case, household) if has_pairings else None
            for rule in rules:
                for key, finding in rule.check(case, self.parameters):
                    row = household.row_of(key)
                    if last is not None and key.startswith(("helper.", "pairing.")):
                        # Told where it is mended: at the last of the household's pairings.
                        record = self.loader.row_key("person", household.persons[0])
                        self.loader.problem(finding, last.tbl, last.row, key, record)
                    else:
                        self._say(finding, "person" if row in household.persons else "household", row, key)
                    if finding.severity == "error":
                        self._leave_out(household)

    def _leave_out(self, household: Household) -> None:
        """All persons of a household that is in error."""
        for row in household.persons:
            self._bad.setdefault("person", set()).add(row.seq)
            self.loader.log.leave_out(self.loader.row_key("person", row), self._where(row))

    def _add_pairings(self, case: Case, household: Household) -> Stored | None:
        """Count the household's pairings; its last one, in the order of the file."""
        last: Stored | None = None
        for person in household.persons:
            for row in self.spool.stored("pairing", "WHERE ref = ? AND bad = 0", (str(person.seq),)):
                facts = self.loader.packer.unpack(row.own)
                case.pairings += 1
                case.helpers.update({f"{row.name}|{row.twin or ''}"} if row.name else ())
                case.projects.update([facts["pairing.project"]] if "pairing.project" in facts else [])
                last = row if last is None or row.seq > last.seq else last
        return last

    def _programme(self) -> None:
        listed = bool(self.spool.count("person", "WHERE ref IS NOT NULL LIMIT 1"))
        for row in self.spool.stored("base", "WHERE bad = 0 ORDER BY seq"):
            persons = self.spool.count("person", "WHERE ref = ?", (row.name,)) if listed else None
            case = Case(self.loader.packer.unpack(row.own), persons=persons)
            for rule in rules_of(self.loader.programme, "base"):
                for key, finding in rule.check(case, self.parameters):
                    self._say(finding, "base", row, key)
        self._mark()
        rows = list(self.spool.stored("plan", "ORDER BY seq"))
        self._check_plan(rows)
        self._mark()

    def _check_plan(self, rows: Sequence[Stored]) -> None:
        plan = [self.loader.packer.unpack(row.own) for row in rows]
        for row, facts in zip(rows, plan, strict=True):
            years = [value for key, value in facts.items() if key.startswith("plan.year_")]
            if "plan.total" in facts and years and sum(years) != facts["plan.total"]:
                found = Finding("F-RULE-041", str(facts["plan.total"]), {"wanted": str(sum(years))})
                self._say(found, "plan", row, "plan.total")
        if not rows:
            return
        last = rows[-1]
        for rule in rules_of(self.loader.programme, "programme"):
            for key, finding in rule.check(Case({}, plan=plan), self.parameters):
                table = self.loader.tables[last.tbl].reader.table
                place = Place(table.file, table.name, label=self._label(key))
                self.loader.log.add(finding.at(place), last.tbl, last.row + 1)


def _lost_its_key(row: Stored) -> bool:
    """A row in error that refers to nobody: its number was refused or is missing, which is said already."""
    return bool(row.bad) and not (row.hh or row.cert or row.idn or row.ref)


def _may_be_one(first: Stored, second: Stored) -> bool:
    """Namesakes born in one month, registered in two villages. Two numbers of different days are two people."""
    if first.place == second.place:
        return False
    return not first.idn or not second.idn or first.idn[6:14] == second.idn[6:14]
