"""One page in the making: operators for what is drawn and for what is written, and what they need from the file.

Points, origin top left, y down, as in layouts; PDF's own y grows upwards from the bottom. Glyphs are shown by their
numbers in the face, so a page can be made before the file's subset of the face is known, and in another process.

Source: ISO 32000-2, 8.4 (graphics state), 9.4 (text objects).
"""

from __future__ import annotations

import functools
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple

from formgen.rendering.pdf.artwork import ArtUse
from formgen.rendering.pdf.objects import deflate
from formgen.rendering.pdf.pictures import Picture
from formgen.typeset.fonts import Face, FontChain
from formgen.typeset.widths import GAP_EM, WIDEST, gaps_in

__all__ = ["Canvas", "ComposedPage", "FontUse", "TextRun", "Typesetter"]

GAP_PER_MILLE: Final = round(GAP_EM * 1000)


class FontUse(NamedTuple):
    """A face as a page names it: the same name in whichever process the page is made."""

    name: str
    path: str
    number: int
    """Place in a collection."""


@dataclass(frozen=True, slots=True)
class ComposedPage:
    """A page ready to be put into a file. It can be pickled: workers make pages, one process writes the file."""

    width_pt: float
    height_pt: float
    content: bytes
    """Operators, deflated."""
    arts: tuple[ArtUse, ...]
    fonts: tuple[tuple[FontUse, str], ...]
    """Faces, and the characters they show."""
    pictures: tuple[Picture, ...] = ()


@functools.cache
def font_use(face: Face) -> FontUse:
    """The name comes from the face's tables, not from its path: head holds a checksum over the whole font."""
    stamp = face.table("head") + face.postscript_name.encode() + bytes([face.index])
    return FontUse(f"F{zlib.crc32(stamp):08x}", str(face.path), face.index)


class TextRun(NamedTuple):
    """Glyphs of one face: what shows them, and the characters they stand for."""

    font: FontUse
    shown: str
    chars: str


class Typesetter:
    """Turns lines of text into glyphs of one family's faces."""

    def __init__(self, chain: FontChain) -> None:
        self.chain = chain
        self.advances = chain.advances
        self._font = font_use(chain.first)
        self._first = _Glyphs(chain.first, chain)
        self._others: dict[Face, _Glyphs] = {}

    def width(self, line: str) -> float:
        """Width of a line in em, gaps included."""
        return sum(map(self.advances.__getitem__, line)) + GAP_EM * len(gaps_in(line))

    def widths(self, line: str) -> tuple[float, float]:
        """The same, and that in the widest of the usual fonts: where it is too wide, the fit decides."""
        gaps = GAP_EM * len(gaps_in(line))
        return sum(map(self.advances.__getitem__, line)) + gaps, sum(map(WIDEST.__getitem__, line)) + gaps

    def runs(self, line: str) -> Sequence[TextRun]:
        """A line's glyphs.

        Raises: MissingGlyph: a character has no glyph.
        """
        try:
            pieces = _pieces(line)
            if len(pieces) == 1:
                return (TextRun(self._font, f"<{''.join(map(self._first.__getitem__, line))}>Tj", line),)
            shown = f">-{GAP_PER_MILLE}<".join(["".join(map(self._first.__getitem__, piece)) for piece in pieces])
            return (TextRun(self._font, f"[<{shown}>]TJ", line),)
        except KeyError:
            return self._mixed(line)

    def _mixed(self, line: str) -> Sequence[TextRun]:
        """A line that needs several faces, which change anywhere: within a name, too."""
        made = []
        for number, piece in enumerate(_pieces(line)):
            for position, (face, chars) in enumerate(self.chain.runs(piece)):
                glyphs = self._others.setdefault(face, _Glyphs(face))
                gap = f"-{GAP_PER_MILLE}" if number and not position else ""
                shown = "".join(map(glyphs.__getitem__, chars))
                made.append(TextRun(font_use(face), f"[{gap}<{shown}>]TJ", chars))
        return made


def _pieces(line: str) -> Sequence[str]:
    """What stands between the gaps of a line."""
    gaps = gaps_in(line)
    if not gaps:
        return (line,)
    places = [0, *sorted(gaps), len(line)]
    return [line[start:end] for start, end in pairwise(places)]


class _Glyphs(dict[str, str]):
    """Character → number of its glyph in hexadecimal, as met so far. Never another glyph: KeyError."""

    def __init__(self, face: Face, chain: FontChain | None = None) -> None:
        super().__init__()
        self._face = face
        self._chain = chain

    def __missing__(self, char: str) -> str:
        glyph = self._face.glyph(char) if self._chain is None or self._chain.face_of(char) is self._face else None
        if glyph is None:
            raise KeyError(char)
        shown = self[char] = f"{glyph:04X}"
        return shown


class Canvas:
    """Collects a page's operators."""

    def __init__(self, width_pt: float, height_pt: float) -> None:
        self.width_pt = width_pt
        self.height_pt = height_pt
        self.drawn: list[str] = []
        """Operators outside of text, in the order of painting; all text lies above them."""
        self._written: list[str] = []
        self._arts: list[ArtUse] = []
        self._fonts: dict[str, tuple[FontUse, list[str]]] = {}
        self._pictures: dict[str, Picture] = {}
        self._font: tuple[FontUse, float] | None = None

    def paint(self, art: ArtUse, name: str, down_pt: float = 0.0) -> None:
        """Paint artwork where it stands, or further down."""
        self._arts.append(art)
        self.drawn.append(f"q 1 0 0 1 0 {-down_pt:.2f} cm/{name} Do Q" if down_pt else f"/{name} Do")

    def place(self, picture: Picture, left_pt: float, top_pt: float, width_pt: float, height_pt: float) -> None:
        bottom = self.height_pt - top_pt - height_pt
        self._pictures[picture.name] = picture
        self.drawn.append(f"q {width_pt:.2f} 0 0 {height_pt:.2f} {left_pt:.2f} {bottom:.2f} cm/{picture.name} Do Q")

    def write(self, x_pt: float, baseline_pt: float, size_pt: float, runs: Sequence[TextRun]) -> None:
        """Show glyphs from a point on a baseline on."""
        written = self._written
        at = f"1 0 0 1 {x_pt:.2f} {self.height_pt - baseline_pt:.2f} Tm"
        for font, shown, chars in runs:
            if self._font is None or self._font[1] != size_pt or self._font[0] is not font:
                self._font = font, size_pt
                at = f"/{font.name} {size_pt:g} Tf {at}"
            written.append(at + shown)
            at = ""
            if font.name in self._fonts:
                self._fonts[font.name][1].append(chars)
            else:
                self._fonts[font.name] = font, [chars]

    def page(self) -> ComposedPage:
        operators = self.drawn
        if self._written:
            operators = [*self.drawn, "BT", *self._written, "ET"]
        return ComposedPage(
            self.width_pt,
            self.height_pt,
            deflate("\n".join(operators).encode("ascii")),
            tuple(self._arts),
            tuple((font, "".join(texts)) for font, texts in self._fonts.values()),
            tuple(self._pictures.values()),
        )
