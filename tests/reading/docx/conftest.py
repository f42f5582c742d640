"""Read a Word file's bytes in a test."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from formgen.forms.catalogue import Catalogue
from formgen.forms.manifest import Manifest
from formgen.problems import Place
from formgen.reading.docx import read_docx, reader
from formgen.reading.docx.casting import CastPart
from formgen.reading.docx.parts import WordParts
from formgen.reading.identify import FormBook
from formgen.reading.model import FileRead, Reading, SheetRead
from formgen.reading.package import OfficePackage
from formgen.reading.weigh import weigh
from formgen.rendering.docx import compile_docx
from tests.reading.docx import word_edits as edits
from tests.rendering.wordmaker import make_form

ReadFile = Callable[..., FileRead]
ReadOne = Callable[..., Reading]
Edit = Callable[[Any], object]


@pytest.fixture(autouse=True, scope="session")
def known_sheets() -> Iterator[list[str]]:
    """The forms of sheets that were known as a whole: each is read block by block, too, and has to be the same."""
    forms: list[str] = []
    known = reader.read_known_sheet

    def both(parts: WordParts, book: FormBook, place: Place) -> SheetRead | None:
        sheet = known(parts, book, place)
        if sheet is not None:
            forms.append(sheet.manifest.id)
            parsed = read_parsed(parts._package, book, place)
            assert not parsed.problems
            assert list(map(told, parsed.sheets)) == [told(sheet)]
        return sheet

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reader, "read_known_sheet", both)
        yield forms


def told(sheet: SheetRead) -> object:
    """What comes of a sheet: a table may have been seen by rows or by columns."""
    reading = weigh(sheet, "returned.docx")
    problems = sorted(map(str, reading.problems))
    return (
        reading.form,
        reading.version,
        reading.record,
        reading.values,
        dict(reading.evidence),
        reading.doubts,
        problems,
    )


def read_parsed(package: OfficePackage, book: FormBook, place: Place) -> FileRead:
    """A file read with a parser and nothing else: not in fewer words, nothing cast."""
    parts = WordParts(package)
    parts.cast = CastPart(parts._content(parts.document), [])
    parts.walker.looks = True
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("formgen.reading.docx.parts.simplified", lambda content: content)
        return reader._read_blocks(package, parts, book, place)


@pytest.fixture
def read_file(tmp_path: Path) -> ReadFile:
    def read(content: bytes, *forms: Manifest) -> FileRead:
        path = tmp_path / "returned.docx"
        path.write_bytes(content)
        return read_docx(path, FormBook(forms or Catalogue().forms()))

    return read


@pytest.fixture
def read_one(read_file: ReadFile) -> ReadOne:
    """The one sheet of a file, weighed; the file's problems stand with the sheet's."""

    def read(content: bytes, *forms: Manifest) -> Reading:
        file = read_file(content, *forms)
        assert len(file.sheets) == 1, file.problems
        file.sheets[0].problems += file.problems
        return weigh(file.sheets[0], "returned.docx")

    return read


class Paper:
    """A filled form of one's own, changed and read."""

    def __init__(self, folder: Path, read: ReadOne, fields: str, text: str, record: Mapping[str, Any]) -> None:
        self.form = make_form(folder / "form", fields, text)
        self.read = read
        self.printed = compile_docx(self.form).render(record, "r1").content or b""

    def after(self, edit: Edit, part: str = edits.DOCUMENT) -> Reading:
        return self.read(edits.edited(self.printed, edit, part), self.form)


def codes(reading: Reading) -> set[str]:
    return {problem.code for problem in reading.problems}
