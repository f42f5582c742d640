"""Where rows, and paragraphs, of one make differ: texts, numbers, and what programs write that nobody reads.

In: the bytes of a row. Out: its holes, and what follows the last. Word numbers editing sessions and paragraphs, gives
each run properties of its own, and breaks runs where it checked the spelling: in a part that was saved so, these are
holes, too, and broken runs are joined before. What is taken for unread was parsed once, byte for byte.
Source: ECMA-376 Part 1, 17.3.1.22, 17.3.2.25, 17.4.79 (w:rsid…), 17.13.8 (proofErr); MS-DOCX 2.2 (w14:paraId).
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from lxml import etree

from formgen.reading.docx.looks import LOOKS
from formgen.rendering.docx.wordml import w

__all__ = ["CHANGES", "FRAGMENTS", "Hole", "Unread", "holes_of", "is_saved", "simplified"]

FRAGMENTS: Final = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, collect_ids=False)
"""For rows and less, put under a root of ours; parts are parsed by `formgen.reading.package`."""
CHANGES: Final = tuple(
    map(w, ("ins", "del", "moveFrom", "moveTo", "cellIns", "cellDel", "rPrChange", "pPrChange", "tcPrChange"))
)
MOST_KNOWN: Final = 4096
BEGINNING: Final = 1 << 13
"""Bytes of a part in which its first paragraph begins."""

_MARKS: Final = (
    rb'|id w:val="(?P<id>-?\d+)"'
    rb'|bookmarkStart w:id="(?P<start>\d+)" w:name="(?:f(?P<sheet>\d+)_)?[^"<&]*?(?:__(?P<row>\d+))?"/>'
    rb'|bookmarkEnd w:id="(?P<end>\d+)"'
)
_HOLES: Final = re.compile(
    rb'<w:(?:t(?: xml:space="preserve")?>(?P<text>[^<]*)</'
    + _MARKS
    + rb'|p w14:paraId="(?P<paragraph>[0-9A-F]+)"|tr [^<>]*?w14:paraId="(?P<line>[0-9A-F]+)")'
)
_SAVED_HOLES: Final = re.compile(
    rb"<w:(?:t>(?P<text>[^<]*)</"
    + _MARKS
    + rb"|(?:p|tr)(?P<numbers>(?: [^<>]*[^<>/])?)>|r(?P<look>(?: [^<>]*[^<>/])?><w:rPr>.*?)</w:rPr>)"
)
_KINDS: Final = {"sheet": "number", "row": "number", "paragraph": "id", "line": "id"}
"""Kinds of holes where they are not called as their group."""
_LOOK_END: Final = b"</w:rPr>"
_ID: Final = rb'="[0-9A-F]{1,8}")?'
_NAMES_OF_ROWS: Final = (b"w:rsidR", b"w:rsidRPr", b"w:rsidDel", b"w14:paraId", b"w14:textId", b"w:rsidTr")
_NAMES: Final = (
    *(b"w14:paraId", b"w14:textId", b"w:rsidR", b"w:rsidRPr", b"w:rsidDel", b"w:rsidRDefault", b"w:rsidP"),
)
"""As Word orders them; so none comes twice."""
_RUN: Final = b"</w:t></w:r><w:r"
"""Between two neighbouring runs."""
_BEGUN: Final = re.compile(rb"((?: [^<>]*)?)>(?:<w:rPr>((?>.*?</w:rPr>)))?<w:t>")
_PROOFING: Final = b'<w:proofErr w:type="'
_ENDS_OF_PROOFING: Final = tuple(b'%b"/>' % kind for kind in (b"spellStart", b"spellEnd", b"gramStart", b"gramEnd"))
_PAGE: Final = b"<w:lastRenderedPageBreak"
_BOOKMARK: Final = b'<w:bookmarkStart w:id="'
_LAST_SECTION: Final = b"<w:sectPr"
_SECTION: Final = re.compile(rb'<w:sectPr(?: w:rsid(?:R|RPr|Del|Sect)="[0-9A-F]{1,8}")+>')
_LAST_EDITED: Final = b'" w:name="_GoBack"/>'


class Hole(NamedTuple):
    """Where rows of one make differ."""

    kind: str
    """`text`; `number` in a bookmark's name; `start` or `end`, a bookmark's id; `id`, another that nobody reads; of
    parts that Word saved also `numbers` and `look`, which nobody reads either."""
    before: bytes
    """The markup between the last hole and this one."""
    sample: bytes
    stop: bytes
    """What ends that which stands in it."""


class Unread:
    """What may stand in the holes that nobody reads, under one root: its declarations give prefixes their meaning."""

    def __init__(self, root: bytes, close: bytes) -> None:
        self._root, self._close = root, close
        self._looks: dict[bytes, bool] = {}
        self._known: set[bytes] = set()
        has_prefix = b"xmlns:w14=" in root
        rows, others = (
            b"".join(b"(?: " + name + _ID for name in names if has_prefix or not name.startswith(b"w14:"))
            for names in (_NAMES_OF_ROWS, _NAMES)
        )
        self._numbers = re.compile(b"(?:(?:" + others + b">)|(?:" + rows + b">))*")

    def are_numbers(self, found: Sequence[bytes]) -> bool:
        """Whether these are attributes with numbers of sessions and paragraphs, and nothing else."""
        return self._numbers.fullmatch(b">".join([*found, b""])) is not None

    def are_looks(self, found: Sequence[bytes]) -> bool:
        """Whether these are numbers of runs with their properties, and no change is tracked in them."""
        if self._known.issuperset(found):
            return True
        for look in found:
            if look not in self._known:
                numbers, _, properties = look.partition(b"><w:rPr>")
                if not self.is_begun(numbers, properties):
                    return False
                if len(self._known) >= MOST_KNOWN:
                    self._known.clear()
                self._known.add(look)
        return True

    def is_begun(self, numbers: bytes, properties: bytes) -> bool:
        """Whether a run may begin so."""
        if not self.are_numbers([numbers]):
            return False
        if properties not in self._looks:
            if len(self._looks) >= MOST_KNOWN:
                self._looks.clear()
            self._looks[properties] = self._is_look(properties)
        return self._looks[properties]

    def _is_look(self, properties: bytes) -> bool:
        """Parsed once: it is sound by itself, tracks no change, and nothing reads otherwise for it."""
        if any(sign in properties for sign in (b"xmlns", b"<!", b"<?", *LOOKS)):
            return False
        content = b"<w:r><w:rPr>" + properties + b"</w:rPr></w:r>"
        try:
            root = etree.fromstring(self._root + content + self._close, FRAGMENTS)
        except etree.XMLSyntaxError:
            return False
        is_alone = len(root) == 1 and [child.tag for child in root[0]] == [w("rPr")]
        return is_alone and next(root.iter(*CHANGES), None) is None


def is_saved(content: bytes) -> bool:
    """Whether a part has what Word adds on saving: it numbers the first paragraph."""
    return content.find(b" w:rsid", 0, BEGINNING) >= 0


def simplified(content: bytes, unread: Unread) -> bytes:
    """A part that Word saved, said in fewer words: no signs of its proofing and its pages, no place where somebody
    edited last, no session's number at its last section, runs with nothing but texts joined to the run before."""
    content = _without(content, _PROOFING, _ENDS_OF_PROOFING)
    content = _without(content, _PAGE, (b"/>",)).replace(b'<w:t xml:space="preserve">', b"<w:t>")
    return _joined(_without_session(_without_last_edited(content)), unread)


def _without(content: bytes, start: bytes, ends: Sequence[bytes]) -> bytes:
    """A part without elements that begin and end so; as it is, where one does not follow a tag."""
    pieces = content.split(start)
    kept = pieces[:1]
    for before, piece in itertools.pairwise(pieces):
        end = next((end for end in ends if piece.startswith(end)), None)
        if end is None or not before.endswith(b">"):
            return content
        kept.append(piece[len(end) :])
    return b"".join(kept)


def _without_last_edited(content: bytes) -> bytes:
    """Word's own bookmark, where nothing stands in it and no other has its number."""
    name = content.find(_LAST_EDITED)
    start = content.rfind(_BOOKMARK, 0, name) if name >= 0 else -1
    number = content[start + len(_BOOKMARK) : name]
    end = name + len(_LAST_EDITED)
    mark = b'<w:bookmarkEnd w:id="%b"/>' % number
    if start < 0 or not number.isdigit() or not content.startswith(mark, end):
        return content
    if content.count(_BOOKMARK + number + b'"', 0, name) > 0:
        return content
    return content[:start] + content[end + len(mark) :]


def _without_session(content: bytes) -> bytes:
    """Most often the last section is the only one, and all that is left of a part beside rows."""
    begun = _SECTION.match(content, max(0, content.rfind(_LAST_SECTION)))
    return content if begun is None else content[: begun.start()] + b"<w:sectPr>" + content[begun.end() :]


def _joined(content: bytes, unread: Unread) -> bytes:
    pieces = content.split(_RUN)
    kept = pieces[:1]
    for before, piece in itertools.pairwise(pieces):
        begun = _BEGUN.match(piece)
        is_text = before.startswith(b"<w:t>", max(0, before.rfind(b"<")))
        if begun is None or not is_text or not unread.is_begun(begun[1], (begun[2] or b"").removesuffix(_LOOK_END)):
            kept += (_RUN, piece)
        else:
            kept.append(piece[begun.end() :])
    return b"".join(kept)


def holes_of(row: bytes, is_saved: bool) -> tuple[list[Hole], bytes]:
    """The holes of a row, and what follows the last."""
    holes: list[Hole] = []
    at = 0
    for match in (_SAVED_HOLES if is_saved else _HOLES).finditer(row):
        for name, value in match.groupdict().items():
            if value is not None:
                start, end = match.span(name)
                stop = _LOOK_END if name == "look" else row[end : end + 1]
                holes.append(Hole(_KINDS.get(name, name), row[at:start], value, stop))
                at = end
    return holes, row[at:]
