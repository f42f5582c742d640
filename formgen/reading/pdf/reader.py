"""A PDF file → the sheets of forms in it.

In: a file. Out: sheets with what stands in their blanks, and problems about pages that are none. Pages that formgen
printed are read from their operators, without rendering; what was printed by other programs goes by the words that are
printed on the form (`strange`).
Limits: 20,000 pages; pages no larger than 200 inches; a file that needs a password is refused.
"""

from __future__ import annotations

import re
import weakref
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, Literal

import pikepdf

from formgen.errors import InputError
from formgen.forms.page_code import PageCode
from formgen.problems import Place, Problem
from formgen.reading.identify import FormBook, Identified
from formgen.reading.labels import read_by_labels
from formgen.reading.model import FileRead, SheetIdentity, SheetRead
from formgen.reading.pausing import paused_collector
from formgen.reading.pdf.annotations import has_stale_looks, has_xfa, read_annotations
from formgen.reading.pdf.codes import decode_inline
from formgen.reading.pdf.fonts import LOST
from formgen.reading.pdf.found import PageContent
from formgen.reading.pdf.frames import Frame, frames_of, note_covered, note_drawings, sort_lines
from formgen.reading.pdf.glyphs import garbled
from formgen.reading.pdf.leaves import Leaf, Stack, stack_leaves
from formgen.reading.pdf.pages import Arts, PageReader
from formgen.reading.pdf.printed_sheet import SheetPage
from formgen.reading.pdf.prints import FormPrint, PrintBook, print_book
from formgen.reading.pdf.raster import Pdfium
from formgen.reading.pdf.rests import is_continuation
from formgen.reading.pdf.sightings import Overlay, sight_copy
from formgen.reading.pdf.spreadsheets import read_printed_sheets
from formgen.reading.pdf.strangers import StrangePages, UnknownPage
from formgen.reading.pdf.trust import distrust_covered

__all__ = ["read_pdf"]

MOST_PAGES: Final = 20_000
SHOWN: Final = 120
WORD_PROCESSORS: Final = re.compile(r"\bWriter\b|Word|文字")
"""In what a PDF says of the program that made it: Writer, Microsoft Word, WPS 文字."""
WRAPPED: Final = frozenset(["text", "long-text"])
"""Types of values in which a line end says something."""

BROKEN: Final = (pikepdf.PdfError, pikepdf.DataDecodingError)
ODD: Final = (*BROKEN, AttributeError, KeyError, OverflowError, TypeError, ValueError)
"""What pikepdf raises where the objects of a page are others than they have to be."""

Claim = Literal["property", "page-code"]
_known: weakref.WeakKeyDictionary[FormBook, dict[tuple[str, str, str], Identified]] = weakref.WeakKeyDictionary()
"""What books of forms say of sheets of which nothing is to be said."""


def read_pdf(path: Path, book: FormBook) -> FileRead:
    """The sheets of one file.

    Raises:
        InputError: F-FILE-001 … 005 it cannot be read; F-PDFREAD-001 it needs a password; F-PDFREAD-002 it is no PDF
            or broken; F-PDFREAD-014 it has too many or too large pages.
        TemplateError: F-LAYOUT-001, F-LAYOUT-002, F-PDF-002: a form of the catalogue is broken.
    """
    prints = print_book(book)
    place = Place(str(path))
    try:
        with paused_collector(), pikepdf.open(path, suppress_warnings=True) as pdf, Pdfium(str(path)) as drawn:
            return _File(path, pdf, book, prints, drawn).read()
    except pikepdf.PasswordError as exc:
        raise InputError(Problem("F-PDFREAD-001", place)) from exc
    except OSError as exc:
        code = "F-FILE-001" if isinstance(exc, FileNotFoundError) else "F-FILE-002"
        raise InputError(Problem(code, place, params={"reason": exc.strerror or type(exc).__name__})) from exc
    except BROKEN as exc:
        raise InputError(Problem("F-PDFREAD-002", place, params={"reason": _reason(exc, path)})) from exc


def _reason(what: object, path: Path) -> str:
    """What a library says, without the file's path before it."""
    return " ".join(str(what).replace(str(path), "").lstrip(": ").split())[:SHOWN] or type(what).__name__


class _File:
    """One open file."""

    def __init__(self, path: Path, pdf: pikepdf.Pdf, book: FormBook, prints: PrintBook, drawn: Pdfium) -> None:
        self.path, self.pdf, self.book, self.prints = path, pdf, book, prints
        self.file = str(path)
        self.pages = PageReader(self.file, pdf, prints)
        self.strangers = StrangePages(drawn, prints, self.pages, may_be_sheets=not _is_of_word(pdf))
        self.read_so_far = FileRead()
        self.overlays: dict[int, Overlay] = {}
        self.unknown: list[tuple[int, UnknownPage]] = []
        """Pages on which no form's words stand where they should."""
        self.sheet_pages: list[SheetPage] = []
        self.claimed = _claimed(pdf)

    def read(self) -> FileRead:
        leaves = list(self._leaves())
        if warnings := self.pdf.get_warnings():
            self._say("F-PDFREAD-003", _reason(warnings[0], self.path))
        if has_xfa(self.pdf):
            self._say("F-PDFREAD-012")
        stacks, lone = stack_leaves(leaves)
        for stack in stacks:
            self._read_stack(stack)
        if lone:
            self._say("F-PDFREAD-009", _pages([leaf.page_number for leaf in lone]))
        self._read_spreadsheets()
        self._read_unknown()
        found = self.read_so_far
        if not found.sheets and not any(problem.is_error for problem in found.problems):
            self._say("F-PDFREAD-017")  # its pages, if it has any, are blank
        return found

    def _leaves(self) -> Iterator[Leaf]:
        pages = self.pdf.pages
        if len(pages) > MOST_PAGES:
            raise InputError(Problem("F-PDFREAD-014", Place(self.file), str(len(pages))))
        is_stale = has_stale_looks(self.pdf)
        for number, page in enumerate(pages, 1):
            try:
                content = self.pages.content(page, number)
                self.overlays[number] = read_annotations(page.obj, self.pages.resources, are_looks_stale=is_stale)
            except ODD as exc:
                self._say("F-PDFREAD-016", _reason(exc, self.path), number)
                continue
            frames = frames_of(content, number, self.claimed.form or _form_of(content))
            if content.has_hidden:
                self._say("F-PDFREAD-013", "", number)
            if content.is_endless or (frames and content.is_damaged):
                reason = "a form without an end" if content.is_endless else "operators without operands"
                self._say("F-PDFREAD-016", reason, number)
            elif frames and garbled("".join([line.text for line in content.lines if line.text.strip(LOST)])) == "codes":
                self._say("F-PDFREAD-005", "", number)
            elif frames:
                sort_lines(content.lines, frames)
                note_drawings(content.drawings, frames)
                for frame in frames:
                    distrust_covered(frame)
                    yield Leaf(number, _code_of(content, frame), frame)
            elif content.is_readable and is_continuation(content.lines):
                if any(line.is_covered for line in content.lines):
                    self._say("F-PDFREAD-020", "", number)
                    content.lines = [line for line in content.lines if not line.is_covered]
                yield Leaf(number, _code_of(content, None), None, content.lines)
            elif (leaf := self._take_strange(page, number, content)) is not None:
                yield leaf

    def _take_strange(self, page: pikepdf.Page, number: int, content: PageContent[Arts]) -> Leaf | None:
        """A page without our artwork."""
        if not content.lines and content.is_readable:
            if content.pictures:
                self._say("F-PDFREAD-004", "", number)
            return None  # a blank page, as the back of a sheet
        found = self.strangers.read(page, number, content, self.claimed.form)
        if any(line.is_covered for line in content.lines):
            self._say("F-PDFREAD-011", "", number)
        if isinstance(found, Leaf):
            if found.frame is not None:
                note_covered(content.lines, found.frame)
            return found
        if isinstance(found, SheetPage):
            self.sheet_pages.append(found)
            return None
        if isinstance(found, str):
            self._say(found, "", number)
        else:
            self.unknown.append((number, found))
        return None

    def _read_spreadsheets(self) -> None:
        """Pages of filled workbooks that somebody printed: those of one form that follow each other together."""
        groups: list[list[SheetPage]] = []
        for page in self.sheet_pages:
            is_next = groups and groups[-1][-1].number == page.number - 1
            if is_next and groups[-1][-1].manifest is page.manifest:
                groups[-1].append(page)
            else:
                groups.append([page])
        for pages in groups:
            form = self.prints.forms[pages[0].manifest.id]
            found = self._identify(form, None, Place(self.file, cell=_pages([page.number for page in pages])))
            if isinstance(found, list):
                self.read_so_far.problems += found
            elif found.manifest is not pages[0].manifest:  # the user says so
                self.unknown += [(page.number, UnknownPage(page.texts, page.ruled)) for page in pages]
            else:
                self.read_so_far.sheets += read_printed_sheets(self.path, pages, found)

    def _read_unknown(self) -> None:
        """Pages that are of no form, or of a form with other words or places: read by the labels on them."""
        if not self.unknown:
            return
        numbers = [number for number, _ in self.unknown]
        place = Place(self.file, cell=_pages(numbers))
        found = self.book.identify(self.claimed, [text for _, page in self.unknown for text in page.texts], place)
        if isinstance(found, list):
            self.read_so_far.problems += found
            return
        if self._read_grids(found):
            return
        from formgen.reading.pdf.grid import text_grid  # pdfplumber, which forms of ours do without

        try:
            grid = text_grid(self.path, numbers)
        except InputError as exc:  # the file's other sheets have been read
            self.read_so_far.problems.append(exc.problem)
            return
        sheet = read_by_labels(grid, found.manifest, found.identity)
        sheet.pages = tuple(numbers)
        sheet.problems += found.problems
        for sighting in sheet.sightings:
            item = found.manifest.field(sighting.path[0])
            if item.type_name in WRAPPED and "\n" in str(sighting.raw):
                where = Place(self.file, cell=sighting.place, label=item.label)
                sheet.problems.append(Problem("F-PDFREAD-015", where, record=found.identity.record or None))
        self.read_so_far.sheets.append(sheet)

    def _read_grids(self, found: Identified) -> bool:
        """Read unknown pages as a printed spreadsheet, where the form may be one; False where they are none."""
        if not found.manifest.template("xlsx").is_file():
            return False
        pages = [
            SheetPage(number, found.manifest, page.ruled) for number, page in self.unknown if page.ruled is not None
        ]
        sheets = list(read_printed_sheets(self.path, pages, found)) if len(pages) == len(self.unknown) else []
        if any(sheet.tables or sheet.problems for sheet in sheets):
            self.read_so_far.sheets += sheets
            return True
        cut = [page.number for page in pages if any(cell.is_cut for cell in page.ruled.cells)]
        if cut:  # whoever goes by labels alone does not see what is cut off
            self.read_so_far.problems.append(Problem("F-PDFREAD-018", Place(self.file, cell=_pages(cut))))
        return bool(cut)

    def _read_stack(self, stack: Stack) -> None:
        form = stack.form
        found = self._identify(form, stack.code, Place(self.file, cell=_pages(stack.page_numbers)))
        if isinstance(found, list):
            self.read_so_far.problems += found
            return
        if found.manifest is not form.manifest:  # the user says so
            self.unknown += [(number, UnknownPage(form.texts, None)) for number in stack.page_numbers]
            return
        sheet = SheetRead(form.manifest, found.identity, stack.page_numbers)
        sheet.problems += found.problems
        self._tell_pages(stack, sheet)
        for leaves in stack.copies:
            sight_copy(sheet, leaves, self.overlays, self.file, has_all_rows=stack.has_all_rows)
        self.read_so_far.sheets.append(sheet)

    def _identify(self, form: FormPrint, code: PageCode | None, place: Place) -> Identified | list[Problem]:
        """The form of a sheet whose words are all a form's: as its page code or the file says, else that form."""
        version = code.version if code is not None else self.claimed.version or form.layout.version
        record = code.record if code is not None else self.claimed.record
        identity = SheetIdentity(form.manifest.id, version, record)
        if code is None and not self.claimed.form and self.prints.has_twin(form):
            found = self.book.identify(SheetIdentity(), form.texts, place)  # nothing on the page tells them apart
        else:
            found = self._identified(identity, form, place, "page-code" if code is not None else "property")
        return found if isinstance(found, list) else replace(found, identity=identity)

    def _identified(
        self, identity: SheetIdentity, form: FormPrint, place: Place, claimed_by: Claim
    ) -> Identified | list[Problem]:
        """The form of a sheet whose words are all the form's: the same for all of a form and version."""
        known = _known.setdefault(self.book, {})
        key = form.manifest.id, identity.version, claimed_by
        if key in known and known[key].manifest is form.manifest:
            return known[key]
        found = self.book.identify(identity, form.texts, place, claimed_by)
        if isinstance(found, Identified) and not found.problems:
            known[key] = found
        return found

    def _tell_pages(self, stack: Stack, sheet: SheetRead) -> None:
        record = sheet.identity.record or None
        if stack.missing:
            place = Place(self.file, cell=_pages(stack.page_numbers))
            found = "、".join(map(str, stack.missing))
            sheet.problems.append(Problem("F-PDFREAD-006", place, found, {}, record))
        for number, pages in stack.double:
            place = Place(self.file, cell=_pages(pages))
            sheet.problems.append(Problem("F-PDFREAD-007", place, str(number), {}, record))

    def _say(self, code: str, found: str = "", page_number: int | None = None) -> None:
        cell = f"第{page_number}页" if page_number is not None else ""
        self.read_so_far.problems.append(Problem(code, Place(self.file, cell=cell), found, {"reason": found}))


def _code_of(content: PageContent[Arts], frame: Frame | None) -> PageCode | None:
    """The page code of a page, or of one of several pages on it."""
    for image in content.images:
        if frame is not None:
            x, y = frame.point(image.matrix[4], image.matrix[5])
            if not frame.holds(x, y):
                continue
        code = decode_inline(image)
        if code is not None:
            return code
    return None


def _form_of(content: PageContent[Arts]) -> str:
    """The form that the page's code names; '' where it has none. Programmes may have forms of the same artwork."""
    code = _code_of(content, None)
    return code.form if code is not None else ""


def _claimed(pdf: pikepdf.Pdf) -> SheetIdentity:
    """What the file says of itself."""
    information = pdf.trailer.get("/Info")
    if not isinstance(information, pikepdf.Dictionary):
        return SheetIdentity()
    form, version, record = (str(information.get(f"/formgen.{name}", "")) for name in ("form", "version", "record"))
    return SheetIdentity(form, version, record)


def _is_of_word(pdf: pikepdf.Pdf) -> bool:
    """Whether the file says that a word processor made it."""
    information = pdf.trailer.get("/Info")
    if not isinstance(information, pikepdf.Dictionary):
        return False
    return any(WORD_PROCESSORS.search(str(information.get(key, ""))) for key in ("/Creator", "/Producer"))


def _pages(numbers: Any) -> str:
    return "第" + "、".join(map(str, numbers)) + "页"
