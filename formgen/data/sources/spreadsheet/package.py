"""What the reader of workbooks wants of the package they lie in: zipfile's, or one that holds its parts to limits."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Protocol

__all__ = ["Package", "PartReader"]


class PartReader(Protocol):
    """A part as a stream."""

    def read(self, size: int = -1, /) -> bytes: ...


class Package(Protocol):
    """An open package."""

    def namelist(self) -> Sequence[str]: ...

    def open(self, name: str, /) -> AbstractContextManager[PartReader]: ...
