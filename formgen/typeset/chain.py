"""Which face prints a character: a family's own face first, then the fallbacks, always in the same order.

In: a text. Out: its runs, each with the face that has all of the run's characters; the widths of characters for the
fit; the characters that no face has. Nothing is ever printed with another glyph or an empty box: a character without a
glyph is a problem before anything is written.

Limits: characters that only mean something together with their neighbour (combining marks, variation selectors,
joiners; letters that join or run from right to left, as Uyghur's and Mongolian's) are refused, because glyphs are
placed one by one, from left to right. A private-use character has a glyph only where one of the
user's own fonts has it: in any other font the same number stands for something else.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import Final

from formgen.problems import Place, Problem
from formgen.typeset.faces import Face

__all__ = ["GETA", "FontChain", "MissingGlyph"]

GETA: Final = "〓"
"""The mark printers set for a character they do not have."""
_LINE_BREAK: Final = "\n"
_REPLACED: Final = "\N{REPLACEMENT CHARACTER}"
_NAMED: Final = 4
"""So many of the fonts that were tried are named in a problem; of the others, how many."""
_COMBINING: Final = frozenset({"Mn", "Mc", "Me", "Cf"})
_RIGHT_TO_LEFT: Final = frozenset({"R", "AL"})
_JOINING: Final = ("HANGUL JUNGSEONG", "HANGUL JONGSEONG", "HANGUL CHOSEONG", "MONGOLIAN LETTER", "PHAGS-PA LETTER")
"""Beginnings of the names of other letters that take their shape from their neighbours."""


class MissingGlyph(LookupError):
    """A text was to be printed though a character of it has no glyph: `missing` was not asked."""


class FontChain:
    """The faces a family's text is printed with.

    Args:
        family: as the template names it.
        near: the faces that come first, in order.
        far: makes the other faces, in order; called when a character is missing from all that are near.
        private: the faces whose private-use characters count.
    """

    def __init__(
        self,
        family: str,
        near: Sequence[Face],
        far: Callable[[], Sequence[Face]],
        private: Sequence[Face] = (),
    ) -> None:
        self.family = family
        self.first = near[0]
        self.advances: dict[str, float] = _Advances(self)
        """Width of a character in em; of one that no face has, 1."""
        self._near = near
        self._far = far
        self._private = private
        self._faces: dict[str, Face | None] = {}
        self._of_first: set[str] = set()
        self._known: set[str] = {_LINE_BREAK}

    def face_of(self, char: str) -> Face | None:
        """The face that prints a character; None where no face has it."""
        try:
            return self._faces[char]
        except KeyError:
            face = self._faces[char] = self._find(char)
            if face is not None:
                self._known.add(char)
            if face is self.first:
                self._of_first.add(char)
            return face

    def runs(self, text: str) -> Sequence[tuple[Face, str]]:
        """The text of one line in runs of one face.

        Raises:
            MissingGlyph: a character has no glyph. Who goes on without one puts GETA in its place first.
        """
        if self._of_first.issuperset(text):
            return ((self.first, text),) if text else ()
        if missing := self.missing(text):
            raise MissingGlyph(", ".join(f"U+{ord(char):04X}" for char in missing))
        return [(face, "".join(run)) for face, run in groupby(text, self.face_of) if face is not None]

    def missing(self, text: str) -> tuple[str, ...]:
        """The characters of a text that no face has, each once; a line break is none of them."""
        if self._known.issuperset(text):
            return ()
        return tuple(char for char in dict.fromkeys(text) if char != _LINE_BREAK and self.face_of(char) is None)

    def problems(self, text: str, place: Place, record: str | None = None) -> Iterator[Problem]:
        """A problem for each character of the text that cannot be printed (F-FONT-003, F-FONT-005)."""
        for char in self.missing(text):
            code = "F-FONT-005" if _needs_neighbour(char) else "F-FONT-003"
            params = {
                "char": char if char.isprintable() and not _needs_neighbour(char) else "",
                "point": f"U+{ord(char):04X}",
                "fonts": self._tried,
            }
            yield Problem(code, place, params=params, record=record)

    @property
    def _tried(self) -> str:
        names = tuple(dict.fromkeys(face.name for face in (*self._near, *self._far())))
        more = len(names) - _NAMED
        return ", ".join(names[:_NAMED]) + (f" … (+{more})" if more > 0 else "")

    def _find(self, char: str) -> Face | None:
        if _needs_neighbour(char) or char == _REPLACED:
            return None
        faces: Sequence[Face] = self._private if unicodedata.category(char) == "Co" else self._near
        for face in faces:
            if face.glyph(char) is not None:
                return face.part(char)
        if faces is self._private:
            return None
        return next((face.part(char) for face in self._far() if face.glyph(char) is not None), None)


class _Advances(dict[str, float]):
    """Widths of the characters met so far."""

    def __init__(self, chain: FontChain) -> None:
        super().__init__({_LINE_BREAK: 0.0})
        self._chain = chain

    def __missing__(self, char: str) -> float:
        face = self._chain.face_of(char)
        width = self[char] = 1.0 if face is None else face.advance(char)
        return width


def _needs_neighbour(char: str) -> bool:
    return (
        unicodedata.category(char) in _COMBINING
        or unicodedata.bidirectional(char) in _RIGHT_TO_LEFT
        or unicodedata.name(char, "").startswith(_JOINING)
    )
