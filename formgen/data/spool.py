"""The rows of a dataset on disk: memory stays flat however many there are.

In: packed facts of one row, and what it is found by. Out: the same again, in any order. SQLite keeps them in a private
temporary file that nobody else can open and that vanishes when it is closed.
Source: sqlite.org/inmemorydb.html, "Temporary Databases".
"""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from formgen.errors import OutputError
from formgen.problems import Place, Problem

__all__ = ["Spool", "Stored", "disk_error", "temporary_database"]

ENTITIES = ("household", "person", "member", "helper", "pairing", "base", "plan")
_CACHE_KIB = 16_000
_BATCH = 500
_COLUMNS = "seq, tbl, row, place, hh, ord, name, idn, cert, ref, twin, bad, shared, own"


class Stored(NamedTuple):
    """One row as it is kept. Blank keys are None."""

    seq: int
    tbl: int
    """Number of the table it came from."""
    row: int
    place: int
    hh: str | None
    """Household number."""
    ord: str
    """Sort key of the household within its village."""
    name: str | None
    idn: str | None
    cert: str | None
    ref: str | None
    """What it refers to: a person's base, a pairing's person, a member's household."""
    twin: str | None
    """Equal for rows that look like one household: address and phone."""
    bad: int
    shared: bytes | None
    """Packed facts of the household."""
    own: bytes
    """Packed facts of the row itself."""


def temporary_database(cache_kib: int) -> sqlite3.Connection:
    """An empty database in a temporary file; so much of it is kept in memory."""
    database = sqlite3.connect("", isolation_level=None)
    database.executescript(
        f"PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-{cache_kib}; PRAGMA temp_store=FILE;"
        "PRAGMA locking_mode=EXCLUSIVE;"
    )
    return database


class Spool:
    """Rows by entity. Numbers (`seq`) go up in the order of the file."""

    def __init__(self) -> None:
        self._db = temporary_database(_CACHE_KIB)
        for entity in ENTITIES:
            self._db.execute(
                f"CREATE TABLE {entity} (seq INTEGER PRIMARY KEY, tbl INT, row INT, place INT, hh TEXT, ord TEXT,"
                " name TEXT, idn TEXT, cert TEXT, ref TEXT, twin TEXT, bad INT, shared BLOB, own BLOB)"
            )
        self._waiting: dict[str, list[tuple[Any, ...]]] = {entity: [] for entity in ENTITIES}
        self.sequence: Iterator[int] = itertools.count(1)
        self._indexes: set[tuple[str, str]] = set()
        self._db.execute("BEGIN")

    def close(self) -> None:
        self._db.close()

    def add(self, entity: str, row: tuple[Any, ...]) -> None:
        """Keep one row: a tuple as `Stored` has it."""
        waiting = self._waiting[entity]
        waiting.append(row)
        if len(waiting) >= _BATCH:
            self._flush(entity)

    def _flush(self, entity: str) -> None:
        rows = self._waiting[entity]
        if rows:
            self._execute_many(f"INSERT INTO {entity} VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)", rows)
            rows.clear()

    def index(self, entity: str, columns: str) -> None:
        """Make sure that rows are found by these columns quickly."""
        if (entity, columns) not in self._indexes:
            self._indexes.add((entity, columns))
            self._flush(entity)
            name = f"by_{entity}_{columns}".replace(", ", "_")
            self.select(entity, "count(*)").fetchone()
            self._execute(f"CREATE INDEX {name} ON {entity} ({columns})")

    def select(self, entity: str, what: str, where: str = "", values: Sequence[Any] = ()) -> sqlite3.Cursor:
        """A cursor over some columns; `where` is what follows the table's name."""
        self._flush(entity)
        return self._execute(f"SELECT {what} FROM {entity} {where}", values)

    def stored(self, entity: str, where: str = "", values: Sequence[Any] = ()) -> Iterator[Stored]:
        return map(Stored._make, self.select(entity, _COLUMNS, where, values))

    def helpers(self, pairing: Stored) -> list[Stored]:
        """The helpers a pairing may mean: those of its name; of its phone besides, where several share the name."""
        self.index("helper", "name, twin, bad")
        where, values = "WHERE name = ? AND bad = 0", (pairing.name,)
        if pairing.twin and self.count("helper", where, values) > 1:
            return list(self.stored("helper", f"{where} AND twin = ?", (*values, pairing.twin)))
        return list(self.stored("helper", where, values))

    def count(self, entity: str, where: str = "", values: Sequence[Any] = ()) -> int:
        return int(self.select(entity, "count(*)", where, values).fetchone()[0])

    def update(self, entity: str, what: str, values: Iterable[Sequence[Any]]) -> None:
        self._flush(entity)
        self._execute_many(f"UPDATE {entity} SET {what}", values)

    def mark_bad(self, entity: str, numbers: Iterable[int]) -> None:
        self.update(entity, "bad = 1 WHERE seq = ?", [(number,) for number in numbers])

    def _execute(self, statement: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
        try:
            return self._db.execute(statement, values)
        except sqlite3.OperationalError as exc:
            raise disk_error(exc) from exc

    def _execute_many(self, statement: str, values: Iterable[Sequence[Any]]) -> None:
        try:
            self._db.executemany(statement, values)
        except sqlite3.OperationalError as exc:
            raise disk_error(exc) from exc


def disk_error(exc: sqlite3.OperationalError) -> Exception:
    """A full or unwritable folder for temporary files; anything else of this class is a mistake of ours."""
    if exc.sqlite_errorcode == sqlite3.SQLITE_FULL:
        return OutputError(Problem("F-FILE-007", Place("SQLite")))
    if exc.sqlite_errorcode in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY) or "I/O" in str(exc):
        return OutputError(Problem("F-FILE-006", Place("SQLite"), params={"reason": str(exc)}))
    return exc
