"""QR codes as pictures, two pixels a module.

In: the text of a page code, which is of the 45 characters that QR has 5½ bits each for. Out: its picture. Error
correction M, always mask 0: the standard's choice among eight masks only makes blank areas rarer, a reader takes any.

The modules of a code are sums, modulo 2, of what each bit of its data adds, error correction included (Reed-Solomon
codes are linear). So the pictures of four bits at each place are kept, as integers, and a code is the sum of some 130
of them, in a third of the time that zxing-cpp takes. Any other text is left to zxing-cpp, which also reads the codes
back and is the oracle of the tests.

Source: ISO/IEC 18004:2015, 7.3 to 7.9 (data, error correction, placement, masks, format), table 9 (blocks).
Limits: versions 1 to 5; version 5 is the largest that is read surely from 18 mm at 100 dpi.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

__all__ = ["QUIET_MODULES", "QrPicture", "TooLong", "encode_qr"]

QUIET_MODULES: Final = 4
"""White modules a reader needs around the code (ISO/IEC 18004, 6.3.8)."""
LARGEST: Final = 37
"""Modules a side of version 5."""
ALPHANUMERIC: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
MODE: Final = "0010"
COUNT_BITS: Final = 9
PADDING: Final = "1110110000010001"
FORMAT: Final = "101010000010010"
"""Of level M and mask 0, from module (8, 0) on; table C.1."""
FIELD: Final = 0x11D
"""The polynomial of the field of 256 elements; 7.5.2."""


class TooLong(ValueError):
    """The text needs a code with smaller modules than can be read again."""


@dataclass(frozen=True, slots=True)
class QrPicture:
    """A code without its quiet zone."""

    size: int
    """Modules a side."""
    pixels: bytes
    """Two pixels a module, row by row from the top, each filled up to whole bytes; the highest bit is leftmost, 1 is
    dark."""


class _Blocks(NamedTuple):
    """How the codewords of a version at level M are divided."""

    number: int
    data: int
    """Codewords of a block, and those that correct them."""
    correction: int


VERSIONS: Final = (_Blocks(1, 16, 10), _Blocks(1, 28, 16), _Blocks(1, 44, 26), _Blocks(2, 32, 18), _Blocks(2, 43, 24))
"""Versions 1 to 5."""


def encode_qr(text: str) -> QrPicture:
    """Raises: TooLong."""
    try:
        body = "".join([_PAIRS[text[start : start + 2]] for start in range(0, len(text), 2)])
    except ValueError:
        return _by_library(text)
    bits = f"{MODE}{len(text):0{COUNT_BITS}b}{body}"
    for number, blocks in enumerate(VERSIONS, 1):
        room = 8 * blocks.number * blocks.data
        if len(bits) <= room:
            bits += "0" * min(4, room - len(bits))
            bits += "0" * (-len(bits) % 8)
            bits += (PADDING * (room // 16 + 1))[: room - len(bits)]
            return _version(number).picture(f"{int(bits, 2):0{room // 4}x}")
    return _by_library(text)


class _Pairs(dict[str, str]):
    """Two characters, or the last one, as bits; made when met."""

    def __missing__(self, pair: str) -> str:
        value = 0
        for character in pair:
            value = 45 * value + ALPHANUMERIC.index(character)
        made = self[pair] = f"{value:0{11 if len(pair) == 2 else 6}b}"
        return made


_PAIRS: Final = _Pairs()


@functools.cache
def _version(number: int) -> _Version:
    return _Version(number)


class _Version:
    """What is the same for all codes of a version, and what their data add."""

    def __init__(self, number: int) -> None:
        self.size = 17 + 4 * number
        self.blocks = VERSIONS[number - 1]
        self._row_bits = 8 * ((2 * self.size + 7) // 8)
        fixed = _fixed_modules(number, self.size)
        free = list(_places(self.size, fixed))
        self._frame = sum(self._module(row, column) for (row, column), is_dark in fixed.items() if is_dark)
        self._frame += sum(self._module(row, column) for row, column in free if (row + column) % 2 == 0)  # the mask
        self._modules = [self._module(row, column) for row, column in free]
        """In the order in which codewords' bits take them."""
        self._added = [_Added(self, place) for place in range(2 * self.blocks.number * self.blocks.data)]

    def picture(self, data: str) -> QrPicture:
        """The code of these data, in hexadecimal."""
        pixels = self._frame
        for added, digit in zip(self._added, data, strict=True):
            pixels ^= added[digit]
        return QrPicture(self.size, pixels.to_bytes(2 * self.size * self._row_bits // 8, "big"))

    def added_by(self, place: int, value: int) -> int:
        """The pixels that a data codeword of this value adds, with the codewords that correct it."""
        blocks = self.blocks
        block, index = divmod(place, blocks.data)
        pixels = self._codeword(index * blocks.number + block, value)
        remainder = _remainder(value, blocks.data - 1 - index, blocks.correction)
        first = blocks.number * blocks.data + block
        for number, correction in enumerate(remainder.to_bytes(blocks.correction, "big")):
            pixels ^= self._codeword(first + number * blocks.number, correction)
        return pixels

    def _codeword(self, position: int, value: int) -> int:
        pixels = 0
        for bit in range(8):
            if value >> (7 - bit) & 1:
                pixels |= self._modules[8 * position + bit]
        return pixels

    def _module(self, row: int, column: int) -> int:
        """The four pixels of a module."""
        last = 2 * self.size * self._row_bits - 2
        upper = last - 2 * row * self._row_bits - 2 * column
        return 3 << upper | 3 << (upper - self._row_bits)


class _Added(dict[str, int]):
    """What half a data codeword adds to a picture, by its hexadecimal digit; made when met."""

    def __init__(self, version: _Version, place: int) -> None:
        super().__init__()
        self._version = version
        self._place = place

    def __missing__(self, digit: str) -> int:
        value = int(digit, 16) << (0 if self._place % 2 else 4)
        made = self[digit] = self._version.added_by(self._place // 2, value)
        return made


def _remainder(value: int, power: int, corrections: int) -> int:
    """Of value · x^(power + corrections), divided by the generator polynomial. Source: 7.5.2."""
    steps = _multiples(corrections)
    top = 8 * (corrections - 1)
    remainder = steps[value]
    for _ in range(power):
        remainder = (remainder & ~(255 << top)) << 8 ^ steps[remainder >> top]
    return remainder


@functools.cache
def _multiples(corrections: int) -> list[int]:
    """The generator polynomial without its highest term, times every element of the field."""
    generator, root = [1], 1
    for _ in range(corrections):
        shifted = [*generator, 0]
        generator = [high ^ _product(low, root) for high, low in zip(shifted, [0, *generator], strict=True)]
        root = _product(root, 2)
    return [int.from_bytes(bytes(_product(factor, value) for factor in generator[1:]), "big") for value in range(256)]


def _product(first: int, second: int) -> int:
    product = 0
    while second:
        if second & 1:
            product ^= first
        first <<= 1
        if first & 256:
            first ^= FIELD
        second >>= 1
    return product


def _fixed_modules(version: int, size: int) -> dict[tuple[int, int], bool]:
    """Whether each module that no data take is dark. Source: 6.3 (patterns), 7.9 (format)."""
    fixed: dict[tuple[int, int], bool] = {}
    for index in range(size):
        fixed[6, index] = fixed[index, 6] = index % 2 == 0
    if version > 1:
        centre = size - 7
        fixed |= _square(centre, centre, 2, (0, 2), size)
    for row, column in ((3, 3), (3, size - 4), (size - 4, 3)):
        fixed |= _square(row, column, 4, (0, 1, 3), size)
    around = [(8, column) for column in (0, 1, 2, 3, 4, 5, 7, 8)] + [(row, 8) for row in (7, 5, 4, 3, 2, 1, 0)]
    apart = [(size - 1 - row, 8) for row in range(7)] + [(8, size - 8 + column) for column in range(8)]
    for places in (around, apart):
        fixed |= {place: bit == "1" for place, bit in zip(places, FORMAT, strict=True)}
    fixed[size - 8, 8] = True
    return fixed


def _square(row: int, column: int, reach: int, dark: tuple[int, ...], size: int) -> Mapping[tuple[int, int], bool]:
    """Nested squares around a module; those at the distances `dark` are dark."""
    return {
        (row + down, column + right): max(abs(down), abs(right)) in dark
        for down in range(-reach, reach + 1)
        for right in range(-reach, reach + 1)
        if 0 <= row + down < size and 0 <= column + right < size
    }


def _places(size: int, fixed: Mapping[tuple[int, int], bool]) -> Iterator[tuple[int, int]]:
    """The free modules, in pairs of columns from the right, up and down by turns. Source: 7.7.3."""
    is_upwards = True
    for right in (*range(size - 1, 6, -2), 5, 3, 1):
        for step in range(size):
            row = size - 1 - step if is_upwards else step
            yield from ((row, column) for column in (right, right - 1) if (row, column) not in fixed)
        is_upwards = not is_upwards


def _by_library(text: str) -> QrPicture:
    """The code of any text. Raises: TooLong."""
    from formgen.rendering.pdf.qr_library import encode_any

    picture = encode_any(text)
    if picture is None or picture.size > LARGEST:
        raise TooLong(text)
    return picture
