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

import functools
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

from lxml import etree

from formgen.reading.docx.chains import PLACEHOLDER, Chain, Chains
from formgen.reading.docx.holes import Hole, holes_of
from formgen.reading.docx.markup import Filled, Markup
from formgen.reading.docx.model import Cell
from formgen.reading.docx.moulds import FIRST_NUMBER, LONGEST_ROW, CastRow, CellMould, RowMould, token
from formgen.reading.docx.simplifying import CHANGES, FRAGMENTS, Simplifier, is_numbered
from formgen.rendering.docx.wordml import W_NS, Element, w

__all__ = ["PLACEHOLDER", "CastPart", "RowWalk", "cast_rows", "simplified"]

RowWalk = Callable[[Element], tuple[list[Cell], int] | None]
"""A row's cells and how many paragraphs it has; None where there is more in it than cells with texts and marks. Of a
paragraph: what it says as one cell."""

_ROOT: Final = re.compile(rb"\s*(<\?xml[^<>]*\?>)?\s*(<w:(\w+) [^<>]*[^/<>]>)")
_ENCODING: Final = re.compile(rb"encoding\s*=\s*[\"'](?!(?i:utf-8)[\"'])")
_TEXT: Final = re.compile(rb">[^<>]*[^<>\s]")
"""In markup between holes: a text that is in none of them."""
_PREFIX: Final = f'xmlns:w="{W_NS}"'.encode()
_STRANGE: Final = (b"<!", b"<?", b"xmlns", b"<w:drawing", b"<w:pict")
ROOT_AT: Final = 1 << 13
"""In the first bytes of a part stands its root."""
MOST_ROOTS: Final = 16
MOST_SIMPLIFIERS: Final = 64
"""Headers and footers have roots of their own."""
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

    def __init__(self, root: bytes, close: bytes, kind: _Kind) -> None:
        self._root, self._close = root, close
        self._kind = kind
        self._moulds: dict[tuple[bytes, ...], RowMould | None] = {}
        self.first = RowMould(Markup((), b"", (), LONGEST_ROW))
        """Stands before the first row."""

    def predicted(self, part: bytes, at: int, previous: RowMould) -> CastRow | None:
        """The row that begins there, if it is of a make that followed the row before it the last times."""
        followers = previous.followers
        for number, mould in enumerate(followers):
            row = mould.cast(part, at)
            if row is not None:
                if number:
                    followers.insert(0, followers.pop(number))
                return row
        return None

    def cast(
        self, part: bytes, at: int, end: int, previous: RowMould, walk: RowWalk, learns: bool
    ) -> tuple[CastRow | None, bool]:
        """The row that stands there, if it is of a make; whether its make is new."""
        if end - at > LONGEST_ROW or any(part.find(sign, at, end) >= 0 for sign in _STRANGE):
            return None, False
        holes, rest = holes_of(part[at:end])
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
        row = mould.cast(part, at) if mould is not None else None
        if mould is not None and row is not None and mould not in previous.followers:
            previous.followers.insert(0, mould)
            del previous.followers[MOST_FOLLOWERS:]
        return row, is_new

    def _made(self, holes: list[Hole], end: bytes, walk: RowWalk) -> RowMould | None:
        """None where rows like this are not cast."""
        ends = _ends(holes)
        if ends is None or any(_TEXT.search(piece) for piece in (*(hole.before for hole in holes), end)):
            return None
        try:
            root = etree.fromstring(b"".join([self._root, *_with_tokens(holes), end, self._close]), FRAGMENTS)
        except etree.XMLSyntaxError:
            return None
        if len(root) != 1 or not _is_common(root[0], self._kind.tag):
            return None
        walked = walk(root[0])
        if walked is None:
            return None
        mould = RowMould(Markup(holes, end, ends, LONGEST_ROW))
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


_KNOWN: dict[tuple[bytes, RowWalk], _Foundries] = {}
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
    made = foundries.simplifier.made(content) if is_numbered(content) else content
    if (known := foundries.chains.read(made)) is not None:
        chain, filled = known
        return CastPart(chain.made, None, chain, filled)
    part, rows = made, list[CastRow]()
    for kind, foundry in zip(KINDS, foundries.of_kinds, strict=True):
        made = _cast(made, kind, foundry, walk, rows)
    if not _is_plain(made, len(rows)):
        return CastPart(content, [])
    foundries.chains.see(part, made, rows)
    return CastPart(made, rows)


def simplified(content: bytes) -> bytes:
    """The part in fewer words, without anything cast."""
    root = _root_of(content) if is_numbered(content) else None
    if root is None:
        return content
    made = _simplifier(*root).made(content)
    return made if _is_plain(made, 0) else content


def _cast(content: bytes, kind: _Kind, foundry: _Foundry, walk: RowWalk, rows: list[CastRow]) -> bytes:
    kept: list[bytes] = []
    previous, new, kept_to = foundry.first, 0, 0
    at = kind.next(content, 0)
    while at >= 0:
        row = foundry.predicted(content, at, previous)
        if row is None:
            end = content.find(kind.end, at) + len(kind.end)
            if end < len(kind.end):
                break
            at = max(content.rfind(start, at, end) for start in kind.starts)  # of rows within rows the innermost
            row, is_new = foundry.cast(content, at, end, previous, walk, new < MOST_NEW)
            new += is_new
        else:
            end = row.end
        if row is not None:
            kept += (content[kept_to:at], kind.place % len(rows))
            rows.append(row)
            previous, kept_to = row.mould, end
        at = kind.next(content, end)
    return b"".join([*kept, content[kept_to:]])


def _is_plain(made: bytes, count: int) -> bool:
    """Whether nothing in it makes a row something else than a row."""
    declarations = made[:5] == b"<?xml"
    return (
        b"<!" not in made
        and made.count(b"<?") == declarations
        and made.count(b"xmlns:w=") == 1
        and made.count(PLACEHOLDER.encode()) == count
    )


def _root_of(content: bytes) -> tuple[bytes, bytes] | None:
    """The beginning of a part's root element and its end; None for a part that is parsed as it is."""
    found = _ROOT.match(content[:ROOT_AT])
    if found is None or _PREFIX not in found[2] or (found[1] and _ENCODING.search(found[1])):
        return None
    return found[2], b"</w:" + found[3] + b">"


@functools.lru_cache(maxsize=MOST_SIMPLIFIERS)
def _simplifier(root: bytes, close: bytes) -> Simplifier:
    return Simplifier(root, close)


def _foundries(content: bytes, walk: RowWalk) -> _Foundries | None:
    """What is known of rows under the root of a part; None for a part that is parsed as it is."""
    root = _root_of(content)
    if root is None:
        return None
    key = root[0], walk
    if key not in _KNOWN:
        if len(_KNOWN) >= MOST_ROOTS:
            del _KNOWN[next(iter(_KNOWN))]
        _KNOWN[key] = _Foundries(tuple(_Foundry(*root, kind) for kind in KINDS), Chains(), _simplifier(*root))
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


def _ends(holes: Sequence[Hole]) -> list[int] | None:
    """For each bookmark's start the hole with the id of its end; None where they do not come in twos."""
    starts = [hole.sample for hole in holes if hole.kind == "start"]
    ends = {hole.sample: number for number, hole in enumerate(holes) if hole.kind == "end"}
    count = sum(hole.kind == "end" for hole in holes)
    if not len(starts) == len(set(starts)) == len(ends) == count or set(starts) != set(ends):
        return None
    return [ends[start] for start in starts]


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
