"""Pages and bands of a form, from what the probe tells.

In: a survey of the probe, the ink of its blank pages. Out: a plan: the pages before and after, the growing table's
bands, and the cuts of the blank pages that become the background. Rows are checked against the paper: as many on a
page as LibreOffice printed, all of one height and with the same words.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from formgen.compiling.art import Cut, outset
from formgen.compiling.checks import static_glyphs
from formgen.compiling.ink import PageInk
from formgen.compiling.marks import Probe
from formgen.compiling.measure import PlacedSpot, RowPlace, Survey
from formgen.errors import TemplateError
from formgen.forms.layout import ROW_ROLES, Band, Flow, Page, RowRole, Spot
from formgen.problems import Place, Problem

__all__ = ["Plan", "plan_form", "rows_per_page"]

CONTINUED: Final = "续表"
CONTINUED_GAP_PT: Final = 3.0
"""Between what pages that follow say and the text below it."""
SAME_PT: Final = 0.1
"""Rows differ by no more where LibreOffice rounds."""


@dataclass(slots=True)
class Plan:
    """What a layout says of pages, and the cuts that its arts show."""

    before: list[Page] = field(default_factory=list)
    flow: Flow | None = None
    after: list[Page] = field(default_factory=list)
    cuts: list[Cut] = field(default_factory=list)

    def add(self, cut: Cut) -> int:
        """The number of the art that shows this."""
        self.cuts.append(cut)
        return len(self.cuts) - 1


def rows_per_page(rows: Sequence[RowPlace]) -> list[int]:
    """How many rows each page has, from the first that has any."""
    pages = [row.page for row in rows]
    return [pages.count(page) for page in range(pages[0], pages[-1] + 1)] if pages else []


def plan_form(probe: Probe, found: Survey, blank: Sequence[PageInk], group_of: Sequence[int], file: str) -> Plan:
    """Raises: TemplateError (F-LAYOUT-017 … F-LAYOUT-020): a table that bands cannot stand for."""
    plan = Plan()
    if not probe.table:
        plan.before = [_page(plan, number, found, blank) for number in range(len(blank))]
        return plan
    first, last = found.rows[0].page, found.rows[-1].page
    if not probe.is_broken_after and len(blank) - 1 > last:
        raise TemplateError(Problem("F-LAYOUT-020", Place(file)))
    plan.before = [_page(plan, number, found, blank) for number in range(first)]
    plan.flow = _Flow(probe, found, blank, group_of, file, plan).make()
    plan.after = [_page(plan, number, found, blank) for number in range(last + 1, len(blank))]
    return plan


def _page(plan: Plan, number: int, found: Survey, blank: Sequence[PageInk]) -> Page:
    page = blank[number]
    art = plan.add(Cut(number, ((0.0, page.height_pt),)))
    spots = tuple(item.spot for item in found.spots if item.page == number)
    return Page(art, page.width_pt, page.height_pt, spots)


class _Flow:
    """Makes the bands of one growing table."""

    def __init__(
        self,
        probe: Probe,
        found: Survey,
        blank: Sequence[PageInk],
        group_of: Sequence[int],
        file: str,
        plan: Plan,
    ) -> None:
        self._probe, self._found, self._blank = probe, found, blank
        self._group_of, self._place, self._plan = group_of, Place(file), plan
        self._rows = found.rows
        self._first = self._rows[0].page
        self._signs = {mark.sign_colour for mark in probe.marks}
        self._height = self._row_height()
        page = blank[self._first]
        self._top, self._end = probe.body_pt[0], page.height_pt - probe.body_pt[1]

    def make(self) -> Flow:
        page = self._blank[self._first]
        starts = [self._start(self._first + number) for number in (0, 1)]
        limit = self._limit(starts)
        first, following = (self._head(self._first + number, start) for number, start in enumerate(starts))
        return Flow(
            table=self._probe.table,
            width_pt=page.width_pt,
            height_pt=page.height_pt,
            frame=self._frame(limit),
            first=first,
            next=following,
            rows=self._row_bands(),
            limit_pt=limit,
            tail=self._tail(limit),
            continued_pt=self._continued(starts[1]),
        )

    def _row_height(self) -> float:
        heights = [row.bottom_pt - row.top_pt for row in self._rows]
        if max(heights) - min(heights) > SAME_PT:
            params = {"least": f"{min(heights):.1f}", "most": f"{max(heights):.1f}"}
            raise TemplateError(Problem("F-LAYOUT-017", self._place, params=params))
        return sum(heights) / len(heights)

    def _start(self, page: int) -> float:
        """Where the rows of a page begin."""
        return next(row.top_pt for row in self._rows if row.page == page)

    def _limit(self, starts: Sequence[float]) -> float:
        """How far down rows may reach: to the bottom margin, if that gives as many rows as were printed."""
        counts = rows_per_page(self._rows)
        ends = [start + count * self._height for start, count in zip(starts, counts, strict=False)]
        least, most = max(ends), min(ends) + self._height - SAME_PT
        limit = min(max(self._end, least), most)
        if least > most or abs(limit - self._end) > self._height:
            params = {"rows": ", ".join(map(str, counts))}
            raise TemplateError(Problem("F-LAYOUT-018", self._place, params=params))
        return limit

    def _frame(self, limit: float) -> Band:
        page = self._blank[self._first]
        art = self._plan.add(Cut(self._first, ((limit, page.height_pt),)))
        spots = [item.spot for item in self._on(self._first) if item.spot.baseline_pt > limit]
        return Band(art, limit, page.height_pt, tuple(spots))

    def _head(self, page: int, start: float) -> Band:
        """What stands above the rows of a page, its header too: that of the first page may be another."""
        return self._band(page, 0.0, start)

    def _continued(self, start: float) -> float | None:
        """Where pages that follow can say that they do: in the top margin, unless their header says it."""
        glyphs = static_glyphs(self._blank[self._first + 1], self._signs)
        words = "".join(glyph.text for glyph in glyphs if glyph.baseline_pt < start)
        return None if CONTINUED in words else self._top - CONTINUED_GAP_PT

    def _tail(self, limit: float) -> Band | None:
        """What follows the last row, down to the end of the text."""
        last = self._rows[-1]
        page = self._blank[last.page]
        end = self._found.end
        inks = [
            ink.box[3]
            for ink in page.inks
            if (ink.kind != "text" or (ink.text.strip() and ink.colour not in self._signs))
            and ink.box[1] > last.top_pt + self._height / 2
            and (ink.baseline_pt if ink.kind == "text" else ink.box[3])
            > last.bottom_pt + outset(page, last.bottom_pt) + SAME_PT
            and ink.box[3] <= limit + SAME_PT
        ]
        bottom = max(inks, default=last.bottom_pt)
        if end is not None and end[0] == last.page:
            bottom = max(bottom, end[1])
        band = self._band(last.page, last.bottom_pt, min(bottom, limit), is_added=bool(inks))
        return band if inks or band.spots else None

    def _band(self, page: int, top: float, bottom: float, is_added: bool = True) -> Band:
        spots = tuple(item.spot for item in self._on(page) if top < item.spot.baseline_pt <= bottom)
        art = self._plan.add(self._cut(page, top, bottom)) if is_added or spots else 0
        return Band(art, top, bottom, spots)

    def _cut(self, page: int, top: float, bottom: float) -> Cut:
        """A strip with the borders along its edges; the one above what follows the table belongs to the last row."""
        ink = self._blank[page]
        is_tail = page == self._rows[-1].page and top >= self._rows[-1].bottom_pt
        above = outset(ink, top) * (-1 if is_tail else 1)
        return Cut(page, ((top - above, bottom + outset(ink, bottom)),))

    def _on(self, page: int) -> Iterator[PlacedSpot]:
        """Spots of a page outside of rows."""
        return (item for item in self._found.spots if item.page == page and item.mark.tag.row < 0)

    def _row_bands(self) -> dict[RowRole, Band]:
        """A band for each role that the groups give, each checked against all rows of that role."""
        chosen = {role: self._chosen(role) for role in ROW_ROLES if role in self._roles.values()}
        single = chosen["single"]
        columns = {item.mark.tag.key for item in self._in_row(chosen["middle"])} if "middle" in chosen else None
        spots = [
            dataclasses.replace(item.spot, is_merged=columns is not None and item.spot.key not in columns)
            for item in self._in_row(single)
        ]
        bands: dict[RowRole, Band] = {}
        for role, row in chosen.items():
            self._check_words(role, row)
            art = self._plan.add(self._cut(row.page, row.top_pt, row.bottom_pt))
            moved = tuple(_moved(spot, row.top_pt - single.top_pt) for spot in spots)
            bands[role] = Band(art, row.top_pt, row.bottom_pt, moved)
        return bands

    @functools.cached_property
    def _roles(self) -> Mapping[int, RowRole]:
        """The role of each row by its index."""
        roles: dict[int, RowRole] = {}
        for index, group in enumerate(self._group_of):
            is_first = index == 0 or self._group_of[index - 1] != group
            is_last = index + 1 == len(self._group_of) or self._group_of[index + 1] != group
            roles[index] = "single" if is_first and is_last else "start" if is_first else "end" if is_last else "middle"
        return roles

    def _chosen(self, role: RowRole) -> RowPlace:
        """A row to cut out: one that has rows above and below it, and all of its group, on its page."""
        for row in self._rows:
            around = [item for item in self._rows if abs(item.index - row.index) <= 2]
            if self._roles[row.index] == role and len(around) == 5 and {item.page for item in around} == {row.page}:
                return row
        raise TemplateError(Problem("F-LAYOUT-018", self._place, params={"rows": "<5"}))

    def _in_row(self, row: RowPlace) -> Iterator[PlacedSpot]:
        return (item for item in self._found.spots if item.mark.tag.row == row.index)

    def _check_words(self, role: RowRole, chosen: RowPlace) -> None:
        wanted = self._words(chosen)
        for row in self._rows:
            if self._roles[row.index] == role and (found := self._words(row)) != wanted:
                raise TemplateError(Problem("F-LAYOUT-019", self._place, found or wanted))

    def _words(self, row: RowPlace) -> str:
        """The template's own words in a row."""
        glyphs = static_glyphs(self._blank[row.page], self._signs)
        inside = [glyph for glyph in glyphs if row.top_pt < glyph.baseline_pt <= row.bottom_pt]
        return "".join(glyph.text for glyph in sorted(inside, key=lambda glyph: (round(glyph.left_pt), glyph.text)))


def _moved(spot: Spot, by_pt: float) -> Spot:
    left, top, right, bottom = spot.cell
    cell = (left, top + by_pt, right, bottom + by_pt)
    return dataclasses.replace(spot, cell=cell, baseline_pt=spot.baseline_pt + by_pt)
