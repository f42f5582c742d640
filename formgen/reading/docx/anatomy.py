"""The anatomy of a form's Word template, learnt by rendering it with tokens and reading the result.

In: a manifest with a form.docx. Out: its plans. Whatever a template does to place its fields, they are found where they
are printed; nothing is known here of any form.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from formgen.forms.manifest import Manifest
from formgen.reading.docx.model import (
    Block,
    Cell,
    Mark,
    SectionEnd,
    Table,
    Text,
    pictures_in,
    tables_of,
    texts_of,
    told_once,
    words,
)
from formgen.reading.docx.plans import Anatomy, CellPlan, PlanBlock, RowPlan, Slot, SlotKind, TablePlan, TextPlan
from formgen.reading.docx.ticks import find_boxes
from formgen.reading.docx.walking import Walker
from formgen.reading.model import FieldPath
from formgen.rendering.docx import CompiledDocx, compile_docx
from formgen.rendering.docx.programs import Variant
from formgen.rendering.docx.relations import DOCUMENT_RELS, read_relations, target_path
from formgen.rendering.docx.wordml import DOCUMENT, parse_part, w
from formgen.rendering.tokens import ROW_NUMBER, TOKEN, Token, TokenBook

__all__ = ["anatomy_of"]

GROUPS: Final = (0, 0, 1)
"""Two rows of one group and one of another: enough to see what is merged and what counts."""
KINDS: Final[dict[str, SlotKind]] = {"image": "image", "signature": "mark", "seal": "mark"}
UNREADABLE: Final = "\ue000"
"""What no document says."""
_KNOWN: dict[tuple[str, str, str, int], Anatomy] = {}


def anatomy_of(manifest: Manifest) -> Anatomy:
    """The anatomy of a form, learnt once in a process.

    Raises: TemplateError, InputError: the template is broken.
    """
    path = manifest.template("docx")
    key = (str(path), manifest.id, manifest.version, path.stat().st_mtime_ns)
    found = _KNOWN.get(key)
    if found is None:
        found = _KNOWN[key] = _Learner(manifest).anatomy()
    return found


class _Learner:
    def __init__(self, manifest: Manifest) -> None:
        self._manifest = manifest
        self._compiled: CompiledDocx = compile_docx(manifest)
        self._book = TokenBook()
        self._boxes: dict[Text, list[tuple[Token, int, int]]] = {}

    def anatomy(self) -> Anatomy:
        context = self._book.context(self._manifest, GROUPS)
        body, heads, sections, _ = self._blocks(context)
        self._find_boxes(context, [*body, *heads])
        plans = list(self._plans(body))
        head_plans = list(self._plans(heads))
        blank_body, blank_heads, _, remarks = self._blocks(self._compiled.plan.blank() | self._no_rows())
        texts = [*_texts(plans), *_texts(head_plans)]
        labels = {plan.words for plan in texts if not plan.slots}
        labels |= {words(text.text) for text in texts_of([*blank_body, *blank_heads])}
        slots = [slot for plan in texts for slot in plan.slots]
        bare = any(plan.slots and not plan.words and not plan.names for plan in _loose(plans))
        names = frozenset(name for plan in texts for name in plan.names)
        return Anatomy(
            plans,
            head_plans,
            sections,
            frozenset(labels - {""}),
            names,
            self._fields(),
            bare,
            self._optional(slots, [*blank_body, *blank_heads]),
            pictures_in([*blank_body, *blank_heads]),
            remarks,
        )

    def _find_boxes(self, context: dict[str, Any], blocks: Sequence[Block]) -> None:
        """Note the fields that are printed as boxes without a value."""
        texts = list(texts_of(list(blocks)))
        placed = frozenset(
            token.key for text in texts for token, _, _ in self._book.in_text(text.text) if not token.table
        )

        def render(key: str, value: str) -> list[Text]:
            body, heads, _, _ = self._blocks({**context, key: value})
            return list(texts_of([*body, *heads]))

        for number, start, end, key in find_boxes(self._manifest, texts, placed, render):
            self._boxes.setdefault(texts[number], []).append((Token(key, "", "", -1), start, end))

    def _tokens(self, text: Text) -> list[tuple[Token, int, int]]:
        """The tokens of a text, and the boxes that stand for one."""
        found = [*self._book.in_text(text.text), *self._boxes.get(text, ())]
        return sorted(found, key=lambda item: item[1])

    def _no_rows(self) -> dict[str, Any]:
        return {item.key: [] for item in self._manifest.fields if item.table is not None}

    def _blocks(self, context: dict[str, Any]) -> tuple[list[Block], list[Block], int, int]:
        """Body, headers and footers rendered with a context; how many sections and how many remarks they have."""
        programs = self._compiled.parts.programs(Variant())
        trees = {name: parse_part(program.render(context)) for name, program in programs.items()}
        walker = Walker()
        body_element = trees[DOCUMENT].find(w("body"))
        body = walker.flow(body_element)
        sections = [block for block in body if isinstance(block, SectionEnd)]
        parts = (
            trees[name] if name in trees else parse_part(self._compiled.package.part(name))
            for name in self._head_parts(sections)
        )
        heads = told_once([walker.flow(part) for part in parts])
        texts: list[Block] = [block for block in body if not isinstance(block, SectionEnd)]
        return texts, heads, max(1, len(sections)), walker.remarks

    def _head_parts(self, sections: Sequence[SectionEnd]) -> list[str]:
        package = self._compiled.package
        if DOCUMENT_RELS not in package.names:
            return []
        targets = {
            relation.identity: target_path(DOCUMENT, relation.target)
            for relation in read_relations(package.part(DOCUMENT_RELS))
            if not relation.is_external
        }
        used = [targets[head] for section in sections for head in section.heads if head in targets]
        return [name for name in dict.fromkeys(used) if name in package.names]

    def _plans(self, blocks: Sequence[Block]) -> Iterator[PlanBlock]:
        made: list[PlanBlock] = []
        for block in blocks:
            if isinstance(block, Table):
                made += [self._table(table) for table in tables_of([block])]
            elif isinstance(block, Text):
                plan = self._text(block)
                if plan is not None:
                    made.append(plan)
        _tell_neighbours(made)
        yield from made

    def _text(self, text: Text) -> TextPlan | None:
        found = self._tokens(text)
        if not found and not words(text.text):
            return None
        rows = {token.row for token, _, _ in found if token.table}
        if len(rows) > 1:  # all rows in one paragraph: nobody can tell them apart again
            return TextPlan((UNREADABLE,), (UNREADABLE,), ())
        if rows - {0}:
            return None
        gaps, seams, slots = self._parts(text, found)
        table = next((token.table for token, _, _ in found if token.table), "")
        return TextPlan(gaps, seams, slots, names=_names(slots), table=table, pictures=len(text.pictures))

    def _parts(
        self, text: Text, found: Sequence[tuple[Token, int, int]]
    ) -> tuple[tuple[str, ...], tuple[str, ...], tuple[Slot, ...]]:
        edges = [0, *(edge for _, start, end in found for edge in (start, end)), len(text.text)]
        seams = tuple(text.text[edges[i] : edges[i + 1]] for i in range(0, len(edges), 2))
        slots = tuple(self._slot(token, start, end, text.marks) for token, start, end in found)
        return tuple(map(words, seams)), seams, slots

    def _slot(self, token: Token, start: int, end: int, marks: Sequence[Mark]) -> Slot:
        exact = [mark for mark in marks if mark.start == start and mark.end == end]
        control = next((mark.name for mark in exact if mark.is_control), "")
        bookmark = next((TOKEN.sub("", mark.name).removesuffix("__") for mark in exact if not mark.is_control), "")
        if token.key == ROW_NUMBER and token.table:
            return Slot(token.key, token.table, "", control, bookmark, "number")
        item = self._manifest.field(token.table or token.key)
        if token.table and item.table is not None:
            item = next(column for column in item.table.columns if column.key == token.key)
        return Slot(token.key, token.table, token.part, control, bookmark, KINDS.get(item.type_name, "value"))

    def _table(self, table: Table) -> TablePlan:
        rows: list[RowPlan] = []
        sources: list[list[Cell]] = []
        for cells in table.rows:
            tokens = [token for cell in cells for token, _, _ in self._book.in_text(cell.text) if token.table]
            if any(token.row > 0 for token in tokens) or (not tokens and _is_inside(table, cells, self._book)):
                if tokens and tokens[0].row == 1:
                    _note_shared(rows, tokens[0].table, cells)
                continue
            rows.append(RowPlan([self._cell(cell) for cell in cells], tokens[0].table if tokens else ""))
            sources.append(cells)
        _tell_labels(rows, Table(table.number, [*sources]))
        return TablePlan(rows)

    def _cell(self, cell: Cell) -> CellPlan:
        gaps, seams, slots = self._parts(cell, self._tokens(cell))
        plan = CellPlan(gaps, seams, slots, names=_names(slots), pictures=len(cell.pictures))
        plan.column, plan.span, plan.merge = cell.column, cell.span, cell.merge
        return plan

    def _fields(self) -> dict[tuple[bool, str], tuple[str, str]]:
        """As `formgen.rendering` names the rests of fields and columns."""
        found: dict[tuple[bool, str], tuple[str, str]] = {}
        for item in self._manifest.fields:
            if item.table is None:
                found[True, item.key] = found[False, item.key] = ("", item.key)
                continue
            for column in item.table.columns:
                found[True, f"{item.key}.{column.key}"] = (item.key, column.key)
                found[False, f"{item.key}_{column.key}"] = (item.key, column.key)
        return found

    def _optional(self, slots: Sequence[Slot], blank: Sequence[Block]) -> frozenset[FieldPath]:
        """Fields whose marks are not on the blank form."""
        there = {(mark.is_control, mark.name) for text in texts_of(blank) for mark in text.marks}
        singles = [slot for slot in slots if not slot.table]
        shown = {slot.key for slot in singles if (True, slot.control) in there or (False, slot.bookmark) in there}
        marked = {slot.key for slot in singles if slot.control or slot.bookmark}
        return frozenset((key,) for key in marked - shown)


def _texts(plans: Sequence[PlanBlock]) -> Iterator[TextPlan]:
    for plan in plans:
        if isinstance(plan, TablePlan):
            for row in plan.rows:
                yield from row.cells
        else:
            yield plan


def _loose(plans: Sequence[PlanBlock]) -> list[TextPlan]:
    return [plan for plan in plans if isinstance(plan, TextPlan)]


def _names(slots: Sequence[Slot]) -> frozenset[tuple[bool, str]]:
    controls = {(True, slot.control) for slot in slots if slot.control}
    return frozenset(controls | {(False, slot.bookmark) for slot in slots if slot.bookmark})


def _is_inside(table: Table, cells: list[Cell], book: TokenBook) -> bool:
    """Whether a row without tokens stands between rows of one loop."""
    at = table.rows.index(cells)
    before = [_rows_of(row, book) for row in table.rows[:at]]
    after = [_rows_of(row, book) for row in table.rows[at + 1 :]]
    tables_before = {item for found in before for item in found}
    first = {table for table, _ in tables_before}
    return any(name in first and number > 0 for found in after for name, number in found)


def _rows_of(cells: Sequence[Cell], book: TokenBook) -> set[tuple[str, int]]:
    return {(token.table, token.row) for cell in cells for token, _, _ in book.in_text(cell.text) if token.table}


def _note_shared(rows: Sequence[RowPlan], table: str, cells: Sequence[Cell]) -> None:
    """The second row of a group shows which columns are merged over it."""
    first = next((row for row in rows if row.table == table and len(row.cells) == len(cells)), None)
    if first is not None:
        for plan, cell in zip(first.cells, cells, strict=True):
            plan.is_shared = plan.is_shared or (cell.merge == "continue" and plan.merge == "restart")


def _tell_neighbours(plans: Sequence[PlanBlock]) -> None:
    """Tell paragraphs the words before and after them."""
    loose = _loose(plans)
    for number, plan in enumerate(loose):
        plan.before = next((item.words for item in reversed(loose[:number]) if not item.slots), "")
        plan.after = next((item.words for item in loose[number + 1 :] if not item.slots), "")


def _tell_labels(rows: Sequence[RowPlan], table: Table) -> None:
    """Tell every cell with slots its label to the left and the header above."""
    plan_of = {
        cell: plan
        for cells, row in zip(table.rows, rows, strict=True)
        for cell, plan in zip(cells, row.cells, strict=True)
    }
    for number, row in enumerate(rows):
        for index, plan in enumerate(row.cells):
            if plan.slots:
                plan.left = _left(table, number, index, plan_of)
                plan.up = _up(table, number, index, plan_of)


def _left(table: Table, number: int, index: int, plan_of: dict[Cell, CellPlan]) -> tuple[int, str] | None:
    for at in range(index - 1, -1, -1):
        plan = plan_of[table.origin(number, at)]
        if not plan.slots and plan.words:
            return index - at, plan.words
    return None


def _up(table: Table, number: int, index: int, plan_of: dict[Cell, CellPlan]) -> str:
    cell = table.rows[number][index]
    for above in range(number - 1, -1, -1):
        found = [
            at
            for at, other in enumerate(table.rows[above])
            if other.column < cell.column + cell.span and cell.column < other.column + other.span
        ]
        static = [at for at in found if not _plan(table, above, at, plan_of).slots]
        labels = [_plan(table, above, at, plan_of).words for at in static]
        if any(labels):
            last = static[-1] + 1
            right = _plan(table, above, last, plan_of) if last < len(table.rows[above]) else None
            is_header = right is None or (not right.slots and right.words != "")
            return "".join(labels) if is_header and len(static) == len(found) else ""
    return ""


def _plan(table: Table, number: int, index: int, plan_of: dict[Cell, CellPlan]) -> CellPlan:
    return plan_of[table.origin(number, index)]
