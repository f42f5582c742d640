"""read(render(record)) == record, for every form of the catalogue that has a Word template."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from formgen.forms.catalogue import Catalogue
from formgen.forms.manifest import Manifest
from formgen.reading.docx import read_docx
from formgen.reading.identify import FormBook
from formgen.reading.weigh import weigh
from formgen.rendering.docx import compile_docx, merge
from tests.reading.docx.records import as_read, records

FORMS = [form for form in Catalogue().forms() if "docx" in form.templates]
SLOW = [
    HealthCheck.too_slow,
    HealthCheck.function_scoped_fixture,
    HealthCheck.data_too_large,
    HealthCheck.filter_too_much,
]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
@pytest.mark.parametrize("is_long", [False, True], ids=["any", "long"])
def test_a_printed_record_is_read_back(form: Manifest, is_long: bool, tmp_path: Path) -> None:
    compiled, book, path = compile_docx(form), FormBook(FORMS), tmp_path / "returned.docx"

    @settings(max_examples=40, suppress_health_check=SLOW)
    @given(records(form, is_long=is_long))
    def law(record: dict[str, Any]) -> None:
        rendered = compiled.render(record, "r1")
        if rendered.content is None:
            return  # a value too long to be printed at all
        path.write_bytes(rendered.content)
        file = read_docx(path, book)
        assert [sheet.identity.record for sheet in file.sheets] == ["r1"]
        reading = weigh(file.sheets[0], path.name)
        assert as_read(form, reading.values) == as_read(form, record)
        assert not reading.doubts
        assert not {item.layer for item in reading.evidence.values()} - {"content-control"}

    law()


@settings(max_examples=25, suppress_health_check=SLOW)
@given(data=st.data())
def test_merged_sheets_are_read_one_by_one(data: st.DataObject, tmp_path: Path) -> None:
    chosen = data.draw(st.lists(st.sampled_from(FORMS), min_size=2, max_size=4))
    sources = [
        (COMPILED[form.id], data.draw(records(form, 3, is_long=True)), f"r{number}")
        for number, form in enumerate(chosen)
    ]
    rendered = merge(sources)
    if rendered.content is None:
        return
    path = tmp_path / "merged.docx"
    path.write_bytes(rendered.content)
    file = read_docx(path, FormBook(FORMS))
    assert not file.problems
    assert [sheet.identity.record for sheet in file.sheets] == [key for _, _, key in sources]
    for sheet, (compiled, record, _) in zip(file.sheets, sources, strict=True):
        reading = weigh(sheet, path.name)
        assert reading.form == compiled.manifest.id
        assert as_read(compiled.manifest, reading.values) == as_read(compiled.manifest, record)


COMPILED = {form.id: compile_docx(form) for form in FORMS}
