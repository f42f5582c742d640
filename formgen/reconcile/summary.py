"""How many sheets of each form came back, and what became of their fields: one line a form."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from formgen.problems import Problem
from formgen.reconcile.desk import Desk, Entry
from formgen.reconcile.model import flat

__all__ = ["FormCount", "missing_sheets", "summarize", "value_count"]


@dataclass
class FormCount:
    """One form's line. `form` is '' for sheets of no known form."""

    form: str
    sheets: int = 0
    values: int = 0
    problems: int = 0
    """Errors and warnings."""
    compared: int = 0
    missing: int = 0
    doubled: int = 0
    contradicted: int = 0
    """Of the doubled those that disagree."""
    obsolete: int = 0
    unknown: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    """Fields by status; of tables the cells and rows that differ."""


_BY_CODE = {
    "F-DIFF-002": ("doubled",),
    "F-DIFF-003": ("doubled", "contradicted"),
    "F-DIFF-004": ("unknown",),
    "F-DIFF-006": ("unknown",),
    "F-DIFF-007": ("unknown",),
    "F-DIFF-008": ("unknown",),
    "F-DIFF-009": ("unknown",),
    "F-IDENT-004": ("obsolete",),
}


def summarize(desk: Desk) -> list[FormCount]:
    counts: dict[str, FormCount] = {}
    for entry in desk.entries():
        _add(counts.setdefault(entry.reading.form, FormCount(entry.reading.form)), entry)
    for problem in missing_sheets(desk):
        form = problem.params["id"]
        counts.setdefault(form, FormCount(form)).missing += 1
    order = list(desk.manifests)
    return sorted(counts.values(), key=lambda count: order.index(count.form) if count.form in order else len(order))


def missing_sheets(desk: Desk) -> Iterator[Problem]:
    return (problem for problem in desk.problems() if problem.code == "F-DIFF-001")


def value_count(entry: Entry) -> int:
    """Values that were read; each cell of a table is one."""
    values = entry.reading.values.values()
    return sum(sum(map(len, value)) if isinstance(value, (list, tuple)) else 1 for value in values)


def _add(count: FormCount, entry: Entry) -> None:
    count.sheets += 1
    count.values += value_count(entry)
    for problem in entry.reading.problems:
        count.problems += problem.severity != "note"
        for name in _BY_CODE.get(problem.code, ()):
            setattr(count, name, getattr(count, name) + 1)
    if entry.differences is not None:
        count.compared += 1
        count.statuses.update(found.status for found in entry.differences.values() if not found.is_change)
        count.statuses.update(found.status for _, found in flat(entry.differences))
