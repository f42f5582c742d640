"""Ids and bookmark names that stay unique, whatever a template repeats.

Word calls a file unreadable when two content controls, bookmarks or pictures share an id. So every id is renumbered
when the template is compiled: outside loops once and for all, inside a loop by the row's number, in a merged file also
by the sheet. A bookmark f_rows_name is f_rows_name__3 in row 3, and f2_rows_name__3 in the second sheet of a file.

Limits: inside a loop over something other than a table's rows nothing tells repetitions apart: content controls there
go without an id (Word gives one) and bookmarks are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from formgen.rendering.docx.tags import Scope
from formgen.rendering.docx.wordml import W14_NS, WP_NS, Element, w

__all__ = ["BASE", "FOREIGN_MARK", "IDENTIFIED", "MARK", "UNIQUE", "Numbering", "identify"]

SDT: Final = w("sdt")
START: Final = w("bookmarkStart")
END: Final = w("bookmarkEnd")
PICTURE: Final = f"{{{WP_NS}}}docPr"
IDENTIFIED: Final = frozenset([SDT, START, END, PICTURE])
"""Elements that carry an id of their own."""
PARAGRAPH_IDS: Final = (f"{{{W14_NS}}}paraId", f"{{{W14_NS}}}textId")

BASE: Final = "formgen_base"
"""Context of a merged file: what is added to the sheet's ids."""
MARK: Final = "formgen_mark"
"""Context of a merged file: '' in the first sheet, then '2', '3' …"""
FOREIGN_MARK: Final = "formgen_foreign_mark"
"""The same for bookmarks that are not formgen's: '', '__s2' …"""
UNIQUE: Final = "formgen_unique"
"""Context: gives another number every time, for pictures in loops without rows."""


class Numbering:
    """Hands out the ids of one template over all its parts; equal calls in equal order give equal ids."""

    def __init__(self, static: int, repeated: int, is_merged: bool) -> None:
        self._row_base = static + 1
        self._stride = repeated
        self._next_static = 1
        self._next_repeated = 0
        self._base = f"{BASE} + " if is_merged else ""
        self._is_merged = is_merged

    def span(self, last_row: int) -> int:
        """An upper bound of the ids of a sheet whose longest table has that many rows."""
        return self._row_base + self._stride * (last_row + 1)

    def number(self, scope: Scope) -> str | None:
        """An id as an attribute's value, with tags where it depends on row or sheet. None: cannot be told apart."""
        if not scope.is_loop:
            number = self._next_static
            self._next_static += 1
            return f"{{{{ {self._base}{number} }}}}" if self._is_merged else str(number)
        offset = self._row_base + self._next_repeated
        self._next_repeated += 1
        if not scope.row:
            return None
        return f"{{{{ {self._base}{scope.row}.row_number * {self._stride} + {offset} }}}}"

    def bookmark(self, name: str, scope: Scope) -> str:
        if self._is_merged:
            name = f"f{{{{ {MARK} }}}}_{name[2:]}" if name.startswith("f_") else f"{name}{{{{ {FOREIGN_MARK} }}}}"
        return f"{name}__{{{{ {scope.row}.row_number }}}}" if scope.is_loop else name


def identify(root: Element, places: Sequence[tuple[Element, Scope]], numbering: Numbering) -> None:
    """Renumber what `places` (all IDENTIFIED elements of the part, in document order) name."""
    bookmark_ids: dict[str, str | None] = {}
    for element, scope in places:
        if element.tag == SDT:
            _number_control(element, numbering.number(scope))
        elif element.tag == START:
            number = bookmark_ids[element.get(w("id"))] = numbering.number(scope)
            _number_or_drop(element, number)
            element.set(w("name"), numbering.bookmark(element.get(w("name"), ""), scope))
        elif element.tag == END:
            numbering_of_start = bookmark_ids.get(element.get(w("id")))
            _number_or_drop(element, numbering_of_start)
        else:
            element.set("id", numbering.number(scope) or f"{{{{ {UNIQUE}() }}}}")
    for paragraph in root.iter(w("p")):
        for name in PARAGRAPH_IDS:  # optional, and a loop would repeat them
            paragraph.attrib.pop(name, None)


def _number_control(control: Element, number: str | None) -> None:
    properties = control.find(w("sdtPr"))
    identity = properties.find(w("id")) if properties is not None else None
    if identity is None:
        return
    if number is None:
        properties.remove(identity)
    else:
        identity.set(w("val"), number)


def _number_or_drop(element: Element, number: str | None) -> None:
    if number is None:
        element.getparent().remove(element)
    else:
        element.set(w("id"), number)
