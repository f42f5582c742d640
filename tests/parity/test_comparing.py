"""The comparison itself: each kind of difference is found and none is made up."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.parity.areas import Area, PageAreas
from tests.parity.compared import Outcome, compare
from tests.parity.papers import Glyph, Paper

CELL = Area("why", "", 0, (100.0, 100.0, 200.0, 160.0), (102.0, 198.0))


def line(text: str, x: float, y: float, size: float = 10.0) -> list[Glyph]:
    return [Glyph(char, x + size * number, y, x + size * (number + 1), size) for number, char in enumerate(text)]


FORM = line("申请表", 250, 50)
VALUE = [*line("一二三四", 102, 120), *line("五六", 102, 134)]


def differences(word: list[Glyph], ours: list[Glyph]) -> list[tuple[str, str]]:
    papers = ([Paper(595, 842, tuple(glyphs))] for glyphs in (word, ours))
    outcome = compare(Outcome("form", "record"), *papers, [PageAreas((CELL,))])
    return [(item.kind, item.where) for item in outcome.differences]


def test_the_same_print_has_no_differences_however_its_characters_are_ordered() -> None:
    assert differences([*FORM, *VALUE], [*reversed(VALUE), *FORM]) == []


@pytest.mark.parametrize(
    ("ours", "found"),
    [
        ([*FORM, *VALUE[:-1]], [("words", "why")]),
        ([*FORM, *VALUE, VALUE[-1]], [("words", "why")]),
        ([*FORM, *line("一二三", 102, 120), *line("四五六", 102, 134)], [("breaks", "why")]),
        ([*FORM, *(replace(item, y=item.y + 0.6) for item in VALUE)], [("place", "why")]),
        ([*FORM, *VALUE[:-1], replace(VALUE[-1], x=VALUE[-1].x + 0.6)], [("place", "why")]),
        ([*FORM, *VALUE[:-1], replace(VALUE[-1], size=9.5)], [("size", "why")]),
        ([*FORM[:-1], *VALUE], [("static", "")]),
        ([*FORM[:-1], replace(FORM[-1], y=50.6), *VALUE], [("place", "")]),
        ([*FORM, *VALUE, *line("多", 300, 300)], [("static", "")]),
        ([*VALUE, *line("申请表", 250, 70)], [("static", "")]),
    ],
)
def test_what_differs_is_found(ours: list[Glyph], found: list[tuple[str, str]]) -> None:
    assert differences([*FORM, *VALUE], ours) == found


def test_less_than_half_a_point_is_measured_only() -> None:
    moved = [replace(item, x=item.x + 0.3, y=item.y - 0.2) for item in [*FORM, *VALUE]]
    outcome = Outcome("form", "record")
    compare(
        outcome,
        [Paper(595, 842, (*FORM, *VALUE))],
        [Paper(595, 842, tuple(moved))],
        [PageAreas((CELL,))],
    )
    assert outcome.differences == []
    assert (outcome.dx, outcome.dy) == (pytest.approx(0.3), pytest.approx(0.2))


def test_a_page_too_many_is_found() -> None:
    page = Paper(595, 842, tuple(FORM))
    outcome = compare(Outcome("form", "record"), [page, page], [page], [PageAreas((CELL,))])
    assert [item.kind for item in outcome.differences] == ["pages"]
