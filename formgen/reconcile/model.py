"""What comparing a reading with its record gives: one difference a field, and of tables one a row.

`status` is one of six words and nothing is silent: what the reading does not know (a refused, lost or contradicted
value) is `contradictory` with `read` None and the reason, never `cleared` and never `unchanged`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

__all__ = ["Difference", "Differences", "Other", "Reason", "RowDifference", "RowStatus", "Status", "flat"]

Status = Literal["unchanged", "corrected", "filled", "cleared", "contradictory", "empty"]
Reason = Literal["", "rejected", "contradictory", "lost", "duplicate"]
"""Why a field is contradictory: its type refuses what stands there; two places of the sheet disagree; the blank was not
found on the sheet; two returned sheets of one record disagree."""
RowStatus = Literal["added", "deleted", "moved", "changed"]


@dataclass(frozen=True, slots=True)
class Other:
    """What another returned sheet of the same record says."""

    file: str
    read: Any


@dataclass(frozen=True, slots=True)
class RowDifference:
    """One row of a table that is not as it was printed. Rows count from 1; None where a side has no such row."""

    status: RowStatus
    record_row: int | None
    read_row: int | None
    cells: Mapping[str, Difference] = field(default_factory=dict)
    """Column → difference: of a changed row those that differ, of an added or deleted one all that hold something."""
    is_moved: bool = False
    """It stands at another place among the other rows."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One field: what the record has, what the sheet has."""

    status: Status
    record: Any = None
    read: Any = None
    reason: Reason = ""
    rows: tuple[RowDifference, ...] = ()
    others: tuple[Other, ...] = ()

    @property
    def is_change(self) -> bool:
        return self.status not in ("unchanged", "empty")


Differences = Mapping[str, Difference]
"""Field key → difference; every field of the form is there."""


def flat(differences: Differences) -> Iterator[tuple[str, Difference]]:
    """All that differs, cell by cell: `name`, or `rows.3.name` by the row's number as read, `rows.-2` for deleted rows.

    A table that is contradictory as a whole is one entry of its own key; its rows follow.
    """
    for key, difference in differences.items():
        if not difference.rows:
            if difference.is_change:
                yield key, difference
            continue
        if difference.reason:
            yield key, difference
        for row in difference.rows:
            if row.read_row is None:
                values = {column: cell.record for column, cell in row.cells.items()}
                yield f"{key}.-{row.record_row}", Difference("cleared", values)
            for column, cell in row.cells.items():
                if row.read_row is not None:
                    yield f"{key}.{row.read_row}.{column}", cell
