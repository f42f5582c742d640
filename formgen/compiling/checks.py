"""Whether the printed probe can be trusted: the same words at the same places, blank or filled, and none cut off."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from typing import Final

from formgen.compiling.ink import Glyph, PageInk
from formgen.compiling.marks import Colour, Probe
from formgen.errors import TemplateError
from formgen.problems import Place, Problem

__all__ = ["check_probe", "static_glyphs"]

TOLERANCE_PT: Final = 0.05
SHOWN: Final = 20


def check_probe(probe: Probe, blank: Sequence[PageInk], marked: Sequence[PageInk], file: str) -> None:
    """Raises: TemplateError.

    F-LAYOUT-014 page counts differ; F-LAYOUT-015 words move with the values; F-LAYOUT-016 words are cut off.
    """
    place = Place(file)
    if len(blank) != len(marked):
        params = {"blank": str(len(blank)), "filled": str(len(marked))}
        raise TemplateError(Problem("F-LAYOUT-014", place, params=params))
    signs = {mark.sign_colour for mark in probe.marks}
    for number, (before, after) in enumerate(zip(blank, marked, strict=True), 1):
        moved = _moved(static_glyphs(before, signs), static_glyphs(after, signs))
        if moved:
            params = {"page": str(number)}
            raise TemplateError(Problem("F-LAYOUT-015", place, "".join(moved)[:SHOWN], params))
    printed = Counter(glyph.text for page in blank for glyph in static_glyphs(page, signs))
    wanted = Counter(probe.body + probe.heads * len(blank))
    if missing := wanted - Counter("".join(printed.elements())):
        raise TemplateError(Problem("F-LAYOUT-016", place, "".join(missing)[:SHOWN]))


def static_glyphs(page: PageInk, signs: Collection[Colour]) -> list[Glyph]:
    """The characters of the template's own words."""
    return [glyph for ink in page.texts if ink.colour not in signs for glyph in ink.glyphs if glyph.text.strip()]


def _moved(before: Sequence[Glyph], after: Sequence[Glyph]) -> list[str]:
    """Characters that are not where they were."""
    places: dict[str, tuple[list[Glyph], list[Glyph]]] = defaultdict(lambda: ([], []))
    for side, glyphs in enumerate((before, after)):
        for glyph in glyphs:
            places[glyph.text][side].append(glyph)
    moved = []
    for text, (first, second) in places.items():
        pairs = zip(sorted(first, key=_order), sorted(second, key=_order), strict=False)
        if len(first) != len(second) or any(_distance(one, other) > TOLERANCE_PT for one, other in pairs):
            moved.append(text)
    return moved


def _order(glyph: Glyph) -> tuple[float, float]:
    return round(glyph.baseline_pt, 1), glyph.left_pt


def _distance(one: Glyph, other: Glyph) -> float:
    return max(abs(one.left_pt - other.left_pt), abs(one.baseline_pt - other.baseline_pt))
