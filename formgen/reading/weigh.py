"""Sightings → values: what is believed, on what evidence, and a problem for everything else.

All sightings of one blank have to mean the same; if they do not, neither is believed. What a type refuses is a problem
at its place, what no layer found is one too. So every field of the form is in the values, or blank on the sheet, or in
the problems.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from formgen.forms.manifest import Field
from formgen.problems import Finding, Place, Problem
from formgen.reading.columns import Candidates, ColumnEvidence, EvidenceBook, candidates
from formgen.reading.discretion import discreet
from formgen.reading.model import (
    LAYERS,
    ColumnRead,
    Doubt,
    Evidence,
    FieldPath,
    Reading,
    Refused,
    SheetRead,
    Sighting,
    path_text,
)
from formgen.reading.pausing import paused_collector
from formgen.values import Rejected, is_blank, value_type
from formgen.values.choice import EMPTY_MARKS, TICKED_MARKS
from formgen.values.fillers import is_filler, is_total
from formgen.values.masking import mask_long_numbers

__all__ = ["weigh"]

HAND_MADE: Final = frozenset(["signature", "seal"])
DATE_ENDS: Final = {"year": "年", "month": "月", "day": "日"}
SHOWN: Final = 60
_MARKS: Final = frozenset(EMPTY_MARKS + TICKED_MARKS)
_RANK: Final = {layer: rank for rank, layer in enumerate(LAYERS)}


def weigh(sheet: SheetRead, file: str) -> Reading:
    """The reading of one sheet. Values are typed; what is not believed is a doubt and a problem."""
    with paused_collector():
        return _Scales(sheet, file).reading()


class _Scales:
    def __init__(self, sheet: SheetRead, file: str) -> None:
        self.sheet = sheet
        self.file = file
        self.values: dict[str, Any] = {}
        self.evidence: dict[str, Evidence] = {}
        self.doubts: dict[str, Doubt] = {}
        self.by_column: list[ColumnEvidence] = []
        self.problems: list[Problem] = list(sheet.problems)
        self.seen: dict[FieldPath, list[Sighting]] = {}
        for sighting in sheet.sightings:
            self.seen.setdefault(sighting.path, []).append(sighting)

    def reading(self) -> Reading:
        fields = self.sheet.manifest.fields
        for item in fields:
            if item.table is not None:
                self._take_table(item)
            elif (sightings := self.seen.get((item.key,))) is None:
                self._lose(item.key, item.label, Place(self.file))
            elif (value := self._value(item, item.key, item.label, sightings)) is not None:
                self.values[item.key] = value
            else:
                self._require(item, item.key, item.label, sightings)
        self._check_totals(fields, self.values, "")
        for unread in self.sheet.unread:
            self._say(Finding("F-READ-003", _short(unread.text)), unread.place, "")
        identity = self.sheet.identity
        return Reading(
            file=self.file,
            form=self.sheet.manifest.id,
            version=identity.version,
            record=identity.record,
            pages=self.sheet.pages,
            values=self.values,
            evidence=EvidenceBook(self.evidence, self.by_column) if self.by_column else self.evidence,
            problems=discreet(self.problems),
            doubts=self.doubts,
        )

    def _take_table(self, item: Field) -> None:
        assert item.table is not None
        if reads := [column for column in self.sheet.columns if column.table == item.key]:
            self.values[item.key] = self._take_columns(item, reads)
            return
        numbers = sorted({path[1] for path in self.seen if len(path) == 3 and path[0] == item.key})
        if not numbers and item.key not in self.sheet.tables:
            self._lose(item.key, item.label, Place(self.file))
            return
        columns = {column.key: column for column in item.table.columns}
        lost = [key for key in columns if numbers and not any((item.key, row, key) in self.seen for row in numbers)]
        for key in lost:  # said once, not for every row
            self._say(Finding("F-READ-002"), "", f"{item.label} · {columns[key].label}")
        rows: list[dict[str, Any]] = []
        for number in numbers:
            row = self._row(item, number, len(rows) + 1, lost)
            if row is not None:
                rows.append(row)
        self.values[item.key] = rows

    def _row(self, item: Field, found_number: int, number: int, lost: Sequence[str]) -> dict[str, Any] | None:
        """One row of a table; None where all its blanks are found and empty."""
        assert item.table is not None
        row: dict[str, Any] = {}
        has_doubts = False
        columns = [
            (
                column,
                path_text((item.key, number, column.key)),
                f"{item.label} {number} · {column.label}",
                self.seen.get((item.key, found_number, column.key)),
            )
            for column in item.table.columns
        ]
        written = [(column, sightings[0].raw) for column, _, _, sightings in columns if sightings]
        if self._is_no_record(item, written, next((seen[0].place for *_, seen in columns if seen), "")):
            return None
        for column, text, label, sightings in columns:
            if sightings is None:
                continue
            if (value := self._value(column, text, label, sightings)) is not None:
                row[column.key] = value
            has_doubts = has_doubts or text in self.doubts
        if not _is_filled(row) and not has_doubts:
            return None
        for column, text, label, sightings in columns:
            if column.key in lost:
                self.doubts[text] = "lost"
            elif sightings is None:
                self._lose(text, label, Place(self.file))
            else:
                self._require(column, text, label, sightings)
        self._check_totals(item.table.columns, row, f"{item.key}.{number}.")
        return row

    def _take_columns(self, item: Field, reads: Sequence[ColumnRead]) -> list[dict[str, Any]]:
        """The rows of a table that was read by columns; only what is not beyond doubt is looked at cell by cell."""
        assert item.table is not None
        columns = item.table.columns
        lost = [column for column in columns if not any(read.column == column.key for read in reads)]
        for column in lost:
            self._say(Finding("F-READ-002"), "", f"{item.label} · {column.label}")
        found = candidates(columns, reads)
        rows: list[dict[str, Any]] = found.rows
        kept: Sequence[int] = range(len(rows))
        if not found.complete or found.unsure or lost or any(self._is_watched(column, found) for column in columns):
            rows, kept = self._keep_rows(item, found, lost)
        self.by_column.append(ColumnEvidence(item.key, {read.column: read for read in reversed(reads)}, rows, kept))
        return rows

    @staticmethod
    def _is_watched(column: Field, found: Candidates) -> bool:
        """Whether there may be something to say of the column in any row."""
        is_missing = column.required and column.key not in found.complete
        return is_missing or bool(column.total_of) or _has_marks(column)

    def _keep_rows(
        self, item: Field, found: Candidates, lost: Sequence[Field]
    ) -> tuple[list[dict[str, Any]], Sequence[int]]:
        """The rows that hold anything, each looked at, and where each stood in the columns."""
        assert item.table is not None
        columns = item.table.columns
        watched = [column for column in columns if column.required and column not in lost]
        has_totals = any(column.total_of for column in columns)
        has_marks = any(_has_marks(column) for column in columns)
        rows: list[dict[str, Any]] = []
        kept: list[int] = []
        for index, row in enumerate(found.rows):
            if (has_marks or index in found.unsure) and not self._settle(item, found, index, len(rows) + 1):
                continue
            if not row and index not in found.unsure:
                continue
            rows.append(row)
            kept.append(index)
            for column in watched:
                if column.key not in row and path_text((item.key, len(rows), column.key)) not in self.doubts:
                    self._say(Finding("F-READ-004"), found.place(column, index), self._label(item, len(rows), column))
            for column in lost:
                self.doubts[path_text((item.key, len(rows), column.key))] = "lost"
            if has_totals:
                at = {column.key: found.place(column, index) for column in columns if column.key in row}
                self._check_totals(columns, row, f"{item.key}.{len(rows)}.", at)
        return rows, kept

    def _settle(self, item: Field, found: Candidates, index: int, number: int) -> bool:
        """Look at the cells of a row that are not beyond doubt; whether there is anything in the row."""
        row, has_doubts = found.rows[index], False
        if index in found.unsure:
            columns = item.table.columns if item.table is not None else ()
            written = [
                (column, found.reads[column.key][0].raws[index]) for column in columns if column.key in found.reads
            ]
            if self._is_no_record(item, written, found.unsure[index][0][1][0].place):
                row.clear()
                return False
        for column, sightings in found.unsure.get(index, ()):
            text = path_text((item.key, number, column.key))
            value = self._value(column, text, self._label(item, number, column), sightings)
            if value is not None:
                row[column.key] = value
            has_doubts = has_doubts or text in self.doubts
        return has_doubts or _is_filled(row)

    def _is_no_record(self, item: Field, written: Iterable[tuple[Field, Any]], place: str) -> bool:
        """Whether a row is none of the table's: one that says that nothing follows, or one of totals. It is told."""
        cells = [(column, _text(raw)) for column, raw in written if not _has_marks(column) and not is_blank(raw)]
        if len(cells) == 1 and is_filler(cells[0][1]):
            code = "F-READ-009"
        elif any(is_total(text) for at, (column, text) in enumerate(cells) if at == 0 or column.type_name == "name"):
            code = "F-READ-010"
        else:
            return False
        self._say(Finding(code, _short(" ".join(text for _, text in cells))), place, item.label)
        return True

    @staticmethod
    def _label(item: Field, number: int, column: Field) -> str:
        return f"{item.label} {number} · {column.label}"

    def _require(self, item: Field, text: str, label: str, sightings: Sequence[Sighting]) -> None:
        if item.required and text not in self.evidence and text not in self.doubts:
            self._say(Finding("F-READ-004"), sightings[0].place, label)

    def _value(self, item: Field, text: str, label: str, sightings: Sequence[Sighting]) -> Any:
        """The value all sightings agree on; None where the blank is empty or in doubt."""
        outcomes = _outcomes(item, sightings)
        first = outcomes[0]
        if any(not _is_same(other, first) for other in outcomes[1:]):
            shown = "；".join(_told(item, outcome) for outcome in _distinct(outcomes))
            self._say(Finding("F-READ-001", shown), first.sighting.place, label)
            self.doubts[text] = "contradictory"
            return None
        if first.finding is not None:
            self._say(first.finding, first.sighting.place, label)
            self.doubts[text] = "rejected"
            return None
        if first.value is None:
            return None
        sighting = first.sighting
        self.evidence[text] = Evidence(sighting.layer, sighting.place, _text(first.raw), sighting.confidence)
        for finding in item.value_type.check(first.value, first.raw):
            self._say(finding, sighting.place, label)
        return first.value

    def _check_totals(
        self, fields: Iterable[Field], values: Mapping[str, Any], prefix: str, places: Mapping[str, str] | None = None
    ) -> None:
        """`places`: of values of which there is no evidence by itself, by their keys."""
        for item in fields:
            read = values.get(item.key)
            if not item.total_of or read is None:
                continue
            parts = [part for source in item.total_of for part in _addends(values, source)]
            if not parts or any(text.startswith(prefix) for text in self.doubts):
                continue  # what is in doubt is said; a sum without it would only say it again
            total = sum(parts[1:], parts[0])
            if total != read:
                shown = item.value_type.format
                known = self.evidence.get(prefix + item.key)
                place = known.place if known is not None else (places or {}).get(item.key, "")
                self._say(Finding("F-READ-005", shown(read), {"wanted": shown(total)}), place, item.label)

    def _lose(self, text: str, label: str, place: Place) -> None:
        self.doubts[text] = "lost"
        self._say(Finding("F-READ-002"), place.cell, label)

    def _say(self, finding: Finding, place: str, label: str) -> None:
        self.problems.append(finding.at(Place(self.file, cell=place, label=label), self.sheet.identity.record or None))


class _Outcome:
    """What one sighting comes to: a value, a blank (neither), or a finding."""

    __slots__ = ("finding", "raw", "sighting", "value")

    def __init__(self, sighting: Sighting, raw: Any, value: Any = None, finding: Finding | None = None) -> None:
        self.sighting = sighting
        self.raw = raw
        self.value = value
        self.finding = finding


def _outcomes(item: Field, sightings: Sequence[Sighting]) -> list[_Outcome]:
    """What each sighting means, the surest layer first; the parts of a date are one."""
    if len(sightings) == 1 and not sightings[0].part:  # most blanks
        return [_outcome(item, sightings[0], sightings[0].raw)]
    parts = [sighting for sighting in sightings if sighting.part]
    outcomes = [_outcome(item, sighting, sighting.raw) for sighting in sightings if not sighting.part]
    outcomes += [_date_outcome(item, group) for group in _by_layer(parts)]
    return sorted(outcomes, key=lambda outcome: _RANK[outcome.sighting.layer])


def _outcome(item: Field, sighting: Sighting, raw: Any) -> _Outcome:
    if isinstance(raw, Refused):
        return _Outcome(sighting, raw.text, finding=raw.finding)
    if is_blank(raw):
        return _Outcome(sighting, raw)
    try:
        chosen = _ticked(item, raw)
        return _Outcome(sighting, chosen, None if chosen == "" else item.value_type.parse(chosen))
    except Rejected as exc:
        if item.type_name in HAND_MADE:
            return _Outcome(sighting, raw, finding=Finding("F-READ-006", _short(_text(raw))))
        return _Outcome(sighting, raw, finding=exc.finding)


def _ticked(item: Field, raw: Any) -> Any:
    """Of choices printed with boxes (□务工 ☑养殖) the one that is ticked, '' where none is; other texts as they are.

    Raises: Rejected (F-VALUE-016): several are ticked.
    """
    choices = getattr(item.value_type, "labels", None)
    if not choices or not isinstance(raw, str) or not set(raw) & _MARKS:
        return raw
    if not set(raw) & set(TICKED_MARKS):
        return ""
    return value_type("choice", choices=choices).parse(raw)


def _date_outcome(item: Field, parts: Mapping[str, Sighting]) -> _Outcome:
    """A date written in blanks of its own for year, month and day."""
    first = next(iter(parts.values()))
    texts = {part: _text(parts[part].raw).strip() for part in DATE_ENDS if part in parts}
    filled = [bool(texts[part]) for part in texts]
    raw = "".join(text.removesuffix(DATE_ENDS[part]) + DATE_ENDS[part] for part, text in texts.items() if text)
    if filled != sorted(filled, reverse=True):  # a day without its month
        return _Outcome(first, raw, finding=Finding("F-READ-007", raw))
    return _outcome(item, first, raw)


def _by_layer(parts: Sequence[Sighting]) -> list[dict[str, Sighting]]:
    """The parts of dates: of one layer, in the order of the file, each part once a date."""
    groups: dict[tuple[str, int], dict[str, Sighting]] = {}
    counts: dict[tuple[str, str], int] = {}
    for sighting in parts:
        number = counts[sighting.layer, sighting.part] = counts.get((sighting.layer, sighting.part), 0) + 1
        groups.setdefault((sighting.layer, number), {})[sighting.part] = sighting
    return list(groups.values())


def _is_same(one: _Outcome, other: _Outcome) -> bool:
    if one.finding is not None or other.finding is not None:
        return one.finding is not None and other.finding is not None and _text(one.raw) == _text(other.raw)
    return bool(one.value == other.value)


def _distinct(outcomes: Sequence[_Outcome]) -> list[_Outcome]:
    kept: list[_Outcome] = []
    for outcome in outcomes:
        if not any(_is_same(outcome, other) for other in kept):
            kept.append(outcome)
    return kept


def _told(item: Field, outcome: _Outcome) -> str:
    text = _short(item.value_type.mask(_text(outcome.raw))) or "（空）"
    return f"{text} [{outcome.sighting.place}]"


def _addends(values: Mapping[str, Any], source: str) -> Iterable[int | Decimal]:
    table, _, column = source.rpartition(".")
    rows: Iterable[Mapping[str, Any]] = values.get(table, ()) if table else (values,)
    return [row[column] for row in rows if row.get(column) is not None]


def _has_marks(column: Field) -> bool:
    """Whether its cells are printed in blank rows, too: a box, a line to sign on."""
    return column.type_name == "checkbox" or column.type_name in HAND_MADE


def _is_filled(row: Mapping[str, Any]) -> bool:
    """Whether anybody wrote anything into the row: an empty box is printed in blank rows, too."""
    return any(value is not False for value in row.values())


def _text(raw: Any) -> str:
    if isinstance(raw, Refused):
        return raw.text
    return "" if raw is None else raw if isinstance(raw, str) else str(raw)


def _short(text: str) -> str:
    text = mask_long_numbers(" ".join(text.split()))  # before a cut makes them short
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
