"""How a run looks, as far as it changes what a person reads: struck out, hidden, raised or lowered.

In: a run. Out: whether it is hidden or struck out, and how its signs read; None where it looks like any other. Only the
run's own formatting is looked at, not that of its style.
Source: ECMA-376 Part 1, 17.3.2.9, 17.3.2.37, 17.3.2.41, 17.3.2.42 (dstrike, strike, vanish, vertAlign).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from formgen.reading.docx.elements import LINES, RAISED, RPR, VALUE, VANISH, is_on
from formgen.reading.struck import struck
from formgen.rendering.docx.wordml import Element

__all__ = ["LOOKS", "Look", "look"]

LOOKS: Final = (b"trike", b"vanish", b"vertAlign")
"""In the bytes of whatever has such a run."""

_PLAIN: Final = "0123456789+-−=()n"
_FIGURES: Final[Mapping[str, Mapping[int, str]]] = {
    kind: {ord(sign): shown for sign, shown in zip(_PLAIN, signs, strict=True)}
    | {ord(sign) - ord("0") + ord("０"): shown for sign, shown in zip("0123456789", signs, strict=False)}
    for kind, signs in (("superscript", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿ"), ("subscript", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₙ"))
}
"""What figures above or below the line are as signs of their own: 2400² is another number than 24002."""


class Look(NamedTuple):
    is_hidden: bool = False
    is_struck: bool = False
    figures: Mapping[int, str] | None = None

    def dress(self) -> Callable[[str], str]:
        """What the run's texts read as."""
        figures = self.figures
        if figures is None:
            return struck
        if self.is_struck:
            return lambda text: struck(text.translate(figures))
        return lambda text: text.translate(figures)


def look(run: Element) -> Look | None:
    """None of a run that looks like any other, or says that it does."""
    properties = next(run.iterchildren(RPR), None)
    if properties is None:
        return None
    is_hidden = is_struck = False
    figures = None
    for item in properties:
        tag = item.tag
        if tag == VANISH:
            is_hidden = is_on(item)
        elif tag in LINES:
            is_struck = is_struck or is_on(item)
        elif tag == RAISED:
            figures = _FIGURES.get(item.get(VALUE, ""))
    return Look(is_hidden, is_struck, figures) if is_hidden or is_struck or figures is not None else None
