"""Tracked changes, told at the fields that they touched.

In: a sheet as it reads with all changes accepted, and as it read before them. Out: a problem at each field, and at each
row of a table, that is not the same in both; and the places of all other words that are not. A row is the same row
where it stands at the same place: places are counted over what was put in and over what was taken out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from formgen.forms.manifest import Field
from formgen.problems import Finding, Place, Problem
from formgen.reading.docx.model import Block, texts_of
from formgen.reading.model import LAYERS, Refused, SheetRead, Sighting
from formgen.values.choice import EMPTY_MARKS
from formgen.values.masking import mask_long_numbers

__all__ = ["changed_fields", "changed_places"]

BLANK: Final = "（空）"
LOST: Final = "（未找到）"
SHOWN: Final = 60
_BOXES: Final = "".join(EMPTY_MARKS)
BEFORE_CHANGE: Final = 12
"""Characters shown before the first that differs, of texts too long to be shown whole."""


@dataclass(frozen=True, slots=True)
class _Blank:
    """All that was seen of one blank."""

    texts: tuple[str, ...]
    """The surest first."""
    place: str

    @property
    def said(self) -> str:
        return self.texts[0] or BLANK


_Row = dict[str, _Blank]
"""The blanks of one row by their columns; of the fields that are in no table, by their keys."""


def changed_fields(now: SheetRead, before: SheetRead, place: Place) -> tuple[list[Problem], set[str]]:
    """What is to be said of the fields of a sheet, and the places that are spoken of."""
    telling = _Telling(now, place)
    after, earlier = _rows(now), _rows(before)
    for item in now.manifest.fields:
        if item.table is None:
            telling.compare(item, "", after.get("", {}).get(0, {}), earlier.get("", {}).get(0, {}))
        else:
            telling.compare_rows(item, item.table.columns, after.get(item.key, {}), earlier.get(item.key, {}))
    return telling.problems, telling.places


def changed_places(now: Iterable[Block], before: Iterable[Block]) -> list[str]:
    """Where the texts of a file differ, in its order."""
    after, earlier = _said_at(now), _said_at(before)
    return [at for at in {**earlier, **after} if earlier.get(at, []) != after.get(at, [])]


class _Telling:
    """Collects what there is to say of one sheet."""

    def __init__(self, sheet: SheetRead, place: Place) -> None:
        self.problems: list[Problem] = []
        self.places: set[str] = set()
        self._place = place
        self._record = sheet.identity.record or None

    def compare(self, item: Field, label: str, now: Mapping[str, _Blank], before: Mapping[str, _Blank]) -> None:
        """One blank; `label` begins the problem's label in a table."""
        after, earlier = now.get(item.key), before.get(item.key)
        if after is earlier or (after and earlier and set(after.texts) == set(earlier.texts)):
            return
        shown = [blank.said if blank is not None else LOST for blank in (after, earlier)]
        found, was = _around_change(*(mask_long_numbers(item.value_type.mask(text)) for text in shown))
        places = [blank.place for blank in (after, earlier) if blank is not None]
        self._say(Finding("F-WORD-005", found, {"before": was}), places, label + item.label)

    def compare_rows(
        self, item: Field, columns: Sequence[Field], now: Mapping[int, _Row], before: Mapping[int, _Row]
    ) -> None:
        same = _same_rows(now, before)
        count = 0
        """Rows so far; a blank one is none."""
        shared: set[str] = set()
        """Places of cells that are merged over several rows: told for the first of them."""
        for number in sorted(now):
            row, was = now[number], before[same[number]] if number in same else {}
            count += _is_filled(row)
            if not _is_filled(row):
                self._tell_row("F-WORD-007", was, columns, item.label)
            elif not was:
                self._tell_row("F-WORD-006", row, columns, f"{item.label} {count}")
            else:
                own = [column for column in columns if column.key not in row or row[column.key].place not in shared]
                for column in own:
                    self.compare(column, f"{item.label} {count} · ", row, was)
            shared |= {blank.place for blank in row.values()}
        for number in sorted(before.keys() - set(same.values())):
            self._tell_row("F-WORD-007", before[number], columns, item.label)

    def _tell_row(self, code: str, row: _Row, columns: Sequence[Field], label: str) -> None:
        """A row that was put in or taken out; nothing of one that was blank."""
        if _is_filled(row):
            said = [column.value_type.mask(row[column.key].texts[0]) for column in columns if column.key in row]
            text = mask_long_numbers(" | ".join(filter(None, said)))
            self._say(Finding(code, _cut(text, 0)), [blank.place for blank in row.values()], label)

    def _say(self, finding: Finding, places: Sequence[str], label: str) -> None:
        self.places |= set(places)
        self.problems.append(finding.at(replace(self._place, cell=places[0], label=label), self._record))


def _rows(sheet: SheetRead) -> dict[str, dict[int, _Row]]:
    """The blanks of a sheet by table and row; table '' and row 0 have the fields that are in no table."""
    seen: dict[tuple[str, int, str], list[Sighting]] = {}
    for sighting in _sightings(sheet):
        path = sighting.path
        key = ("", 0, path[0]) if len(path) == 1 else path
        seen.setdefault(key, []).append(sighting)
    rows: dict[str, dict[int, _Row]] = {}
    for (table, number, column), sightings in seen.items():
        rows.setdefault(table, {}).setdefault(number, {})[column] = _blank(sightings)
    return rows


def _sightings(sheet: SheetRead) -> Iterator[Sighting]:
    yield from sheet.sightings
    for column in sheet.columns:
        yield from (column.sighting(index) for index in range(len(column.raws)))


def _blank(sightings: list[Sighting]) -> _Blank:
    """The parts of a date that one layer saw are one text."""
    sightings.sort(key=lambda sighting: LAYERS.index(sighting.layer))
    texts: dict[object, str] = {}
    for number, sighting in enumerate(sightings):
        raw = sighting.raw
        text = (raw.text if isinstance(raw, Refused) else str(raw)).strip()
        if sighting.part:
            texts[sighting.layer] = "-".join(filter(None, (texts.get(sighting.layer, ""), text)))
        else:
            texts[number] = text
    return _Blank(tuple(texts.values()), sightings[0].place)


def _same_rows(now: Mapping[int, _Row], before: Mapping[int, _Row]) -> dict[int, int]:
    """Which row was which before: the one that has a cell of its own at the same place."""
    earlier = {at: number for number, places in _own_places(before).items() for at in places}
    found = {}
    for number, places in _own_places(now).items():
        was = next((earlier[at] for at in places if at in earlier), None)
        if was is not None:
            found[number] = was
    return found


def _is_filled(row: _Row) -> bool:
    """An empty box is printed in blank rows, too."""
    return any(text.strip(_BOXES) for blank in row.values() for text in blank.texts)


def _own_places(rows: Mapping[int, _Row]) -> dict[int, list[str]]:
    """The places of each row that no other row has; all of them where it has no such place."""
    spread = Counter(at for row in rows.values() for at in {blank.place for blank in row.values()})
    places = {number: [blank.place for blank in row.values()] for number, row in rows.items()}
    return {number: [at for at in own if spread[at] == 1] or own for number, own in places.items()}


def _said_at(blocks: Iterable[Block]) -> dict[str, list[tuple[str, int]]]:
    """What stands at each place that has words or pictures."""
    said: dict[str, list[tuple[str, int]]] = {}
    for text in texts_of(blocks):
        if text.text or text.pictures:
            said.setdefault(text.place, []).append((text.text, len(text.pictures)))
    return said


def _around_change(one: str, other: str) -> tuple[str, str]:
    """Two texts, where they are long from shortly before they differ."""
    pairs = enumerate(zip(one, other, strict=False))
    first = next((at for at, (sign, was) in pairs if sign != was), min(len(one), len(other)))
    start = max(0, first - BEFORE_CHANGE)
    return _cut(one, start), _cut(other, start)


def _cut(text: str, start: int) -> str:
    text = text.replace("\n", " ")
    if len(text) <= SHOWN:
        return text
    return f"{'…' * bool(start)}{text[start : start + SHOWN]}{'…' * (start + SHOWN < len(text))}"
