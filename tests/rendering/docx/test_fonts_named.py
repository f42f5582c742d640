"""The official fonts are not on every machine: each template says what to take instead."""

from __future__ import annotations

import zipfile

import pytest
from lxml import etree

from formgen.forms.catalogue import Catalogue
from formgen.rendering import continuation
from tests.rendering.wordmaker import W

OFFICIAL = {"方正小标宋简体", "仿宋_GB2312", "楷体_GB2312", "宋体", "黑体"}


@pytest.mark.parametrize("name", ["application-form", "survey-sheet", "task-plan", "cover-sheet"])
def test_every_font_has_a_stand_in_a_charset_and_a_family(name: str) -> None:
    with zipfile.ZipFile(Catalogue().form(f"xinmi-2015/{name}").template("docx")) as package:
        fonts = etree.fromstring(package.read("word/fontTable.xml"))
        document = etree.fromstring(package.read("word/document.xml"))
    listed = {}
    for font in fonts:
        listed[font.get(f"{{{W}}}name")] = [font.find(f"{{{W}}}{child}") for child in ("altName", "charset", "family")]
    assert set(listed) >= OFFICIAL
    assert all(None not in listed[name] for name in OFFICIAL)
    used = {item.get(f"{{{W}}}eastAsia") for item in document.iter(f"{{{W}}}rFonts")}
    styles = (value for value in vars(continuation).values() if isinstance(value, continuation.LineStyle))
    assert used | {style.font for style in styles} <= set(listed)
