"""Forms that somebody copied into one document, told apart by the order of what each form prints.

In: blocks of a document, and the forms whose words stand in it. Out: the blocks of each sheet and what stands around
it, or None where there are not several forms. A sheet is a run of blocks in the order of its form; another begins where
that order begins anew or another form's blocks follow. What may be of either of two sheets is given to neither.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from formgen.reading.docx.anatomy import anatomy_of
from formgen.reading.docx.blanks import has_in_order
from formgen.reading.docx.continuations import split_continuation
from formgen.reading.docx.model import Block, Table, Text, folded, said_in, words
from formgen.reading.docx.plans import Anatomy, PlanBlock, TablePlan, TextPlan
from formgen.reading.identify import FormBook

__all__ = ["PastedSheet", "has_slots", "may_hold_several", "split_pasted"]

SAME_TABLE: Final = 0.5
"""Share of a table's labels that have to stand in a table for it to be that table."""
TABLE_GAIN: Final = 3.0
SHEET_COST: Final = 2.0
"""What one more sheet has to explain: more than two paragraphs, or a table."""
MOST_BLOCKS: Final = 1 << 16
LONG_GAPS: Final = 2
"""Characters between the blanks of a paragraph from which on it is known by them."""


@dataclass(slots=True)
class PastedSheet:
    """One form's part of the document."""

    form: str
    anatomy: Anatomy
    blocks: list[Block]
    continuation: list[Block]
    loose: list[Block]
    """What stands around it and is none of the form's, or perhaps another sheet's."""


class _Step(NamedTuple):
    """A block taken for one that the form prints."""

    form: str
    order: int
    """Which of the form's blocks."""
    gain: float
    has_slots: bool
    is_fixed: bool
    """Whether it is printed once a sheet: a title, or a table that does not grow."""


class _Path(NamedTuple):
    """Steps so far, the last first."""

    score: float
    block: int
    step: _Step
    is_start: bool
    before: _Path | None


@dataclass(slots=True)
class _Run:
    """The blocks of one sheet, by their numbers."""

    form: str
    steps: dict[int, _Step]

    @property
    def first(self) -> int:
        return min(self.steps)

    @property
    def last(self) -> int:
        return max(self.steps)


def may_hold_several(blocks: Sequence[Block], continuation: Sequence[Block], form: str, book: FormBook) -> bool:
    """Whether a document has more blocks, or fewer, than the form it says it is prints once; or some of them behind its
    continuation sheet. Asked of every file, so that few have to be looked through."""
    manifest = book.manifests.get(form)
    if manifest is None or "docx" not in manifest.templates:
        return True
    anatomy = anatomy_of(manifest)
    if any(
        isinstance(block, Table) or (isinstance(block, Text) and words(block.text) in anatomy.labels)
        for block in continuation
    ):
        return True
    plans = anatomy.body
    count = sum(isinstance(block, Table) or (isinstance(block, Text) and bool(words(block.text))) for block in blocks)
    return not sum(isinstance(plan, TablePlan) or bool(plan.words) for plan in plans) <= count <= len(plans)


def split_pasted(blocks: Sequence[Block], book: FormBook) -> list[PastedSheet] | None:
    """The sheets in their order; None where there is one, or none."""
    anatomies = {
        form: anatomy_of(book.manifests[form])
        for form in book.standing_in(said_in(blocks))
        if "docx" in book.manifests[form].templates
    }
    steps = _steps(blocks, anatomies)
    runs = [run for run in _runs(steps) if _is_sheet(run, blocks, book)]
    if len(runs) < 2:
        return None
    doubtful = _doubtful(runs, steps)
    for run in runs:
        run.steps = {number: step for number, step in run.steps.items() if number not in doubtful}
    ends = [*(run.first for run in runs[1:]), len(blocks)]
    sheets = [
        _sheet(run, blocks[run.last + 1 : end], blocks, anatomies[run.form])
        for run, end in zip(runs, ends, strict=True)
    ]
    sheets[0].loose[:0] = blocks[: runs[0].first]
    return sheets


def _steps(blocks: Sequence[Block], anatomies: Mapping[str, Anatomy]) -> list[list[_Step]]:
    """For each block which blocks of which forms it may be."""
    found: list[list[_Step]] = [[] for _ in blocks]
    said = [folded(block.text) if isinstance(block, Text) else "" for block in blocks]
    labels = [frozenset(map(folded, said_in([block]))) if isinstance(block, Table) else frozenset() for block in blocks]
    for form, anatomy in anatomies.items():
        for order, plan in _in_order(anatomy.body):
            wanted = _labels(plan)
            for number, block in enumerate(blocks):
                if isinstance(block, Table):
                    gain = _table_gain(wanted, labels[number])
                else:
                    gain = float(isinstance(block, Text) and _follows(block, said[number], plan))
                if gain:
                    found[number].append(_Step(form, order, gain, has_slots(plan), _is_fixed(plan)))
    return found


def _in_order(plans: Sequence[PlanBlock]) -> Iterator[tuple[int, PlanBlock]]:
    """The blocks of a form with their order; paragraphs printed for every row of a table have one together."""
    order, table = 0, ""
    for plan in plans:
        repeated = plan.table if isinstance(plan, TextPlan) else ""
        order += not repeated or repeated != table
        table = repeated
        yield (-order if repeated else order), plan


def _labels(plan: PlanBlock) -> frozenset[str]:
    if isinstance(plan, TextPlan):
        return frozenset()
    return frozenset(folded(cell.words) for row in plan.rows for cell in row.cells if not cell.slots and cell.words)


def has_slots(plan: PlanBlock) -> bool:
    """Whether anything may be filled in there."""
    return isinstance(plan, TablePlan) or bool(plan.slots)


def _is_fixed(plan: PlanBlock) -> bool:
    return not any(row.table for row in plan.rows) if isinstance(plan, TablePlan) else not plan.slots


def _table_gain(wanted: frozenset[str], labels: frozenset[str]) -> float:
    share = len(wanted & labels) / len(wanted) if wanted else 0.0
    return 1 + TABLE_GAIN * share if share >= SAME_TABLE else 0.0


def _follows(block: Text, said: str, plan: PlanBlock) -> bool:
    if isinstance(plan, TablePlan):
        return False
    if not plan.slots:
        return said == folded(plan.words)
    return len(plan.words) >= LONG_GAPS and has_in_order(block.text, plan.gaps)


def _runs(steps: Sequence[Sequence[_Step]]) -> list[_Run]:
    """The runs that explain most of the blocks."""
    best: _Path | None = None
    latest: dict[tuple[str, int], _Path] = {}
    for number, choices in enumerate(steps):
        made = [_path(number, step, best, latest) for step in choices]
        for path in made:
            key = (path.step.form, path.step.order)
            if key not in latest or path.score > latest[key].score:
                latest[key] = path
        best = max((path for path in (best, *made) if path is not None), key=lambda path: path.score, default=None)
    runs: list[_Run] = []
    taken: dict[int, _Step] = {}
    while best is not None:
        taken[best.block] = best.step
        if best.is_start:
            runs.append(_Run(best.step.form, taken))
            taken = {}
        best = best.before
    return runs[::-1]


def _path(number: int, step: _Step, best: _Path | None, latest: Mapping[tuple[str, int], _Path]) -> _Path:
    """The best way to a block: on in a sheet of its form, or as the first of a new one."""
    on = [path for (form, order), path in latest.items() if form == step.form and _comes_after(step.order, order)]
    started = _Path((best.score if best else 0.0) + step.gain - SHEET_COST, number, step, True, best)
    if not on:
        return started
    before = max(on, key=lambda path: path.score)
    going_on = _Path(before.score + step.gain, number, step, False, before)
    return going_on if going_on.score >= started.score else started


def _comes_after(order: int, other: int) -> bool:
    """Orders below 0 are those of what repeats."""
    return abs(order) > abs(other) or order == other < 0


def _is_sheet(run: _Run, blocks: Sequence[Block], book: FormBook) -> bool:
    """Whether a run is a form: it has most of its words, and something that a form has once: a part of a table that
    somebody split, with its header doubled, has not."""
    if not any(step.is_fixed for step in run.steps.values()):
        return False
    return run.form in book.standing_in(said_in(blocks[run.first : run.last + 1]))


def _doubtful(runs: Sequence[_Run], steps: Sequence[Sequence[_Step]]) -> set[int]:
    """The blocks with blanks at the ends of two neighbours that the other may have as well: whose they are nobody can
    say."""
    found: set[int] = set()
    for one, other in itertools.pairwise(runs):
        last, first = abs(one.steps[one.last].order), abs(other.steps[other.first].order)
        found.update(_ends_of(one, sorted(one.steps)[:0:-1], other.form, range(first), steps))
        found.update(_ends_of(other, sorted(other.steps)[:-1], one.form, range(last + 1, MOST_BLOCKS), steps))
    return found


def _ends_of(
    run: _Run, numbers: Sequence[int], rival: str, orders: range, steps: Sequence[Sequence[_Step]]
) -> Iterator[int]:
    """Of a run's blocks, from the end that borders on its rival, those that may be the rival's."""
    for number in numbers:
        own = run.steps[number]
        rivals = [step for step in steps[number] if step.form == rival and abs(step.order) in orders]
        if not any(step.gain >= own.gain for step in rivals):
            return
        if own.has_slots:
            yield number


def _sheet(run: _Run, after: Sequence[Block], blocks: Sequence[Block], anatomy: Anatomy) -> PastedSheet:
    """A sheet, with its continuation sheet in what follows it until the next."""
    loose, continuation = split_continuation(after)
    return PastedSheet(run.form, anatomy, list(blocks[run.first : run.last + 1]), continuation, loose)
