"""Word files → sheets with sightings.

In: a .docx from outside. Out: one SheetRead for each sheet in it, and what has to be said of the file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from formgen.problems import Place, Problem
from formgen.reading.docx.anatomy import anatomy_of
from formgen.reading.docx.model import Block, said_in
from formgen.reading.docx.parts import WordParts
from formgen.reading.docx.revisions import changed_fields, changed_places
from formgen.reading.docx.seeing import see_sheet
from formgen.reading.docx.sheets import SheetParts, split_sheets
from formgen.reading.docx.stencils import learn_sheet, read_known_sheet
from formgen.reading.identify import FormBook, Identified
from formgen.reading.model import FileRead, SheetRead
from formgen.reading.package import OfficePackage
from formgen.reading.pausing import paused_collector
from formgen.values.masking import mask_long_numbers

__all__ = ["read_docx"]

MOST_PLACES: Final = 5
"""Places of tracked changes outside of fields, or of hidden text, that are named."""
SHOWN: Final = 30
"""Characters of a hidden text that are shown."""


def read_docx(source: Path | OfficePackage, book: FormBook) -> FileRead:
    """What is found in one file; an opened package is left open.

    Raises:
        InputError: F-FILE-…, F-SAFE-…: no Word file, a broken one, or one that is no fit to be opened.
        TemplateError: the template of the form it is of is broken.
    """
    if isinstance(source, OfficePackage):
        with paused_collector():
            return _read(source, book, Place(str(source.path)))
    with OfficePackage(source) as package:
        return read_docx(package, book)


def _read(package: OfficePackage, book: FormBook, place: Place) -> FileRead:
    parts = WordParts(package)
    if (known := read_known_sheet(parts, book, place)) is not None:
        return FileRead([known])
    file = _read_blocks(package, parts, book, place)
    if len(file.sheets) == 1 and not file.problems:
        learn_sheet(package, parts, file.sheets[0], book, place)
    return file


def _read_blocks(package: OfficePackage, parts: WordParts, book: FormBook, place: Place) -> FileRead:
    """Block by block, whatever stands in it."""
    body = parts.body()
    file = FileRead()
    sheets = split_sheets(body, parts, book, place, file.problems)
    known: dict[int, tuple[Identified, SheetRead]] = {}
    for number, sheet in enumerate(sheets):
        texts = list(said_in([*sheet.body, *sheet.heads]))
        identified = book.identify(sheet.claim, texts, place)
        if isinstance(identified, Identified):
            made = see_sheet(sheet, identified, place, parts.walker.has_marked)
            made.problems[:0] = identified.problems
            file.sheets.append(made)
            known[number] = identified, made
        else:
            file.problems += identified
    if parts.walker.changes:
        original = WordParts(package, is_original=True)
        before = split_sheets(original.body(), original, book, place, [])
        file.problems += _tell_changes(parts.walker.changes, sheets, before, known, place, original.walker.has_marked)
    printed = sum(anatomy_of(item.manifest).remarks for item, _ in known.values() if "docx" in item.manifest.templates)
    if (remarks := parts.walker.remarks - printed) > 0:
        file.problems.append(Problem("F-WORD-014", place, str(remarks)))
    if parts.walker.hidden:
        file.problems.append(_tell_hidden(parts.walker.hidden, place))
    return file


def _tell_hidden(hidden: Sequence[tuple[str, str]], place: Place) -> Problem:
    """Once a file: a table may have any number of hidden rows."""
    shown = [(at, mask_long_numbers(" ".join(text.split()))[:SHOWN]) for at, text in hidden[:MOST_PLACES]]
    told = [f"{at}：{text}" if text else at for at, text in shown]
    return Problem("F-WORD-010", place, "；".join(told) + "…" * (len(hidden) > MOST_PLACES))


def _tell_changes(
    count: int,
    sheets: Sequence[SheetParts],
    before: Sequence[SheetParts],
    known: Mapping[int, tuple[Identified, SheetRead]],
    place: Place,
    has_marked: bool,
) -> list[Problem]:
    """Tell tracked changes to the sheets whose fields they touched; returns what there is to say of the file."""
    told: set[str] = set()
    if len(sheets) == len(before):
        for number, (identified, made) in known.items():
            problems, places = changed_fields(made, see_sheet(before[number], identified, place, has_marked), place)
            made.problems += problems
            told |= places
    changed = changed_places(_blocks_of(sheets), _blocks_of(before))
    others = [at for at in changed if at not in told]
    if told and not others:
        return []
    shown = "、".join(others[:MOST_PLACES]) + "…" * (len(others) > MOST_PLACES)
    return [Problem("F-WORD-003", place, shown or str(count))]


def _blocks_of(sheets: Sequence[SheetParts]) -> list[Block]:
    """All blocks of a file. What stands on continuation sheets is told at its fields; heads may be those of several
    sheets."""
    heads = [head for sheet in sheets for head in sheet.heads]
    return [block for sheet in sheets for block in sheet.body] + list(dict.fromkeys(heads))
