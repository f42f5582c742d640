"""What a template is given: a manifest and one record, printed.

In: a record, field key → typed value or None; a table's value is a sequence of such mappings, one a row. Out: the
context of a template's tags: key → text, '' where blank. A date has its parts besides (`{{ key.year }}`), a table is a
list of rows that know their `row_number`. A blank check box prints □, for the box itself is part of the paper.

Characters that no XML file may hold are left out and reported; nothing else is changed.
Source: XML 1.0, production 2 (Char).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from formgen.forms.manifest import Field, Manifest
from formgen.problems import Place, Problem

__all__ = [
    "BLANK_DATE",
    "DATE_PARTS",
    "ContextPlan",
    "DateText",
    "Filled",
    "Printer",
    "Row",
    "cleaned",
    "grouped",
    "named_by",
    "printer_of",
]

ILLEGAL = "[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
"""Compiled when first needed: that takes 3 ms."""
DATE_PARTS = ("year", "month", "day")
NAMING_TERMS = ("person.name", "base.company", "place.village", "place.town")
HAND_MADE = frozenset(["signature", "seal"])
"""Known only as there or not there: the paper is signed and sealed, nothing is printed."""


class DateText(str):
    """A printed date and its parts, each '' where the date does not say."""

    year: str = ""
    month: str = ""
    day: str = ""

    @classmethod
    def of(cls, text: str, value: Any) -> DateText:
        printed = cls(text)
        printed.year = _part(value, "year")
        printed.month = _part(value, "month")
        printed.day = _part(value, "day")
        return printed


BLANK_DATE = DateText("")


class Row(dict[str, Any]):
    """One row of a table: printed columns, and its 1-based `row_number`."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A template's context, and what had to be said while printing the values."""

    context: dict[str, Any]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Printer:
    """How one field is printed."""

    key: str
    label: str
    print: Callable[[Any], str]
    blank: str


class ContextPlan:
    """Knows how each field of one form is printed; made once per form, used once per record."""

    def __init__(self, manifest: Manifest) -> None:
        self.form = manifest.id
        self._single = [printer_of(item) for item in manifest.fields if item.table is None]
        self._tables = [
            (item.key, [printer_of(column) for column in item.table.columns], item.table.blank_rows)
            for item in manifest.fields
            if item.table is not None
        ]
        self._blank = {printer.key: printer.blank for printer in self._single}

    def fill(self, record: Mapping[str, Any], record_key: str) -> Filled:
        """The context of one record. Keys the form does not have are not printed."""
        problems: list[Problem] = []
        get = record.get
        context: dict[str, Any] = self._blank.copy()
        for printer in self._single:
            value = get(printer.key)
            if value is not None:
                text = printer.print(value)
                context[printer.key] = text if text.isprintable() else self._clean(text, printer, record_key, problems)
        for key, columns, _ in self._tables:
            context[key] = [
                self._row(number, row, columns, record_key, problems) for number, row in enumerate(get(key) or (), 1)
            ]
        return Filled(context, tuple(problems))

    def blank(self) -> dict[str, Any]:
        """The context of the empty form, with the table rows it is printed with."""
        context: dict[str, Any] = self._blank.copy()
        for key, columns, blank_rows in self._tables:
            empty = {printer.key: printer.blank for printer in columns}
            context[key] = [Row(empty, row_number=number) for number in range(1, blank_rows + 1)]
        return context

    def _row(
        self,
        number: int,
        record: Mapping[str, Any],
        columns: Sequence[Printer],
        record_key: str,
        problems: list[Problem],
    ) -> Row:
        row = Row(row_number=number)
        for printer in columns:
            value = record.get(printer.key)
            if value is None:
                row[printer.key] = printer.blank
            else:
                text = printer.print(value)
                row[printer.key] = text if text.isprintable() else self._clean(text, printer, record_key, problems)
        return row

    def _clean(self, text: str, printer: Printer, record_key: str, problems: list[Problem]) -> str:
        """`text` without what XML cannot hold. Not printable are rare characters and line ends too: those stay."""
        found = sorted({f"U+{ord(character):04X}" for character in re.findall(ILLEGAL, text)})
        if found:
            problems.append(
                Problem("F-RENDER-001", Place(self.form, label=printer.label), ", ".join(found), record=record_key)
            )
        if isinstance(text, DateText):
            dated = DateText(cleaned(text))
            dated.year, dated.month, dated.day = text.year, text.month, text.day
            return dated
        return cleaned(text)


def cleaned(text: str) -> str:
    """A text as an XML file can hold it."""
    if text.isprintable():
        return text
    return re.sub(ILLEGAL, "", text).replace("\r\n", "\n").replace("\r", "\n")


def named_by(manifest: Manifest, record: Mapping[str, Any]) -> tuple[str, str] | None:
    """Label and text of the value that a person knows the record by: its name, else its company or village."""
    for term in NAMING_TERMS:
        for item in manifest.fields:
            if item.term == term and record.get(item.key) is not None:
                return item.label, cleaned(item.value_type.format(record[item.key]))
    return None


def grouped(rows: Sequence[Row], column: str) -> list[list[Row]]:
    """Consecutive rows with the same value in `column`; a row that is blank there stands alone."""
    groups: list[list[Row]] = []
    for row in rows:
        if groups and row[column] and groups[-1][-1][column] == row[column]:
            groups[-1].append(row)
        else:
            groups.append([row])
    return groups


def printer_of(item: Field) -> Printer:
    """How a field or column is printed, wherever it stands."""
    value_type = item.value_type
    if item.type_name in HAND_MADE:
        return Printer(item.key, item.label, lambda _: "", "")
    if item.type_name == "date":
        return Printer(item.key, item.label, lambda value: DateText.of(value_type.format(value), value), BLANK_DATE)
    return Printer(item.key, item.label, value_type.format, value_type.format(False) if item.is_box else "")


def _part(value: Any, name: str) -> str:
    part = getattr(value, name, None)
    return "" if part is None else str(part)
