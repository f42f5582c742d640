"""Random changes of valid files, for where atheris is not: bytes, numbers, and whole elements or objects.

In: bytes and a source of chance. Out: other bytes. The same seed gives the same changes.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable

__all__ = ["WORDS", "mutated"]

NUMBERS = (
    b"0",
    b"-1",
    b"1",
    b"2147483648",
    b"4294967295",
    b"-9223372036854775808",
    b"1e400",
    b"NaN",
    b"16384",
    b"1048577",
)
WORDS = (
    *NUMBERS,
    *(b"<w:sdt>", b"</w:sdt>", b"<w:tc/>", b"<w:tr/>", b"<w:ins>", b"<w:del>", b"<w:t>", b"</w:t>", b"<w:tbl>"),
    *(b"<w:gridSpan w:val='99'/>", b'w:vMerge w:val="restart"', b"<w:br/>", b"<w:tab/>"),
    *(b"<!--", b"<![CDATA[", b"<!DOCTYPE", b"&#0;", b"&x;", b"<a>" * 300),
    *(b'<c r="XFD1048576"/>', b'<c r="A0"/>', b' t="s"', b' t="e"', b"<f>1/0</f>", b"<v>-1</v>", b' r="AAAA1"'),
    *(b"<mergeCell ref='A1:XFD1048576'/>", b'<row r="1048576">', b"<dimension ref='A1:XFD1048576'/>"),
    *(b"/Kids", b"/Parent", b"/Type /Pages", b"/MediaBox [0 0 1e9 1e9]", b"/Rotate 45", b"/Length -1", b"1 0 R"),
    *(b"<< >>", b"obj", b"endobj", b"stream", b"BT", b"ET", b"Tj", b"/ToUnicode", b"/Count 99999999", b"startxref"),
    *(b"\0", b"\xff\xfe", "１９".encode(), "□☑√".encode(), "年".encode()),
)
_NUMBER = re.compile(rb"\d+")
_ELEMENT = re.compile(rb"<[^<>]{1,300}>|\d+ \d+ obj.{0,2000}?endobj|/[A-Za-z]+", re.DOTALL)


def mutated(data: bytes, chance: random.Random) -> bytes:
    """One to eight changes, most often few."""
    for _ in range(min(8, int(chance.expovariate(0.6)) + 1)):
        data = chance.choice(CHANGES)(data, chance)
    return data


def _flip(data: bytes, chance: random.Random) -> bytes:
    if not data:
        return b"x"
    changed = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def _cut(data: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(data) + 1)
    return data[:start] + data[min(len(data), start + int(chance.expovariate(0.02))) :]


def _double(data: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(data) + 1)
    piece = data[start : start + int(chance.expovariate(0.01))]
    return data[:start] + piece * chance.choice((2, 3, 50)) + data[start:]


def _insert(data: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(data) + 1)
    return data[:start] + chance.choice(WORDS) + data[start:]


def _number(data: bytes, chance: random.Random) -> bytes:
    found = _some_match(_NUMBER, data, chance)
    return data if found is None else data[: found.start()] + chance.choice(NUMBERS) + data[found.end() :]


def _swap(data: bytes, chance: random.Random) -> bytes:
    """One element in the place of another."""
    one, other = _some_match(_ELEMENT, data, chance), _some_match(_ELEMENT, data, chance)
    if one is None or other is None:
        return data
    return data[: one.start()] + other[0] + data[one.end() :]


def _drop(data: bytes, chance: random.Random) -> bytes:
    found = _some_match(_ELEMENT, data, chance)
    return data if found is None else data[: found.start()] + data[found.end() :]


def _some_match(pattern: re.Pattern[bytes], data: bytes, chance: random.Random) -> re.Match[bytes] | None:
    start = chance.randrange(len(data) + 1)
    return pattern.search(data, start) or pattern.search(data)


CHANGES: tuple[Callable[[bytes, random.Random], bytes], ...] = (_flip, _cut, _double, _insert, _number, _swap, _drop)
