"""What the codes of a font in a PDF stand for, and how wide they are.

In: a font dictionary. Out: characters by code, from its ToUnicode map, from an encoding that is Unicode itself, or, of
a Latin font that every viewer has, from its encoding; widths in thousandths of an em. A font of which none is known
says so, and its page is left to pdfium.
Source: ISO 32000-2, 9.6 (simple fonts; 9.6.2.2 the standard ones), 9.7 (composite fonts), 9.10 (extraction of text).
"""

from __future__ import annotations

import functools
import re
import struct
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

import pikepdf

__all__ = ["LOST", "FontReader"]

LOST: Final = "\ufffd"
"""Stands for a code without a character."""
OURS: Final = re.compile("/F[0-9a-f]{8}")
"""How the PDF writer names fonts."""
STANDARD: Final = re.compile("/(Helvetica|Times|Courier|Arial|TimesNewRoman|CourierNew)(?![A-Za-z]*Symbol)[A-Za-z,-]*")
LATIN: Final = frozenset(["", "/WinAnsiEncoding", "/MacRomanEncoding", "/StandardEncoding"])
"""Encodings of standard fonts. Only what they have in common with ASCII is read: the rest may be bytes of GBK."""
_FILES: Final = frozenset(["/FontFile", "/FontFile2", "/FontFile3"])
STANDARD_WIDTH: Final = 556.0
"""Of a figure in Helvetica: where a standard font's dictionary leaves the widths to the viewer."""
MOST_CODES: Final = 1 << 16
_BLOCK: Final = re.compile(rb"begin(bfchar|bfrange)(.*?)end\1", re.DOTALL)
_PLAIN: Final = re.compile(rb"\n(?:<[0-9A-F]{4}><(?!D[89A-F])[0-9A-F]{4}>\n)+")
_PAIR: Final = re.compile(rb"<([0-9A-Fa-f\s]+)>\s*<([0-9A-Fa-f\s]*)>")
_RANGE: Final = re.compile(rb"<([0-9A-Fa-f\s]+)>\s*<([0-9A-Fa-f\s]+)>\s*(?:<([0-9A-Fa-f\s]*)>|\[([^\]]*)\])")
_HEX: Final = re.compile(rb"<([0-9A-Fa-f\s]*)>")


class FontReader:
    """One font of a file."""

    def __init__(self, font: Any, name: str) -> None:
        self._font = font
        self.is_ours = OURS.fullmatch(name) is not None
        self.is_wide = font.get("/Subtype") == "/Type0"
        encoding = font.get("/Encoding")
        self._encoding = str(encoding) if isinstance(encoding, pikepdf.Name) else ""
        is_identity = self._encoding in ("/Identity-H", "/Identity-V")
        self._is_unicode = self.is_wide and ("UCS2" in self._encoding or "UTF16" in self._encoding)
        has_map = isinstance(font.get("/ToUnicode"), pikepdf.Stream)
        self._is_latin = not (self.is_wide or has_map) and _is_standard(font, encoding)
        self.is_readable = self._is_unicode or self._is_latin or (has_map and (is_identity or not self.is_wide))
        """Whether codes can be told apart and stand for characters."""

    @functools.cached_property
    def _chars(self) -> dict[int, str]:
        if self._is_latin:
            return {code: chr(code) for code in range(0x20, 0x7F)}
        return dict(_to_unicode(self._font.ToUnicode.read_bytes())) if not self._is_unicode else {}

    def codes(self, content: bytes) -> tuple[int, ...]:
        if not self.is_wide:
            return tuple(content)
        count = len(content) // 2
        return struct.unpack_from(f">{count}H", content)

    def text(self, content: bytes) -> str:
        """The characters of a string; LOST for a code without one."""
        if self._is_unicode:
            return content.decode("utf-16-be", "replace")
        chars = self._chars
        try:
            return "".join(map(chars.__getitem__, self.codes(content)))
        except KeyError:
            return "".join([chars.get(code, LOST) for code in self.codes(content)])

    def char(self, code: int) -> str:
        return chr(code) if self._is_unicode else self._chars.get(code, LOST)

    def width(self, code: int) -> float:
        """In em."""
        return self._widths.get(code, self._default_width) / 1000

    @functools.cached_property
    def _default_width(self) -> float:
        if self.is_wide:
            return _width(self._descendant.get("/DW"), 1000.0)
        descriptor = self._font.get("/FontDescriptor")
        usual = STANDARD_WIDTH if self._is_latin else 0.0
        return _width(descriptor.get("/MissingWidth"), usual) if isinstance(descriptor, pikepdf.Dictionary) else usual

    @functools.cached_property
    def _descendant(self) -> pikepdf.Dictionary:
        """The font of characters that a composite font is made of."""
        fonts = self._font.get("/DescendantFonts")
        found = fonts[0] if isinstance(fonts, pikepdf.Array) and len(fonts) else None
        return found if isinstance(found, pikepdf.Dictionary) else pikepdf.Dictionary()

    @functools.cached_property
    def _widths(self) -> Mapping[int, float]:
        if self._is_unicode:  # widths go by glyph there: ideographs are wide, what is left of Latin letters is half
            return dict.fromkeys(range(0x20, 0x7F), 500.0)
        if not self.is_wide:
            first, default = self._font.get("/FirstChar", 0), self._default_width
            if not isinstance(first, int):
                return {}
            return {first + index: _width(width, default) for index, width in enumerate(_items(self._font, "/Widths"))}
        return dict(_cid_widths(_items(self._descendant, "/W"), self._default_width))


def _is_standard(font: Any, encoding: Any) -> bool:
    """Whether it is a Latin font that is not in the file, for every viewer has it, with nothing changed in it."""
    descriptor = font.get("/FontDescriptor")
    is_embedded = isinstance(descriptor, pikepdf.Dictionary) and not _FILES.isdisjoint(descriptor.keys())
    name = font.get("/BaseFont")
    if is_embedded or not isinstance(name, pikepdf.Name) or STANDARD.fullmatch(str(name)) is None:
        return False
    return encoding is None or (isinstance(encoding, pikepdf.Name) and str(encoding) in LATIN)


def _items(holder: pikepdf.Dictionary, key: str) -> list[Any]:
    found = holder.get(key)
    return list(found) if isinstance(found, pikepdf.Array) else []


def _width(value: Any, default: float) -> float:
    """The default for what is no number, as viewers take it."""
    return float(value) if isinstance(value, int | float | Decimal) else default


def _cid_widths(entries: list[Any], default: float) -> Iterator[tuple[int, float]]:
    """Array W: `first [w w …]` or `first last w`, as far as it is one."""
    place = 0
    while place + 1 < len(entries):
        first, second = entries[place : place + 2]
        if not isinstance(first, int):
            return
        if isinstance(second, pikepdf.Array):
            for index, width in enumerate(second):
                yield first + index, _width(width, default)
            place += 2
        elif isinstance(second, int) and place + 2 < len(entries):
            for code in range(first, min(second, first + MOST_CODES) + 1):
                yield code, _width(entries[place + 2], default)
            place += 3
        else:
            return


def _to_unicode(cmap: bytes) -> Iterator[tuple[int, str]]:
    for kind, block in _BLOCK.findall(cmap):
        if kind == b"bfchar" and _PLAIN.fullmatch(block):  # as the PDF writer has it
            raw = bytes.fromhex(block.translate(None, b"<>\n").decode("ascii"))
            numbers = struct.unpack(f">{len(raw) // 2}H", raw)
            yield from zip(numbers[::2], map(chr, numbers[1::2]), strict=True)
        elif kind == b"bfchar":
            for code, char in _PAIR.findall(block):
                yield _code(code), _unicode(char)
        else:
            for low, high, start, several in _RANGE.findall(block):
                yield from _range(_code(low), _code(high), start, _HEX.findall(several))


def _range(low: int, high: int, start: bytes, several: list[bytes]) -> Iterator[tuple[int, str]]:
    high = min(high, low + MOST_CODES)
    if several:
        for code, char in zip(range(low, high + 1), several, strict=False):
            yield code, _unicode(char)
        return
    text = _unicode(start)
    if not text:
        return
    for code in range(low, high + 1):
        point = ord(text[-1]) + code - low
        yield code, text[:-1] + (chr(point) if point < 0x110000 and not 0xD800 <= point < 0xE000 else LOST)


def _code(digits: bytes) -> int:
    return int(b"0" + b"".join(digits.split()), 16)


def _unicode(digits: bytes) -> str:
    raw = bytes.fromhex(digits.decode("ascii")) if len(digits) % 2 == 0 else b""
    if len(raw) == 1:
        return chr(raw[0])
    return raw.decode("utf-16-be", "replace") or LOST
