"""Where lines end: the answers are LibreOffice's, tried on paper with every mark at the end of a line."""

from __future__ import annotations

import pytest

from formgen.typeset import Box, fit


def first_line(text: str, characters: int) -> str:
    """What stands on the first line in a cell of so many ideographs."""
    return fit(text, Box(characters * 10.0, 9999.0, 10.0, 14.0, 10.0)).lines[0]


@pytest.mark.parametrize(
    ("text", "characters", "line"),
    [
        pytest.param("国国国，国", 3, "国国", id="a comma begins no line"),
        pytest.param("国国（国", 3, "国国", id="a bracket ends none"),
        pytest.param("国国国％国", 3, "国国国", id="LibreOffice's list has no percent sign"),
        pytest.param("国国国……国", 3, "国国国", id="an ellipsis may begin a line"),
        pytest.param("国国……国", 3, "国国", id="and is never parted"),
        pytest.param("国国——国", 3, "国国", id="nor is a dash"),
        pytest.param("国国1,250.00", 4, "国国", id="a number stays whole"),
        pytest.param("国国3~5人", 3, "国国", id="a range too"),
        pytest.param("国国2015-16", 5, "国国2015-", id="a hyphen ends a line"),
        pytest.param("国国国，2015", 4, "国国", id="a number keeps the mark before it"),
        pytest.param("国国国）A4", 4, "国国", id="a word too"),
        pytest.param("国国国；A4", 4, "国国国；", id="but not the marks that end a clause"),
        pytest.param("国国A4“国", 3, "国国", id="a quotation mark stays with the word before it"),
        pytest.param("国国A4（国国", 3, "国国", id="a bracket without room takes the word along"),
        pytest.param("国国A4（国国", 5, "国国A4", id="one with room does not"),
        pytest.param("国国A（4）国", 4, "国国", id="unless a number is what has no room"),
    ],
)
def test_a_line_ends_where_the_office_ends_it(text: str, characters: int, line: str) -> None:
    assert first_line(text, characters) == line


def test_the_size_is_one_that_holds_by_the_longer_list_of_word_as_well() -> None:
    """Word takes the last ideograph along with an ellipsis, and then needs a line more."""
    text = "国国国……国国国国"
    assert fit(text, Box(30.0, 42.0, 10.0, 14.0, 5.0)).size_pt < 10.0
    assert fit(text, Box(30.0, 56.0, 10.0, 14.0, 5.0)).lines == ("国国国", "……国", "国国国")


def test_a_line_takes_what_its_cell_is_by_the_template() -> None:
    assert first_line("国国国国", 4) == "国国国国"
    lines = fit("国" * 8, Box(39.9, 9999.0, 10.0, 14.0, 10.0)).lines
    assert lines == ("国国国国", "国国国国")
