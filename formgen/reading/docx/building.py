"""A text while it is built: pieces, the marks that have begun and ended in it, the fields that are open.

A mark's place is counted in characters of the text so far. What a run looks like changes what its texts read as.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from formgen.reading.docx.elements import IDENTITY, NAME, START
from formgen.reading.docx.model import Mark, Picture, Text, mark_name
from formgen.rendering.docx.wordml import Element

__all__ = ["Build", "DressedPieces", "moved"]


class Build:
    """A text while it grows."""

    __slots__ = ("_counted", "_length", "fields", "marks", "open", "pictures", "pieces")

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self._counted = self._length = 0
        self.marks: list[Mark] = []
        self.open: dict[str, tuple[str, int, int, int]] = {}
        """Bookmarks that have begun, by their id: name, row, sheet, start."""
        self.fields: list[list[str] | None] = []
        """Of fields that have begun: their instructions; None once the result has begun."""
        self.pictures: list[Picture] = []

    @property
    def length(self) -> int:
        """Of the text so far; reckoned when it is asked for."""
        pieces = self.pieces
        if self._counted < len(pieces):
            self._length += sum(map(len, pieces[self._counted :] if self._counted else pieces))
            self._counted = len(pieces)
        return self._length

    @property
    def is_unseen(self) -> bool:
        """Whether a field's instructions are being read, or the result of one that counts pages."""
        return any(item is not None for item in self.fields)

    def bookmark(self, element: Element) -> None:
        if element.tag == START:
            self.start(element)
        else:
            self.end(element)

    def start(self, element: Element) -> None:
        known = mark_name(element.get(NAME, ""))
        if known is not None:
            self.open[element.get(IDENTITY, "")] = (*known, self.length)

    def end(self, element: Element) -> None:
        begun = self.open.pop(element.get(IDENTITY, ""), None)
        if begun is not None:
            name, row, sheet, start = begun
            self.marks.append(Mark(False, name, row, start, self.length, sheet))

    def append(self, inner: Build) -> None:
        """What was built by itself comes next."""
        start = self.length
        self.marks += moved(inner.closed(), start)
        self.pictures += [picture._replace(at=picture.at + start) for picture in inner.pictures]
        for piece in inner.pieces:
            self.pieces.append(piece)

    def text(self, place: str) -> Text:
        return Text("".join(self.pieces), self.closed(), place, self.pictures)

    def closed(self) -> list[Mark]:
        """The marks; bookmarks that do not end in the text hold all that follows in it."""
        for name, row, sheet, start in self.open.values():
            self.marks.append(Mark(False, name, row, start, self.length, sheet))
        self.open.clear()
        return self.marks


class DressedPieces(list[str]):
    """The pieces of a text that does not look like any other: struck out, raised."""

    def __init__(self, dress: Callable[[str], str]) -> None:
        super().__init__()
        self._dress = dress

    def append(self, piece: str) -> None:
        super().append(self._dress(piece))


def moved(marks: Sequence[Mark], start: int) -> list[Mark]:
    return [mark._replace(start=mark.start + start, end=mark.end + start) for mark in marks]
