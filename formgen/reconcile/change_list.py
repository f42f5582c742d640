"""The list of changes beside a new dataset: what was written, where, and what was not and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from formgen.files import whole_file
from formgen.forms.manifest import Field, Manifest
from formgen.problems import Language, Place, Problem
from formgen.reconcile.desk import Desk, Entry
from formgen.reconcile.model import Difference
from formgen.reconcile.sheets import Cell, Column, Plain, Sheet, cell_value, subject_name
from formgen.reconcile.words import STATUSES, in_language

__all__ = ["Change", "ChangeList", "change_of", "list_path"]

REASONS: Final[Mapping[str, tuple[str, str]]] = {
    "F-DIFF-011": ("数据中没有对应的列", "the data has no such column"),
    "F-DIFF-012": ("由推算、汇总或公式得出", "derived, a total or a formula"),
    "F-DIFF-013": ("交回的表格之间不一致", "returned sheets disagree"),
    "F-DIFF-014": ("可信度不足", "not certain enough"),
    "F-DIFF-015": ("多条记录共用", "shared by several records"),
    "F-DIFF-016": ("名册增删行", "a row added or deleted"),
    "F-DIFF-017": ("表上已清除", "blank on the sheet"),
    "F-DIFF-019": ("合并单元格涉及其他记录", "a merged cell that others share"),
}


@dataclass(slots=True)
class Change:
    """One field of one sheet that is not as it was printed."""

    form: str
    about: str
    label: str
    status: str
    old: Plain
    new: Plain
    file: str
    record: str
    places: list[str] = field(default_factory=list)
    """Cells of the dataset that were written."""
    reason: str = ""
    """Code of why it was not written; '' for one that was."""


class ChangeList:
    """Collects changes, says in sum what was not written, and writes the list."""

    def __init__(self, language: Language) -> None:
        self.language: Language = language
        self.changes: list[Change] = []

    def add(self, change: Change) -> None:
        self.changes.append(change)

    @property
    def written(self) -> list[Change]:
        return [change for change in self.changes if not change.reason]

    def write(self, desk: Desk, new: Path, limit: float) -> Path:
        """The list as a workbook beside the new dataset; and a problem for each reason why a change was not written."""
        path = list_path(new, self.language)
        counts = Counter(change.reason for change in self.changes if change.reason)
        for code in sorted(counts):
            params = {"count": str(counts[code]), "list": path.name, "limit": f"{limit:g}"}
            desk.add_problem(Problem(code, Place(str(new)), params=params))
        from formgen.reconcile.workbook import write_sheets

        with whole_file(path) as stream:
            write_sheets(stream, [self._sheet(True), self._sheet(False)], self.language)
        return path

    def _sheet(self, is_written: bool) -> Sheet:
        zh = self.language == "zh"
        name = ("已写入" if zh else "Written") if is_written else ("未写入" if zh else "Not written")
        last = ("写入位置" if zh else "cells") if is_written else ("原因" if zh else "reason")
        headers = "状态,表单,记录,字段,原内容,新内容" if zh else "status,form,about,field,old,new"
        tail = "文件,记录编号" if zh else "file,record"
        widths = (8, 20, 14, 24, 28, 28, 24, 30, 13)

        def rows() -> Iterator[Sequence[Cell]]:
            for change in self.changes:
                if bool(change.reason) != is_written:
                    yield self._row(change)

        return Sheet(name, list(map(Column, [*headers.split(","), last, *tail.split(",")], widths)), rows, True)

    def _row(self, change: Change) -> Sequence[Cell]:
        why = in_language(REASONS, change.reason, self.language) if change.reason else "、".join(change.places)
        return [
            Cell(in_language(STATUSES, change.status, self.language), change.status),
            *map(Cell, (change.form, change.about, change.label, change.old, change.new, why)),
            *map(Cell, (change.file, change.record)),
        ]


def list_path(new: Path, language: Language) -> Path:
    """Where the list of changes goes: beside the new dataset, never inside a folder that is one."""
    return new.with_name(f"{new.stem}-{'修改清单' if language == 'zh' else 'changes'}.xlsx")


def change_of(manifest: Manifest, entry: Entry, item: Field, label: str, found: Difference) -> Change:
    old, new = (
        _told(item, value) if item.table is not None else cell_value(item, value)
        for value in (found.record, found.read)
    )
    name = subject_name(manifest, entry)
    return Change(manifest.short, name, label, found.status, old, new, entry.reading.file, entry.record_key)


def _told(item: Field, rows: Any) -> str | None:
    """Rows of a table as one text."""
    assert item.table is not None
    columns = {column.key: column for column in item.table.columns}
    lines = (
        "；".join(
            f"{columns[key].label} {columns[key].value_type.format(value)}" for key, value in _filled(row).items()
        )
        for row in rows or ()
    )
    return "\n".join(lines) or None


def _filled(row: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if value is not None}
