"""The same worksheet as programs of other makers spell it: prefixes, quotes, order of attributes, white space."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from formgen.errors import InputError
from tests.reading.xlsx.workbooks import ROSTER, codes, files, reading, roster, written
from tests.rendering.xlsx.workbooks import rewritten

SHEET = "xl/worksheets/sheet1.xml"
NAME = re.compile(r'<c r="B7"( s="\d+")[^>]*>.*?</c>')
ERROR = r'<c r="B7"\1 t="e"><v>#N/A</v></c>'
NO_RESULT = r'<c r="B7"\1><f>A1&amp;"x"</f></c>'
FAR = '<c r="XFD1048576"><v>1</v></c>'


def _prefixed(xml: str) -> str:
    """As the Open XML SDK writes it."""
    xml = re.sub(r"<(/?)(?=[a-zA-Z])", r"<\1x:", xml)
    return xml.replace("<x:worksheet xmlns=", "<x:worksheet xmlns:x=", 1)


def _single_quoted(xml: str) -> str:
    head, _, rest = xml.partition("<worksheet")
    return head + "<worksheet" + re.sub(r'="([^"\']*)"', r"='\1'", rest)


SPELLINGS: dict[str, Callable[[str], str]] = {
    "prefixed": _prefixed,
    "single quotes": _single_quoted,
    "other order": lambda xml: re.sub(r'<c (r="[A-Z]+\d+")((?: \w+="\w+")+)', r"<c\2 \1", xml),
    "line ends": lambda xml: re.sub(r'<c r="([A-Z]+\d+)"( s="\d+")', '<c\nr="\\1"\\2\n', xml),
    "spaces": lambda xml: re.sub(r'(r|t)="([A-Z]+\d+|e)"', r'\1 = "\2"', xml),
}


@pytest.fixture(params=list(SPELLINGS))
def spelled(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[Callable[[str], str]], Path]:
    """A filled roster whose worksheet was changed, then spelled another way."""

    def spell(change: Callable[[str], str]) -> Path:
        path = written(tmp_path, ROSTER)
        rewritten(path, {SHEET: lambda xml: SPELLINGS[request.param](change(xml))})
        return path

    return spell


def test_the_same_values(spelled: Callable[[Callable[[str], str]], Path]) -> None:
    read = reading(spelled(lambda xml: xml))
    assert read.values == roster() and codes(read) == []


@pytest.mark.parametrize(("cell", "code"), [(ERROR, "F-EXCEL-003"), (NO_RESULT, "F-EXCEL-002")])
def test_no_error_is_a_blank(spelled: Callable[[Callable[[str], str]], Path], cell: str, code: str) -> None:
    read = reading(spelled(lambda xml: NAME.sub(cell, xml, count=1)))
    assert (read.doubts, codes(read)) == ({"rows.2.name": "rejected"}, [code])


def test_no_cell_is_too_far_to_be_seen(spelled: Callable[[Callable[[str], str]], Path]) -> None:
    path = spelled(lambda xml: xml.replace("</sheetData>", f'<row r="99">{FAR}</row></sheetData>'))
    with pytest.raises(InputError) as caught:
        files(path)
    assert caught.value.problem.code == "F-EXCEL-001"
