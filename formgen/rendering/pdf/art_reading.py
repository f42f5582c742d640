"""Reading a background with pikepdf: the pages of a PDF as the objects of Form XObjects.

In: background.pdf. Out: its artwork, as `formgen compile` stores it.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final

from formgen.errors import TemplateError
from formgen.interrupts import interrupts_held
from formgen.problems import Place, Problem
from formgen.rendering.pdf.artwork import ArtItem, Artwork, Syntax, artwork_name

__all__ = ["read_artwork"]

LEFT_OUT: Final = frozenset(["/Length", "/Parent", "/StructParents", "/StructParent", "/Group", "/Metadata"])
"""A page's own, or of no use in a form; /Group: a background has nothing transparent, and PDF/A is simpler without."""


def read_artwork(content: bytes, path: str) -> Artwork:
    """The artwork of a PDF's bytes; `path` says where they come from.

    Raises: TemplateError (F-PDF-002 it cannot be read).
    """
    with interrupts_held():
        import pikepdf

    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            reader = _Reader(pikepdf)
            forms = [pdf.make_indirect(page.as_form_xobject(handle_transformations=True)) for page in pdf.pages]
            pages = tuple(reader.visit(form) for form in forms)
    except (OSError, ValueError, pikepdf.PdfError, KeyError, TypeError) as exc:
        raise TemplateError(Problem("F-PDF-002", Place(path), params={"reason": str(exc)})) from exc
    return Artwork(artwork_name(hashlib.sha256(content).hexdigest()), tuple(reader.items), pages)


class _Reader:
    """Turns a document's objects into syntax, each once."""

    def __init__(self, pikepdf: Any) -> None:
        self._pikepdf = pikepdf
        self._indexes: dict[tuple[int, int], int] = {}
        self.items: list[ArtItem] = []

    def visit(self, value: Any) -> int:
        """The index of an indirect object."""
        index = self._indexes.get(value.objgen)
        if index is None:
            index = self._indexes[value.objgen] = len(self.items)
            self.items.append(ArtItem((), None))
            is_stream = isinstance(value, self._pikepdf.Stream)
            content = value.read_raw_bytes() if is_stream else None
            self.items[index] = ArtItem(_joined(self._syntax(value, is_top=True)), content)
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


def _joined(parts: Iterable[bytes | int]) -> Syntax:
    """With neighbouring bytes put together."""
    joined: list[bytes | int] = []
    for part in parts:
        if joined and isinstance(part, bytes) and isinstance(joined[-1], bytes):
            joined[-1] += part
        else:
            joined.append(part)
    return tuple(joined)
