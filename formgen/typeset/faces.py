"""One font face: what its tables say, which glyph a character has and how wide it is.

In: an OpenType or TrueType file or collection (glyf or CFF outlines). Out: faces. Lengths are in 1/1000 em, advances in
em. The file is mapped, not read: opening a face takes well under a millisecond.

Some characters share a glyph with another (a radical and the ideograph, two dashes). A PDF says once a font what a
glyph stands for, so such a face is used as several: `part` gives the one in which no two characters share a glyph.

Limits: a glyph without an outline counts as missing unless its character is a space; bitmap and web fonts are refused.

Source: OpenType 1.9.1 (head, hhea, OS/2, post, name, Font Collections).
"""

from __future__ import annotations

import copy
import functools
import hashlib
import struct
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Final, Literal

import uharfbuzz as hb

__all__ = ["SUFFIXES", "Embedding", "Face", "FontFileError", "open_face", "read_faces"]

SUFFIXES: Final = frozenset({".ttf", ".otf", ".ttc", ".otc"})
Embedding = Literal["allowed", "print-only", "restricted", "no-subset", "bitmap-only"]
"""What OS/2 fsType lets others do with the face; print-only: not in a form that is still to be filled in."""

_NEEDED: Final = ("cmap", "head", "hhea", "hmtx", "maxp")
_OUTLINES: Final = ("glyf", "CFF ", "CFF2")
_SIGNATURES: Final = (b"\0\1\0\0", b"OTTO", b"true")
_HEAD_MAGIC: Final = b"\x5f\x0f\x3c\xf5"
_FAMILY_NAMES: Final = (1, 4, 6, 16)
"""Family, full name, PostScript name, typographic family."""
_MAC_ENCODINGS: Final = {1: "shift_jis", 2: "big5", 3: "euc_kr", 25: "gb18030"}
_WITHOUT_OUTLINE: Final = frozenset({"Zs", "Cf"})


class FontFileError(ValueError):
    """A file that holds no usable face; the message says why."""


class Face:
    """One face of a font file."""

    def __init__(self, path: Path, index: int, blob: hb.Blob) -> None:
        self.path = path
        self.index = index
        """Place in a collection; 0 in a file of one face."""
        self.twin = 0
        """Which of the faces that `part` tells apart."""
        self.has_twins = True
        """False where it is known that no two characters share a glyph; else it is looked up."""
        self.hb_face = hb.Face(blob, index)
        self._font = hb.Font(self.hb_face)
        try:
            self.tables: frozenset[str] = frozenset(self.hb_face.table_tags)
        except UnicodeDecodeError as exc:
            raise FontFileError("its list of tables is damaged") from exc
        if lacking := [tag.strip() for tag in _NEEDED if tag not in self.tables]:
            raise FontFileError(f"no table {lacking[0]}")
        if not self.tables.intersection(_OUTLINES):
            raise FontFileError("no outlines, bitmaps only")
        self.glyph_count: int = self.hb_face.glyph_count
        self.units_per_em: int = self.hb_face.upem
        head = self.table("head")
        if not self.glyph_count or head[12:16] != _HEAD_MAGIC or len(head) < 54 or len(self.table("hhea")) < 36:
            raise FontFileError("its tables are damaged")

    def __repr__(self) -> str:
        return f"Face({self.name}, {self.path.name}#{self.index}{'+' * self.twin})"

    @property
    def is_cff(self) -> bool:
        return "glyf" not in self.tables

    def table(self, tag: str) -> bytes:
        """A table's bytes; none where the face has no such table or it is damaged."""
        return bytes(self.hb_face.reference_table(tag).data) if tag in self.tables else b""

    def glyph(self, char: str) -> int | None:
        """The glyph of a character; None where the face has none, or an empty one for what should be seen."""
        glyph = self.glyph_number(char)
        if not glyph:
            return None
        if unicodedata.category(char) not in _WITHOUT_OUTLINE:
            extents = self._font.get_glyph_extents(glyph)
            if extents is None or not (extents.width and extents.height):
                return None
        return glyph

    def glyph_number(self, char: str) -> int:
        """The glyph of a character, whether anything shows or not; 0 where the face has none (.notdef)."""
        return self._font.get_nominal_glyph(ord(char)) or 0

    def part(self, char: str) -> Face:
        """The face to show a character with: this one, or its twin where another character has the same glyph."""
        number = self._twin_numbers.get(char, 0) if self.has_twins else 0
        return self._parts[number] if number else self

    def advance(self, char: str) -> float:
        """Width of a character that the face covers, in em."""
        return self.glyph_advance(self.glyph_number(char))

    def glyph_advance(self, glyph: int) -> float:
        width: int = self._font.get_glyph_h_advance(glyph)
        return width / self.units_per_em

    def covers(self, text: str) -> bool:
        return all(self.glyph(char) is not None for char in text)

    @cached_property
    def _twin_numbers(self) -> Mapping[str, int]:
        """Of each character that comes after another with the same glyph: after how many."""
        counts: dict[int, int] = {}
        numbers: dict[str, int] = {}
        for code in sorted(self.hb_face.unicodes, key=lambda code: (_is_compatible(code), code)):
            glyph = self.glyph_number(chr(code))
            if glyph in counts:
                numbers[chr(code)] = counts[glyph]
            counts[glyph] = counts.get(glyph, 0) + 1
        return numbers

    @cached_property
    def _parts(self) -> Sequence[Face]:
        parts = [self]
        for number in range(1, max(self._twin_numbers.values()) + 1):
            part = copy.copy(self)
            part.twin = number
            part.postscript_name = f"{self.postscript_name}-{number + 1}"
            parts.append(part)
        return parts

    @cached_property
    def families(self) -> tuple[str, ...]:
        """Family, full and PostScript names in all languages, as the face gives them."""
        return tuple(dict.fromkeys(name for number, name in self._names if number in _FAMILY_NAMES))

    @cached_property
    def name(self) -> str:
        """The family name for messages."""
        return self.families[0] if self.families else self.path.stem

    @cached_property
    def postscript_name(self) -> str:
        """Letters, digits and hyphens only, never empty."""
        given = next((name for number, name in self._names if number == 6), self.path.stem)
        return "".join(char for char in given if char.isascii() and (char.isalnum() or char == "-")) or "Font"

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the file."""
        return hashlib.sha256(self.path.read_bytes()).hexdigest()

    @property
    def weight(self) -> int:
        return self._os2_number("H", 4, 400)

    @property
    def is_italic(self) -> bool:
        return self.italic_angle != 0

    @property
    def embedding(self) -> Embedding:
        kind = self._os2_number("H", 8, 0)
        if kind & 0xF == 2:
            return "restricted"
        if kind & 0x200:
            return "bitmap-only"
        if kind & 0x100:
            return "no-subset"
        return "print-only" if kind & 0xF == 4 else "allowed"

    @property
    def ascent(self) -> int:
        return self._per_mille(*struct.unpack_from(">h", self.table("hhea"), 4))

    @property
    def descent(self) -> int:
        """Below the baseline: negative."""
        return self._per_mille(*struct.unpack_from(">h", self.table("hhea"), 6))

    @property
    def bbox(self) -> tuple[int, int, int, int]:
        left, bottom, right, top = struct.unpack_from(">4h", self.table("head"), 36)
        return self._per_mille(left), self._per_mille(bottom), self._per_mille(right), self._per_mille(top)

    @property
    def cap_height(self) -> int:
        """Of OS/2 version 2; else the height of H; else the ascent."""
        if self._os2_number("H", 0, 0) >= 2 and (height := self._os2_number("h", 88, 0)) > 0:
            return self._per_mille(height)
        glyph = self.glyph_number("H")
        extents = self._font.get_glyph_extents(glyph) if glyph else None
        return self._per_mille(extents.y_bearing) if extents else self.ascent

    @property
    def stem_v(self) -> int:
        """No table has it; estimated from the weight, as PDF writers commonly do."""
        return round(50 + (self.weight / 65) ** 2)

    @property
    def italic_angle(self) -> float:
        post = self.table("post")
        return float(struct.unpack_from(">i", post, 4)[0] / 65536) if len(post) >= 8 else 0.0

    @property
    def is_fixed_pitch(self) -> bool:
        post = self.table("post")
        return len(post) >= 16 and bool(struct.unpack_from(">I", post, 12)[0])

    @property
    def is_serif(self) -> bool:
        """By family class or PANOSE: any kind of serifs."""
        return 1 <= self._os2_number("B", 30, 0) <= 7 or 2 <= self._os2_number("B", 33, 0) <= 10

    @cached_property
    def _os2(self) -> bytes:
        return self.table("OS/2")

    def _os2_number(self, kind: str, offset: int, default: int) -> int:
        """A number of OS/2, `default` where the table is missing or of an older, shorter version."""
        if len(self._os2) < offset + struct.calcsize(kind):
            return default
        return int(struct.unpack_from(f">{kind}", self._os2, offset)[0])

    def _per_mille(self, units: int) -> int:
        return round(units * 1000 / self.units_per_em)

    @cached_property
    def _names(self) -> Sequence[tuple[int, str]]:
        return tuple(_read_names(self.table("name")))


def read_faces(path: Path) -> Sequence[Face]:
    """All faces of a font file, in the file's order; the same objects as long as the file is the same.

    Raises:
        FontFileError: not a font, broken, cut off, or without outlines.
    """
    try:
        stat = path.stat()
    except OSError as exc:
        raise FontFileError(exc.strerror or "cannot be opened") from exc
    return _read_faces(path, stat.st_size, stat.st_mtime_ns)


def open_face(path: Path, index: int) -> Face:
    """One face of a font file, as another process of this run has found it.

    Raises:
        FontFileError: the file is not what it was.
    """
    faces = read_faces(path)
    if index >= len(faces):
        raise FontFileError("the file has changed")
    return faces[index]


@functools.cache
def _read_faces(path: Path, size: int, _modified: int) -> Sequence[Face]:
    try:
        with path.open("rb") as stream:
            offsets = _face_offsets(stream.read(4096))
            for offset in offsets:
                stream.seek(offset)
                _check_directory(stream.read(12 + 16 * 256), size)
        blob = hb.Blob.from_file_path(str(path))
    except (OSError, hb.HarfBuzzError) as exc:
        reason = exc.strerror if isinstance(exc, OSError) else None
        raise FontFileError(reason or "cannot be opened") from exc
    return [Face(path, index, blob) for index in range(len(offsets))]


def _is_compatible(code: int) -> bool:
    """Radicals and compatibility ideographs: they come after the unified ideograph whose glyph they share."""
    return 0x2E80 <= code < 0x2FE0 or 0xF900 <= code < 0xFB00 or 0x2F800 <= code < 0x2FA20


def _face_offsets(head: bytes) -> list[int]:
    """Where each face's table directory begins."""
    if not head:
        raise FontFileError("the file is empty")
    if head[:4] in (b"wOFF", b"wOF2"):
        raise FontFileError("a web font (WOFF)")
    if head[:4] != b"ttcf":
        return [0]
    count = int.from_bytes(head[8:12], "big")
    if not 0 < count <= (len(head) - 12) // 4:
        raise FontFileError("not a font collection")
    return list(struct.unpack_from(f">{count}I", head, 12))


def _check_directory(head: bytes, size: int) -> None:
    """Every table lies within the file: HarfBuzz takes a cut-off table for a missing one."""
    if len(head) < 12 or head[:4] not in _SIGNATURES:
        raise FontFileError("not a font")
    count = int.from_bytes(head[4:6], "big")
    if not count or len(head) < 12 + 16 * count:
        raise FontFileError("the file is cut off")
    for place in range(12, 12 + 16 * count, 16):
        start, length = struct.unpack_from(">2I", head, place + 8)
        if start + length > size:
            raise FontFileError("the file is cut off")


def _read_names(table: bytes) -> Iterator[tuple[int, str]]:
    """Name number and text of every record that can be decoded."""
    if len(table) < 6:
        return
    count, storage = struct.unpack_from(">2H", table, 2)
    for place in range(6, min(6 + 12 * count, len(table) - 11), 12):
        platform, encoding, _, number, length, offset = struct.unpack_from(">6H", table, place)
        raw = table[storage + offset : storage + offset + length]
        codec = _MAC_ENCODINGS.get(encoding, "mac_roman") if platform == 1 else "utf_16_be"
        try:
            text = raw.decode(codec)
        except UnicodeDecodeError:
            continue
        if text := text.strip("\0 "):
            yield number, text
