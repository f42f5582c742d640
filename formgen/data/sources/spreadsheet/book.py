"""A workbook in Office Open XML: its sheets, its shared texts, what its styles show.

In: the file. Out: a raw table a worksheet that holds anything, in the workbook's order; chart sheets are none.
Source: ECMA-376 Part 1, 18.2.27 (workbook), 18.4.9 (sst), 18.8.39 (styleSheet); Part 2 (relationships).
"""

from __future__ import annotations

import contextlib
import functools
import itertools
import posixpath
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from formgen.data.sources.faults import Damaged, translated
from formgen.data.sources.spreadsheet.cells import CellReader
from formgen.data.sources.spreadsheet.elements import is_struck, parse
from formgen.data.sources.spreadsheet.figures import whole_number
from formgen.data.sources.spreadsheet.formats import FormatKind, ShownNumber, format_kind, shown_number
from formgen.data.sources.spreadsheet.package import Package, PartReader
from formgen.data.sources.spreadsheet.rows import read_rows
from formgen.data.sources.spreadsheet.texts import shared_texts
from formgen.data.sources.spreadsheet.worksheet import Worksheet
from formgen.data.sources.table import HiddenParts, RawRow, RawTable
from formgen.problems import Place
from formgen.vocabulary.headers import MergedRange

__all__ = ["spreadsheet_tables"]


@contextlib.contextmanager
def spreadsheet_tables(path: Path, package: Package | None = None) -> Iterator[Iterator[RawTable]]:
    """The worksheets that hold anything; rows can be read until the block ends. `package`: the file, opened already.

    Raises:
        InputError: F-FILE-002 unreadable, F-FILE-004 damaged; F-EXCEL-001 cells too far apart, while rows are read.
    """
    with contextlib.ExitStack() as stack:
        with translated(path):
            book = _Book(path, stack.enter_context(zipfile.ZipFile(path)) if package is None else package)
        yield book.tables()


class _Book:
    def __init__(self, path: Path, package: Package) -> None:
        self.path, self.package = path, package
        self.names = {name.lower(): name for name in package.namelist()}
        self.part = next(self._related("", "/officeDocument"), "")
        if not self.part:
            raise Damaged("officeDocument")
        self.root = parse(self._read(self.part))
        settings = self.root.find("{*}workbookPr")
        is_1904 = settings is not None and settings.get("date1904") in ("1", "true")
        formats, struck = self._styles()
        self.cells = CellReader(self._texts(), formats, is_1904=is_1904, struck=struck)
        targets = self._relations(self.part)
        sheets = self.root.iterfind("{*}sheets/{*}sheet")
        self.sheets = [(sheet, *targets.get(_relation_id(sheet), ("/worksheet", ""))) for sheet in sheets]

    def tables(self) -> Iterator[RawTable]:
        for sheet, kind, part in self.sheets:
            if not kind.endswith("/worksheet"):
                continue
            source = _SheetSource(self, part, sheet.get("name", ""))
            rows = source.rows()
            first = next(rows, None)
            if first is None:
                continue
            is_hidden = sheet.get("state", "visible") != "visible"
            yield RawTable(
                str(self.path),
                source.name,
                functools.partial(itertools.chain, [first], rows),
                merges=source.merges,
                hidden=source.hidden,
                is_hidden=is_hidden,
            )

    def open(self, part: str) -> AbstractContextManager[PartReader]:
        name = self.names.get(part.lower())
        if name is None:
            raise Damaged(part or "worksheet")
        return self.package.open(name)

    def _read(self, part: str) -> bytes:
        with self.open(part) as stream:
            return stream.read()

    def _relations(self, part: str) -> dict[str, tuple[str, str]]:
        """What a part refers to: its name for it → kind and part."""
        folder, name = posixpath.split(part)
        found = {}
        for relation in parse(self._read(f"{folder}/_rels/{name}.rels".lstrip("/"))):
            target = relation.get("Target", "")
            target = (
                target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            )
            found[relation.get("Id", "")] = relation.get("Type", ""), target
        return found

    def _related(self, part: str, kind: str) -> Iterator[str]:
        """The parts of a kind that a part refers to and the package has."""
        for name, target in self._relations(part).values():
            if name.endswith(kind) and target.lower() in self.names:
                yield target

    def _texts(self) -> list[str]:
        for part in self._related(self.part, "/sharedStrings"):
            with self.open(part) as stream:
                return shared_texts(stream)
        return []

    def _styles(self) -> tuple[Sequence[FormatKind | ShownNumber], frozenset[int]]:
        """What the numbers of each style are, and which styles have a line through the text."""
        for part in self._related(self.part, "/styles"):
            root = parse(self._read(part))
            codes = {
                whole_number(item.get("numFmtId")): item.get("formatCode", "")
                for item in root.iterfind("{*}numFmts/{*}numFmt")
            }
            styles = root.findall("{*}cellXfs/{*}xf")
            numbers = [whole_number(item.get("numFmtId")) for item in styles]
            formats = [shown_number(codes.get(number, "")) or format_kind(number, codes) for number in numbers]
            fonts = {index for index, font in enumerate(root.iterfind("{*}fonts/{*}font")) if is_struck(font)}
            struck = (index for index, item in enumerate(styles) if whole_number(item.get("fontId")) in fonts)
            return formats, frozenset(struck)
        return [], frozenset()


class _SheetSource:
    """One worksheet, whose rows are read once and whose merged cells may be asked for before."""

    def __init__(self, book: _Book, part: str, name: str) -> None:
        self.book, self.part, self.name = book, part, name
        self._found: list[MergedRange] | None = None
        self._hidden = HiddenParts()

    def rows(self) -> Iterator[RawRow]:
        with translated(self.book.path), self.book.open(self.part) as stream:
            sheet = Worksheet(stream)
            self._hidden = sheet.hidden.found
            yield from read_rows(sheet, self.book.cells, Place(str(self.book.path), self.name))
            self._found = sheet.merges()

    def hidden(self) -> HiddenParts:
        return self._hidden

    def merges(self) -> list[MergedRange]:
        """Merged cells stand behind the rows: while those are not read the part is gone through for them alone."""
        if self._found is None:
            with translated(self.book.path), self.book.open(self.part) as stream:
                sheet = Worksheet(stream)
                for _ in sheet.chunks():
                    pass
                self._found = sheet.merges()
        return self._found


def _relation_id(sheet: Any) -> str:
    return next((value for key, value in sheet.attrib.items() if key.endswith("}id")), "")
