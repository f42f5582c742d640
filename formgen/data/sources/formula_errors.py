"""Cells that hold a formula's error (#N/A, #REF! …), which calamine reads as blank cells.

In: an .xlsx file. Out: by sheet, (row, column) → the error, both counted from 0. A sheet without any is only searched
for the mark, not parsed. Limits: .xls and .ods are not looked into; cells without an address are passed over.
Source: ECMA-376 Part 1, 18.3.1.4 (c, t="e") and 18.2.19 (sheet).
"""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator, Mapping
from typing import IO
from xml.etree import ElementTree

__all__ = ["Cells", "FormulaErrors"]

Cells = Mapping[tuple[int, int], str]

_MARK = b't="e"'
_CHUNK = 1 << 20
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_ID_ENDING = "relationships}id"
"""Of the attribute r:id, whose namespace is another one in strict files."""


class FormulaErrors:
    """The errors of one workbook; an empty one where the file is no .xlsx."""

    def __init__(self, stream: IO[bytes] | None) -> None:
        self._stream = stream
        self._package = zipfile.ZipFile(stream) if stream is not None else None
        self._parts = dict(_sheet_parts(self._package)) if self._package else {}

    def close(self) -> None:
        if self._stream is not None:
            self._stream.close()

    def of(self, sheet: str) -> Cells:
        """The sheet's errors.

        Raises:
            zipfile.BadZipFile, ElementTree.ParseError: the package is damaged.
        """
        part = self._parts.get(sheet)
        if self._package is None or part is None or part not in self._package.namelist():
            return {}
        with self._package.open(part) as stream:
            if not _holds_mark(stream):
                return {}
        with self._package.open(part) as stream:
            return dict(_errors(stream))


def _sheet_parts(package: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """(name, part) of every sheet."""
    for book in package.namelist():
        folder, name = posixpath.split(book)
        relations = posixpath.join(folder, "_rels", f"{name}.rels")
        if name != "workbook.xml" or relations not in package.namelist():
            continue
        targets = {
            item.get("Id"): posixpath.normpath(posixpath.join("/" + folder, item.get("Target", ""))).lstrip("/")
            for item in ElementTree.fromstring(package.read(relations)).iter(f"{{{_RELATIONS}}}Relationship")
        }
        for item in ElementTree.fromstring(package.read(book)).iter():
            if item.tag.endswith("}sheet"):
                target = next((targets.get(value) for key, value in item.items() if key.endswith(_ID_ENDING)), None)
                if target:
                    yield item.get("name", ""), target


def _holds_mark(stream: IO[bytes]) -> bool:
    tail = b""
    while chunk := stream.read(_CHUNK):
        if _MARK in tail + chunk:
            return True
        tail = chunk[-len(_MARK) :]
    return False


def _errors(stream: IO[bytes]) -> Iterator[tuple[tuple[int, int], str]]:
    for _, element in ElementTree.iterparse(stream):
        if element.tag.endswith("}c") and element.get("t") == "e" and element.get("r"):
            text = next((child.text for child in element if child.tag.endswith("}v")), None)
            yield _position(element.get("r", "")), text or "#N/A"
        elif element.tag.endswith("}row"):
            element.clear()


def _position(address: str) -> tuple[int, int]:
    """O19 → (18, 14)."""
    letters = address.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return int(address[len(letters) :]) - 1, column - 1
