"""Marks: how a value's place is told again on the printed probe.

A probe is a form filled with marks instead of values. Every place gets colours of its own: one for its cell or blank,
one for its paragraph, one for the sign printed in it. Colours are not taken from what the template uses itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from formgen.forms.layout import SpotKind
from formgen.rendering.tokens import Token
from formgen.typeset import Box

__all__ = [
    "CALC_GAPS",
    "WRITER_GAPS",
    "Colour",
    "Colours",
    "Mark",
    "Probe",
]

Colour = tuple[int, int, int]
Gaps = tuple[float, float, float, float]
"""From the edges of a cell's shading to the middle of its borders: left, top, right, bottom; always the same."""
WRITER_GAPS: Final[Gaps] = (0.0, 0.25, 0.05, 0.3)
CALC_GAPS: Final[Gaps] = (0.09, 0.09, 0.05, 0.05)
FIRST_REDS: Final = tuple(range(0xC3, 0xFF, 4))


@dataclass(frozen=True, slots=True)
class Mark:
    """One place on the probe, and how it is told again."""

    tag: Token
    kind: SpotKind
    box: Box | None
    """The room the Word or Excel file gives it; None where that follows from the paper."""
    is_inline: bool
    room_colour: Colour | None
    """Of the cell, or of the blank from tab to tab; None where the sign itself is the place."""
    line_colour: Colour | None
    """Of the paragraph: from its left indent to its right."""
    sign_colour: Colour
    line_pt: float
    """0 where the font's own line is meant."""
    font: str
    valign: Literal["top", "center", "bottom"]
    pieces: tuple[str, ...] = ()
    align: Literal["left", "center", "right"] | None = None
    """As the template says it; None where it is measured."""
    gaps: Gaps = WRITER_GAPS


@dataclass(frozen=True, slots=True)
class Probe:
    """Two files, and what was marked in them."""

    blank: bytes
    marked: bytes
    marks: list[Mark]
    row_colours: list[list[Colour]]
    """Of each row of the growing table: the colours of cells that span its height."""
    end_colour: Colour | None
    """Of the last paragraph of the body."""
    heads: str
    """Words of the headers and footers, without values and spaces."""
    body: str
    """Words of the body likewise."""
    table: str
    """Key of the growing table; '' where there is none."""
    is_broken_after: bool
    """Whether a page is broken after the growing table."""
    body_pt: tuple[float, float]
    """The margins above and below the body."""
    row_height_pt: float
    """Of a row of the growing table."""


class Colours:
    """Colours that a template does not use."""

    def __init__(self, used: str) -> None:
        """`used`: the template's text, in which a colour stands as RRGGBB."""
        used = used.upper()
        self._red = next((red for red in FIRST_REDS if f'"{red:02X}' not in used), FIRST_REDS[0])
        self._next = 0

    def take(self) -> Colour:
        number, self._next = self._next, self._next + 1
        return self._red + (number >> 16), (number >> 8) & 255, number & 255
