"""A form that LibreOffice saved anew: through ODT, through DOC, and as DOCX again."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from formgen.forms.catalogue import Catalogue
from formgen.reading.docx import read_docx
from formgen.reading.identify import FormBook
from formgen.reading.weigh import weigh
from formgen.rendering.docx import compile_docx
from tests.reading.docx.records import as_read
from tests.reading.docx.test_faults import filled_records

FORMS = [form for form in Catalogue().forms() if "docx" in form.templates]


def saved_as(kind: str, files: list[Path], folder: Path, profile: Path) -> list[Path]:
    """One call of LibreOffice for all files."""
    command = ["soffice", f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to", kind]
    subprocess.run([*command, "--outdir", str(folder), *map(str, files)], check=True, capture_output=True, timeout=180)
    return [folder / f"{file.stem}.{kind.partition(':')[0]}" for file in files]


def filled(form: Any) -> dict[str, Any]:
    """One record of a form that fits on it, always the same."""
    found: list[dict[str, Any]] = []
    compiled = compile_docx(form)

    @settings(max_examples=1, derandomize=True, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(filled_records(form).filter(lambda record: compiled.render(record, "r").content is not None), st.none())
    def draw(record: dict[str, Any], _: None) -> None:
        found.append(record)

    draw()
    return found[0]


@pytest.mark.libreoffice
def test_forms_saved_by_another_program_are_read_the_same(tmp_path: Path) -> None:
    records = {form.name: filled(form) for form in FORMS}
    printed = []
    for form in FORMS:
        path = tmp_path / f"{form.name}.docx"
        path.write_bytes(compile_docx(form).render(records[form.name], "r1").content or b"")
        printed.append(path)
    book, profile = FormBook(FORMS), tmp_path / "profile"
    for kind in ("odt", "doc"):
        between = saved_as(kind, printed, tmp_path / kind, profile)
        back = saved_as("docx:MS Word 2007 XML", between, tmp_path / f"{kind}-back", profile)
        for form, path in zip(FORMS, back, strict=True):
            (sheet,) = read_docx(path, book).sheets
            reading = weigh(sheet, path.name)
            assert (kind, form.name, reading.doubts) == (kind, form.name, {})
            assert as_read(form, reading.values) == as_read(form, records[form.name])
