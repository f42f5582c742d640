"""The runs of a Word paragraph, taken apart: tokens and tabs in runs of their own, fields that count pages as digits.

In: paragraphs of a rendered part. Out: the same, changed in place; what shows stays where it stands.
Source: ECMA-376 Part 1, 17.16.18 (fldChar), 17.16.19 (fldSimple), 17.3.3.32 (tab).
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from typing import Final, Literal

from lxml import etree

from formgen.compiling.marks import Colour
from formgen.rendering.docx.wordml import RUN_ORDER, Element, insert_ordered, nearest, w

__all__ = [
    "DIGIT",
    "VISIBLE",
    "PageKind",
    "colour_run",
    "hex_colour",
    "is_alone",
    "isolate",
    "own_run",
    "properties_of",
    "replace_page_fields",
    "shown_inside",
    "tabs_around",
]

PageKind = Literal["page", "pages"]
DIGIT: Final = "0"
PAGE_FIELD: Final = re.compile(r"\b(PAGE|NUMPAGES|SECTIONPAGES)\b")
VISIBLE: Final = ("t", "tab", "br", "sym", "drawing", "pict", "object")


def replace_page_fields(tree: Element) -> dict[Element, PageKind]:
    """Put a run with one digit in the place of every field that counts pages; returns these."""
    made: dict[Element, PageKind] = {}
    found: list[tuple[Element, list[Element], str]] = []
    for simple in tree.iter(w("fldSimple")):
        run = next(simple.iter(w("r")), None)
        found.append((simple, [run if run is not None else etree.Element(w("r"))], simple.get(w("instr"), "")))
    for begin in tree.iter(w("fldChar")):
        if begin.get(w("fldCharType")) == "begin":
            runs = list(_field_runs(begin.getparent()))
            found.append((runs[0], runs, "".join(item.text or "" for run in runs for item in run.iter(w("instrText")))))
    for holder, runs, instruction in found:
        match = PAGE_FIELD.search(instruction)
        if match is None:
            continue
        kept = copy.deepcopy(next((run for run in runs if run.find(w("t")) is not None), runs[0]))
        for item in list(kept):
            if item.tag != w("rPr"):
                kept.remove(item)
        _add_text(kept, DIGIT)
        holder.addprevious(kept)
        for item in dict.fromkeys((holder, *runs)):
            if item.getparent() is not None and item is not kept:
                item.getparent().remove(item)
        made[kept] = "page" if match[1] == "PAGE" else "pages"
    return made


def _field_runs(run: Element) -> Iterator[Element]:
    """The runs of a field, from its beginning to its end."""
    yield run
    for following in run.itersiblings(w("r")):
        yield following
        end = following.find(w("fldChar"))
        if end is not None and end.get(w("fldCharType")) == "end":
            return


def isolate(text: Element, match: re.Match[str]) -> Element:
    """Give the token a run of its own; returns the run."""
    run = text.getparent()
    inside = [item for item in run if item.tag != w("rPr")]
    at = inside.index(text)
    before, after = match.string[: match.start()], match.string[match.end() :]
    if before or inside[:at]:
        other = _empty_run(run)
        other.extend(inside[:at])
        _add_text(other, before)
        run.addprevious(other)
    if after or inside[at + 1 :]:
        other = _empty_run(run)
        _add_text(other, after)
        other.extend(inside[at + 1 :])
        run.addnext(other)
    text.text = match[0]
    return run


def own_run(tab: Element) -> Element:
    """The run of a tab, made to hold nothing else."""
    run = tab.getparent()
    inside = [item for item in run if item.tag != w("rPr")]
    at = inside.index(tab)
    for items, add in ((inside[:at], run.addprevious), (inside[at + 1 :], run.addnext)):
        if items:
            other = _empty_run(run)
            other.extend(items)
            add(other)
    return run


def is_alone(paragraph: Element, run: Element) -> bool:
    """Whether the paragraph shows nothing but this run."""
    others = (item for item in shown_inside(paragraph, *VISIBLE) if item.getparent() is not run)
    return not any(item.tag != w("t") or (item.text or "").strip() for item in others)


def tabs_around(paragraph: Element, run: Element) -> tuple[Element, Element] | None:
    """The tabs right before and after a run; None where something else stands there."""
    flow = [item for item in shown_inside(paragraph, *VISIBLE) if item.tag != w("t") or item.text]
    inside = [number for number, item in enumerate(flow) if item.getparent() is run]
    if not inside or inside[0] == 0 or inside[-1] + 1 >= len(flow):
        return None
    before, after = flow[inside[0] - 1], flow[inside[-1] + 1]
    return (before, after) if before.tag == after.tag == w("tab") else None


def shown_inside(paragraph: Element, *names: str) -> list[Element]:
    """The elements of these names a paragraph shows, without those of text boxes in it."""
    return [
        item
        for item in paragraph.iter(*map(w, names))
        if item.getparent().tag != w("tabs") and nearest(item, "p") is paragraph
    ]


def colour_run(run: Element, colour: Colour) -> None:
    """Set the colour of a run's text."""
    element = properties_of(run, "rPr").find(w("color"))
    if element is None:
        element = etree.Element(w("color"))
        insert_ordered(properties_of(run, "rPr"), element, RUN_ORDER)
    element.attrib.clear()
    element.set(w("val"), hex_colour(colour))


def hex_colour(colour: Colour) -> str:
    return "".join(f"{part:02X}" for part in colour)


def properties_of(parent: Element, name: str) -> Element:
    """The properties of an element, which stand first in it; made where there are none."""
    child = parent.find(w(name))
    if child is None:
        child = etree.Element(w(name))
        parent.insert(0, child)
    return child


def _empty_run(like: Element) -> Element:
    run = etree.Element(w("r"))
    if like.find(w("rPr")) is not None:
        run.append(copy.deepcopy(like.find(w("rPr"))))
    return run


def _add_text(run: Element, content: str) -> None:
    if content:
        text = etree.SubElement(run, w("t"))
        text.text = content
        text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
