"""Loop rows: a table's rows written one after the other, none of them kept.

In: a loop of a sheet's plan, and rows (any iterable of mappings, column → typed value). Out: the rows' XML in a spool,
sums of the columns that formulas add, and the merged cells the rows bring. This is where a long roster's time goes:
a row costs one pass over its cells, one search for characters that need care, and one join.
"""

from __future__ import annotations

import tempfile
from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

from formgen.errors import OutputError
from formgen.files import output_error
from formgen.forms.manifest import Table
from formgen.problems import Place, Problem
from formgen.rendering.context import Row, printer_of
from formgen.rendering.xlsx.calculation import Calculation, Results, formula_text
from formgen.rendering.xlsx.cells import MAX_DIGITS, MAX_TEXT, NEEDS_CARE, as_number, escape, number_text
from formgen.rendering.xlsx.formulas import NoValue, Value
from formgen.rendering.xlsx.heights import Growing
from formgen.rendering.xlsx.references import MAX_ROWS, Area, RowMap, column_letters
from formgen.rendering.xlsx.surroundings import Merge
from formgen.rendering.xlsx.tags import ROW_NUMBER
from formgen.rendering.xlsx.template import FieldCell, FormulaCell, LoopPlan, MixedCell
from formgen.rendering.xlsx.texts import Reporter, render_mixed

__all__ = ["FilledLoop", "LoopWriter"]

SPOOL_MEMORY = 8 << 20
"""Bytes of rows kept in memory; more go to a temporary file."""
BATCH = 256
"""Rows encoded at once."""


@dataclass
class FilledLoop:
    """A written loop."""

    first_row: int
    count: int
    spool: IO[bytes]
    sums: dict[int, Decimal]
    groups: array[int] = field(default_factory=lambda: array("l"))
    """First and last row of every merged cell of the merge column, one after the other."""

    def chunks(self) -> Iterator[bytes]:
        self.spool.seek(0)
        while chunk := self.spool.read(1 << 18):
            yield chunk


class LoopWriter:
    """Writes the rows of one loop. Compiled once; `fill` keeps nothing between calls.

    Args:
        loop: the loop.
        calculation: the formulas of its sheet.
        sheet: the sheet's name, for problems.
    """

    def __init__(self, loop: LoopPlan, calculation: Calculation, sheet: str, merges: list[Area]) -> None:
        self.loop = loop
        self.sheet = sheet
        self.row = loop.plan.row
        self.cells = loop.plan.cells
        assert isinstance(loop.table.table, Table)  # LoopStart is only made of tables
        self.printers = [printer_of(column) for column in loop.table.table.columns]
        self._index = {cell.column: index for index, cell in enumerate(self.cells)}
        self._constants = {column: v for (row, column), v in calculation.plan.constants.items() if row == self.row}
        self._formulas = [self._index[cell.column] for cell in calculation.in_order(self.row)]
        self._summed = [
            (self._index[column], column) for column in sorted(calculation.summed[self.row]) if column in self._index
        ]
        self.merges = [area for area in merges if area.column1 != loop.merge_column]
        spans = [area.column2 for area in merges if area.column1 == loop.merge_column]
        self._merge_end = spans[0] if spans else loop.merge_column
        self.growing = Growing.compile(loop.plan, calculation.plan)
        self._wrapped = [(cell.index, cell.sure) for cell in self.growing.cells]
        self._prepare()

    def _prepare(self) -> None:
        """Lists with one entry a cell, so that a row is a walk along them."""
        by_key = {printer.key: printer for printer in self.printers}
        self._getters: list[tuple[str, Any, str]] = []
        self._opens, self._closes, self._blanks = [], [], []
        lead = ""
        for part in self.loop.plan.parts:
            if isinstance(part, str):
                lead += part
                continue
            self._opens.append(lead + (part.open if not isinstance(part, FormulaCell) else ""))
            self._closes.append(part.close if not isinstance(part, FormulaCell) else "</v></c>")
            self._blanks.append(lead + (part.blank if not isinstance(part, FormulaCell) else ""))
            printer = by_key.get(part.tag.column) if isinstance(part, FieldCell) else None
            self._getters.append((printer.key, printer.print, printer.blank) if printer else ("", str, ""))
            lead = ""
        self._tail = lead
        fields = [(index, cell) for index, cell in enumerate(self.cells) if isinstance(cell, FieldCell)]
        self._numbers = [(index, cell, self._is_percent(cell)) for index, cell in fields if cell.is_number]
        self._row_numbers = [index for index, cell in fields if cell.tag.column == ROW_NUMBER]
        self._mixed = [(index, cell) for index, cell in enumerate(self.cells) if isinstance(cell, MixedCell)]

    def _is_percent(self, cell: FieldCell) -> bool:
        assert self.loop.table.table is not None
        return any(
            column.key == cell.tag.column and column.type_name == "percent" for column in self.loop.table.table.columns
        )

    def fill(
        self,
        rows: Iterable[Mapping[str, Any]],
        row_map: RowMap,
        results: Results,
        context: Mapping[str, Any],
        reporter: Reporter,
    ) -> FilledLoop:
        """Write the rows; a table without rows keeps one empty row, so that its lines are not torn.

        Args:
            row_map: rows above this loop.
            results: numbers of the cells above, for formulas; gets nothing from here.
            context: of mixed text, what does not change from row to row.
        Raises:
            OutputError (F-XLSX-020): more rows than a sheet has.
        """
        spool: IO[bytes] = tempfile.SpooledTemporaryFile(SPOOL_MEMORY)  # noqa: SIM115 - read later, closed by its owner
        sums = {column: Decimal(0) for _, column in self._summed}
        filled = FilledLoop(row_map.start(self.loop.rows.marker), 0, spool, sums)
        writer = _RowWriter(self, filled, row_map, results, context, reporter)
        lines: list[str] = []
        for row in rows:
            lines.append(writer.line(row))
            if len(lines) == BATCH:
                _spool(spool, lines)
        if not filled.count:
            lines.append(writer.line({}, is_blank=True))
        writer.close_group()
        _spool(spool, lines)
        return filled

    def merged(self, filled: FilledLoop) -> Iterator[Merge]:
        """The merged cells of the loop's rows."""
        grouped = iter(filled.groups)
        for first, last in zip(grouped, grouped, strict=True):
            yield Merge(self.loop.merge_column, first, self._merge_end, last)
        for row in range(filled.first_row, filled.first_row + filled.count):
            for area in self.merges:
                yield Merge(area.column1, row, area.column2, row)

    def merged_count(self, filled: FilledLoop) -> int:
        return len(filled.groups) // 2 + filled.count * len(self.merges)


class _RowWriter:
    """One filling of a loop."""

    def __init__(
        self,
        writer: LoopWriter,
        filled: FilledLoop,
        row_map: RowMap,
        results: Results,
        context: Mapping[str, Any],
        reporter: Reporter,
    ) -> None:
        self.writer, self.filled, self.results = writer, filled, results
        self.context, self.reporter = context, reporter
        self.opens, self.blanks = list(writer._opens), list(writer._blanks)
        self.number = filled.first_row - 1
        self.previous = ""
        self.group_start = 0
        self.merge_index = writer._index[writer.loop.merge_column] if writer.loop.merge_column else -1
        self.overrides: dict[int, str] = {}
        self.shown: dict[int, str] = {}
        """Texts of mixed cells of the row being written, without their XML."""
        for index in writer._formulas:
            cell = writer.cells[index]
            assert isinstance(cell, FormulaCell)
            formula = f"{cell.open}><f>{escape(formula_text(cell.formula, row_map, writer.row))}</f>"
            self.opens[index] += formula + "<v>"
            self.blanks[index] += formula + "</c>"

    def line(self, row: Mapping[str, Any], is_blank: bool = False) -> str:
        """One row's XML."""
        writer = self.writer
        self.filled.count += 1
        self.number += 1
        if self.number > MAX_ROWS:
            raise OutputError(Problem("F-XLSX-020", Place(self.reporter.file, writer.sheet)))
        get = row.get
        texts = [blank if (value := get(key)) is None else printed(value) for key, printed, blank in writer._getters]
        if not is_blank:
            for index in writer._row_numbers:
                texts[index] = str(self.filled.count)
        raw, plain = "".join(texts), texts
        if NEEDS_CARE(raw) or len(raw) > MAX_TEXT // 2:
            texts = self._with_care(texts)
        if self.merge_index >= 0:
            self._group(texts)
        if writer._numbers:
            self._watch_numbers(texts)
        if writer._mixed:
            self._mix(row, texts)
        if writer._formulas:
            self._compute(texts)
        for index, column in writer._summed:
            value = self._value_at(index, texts)
            if isinstance(value, Decimal):
                self.filled.sums[column] += value
        out = [
            opening + text + closing if text else blank
            for opening, text, closing, blank in zip(self.opens, texts, writer._closes, self.blanks, strict=True)
        ]
        if self.overrides:
            for index, xml in self.overrides.items():
                out[index] = xml
            self.overrides.clear()
        out.append(writer._tail)
        xml = "".join(out)
        for index, sure in writer._wrapped:
            if len(texts[index]) > sure or "\n" in texts[index]:
                xml = self._grow(xml, texts, plain)
                break
        return xml.replace("\0", str(self.number))

    def close_group(self) -> None:
        if self.group_start and self.number > self.group_start:
            self.filled.groups.extend((self.group_start, self.number))

    def _grow(self, xml: str, texts: list[str], plain: list[str]) -> str:
        """The row's XML, higher where a wrapped text needs it (a text said by the row above needs nothing)."""
        shown = {index: self.shown.get(index, plain[index]) for index, _ in self.writer._wrapped if texts[index]}
        height_pt, cell = self.writer.growing.height_of(shown)
        if cell is None:
            return xml
        self.reporter.watch_height(height_pt, self.writer.sheet, self._name(cell.index), self._label(cell.index))
        return self.writer.growing.at(xml, height_pt)

    def _with_care(self, texts: list[str]) -> list[str]:
        return [
            escape(self.reporter.clean(text, self.writer.sheet, self._name(index), self._label(index)))
            if text
            else text
            for index, text in enumerate(texts)
        ]

    def _group(self, texts: list[str]) -> None:
        """Rows that say the same as the one above share its cell: the value stands in the first of them only."""
        text = texts[self.merge_index]
        if text and text == self.previous:
            texts[self.merge_index] = ""
            return
        if self.group_start and self.number - 1 > self.group_start:
            self.filled.groups.extend((self.group_start, self.number - 1))
        self.previous, self.group_start = text, self.number

    def _watch_numbers(self, texts: list[str]) -> None:
        writer = self.writer
        for index, cell, is_share in writer._numbers:
            text = texts[index]
            if not text or (len(text) <= MAX_DIGITS and not is_share):
                continue
            texts[index], code = as_number(text, is_share=is_share, is_multiplied=cell.format.is_percent)
            if code:
                self.reporter.report(code, writer.sheet, self._name(index), label=self._label(index))
                lead = self.opens[index][: -len(cell.open)]
                self.overrides[index] = f"{lead}{cell.text_open}{text}</t></is></c>"

    def _mix(self, row: Mapping[str, Any], texts: list[str]) -> None:
        writer = self.writer
        printed = Row(row_number=self.filled.count)
        for printer in writer.printers:
            value = row.get(printer.key)
            printed[printer.key] = printer.blank if value is None else printer.print(value)
        context = {**self.context, writer.loop.start.variable: printed}
        for index, cell in writer._mixed:
            name = self._name(index)
            texts[index], self.shown[index] = render_mixed(cell, context, self.reporter, writer.sheet, name)

    def _compute(self, texts: list[str]) -> None:
        writer = self.writer
        for index in writer._formulas:
            cell = writer.cells[index]
            assert isinstance(cell, FormulaCell)
            try:
                number = cell.formula.compute(
                    lambda area: self._value(area.row1, area.column1, texts), lambda area: self._values(area, texts)
                )
                texts[index] = number_text(number)
            except NoValue as exc:
                texts[index] = ""
                found = f"={cell.formula.text}"
                self.reporter.report("F-XLSX-024", writer.sheet, self._name(index), found, operand=str(exc))

    def _value(self, row: int, column: int, texts: list[str]) -> Value:
        if row != self.writer.row:
            return self.results.value(row, column)
        index = self.writer._index.get(column)
        return self.writer._constants.get(column) if index is None else self._value_at(index, texts)

    def _values(self, area: Area, texts: list[str]) -> Iterator[Value]:
        if area.row1 != self.writer.row:
            return self.results.values(area)
        columns = [*self.writer._index, *self.writer._constants]
        return (self._value(area.row1, one, texts) for one in columns if area.column1 <= one <= area.column2)

    def _value_at(self, index: int, texts: list[str]) -> Value:
        text = texts[index]
        cell = self.writer.cells[index]
        if index in self.overrides:
            return text
        if isinstance(cell, FormulaCell) or (isinstance(cell, FieldCell) and cell.is_number):
            return Decimal(text) if text else None
        return text or None

    def _name(self, index: int) -> str:
        return f"{column_letters(self.writer.cells[index].column)}{self.number}"

    def _label(self, index: int) -> str:
        cell = self.writer.cells[index]
        assert self.writer.loop.table.table is not None
        columns = self.writer.loop.table.table.columns
        key = cell.tag.column if isinstance(cell, FieldCell) else ""
        return next((column.label for column in columns if column.key == key), "")


def _spool(spool: IO[bytes], lines: list[str]) -> None:
    try:
        spool.write("".join(lines).encode())
    except OSError as exc:
        raise output_error(Path(tempfile.gettempdir()), exc) from exc
    lines.clear()
