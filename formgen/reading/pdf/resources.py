"""The fonts and form XObjects that content streams name.

In: a resource dictionary. Out: readers of fonts; form XObjects, those that are a form's own artwork as what they are.
Source: ISO 32000-2, 7.8.3 (resource dictionaries), 8.10 (form XObjects).
"""

from __future__ import annotations

from collections.abc import Callable, Set
from typing import Any, Final, Generic, TypeVar

import pikepdf

from formgen.reading.pdf.fonts import FontReader
from formgen.reading.pdf.matrices import IDENTITY, Matrix

__all__ = ["Resources", "inherited"]

DEEPEST: Final = 64

K = TypeVar("K")


class Resources(Generic[K]):
    """The fonts and XObjects a content stream names; read when first named, each object once a file."""

    def __init__(
        self,
        raw: Any,
        caches: dict[tuple[int, int], Any],
        art_of: Callable[[bytes], K | None],
        off: Set[tuple[int, int]] = frozenset(),
    ) -> None:
        """`off`: the layers (optional content groups) that are switched off."""
        self._raw = raw
        self._caches = caches
        self._art_of = art_of
        self._off = off
        self._fonts: dict[bytes, FontReader | None] = {}
        self._xobjects: dict[bytes, Any] = {}

    def font(self, name: bytes) -> FontReader | None:
        if name not in self._fonts:
            self._fonts[name] = self._load(name, "/Font", _read_font)
        return self._fonts[name]

    def xobject(self, name: bytes) -> Any:
        """(art, None), (None, form), None for a picture or nothing."""
        if name not in self._xobjects:
            self._xobjects[name] = self._load(name, "/XObject", self._read_xobject)
        return self._xobjects[name]

    def inner(self, raw: Any) -> Resources[K]:
        return Resources(raw, self._caches, self._art_of, self._off) if raw is not None else self

    def opacity(self, name: bytes) -> float | None:
        """That a graphics state gives to what is filled; None where it says nothing of it."""
        state = self._entry("/ExtGState", "/" + name.decode("latin-1"))
        opacity = state.get("/ca") if isinstance(state, pikepdf.Dictionary) else None
        return None if opacity is None else float(opacity)

    def is_layer_off(self, name: bytes) -> bool:
        """Whether marked content of this name is of a layer that is switched off."""
        return bool(self._off) and self._is_off(self._entry("/Properties", "/" + name.decode("latin-1")))

    def _is_off(self, layer: Any) -> bool:
        if not isinstance(layer, pikepdf.Dictionary):
            return False
        groups = layer.get("/OCGs")  # a membership, which shows where any of its layers does
        if groups is None:
            return layer.objgen in self._off
        members = list(groups) if isinstance(groups, pikepdf.Array) else [groups]
        return bool(members) and all(getattr(member, "objgen", None) in self._off for member in members)

    def _entry(self, kind: str, key: str) -> Any:
        entries = self._raw.get(kind) if isinstance(self._raw, pikepdf.Dictionary) else None
        return entries.get(key) if isinstance(entries, pikepdf.Dictionary) else None

    def _load(self, name: bytes, kind: str, read: Callable[[Any, str], Any]) -> Any:
        key = "/" + name.decode("latin-1")
        value = self._entry(kind, key)
        if not isinstance(value, pikepdf.Dictionary | pikepdf.Stream):
            return None
        number = value.objgen
        if number == (0, 0):
            return read(value, key)
        if number not in self._caches:
            self._caches[number] = read(value, key)
        return self._caches[number]

    def _read_xobject(self, value: Any, _: str) -> Any:
        subtype = value.get("/Subtype")
        if self._off and self._is_off(value.get("/OC")):
            return None
        if subtype == "/Image":
            return "picture"
        if subtype != "/Form" or not isinstance(value, pikepdf.Stream):
            return None
        content = value.read_bytes()
        art = self._art_of(content)
        if art is not None:
            return art, _matrix_of(value)
        return content, _matrix_of(value), self.inner(value.get("/Resources"))


def inherited(page: Any, key: str) -> Any:
    """An entry of a page, or of the nearest node of the page tree above it that has it."""
    for _ in range(DEEPEST):
        if not isinstance(page, pikepdf.Dictionary) or key in page:
            break
        page = page.get("/Parent")
    return page.get(key) if isinstance(page, pikepdf.Dictionary) else None


def _read_font(value: Any, name: str) -> FontReader:
    return FontReader(value, name)


def _matrix_of(value: Any) -> Matrix:
    raw = value.get("/Matrix")
    if raw is None:
        return IDENTITY
    a, b, c, d, e, f = (float(item) for item in raw)
    return a, b, c, d, e, f
