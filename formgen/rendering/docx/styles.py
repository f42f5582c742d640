"""What a template's styles say where the text itself does not: sizes, spacing, indents and cell margins, as in Word.

In: word/styles.xml and an element of another part. Out: the value in force there. The text's own setting comes first,
then its character style, its paragraph style (or the default one), its table's style, then the document's defaults;
each style stands on the one it is based on, and every attribute inherits by itself. Where nothing says, text has 10 pt.

Limits: a table style's rules for single rows and columns (tblStylePr) and the indents of numberings are not read.
Source: ECMA-376 Part 1, 17.7.2 (order of styles), 17.7.5 (docDefaults), 17.3.2.38 (sz), 17.3.1.33 (spacing), 17.3.1.12
(ind), 17.4.42 (tblCellMar).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from formgen.rendering.docx.wordml import Element, nearest, w
from formgen.units import twips_to_pt

__all__ = ["STYLES", "Styles"]

STYLES: Final = "word/styles.xml"
DEFAULT_SIZE_PT: Final = 10.0
DEFAULT_CELL_MARGIN: Final = 108
"""Twips left and right of a cell's text where no table says otherwise."""
AUTO_LINE: Final = 1.45
"""Height of a line in em where the spacing is not exact: that of Noto Serif CJK, the tallest of the usual fonts."""
OFF: Final = frozenset(["0", "false", "off"])


class Styles:
    """The styles of one template; without a part, Word's own defaults."""

    def __init__(self, root: Element = None) -> None:
        styles = root.findall(w("style")) if root is not None else []
        self._known = {(item.get(w("type"), "paragraph"), item.get(w("styleId"))): item for item in styles}
        self._defaults = {
            item.get(w("type"), "paragraph"): item for item in styles if item.get(w("default"), "0") not in OFF
        }
        self._document = root.find(w("docDefaults")) if root is not None else None

    def size(self, run: Element) -> float:
        """Size of a run's text in points."""
        own = run.find(w("rPr"))
        character = _named(own, "rStyle")
        chain = self._chain("character", character) if character is not None else iter(())
        return self._size([own, *(item.find(w("rPr")) for item in chain)], nearest(run, "p"))

    def mark_size(self, paragraph: Element) -> float:
        """Size of a paragraph's mark: that of its line where it is empty."""
        return self._size([paragraph.find(f"{w('pPr')}/{w('rPr')}")], paragraph)

    def line(self, paragraph: Element, size_pt: float) -> tuple[float, bool]:
        """Line spacing in points for text of that size, and whether it is exact."""
        spacing = self._setting(paragraph, "spacing", "line")
        line = float(spacing.get(w("line"))) if spacing is not None else 0.0
        rule = spacing.get(w("lineRule"), "auto") if spacing is not None else "auto"
        if rule == "exact" and line > 0:
            return twips_to_pt(line), True
        if rule == "atLeast":
            return max(twips_to_pt(line), size_pt * AUTO_LINE), False
        return size_pt * AUTO_LINE * (line / 240 if line else 1.0), False

    def around(self, paragraph: Element) -> float:
        """Points before and after a paragraph."""
        return sum(twips_to_pt(self._number(paragraph, "spacing", name)) for name in ("before", "after"))

    def indents(self, paragraph: Element, size_pt: float) -> float:
        """Points left and right of a paragraph's text."""
        return sum(self._indent(paragraph, size_pt, *names) for names in (("left", "start"), ("right", "end")))

    def first_line(self, paragraph: Element, size_pt: float) -> float:
        """Indent of a paragraph's first line in points."""
        return self._indent(paragraph, size_pt, "firstLine")

    def margin(self, cell: Element, *names: str) -> float:
        """A cell margin in twips: the cell's own, else the table's, else its style's, else Word's."""
        table = nearest(cell, "tbl")
        styles = list(self._chain("table", _named(table.find(w("tblPr")), "tblStyle")))
        places = [
            cell.find(f"{w('tcPr')}/{w('tcMar')}"),
            table.find(f"{w('tblPr')}/{w('tblCellMar')}"),
            *(item.find(f"{w('tcPr')}/{w('tcMar')}") for item in styles),
            *(item.find(f"{w('tblPr')}/{w('tblCellMar')}") for item in styles),
        ]
        for place in places:
            for name in names:
                margin = place.find(w(name)) if place is not None else None
                if margin is not None:
                    return float(margin.get(w("w"), "0"))
        return 0.0 if names[0] in ("top", "bottom") else DEFAULT_CELL_MARGIN

    def _chain(self, kind: str, identity: str | None) -> Iterator[Element]:
        """A style and those it is based on, the nearest first; the default one where none of that name is."""
        style = self._known.get((kind, identity), self._defaults.get(kind))
        passed = set()
        while style is not None and style not in passed:
            passed.add(style)
            yield style
            based = _named(style, "basedOn")
            style = self._known.get((kind, based)) if based is not None else None

    def _around_styles(self, paragraph: Element, name: str) -> Iterator[Element]:
        """The pPr or rPr of all that stands behind a paragraph: its style's, its table's style's, the document's."""
        for style in self._chain("paragraph", _named(paragraph.find(w("pPr")), "pStyle")):
            yield style.find(w(name))
        table = nearest(paragraph, "tbl")
        if table is not None:
            for style in self._chain("table", _named(table.find(w("tblPr")), "tblStyle")):
                yield style.find(w(name))
        if self._document is not None:
            yield self._document.find(f"{w(name + 'Default')}/{w(name)}")

    def _size(self, own: list[Element], paragraph: Element) -> float:
        for place in (*own, *self._around_styles(paragraph, "rPr")):
            size = _named(place, "sz")
            if size is not None:
                return float(size) / 2
        return DEFAULT_SIZE_PT

    def _setting(self, paragraph: Element, child: str, attribute: str) -> Element:
        """The nearest w:spacing or w:ind in force that has the attribute; None where there is none."""
        for place in (paragraph.find(w("pPr")), *self._around_styles(paragraph, "pPr")):
            found = place.find(w(child)) if place is not None else None
            if found is not None and found.get(w(attribute)) is not None:
                return found
        return None

    def _number(self, paragraph: Element, child: str, attribute: str) -> float:
        found = self._setting(paragraph, child, attribute)
        return float(found.get(w(attribute))) if found is not None else 0.0

    def _indent(self, paragraph: Element, size_pt: float, *names: str) -> float:
        """An indent in points. One in characters comes before one in twips, unless it is none."""
        for name in names:
            if characters := self._number(paragraph, "ind", f"{name}Chars"):
                return characters / 100 * size_pt
        return twips_to_pt(next((found for name in names if (found := self._number(paragraph, "ind", name))), 0.0))


def _named(parent: Element, name: str) -> str | None:
    """w:val of a child; None where there is no such child."""
    child = parent.find(w(name)) if parent is not None else None
    value: str | None = child.get(w("val")) if child is not None else None
    return value
