"""What lies over the pages of a PDF: form fields with their values, and what viewers add (typed text, stamps, ink).

In: the pages of a file. Out: the widgets of form fields, each with the field's value and what its appearance shows; the
other annotations. Values are taken as they are stored: UTF-16 or PDFDocEncoding, lines ended by CR, LF or both.
Source: ISO 32000-2, 12.5 (annotations), 12.7 (forms), 7.9.2 (strings).
Limits: rich text (/RV) and scripts are not looked at.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import pikepdf

from formgen.reading.pdf.content import read_content
from formgen.reading.pdf.found import TextLine
from formgen.reading.pdf.matrices import Matrix
from formgen.reading.pdf.resources import Resources

__all__ = ["Note", "Widget", "has_stale_looks", "has_xfa", "read_annotations"]

K = TypeVar("K")
MOST: Final = 20_000
"""Annotations of a page."""
DEEPEST: Final = 32
HIDDEN: Final = 1 << 1 | 1 << 5
"""Annotation flags: hidden, not shown."""
IGNORED: Final = frozenset(["/Link", "/Popup", "/PrinterMark", "/TrapNet"])
_LINE_END: Final = re.compile("\r\n?")


@dataclass(frozen=True, slots=True)
class Widget:
    """One place of a form field."""

    name: str
    """The field's full name: rows.3.name."""
    x: float
    y: float
    """Its middle, in the page's user space."""
    is_button: bool
    value: str
    """Of a button "1" where it is on."""
    shown: str | None
    """What its appearance shows, without white space; None where it has none that can be read."""
    is_hidden: bool
    """Viewers do not show it."""


@dataclass(frozen=True, slots=True)
class Note:
    """Another annotation."""

    kind: str
    """FreeText, Stamp, Ink …"""
    box: tuple[float, float, float, float]
    text: str
    shown: str | None
    """Of text typed on the page what it shows, without white space; None where that cannot be read."""


def has_xfa(pdf: pikepdf.Pdf) -> bool:
    form = pdf.Root.get("/AcroForm")
    return isinstance(form, pikepdf.Dictionary) and "/XFA" in form


def has_stale_looks(pdf: pikepdf.Pdf) -> bool:
    """Whether the program that set the values left their appearances to viewers (12.7.3): what is there is old."""
    form = pdf.Root.get("/AcroForm")
    return isinstance(form, pikepdf.Dictionary) and bool(form.get("/NeedAppearances"))


def read_annotations(
    page: Any, resources_of: Callable[[Any], Resources[K]], *, are_looks_stale: bool = False
) -> tuple[list[Widget], list[Note]]:
    """Of stale appearances none is read. Raises: ValueError, TypeError, KeyError: a field is not as it has to be."""
    widgets: list[Widget] = []
    notes: list[Note] = []
    entries = page.get("/Annots")
    if not isinstance(entries, pikepdf.Array):
        return widgets, notes
    for index, entry in enumerate(entries):
        if index >= MOST:
            raise ValueError("annotations")
        if not isinstance(entry, pikepdf.Dictionary):
            continue
        kind = str(entry.get("/Subtype", ""))
        if kind == "/Widget":
            if (widget := _widget(entry, resources_of, are_looks_stale)) is not None:
                widgets.append(widget)
        elif kind not in IGNORED and not int(entry.get("/F", 0)) & HIDDEN:
            shown = None if are_looks_stale or kind != "/FreeText" else _appearance(entry, resources_of)
            notes.append(Note(kind[1:], _box(entry), _text(entry.get("/Contents")), shown))
    return widgets, notes


def _widget(entry: Any, resources_of: Callable[[Any], Resources[K]], is_stale: bool) -> Widget | None:
    chain = list(_chain(entry))
    kind = next((str(item.FT) for item in chain if "/FT" in item), "")
    if kind not in ("/Tx", "/Ch", "/Btn"):
        return None
    name = ".".join(reversed([_text(item.T) for item in chain if "/T" in item]))
    value = next((item.V for item in chain if "/V" in item), None)
    left, bottom, right, top = _box(entry)
    x, y = (left + right) / 2, (bottom + top) / 2
    is_hidden = bool(int(entry.get("/F", 0)) & HIDDEN)
    if kind == "/Btn":
        is_on = value is not None and str(value) not in ("/Off", "")
        state = entry.get("/AS")
        shown = None if state is None else "" if state == "/Off" else "1"
        return Widget(name, x, y, True, "1" if is_on else "", shown, is_hidden)
    options = next((item.Opt for item in chain if "/Opt" in item), None)
    shown = None if is_stale else _appearance(entry, resources_of)
    return Widget(name, x, y, False, _chosen(value, options), shown, is_hidden)


def _chain(entry: Any) -> Iterator[Any]:
    """A widget and the fields above it."""
    for _ in range(DEEPEST):
        if not isinstance(entry, pikepdf.Dictionary):
            return
        yield entry
        entry = entry.get("/Parent")
    raise ValueError("fields")


def _chosen(value: Any, options: Any) -> str:
    """The text of a value; of a list's, what the list shows for it."""
    if isinstance(value, pikepdf.Array):
        return "、".join(_chosen(item, options) for item in value)
    text = _text(value)
    if isinstance(options, pikepdf.Array):
        for option in options:
            if isinstance(option, pikepdf.Array) and len(option) == 2 and _text(option[0]) == text:
                return _text(option[1])
    return text


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, pikepdf.Stream):
        raw = value.read_bytes()
        text = raw.decode("utf-16") if raw[:2] in (b"\xfe\xff", b"\xff\xfe") else raw.decode("utf-8", "replace")
    else:
        text = str(value)
    return _LINE_END.sub("\n", text)


def _box(entry: Any) -> tuple[float, float, float, float]:
    edges = pikepdf.Rectangle(entry.Rect)
    return edges.llx, edges.lly, edges.urx, edges.ury


def _appearance(entry: Any, resources_of: Callable[[Any], Resources[K]]) -> str | None:
    looks = entry.get("/AP")
    look = looks.get("/N") if isinstance(looks, pikepdf.Dictionary) else None
    if not isinstance(look, pikepdf.Stream):
        return None
    found = read_content(look.read_bytes(), resources_of(look.get("/Resources")))
    if not found.is_readable or found.lost:
        return None
    return "".join("".join(line.text for line in _in_order(found.lines)).split())


def _in_order(lines: list[TextLine]) -> list[TextLine]:
    def key(line: TextLine) -> tuple[float, float]:
        matrix: Matrix = line.matrix
        return -round(matrix[5], 1), matrix[4]

    return sorted(lines, key=key)
