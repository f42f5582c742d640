"""Workbooks: .xlsx, .xlsm, .xls, .ods through calamine.

In: a path. Out: one raw table a sheet. Cells are str, float, bool, date, datetime, time; "" is a blank.
Limits: calamine reads a whole sheet into memory (about 75 bytes a cell) before its first row; the sheet is let go when
its rows are done. Formulas are read by the value that the program which saved the file put beside them; those
without one, and those that came to an error, are `UnreadCell`s.
Source: ECMA-376 Part 2 (the package), MS-CFB 2.2 and MS-OFFCRYPTO 2.3.4.4 (the stream EncryptedPackage).
"""

from __future__ import annotations

import contextlib
import functools
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO, TYPE_CHECKING

import python_calamine as calamine
from lxml import etree

from formgen.data.sources.open_document import OpenDocumentSurvey, survey_open_document
from formgen.data.sources.table import RawRow, RawTable
from formgen.data.sources.unread_cells import UnreadCell, survey_sheet
from formgen.errors import InputError
from formgen.problems import Place, Problem
from formgen.vocabulary.headers import MergedRange

if TYPE_CHECKING:
    from formgen.data.sources.old_workbook import OldWorkbook

__all__ = ["workbook_tables"]

MOST_CELLS = 16_000_000
"""Rows × columns that a sheet may span: calamine makes room for all of them, 32 bytes each."""
MOST_COLUMNS = 16_384
"""As many as Excel has: up to XFD."""

_CFB_MAGIC = bytes.fromhex("d0cf11e0a1b11ae1")
_ZIP_MAGIC = b"PK\x03\x04"
_ENDINGS = {"xlsx": (".xlsx", ".xlsm"), "xls": (".xls", ".et"), "ods": (".ods",)}


@contextlib.contextmanager
def workbook_tables(path: Path, wanted: str) -> Iterator[Iterator[RawTable]]:
    """The sheets of a workbook that have cells, in order; each is loaded when the iterator comes to it.

    Raises:
        InputError: F-FILE-002 … F-FILE-005; F-EXCEL-001 cells too far apart.
    """
    with contextlib.ExitStack() as stack:
        with _translated(path):
            stream = stack.enter_context(path.open("rb"))
            kind = _kind(stream, Place(str(path)), wanted)
            survey = OpenDocumentSurvey()
            if kind == "ods":  # all sheets of an .ods are loaded when it is opened
                survey = survey_open_document(path)
                _require_room(Place(str(path)), survey.rows, survey.columns)
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
        unread: Mapping[int, Mapping[int, UnreadCell]] = document.unread.get(metadata.name, {})
        if kind == "xlsx":
            with _translated(path):
                survey = survey_sheet(path, metadata.name)
            _require_room(Place(str(path), metadata.name), survey.rows, survey.columns)
            unread = survey.unread
        errors = old.errors(metadata.name) if old is not None else None
        with _translated(path):
            sheet = book.get_sheet_by_name(metadata.name)
        if sheet.start is None:
            continue
        left = sheet.start[1]
        found: list[MergedRange] = sorted(sheet.merged_cell_ranges or document.merges.get(metadata.name) or [])
        merges = [((top, first - left), (end, last - left)) for (top, first), (end, last) in found]
        is_hidden = metadata.visible != calamine.SheetVisibleEnum.Visible
        unread = errors or unread
        if unread:
            # Cells that read as blank may stand left of all others.
            first = min(left, *(min(columns) for columns in unread.values()))
            pad, left = left - first, first
            merges = [((top, start + pad), (end, stop + pad)) for (top, start), (end, stop) in merges]
            rows = _rows_once([sheet], functools.partial(_with_unread, pad=pad, first=left, unread=unread))
        else:
            rows = _rows_once([sheet])
        is_looked_over = kind != "xls" or errors is not None
        table = RawTable(
            str(path), metadata.name, rows, left, merges, is_hidden=is_hidden, is_looked_over=is_looked_over
        )
        del sheet
        yield table


def _require_room(place: Place, rows: int, columns: int) -> None:
    """Raises: InputError (F-EXCEL-001): a cell so far away that the sheet would not fit into memory."""
    if rows * columns > MOST_CELLS or columns > MOST_COLUMNS:
        raise InputError(Problem("F-EXCEL-001", place, f"{rows:,} × {columns:,}"))


def _rows_once(
    held: list[calamine.CalamineSheet], completed: Callable[[Iterator[RawRow]], Iterator[RawRow]] = iter
) -> Callable[[], Iterator[RawRow]]:
    """The rows of a sheet that is let go when they are read: tables outlive it, and it is large."""
    return lambda: completed(held.pop().iter_rows())


def _with_unread(
    rows: Iterator[RawRow], pad: int, first: int, unread: Mapping[int, Mapping[int, UnreadCell]]
) -> Iterator[RawRow]:
    """The rows with what calamine left blank, be it beside or below all cells that have a value."""
    last = max(unread)
    index = -1
    for index, cells in enumerate(rows):
        yield _filled([*[""] * pad, *cells], first, unread.get(index, {}))
    for below in range(index + 1, last + 1):
        yield _filled([], first, unread.get(below, {}))


def _filled(row: RawRow, first: int, unread: Mapping[int, UnreadCell]) -> RawRow:
    for column, cell in sorted(unread.items()):
        row += [""] * (column - first + 1 - len(row))
        if row[column - first] == "":
            row[column - first] = cell
    return row


@contextlib.contextmanager
def _translated(path: Path) -> Iterator[None]:
    """Foreign errors as problems."""
    place = Place(str(path))
    try:
        yield
    except calamine.PasswordError as exc:
        raise InputError(Problem("F-FILE-003", place)) from exc
    except (calamine.CalamineError, zipfile.BadZipFile, EOFError, KeyError, zlib.error, etree.XMLSyntaxError) as exc:
        raise InputError(Problem("F-FILE-004", place, params={"reason": _reason(exc)})) from exc
    except OSError as exc:
        reason = exc.strerror or type(exc).__name__
        raise InputError(Problem("F-FILE-002", place, params={"reason": reason})) from exc


def _reason(exc: Exception) -> str:
    return " ".join(str(exc).split()) or type(exc).__name__


def _kind(stream: IO[bytes], place: Place, wanted: str) -> str:
    """xlsx, xls or ods, by content."""
    head = stream.read(8)
    stream.seek(0)
    if head == _CFB_MAGIC:
        content = stream.read()
        stream.seek(0)
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise InputError(Problem("F-FILE-003", place))
        if any(name.encode("utf-16-le") in content for name in ("Workbook\0", "Book\0")):
            return "xls"
        raise InputError(Problem("F-FILE-005", place, "OLE", {"wanted": wanted}))
    if head[:4] != _ZIP_MAGIC:
        raise InputError(Problem("F-FILE-005", place, place.file.rpartition(".")[2], {"wanted": wanted}))
    with zipfile.ZipFile(stream) as package:
        names = set(package.namelist())
        is_ods = "mimetype" in names and b"spreadsheet" in package.read("mimetype")
    stream.seek(0)
    if is_ods:
        return "ods"
    if any(name.startswith("xl/") and name.endswith("workbook.xml") for name in names):
        return "xlsx"
    found = "docx" if "word/document.xml" in names else "zip"
    raise InputError(Problem("F-FILE-005", place, found, {"wanted": wanted}))
