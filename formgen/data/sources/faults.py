"""What libraries raise for files that are not what they should be, as problems of the file."""

from __future__ import annotations

import contextlib
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from formgen.errors import InputError
from formgen.problems import Place, Problem

__all__ = ["Damaged", "TooLong", "damage", "translated"]


class Damaged(ValueError):
    """The content is not what the format's standard says. The text is the reason."""


class TooLong(Damaged):
    """More in one row than a sheet has room for."""


@contextlib.contextmanager
def translated(path: Path) -> Iterator[None]:
    """Raises: InputError: F-FILE-002 unreadable, F-FILE-004 damaged, F-EXCEL-001 too long."""
    try:
        yield
    except TooLong as exc:
        raise InputError(Problem("F-EXCEL-001", Place(str(path)), str(exc))) from exc
    except (Damaged, UnicodeDecodeError, zipfile.BadZipFile, EOFError, KeyError, zlib.error) as exc:
        raise damage(path, exc) from exc
    except OSError as exc:
        reason = exc.strerror or type(exc).__name__
        raise InputError(Problem("F-FILE-002", Place(str(path)), params={"reason": reason})) from exc


def damage(path: Path, exc: BaseException) -> InputError:
    """F-FILE-004, with what the library says."""
    reason = " ".join(str(exc).split()) or type(exc).__name__
    return InputError(Problem("F-FILE-004", Place(str(path)), params={"reason": reason}))
