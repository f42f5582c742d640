"""Blanks of a document that does not follow its form to the letter: each is looked for by itself.

Where a blank's mark (content control, bookmark) stands and where its labels say it is must be the same place. If they
are, the mark is believed. If they are two places, both are reported, so that they contradict each other. A mark without
its labels is not believed, unless it is a control and the label beside it was replaced by another word for the same
field; labels without the mark are, where they leave no choice. What is found by neither is lost, and its text is told
as unread: nothing is taken for a value by its position alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from formgen.forms.manifest import Manifest
from formgen.reading.docx.blanks import Seen, held, read_blanks
from formgen.reading.docx.matching import Found, Matches
from formgen.reading.docx.model import Cell, Table, Text, words
from formgen.reading.docx.plans import Anatomy, CellPlan, TablePlan, TextPlan
from formgen.reading.docx.rows import LoopReader
from formgen.reading.docx.surroundings import Surroundings
from formgen.reading.docx.synonyms import Synonyms
from formgen.reading.labels.anchors import SYNONYM
from formgen.reading.model import Layer, Unread

__all__ = ["search_blanks"]

CONFIDENCE: Final[dict[Layer, float]] = {
    "content-control": 0.97,
    "bookmark": 0.96,
    "header": 0.93,
    "path": 0.9,
    "label": 0.85,
    "pattern": 0.85,
}
ABSENT: Final = 0.6
"""That a field is blank because its paragraph, which is only printed with a value, is not there."""


def search_blanks(
    body: Sequence[Text | Table], heads: Sequence[Text | Table], manifest: Manifest, anatomy: Anatomy, into: Matches
) -> list[Unread]:
    """Add what is found in the blanks; returns the texts that are neither printed on the form nor in a blank."""
    return _Search([*body, *heads], manifest, anatomy, into).run()


class _Search:
    def __init__(self, blocks: Sequence[Text | Table], manifest: Manifest, anatomy: Anatomy, into: Matches) -> None:
        self._synonyms = Synonyms(manifest, anatomy)
        self._anatomy = anatomy
        self._into = into
        self._tables = [block for block in blocks if isinstance(block, Table)]
        self._loose = [block for block in blocks if isinstance(block, Text)]
        self._around = Surroundings(self._tables, anatomy)
        self._used: set[Text] = set()
        self._cells: list[Cell] = []

    def run(self) -> list[Unread]:
        plans = [plan for plan in self._anatomy.blocks if isinstance(plan, TablePlan)]
        reader = LoopReader(self._tables, plans, self._anatomy, self._around, self._synonyms, self._into)
        reader.read()
        self._used |= reader.used
        taken = {id(cell) for row in reader.rows for cell in row}
        self._cells = [cell for table in self._tables for row in table.rows for cell in row if id(cell) not in taken]
        fixed = [cell for plan in plans for row in plan.rows if not row.table for cell in row.cells if cell.slots]
        for twins in _by_likeness(fixed):
            self._find_cells(twins)
        loose = [plan for plan in self._anatomy.blocks if isinstance(plan, TextPlan) and plan.slots and not plan.table]
        for group in _by_gaps(loose):
            self._find_loose(group)
        self._note_absent()
        return list(self._unread())

    def _find_cells(self, twins: Sequence[CellPlan]) -> None:
        """Cells whose labels are alike: the words of their rows tell them apart, else their order."""
        fitting = [
            cell for cell in self._cells if self._around.fits(cell, twins[0]) and self._read(cell, twins[0], "label")
        ]
        own = {plan: [cell for cell in fitting if self._around.is_nearest(cell, plan, twins)] for plan in twins}
        is_ordered = len(fitting) == len(twins)
        for number, plan in enumerate(twins):
            candidates: list[Text] = list(own[plan])
            if len(candidates) > 1 and is_ordered:
                candidates = [fitting[number]]
            holders = [cell for cell in self._cells if self._holds(cell, plan)]
            before = len(self._into.found)
            self._decide(plan, holders, candidates)
            if len(self._into.found) == before and len(holders) == 1:
                self._take_by_synonym(holders[0], plan)

    def _take_by_synonym(self, cell: Cell, plan: CellPlan) -> None:
        """A control beside another word for what it holds. The word alone would not do: only of this field can it be
        one, and nothing else of the form stands in the cell."""
        if len(plan.slots) != 1 or plan.left is None or self._has_foreign(cell, plan):
            return
        printed, key = plan.left[1], plan.slots[0].key
        seen = self._read(cell, plan, "label")
        if (
            seen
            and all(item.layer == "content-control" for item in seen)
            and self._around.fits(cell, plan, lambda text: self._synonyms.is_of(text, printed, key))
        ):
            self._used.add(cell)
            self._into.found += [Found(item, 0, cell.place, SYNONYM) for item in seen]

    def _find_loose(self, twins: Sequence[TextPlan]) -> None:
        fitting = [
            text
            for number, text in enumerate(self._loose)
            if (twins[0].words or self._is_between(number, twins[0])) and self._read(text, twins[0], "pattern")
        ]
        for number, plan in enumerate(twins):
            candidates = [fitting[number]] if len(fitting) == len(twins) else []
            holders = [text for text in self._loose if self._holds(text, plan)]
            if len(fitting) != len(twins):
                candidates = [text for text in fitting if text in holders]
            self._decide(plan, holders, candidates)

    def _is_between(self, number: int, plan: TextPlan) -> bool:
        """Whether a paragraph follows, or is followed by, the words that the form has there."""
        before = words(self._loose[number - 1].text) if number else ""
        after = words(self._loose[number + 1].text) if number + 1 < len(self._loose) else ""
        return (before == plan.before != "") or (after == plan.after != "")

    def _decide(self, plan: TextPlan, holders: Sequence[Text], candidates: Sequence[Text]) -> None:
        candidate = candidates[0] if len(candidates) == 1 else None
        trusted = [text for text in candidates if text in holders and not self._has_foreign(text, plan)]
        if len(trusted) == 1:
            self._take(trusted[0], plan, "path")
            for other in holders:
                if other is not trusted[0]:
                    self._take_marks(other, plan)
        elif (
            candidate is not None and holders and candidate not in holders
        ):  # the mark stands at one place, the label at another
            self._take(candidate, plan, "label")
            for other in holders:
                self._take_marks(other, plan)
        elif candidate is not None and not holders and self._is_clean(candidate, plan):
            self._take(candidate, plan, "path")

    def _is_clean(self, text: Text, plan: TextPlan) -> bool:
        """Whether labels alone may say what a text is: nothing of the form stands in it that does not belong there."""
        if self._has_foreign(text, plan) or self._around.has_labels_in(text, plan):
            return False
        if isinstance(plan, CellPlan):
            return self._around.is_in_place(text, plan) and self._around.stands_in_whole_row(text, plan)
        return self._is_in_order(text, plan)

    def _is_in_order(self, text: Text, plan: TextPlan) -> bool:
        """Whether a paragraph is in its place among the others, counted from the first or from the last."""
        plans = [block for block in self._anatomy.blocks if isinstance(block, TextPlan)]
        at, wanted = self._loose.index(text), plans.index(plan)
        return at == wanted or len(self._loose) - at == len(plans) - wanted

    def _take(self, text: Text, plan: TextPlan, bare: Layer) -> None:
        seen = self._read(text, plan, bare) or []
        self._used.add(text)
        self._into.found += [Found(item, 0, text.place, CONFIDENCE[item.layer]) for item in seen]

    def _take_marks(self, text: Text, plan: TextPlan) -> None:
        """What the blank's own marks hold, wherever they are."""
        self._used.add(text)
        for item in marked(text, plan):
            self._into.found.append(Found(item, 0, text.place, CONFIDENCE[item.layer]))

    def _read(self, text: Text, plan: TextPlan, bare: Layer) -> list[Seen] | None:
        """What stands in the blanks, by the words alone where another blank's marks stand there."""
        seen = read_blanks(text, plan, self._anatomy.names, bare)
        if seen is None and self._has_foreign(text, plan):
            plain = Text(text.text, [], text.place, text.pictures)
            seen = read_blanks(plain, plan, self._anatomy.names, bare)
        if seen is not None and not plan.words and self._around.is_label(text) and not self._holds(text, plan):
            return None
        return seen

    def _holds(self, text: Text, plan: TextPlan) -> bool:
        return any((mark.is_control, mark.name) in plan.names for mark in text.marks)

    def _has_foreign(self, text: Text, plan: TextPlan) -> bool:
        known = self._anatomy.names - plan.names
        return any((mark.is_control, mark.name) in known for mark in text.marks)

    def _note_absent(self) -> None:
        """Fields that are printed only with a value, and are not there: blank."""
        there = {item.seen.slot.key for item in self._into.found}
        slots = {slot.key: slot for plan in self._anatomy.texts() for slot in plan.slots if not slot.table}
        for path in self._anatomy.optional:
            slot = slots[path[0]]
            marked_at = [
                text for text in self._texts() if any(_names(text) & {(True, slot.control), (False, slot.bookmark)})
            ]
            if slot.key not in there and not marked_at:
                self._into.found.append(Found(Seen(replace(slot, part=""), "pattern", ""), 0, "", ABSENT))

    def _texts(self) -> Iterator[Text]:
        yield from self._loose
        for table in self._tables:
            for row in table.rows:
                yield from row

    def _unread(self) -> Iterator[Unread]:
        for text in self._texts():
            if text not in self._used and words(text.text) and not self._around.is_label(text):
                yield Unread(text.place, text.text)


def marked(text: Text, plan: TextPlan) -> Iterator[Seen]:
    """What the marks of a plan's blanks hold in a text."""
    for slot in plan.slots:
        for mark in text.marks:
            if (mark.is_control, mark.name) in ((True, slot.control), (False, slot.bookmark)):
                layer: Layer = "content-control" if mark.is_control else "bookmark"
                yield Seen(slot, layer, held(text, plan, slot, mark.start, mark.end), mark.row)
                break


def _names(text: Text) -> set[tuple[bool, str]]:
    return {(mark.is_control, mark.name) for mark in text.marks}


def _by_likeness(plans: Sequence[CellPlan]) -> list[list[CellPlan]]:
    """Cells that no label tells apart, together."""
    groups: dict[object, list[CellPlan]] = {}
    for plan in plans:
        groups.setdefault((plan.left, plan.up, plan.gaps, len(plan.slots)), []).append(plan)
    return list(groups.values())


def _by_gaps(plans: Sequence[TextPlan]) -> list[list[TextPlan]]:
    groups: dict[object, list[TextPlan]] = {}
    for plan in plans:
        key = (plan.gaps, len(plan.slots)) if plan.words else (plan.before, plan.after)
        groups.setdefault(key, []).append(plan)
    return list(groups.values())
