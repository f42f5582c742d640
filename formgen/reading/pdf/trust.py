"""Which blanks of a page from another program are where the layout has them, and which of ours lost their label.

In: a frame with its text, the words that were found, moved or lost, the rules of the page. Out: spots that may be
elsewhere: a word beside them is missing, or the rules around their cell are others than the form's. What stands in them
is not believed. Where a whole row of a growing table is in doubt, so is the table: a row too few is not seen otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from formgen.forms.layout import Rect, Spot
from formgen.reading.pdf.drawing import FOOT, HEAD, touches
from formgen.reading.pdf.frames import Frame, PlacedBand, SpotKey
from formgen.reading.pdf.matching import Match, Shifts
from formgen.reading.pdf.prints import FormPrint
from formgen.reading.pdf.rules import Rules, is_alike

__all__ = ["distrust", "distrust_covered"]

NEIGHBOURS: Final = 3
"""So many of the nearest words have to be in their places."""
LOST_SHARE: Final = 0.34
ADJACENT_PT: Final = 15.0
SAME_LINE_PT: Final = 4.0
HEAD_PT: Final = 80.0
"""So far above its rows a table's head begins."""
WINDOW_PT: Final = 4.0
RULE_PT: Final = 2.5
"""A rule stands so near its place."""

Box = tuple[Rect, bool]
"""Of a word; whether it was found in its place."""


def distrust(frame: Frame, match: Match, rules: Rules, shifts: Shifts) -> None:
    """Note the spots that are not to be trusted."""
    lost = {(id(char), down) for char, down in frame.lost}
    moved = {id(word) for word in shifts.moved}
    boxes = list(_words(frame, match, lost, moved))
    is_whole = all(is_found for _, is_found in boxes)
    headers = list(_lost_headers(frame, boxes))
    misplaced = _misplaced(frame, match, lost - frame.grown, moved)
    ruled_otherwise: list[SpotKey] = []
    for key, spot in frame.spots():
        is_row = frame.bands[key[0]].role.strip == "row"
        cell = _placed(frame, key, spot)
        if (
            not (is_row or is_whole or _are_neighbours_found(cell, boxes))
            or _lacks_label(frame, cell, headers if is_row else ())
            or _says(frame, key, misplaced)
        ):
            frame.untrusted.add(key)
        if not (spot.is_inline or _is_ruled_alike(frame, key, match, rules, shifts)):
            ruled_otherwise.append(key)
    frame.untrusted.update(_in_rows_of(frame, ruled_otherwise))
    _doubt_rows(frame)


def distrust_covered(frame: Frame) -> None:
    """Note the spots of a page of ours beside which printed words were drawn over: their label may be another now."""
    if not frame.drawn:
        return
    for band in frame.bands:
        for char in frame.form.chars(_art(frame.form, band)):
            foot = char.y + band.down_pt
            ink = (char.x, foot - HEAD * char.size, char.x + char.width, foot - FOOT * char.size)
            if char.text.strip() and any(touches(*shape, ink) for shape in frame.drawn):
                frame.lost.append((char, band.down_pt))
    headers = list(_lost_headers(frame, ()))
    for key, spot in frame.spots():
        cell = _placed(frame, key, spot)
        if _lacks_label(frame, cell, headers if frame.bands[key[0]].role.strip == "row" else ()):
            frame.untrusted.add(key)


def _placed(frame: Frame, key: SpotKey, spot: Spot) -> Rect:
    """A spot's cell where its band stands."""
    left, top, right, bottom = spot.cell
    down = frame.bands[key[0]].down_pt
    return left, top + down, right, bottom + down


def _lacks_label(frame: Frame, cell: Rect, headers: Sequence[Rect]) -> bool:
    """Whether a word beside a cell is lost, or one above its column."""
    is_beside = any(_is_adjacent(cell, char.x, char.y + down, char.width) for char, down in frame.lost)
    return is_beside or any(box[0] < cell[2] and cell[0] < box[2] for box in headers)


def _are_neighbours_found(cell: Rect, boxes: Sequence[Box]) -> bool:
    near = sorted(boxes, key=lambda box: _distance(cell, box[0]))[:NEIGHBOURS]
    return all(is_found for _, is_found in near)


def _lost_headers(frame: Frame, boxes: Sequence[Box]) -> Iterator[Rect]:
    """What is not where it should be of the words above a table's columns."""
    top = _rows_top(frame)
    for box, is_found in boxes:
        if not is_found and top - HEAD_PT <= box[3] <= top:
            yield box
    for char, down in frame.lost:
        if top - HEAD_PT <= char.y + down <= top:
            yield char.x, char.y + down - char.size, char.x + char.width, char.y + down


def _misplaced(frame: Frame, match: Match, lost: set[tuple[int, float]], moved: set[int]) -> set[str]:
    """The form's words that are not in their places: where one stands in a blank, it is no value."""
    found = set()
    for band in frame.bands:
        for word in match.form.words(_art(match.form, band)):
            if id(word) in moved or any((id(char), band.down_pt) in lost for char in word.chars):
                found.add(word.text)
    return found


def _says(frame: Frame, key: SpotKey, words: set[str]) -> bool:
    text = "".join("".join(piece.text for piece in frame.found.get(key, ())).split())
    return bool(text) and any(word in text for word in words)


def _in_rows_of(frame: Frame, keys: Sequence[SpotKey]) -> Iterator[SpotKey]:
    """The spots that stand level with these: where a cell is too many or too few, its neighbours have moved."""
    for number, index in keys:
        _, top, _, bottom = frame.bands[number].finder.spots[index].cell
        for other, spot in enumerate(frame.bands[number].finder.spots):
            if spot.cell[1] < bottom - WINDOW_PT and top < spot.cell[3] - WINDOW_PT:
                yield number, other


def _words(frame: Frame, match: Match, lost: set[tuple[int, float]], moved: set[int]) -> Iterator[Box]:
    for band in frame.bands:
        for word in match.form.words(_art(match.form, band)):
            first, last = word.chars[0], word.chars[-1]
            missing = sum((id(char), band.down_pt) in lost for char in word.chars)
            is_found = missing <= LOST_SHARE * len(word.chars) and id(word) not in moved
            top = first.y - first.size + band.down_pt
            yield (first.x, top, last.x + last.width, first.y + band.down_pt), is_found


def _art(form: FormPrint, band: PlacedBand) -> int:
    return next(art for art, role in form.roles.items() if role == band.role)


def _rows_top(frame: Frame) -> float:
    return min((band.top_pt for band in frame.bands if band.role.strip == "row"), default=0.0)


def _distance(cell: Rect, box: Rect) -> float:
    across = max(cell[0] - box[2], box[0] - cell[2], 0.0)
    down = max(cell[1] - box[3], box[1] - cell[3], 0.0)
    return across + 2 * down


def _is_adjacent(cell: Rect, x: float, y: float, width: float) -> bool:
    """Whether a character stands just before or behind a cell, on a line through it."""
    is_level = cell[1] - SAME_LINE_PT <= y <= cell[3] + SAME_LINE_PT
    return is_level and max(cell[0] - x - width, x - cell[2]) <= ADJACENT_PT


def _is_ruled_alike(frame: Frame, key: SpotKey, match: Match, rules: Rules, shifts: Shifts) -> bool:
    band, spot = frame.bands[key[0]], frame.spot(key)
    left, top, right, bottom = spot.cell
    x, y = (left + right) / 2, (top + bottom) / 2
    across, down = shifts.at(x, y + band.down_pt)
    printed = match.form.rules(_art(match.form, band))
    wanted = printed.upright(y, left - WINDOW_PT, right + WINDOW_PT)
    found = rules.upright(
        (y + band.down_pt + down) * match.scale + match.down,
        (left - WINDOW_PT + across) * match.scale + match.right,
        (right + WINDOW_PT + across) * match.scale + match.right,
    )
    seen = [(place - match.right) / match.scale - across for place in found]
    if not is_alike(wanted, seen, RULE_PT):
        return False
    wanted = printed.level(x, top - WINDOW_PT, bottom + WINDOW_PT)
    found = rules.level(
        (x + across) * match.scale + match.right,
        (top + band.down_pt - WINDOW_PT + down) * match.scale + match.down,
        (bottom + band.down_pt + WINDOW_PT + down) * match.scale + match.down,
    )
    seen = [(place - match.down) / match.scale - down - band.down_pt for place in found]
    if band.role.strip == "row":
        return spot.is_merged or is_alike([top, bottom], seen, RULE_PT)
    if band.role.strip not in ("before", "after"):  # a band's own edges may be drawn by its neighbours
        first, last = band.top_pt - band.down_pt + RULE_PT, band.bottom_pt - band.down_pt - RULE_PT
        wanted, seen = ([place for place in places if first < place < last] for places in (wanted, seen))
    return is_alike(wanted, seen, RULE_PT)


def _doubt_rows(frame: Frame) -> None:
    """Rows that are untrusted as a whole, with something in them, leave the table in doubt."""
    rows: dict[int, list[SpotKey]] = {}
    for key, _ in frame.spots():
        if frame.bands[key[0]].role.strip == "row":
            rows.setdefault(key[0], []).append(key)
    for keys in rows.values():
        if all(key in frame.untrusted for key in keys) and any(_has_text(frame, keys)):
            frame.has_rows = False


def _has_text(frame: Frame, keys: Sequence[SpotKey]) -> Iterator[bool]:
    for key in keys:
        yield any(piece.text.strip() for piece in frame.found.get(key, ()))
