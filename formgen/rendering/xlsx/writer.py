"""A form's Excel template, compiled once and filled many times, at the level of the file's parts.

In: a manifest with its form.xlsx, then records (field key → typed value; a table's rows may be an iterator). Out: the
file. Only the sheets that hold tags differ from the template's, xl/workbook.xml where names follow their cells, and
docProps/custom.xml, which names form, version and record; every other part is the template's, byte for byte. A
calculation chain is left out: it lists cells that moved, and Excel makes it anew.

Rows stream: a roster of any length takes the same memory (`render_to`). Equal input gives equal bytes.
Limits: 1,048,576 rows; a table looped over twice is kept in memory; of several sheets with loops all but the last are.
"""

from __future__ import annotations

import dataclasses
import itertools
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from formgen.errors import OutputError
from formgen.files import whole_file
from formgen.forms.manifest import Manifest
from formgen.problems import Problem
from formgen.rendering import Rendered
from formgen.rendering.context import ContextPlan
from formgen.rendering.package import PackageTemplate
from formgen.rendering.xlsx.references import RowMap
from formgen.rendering.xlsx.sheet import FilledSheet, SheetWriter
from formgen.rendering.xlsx.surroundings import require_no_outside_references
from formgen.rendering.xlsx.tags import TagReader
from formgen.rendering.xlsx.template import compile_sheet
from formgen.rendering.xlsx.texts import Reporter
from formgen.rendering.xlsx.workbook import (
    CUSTOM_PART,
    WORKBOOK_PART,
    Names,
    Properties,
    Workbook,
    without_calculation_chain,
)

__all__ = ["CompiledXlsx", "compile_xlsx"]


def compile_xlsx(manifest: Manifest) -> CompiledXlsx:
    """Read and check the form's Excel template.

    Raises:
        InputError (F-FILE-001 … 005): the template is missing, unreadable, encrypted, damaged or no workbook.
        TemplateError (F-XLSX-…): what is wrong with a tag or formula, with sheet and cell.
    """
    return CompiledXlsx(manifest)


class CompiledXlsx:
    """One form's Excel template, ready to be filled."""

    def __init__(self, manifest: Manifest) -> None:
        path = manifest.template("xlsx")
        self.file = str(path)
        self._manifest = manifest
        self._context = ContextPlan(manifest)
        self._tables = {item.key: item.table for item in manifest.fields if item.table is not None}
        package = PackageTemplate(path, "xlsx")
        parts = {name: package.part(name) for name in package.names}
        workbook = Workbook.read(parts, self.file)
        tags = TagReader(manifest, self.file)
        plans = [compile_sheet(name, workbook, manifest, tags) for name in workbook.sheets]
        self._sheets = [SheetWriter(plan, manifest, self.file) for plan in plans if plan is not None]
        loops = {one.plan.name: one.plan.loop_rows for one in self._sheets if one.loops}
        require_no_outside_references(workbook, {name: rows[0].marker for name, rows in loops.items()})
        self._names = Names.compile(workbook, loops)
        self._loops = Counter(loop.loop.start.table for sheet in self._sheets for loop in sheet.loops)
        chain, constant = without_calculation_chain(parts, self.file)
        parts.update(constant)
        parts.pop(chain, None)
        self._properties = Properties.compile(parts, self.file, manifest.id, manifest.version)
        constant.update(self._properties.changed_parts)
        self._package = package.revised(constant, [chain] if chain else [])

    def render(self, record: Mapping[str, Any], record_key: str) -> Rendered:
        """The filled file. Its content is None where a problem is an error."""
        try:
            with self._filled(record, record_key) as (sheets, changed, problems):
                if any(problem.is_error for problem in problems):
                    return Rendered(None, problems)
                changed.update({sheet.writer.plan.part: b"".join(sheet.chunks()) for sheet in sheets})
                return Rendered(self._package.assemble(changed), problems)
        except OutputError as exc:
            if exc.problem.code != "F-XLSX-020":
                raise
            return Rendered(None, (dataclasses.replace(exc.problem, record=record_key),))

    def render_to(self, target: Path | IO[bytes], record: Mapping[str, Any], record_key: str) -> tuple[Problem, ...]:
        """Write the filled file to a path (whole or not at all) or stream; rows are never all in memory.

        Returns:
            The problems; where one is an error, nothing has been written.
        Raises:
            OutputError: F-FILE-006, F-FILE-007; F-RENDER-002, F-XLSX-020 too large a file or sheet.
            OSError: of the caller's own stream.
        """
        with self._filled(record, record_key) as (sheets, changed, problems):
            if any(problem.is_error for problem in problems):
                return problems
            if isinstance(target, Path):
                with whole_file(target) as stream:
                    self._write(stream, sheets, changed)
            elif target.seekable():
                self._write(target, sheets, changed)
            else:
                with tempfile.TemporaryFile() as stream:
                    self._write(stream, sheets, changed)
                    stream.seek(0)
                    shutil.copyfileobj(stream, target)
        return problems

    def render_blank(self) -> Rendered:
        """The empty form, its tables with the manifest's number of blank rows."""
        rows: dict[str, Any] = {key: itertools.repeat({}, table.blank_rows) for key, table in self._tables.items()}
        return self.render(rows, "")

    def _write(self, stream: IO[bytes], sheets: list[FilledSheet], changed: dict[str, bytes]) -> None:
        if not sheets:
            stream.write(self._package.assemble(changed))
            return
        *others, last = sorted(sheets, key=lambda sheet: bool(sheet.loops))
        changed.update({sheet.writer.plan.part: b"".join(sheet.chunks()) for sheet in others})
        self._package.write_streamed(stream, changed, last.writer.plan.part, last.chunks())

    @contextmanager
    def _filled(
        self, record: Mapping[str, Any], record_key: str
    ) -> Iterator[tuple[list[FilledSheet], dict[str, bytes], tuple[Problem, ...]]]:
        """The filled sheets, the other parts that change, and the problems found on the way."""
        reporter = Reporter(self.file, record_key)
        filled = self._context.fill(
            {key: value for key, value in record.items() if key not in self._tables}, record_key
        )
        for problem in filled.problems:
            reporter.add(problem)
        context = {key: value for key, value in filled.context.items() if key not in self._tables}
        tables = {key: self._rows(key, record.get(key)) for key in self._tables}
        sheets: list[FilledSheet] = []
        try:
            for writer in self._sheets:
                sheets.append(writer.fill(context, tables, reporter))
            changed = {CUSTOM_PART: self._properties.at(record_key)}
            if self._names.pieces:
                rows: dict[str, RowMap] = {sheet.writer.plan.name: sheet.row_map for sheet in sheets}
                changed[WORKBOOK_PART] = self._names.at(rows)
            yield sheets, changed, reporter.problems
        finally:
            for sheet in sheets:
                sheet.close()

    def _rows(self, key: str, rows: Iterable[Mapping[str, Any]] | None) -> Iterable[Mapping[str, Any]]:
        """The rows of a table, kept where two loops want them."""
        rows = rows or ()
        return list(rows) if self._loops[key] > 1 else rows
