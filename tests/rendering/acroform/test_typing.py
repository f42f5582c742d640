"""Fillable PDFs in use: Chinese is typed in a viewer, shows there, is saved and read back."""

from __future__ import annotations

import io
import re

import pikepdf
import pytest

from formgen.forms.catalogue import Catalogue
from formgen.rendering.acroform import CompiledAcroForm, compile_acroform
from formgen.typeset.fonts import FontBook
from tests.rendering.acroform.viewer import fields_of, picture, typed

TEXTS = {
    "name": "买买提·吐尔逊江",
    "sex": "女",
    "education": "大专",
    "certificate": "41018319670626003234",
    "address": "河南省郑州市新密市来集镇王堂村三组四十五号院二单元",
    "applied_on.year": "2015",
    "applicant_signature": "王小明",
    "village_opinion": "情况属实，同意。",
}


@pytest.fixture(scope="module")
def form() -> CompiledAcroForm:
    return compile_acroform(Catalogue().form("xinmi-2015/application-form"), FontBook())


@pytest.fixture(scope="module")
def blank(form: CompiledAcroForm) -> bytes:
    content = form.render_blank().content
    assert content is not None
    return content


def ink(content: bytes, name: str) -> float:
    """Share of dark pixels in a field's area, at 144 dpi."""
    left, bottom, right, top = (round(edge * 2) for edge in fields_of(content)[name].areas[0])
    image = picture(content, dpi=144)
    area = image[image.shape[0] - top + 2 : image.shape[0] - bottom - 2, left + 2 : right - 2]
    return float((area < 128).mean())


def test_what_is_typed_is_saved_and_read_back(blank: bytes) -> None:
    saved = typed(blank, TEXTS)
    assert {name: fields_of(saved)[name].value for name in TEXTS} == TEXTS
    with pikepdf.open(io.BytesIO(saved)) as pdf:
        assert not pdf.check_pdf_syntax()


@pytest.mark.libreoffice
def test_what_is_typed_shows(blank: bytes) -> None:
    saved = typed(blank, TEXTS)
    for name in TEXTS:
        assert ink(blank, name) < 0.001, name
        assert ink(saved, name) > 0.003, name


def test_no_more_is_typed_than_the_field_holds(blank: bytes) -> None:
    saved = typed(blank, {"applied_on.year": "20151", "certificate": "41018319670626003234B12345"})
    found = fields_of(saved)
    assert (found["applied_on.year"].value, found["certificate"].value) == ("2015", "41018319670626003234B1")


def test_a_closed_list_takes_nothing_else(blank: bytes) -> None:
    assert fields_of(typed(blank, {"sex": "妖"}))["sex"].value in ("", "男", "女")


def test_a_filled_field_can_be_changed(form: CompiledAcroForm) -> None:
    content = form.render({"name": "王"}, "AAAAAAAAAA").content
    assert content is not None
    assert fields_of(typed(content, {"name": "小明"}))["name"].value in ("王小明", "小明王")


def test_a_box_is_ticked_by_a_click() -> None:
    form = compile_acroform(Catalogue().form("xinmi-2015/cover-sheet"), FontBook())
    content = form.render_blank().content
    assert content is not None
    saved = typed(content, {"survey_complete": ""})
    found = fields_of(saved)
    assert (found["survey_complete"].value, found["pairing_complete"].value) == ("/Yes", "/Off")
    assert ink(saved, "survey_complete") > ink(content, "survey_complete")


def test_codes_of_typed_characters_are_their_own_utf_16(blank: bytes) -> None:
    """Poppler looks up typed characters in the ToUnicode map and writes the codes it finds."""
    with pikepdf.open(io.BytesIO(blank)) as pdf:
        font = pdf.Root.AcroForm.DR.Font.STSong
        assert font.Encoding == "/UniGB-UCS2-H"
        ranges = re.findall(r"<(\w{4})> <(\w{4})> <(\w{4})>", font.ToUnicode.read_bytes().decode())
        assert "/FontFile3" not in font.DescendantFonts[0].FontDescriptor

    def code(char: str) -> int:
        start, _, unicode = next(row for row in ranges if int(row[0], 16) <= ord(char) <= int(row[1], 16))
        return int(start, 16) + ord(char) - int(unicode, 16)

    for char in "王A·㐀龍（":
        assert code(char) == ord(char)
