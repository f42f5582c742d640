"""A worksheet of a template, compiled: what is written as it stands, and what is put in between.

In: the sheet's XML, read once with lxml. Out: a `SheetPlan`: XML around the rows with its references ready to move,
the rows above, between and below the tables, and the loop rows. In the XML of rows the character NUL, which no XML
holds, stands for the row's own number.

A loop is three rows of the template: {%tr for r in rows %} in a row of its own, the row, {%tr endfor %} likewise.
Source: ECMA-376 Part 1, 18.3 (worksheets). Limits: no loop in a loop (a column merged over rows is the manifest's
merge_by); what cannot follow its cells (a picture below a loop, an array formula) is refused, never left behind.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from lxml import etree

from formgen.errors import TemplateError
from formgen.forms.manifest import Field, Manifest
from formgen.problems import Place, Problem
from formgen.rendering.xlsx.cells import escape, escape_markup, quoted
from formgen.rendering.xlsx.columns import Columns
from formgen.rendering.xlsx.formulas import Formula, Unsupported, read_formula, shift_formula
from formgen.rendering.xlsx.references import Area, LoopRows, column_letters, parse_area, unquote_sheet
from formgen.rendering.xlsx.styles import CellFormat
from formgen.rendering.xlsx.surroundings import Surroundings
from formgen.rendering.xlsx.tags import ROW_NUMBER, FieldTag, LoopEnd, LoopStart, MixedText, Scope, TagReader, has_tag
from formgen.rendering.xlsx.workbook import MAIN, Workbook, parse_xml, text_nodes

__all__ = [
    "NUMERIC_TYPES",
    "FieldCell",
    "FormulaCell",
    "LoopPlan",
    "MixedCell",
    "RowPlan",
    "SheetPlan",
    "compile_sheet",
]

NUMERIC_TYPES = frozenset(["integer", "decimal", "percent", "money", "area"])
"""Types whose values may stand in a cell as numbers. Numbers of documents and phones are text, always."""
SPACE = "{http://www.w3.org/XML/1998/namespace}space"
TEXT_OPEN = '<is><t xml:space="preserve">'
TEXT_CLOSE = "</t></is></c>"


@dataclass(frozen=True, slots=True)
class FieldCell:
    """A cell that is one value. `open` + value + `close`, or `blank`."""

    column: int
    tag: FieldTag
    open: str
    close: str
    blank: str
    text_open: str
    """`open` for a number that has to be written as text."""
    is_number: bool
    format: CellFormat


@dataclass(frozen=True, slots=True)
class MixedCell:
    """A cell of text with tags in it: XML and templates in turn."""

    column: int
    open: str
    close: str
    blank: str
    pieces: tuple[str | MixedText, ...]
    format: CellFormat


@dataclass(frozen=True, slots=True)
class FormulaCell:
    """A live formula. `open` ends before the formula's text, `attributes` of the cell are in it."""

    column: int
    open: str
    formula: Formula


PlanCell = FieldCell | MixedCell | FormulaCell


@dataclass
class RowPlan:
    """A row: XML and cells in turn; NUL stands for the row's number."""

    row: int
    opening: str = ""
    """The row's start tag."""
    rest: str = ""
    """The same without height and end."""
    height_pt: float | None = None
    """None where the reader's program fits it; 0 for a hidden row."""
    parts: list[str | PlanCell] = field(default_factory=list)

    @property
    def cells(self) -> list[PlanCell]:
        return [part for part in self.parts if not isinstance(part, str)]


@dataclass
class LoopPlan:
    """A loop: its place, what it loops over, and its row."""

    rows: LoopRows
    start: LoopStart
    table: Field
    plan: RowPlan
    merge_column: int = 0
    """The column whose equal consecutive values share one cell; 0 for none."""


@dataclass
class SheetPlan:
    """One worksheet with tags."""

    name: str
    part: str
    surroundings: Surroundings
    columns: Columns
    rows: list[RowPlan | LoopPlan]
    constants: dict[tuple[int, int], Decimal | str]
    """Values of cells without tags, by template row and column, for formulas."""

    @property
    def loops(self) -> list[LoopPlan]:
        return [row for row in self.rows if isinstance(row, LoopPlan)]

    @property
    def heights_pt(self) -> dict[int, float]:
        """Heights of the template's rows that say one."""
        plans = [row.plan if isinstance(row, LoopPlan) else row for row in self.rows]
        return {plan.row: plan.height_pt for plan in plans if plan.height_pt is not None}

    @property
    def merges(self) -> list[Area]:
        """All merged cells, in the template's rows."""
        return [*self.surroundings.merges, *itertools.chain(*self.surroundings.row_merges.values())]

    @property
    def loop_rows(self) -> list[LoopRows]:
        return [loop.rows for loop in self.loops]


def compile_sheet(name: str, workbook: Workbook, manifest: Manifest, tags: TagReader) -> SheetPlan | None:
    """The plan of a worksheet; None for one without tags, which is copied as it is.

    Raises:
        TemplateError: F-XLSX-001 … F-XLSX-012.
    """
    part = workbook.sheets[name]
    root = parse_xml(workbook.parts[part], workbook.file, part)
    data = root.find(f"{{{MAIN}}}sheetData")
    if data is None or root.prefix is not None:
        raise TemplateError(Problem("F-XLSX-012", Place(workbook.file, name), params={"reason": root.tag}))
    reader = _SheetReader(name, workbook, manifest, tags, root)
    if not reader.has_tags(data):
        return None
    rows = reader.read(data)
    columns = Columns.of(root, workbook.styles.digit_px)
    surroundings = Surroundings.compile(name, workbook, root, [row.rows for row in rows if isinstance(row, LoopPlan)])
    return SheetPlan(name, part, surroundings, columns, rows, reader.constants)


class _SheetReader:
    """Reads the rows of one sheet, top to bottom."""

    def __init__(self, name: str, workbook: Workbook, manifest: Manifest, tags: TagReader, root: Any) -> None:
        self.name, self.workbook, self.manifest, self.tags = name, workbook, manifest, tags
        self.prefixes = {uri: prefix for prefix, uri in root.nsmap.items() if prefix}
        self.shared: dict[str, tuple[str, int, int]] = {}
        self.constants: dict[tuple[int, int], Decimal | str] = {}

    def has_tags(self, data: Any) -> bool:
        return any(has_tag(self._text(cell)) for cell in data.iter(f"{{{MAIN}}}c"))

    def read(self, data: Any) -> list[RowPlan | LoopPlan]:
        plans: list[RowPlan | LoopPlan] = []
        open_loop: tuple[int, LoopStart] | None = None
        body: RowPlan | None = None
        number = 0
        for element in data.iterfind(f"{{{MAIN}}}row"):
            number = int(element.get("r", number + 1))
            marker = self._marker(element, number)
            if isinstance(marker, LoopStart):
                if open_loop:
                    raise self._loop_error(number)
                open_loop = (number, marker)
            elif isinstance(marker, LoopEnd):
                if open_loop is None or body is None or number != open_loop[0] + 2:
                    raise self._loop_error(number)
                plans.append(self._loop(*open_loop, body))
                open_loop = body = None
            elif open_loop:
                if number != open_loop[0] + 1:
                    raise self._loop_error(open_loop[0])
                body = self._row(element, number, Scope(open_loop[1]))
            else:
                plans.append(self._row(element, number, Scope()))
        if open_loop:
            raise self._loop_error(open_loop[0])
        return plans

    def _loop(self, marker: int, start: LoopStart, body: RowPlan) -> LoopPlan:
        table = self.manifest.field(start.table)
        loop = LoopPlan(LoopRows(marker), start, table, body)
        key = table.table.merge_by if table.table else ""
        for cell in body.cells:
            if key and isinstance(cell, FieldCell) and cell.tag == FieldTag(start.table, key):
                loop.merge_column = cell.column
        return loop

    def _marker(self, row: Any, number: int) -> LoopStart | LoopEnd | None:
        """The marker a row holds. Raises: TemplateError (F-XLSX-005) where it holds other text besides."""
        found: LoopStart | LoopEnd | None = None
        texts = [(name, text) for name, cell in self._cells(row, number) if (text := self._text(cell))]
        for name, text in texts:
            if has_tag(text) and "tr " in text:
                tag = self.tags.read(text, self.name, name, Scope())
                if isinstance(tag, LoopStart | LoopEnd):
                    found = tag
        if found and len(texts) > 1:
            raise self._error("F-XLSX-005", texts[0][0], " ".join(text for _, text in texts))
        return found

    def _cells(self, row: Any, number: int) -> list[tuple[str, Any]]:
        """The row's cells and their names (A1); a cell without one stands right of the one before."""
        found, column = [], 0
        for cell in row.iterfind(f"{{{MAIN}}}c"):
            column = parse_area(cell.get("r")).column1 if cell.get("r") else column + 1
            found.append((f"{column_letters(column)}{number}", cell))
        return found

    def _row(self, row: Any, number: int, scope: Scope) -> RowPlan:
        opening = f'<row r="\0"{self._attributes(row, ("r",))}>'
        rest = f'<row r="\0"{self._attributes(row, ("r", "ht", "customHeight"))}'
        height = 0.0 if row.get("hidden") in ("1", "true") else float(row.get("ht")) if row.get("ht") else None
        plan = RowPlan(number, opening, rest, height, [opening])
        for name, cell in self._cells(row, number):
            self._add(plan, self._cell(name, cell, number, scope))
        others = "".join(self._fragment(child) for child in row if child.tag != f"{{{MAIN}}}c")
        self._add(plan, f"{others}</row>")
        return plan

    def _add(self, plan: RowPlan, part: str | PlanCell) -> None:
        last = plan.parts[-1]
        if isinstance(part, str) and isinstance(last, str):
            plan.parts[-1] = last + part
        else:
            plan.parts.append(part)

    def _cell(self, name: str, cell: Any, row: int, scope: Scope) -> str | PlanCell:
        column = parse_area(name).column1
        formula = cell.find(f"{{{MAIN}}}f")
        head = f'<c r="{column_letters(column)}\0"{self._attributes(cell, ("r", "t"))}'
        if formula is not None:
            text = self._formula_text(formula, name, row, column)
            return FormulaCell(column, head, self._formula(text, name))
        text = self._text(cell)
        if has_tag(text):
            return self._tagged(name, cell, head, column, text, scope)
        self._remember(row, column, cell, text)
        kind = cell.get("t")
        attribute = f" t={quoted(kind)}" if kind else ""
        content = "".join(self._fragment(child) for child in cell)
        return f"{head}{attribute}>{content}</c>" if content else f"{head}/>"

    def _tagged(self, name: str, cell: Any, head: str, column: int, text: str, scope: Scope) -> PlanCell:
        text_open = f'{head} t="inlineStr">'
        blank = f"{head}/>"
        form = self.workbook.styles.at(int(cell.get("s", "0")))
        element = self._string(cell)
        nodes = text_nodes(element) if element is not None else []
        if len(nodes) > 1:
            pieces = self._rich_pieces(element, nodes, name, scope)
            sizes = [float(size.get("val")) for size in element.iter(f"{{{MAIN}}}sz")]
            form = replace(form, size_pt=max([form.size_pt, *sizes]))
            return MixedCell(column, f"{text_open}<is>", "</is></c>", blank, pieces, form)
        tag = self.tags.read(text, self.name, name, scope)
        if isinstance(tag, LoopStart | LoopEnd):
            raise self._loop_error(int(name.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")))
        if isinstance(tag, MixedText):
            return MixedCell(column, text_open + TEXT_OPEN, TEXT_CLOSE, blank, (tag,), form)
        is_number = self._is_number(tag, form)
        opening, closing = (f"{head}><v>", "</v></c>") if is_number else (text_open + TEXT_OPEN, TEXT_CLOSE)
        return FieldCell(column, tag, opening, closing, blank, text_open + TEXT_OPEN, is_number, form)

    def _rich_pieces(self, element: Any, nodes: list[Any], name: str, scope: Scope) -> tuple[str | MixedText, ...]:
        """Text in several formats: every run keeps its own; a tag must stand in one run."""
        pieces: list[str | MixedText] = []
        inside = [node.text or "" for node in nodes]
        read = [self.tags.read(text, self.name, name, scope) if has_tag(text) else text for text in inside]
        for run in element:
            if run.tag != f"{{{MAIN}}}r":
                continue
            properties = "".join(self._fragment(child) for child in run if child.tag == f"{{{MAIN}}}rPr")
            index = nodes.index(run.find(f"{{{MAIN}}}t"))
            tag = read[index]
            if isinstance(tag, FieldTag):
                tag = self.tags.as_mixed(inside[index])
            elif isinstance(tag, LoopStart | LoopEnd):
                raise self._error("F-XLSX-004", name, inside[index])
            piece = escape(tag) if isinstance(tag, str) else tag
            pieces += (f'<r>{properties}<t xml:space="preserve">', piece, "</t></r>")
        return tuple(pieces)

    def _is_number(self, tag: FieldTag, form: CellFormat) -> bool:
        if form.is_text:
            return False
        if tag.column == ROW_NUMBER:
            return True
        item = self.manifest.field(tag.key)
        if item.table is not None:
            item = next(column for column in item.table.columns if column.key == tag.column)
        return item.type_name in NUMERIC_TYPES

    def _string(self, cell: Any) -> Any:
        """The si or is element a cell's text stands in; None for a cell that is no text."""
        if cell.get("t") == "inlineStr":
            return cell.find(f"{{{MAIN}}}is")
        if cell.get("t") == "s":
            index = int(cell.findtext(f"{{{MAIN}}}v", "-1"))
            if 0 <= index < len(self.workbook.strings):
                return self.workbook.strings[index]
        return None

    def _text(self, cell: Any) -> str:
        element = self._string(cell)
        if element is not None:
            return self.workbook.text_of(element)
        return cell.findtext(f"{{{MAIN}}}v", "") if cell.get("t") == "str" else ""

    def _remember(self, row: int, column: int, cell: Any, text: str) -> None:
        """A constant that formulas may add."""
        value = cell.findtext(f"{{{MAIN}}}v", "")
        if text or cell.get("t") in ("b", "e", "d"):
            self.constants[row, column] = text or value
        elif value and cell.get("t", "n") == "n":
            self.constants[row, column] = Decimal(value)

    def _formula_text(self, element: Any, name: str, row: int, column: int) -> str:
        """The cell's own formula; those of a shared formula are worked out from the first one's."""
        kind, text = element.get("t", "normal"), element.text or ""
        if kind == "shared":
            group = element.get("si", "")
            if text:
                self.shared[group] = (text, row, column)
            elif group in self.shared:
                first, first_row, first_column = self.shared[group]
                text = shift_formula(first, row - first_row, column - first_column)
        if kind not in ("normal", "shared") or not text:
            raise self._error("F-XLSX-006", name, f"={text or kind}", part=kind)
        return text

    def _formula(self, text: str, name: str) -> Formula:
        try:
            formula = read_formula(text)
        except Unsupported as exc:
            raise self._error("F-XLSX-006", name, f"={text}", part=str(exc)) from exc
        for cell in formula.cells:
            if cell.area.sheet and unquote_sheet(cell.area.sheet) != self.name:
                raise self._error("F-XLSX-006", name, f"={text}", part=cell.area.sheet)
        return formula

    def _attributes(self, element: Any, without: tuple[str, ...]) -> str:
        pairs = ((self._attribute_name(key), value) for key, value in element.attrib.items() if key not in without)
        return "".join(f" {key}={quoted(value)}" for key, value in pairs)

    def _attribute_name(self, key: str) -> str:
        name = etree.QName(key)
        return f"{self.prefixes[name.namespace]}:{name.localname}" if name.namespace else name.localname

    def _fragment(self, element: Any) -> str:
        """XML of an element inside the sheet: the sheet declares its name spaces."""
        name = etree.QName(element)
        tag = name.localname if name.namespace == MAIN else f"{self.prefixes.get(name.namespace, '')}:{name.localname}"
        if name.namespace != MAIN and name.namespace not in self.prefixes:
            return etree.tostring(element, encoding="unicode", with_tail=False)
        attributes = "".join(
            f" xml:space={quoted(value)}" if key == SPACE else self._attributes_of(key, value)
            for key, value in element.attrib.items()
        )
        content = escape_markup(element.text or "") + "".join(self._fragment(child) for child in element)
        return f"<{tag}{attributes}>{content}</{tag}>" if content else f"<{tag}{attributes}/>"

    def _attributes_of(self, key: str, value: str) -> str:
        return f" {self._attribute_name(key)}={quoted(value)}"

    def _loop_error(self, row: int) -> TemplateError:
        return self._error("F-XLSX-003", f"A{row}", "")

    def _error(self, code: str, cell: str, found: str, **params: str) -> TemplateError:
        return TemplateError(Problem(code, Place(self.workbook.file, self.name, cell), found, params))
