"""The properties that a user or a program added to an Office file of the old format.

In: the bytes of the stream \\x05DocumentSummaryInformation. Out: name → text. What is no text or whole number is left
out, as are properties of a damaged stream: they only say which record a sheet is of, and its words say it, too.
Source: MS-OLEPS 2.21 (PropertySetStream), 2.20 (PropertySet), 2.17 (Dictionary), 2.15 (TypedPropertyValue).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from typing import Final

__all__ = ["STREAM", "user_properties"]

STREAM: Final = "\x05DocumentSummaryInformation"
USER_DEFINED: Final = bytes.fromhex("05d5cdd59c2e1b10939708002b2cf9ae")
"""{D5CDD505-2E9C-101B-9397-08002B2CF9AE} as it lies in the file."""
DICTIONARY, CODE_PAGE = 0, 1
"""Numbers of the two properties that tell of the others."""
VT_I2, VT_I4, VT_BSTR, VT_LPSTR, VT_LPWSTR = 2, 3, 8, 30, 31
UTF_16: Final = 1200
CODECS: Final = {UTF_16: "utf-16-le", 65001: "utf-8", 936: "gb18030", 54936: "gb18030", 10008: "gb18030"}
"""Code pages whose codec is not named after them."""
MOST_PROPERTIES: Final = 1000


def user_properties(stream: bytes) -> Mapping[str, str]:
    """Texts by name; none of a stream that is not whole."""
    try:
        (count,) = struct.unpack_from("<I", stream, 24)
        for number in range(min(count, 2)):  # the format knows two sets
            kind, start = struct.unpack_from("<16sI", stream, 28 + 20 * number)
            if kind == USER_DEFINED:
                return dict(_named(stream[start:]))
    except (struct.error, LookupError, ValueError):  # bytes missing, a code page unknown, no text
        pass
    return {}


def _named(part: bytes) -> Iterator[tuple[str, str]]:
    """Names with their texts, whatever the order in which the set has them."""
    (count,) = struct.unpack_from("<I", part, 4)
    offsets = dict(struct.unpack_from("<II", part, 8 + 8 * number) for number in range(min(count, MOST_PROPERTIES)))
    (code_page,) = struct.unpack_from("<H", part, offsets[CODE_PAGE] + 4)
    codec = CODECS.get(code_page, f"cp{code_page}")
    for number, name in _dictionary(part, offsets[DICTIONARY], codec):
        if number in offsets:
            text = _text(part, offsets[number], codec)
            if text is not None:
                yield name, text


def _dictionary(part: bytes, at: int, codec: str) -> Iterator[tuple[int, str]]:
    (count,) = struct.unpack_from("<I", part, at)
    at += 4
    for _ in range(min(count, MOST_PROPERTIES)):
        number, length = struct.unpack_from("<II", part, at)
        at += 8
        size = length * 2 if codec == "utf-16-le" else length
        yield number, _decoded(part[at : at + size], codec)
        at += size + (-size % 4 if codec == "utf-16-le" else 0)


def _text(part: bytes, at: int, codec: str) -> str | None:
    kind, value = struct.unpack_from("<II", part, at)
    if kind in (VT_LPSTR, VT_BSTR):
        return _decoded(part[at + 8 : at + 8 + value], codec)
    if kind == VT_LPWSTR:
        return _decoded(part[at + 8 : at + 8 + 2 * value], "utf-16-le")
    return str(value) if kind in (VT_I2, VT_I4) else None


def _decoded(text: bytes, codec: str) -> str:
    return text.decode(codec).split("\0", 1)[0]
