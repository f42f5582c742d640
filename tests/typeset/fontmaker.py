"""Fonts of every kind, made small: from the package's own ones, or drawn as boxes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import uharfbuzz as hb
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTCollection, TTFont

from formgen.typeset.fonts import SHIPPED_FONTS

SONG, SUPPLEMENT = SHIPPED_FONTS


def box_font(
    path: Path, chars: Mapping[str, int], *, kind: str = "glyf", family: str = "Boxes", chinese: str = ""
) -> Path:
    """A font that draws each character as a box of its own height. `chars`: advance of each, of 1000.

    kind: glyf, cff (no CIDs), varied (glyf with a weight axis) or cff2 (CFF with one).
    """
    names = [".notdef", *(f"uni{ord(char):04X}" for char in chars)]
    heights = dict(zip(names, range(700, 0, -700 // len(names)), strict=False))
    widths = dict(zip(names, (500, *chars.values()), strict=True))
    font = FontBuilder(1000, isTTF=kind in ("glyf", "varied"))
    font.setupGlyphOrder(names)
    font.setupCharacterMap({ord(char): name for char, name in zip(chars, names[1:], strict=True)})
    if font.isTTF:
        font.setupGlyf({name: _box(TTGlyphPen(None), heights[name]).glyph() for name in names})
    elif kind == "cff":
        drawn = {name: _box(T2CharStringPen(widths[name], None), heights[name]).getCharString() for name in names}
        font.setupCFF(family, {"FullName": family}, drawn, {})
    font.setupHorizontalMetrics({name: (width, 50) for name, width in widths.items()})
    font.setupHorizontalHeader(ascent=800, descent=-200)
    names_en = {"familyName": family, "styleName": "Regular", "psName": family.replace(" ", "")}
    font.setupNameTable(names_en)
    if chinese:
        font.font["name"].setName(chinese, 1, 3, 1, 0x804)
    font.setupOS2()
    font.setupPost()
    if kind in ("varied", "cff2"):
        font.setupFvar([("wght", 100, 400, 900, "Weight")], [])
    if kind == "varied":
        font.setupGvar({name: [] for name in names})
    if kind == "cff2":
        drawn = {name: _box(T2CharStringPen(None, None, CFF2=True), heights[name]).getCharString() for name in names}
        font.setupCFF2(drawn)
    font.save(path)
    return path


def _box(pen: Any, height: int) -> Any:
    pen.moveTo((50, 0))
    for point in ((50, height), (450, height), (450, 0)):
        pen.lineTo(point)
    pen.closePath()
    return pen


def cut_song(path: Path, chars: str) -> Path:
    """Some of the package's characters, CFF whose CIDs are not its glyphs' numbers."""
    wanted = hb.SubsetInput()
    wanted.unicode_set.update(map(ord, chars))
    cut = hb.subset(hb.Face(hb.Blob.from_file_path(str(SONG))), wanted)
    path.write_bytes(cut.blob.data)
    return path


def collect(path: Path, *fonts: Path) -> Path:
    """A collection of fonts."""
    made = TTCollection()
    made.fonts = [TTFont(font) for font in fonts]
    made.save(path)
    return path


def changed(source: Path, path: Path, change: Callable[[TTFont], object]) -> Path:
    with TTFont(source) as font:
        change(font)
        font.save(path)
    return path
