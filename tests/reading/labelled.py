"""Sheets read by their labels, for tests: what was read is held against what stands there.

A value that is silently wrong is one that differs from what stands on the sheet and that no problem names.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from formgen.forms.catalogue import Catalogue
from formgen.forms.manifest import Field, Manifest
from formgen.reading.labels import read_by_labels
from formgen.reading.labels.anchors import Anchors
from formgen.reading.labels.skeleton import letters_of
from formgen.reading.model import Reading, SheetIdentity, SheetRead
from formgen.reading.weigh import weigh
from tests.reading.grids import blocks
from tests.reading.variants import Blocks

__all__ = ["CATALOGUE", "FORMS", "NOT_READ", "compare", "read_sheet", "shown_values", "told"]

CATALOGUE = Catalogue()
FORMS = [form for form in CATALOGUE.forms() if form.templates]
NOT_READ = frozenset(["signature", "seal", "image"])


def read_sheet(form: Manifest, sheet: Blocks) -> tuple[SheetRead, Reading]:
    found = read_by_labels(sheet, form, SheetIdentity())
    return found, weigh(found, "returned.docx")


def compare(form: Manifest, wanted: Mapping[str, Any], reading: Reading) -> tuple[Counter[str], list[str]]:
    """How many filled fields came back, are in doubt, are wrong; and the wrong ones."""
    tally, wrong = Counter[str](), []
    for item in form.fields:
        if item.type_name in NOT_READ:
            continue
        want, got = wanted.get(item.key), reading.values.get(item.key)
        if item.table is not None:
            wrong += _compare_rows(item, want or [], got or [], reading, tally)
        elif item.key in reading.doubts:
            tally["doubt"] += want is not None
        elif got == want:
            tally["right"] += want is not None
        else:
            wrong.append(f"{item.key}: {want!r} → {got!r}")
    tally["wrong"] = len(wrong)
    return tally, wrong


def _compare_rows(
    item: Field, wanted: Sequence[Mapping[str, Any]], got: Sequence[Mapping[str, Any]], reading: Reading, tally: Any
) -> list[str]:
    if item.key in reading.doubts:
        tally["doubt"] += sum(map(len, wanted))
        return []
    keys = [column.key for column in item.table.columns] if item.table else []
    numbers = range(1, len(got) + 1)
    if len(got) > len(wanted):  # a line of which nothing is believed may be none
        numbers = [
            number for number in numbers if any(f"{item.key}.{number}.{key}" not in reading.doubts for key in keys)
        ]
    if len(numbers) != len(wanted):
        return [f"{item.key}: {len(wanted)} → {len(got)} rows"]
    wrong = []
    for number, want in zip(numbers, wanted, strict=True):
        row = got[number - 1]
        for key in {*want, *row}:
            if f"{item.key}.{number}.{key}" in reading.doubts:
                tally["doubt"] += 1
            elif row.get(key) == want.get(key):
                tally["right"] += 1
            else:
                wrong.append(f"{item.key}.{number}.{key}: {want.get(key)!r} → {row.get(key)!r}")
    return wrong


def told(form: Manifest, sheet: Blocks, found: SheetRead) -> list[str]:
    """Texts of cells that are neither values, nor unread, nor words that the form prints, nor labels."""
    places = {item.place for item in found.sightings} | {item.place for item in found.unread}
    anchors = Anchors(form)
    cells = (cell for block in sheet for cell in block.cells if letters_of(cell.text) and cell.place not in places)
    return [
        cell.text
        for cell in cells
        if letters_of(cell.text) not in anchors.skeleton.text
        and letters_of(cell.text) not in anchors.titles
        and anchors.meaning(cell.text) is None
        and not any(anchors.column(table, cell.text) for table in anchors.tables)
        and not cell.text.strip().isdecimal()
    ]


def shown_values(form_name: str, text: str) -> tuple[dict[str, Any], Reading, list[str]]:
    """What is read of a sheet, as the form prints it; the reading; the unread texts."""
    form = CATALOGUE.form(form_name)
    found, reading = read_sheet(form, blocks(text))
    shown = {}
    for key, value in reading.values.items():
        item = form.field(key)
        if item.table is None:
            shown[key] = item.value_type.format(value)
        else:
            types = {column.key: column.value_type for column in item.table.columns}
            shown[key] = [{name: types[name].format(cell) for name, cell in row.items()} for row in value]
    return shown, reading, [item.text for item in found.unread]
