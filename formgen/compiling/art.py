"""The background: the blank form's pages, or strips of them, as pages of one PDF.

In: the blank probe as LibreOffice printed it, and for each picture (art) the page and the strips of it that it shows.
Out: the bytes of background.pdf. Ink that belongs to no strip is taken out of the page, not covered: what is only
hidden would still be found by a search. A line that runs through several strips is clipped. Equal input gives equal
bytes. Fonts are shared by all pages; marks of tagged PDF and blanks go.
"""

from __future__ import annotations

import io
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pikepdf

from formgen.compiling.ink import Ink, Matrix, PageInk
from formgen.compiling.marks import Colour
from formgen.forms.layout import Rect

__all__ = ["Cut", "make_background", "outset", "shown_boxes"]

Strip = tuple[float, float]
DROPPED: Final = frozenset(["BMC", "BDC", "EMC", "MP", "DP"])
PAINTING: Final = frozenset(
    ["f", "F", "f*", "B", "B*", "b", "b*", "S", "s", "Do", "sh", "Tj", "TJ", "'", '"', "INLINE IMAGE"]
)
RESOURCES: Final = ("/Font", "/XObject", "/ExtGState", "/ColorSpace", "/Pattern", "/Shading")
NEAR_PT: Final = 0.5
"""A border runs no farther from the middle between two cells."""
THICKEST_PT: Final = 4.0
HAIR_PT: Final = 0.01
EVERYWHERE: Final[Strip] = (0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Cut:
    """One art: what of which page it shows."""

    page: int
    strips: tuple[Strip, ...]
    """Top and bottom of each, in points from the page's top, with the borders that belong to it."""


def make_background(
    pdf: pikepdf.Pdf, pages: Sequence[PageInk], cuts: Sequence[Cut], signs: Collection[Colour]
) -> bytes:
    """A PDF of one page a cut. `signs`: colours of ink that is no part of the form."""
    made = pikepdf.new()
    for cut in cuts:
        content = pikepdf.unparse_content_stream(_pruned(_kept(pages[cut.page], cut, signs)))
        source = pdf.pages[cut.page]
        target = made.add_blank_page().obj
        stream = made.make_stream(content)
        target["/MediaBox"] = pikepdf.Array(source.mediabox)
        target["/Resources"] = _resources(made, source, _used_names(pikepdf.parse_content_stream(stream)))
        target["/Contents"] = stream
    return _bytes(made)


def _resources(made: pikepdf.Pdf, source: pikepdf.Page, used: Collection[str]) -> pikepdf.Dictionary:
    """What of a page's resources is used, as objects of the new file; those of several pages are copied once."""
    resources = pikepdf.Dictionary()
    for kind in RESOURCES:
        known: Any = source.obj.get("/Resources", pikepdf.Dictionary()).get(kind, pikepdf.Dictionary())
        entries = {name: _copy(made, known[name]) for name in sorted(known.keys()) if name in used}
        if entries:
            resources[kind] = pikepdf.Dictionary(entries)
    return resources


def _copy(made: pikepdf.Pdf, item: Any) -> Any:
    return made.copy_foreign(item) if item.is_indirect else item


def outset(page: PageInk, boundary_pt: float) -> float:
    """Half the height of the lines that are drawn along a boundary."""
    halves = [
        (ink.box[3] - ink.box[1]) / 2
        for ink in page.inks
        if ink.kind == "path"
        and ink.box[3] - ink.box[1] < THICKEST_PT
        and abs((ink.box[1] + ink.box[3]) / 2 - boundary_pt) < NEAR_PT
    ]
    return max(halves, default=0.0)


def shown_boxes(page: PageInk, cut: Cut, signs: Collection[Colour]) -> Iterator[Rect]:
    """The boxes of the ink that an art shows."""
    for ink in page.inks:
        left, top, right, bottom = ink.box
        for strip in _strips(ink, cut, signs):
            yield ink.box if strip == EVERYWHERE else (left, max(top, strip[0]), right, min(bottom, strip[1]))


def _bytes(pdf: pikepdf.Pdf) -> bytes:
    pdf.remove_unreferenced_resources()
    file = io.BytesIO()
    pdf.save(
        file,
        deterministic_id=True,
        object_stream_mode=pikepdf.ObjectStreamMode.generate,
        compress_streams=True,
        recompress_flate=True,
    )
    return file.getvalue()


def _kept(page: PageInk, cut: Cut, signs: Collection[Colour]) -> Iterator[Any]:
    """The page's instructions without the ink that is not wanted."""
    starts: dict[int, tuple[Ink, list[Strip]]] = {}
    for ink in page.inks:
        starts[ink.first] = (ink, _strips(ink, cut, signs))
    skip_to, close_at = -1, -1
    for at, instruction in enumerate(page.instructions):
        if at in starts:
            ink, strips = starts[at]
            if not strips:
                skip_to = ink.last
            elif strips != [EVERYWHERE]:
                yield from _clip(page, ink.matrix, strips)
                close_at = ink.last
        if at > skip_to and str(instruction.operator) not in DROPPED:
            yield instruction
        if at == close_at:
            yield _instruction("Q")


def _strips(ink: Ink, cut: Cut, signs: Collection[Colour]) -> list[Strip]:
    """The strips in which the ink shows; EVERYWHERE where it need not be clipped."""
    if ink.kind == "text":
        is_wanted = ink.colour not in signs and ink.text.strip() and not ink.is_cut
        is_inside = any(top < ink.baseline_pt <= bottom for top, bottom in cut.strips)
        return [EVERYWHERE] if is_wanted and is_inside else []
    touched = []
    for top, bottom in cut.strips:
        if top - HAIR_PT <= ink.box[1] and ink.box[3] <= bottom + HAIR_PT:
            return [EVERYWHERE]
        if ink.box[1] < bottom - HAIR_PT and ink.box[3] > top + HAIR_PT:
            touched.append((top, bottom))
    return touched


def _clip(page: PageInk, matrix: Matrix, strips: Sequence[Strip]) -> Iterator[Any]:
    """Save the state and clip to the strips, in the coordinates that are in force."""
    inverse = pikepdf.Matrix(*matrix).inverse()
    yield _instruction("q")
    yield _instruction("cm", *inverse.shorthand)
    for top, bottom in strips:
        yield _instruction("re", 0, page.height_pt - bottom, page.width_pt, bottom - top)
    yield _instruction("W")
    yield _instruction("n")
    yield _instruction("cm", *matrix)


def _instruction(operator: str, *operands: float) -> Any:
    values = [round(float(value), 4) for value in operands]
    return pikepdf.ContentStreamInstruction(values, pikepdf.Operator(operator))


def _pruned(instructions: Iterator[Any]) -> list[Any]:
    """Without q … Q in which nothing is painted."""
    stack: list[tuple[list[Any], bool]] = [([], False)]
    for instruction in instructions:
        name = str(instruction.operator)
        if name == "q":
            stack.append(([instruction], False))
            continue
        inside, is_painted = stack[-1]
        inside.append(instruction)
        if name in PAINTING:
            stack[-1] = (inside, True)
        elif name == "Q" and len(stack) > 1:
            stack.pop()
            if is_painted:
                outer, _ = stack[-1]
                outer += inside
                stack[-1] = (outer, True)
    return [instruction for group, _ in stack for instruction in group]


def _used_names(instructions: Sequence[Any]) -> set[str]:
    return {
        str(operand)
        for instruction in instructions
        for operand in instruction.operands
        if isinstance(operand, pikepdf.Name)
    }
