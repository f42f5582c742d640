"""Workbooks of other formats than Office Open XML, through calamine: .xls, .et and .ods.

In: the open file. Out: one raw table a sheet. Cells are str, float, bool, date, datetime, time; "" is a blank.
Limits: calamine reads a whole sheet into memory (about 75 bytes a cell) before its first row; the sheet is let go when
its rows are done. It reads errors as blanks and tells no formats: what looks the file over beside it marks such cells.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO, TYPE_CHECKING

import python_calamine as calamine

from formgen.data.sources.cell_marks import CellMark, SheetMarks, marked
from formgen.data.sources.faults import damage, translated
from formgen.data.sources.open_document import OpenDocumentSurvey, survey_open_document
from formgen.data.sources.room import require_room
from formgen.data.sources.table import RawRow, RawTable
from formgen.errors import InputError
from formgen.problems import Place, Problem
from formgen.vocabulary.headers import MergedRange

if TYPE_CHECKING:
    from formgen.data.sources.old_workbook import OldWorkbook

__all__ = ["calamine_tables"]

_ENDINGS = {"xls": (".xls", ".et"), "ods": (".ods",)}


@contextlib.contextmanager
def calamine_tables(path: Path, stream: IO[bytes], kind: str) -> Iterator[Iterator[RawTable]]:
    """The sheets that have cells, in order; each is loaded when the iterator comes to it. `kind`: xls or ods.

    Raises:
        InputError: F-FILE-002 … F-FILE-004; F-EXCEL-001 cells too far apart.
    """
    with contextlib.ExitStack() as stack:
        with _translated(path):
            survey = OpenDocumentSurvey()
            if kind == "ods":  # all sheets of an .ods are loaded when it is opened
                survey = survey_open_document(path)
                require_room(Place(str(path)), survey.rows, survey.columns)
            # calamine goes by the ending where it is given a path: only a true ending may be used.
            source: str | IO[bytes] = str(path) if path.suffix.lower() in _ENDINGS[kind] else stream
            book = stack.enter_context(calamine.CalamineWorkbook.from_object(source))
            old = _old_workbook(path) if kind == "xls" else None
        yield _tables(path, book, kind, survey, old)


def _old_workbook(path: Path) -> OldWorkbook | None:
    from formgen.data.sources.old_workbook import open_old_workbook

    return open_old_workbook(path)


def _tables(
    path: Path, book: calamine.CalamineWorkbook, kind: str, document: OpenDocumentSurvey, old: OldWorkbook | None
) -> Iterator[RawTable]:
    for metadata in book.sheets_metadata:
        if metadata.typ != calamine.SheetTypeEnum.WorkSheet:
            continue
        found_marks = old.marks(metadata.name) if old is not None else document.marks.get(metadata.name, {})
        marks = found_marks or {}
        with _translated(path):
            sheet = book.get_sheet_by_name(metadata.name)
        if sheet.start is None:
            continue
        left = sheet.start[1]
        found: list[MergedRange] = sorted(sheet.merged_cell_ranges or document.merges.get(metadata.name) or [])
        merges = [((top, first - left), (end, last - left)) for (top, first), (end, last) in found]
        is_hidden = metadata.visible != calamine.SheetVisibleEnum.Visible
        if marks:
            # Cells that read as blank may stand left of all others.
            first = min(left, *(min(columns) for columns in marks.values()))
            pad, left = left - first, first
            merges = [((top, start + pad), (end, stop + pad)) for (top, start), (end, stop) in merges]
            rows = _rows_once(path, [sheet], functools.partial(_with_marks, pad=pad, first=left, marks=marks))
        else:
            rows = _rows_once(path, [sheet])
        is_looked_over = kind != "xls" or (old is not None and old.has_formats and found_marks is not None)
        table = RawTable(
            str(path),
            metadata.name,
            rows,
            left,
            functools.partial(list, merges),
            is_hidden=is_hidden,
            is_looked_over=is_looked_over,
        )
        del sheet
        yield table


def _rows_once(
    path: Path, held: list[calamine.CalamineSheet], completed: Callable[[Iterator[RawRow]], Iterator[RawRow]] = iter
) -> Callable[[], Iterator[RawRow]]:
    """The rows of a sheet that is let go when they are read: tables outlive it, and it is large."""

    def rows() -> Iterator[RawRow]:
        with _translated(path):
            yield from held.pop().iter_rows()

    return lambda: completed(rows())


def _with_marks(rows: Iterator[RawRow], pad: int, first: int, marks: SheetMarks) -> Iterator[RawRow]:
    """The rows with what calamine does not tell, be it beside or below all cells that have a value."""
    last = max(marks)
    index = -1
    for index, cells in enumerate(rows):
        yield _marked_row([*[""] * pad, *cells], first, marks.get(index, {}))
    for below in range(index + 1, last + 1):
        yield _marked_row([], first, marks.get(below, {}))


def _marked_row(row: RawRow, first: int, marks: Mapping[int, CellMark]) -> RawRow:
    for column, mark in sorted(marks.items()):
        row += [""] * (column - first + 1 - len(row))
        row[column - first] = marked(row[column - first], mark)
    return row


@contextlib.contextmanager
def _translated(path: Path) -> Iterator[None]:
    with translated(path):
        try:
            yield
        except calamine.PasswordError as exc:
            raise InputError(Problem("F-FILE-003", Place(str(path)))) from exc
        except calamine.CalamineError as exc:
            raise damage(path, exc) from exc
        except BaseException as exc:
            # A panic of compiled code is no Exception, and its class is not to be had but from one that was raised.
            if type(exc).__name__ != "PanicException":
                raise
            raise damage(path, exc) from exc
