"""The room each field has on its sheet, read from the template, and the sizes of values that had to shrink.

A field that fills a paragraph of a cell with exact row heights has the cell's room, in a content control or typed as a
plain tag; with words or other tags beside it the whole paragraph is measured and shrinks together. A field in a control
between two tab stops has one line as wide as the blank. Anything else grows or is as wide as the designer left it: it
has no box.
Word cuts off what does not fit an exact height without a sign, so the fit is decided here, before rendering.

Source: ECMA-376 Part 1, 17.4.80 (trHeight), 17.4.42 (tblCellMar), 17.4.84 (vMerge), 17.3.1.33 (spacing), 17.3.1.37
(tab).
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from lxml import etree

from formgen.forms.manifest import Field, Manifest
from formgen.rendering.docx.styles import Styles
from formgen.rendering.docx.tags import TAG, Scope
from formgen.rendering.docx.wordml import (
    PARAGRAPH_ORDER,
    RUN_ORDER,
    Element,
    insert_ordered,
    nearest,
    own_texts,
    w,
)
from formgen.rendering.docx.words import Words, words_of
from formgen.typeset import ROUNDING_PT, Box, fit
from formgen.typeset.widths import WIDEST
from formgen.units import half_points, twips_to_pt

__all__ = ["HOLDERS", "Site", "find_sites", "instrument_sizes"]

SDT: Final = w("sdt")
PARAGRAPH: Final = w("p")
HOLDERS: Final = frozenset([SDT, PARAGRAPH])
"""What may hold one tag: a content control, or a paragraph without one."""
VALUE_TAG: Final = re.compile(r"\{\{\s*([A-Za-z]\w*)(?:\.([A-Za-z]\w*))?\s*\}\}")
MERGE_TAG: Final = re.compile(r"\{%\s*vm\s*%\}")
SLACK_PT: Final = 0.5
"""Borders take up to half a point of a cell's height; of its width they take nothing."""


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
    """Whether the paragraph's line spacing is exact and holds nothing else, so that it may shrink too."""
    words: Words | None = None
    """What the paragraph says where it is measured as a whole; `field` is then one of those in it."""

    @property
    def size_name(self) -> str:
        """Name in the context (or row) of the value's size here, in half points."""
        return f"formgen_size{self.index}"

    @property
    def line_name(self) -> str:
        """Name in the context (or row) of the line spacing here, in twips."""
        return f"formgen_line{self.index}"


def find_sites(
    trees: Mapping[str, Element],
    scopes: Mapping[str, Sequence[tuple[Element, Scope]]],
    manifest: Manifest,
    styles: Styles,
) -> Iterator[Site]:
    """Every field that has a box, part by part in document order."""
    fields = {item.key: item for item in manifest.fields}
    index = 0
    for part, tree in trees.items():
        scope_of = dict(scopes[part])
        holders = list(tree.iter(*HOLDERS))
        alone = {item: site for item in holders if (site := _alone(item, scope_of[item], fields, styles)) is not None}
        served = {_paragraph(item) for item in alone}
        for number, holder in enumerate(holders):
            site = alone.get(holder)
            if site is None and holder.tag == PARAGRAPH and holder not in served:
                site = _whole(holder, scope_of[holder], fields, styles)
            if site is not None:
                yield dataclasses.replace(site, index=index, part=part, control=number)
                index += 1


def instrument_sizes(tree: Element, sites: Sequence[Site], styles: Styles) -> None:
    """Put tags where the sizes of these sites stand."""
    controls = list(tree.iter(*HOLDERS))
    for site in sites:
        control = controls[site.control]
        paragraph = _paragraph(control)
        line = f"{{{{ {site.holder}{site.line_name} }}}}"
        for run, size in _sizes(control, site, styles):
            properties = _child(run, "rPr")
            for name in ("sz", "szCs"):
                _set(properties, name, {"val": size}, RUN_ORDER)
        if site.is_line_scaled:
            values = {"line": line, "lineRule": "exact"}
            _set(_child(paragraph, "pPr"), "spacing", values, PARAGRAPH_ORDER)


def _sizes(control: Element, site: Site, styles: Styles) -> list[tuple[Element, str]]:
    """The runs that shrink, each with the tag of its size. Words smaller than the paragraph's largest stay so."""
    name = f"{site.holder}{site.size_name}"
    if site.words is None:
        _gather_tag(control)
        return [(run, f"{{{{ {name} }}}}") for run in control.iter(w("r"))]
    _gather_tags(control)
    return [(run, f"{{{{ [{half_points(styles.size(run))}, {name}]|min }}}}") for run in _runs(control)]


def _runs(paragraph: Element) -> list[Element]:
    """The runs of a paragraph, without those of text boxes in it."""
    return [run for run in paragraph.iter(w("r")) if nearest(run, "p") is paragraph]


def _child(parent: Element, name: str) -> Element:
    """The properties of a run or paragraph, which stand first in it; made where there are none."""
    child = parent.find(w(name))
    if child is None:
        child = etree.Element(w(name))
        parent.insert(0, child)
    return child


def _gather_tag(control: Element) -> None:
    """A tag that Word split over runs into the run where it begins: other tags cannot stand inside it."""
    texts = list(control.iter(w("t")))
    while texts and "{" not in (texts[0].text or ""):
        texts.pop(0)
    for text in texts[1:]:
        texts[0].text += text.text or ""
        text.text = ""


def _gather_tags(paragraph: Element) -> None:
    """Each tag of a paragraph into the run where it begins; what stands between the tags stays where it is."""
    texts = list(own_texts(paragraph))
    whole = "".join(text.text or "" for text in texts)
    owners = [number for number, text in enumerate(texts) for _ in text.text or ""]
    for tag in TAG.finditer(whole):
        owners[tag.start() : tag.end()] = [owners[tag.start()]] * len(tag[0])
    for number, text in enumerate(texts):
        text.text = "".join(character for character, owner in zip(whole, owners, strict=True) if owner == number)


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


def _alone(control: Element, scope: Scope, fields: Mapping[str, Field], styles: Styles) -> Site | None:
    """The site of a control or paragraph that prints one value; its index is not known yet."""
    if control.tag == PARAGRAPH and next(control.iter(SDT), None) is not None:
        return None
    found = _field(control, scope, fields)
    paragraph = _paragraph(control)
    run = _tagged_run(control)
    if found is None or paragraph is None or run is None or paragraph.getparent().tag == w("txbxContent"):
        return None
    table, item, holder = found
    size_pt = styles.size(run)
    smallest = min(size_pt, item.min_font_pt)
    if _is_alone(control, paragraph):
        room = _cell_room(paragraph, size_pt, smallest, styles)
        return Site(0, "", 0, item, table, holder, *room) if room is not None else None
    blank_pt = _blank_width(control, paragraph)
    if blank_pt is None:
        return None
    line_pt, _ = styles.line(paragraph, size_pt)
    return Site(0, "", 0, item, table, holder, Box(blank_pt, line_pt, size_pt, line_pt, smallest), False)


def _whole(paragraph: Element, scope: Scope, fields: Mapping[str, Field], styles: Styles) -> Site | None:
    """The site of a paragraph with words or several tags in a cell of exact height; its index is not known yet."""
    sizes = [styles.size(run) for run in _runs(paragraph) if run.find(w("t")) is not None]
    words = words_of(paragraph, scope, fields)
    if not sizes or words is None or paragraph.getparent().tag == w("txbxContent"):
        return None
    smallest = min(max(sizes), max(item.min_font_pt for item in words.fields))
    room = _cell_room(paragraph, max(sizes), smallest, styles)
    if room is None:
        return None
    box, is_exact = room
    # The template's own words fit, as it shows: fonts may be lower than the fit has to expect.
    lines = len(fit(words.blank, dataclasses.replace(box, min_size_pt=box.size_pt), WIDEST).lines)
    box = dataclasses.replace(box, height_pt=max(box.height_pt, lines * box.line_pt))
    holder = f"{words.variable}." if words.variable else ""
    return Site(0, "", 0, words.fields[0], words.table, holder, box, is_exact, words)


def _cell_room(paragraph: Element, size_pt: float, smallest: float, styles: Styles) -> tuple[Box, bool] | None:
    """The room of a paragraph in a cell of exact height, and whether its line spacing is exact."""
    cell = nearest(paragraph, "tc")
    if cell is None or (height_pt := _height(cell, paragraph, styles)) is None:
        return None
    line_pt, is_exact = styles.line(paragraph, size_pt)
    width_pt = _width(cell, styles) - styles.indents(paragraph, size_pt) - ROUNDING_PT
    first_pt = styles.first_line(paragraph, size_pt)
    return Box(width_pt, height_pt - SLACK_PT, size_pt, line_pt, smallest, first_pt), is_exact


def _tagged_run(control: Element) -> Element:
    """The run in which the tag begins: its size is that of the value."""
    text = next((item for item in control.iter(w("t")) if "{" in (item.text or "")), None)
    return nearest(text, "r") if text is not None else None


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


def _width(cell: Element, styles: Styles) -> float:
    """Room between the cell's margins."""
    width = cell.find(f"{w('tcPr')}/{w('tcW')}")
    if width is None or width.get(w("type"), "dxa") != "dxa":
        columns = [float(item.get(w("w"))) for item in nearest(cell, "tbl").find(w("tblGrid"))]
        start = _column(cell)
        whole = sum(columns[start : start + _span(cell)])
    else:
        whole = float(width.get(w("w")))
    return twips_to_pt(whole - styles.margin(cell, "left", "start") - styles.margin(cell, "right", "end"))


def _height(cell: Element, paragraph: Element, styles: Styles) -> float | None:
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
    rest = sum(_paragraph_height(item, styles) for item in cell.iterfind(w("p")) if item is not paragraph)
    margins = twips_to_pt(styles.margin(cell, "top") + styles.margin(cell, "bottom"))
    return height - margins - rest - styles.around(paragraph)


def _row_height(row: Element) -> float | None:
    height = row.find(f"{w('trPr')}/{w('trHeight')}")
    if height is None or height.get(w("hRule")) != "exact":
        return None
    return twips_to_pt(float(height.get(w("val"), "0")))


def _paragraph_height(paragraph: Element, styles: Styles) -> float:
    """Height of a paragraph of one line."""
    sizes = [styles.size(run) for run in _runs(paragraph) if run.find(w("t")) is not None]
    size_pt = max(sizes) if sizes else styles.mark_size(paragraph)
    return styles.line(paragraph, size_pt)[0] + styles.around(paragraph)


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
