"""Which keys have been met: of any number of records, in memory that does not grow with them.

In: keys, one after the other. Out: whether each is new. A few thousand are kept in memory, and most files have no more;
beyond, all of them lie in a temporary SQLite file, as the rows of a dataset do.
"""

from __future__ import annotations

import contextlib
from typing import Final

__all__ = ["KeySet"]

IN_MEMORY: Final = 4_000
CACHE_KIB: Final = 256


class KeySet(contextlib.AbstractContextManager["KeySet"]):
    """The file of many keys goes when the block ends."""

    def __init__(self, in_memory: int = IN_MEMORY) -> None:
        self._in_memory = in_memory
        self._few: set[str] = set()
        self._many: _ManyKeys | None = None

    def __exit__(self, *_: object) -> None:
        if self._many is not None:
            self._many.close()

    def add(self, key: str) -> bool:
        """Take a key in; whether it is new.

        Raises: OutputError (F-FILE-006, F-FILE-007): there is no room for temporary files.
        """
        if self._many is not None:
            return self._many.add(key)
        is_new = key not in self._few
        self._few.add(key)
        if len(self._few) > self._in_memory:
            self._many = _ManyKeys()
            for known in sorted(self._few):
                self._many.add(known)
            self._few.clear()
        return is_new


class _ManyKeys:
    """Keys in a temporary file. SQLite is loaded by whoever has so many."""

    def __init__(self) -> None:
        import sqlite3

        from formgen.data.spool import disk_error, temporary_database

        self._error, self._translated = sqlite3.OperationalError, disk_error
        self._database = temporary_database(CACHE_KIB)
        self._database.execute("CREATE TABLE met (key TEXT PRIMARY KEY) WITHOUT ROWID")
        self._database.execute("BEGIN")

    def add(self, key: str) -> bool:
        try:
            return self._database.execute("INSERT OR IGNORE INTO met VALUES (?)", (key,)).rowcount == 1
        except self._error as exc:
            raise self._translated(exc) from exc

    def close(self) -> None:
        self._database.close()
