"""Office packages (zip) from outside, opened with limits.

In: a file. Out: its parts by name, inflated one by one, and what the package holds that nobody should trust. A package
that inflates without measure is refused before it is inflated: what it says of its sizes is judged when it is opened,
and a part that says less than is in it is cut off at what it said.
Nothing of a package is ever run, opened or fetched: macros, embedded files and external references are named.
Source: ECMA-376 Part 2 (packages), PKWARE APPNOTE.TXT 4.3, 4.4; the limits are Apache POI's (ZipSecureFile: 100 : 1
once a part is larger than 100 KiB, 1,000 entries, texts of 10 million characters) and libxml2's (256 elements within
one another).
"""

from __future__ import annotations

import functools
import io
import os
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO, Final

from isal import isal_zlib

from formgen.errors import InputError
from formgen.problems import Place, Problem
from formgen.reading.package_stream import BROKEN, PartStream, WrongSize, bytes_at
from formgen.reading.package_xml import PROLOG, REMEMBERED, SMALL, USUAL, check_prolog, root_of
from formgen.reading.part_list import Part, PartList, known_list, listed, remember

__all__ = ["SMALL", "OfficePackage"]

LARGEST_PART: Final = 512 << 20
LARGEST_PACKAGE: Final = 1 << 30
"""All parts inflated."""
MOST_PARTS: Final = 1_000
RATIO: Final = 100
FREE: Final = 100 << 10
"""A part of at most this size may inflate from as little as it likes."""
IN_MEMORY: Final = 16 << 20
"""A file of at most this size is read at once, and of its inflated parts so much is kept while it is open."""
SHOWN: Final = 5
"""Of parts of one kind that nobody should trust, so many are named; the others are counted."""
SHOWN_TEXT: Final = 80

_LOCAL_HEADER: Final = struct.Struct("<4s5H3I2H")
_LOCAL_MAGIC: Final = b"PK\x03\x04"
_ENCRYPTED: Final = 0x1 | 0x40 | 0x2000
_DRIVE: Final = re.compile(r"[A-Za-z]:")
_XML: Final = (".xml", ".rels", ".vml")


class OfficePackage:
    """The parts of one file. A context manager."""

    def __init__(self, path: Path) -> None:
        """Raises: InputError: F-FILE-001 … 004; F-SAFE-001, F-SAFE-002: inflating without measure, of unsound build."""
        self.path = path
        self._kept: dict[str, bytes] = {}
        self._room = IN_MEMORY
        self._checked: set[str] = set()
        """Parts that were inflated whole and are as the package says."""
        try:
            self._file, size = _opened(path)
            known = known_list(self._file, size)
            package = known or zipfile.ZipFile(self._file)
        except FileNotFoundError as exc:
            raise InputError(Problem("F-FILE-001", Place(str(path)))) from exc
        except OSError as exc:
            reason = exc.strerror or type(exc).__name__
            raise InputError(Problem("F-FILE-002", Place(str(path)), params={"reason": reason})) from exc
        except BROKEN as exc:
            self._file.close()
            raise self._broken("", str(exc)) from exc
        try:
            self._parts = package if isinstance(package, PartList) else self._listed(package)
            self._check_figures()
            if package is not known:
                remember(self._parts, self._file, size)
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> OfficePackage:
        return self

    def __exit__(self, *_: object) -> None:
        self._kept.clear()
        self._file.close()

    @property
    def names(self) -> Sequence[str]:
        return self._parts.names.all

    def namelist(self) -> Sequence[str]:
        return self.names

    def read(self, name: str) -> bytes:
        """One part, inflated.

        Raises: InputError: F-FILE-004: broken or missing; F-SAFE-001: without measure; F-SAFE-019: of another size.
        """
        if (kept := self._kept.get(name)) is not None:
            return kept
        try:
            part = self._parts.part(name)
            self._check_ratio(name, part.packed, part.size)
            raw = bytes_at(self._file, self._start(part), part.packed)
            inflate = _inflated if max(part.packed, part.size) <= SMALL else _inflated.__wrapped__
            content = inflate(raw, part.is_deflated, part.size, part.crc)
        except BROKEN as exc:
            raise self._said(name, exc) from exc
        if len(content) <= self._room:
            self._room -= len(content)
            self._kept[name] = content
        return content

    def open(self, name: str) -> PartStream | io.BytesIO:
        """One part as a stream, which raises as `read` does. What stands before its root element is looked at here.

        Raises: as `read`; InputError (F-SAFE-003): a document type.
        """
        if (kept := self._kept.get(name)) is not None:
            return io.BytesIO(kept)
        try:
            part = self._parts.part(name)
            self._check_ratio(name, part.packed, part.size)
            said, when_whole = functools.partial(self._said, name), functools.partial(self._checked.add, name)
            stream = PartStream(self._file, part, self._start(part), said, when_whole)
        except BROKEN as exc:
            raise self._said(name, exc) from exc
        self._check_prolog(name, stream.peek(PROLOG + 1))
        return stream

    def _start(self, part: Part) -> int:
        """Where the bytes of a part lie in the file. Raises: BadZipFile, OSError."""
        stream = self._file
        stream.seek(part.offset)
        header = stream.read(_LOCAL_HEADER.size)
        *_, name, extra = _LOCAL_HEADER.unpack(header)
        if not header.startswith(_LOCAL_MAGIC) or stream.read(name) != part.name:
            raise zipfile.BadZipFile("the part is not where the list of parts says")
        return part.offset + len(header) + int(name) + int(extra)

    def xml(self, name: str) -> Any:
        """The root of one part. Raises: as `read` and `parsed`."""
        return self.parsed(self.read(name), name)

    def parsed(self, content: bytes, name: str) -> Any:
        """The root element of a part, or of what a reader made of it. Raises: as `root_of`."""
        return root_of(content, Place(str(self.path), name))

    def check_parts(self, longest: int | None = None) -> None:
        """Inflate every part but pictures once and look how it begins: some readers believe what a file says of itself.

        `longest`: longer parts are left to whoever reads them as streams; a second call then looks at those that nobody
        has read to their end.
        Raises: as `read`; InputError (F-SAFE-003): a document type.
        """
        for name in self._parts.names.read:
            if name not in self._checked and (longest is None or self._parts.part(name).size <= longest):
                self._check_prolog(name, self.read(name))
                self._checked.add(name)

    def _check_prolog(self, name: str, content: bytes) -> None:
        if USUAL.match(content) is None and name.endswith(_XML):
            check_prolog(content, Place(str(self.path), name))

    def warnings(self) -> list[Problem]:
        """What is in the package and was left alone: macros, embedded files, references to the outside.

        Raises: as `read` and `parsed`, for a part that says what belongs to what.
        """
        names = self._parts.names
        found = [*self._named("F-SAFE-005", names.macros), *self._named("F-SAFE-006", names.embedded)]
        for name in names.relations:
            content = self.read(name)
            if b"External" not in content and b"\0" not in content:
                continue
            if targets := list(dict.fromkeys(_external_targets(self.parsed(content, name)))):
                found.append(Problem("F-SAFE-007", Place(str(self.path), name), _some(targets)))
        return found

    def _named(self, code: str, names: Sequence[str]) -> Iterator[Problem]:
        if names:
            yield Problem(code, Place(str(self.path)), _some(names))

    def _listed(self, package: zipfile.ZipFile) -> PartList:
        """Raises: InputError: F-FILE-003, F-FILE-004, F-SAFE-002, F-SAFE-017, F-SAFE-020."""
        infos = package.infolist()
        if len(infos) > MOST_PARTS:
            raise self._refused("F-SAFE-020", "", f"{len(infos):,}", f"≤ {MOST_PARTS:,}")
        seen: set[str] = set()
        for info in infos:
            self._check_entry(info)
            folded = info.filename.casefold()
            if folded in seen:
                raise self._refused("F-SAFE-002", info.filename)
            seen.add(folded)
        return listed(package)

    def _check_entry(self, info: zipfile.ZipInfo) -> None:
        name = info.orig_filename
        if info.flag_bits & _ENCRYPTED:
            raise InputError(Problem("F-FILE-003", Place(str(self.path), name)))
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise self._broken(name, f"compression {info.compress_type}")
        if name.startswith("/") or "\\" in name or "\0" in name or _DRIVE.match(name) or ".." in name.split("/"):
            raise self._refused("F-SAFE-017", name.replace("\0", "␀"))

    def _check_figures(self) -> None:
        """Raises: InputError: F-SAFE-001, F-SAFE-018."""
        parts = self._parts
        size = sum(parts.sizes)
        if size > LARGEST_PACKAGE:
            raise self._refused("F-SAFE-001", "", _mib(size), f"≤ {_mib(LARGEST_PACKAGE)}")
        if max(parts.sizes, default=0) > FREE:
            for name in parts.names.read:
                number = parts.names.index[name]
                self._check_ratio(name, parts.packed[number], parts.sizes[number])
        self._check_places()

    def _check_ratio(self, name: str, packed: int, size: int) -> None:
        if size > LARGEST_PART:
            raise self._refused("F-SAFE-001", name, _mib(size), f"≤ {_mib(LARGEST_PART)}")
        if size > FREE and size > RATIO * packed:
            raise self._refused("F-SAFE-001", name, f"{size // max(1, packed):,} : 1", f"≤ {RATIO} : 1")

    def _check_places(self) -> None:
        """No byte of the file belongs to two parts: so all parts together inflate to no more than RATIO × the file."""
        parts = self._parts
        end, last = 0, ""
        names = parts.names
        places = zip(parts.offsets, names.heads, parts.packed, names.all, strict=True)
        for offset, head, packed, name in sorted(places):
            if offset < end:
                raise self._refused("F-SAFE-018", name)
            end = offset + head + packed
            last = name
        if end > parts.start:
            raise self._refused("F-SAFE-018", last)

    def _refused(self, code: str, name: str, found: str = "", wanted: str = "") -> InputError:
        return InputError(Problem(code, Place(str(self.path), name), found, {"wanted": wanted}))

    def _said(self, name: str, exc: Exception) -> InputError:
        """What is wrong with a part."""
        if not isinstance(exc, WrongSize):
            return self._broken(name, str(exc))
        wanted = self._parts.part(name).size
        found = f"> {wanted:,}" if exc.found > wanted else f"{exc.found:,}"
        return self._refused("F-SAFE-019", name, found, f"{wanted:,}")

    def _broken(self, name: str, reason: str) -> InputError:
        reason = " ".join(reason.split()) or "zip"
        return InputError(Problem("F-FILE-004", Place(str(self.path), name), params={"reason": reason}))


def _opened(path: Path) -> tuple[BinaryIO, int]:
    """A file, most often in memory, and its size. Raises: OSError, ValueError."""
    file = open(path, "rb", buffering=0)  # noqa: SIM115 - the package closes it
    try:
        size = os.fstat(file.fileno()).st_size
        content = file.read(size + 1) if size <= IN_MEMORY else b""
    except BaseException:
        file.close()
        raise
    if len(content) != size:  # it is large, or it changed meanwhile
        return io.BufferedReader(file), size
    file.close()
    return io.BytesIO(content), size


@functools.lru_cache(maxsize=REMEMBERED)
def _inflated(raw: bytes, is_deflated: bool, size: int, crc: int) -> bytes:
    """A part's content. Raises: BadZipFile, WrongSize, isal_zlib.error."""
    content = isal_zlib.decompressobj(-zlib.MAX_WBITS).decompress(raw, size + 1) if is_deflated else raw
    if len(content) != size:
        raise WrongSize(len(content))
    if isal_zlib.crc32(content) != crc:
        raise zipfile.BadZipFile("CRC-32")
    return content


def _external_targets(root: Any) -> Iterator[str]:
    """What the relationships of a part refer to outside of the package, links that a reader may click left out."""
    for relation in root.iter("{*}Relationship"):
        is_link = relation.get("Type", "").endswith("/hyperlink")
        if relation.get("TargetMode") == "External" and not is_link:
            yield relation.get("Target", "")[:SHOWN_TEXT]


def _some(names: Sequence[str]) -> str:
    rest = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" … (+{rest})" if rest > 0 else "")


def _mib(size: int) -> str:
    return f"{size / (1 << 20):,.0f} MiB"
