"""Where the page code and the corner marks have room on every page of a form.

The page code is a square; the manifest says where it stands, or it takes the first corner that is free, or any free
place along the top or the bottom. Free is what neither words nor lines nor places of values touch, on any page the form
may have.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from formgen.compiling.art import shown_boxes
from formgen.compiling.flows import Plan
from formgen.compiling.ink import PageInk
from formgen.compiling.marks import Colour
from formgen.forms.layout import Band, Flow, Rect, Spot
from formgen.forms.manifest import Manifest
from formgen.forms.page_marks import mark_boxes
from formgen.problems import Place, Problem
from formgen.units import mm_to_pt

__all__ = ["reserve_places"]

CODE_PT: Final = mm_to_pt(18)
SIDE_PT: Final = mm_to_pt(16)
"""From the page's side to the code: beside the corner mark."""
EDGE_PT: Final = mm_to_pt(6)
STEP_PT: Final = mm_to_pt(2)


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A kind of page and all that may stand on it."""

    width_pt: float
    height_pt: float
    taken: tuple[Rect, ...]

    def is_free(self, place: Rect) -> bool:
        left, top, right, bottom = place
        return (
            left >= 0
            and top >= 0
            and right <= self.width_pt
            and bottom <= self.height_pt
            and not any(left < box[2] and box[0] < right and top < box[3] and box[1] < bottom for box in self.taken)
        )


def reserve_places(
    manifest: Manifest, plan: Plan, blank: Sequence[PageInk], signs: Collection[Colour], file: str
) -> tuple[Rect | None, list[Problem]]:
    """The place of the page code, and warnings (F-LAYOUT-021, F-LAYOUT-022) about what has no room."""
    sheets = list(_sheets(plan, blank, signs))
    problems = []
    smallest = min(sheet.width_pt for sheet in sheets), min(sheet.height_pt for sheet in sheets)
    wanted = [_given(manifest)] if manifest.page_code is not None else list(_wanted(*smallest))
    place = next((item for item in wanted if all(sheet.is_free(item) for sheet in sheets)), None)
    if place is None:
        problems.append(Problem("F-LAYOUT-021", Place(file)))
    if not all(sheet.is_free(mark) for sheet in sheets for mark in mark_boxes(sheet.width_pt, sheet.height_pt)):
        problems.append(Problem("F-LAYOUT-022", Place(file)))
    return place, problems


def _given(manifest: Manifest) -> Rect:
    left, top = (mm_to_pt(length) for length in manifest.page_code or (0.0, 0.0))
    return left, top, left + CODE_PT, top + CODE_PT


def _wanted(width: float, height: float) -> Iterator[Rect]:
    """Top right, top left, bottom right, bottom left; then along the top and the bottom, from right to left."""
    right = width - SIDE_PT - CODE_PT
    steps = [right - STEP_PT * number for number in range(1, int((right - SIDE_PT) / STEP_PT) + 1)]
    for lefts in ([right, SIDE_PT], steps):
        for top in (EDGE_PT, height - EDGE_PT - CODE_PT):
            for left in lefts:
                yield left, top, left + CODE_PT, top + CODE_PT


def _sheets(plan: Plan, blank: Sequence[PageInk], signs: Collection[Colour]) -> Iterator[_Sheet]:
    def shown(art: int) -> list[Rect]:
        cut = plan.cuts[art]
        return list(shown_boxes(blank[cut.page], cut, signs))

    for page in (*plan.before, *plan.after):
        yield _Sheet(page.width_pt, page.height_pt, (*shown(page.art), *_cells(page.spots)))
    if plan.flow is None:
        return
    flow = plan.flow
    taken = [box for band in (flow.frame, flow.first, flow.next) for box in (*shown(band.art), *_cells(band.spots))]
    taken += [_reach(flow, (*shown(band.art), *_cells(band.spots)), band) for band in flow.rows.values()]
    if flow.tail is not None:
        taken.append(_reach(flow, (*shown(flow.tail.art), *_cells(flow.tail.spots)), None))
    yield _Sheet(flow.width_pt, flow.height_pt, tuple(taken))


def _cells(spots: Sequence[Spot]) -> Iterator[Rect]:
    return (spot.cell for spot in spots)


def _reach(flow: Flow, boxes: Sequence[Rect], row: Band | None) -> Rect:
    """All that a row, or what follows the table (`row` is None), may cover as the table grows."""
    starts = (flow.first.bottom_pt, flow.next.bottom_pt)
    end = flow.limit_pt
    if row is not None:
        end = max(start + int((flow.limit_pt - start) / row.height_pt) * row.height_pt for start in starts)
    return min(box[0] for box in boxes), min(starts), max(box[2] for box in boxes), end
