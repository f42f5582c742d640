"""Workbooks: which format a file is in, told by its content, and who reads it.

In: a path. Out: one raw table a sheet. Cells are str, float, bool, date, datetime, time; "" is a blank. Formulas are
read by the value that the program which saved the file put beside them; those without one, and those that came to an
error, are `UnreadCell`s.
Source: ECMA-376 Part 2 (the package), MS-CFB 2.2 and MS-OFFCRYPTO 2.3.4.4 (the stream EncryptedPackage).
"""

from __future__ import annotations

import contextlib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from formgen.data.sources.faults import translated
from formgen.data.sources.table import RawTable
from formgen.errors import InputError
from formgen.problems import Place, Problem

__all__ = ["workbook_tables"]

_CFB_MAGIC = bytes.fromhex("d0cf11e0a1b11ae1")
_ZIP_MAGIC = b"PK\x03\x04"


@contextlib.contextmanager
def workbook_tables(path: Path, wanted: str) -> Iterator[Iterator[RawTable]]:
    """The sheets of a workbook that have cells, in order.

    Raises:
        InputError: F-FILE-002 … F-FILE-005; F-EXCEL-001 cells too far apart.
    """
    with contextlib.ExitStack() as stack:
        with translated(path):
            stream = stack.enter_context(path.open("rb"))
            kind = _kind(stream, Place(str(path)), wanted)
        if kind == "xlsx":
            from formgen.data.sources.spreadsheet import spreadsheet_tables

            yield stack.enter_context(spreadsheet_tables(path))
        else:
            from formgen.data.sources.calamine_tables import calamine_tables

            yield stack.enter_context(calamine_tables(path, stream, kind))


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
