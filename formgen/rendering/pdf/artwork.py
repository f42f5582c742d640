"""The printed form without values: the pages of background.pdf, taken over into files as Form XObjects.

In: background.pdf. Out: for every page its objects as PDF syntax, read once a process: from background.art, where
`formgen compile` has put them, or with pikepdf, which takes 30 ms to load and to read them. Pages share what they
shared in the background (fonts).

Source: ISO 32000-2, 8.10 (form XObjects).
"""

from __future__ import annotations

import functools
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from formgen.errors import TemplateError
from formgen.problems import Place, Problem
from formgen.rendering.pdf.objects import ObjectWriter

__all__ = ["ARTWORK", "ArtBook", "ArtItem", "ArtUse", "Artwork", "artwork_name", "dump_artwork", "load_artwork"]

ARTWORK: Final = "background.art"
FORMAT: Final = 1
Syntax = tuple[bytes | int, ...]
"""PDF syntax with references to objects by their index in between."""


class ArtUse(NamedTuple):
    """A page of a background."""

    background: str
    """Path of the file."""
    art: int

    @property
    def name(self) -> str:
        """The resource's name: the same for the same picture, in whichever process a page is made."""
        return f"B{load_artwork(self.background).name}p{self.art}"


@dataclass(frozen=True, slots=True)
class ArtItem:
    """One object of a background."""

    syntax: Syntax
    content: bytes | None
    """A stream's, as it is stored."""


@dataclass(frozen=True, slots=True)
class Artwork:
    """A background: its objects, and of each page the object."""

    name: str
    items: tuple[ArtItem, ...]
    pages: tuple[int, ...]


@functools.cache
def load_artwork(path: str) -> Artwork:
    """Read a background once a process.

    Raises: TemplateError (F-LAYOUT-001 there is none, F-PDF-002 it cannot be read).
    """
    place = Place(path)
    try:
        content = Path(path).read_bytes()
    except FileNotFoundError as exc:
        raise TemplateError(Problem("F-LAYOUT-001", place)) from exc
    except OSError as exc:
        raise TemplateError(Problem("F-PDF-002", place, params={"reason": str(exc)})) from exc
    stored = _stored(Path(path).with_name(ARTWORK), hashlib.sha256(content).hexdigest())
    if stored is not None:
        return stored
    from formgen.rendering.pdf.art_reading import read_artwork

    return read_artwork(content, path)


def dump_artwork(artwork: Artwork, background: bytes) -> bytes:
    """The bytes of background.art, for the background it was read from: one line of JSON, then the streams."""
    streams = [item.content for item in artwork.items if item.content is not None]
    items = [
        [
            [part.decode("latin-1") if isinstance(part, bytes) else part for part in item.syntax],
            None if item.content is None else len(item.content),
        ]
        for item in artwork.items
    ]
    stored = hashlib.sha256(b"".join(streams)).hexdigest()
    digest = hashlib.sha256(background).hexdigest()
    head = {"format": FORMAT, "background": digest, "streams": stored, "pages": artwork.pages, "items": items}
    return json.dumps(head).encode("ascii") + b"\n" + b"".join(streams)


def _stored(path: Path, digest: str) -> Artwork | None:
    """What background.art holds; None where it is missing, damaged or of another background."""
    try:
        head, _, streams = path.read_bytes().partition(b"\n")
        raw = json.loads(head)
        if (raw["format"], raw["background"], raw["streams"]) != (FORMAT, digest, hashlib.sha256(streams).hexdigest()):
            return None
        items, start = [], 0
        for parts, length in raw["items"]:
            syntax = tuple(part.encode("latin-1") if isinstance(part, str) else part for part in parts)
            items.append(ArtItem(syntax, None if length is None else streams[start : start + length]))
            start += length or 0
        return Artwork(artwork_name(digest), tuple(items), tuple(raw["pages"]))
    except (OSError, ValueError, LookupError, TypeError):
        return None


def artwork_name(digest: str) -> str:
    """A background's name within files, from its SHA-256."""
    return digest[:10]


class ArtBook:
    """The artwork of one file: each picture is written when it is used first."""

    def __init__(self, objects: ObjectWriter) -> None:
        self._objects = objects
        self._numbers: dict[tuple[str, int], int] = {}
        self._names: dict[ArtUse, tuple[str, int]] = {}

    def number(self, use: ArtUse) -> int:
        found = self._names.get(use)
        if found is None:
            artwork = load_artwork(use.background)
            found = self._names[use] = (use.name, self._write(artwork, artwork.pages[use.art]))
        return found[1]

    def entries(self) -> bytes:
        """All that was used, as entries of an XObject dictionary."""
        by_name = dict(self._names.values())  # copies of a background have one name
        return b"".join(b"/%b %d 0 R" % (name.encode(), number) for name, number in by_name.items())

    def _write(self, artwork: Artwork, index: int) -> int:
        known = self._numbers.get((artwork.name, index))
        if known is not None:
            return known
        number = self._numbers[artwork.name, index] = self._objects.reserve()
        item = artwork.items[index]
        parts = [part if isinstance(part, bytes) else b"%d 0 R" % self._write(artwork, part) for part in item.syntax]
        if item.content is None:
            self._objects.put(number, b"".join(parts))
        else:
            self._objects.put_stream(number, b"".join(parts), item.content, is_encoded=True)
        return number
