"""Cells of an .xlsx that hold something and read as blank: formulas that came to an error, or that nobody computed.

calamine gives "" for both; without this they would be blanks nobody is told of.
In: the workbook and a sheet's name. Out: (row, column), zero-based → what stands there.
Source: ECMA-376 Part 1, 18.3.1.4 (c), 18.18.11 (ST_CellType, "e"), 18.3.1.40 (f), 18.3.1.96 (v).
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from lxml import etree
from markupsafe import Markup

__all__ = ["UnreadCell", "find_unread_cells"]

_BLOCK = 1 << 20
_LONGEST_CELL = 1 << 16
"""A cell's XML is not longer (its text has at most 32,767 characters): what a block may cut is carried over."""

_CELL = re.compile(rb'<c r="([A-Z]{1,3})([0-9]{1,7})"([^>]*[^>/]|)>(.*?)</c>', re.DOTALL)
_FORMULA = re.compile(rb"<f(?: [^>]*)?(?:/>|>(.*?)</f>)", re.DOTALL)
_VALUE = re.compile(rb"<v(?: [^>]*)?>(.+?)</v>", re.DOTALL)
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


class UnreadCell(str):
    """What stands in the cell: #REF!, or a formula without a result. `is_error` tells which."""

    __slots__ = ("is_error",)
    is_error: bool

    def __new__(cls, text: str, is_error: bool) -> UnreadCell:
        cell = super().__new__(cls, text)
        cell.is_error = is_error
        return cell


def find_unread_cells(path: Path, sheet: str) -> dict[int, dict[int, UnreadCell]]:
    """Row → column → cell. Raises zipfile.BadZipFile, KeyError or lxml's errors where the package is broken."""
    found: dict[int, dict[int, UnreadCell]] = {}
    with zipfile.ZipFile(path) as package:
        part = _part(package, sheet)
        if part is None:
            return found
        for block in _blocks(package, part):
            if b't="e"' not in block and b"<f" not in block:
                continue
            for match in _CELL.finditer(block):
                cell = _unread(match[3], match[4])
                if cell is not None:
                    found.setdefault(int(match[2]) - 1, {})[_column(match[1])] = cell
    return found


def _unread(attributes: bytes, content: bytes) -> UnreadCell | None:
    value = _VALUE.search(content)
    if b't="e"' in attributes:
        return UnreadCell(value[1].decode("utf-8", "replace") if value else "#N/A", True)
    formula = _FORMULA.search(content)
    # A formula whose result is the empty text says so by its type; one without type and value was never computed.
    if formula is not None and value is None and b't="str"' not in attributes:
        text = (formula[1] or b"").decode("utf-8", "replace")
        return UnreadCell("=" + Markup(text).unescape(), False)
    return None


def _column(letters: bytes) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + letter - 64
    return index - 1


def _blocks(package: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """The part in blocks that cut no cell: each goes on where the last cell of the one before ended."""
    rest = b""
    with package.open(part) as stream:
        while block := stream.read(_BLOCK):
            text = rest + block
            end = text.rfind(b"</c>") + 4
            if end < 4:
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
