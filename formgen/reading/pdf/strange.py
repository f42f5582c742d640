"""A form's page that another program printed: its blanks found by the words printed around them.

In: the characters of a page and what was matched. Out: a frame with the text in its spots. What is printed on the form
is taken off character by character; a word of the form that is missing, has grown, or stands elsewhere, makes the
blanks beside it untrusted: they are not sighted.
Limits: growing tables have rows of the template's height.
"""

from __future__ import annotations

import itertools
import statistics
from collections.abc import Iterator, Sequence
from typing import Final

from formgen.forms.layout import Flow, RowRole
from formgen.reading.pdf.found import TextLine
from formgen.reading.pdf.frames import Frame, PlacedBand, PlacedText, SpotKey
from formgen.reading.pdf.glyphs import Char, Rows, rows_of
from formgen.reading.pdf.grown import Found, grown
from formgen.reading.pdf.matching import Match, Shifts, find_words, running_text
from formgen.reading.pdf.matrices import IDENTITY, Matrix, inverse, product
from formgen.reading.pdf.prints import ArtRole
from formgen.reading.pdf.rules import Rules
from formgen.reading.pdf.trust import distrust

__all__ = ["lay_out", "lines_of"]

TAKEN_PT: Final = 4.0
"""A printed character stands so near its place, after the shift of the words around it."""
WORD_TAKEN_PT: Final = 25.0
"""A printed word stands so near its place on its line, in whatever font."""
SAME_ROW_PT: Final = 2.0
WHOLE_ROW_PT: Final = 3.0
FOOT: Final = 0.3
"""Share of the type's size above the baseline, where a character is looked for."""


def lay_out(match: Match, rows: Rows, view: Matrix, page_number: int, rules: Rules) -> Frame:
    """The frame of a matched page, with the text in its spots.

    Args:
        view: takes the page's user space to the coordinates of `rows`.
    """
    frame = _frame(match, view, page_number)
    chars = [
        Char(char.text, *_seen(match, char.x, char.y), char.width / match.scale, char.size / match.scale)
        for row in rows
        for char in row
    ]
    _add_bands(frame, match, rows, rules)
    shifts = Shifts(match)
    rest, found = _take_printed(frame, match, chars, shifts)
    others = _fill(frame, rest, shifts)
    _lose_grown(frame, match, found, others, rules)
    distrust(frame, match, rules, shifts)
    return frame


def _seen(match: Match, x: float, y: float) -> tuple[float, float]:
    return (x - match.right) / match.scale, (y - match.down) / match.scale


def _frame(match: Match, view: Matrix, page_number: int) -> Frame:
    layout = match.form.layout
    if match.role.strip in ("before", "after"):
        page = (layout.before if match.role.strip == "before" else layout.after)[match.role.index]
        width, height = page.width_pt, page.height_pt
    else:
        assert layout.flow is not None
        width, height = layout.flow.width_pt, layout.flow.height_pt
    scale = 1 / match.scale
    to_layout: Matrix = (scale, 0.0, 0.0, scale, -match.right * scale, -match.down * scale)
    back = product(product(view, to_layout), (1.0, 0.0, 0.0, -1.0, 0.0, height))
    frame = Frame(match.form, page_number, inverse(back) or IDENTITY, match.role, width, height)
    frame.back = back
    frame.is_strange = True
    return frame


def _add_bands(frame: Frame, match: Match, rows: Rows, rules: Rules) -> None:
    form, flow = match.form, match.form.layout.flow
    if match.role.strip in ("before", "after") or flow is None:
        art = next(art for art, role in form.roles.items() if role == match.role)
        frame.bands.append(PlacedBand(match.role, form.finders[art], 0.0, frame.height_pt, 0.0))
        return
    for strip in ("frame", match.role.strip):
        _add_band(frame, ArtRole("frame") if strip == "frame" else match.role, 0.0)
    top = (flow.first if match.role.strip == "first" else flow.next).bottom_pt
    bottom = flow.limit_pt
    if flow.tail is not None:
        down = _tail_down(match, rows, flow)
        if down is not None:
            _add_band(frame, ArtRole("tail"), down)
            bottom = flow.tail.top_pt + down
    height = flow.rows["single"].height_pt
    if bottom == flow.limit_pt:
        count = _ruled_rows(match, rules, top, height, int((bottom - top + 0.01) / height))
    else:
        count = round((bottom - top) / height)
    is_whole = bottom == flow.limit_pt or abs(top + count * height - bottom) <= WHOLE_ROW_PT
    roles = _row_roles(match, flow, top, count, rules) if is_whole else None
    frame.has_rows = roles is not None
    if roles is not None:
        for index, role in enumerate(roles):
            band = flow.rows.get(role, flow.rows["single"])
            _add_band(frame, ArtRole("row", row=role), top + index * height - band.top_pt)
    frame.bands.sort(key=lambda band: band.top_pt)


def _add_band(frame: Frame, role: ArtRole, down: float) -> None:
    art = next((art for art, known in frame.form.roles.items() if known == role), None)
    band = frame.form.band(role)
    if art is not None and band is not None:
        finder = frame.form.finders[art]
        frame.bands.append(PlacedBand(role, finder, band.top_pt + down, band.bottom_pt + down, down))


def _tail_down(match: Match, rows: Rows, flow: Flow) -> float | None:
    """How far below its place what follows the table stands; None where it is not on the page."""
    assert flow.tail is not None
    words = match.form.words(flow.tail.art)
    found = find_words(match.form, ArtRole("tail"), words, *running_text(rows))
    if found is None or found.score < 0.5:
        return None
    return statistics.median(_seen(match, char.x, char.y)[1] - word.chars[0].y for word, char, _ in found.found)


def _ruled_rows(match: Match, rules: Rules, top: float, height: float, most: int) -> int:
    """How many rows there are where nothing follows them: as far as there are rules between columns."""
    width = match.form.layout.flow.width_pt if match.form.layout.flow is not None else 0.0
    for index in range(most):
        middle = (top + (index + 0.5) * height) * match.scale + match.down
        if not rules.upright(middle, match.right, match.right + width * match.scale):
            return index
    return most


def _row_roles(match: Match, flow: Flow, top: float, count: int, rules: Rules) -> list[RowRole]:
    """Where rows stand in their groups, by the rules between the merged cells."""
    merged = next((spot for spot in flow.rows["single"].spots if spot.is_merged), None)
    if merged is None or len(flow.rows) == 1:
        return ["single"] * count
    pitch = flow.rows["single"].height_pt
    middle = (merged.left_pt + merged.right_pt) / 2 * match.scale + match.right
    edges = [(top + index * pitch) * match.scale + match.down for index in range(count + 1)]
    near = WHOLE_ROW_PT * match.scale
    ruled = [bool(rules.level(middle, edge - near, edge + near)) for edge in edges]
    ruled[0] = ruled[-1] = True
    roles: list[RowRole] = []
    for above, below in itertools.pairwise(ruled):
        roles.append("single" if above and below else "start" if above else "end" if below else "middle")
    return roles


Places = list[tuple[PlacedBand, list[Found]]]
"""What of each band was found where."""


def _take_printed(frame: Frame, match: Match, chars: Sequence[Char], shifts: Shifts) -> tuple[list[Char], Places]:
    """What of a page is not printed on the form, and where what is printed was found; what was not is noted as lost."""
    running = _Running(chars)
    by_text: dict[str, list[int]] = {}
    for index, char in enumerate(chars):
        by_text.setdefault(char.text, []).append(index)
    taken: set[int] = set()
    all_found: Places = []
    for band in frame.bands:
        art = next(art for art, role in match.form.roles.items() if role == band.role)
        if match.form.finders[art] is not band.finder:
            continue
        lost: list[Char] = []
        found: list[Found] = []
        known: set[int] = set()
        for word in match.form.words(art):  # in another font the characters of a word are of other widths
            right, down = shifts.at(word.chars[0].x, word.chars[0].y + band.down_pt)
            x, y = word.chars[0].x + right, word.chars[0].y + band.down_pt + down
            if places := running.find(word.text, x, y, taken):
                taken.update(places)
                known.update(map(id, word.chars))
                found += [(printed, chars[place]) for printed, place in zip(word.chars, places, strict=False)]
        for printed in match.form.chars(art):
            if not printed.text.strip() or id(printed) in known:
                continue
            right, down = shifts.at(printed.x, printed.y + band.down_pt)
            x, y = printed.x + right, printed.y + band.down_pt + down
            place = _nearest(chars, by_text.get(printed.text, ()), taken, x, y)
            if place is None:
                lost.append(printed)
            else:
                taken.add(place)
                found.append((printed, chars[place]))
        frame.lost += [(char, band.down_pt) for char in lost]
        all_found.append((band, found))
    rest = [char for index, char in enumerate(chars) if index not in taken and char.text.strip("\u00a0")]
    return rest, all_found


def _lose_grown(frame: Frame, match: Match, places: Places, others: Sequence[Char], rules: Rules) -> None:
    """A printed word with more typed around it is another one: the form's is lost."""
    for band, found in places:
        art = next(art for art, role in match.form.roles.items() if role == band.role)
        changed = grown(found, match.form.words(art), others, match, rules)
        frame.lost += [(printed, band.down_pt) for printed, _ in found if id(printed) in changed]
        frame.grown |= {(printed, band.down_pt) for printed in changed}


class _Running:
    """The characters of a page row by row, where words are looked for."""

    def __init__(self, chars: Sequence[Char]) -> None:
        self._chars = chars
        rows: list[list[int]] = []
        order = sorted((index for index, char in enumerate(chars) if char.text.strip()), key=lambda i: chars[i].y)
        for index in order:
            if rows and chars[index].y - chars[rows[-1][-1]].y <= SAME_ROW_PT:
                rows[-1].append(index)
            else:
                rows.append([index])
        self._rows = [sorted(row, key=lambda i: chars[i].x) for row in rows]
        self._texts = ["".join(chars[i].text[:1] for i in row) for row in self._rows]
        self._heights = [chars[row[0]].y for row in self._rows]

    def find(self, text: str, x: float, y: float, taken: set[int]) -> Sequence[int]:
        """The characters of a word near a place, the nearest; none where it is not there."""
        found: Sequence[int] = ()
        least = WORD_TAKEN_PT
        for row, letters, height in zip(self._rows, self._texts, self._heights, strict=True):
            if abs(height - y) > TAKEN_PT:
                continue
            place = letters.find(text)
            while place >= 0:
                places = row[place : place + len(text)]
                distance = abs(self._chars[places[0]].x - x)
                if distance < least and taken.isdisjoint(places):
                    found, least = places, distance
                place = letters.find(text, place + 1)
        return found


def _nearest(chars: Sequence[Char], places: Sequence[int], taken: set[int], x: float, y: float) -> int | None:
    found, least = None, TAKEN_PT
    for index in places:
        if index not in taken:
            distance = max(abs(chars[index].x - x), abs(chars[index].y - y))
            if distance < least:
                found, least = index, distance
    return found


def _fill(frame: Frame, chars: Sequence[Char], shifts: Shifts) -> list[Char]:
    """Put characters into their spots, lines of each together; others are strays, and returned as they stand."""
    others: list[Char] = []
    cells: dict[SpotKey | None, list[Char]] = {}
    for char in chars:
        right, down = shifts.at(char.x, char.y)
        x, y = char.x - right, char.y - down
        key = frame.spot_at(x + min(char.width, char.size) / 2, y - FOOT * char.size)
        if key is None:
            others.append(char)
        cells.setdefault(key, []).append(Char(char.text, x, y, char.width, char.size))
    for key, found in cells.items():
        for line in lines_of(found):
            if key is None:
                if line.text.strip():
                    frame.strays.append(line)
            elif frame.spot(key).kind in ("text", "box") or line.text.strip():
                frame.found.setdefault(key, []).append(line)
    return others


def lines_of(chars: Sequence[Char]) -> Iterator[PlacedText]:
    """Characters as lines of text, from the top."""
    for row in rows_of(chars):
        first = row[0]
        given = tuple((char.text, char.x - first.x, char.width) for char in row)
        size = statistics.median(char.size for char in row)
        line = TextLine(IDENTITY, "".join(char.text for char in row), given=given, given_size=size)
        yield PlacedText(first.x, first.y, line.text, line)
