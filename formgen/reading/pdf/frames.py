"""Pages of forms on the pages of a file: whose artwork stands where, in which bands, and what text is in which spot.

In: what stands on a page. Out: frames, one for each page of a form (several where small pages share a sheet of paper),
each with its own coordinates: points, origin top left, y down, as in layouts, however the page was turned, moved or
scaled. Text goes to the spot whose cell it begins in; what begins nowhere is left over.
"""

from __future__ import annotations

import bisect
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from formgen.forms.layout import Rect, Spot
from formgen.forms.page_marks import mark_boxes
from formgen.reading.pdf.found import Box, Drawing, PageContent, Painted, Point, TextLine, around
from formgen.reading.pdf.glyphs import Char
from formgen.reading.pdf.matrices import Matrix, inverse, moved, product
from formgen.reading.pdf.prints import ArtRole, FormPrint, PrintedArt, SpotFinder

__all__ = ["Frame", "PlacedBand", "PlacedText", "SpotKey", "frames_of", "note_covered", "note_drawings", "sort_lines"]

NEAR_PT: Final = 0.1
"""Bands of one page stand so exactly above each other."""
EDGE_PT: Final = 0.5
MIDDLE: Final = 0.3
"""Share of the type's size above the baseline, in the midst of a character."""
TURNED: Final = 0.01


class Shape(NamedTuple):
    """One part of a drawing."""

    points: Sequence[Point]
    box: Rect
    is_filled: bool


SpotKey = tuple[int, int]
"""A spot of a frame: its band's index, its own in the band."""


@dataclass(frozen=True, slots=True)
class PlacedBand:
    """A strip of a frame: a page's own spots, or a band of the growing table."""

    role: ArtRole
    finder: SpotFinder
    top_pt: float
    bottom_pt: float
    down_pt: float
    """How far below its place in the layout it stands."""


@dataclass(slots=True)  # as many as lines: not frozen, for those are slow to make
class PlacedText:
    """Text at a point of a frame."""

    x: float
    y: float
    """Of the baseline."""
    text: str
    line: TextLine


@dataclass(slots=True)
class Frame:
    """A page of a form."""

    form: FormPrint
    page_number: int
    """In the file."""
    matrix: Matrix
    """Takes the artwork's coordinates (y up) to the page's."""
    role: ArtRole
    """`before` or `after`; `first` or `next` of the growing table."""
    width_pt: float
    height_pt: float
    bands: list[PlacedBand] = field(default_factory=list)
    found: dict[SpotKey, list[PlacedText]] = field(default_factory=dict)
    strays: list[PlacedText] = field(default_factory=list)
    back: Matrix | None = None
    is_strange: bool = False
    """Printed by another program, and laid out by the words on it."""
    untrusted: set[SpotKey] = field(default_factory=set)
    """Spots that may be elsewhere on the page."""
    lost: list[tuple[Char, float]] = field(default_factory=list)
    """What is printed on the form and was not found on the page, and how far its band stands below its place."""
    grown: set[tuple[int, float]] = field(default_factory=set)
    """Those of the lost, by their ids, that are there but with other words around them."""
    covered: set[SpotKey] = field(default_factory=set)
    """Spots of a page from another program in which text lies under a drawing."""
    drawn: list[Shape] = field(default_factory=list)
    """What was drawn over the page that is not the PDF writer's, in the frame's points."""
    has_rows: bool = True
    """Whether the rows of its growing table could be told."""

    @property
    def is_believable(self) -> bool:
        """Whether most of its spots are where the layout has them, and the rows of its table could be told."""
        spots = sum(1 for _ in self.spots())
        return self.has_rows and (not spots or 2 * len(self.untrusted) < spots)

    def point(self, x: float, y: float) -> tuple[float, float]:
        """A point of the file's page, seen in the frame."""
        assert self.back is not None
        left, up = moved(self.back, x, y)
        return left, self.height_pt - up

    def holds(self, x: float, y: float) -> bool:
        return -EDGE_PT <= x <= self.width_pt + EDGE_PT and -EDGE_PT <= y <= self.height_pt + EDGE_PT

    def spot(self, key: SpotKey) -> Spot:
        return self.bands[key[0]].finder.spots[key[1]]

    def spots(self) -> Iterator[tuple[SpotKey, Spot]]:
        for number, band in enumerate(self.bands):
            for index, spot in enumerate(band.finder.spots):
                yield (number, index), spot

    def spot_at(self, x: float, y: float) -> SpotKey | None:
        for number, band in enumerate(self.bands):
            if band.top_pt <= y <= band.bottom_pt:
                index = band.finder.at(x, y - band.down_pt)
                if index is not None:
                    return number, index
        return None

    def place(self, x: float, y: float) -> str:
        """For a person."""
        return f"第{self.page_number}页 ({x:.0f}, {y:.0f})"

    def spot_place(self, key: SpotKey) -> str:
        left, top, _, _ = self.spot(key).cell
        return self.place(left, top + self.bands[key[0]].down_pt)


def frames_of(content: PageContent[tuple[PrintedArt, ...]], page_number: int, wanted: str = "") -> list[Frame]:
    """The pages of forms that formgen's artwork says are there. `wanted`: the form's id, where copies have the same."""
    frames: list[Frame] = []
    shares = Counter(art.form.manifest.id for painted in content.arts for art in painted.art)
    for painted in content.arts:
        # Forms may have the same artwork in places (an empty foot): the one is meant that all of the page is of.
        art = max(painted.art, key=lambda art: (art.form.manifest.id == wanted, shares[art.form.manifest.id]))
        if art.role.strip in ("before", "after"):
            layout = art.form.layout
            page = (layout.before if art.role.strip == "before" else layout.after)[art.role.index]
            frame = Frame(art.form, page_number, painted.matrix, art.role, page.width_pt, page.height_pt)
            frame.bands.append(PlacedBand(art.role, art.form.finders[art.number], 0.0, page.height_pt, 0.0))
            frames.append(frame)
        elif art.role.strip == "frame":
            flow = art.form.layout.flow
            assert flow is not None
            frame = Frame(art.form, page_number, painted.matrix, ArtRole("next"), flow.width_pt, flow.height_pt)
            frames.append(frame)
            _add_band(frame, art, 0.0)
        else:
            _place_band(frames, painted, art)
    for frame in frames:
        frame.back = inverse(frame.matrix)
        frame.bands.sort(key=lambda band: band.top_pt)
    return [frame for frame in frames if frame.back is not None]


def _place_band(frames: Sequence[Frame], painted: Painted[tuple[PrintedArt, ...]], art: PrintedArt) -> None:
    """Give a band to the page it stands on: the last that was begun and is turned and scaled alike."""
    for frame in reversed(frames):
        back = inverse(frame.matrix)
        if back is None or frame.form is not art.form or frame.role.strip in ("before", "after"):
            continue
        a, b, c, d, right, up = product(painted.matrix, back)
        if max(abs(a - 1), abs(b), abs(c), abs(d - 1)) > TURNED or abs(right) > NEAR_PT:
            continue
        if art.role.strip in ("first", "next"):
            frame.role = art.role
        _add_band(frame, art, -up)
        return


def _add_band(frame: Frame, art: PrintedArt, down_pt: float) -> None:
    band = art.form.band(art.role)
    assert band is not None
    top, bottom = band.top_pt + down_pt, band.bottom_pt + down_pt
    frame.bands.append(PlacedBand(art.role, art.form.finders[art.number], top, bottom, down_pt))


def sort_lines(lines: Sequence[TextLine], frames: Sequence[Frame]) -> list[TextLine]:
    """Give each line to its frame and spot; those that are in no frame are left."""
    left: list[TextLine] = []
    tops = [[band.top_pt for band in frame.bands] for frame in frames]
    for line in lines:
        x0, y0 = line.matrix[4], line.matrix[5]
        for frame, band_tops in zip(frames, tops, strict=True):
            x, y = frame.point(x0, y0)
            if frame.holds(x, y):
                _sort_line(frame, band_tops, PlacedText(x, y, line.text, line))
                break
        else:
            left.append(line)
    return left


def _sort_line(frame: Frame, band_tops: Sequence[float], placed: PlacedText) -> None:
    if _is_level(frame, placed.line):
        number = bisect.bisect_right(band_tops, placed.y) - 1
        while number >= 0:
            band = frame.bands[number]
            if placed.y <= band.bottom_pt:
                index = band.finder.at(placed.x, placed.y - band.down_pt)
                if index is not None:
                    frame.found.setdefault((number, index), []).append(placed)
                    return
            number -= 1
    frame.strays.append(placed)


def note_drawings(drawings: Sequence[Drawing], frames: Sequence[Frame]) -> None:
    """Give frames what was drawn over them: under their artwork it would not show."""
    for drawing in drawings:
        if not drawing.above_arts:
            continue
        for frame in frames:
            if not _is_own(frame, drawing, _seen(frame, drawing.box)):
                frame.drawn += _foreign(frame, drawing)


def _foreign(frame: Frame, drawing: Drawing) -> Iterator[Shape]:
    for points in drawing.shapes():
        box = _seen(frame, around(points))
        if _lies_on(frame, box) and not _is_own(frame, drawing, box):
            yield Shape([frame.point(*point) for point in points], box, drawing.is_filled)


def _seen(frame: Frame, box: Box) -> Rect:
    """A box of the file's page, in the frame."""
    (x0, y0), (x1, y1) = frame.point(*box[:2]), frame.point(*box[2:])
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def note_covered(lines: Sequence[TextLine], frame: Frame) -> None:
    """Note the spots of a page from another program whose text was drawn over; its own rules lie over none."""
    for line in lines:
        if not line.is_covered:
            continue
        for _, x, width in line.glyphs():
            key = frame.spot_at(*frame.point(*moved(line.matrix, x + width / 2, MIDDLE * line.size)))
            if key is not None:
                frame.covered.add(key)


def _lies_on(frame: Frame, box: Rect) -> bool:
    return box[0] < frame.width_pt and box[2] > 0 and box[1] < frame.height_pt and box[3] > 0


def _is_own(frame: Frame, drawing: Drawing, box: Rect) -> bool:
    """Whether it is a corner mark, or a picture in the form's place for one."""
    if drawing.is_picture:
        key = frame.spot_at((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
        return key is not None and frame.spot(key).kind == "image"
    return any(
        mark[0] - EDGE_PT <= box[0] and mark[1] - EDGE_PT <= box[1]
        and box[2] <= mark[2] + EDGE_PT and box[3] <= mark[3] + EDGE_PT
        for mark in mark_boxes(frame.width_pt, frame.height_pt)
    )  # fmt: skip


def _is_level(frame: Frame, line: TextLine) -> bool:
    """Whether the line runs from left to right in its frame."""
    assert frame.back is not None
    a, b, c, d = frame.back[:4]
    p, q = line.matrix[:2]
    across, up = a * p + c * q, b * p + d * q
    return across > 0 and abs(up) < 0.05 * across
