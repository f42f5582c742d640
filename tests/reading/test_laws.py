"""The law of the project, for every form of the catalogue and every carrier it has: what is printed is read back.

Forms and carriers are collected from the catalogue: a form that joins it is under the law.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings

from formgen.forms.catalogue import Catalogue
from formgen.forms.manifest import Carrier, Manifest
from formgen.reading.files import read_file
from formgen.reading.identify import FormBook
from tests.reading.printing import KEY, SUFFIXES, print_packet, print_sheet
from tests.reading.records import as_read, doubts_of_reading, records_of

CATALOGUE = Catalogue()
FORMS = list(CATALOGUE.forms())
SHEETS = [(form, carrier) for form in FORMS for carrier in form.carriers]
EXAMPLES = 200
BOOK = FormBook(FORMS)


@pytest.mark.parametrize(("form", "carrier"), SHEETS, ids=[f"{form.name}-{carrier}" for form, carrier in SHEETS])
def test_what_is_printed_is_read_back(form: Manifest, carrier: Carrier, tmp_path: Path) -> None:
    path = tmp_path / f"returned{SUFFIXES[carrier]}"
    read = 0

    @settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(records_of(form))
    def law(record: dict[str, Any]) -> None:
        nonlocal read
        content = print_sheet(form, carrier, record)
        assume(content is not None)
        assert content is not None
        path.write_bytes(content)
        found = read_file(path, BOOK)
        (reading,) = found.readings
        assert (reading.form, reading.version, reading.record) == (form.id, form.version, KEY)
        assert reading.values == as_read(form, record)
        assert doubts_of_reading(reading) == []
        assert reading.doubts == {} and set(_paths(reading.values)) == set(reading.evidence)
        read += 1

    law()
    assert read >= EXAMPLES


def test_a_packet_of_all_forms_comes_apart(tmp_path: Path) -> None:
    """One file with a sheet of every form, as packets are: nothing in its properties says what it holds."""
    forms = [form for form in FORMS if "pdf" in form.carriers]
    path = tmp_path / "packet.pdf"
    path.write_bytes(print_packet([(form, {}) for form in forms]))
    readings = read_file(path, BOOK).readings
    assert [(reading.form, reading.record, dict(reading.doubts)) for reading in readings] == [
        (form.id, KEY, {}) for form in forms
    ]


def test_a_form_that_two_programmes_have_alike_is_told_by_its_code_or_not_at_all(tmp_path: Path) -> None:
    shutil.copytree(FORMS[0].folder.parent, tmp_path / "own" / "twin-2016")
    forms = list(Catalogue((tmp_path / "own",)).forms())
    path = tmp_path / "packet.pdf"
    for form in (form for form in forms if "pdf" in form.carriers):
        path.write_bytes(print_packet([(form, {})]))
        assert [reading.form for reading in read_file(path, FormBook(forms)).readings] == [form.id]
        path.write_bytes(print_packet([(form, {})], has_marks=False))
        found = read_file(path, FormBook(forms))
        assert (found.readings, [problem.code for problem in found.problems]) == ((), ["F-IDENT-002"])


def _paths(values: dict[str, Any]) -> list[str]:
    paths: list[str] = []
    for key, value in values.items():
        if isinstance(value, list):
            paths += [f"{key}.{number}.{column}" for number, row in enumerate(value, 1) for column in row]
        else:
            paths.append(key)
    return paths
