"""What a file is, by its content; its ending is only compared with that.

In: a file. Out: one of the kinds below, and an Office package as it was opened to see that. Only the beginning is read,
of zip files the list of parts, and of the old Office format its directory.
Source: MS-CFB 2.2, 2.6.1 (directory entries of 128 bytes, on 128-byte boundaries); ECMA-376 Part 2; ODF 1.3 Part 2,
3.3; ISO 32000-1 Annex H.3, note 13 (a PDF's header may come within the first 1,024 bytes).
"""

from __future__ import annotations

import mmap
import os
import stat
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Final, Literal

from formgen.errors import InputError
from formgen.problems import Place, Problem
from formgen.reading.package import OfficePackage
from formgen.reading.results import begins_as_result

__all__ = ["ENDINGS", "WANTED", "FileKind", "kind_of"]

FileKind = Literal["docx", "xlsx", "xls", "ods", "pdf"]
ENDINGS: Final[Mapping[FileKind, tuple[str, ...]]] = {
    "docx": (".docx", ".docm", ".dotx", ".dotm"),
    "xlsx": (".xlsx", ".xlsm", ".xltx", ".xltm"),
    "xls": (".xls", ".xlt", ".et", ".ett"),
    "ods": (".ods", ".ots"),
    "pdf": (".pdf",),
}
"""Endings that a file of the kind may have; the first is the one to rename to."""
WANTED: Final = ".docx、.xlsx、.xls、.ods、.pdf"
HEAD: Final = 1 << 10

_CFB_MAGIC: Final = bytes.fromhex("d0cf11e0a1b11ae1")
_CFB_ENTRY: Final = 128
_ZIP_MAGIC: Final = b"PK\x03\x04"
_PICTURES: Final[Mapping[bytes, str]] = {
    b"\x89PNG\r\n\x1a\n": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"II*\0": "TIFF",
    b"MM\0*": "TIFF",
    b"GIF8": "GIF",
    b"BM": "BMP",
}
_OTHERS: Final[Mapping[bytes, tuple[str, str]]] = {
    b"{\\rtf": ("RTF", ".docx"),
    b"\xdbe-": ("Word 2.0", ".docx"),
    b"%!PS": ("PostScript", ".pdf"),
}
_STREAMS: Final[Mapping[str, tuple[str, str]]] = {
    "WordDocument": (".doc / .wps", ".docx"),
    "PowerPoint Document": (".ppt / .dps", ".docx"),
    "WpsCustomData": (".wps", ".docx"),
}
_MIMES: Final[Mapping[str, tuple[str, str]]] = {
    "opendocument.text": (".odt", ".docx"),
    "opendocument.presentation": (".odp", ".docx"),
    "opendocument.graphics": (".odg", ".pdf"),
    "epub": (".epub", ".docx"),
}


def kind_of(path: Path, open_files: ExitStack) -> tuple[FileKind, OfficePackage | None]:
    """The kind of a file that can be read; of a package also the package, which `open_files` closes.

    Raises:
        InputError: F-FILE-001 missing, F-FILE-002 unreadable, F-FILE-003 encrypted, F-FILE-004 damaged, F-FILE-005
            nothing we know; F-SAFE-013 a picture, F-SAFE-014 to be saved in another format, F-SAFE-015 empty,
            F-SAFE-027 a result of formgen's own; what `OfficePackage` refuses.
    """
    place = Place(str(path))
    head = _head(path)
    if head.startswith(_ZIP_MAGIC):
        package = open_files.enter_context(OfficePackage(path))
        return _kind_of_package(package), package
    if head.startswith(_CFB_MAGIC):
        return _kind_of_compound(path), None
    if b"%PDF-" in head:
        return "pdf", None
    if (picture := _picture(head)) is not None:
        raise InputError(Problem("F-SAFE-013", place, params={"kind": picture, "wanted": WANTED}))
    kind, wanted = next((other for mark, other in _OTHERS.items() if head.startswith(mark)), _kind_of_text(head))
    if kind:
        raise _to_save(place, kind, wanted)
    if begins_as_result(head):
        raise InputError(Problem("F-SAFE-027", place))
    raise InputError(Problem("F-FILE-005", place, path.suffix.lower(), {"wanted": WANTED}))


def _head(path: Path) -> bytes:
    """The first bytes of a file that has some. Raises: InputError: F-FILE-001, F-FILE-002, F-FILE-005, F-SAFE-015."""
    place = Place(str(path))
    try:
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode):  # a pipe or a device would be waited for
            found = "folder" if stat.S_ISDIR(status.st_mode) else "device"
            raise InputError(Problem("F-FILE-005", place, found, {"wanted": WANTED}))
        if status.st_size == 0:
            raise InputError(Problem("F-SAFE-015", place))
        with open(path, "rb", buffering=0) as stream:
            return stream.read(HEAD)
    except (FileNotFoundError, NotADirectoryError) as exc:
        raise InputError(Problem("F-FILE-001", place)) from exc
    except (OSError, ValueError) as exc:  # the second: a NUL in the name
        reason = getattr(exc, "strerror", None) or type(exc).__name__
        raise InputError(Problem("F-FILE-002", place, params={"reason": reason})) from exc


def _picture(head: bytes) -> str | None:
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WebP"
    if head[4:8] == b"ftyp" and head[8:12] in (b"heic", b"heix", b"mif1", b"avif", b"hevc"):
        return "HEIC"
    return next((name for magic, name in _PICTURES.items() if head.startswith(magic)), None)


def _kind_of_text(head: bytes) -> tuple[str, str]:
    """Text that programs save under the endings of Office; ("", "") where it is none."""
    lower = head.lower()
    if b"urn:schemas-microsoft-com:office:spreadsheet" in lower:
        return "XML 2003", ".xlsx"
    if b"schemas.microsoft.com/office/word/2003" in lower or b'mso-application progid="word' in lower:
        return "XML 2003", ".docx"
    if lower.startswith(b"mime-version:"):
        return "MHTML", ".docx / .xlsx"
    if b"<html" in lower or b"<table" in lower or lower.startswith(b"<!doctype html"):
        return "HTML", ".docx / .xlsx"
    return "", ""


def _kind_of_package(package: OfficePackage) -> FileKind:
    place = Place(str(package.path))
    names = set(package.names)
    if "mimetype" in names:
        return _kind_of_open_document(package, place)
    types = package.read("[Content_Types].xml") if "[Content_Types].xml" in names else b""
    if b"wordprocessingml" in types or "word/document.xml" in names:
        return "docx"
    if b"ms-excel.sheet.binary" in types:
        raise _to_save(place, ".xlsb", ".xlsx")
    if b"spreadsheetml" in types or "xl/workbook.xml" in names:
        return "xlsx"
    if b"presentationml" in types:
        raise _to_save(place, ".pptx", ".docx")
    if "OFD.xml" in names:
        raise _to_save(place, "OFD", ".pdf")
    raise InputError(Problem("F-FILE-005", place, "zip", {"wanted": WANTED}))


def _kind_of_open_document(package: OfficePackage, place: Place) -> FileKind:
    mime = package.read("mimetype").decode("ascii", "replace")
    if "META-INF/manifest.xml" in package.names and b"encryption-data" in package.read("META-INF/manifest.xml"):
        raise InputError(Problem("F-FILE-003", place))
    if "opendocument.spreadsheet" in mime:
        return "ods"
    for mark, (kind, wanted) in _MIMES.items():
        if mark in mime:
            raise _to_save(place, kind, wanted)
    raise InputError(Problem("F-FILE-005", place, mime[:80].strip(), {"wanted": WANTED}))


def _kind_of_compound(path: Path) -> FileKind:
    """An old Office file, or an encrypted new one."""
    place = Place(str(path))
    if _has_stream(path, "EncryptedPackage") or _has_stream(path, "EncryptionInfo"):
        raise InputError(Problem("F-FILE-003", place))
    if _has_stream(path, "Workbook") or _has_stream(path, "Book"):
        return "xls"
    for stream, (kind, wanted) in _STREAMS.items():
        if _has_stream(path, stream):
            raise _to_save(place, kind, wanted)
    raise InputError(Problem("F-FILE-005", place, "OLE", {"wanted": WANTED}))


def _has_stream(path: Path, name: str) -> bool:
    """Whether a directory entry has this name. Entries are found where they lie: chains of sectors may be circles."""
    wanted = f"{name}\0".encode("utf-16-le")
    try:
        with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content:
            position = content.find(wanted)
            while position >= 0:
                if position % _CFB_ENTRY == 0:
                    return True
                position = content.find(wanted, position + 2)
    except (OSError, ValueError) as exc:
        reason = getattr(exc, "strerror", None) or type(exc).__name__
        raise InputError(Problem("F-FILE-002", Place(str(path)), params={"reason": reason})) from exc
    return False


def _to_save(place: Place, kind: str, wanted: str) -> InputError:
    return InputError(Problem("F-SAFE-014", place, params={"kind": kind, "wanted": wanted}))
