"""The rows and paragraphs of a part that are of a make seen before, taken out of it before it is parsed: most of a Word
file is markup that repeats from row to row, and from file to file of one form.

In: a part's bytes. Out: the same with a short placeholder for each such row, and each such paragraph outside of them,
and the rows. A row of a new make is parsed and walked by itself, with tokens where its texts stand; from then on its
make is known in this process. What remains is the same bytes for the files of a form, and so it is parsed once.
Only rows without anything uncommon (tables in cells, drawings, fields, tracked changes) have a make; the others remain
in the part, as does everything where a comment, a processing instruction or another meaning of the prefix could make
a row something else than a row.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

from lxml import etree

from formgen.reading.docx.chains import Chain, Chains
from formgen.reading.docx.holes import Hole, ends_of, holes_of
from formgen.reading.docx.last_edited import has_number, without_last_edited
from formgen.reading.docx.markup import Filled, Markup
from formgen.reading.docx.model import Cell
from formgen.reading.docx.moulds import FIRST_NUMBER, LONGEST_ROW, CastRow, CellMould, RowMould, token
from formgen.reading.docx.noise import CHANGES, Noise
from formgen.reading.docx.roots import PLACEHOLDER, Root, is_unambiguous, part_root
from formgen.reading.docx.saved import Markups
from formgen.reading.docx.simplifying import Simplifier, is_numbered
from formgen.rendering.docx.wordml import Element, w

__all__ = ["CastPart", "RowWalk", "cast_rows"]

RowWalk = Callable[[Element], tuple[list[Cell], int] | None]
"""A row's cells and how many paragraphs it has; None where there is more in it than cells with texts and marks. Of a
paragraph: what it says as one cell."""

_TEXT: Final = re.compile(rb">[^<>]*[^<>\s]")
"""In markup between holes: a text that is in none of them."""
_STRANGE: Final = (b"<!", b"<?", b"xmlns", b"<w:drawing", b"<w:pict")
MOST_ROOTS: Final = 16
MOST_NEW: Final = 64
"""Makes learnt from one file; one whose every row is different is parsed as it is."""
MOST_MOULDS: Final = 512
MOST_FOLLOWERS: Final = 3
COMMON: Final = frozenset(
    map(
        w,
        (
            *("tr", "tc", "p", "r", "t", "tab", "br", "sdt", "sdtContent", "bookmarkStart", "bookmarkEnd"),
            *("proofErr", "lastRenderedPageBreak"),
        ),
    )
)
SECTION: Final = w("sectPr")
PROPERTIES: Final = frozenset(map(w, ("trPr", "tcPr", "pPr", "rPr", "sdtPr", "sdtEndPr")))


class _Kind(NamedTuple):
    """What is cast: rows of tables, then paragraphs outside of those."""

    tag: str
    starts: tuple[bytes, bytes]
    end: bytes
    place: bytes
    """What stands for it in the part, with its number."""

    def next(self, content: bytes, at: int) -> int:
        """Where the next one begins; below 0 where none does."""
        if content.startswith(self.starts, at):
            return at
        start = self.starts[0][:-1]
        at = content.find(start, at)
        while at >= 0 and not content.startswith(self.starts, at):
            at = content.find(start, at + 1)
        return at


KINDS: Final = tuple(
    _Kind(
        w(name),
        (f"<w:{name}>".encode(), f"<w:{name} ".encode()),
        f"</w:{name}>".encode(),
        f'<w:{name} {PLACEHOLDER}="%d"/>'.encode(),
    )
    for name in ("tr", "p")
)


class _Foundry:
    """The makes of rows, or of paragraphs, under one root element: its declarations give prefixes their meaning."""

    def __init__(self, root: Root, kind: _Kind, noise: Noise, simplifier: Simplifier) -> None:
        self._root, self._kind = root, kind
        self._noise, self._simplifier = noise, simplifier
        self._moulds: dict[tuple[bytes, ...], RowMould | None] = {}
        self.first = self._mould((), b"", ())
        """Stands before the first row."""

    def _mould(self, holes: Sequence[Hole], end: bytes, ends: Sequence[int]) -> RowMould:
        return RowMould(Markups(Markup(holes, end, ends, LONGEST_ROW), self._noise))

    def predicted(self, part: bytes, at: int, previous: RowMould, is_saved: bool) -> CastRow | None:
        """The row that begins there, if it is of a make that followed the row before it the last times."""
        followers = previous.followers
        for number, mould in enumerate(followers):
            row = mould.cast(part, at, is_saved)
            if row is not None:
                if number:
                    followers.insert(0, followers.pop(number))
                return row
        return None

    def cast(
        self, whole: bytes, previous: RowMould, walk: RowWalk, learns: bool, is_saved: bool
    ) -> tuple[CastRow | None, bool]:
        """A row, if it is of a make; whether its make is new."""
        if len(whole) > LONGEST_ROW or any(sign in whole for sign in _STRANGE):
            return None, False
        if is_saved:
            whole = self._simplifier.made(whole)
        holes, rest = holes_of(whole)
        key = (*(hole.before for hole in holes), rest)
        is_new = key not in self._moulds
        if is_new:
            if not learns:
                return None, False
            if len(self._moulds) >= MOST_MOULDS:
                self._moulds.clear()
                self.first.followers.clear()
            self._moulds[key] = self._made(holes, rest, walk)
        mould = self._moulds[key]
        row = mould.cast(whole, 0, False) if mould is not None else None
        if mould is not None and row is not None and mould not in previous.followers:
            previous.followers.insert(0, mould)
            del previous.followers[MOST_FOLLOWERS:]
        return row, is_new

    def _made(self, holes: list[Hole], end: bytes, walk: RowWalk) -> RowMould | None:
        """None where rows like this are not cast."""
        ends = ends_of(holes, end)
        if ends is None or any(_TEXT.search(piece) for piece in (*(hole.before for hole in holes), end)):
            return None
        try:
            root = self._root.parsed(b"".join([*_with_tokens(holes), end]))
        except etree.XMLSyntaxError:
            return None
        if len(root) != 1 or not _is_common(root[0], self._kind.tag):
            return None
        walked = walk(root[0])
        if walked is None:
            return None
        mould = self._mould(holes, end, ends)
        count = sum(hole.kind == "number" for hole in holes)
        try:
            mould.cells = [CellMould(cell, count) for cell in walked[0]]
        except ValueError:
            return None
        mould.paragraphs = walked[1]
        return mould


class _Foundries(NamedTuple):
    """What is known of the parts with one root."""

    of_kinds: tuple[_Foundry, ...]
    chains: Chains
    simplifier: Simplifier


_KNOWN: dict[tuple[Root, RowWalk], _Foundries] = {}
"""By the root, and by who walks rows: what one makes of them is not another's."""


class CastPart:
    """A part with placeholders, each with the number of its row, and the rows."""

    def __init__(
        self, made: bytes, rows: list[CastRow] | None, chain: Chain | None = None, filled: Filled | None = None
    ) -> None:
        self.made = made
        self.chain, self.filled = chain, filled
        """Of a part that was cast whole, with what stands in its holes; its rows are made when asked for."""
        self._rows = rows

    @property
    def rows(self) -> list[CastRow]:
        if self._rows is None:
            assert self.chain is not None and self.filled is not None
            self._rows = self.chain.rows(self.filled)
        return self._rows


def cast_rows(content: bytes, walk: RowWalk) -> CastPart:
    """The part, as far as its rows are of a make."""
    foundries = _foundries(content, walk)
    if foundries is None:
        return CastPart(content, [])
    is_saved = is_numbered(content)
    if (known := foundries.chains.read(content, is_saved)) is not None:
        return CastPart(known[0].made, None, *known)
    casting = _Casting(walk, is_saved)
    made = content
    for kind, foundry in zip(KINDS, foundries.of_kinds, strict=True):
        made = casting.left_of(made, kind, foundry)
    made = casting.in_few_words(made, foundries.simplifier)
    if not is_unambiguous(made, len(casting.rows)) or casting.has_doubled_number(made):
        return CastPart(content, [])
    foundries.chains.see(content, made, casting.rows)
    return CastPart(made, casting.rows)


class _Casting:
    """Of one part, row by row."""

    def __init__(self, walk: RowWalk, is_saved: bool) -> None:
        """`is_saved`: with what programs write into it, not in few words."""
        self._walk, self._is_saved = walk, is_saved
        self.rows: list[CastRow] = []
        self._left_out: list[bytes] = []
        """Numbers of marks that were left out."""

    def left_of(self, content: bytes, kind: _Kind, foundry: _Foundry) -> bytes:
        """The part with placeholders for its rows."""
        kept: list[bytes] = []
        previous, new, kept_to = foundry.first, 0, 0
        at = kind.next(content, 0)
        while at >= 0:
            row = foundry.predicted(content, at, previous, self._is_saved)
            if row is None:
                end = content.find(kind.end, at) + len(kind.end)
                if end < len(kind.end):
                    break
                at = max(content.rfind(start, at, end) for start in kind.starts)  # of rows within rows the innermost
                row, is_new = self._cast(content[at:end], foundry, previous, new < MOST_NEW)
                new += is_new
            else:
                end = row.end
            if row is not None:
                kept += (content[kept_to:at], kind.place % len(self.rows))
                self.rows.append(row)
                previous, kept_to = row.mould, end
            at = kind.next(content, end)
        return b"".join([*kept, content[kept_to:]])

    def _cast(self, row: bytes, foundry: _Foundry, previous: RowMould, learns: bool) -> tuple[CastRow | None, bool]:
        number = b""
        if self._is_saved:
            row, number = without_last_edited(row)
        cast, is_new = foundry.cast(row, previous, self._walk, learns, self._is_saved)
        if number and cast is not None:
            self._left_out.append(number)
        return cast, is_new

    def in_few_words(self, made: bytes, simplifier: Simplifier) -> bytes:
        """What is left of a part."""
        if not self._is_saved:
            return made
        made, number = without_last_edited(made)
        self._left_out += [number] if number else []
        return simplifier.made(made)

    def has_doubled_number(self, made: bytes) -> bool:
        """Whether another mark in the part may have the number of the one that was left out; Word writes one."""
        if len(self._left_out) > 1:
            return True
        starts = [start for row in self.rows for start in row.starts] if self._left_out else []
        return any(has_number(number, starts, made) for number in self._left_out)


def _foundries(content: bytes, walk: RowWalk) -> _Foundries | None:
    """What is known of rows under the root of a part; None for a part that is parsed as it is."""
    root = part_root(content)
    if root is None:
        return None
    key = root, walk
    if key not in _KNOWN:
        if len(_KNOWN) >= MOST_ROOTS:
            del _KNOWN[next(iter(_KNOWN))]
        noise = Noise(root)
        simplifier = Simplifier(noise)
        foundries = tuple(_Foundry(root, kind, noise, simplifier) for kind in KINDS)
        _KNOWN[key] = _Foundries(foundries, Chains(noise), simplifier)
    return _KNOWN[key]


def _with_tokens(holes: Sequence[Hole]) -> Iterator[bytes]:
    """The row up to its last hole, with tokens for its texts and numbers."""
    counts = {"text": 0, "number": 0}
    for hole in holes:
        yield hole.before
        if hole.kind == "text":
            yield token(counts["text"]).encode()
        elif hole.kind == "number":
            yield str(FIRST_NUMBER + counts["number"]).encode()
        else:
            yield hole.sample
        if hole.kind in counts:
            counts[hole.kind] += 1


def _is_common(row: Element, tag: str) -> bool:
    """Whether there is nothing in it but cells, paragraphs, runs, marks and texts, and no section ends."""
    waiting = [row]
    while waiting:
        for child in waiting.pop():
            if child.tag in PROPERTIES:
                if next(child.iter(*CHANGES, SECTION), None) is not None:
                    return False
            elif child.tag in COMMON:
                waiting.append(child)
            else:
                return False
    return bool(row.tag == tag)
