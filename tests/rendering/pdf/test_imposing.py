"""Pages on paper: what lies behind what, when paper is printed on both sides and cut."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from formgen.errors import TemplateError
from formgen.forms.layout import Rect
from formgen.rendering.pdf.imposing import A4, Edge, Grid, impose_cards, pad_duplex
from formgen.units import mm_to_pt

CARD = (mm_to_pt(90), mm_to_pt(54))


@dataclass(frozen=True)
class Leaf:
    name: str
    width_pt: float = CARD[0]
    height_pt: float = CARD[1]


def cards(count: int, size: tuple[float, float] = CARD) -> list[list[Leaf]]:
    return [[Leaf(f"front {number}", *size), Leaf(f"back {number}", *size)] for number in range(count)]


@st.composite
def grids(draw: st.DrawFn) -> Grid:
    size = st.floats(mm_to_pt(20), mm_to_pt(130))
    paper = draw(st.sampled_from([A4, A4[::-1], (mm_to_pt(297), mm_to_pt(420))]))
    try:
        return Grid(
            draw(st.integers(1, 4)), draw(st.integers(1, 6)), draw(size), draw(size), *paper, draw(st.floats(0, 20))
        )
    except TemplateError:
        assume(False)
        raise


def turned_over(box: Rect, width: float, height: float, edge: Edge) -> Rect:
    """Where something of the back is seen from the front, through the paper."""
    left, top, right, bottom = box
    about_upright_axis = (edge == "long") == (height >= width)
    if about_upright_axis:
        return (width - right, top, width - left, bottom)
    return (left, height - bottom, right, height - top)


@given(grids(), st.integers(0, 40), st.sampled_from(["long", "short"]))
def test_every_back_lies_behind_its_front_and_nothing_overlaps(grid: Grid, count: int, edge: Edge) -> None:
    sides = list(impose_cards(cards(count, (grid.card_width_pt, grid.card_height_pt)), grid, edge))
    assert len(sides) % 2 == 0
    seen = []
    for front, back in zip(sides[::2], sides[1::2], strict=True):
        names = {}
        for placed in front.placed:
            names[placed.page.name.replace("front", "back")] = placed.box
            assert not placed.is_turned
            seen.append(placed.page.name)
        for placed in back.placed:
            through = turned_over(placed.box, back.width_pt, back.height_pt, edge)
            assert through == pytest.approx(names.pop(placed.page.name), abs=0.001)
        assert not names
        for side in (front, back):
            for placed in side.placed:
                left, top, right, bottom = placed.box
                assert left >= 0 and top >= 0 and right <= side.width_pt + 0.001 and bottom <= side.height_pt + 0.001
                assert (right - left, bottom - top) == pytest.approx((grid.card_width_pt, grid.card_height_pt))
            for one, other in combinations(side.placed, 2):
                a, b = one.box, other.box
                is_apart = a[2] <= b[0] + 0.001 or b[2] <= a[0] + 0.001 or a[3] <= b[1] + 0.001 or b[3] <= a[1] + 0.001
                assert is_apart
    assert seen == [f"front {number}" for number in range(count)]


@given(grids())
def test_cut_marks_stand_outside_the_cards_on_every_edge(grid: Grid) -> None:
    assert grid.boxes
    left, top, right, bottom = grid.boxes[0][0], grid.boxes[0][1], grid.boxes[-1][2], grid.boxes[-1][3]
    words = grid.cut_marks().split()
    points = [
        (float(words[at - 2]), grid.height_pt - float(words[at - 1]))
        for at in range(len(words))
        if words[at] in (b"m", b"l")
    ]
    assert all(x < left or x > right or y < top or y > bottom for x, y in points)
    for box in grid.boxes:
        for edge in (box[0], box[2]):
            assert sum(abs(x - edge) < 0.01 for x, _ in points) >= 4, "a line above, a line below"
        for edge in (box[1], box[3]):
            assert sum(abs(y - edge) < 0.01 for _, y in points) >= 4


def test_contact_cards_go_ten_to_a_page() -> None:
    grid = Grid.largest(Leaf(""))
    assert (grid.columns, grid.rows) == (2, 5)
    front, back = impose_cards(cards(10), grid)
    assert [placed.page.name for placed in front.placed][:2] == ["front 0", "front 1"]
    by_place = sorted((placed.box[1], placed.box[0], placed.page.name) for placed in back.placed)
    assert [name for _, _, name in by_place][:2] == ["back 1", "back 0"]
    assert front.marks and not back.marks


def test_level_paper_is_taken_where_it_holds_more() -> None:
    grid = Grid.largest(Leaf("", mm_to_pt(130), mm_to_pt(90)))
    assert (grid.width_pt > grid.height_pt, grid.columns, grid.rows) == (True, 2, 2)


def test_backs_stand_on_their_heads_where_paper_turns_about_the_level_axis() -> None:
    grid = Grid(2, 5, *CARD)
    for edge, is_turned in (("long", False), ("short", True)):
        _, back = impose_cards(cards(3), grid, edge)
        assert {placed.is_turned for placed in back.placed} == {is_turned}


def test_cards_with_a_front_only() -> None:
    sides = list(impose_cards([[Leaf("a")]] * 11, Grid(2, 5, *CARD), is_double_sided=False))
    assert [len(side.placed) for side in sides] == [10, 1]
    sides = list(impose_cards([[Leaf("a")]] * 3, Grid(2, 5, *CARD)))
    assert [len(side.placed) for side in sides] == [3, 0], "the back stays blank, and the next sheet is a front"


@pytest.mark.parametrize("pages", [[], [Leaf("a")] * 3, [Leaf("a", 100, 100)]])
def test_what_is_no_card_is_refused(pages: list[Leaf]) -> None:
    with pytest.raises(ValueError):
        list(impose_cards([pages], Grid(2, 5, *CARD)))


@pytest.mark.parametrize(("columns", "rows"), [(3, 5), (2, 6), (0, 5)])
def test_more_cards_than_have_room_are_refused_by_size(columns: int, rows: int) -> None:
    with pytest.raises(TemplateError) as caught:
        Grid(columns, rows, *CARD)
    assert caught.value.problem.code == "F-PRINT-001"
    assert "90 × 54 mm" in caught.value.problem.text("zh")


def test_every_sheet_begins_on_a_front() -> None:
    sheets = [[Leaf("a1")], [Leaf("b1"), Leaf("b2")], [Leaf("c1"), Leaf("c2"), Leaf("c3", 1, 2)]]
    padded = list(pad_duplex(sheets, lambda page: Leaf("", page.width_pt, page.height_pt)))
    assert [[page.name for page in sheet] for sheet in padded] == [["a1", ""], ["b1", "b2"], ["c1", "c2", "c3", ""]]
    assert padded[2][3] == Leaf("", 1, 2)
