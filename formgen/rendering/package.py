"""An Office file (OPC, a zip archive) read once and written many times.

In: a .docx or .xlsx template. Out: archives of the same parts, some replaced or added. Parts that do not change are
deflated once, at the best level, and copied raw from then on; only what changes is deflated per file. The same parts
give the same bytes: every member bears the earliest date a zip can hold, names are UTF-8.

The standard `zipfile` makes an object, a lock and a header per member and cannot copy a member raw: 0.10 ms for a
dozen tiny parts before anything is deflated. So the archive is put together here: joined static members, the changed
ones, the central directory. Deflate is isal's at level 1: the 50 kB document.xml of a form took 0.019 ms and 3.4 kB
(level 0: 0.010 ms, 3.8 kB; level 2: 0.021 ms, 3.4 kB; zlib 1: 0.029 ms, 3.6 kB; zlib 6: 0.166 ms, 2.8 kB).

Source: APPNOTE.TXT 6.3.3 (zip), 4.3; ECMA-376 Part 2 (OPC). Limits: no zip64, so no archive or part above 4 GiB.
"""

from __future__ import annotations

import copy
import io
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, Literal

from isal import isal_zlib

from formgen.errors import InputError, OutputError
from formgen.problems import Place, Problem

__all__ = ["CONTENT_TYPES", "OfficeKind", "PackageTemplate", "deflate"]

OfficeKind = Literal["docx", "xlsx"]
CONTENT_TYPES: Final = "[Content_Types].xml"
DEFLATE_LEVEL: Final = 1
MAX_BYTES: Final = 0xFFFF_FFFE
"""Largest offset and size without zip64."""
MAX_UNPACKED: Final = 256 << 20
"""A template that unpacks to more is an attack, not a form."""

MAIN_TYPES: Final[Mapping[OfficeKind, bytes]] = {
    "docx": b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
    "xlsx": b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
}
WANTED: Final[Mapping[OfficeKind, str]] = {"docx": "Word (.docx)", "xlsx": "Excel (.xlsx)"}
CFB_MAGIC: Final = bytes.fromhex("d0cf11e0a1b11ae1")
"""Compound file: an encrypted Office file, or one of before 2007."""
CFB_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")

DEFLATED, STORED = 8, 0
UTF8_NAME = 0x800
DATE_1980 = 0x21
"""1 January 1980 as MS-DOS writes it."""
LOCAL = struct.Struct("<IHHHHHIIIHH")
CENTRAL = struct.Struct("<IHHHHHHIIIHHHHHII")
END = struct.Struct("<IHHHHIIH")


@dataclass(frozen=True, slots=True)
class _Member:
    """One member ready to be copied: everything a zip says about it but its offset."""

    name: bytes
    method: int
    crc: int
    packed: bytes
    size: int

    def local(self) -> bytes:
        return local_header(self.name, self.method, self.crc, len(self.packed), self.size) + self.packed

    def central(self, offset: int) -> bytes:
        return central_header(self.name, self.method, self.crc, len(self.packed), self.size, offset)


@dataclass(frozen=True, slots=True)
class _Frame:
    """The unchanged members for one set of changed ones: their bytes, and their central directory."""

    body: bytes
    directory: bytes
    count: int


def deflate(content: bytes) -> bytes:
    """Raw deflate of a part that changes per file."""
    return bytes(isal_zlib.compress(content, DEFLATE_LEVEL, -15))


def local_header(name: bytes, method: int, crc: int, packed_size: int, size: int) -> bytes:
    fields = (0x04034B50, 20, UTF8_NAME, method, 0, DATE_1980, crc, packed_size, size, len(name), 0)
    return LOCAL.pack(*fields) + name


def central_header(name: bytes, method: int, crc: int, packed_size: int, size: int, offset: int) -> bytes:
    sizes = (crc, packed_size, size, len(name), 0, 0, 0, 0, 0, offset)
    return CENTRAL.pack(0x02014B50, 20, 20, UTF8_NAME, method, 0, DATE_1980, *sizes) + name


class PackageTemplate:
    """The parts of an Office file, and the means to write files like it.

    Args:
        path: the template.
        kind: what it must be; anything else is refused.
    Raises:
        InputError: F-FILE-001 missing, F-FILE-002 unreadable, F-FILE-003 encrypted, F-FILE-004 damaged or truncated,
            F-FILE-005 of another type.
    """

    def __init__(self, path: Path, kind: OfficeKind) -> None:
        self.path = path
        self.kind = kind
        self._parts = read_parts(path, kind)
        self._packed = {name: pack_static(name, content) for name, content in self._parts.items()}
        self._frames: dict[tuple[str, ...], _Frame] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the parts, in the archive's order."""
        return tuple(self._parts)

    def part(self, name: str) -> bytes:
        """Content of a part. Raises: InputError (F-FILE-004) where there is none."""
        try:
            return self._parts[name]
        except KeyError:
            raise InputError(Problem("F-FILE-004", Place(str(self.path), name), params={"reason": "-"})) from None

    def revised(self, changed: Mapping[str, bytes], removed: Iterable[str] = ()) -> PackageTemplate:
        """This template with parts replaced, added or left out for good."""
        revised = copy.copy(self)
        left_out = {*changed, *removed}
        revised._parts = {name: content for name, content in self._parts.items() if name not in removed} | dict(changed)
        kept = {name: member for name, member in self._packed.items() if name not in left_out}
        packed = {name: kept.get(name) or pack_static(name, content) for name, content in revised._parts.items()}
        revised._packed = packed
        revised._frames = {}
        return revised

    def assemble(self, changed: Mapping[str, bytes]) -> bytes:
        """A file of all parts, those of `changed` replaced or added. Added parts need their content type and
        relationship: the caller changes those parts too."""
        frame = self._frame(tuple(changed))
        body, directory = [frame.body], [frame.directory]
        offset = len(frame.body)
        for name, content in changed.items():
            packed = isal_zlib.compress(content, DEFLATE_LEVEL, -15)
            raw, crc = name.encode(), isal_zlib.crc32(content)
            head = local_header(raw, DEFLATED, crc, len(packed), len(content))
            directory.append(central_header(raw, DEFLATED, crc, len(packed), len(content), offset))
            body += (head, packed)
            offset += len(head) + len(packed)
        return b"".join((*body, *directory, end_record(frame.count + len(changed), directory, offset)))

    def write_streamed(
        self, stream: IO[bytes], changed: Mapping[str, bytes], name: str, chunks: Iterable[bytes]
    ) -> None:
        """Like `assemble`, to a seekable file, where one part is so big that it only ever exists in pieces.

        Raises:
            OutputError (F-RENDER-002): the part or the file is larger than a zip without zip64 can hold.
        """
        frame = self._frame((*changed, name))
        members = [_pack(member, content) for member, content in changed.items()]
        directory = [frame.directory]
        offset = stream.tell()
        start = offset
        stream.write(frame.body)
        offset += len(frame.body)
        for member in members:
            directory.append(member.central(offset - start))
            offset += stream.write(member.local())
        raw = name.encode()
        stream.write(local_header(raw, DEFLATED, 0, 0, 0))
        crc, packed_size, size = self._deflate_to(stream, chunks)
        end = stream.tell()
        stream.seek(offset)
        stream.write(local_header(raw, DEFLATED, crc, packed_size, size))
        stream.seek(end)
        directory.append(central_header(raw, DEFLATED, crc, packed_size, size, offset - start))
        tail = end_record(frame.count + len(members) + 1, directory, end - start)
        stream.write(b"".join((*directory, tail)))

    def _deflate_to(self, stream: IO[bytes], chunks: Iterable[bytes]) -> tuple[int, int, int]:
        packer = isal_zlib.compressobj(DEFLATE_LEVEL, isal_zlib.DEFLATED, -15)
        crc = packed_size = size = 0
        for chunk in chunks:
            crc = isal_zlib.crc32(chunk, crc)
            size += len(chunk)
            packed_size += stream.write(packer.compress(chunk))
            if size > MAX_BYTES or packed_size > MAX_BYTES:
                raise OutputError(Problem("F-RENDER-002", Place(str(self.path))))
        packed_size += stream.write(packer.flush())
        return crc, packed_size, size

    def _frame(self, changed: tuple[str, ...]) -> _Frame:
        frame = self._frames.get(changed)
        if frame is None:
            if len(self._frames) >= 64:  # merged files each have their own set of headers: keep the common ones
                self._frames.clear()
            frame = self._frames[changed] = self._make_frame(frozenset(changed))
        return frame

    def _make_frame(self, changed: frozenset[str]) -> _Frame:
        body, directory, offset, count = [], [], 0, 0
        for name, member in self._packed.items():
            if name not in changed:
                local = member.local()
                directory.append(member.central(offset))
                body.append(local)
                offset += len(local)
                count += 1
        return _Frame(b"".join(body), b"".join(directory), count)


def end_record(count: int, directory: list[bytes], offset: int) -> bytes:
    size = sum(map(len, directory))
    if offset + size > MAX_BYTES or count > 0xFFFF:
        raise OutputError(Problem("F-RENDER-002"))
    return END.pack(0x06054B50, 0, 0, count, count, size, offset, 0)


def pack_static(name: str, content: bytes) -> _Member:
    """Deflated at the best level, or stored where that gains nothing (pictures)."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(content) + packer.flush()
    if len(packed) < len(content):
        return _Member(name.encode(), DEFLATED, zlib.crc32(content), packed, len(content))
    return _Member(name.encode(), STORED, zlib.crc32(content), content, len(content))


def _pack(name: str, content: bytes) -> _Member:
    return _Member(name.encode(), DEFLATED, isal_zlib.crc32(content), deflate(content), len(content))


def read_parts(path: Path, kind: OfficeKind) -> dict[str, bytes]:
    """Every part of the file, [Content_Types].xml first as Office writes it.

    Raises: InputError, as `PackageTemplate`.
    """
    raw = _read(path)
    place = Place(str(path))
    if raw.startswith(CFB_MAGIC) and CFB_ENCRYPTED in raw:
        raise InputError(Problem("F-FILE-003", place))
    if not raw.startswith(b"PK\x03\x04"):
        raise _of_wrong_type(place, kind)
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            parts = dict(_unpack(archive, place))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError) as exc:
        reason = str(exc).replace("\n", " ") or type(exc).__name__
        raise InputError(Problem("F-FILE-004", place, params={"reason": reason})) from exc
    if MAIN_TYPES[kind] not in parts.get(CONTENT_TYPES, b""):
        raise _of_wrong_type(place, kind)
    return {CONTENT_TYPES: parts.pop(CONTENT_TYPES), **parts}


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as exc:
        raise InputError(Problem("F-FILE-001", Place(str(path)))) from exc
    except OSError as exc:
        reason = exc.strerror or type(exc).__name__
        raise InputError(Problem("F-FILE-002", Place(str(path)), params={"reason": reason})) from exc


def _unpack(archive: zipfile.ZipFile, place: Place) -> Iterator[tuple[str, bytes]]:
    seen: set[str] = set()
    unpacked = 0
    for info in archive.infolist():
        if info.is_dir():
            continue
        if info.flag_bits & 0x1:
            raise InputError(Problem("F-FILE-003", place))
        unpacked += info.file_size
        if unpacked > MAX_UNPACKED:
            raise zipfile.BadZipFile(f"unpacks to more than {MAX_UNPACKED >> 20} MiB")
        if info.filename in seen:
            raise zipfile.BadZipFile(f"two members named {info.filename}")
        seen.add(info.filename)
        yield info.filename, archive.read(info)


def _of_wrong_type(place: Place, kind: OfficeKind) -> InputError:
    return InputError(Problem("F-FILE-005", place, params={"wanted": WANTED[kind]}))
