"""What a workbook says of itself beside its sheets: form and record, names of cells, its date system.

In: the file. Out: identity (custom properties), the cells that names beginning with `f_` point at, whether days are
counted from 1904, and how much lies over the cells that is not read. Of an .ods the first three are in meta.xml and
content.xml, of an .xls in streams of another format; where those cannot be read, its sheets are known by their words.
Source: ECMA-376 Part 1, 18.2.5 (definedName), 18.2.28 (workbookPr), 22.3 (custom properties); OpenDocument 1.2, 4.3.3.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from formgen.reading.model import SheetIdentity
from formgen.reading.package import OfficePackage
from formgen.reading.xlsx.property_set import STREAM, user_properties
from formgen.rendering.xlsx.references import column_index

__all__ = ["BookFacts", "NamedCell", "book_facts"]

ZIP_MAGIC: Final = b"PK\x03\x04"
CUSTOM_PART: Final = "docProps/custom.xml"
ODS_NAME: Final = re.compile(rb"<table:named-range\s[^>]*>")
ODS_1904: Final = re.compile(rb"<table:null-date\s[^>]*\"1904-01-01")
XLS_1904: Final = bytes.fromhex("220002000100")
"""The record Date1904, set (MS-XLS 2.4.77)."""
ODS_ATTRIBUTE: Final = re.compile(rb'table:(name|cell-range-address)\s*=\s*"([^"]*)"')
BESIDE_CELLS: Final = (
    (
        re.compile(r"xl/drawings/[^/]+\.xml"),
        re.compile(rb"<(?:[\w.-]+:)?(?:two|one)CellAnchor\b|<(?:[\w.-]+:)?absoluteAnchor\b"),
    ),
    (re.compile(r"xl/(?:comments/)?comments?[0-9]*\.xml"), re.compile(rb"<(?:[\w.-]+:)?comment\s")),
)
"""Drawings, then comments: which parts hold them, and how each begins. Threads of comments have a copy among these."""
CELL: Final = re.compile(
    r"(?P<sheet>'(?:[^']|'')+'|[^'!.]+)[!.]\$?(?P<column>[A-Z]{1,3})\$?(?P<row>[1-9][0-9]{0,6})(?![\w(])"
)


@dataclass(frozen=True, slots=True)
class NamedCell:
    """A cell that a name of formgen's points at; zero-based."""

    key: str
    sheet: str
    row: int
    column: int


@dataclass(frozen=True, slots=True)
class BookFacts:
    """What a workbook says of itself."""

    identity: SheetIdentity = field(default_factory=SheetIdentity)
    names: Sequence[NamedCell] = ()
    is_1904: bool | None = False
    """None: it may be."""
    drawings: int = 0
    """Pictures, text boxes and lines that lie over its sheets."""
    comments: int = 0


def book_facts(source: Path | OfficePackage) -> BookFacts:
    """An opened package is left open. Raises: InputError: the package is damaged or unsafe."""
    if isinstance(source, OfficePackage):
        return _package_facts(source)
    with source.open("rb") as stream:
        if stream.read(4) != ZIP_MAGIC:
            return _old_facts(source)
    with OfficePackage(source) as package:
        return _package_facts(package)


def _package_facts(package: OfficePackage) -> BookFacts:
    names = set(package.names)
    if "content.xml" in names:
        return _ods_facts(package)
    part = next((name for name in sorted(names) if name.startswith("xl/") and name.endswith("workbook.xml")), "")
    if not part:
        return BookFacts()
    root = package.xml(part)
    properties = package.xml(CUSTOM_PART) if CUSTOM_PART in names else None
    texts = {} if properties is None else {item.get("name"): "".join(item.itertext()) for item in properties}
    settings = root.find("{*}workbookPr")
    is_1904 = settings is not None and settings.get("date1904") in ("1", "true")
    cells = [
        cell
        for element in root.iterfind("{*}definedNames/{*}definedName")
        if (cell := _named_cell(element.get("name", ""), element.text or "")) is not None
    ]
    drawings, comments = (_count(package, part, element) for part, element in BESIDE_CELLS)
    return BookFacts(_identity(texts), cells, is_1904, drawings, comments)


def _count(package: OfficePackage, part: re.Pattern[str], element: re.Pattern[bytes]) -> int:
    """How many elements of a kind the parts of a kind have."""
    return sum(len(element.findall(package.read(name))) for name in package.names if part.fullmatch(name))


def _ods_facts(package: OfficePackage) -> BookFacts:
    texts: dict[Any, str] = {}
    if "meta.xml" in package.names:
        for element in package.xml("meta.xml").iter("{*}user-defined"):
            name = next((value for key, value in element.attrib.items() if key.endswith("}name")), "")
            texts[name] = "".join(element.itertext())
    cells = []
    content = package.read("content.xml")
    for match in ODS_NAME.findall(content):
        given = {key: value.decode("utf-8", "replace") for key, value in ODS_ATTRIBUTE.findall(match)}
        address = given.get(b"cell-range-address", "").replace("&apos;", "'").removeprefix("$")
        if (cell := _named_cell(given.get(b"name", ""), address)) is not None:
            cells.append(cell)
    return BookFacts(_identity(texts), cells, ODS_1904.search(content) is not None)


def _old_facts(path: Path) -> BookFacts:
    """Of an .xls."""
    from formgen.data.sources.old_workbook import open_old_workbook

    book = open_old_workbook(path)
    if book is None:
        return BookFacts(is_1904=None if XLS_1904 in path.read_bytes() else False)
    cells = [
        NamedCell(area.name[2:], area.sheet, area.row, area.column)
        for area in book.names()
        if area.name.startswith("f_")
    ]
    return BookFacts(_identity(user_properties(book.stream(STREAM))), cells, book.is_1904)


def _identity(texts: Mapping[Any, str]) -> SheetIdentity:
    return SheetIdentity(*(texts.get(f"formgen.{name}", "").strip() for name in ("form", "version", "record")))


def _named_cell(name: str, address: str) -> NamedCell | None:
    """The first cell a name points at; None where it is none of ours or points nowhere (#REF!)."""
    match = CELL.match(address.strip())
    if not name.startswith("f_") or match is None:
        return None
    sheet = match["sheet"]
    sheet = sheet[1:-1].replace("''", "'") if sheet.startswith("'") else sheet
    return NamedCell(name[2:], sheet, int(match["row"]) - 1, column_index(match["column"]) - 1)
