"""One file → its readings: what it is, whether it may be read, the reader of its carrier, and the weighing.

In: a path and the forms it may be of. Out: a reading for each sheet, and problems about the file. What a reader or a
library raises for a bad file is a problem of the file, never an exception.
Limits: of time and memory, only where `batch` runs this in a process of its own.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from formgen.errors import FormgenError, InputError
from formgen.problems import Place, Problem
from formgen.reading.discretion import discreet
from formgen.reading.identify import FormBook
from formgen.reading.kinds import ENDINGS, FileKind, kind_of
from formgen.reading.model import FileRead, Reading
from formgen.reading.package import OfficePackage
from formgen.reading.results import is_result
from formgen.reading.weigh import weigh

__all__ = ["FileReading", "read_file"]

Reader = Callable[[Any, FormBook], FileRead]
"""Of the kinds in `FROM_PACKAGE` it gets the package as it was opened and looked over; of others the path."""
READERS: Final[Mapping[FileKind, tuple[str, str]]] = {
    "docx": ("formgen.reading.docx", "read_docx"),
    "xlsx": ("formgen.reading.xlsx", "read_xlsx"),
    "xls": ("formgen.reading.xlsx", "read_xlsx"),
    "ods": ("formgen.reading.xlsx", "read_xlsx"),
    "pdf": ("formgen.reading.pdf", "read_pdf"),
}
"""Module and function: (path or package, book) → what was found."""
FROM_PACKAGE: Final = frozenset(["docx", "xlsx"])
STREAMED: Final = 1 << 20
"""Longer parts of a workbook are read as streams, which look them over."""


@dataclass(frozen=True, slots=True)
class FileReading:
    """All that one file gave."""

    file: str
    readings: tuple[Reading, ...] = ()
    problems: tuple[Problem, ...] = ()
    """About the file; those about a sheet are in its reading."""


def read_file(path: Path, book: FormBook) -> FileReading:
    """Read one file; whatever is wrong with it is in the problems."""
    file = str(path)
    try:
        before = _state(path)
        with ExitStack() as open_files:
            kind, package = kind_of(path, open_files)
            problems = _looked_over(path, kind, package)
            if kind not in FROM_PACKAGE:
                open_files.close()  # what was kept of it would only take memory
            found = _reader(kind)(package if kind in FROM_PACKAGE else path, book)
            if package is not None and kind == "xlsx":
                package.check_parts()
        if _state(path) != before:
            raise InputError(Problem("F-SAFE-016", Place(file)))
    except FormgenError as exc:
        return FileReading(file, problems=(exc.problem,))
    except OSError as exc:
        return FileReading(file, problems=(_unreadable(path, exc),))
    readings = tuple(weigh(sheet, file) for sheet in found.sheets)
    return FileReading(file, readings, discreet([*problems, *found.problems]))


def _state(path: Path) -> tuple[int, int, int] | None:
    """What changes when a file does; None where it is not there, which whoever opens it will say."""
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return None
    return status.st_size, status.st_mtime_ns, status.st_ino


def _looked_over(path: Path, kind: FileKind, package: OfficePackage | None) -> list[Problem]:
    """What has to be said of a file before it is read. Raises: InputError: the package is not to be trusted."""
    problems: list[Problem] = []
    if path.suffix.lower() not in ENDINGS[kind]:
        params = {"kind": kind, "wanted": ENDINGS[kind][0]}
        problems.append(Problem("F-SAFE-008", Place(str(path)), path.suffix, params))
    if kind == "xlsx" and is_result(path):
        raise InputError(Problem("F-SAFE-027", Place(str(path))))
    if package is not None:
        package.check_parts(longest=STREAMED if kind == "xlsx" else None)
        problems += package.warnings()
    return problems


def _reader(kind: FileKind) -> Reader:
    """Imported when first needed: a run over Word files loads no PDF library."""
    module, name = READERS[kind]
    reader: Reader = getattr(importlib.import_module(module), name)
    return reader


def _unreadable(path: Path, exc: OSError) -> Problem:
    if isinstance(exc, FileNotFoundError | NotADirectoryError):
        return Problem("F-FILE-001", Place(str(path)))
    return Problem("F-FILE-002", Place(str(path)), params={"reason": exc.strerror or type(exc).__name__})
