"""The table of widths, held against the font it stands for."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

import formgen.typeset
from formgen.typeset.widths import SHIPPED, WIDEST, gaps_in, sums_of

FONT_FILES = Path(formgen.typeset.__file__).parent / "font_files"


def test_every_character_of_the_shipped_font_is_as_wide_as_the_table_says() -> None:
    font = TTFont(FONT_FILES / "FormgenSong-Regular.otf")
    metrics, per_em = font["hmtx"], font["head"].unitsPerEm
    wrong = {
        f"U+{code:04X}": metrics[name][0] / per_em
        for code, name in font.getBestCmap().items()
        if not unicodedata.category(chr(code)).startswith("C") and SHIPPED[chr(code)] != metrics[name][0] / per_em
    }
    assert not wrong


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
