"""Which size and which lines a text gets."""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formgen.typeset import Box, cut, cut_within, fit
from formgen.typeset.breaking import NOT_FIRST, NOT_LAST
from formgen.typeset.fit import holds_surely
from formgen.typeset.widths import EXTRA_WIDE, GAP_EM, SHIPPED, WIDEST, WIDEST_EM, gaps_in

TEXTS = st.text(alphabet=st.sampled_from("张村残疾，。（）“”、AZw09.-/ \n〇𬱖㛃·"), max_size=120)
BOXES = st.builds(
    Box,
    width_pt=st.floats(20, 400),
    height_pt=st.floats(15, 200),
    size_pt=st.sampled_from([9.0, 10.5, 12.0]),
    line_pt=st.sampled_from([13.0, 15.0, 18.0]),
    min_size_pt=st.sampled_from([7.5, 9.0]),
    first_line_pt=st.sampled_from([0.0, 18.0]),
)


MARK = "（转附页）"


def width_em(line: str, advances: Mapping[str, float]) -> float:
    return sum(map(advances.__getitem__, line)) + GAP_EM * len(gaps_in(line))


def wide(characters: int, lines: int = 1) -> Box:
    return Box(characters * 10.0, lines * 14.0, 10.0, 14.0, 7.0)


@given(TEXTS, BOXES)
def test_no_character_is_lost_and_lines_are_in_order(text: str, box: Box) -> None:
    result = fit(text, box)
    assert "".join(result.lines) == text.replace("\n", "")


@given(TEXTS, BOXES)
def test_what_fits_lies_within_the_box(text: str, box: Box) -> None:
    result = fit(text, box)
    assert box.min_size_pt <= result.size_pt <= box.size_pt
    if result.overflow_at is None:
        assert len(result.lines) == 1 or len(result.lines) * result.line_pt <= box.height_pt + 0.01
    else:
        assert result.size_pt - 0.5 < box.min_size_pt
        assert 0 <= result.overflow_at < max(1, len(text))
    for line in result.lines:
        assert width_em(line.rstrip(" "), SHIPPED) * result.size_pt <= box.width_pt + 0.1 or len(line) == 1


@given(TEXTS, BOXES)
def test_a_larger_size_would_not_have_fitted(text: str, box: Box) -> None:
    result = fit(text, box)
    if result.size_pt < box.size_pt:
        larger = Box(
            box.width_pt,
            box.height_pt,
            result.size_pt + 0.5,
            math.ceil(box.line_pt * (result.size_pt + 0.5) / box.size_pt * 20) / 20,
            result.size_pt + 0.5,
            box.first_line_pt,
        )
        assert fit(text, larger).overflow_at is not None


@given(st.characters(codec="utf-8", exclude_characters=EXTRA_WIDE))
def test_no_character_is_wider_than_the_bound(character: str) -> None:
    assert SHIPPED[character] <= WIDEST[character] <= WIDEST_EM


@given(TEXTS, BOXES)
def test_what_is_surely_held_is_printed_as_the_box_has_it(text: str, box: Box) -> None:
    if holds_surely(text, box.sure_characters):
        assert fit(text, box).size_pt == box.size_pt
        assert fit(text, box).lines == (text,)


def test_a_dash_of_three_em_is_not_taken_for_one_character_of_room() -> None:
    assert not holds_surely("⸻", 1)
    assert fit("⸻" * 4, wide(8)).size_pt < 10


@given(TEXTS, BOXES, st.floats(0, 90), st.floats(0, 90))
def test_a_bigger_box_never_gives_a_smaller_size(text: str, box: Box, wider: float, higher: float) -> None:
    bigger = dataclasses.replace(box, width_pt=box.width_pt + wider, height_pt=box.height_pt + higher)
    before, after = fit(text, box), fit(text, bigger)
    assert after.size_pt >= before.size_pt
    assert before.overflow_at is not None or after.overflow_at is None


@given(TEXTS, BOXES)
def test_the_reader_with_wider_fonts_sees_all_of_it_too(text: str, box: Box) -> None:
    result = fit(text, box)
    theirs = fit(text, dataclasses.replace(box, min_size_pt=box.size_pt), WIDEST)
    if result.size_pt == box.size_pt and result.overflow_at is None:
        assert theirs.overflow_at is None


def test_the_lines_are_those_of_the_font_that_prints() -> None:
    narrow = dict.fromkeys("张三丰李,", 0.25)
    assert fit("张三,丰李", Box(40.0, 28.0, 10.0, 14.0, 7.0)).lines == ("张三,丰", "李")
    assert fit("张三,丰李", Box(40.0, 28.0, 10.0, 14.0, 7.0), narrow).lines == ("张三,丰李",)
    assert fit("张三,丰李", Box(40.0, 28.0, 10.0, 14.0, 7.0), WIDEST).lines == ("张三,丰", "李")


@given(TEXTS, BOXES)
def test_a_cut_text_fits_with_its_mark_and_nothing_is_lost(text: str, box: Box) -> None:
    result = cut(text, box, SHIPPED, MARK)
    if result is None:
        assert fit(MARK, box).overflow_at is not None
        return
    if result.overflow_at is None:
        assert result == fit(text, box)
        return
    shown = text[: result.overflow_at] + MARK
    assert "".join(result.lines) == shown.replace("\n", "")
    assert (len(result.lines) - 1) * result.line_pt < max(box.height_pt, box.line_pt)
    for advances in (SHIPPED, WIDEST):
        assert fit(shown, dataclasses.replace(box, size_pt=box.size_pt), advances).overflow_at is None


def test_the_mark_ends_the_last_line_and_the_rest_begins_there() -> None:
    text = "一二三四五六七八九十。" * 6
    result = cut(text, Box(98.0, 30.0, 10.0, 14.0, 7.0), SHIPPED, MARK)
    assert result is not None and result.overflow_at is not None
    assert result.lines[-1].endswith(MARK)
    assert (result.size_pt, len(result.lines), result.overflow_at) == (7.0, 3, 37)


def test_a_text_breaks_off_before_a_line_end_so_that_none_is_lost() -> None:
    result = cut("一二三\n四五六七八九", Box(60.0, 10.0, 7.0, 10.0, 7.0), SHIPPED, MARK)
    assert result is not None
    assert result.lines == ("一二三" + MARK,)
    assert result.overflow_at == 3


def test_a_box_without_room_for_the_mark_cannot_be_continued() -> None:
    assert cut("一二三四五六七八九", Box(21.0, 10.0, 7.0, 10.0, 7.0), SHIPPED, MARK) is None


def test_a_value_among_words_breaks_off_where_the_words_fit() -> None:
    box = Box(70.0, 10.0, 7.0, 10.0, 7.0)
    at = cut_within(lambda shown: f"共{shown}户", "一二三四五六七八九", box, SHIPPED, MARK)
    assert at == 3


def test_a_text_that_fits_keeps_its_size() -> None:
    assert fit("张三丰", wide(3)).size_pt == 10.0


def test_a_long_text_shrinks_by_half_points_and_its_lines_close_up() -> None:
    result = fit("张三丰李", Box(36.0, 14.0, 10.0, 14.0, 7.0))
    assert (result.size_pt, result.line_pt) == (9.0, 12.6)


def test_what_does_not_fit_at_the_smallest_size_is_told_by_its_place() -> None:
    result = fit("一二三四五六七八九十", Box(35.0, 10.0, 10.0, 14.0, 7.0))
    assert result.size_pt == 7.0
    assert result.overflow_at == 5


def test_line_ends_of_the_text_are_kept_and_the_first_line_is_indented() -> None:
    result = fit("一二三四\n五六", Box(40.0, 42.0, 10.0, 14.0, 7.0, first_line_pt=20.0))
    assert result.lines == ("一二", "三四", "五六")


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("一二三四。五", ("一二三", "四。五")),
        ("一二三（四五", ("一二三", "（四五")),
        ("一二13712345", ("一二", "13712345")),
        ("一二三 四", ("一二三 ", "四")),
    ],
)
def test_lines_end_where_chinese_lines_may(text: str, lines: tuple[str, ...]) -> None:
    size = {"一二13712345": 46.0, "一二三 四": 32.0}.get(text, 40.0)
    width = {"一二三（四五": 40.0, "一二三四。五": 40.0}.get(text, size)
    assert fit(text, Box(width, 100.0, 10.0, 14.0, 10.0)).lines == lines


def test_a_number_wider_than_its_line_is_broken_rather_than_lost() -> None:
    result = fit("41018319680512003143", Box(60.0, 100.0, 10.0, 14.0, 10.0))
    assert len(result.lines) == 2


@given(st.lists(st.sampled_from(["张", "残，", "（村", "疾）。", "“人”", "2015年"]), max_size=40).map("".join))
def test_no_line_begins_or_ends_with_a_forbidden_mark(text: str) -> None:
    lines = fit(text, Box(80.0, 9999.0, 10.0, 14.0, 10.0)).lines
    for before, after in itertools.pairwise(lines):
        assert after[0] not in NOT_FIRST
        assert before[-1] not in NOT_LAST


def test_a_size_that_only_the_shipped_font_would_hold_is_not_taken() -> None:
    text, box = "张." * 13, wide(10, 2)
    assert width_em(text[:14], SHIPPED) < 10 < width_em(text[:14], WIDEST)
    assert fit(text, box).size_pt < box.size_pt
    assert fit(text[:24], box).size_pt == box.size_pt
