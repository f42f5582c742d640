"""Properties of .xls files as other programs write them: in any order, in any code page, damaged."""

from __future__ import annotations

import random
import struct
from collections.abc import Sequence

import pytest

from formgen.reading.xlsx.property_set import USER_DEFINED, user_properties

OTHER = bytes.fromhex("02d5cdd59c2e1b10939708002b2cf9ae")
TEXTS = (("formgen.form", "t/f"), ("单位", "袁庄乡"), ("formgen.record", "K7QX2MZP4A"))


def property_set(code_page: int, codec: str, texts: Sequence[tuple[str, object]], order: Sequence[int]) -> bytes:
    """One set of properties; `order`: that of the values, which need not be that of the names."""
    wide = codec == "utf-16-le"
    dictionary = struct.pack("<I", len(texts))
    for number, (name, _) in enumerate(texts, 2):
        raw = (name + "\0").encode(codec)
        dictionary += struct.pack("<II", number, len(raw) // 2 if wide else len(raw)) + raw
        dictionary += b"\0" * (-len(raw) % 4 if wide else 0)
    values = {0: dictionary, 1: struct.pack("<IHH", 2, code_page, 0)}
    for number, (_, value) in enumerate(texts, 2):
        if isinstance(value, str):
            raw = (value + "\0").encode(codec)
            values[number] = struct.pack("<II", 30, len(raw)) + raw
        else:
            values[number] = struct.pack("<Ii", 3, value) if isinstance(value, int) else struct.pack("<Id", 5, 1.5)
    body, offsets, at = b"", b"", 8 + 8 * len(values)
    for number in (*order, 0, 1):
        part = values[number] + b"\0" * (-len(values[number]) % 4)
        offsets += struct.pack("<II", number, at)
        body, at = body + part, at + len(part)
    return struct.pack("<II", at, len(values)) + offsets + body


def stream(*sets: tuple[bytes, bytes]) -> bytes:
    head = struct.pack("<HHI16sI", 0xFFFE, 0, 0, b"", len(sets))
    at = len(head) + 20 * len(sets)
    body = b""
    for kind, content in sets:
        head += struct.pack("<16sI", kind, at + len(body))
        body += content
    return head + body


@pytest.mark.parametrize(
    ("code_page", "codec"),
    [(936, "gb18030"), (65001, "utf-8"), (1200, "utf-16-le"), (54936, "gb18030"), (950, "cp950")],
)
def test_a_name_has_its_own_value_whatever_the_order(code_page: int, codec: str) -> None:
    texts = [*TEXTS[:2], ("人数", 7), ("比例", 1.5), TEXTS[2]] if code_page != 950 else [TEXTS[0], TEXTS[2]]
    numbers = list(range(2, 2 + len(texts)))
    for order in (numbers, numbers[::-1]):
        content = stream((OTHER, b""), (USER_DEFINED, property_set(code_page, codec, texts, order)))
        assert user_properties(content) == {name: str(value) for name, value in texts if not isinstance(value, float)}


@pytest.mark.parametrize("content", [b"", b"\0" * 24, stream((OTHER, b"\0" * 8)), stream((USER_DEFINED, b"\0" * 8))])
def test_a_stream_without_properties(content: bytes) -> None:
    assert user_properties(content) == {}


def test_an_unknown_code_page_names_nothing() -> None:
    assert user_properties(stream((USER_DEFINED, property_set(1, "latin-1", [("a", "b")], [2])))) == {}


def test_a_damaged_stream_raises_nothing() -> None:
    whole = stream((OTHER, b""), (USER_DEFINED, property_set(936, "gb18030", TEXTS, [2, 3, 4])))
    chance = random.Random(7)
    for end in range(len(whole)):
        user_properties(whole[:end])
    for _ in range(3000):
        damaged = bytearray(whole)
        for _ in range(chance.choice([1, 2, 8])):
            damaged[chance.randrange(len(damaged))] = chance.choice([0, 255, chance.randrange(256)])
        user_properties(bytes(damaged))
