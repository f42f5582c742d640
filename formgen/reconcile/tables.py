"""Tables on disk for one run: nobody else can open them, and they vanish with it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any, Final

from formgen.data.spool import disk_error, temporary_database

__all__ = ["TemporaryTables"]

_CACHE_KIB: Final = 16_000


class TemporaryTables:
    """A private database; what goes wrong with the disk is said as a problem."""

    def __init__(self, schema: str) -> None:
        self._db = temporary_database(_CACHE_KIB)
        self._db.executescript(schema)
        self._db.execute("BEGIN")

    def close(self) -> None:
        self._db.close()

    def execute(self, statement: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
        """Raises: OutputError: F-FILE-006, F-FILE-007 no room for temporary files."""
        try:
            return self._db.execute(statement, values)
        except sqlite3.OperationalError as exc:
            raise disk_error(exc) from exc

    def execute_many(self, statement: str, values: Iterable[Sequence[Any]]) -> None:
        """Raises: as `execute`."""
        try:
            self._db.executemany(statement, values)
        except sqlite3.OperationalError as exc:
            raise disk_error(exc) from exc
