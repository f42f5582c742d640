"""The values beside the formulas are those LibreOffice computes."""

from __future__ import annotations

import subprocess
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from formgen.forms.catalogue import Catalogue
from formgen.rendering.xlsx import compile_xlsx
from tests.rendering.xlsx.workbooks import LOOP, compiled

YEARS = range(2015, 2021)
NEVER_TRUST_THE_FILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse">
<value>0</value></prop></item></oor:items>"""
"""Recalculate every formula on loading, whatever value the file has."""


def recomputed(path: Path, folder: Path) -> Path:
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(NEVER_TRUST_THE_FILE, "utf-8")
    command = ["soffice", f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to", "xlsx"]
    subprocess.run([*command, "--outdir", str(folder / "out"), str(path)], check=True, capture_output=True, timeout=180)
    return folder / "out" / path.name


@pytest.mark.libreoffice
def test_cached_values_are_what_libreoffice_computes(tmp_path: Path) -> None:
    plan = compile_xlsx(Catalogue().form("xinmi-2015/task-plan"))
    places = [{"place": f"乡{n}", **{f"year_{year}": (n * year) % 37 for year in YEARS}} for n in range(18)]
    assert plan.render_to(tmp_path / "plan.xlsx", {"rows": places}, "k") == ()
    cells = {**LOOP, "B1": 2, "D4": "{{ r.income }}", "E4": "=D4*B$1-C4", "D7": "=SUM(D4:E4,B1)", "D8": "=-(D7+C1)*3"}
    other = compiled(tmp_path, {**cells, "C1": "=SUM(C4:D4)"})
    rows = [{"count": n, "income": Decimal(n) / 8 + Decimal("0.1")} for n in range(50)]
    assert other.render_to(tmp_path / "other.xlsx", {"rows": rows}, "k") == ()
    for name in ("plan.xlsx", "other.xlsx"):
        folder = tmp_path / f"{name}-office"
        folder.mkdir()
        cached = openpyxl.load_workbook(tmp_path / name, data_only=True).active
        formulas = openpyxl.load_workbook(tmp_path / name).active
        computed = openpyxl.load_workbook(recomputed(tmp_path / name, folder), data_only=True).active
        assert cached is not None and formulas is not None and computed is not None
        spots = [cell.coordinate for row in formulas.iter_rows() for cell in row if cell.data_type == "f"]
        assert len(spots) >= 25
        assert {spot: cached[spot].value for spot in spots} == pytest.approx(
            {spot: computed[spot].value for spot in spots}, rel=1e-12
        )
