"""One run at a time in a folder: two would take each other's unfinished files away.

The lock is the system's own, on a file in the folder, so that it ends with its process however that ends: after a kill
or a power cut nothing is in the way. The file tells the process's number; it goes with the lock, and one that a killed
run left is used again.

Limits: where a file system knows no locks (some network drives), nothing is locked.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from formgen.errors import OutputError
from formgen.files import CANNOT_WRITE, make_folder, output_error
from formgen.problems import Place, Problem

__all__ = ["LOCK", "held_folder"]

LOCK: Final = ".formgen-lock"
TAKEN: Final = (errno.EAGAIN, errno.EACCES, errno.EDEADLK)
"""What a lock says that another process has: flock the first, Windows the others."""
BEYOND: Final = 1 << 30
"""The byte that is locked on Windows, where a locked byte cannot be read: none that is written."""


@contextlib.contextmanager
def held_folder(folder: Path) -> Iterator[None]:
    """Make the folder, and keep other runs out of it until the block ends; a new one goes again if it is empty then.

    Raises:
        OutputError (F-FILE-006, F-FILE-007, F-FILE-008; F-FILE-009: another run is writing into it).
    """
    is_new = not folder.exists()
    make_folder(folder)
    path = folder / LOCK
    try:
        handle = _locked_file(path)
    except CANNOT_WRITE as exc:
        raise output_error(folder, exc) from exc
    try:
        yield
    finally:
        _remove(path, handle)
        if is_new:
            with contextlib.suppress(*CANNOT_WRITE):
                folder.rmdir()


def _locked_file(path: Path) -> int:
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            if not _lock(handle):
                owner = os.read(handle, 20).decode("ascii", "replace")
                raise OutputError(Problem("F-FILE-009", Place(str(path.parent)), params={"process": owner or "?"}))
            if _is_at(path, handle):
                os.ftruncate(handle, 0)
                os.write(handle, str(os.getpid()).encode())
                return handle
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)  # its owner took it away between our opening and our locking: there may be a new one


def _is_at(path: Path, handle: int) -> bool:
    with contextlib.suppress(FileNotFoundError):
        return os.path.samestat(os.stat(path), os.fstat(handle))
    return False


def _remove(path: Path, handle: int) -> None:
    if sys.platform == "win32":  # what is open cannot be removed there
        os.close(handle)
    with contextlib.suppress(*CANNOT_WRITE):
        path.unlink()
    if sys.platform != "win32":  # first removed, then unlocked: whoever locks it then sees that it is gone
        os.close(handle)


def _lock(handle: int) -> bool:
    """Whether nobody else has it."""
    try:
        _system_lock(handle)
    except OSError as exc:
        return exc.errno not in TAKEN
    return True


if sys.platform == "win32":
    import msvcrt

    def _system_lock(handle: int) -> None:
        os.lseek(handle, BEYOND, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        os.lseek(handle, 0, os.SEEK_SET)

else:
    import fcntl

    def _system_lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
