"""Figures that somebody wrote beside those that were printed are no longer one number with them."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from formgen.forms.layout import LAYOUT, read_layout
from formgen.reading.pdf.found import TextLine
from formgen.reading.pdf.frames import PlacedText
from formgen.reading.pdf.joining import join
from formgen.reading.pdf.matrices import IDENTITY
from tests.reading.pdf.paper import BY_NAME, changed, codes, only_reading, sheet

ROW = {"household": "1", "name": "许平永", "income_per_head": Decimal("1460")}
FONT = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)


def _to_unicode(pdf: pikepdf.Pdf) -> pikepdf.Object:
    lines = b"".join(b"<%02X><%04X>\n" % (code, code) for code in range(0x20, 0x7F))
    return pdf.make_stream(
        b"1 begincodespacerange\n<00><FF>\nendcodespacerange\n95 beginbfchar\n" + lines + b"endbfchar"
    )


def written(text: str, right: float, up: float, size: float) -> Callable[[pikepdf.Pdf], None]:
    """Write beside the income with another program's font."""

    def change(pdf: pikepdf.Pdf) -> None:
        page = pdf.pages[0]
        shown = page.Contents.read_bytes()
        x, y = max(re.findall(rb"1 0 0 1 ([\d.]+) ([\d.]+) Tm<[0-9A-F]{16}>Tj", shown), key=lambda at: float(at[0]))
        font = pikepdf.Dictionary(FONT)
        font.ToUnicode = _to_unicode(pdf)
        page.Resources.Font.Added = pdf.make_indirect(font)
        place = b"1 0 0 1 %f %f Tm" % (float(x) + right, float(y) + up)
        page.contents_add(b"q BT /Added %f Tf %s (%s) Tj ET Q" % (size, place, text.encode("ascii")))

    return change


@pytest.mark.parametrize(
    ("text", "right", "up", "size"), [("1640", 27, 0, 10), ("1640", -24, 0, 10), ("2", 23, 3, 5), ("1640", 0, 9, 8)]
)
def test_no_number_is_made_of_two(text: str, right: float, up: float, size: float, tmp_path: Path) -> None:
    form = sheet("beneficiary-roster", "pdf", {"rows": [ROW]})
    reading = only_reading(changed(form, written(text, right, up, size)), tmp_path)
    [row] = reading.values["rows"]
    assert row["name"] == "许平永"
    assert "income_per_head" not in row
    assert reading.doubts == {"rows.1.income_per_head": "rejected"}, codes(reading)


def font_of(**entries: Any) -> pikepdf.Dictionary:
    return pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.TrueType, **entries)


@pytest.mark.parametrize(
    "font",
    [
        font_of(BaseFont=pikepdf.Name.Helvetica),
        font_of(BaseFont=pikepdf.Name("/Arial,Bold"), Encoding=pikepdf.Name.WinAnsiEncoding),
        font_of(BaseFont=pikepdf.Name("/Times-Roman"), Encoding=pikepdf.Name.MacRomanEncoding),
    ],
)
def test_fonts_that_every_viewer_has_are_read(font: pikepdf.Dictionary, tmp_path: Path) -> None:
    reading = only_reading(changed(sheet("application-form", "pdf", {"name": "张建国"}), with_phone(font)), tmp_path)
    assert reading.values == {"name": "张建国", "phone": "13700000000"}


@pytest.mark.parametrize(
    "font",
    [
        font_of(BaseFont=pikepdf.Name.Symbol),
        font_of(BaseFont=pikepdf.Name.Helvetica, Encoding=pikepdf.Dictionary(Differences=[49, pikepdf.Name.two])),
        font_of(BaseFont=pikepdf.Name.Helvetica, FontDescriptor=pikepdf.Dictionary(FontFile2=pikepdf.Name.Own)),
        font_of(BaseFont=pikepdf.Name("/ABCDEF+Helvetica"), Encoding=pikepdf.Name.WinAnsiEncoding),
    ],
)
def test_other_fonts_without_characters_are_not(font: pikepdf.Dictionary, tmp_path: Path) -> None:
    reading = only_reading(changed(sheet("application-form", "pdf", {"name": "张建国"}), with_phone(font)), tmp_path)
    assert reading.values == {"name": "张建国"}
    assert "F-PDFREAD-021" in codes(reading)


def test_bytes_of_gbk_in_a_standard_font_are_no_letters(tmp_path: Path) -> None:
    form = sheet("application-form", "pdf", {"name": "张建国"})
    gbk = with_phone(font_of(BaseFont=pikepdf.Name.Helvetica), "李秀英".encode("gbk"))
    reading = only_reading(changed(form, gbk), tmp_path)
    assert "phone" not in reading.values
    assert "F-PDFREAD-021" in codes(reading)


def with_phone(font: pikepdf.Dictionary, text: bytes = b"13700000000") -> Callable[[pikepdf.Pdf], None]:
    def change(pdf: pikepdf.Pdf) -> None:
        pdf.pages[0].Resources.Font.Added = pdf.make_indirect(font)
        pdf.pages[0].contents_add(b"q BT /Added 12 Tf 384 560.8 Td <%s> Tj ET Q" % text.hex().encode())

    return change


@pytest.mark.parametrize(("gap", "text"), [(0.0, "16401460"), (2.0, "16401460"), (9.0, "1640 1460")])
def test_room_between_figures_of_one_line_tells_numbers_apart(gap: float, text: str) -> None:
    """Of other programs' prints a line is what stands on one baseline, however far apart."""
    glyphs = tuple((digit, 5.0 * index + (gap if index > 3 else 0.0), 5.0) for index, digit in enumerate("16401460"))
    line = TextLine(IDENTITY, "16401460", given=glyphs, given_size=10.0)
    flow = read_layout(BY_NAME["beneficiary-roster"].folder / LAYOUT).flow
    assert flow is not None
    [spot] = [spot for spot in flow.rows["single"].spots if spot.key == "income_per_head"]
    assert join([PlacedText(0.0, 0.0, line.text, line)], spot).text == text
