"""Which printed words have others typed around them."""

from __future__ import annotations

import pytest

from formgen.reading.pdf.glyphs import Char, Word
from formgen.reading.pdf.grown import grown
from formgen.reading.pdf.matching import Match
from formgen.reading.pdf.matrices import IDENTITY
from formgen.reading.pdf.prints import ArtRole, print_book
from formgen.reading.pdf.rules import Rules
from tests.reading.pdf.paper import BOOK, BY_NAME

LABEL = Word("姓名", (Char("姓", 20, 30, 12, 12), Char("名", 32, 30, 12, 12)))
CELL = ((0, 10, 80, 10), (0, 60, 80, 60), (0, 10, 0, 60), (80, 10, 80, 60))
INNER = ((0, 36, 80, 36),)


def has_grown(others: list[Char], rules: tuple[tuple[float, float, float, float], ...] = CELL) -> bool:
    form = print_book(BOOK).forms[BY_NAME["application-form"].id]
    match = Match(form, ArtRole("before"), 1.0, 2, 1.0, 0.0, 0.0, ())
    found = [(char, char) for char in LABEL.chars]
    return bool(grown(found, [LABEL], others, match, Rules(rules, IDENTITY)))


@pytest.mark.parametrize(("x", "y"), [(8, 30), (44, 30), (56, 30), (26, 48), (26, 14)])
def test_a_letter_beside_a_word_or_on_the_next_line_of_its_cell(x: float, y: float) -> None:
    assert has_grown([Char("主", x, y, 12, 12)])


def test_a_rule_parts_words() -> None:
    below = [Char("主", 26, 48, 12, 12)]
    assert not has_grown(below, (*CELL, *INNER))
    assert not has_grown([Char("主", 84, 30, 12, 12)])


def test_lines_outside_of_cells_are_sentences_of_their_own() -> None:
    assert not has_grown([Char("主", 26, 48, 12, 12)], ())
    assert has_grown([Char("主", 8, 30, 12, 12)], ())


def test_signs_change_no_word() -> None:
    assert not has_grown([Char("：", 44, 30, 12, 12), Char("*", 14, 30, 6, 12)])
