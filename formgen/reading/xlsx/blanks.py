"""The single blanks of a form on a filled sheet: what stands between its printed words.

In: the sheet, the form's blanks, and where its words stand. Out: a sighting for each blank that is found. Two ways lead
to one: the defined name that formgen gave the cell, and the room between the words beside it. A name is believed where
it points into that room, or where at least the word next to it is the one it should be; where it points elsewhere both
are reported. A cell of words and values is also known by its own words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from formgen.forms.manifest import Manifest
from formgen.problems import Finding
from formgen.reading.model import FieldPath, Layer, Refused, Sighting
from formgen.reading.xlsx.alignment import Alignment
from formgen.reading.xlsx.anatomy import Blank, Printed
from formgen.reading.xlsx.book import NamedCell
from formgen.reading.xlsx.cells import converted
from formgen.reading.xlsx.sheet import Sheet, refused, words_of
from formgen.values import is_blank

__all__ = ["BlankReader", "Region"]

NAMED: Final = 0.99
BY_WORDS: Final = 0.95
BY_COLUMN: Final = 0.9


@dataclass(frozen=True)
class Region:
    """Rows of the sheet that one part of the form fills: above a table, below it, or all."""

    top: int
    bottom: int
    printed: Sequence[Printed]
    blanks: Sequence[Blank]
    alignment: Alignment


@dataclass(frozen=True, slots=True)
class _Room:
    """The cells of a row that a blank may fill."""

    row: int
    first: int
    last: int
    is_shared: bool = False
    """Whether other blanks stand between the same words: then it is one cell, found by its column."""


class BlankReader:
    """Reads the single blanks of one sheet."""

    def __init__(
        self,
        sheet: Sheet,
        manifest: Manifest,
        names: Sequence[NamedCell],
        columns: Mapping[int, int],
        lost_columns: frozenset[int],
        words: frozenset[str],
        is_1904: bool | None,
    ) -> None:
        """`columns`: the template's columns of tables → the sheet's; `words`: all that is printed on the form."""
        self.lost_columns = lost_columns
        self.sheet, self.manifest, self.columns, self.words, self.is_1904 = sheet, manifest, columns, words, is_1904
        self.names: dict[str, list[NamedCell]] = {}
        for name in names:
            self.names.setdefault(name.key, []).append(name)
        self.used: set[tuple[int, int]] = set()
        """Cells that were read."""

    def read(self, region: Region) -> Iterator[Sighting]:
        for blank in region.blanks:
            yield from self._read_one(region, blank)

    def _read_one(self, region: Region, blank: Blank) -> Iterator[Sighting]:
        name = self._name(region, blank)
        room = self._room(region, blank)
        cell = self._cell_in(region, blank, room) if room is not None else None
        own = self._by_own_words(region, blank)
        if own is not None and cell is None and room is None and name is None:
            yield from self._seen(blank, own, "pattern", BY_WORDS)
            return
        if own is not None and own not in (cell, (name.row, name.column) if name is not None else cell):
            yield from self._seen(blank, own, "pattern", BY_WORDS)  # its words stand elsewhere: both are told
        if own is not None and room is None and name is not None and (name.row, name.column) == own:
            yield from self._seen(blank, own, "defined-name", BY_WORDS)
            return
        if name is not None and room is not None:
            is_inside = room.row == name.row and room.first <= name.column <= room.last
            if not is_inside and cell is not None:
                if not self._is_strange(region, blank, self.sheet.cell(name.row, name.column)):
                    yield from self._seen(blank, (name.row, name.column), "defined-name", NAMED)
                yield from self._seen(blank, cell, "path", BY_WORDS)
            elif is_inside and cell is not None:
                yield from self._seen(blank, self._if_blank(cell, name), "defined-name", NAMED)
        elif room is not None and cell is not None:
            is_lonely = blank.spot.row in region.alignment.shifted and is_blank(self.sheet.cell(*cell))
            if not is_lonely:
                yield from self._seen(blank, cell, "path", BY_COLUMN if room.is_shared else BY_WORDS)
        elif name is not None and room is None and self._is_trusted(region, blank, name):
            yield from self._seen(blank, (name.row, name.column), "defined-name", BY_COLUMN)

    def _if_blank(self, cell: tuple[int, int], name: NamedCell) -> tuple[int, int]:
        """Of an empty room the cell that is named."""
        return (name.row, name.column) if is_blank(self.sheet.cell(*cell)) else cell

    def _name(self, region: Region, blank: Blank) -> NamedCell | None:
        for key in blank.keys:
            named = [name for name in self.names.get(key, ()) if region.top <= name.row < region.bottom]
            if len(named) == 1:
                return named[0]
        return None

    def _room(self, region: Region, blank: Blank) -> _Room | None:
        """The cells between the words beside a blank; None where its row is not beyond doubt."""
        row = blank.spot.row
        at = region.alignment.rows.get(row)
        beside = region.alignment.beside(region.printed, row)
        if at is None or not beside:
            return None
        left = max((one.spot for one in beside if one.spot.last_column < blank.spot.column), default=None, key=_end)
        right = min((one.spot for one in beside if one.spot.column > blank.spot.column), default=None, key=_start)
        first = region.alignment.spots[left].last_column + 1 if left is not None else 0
        last = region.alignment.spots[right].column - 1 if right is not None else max(first, self.sheet.width - 1)
        low = left.last_column if left is not None else -1
        high = right.column if right is not None else 1 << 20
        inside = [other for other in region.blanks if other.spot.row == row and low < other.spot.column < high]
        if last < first:
            return None
        if len(inside) == 1:
            return _Room(at, first, last)
        column = self._column(region, blank)
        return _Room(at, column, column, True) if column is not None and first <= column <= last else None

    def _column(self, region: Region, blank: Blank) -> int | None:
        """The sheet's column of a blank that stands in line with a table's column or below a printed word."""
        if self.columns:
            return self.columns.get(blank.spot.column)
        above = [one.spot for one in region.printed if one.spot.last_row < blank.spot.row]
        over = [spot for spot in above if spot.column <= blank.spot.column <= spot.last_column]
        nearest = max(over, default=None, key=lambda spot: spot.last_row)
        if nearest is None or nearest not in region.alignment.spots or nearest.column != blank.spot.column:
            return None
        return region.alignment.spots[nearest].column

    def _cell_in(self, region: Region, blank: Blank, room: _Room) -> tuple[int, int] | None:
        """The one cell that is filled, the first one of an empty room; None where several are, or it is another's."""
        filled = list(self.sheet.filled(room.row, room.first, room.last))
        if len(filled) > 1 or any(self._is_strange(region, blank, value) for _, value in filled):
            return None
        if not filled and blank.spot.column in self.lost_columns:
            return None  # its column is gone from the table, and its value with it
        return room.row, filled[0][0] if filled else room.first

    def _is_strange(self, region: Region, blank: Blank, value: Any) -> bool:
        """Whether a cell has words that are printed on the form, or those around another blank."""
        if words_of(value) in self.words:
            return True
        others = [other.pattern for other in region.blanks if other is not blank and other.pattern is not None]
        if not isinstance(value, str) or (blank.pattern is not None and blank.pattern.has_words(value)):
            return False
        return any("".join(other.words).strip() and other.has_words(value) for other in others)

    def _by_own_words(self, region: Region, blank: Blank) -> tuple[int, int] | None:
        """The only cell that has the words of this one."""
        pattern = blank.pattern
        if pattern is None or not any(word.strip() for word in pattern.words):
            return None
        alike = [other for other in region.blanks if other.pattern is not None and other.pattern.words == pattern.words]
        cells = [
            (row, column)
            for row in range(region.top, min(region.bottom, len(self.sheet.rows)))
            for column, value in self.sheet.filled(row)
            if isinstance(value, str) and pattern.has_words(value)
        ]
        return cells[0] if len(cells) == 1 and len(alike) == 1 else None

    def _is_trusted(self, region: Region, blank: Blank, name: NamedCell) -> bool:
        value = self.sheet.cell(name.row, name.column)
        is_gone = is_blank(value) and blank.spot.column in self.lost_columns
        return not is_gone and not self._is_strange(region, blank, value) and self._is_beside(region, blank, name)

    def _is_beside(self, region: Region, blank: Blank, name: NamedCell) -> bool:
        """Whether the printed words next to a named cell are those that should stand there."""
        row = blank.spot.row
        beside = region.alignment.beside(region.printed, row)
        left = max((one for one in beside if one.spot.last_column < blank.spot.column), default=None, key=_end_of)
        right = min((one for one in beside if one.spot.column > blank.spot.column), default=None, key=_start_of)
        inside = [
            other
            for other in region.blanks
            if other.spot.row == row
            and (left is None or other.spot.column > left.spot.column)
            and (right is None or other.spot.column < right.spot.column)
        ]
        if len(inside) != 1:
            return False
        seen_left, seen_right = self._neighbours(name)
        fits_left = left is not None and seen_left == left.text
        fits_right = right is not None and seen_right == right.text
        is_wrong = (left is not None and seen_left not in ("", left.text)) or (
            right is not None and seen_right not in ("", right.text)
        )
        return (fits_left or fits_right) and not is_wrong

    def _neighbours(self, name: NamedCell) -> tuple[str, str]:
        """The nearest printed words to the left and to the right of a cell, in its row."""
        words = [(column, words_of(value)) for column, value in self.sheet.filled(name.row) if column != name.column]
        left = [word for column, word in words if column < name.column and word in self.words]
        right = [word for column, word in words if column > name.column and word in self.words]
        return left[-1] if left else "", right[0] if right else ""

    def _seen(self, blank: Blank, cell: tuple[int, int], layer: Layer, confidence: float) -> Iterator[Sighting]:
        place = self.sheet.place(*cell)
        raw = refused(self.sheet.cell(*cell))
        self.used.add(cell)
        for (key, part), value in self._values(blank, raw).items():
            path: FieldPath = (key,)
            yield Sighting(path, layer, place, value, confidence, part)

    def _values(self, blank: Blank, raw: Any) -> Mapping[tuple[str, str], Any]:
        if blank.pattern is None and blank.is_readable:
            (key,) = blank.keys
            item = self.manifest.field(key)
            (value,) = converted(item, [raw], is_percent=blank.is_percent, is_1904=self.is_1904)
            return {(key, ""): value}
        if isinstance(raw, Refused):
            return {(key, ""): raw for key in blank.keys}
        if blank.pattern is not None and blank.pattern.is_dated and not isinstance(raw, str):
            (raw,) = converted(self.manifest.field(blank.keys[0]), [raw], is_1904=self.is_1904)
            return {(blank.keys[0], ""): raw}
        found = blank.pattern.read(raw) if blank.pattern is not None else None
        if found is None or is_blank(raw):  # not even its printed words are left
            text = "" if is_blank(raw) else str(raw)
            return {(key, ""): Refused(text, Finding("F-EXCEL-005", text)) for key in blank.keys}
        return found


def _end(spot: Any) -> int:
    return int(spot.last_column)


def _start(spot: Any) -> int:
    return int(spot.column)


def _end_of(one: Printed) -> int:
    return one.spot.last_column


def _start_of(one: Printed) -> int:
    return one.spot.column
