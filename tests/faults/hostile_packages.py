"""Zip and compound files as nobody should send them, made byte by byte where zipfile refuses to.

All content is invented; nothing here is a copy of a file that harmed anybody. The flat bomb and the overlapping one
follow D. Fifield, A better zip bomb (WOOT 2019), on a small scale.
"""

from __future__ import annotations

import contextlib
import functools
import io
import struct
import tempfile
import warnings
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from formgen.cli.main import run
from tests.conftest import ROOT

__all__ = ["blank", "compound", "members", "packed", "patched", "repacked"]

CONTENT_TYPES = "[Content_Types].xml"


@functools.cache
def blank(carrier: str) -> bytes:
    """A blank form of the catalogue as this carrier, as it is sent out."""
    form = "xinmi-2015/survey-sheet" if carrier == "xlsx" else "xinmi-2015/application-form"
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
        path = Path(folder) / f"form.{carrier}"
        assert run(["blank", form, "-f", carrier, "-o", str(path), "--templates", str(ROOT / "templates")]) == 0
        return path.read_bytes()


@functools.lru_cache(maxsize=8)
def members(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return {name: package.read(name) for name in package.namelist()}


def packed(
    parts: Mapping[str, bytes] | Sequence[tuple[str, bytes]], is_zip64: bool = False, is_stored: bool = False
) -> bytes:
    stream = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        warnings.simplefilter("ignore")  # two parts of one name are meant
        for name, content in parts.items() if isinstance(parts, Mapping) else parts:
            with package.open(_plain(name, is_stored), "w", force_zip64=is_zip64) as part:
                part.write(content)
    return stream.getvalue()


def _plain(name: str, is_stored: bool) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.filename = info.orig_filename = name
    info.compress_type = zipfile.ZIP_STORED if is_stored else zipfile.ZIP_DEFLATED
    return info


def repacked(carrier: str, changed: Mapping[str, bytes], is_zip64: bool = False, is_stored: bool = False) -> bytes:
    """A blank form with parts changed or added."""
    return packed({**members(blank(carrier)), **changed}, is_zip64, is_stored)


def patched(content: bytes, name: str, **fields: int) -> bytes:
    """A zip whose list of parts says something else of one part: flags, method, crc, compressed, size or offset."""
    places = {"flags": (8, "<H"), "method": (10, "<H"), "crc": (16, "<I"), "compressed": (20, "<I"), "size": (24, "<I")}
    places["offset"] = (42, "<I")
    raw = name.encode()
    changed = bytearray(content)
    position = content.find(b"PK\x01\x02")
    while position >= 0:
        length = struct.unpack_from("<H", content, position + 28)[0]
        if content[position + 46 : position + 46 + length] == raw:
            for field, value in fields.items():
                start, form = places[field]
                struct.pack_into(form, changed, position + start, value)
            return bytes(changed)
        position = content.find(b"PK\x01\x02", position + 4)
    raise KeyError(name)


def listed(names: Sequence[str], content: bytes) -> bytes:
    """A zip of one part that its list names many times: every one inflates from the same bytes."""
    deflater = zlib.compressobj(9, zlib.DEFLATED, -15)
    raw = deflater.compress(content) + deflater.flush()
    common = (0, 8, 0, 33, zlib.crc32(content), len(raw), len(content))
    first = names[0].encode()
    local = b"PK\x03\x04" + struct.pack("<HHHHHIIIHH", 20, *common, len(first), 0) + first + raw
    entries = b"".join(
        b"PK\x01\x02" + struct.pack("<HHHHHHIIIHHHHHII", 20, 20, *common, len(name), 0, 0, 0, 0, 0, 0) + name
        for name in (name.encode() for name in names)
    )
    end = struct.pack("<HHHHIIH", 0, 0, len(names), len(names), len(entries), len(local), 0)
    return local + entries + b"PK\x05\x06" + end


def compound(names: Sequence[str], is_circle: bool = False) -> bytes:
    """An old Office file (MS-CFB) with empty streams of these names; with `is_circle` its directory has no end."""
    header = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16)
    header += struct.pack("<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    header += struct.pack("<I", 0) + b"\xff\xff\xff\xff" * 108
    table = struct.pack("<II", 0xFFFFFFFD, 1 if is_circle else 0xFFFFFFFE) + b"\xff\xff\xff\xff" * 126
    entries = [_entry("Root Entry", 5, child=1)]
    entries += [_entry(name, 2, right=index + 2 if index + 1 < len(names) else -1) for index, name in enumerate(names)]
    directory = b"".join(entries)
    return header + table + directory + bytes(-len(directory) % 512)


def _entry(name: str, kind: int, right: int = -1, child: int = -1) -> bytes:
    raw = f"{name}\0".encode("utf-16-le")
    content = raw.ljust(64, b"\0") + struct.pack("<HBBiii", len(raw), kind, 1, -1, right, child)
    return content + bytes(36) + struct.pack("<IQ", 0xFFFFFFFE, 0)
