"""The root element of a part: it says what the prefixes in it mean.

In: a part's bytes. Out: how its root begins and ends, for those whose prefixes mean what they mean in every Word file.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final, NamedTuple

from lxml import etree

from formgen.rendering.docx.wordml import W_NS, Element

__all__ = ["FRAGMENTS", "PLACEHOLDER", "Root", "is_unambiguous", "part_root"]

PLACEHOLDER: Final = "formgen-row"
"""The attribute of an empty row that says which row stands here."""
FRAGMENTS: Final = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, collect_ids=False)
"""For rows and less; parts are parsed by `formgen.reading.package`."""
MOST_ROOTS: Final = 64
ROOT_AT: Final = 1 << 13
"""In the first bytes of a part stands its root."""
_ROOT: Final = re.compile(rb"\s*(<\?xml[^<>]*\?>)?\s*(<w:(\w+) [^<>]*[^/<>]>)")
_ENCODING: Final = re.compile(rb"encoding\s*=\s*[\"'](?!(?i:utf-8)[\"'])")
_DECLARING: Final = re.compile(rb"<w:\w+\s[^<>]*?xmlns")
"""Elements that hold rows and give prefixes a meaning; drawings do so by themselves."""
_PREFIX: Final = f'xmlns:w="{W_NS}"'.encode()


class Root(NamedTuple):
    """How a root element begins and ends."""

    open: bytes
    close: bytes

    def parsed(self, content: bytes) -> Element:
        """The root with that in it. Raises: XMLSyntaxError."""
        return etree.fromstring(self.open + content + self.close, FRAGMENTS)

    def prefixes(self) -> Collection[str | None]:
        """Those that it declares; none where it is broken."""
        try:
            return frozenset(self.parsed(b"").nsmap)
        except etree.XMLSyntaxError:
            return ()


_KNOWN: dict[bytes, Root] = {}
"""By the first bytes of parts, up to the end of the root's beginning."""


def part_root(content: bytes) -> Root | None:
    """The root of a part; None for a part that is parsed as it is."""
    for begun, root in _KNOWN.items():
        if content.startswith(begun):
            return root
    found = _ROOT.match(content[:ROOT_AT])
    if found is None or _PREFIX not in found[2] or (found[1] and _ENCODING.search(found[1])):
        return None
    if len(_KNOWN) >= MOST_ROOTS:
        del _KNOWN[next(iter(_KNOWN))]
    return _KNOWN.setdefault(found[0], Root(found[2], b"</w:" + found[3] + b">"))


def is_unambiguous(made: bytes, count: int) -> bool:
    """Whether nothing in a part, of which so many rows were taken out, makes a row something else than a row."""
    declarations = made[:5] == b"<?xml"
    return (
        b"<!" not in made
        and made.count(b"<?") == declarations
        and made.count(b"xmlns:w=") == 1
        and len(_DECLARING.findall(made)) == 1
        and made.count(PLACEHOLDER.encode()) == count
    )
