"""The forms as they are printed: the layout of each, and its background's pages by their content.

In: manifests. Out: which page of which form's background a form XObject is; what is printed on it. Read once a process.
"""

from __future__ import annotations

import functools
import hashlib
import weakref
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import pikepdf

from formgen.errors import TemplateError
from formgen.forms.layout import BACKGROUND, LAYOUT, Band, Layout, RowRole, Spot, read_layout
from formgen.forms.manifest import Manifest
from formgen.problems import Place, Problem
from formgen.reading.identify import FormBook
from formgen.reading.pdf.content import read_content
from formgen.reading.pdf.found import PageContent
from formgen.reading.pdf.glyphs import Char, Word, page_chars, rows_of, words_on
from formgen.reading.pdf.resources import Resources
from formgen.reading.pdf.rules import Rules

__all__ = ["ArtRole", "FormPrint", "PrintBook", "PrintedArt", "SpotFinder", "print_book"]

Strip = Literal["before", "after", "frame", "first", "next", "row", "tail"]
STEP_PT: Final = 16.0


class SpotFinder:
    """The spots of a page or band by where they are."""

    def __init__(self, spots: Sequence[Spot]) -> None:
        self.spots = spots
        self._steps: dict[int, list[tuple[float, float, float, float, int]]] = {}
        for index, spot in enumerate(spots):
            left, top, right, bottom = spot.cell
            for step in range(int(top // STEP_PT), int(bottom // STEP_PT) + 1):
                self._steps.setdefault(step, []).append((left, top, right, bottom, index))

    def at(self, x: float, y: float) -> int | None:
        """The spot whose cell holds a point; of several the smallest."""
        found: int | None = None
        least = float("inf")
        for left, top, right, bottom, index in self._steps.get(int(y // STEP_PT), ()):
            if left <= x <= right and top <= y <= bottom:
                area = (right - left) * (bottom - top)
                if area < least:
                    found, least = index, area
        return found


@dataclass(frozen=True, slots=True)
class ArtRole:
    """What a page of the background is for."""

    strip: Strip
    index: int = 0
    """Of the pages before or after the growing table."""
    row: RowRole = "single"


@dataclass(frozen=True, slots=True)
class PrintedArt:
    """A page of a form's background."""

    form: FormPrint
    number: int
    role: ArtRole


class FormPrint:
    """One form's layout and background."""

    def __init__(self, manifest: Manifest) -> None:
        """Raises: TemplateError: F-LAYOUT-001, F-LAYOUT-002, F-PDF-002."""
        self.manifest = manifest
        self.layout: Layout = read_layout(manifest.folder / LAYOUT)
        self.roles = _roles(self.layout)
        self.finders = {art: SpotFinder(spots) for art, spots in _spots(self.layout).items()}
        self._background = manifest.folder / BACKGROUND
        with _pages(self._background) as pages:
            self.digests = [_digest(content) for _, _, content in pages]
            self.heights = [height for height, _, _ in pages]
        self._chars: dict[int, Sequence[Char]] = {}
        self._words: dict[int, Sequence[Word]] = {}
        self._rules: dict[int, Rules] = {}

    def band(self, role: ArtRole) -> Band | None:
        """None of a page."""
        flow = self.layout.flow
        if flow is None or role.strip in ("before", "after"):
            return None
        bands = {"frame": flow.frame, "first": flow.first, "next": flow.next, "tail": flow.tail}
        return flow.rows.get(role.row, flow.rows["single"]) if role.strip == "row" else bands[role.strip]

    def chars(self, art: int) -> Sequence[Char]:
        """What is printed on a page of the background, as a person sees it."""
        if art not in self._chars:
            self._chars[art] = page_chars(self.contents[art].lines, (1.0, 0.0, 0.0, -1.0, 0.0, self.heights[art]))
        return self._chars[art]

    def rules(self, art: int) -> Rules:
        """The rules on a page of the background."""
        if art not in self._rules:
            view = (1.0, 0.0, 0.0, -1.0, 0.0, self.heights[art])
            self._rules[art] = Rules(self.contents[art].segments, view)
        return self._rules[art]

    def words(self, art: int) -> Sequence[Word]:
        """The words of a page of the background."""
        if art not in self._words:
            self._words[art] = tuple(words_on(rows_of(self.chars(art))))
        return self._words[art]

    @functools.cached_property
    def contents(self) -> list[PageContent[None]]:
        """What is printed on each page of the background; of most forms of a catalogue nobody asks.

        Raises: TemplateError (F-PDF-002): it cannot be read, or is another by now.
        """
        with _pages(self._background) as pages:
            if [_digest(content) for _, _, content in pages] != self.digests:
                reason = "changed while it was in use"
                raise TemplateError(Problem("F-PDF-002", Place(str(self._background)), params={"reason": reason}))
            return [_printed(form, content) for _, form, content in pages]

    @functools.cached_property
    def texts(self) -> tuple[str, ...]:
        """What is printed on the form, line by line."""
        return tuple(line.text for art in sorted(self.roles) for line in self.contents[art].lines)


class PrintBook:
    """The forms that have a compiled layout."""

    def __init__(self, manifests: Iterable[Manifest]) -> None:
        self.forms: dict[str, FormPrint] = {}
        self._arts: dict[bytes, list[PrintedArt]] = {}
        for manifest in manifests:
            if (manifest.folder / LAYOUT).is_file():
                form = self.forms[manifest.id] = FormPrint(manifest)
                for number, role in form.roles.items():
                    self._arts.setdefault(form.digests[number], []).append(PrintedArt(form, number, role))

    def has_twin(self, form: FormPrint) -> bool:
        """Whether another form has the same artwork throughout, as that of a copied programme."""
        artwork = {form.digests[number] for number in form.roles}
        others = (other for other in self.forms.values() if other is not form)
        return any(artwork <= {other.digests[number] for number in other.roles} for other in others)

    def art_of(self, content: bytes) -> tuple[PrintedArt, ...] | None:
        """The pages of backgrounds with this content: of several where a form was copied."""
        found = self._arts.get(_digest(content))
        return tuple(found) if found else None


_books: weakref.WeakKeyDictionary[FormBook, PrintBook] = weakref.WeakKeyDictionary()


def print_book(book: FormBook) -> PrintBook:
    """The prints of a book's forms, as they were when it was first asked: read once, for all files of a run.

    Raises: TemplateError: F-LAYOUT-001, F-LAYOUT-002, F-PDF-002.
    """
    if book not in _books:
        _books[book] = PrintBook(book.manifests.values())
    return _books[book]


def _roles(layout: Layout) -> dict[int, ArtRole]:
    """What each page of the background is for; where one serves twice, the first use."""
    roles: dict[int, ArtRole] = {}
    for index, page in enumerate(layout.before):
        roles.setdefault(page.art, ArtRole("before", index))
    if (flow := layout.flow) is not None:
        roles.setdefault(flow.frame.art, ArtRole("frame"))
        roles.setdefault(flow.first.art, ArtRole("first"))
        roles.setdefault(flow.next.art, ArtRole("next"))
        for row, band in flow.rows.items():
            roles.setdefault(band.art, ArtRole("row", row=row))
        if flow.tail is not None:
            roles.setdefault(flow.tail.art, ArtRole("tail"))
    for index, page in enumerate(layout.after):
        roles.setdefault(page.art, ArtRole("after", index))
    return roles


def _spots(layout: Layout) -> dict[int, tuple[Spot, ...]]:
    spots = {page.art: page.spots for page in (*layout.before, *layout.after)}
    if (flow := layout.flow) is not None:
        bands = [flow.frame, flow.first, flow.next, *flow.rows.values(), *([flow.tail] if flow.tail else [])]
        spots |= {band.art: band.spots for band in bands}
    return spots


@contextmanager
def _pages(path: Path) -> Iterator[list[tuple[float, Any, bytes]]]:
    """The height of each page of a background, the page as a form XObject, and that one's content."""
    try:
        with pikepdf.open(path) as pdf:
            forms = [(page, page.as_form_xobject(handle_transformations=True)) for page in pdf.pages]
            yield [(float(page.mediabox[3]), form, form.read_bytes()) for page, form in forms]
    except FileNotFoundError as exc:
        raise TemplateError(Problem("F-LAYOUT-001", Place(str(path)))) from exc
    except (OSError, ValueError, pikepdf.PdfError, KeyError, TypeError) as exc:
        raise TemplateError(Problem("F-PDF-002", Place(str(path)), params={"reason": str(exc)})) from exc


def _printed(form: Any, content: bytes) -> PageContent[None]:
    page: PageContent[None] = read_content(
        content, Resources(form.get("/Resources"), {}, lambda _: None), has_rules=True
    )
    for line in page.lines:
        for show in line.shows:
            show.font.width(0)  # widths are read while the file is open
    return page


def _digest(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=16).digest()
