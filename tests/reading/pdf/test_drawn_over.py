"""Pages of ours that an editor drew on: values under a box, a line or a picture are none."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from formgen.reading.pdf.prints import print_book
from tests.reading.pdf.paper import BOOK, BY_NAME, bound, changed, codes, only_reading, pages_of, sheet
from tests.reading.pdf.test_returned import KEYS, LONG, MARKS

RECORD = {"name": "张建国", "phone": "13700000000"}
Draw = Callable[[float, float], bytes]


def over_phone(draw: Draw) -> Callable[[pikepdf.Pdf], None]:
    """Draw in the page's own content where the phone number begins."""

    def change(pdf: pikepdf.Pdf) -> None:
        page = pdf.pages[0]
        places = re.findall(rb"1 0 0 1 ([\d.]+) ([\d.]+) Tm", page.Contents.read_bytes())
        x, y = map(float, min(places, key=lambda place: float(place[1])))  # the phone stands below the name
        page.contents_add(b"q " + draw(x, y) + b" Q")

    return change


def white_box(x: float, y: float) -> bytes:
    return b"1 g %f %f 90 14 re f" % (x - 2, y - 3)


def strike(x: float, y: float) -> bytes:
    return b"0 G 1 w %f %f m %f %f l S" % (x - 2, y + 4, x + 80, y + 4)


def thin_box(x: float, y: float) -> bytes:
    return b"0 g %f %f 80 1 re f*" % (x - 2, y + 3)


def scribble(x: float, y: float) -> bytes:
    return b"1 0 0 RG %f %f m %f %f %f %f %f %f c S" % (x, y - 9, x + 20, y + 30, x + 40, y - 30, x + 60, y + 19)


def inline_picture(x: float, y: float) -> bytes:
    return b"90 0 0 14 %f %f cm BI /W 1 /H 1 /CS /G /BPC 8 ID \xff EI" % (x - 2, y - 3)


def some_boxes(x: float, y: float) -> bytes:
    return b"1 g 9 9 2 2 re 40 40 2 2 re %f %f 90 14 re 9 40 2 2 re f" % (x - 2, y - 3)


def line_from_a_box(x: float, y: float) -> bytes:
    """After a box the path goes on from its corner (ISO 32000-2, table 58)."""
    return b"0 G 9 9 2 2 re %f %f 0 0 re %f %f l S" % (x - 2, y + 4, x + 80, y + 4)


def turned_boxes(x: float, y: float) -> bytes:
    return b"0 1 -1 0 %f %f cm 1 g 0 0 1 1 re 0 -90 14 92 re 0 5 1 1 re f" % (x - 2, y - 3)


def slanted_box(x: float, y: float) -> bytes:
    return b".7 .7 -.7 .7 %f %f cm 1 g 0 -60 20 90 re f" % (x, y - 3)


COVERING = [
    white_box,
    strike,
    line_from_a_box,
    thin_box,
    scribble,
    inline_picture,
    some_boxes,
    turned_boxes,
    slanted_box,
]


@pytest.mark.parametrize("draw", COVERING)
def test_what_is_covered_or_struck_out_is_no_value(draw: Draw, tmp_path: Path) -> None:
    reading = only_reading(changed(sheet("application-form", "pdf", RECORD), over_phone(draw)), tmp_path)
    assert "phone" not in reading.values
    assert reading.values["name"] == "张建国"
    assert {"F-PDFREAD-011", "F-PDFREAD-020"} <= set(codes(reading))


def underline(x: float, y: float) -> bytes:
    return b"0 G 0.5 w %f %f m %f %f l S" % (x, y - 2, x + 80, y - 2)


def far_away(x: float, y: float) -> bytes:
    return b"0 G 300 30 m 320 50 l 340 30 l s"


def boxes_all_around(x: float, y: float) -> bytes:
    """In all corners of the page and none over a text: what is around all of them is the whole page."""
    return b"0 g 60 3 2 2 re 590 3 2 2 re 590 830 2 2 re 60 830 2 2 re f"


@pytest.mark.parametrize("draw", [underline, far_away, boxes_all_around])
def test_a_drawing_beside_values_is_said(draw: Draw, tmp_path: Path) -> None:
    reading = only_reading(changed(sheet("application-form", "pdf", RECORD), over_phone(draw)), tmp_path)
    assert reading.values == RECORD
    assert "F-PDFREAD-011" in codes(reading)
    assert "F-PDFREAD-020" not in codes(reading)


def test_a_white_page_under_the_form_hides_nothing(tmp_path: Path) -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        pdf.pages[0].contents_add(b"q 1 g 0 0 600 900 re f Q", prepend=True)

    reading = only_reading(changed(sheet("application-form", "pdf", RECORD), change), tmp_path)
    assert reading.values == RECORD
    assert codes(reading) == codes(only_reading(sheet("application-form", "pdf", RECORD), tmp_path))


def test_a_covered_continuation_sheet_is_not_taken(tmp_path: Path) -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        pdf.pages[-1].contents_add(b"q 1 g 0 0 600 700 re f Q")

    record: dict[str, Any] = dict(LONG)
    reading = only_reading(changed(bound(pages_of("application-form", record, KEYS[0], MARKS)), change), tmp_path)
    assert "application" not in reading.values


def over_words(words: str, name: str) -> Callable[[pikepdf.Pdf], None]:
    """White out words that are printed on the form, wherever its artwork has them."""

    def change(pdf: pikepdf.Pdf) -> None:
        form = print_book(BOOK).forms[BY_NAME[name].id]
        arts = [art for art, role in form.roles.items() if role.strip in ("before", "first")]
        [word] = [word for art in arts for word in form.words(art) if word.text == words]
        first, last = word.chars[0], word.chars[-1]
        bottom = float(pdf.pages[0].mediabox[3]) - first.y - 1
        box = (first.x - 1, bottom, last.x + last.width - first.x + 2, first.size)
        pdf.pages[0].contents_add(b"q 1 g %f %f %f %f re f Q" % box)

    return change


def test_a_value_beside_a_covered_label_is_not_believed(tmp_path: Path) -> None:
    reading = only_reading(
        changed(sheet("application-form", "pdf", RECORD), over_words("联系方式", "application-form")), tmp_path
    )
    assert reading.values == {"name": "张建国"}
    assert reading.doubts["phone"] == "lost"
    assert "F-PDFREAD-011" in codes(reading)


def test_a_column_below_a_covered_heading_is_not_believed(tmp_path: Path) -> None:
    rows = [{"name": "许平永", "sex": "男"}]
    printed = sheet("beneficiary-roster", "pdf", {"rows": rows})
    reading = only_reading(changed(printed, over_words("残疾人姓名", "beneficiary-roster")), tmp_path)
    assert reading.values["rows"] == [{"sex": "男"}]
    assert reading.doubts["rows.1.name"] == "lost"
