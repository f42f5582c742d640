"""The room each field has on its sheet, read from the template, and the sizes of values that had to shrink.

A field that fills a paragraph of a cell with exact row heights has the cell's room, in a content control or typed as a
plain tag; a field in a control between two tab stops has one line as wide as the blank. Anything else grows or is as
wide as the designer left it: it has no box.
Word cuts off what does not fit an exact height without a sign, so the fit is decided here, before rendering.

Source: ECMA-376 Part 1, 17.4.80 (trHeight), 17.4.42 (tblCellMar), 17.4.84 (vMerge), 17.3.1.33 (spacing), 17.3.1.37
(tab).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from lxml import etree

from formgen.forms.manifest import Field, Manifest
from formgen.rendering.docx.tags import Scope
from formgen.rendering.docx.wordml import (
    PARAGRAPH_ORDER,
    RUN_ORDER,
    Element,
    insert_ordered,
    nearest,
    w,
)
from formgen.typeset import Box
from formgen.units import twips_to_pt

__all__ = ["HOLDERS", "Site", "find_sites", "instrument_sizes"]

SDT: Final = w("sdt")
PARAGRAPH: Final = w("p")
HOLDERS: Final = frozenset([SDT, PARAGRAPH])
"""What may hold one tag: a content control, or a paragraph without one."""
VALUE_TAG: Final = re.compile(r"\{\{\s*([A-Za-z]\w*)(?:\.([A-Za-z]\w*))?\s*\}\}")
MERGE_TAG: Final = re.compile(r"\{%\s*vm\s*%\}")
DEFAULT_SIZE_PT: Final = 10.5
DEFAULT_CELL_MARGIN: Final = 108
"""Twips left and right of a cell's text where no table says otherwise."""
AUTO_LINE: Final = 1.45
"""Height of a line in em where the spacing is not exact: that of Noto Serif CJK, the tallest of the usual fonts."""
SLACK_PT: Final = 0.5
"""Borders take up to half a point of a cell's width and height."""


@dataclass(frozen=True, slots=True)
class Site:
    """One place where a field is printed, and the room it has there."""

    index: int
    """Counts all sites of the template."""
    part: str
    control: int
    """Counts the content controls and paragraphs of the part in document order."""
    field: Field
    table: str
    """Key of the table whose column the field is; '' for a field of its own."""
    holder: str
    """What the tags of its sizes begin with: '' for a field of its own, `r.` in a loop whose variable is r."""
    box: Box
    is_line_scaled: bool
    """Whether the paragraph holds nothing else, so that its line spacing may shrink too."""

    @property
    def size_name(self) -> str:
        """Name in the context (or row) of the value's size here, in half points."""
        return f"formgen_size{self.index}"

    @property
    def line_name(self) -> str:
        """Name in the context (or row) of the line spacing here, in twips."""
        return f"formgen_line{self.index}"


def find_sites(
    trees: Mapping[str, Element], scopes: Mapping[str, Sequence[tuple[Element, Scope]]], manifest: Manifest
) -> Iterator[Site]:
    """Every field that has a box, part by part in document order."""
    fields = {item.key: item for item in manifest.fields}
    index = 0
    for part, tree in trees.items():
        scope_of = dict(scopes[part])
        for number, control in enumerate(tree.iter(*HOLDERS)):
            if control.tag == PARAGRAPH and next(control.iter(SDT), None) is not None:
                continue
            found = _field(control, scope_of[control], fields)
            if found is None:
                continue
            table, item, holder = found
            room = _room(control, item.min_font_pt)
            if room is not None:
                yield Site(index, part, number, item, table, holder, *room)
                index += 1


def instrument_sizes(tree: Element, sites: Sequence[Site]) -> None:
    """Put tags where the sizes of these sites stand."""
    controls = list(tree.iter(*HOLDERS))
    for site in sites:
        control = controls[site.control]
        _gather_tag(control)
        size, line = (f"{{{{ {site.holder}{name} }}}}" for name in (site.size_name, site.line_name))
        for run in control.iter(w("r")):
            properties = run.find(w("rPr"))
            if properties is None:
                properties = etree.Element(w("rPr"))
                run.insert(0, properties)
            for name in ("sz", "szCs"):
                _set(properties, name, {"val": size}, RUN_ORDER)
        if site.is_line_scaled:
            properties = _paragraph(control).find(w("pPr"))
            _set(properties, "spacing", {"line": line}, PARAGRAPH_ORDER)


def _gather_tag(control: Element) -> None:
    """A tag that Word split over runs into the run where it begins: other tags cannot stand inside it."""
    texts = list(control.iter(w("t")))
    while texts and "{" not in (texts[0].text or ""):
        texts.pop(0)
    for text in texts[1:]:
        texts[0].text += text.text or ""
        text.text = ""


def _set(parent: Element, name: str, values: Mapping[str, str], order: tuple[str, ...]) -> None:
    child = parent.find(w(name))
    if child is None:
        child = etree.Element(w(name))
        insert_ordered(parent, child, order)
    for key, value in values.items():
        child.set(w(key), value)


def _field(control: Element, scope: Scope, fields: Mapping[str, Field]) -> tuple[str, Field, str] | None:
    """(table, field or column, holder) of a control that prints one value."""
    text = MERGE_TAG.sub("", "".join(item.text or "" for item in control.iter(w("t")))).strip()
    match = VALUE_TAG.fullmatch(text)
    if match is None:
        return None
    name, attribute = match.groups()
    variable = scope.find(name)
    if variable is None:
        item = fields.get(name)
        return ("", item, "") if item is not None and attribute is None and item.table is None else None
    table = fields[variable.table].table if variable.kind == "row" else None
    column = next((item for item in table.columns if item.key == attribute), None) if table is not None else None
    return (variable.table, column, f"{name}.") if column is not None else None


def _room(control: Element, min_size_pt: float) -> tuple[Box, bool] | None:
    paragraph = _paragraph(control)
    run = next(control.iter(w("r")), None)
    if paragraph is None or run is None or paragraph.getparent().tag == w("txbxContent"):
        return None
    size_pt = _size(run, control)
    smallest = min(size_pt, min_size_pt)
    line_pt, is_exact = _line(paragraph, size_pt)
    if _is_alone(control, paragraph):
        cell = nearest(control, "tc")
        if cell is None or (height_pt := _height(cell, paragraph)) is None:
            return None
        width_pt = _width(cell) - _indent(paragraph, "left", "start") - _indent(paragraph, "right", "end") - SLACK_PT
        first_pt = _first_line(paragraph, size_pt)
        return Box(width_pt, height_pt - SLACK_PT, size_pt, line_pt, smallest, first_pt), is_exact
    blank_pt = _blank_width(control, paragraph)
    return None if blank_pt is None else (Box(blank_pt, line_pt, size_pt, line_pt, smallest), False)


def _paragraph(control: Element) -> Element:
    """The paragraph around a control, or None; a paragraph itself."""
    return control if control.tag == PARAGRAPH else nearest(control, "p")


def _is_alone(control: Element, paragraph: Element) -> bool:
    """Whether the paragraph holds nothing to see but this control."""
    inside = set(control.iter())
    shown = paragraph.iter(w("t"), w("tab"), w("br"), w("sym"), w("drawing"), w("pict"), SDT)
    return not any(
        item not in inside and (item.tag != w("t") or (item.text or "").strip())
        for item in shown
        if item.getparent().tag != w("tabs")
    )


def _blank_width(control: Element, paragraph: Element) -> float | None:
    """Width of the blank between the tab before the control and the tab after it."""
    stops = sorted(
        (int(stop.get(w("pos"), "0")), stop.get(w("val"), "left"))
        for stop in paragraph.iterfind(f"{w('pPr')}/{w('tabs')}/{w('tab')}")
        if stop.get(w("val")) != "clear"
    )
    inside = set(control.iter())
    flow = [
        item
        for item in paragraph.iter(w("t"), w("tab"), SDT)
        if item is control or (item not in inside and item.getparent().tag != w("tabs"))
    ]
    at = flow.index(control)
    tabs_before = sum(item.tag == w("tab") for item in flow[:at])
    is_between = at > 0 and flow[at - 1].tag == w("tab") and at + 1 < len(flow) and flow[at + 1].tag == w("tab")
    if not is_between or tabs_before >= len(stops):
        return None
    (start, alignment), (end, _) = stops[tabs_before - 1], stops[tabs_before]
    return twips_to_pt((end - start) * (2 if alignment == "center" else 1))


def _size(run: Element, control: Element) -> float:
    for place in (run.find(w("rPr")), _paragraph(control).find(f"{w('pPr')}/{w('rPr')}")):
        size = place.find(w("sz")) if place is not None else None
        if size is not None:
            return float(size.get(w("val"))) / 2
    return DEFAULT_SIZE_PT


def _line(paragraph: Element, size_pt: float) -> tuple[float, bool]:
    """Line spacing, and whether it is exact."""
    spacing = paragraph.find(f"{w('pPr')}/{w('spacing')}")
    line = float(spacing.get(w("line"), "0")) if spacing is not None else 0.0
    rule = spacing.get(w("lineRule"), "auto") if spacing is not None else "auto"
    if rule == "exact" and line > 0:
        return twips_to_pt(line), True
    if rule == "atLeast":
        return max(twips_to_pt(line), size_pt * AUTO_LINE), False
    return size_pt * AUTO_LINE * (line / 240 if line else 1.0), False


def _indent(paragraph: Element, *names: str) -> float:
    indent = paragraph.find(f"{w('pPr')}/{w('ind')}")
    values = [indent.get(w(name)) for name in names] if indent is not None else []
    return twips_to_pt(next((float(value) for value in values if value is not None), 0.0))


def _first_line(paragraph: Element, size_pt: float) -> float:
    indent = paragraph.find(f"{w('pPr')}/{w('ind')}")
    if indent is None:
        return 0.0
    characters = indent.get(w("firstLineChars"))
    return float(characters) / 100 * size_pt if characters else _indent(paragraph, "firstLine")


def _width(cell: Element) -> float:
    """Room between the cell's margins."""
    width = cell.find(f"{w('tcPr')}/{w('tcW')}")
    if width is None or width.get(w("type"), "dxa") != "dxa":
        columns = [float(item.get(w("w"))) for item in nearest(cell, "tbl").find(w("tblGrid"))]
        start = _column(cell)
        whole = sum(columns[start : start + _span(cell)])
    else:
        whole = float(width.get(w("w")))
    return twips_to_pt(whole - _margin(cell, "left", "start") - _margin(cell, "right", "end"))


def _margin(cell: Element, *names: str) -> float:
    """A cell margin in twips: the cell's own, else the table's, else Word's."""
    table = nearest(cell, "tbl")
    for place in (cell.find(f"{w('tcPr')}/{w('tcMar')}"), table.find(f"{w('tblPr')}/{w('tblCellMar')}")):
        for name in names:
            margin = place.find(w(name)) if place is not None else None
            if margin is not None:
                return float(margin.get(w("w"), "0"))
    return 0.0 if names[0] in ("top", "bottom") else DEFAULT_CELL_MARGIN


def _height(cell: Element, paragraph: Element) -> float | None:
    """Room for the paragraph between the cell's margins and its other paragraphs; None where the row grows."""
    row = nearest(cell, "tr")
    height = _row_height(row)
    if height is None:
        return None
    if _is_merged(cell, "restart"):
        column = _column(cell)
        for below in row.itersiblings(w("tr")):
            follower = next((item for item in below.iterfind(w("tc")) if _column(item) == column), None)
            more = _row_height(below)
            if follower is None or not _is_merged(follower, "continue") or more is None:
                break
            height += more
    rest = sum(_paragraph_height(item) for item in cell.iterfind(w("p")) if item is not paragraph)
    own = _around(paragraph)
    return height - twips_to_pt(_margin(cell, "top") + _margin(cell, "bottom")) - rest - own


def _row_height(row: Element) -> float | None:
    height = row.find(f"{w('trPr')}/{w('trHeight')}")
    if height is None or height.get(w("hRule")) != "exact":
        return None
    return twips_to_pt(float(height.get(w("val"), "0")))


def _paragraph_height(paragraph: Element) -> float:
    return _line(paragraph, DEFAULT_SIZE_PT)[0] + _around(paragraph)


def _around(paragraph: Element) -> float:
    spacing = paragraph.find(f"{w('pPr')}/{w('spacing')}")
    if spacing is None:
        return 0.0
    return twips_to_pt(float(spacing.get(w("before"), "0")) + float(spacing.get(w("after"), "0")))


def _is_merged(cell: Element, wanted: str) -> bool:
    merge = cell.find(f"{w('tcPr')}/{w('vMerge')}")
    return merge is not None and merge.get(w("val"), "continue") == wanted


def _column(cell: Element) -> int:
    """Index of the grid column in which the cell begins."""
    before = cell.getparent().find(f"{w('trPr')}/{w('gridBefore')}")
    skipped = int(before.get(w("val"), "0")) if before is not None else 0
    return skipped + sum(_span(item) for item in cell.itersiblings(w("tc"), preceding=True))


def _span(cell: Element) -> int:
    span = cell.find(f"{w('tcPr')}/{w('gridSpan')}")
    return int(span.get(w("val"), "1")) if span is not None else 1
