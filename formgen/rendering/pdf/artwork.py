"""The printed form without values: the pages of background.pdf, taken over into files as Form XObjects.

In: background.pdf. Out: for every page its objects as PDF syntax, read once with pikepdf. Pages share what they shared
in the background (fonts).

Source: ISO 32000-2, 8.10 (form XObjects).
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, NamedTuple

from formgen.errors import TemplateError
from formgen.interrupts import interrupts_held
from formgen.problems import Place, Problem
from formgen.rendering.pdf.objects import ObjectWriter

__all__ = ["ArtBook", "ArtUse", "Artwork", "load_artwork"]

LEFT_OUT: Final = frozenset(["/Length", "/Parent", "/StructParents", "/StructParent", "/Group", "/Metadata"])
"""A page's own, or of no use in a form; /Group: a background has nothing transparent, and PDF/A is simpler without."""

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
class _Item:
    """One object of a background."""

    syntax: Syntax
    content: bytes | None
    """A stream's, as it is stored."""


@dataclass(frozen=True, slots=True)
class Artwork:
    """A background: its objects, and of each page the object."""

    name: str
    items: tuple[_Item, ...]
    pages: tuple[int, ...]


@functools.cache
def load_artwork(path: str) -> Artwork:
    """Read a background once a process.

    Raises: TemplateError (F-LAYOUT-001 there is none, F-PDF-002 it cannot be read).
    """
    with interrupts_held():
        import pikepdf

    place = Place(path)
    try:
        content = Path(path).read_bytes()
        with pikepdf.open(path) as pdf:
            reader = _Reader(pikepdf)
            forms = [pdf.make_indirect(page.as_form_xobject(handle_transformations=True)) for page in pdf.pages]
            pages = tuple(reader.visit(form) for form in forms)
    except FileNotFoundError as exc:
        raise TemplateError(Problem("F-LAYOUT-001", place)) from exc
    except (OSError, ValueError, pikepdf.PdfError, KeyError, TypeError) as exc:
        raise TemplateError(Problem("F-PDF-002", place, params={"reason": str(exc)})) from exc
    return Artwork(hashlib.sha256(content).hexdigest()[:10], tuple(reader.items), pages)


class _Reader:
    """Turns a document's objects into syntax, each once."""

    def __init__(self, pikepdf: Any) -> None:
        self._pikepdf = pikepdf
        self._indexes: dict[tuple[int, int], int] = {}
        self.items: list[_Item] = []

    def visit(self, value: Any) -> int:
        """The index of an indirect object."""
        index = self._indexes.get(value.objgen)
        if index is None:
            index = self._indexes[value.objgen] = len(self.items)
            self.items.append(_Item((), None))
            is_stream = isinstance(value, self._pikepdf.Stream)
            content = value.read_raw_bytes() if is_stream else None
            self.items[index] = _Item(_joined(self._syntax(value, is_top=True)), content)
        return index

    def _syntax(self, value: Any, *, is_top: bool = False) -> Iterable[bytes | int]:
        kinds = self._pikepdf
        if isinstance(value, (kinds.Dictionary, kinds.Array, kinds.Stream)) and value.is_indirect and not is_top:
            yield self.visit(value)
        elif isinstance(value, kinds.Stream):
            yield from self._entries(value.stream_dict)
        elif isinstance(value, kinds.Dictionary):
            yield b"<<"
            yield from self._entries(value)
            yield b">>"
        elif isinstance(value, kinds.Array):
            yield b"["
            for item in value:
                yield from self._syntax(item)
                yield b" "
            yield b"]"
        else:
            yield self._plain(value)

    def _entries(self, dictionary: Any) -> Iterable[bytes | int]:
        for key, value in dictionary.items():
            if key not in LEFT_OUT:
                yield bytes(self._pikepdf.Name(key).unparse()) + b" "
                yield from self._syntax(value)

    def _plain(self, value: Any) -> bytes:
        if isinstance(value, self._pikepdf.Object):
            return bytes(value.unparse())
        if isinstance(value, bool):
            return b"true" if value else b"false"
        if value is None:
            return b"null"
        return f"{value:f}".encode() if isinstance(value, Decimal) else str(value).encode()


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


def _joined(parts: Iterable[bytes | int]) -> Syntax:
    """With neighbouring bytes put together."""
    joined: list[bytes | int] = []
    for part in parts:
        if joined and isinstance(part, bytes) and isinstance(joined[-1], bytes):
            joined[-1] += part
        else:
            joined.append(part)
    return tuple(joined)
