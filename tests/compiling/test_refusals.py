"""Templates that cannot be compiled are refused by name, before or after they are printed."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from formgen.compiling.checks import check_probe
from formgen.compiling.compiler import unplaced_fields
from formgen.compiling.docx_probe import make_docx_probe
from formgen.compiling.flows import plan_form
from formgen.compiling.ink import Ink, PageInk
from formgen.compiling.marks import Probe
from formgen.compiling.measure import Survey, survey
from formgen.compiling.page_code import reserve_places
from formgen.errors import TemplateError
from formgen.forms.layout import Flow, Layout, Rect
from formgen.rendering.docx import compile_docx
from tests.compiling.forms import SIGN_COLOUR, line, make_probe, make_small, page, rows, words
from tests.rendering.wordmaker import make_manifest

LOOP = "|{%tr for r in rows %}|\n|=20| {{ r.name }} | {{ r.birth }} |\n|{%tr endfor %}|"


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(TemplateError) as raised:
        call()
    return raised.value.problem.code


def probe_of(folder: Path, text: str, fields: str, groups: Sequence[int] = (0, 1, 2)) -> Probe:
    return make_docx_probe(compile_docx(make_small(folder, text, fields)), groups)


def test_a_value_among_words_has_no_fixed_room(tmp_path: Path) -> None:
    assert code_of(lambda: probe_of(tmp_path / "f", "户主：{{ name }} 先生", "name")) == "F-LAYOUT-010"


def test_a_value_in_a_growing_row_has_no_fixed_room(tmp_path: Path) -> None:
    assert code_of(lambda: probe_of(tmp_path / "f", "| 姓名 | {{ name }} |", "name")) == "F-LAYOUT-010"


def test_a_check_box_among_words_has(tmp_path: Path) -> None:
    probe = probe_of(tmp_path / "f", "{{ first }}一级 {{ second }}二级", "first:checkbox second:checkbox")
    assert [(mark.kind, mark.tag.key) for mark in probe.marks] == [("box", "first"), ("box", "second")]
    assert probe.body == "一级二级"


def test_repeated_paragraphs_and_rows_that_grow_are_no_table_of_fixed_rows(tmp_path: Path) -> None:
    paragraphs = "{%p for r in rows %}\n{{ r.name }}\n{%p endfor %}"
    boxes = "{%p for r in rows %}\n{{ r.done }}是\n{%p endfor %}"
    assert code_of(lambda: probe_of(tmp_path / "f", paragraphs, "rows(name)")) == "F-LAYOUT-010"
    assert code_of(lambda: probe_of(tmp_path / "g", boxes, "rows(done:checkbox)")) == "F-LAYOUT-011"


def test_two_tables_that_grow(tmp_path: Path) -> None:
    text = LOOP + "\n间\n" + LOOP.replace("in rows", "in others")
    fields = "rows(name birth) others(name birth)"
    assert code_of(lambda: probe_of(tmp_path / "f", text, fields)) == "F-LAYOUT-012"


def test_a_growing_table_knows_its_rows(tmp_path: Path) -> None:
    probe = probe_of(tmp_path / "f", f"{LOOP}\n备注", "rows(name birth)")
    assert (probe.table, probe.row_height_pt, len(probe.row_colours)) == ("rows", 20.0, 3)
    assert len(probe.marks) == 6 and probe.body == "备注"


def test_a_row_number_is_marked_like_a_value(tmp_path: Path) -> None:
    probe = probe_of(tmp_path / "f", LOOP.replace("r.birth", "r.row_number"), "rows(name)")
    assert [mark.kind for mark in probe.marks][:2] == ["text", "row_number"]


def test_words_around_values_are_printed_whole(tmp_path: Path) -> None:
    probe = probe_of(tmp_path / "f", "|=60| 姓名 | 户主{{ name }}，{{ birth.year }}年生 |", "name birth:date")
    (mark,) = probe.marks
    assert mark.pieces == ("户主", "{name}", "，", "{birth.year}", "年生")
    assert probe.body == "姓名"


def test_a_mark_that_is_not_printed() -> None:
    assert code_of(lambda: survey(make_probe(), [page(words("姓名", 50))], "f")) == "F-LAYOUT-013"


def test_page_counts_that_differ() -> None:
    blank, filled = [page()], [page(), page()]
    assert code_of(lambda: check_probe(make_probe(), blank, filled, "f")) == "F-LAYOUT-014"


@pytest.mark.parametrize(("moved", "code"), [(0.0, ""), (0.04, ""), (0.2, "F-LAYOUT-015"), (30.0, "F-LAYOUT-015")])
def test_words_that_move(moved: float, code: str) -> None:
    sign = words("国", 80, colour=SIGN_COLOUR)
    blank, filled = [page(words("姓名", 50), words("姓", 90))], [page(words("姓名", 50, moved), words("姓", 90), sign)]

    def check() -> None:
        check_probe(make_probe(body="姓名姓"), blank, filled, "f")

    assert code_of(check) == code if code else check() is None  # type: ignore[func-returns-value]


def test_words_that_are_cut_off() -> None:
    shown = [page(words("第页", 20), words("姓名", 50)), page(words("第页", 20))]
    check_probe(make_probe(body="姓名", heads="第页"), shown, shown, "f")
    assert code_of(lambda: check_probe(make_probe(body="姓名证号", heads="第页"), shown, shown, "f")) == "F-LAYOUT-016"
    assert code_of(lambda: check_probe(make_probe(body="姓名第", heads="第页"), shown, shown, "f")) == "F-LAYOUT-016"


def flow_of(found: Survey, pages: Sequence[PageInk] = (page(), page(), page())) -> Flow:
    probe = dataclasses.replace(make_probe(table="rows"), marks=[])
    flow = plan_form(probe, found, pages, range(len(found.rows)), "f").flow
    assert flow is not None
    return flow


def test_the_bands_give_as_many_rows_as_were_printed() -> None:
    flow = flow_of(rows((10, 14, 2), (150.0, 70.0, 70.0)))
    assert (flow.first.bottom_pt, flow.next.bottom_pt, flow.rows["single"].height_pt) == (150.0, 70.0, 20.0)
    assert flow.limit_pt == pytest.approx(360.0), "the bottom margin"
    assert [int((flow.limit_pt - band.bottom_pt) / 20.0) for band in (flow.first, flow.next)] == [10, 14]


def test_fewer_rows_than_the_margin_allows_lower_the_limit() -> None:
    flow = flow_of(rows((9, 13, 2), (150.0, 70.0, 70.0)))
    assert [int((flow.limit_pt - band.bottom_pt) / 20.0) for band in (flow.first, flow.next)] == [9, 13]


def test_what_follows_the_table_is_its_tail() -> None:
    last = page(words("注", 130.0), line(110.0))
    flow = flow_of(rows((10, 14, 2), (150.0, 70.0, 70.0)), (page(), page(), last))
    assert flow.tail is not None
    assert (flow.tail.top_pt, flow.tail.bottom_pt) == (110.0, 132.0)
    assert flow_of(rows((10, 14, 2), (150.0, 70.0, 70.0))).tail is None


def test_rows_of_unequal_height() -> None:
    found = rows((10, 14, 2), (150.0, 70.0, 70.0))
    uneven = dataclasses.replace(found, rows=(*found.rows[:-1], dataclasses.replace(found.rows[-1], bottom_pt=200.0)))
    assert code_of(lambda: flow_of(uneven)) == "F-LAYOUT-017"


@pytest.mark.parametrize("counts", [(10, 9, 2), (3, 4, 2)])
def test_row_counts_that_no_limit_gives(counts: tuple[int, ...]) -> None:
    starts = (150.0, 70.0, 70.0) if counts[0] > 5 else (290.0, 270.0, 70.0)
    assert code_of(lambda: flow_of(rows(counts, starts))) == "F-LAYOUT-018"


def test_words_that_differ_from_row_to_row() -> None:
    numbered = page(*(words(str(at), 160.0 + 20 * at) for at in range(10)))
    pages = (numbered, page(), page())
    assert code_of(lambda: flow_of(rows((10, 14, 2), (150.0, 70.0, 70.0)), pages)) == "F-LAYOUT-019"


def test_what_follows_the_table_must_fit_on_its_page() -> None:
    pages = (page(), page(), page(), page(words("注", 60.0)))
    found = rows((10, 14, 2), (150.0, 70.0, 70.0))
    assert code_of(lambda: flow_of(found, pages)) == "F-LAYOUT-020"
    broken = dataclasses.replace(make_probe(table="rows"), marks=[], is_broken_after=True)
    assert [item.art for item in plan_form(broken, found, pages, range(26), "f").after] == [4]


def places_of(*inks: Ink, page_code: tuple[float, float] | None = None) -> tuple[Rect | None, list[str]]:
    manifest = dataclasses.replace(make_manifest(Path("f"), "name"), page_code=page_code)
    pages = [page(*inks)]
    plan = plan_form(make_probe(), Survey((), (), None), pages, (), "f")
    place, problems = reserve_places(manifest, plan, pages, set(), "f")
    return place, [problem.code for problem in problems]


def test_the_page_code_takes_the_first_free_corner() -> None:
    side, edge, size = 45.354, 17.008, 51.024
    right, bottom = 500 - side - size, 400 - edge - size
    place, problems = places_of()
    assert place == pytest.approx((right, edge, right + size, edge + size), abs=0.01) and problems == []
    place, _ = places_of(words("第", 40, right))
    assert place == pytest.approx((side, edge, side + size, edge + size), abs=0.01)
    place, _ = places_of(words("第", 40, right), words("第", 60, 90))
    assert place == pytest.approx((right, bottom, right + size, bottom + size), abs=0.01)


def test_no_room_for_page_code_or_corner_marks_is_a_warning() -> None:
    assert places_of(line(30), line(350)) == (None, ["F-LAYOUT-021", "F-LAYOUT-022"])
    assert places_of(line(100), page_code=(0, 30)) == (None, ["F-LAYOUT-021"])
    place, problems = places_of(line(30), line(350), page_code=(100, 60))
    assert place is not None and problems == ["F-LAYOUT-022"]


def test_a_field_without_a_place_is_a_warning() -> None:
    manifest = make_manifest(Path("f"), "name other rows(column)")
    layout = Layout("f", "1", "docx", {}, ())
    found = list(unplaced_fields(manifest, layout, "f"))
    assert [(problem.code, problem.place.cell) for problem in found] == [
        ("F-LAYOUT-023", key) for key in ("name", "other", "column")
    ]
