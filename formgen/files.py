"""Writing files so that each appears whole or not at all, whatever stops the run.

A file is written under a temporary name in its own folder and renamed into place. Foreign errors become problems.
"""

from __future__ import annotations

import contextlib
import errno
import filecmp
import io
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from formgen.errors import OutputError
from formgen.problems import Place, Problem

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

__all__ = [
    "CANNOT_WRITE",
    "PARTIAL_SUFFIX",
    "STAGING",
    "Staging",
    "make_folder",
    "output_error",
    "staged_folder",
    "whole_file",
    "write_whole",
]

CANNOT_WRITE = (OSError, UnicodeEncodeError)
"""Of a path: the second where the locale's encoding of file names has no such character (LC_ALL=C)."""
PARTIAL_SUFFIX = ".part"
"""A killed run leaves files of this ending behind; nothing reads them, and the next run writes over them."""

STAGING = ".formgen-staging"
"""Folder in the output folder where a run's files wait; one that was killed leaves it, and the next run removes it."""


def make_folder(folder: Path) -> Path:
    """Make a folder and its parents; an existing one is fine.

    Raises:
        OutputError (F-FILE-006, F-FILE-007, F-FILE-008).
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except CANNOT_WRITE as exc:
        raise output_error(folder, exc) from exc
    return folder


def write_whole(path: Path, content: bytes) -> None:
    """Write one file, whole or not at all, over whatever stood there. The fast path of many small files.

    A file that holds these very bytes already is left as it is, so that a second run touches only what changed.

    Raises:
        OutputError (F-FILE-006, F-FILE-007, F-FILE-008).
    """
    partial = f"{path}{PARTIAL_SUFFIX}"
    try:
        if _holds(path, content):
            return
        handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o666)
        try:
            written = 0
            while written < len(content):
                written += os.write(handle, content[written:] if written else content)
        finally:
            os.close(handle)
        os.replace(partial, path)
    except CANNOT_WRITE as exc:
        with contextlib.suppress(*CANNOT_WRITE):
            os.unlink(partial)
        raise output_error(path, exc) from exc


def _holds(path: Path, content: bytes) -> bool:
    try:
        if os.stat(path).st_size != len(content):
            return False
    except (FileNotFoundError, NotADirectoryError):
        return False
    return path.read_bytes() == content


@contextlib.contextmanager
def whole_file(path: Path) -> Iterator[IO[bytes]]:
    """A binary file to write to, which takes its name only when the block ends without an error.

    What else fails in the block is not this file's, and is raised as it is.

    Raises:
        OutputError (F-FILE-006, F-FILE-007, F-FILE-008).
    """
    partial = Path(f"{path}{PARTIAL_SUFFIX}")
    try:
        with _said_of(path):
            stream = io.BufferedWriter(_SaidOf(partial, path))
        try:
            yield stream
        except BaseException:
            with contextlib.suppress(OutputError):  # a full disk again: what the block met is said, not this
                stream.close()
            raise
        with _said_of(path):
            stream.close()
            partial.replace(path)
    except BaseException:
        with contextlib.suppress(*CANNOT_WRITE):
            partial.unlink()
        raise


class _SaidOf(io.FileIO):
    """A file that fails with a problem of the place it is written for."""

    def __init__(self, partial: Path, path: Path) -> None:
        super().__init__(partial, "wb")
        self._path = path

    def write(self, content: ReadableBuffer, /) -> int:
        with _said_of(self._path):
            return super().write(content)


@contextlib.contextmanager
def _said_of(path: Path) -> Iterator[None]:
    """What the system says against writing, as a problem of this path."""
    try:
        yield
    except CANNOT_WRITE as exc:
        raise output_error(path, exc) from exc


@dataclass
class Staging:
    """A folder whose files are not there yet for anybody else."""

    path: Path
    is_discarded: bool = False
    """Set where the files shall not appear after all."""


@contextlib.contextmanager
def staged_folder(folder: Path, last: str = "") -> Iterator[Staging]:
    """A folder whose files move into `folder` when the block ends without an error, the file named `last` after all
    others. Files that are there already with the same bytes stay as they are. One run at a time: see `folder_lock`.

    Raises:
        OutputError (F-FILE-006, F-FILE-007, F-FILE-008).
    """
    staging = Staging(folder / STAGING)
    try:
        with _said_of(folder):
            shutil.rmtree(staging.path, ignore_errors=True)
            staging.path.mkdir(parents=True)
        yield staging
        if not staging.is_discarded:
            with _said_of(folder):
                _publish(staging.path, folder, last)
    finally:
        shutil.rmtree(staging.path, ignore_errors=True)


def _publish(staging: Path, folder: Path, last: str) -> None:
    files = [path for path in staging.rglob("*") if path.is_file()]
    for path in sorted(files, key=lambda item: (item.name == last, item)):
        target = folder / path.relative_to(staging)
        target.parent.mkdir(parents=True, exist_ok=True)
        if not (target.is_file() and filecmp.cmp(path, target, shallow=False)):
            path.replace(target)


def output_error(path: Path, exc: OSError | UnicodeEncodeError) -> OutputError:
    """What went wrong with a file, said of the place where people look for it."""
    path = Path(*(part for part in path.parts if part != STAGING))
    if isinstance(exc, UnicodeEncodeError):
        return OutputError(Problem("F-FILE-008", Place(str(path)), params={"encoding": exc.encoding}))
    if exc.errno == errno.ENOSPC:
        return OutputError(Problem("F-FILE-007", Place(str(path))))
    return OutputError(Problem("F-FILE-006", Place(str(path)), params={"reason": exc.strerror or type(exc).__name__}))
