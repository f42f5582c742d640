"""A sheet of an .xlsx looked over before it is loaded: cells that read as blank, and how far apart its cells stand.

calamine gives "" for formulas that came to an error or that nobody computed; without this they would be blanks nobody
is told of. And it makes room for every cell between the first and the last one: one in XFD1048576 would take 500 GB.
In: the workbook and a sheet's name. Out: (row, column), zero-based → what stands there; its last row and column.
Source: ECMA-376 Part 1, 18.3.1.4 (c), 18.18.11 (ST_CellType, "e"), 18.3.1.40 (f), 18.3.1.96 (v).
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree
from markupsafe import Markup

__all__ = ["SheetSurvey", "UnreadCell", "survey_sheet"]

_BLOCK = 1 << 18
_LONGEST_CELL = 1 << 16
"""A cell's XML is not longer (its text has at most 32,767 characters): what a block may cut is carried over."""

_CELL = re.compile(rb"<(?:\w+:)?c\s([^>]*[^>/])>(.*?)</(?:\w+:)?c>", re.DOTALL)
_ADDRESS = re.compile(rb"(?:^|[\s\"'])r\s*=\s*[\"']([A-Za-z]{1,3})([0-9]{1,7})[\"']")
_TYPE = re.compile(rb"(?:^|[\s\"'])t\s*=\s*[\"'](e|str)[\"']")
_FORMULA = re.compile(rb"<(?:\w+:)?f(?:\s[^>]*)?(?:/>|>(.*?)</(?:\w+:)?f>)", re.DOTALL)
_VALUE = re.compile(rb"<(?:\w+:)?v(?:\s[^>]*)?>(.+?)</(?:\w+:)?v>", re.DOTALL)

_ERROR = re.compile(rb' t="e')
_ODD = (b"'", b"\t", b"\r")
"""What stands in blocks where an error may be spelled another way; or a line end before its type."""
_FAR = re.compile(rb'r[\s=](?!"A?[A-Z]?[0-9]{1,5}")')
"""An address beyond column AZ or row 99,999, or one that is not written as programs write it: only then a block is
looked at cell by cell. Nearer ones cannot do harm. Any r before an equals sign or a space is looked at, for a parser
that is not strict takes `s="1"r="A1"` and `r = "A1"`, too."""

_FILLED = re.compile(
    rb"<(?:\w+:)?c\s(?:[^>]*[\s\"'])?r\s*=\s*[\"']([A-Za-z]{1,9})([0-9]{1,20})[\"'][^>]*(?<!/)>\s*<(?!/(?:\w+:)?c>)"
)
"""A cell with something in it: formats of whole columns reach far and take no room."""

_NEAR = (99_999, 52)
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


class UnreadCell(str):
    """What stands in the cell: #REF!, or a formula without a result. `is_error` tells which."""

    __slots__ = ("is_error",)
    is_error: bool

    def __new__(cls, text: str, is_error: bool) -> UnreadCell:
        cell = super().__new__(cls, text)
        cell.is_error = is_error
        return cell


@dataclass(slots=True)
class SheetSurvey:
    """What is known of a sheet before it is loaded."""

    unread: dict[int, dict[int, UnreadCell]] = field(default_factory=dict)
    """Row → column → cell."""
    rows: int = 0
    columns: int = 0
    """How far its filled cells may reach."""

    def reach(self, row: int, column: int) -> None:
        self.rows, self.columns = max(self.rows, row), max(self.columns, column)


def survey_sheet(path: Path, sheet: str) -> SheetSurvey:
    """Look a sheet over. Raises zipfile.BadZipFile, KeyError or lxml's errors where the package is broken."""
    survey = SheetSurvey()
    with zipfile.ZipFile(path) as package:
        part = _part(package, sheet)
        if part is None:
            return survey
        for block in _blocks(package, part):
            is_odd = _FAR.search(block) is not None
            if not is_odd:
                survey.reach(*_NEAR)
            else:
                for letters, number in _FILLED.findall(block):
                    survey.reach(int(number), _column(letters) + 1)
            if _may_be_unread(block, is_odd):
                for match in _CELL.finditer(block):
                    _note_unread(survey, match[1], match[2])
    return survey


def _may_be_unread(block: bytes, is_odd: bool) -> bool:
    """Whether there may be a formula or an error in it; one character is found ten times as fast as two."""
    if b"f" in block and (b"<f" in block or b":f" in block):
        return True
    is_odd = is_odd or any(odd in block for odd in _ODD) or (b"\n" in block and b"\nt" in block)
    return _ERROR.search(block) is not None or (is_odd and _TYPE.search(block) is not None)


def _note_unread(survey: SheetSurvey, attributes: bytes, content: bytes) -> None:
    kind = _TYPE.search(attributes)
    value = _VALUE.search(content)
    if kind is not None and kind[1] == b"e":
        cell = UnreadCell(value[1].decode("utf-8", "replace") if value else "#N/A", True)
    else:
        formula = _FORMULA.search(content) if value is None and b"f" in content else None
        # A formula whose result is the empty text says so by its type; one without type and value was never computed.
        if formula is None or kind is not None:
            return
        text = (formula[1] or b"").decode("utf-8", "replace")
        cell = UnreadCell("=" + Markup(text).unescape(), False)
    address = _ADDRESS.search(attributes)
    if address is not None:
        survey.unread.setdefault(int(address[2]) - 1, {})[_column(address[1])] = cell


def _column(letters: bytes) -> int:
    index = 0
    for letter in letters.upper():
        index = index * 26 + letter - 64
    return index - 1


def _blocks(package: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """The part in blocks that cut no cell: each goes on where the last cell of the one before ended."""
    rest = b""
    with package.open(part) as stream:
        while block := stream.read(_BLOCK):
            text = rest + block
            end = text.rfind(b"</c>") + 4
            if end < 4:  # or the elements' names have a prefix
                end = text.rfind(b":c>") + 3
            if end < 3:
                rest = text[-_LONGEST_CELL:]
                continue
            yield text[:end]
            rest = text[end:]


def _part(package: zipfile.ZipFile, sheet: str) -> str | None:
    """The name of the part a sheet is in."""
    parser = etree.XMLParser(resolve_entities=False)
    book = etree.fromstring(package.read("xl/workbook.xml"), parser)
    relations = etree.fromstring(package.read("xl/_rels/workbook.xml.rels"), parser)
    targets = {relation.get("Id"): relation.get("Target") for relation in relations}
    for element in book.iter("{*}sheet"):
        if element.get("name") == sheet and (target := targets.get(element.get(_RELATION))):
            name = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
            return name if name in package.NameToInfo else None
    return None
