"""What returned sheets say about one cell of the dataset: sheets of several forms may say something of the same cell.

In: votes. Out: cell by cell, in the order of the file, all that was said. Kept on disk, as readings are.
"""

from __future__ import annotations

import itertools
import pickle
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from formgen.data.dataset import CellSpot
from formgen.reconcile.tables import TemporaryTables

__all__ = ["Vote", "Votes"]


@dataclass(frozen=True, slots=True)
class Vote:
    """One sheet's word for one cell. `value` is None where the sheet is blank."""

    kind: Literal["change", "same"]
    value: Any
    number: int
    """Of the change; -1 for none."""


class Votes:
    """A context manager."""

    def __init__(self) -> None:
        self._db = TemporaryTables("CREATE TABLE vote (tbl INT, row INT, col INT, term TEXT, kind TEXT, body BLOB);")

    def __enter__(self) -> Votes:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    def add(self, spot: CellSpot, vote: Vote) -> None:
        values = (spot.table, spot.row, spot.column, spot.term, vote.kind, pickle.dumps(vote, 5))
        self._db.execute("INSERT INTO vote VALUES (?,?,?,?,?,?)", values)

    def changed_cells(self) -> Iterator[tuple[CellSpot, list[Vote]]]:
        """The cells that at least one sheet changes, with all that is said of each."""
        self._db.execute("CREATE INDEX IF NOT EXISTS by_cell ON vote (tbl, row, col)")
        changed = "SELECT DISTINCT tbl, row, col FROM vote WHERE kind = 'change'"
        statement = (
            f"SELECT tbl, row, col, term, body FROM vote JOIN ({changed}) USING (tbl, row, col) "
            "ORDER BY tbl, row, col, vote.rowid"
        )
        rows = self._db.execute(statement)
        for (table, row, column, term), group in itertools.groupby(rows, key=lambda found: found[:4]):
            yield CellSpot(table, row, column, term), [pickle.loads(found[4]) for found in group]
