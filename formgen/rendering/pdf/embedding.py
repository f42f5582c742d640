"""A face's part in a PDF file: as much of the font program as the file's characters need, and what they stand for.

In: a face and the characters shown with it. Out: the objects of a Type 0 font. Pages are written before their fonts,
possibly in another process, so the code of a character is fixed from the start: the number of its glyph in the whole
face. The program is cut down to the glyphs in use, and the codes keep leading to them: by the charset of a CID-keyed
CFF program, by a CIDToGIDMap for glyf outlines; a CFF program without CIDs keeps its empty places.

The same face and characters give the same bytes.

Source: ISO 32000-2, 9.7 (composite fonts), 9.8 (descriptors), 9.9 (embedded programs), 9.10.3 (ToUnicode);
Adobe Technical Note 5176 (CFF).
Limits: one character a glyph (`Face.part` sees to it); horizontal writing.
"""

from __future__ import annotations

import hashlib
import struct
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

import uharfbuzz as hb

from formgen.errors import InputError
from formgen.problems import Place, Problem
from formgen.rendering.pdf.canvas import FontUse
from formgen.typeset.faces import Face, FontFileError, open_face

__all__ = ["FontParts", "ObjectSink", "embed_face", "font_parts"]

_KEPT: Final = frozenset({"CFF ", "CFF2", "glyf", "head", "hhea", "hmtx", "loca", "maxp"})
"""What a program in a PDF needs; variations are gone once every axis has its default."""
_VARIATIONS: Final = frozenset({"avar", "fvar", "gvar", "HVAR", "MVAR"})
_FLAGS: Final = (
    hb.SubsetFlags.NO_HINTING
    | hb.SubsetFlags.NOTDEF_OUTLINE
    | hb.SubsetFlags.NO_LAYOUT_CLOSURE
    | hb.SubsetFlags.NO_BIDI_CLOSURE
)
_DEFAULT_WIDTH: Final = 1000.0
_TAG_LETTERS: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_IN_BLOCK: Final = 100
"""A CMap's block holds no more entries."""
_CMAP_HEAD: Final = (
    "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
    "/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def\n"
    "/CMapName/Adobe-Identity-UCS def\n/CMapType 2 def\n"
    "1 begincodespacerange\n<0000><FFFF>\nendcodespacerange\n"
)
_CMAP_TAIL: Final = "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
_FIXED_PITCH, _SERIF, _SYMBOLIC, _ITALIC = 1 << 0, 1 << 1, 1 << 2, 1 << 6
_TOP_CHARSET, _TOP_ROS, _LONG_INTEGER, _ESCAPE = 15, 30, 29, 12
"""Operators and operand prefixes of a CFF top dictionary; ROS follows the escape."""


_CUTS_TO_PREPARE: Final = 300
"""Reading the package's font through takes as long as so many cuts."""
_cuts: dict[Face, tuple[int, hb.Face]] = {}
"""How often a face was cut, and what is cut next."""
_without_cids: set[Face] = set()
"""CFF faces that are known to have no CIDs."""


class ObjectSink(Protocol):
    """Takes the objects of a file and gives their numbers; deflates streams."""

    def add(self, body: bytes) -> int: ...
    def add_stream(self, entries: bytes, content: bytes) -> int: ...


@dataclass(frozen=True, slots=True)
class FontParts:
    """What a font's objects are made of."""

    base_name: bytes
    """With the subset's tag."""
    program: bytes
    is_cff: bool
    cid_to_gid: bytes
    """CIDToGIDMap of glyf outlines; empty for CFF."""
    widths: bytes
    """The array W."""
    to_unicode: bytes
    metrics: bytes
    """Entries of the font descriptor."""


def embed_face(objects: ObjectSink, use: FontUse, chars: Iterable[str]) -> int:
    """Write the font that shows `chars`; the number of its Type 0 dictionary.

    Raises:
        InputError (F-FONT-006): the font file is not what it was, or damaged within.
    """
    _, path, index = use
    try:
        parts = font_parts(open_face(Path(path), index), chars)
    except FontFileError as exc:
        raise InputError(Problem("F-FONT-006", Place(path), params={"reason": str(exc)})) from exc
    if parts.is_cff:
        program = objects.add_stream(b"/Subtype/CIDFontType0C", parts.program)
        kind, key, gid_map = b"CIDFontType0", b"FontFile3", b""
    else:
        program = objects.add_stream(b"/Length1 %d" % len(parts.program), parts.program)
        kind, key = b"CIDFontType2", b"FontFile2"
        gid_map = b"/CIDToGIDMap %d 0 R" % objects.add_stream(b"", parts.cid_to_gid)
    name = parts.base_name
    descriptor = objects.add(b"<</Type/FontDescriptor/FontName/%b%b/%b %d 0 R>>" % (name, parts.metrics, key, program))
    descendant = objects.add(
        b"<</Type/Font/Subtype/%b/BaseFont/%b/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
        b"/FontDescriptor %d 0 R/DW %d/W%b%b>>" % (kind, name, descriptor, _DEFAULT_WIDTH, parts.widths, gid_map)
    )
    to_unicode = objects.add_stream(b"", parts.to_unicode)
    return objects.add(
        b"<</Type/Font/Subtype/Type0/BaseFont/%b/Encoding/Identity-H/DescendantFonts[%d 0 R]/ToUnicode %d 0 R>>"
        % (name + b"-Identity-H" if parts.is_cff else name, descendant, to_unicode)
    )


def font_parts(face: Face, chars: Iterable[str]) -> FontParts:
    """Cut the face down to `chars`.

    Raises:
        FontFileError: a character has no glyph in the face, or shares it with another; the face is damaged.
    """
    codes: dict[int, str] = {}
    for char in sorted(chars):
        glyph = face.glyph_number(char)
        if not glyph or glyph in codes:
            raise FontFileError(f"U+{ord(char):04X} has no glyph of its own in {face.name}")
        codes[glyph] = char
    program, new_glyphs = _subset(face, codes)
    is_cff = face.is_cff
    return FontParts(
        base_name=_tag(codes) + b"+" + face.postscript_name.encode(),
        program=program,
        is_cff=is_cff,
        cid_to_gid=b"" if is_cff else _cid_to_gid(codes, new_glyphs),
        widths=_widths(face, codes),
        to_unicode=_to_unicode(codes),
        metrics=_metrics(face),
    )


def _subset(face: Face, codes: Mapping[int, str]) -> tuple[bytes, Mapping[int, int]]:
    """The font program (CFF table or TrueType file), and for each glyph of the face its number there."""
    if face not in _without_cids:
        program, new_glyphs = _cut(face, codes, _FLAGS)
        if not face.is_cff:
            return program, new_glyphs
        if (cids := _with_cids(program, new_glyphs)) is not None:
            return cids, new_glyphs
        _without_cids.add(face)
    # Codes are glyph numbers in a CFF program without CIDs, so that glyphs must stay in their places.
    return _cut(face, codes, _FLAGS | hb.SubsetFlags.RETAIN_GIDS)


def _cut(face: Face, codes: Mapping[int, str], flags: int) -> tuple[bytes, Mapping[int, int]]:
    wanted = hb.SubsetInput()
    # Asked by character: HarfBuzz is slower when asked by glyph, it then looks through the whole cmap.
    wanted.unicode_set.update(map(ord, codes.values()))
    wanted.flags = flags
    kept = _KEPT
    if "fvar" in face.tables:
        wanted.pin_all_axes_to_default(face.hb_face)
        wanted.flags |= hb.SubsetFlags.DOWNGRADE_CFF2
        kept = _KEPT | _VARIATIONS
    wanted.drop_table_tag_set.update(int.from_bytes(tag.encode(), "big") for tag in face.tables - kept)
    try:
        plan = hb.SubsetPlan(_prepared(face), wanted)
        made = plan.execute()
    except (hb.HarfBuzzError, RuntimeError) as exc:
        raise FontFileError("its tables are damaged") from exc
    content = bytes(made.reference_table("CFF ").data if face.is_cff else made.blob.data)
    if not content:
        raise FontFileError("its outlines are damaged")
    return content, plan.old_to_new_glyph_mapping


def _prepared(face: Face) -> hb.Face:
    """The face to cut; after many cuts one that HarfBuzz has read through once and cuts ten times faster."""
    cuts, prepared = _cuts.get(face, (0, face.hb_face))
    if cuts >= _CUTS_TO_PREPARE and prepared is face.hb_face:
        prepared = hb.subset_preprocess(face.hb_face)
    _cuts[face] = cuts + 1, prepared
    return prepared


def _with_cids(program: bytes, new_glyphs: Mapping[int, int]) -> bytes | None:
    """The CFF program with the face's glyph numbers as CIDs; None where it has no CIDs.

    A new charset goes to the end: format 0, the CID of every glyph but the first.
    """
    start, end = _first_entry(program, _index_end(program, program[2]))
    operators = dict(_top_operators(program, start, end))
    if (_ESCAPE, _TOP_ROS) not in operators:
        return None
    place = operators[(_TOP_CHARSET,)]
    if program[place] != _LONG_INTEGER:
        raise FontFileError("its charset is damaged")
    cids = array("H", (old for _, old in sorted((new, old) for old, new in new_glyphs.items() if new)))
    charset = b"\0" + struct.pack(f">{len(cids)}H", *cids)
    return program[: place + 1] + len(program).to_bytes(4, "big") + program[place + 5 :] + charset


def _index_end(program: bytes, place: int) -> int:
    """Where the INDEX that begins at `place` ends."""
    count = int.from_bytes(program[place : place + 2], "big")
    if not count:
        return place + 2
    size = program[place + 2]
    last = place + 3 + count * size
    return last + size - 1 + int.from_bytes(program[last : last + size], "big")


def _first_entry(program: bytes, place: int) -> tuple[int, int]:
    """Begin and end of the first entry of an INDEX."""
    count, size = int.from_bytes(program[place : place + 2], "big"), program[place + 2]
    base = place + 3 + (count + 1) * size - 1
    start, end = (int.from_bytes(program[at : at + size], "big") for at in (place + 3, place + 3 + size))
    return base + start, base + end


def _top_operators(program: bytes, place: int, end: int) -> Iterable[tuple[tuple[int, ...], int]]:
    """Operators of a dictionary, each with the place of its last operand."""
    operand = place
    while place < end:
        first = program[place]
        if first == _ESCAPE:
            yield (first, program[place + 1]), operand
            place += 2
        elif first <= 21:
            yield (first,), operand
            place += 1
        else:
            operand = place
            place += _operand_length(program, place)


def _operand_length(program: bytes, place: int) -> int:
    first = program[place]
    if first == 28:
        return 3
    if first == _LONG_INTEGER:
        return 5
    if first == 30:  # a real number: nibbles up to the one that ends it
        length = 1
        while program[place + length] & 0xF != 0xF:
            length += 1
        return length + 1
    return 1 if first <= 246 else 2


def _cid_to_gid(codes: Mapping[int, str], new_glyphs: Mapping[int, int]) -> bytes:
    places = array("H", bytes(2 * (max(codes, default=0) + 1)))
    for glyph in codes:
        places[glyph] = new_glyphs[glyph]
    if struct.pack("=H", 1) != struct.pack(">H", 1):
        places.byteswap()
    return places.tobytes()


def _widths(face: Face, codes: Iterable[int]) -> bytes:
    """Array W: neighbours together; what has the default width is left out."""
    pieces: list[str] = []
    last = -2
    for glyph in sorted(codes):
        width = face.glyph_advance(glyph) * 1000
        if width == _DEFAULT_WIDTH:
            continue
        text = f"{width:.3f}".rstrip("0").rstrip(".")
        pieces.append(f" {text}" if glyph == last + 1 else f"{']' if pieces else ''}{glyph}[{text}")
        last = glyph
    return ("[" + "".join(pieces) + ("]]" if pieces else "]")).encode()


def _to_unicode(codes: Mapping[int, str]) -> bytes:
    lines = [f"<{glyph:04X}><{char.encode('utf-16-be').hex().upper()}>\n" for glyph, char in sorted(codes.items())]
    blocks = [lines[start : start + _IN_BLOCK] for start in range(0, len(lines), _IN_BLOCK)]
    body = "".join(f"{len(block)} beginbfchar\n{''.join(block)}endbfchar\n" for block in blocks)
    return (_CMAP_HEAD + body + _CMAP_TAIL).encode()


def _metrics(face: Face) -> bytes:
    flags = _SYMBOLIC | _SERIF * face.is_serif | _FIXED_PITCH * face.is_fixed_pitch | _ITALIC * face.is_italic
    return b"/Flags %d/FontBBox[%d %d %d %d]/ItalicAngle %g/Ascent %d/Descent %d/CapHeight %d/StemV %d" % (
        flags,
        *face.bbox,
        face.italic_angle,
        face.ascent,
        face.descent,
        face.cap_height,
        face.stem_v,
    )


def _tag(codes: Iterable[int]) -> bytes:
    """Six letters that tell subsets with other glyphs apart. Source: ISO 32000-2, 9.9.2."""
    glyphs: Sequence[int] = sorted(codes)
    number = int.from_bytes(hashlib.blake2b(struct.pack(f">{len(glyphs)}H", *glyphs), digest_size=8).digest(), "big")
    return bytes(_TAG_LETTERS[number // 26**place % 26] for place in range(6))
