"""The list of parts at the end of an Office package: names, and where which bytes lie.

In: a file. Out: its parts as columns, a figure each. zipfile reads the list and is the judge of what may stand in it.
Files of one form have the same list but for figures: one that has, to the byte, what another list had beside its
checksums, sizes, offsets and times is read as that one was, all figures at once. What was found out about names,
flags and ways of packing holds for it, too; what depends on figures is for the caller to judge.
Source: PKWARE APPNOTE.TXT 4.3.12 (central directory), 4.3.16 (its end), 4.3.15 (the locator of Zip64's).
"""

from __future__ import annotations

import re
import struct
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Final, NamedTuple

__all__ = ["Part", "PartList", "PartNames", "known_list", "listed", "name_bytes", "remember"]

MOST_KNOWN: Final = 64
"""Lists whose build is remembered."""
LONGEST: Final = 1 << 16
"""Bytes of a list that is remembered."""
LOCAL_HEADER_SIZE: Final = 30
_END: Final = struct.Struct("<4s4H2IH")
_END_MAGIC: Final = b"PK\x05\x06"
_LOCATOR_MAGIC: Final = b"PK\x06\x07"
_LOCATOR_SIZE: Final = 20
_ENTRY: Final = struct.Struct("<28x3H12x")
_ZIP64: Final = 0xFFFFFFFF
_IS_UTF8: Final = 0x800
_PICTURES: Final = re.compile(r"(^|/)(media|pictures|thumbnails)/", re.IGNORECASE)
"""Parts that nobody inflates: a white picture deflates to next to nothing and harms no one."""
_EMBEDDED: Final = re.compile(r"(^|/)(embeddings|activex)/|(^|/)oleobject\d*\.bin$|^object \d+/", re.IGNORECASE)
_MACROS: Final = re.compile(r"(^|/)(vbaproject[^/]*\.bin|macrosheets/[^/]*\.xml)$|^basic/|^scripts/", re.IGNORECASE)


class PartNames:
    """The parts of a package by name, and what names tell."""

    def __init__(self, infos: Sequence[zipfile.ZipInfo]) -> None:
        self.all = tuple(info.filename for info in infos)
        self.raw = tuple(map(name_bytes, infos))
        """As they stand in the file."""
        self.heads = tuple(LOCAL_HEADER_SIZE + len(name) for name in self.raw)
        """Bytes before each part's own, at least."""
        self.are_deflated = tuple(info.compress_type == zipfile.ZIP_DEFLATED for info in infos)
        self.index: Mapping[str, int] = {name: number for number, name in enumerate(self.all)}
        """Of parts of one name the last."""
        self.read = tuple(name for name in self.all if not _PICTURES.search(name))
        """Of all but pictures."""
        self.macros = tuple(filter(_MACROS.search, self.all))
        self.embedded = tuple(filter(_EMBEDDED.search, self.all))
        self.relations = tuple(name for name in self.all if name.endswith(".rels"))


class Part(NamedTuple):
    """One part, as the list tells it."""

    name: bytes
    is_deflated: bool
    crc: int
    packed: int
    size: int
    offset: int


@dataclass(slots=True)
class PartList:
    """The parts in the list's order, a column for each figure."""

    names: PartNames
    crcs: Sequence[int]
    packed: Sequence[int]
    """Bytes in the file."""
    sizes: Sequence[int]
    """Bytes when inflated."""
    offsets: Sequence[int]
    start: int
    """Where the list begins."""

    def part(self, name: str) -> Part:
        """Raises: KeyError."""
        names, number = self.names, self.names.index[name]
        return Part(
            names.raw[number],
            names.are_deflated[number],
            self.crcs[number],
            self.packed[number],
            self.sizes[number],
            self.offsets[number],
        )


class _Build(NamedTuple):
    """What a list has beside its figures."""

    unpack: Callable[[bytes], tuple[int | bytes, ...]]
    fixed: tuple[tuple[int | bytes, ...], ...]
    names: PartNames


_KNOWN: dict[int, _Build] = {}
"""By the length of the list; the last one of that length."""


def listed(package: zipfile.ZipFile) -> PartList:
    """What zipfile found."""
    infos = package.infolist()
    crcs, packed, sizes, offsets = (
        [getattr(info, name) for info in infos] for name in ("CRC", "compress_size", "file_size", "header_offset")
    )
    return PartList(PartNames(infos), crcs, packed, sizes, offsets, package.start_dir)


def known_list(file: BinaryIO, size: int) -> PartList | None:
    """The list of a file of that size, if one of that build is remembered; zipfile would find the same in it."""
    file.seek(max(0, size - _END.size - _LOCATOR_SIZE))
    end = file.read()
    if len(end) != _END.size + _LOCATOR_SIZE or end.startswith(_LOCATOR_MAGIC):
        return None
    magic, disk, first, _, _, length, start, comment = _END.unpack_from(end, _LOCATOR_SIZE)
    build = _KNOWN.get(length)
    if build is None or magic != _END_MAGIC or disk or first or comment or start + length != size - _END.size:
        return None
    file.seek(start)
    fields = build.unpack(file.read(length))
    if (fields[0::7], fields[4::7], fields[6::7]) != build.fixed:
        return None
    crcs, packed, sizes, offsets = fields[1::7], fields[2::7], fields[3::7], fields[5::7]
    if _ZIP64 in packed or _ZIP64 in sizes or _ZIP64 in offsets:
        return None
    return PartList(build.names, crcs, packed, sizes, offsets, start)  # type: ignore[arg-type]  # by the format


def remember(parts: PartList, file: BinaryIO, size: int) -> None:
    """Remember the build of a list that was judged and found sound."""
    length = size - _END.size - parts.start
    if not 0 < length <= LONGEST:
        return
    file.seek(parts.start)
    content = file.read(length)
    formats = ["<"]
    at = 0
    for _ in parts.names.all:
        rest = sum(_ENTRY.unpack_from(content, at))
        formats.append(f"12s4x3I14sI{rest}s")
        at += _ENTRY.size + rest
    made = struct.Struct("".join(formats))
    if at != length or made.size != length:
        return  # a comment follows, or Zip64's own end
    if len(_KNOWN) >= MOST_KNOWN:
        _KNOWN.clear()
    fields = made.unpack(content)
    _KNOWN[length] = _Build(made.unpack, (fields[0::7], fields[4::7], fields[6::7]), parts.names)


def name_bytes(info: zipfile.ZipInfo) -> bytes:
    """A part's name as it stands in the file."""
    return info.orig_filename.encode("utf-8" if info.flag_bits & _IS_UTF8 else "cp437")
