"""What is fuzzed: the package reader, and each carrier's reader with all that comes before and after it.

A target takes bytes and either returns or raises; whatever it raises is a fault, and so is a crash, a minute without an
end, or memory without measure. The bytes of an Office target are one part of a valid form (the first byte says
which), so that what is changed is content, not the zip around it: that is what the target `package` is for.
Limits: one form of each carrier is the seed.
"""

from __future__ import annotations

import functools
import io
import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from lxml import etree

from formgen.errors import FormgenError
from formgen.forms.catalogue import Catalogue
from formgen.reading.files import read_file
from formgen.reading.identify import FormBook
from formgen.reading.package import OfficePackage
from tests.faults.hostile_packages import blank, members, repacked

__all__ = ["TARGETS", "Target"]

PARTS: Mapping[str, Sequence[str]] = {
    "docx": (
        "word/document.xml",
        "docProps/custom.xml",
        "word/_rels/document.xml.rels",
        "word/styles.xml",
        "[Content_Types].xml",
    ),
    "xlsx": (
        "xl/worksheets/sheet1.xml",
        "xl/workbook.xml",
        "xl/sharedStrings.xml",
        "docProps/custom.xml",
        "xl/styles.xml",
        "xl/_rels/workbook.xml.rels",
    ),
}


MENDED = 0x80
"""Bit of the first byte: the part is made well-formed before it is read."""


class Target:
    """One reader: `seeds` are valid inputs, `try_(data)` reads one."""

    def __init__(self, seeds: Callable[[], Sequence[bytes]], make: Callable[[bytes], bytes], ending: str) -> None:
        self._seeds = seeds
        self._make = make
        self._ending = ending

    @functools.cached_property
    def seeds(self) -> Sequence[bytes]:
        return self._seeds()

    def try_(self, data: bytes) -> None:
        path = _folder() / f"form{self._ending}"
        path.write_bytes(self._make(data))
        if self._ending:
            read_file(path, _book())
        else:
            _open_package(path)


@functools.cache
def _folder() -> Path:
    return Path(tempfile.mkdtemp(dir=os.environ.get("FORMGEN_FUZZ_FOLDER")))


@functools.cache
def _book() -> FormBook:
    return FormBook(Catalogue().forms())


def _open_package(path: Path) -> None:
    try:
        with OfficePackage(path) as package:
            package.warnings()
            for name in package.names:
                try:
                    if name.endswith((".xml", ".rels")):
                        package.xml(name)
                    else:
                        package.read(name)
                except FormgenError:
                    continue
    except FormgenError:
        return


def _office(carrier: str) -> Target:
    def seeds() -> list[bytes]:
        parts, names = members(blank(carrier)), PARTS[carrier]
        marks = [number | mend for number in range(len(names)) for mend in (0, MENDED)]
        return [bytes([mark]) + parts.get(names[mark % MENDED], b"<a/>") for mark in marks]

    def make(data: bytes) -> bytes:
        mark, content = (data[0], data[1:]) if data else (0, data)
        name = PARTS[carrier][mark % MENDED % len(PARTS[carrier])]
        return repacked(carrier, {name: _mended(content) if mark & MENDED else content}, is_stored=True)

    return Target(seeds, make, f".{carrier}")


def _mended(content: bytes) -> bytes:
    """Well-formed XML as near to it as libxml2 can make: what is not ends at the parser."""
    try:
        root = etree.fromstring(content, etree.XMLParser(recover=True, resolve_entities=False))
    except etree.XMLSyntaxError:  # nothing in it is XML
        return content
    return etree.tostring(root) if root is not None else content


def _plain_pdf() -> list[bytes]:
    """The form as PDF with nothing compressed, so that what is changed is what it says."""
    import pikepdf

    found = []
    for mode in (pikepdf.ObjectStreamMode.disable, pikepdf.ObjectStreamMode.generate):
        stream = io.BytesIO()
        with pikepdf.open(io.BytesIO(blank("pdf"))) as pdf:
            decode = pikepdf.StreamDecodeLevel.generalized
            pdf.save(stream, compress_streams=False, stream_decode_level=decode, object_stream_mode=mode)
        found.append(stream.getvalue())
    return found


def _as_is(data: bytes) -> bytes:
    return data


TARGETS: Mapping[str, Target] = {
    "package": Target(lambda: [blank("docx"), blank("xlsx"), repacked("docx", {}, is_stored=True)], _as_is, ""),
    "docx": _office("docx"),
    "xlsx": _office("xlsx"),
    "pdf": Target(_plain_pdf, _as_is, ".pdf"),
}
