"""Office packages (zip) from outside, opened with limits.

In: a file. Out: its parts by name, inflated one by one. A package that inflates without measure is refused before it is
inflated whole.
Source: ECMA-376 Part 2 (packages); the limits are Apache POI's (ZipSecureFile: at most 100 : 1 once a part is
larger than 100 KiB).
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from formgen.errors import InputError
from formgen.problems import Place, Problem

__all__ = ["OfficePackage"]

LARGEST_PART: Final = 512 << 20


class OfficePackage:
    """The parts of one file. A context manager."""

    def __init__(self, path: Path) -> None:
        """Raises: InputError: F-FILE-001 … 005; F-SAFE-…: encrypted, inflating without measure."""
        self.path = path
        try:
            self._zip = zipfile.ZipFile(path)
        except zipfile.BadZipFile as exc:
            raise InputError(Problem("F-FILE-004", Place(str(path)), params={"reason": str(exc)})) from exc

    def __enter__(self) -> OfficePackage:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    @property
    def names(self) -> Sequence[str]:
        return self._zip.namelist()

    def read(self, name: str) -> bytes:
        """One part, inflated. Raises: InputError: the part is broken, missing or inflates without measure."""
        try:
            return self._zip.read(name)
        except (KeyError, zipfile.BadZipFile, zlib.error, EOFError) as exc:
            raise InputError(Problem("F-FILE-004", Place(str(self.path), name), params={"reason": str(exc)})) from exc
