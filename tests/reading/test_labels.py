"""Forms we did not make: what their labels lead to is right, or it is in the problems.

Two kinds of sheets: each catalogue form's own template filled with a random record and changed by rules (`variants`),
and sheets of six forms written as counties retype them. A value that is silently wrong is one that differs from what
stands on the sheet and that no problem names.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from formgen.forms.catalogue import Catalogue
from formgen.forms.manifest import Field, Manifest
from formgen.reading.labels import read_by_labels
from formgen.reading.model import Reading, SheetIdentity, SheetRead
from formgen.reading.weigh import weigh
from tests.reading.grids import blocks
from tests.reading.records import as_read, records_of
from tests.reading.variants import VARIANTS, Blocks, filled_blocks

CATALOGUE = Catalogue()
FORMS = [form for form in CATALOGUE.forms() if form.templates]
NOT_READ = frozenset(["signature", "seal", "image"])


def _read(form: Manifest, sheet: Blocks) -> tuple[SheetRead, Reading]:
    found = read_by_labels(sheet, form, SheetIdentity())
    return found, weigh(found, "returned.docx")


def _compare(form: Manifest, wanted: Mapping[str, Any], reading: Reading) -> tuple[Counter[str], list[str]]:
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
    if len(got) != len(wanted):
        return [f"{item.key}: {len(wanted)} → {len(got)} rows"]
    wrong = []
    for number, (want, row) in enumerate(zip(wanted, got, strict=True), 1):
        for key in {*want, *row}:
            if f"{item.key}.{number}.{key}" in reading.doubts:
                tally["doubt"] += 1
            elif row.get(key) == want.get(key):
                tally["right"] += 1
            else:
                wrong.append(f"{item.key}.{number}.{key}: {want.get(key)!r} → {row.get(key)!r}")
    return wrong


def _lost_words(sheet: Blocks, found: SheetRead, form: Manifest) -> list[str]:
    """Places of cells that are neither values nor unread nor words of a form or of the vocabulary."""
    told = {item.place for item in found.sightings} | {item.place for item in found.unread}
    cells = (cell for block in sheet for cell in block.cells if cell.text.strip() and cell.place)
    return [cell.text for cell in cells if cell.place not in told]


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.id)
@settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(data=st.data())
def test_a_variant_s_values_come_back_or_are_in_problems(form: Manifest, variant: str, data: st.DataObject) -> None:
    record = data.draw(records_of(form, has_long_texts=False))
    seed = data.draw(st.integers(0, 10_000))
    sheet = VARIANTS[variant](filled_blocks(form, record), form, random.Random(seed))
    _, reading = _read(form, sheet)
    _, wrong = _compare(form, as_read(form, record), reading)
    assert wrong == []
