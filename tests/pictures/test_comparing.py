"""What the pictures catch, proved on pages broken on purpose; and what they let pass."""

from __future__ import annotations

import dataclasses
import io
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pdfplumber
import pytest
from isal import isal_zlib
from PIL import Image

from formgen.rendering.pdf import ComposedPage
from formgen.rendering.pdf.objects import deflate
from tests.pictures import test_pictures
from tests.pictures.comparing import DPI, difference, pictures_of, save_picture
from tests.pictures.sheets import SHEETS, compose, file_of

BY_NAME = {sheet.name: sheet for sheet in SHEETS}
PLACE = re.compile(r"([\d.]+) ([\d.]+) Tm")
SHOWN = re.compile(r"<[0-9A-F]+>Tj|\[[^]]+\]TJ")
FULL = "application-form-full"
"""Values of 12 pt and more, and of 5 pt, the smallest there are."""


def content_of(page: ComposedPage) -> str:
    content: bytes = isal_zlib.decompress(page.content)
    return content.decode()


def changed(pages: Sequence[ComposedPage], content: str) -> Image.Image:
    """The first page with other operators, as a picture."""
    page = dataclasses.replace(pages[0], content=deflate(content.encode()))
    return next(pictures_of(file_of([page, *pages[1:]])))


def breaks(pattern: re.Pattern[str], content: str, by: str) -> Iterator[str]:
    """The page's operators with one place at a time changed."""
    for match in pattern.finditer(content):
        yield content[: match.start()] + match.expand(by) + content[match.end() :]


@pytest.mark.parametrize(("right_pt", "up_pt"), [(0, 1), (0, -1), (1, 0)], ids=["up", "down", "right"])
def test_a_line_that_moves_by_a_point_is_seen(right_pt: float, up_pt: float) -> None:
    pages = compose(BY_NAME[FULL])
    (before,), content = pictures_of(file_of(pages)), content_of(pages[0])
    lines = list(PLACE.finditer(content))
    assert len(lines) > 20
    for line in lines:
        moved = f"{float(line[1]) + right_pt:.2f} {float(line[2]) + up_pt:.2f} Tm"
        found = difference(before, changed(pages, content[: line.start()] + moved + content[line.end() :]))
        assert found is not None, line[0]
        left, top, _, bottom = found.box_pt
        baseline = pages[0].height_pt - float(line[2])
        assert left > float(line[1]) - 8 and baseline - 18 < top < bottom < baseline + 10, "it says where"


@pytest.mark.parametrize("name", ["application-form-filled", FULL, "survey-sheet-filled"])
def test_a_missing_value_is_seen(name: str) -> None:
    pages = compose(BY_NAME[name])
    (before,), content = pictures_of(file_of(pages)), content_of(pages[0])
    broken = list(breaks(SHOWN, content, "<>Tj"))
    assert len(broken) >= 12
    for text in broken[:40]:
        assert difference(before, changed(pages, text)) is not None


@pytest.mark.parametrize("name", ["application-form-blank", "beneficiary-roster-filled", "task-plan-filled"])
def test_a_missing_rule_is_seen(name: str) -> None:
    """Each rule of the page in turn is painted over."""
    pages = compose(BY_NAME[name])
    (before,), content = pictures_of(file_of(pages)), content_of(pages[0])
    with pdfplumber.open(io.BytesIO(file_of(pages))) as pdf:
        page = pdf.pages[0]
        edges = [edge for edge in page.edges if max(edge["width"], edge["height"]) > 15]
    assert len(edges) > 12
    for edge in edges[:: max(1, len(edges) // 24)]:
        x0, x1, y0, y1 = edge["x0"] - 1, edge["x1"] + 1, edge["y0"] - 1, edge["y1"] + 1
        white = f"\nq 1 g {x0:.2f} {y0:.2f} {x1 - x0:.2f} {y1 - y0:.2f} re f Q\n"
        assert difference(before, changed(pages, content + white)) is not None, edge


def test_missing_marks_and_a_turned_digit_are_seen() -> None:
    pages = compose(BY_NAME["application-form-filled"])
    (before,), content = pictures_of(file_of(pages)), content_of(pages[0])
    marks = [line for line in content.splitlines() if line.startswith("q 0 g ") and line.endswith(" Q")]
    assert len(marks) == 5, "page code and four corner marks"
    for mark in marks:
        assert difference(before, changed(pages, content.replace(mark, ""))) is not None
    codes = [match[0] for match in re.finditer(r"<[0-9A-F]{80}>Tj", content)]
    (certificate,) = codes
    digits = re.findall("....", certificate[1:-3])
    swapped = f"<{''.join([*digits[:9], digits[10], digits[9], *digits[11:]])}>Tj"
    assert swapped != certificate
    assert difference(before, changed(pages, content.replace(certificate, swapped))) is not None


@pytest.mark.parametrize("gamma", [0.9, 1.1])
def test_other_smoothing_is_let_pass(gamma: float) -> None:
    """Another version of the renderer may draw the rims of glyphs darker or lighter."""
    for name in (FULL, "survey-sheet-filled"):
        (before,) = pictures_of(file_of(compose(BY_NAME[name])))
        other = before.point([round(255 * (level / 255) ** gamma) for level in range(256)])
        assert difference(before, other) is None


def test_a_stored_picture_is_the_picture(tmp_path: Path) -> None:
    (picture,) = pictures_of(file_of(compose(BY_NAME[FULL])))
    save_picture(picture, tmp_path / "picture.png")
    assert difference(Image.open(tmp_path / "picture.png").convert("L"), picture) is None


def test_a_failure_says_the_page_and_where_and_leaves_pictures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(test_pictures, "REGENERATE", False)
    pages = compose(BY_NAME["application-form-filled"])
    content = content_of(pages[0])
    name = next(SHOWN.finditer(content, content.index("634.79 Tm")))[0]
    page = dataclasses.replace(pages[0], content=deflate(content.replace(name, "<>Tj", 1).encode()))
    with pytest.raises(AssertionError) as failure:
        test_pictures.compare("application-form-filled", file_of([page]), tmp_path)
    assert re.search(r"application-form-filled-1\.png: \d+–\d+ pt from the left", str(failure.value))
    assert {path.name for path in tmp_path.iterdir()} == {
        f"application-form-filled-1.{kind}.png" for kind in ("expected", "actual", "difference")
    }


def test_a_page_too_few_or_too_many_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(test_pictures, "REGENERATE", False)
    pages = compose(BY_NAME["survey-sheet-many-rows"])
    with pytest.raises(AssertionError, match="no such page any more"):
        test_pictures.compare("survey-sheet-many-rows", file_of(pages[:-1]), tmp_path)
    with pytest.raises(AssertionError, match="no picture of this page"):
        test_pictures.compare("survey-sheet-many-rows", file_of([*pages, pages[0]]), tmp_path)


def test_another_size_of_paper_is_a_difference() -> None:
    found = difference(Image.new("L", (397, 562), 255), Image.new("L", (562, 397), 255))
    assert found is not None and found.box_pt == (0, 0, 562 * 72 / DPI, 562 * 72 / DPI)
