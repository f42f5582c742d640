"""Forms saved by LibreOffice as .ods and .xls, and from .ods back as .xlsx: one call a format for all files."""

from __future__ import annotations

import subprocess
from pathlib import Path

import openpyxl
import pytest

from formgen.reading.weigh import weigh
from tests.reading.xlsx.workbooks import RECORDS, ROSTER, files, written

pytestmark = pytest.mark.libreoffice


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ods/, xls/ and xlsx/, each with all forms and a file of errors."""
    folder = tmp_path_factory.mktemp("saved")
    sources = [written(folder, form_id, name=f"{number}.xlsx") for number, form_id in enumerate(RECORDS)]
    spoilt = written(folder, ROSTER, name="errors.xlsx")
    book = openpyxl.load_workbook(spoilt)
    book.worksheets[0]["D6"] = "=1/0"
    book.save(spoilt)
    profile = tmp_path_factory.mktemp("profile").as_uri()

    def convert(kind: str, paths: list[Path]) -> None:
        command = ["soffice", f"-env:UserInstallation={profile}", "--headless", "--convert-to", kind, "--outdir"]
        arguments = [*command, str(folder / kind), *map(str, paths)]
        subprocess.run(arguments, check=True, capture_output=True, timeout=180)

    convert("ods", [*sources, spoilt])
    convert("xls", sources)
    convert("xlsx", sorted((folder / "ods").iterdir()))
    return folder


@pytest.mark.parametrize("kind", ["ods", "xls", "xlsx"])
def test_forms_saved_by_libreoffice(saved: Path, kind: str) -> None:
    for number, form_id in enumerate(RECORDS):
        read = files(saved / kind / f"{number}.{kind}")
        assert [problem.code for problem in read.problems] == (["F-EXCEL-008"] if kind == "xls" else [])
        (reading,) = (weigh(sheet, "a") for sheet in read.sheets)
        assert reading.values == RECORDS[form_id]()
        assert reading.record == ("" if kind == "xls" else "K7QX2MZP4A")
        assert reading.problems == ()


@pytest.mark.parametrize("kind", ["ods", "xlsx"])
def test_errors_saved_by_libreoffice(saved: Path, kind: str) -> None:
    (sheet,) = files(saved / kind / f"errors.{kind}").sheets
    reading = weigh(sheet, "a")
    assert reading.doubts == {"rows.1.household_size": "rejected"}
    assert [problem.code for problem in reading.problems] == ["F-EXCEL-003"]
