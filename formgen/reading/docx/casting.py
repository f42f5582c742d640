"""The rows of a part that are of a make seen before, taken out of it before it is parsed: most of a Word file is markup
that repeats from row to row, and from file to file of one form.

In: a part's bytes. Out: the same with a short placeholder for each such row, and the rows. A row of a new make is
parsed and walked by itself, with tokens where its texts stand; from then on its make is known in this process.
Only rows without anything uncommon (tables in cells, drawings, fields, tracked changes) have a make; the others remain
in the part, as does everything where a comment, a processing instruction or another meaning of the prefix could make
a row something else than a row.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from lxml import etree

from formgen.reading.docx.model import Cell
from formgen.reading.docx.moulds import FIRST_NUMBER, CastRow, CellMould, Hole, RowMould, token
from formgen.rendering.docx.wordml import W_NS, Element, w

__all__ = ["PARSER", "PLACEHOLDER", "RowWalk", "cast_rows"]

PARSER: Final = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, collect_ids=False)

PLACEHOLDER: Final = "formgen-row"
"""The attribute of an empty row that says which row stands here."""
RowWalk = Callable[[Element], tuple[list[Cell], int] | None]
"""A row's cells and how many paragraphs it has; None where there is more in it than cells with texts and marks."""

_END: Final = b"</w:tr>"
_START: Final = b"<w:tr"
_STARTS: Final = (b"<w:tr>", b"<w:tr ")
_ROOT: Final = re.compile(rb"\s*(<\?xml[^<>]*\?>)?\s*(<w:(\w+) [^<>]*[^/<>]>)")
_ENCODING: Final = re.compile(rb"encoding\s*=\s*[\"'](?!(?i:utf-8)[\"'])")
_PREFIX: Final = f'xmlns:w="{W_NS}"'.encode()
_STRANGE: Final = (b"<!", b"<?", b"xmlns", b"<w:drawing", b"<w:pict")
_HOLES: Final = re.compile(
    rb'<w:(?:t(?: xml:space="preserve")?>([^<]*)</|id w:val="(-?\d+)"'
    rb'|bookmarkStart w:id="(\d+)" w:name="(?:f(\d+)_)?[^"<&]*?(?:__(\d+))?"/>|bookmarkEnd w:id="(\d+)"'
    rb'|p w14:paraId="([0-9A-F]+)"|tr [^<>]*?w14:paraId="([0-9A-F]+)")'
)
_KINDS: Final = ("", "text", "id", "start", "number", "number", "end", "id", "id")
LONGEST_ROW: Final = 1 << 16
ROOT_AT: Final = 1 << 13
"""In the first bytes of a part stands its root."""
MOST_ROOTS: Final = 16
MOST_NEW: Final = 64
"""Makes learnt from one file; one whose every row is different is parsed as it is."""
MOST_MOULDS: Final = 512
MOST_FOLLOWERS: Final = 3
COMMON: Final = frozenset(
    map(w, ("tr", "tc", "p", "r", "t", "tab", "br", "sdt", "sdtContent", "bookmarkStart", "bookmarkEnd", "proofErr"))
)
ROW: Final = w("tr")
PROPERTIES: Final = frozenset(map(w, ("trPr", "tcPr", "pPr", "rPr", "sdtPr", "sdtEndPr")))
CHANGES: Final = tuple(map(w, ("ins", "del", "moveFrom", "moveTo", "cellIns", "cellDel")))


class _Foundry:
    """The makes of rows under one root element: its declarations give prefixes their meaning."""

    def __init__(self, root: bytes, name: bytes) -> None:
        self._root, self._close = root, b"</w:" + name + b">"
        self._moulds: dict[tuple[bytes, ...], RowMould | None] = {}
        self.first = RowMould((), b"", ())
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
        holes, rest = _holes(part[at:end])
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
        if ends is None:
            return None
        try:
            root = etree.fromstring(b"".join([self._root, *_with_tokens(holes), end, self._close]), PARSER)
        except etree.XMLSyntaxError:
            return None
        if len(root) != 1 or not _is_common(root[0]):
            return None
        walked = walk(root[0])
        if walked is None:
            return None
        mould = RowMould(holes, end, ends)
        count = sum(hole.kind == "number" for hole in holes)
        try:
            mould.cells = [CellMould(cell, count) for cell in walked[0]]
        except ValueError:
            return None
        mould.paragraphs = walked[1]
        return mould


_FOUNDRIES: dict[bytes, _Foundry] = {}


def cast_rows(content: bytes, walk: RowWalk) -> tuple[bytes, list[CastRow]]:
    """The part with placeholders, each with the number of its row, and the rows."""
    foundry = _foundry(content)
    if foundry is None:
        return content, []
    kept: list[bytes] = []
    rows: list[CastRow] = []
    previous, new, kept_to = foundry.first, 0, 0
    at = _next_row(content, 0)
    while at >= 0:
        row = foundry.predicted(content, at, previous)
        if row is None:
            end = content.find(_END, at) + len(_END)
            if end < len(_END):
                break
            at = max(content.rfind(start, at, end) for start in _STARTS)  # of rows within rows the innermost
            row, is_new = foundry.cast(content, at, end, previous, walk, new < MOST_NEW)
            new += is_new
        else:
            end = row.end
        if row is not None:
            kept += (content[kept_to:at], b'<w:tr %b="%d"/>' % (PLACEHOLDER.encode(), len(rows)))
            rows.append(row)
            previous, kept_to = row.mould, end
        at = _next_row(content, end)
    made = b"".join([*kept, content[kept_to:]])
    return (made, rows) if _is_plain(made, len(rows)) else (content, [])


def _next_row(content: bytes, at: int) -> int:
    """Where the next row begins; below 0 where none does."""
    at = content.find(_START, at)
    while at >= 0 and not content.startswith(_STARTS, at):
        at = content.find(_START, at + 1)
    return at


def _is_plain(made: bytes, count: int) -> bool:
    """Whether nothing in it makes a row something else than a row."""
    declarations = made[:5] == b"<?xml"
    return (
        b"<!" not in made
        and made.count(b"<?") == declarations
        and made.count(b"xmlns:w=") == 1
        and made.count(PLACEHOLDER.encode()) == count
    )


def _foundry(content: bytes) -> _Foundry | None:
    """What is known of rows under the root of a part; None for a part that is parsed as it is."""
    found = _ROOT.match(content[:ROOT_AT])
    if found is None or _PREFIX not in found[2] or (found[1] and _ENCODING.search(found[1])):
        return None
    root = found[2]
    if root not in _FOUNDRIES:
        if len(_FOUNDRIES) >= MOST_ROOTS:
            _FOUNDRIES.clear()
        _FOUNDRIES[root] = _Foundry(root, found[3])
    return _FOUNDRIES[root]


def _holes(row: bytes) -> tuple[list[Hole], bytes]:
    """The holes of a row, and what follows the last."""
    holes: list[Hole] = []
    at = 0
    for match in _HOLES.finditer(row):
        for group, kind in enumerate(_KINDS):
            if group and match.start(group) >= 0:
                start = match.start(group)
                holes.append(Hole(kind, row[at:start], match[group], row[match.end(group) : match.end(group) + 1]))
                at = match.end(group)
    return holes, row[at:]


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


def _is_common(row: Element) -> bool:
    """Whether there is nothing in it but cells, paragraphs, runs, marks and texts."""
    waiting = [row]
    while waiting:
        for child in waiting.pop():
            if child.tag in PROPERTIES:
                if next(child.iter(*CHANGES), None) is not None:
                    return False
            elif child.tag in COMMON:
                waiting.append(child)
            else:
                return False
    return bool(row.tag == ROW)
