"""What returned sheets say about one cell of the dataset: sheets of several forms may say something of the same cell.

In: votes. Out: cell by cell, in the order of the file, all that was said. Kept on disk, as readings are.
"""

from __future__ import annotations

import itertools
import pickle
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal

from formgen.data.dataset import CellSpot
from formgen.reconcile.tables import TemporaryTables

__all__ = ["Vote", "Votes"]


@dataclass(frozen=True, slots=True)
class Vote:
    """One sheet's word for one cell. `value` is None where the sheet is blank, or has what stands there."""

    kind: Literal["change", "same"]
    value: Any
    number: int
    """Of the change; -1 for none."""


_SAME: Final = pickle.dumps(Vote("same", None, -1), 5)
_WAITING: Final = 10_000


class Votes:
    """A context manager."""

    def __init__(self) -> None:
        self._db = TemporaryTables("CREATE TABLE vote (tbl INT, row INT, col INT, term TEXT, kind TEXT, body BLOB);")
        self._same: list[tuple[int, int, int, str, str, bytes]] = []
        """What waits to be written at once."""

    def __enter__(self) -> Votes:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    def add(self, spot: CellSpot, vote: Vote) -> None:
        values = (spot.table, spot.row, spot.column, spot.term, vote.kind, pickle.dumps(vote, 5))
        self._db.execute("INSERT INTO vote VALUES (?,?,?,?,?,?)", values)

    def add_same(self, spots: Iterable[CellSpot]) -> None:
        """A sheet has what stands in these cells."""
        self._same += [(spot.table, spot.row, spot.column, spot.term, "same", _SAME) for spot in spots]
        if len(self._same) > _WAITING:
            self._write_same()

    def _write_same(self) -> None:
        self._db.execute_many("INSERT INTO vote VALUES (?,?,?,?,?,?)", self._same)
        self._same.clear()

    def changed_cells(self) -> Iterator[tuple[CellSpot, list[Vote]]]:
        """The cells that at least one sheet changes, with all that is said of each."""
        self._write_same()
        self._db.execute("CREATE INDEX IF NOT EXISTS by_cell ON vote (tbl, row, col)")
        changed = "SELECT DISTINCT tbl, row, col FROM vote WHERE kind = 'change'"
        statement = (
            f"SELECT tbl, row, col, term, body FROM vote JOIN ({changed}) USING (tbl, row, col) "
            "ORDER BY tbl, row, col, vote.rowid"
        )
        rows = self._db.execute(statement)
        for (table, row, column, term), group in itertools.groupby(rows, key=lambda found: found[:4]):
            yield CellSpot(table, row, column, term), [pickle.loads(found[4]) for found in group]
