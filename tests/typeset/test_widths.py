"""How wide characters are, in the font that prints and in those of a Word user."""

from __future__ import annotations

import pytest

from formgen.typeset.widths import SHIPPED, WIDEST, gaps_in, sums_of


@pytest.mark.parametrize(
    ("character", "shipped", "widest"),
    [
        ("张", 1.0, 1.0),
        ("1", 0.471, 0.562),
        (",", 0.327, 0.5),
        ("·", 0.327, 1.0),
        ("ｱ", 0.5, 0.5),
        ("\u0301", 0.0, 0.0),
    ],
)
def test_signs_are_wider_in_the_fonts_of_a_word_user(character: str, shipped: float, widest: float) -> None:
    assert (SHIPPED[character], WIDEST[character]) == (shipped, widest)


def test_between_ideographs_and_latin_there_is_a_gap() -> None:
    gaps = gaps_in("共5户A-1")
    assert gaps == {1: 0.2, 2: 0.2, 3: 0.2}
    assert sums_of([1.0] * 6, gaps) == pytest.approx([0, 1, 2.2, 3.4, 4.6, 5.6, 6.6])
