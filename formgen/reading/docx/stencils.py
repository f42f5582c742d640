"""Sheets known as a whole: which hole of a file holds which blank of its form.

In: a file that was cast whole. Out: the sheet that reading it block by block gives, without its blocks being made and
compared. A stencil is made by that reading itself, once for the files of a chain: with tokens in the blanks, and with
nothing in them. So it stands for every file of the chain with the same printed words, whatever is written on it; what
written words may change (another form's words, a text that goes on on a continuation sheet) is looked for in each.
"""

from __future__ import annotations

import re
import weakref
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from formgen.forms.manifest import Manifest
from formgen.problems import Place, Problem
from formgen.reading.docx.anatomy import anatomy_of
from formgen.reading.docx.blanks import BY_MARKS, is_row_number
from formgen.reading.docx.casting import CastPart
from formgen.reading.docx.chains import Chain
from formgen.reading.docx.markup import Filled, picker
from formgen.reading.docx.model import Block, said_in, words
from formgen.reading.docx.moulds import Wording, token
from formgen.reading.docx.parts import WordParts
from formgen.reading.docx.pasted import may_hold_several
from formgen.reading.docx.seeing import follows, see_sheet
from formgen.reading.docx.sheets import split_sheets
from formgen.reading.identify import FormBook, Identified, Room
from formgen.reading.model import ColumnRead, SheetIdentity, SheetRead, Sighting
from formgen.reading.package import OfficePackage
from formgen.rendering.continuation import TITLE

__all__ = ["learn_sheet", "read_known_sheet"]

MOST_STENCILS: Final = 4
"""Of one chain: its files may have other printed words."""
MOST_TRIED: Final = 8
"""Files of one chain of which a stencil may be made."""
SIGN: Final = token(0)[0]
"""How tokens begin."""

_PLAIN: Final = re.compile("[\t\n -~·×—‘’“”√\u25a0-\u27bf\u3000-\u3029\u3400-\u4dbf\u4e00-\u9fff\uff01-\uff5e]*+")
"""Characters that folding makes one of, each by itself."""


class _Plain(NamedTuple):
    """A file as it was read block by block."""

    sheet: SheetRead
    said: list[str]
    """What stands on it, as far as it tells which form it is."""
    heads: Mapping[str, list[Block]]
    """Headers and footers by their relationship ids."""


class _Stencil:
    """Of the files of one chain those with the same printed words, and the same headers and footers."""

    def __init__(self, plain: _Plain, chain: Chain, filled: Filled) -> None:
        """`plain`: one of them with tokens in its blanks; `filled`: with what stands there."""
        self._anatomy = anatomy_of(plain.sheet.manifest)
        self._heads = plain.heads
        self._written = picker(chain.blanks)
        self._printed = picker(sorted(set(range(len(filled.texts))) - set(chain.blanks)))
        self._words = self._printed(filled.texts)
        self._said = list(map(Wording, plain.said))
        self._blanks, self._columns = plain.sheet.sightings, plain.sheet.columns
        self._raws = [Wording(str(one.raw)) for one in self._blanks]
        self._columns_raws = [[Wording(str(raw)) for raw in column.raws] for column in self._columns]
        self._numbers = [Wording(unread.text) for unread in plain.sheet.unread]
        """Of rows, which are printed and not read."""
        self._tables = frozenset(plain.sheet.tables)
        joined = [piece for said in self._said if said.hole is None for piece in said.pieces if isinstance(piece, int)]
        self._joints = picker(joined)
        self._joint_count = 2 * len(joined)
        """Ends of written texts that stand beside printed words."""
        self._rooms: weakref.WeakKeyDictionary[FormBook, Room] = weakref.WeakKeyDictionary()

    def fits(self, manifest: Manifest, filled: Filled, parts: WordParts) -> bool:
        """Whether a file of the chain has its printed words, headers and footers, and the form is as it was."""
        return (
            self._printed(filled.texts) == self._words
            and anatomy_of(manifest) is self._anatomy
            and all(parts.head(identity) is head for identity, head in self._heads.items())
        )

    def read(
        self, manifest: Manifest, filled: Filled, claim: SheetIdentity, book: FormBook, place: Place
    ) -> SheetRead | None:
        """None where what is written on it has to be looked at more closely."""
        texts = filled.texts
        if _has_title("".join(texts)) or not all(map(is_row_number, _told(self._numbers, texts))):
            return None
        sheet = SheetRead(manifest, claim, tables=set(self._tables))
        if not self._is_surely(manifest, claim, texts, book):
            identified = book.identify(claim, _told(self._said, texts), place)
            if not isinstance(identified, Identified) or identified.manifest is not manifest:
                return None
            sheet.identity = identified.identity
            sheet.problems += identified.problems
        sheet.sightings = [
            Sighting(one.path, one.layer, one.place, raw, one.confidence, one.part)
            for one, raw in zip(self._blanks, _told(self._raws, texts), strict=True)
        ]
        sheet.columns = [
            ColumnRead(one.table, one.column, one.layer, 1.0, _told(raws, texts), one.numbers, one.before, one.after)
            for one, raws in zip(self._columns, self._columns_raws, strict=True)
        ]
        return sheet

    def _is_surely(self, manifest: Manifest, claim: SheetIdentity, texts: Sequence[str], book: FormBook) -> bool:
        """Whether nothing that is written can make it a sheet of another form."""
        if book.wanted or claim.version not in ("", manifest.version):
            return False
        if book not in self._rooms:
            pieces = [piece for said in self._said for piece in said.pieces]
            self._rooms[book] = book.room(manifest.id, [piece for piece in pieces if isinstance(piece, str)])
        if _PLAIN.fullmatch("".join(self._joints(texts))) is None:
            return False
        return book.has_room(self._rooms[book], self._written(texts), self._joint_count)


class _Known:
    """The stencils of one chain."""

    def __init__(self) -> None:
        self.stencils: list[_Stencil] = []
        self.tried = 0


_KNOWN: weakref.WeakKeyDictionary[Chain, _Known] = weakref.WeakKeyDictionary()


def read_known_sheet(parts: WordParts, book: FormBook, place: Place) -> SheetRead | None:
    """The one sheet of a file, if it is known as a whole.

    Raises: as reading it block by block.
    """
    manifest, filled = _claimed(parts, book), parts.cast.filled
    known = _KNOWN.get(parts.cast.chain) if parts.cast.chain is not None else None
    if known is None or filled is None or manifest is None:
        return None
    for stencil in known.stencils:
        if stencil.fits(manifest, filled, parts):
            return stencil.read(manifest, filled, parts.claims[0], book, place)
    return None


def _claimed(parts: WordParts, book: FormBook) -> Manifest | None:
    """The form of a file's one sheet, as it says; None where the user says otherwise."""
    if len(parts.claims) != 1 or book.wanted not in ("", parts.claims[0].form):
        return None
    manifest = book.manifests.get(parts.claims[0].form)
    return manifest if manifest is not None and "docx" in manifest.templates else None


def learn_sheet(package: OfficePackage, parts: WordParts, sheet: SheetRead, book: FormBook, place: Place) -> None:
    """Make a stencil of a file that was read block by block, as this sheet, if its blanks can be told from what is
    printed on it."""
    manifest, chain, filled = _claimed(parts, book), parts.cast.chain, parts.cast.filled
    if chain is None or filled is None or manifest is None:
        return
    known = _KNOWN.setdefault(chain, _Known())
    if known.tried >= MOST_TRIED or any(stencil.fits(manifest, filled, parts) for stencil in known.stencils):
        return
    known.tried += 1
    made = _stencil(package, chain, filled, book, place)
    if made is not None and made.read(manifest, filled, parts.claims[0], book, place) == sheet:
        known.stencils.insert(0, made)
        del known.stencils[MOST_STENCILS:]


def _stencil(package: OfficePackage, chain: Chain, filled: Filled, book: FormBook, place: Place) -> _Stencil | None:
    blanks = frozenset(chain.blanks)
    whole, blank = (
        _plainly_read(package, CastPart(chain.made, chain.rows(filled._replace(texts=texts))), book, place)
        for texts in (
            [token(number) if number in blanks else text for number, text in enumerate(filled.texts)],
            ["" if number in blanks else text for number, text in enumerate(filled.texts)],
        )
    )
    if whole is None or blank is None or _outline(whole.sheet) != _outline(blank.sheet):
        return None
    if SIGN in "".join([*filled.texts, *blank.said, *(str(one.raw) for one in blank.sheet.sightings)]):
        return None  # somebody wrote what looks like a token
    return _Stencil(whole, chain, filled)


def _plainly_read(package: OfficePackage, cast: CastPart, book: FormBook, place: Place) -> _Plain | None:
    """A file with these rows, if it is one sheet that follows its form to the letter, and there is nothing to be said
    of it."""
    parts = WordParts(package, cast=cast)
    problems: list[Problem] = []
    sheets = split_sheets(parts.body(), parts, book, place, problems)
    if len(sheets) != 1 or problems or sheets[0].continuations or sheets[0].loose:
        return None
    (sheet,) = sheets
    said = list(said_in([*sheet.body, *sheet.heads]))
    identified = book.identify(sheet.claim, said, place)
    if not isinstance(identified, Identified) or identified.identity != sheet.claim:
        return None
    anatomy = anatomy_of(identified.manifest)
    if parts.walker.changes or parts.walker.hidden or parts.walker.remarks > anatomy.remarks:
        return None
    if may_hold_several(sheet.body, (), sheet.claim.form, book) or not follows(sheet, anatomy):
        return None
    made = see_sheet(sheet, identified, place, parts.walker.has_marked)
    if made.problems or not BY_MARKS.issuperset([one.layer for one in made.sightings]):
        return None
    if not BY_MARKS.issuperset([column.layer for column in made.columns]):
        return None
    return _Plain(made, said, dict(parts.heads))


def _outline(sheet: SheetRead) -> object:
    """All of a sheet but what stands in its blanks."""
    return (
        sheet.tables,
        [(one.path, one.layer, one.place, one.confidence, one.part) for one in sheet.sightings],
        [(one.table, one.column, one.layer, one.place(0), len(one.raws)) for one in sheet.columns],
    )


def _has_title(said: str) -> bool:
    """Whether a continuation sheet may begin on it."""
    return TITLE[0] in said and TITLE in words(said)


def _told(wordings: Sequence[Wording], texts: Sequence[str]) -> list[str]:
    return [texts[one.hole] if one.hole is not None else one.text(texts) for one in wordings]
