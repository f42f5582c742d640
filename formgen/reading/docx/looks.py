"""How a run looks, as far as it changes what a person reads: struck out, hidden, raised or lowered, in a symbol font.

In: a run. Out: whether it is hidden or struck out, and how its signs read; None where it looks like any other. Only the
run's own formatting is looked at, not that of its style. Hidden is as well what has the colour of what is behind it:
white on paper, black under a black mark. What is behind a text in a table with a style, or in a box, is not known.
Source: ECMA-376 Part 1, 17.3.2.9, 17.3.2.37, 17.3.2.41, 17.3.2.42 (dstrike, strike, vanish, vertAlign), 17.3.2.6,
17.3.2.15, 17.3.2.26, 17.3.2.32 (color, highlight, rFonts, shd).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from formgen.reading.docx.elements import (
    ASCII,
    BOX,
    CELL_PROPERTIES,
    FILL,
    FONTS,
    INK,
    LINES,
    MARKED,
    PPR,
    RAISED,
    RPR,
    SHADE,
    TABLE_PROPERTIES,
    TABLE_STYLE,
    VALUE,
    VANISH,
    is_on,
)
from formgen.reading.docx.signs import is_symbol_font, symbols
from formgen.reading.struck import struck
from formgen.rendering.docx.wordml import Element

__all__ = ["Look", "has_look", "look"]

_LOOKS: Final = (
    *(b"trike", b"vanish", b"vertalign", b'ascii="wingdings', b'ascii="webdings', b'ascii="symbol"'),
    *(b':val="ffffff"', b':val="black"', b':fill="000000"'),
)
"""In the bytes of whatever has such a run, in small letters and with double quotes."""

_NUMBERED: Final = re.compile(rb"=[\"'][^\"'<>]*&#")
_APART: Final = re.compile(rb"\s=\s*[\"']|=\s+[\"']")
_SPACED: Final = tuple(sign for space in (b" ", b"\t", b"\n", b"\r") for sign in (space + b"=", b"=" + space))
WHITE: Final = "FFFFFF"
BLACK: Final = "000000"
PLAIN_STYLE: Final = "TableGrid"
"""A table's style that shades nothing."""
_MARKERS: Final = {"black": BLACK, "white": WHITE, "none": "none"}
_PLAIN: Final = "0123456789+-−=()n"
_FIGURES: Final[Mapping[str, Mapping[int, str]]] = {
    kind: {ord(sign): shown for sign, shown in zip(_PLAIN, signs, strict=True)}
    | {ord(sign) - ord("0") + ord("０"): shown for sign, shown in zip("0123456789", signs, strict=False)}
    for kind, signs in (("superscript", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿ"), ("subscript", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₙ"))
}
"""What figures above or below the line are as signs of their own: 2400² is another number than 24002."""


def has_look(content: bytes) -> bool:
    """Whether any run in these bytes of a part may look so that it reads otherwise."""
    if _is_spelled_otherwise(content):
        return True
    content = content.lower().replace(b"'", b'"')
    return any(sign in content for sign in _LOOKS)


def _is_spelled_otherwise(content: bytes) -> bool:
    """Whether a value has characters by their numbers, or stands apart from its name: so no program writes, and a
    parser reads it as any other."""
    if b"&#" in content and _NUMBERED.search(content) is not None:
        return True
    return any(sign in content for sign in _SPACED) and _APART.search(content) is not None


class Look(NamedTuple):
    is_hidden: bool = False
    is_struck: bool = False
    figures: Mapping[int, str] = {}
    font: str = ""
    """A symbol font's name; '' of others."""

    def dress(self) -> Callable[[str], str]:
        """What the run's texts read as."""

        def dressed(text: str) -> str:
            text = symbols(self.font, text) if self.font else text.translate(self.figures)
            return struck(text) if self.is_struck else text

        return dressed


def look(run: Element) -> Look | None:
    """None of a run that looks like any other, or says that it does."""
    properties = next(run.iterchildren(RPR), None)
    if properties is None:
        return None
    is_hidden = is_struck = False
    figures: Mapping[int, str] = {}
    font = ""
    for item in properties:
        tag = item.tag
        if tag == VANISH:
            is_hidden = is_on(item)
        elif tag in LINES:
            is_struck = is_struck or is_on(item)
        elif tag == RAISED:
            figures = _FIGURES.get(item.get(VALUE, ""), {})
        elif tag == FONTS:
            name = item.get(ASCII, "").lower()
            font = name if is_symbol_font(name) else ""
    is_hidden = is_hidden or _is_invisible(run, properties)
    return Look(is_hidden, is_struck, figures, font) if is_hidden or is_struck or figures or font else None


def _is_invisible(run: Element, properties: Element) -> bool:
    ink = marked = shade = ""
    for item in properties:
        if item.tag == INK:
            ink = item.get(VALUE, "").upper().replace("AUTO", "")
        elif item.tag == MARKED:
            marked = _MARKERS.get(item.get(VALUE, ""), "other").replace("none", "")
        elif item.tag == SHADE:
            shade = _fill(item)
    if marked:
        return marked == (ink or BLACK)
    if shade:
        return shade == ink  # ink that is not said is white on black
    return ink == WHITE and not _is_shaded(run)


def _fill(shade: Element) -> str:
    """The colour of a shade; 'other' for a pattern, '' for none."""
    if shade.get(VALUE, "clear") not in ("clear", "nil"):
        return "other"
    fill: str = shade.get(FILL, "")
    return fill.upper().replace("AUTO", "")


def _is_shaded(run: Element) -> bool:
    """Whether anything but paper may be behind a run."""
    for around in run.iterancestors():
        if around.tag == BOX:
            return True
        for properties in around.iterchildren(PPR, CELL_PROPERTIES, TABLE_PROPERTIES):
            if any(_fill(shade) not in ("", WHITE) for shade in properties.iterchildren(SHADE)):
                return True
            if any(style.get(VALUE) != PLAIN_STYLE for style in properties.iterchildren(TABLE_STYLE)):
                return True
    return False
