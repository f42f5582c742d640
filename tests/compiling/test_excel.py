"""Excel forms: cells are fields, totals are fields, and the layout is that of the sheet as it is printed."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from formgen.compiling import CompiledLayout, Office, compile_layouts
from formgen.compiling.marks import Probe
from formgen.compiling.xlsx_probe import make_xlsx_probe
from formgen.errors import TemplateError
from formgen.forms.catalogue import Catalogue, own_templates
from formgen.forms.manifest import Manifest
from formgen.rendering.xlsx import compile_xlsx
from tests.rendering.xlsx.workbooks import LOOP, compiled, manifest

NAMES = ("beneficiary-roster", "survey-sheet", "task-plan")


def set_heights(sheet: Any) -> None:
    sheet.row_dimensions[4].height = 20
    sheet.oddFooter.center.text = "第 &P 页 共 &N 页"
    sheet.oddFooter.left.text = "存档"


def probe_of(folder: Path, cells: Mapping[str, Any], setup: Any = set_heights, merge_by: str = "") -> Probe:
    writer = compiled(folder, cells, setup, merge_by)
    return make_xlsx_probe(writer, manifest(folder, merge_by), (0, 1, 1))


def test_cells_and_page_numbers_are_marked(tmp_path: Path) -> None:
    probe = probe_of(tmp_path, {"A1": "花名册", **LOOP, "A6": "{{ filled_on.year }}年{{ town }}"}, merge_by="household")
    assert [(mark.tag.key, mark.tag.row) for mark in probe.marks] == [
        *(("household", 0), ("name", 0), ("count", 0), ("household", 1), ("name", 1), ("count", 1)),
        *(("name", 2), ("count", 2), ("filled_on", -1), ("page", -1)),
    ]
    assert probe.marks[-2].pieces == ("{filled_on.year}", "年", "{town}")
    assert probe.marks[-1].pieces == ("第 ", "{page}", " 页 共 ", "{pages}", " 页")
    assert (probe.body, probe.heads, probe.table, probe.row_height_pt) == ("花名册", "存档", "rows", 20.0)


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"A1": "{{ town }}", "B1": "=1+1"}, "F-LAYOUT-010"),
        ({"A1": "{% if town %}有{% endif %}"}, "F-LAYOUT-010"),
        ({**LOOP, "D4": "=C4*2"}, "F-LAYOUT-010"),
        (
            {**LOOP, "A7": "{%tr for o in others %}", "A8": "{{ o.name }}", "A9": "{%tr endfor %}"},
            "F-LAYOUT-012",
        ),
    ],
)
def test_what_is_not_known_on_paper_is_refused(tmp_path: Path, cells: Mapping[str, Any], code: str) -> None:
    with pytest.raises(TemplateError) as raised:
        probe_of(tmp_path, cells)
    assert raised.value.problem.code == code


def test_a_loop_row_needs_a_height(tmp_path: Path) -> None:
    with pytest.raises(TemplateError) as raised:
        probe_of(tmp_path, LOOP, setup=None)
    assert raised.value.problem.code == "F-LAYOUT-011"


@pytest.fixture(scope="module")
def excel_layouts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, CompiledLayout]:
    """The forms with an Excel template, as if they had no other."""
    folder = tmp_path_factory.mktemp("excel")
    manifests: list[Manifest] = []
    for name in NAMES:
        (folder / name).mkdir()
        for file in ("form.yaml", "form.xlsx"):
            shutil.copy(own_templates() / "xinmi-2015" / name / file, folder / name / file)
        known = Catalogue().form(f"xinmi-2015/{name}")
        manifests.append(dataclasses.replace(known, folder=folder / name))
    return {item.manifest.name: item for item in compile_layouts(manifests, Office.find())}


@pytest.mark.libreoffice
@pytest.mark.parametrize("name", NAMES)
def test_every_cell_of_the_catalogues_workbooks_has_its_place(
    name: str, excel_layouts: dict[str, CompiledLayout]
) -> None:
    made = excel_layouts[name]
    assert made.layout is not None and made.layout.flow is not None, made.problems
    assert {problem.code for problem in made.problems} <= {"F-LAYOUT-021", "F-LAYOUT-022"}
    keys = {spot.key for spot in made.layout.spots} | {
        key for spot in made.layout.spots for key in ("filled_on",) if f"{{{key}.year}}" in spot.pieces
    }
    for field in made.manifest.fields:
        for item in field.table.columns if field.table is not None else (field,):
            assert item.key in keys, item.key
    for spot in made.layout.spots:
        left, top, right, bottom = spot.cell
        assert left < spot.left_pt < spot.right_pt < right or spot.kind == "page"
        assert top < spot.baseline_pt < bottom


@pytest.mark.libreoffice
def test_rows_merge_repeat_and_end_as_on_the_printed_sheet(excel_layouts: dict[str, CompiledLayout]) -> None:
    layout = excel_layouts["beneficiary-roster"].layout
    assert layout is not None and layout.flow is not None
    flow = layout.flow
    assert set(flow.rows) == {"single", "start", "middle", "end"} and layout.carrier == "xlsx"
    assert [spot.key for spot in flow.rows["middle"].spots if spot.is_merged] == ["household_number"]
    assert flow.tail is not None and flow.tail.spots == ()
    survey = excel_layouts["survey-sheet"].layout
    assert survey is not None and survey.flow is not None and survey.flow.tail is not None
    assert [spot.key for spot in survey.flow.tail.spots] == ["filler", "filled_on"]
    assert [spot.align for spot in survey.flow.tail.spots] == ["left", "right"]


def test_the_writer_of_workbooks_is_not_changed_by_being_probed(tmp_path: Path) -> None:
    source = Catalogue().form("xinmi-2015/task-plan")
    writer = compile_xlsx(source)
    before = writer.render_blank().content
    make_xlsx_probe(writer, source, (0, 1))
    assert writer.render_blank().content == before
