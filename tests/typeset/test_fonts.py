"""Finding fonts: order, names, files that cannot be used."""

from __future__ import annotations

from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from formgen.problems import Place
from formgen.typeset.fonts import SHIPPED_FONTS, FontBook

SUPPLEMENT = SHIPPED_FONTS[1]


def test_the_fonts_of_the_package_print_a_form_without_any_other() -> None:
    chain = FontBook().chain("宋体")
    text = "残疾人证号 41018300000000000X □☑☒√○①（一）：“姓名”，——…·℃%㎡〇鿿"
    assert chain.missing(text) == ()
    assert "".join(run for _, run in chain.runs(text)) == text
    assert chain.advances["残"] == 1.0 and 0.4 < chain.advances["1"] < 0.7


def test_files_that_cannot_be_used_are_named(tmp_path: Path) -> None:
    (tmp_path / "empty.ttf").touch()
    book = FontBook([tmp_path, tmp_path / "none"])
    assert [problem.code for problem in book.problems] == ["F-FONT-001", "F-FONT-004"]
    assert "empty.ttf" in book.problems[0].text("zh")


@pytest.mark.parametrize(("fs_type", "permission"), [(2, "restricted"), (0x200, "bitmap-only"), (0x100, "no-subset")])
def test_a_font_that_must_not_be_embedded_is_named_and_left_out(tmp_path: Path, fs_type: int, permission: str) -> None:
    with TTFont(SUPPLEMENT) as font:
        font["OS/2"].fsType = fs_type
        font.save(tmp_path / "locked.ttf")
    book = FontBook([tmp_path])
    assert [(problem.code, problem.params["permission"]) for problem in book.problems] == [("F-FONT-002", permission)]
    assert book.chain("Formgen Song Supplement").first.path == SHIPPED_FONTS[0]


def test_what_has_no_glyph_is_a_problem() -> None:
    chain = FontBook().chain("宋体")
    found = list(chain.problems("王\U0003ffff\u0301", Place(label="姓名"), "KEY"))
    assert [(problem.code, problem.record) for problem in found] == [("F-FONT-003", "KEY"), ("F-FONT-005", "KEY")]
    assert "U+3FFFF" in found[0].text("zh") and "Formgen Song" in found[0].text("en")
