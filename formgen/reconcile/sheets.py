"""What was read, as sheets: one a form, one for each of its tables; differences, missing sheets, problems, evidence.

In: the desk. Out: sheets of typed cells, row by row; a workbook or a folder of CSV files is written from them.
Nothing is masked: it is the user's own data.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from formgen.forms.manifest import Field, Manifest
from formgen.problems import Language, Problem
from formgen.reconcile.desk import Desk, Entry
from formgen.reconcile.model import Difference, RowDifference
from formgen.reconcile.summary import missing_sheets
from formgen.reconcile.words import LAYERS, REASONS, ROWS, STATUSES, in_language
from formgen.values import PartialDate

__all__ = ["Cell", "Column", "Sheet", "cell_value", "sheets_of", "subject_name"]

Plain = str | int | Decimal | datetime.date | None
WIDTHS: Final = {"long-text": 44, "text": 22, "disability-certificate": 23, "id-number": 21, "phone": 15, "date": 15}
DEFAULT_WIDTH: Final = 12


@dataclass(frozen=True, slots=True)
class Cell:
    """A value as a spreadsheet keeps it, and the status that colours it."""

    value: Plain
    status: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    header: str
    width: int = DEFAULT_WIDTH
    """In characters; an ideograph is two."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """`name` is fit for a file; rows stream, again each time they are asked for."""

    name: str
    columns: Sequence[Column]
    rows: Callable[[], Iterator[Sequence[Cell]]]
    is_list: bool = False
    """It lists what was found instead of holding records."""


def sheets_of(desk: Desk, language: Language, *, is_compared: bool) -> list[Sheet]:
    """In the order a person wants them: differences and what is missing first, evidence last."""
    maker = _Sheets(desk, language)
    forms = [desk.manifests[form] for form in desk.forms]
    found = [maker.differences(), maker.missing()] if is_compared else []
    for manifest in forms:
        found.append(maker.form(manifest))
        found += [maker.table(manifest, item) for item in manifest.fields if item.table is not None]
    return [*found, maker.problems(), maker.evidence()]


def cell_value(item: Field, value: Any) -> Plain:
    """Numbers and whole dates as such; numbers that identify, and all else, as the form prints them."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, PartialDate) and value.precision == "day" and value.year >= 1900:
        return value.earliest
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool) and item.type_name != "percent":
        return value
    if isinstance(value, bool) and item.type_name == "checkbox":
        return "是" if value else "否"
    return item.value_type.format(value)


class _Sheets:
    def __init__(self, desk: Desk, language: Language) -> None:
        self.desk = desk
        self.language: Language = language

    def say(self, zh: str, en: str) -> str:
        return zh if self.language == "zh" else en

    # Records

    def form(self, manifest: Manifest) -> Sheet:
        items = [item for item in manifest.fields if item.table is None]
        heads = [Column(self.say("文件", "file"), 34), Column(self.say("记录编号", "record"), 13)]

        def rows() -> Iterator[Sequence[Cell]]:
            for entry in self.desk.entries(manifest.id):
                yield [*self._heads(entry), *(self._cell(entry, item) for item in items)]

        return Sheet(manifest.short, [*heads, *_columns(items)], rows)

    def table(self, manifest: Manifest, item: Field) -> Sheet:
        assert item.table is not None
        columns = item.table.columns
        heads = [
            Column(self.say("文件", "file"), 34),
            Column(self.say("记录编号", "record"), 13),
            Column(self.say("行", "row"), 6),
        ]

        def rows() -> Iterator[Sequence[Cell]]:
            for entry in self.desk.entries(manifest.id):
                found = {row.read_row: row for row in _rows(entry, item)}
                for number, values in enumerate(entry.reading.values.get(item.key) or (), 1):
                    cells = (self._row_cell(entry, item, column, number, values, found) for column in columns)
                    yield [*self._heads(entry), Cell(number), *cells]

        return Sheet(f"{manifest.short}-{item.label}", [*heads, *_columns(columns)], rows)

    def _heads(self, entry: Entry) -> tuple[Cell, Cell]:
        return Cell(entry.reading.file), Cell(entry.record_key or entry.reading.record)

    def _cell(self, entry: Entry, item: Field) -> Cell:
        value = cell_value(item, entry.reading.values.get(item.key))
        if entry.differences is not None:
            return Cell(value, entry.differences[item.key].status)
        return Cell(value, "contradictory" if item.key in entry.reading.doubts else "")

    def _row_cell(
        self,
        entry: Entry,
        item: Field,
        column: Field,
        number: int,
        values: Mapping[str, Any],
        found: Mapping[int | None, RowDifference],
    ) -> Cell:
        value = cell_value(column, values.get(column.key))
        if f"{item.key}.{number}.{column.key}" in entry.reading.doubts:
            return Cell(value, "contradictory")
        row = found.get(number)
        difference = row.cells.get(column.key) if row is not None else None
        return Cell(value, difference.status if difference is not None else "")

    # Lists

    def differences(self) -> Sheet:
        headers = self.say(
            "状态,表单,记录,字段,数据中,表上,说明,可信度,文件,表上位置,数据位置,记录编号",
            "status,form,about,field,in the data,on the sheet,remark,confidence,file,place on the sheet,place in the "
            "data,record",
        ).split(",")
        widths = (8, 17, 11, 21, 25, 25, 18, 7, 25, 14, 13, 12)

        def rows() -> Iterator[Sequence[Cell]]:
            for entry in self.desk.entries():
                if entry.differences is not None:
                    yield from self._entry_rows(entry)

        return Sheet(self.say("差异", "Differences"), list(map(Column, headers, widths)), rows, True)

    def _entry_rows(self, entry: Entry) -> Iterator[Sequence[Cell]]:
        assert entry.differences is not None
        for item in self.desk.manifests[entry.reading.form].fields:
            difference = entry.differences[item.key]
            if item.table is None:
                if difference.is_change:
                    yield self._row(entry, item, item.key, item.label, difference)
                continue
            if difference.reason in ("lost", "duplicate"):
                whole = Difference("contradictory", None, None, difference.reason, (), difference.others)
                yield self._row(entry, item, item.key, item.label, whole)
            for row in difference.rows:
                yield from self._table_rows(entry, item, row)

    def _table_rows(self, entry: Entry, item: Field, row: RowDifference) -> Iterator[Sequence[Cell]]:
        assert item.table is not None
        remark = in_language(ROWS, row.status, self.language) if row.status != "changed" else ""
        if row.is_moved:
            remark = self.say(f"由第{row.record_row}行移来", f"moved from row {row.record_row}")
        number = row.read_row or row.record_row
        label = self.say(f"{item.label} 第{number}行", f"{item.label} row {number}")
        columns = {column.key: column for column in item.table.columns}
        if row.status != "changed":
            yield self._whole_row(entry, item, row, label, remark)
        for key, cell in row.cells.items():
            if row.status == "changed" or cell.reason:  # otherwise the row as a whole says it
                path = f"{item.key}.{row.read_row}.{key}" if row.read_row else ""
                yield self._row(entry, columns[key], path, f"{label} · {columns[key].label}", cell, remark)

    def _whole_row(self, entry: Entry, item: Field, row: RowDifference, label: str, remark: str) -> Sequence[Cell]:
        """A row that was added, deleted or moved, its cells as one text."""
        assert item.table is not None
        columns = {column.key: column for column in item.table.columns}

        def told(side: str) -> str:
            values = {key: getattr(cell, side) for key, cell in row.cells.items()}
            found = [(columns[key], value) for key, value in values.items() if value is not None]
            return "；".join(f"{column.label} {column.value_type.format(value)}" for column, value in found)

        status = {"added": "filled", "deleted": "cleared"}.get(row.status, "")
        cells = list(self._row(entry, item, "", label, None, remark))
        cells[0] = Cell(in_language(STATUSES, status, self.language) if status else remark, status)
        cells[4], cells[5] = Cell(told("record")), Cell(told("read"), status)
        return cells

    def _row(
        self, entry: Entry, item: Field, path: str, label: str, difference: Difference | None, remark: str = ""
    ) -> Sequence[Cell]:
        manifest = self.desk.manifests[entry.reading.form]
        status = difference.status if difference is not None else ""
        old, new = (difference.record, difference.read) if difference is not None else (None, None)
        reason = self._reason(item, difference) if difference is not None else ""
        evidence = entry.reading.evidence.get(path)
        return (
            Cell(in_language(STATUSES, status, self.language) if status else remark, status),
            Cell(manifest.short),
            Cell(subject_name(manifest, entry)),
            Cell(label),
            Cell(cell_value(item, old) if item.table is None else None),
            Cell(cell_value(item, new) if item.table is None else None, status),
            Cell("；".join(bit for bit in (reason, remark) if bit)),
            Cell(Decimal(str(round(evidence.confidence, 2))) if evidence is not None else None),
            Cell(entry.reading.file),
            Cell(evidence.place if evidence is not None else ""),
            Cell("!".join(bit for bit in (entry.place.part, entry.place.cell) if bit) if entry.place else ""),
            Cell(entry.record_key),
        )

    def _reason(self, item: Field, difference: Difference) -> str:
        words = [in_language(REASONS, difference.reason, self.language)]
        for other in difference.others:
            shown = item.value_type.format(other.read) if other.read is not None and item.table is None else "—"
            words.append(f"{other.file}: {shown}")
        return "；".join(word for word in words if word)

    def missing(self) -> Sheet:
        headers = self.say("表单,姓名或单位,记录编号,数据位置", "form,about,record,place in the data").split(",")

        def rows() -> Iterator[Sequence[Cell]]:
            for problem in missing_sheets(self.desk):
                place = "!".join(bit for bit in (problem.place.part, problem.place.cell) if bit)
                texts = problem.params["form"], problem.params["name"], problem.record or "", place
                yield [Cell(text) for text in texts]

        return Sheet(self.say("未交回", "Missing"), list(map(Column, headers, (30, 34, 14, 20))), rows, True)

    def problems(self) -> Sheet:
        headers = self.say(
            "级别,代码,文件,位置,字段,问题,实为,应为,处理办法",
            "severity,code,file,place,field,problem,found,expected,remedy",
        ).split(",")
        widths = (8, 15, 30, 18, 20, 38, 26, 24, 44)

        def rows() -> Iterator[Sequence[Cell]]:
            for problem in self.desk.problems():
                if problem.code != "F-DIFF-001":
                    yield self._problem(problem)
            for entry in self.desk.entries():
                yield from map(self._problem, entry.reading.problems)

        return Sheet(self.say("问题", "Problems"), list(map(Column, headers, widths)), rows, True)

    def _problem(self, problem: Problem) -> Sequence[Cell]:
        place = problem.place
        severities = {"error": ("错误", "error"), "warning": ("警告", "warning"), "note": ("提示", "note")}
        texts = (
            problem.code,
            place.file,
            "!".join(bit for bit in (place.part, place.cell) if bit),
            place.label,
            problem.title(self.language),
            problem.found,
            problem.expected(self.language),
            problem.hint(self.language),
        )
        first = Cell(in_language(severities, problem.severity, self.language), problem.severity)
        return [first, *map(Cell, texts)]

    def evidence(self) -> Sheet:
        headers = self.say(
            "文件,表单,记录编号,字段,依据,位置,原文,可信度", "file,form,record,field,layer,place,raw,confidence"
        ).split(",")
        widths = (34, 22, 13, 26, 12, 26, 44, 8)

        def rows() -> Iterator[Sequence[Cell]]:
            for entry in self.desk.entries():
                reading = entry.reading
                manifest = self.desk.manifests.get(reading.form)
                for path, found in reading.evidence.items():
                    yield [
                        Cell(reading.file),
                        Cell(manifest.short if manifest is not None else reading.form),
                        Cell(entry.record_key or reading.record),
                        Cell(path),
                        Cell(in_language(LAYERS, found.layer, self.language)),
                        Cell(found.place),
                        Cell(found.raw),
                        Cell(Decimal(str(round(found.confidence, 2)))),
                    ]

        return Sheet(self.say("依据", "Evidence"), list(map(Column, headers, widths)), rows, True)


def _columns(items: Sequence[Field]) -> list[Column]:
    """Headers, each once: a label that two fields share is followed by the key."""
    labels = [item.label for item in items]
    return [
        Column(
            item.label if labels.count(item.label) == 1 else f"{item.label} ({item.key})",
            max(WIDTHS.get(item.type_name, DEFAULT_WIDTH), min(24, 2 * len(item.label) + 4)),
        )
        for item in items
    ]


def _rows(entry: Entry, item: Field) -> Sequence[RowDifference]:
    return entry.differences[item.key].rows if entry.differences is not None else ()


def subject_name(manifest: Manifest, entry: Entry) -> str:
    """Whom a sheet is about: the person's name, or else the first name or company on it."""
    fields = sorted(manifest.fields, key=lambda item: item.term != "person.name")
    for values in (entry.record or {}, entry.reading.values):
        for item in fields:
            is_name = item.type_name == "name" or item.term in ("base.company", "place.village")
            if is_name and item.table is None and values.get(item.key) is not None:
                if item.term == "place.village" and any(one.type_name == "name" for one in manifest.fields):
                    continue
                return item.value_type.format(values[item.key])
    return ""
