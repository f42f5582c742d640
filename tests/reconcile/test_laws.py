"""The law of comparing: what a person changed on a sheet is exactly what is reported. For every form there is.

The sheets are as a faultless reader gives them: `test_chain` goes through real files.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from formgen.forms.manifest import Manifest
from formgen.reconcile.compare import compare
from formgen.reconcile.model import flat
from tests.reconcile.edits import FORMS, edited_records, reading_of

each_form = pytest.mark.parametrize("form", FORMS, ids=lambda form: form.id)
law = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@each_form
@law
@given(data=st.data())
def test_what_was_edited_is_what_is_reported(form: Manifest, data: st.DataObject) -> None:
    made = data.draw(edited_records(form))
    differences = compare(form, made.record, reading_of(form, made.values))
    assert list(differences) == [item.key for item in form.fields], "every field has a status"
    assert {key: (found.status, found.record, found.read) for key, found in flat(differences)} == made.edits


@each_form
@law
@given(data=st.data())
def test_a_doubt_is_never_reported_as_unchanged_or_cleared(form: Manifest, data: st.DataObject) -> None:
    made = data.draw(edited_records(form))
    values = reading_of(form, made.values).values
    paths = [key for key, value in values.items() if not isinstance(value, list)]
    paths += [
        f"{key}.{n}.{column}"
        for key, rows in values.items()
        if isinstance(rows, list)
        for n, row in enumerate(rows, 1)
        for column in row
    ]
    paths += [item.key for item in form.fields]
    doubts = data.draw(
        st.dictionaries(
            st.sampled_from(paths), st.sampled_from(["rejected", "contradictory", "lost"]), min_size=1, max_size=3
        )
    )
    reading = replace(reading_of(form, made.values, doubts=doubts), values=_without(values, doubts))
    differences = compare(form, made.record, reading)
    for path, reason in doubts.items():
        table, _, rest = path.partition(".")
        assert differences[table].status == "contradictory"
        if rest and table not in doubts:
            row, column = rest.split(".")
            [cell] = [found.cells[column] for found in differences[table].rows if found.read_row == int(row)]
            assert (cell.status, cell.read, cell.reason) == ("contradictory", None, reason)
        elif not rest:
            assert (differences[table].read, differences[table].reason) == (None, reason)


def _without(values: Any, doubts: Any) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for key, value in values.items():
        if key in doubts:
            continue
        if isinstance(value, list):
            value = [
                {column: cell for column, cell in row.items() if f"{key}.{n}.{column}" not in doubts}
                for n, row in enumerate(value, 1)
            ]
        kept[key] = value
    return kept
