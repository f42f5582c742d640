"""Headers and footers in fewer words: those of a form's files are the same bytes then, and are parsed and walked once.

In: a part's bytes. Out: the same without what nobody reads. One that differs from one that was met before in nothing
else is not gone through again.
"""

from __future__ import annotations

import functools
from typing import Final

from formgen.reading.docx.holes import ends_of, holes_of
from formgen.reading.docx.last_edited import has_number, without_last_edited
from formgen.reading.docx.markup import Markup
from formgen.reading.docx.noise import Noise
from formgen.reading.docx.roots import Root, is_unambiguous, part_root
from formgen.reading.docx.saved import Markups
from formgen.reading.docx.simplifying import Simplifier, is_numbered

__all__ = ["simplified"]

MOST_KINDS: Final = 64
"""Roots: that of headers, that of footers, as each program writes them."""
MOST_KNOWN: Final = 8
TRIED: Final = 2
LONGEST: Final = 1 << 16
"""Bytes of a head that is remembered."""


class _Known:
    """One that was met."""

    def __init__(self, made: bytes, noise: Noise) -> None:
        """Raises: ValueError: its bookmarks do not come in twos."""
        self.made = made
        holes, end = holes_of(made)
        ends = ends_of(holes, end)
        markup = Markup(holes, end, ends if ends is not None else (), LONGEST)
        filled = markup.read(made, 0)
        if ends is None or filled is None:
            raise ValueError
        self._markups = Markups(markup, noise)
        self._said = filled.texts, filled.numbers

    def is_of(self, part: bytes, number: bytes) -> bool:
        filled = self._markups.read(part, 0, is_saved=True)
        if filled is None or filled.end != len(part) or has_number(number, filled.starts, b""):
            return False
        return (filled.texts, filled.numbers) == self._said


class _Heads:
    """Those with one root."""

    def __init__(self, root: Root) -> None:
        self._noise = Noise(root)
        self._simplifier = Simplifier(self._noise)
        self._known: list[_Known] = []
        """The last one that was met first."""

    def made(self, content: bytes) -> bytes:
        part, number = without_last_edited(content)
        for index, known in enumerate(self._known[:TRIED]):
            if known.is_of(part, number):
                self._known.insert(0, self._known.pop(index))
                return known.made
        made = self._simplifier.made(part)
        if not is_unambiguous(made, 0) or has_number(number, (), made):
            return content
        self._remember(made)
        return made

    def _remember(self, made: bytes) -> None:
        for index, known in enumerate(self._known):
            if known.made == made:
                self._known.insert(0, self._known.pop(index))
                return
        try:
            self._known.insert(0, _Known(made, self._noise))
        except ValueError:
            return
        del self._known[MOST_KNOWN:]


@functools.lru_cache(maxsize=MOST_KINDS)
def _heads(root: Root) -> _Heads:
    return _Heads(root)


def simplified(content: bytes) -> bytes:
    """The part in fewer words."""
    root = part_root(content) if is_numbered(content) else None
    return _heads(root).made(content) if root is not None else content
