"""A part of an Office package, inflated while it is read.

In: the open file and what the package says of the part. Out: its bytes, at most as many as the package says; whoever
has read them all knows that they are neither fewer nor more, and have their checksum.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Callable
from types import TracebackType
from typing import BinaryIO, Final, cast

from isal import isal_zlib

from formgen.reading.part_list import Part

__all__ = ["BROKEN", "PartStream", "WrongSize", "bytes_at"]

_ISAL_ERROR = cast(type[Exception], isal_zlib.error)  # its stub takes the class for one of its objects
BROKEN: Final[tuple[type[Exception], ...]] = (
    zipfile.BadZipFile,
    zlib.error,
    _ISAL_ERROR,
    struct.error,
    EOFError,
    KeyError,
    NotImplementedError,
    OSError,
    OverflowError,
    ValueError,
)
"""What zipfile and its inflaters raise for bytes they cannot make sense of, or cannot get."""
_PIECE: Final = 1 << 16
"""Deflated bytes that are read at a time."""


class WrongSize(zipfile.BadZipFile):
    """The part is not as long as the package says. `found`: its bytes, one more than said where there are more."""

    def __init__(self, found: int) -> None:
        super().__init__(found)
        self.found = found


class PartStream:
    """Bytes of one part, in order. A context manager, for others are; nothing has to be closed.

    Args:
        file: the package's file; others may read it meanwhile.
        start: where the part's bytes begin.
        said: what goes wrong (`BROKEN`), as a problem of the part.
        when_whole: called when all was read and is as the package says.
    """

    def __init__(
        self,
        file: BinaryIO,
        part: Part,
        start: int,
        said: Callable[[Exception], Exception],
        when_whole: Callable[[], object],
    ) -> None:
        self._file, self._at, self._end = file, start, start + part.packed
        self._inflater = isal_zlib.decompressobj(-zlib.MAX_WBITS) if part.is_deflated else None
        self._left, self._ahead = b"", b""
        self._size, self._wanted_crc = part.size, part.crc
        self._given, self._crc, self._is_over = 0, 0, False
        self._said, self._when_whole = said, when_whole

    def __enter__(self) -> PartStream:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._left = self._ahead = b""

    def read(self, size: int = -1, /) -> bytes:
        """So many bytes, fewer only where the part ends; -1: all. Raises: what `said` makes of what is wrong."""
        if self._ahead:
            whole = self._ahead + self._inflated(size if size < 0 else max(0, size - len(self._ahead)))
            self._ahead = b"" if size < 0 else whole[size:]
            return whole if size < 0 else whole[:size]
        return self._inflated(size)

    def peek(self, size: int) -> bytes:
        """The first bytes, before any were read; they can be read all the same. Raises: as `read`."""
        self._ahead = self._inflated(size)
        return self._ahead

    def _inflated(self, size: int) -> bytes:
        room = self._size - self._given + 1
        wanted = room if size < 0 else min(size, room)
        pieces: list[bytes] = []
        try:
            while wanted > 0 and not self._is_over:
                pieces.append(piece := self._next(wanted))
                wanted -= len(piece)
                self._take(piece)
        except BROKEN as exc:
            raise self._said(exc) from exc
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def _take(self, piece: bytes) -> None:
        """Raises: WrongSize, BadZipFile."""
        self._given += len(piece)
        self._crc = isal_zlib.crc32(piece, self._crc)
        if self._given > self._size or (self._is_over and self._given < self._size):
            raise WrongSize(self._given)
        if self._is_over:
            if self._crc != self._wanted_crc:
                raise zipfile.BadZipFile("CRC-32")
            self._when_whole()

    def _next(self, most: int) -> bytes:
        """The next bytes of the part, none perhaps; notes where they were the last. Raises: `BROKEN`."""
        if self._inflater is None:
            piece = self._raw(most)
            self._is_over = self._at >= self._end
            return piece
        given = self._left or self._raw(_PIECE)
        piece = self._inflater.decompress(given, most)
        self._left = self._inflater.unconsumed_tail
        self._is_over = self._inflater.eof or not (given or piece)
        return piece

    def _raw(self, most: int) -> bytes:
        wanted = min(most, self._end - self._at)
        self._at += wanted
        return bytes_at(self._file, self._at - wanted, wanted)


def bytes_at(file: BinaryIO, start: int, size: int) -> bytes:
    """Bytes as they lie in the file. Raises: EOFError, OSError."""
    file.seek(start)
    content = file.read(size)
    if len(content) != size:
        raise EOFError("the file ends within the part")
    return content
