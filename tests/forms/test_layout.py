"""layout.json: what is written is read back, and what is no layout is refused by name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formgen.errors import TemplateError
from formgen.forms.layout import Band, Flow, Layout, Page, Spot, dump_layout, read_layout

LENGTHS = st.integers(0, 1_000_000).map(lambda count: count / 1000)
NUMBERS = ("left_pt", "right_pt", "baseline_pt", "width_pt", "height_pt", "size_pt", "line_pt", "min_size_pt")
SPOTS = st.builds(
    Spot,
    key=st.text(min_size=1),
    part=st.sampled_from(["", "year"]),
    kind=st.sampled_from(["text", "box", "page"]),
    cell=st.tuples(LENGTHS, LENGTHS, LENGTHS, LENGTHS),
    **dict.fromkeys(
        ("left_pt", "right_pt", "baseline_pt", "width_pt", "height_pt", "size_pt", "line_pt", "min_size_pt"), LENGTHS
    ),
    pieces=st.lists(st.text()).map(tuple),
)
ALL_SPOTS = st.lists(SPOTS, max_size=3).map(tuple)
PAGES = st.lists(st.builds(Page, st.integers(0, 9), LENGTHS, LENGTHS, ALL_SPOTS), max_size=2).map(tuple)
BANDS = st.builds(Band, st.integers(0, 9), LENGTHS, LENGTHS, ALL_SPOTS)
FLOWS = st.builds(
    Flow,
    table=st.just("rows"),
    width_pt=LENGTHS,
    height_pt=LENGTHS,
    frame=BANDS,
    first=BANDS,
    next=BANDS,
    rows=st.fixed_dictionaries({"single": BANDS}),
    limit_pt=LENGTHS,
    tail=st.none() | BANDS,
)
LAYOUTS = st.builds(
    Layout,
    form=st.text(),
    version=st.text(),
    carrier=st.just("docx"),
    sources=st.dictionaries(st.text(), st.text(), max_size=2),
    before=PAGES,
    flow=st.none() | FLOWS,
    after=PAGES,
    page_code=st.none() | st.tuples(LENGTHS, LENGTHS, LENGTHS, LENGTHS),
)


@given(LAYOUTS)
def test_a_layout_is_read_as_it_was_written(tmp_path_factory: pytest.TempPathFactory, layout: Layout) -> None:
    path = tmp_path_factory.mktemp("layout") / "layout.json"
    path.write_bytes(dump_layout(layout))
    assert read_layout(path) == layout


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda raw: raw.update(format=99), "format"),
        (lambda raw: raw.update(surprise=1), "surprise"),
        (lambda raw: raw.update(before=[{"art": "first"}]), "first"),
        (lambda raw: raw.pop("form"), "form"),
    ],
)
def test_what_is_no_layout_is_named(tmp_path: Path, change: object, reason: str) -> None:
    path = tmp_path / "layout.json"
    raw = json.loads(dump_layout(Layout("p/f", "1", "docx", {}, ())))
    change(raw)  # type: ignore[operator]
    path.write_text(json.dumps(raw), "utf-8")
    with pytest.raises(TemplateError) as caught:
        read_layout(path)
    assert caught.value.problem.code == "F-LAYOUT-002"
    assert reason in caught.value.problem.params["reason"]


def test_a_form_without_layout_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(TemplateError) as caught:
        read_layout(tmp_path / "layout.json")
    assert caught.value.problem.code == "F-LAYOUT-001"
    assert "formgen compile" in caught.value.problem.text("en")
