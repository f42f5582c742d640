"""The desk that returned sheets come in at: sorted by record, compared, counted.

In: readings in any order, and the records they were printed from. Out: every reading with its differences, and what is
missing, doubled or unknown. Readings wait on disk (`tables`): memory stays flat for 10,000 sheets against 100,000
records.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Any, Final

from formgen.data.records import Record
from formgen.forms.manifest import Manifest
from formgen.problems import Finding, Place, Problem
from formgen.reading.model import Reading
from formgen.reconcile.compare import compare, contradict
from formgen.reconcile.model import Differences
from formgen.reconcile.printed import IDENTITY, Printed, Source, alias_words, aliases_of_values
from formgen.reconcile.tables import TemporaryTables

__all__ = ["Desk", "Entry"]

_SCHEMA: Final = """
CREATE TABLE reading (seq INTEGER PRIMARY KEY, form TEXT, key TEXT, record TEXT, body BLOB, found BLOB);
CREATE INDEX by_key ON reading (form, key);
CREATE INDEX by_record ON reading (form, record);
CREATE TABLE alias (form TEXT, rank INT, text TEXT, seq INT);
CREATE INDEX by_alias ON alias (form, text, rank);
CREATE INDEX of_reading ON alias (seq);
CREATE TABLE candidate (seq INT, rank INT, key TEXT, UNIQUE (seq, rank, key));
CREATE TABLE record (form TEXT, key TEXT, level TEXT, name TEXT, body BLOB, PRIMARY KEY (form, key));
CREATE TABLE missing (form TEXT, key TEXT, level TEXT, name TEXT, place BLOB, PRIMARY KEY (form, key));
CREATE TABLE problem (seq INTEGER PRIMARY KEY, body BLOB);
"""
_MISTAKEN: Final = """
SELECT seq, key, (SELECT c.key FROM candidate c WHERE c.seq = r.seq ORDER BY c.rank LIMIT 1), body
FROM reading r
WHERE form = ? AND record = key AND record <> ''
AND NOT EXISTS (SELECT 1 FROM candidate c WHERE c.seq = r.seq AND c.key = r.key)
AND (SELECT count(*) FROM alias a WHERE a.seq = r.seq) >= ?
AND NOT EXISTS (
    SELECT 1 FROM alias a WHERE a.seq = r.seq
    AND NOT EXISTS (SELECT 1 FROM candidate c WHERE c.seq = a.seq AND c.rank = a.rank))
"""
MOST_FILES: Final = 10
"""Returned files of one record that a problem names."""
MANY_ALIASES: Final = 2
"""Ways in which a sheet says whose it is (certificate, name) before its key is doubted: one may be a correction."""

MANY_FACTS: Final = 4
"""Things that a sheet says of a person before those that changed are counted."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One returned sheet."""

    number: int
    reading: Reading
    """With everything that was found, comparing included, in its problems."""
    record_key: str = ""
    """The record it was compared with; '' for none."""
    record: Record | None = None
    differences: Differences | None = None
    place: Place | None = None
    """Where the record stands in the data."""


class Desk:
    """Takes readings in, compares them, gives them out in the order they came. A context manager."""

    def __init__(self, manifests: Mapping[str, Manifest]) -> None:
        self.manifests = manifests
        self._db = TemporaryTables(_SCHEMA)

    def __enter__(self) -> Desk:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()

    def add(self, reading: Reading) -> None:
        values = (reading.form, reading.record, "", pickle.dumps(reading, 5))
        row = self._db.execute("INSERT INTO reading (form, key, record, body) VALUES (?,?,?,?)", values)
        manifest = self.manifests.get(reading.form)
        if manifest is not None:
            aliases = aliases_of_values(manifest, reading.values)
            found = [(reading.form, rank, text, row.lastrowid) for rank, text in aliases]
            self._db.execute_many("INSERT INTO alias VALUES (?,?,?,?)", found)

    def add_problem(self, problem: Problem) -> None:
        self._db.execute("INSERT INTO problem (body) VALUES (?)", (pickle.dumps(problem, 5),))

    def compare_with(self, source: Source, left_out: Mapping[str, Place], forms: Sequence[str] | None = None) -> None:
        """Find each reading's record and compare them. `left_out`: key → place of records that have errors.

        `forms`: those of the source's programme; None: all.
        """
        for form in self.forms if forms is None else forms:
            self._collect(self.manifests[form], source)
            self._match(self.manifests[form], left_out)
            self._compare(self.manifests[form])
            self._name_missing(self.manifests[form])

    @property
    def forms(self) -> list[str]:
        """The forms that came back, in the catalogue's order."""
        found = {form for (form,) in self._db.execute("SELECT DISTINCT form FROM reading")}
        return [form for form in self.manifests if form in found]

    @property
    def count(self) -> int:
        return int(self._db.execute("SELECT count(*) FROM reading").fetchone()[0])

    def entries(self, form: str | None = None) -> Iterator[Entry]:
        """The sheets as they came, all or of one form."""
        return self._entries("", ()) if form is None else self._entries("WHERE form = ?", (form,))

    def of_record(self, form: str, key: str) -> Iterator[Entry]:
        """The sheets of one record."""
        return self._entries("WHERE form = ? AND record = ?", (form, key))

    def _entries(self, where: str, values: Sequence[str]) -> Iterator[Entry]:
        statement = f"SELECT seq, record, body, found FROM reading {where} ORDER BY seq"
        for number, key, body, found in self._db.execute(statement, values):
            reading = pickle.loads(body)
            if found is None:
                yield Entry(number, reading)
                continue
            problems, differences = pickle.loads(found)
            reading = replace(reading, problems=(*reading.problems, *problems))
            if differences is None:
                yield Entry(number, reading)
            else:
                record, place = self._record(reading.form, key)
                yield Entry(number, reading, key, record, differences, place)

    def problems(self) -> Iterator[Problem]:
        """What concerns no single sheet: files that could not be read, records whose sheets are missing."""
        for (body,) in self._db.execute("SELECT body FROM problem ORDER BY seq"):
            yield pickle.loads(body)

    # Sorting

    def _collect(self, manifest: Manifest, source: Source) -> None:
        """Keep the records that came back, or may have; name the others, for now, as missing."""
        for printed in source(manifest):
            where = (manifest.id, printed.key)
            known = self._db.execute("SELECT 1 FROM reading WHERE form = ? AND key = ? LIMIT 1", where).fetchone()
            is_wanted = bool(known) | self._note_candidate(manifest.id, printed)
            if is_wanted:
                body = pickle.dumps((printed.build(), printed.place), 5)
                facts = (*where, printed.level, printed.name, body)
                self._db.execute("INSERT OR IGNORE INTO record VALUES (?,?,?,?,?)", facts)
            if not known:
                self._note_missing(*where, printed.level, printed.name, printed.place)

    def _note_missing(self, form: str, key: str, level: str, name: str, place: Place) -> None:
        values = (form, key, level, name, pickle.dumps(place, 5))
        self._db.execute("INSERT OR IGNORE INTO missing VALUES (?,?,?,?,?)", values)

    def _note_candidate(self, form: str, printed: Printed) -> bool:
        """Note the readings that look like this record's."""
        is_found = False
        for rank, text in printed.aliases:
            where = "form = ? AND text = ? AND rank = ?"
            for (seq,) in self._db.execute(f"SELECT seq FROM alias WHERE {where}", (form, text, rank)).fetchall():
                self._db.execute("INSERT OR IGNORE INTO candidate VALUES (?,?,?)", (seq, rank, printed.key))
                is_found = True
        return is_found

    def _match(self, manifest: Manifest, left_out: Mapping[str, Place]) -> None:
        known = "EXISTS (SELECT 1 FROM record WHERE record.form = reading.form AND record.key = reading.key)"
        self._db.execute(f"UPDATE reading SET record = key WHERE form = ? AND {known}", (manifest.id,))
        self._refuse_mistaken(manifest)
        strays = "SELECT seq, key, body FROM reading WHERE form = ? AND record = '' AND found IS NULL"
        for seq, key, body in self._db.execute(strays, (manifest.id,)).fetchall():
            reading: Reading = pickle.loads(body)
            finding = self._find_stray(manifest, seq, reading, left_out.get(key))
            self._found(seq, [finding.at(Place(reading.file, label=manifest.short), key or None)], None)

    def _refuse_mistaken(self, manifest: Manifest) -> None:
        """Sheets with one record's key that name another record throughout: filled in over somebody else's file."""
        rows = self._db.execute(_MISTAKEN, (manifest.id, MANY_ALIASES)).fetchall()
        for seq, key, other, body in rows:
            reading: Reading = pickle.loads(body)
            params = {
                "own": _spot(self._record(manifest.id, key)[1]),
                "other": _spot(self._record(manifest.id, other)[1]),
            }
            self._refuse(seq, manifest, reading, key, Finding("F-DIFF-008", params=params))

    def _find_stray(self, manifest: Manifest, seq: int, reading: Reading, bad_row: Place | None) -> Finding:
        """What becomes of a reading whose key is not in the data."""
        if bad_row is not None:
            return Finding("F-DIFF-007", params={"spot": str(bad_row)})
        statement = "SELECT rank, key FROM candidate WHERE seq = ? ORDER BY rank"
        found = self._db.execute(statement, (seq,)).fetchall()
        if not found:
            return Finding("F-DIFF-004")
        rank = found[0][0]
        keys = [key for other, key in found if other == rank]
        params = {"terms": alias_words(manifest.subject, rank), "count": str(len(keys))}
        if len(keys) > 1:
            nearest = self._nearest(manifest, reading, keys)
            if nearest is None:
                return Finding("F-DIFF-006", params=params)
            keys = [nearest]
            tables = [item.label for item in manifest.fields if item.table is not None]
            params["terms"] = "、".join([params["terms"], *tables])
        self._db.execute("UPDATE reading SET record = ? WHERE seq = ?", (keys[0], seq))
        return Finding("F-DIFF-005", params=params)

    def _nearest(self, manifest: Manifest, reading: Reading, keys: Sequence[str]) -> str | None:
        """Of registers of one place (a village's, a base's) the one whose rows are on the sheet; None: unclear."""
        tables = [item.key for item in manifest.fields if item.table is not None]
        count = sum(len(reading.values.get(table) or ()) for table in tables)
        far: list[tuple[int, str]] = []
        for key in keys:
            differences = compare(manifest, self._record(manifest.id, key)[0], reading)
            far.append((sum(len(differences[table].rows) for table in tables), key))
        far.sort()
        if not tables or far[0][0] == far[1][0] or far[0][0] * 2 > count:
            return None
        return far[0][1]

    # Comparing

    def _compare(self, manifest: Manifest) -> None:
        groups = "SELECT record FROM reading WHERE form = ? AND record <> '' GROUP BY record ORDER BY min(seq)"
        for (key,) in self._db.execute(groups, (manifest.id,)).fetchall():
            self._compare_group(manifest, key)

    def _compare_group(self, manifest: Manifest, key: str) -> None:
        """The sheets of one record: each against the record, then against each other."""
        record, place = self._record(manifest.id, key)
        where = "WHERE form = ? AND record = ? ORDER BY seq"
        rows = self._db.execute(f"SELECT seq, body FROM reading {where}", (manifest.id, key)).fetchall()
        own: dict[int, tuple[Reading, Differences]] = {}
        for seq, body in rows:
            reading: Reading = pickle.loads(body)
            differences = compare(manifest, record, reading)
            if _is_of_another(manifest, differences):
                self._refuse(seq, manifest, reading, key, Finding("F-DIFF-009", params={"own": _spot(place)}))
            else:
                own[seq] = reading, differences
        sheets = [(reading.file, differences) for reading, differences in own.values()]
        found = contradict(manifest, sheets) if len(own) > 1 else [differences for _, differences in sheets]
        files = _listed([file for file, _ in sheets])
        for (seq, (reading, _)), differences in zip(own.items(), found, strict=True):
            problems = [_duplicate(manifest, reading, files, len(own), differences, key)] if len(own) > 1 else []
            self._found(seq, problems, differences)

    def _refuse(self, seq: int, manifest: Manifest, reading: Reading, key: str, finding: Finding) -> None:
        """Compare a sheet with nothing, and say why; the record's own sheet may not have come back."""
        self._db.execute("UPDATE reading SET record = '' WHERE seq = ?", (seq,))
        statement = "SELECT level, name FROM record WHERE form = ? AND key = ?"
        [(level, name)] = self._db.execute(statement, (manifest.id, key))
        self._note_missing(manifest.id, key, level, name, self._record(manifest.id, key)[1])
        self._found(seq, [finding.at(Place(reading.file, label=manifest.short), key)], None)

    def _found(self, seq: int, problems: Sequence[Problem], differences: Differences | None) -> None:
        """Add what was found about a reading to what was found before."""
        [(before,)] = self._db.execute("SELECT found FROM reading WHERE seq = ?", (seq,))
        earlier: tuple[Sequence[Problem], Any] = pickle.loads(before) if before is not None else ((), None)
        body = pickle.dumps(([*earlier[0], *problems], differences), 5)
        self._db.execute("UPDATE reading SET found = ? WHERE seq = ?", (body, seq))

    def _record(self, form: str, key: str) -> tuple[Record, Place]:
        row = self._db.execute("SELECT body FROM record WHERE form = ? AND key = ?", (form, key)).fetchone()
        record: tuple[Record, Place] = pickle.loads(row[0])
        return record

    def _name_missing(self, manifest: Manifest) -> None:
        """Of the levels that came back (villages, towns …) the records that did not."""
        levels = "SELECT DISTINCT level FROM record JOIN reading USING (form) WHERE form = ? AND record = record.key"
        back = "SELECT record FROM reading WHERE form = missing.form"
        where = f"form = ? AND level IN ({levels}) AND key NOT IN ({back})"
        statement = f"SELECT key, name, place FROM missing WHERE {where} ORDER BY rowid"
        for key, name, place in self._db.execute(statement, (manifest.id, manifest.id)):
            params = {"form": manifest.short, "name": name, "id": manifest.id}
            self.add_problem(Problem("F-DIFF-001", pickle.loads(place), params=params, record=key))


def _is_of_another(manifest: Manifest, differences: Differences) -> bool:
    """Whether all that a sheet says of whose it is (certificate, name) is another's.

    One thing alone may be a correction, where most of what else the sheet says of the person is as it was.
    """
    said = {
        item.term: difference.status == "corrected"
        for item in manifest.fields
        if item.table is None
        and (difference := differences[item.key]).record is not None
        and difference.read is not None
    }
    own = [changed for term, changed in said.items() if term in IDENTITY[manifest.subject]]
    facts = [changed for term, changed in said.items() if term.startswith("person.")]
    is_other = len(own) >= MANY_ALIASES or (len(facts) >= MANY_FACTS and 2 * sum(facts) > len(facts))
    return bool(own) and all(own) and is_other


def _spot(place: Place) -> str:
    return str(replace(place, file=""))


def _listed(files: Sequence[str]) -> str:
    """The first of them: each of hundreds would name hundreds."""
    names = list(dict.fromkeys(files))
    return "、".join([*names[:MOST_FILES], *(["…"] if len(names) > MOST_FILES else [])])


def _duplicate(
    manifest: Manifest, reading: Reading, files: str, count: int, differences: Differences, key: str
) -> Problem:
    place = Place(reading.file, label=manifest.short)
    labels = [item.label for item in manifest.fields if differences[item.key].others]
    params = {"count": str(count), "files": files, "fields": "、".join(labels)}
    return Problem("F-DIFF-003" if labels else "F-DIFF-002", place, params=params, record=key)
