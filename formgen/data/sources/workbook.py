"""Workbooks: .xlsx, .xlsm, .xls, .ods through calamine.

In: a path. Out: one raw table a sheet. Cells are str, float, bool, date, datetime, time; "" is a blank.
Limits: calamine reads a whole sheet into memory (about 100 bytes a cell) before its first row; the sheet is let go when
its rows are done. Formulas are read by the value that the program which saved the file put beside them; their errors
(#N/A) by `formula_errors`, in .xlsx only: calamine makes blanks of them.
Source: ECMA-376 Part 2 (the package), MS-CFB 2.2 and MS-OFFCRYPTO 2.3.4.4 (the stream EncryptedPackage).
"""

from __future__ import annotations

import contextlib
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO
from xml.etree.ElementTree import ParseError

import python_calamine as calamine

from formgen.data.sources.formula_errors import Cells, FormulaErrors
from formgen.data.sources.table import RawRow, RawTable
from formgen.errors import InputError
from formgen.problems import Place, Problem
from formgen.vocabulary.headers import MergedRange

__all__ = ["workbook_tables"]

_CFB_MAGIC = bytes.fromhex("d0cf11e0a1b11ae1")
_ZIP_MAGIC = b"PK\x03\x04"
_ENDINGS = {"xlsx": (".xlsx", ".xlsm"), "xls": (".xls", ".et"), "ods": (".ods",)}


@contextlib.contextmanager
def workbook_tables(path: Path, wanted: str) -> Iterator[Iterator[RawTable]]:
    """The sheets of a workbook that have cells, in order; each is loaded when the iterator comes to it.

    Raises:
        InputError: F-FILE-002 … F-FILE-005.
    """
    with contextlib.ExitStack() as stack:
        with _translated(path):
            stream = stack.enter_context(path.open("rb"))
            kind = _kind(stream, Place(str(path)), wanted)
            # calamine goes by the ending where it is given a path: only a true ending may be used.
            source: str | IO[bytes] = str(path) if path.suffix.lower() in _ENDINGS[kind] else stream
            book = stack.enter_context(calamine.CalamineWorkbook.from_object(source))
            errors = FormulaErrors(path.open("rb") if kind == "xlsx" else None)
            stack.callback(errors.close)
        yield _tables(path, book, errors)


def _tables(path: Path, book: calamine.CalamineWorkbook, errors: FormulaErrors) -> Iterator[RawTable]:
    for metadata in book.sheets_metadata:
        if metadata.typ != calamine.SheetTypeEnum.WorkSheet:
            continue
        with _translated(path):
            sheet = book.get_sheet_by_name(metadata.name)
            cells = errors.of(metadata.name)
        if sheet.start is None:
            continue
        left = sheet.start[1]
        merges = [((top, first - left), (end, last - left)) for (top, first), (end, last) in _ranges(sheet)]
        is_hidden = metadata.visible != calamine.SheetVisibleEnum.Visible
        table = RawTable(str(path), metadata.name, _rows_once([sheet], cells, left), left, merges, is_hidden=is_hidden)
        del sheet
        yield table


def _rows_once(held: list[calamine.CalamineSheet], errors: Cells, left: int) -> Callable[[], Iterator[RawRow]]:
    """The rows of a sheet that is let go when they are read: tables outlive it, and it is large."""
    return lambda: _with_errors(held.pop().iter_rows(), errors, left) if errors else held.pop().iter_rows()


def _with_errors(rows: Iterator[RawRow], errors: Cells, left: int) -> Iterator[RawRow]:
    """The rows with the formulas' errors as text, where calamine has blanks."""
    by_row: dict[int, list[tuple[int, str]]] = {}
    for (row, column), error in errors.items():
        by_row.setdefault(row, []).append((column - left, error))
    for index, cells in enumerate(rows):
        for column, error in by_row.get(index, ()):
            if 0 <= column < len(cells):
                cells[column] = error
        yield cells


def _ranges(sheet: calamine.CalamineSheet) -> list[MergedRange]:
    return sorted(sheet.merged_cell_ranges or [])


@contextlib.contextmanager
def _translated(path: Path) -> Iterator[None]:
    """Foreign errors as problems."""
    place = Place(str(path))
    try:
        yield
    except calamine.PasswordError as exc:
        raise InputError(Problem("F-FILE-003", place)) from exc
    except (calamine.CalamineError, zipfile.BadZipFile, EOFError, ParseError) as exc:
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
