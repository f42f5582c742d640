"""QR codes, fast enough to give each of thousands of pages a second its own.

In: text of QR's alphanumeric characters. Out: its modules as a picture of one bit each. Error correction M, the
smallest of versions 1 to 5 that holds the text (122 characters; a page code has about 70), always mask 0.

A QR code is linear over GF(2): its picture is a fixed one (patterns, format, mask) xor one picture for each byte of the
text, error correction included. So a code is the xor of about 60 integers from a table made once per version: 0.01 ms,
where encoding anew took zxing-cpp 0.08 ms and segno 0.5 ms, with its choice of a mask 2.8 ms. The standard's choice
among eight masks only makes blank areas rarer; a reader takes any.
Source: ISO/IEC 18004:2015, 7.3 to 7.9, tables 7, 9 and E.1.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

__all__ = ["QUIET_MODULES", "QrPicture", "TooLong", "encode_qr"]

QUIET_MODULES: Final = 4
"""White modules a reader needs around the code (ISO/IEC 18004, 6.3.8)."""
ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
STRUCTURE: Final = ((1, 16, 10), (1, 28, 16), (1, 44, 26), (2, 32, 18), (2, 43, 24))
"""Per version, from 1: blocks, data codewords of a block, its error correction codewords (level M)."""
HEAD_BITS: Final = 4 + 9
"""Mode indicator and character count, versions 1 to 9."""
ALPHANUMERIC: Final = 0b0010
PADDING: Final = (0xEC, 0x11)
FORMAT_M_MASK_0: Final = 0x5412
"""Format information of level M and mask 0: five zero bits and their BCH code, xor the fixed mask."""
FIELD: Final = 0x11D
"""x^8 + x^4 + x^3 + x^2 + 1, which makes GF(256)."""

_SINGLE = {char: value for value, char in enumerate(ALPHABET)}
_PAIRS = {a + b: 45 * _SINGLE[a] + _SINGLE[b] for a in ALPHABET for b in ALPHABET}


class TooLong(ValueError):
    """The text needs a larger code than version 5."""


@dataclass(frozen=True, slots=True)
class QrPicture:
    """A code without its quiet zone."""

    size: int
    """Modules a side."""
    bits: bytes
    """Row by row from the top, each filled up to whole bytes; the highest bit is leftmost, 1 is dark."""


def encode_qr(text: str) -> QrPicture:
    """Raises: TooLong; KeyError: a character that is not alphanumeric."""
    length = len(text)
    stream = ALPHANUMERIC << 9 | length
    for start in range(0, length - 1, 2):
        stream = stream << 11 | _PAIRS[text[start : start + 2]]
    if length % 2:
        stream = stream << 6 | _SINGLE[text[-1]]
    bits = HEAD_BITS + length // 2 * 11 + length % 2 * 6
    return _symbol(_version(bits)).draw(stream, bits)


def _version(bits: int) -> int:
    for version, (blocks, data, _) in enumerate(STRUCTURE, 1):
        if bits <= blocks * data * 8:
            return version
    raise TooLong(bits)


class _Symbol:
    """One version's tables."""

    def __init__(self, version: int) -> None:
        self.blocks, self.per_block, self.correction = STRUCTURE[version - 1]
        self.capacity = self.blocks * self.per_block
        self.size = 17 + 4 * version
        self.stride = (self.size + 7) // 8
        reserved, dark = _patterns(version, self.size)
        path = list(_zigzag(self.size, reserved))
        masked = [cell for cell in path if sum(cell) % 2 == 0]
        self.fixed = sum(self._bit(cell) for cell in (*dark, *masked))
        self.tables = list(self._make_tables([self._bit(cell) for cell in path]))

    def draw(self, stream: int, bits: int) -> QrPicture:
        room = self.capacity * 8 - bits
        stream <<= min(4, room)
        room -= min(4, room)
        stream <<= room % 8
        data = stream.to_bytes(self.capacity - room // 8, "big") + bytes(PADDING * (room // 16 + 1))[: room // 8]
        picture = functools.reduce(operator.xor, map(operator.getitem, self.tables, data), self.fixed)
        return QrPicture(self.size, picture.to_bytes(self.size * self.stride, "big"))

    def _bit(self, cell: tuple[int, int]) -> int:
        row, column = cell
        return 1 << ((self.size - row) * self.stride * 8 - 1 - column)

    def _make_tables(self, path: list[int]) -> Iterator[list[int]]:
        """For each byte of the stream: byte → the modules it turns, its own and those of its error correction."""
        remainders = _remainders(self.per_block, self.correction)
        for position in range(self.capacity):
            block, index = divmod(position, self.per_block)
            own = index * self.blocks + block
            table = [0] * 256
            for bit in range(8):
                value = 1 << bit
                picture = path[own * 8 + 7 - bit]
                for step, factor in enumerate(remainders[index]):
                    codeword = self.capacity + step * self.blocks + block
                    picture ^= _modules(_multiply(factor, value), path, codeword * 8)
                for lower in range(value):
                    table[value | lower] = table[lower] ^ picture
            yield table


@functools.cache
def _symbol(version: int) -> _Symbol:
    return _Symbol(version)


def _modules(codeword: int, path: list[int], start: int) -> int:
    return sum(path[start + 7 - bit] for bit in range(8) if codeword >> bit & 1)


def _multiply(a: int, b: int) -> int:
    """In GF(256)."""
    product = 0
    while b:
        if b & 1:
            product ^= a
        a = a << 1 ^ (FIELD if a & 0x80 else 0)
        b >>= 1
    return product


def _remainders(length: int, correction: int) -> list[list[int]]:
    """For each place in a block: the error correction of the byte 1 standing there, all others 0."""
    generator = [1]
    root = 1
    for _ in range(correction):
        shifted = [*generator, 0]
        generator = [a ^ _multiply(b, root) for a, b in zip(shifted, [0, *generator], strict=True)]
        root = _multiply(root, 2)
    tail = generator[1:]
    found = [tail]
    for _ in range(length - 1):
        first, *rest = found[-1]
        found.append([a ^ _multiply(b, first) for a, b in zip([*rest, 0], tail, strict=True)])
    return found[::-1]


def _patterns(version: int, size: int) -> tuple[set[tuple[int, int]], set[tuple[int, int]]]:
    """Cells that hold no data, and those of them that are dark."""
    reserved: set[tuple[int, int]] = set()
    dark: set[tuple[int, int]] = set()

    def put(row: int, column: int, is_dark: bool) -> None:
        reserved.add((row, column))
        if is_dark:
            dark.add((row, column))
        else:
            dark.discard((row, column))

    for index in range(size):
        put(6, index, index % 2 == 0)
        put(index, 6, index % 2 == 0)
    for row, column in ((3, 3), (3, size - 4), (size - 4, 3)):
        for down in range(-4, 5):
            for right in range(-4, 5):
                if 0 <= row + down < size and 0 <= column + right < size:
                    put(row + down, column + right, max(abs(down), abs(right)) in (0, 1, 3))
    if version > 1:
        for down in range(-2, 3):
            for right in range(-2, 3):
                put(size - 7 + down, size - 7 + right, max(abs(down), abs(right)) != 1)
    for (row, column), is_dark in _format_cells(size):
        put(row, column, is_dark)
    return reserved, dark


def _format_cells(size: int) -> Iterator[tuple[tuple[int, int], bool]]:
    """Format information, twice, and the dark module."""
    lines = [0, 1, 2, 3, 4, 5, 7, 8]
    beside = [(line, 8) for line in lines] + [(8, line) for line in reversed(lines[:-1])]
    apart = [(8, size - 1 - index) for index in range(8)] + [(size - 7 + index, 8) for index in range(7)]
    for cells in (beside, apart):
        for bit, cell in enumerate(cells):
            yield cell, bool(FORMAT_M_MASK_0 >> bit & 1)
    yield (size - 8, 8), True


def _zigzag(size: int, reserved: set[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Cells in the order data fills them: pairs of columns from the right, up and down in turn, no timing line."""
    is_upward = True
    for right in (*range(size - 1, 6, -2), 5, 3, 1):
        for row in range(size - 1, -1, -1) if is_upward else range(size):
            for column in (right, right - 1):
                if (row, column) not in reserved:
                    yield row, column
        is_upward = not is_upward
