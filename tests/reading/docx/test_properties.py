"""What a file says of itself is what a parser finds in its properties, however they are written."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from formgen.errors import InputError
from formgen.reading.docx.parts import WordParts
from formgen.reading.model import SheetIdentity
from formgen.reading.package import SMALL, OfficePackage
from tests.reading.docx.word_edits import W

START = '<?xml version="1.0"?>'
HEAD = (
    '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" '
    'xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">'
)
OURS = '<property pid="2" name="formgen.form">{}</property><property pid="3" name="formgen.record">{}</property>'
TEXT = "<vt:lpwstr>{}</vt:lpwstr>"
FORM, RECORD = TEXT.format("p/f"), TEXT.format("r1")
PROPERTIES = {
    "as printed": OURS.format(FORM, RECORD),
    "another's before": f'<property pid="4" name="KSOProductBuildVer">{TEXT.format("2052-12.1")}</property>'
    + OURS.format(FORM, RECORD),
    "a number before": f'<property pid="4" name="x"><vt:i4>7</vt:i4></property>{OURS.format(FORM, RECORD)}',
    "white space": OURS.format(f"\n  {FORM}\n", TEXT.format(" r1\n")),
    "another type": OURS.format("<vt:bstr>p/f</vt:bstr>", "<vt:bstr>r1</vt:bstr>"),
    "a comment": f"<!--{TEXT.format('x')}-->{OURS.format(FORM, RECORD)}",
    "a comment in a text": OURS.format(FORM, "<vt:lpwstr>r<!-- x -->1</vt:lpwstr>"),
    "characters as they are": OURS.format(FORM, "<vt:lpwstr><![CDATA[r1]]></vt:lpwstr>"),
    "an entity": OURS.format(FORM, TEXT.format("&#114;1")),
    "around the text": OURS.format(FORM, f"r{TEXT.format('1')}"),
    "one in another": OURS.format(FORM, f"<vt:lpwstr>r{TEXT.format('1')}</vt:lpwstr>"),
    "told twice": f'<property pid="4" name="formgen.record">{TEXT.format("r0")}</property>{OURS.format(FORM, RECORD)}',
    "an empty one": f'<property pid="4" name="x"/>{OURS.format(FORM, RECORD)}',
}


def claims(folder: Path, properties: str, before: str = START, after: str = "") -> list[SheetIdentity]:
    path = folder / "a.docx"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("word/document.xml", f'<w:document xmlns:w="{W}"><w:body/></w:document>')
        package.writestr("docProps/custom.xml", f"{before}{HEAD}{properties}</Properties>{after}".encode())
    with OfficePackage(path) as opened:
        return WordParts(opened).claims


@pytest.mark.parametrize("properties", PROPERTIES.values(), ids=list(PROPERTIES))
def test_what_a_file_says_of_itself(properties: str, tmp_path: Path) -> None:
    for form in ("p/f", "p/g", ""):  # the second is of a make that is known
        assert claims(tmp_path, properties.replace("p/f", form)) == [SheetIdentity(form, "", "r1")]


AROUND = [
    ("", ""),
    ("<!-- <a>p/x</vt:lpwstr> -->", ""),
    ("<?x >p/x</vt:lpwstr>?>", ""),
    ("", "<!-- >p/x</vt:lpwstr> -->"),
]


@pytest.mark.parametrize(("before", "after"), AROUND)
@pytest.mark.parametrize("empty", ["", '<property pid="4" name="x"><vt:lpwstr/></property>'])
def test_what_stands_around(before: str, after: str, empty: str, tmp_path: Path) -> None:
    for properties in (empty + OURS.format(FORM, RECORD), OURS.format(FORM, RECORD) + empty):
        for _ in range(2):
            assert claims(tmp_path, properties, START + before, after) == [SheetIdentity("p/f", "", "r1")]


def test_letters_of_another_alphabet_than_it_says(tmp_path: Path) -> None:
    for _ in range(2):
        with pytest.raises(InputError, match="F-FILE-004"):
            claims(tmp_path, OURS.format(FORM, TEXT.format("甲")), '<?xml version="1.0" encoding="us-ascii"?>')


def test_properties_of_a_known_make_are_not_parsed_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    claims(tmp_path, OURS.format(FORM, RECORD))
    monkeypatch.setattr("formgen.reading.package_xml._root", lambda content: pytest.fail("parsed"))
    assert claims(tmp_path, OURS.format(FORM, TEXT.format("r2"))) == [SheetIdentity("p/f", "", "r2")]


def test_long_properties_are_left_to_the_parser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    claims(tmp_path, OURS.format(FORM, RECORD))
    monkeypatch.setattr("formgen.reading.docx.markup.Markup.read", lambda *_: pytest.fail("looked for"))
    long = f"r{'1' * SMALL}"
    assert claims(tmp_path, OURS.format(FORM, TEXT.format(long))) == [SheetIdentity("p/f", "", long)]


def test_a_file_that_says_nothing(tmp_path: Path) -> None:
    assert claims(tmp_path, "") == claims(tmp_path, '<property pid="2" name="x"><vt:i4>1</vt:i4></property>') == []
