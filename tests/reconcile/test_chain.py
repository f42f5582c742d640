"""The law of the whole chain: what somebody changed on a sheet, on whatever carrier, is exactly what is reported.

For every form of the catalogue and every carrier it has; a form that joins the catalogue is under the law.
"""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings

from formgen.forms.manifest import Carrier, Manifest
from formgen.reading.files import read_file
from formgen.reading.identify import FormBook
from formgen.reconcile.compare import compare
from formgen.reconcile.model import flat
from tests.reading.printing import SUFFIXES, print_sheet
from tests.reconcile.edits import FORMS, PRINTED, Edited, edited_records

EXAMPLES = 200
"""A form, over its carriers."""
SHEETS = [(form, carrier) for form in FORMS for carrier in form.carriers]
BOOK = FormBook(FORMS)


@pytest.mark.parametrize(("form", "carrier"), SHEETS, ids=[f"{form.name}-{carrier}" for form, carrier in SHEETS])
def test_what_was_edited_is_what_is_reported(form: Manifest, carrier: Carrier, tmp_path: Path) -> None:
    path = tmp_path / f"returned{SUFFIXES[carrier]}"
    wanted = math.ceil(EXAMPLES / len(form.carriers))
    seen = 0

    @settings(max_examples=wanted, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(edited_records(form, PRINTED))
    def law(made: Edited) -> None:
        nonlocal seen
        content = print_sheet(form, carrier, made.values)
        assume(content is not None)
        assert content is not None
        path.write_bytes(content)
        (reading,) = read_file(path, BOOK).readings
        differences = compare(form, made.record, reading)
        assert {key: (found.status, found.record, found.read) for key, found in flat(differences)} == made.edits
        seen += 1

    law()
    assert seen >= wanted
