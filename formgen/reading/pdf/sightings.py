"""The leaves of one sheet → sightings: what stands in each blank, from form fields and from the printed text.

Every blank of every page that is there is sighted, empty ones with "". What stands in no blank is unread.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from formgen.forms.layout import Spot
from formgen.forms.manifest import Field
from formgen.problems import Place, Problem
from formgen.reading.model import FieldPath, Layer, SheetRead, Sighting, Unread
from formgen.reading.pdf.annotations import Note, Widget
from formgen.reading.pdf.fonts import LOST
from formgen.reading.pdf.frames import Frame, PlacedText, SpotKey
from formgen.reading.pdf.joining import join
from formgen.reading.pdf.leaves import Leaf
from formgen.reading.pdf.rests import Rest, RestPage, read_rests
from formgen.rendering.continuation import CONTINUED, MARK, rejoin

__all__ = ["Overlay", "sight_copy"]

BLANK_KINDS: Final = frozenset(["text", "box"])
FREE: Final = frozenset(["text", "long-text"])
NAMES: Final = frozenset(["name", "place"])
"""Free texts of one line: only where they take several has anything of them been cut off."""
"""Types of values that may go on after any character: whether one was cut off they do not show."""
NUMBER_KINDS: Final = frozenset(["row_number", "page", "pages"])
EXACT, FIELD, ADDED, STRANGE, SOFT = 0.99, 1.0, 0.9, 0.9, 0.75
"""Confidence: the writer's own lines; a form field; text laid over the page; printed by
another program; lines joined by their length."""

_CONTROLS: Final = frozenset(map(chr, (*range(9), *range(11, 32), *range(127, 160))))
"""Control characters, which no value has."""

Overlay = tuple[Sequence[Widget], Sequence[Note]]
"""What lies over a page."""


@dataclass(slots=True)
class _Blank:
    """One blank on one page."""

    path: FieldPath
    item: Field
    spot: Spot
    key: SpotKey
    pieces: list[PlacedText]
    widgets: list[Widget]
    notes: list[Note]
    shares: list[int]
    """Of a cell merged over rows, all rows of its group; else empty."""
    is_covered: bool = False


def sight_copy(
    sheet: SheetRead, leaves: Sequence[Leaf], overlays: Mapping[int, Overlay], file: str, *, has_all_rows: bool
) -> None:
    """Add what one copy of a sheet shows.

    Args:
        overlays: form fields and annotations by the file's pages.
        has_all_rows: no page of the growing table is missing; else its rows cannot be told, and are not.
    """
    _Sighter(sheet, overlays, file, has_all_rows).sight(leaves)


class _Sighter:
    def __init__(self, sheet: SheetRead, overlays: Mapping[int, Overlay], file: str, has_all_rows: bool) -> None:
        self.sheet = sheet
        self.overlays = overlays
        self.file = file
        self.has_all_rows = has_all_rows
        self.fields: dict[str, Field] = {item.key: item for item in sheet.manifest.fields}
        self.rows = 0
        self.rests: list[Rest] | None = []

    def sight(self, leaves: Sequence[Leaf]) -> None:
        pages = [RestPage(leaf.page_number, leaf.lines, leaf.rows) for leaf in leaves if leaf.frame is None]
        self.rests = read_rests(pages, self.sheet.manifest) if pages else []
        if self.rests is None:
            self._say("F-PDFREAD-009", "、".join(f"第{page.page_number}页" for page in pages))
        used: set[int] = set()
        for leaf in leaves:
            if leaf.frame is not None:
                self._sight_frame(leaf.frame, used)
        for index, rest in enumerate(self.rests or ()):
            if index not in used:
                self.sheet.unread.append(Unread(f"第{rest.page_number}页", f"{rest.label}：{rest.text}"))

    def _sight_frame(self, frame: Frame, used: set[int]) -> None:
        blanks = {blank.key: blank for blank in self._blanks(frame)}
        owners = {key: blank for blank in blanks.values() for key in self._keys(frame, blank)}
        self._lay_over(frame, owners)
        for key, pieces in frame.found.items():
            kind = frame.spot(key).kind
            if key in owners:
                owners[key].pieces += pieces
            elif kind not in NUMBER_KINDS:
                frame.strays += pieces
        for key in frame.covered & owners.keys():
            owners[key].is_covered = True
        seen = len(self.sheet.sightings)
        for blank in blanks.values():
            self._sight(frame, blank, used)
        self._drop_torn_dates(blanks.values(), seen)
        self._tell_strays(frame)

    def _drop_torn_dates(self, blanks: Iterable[_Blank], start: int) -> None:
        """Of a date in three blanks one of which is not believed: a year alone would be another date."""
        sightings = self.sheet.sightings
        sighted = {(one.path, one.part) for one in sightings[start:]}
        parts = [blank for blank in blanks if blank.spot.part]
        torn = {blank.path for blank in parts if (blank.path, blank.spot.part) not in sighted}
        dropped = [one for one in sightings[start:] if one.part and one.path in torn]
        self.sheet.unread += [Unread(one.place, str(one.raw)) for one in dropped if one.raw != ""]
        sightings[start:] = [one for one in sightings[start:] if not (one.part and one.path in torn)]

    def _blanks(self, frame: Frame) -> Iterator[_Blank]:
        flow = frame.form.layout.flow
        table = self.fields[flow.table] if flow is not None else None
        columns = {column.key: column for column in table.table.columns} if table and table.table else {}
        if table is not None and frame.role.strip in ("first", "next") and self.has_all_rows:
            self.sheet.tables.add(table.key)
        for number, band in enumerate(frame.bands):
            is_row = band.role.strip == "row"
            self.rows += is_row
            for index, spot in enumerate(band.finder.spots):
                if spot.kind not in BLANK_KINDS:
                    continue
                is_column = is_row and spot.key in columns
                if is_column and spot.is_merged and band.role.row in ("middle", "end"):
                    continue  # the first row of the group has it
                path: FieldPath = (table.key, self.rows, spot.key) if is_column and table else (spot.key,)
                item = columns[spot.key] if is_column else self.fields[spot.key]
                yield _Blank(path, item, spot, (number, index), [], [], [], [])

    def _keys(self, frame: Frame, blank: _Blank) -> Iterator[SpotKey]:
        """The places of a blank: of a merged cell those in all rows of its group, which are noted."""
        yield blank.key
        number = blank.key[0]
        if not (blank.spot.is_merged and len(blank.path) == 3) or frame.bands[number].role.row == "single":
            return
        row = blank.path[1]
        for other in range(number + 1, len(frame.bands)):
            role = frame.bands[other].role
            if role.strip != "row" or role.row not in ("middle", "end"):
                return
            row += 1
            blank.shares.append(row)
            for place, spot in enumerate(frame.bands[other].finder.spots):
                if spot.key == blank.spot.key and spot.is_merged:
                    yield other, place
            if role.row == "end":
                return

    def _lay_over(self, frame: Frame, owners: Mapping[SpotKey, _Blank]) -> None:
        widgets, notes = self.overlays.get(frame.page_number, ((), ()))
        for widget in widgets:
            x, y = frame.point(widget.x, widget.y)
            if frame.holds(x, y):
                key = frame.spot_at(x, y)
                if key is not None and key in owners and not widget.is_hidden:
                    owners[key].widgets.append(widget)
                elif widget.value.strip():
                    self.sheet.unread.append(Unread(frame.place(x, y), f"{widget.name}：{widget.value}"))
        if frame.drawn:
            self._say("F-PDFREAD-011", "", frame.place(*frame.drawn[0].box[:2]))
        for note in notes:
            x, y = frame.point((note.box[0] + note.box[2]) / 2, (note.box[1] + note.box[3]) / 2)
            if not frame.holds(x, y):
                continue
            key = frame.spot_at(x, y)
            is_typed = note.kind == "FreeText" and bool(note.text.strip())
            if is_typed and key is not None and key in owners:
                owners[key].notes.append(note)
            elif is_typed:
                self.sheet.unread.append(Unread(frame.place(x, y), note.text))
            else:
                self._say("F-PDFREAD-011", f"{note.kind} {note.text}".strip(), frame.place(x, y))

    def _sight(self, frame: Frame, blank: _Blank, used: set[int]) -> None:
        if len(blank.path) == 3 and not self.has_all_rows:
            return
        place = frame.spot_place(blank.key)
        if blank.key in frame.untrusted and not blank.widgets:
            for piece in blank.pieces:
                self.sheet.unread.append(Unread(frame.place(piece.x, piece.y), piece.text))
            return
        sure = STRANGE if frame.is_strange else EXACT
        for widget in blank.widgets:
            for raw in _widget_texts(widget, blank.item):
                self._add(blank, "form-field", place, raw, FIELD)
            used |= {index for index in self._rests_of(blank) if self._is_end(index, widget.value)}
        for note in blank.notes:
            self._add(blank, "geometry", place, note.text, ADDED)
            if note.shown and note.shown != "".join(note.text.split()):
                self._add(blank, "geometry", place, note.shown, ADDED)
        joined = join(blank.pieces, blank.spot, len(blank.shares) + 1) if blank.pieces else None
        if joined is None:
            if not blank.widgets and not blank.notes:
                self._add(blank, "geometry", place, "", sure)
            return
        if joined.has_overlap and not frame.is_strange:
            self._say("F-PDFREAD-010", joined.text, place, blank.item.label)
            return
        if blank.is_covered or any(piece.line.is_covered for piece in blank.pieces):
            self._say("F-PDFREAD-020", "", place, blank.item.label)
            return
        is_free = blank.item.type_name in (FREE if joined.is_exact else FREE | NAMES)
        if joined.is_full and is_free and not joined.text.endswith(MARK):
            self._say("F-PDFREAD-018", "", place, blank.item.label)
            return
        text: str | None = joined.text
        if not _CONTROLS.isdisjoint(joined.text) or LOST in joined.text:
            self._say("F-PDFREAD-021", "", place, blank.item.label)
            return
        if text is not None and text.endswith(MARK):
            text = self._whole(text, blank, place, used)
        if text is not None and (text.strip() or not (blank.widgets or blank.notes)):
            if not joined.is_exact:
                self._say("F-PDFREAD-015", "", place, blank.item.label)
            self._add(blank, "geometry", place, text, sure if joined.is_exact else SOFT)

    def _add(self, blank: _Blank, layer: Layer, place: str, raw: str, confidence: float) -> None:
        if blank.spot.pieces:
            for key, part, text in _taken_apart(blank.spot.pieces, raw) or ():
                self.sheet.sightings.append(Sighting((key,), layer, place, text, confidence, part))
            return
        part = blank.spot.part
        self.sheet.sightings.append(Sighting(blank.path, layer, place, raw, confidence, part))
        for row in blank.shares:
            assert len(blank.path) == 3
            path = (blank.path[0], row, blank.path[2])
            self.sheet.sightings.append(Sighting(path, layer, place, raw, confidence, part))

    def _whole(self, shown: str, blank: _Blank, place: str, used: set[int]) -> str | None:
        """A continued text with its rest; None where the rest is not there."""
        found = self._rests_of(blank)
        if len(found) != 1:
            self._say("F-PDFREAD-008", "", place, blank.item.label)
            return None
        used.add(found[0])
        assert self.rests is not None
        return rejoin(shown, self.rests[found[0]].text)

    def _rests_of(self, blank: _Blank) -> list[int]:
        row = blank.path[1] if len(blank.path) == 3 else None
        return [
            index
            for index, rest in enumerate(self.rests or ())
            if rest.label == blank.item.label and rest.row_number == row
        ]

    def _is_end(self, index: int, value: str) -> bool:
        """Whether the continuation sheet of a fillable PDF says what its field holds anyway."""
        assert self.rests is not None
        return value.endswith(self.rests[index].text)

    def _tell_strays(self, frame: Frame) -> None:
        flow = frame.form.layout.flow
        for stray in sorted(frame.strays, key=lambda stray: (stray.y, stray.x)):
            is_ours = flow is not None and flow.continued_pt is not None and abs(stray.y - flow.continued_pt) < 1
            if stray.text.strip() and not (is_ours and stray.text == CONTINUED):
                self.sheet.unread.append(Unread(frame.place(stray.x, stray.y), stray.text))

    def _say(self, code: str, found: str, place: str = "", label: str = "") -> None:
        problem = Problem(
            code, Place(self.file, cell=place, label=label), found, {}, self.sheet.identity.record or None
        )
        self.sheet.problems.append(problem)


def _widget_texts(widget: Widget, item: Field) -> list[str]:
    """What a form field says: its value, and what it shows where that is something else."""
    if widget.is_button:
        show = item.value_type.format
        told = [show(bool(widget.value))]
        if widget.shown is not None and bool(widget.shown) != bool(widget.value):
            told.append(show(bool(widget.shown)))
        return told
    told = [widget.value]
    if widget.shown is not None:
        value = "".join(widget.value.split())
        head = widget.shown.removesuffix(MARK)
        is_cut = head != widget.shown and value.startswith(head)
        if value != widget.shown and not is_cut:
            told.append(widget.shown)
    return told


def _taken_apart(pieces: Sequence[str], text: str) -> list[tuple[str, str, str]] | None:
    """Key, part and text of the values among words; None where the words are not there or may stand at two places."""
    pattern, keys = "", []
    for piece in pieces:
        if piece.startswith("{") and piece.endswith("}"):
            keys.append(piece[1:-1].partition("."))
            pattern += "(.*?)"
        else:
            pattern += re.escape(piece)
    lazy = re.fullmatch(pattern, text, re.DOTALL)
    greedy = re.fullmatch(pattern.replace("*?", "*"), text, re.DOTALL)
    if lazy is None or greedy is None or lazy.groups() != greedy.groups():
        return None
    return [(key, part, found) for (key, _, part), found in zip(keys, lazy.groups(), strict=True)]
