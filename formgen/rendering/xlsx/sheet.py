"""A compiled worksheet filled with one record.

The loops come first, each into its spool; then everything else is known: how far rows move, what columns add up to,
how many cells are merged. So the sheet's XML can be handed over from top to bottom in pieces, whatever its length.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from formgen.errors import OutputError
from formgen.forms.manifest import Manifest
from formgen.problems import Place, Problem
from formgen.rendering.xlsx.calculation import Calculation, Results, formula_text
from formgen.rendering.xlsx.cells import as_number, escape, number_text
from formgen.rendering.xlsx.formulas import NoValue, Value
from formgen.rendering.xlsx.heights import Growing
from formgen.rendering.xlsx.loops import FilledLoop, LoopWriter
from formgen.rendering.xlsx.references import MAX_ROWS, RowMap, column_letters
from formgen.rendering.xlsx.template import FieldCell, FormulaCell, LoopPlan, MixedCell, PlanCell, RowPlan, SheetPlan
from formgen.rendering.xlsx.texts import Reporter, render_mixed

__all__ = ["FilledSheet", "SheetWriter"]


@dataclass(frozen=True)
class FilledSheet:
    """A filled sheet, ready to be written once."""

    writer: SheetWriter
    loops: list[FilledLoop]
    row_map: RowMap
    rows: list[str]
    """XML of the rows outside loops, in order."""

    def chunks(self) -> Iterator[bytes]:
        """The part's XML, UTF-8."""
        plan = self.writer.plan
        pending = [plan.surroundings.head_xml(self.row_map)]
        rows, loops = iter(self.rows), iter(self.loops)
        for item in plan.rows:
            if isinstance(item, LoopPlan):
                yield "".join(pending).encode()
                pending.clear()
                yield from next(loops).chunks()
            else:
                pending.append(next(rows))
        pairs = list(zip(self.writer.loops, self.loops, strict=True))
        count = sum(loop.merged_count(filled) for loop, filled in pairs)
        merges = (merge for loop, filled in pairs for merge in loop.merged(filled))
        for piece in plan.surroundings.tail_xml(self.row_map, merges, count):
            pending.append(piece)
            if len(pending) > 4096:
                yield "".join(pending).encode()
                pending.clear()
        yield "".join(pending).encode()

    def close(self) -> None:
        for loop in self.loops:
            loop.spool.close()


class SheetWriter:
    """Fills one worksheet of a template. Compiled once, used for every record.

    Raises:
        TemplateError (F-XLSX-007, F-XLSX-008, F-XLSX-013): formulas that cannot follow or be computed.
    """

    def __init__(self, plan: SheetPlan, manifest: Manifest, file: str) -> None:
        self.plan = plan
        self.calculation = Calculation.compile(plan, file)
        self.loops = [
            LoopWriter(loop, self.calculation, plan.name, plan.surroundings.row_merges[loop.rows.marker])
            for loop in plan.loops
        ]
        self._growing = {row.row: Growing.compile(row, plan) for row in plan.rows if isinstance(row, RowPlan)}
        self._types = {item.key: item.type_name for item in manifest.fields}
        self._labels = {item.key: item.label for item in manifest.fields}
        self._last_row = max(
            (row.plan.row + 1 if isinstance(row, LoopPlan) else row.row for row in plan.rows), default=1
        )

    def fill(
        self, context: Mapping[str, Any], tables: Mapping[str, Iterable[Mapping[str, Any]]], reporter: Reporter
    ) -> FilledSheet:
        """Fill the sheet.

        Args:
            context: the printed fields of the form.
            tables: rows of each table, typed values; each may be gone through once.
        Raises:
            OutputError (F-XLSX-020): more rows than a sheet has.
        """
        results = Results(self.calculation, lambda cell: self._value(cell, context))
        loops: list[FilledLoop] = []
        for writer in self.loops:
            row_map = RowMap(self.plan.loop_rows, [one.count for one in loops])
            filled = writer.fill(tables[writer.loop.start.table], row_map, results, context, reporter)
            results.counts[writer.row] = filled.count
            results.sums[writer.row] = filled.sums
            loops.append(filled)
        row_map = RowMap(self.plan.loop_rows, [one.count for one in loops])
        if self._last_row + row_map.shift > MAX_ROWS:
            raise OutputError(Problem("F-XLSX-020", Place(reporter.file, self.plan.name)))
        rows = [
            self._row(row, row_map, results, context, reporter) for row in self.plan.rows if isinstance(row, RowPlan)
        ]
        return FilledSheet(self, loops, row_map, rows)

    def _row(
        self, row: RowPlan, row_map: RowMap, results: Results, context: Mapping[str, Any], reporter: Reporter
    ) -> str:
        number = str(row_map.start(row.row))
        out: list[str] = []
        shown: dict[int, str] = {}
        growing = self._growing[row.row]
        for part in row.parts:
            if isinstance(part, str):
                out.append(part)
                continue
            name = f"{column_letters(part.column)}{number}"
            if isinstance(part, FieldCell):
                out.append(self._field(part, context, reporter, name))
                shown[len(shown)] = context[part.tag.key]
            elif isinstance(part, MixedCell):
                text, shown[len(shown)] = render_mixed(part, context, reporter, self.plan.name, name)
                out.append(part.open + text + part.close if text else part.blank)
            else:
                out.append(self._formula(part, row_map, results, reporter, name))
                shown[len(shown)] = ""
        xml = "".join(out)
        height_pt, cell = growing.height_of(shown)
        if cell is not None:
            part = row.cells[cell.index]
            label = self._labels[part.tag.key] if isinstance(part, FieldCell) else ""
            reporter.watch_height(height_pt, self.plan.name, f"{column_letters(cell.column)}{number}", label)
            xml = growing.at(xml, height_pt)
        return xml.replace("\0", number)

    def _field(self, cell: FieldCell, context: Mapping[str, Any], reporter: Reporter, name: str) -> str:
        key = cell.tag.key
        text = reporter.clean(context[key], self.plan.name, name, self._labels[key])
        if not text:
            return cell.blank
        if not cell.is_number:
            return f"{cell.open}{escape(text)}{cell.close}"
        number, code = self._number(cell, text)
        if code:
            reporter.report(code, self.plan.name, name, label=self._labels[key])
            return f"{cell.text_open}{text}</t></is></c>"
        return f"{cell.open}{number}{cell.close}"

    def _number(self, cell: FieldCell, text: str) -> tuple[str, str]:
        is_share = self._types[cell.tag.key] == "percent"
        return as_number(text, is_share=is_share, is_multiplied=cell.format.is_percent)

    def _formula(self, cell: FormulaCell, row_map: RowMap, results: Results, reporter: Reporter, name: str) -> str:
        xml = f"{cell.open}><f>{escape(formula_text(cell.formula, row_map))}</f>"
        try:
            return f"{xml}<v>{number_text(results.compute(cell.formula))}</v></c>"
        except NoValue as exc:
            reporter.report("F-XLSX-024", self.plan.name, name, f"={cell.formula.text}", operand=str(exc))
            return f"{xml}</c>"

    def _value(self, cell: PlanCell, context: Mapping[str, Any]) -> Value:
        """What a cell with a tag holds for formulas."""
        if not isinstance(cell, FieldCell):
            return "text"
        text = str(context[cell.tag.key])
        if not text or not cell.is_number:
            return text or None
        number, code = self._number(cell, text)
        return text if code else Decimal(number)
