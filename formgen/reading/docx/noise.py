"""What programs write into a part that nobody reads: numbers of editing sessions and of paragraphs, properties of runs
that look like any other, signs of proofing and of pages.

In: what stands where such noise may stand. Out: whether it is nothing else, and what runs say without it. Numbers and
signs are of a shape that a parser has nothing against; looks were parsed once, byte for byte.
Source: ECMA-376 Part 1, 17.3.1.22, 17.3.2.25, 17.4.79 (w:rsid…), 17.3.3.13 (lastRenderedPageBreak), 17.13.8 (proofErr);
MS-DOCX 2.2 (w14:paraId).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from lxml import etree

from formgen.reading.docx.elements import END, START
from formgen.reading.docx.looks import has_look, look
from formgen.reading.docx.roots import Root
from formgen.rendering.docx.wordml import Element, w

__all__ = ["CHANGES", "PAGE_BREAK", "PROOFING", "Noise"]

CHANGES: Final = tuple(
    map(w, ("ins", "del", "moveFrom", "moveTo", "cellIns", "cellDel", "rPrChange", "pPrChange", "tcPrChange"))
)
MOST_KNOWN: Final = 4096
LONGEST_LOOK: Final = 1 << 10
MOST_SIGNS: Final = 8
"""Between two runs; a part may be full of signs, which are not to be counted from each anew."""
DEEPEST_LOOK: Final = 8
"""Elements around one in the properties of a run, three of them the root, the run and the properties."""

KEPT_SPACE: Final = rb' xml:space="preserve"'
PROOFING: Final = rb'<w:proofErr w:type="(?:spell|gram)(?:Start|End)"/>'
PAGE_BREAK: Final = rb"<w:lastRenderedPageBreak/>"
_ID: Final = rb'="[0-9A-F]{1,8}+")?+'
_NUMBERS: Final = {
    "tr": (b"rsidR", b"rsidRPr", b"rsidDel", b"paraId", b"textId", b"rsidTr"),
    "p": (b"paraId", b"textId", b"rsidR", b"rsidRPr", b"rsidDel", b"rsidRDefault", b"rsidP"),
    "r": (b"rsidR", b"rsidRPr", b"rsidDel"),
    "sectPr": (b"rsidR", b"rsidRPr", b"rsidDel", b"rsidSect"),
}
"""As Word orders them; so none comes twice."""
_LOOK: Final = (b"<w:rPr>", b"</w:rPr>")


class Noise:
    """In parts with one root: its declarations give prefixes their meaning."""

    def __init__(self, root: Root) -> None:
        self._root = root
        self._usual: set[bytes] = set()
        self._odd: set[bytes] = set()
        """Properties of runs, with their elements."""
        has_prefix = "w14" in root.prefixes()
        self.beginnings = {tag: _numbers(names, has_prefix) for tag, names in _NUMBERS.items()}
        """Patterns of what may stand in the beginnings of elements, after their names."""
        self.beginnings["t"] = b"(?:%b)?+" % KEPT_SPACE
        self._beginnings = {tag: re.compile(b"(?:%b>)*+" % numbers) for tag, numbers in self.beginnings.items()}
        self._runs = re.compile(_run(self.beginnings["r"]), re.DOTALL)

    def are_beginnings(self, tag: str, found: Sequence[bytes]) -> bool:
        """Whether these stand in the beginnings of elements of one name, and nobody reads them."""
        whole = b">".join([*found, b""])
        return whole.count(b">") == len(found) and self._beginnings[tag].fullmatch(whole) is not None

    def texts(self, runs: bytes) -> bytes | None:
        """What runs say, each after a zero where one stands before it; None where there is more in one than texts, or
        somebody reads how it looks, or nothing stands between two zeros."""
        pieces = self._runs.split(runs)  # what is left between two runs, a zero, a look, a text, and so on
        if any(pieces[::4]) or not self._are_usual(set(pieces[2::4])):
            return None
        pieces[2::4] = [b""] * (len(pieces) // 4)
        return b"".join(pieces)

    def are_looks(self, found: Iterable[bytes]) -> bool:
        """Whether these stand in properties of runs that look like any other, and no change is tracked in them."""
        start, end = _LOOK
        return self._are_usual({start + look + end for look in set(found)})

    def _are_usual(self, looks: set[bytes]) -> bool:
        return looks <= self._usual or all(map(self._is_usual, looks - self._usual))

    def _is_usual(self, look: bytes) -> bool:
        """Of properties with their element; nothing, of a run that has none."""
        if len(look) > LONGEST_LOOK or look in self._odd:
            return False
        start, end = _LOOK
        is_plain = not look or (look.endswith(end) and self._is_look(look[len(start) : -len(end)]))
        known = self._usual if is_plain else self._odd
        if len(known) >= MOST_KNOWN:
            known.clear()
        known.add(look)
        return is_plain

    def _is_look(self, properties: bytes) -> bool:
        """Parsed once: it is sound by itself, tracks no change, and nothing reads otherwise for it."""
        if has_look(properties):
            return False
        if any(sign in properties for sign in (b"xmlns", b"<!", b"<?")):
            return False
        content = b"<w:r><w:rPr>" + properties + b"</w:rPr></w:r>"
        try:
            root = self._root.parsed(content)
        except etree.XMLSyntaxError:
            return False
        is_alone = len(root) == 1 and [child.tag for child in root[0]] == [w("rPr")]
        if not is_alone or look(root[0]) is not None:  # however it is spelled
            return False
        return _is_shallow(root[0][0]) and next(root.iter(*CHANGES, START, END), None) is None


def _numbers(names: Sequence[bytes], has_prefix: bool) -> bytes:
    """A pattern of these attributes, which are numbers of sessions and paragraphs."""
    known = (
        b"w14:" + name if name.endswith(b"Id") else b"w:" + name for name in names if has_prefix or b"rsid" in name
    )
    return b"".join(b"(?: " + name + _ID for name in known)


def _run(numbers: bytes) -> bytes:
    """A pattern of a run of texts and the signs of proofing around it: a zero, the properties, the text."""
    look = rb"((?:<w:rPr>[^P]*+(?:P(?!r>)[^P]*+)*+Pr>)?+)"
    run = rb"<w:r%b>%b(?:%b)?+<w:t(?:%b)?+>([^<]*+)</w:t></w:r>" % (numbers, look, PAGE_BREAK, KEPT_SPACE)
    signs = b"(?:%b){0,%d}+" % (PROOFING, MOST_SIGNS)
    return rb"(\0?)%b%b%b" % (signs, run, signs)


def _is_shallow(properties: Element) -> bool:
    """Whether it goes through wherever it stands: the parser has a limit for elements within one another."""
    return all(sum(1 for _ in item.iterancestors()) <= DEEPEST_LOOK for item in properties.iter())
