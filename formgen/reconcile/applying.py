"""Accepted changes → a new dataset: which changes are taken, which cells they go to, and what is not written and why.

In: a desk that has compared, and the dataset. Out: a new file beside the old one, and a list of changes: those written
and those not. Taken is what was corrected or filled in, is beyond doubt and sure enough, and is said by all sheets that
came back. A value that is derived, summed, shared by several records or has no column is listed, never dropped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from formgen.data.dataset import CellSpot, Dataset, Scope
from formgen.forms.manifest import Field, Manifest
from formgen.problems import Language, Place, Problem
from formgen.reconcile.change_list import Change, ChangeList, change_of
from formgen.reconcile.desk import Desk, Entry
from formgen.reconcile.model import Difference, RowDifference, Status
from formgen.reconcile.new_dataset import DatasetCopy, open_copy
from formgen.reconcile.outputs import check_target
from formgen.reconcile.printed import dataset_source
from formgen.reconcile.votes import Vote, Votes
from formgen.values import Disability, Rejected, ValueType
from formgen.vocabulary.terms import Vocabulary

__all__ = ["Accepting", "apply_to_dataset", "name_new_errors", "reason_of"]

SHARED_TERMS: Final = frozenset(
    ["household.number", "place.town", "place.village", "helper.name", "base.company", "person.base_name"]
)
"""What rows are joined by: changed in one row alone it would tear them apart."""
_HALVES: Final[Mapping[str, str]] = {"person.category": "category", "person.grade": "grade"}
_WHOLE: Final = "person.disability"


@dataclass(frozen=True, slots=True)
class Accepting:
    """What is taken beside corrected and filled values that all sheets agree on."""

    is_cleared: bool = False
    """What is blank on the sheet now is deleted from the data."""
    is_unconfirmed: bool = False
    """A correction is taken though other sheets still have the printed value."""
    min_confidence: float = 0.9


@dataclass(slots=True)
class _Target:
    """A change and the cells it goes to, each with the old and the new value there."""

    change: Change
    cells: list[tuple[CellSpot, Any, Any]] = field(default_factory=list)


def apply_to_dataset(desk: Desk, dataset: Dataset, new: Path, accepting: Accepting, language: Language) -> ChangeList:
    """Write the new dataset and, beside it, the list of changes; say in sum what was not written.

    Raises:
        OutputError: F-DIFF-020, 021 the format; F-FILE-006 … 008.
    """
    check_target(dataset.path, new)
    changes = ChangeList(language)
    with Votes() as votes:
        taker = _Taker(desk, dataset, accepting, votes, changes)
        for name in desk.forms:
            if desk.manifests[name].programme == dataset.programme.id:
                taker.take_form(desk.manifests[name])
        taker.settle()
    copy = open_copy(dataset)
    for target in taker.targets:
        if not target.change.reason:
            _write(copy, target, dataset.programme.vocabulary, language)
    copy.save(new)
    changes.write(desk, new, accepting.min_confidence)
    return changes


def name_new_errors(desk: Desk, old: Dataset, new: Dataset) -> None:
    """Say which errors the new dataset has that the old one has not: a corrected number may contradict another cell."""
    known = {(problem.code, problem.place.part, problem.place.cell) for problem in old.problems if problem.is_error}
    found = [
        problem
        for problem in new.problems
        if problem.is_error and (problem.code, problem.place.part, problem.place.cell) not in known
    ]
    if found:
        params = {"count": str(len(found)), "first": f"{found[0].code} {found[0].place}"}
        desk.add_problem(Problem("F-DIFF-018", Place(str(new.path)), params=params))


def reason_of(item: Field, path: str, difference: Difference, entry: Entry, accepting: Accepting) -> str:
    """Why a difference is not to be written wherever it would go; '' where nothing is against it."""
    if difference.status == "contradictory":
        return "F-DIFF-013"
    if item.total_of:
        return "F-DIFF-012"
    if difference.status == "cleared":
        return "" if accepting.is_cleared else "F-DIFF-017"
    evidence = entry.reading.evidence.get(path)
    return "" if evidence is not None and evidence.confidence >= accepting.min_confidence else "F-DIFF-014"


class _Taker:
    """Goes through what came back and decides, cell by cell, what is taken."""

    def __init__(self, desk: Desk, dataset: Dataset, accepting: Accepting, votes: Votes, changes: ChangeList) -> None:
        self.desk, self.dataset, self.accepting = desk, dataset, accepting
        self.votes, self.changes = votes, changes
        self.targets: list[_Target] = []

    def take_form(self, manifest: Manifest) -> None:
        for printed in dataset_source(self.dataset)(manifest):
            assert printed.scope is not None
            for entry in self.desk.of_record(manifest.id, printed.key):
                self._take_entry(manifest, entry, printed.scope)

    def settle(self) -> None:
        """Refuse what sheets disagree about."""
        for _, votes in self.votes.changed_cells():
            wanted = {_hashable(vote.value) for vote in votes if vote.kind == "change"}
            is_confirmed = all(vote.kind == "change" for vote in votes)
            if len(wanted) > 1 or not (is_confirmed or self.accepting.is_unconfirmed):
                for vote in votes:
                    if vote.kind == "change":
                        change = self.targets[vote.number].change
                        change.reason = change.reason or "F-DIFF-013"

    def _take_entry(self, manifest: Manifest, entry: Entry, scope: Scope) -> None:
        assert entry.differences is not None
        for item in manifest.fields:
            difference = entry.differences[item.key]
            if item.table is None:
                self._take(manifest, entry, item, item.key, item.label, difference, scope)
            elif difference.reason in ("lost", "duplicate"):
                if difference.read is not None:
                    self._refuse(manifest, entry, item, item.label, difference, "F-DIFF-013")
            else:
                self._take_table(manifest, entry, item, difference, list(scope.rows(item.table.rows_of)))

    def _take_table(
        self, manifest: Manifest, entry: Entry, item: Field, difference: Difference, scopes: Sequence[Scope]
    ) -> None:
        assert item.table is not None and entry.record is not None
        by_row = {row.record_row: row for row in difference.rows if row.record_row is not None}
        for number, (values, scope) in enumerate(zip(entry.record.get(item.key) or (), scopes, strict=False), 1):
            row = by_row.get(number)
            if row is None or row.read_row is not None:
                self._take_row(manifest, entry, item, number, values, row, scope)
        for row in difference.rows:
            if row.record_row is None or row.read_row is None:
                self._refuse_row(manifest, entry, item, row)

    def _take_row(
        self,
        manifest: Manifest,
        entry: Entry,
        item: Field,
        number: int,
        values: Mapping[str, Any],
        row: RowDifference | None,
        scope: Scope,
    ) -> None:
        assert item.table is not None
        for column in item.table.columns:
            held = values.get(column.key)
            cell = row.cells.get(column.key) if row is not None else None
            if cell is None:
                if held is not None:
                    self._confirm(column, scope)
                continue
            path = f"{item.key}.{row.read_row if row is not None else number}.{column.key}"
            label = f"{item.label} {number} · {column.label}"
            self._take(manifest, entry, column, path, label, cell, scope)

    def _take(
        self, manifest: Manifest, entry: Entry, item: Field, path: str, label: str, found: Difference, scope: Scope
    ) -> None:
        """Note what a sheet says of a field, with the cells it is about."""
        if found.status == "empty" or (found.status == "contradictory" and found.read is None):
            return  # it says nothing; a doubt is in the problems
        if found.status == "unchanged":
            self._confirm(item, scope)
            return
        cells = self._cells(item, found, scope)
        target = _Target(change_of(manifest, entry, item, label, found), cells)
        target.change.reason = reason_of(item, path, found, entry, self.accepting) or self._misfit(item, cells)
        self.targets.append(target)
        self.changes.add(target.change)
        for spot, _, value in cells:
            self.votes.add(spot, Vote("change", value, len(self.targets) - 1))

    def _confirm(self, item: Field, scope: Scope) -> None:
        """Note that a sheet still has what the data has: of a long roster that is nearly all, so no more is noted."""
        if item.term and item.term not in SHARED_TERMS:
            for term in self._terms(item):
                self.votes.add_same(scope.spots(term))

    @staticmethod
    def _terms(item: Field) -> Sequence[str]:
        """The terms whose cells a field goes to; the halves of a disability may have columns."""
        if item.term == _WHOLE:
            return (_WHOLE, *_HALVES)
        return (item.term, _WHOLE) if item.term in _HALVES else (item.term,)

    def _misfit(self, item: Field, cells: Sequence[tuple[CellSpot, Any, Any]]) -> str:
        if item.term in SHARED_TERMS:
            return "F-DIFF-015"
        return "" if cells else "F-DIFF-011"

    def _cells(self, item: Field, found: Difference, scope: Scope) -> list[tuple[CellSpot, Any, Any]]:
        """Cells of a field with the old and the new value there; the halves of a disability may have columns."""
        if not item.term or item.term in SHARED_TERMS:
            return []
        vocabulary = self.dataset.programme.vocabulary
        old, new = scope.values.get(item.term), _of_term(item, found.read, vocabulary)
        cells = [(spot, old, new) for spot in scope.spots(item.term)]
        if item.term == _WHOLE:
            for term, half in _HALVES.items():
                value = getattr(new, half, None)
                cells += [(spot, scope.values.get(term), value) for spot in scope.spots(term)]
        elif item.term in _HALVES:
            whole = scope.values.get(_WHOLE)
            halves = {half: getattr(whole, half, None) for half in _HALVES.values()} | {_HALVES[item.term]: new}
            both = Disability(**halves) if any(halves.values()) else None
            cells += [(spot, whole, both) for spot in scope.spots(_WHOLE)]
        return cells

    def _refuse(
        self, manifest: Manifest, entry: Entry, item: Field, label: str, found: Difference, reason: str
    ) -> None:
        change = change_of(manifest, entry, item, label, found)
        change.reason = reason
        self.changes.add(change)

    def _refuse_row(self, manifest: Manifest, entry: Entry, item: Field, row: RowDifference) -> None:
        """A row that was added or deleted: whose it is and on which sheet it belongs, a person has to say."""
        status: Status = "filled" if row.record_row is None else "cleared"
        label = f"{item.label} {row.read_row or row.record_row}"
        rows = [{key: getattr(cell, side) for key, cell in row.cells.items()} for side in ("record", "read")]
        old, new = ([side] if any(value is not None for value in side.values()) else None for side in rows)
        found = Difference(status, old, new)
        self._refuse(manifest, entry, item, label, found, "F-DIFF-016")


def _write(copy: DatasetCopy, target: _Target, vocabulary: Vocabulary, language: Language) -> None:
    """Write one change to its cells, to all of them or to none."""
    change = target.change
    rows = frozenset((spot.table, spot.row) for spot, _, _ in target.cells)
    if change.status == "filled":
        first: dict[str, tuple[CellSpot, Any, Any]] = {}
        for cell in target.cells:
            first.setdefault(cell[0].term, cell)
        cells = [cell for cell in first.values() if cell[2] is not None]
        is_right = all(_held(copy, spot, vocabulary[spot.term].value_type) in (None, old) for spot, old, _ in cells)
    else:
        cells = [cell for cell in target.cells if _held(copy, cell[0], vocabulary[cell[0].term].value_type) == cell[1]]
        cells = [cell for cell in cells if cell[1] is not None]
        is_right = True
    if not cells or not is_right:
        change.reason = "F-DIFF-012"
    elif any(copy.is_shared(spot, rows) for spot, _, _ in cells):
        change.reason = "F-DIFF-019"
    else:
        note = _note(change, language)
        for spot, _, value in cells:
            copy.write(spot, vocabulary[spot.term].value_type, value, change.status, note)
            change.places.append(copy.name(spot))


def _held(copy: DatasetCopy, spot: CellSpot, kind: ValueType[Any]) -> Any:
    """The value of a cell; None for a blank, and for a formula or anything else that is not typed there."""
    raw = copy.raw(spot)
    try:
        return None if raw is None else kind.parse(raw)
    except Rejected:
        return raw


def _note(change: Change, language: Language) -> str:
    old = change.old if change.old is not None else ("（空）" if language == "zh" else "(blank)")
    return f"原内容：{old}\n来源：{change.file}" if language == "zh" else f"was: {old}\nfrom: {change.file}"


def _of_term(item: Field, value: Any, vocabulary: Vocabulary) -> Any:
    """A form's value as the dataset's column has it: a text field may bind to a term of another type."""
    if value is None:
        return None
    try:
        return vocabulary[item.term].value_type.parse(item.value_type.format(value))
    except Rejected:
        return value


def _hashable(value: Any) -> Any:
    return tuple(map(str, value)) if isinstance(value, list) else value
