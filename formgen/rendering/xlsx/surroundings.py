"""What surrounds a sheet's rows: views and sizes before them, merges, rules, breaks and links after them.

All of it refers to rows. When a table grows, whatever refers to the loop row covers all its copies, whatever stands
below moves down, and merges inside the loop row are repeated. What sits in other parts and cannot follow (a picture,
a comment or an Excel table at or below a loop, formulas of other sheets and charts that look at moved cells) is
refused.

Source: ECMA-376 Part 1, 18.3.1.99 (worksheet: the order of its elements).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree

from formgen.errors import TemplateError
from formgen.problems import Place, Problem
from formgen.rendering.xlsx.cells import escape_markup
from formgen.rendering.xlsx.references import (
    REFERENCE,
    Area,
    LoopRows,
    Moving,
    Reach,
    RowMap,
    area_of,
    column_letters,
    parse_area,
    unquote_sheet,
    vanishes,
)
from formgen.rendering.xlsx.tags import has_tag
from formgen.rendering.xlsx.workbook import (
    MAIN,
    Workbook,
    parse_xml,
    read_relations,
    slot_mark,
    split_slots,
)

__all__ = ["Merge", "Surroundings", "require_no_outside_references"]

REFERENCE_ATTRIBUTES = frozenset(["ref", "sqref", "activeCell", "topLeftCell"])
FORMULA_ELEMENTS = frozenset(["formula", "formula1", "formula2", "f", "sqref"])
DROPPED_WITH_MARKER = frozenset(["mergeCell", "hyperlink", "conditionalFormatting", "dataValidation", "ignoredError"])
BEFORE_MERGES = frozenset(
    [
        "sheetData",
        "sheetCalcPr",
        "sheetProtection",
        "protectedRanges",
        "scenarios",
        "autoFilter",
        "sortState",
        "dataConsolidate",
        "customSheetViews",
    ]
)
FORMULA_TAG = re.compile(rb"<(?:\w+:)?(?:f|formula[12]?)[ >]")
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"
FIXED_KINDS = frozenset(["printerSettings", "hyperlink", "vmlDrawing", "image", "customProperty"])
"""Relations of a sheet that stand at no cell (comments are looked at in their own part)."""


@dataclass(frozen=True, slots=True)
class Merge:
    """A merged cell that a filled loop brings: rows of the filled sheet."""

    column1: int
    row1: int
    column2: int
    row2: int


@dataclass(frozen=True, slots=True)
class _Break:
    """A page break below a row."""

    row: int

    def at(self, rows: RowMap) -> str:
        return str(rows.end(self.row))


class _Merges:
    """Where the merged cells stand in the XML."""


@dataclass
class Surroundings:
    """The XML before and after the rows, in pieces."""

    head: list[Any]
    tail: list[Any]
    merges: list[Area]
    """Merged cells outside the loop rows, or over them and rows beside."""
    row_merges: dict[int, list[Area]]
    """Merged cells inside a loop row, by the loop's marker row: each copy has them."""

    @classmethod
    def compile(cls, name: str, workbook: Workbook, root: Any, loops: Sequence[LoopRows]) -> Surroundings:
        """Raises: TemplateError (F-XLSX-009, F-XLSX-011)."""
        content = workbook.parts[workbook.sheets[name]]
        if loops:
            _require_movable(name, workbook, root, loops[0].marker)
        slots = _Slots(slot_mark(content), lambda prefix: not prefix or unquote_sheet(prefix) == name, loops)
        data = root.find(f"{{{MAIN}}}sheetData")
        merges = slots.take_merges(root)
        for child in list(root):
            if child is not data:
                slots.mark_tree(child)
        _insert_merges(root, slots)
        for row in list(data):
            data.remove(row)
        data.text = slots.new(_ROWS)
        xml = etree.tostring(root, encoding="unicode")
        if has_tag(xml):
            raise TemplateError(Problem("F-XLSX-011", Place(workbook.file, name)))
        pieces = split_slots(xml, slots.content, slots.mark)
        middle = pieces.index(_ROWS)
        head: list[Any] = ['<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n', *pieces[:middle]]
        inside = {loop.marker: [area for area in merges if area.row1 == area.row2 == loop.row] for loop in loops}
        rows = {loop.row for loop in loops}
        outside = [area for area in merges if not (area.row1 == area.row2 and area.row1 in rows)]
        return cls(head, pieces[middle + 1 :], outside, inside)

    def head_xml(self, rows: RowMap) -> str:
        return "".join(piece if isinstance(piece, str) else _quoted(piece.at(rows)) for piece in self.head)

    def tail_xml(self, rows: RowMap, merges: Iterator[Merge], count: int) -> Iterator[str]:
        """The XML after the rows. `merges`: what the loops bring, `count` of them."""
        for piece in self.tail:
            if isinstance(piece, str):
                yield piece
            elif piece is _MERGES:
                yield from self._merges_xml(rows, merges, count)
            else:
                yield _quoted(piece.at(rows))

    def _merges_xml(self, rows: RowMap, merges: Iterator[Merge], count: int) -> Iterator[str]:
        total = len(self.merges) + count
        if not total:
            return
        yield f'<mergeCells count="{total}">'
        for area in self.merges:
            yield f'<mergeCell ref="{rows.area_text(area)}"/>'
        for merge in merges:
            first, last = column_letters(merge.column1), column_letters(merge.column2)
            yield f'<mergeCell ref="{first}{merge.row1}:{last}{merge.row2}"/>'
        yield "</mergeCells>"


_MERGES = _Merges()
_ROWS = object()


class _Slots:
    """Puts a marked word wherever a row number stands, and remembers what it stands for."""

    def __init__(self, mark: str, is_own: Any, loops: Sequence[LoopRows]) -> None:
        self.mark = mark
        self.content: dict[str, Any] = {}
        self._is_own = is_own
        self._loops = loops

    def new(self, content: Any) -> str:
        slot = f"{self.mark}{len(self.content)}."
        self.content[slot] = content
        return slot

    def take_merges(self, root: Any) -> list[Area]:
        element = root.find(f"{{{MAIN}}}mergeCells")
        if element is None:
            return []
        root.remove(element)
        areas = [parse_area(item.get("ref", "")) for item in element]
        return [area for area in areas if not vanishes(area, self._loops)]

    def mark_tree(self, root: Any) -> None:
        for element in list(root.iter(etree.Element)):
            name = etree.QName(element).localname
            if name in DROPPED_WITH_MARKER and self._is_dropped(element):
                _remove(element)
            elif name == "brk" and etree.QName(element.getparent()).localname == "rowBreaks":
                element.set("id", self.new(_Break(int(element.get("id", "0")))))
            elif name not in ("brk",):
                self._mark(element, name)

    def _mark(self, element: Any, name: str) -> None:
        for key in REFERENCE_ATTRIBUTES & set(element.attrib):
            reach: Reach = "cells" if key in ("ref", "sqref") else "formula"
            element.set(key, self.new(Moving(self._kept(element.get(key)), self._is_own, reach)))
        if name == "hyperlink" and element.get("location"):
            element.set("location", self.new(Moving(element.get("location"), self._is_own)))
        if name in ("inputCells", "cellWatch") and element.get("r"):
            element.set("r", self.new(Moving(element.get("r"), self._is_own)))
        if name in FORMULA_ELEMENTS and element.text:
            element.text = self.new(Moving(element.text, self._is_own, "cells" if name == "sqref" else "rule"))

    def _kept(self, references: str) -> str:
        """A list of references without those that vanish with a marker row, but never an empty one."""
        kept = [ref for ref in references.split() if not self._is_vanishing(ref)]
        return " ".join(kept) or references

    def _is_dropped(self, element: Any) -> bool:
        references = (element.get("ref") or element.get("sqref") or "").split()
        return bool(references) and all(map(self._is_vanishing, references))

    def _is_vanishing(self, ref: str) -> bool:
        match = REFERENCE.fullmatch(ref)
        return match is not None and vanishes(area_of(match), self._loops)


def _remove(element: Any) -> None:
    parent = element.getparent()
    parent.remove(element)
    if parent.get("count"):
        parent.set("count", str(len(parent)))
    if not len(parent):
        parent.getparent().remove(parent)


def _insert_merges(root: Any, slots: _Slots) -> None:
    """Mark the place of the merged cells: after the last element that must come before them."""
    last = [child for child in root if etree.QName(child).localname in BEFORE_MERGES][-1]
    last.tail = slots.new(_MERGES) + (last.tail or "")


def _quoted(text: str) -> str:
    return escape_markup(text).replace('"', "&quot;")


def _require_movable(name: str, workbook: Workbook, root: Any, first_moving: int) -> None:
    part = workbook.sheets[name]
    for relation in read_relations(workbook.parts, part, workbook.file).values():
        if relation.kind in FIXED_KINDS or not relation.target:
            continue
        content = workbook.parts.get(relation.target, b"")
        last = _last_row(parse_xml(content, workbook.file, relation.target), relation.kind) if content else None
        if last is None or last >= first_moving:
            place = Place(workbook.file, name, f"A{last}" if last else "")
            raise TemplateError(Problem("F-XLSX-009", place, relation.kind))


def _last_row(root: Any, kind: str) -> int | None:
    """The lowest row something stands at; None where that is not known."""
    if kind == "drawing":
        rows = [int(element.text or "0") + 1 for element in root.iter(f"{{{DRAWING}}}row")]
    elif kind == "comments":
        rows = [parse_area(element.get("ref", "")).row2 for element in root.iter(f"{{{MAIN}}}comment")]
    elif kind == "table":
        rows = [parse_area(root.get("ref", "")).row2]
    else:
        return None
    return max(rows, default=1)


def require_no_outside_references(workbook: Workbook, moving_from: Mapping[str, int]) -> None:
    """Formulas of other sheets and charts may look at a filled sheet only above its first loop.

    Raises: TemplateError (F-XLSX-010).
    """
    own = {workbook.sheets[name] for name in moving_from}
    for part, content in workbook.parts.items():
        if not part.startswith("xl/") or not part.endswith(".xml") or part in own or part == "xl/workbook.xml":
            continue
        if not moving_from or not FORMULA_TAG.search(content):
            continue
        for element in parse_xml(content, workbook.file, part).iter(etree.Element):
            if etree.QName(element).localname in FORMULA_ELEMENTS and element.text:
                _require_above(element.text, part, workbook.file, moving_from)
    for name in moving_from:
        _require_own_references(workbook, name, moving_from)


def _require_own_references(workbook: Workbook, name: str, moving_from: Mapping[str, int]) -> None:
    others = {other: row for other, row in moving_from.items() if other != name}
    root = parse_xml(workbook.parts[workbook.sheets[name]], workbook.file, name)
    for element in root.iter(etree.Element):
        if etree.QName(element).localname in FORMULA_ELEMENTS and element.text:
            _require_above(element.text, name, workbook.file, others)


def _require_above(text: str, part: str, file: str, moving_from: Mapping[str, int]) -> None:
    for match in REFERENCE.finditer(text):
        sheet = unquote_sheet(match["sheet"] or "")
        if sheet in moving_from and area_of(match).row2 >= moving_from[sheet]:
            raise TemplateError(Problem("F-XLSX-010", Place(file, part), text, {"sheet": sheet}))
