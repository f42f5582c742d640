"""What was filled in comes back, for every form of the catalogue that has an Excel template."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from formgen.forms.catalogue import Catalogue
from formgen.forms.manifest import Manifest
from formgen.reading.identify import FormBook
from formgen.reading.weigh import weigh
from formgen.reading.xlsx import read_xlsx
from tests.reading.printing import print_sheet
from tests.reading.records import as_read, records_of

FORMS = [form for form in Catalogue().forms() if "xlsx" in form.templates]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.id)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data())
def test_what_was_filled_in_comes_back(form: Manifest, data: st.DataObject, tmp_path: Path) -> None:
    record: dict[str, Any] = data.draw(records_of(form))
    content = print_sheet(form, "xlsx", record)
    assert content is not None
    path = tmp_path / "filled.xlsx"
    path.write_bytes(content)
    read = read_xlsx(path, FormBook([form]))
    assert read.problems == [] and len(read.sheets) == 1
    reading = weigh(read.sheets[0], str(path))
    assert dict(reading.values) == as_read(form, record), reading.problems
    assert not reading.doubts
    assert [p for p in reading.problems if p.code not in ("F-READ-004",) and not p.code.startswith("F-VALUE")] == []
    assert reading.record == "K7QX2MZP4A"
