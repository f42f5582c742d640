"""What an Excel form looks like: its printed words, its blanks and its tables, taken from its template.

In: a manifest with form.xlsx. Out: for each sheet with tags where everything stands, rows and columns from 0.
Nothing here is written for one form: whatever template is added is taken apart by the tags in it.
Limits: a formula outside of loops is a field where a defined name f_key says so; those of a loop row are its totals, in
their order (as when the template is compiled).
"""

from __future__ import annotations

import html
import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, NamedTuple

from lxml import etree

from formgen.forms.manifest import Field, Manifest, Table
from formgen.reading.xlsx.patterns import CellPattern, compile_pattern
from formgen.rendering.package import PackageTemplate
from formgen.rendering.xlsx.references import Area, parse_area
from formgen.rendering.xlsx.tags import ROW_NUMBER, FieldTag, MixedText, TagReader
from formgen.rendering.xlsx.template import FieldCell, FormulaCell, LoopPlan, PlanCell, SheetPlan, compile_sheet
from formgen.rendering.xlsx.workbook import MAIN, WORKBOOK_PART, Workbook
from formgen.vocabulary.folding import fold

__all__ = ["Anatomy", "Blank", "Loop", "LoopColumn", "Printed", "Spot", "anatomy_of"]

_MARKUP: Final = re.compile("<[^>]*>")


class Spot(NamedTuple):
    """A cell, merged or not; rows and columns zero-based, ends inside."""

    row: int
    column: int
    last_row: int
    last_column: int


@dataclass(frozen=True, slots=True)
class Printed:
    """A word of the form."""

    spot: Spot
    text: str
    """Folded."""


@dataclass(frozen=True, slots=True)
class Blank:
    """A cell for values outside of tables."""

    spot: Spot
    keys: tuple[str, ...]
    pattern: CellPattern | None
    """None: the cell is one value."""
    is_readable: bool = True
    """Whether its text can be read backwards."""
    is_formula: bool = False
    is_percent: bool = False


@dataclass(frozen=True, slots=True)
class LoopColumn:
    """A cell of a table's row."""

    column: int
    last_column: int
    keys: tuple[str, ...]
    """Empty for a cell that nobody fills: the row's number."""
    labels: tuple[str, ...]
    """Folded, the words above it from top to bottom."""
    pattern: CellPattern | None = None
    is_readable: bool = True
    is_formula: bool = False
    is_percent: bool = False


@dataclass(frozen=True, slots=True)
class Loop:
    """A table."""

    field: Field
    row: int
    first_header_row: int
    header_row: int
    """The last row of its header."""
    columns: tuple[LoopColumn, ...]
    constants: frozenset[str]
    """Words printed in each of its rows, folded."""

    @property
    def table(self) -> Table:
        assert self.field.table is not None  # loops go over tables only
        return self.field.table

    @property
    def height(self) -> int:
        return self.header_row - self.first_header_row + 1


@dataclass(frozen=True, slots=True)
class Anatomy:
    """One sheet of a form."""

    name: str
    printed: tuple[Printed, ...]
    """Without the headers of tables."""
    blanks: tuple[Blank, ...]
    loops: tuple[Loop, ...]

    @property
    def words(self) -> frozenset[str]:
        """Everything that is printed on the sheet, folded."""
        headers = (label for loop in self.loops for column in loop.columns for label in column.labels)
        return frozenset(itertools.chain((one.text for one in self.printed), headers))


_known: dict[tuple[str, int, int], tuple[Anatomy, ...]] = {}


def anatomy_of(manifest: Manifest) -> tuple[Anatomy, ...]:
    """The sheets of a form's Excel template; none where it has no such template. Made once a template.

    Raises:
        InputError, TemplateError: the template cannot be read.
    """
    path = manifest.template("xlsx")
    if not path.is_file():
        return ()
    status = path.stat()
    key = (str(path), status.st_mtime_ns, status.st_size)
    if key not in _known:
        _known[key] = tuple(_Dissector(manifest, str(path)).sheets())
    return _known[key]


class _Dissector:
    """Takes a template apart."""

    def __init__(self, manifest: Manifest, file: str) -> None:
        self.manifest = manifest
        package = PackageTemplate(manifest.template("xlsx"), "xlsx")
        self.workbook = Workbook.read({name: package.part(name) for name in package.names}, file)
        self.tags = TagReader(manifest, file)

    def sheets(self) -> Iterator[Anatomy]:
        for name in self.workbook.sheets:
            plan = compile_sheet(name, self.workbook, self.manifest, self.tags)
            if plan is not None:
                yield self._sheet(plan)

    def _sheet(self, plan: SheetPlan) -> Anatomy:
        merges = {(area.row1, area.column1): area for area in plan.merges}
        loops = tuple(self._loop(loop, plan, merges) for loop in plan.loops)
        in_loops = {loop.row for loop in loops}
        headers = {row for loop in loops for row in range(loop.first_header_row, loop.header_row + 1)}
        printed = tuple(
            Printed(spot, text)
            for (row, column), value in sorted(plan.constants.items())
            if (spot := _spot(row, column, merges)).row not in in_loops | headers and (text := _folded(value))
        )
        named = self._named_cells(plan.name)
        blanks = tuple(
            self._blank(cell, _spot(row.row, cell.column, merges), named)
            for row in plan.rows
            if not isinstance(row, LoopPlan)
            for cell in row.cells
        )
        return Anatomy(plan.name, printed, tuple(blank for blank in blanks if blank.keys), loops)

    def _blank(self, cell: PlanCell, spot: Spot, named: Mapping[tuple[int, int], str]) -> Blank:
        if isinstance(cell, FormulaCell):
            key = named.get((spot.row, spot.column), "")
            return Blank(spot, (key,) if key else (), None, is_formula=True)
        if isinstance(cell, FieldCell):
            return Blank(spot, (cell.tag.key,), None, is_percent=self._is_percent(cell))
        pattern = compile_pattern(_text_of(cell))
        keys = pattern.keys if pattern is not None else self._names_in(cell)
        return Blank(spot, keys, _unless_bare(pattern), pattern is not None)

    def _is_percent(self, cell: FieldCell) -> bool:
        item = self.manifest.field(cell.tag.key)
        if item.table is not None:
            item = next(column for column in item.table.columns if column.key == cell.tag.column)
        return item.type_name == "percent" and cell.is_number and cell.format.is_percent

    def _names_in(self, cell: PlanCell, variable: str = "") -> tuple[str, ...]:
        """The keys a cell asks for in ways that cannot be read backwards."""
        names: dict[str, None] = {}
        for piece in getattr(cell, "pieces", ()):
            if isinstance(piece, MixedText):
                if variable:
                    names.update(dict.fromkeys(part for owner, part in piece.template.parts if owner == variable))
                else:
                    names.update(dict.fromkeys(piece.template.names))
        return tuple(names)

    def _loop(self, loop: LoopPlan, plan: SheetPlan, merges: Mapping[tuple[int, int], Area]) -> Loop:
        row = loop.rows.row
        first, last = self._header(loop, plan, merges)
        table = loop.table.table
        assert table is not None  # as in the manifest
        totals = iter([column.key for column in table.columns if column.total_of])
        columns = []
        for cell in loop.plan.cells:
            spot = _spot(row, cell.column, merges)
            labels = _labels_above(spot.column, first, last, plan, merges)
            columns.append(self._column(cell, spot, labels, loop.start.variable, totals))
        constants = frozenset(
            text for (at, _), value in plan.constants.items() if at == row and (text := _folded(value))
        )
        return Loop(loop.table, row - 1, first - 1, last - 1, tuple(columns), constants)

    def _column(
        self, cell: PlanCell, spot: Spot, labels: tuple[str, ...], variable: str, totals: Iterator[str]
    ) -> LoopColumn:
        ends = spot.column, spot.last_column
        if isinstance(cell, FormulaCell):
            key = next(totals, "")
            return LoopColumn(*ends, (key,) if key else (), labels, is_formula=True)
        if isinstance(cell, FieldCell):
            if cell.tag == FieldTag(cell.tag.key, ROW_NUMBER):
                return LoopColumn(*ends, (), labels)
            return LoopColumn(*ends, (cell.tag.column,), labels, is_percent=self._is_percent(cell))
        pattern = compile_pattern(_text_of(cell), variable)
        keys = pattern.keys if pattern is not None else self._names_in(cell, variable)
        is_readable = pattern is not None and ROW_NUMBER not in keys
        return LoopColumn(*ends, tuple(k for k in keys if k != ROW_NUMBER), labels, _unless_bare(pattern), is_readable)

    def _header(self, loop: LoopPlan, plan: SheetPlan, merges: Mapping[tuple[int, int], Area]) -> tuple[int, int]:
        """First and last row of the loop's header, one-based as in the template."""
        last = loop.rows.marker - 1
        first = last
        columns = [cell.column for cell in loop.plan.cells]
        filled = {row.row for row in plan.rows if not isinstance(row, LoopPlan) and row.cells}
        for row in range(last, 0, -1):
            words = [column for (at, column), value in plan.constants.items() if at == row and _folded(value)]
            spans = [area for area in merges.values() if area.row1 <= row <= area.row2 and area.row2 > area.row1]
            widest = max((_width(merges.get((row, column))) for column in words), default=0)
            is_title = len(words) == 1 and widest * 2 > len(columns) > 1
            if row in filled or (not words and not spans) or (is_title and row < last):
                break
            first = row
        return first, last

    def _named_cells(self, sheet: str) -> dict[tuple[int, int], str]:
        """The fields that defined names (f_key) give to cells, zero-based."""
        root = etree.fromstring(self.workbook.parts[WORKBOOK_PART])
        keys = {item.key for item in self.manifest.fields if item.table is None}
        found: dict[tuple[int, int], str] = {}
        for element in root.iter(f"{{{MAIN}}}definedName"):
            name, text = element.get("name", ""), element.text or ""
            owner, _, cells = text.rpartition("!")
            if name.startswith("f_") and name[2:] in keys and owner.strip("'").replace("''", "'") == sheet:
                area = parse_area(cells)
                found[area.row1 - 1, area.column1 - 1] = name[2:]
        return found


def _spot(row: int, column: int, merges: Mapping[tuple[int, int], Area]) -> Spot:
    """Of one-based row and column."""
    area = merges.get((row, column))
    if area is None:
        return Spot(row - 1, column - 1, row - 1, column - 1)
    return Spot(row - 1, column - 1, area.row2 - 1, area.column2 - 1)


def _labels_above(
    column: int, first: int, last: int, plan: SheetPlan, merges: Mapping[tuple[int, int], Area]
) -> tuple[str, ...]:
    """The header's words above a zero-based column."""
    labels = []
    for row in range(first, last + 1):
        for (at, start), value in sorted(plan.constants.items()):
            spot = _spot(at, start, merges)
            if at == row and spot.column <= column <= spot.last_column and (text := _folded(value)):
                labels.append(text)
    return tuple(labels)


def _text_of(cell: PlanCell) -> str:
    """A mixed cell's text with its tags, its formats left out."""
    pieces = getattr(cell, "pieces", ())
    return "".join(
        piece.tag if isinstance(piece, MixedText) else html.unescape(_MARKUP.sub("", piece)) for piece in pieces
    )


def _unless_bare(pattern: CellPattern | None) -> CellPattern | None:
    """None for a cell that is but one value."""
    if pattern is None or len(pattern.slots) > 1:
        return pattern
    return pattern if "".join((pattern.slots[0][1], *pattern.words)).strip() else None


def _folded(value: Decimal | str) -> str:
    return fold(value if isinstance(value, str) else f"{value.normalize():f}")


def _width(area: Area | None) -> int:
    return 1 if area is None else area.column2 - area.column1 + 1
