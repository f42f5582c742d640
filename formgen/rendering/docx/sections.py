"""A document made ready to stand among others in one file: every sheet a section of its own.

The last section's properties move into the last paragraph when another sheet follows (a section break is a paragraph's
property), so no empty page comes between. Relationship ids, and headers that an earlier sheet would hand down, become
tags. Limits: footnotes, endnotes and comments number through a file and cannot be merged.
Source: ECMA-376 Part 1, 17.6.17 and 17.6.18 (sectPr), 17.10.5 (headerReference: inherited where absent).
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from typing import Final

from lxml import etree

from formgen.rendering.docx.wordml import (
    PARAGRAPH_ORDER,
    R_NS,
    SECTION_ORDER,
    W_NS,
    Element,
    insert_ordered,
    w,
)

__all__ = [
    "EMPTY_HEADS",
    "IS_FOLLOWED",
    "RELATION_MARK",
    "counts_pages",
    "first_heads",
    "make_mergeable",
    "unmergeable",
]

IS_FOLLOWED: Final = "formgen_is_followed"
"""Context of a merged file: whether another sheet follows."""
RELATION_MARK: Final = "formgen_relation_mark"
"""Context of a merged file: what the sheet's relationship ids begin with."""
EMPTY_HEADS: Final = "formgen_empty_heads"
"""Context of a merged file: references to empty headers where the template has none but another sheet has."""
REFERENCES: Final = (w("headerReference"), w("footerReference"))
NOTES: Final = (w("footnoteReference"), w("endnoteReference"), w("commentReference"))
PAGE_FIELD: Final = re.compile(rb"\b(?:NUM)?PAGES?\b")
ALL_PAGES: Final = re.compile(r"\bNUMPAGES\b")
PARAGRAPH_MARKER: Final = re.compile(r"\{[{%#]-?p\s")
TINY_PARAGRAPH: Final = (
    f'<w:p xmlns:w="{W_NS}"><w:pPr><w:widowControl w:val="0"/><w:snapToGrid w:val="0"/>'
    '<w:spacing w:before="0" w:after="0" w:line="20" w:lineRule="exact"/>'
    '<w:rPr><w:sz w:val="2"/><w:szCs w:val="2"/></w:rPr></w:pPr></w:p>'
)


def counts_pages(content: bytes) -> bool:
    """Whether a part prints page numbers."""
    return PAGE_FIELD.search(content) is not None


def make_mergeable(root: Element, has_page_numbers: bool) -> None:
    """Turn what differs between the sheets of one file into tags; a sheet with page numbers counts from 1."""
    _count_own_pages(root)
    for element in root.iter(etree.Element):
        for name, value in element.attrib.items():
            if name.startswith(f"{{{R_NS}}}"):
                element.set(name, f"{{{{ {RELATION_MARK} }}}}{value}")
    body = root.find(w("body"))
    if body is None:
        return
    sections = list(body.iter(w("sectPr")))
    if sections:
        _start_afresh(sections[0], has_page_numbers)
    last = sections[-1] if sections and sections[-1].getparent() is body else etree.SubElement(body, w("sectPr"))
    _break_after(body, last)


def first_heads(root: Element) -> set[tuple[str, str]]:
    """Which headers and footers the first section has: (element's name, type)."""
    section = next(root.iter(w("sectPr")), None)
    found = section if section is not None else ()
    return {(etree.QName(item).localname, item.get(w("type"), "default")) for item in found if item.tag in REFERENCES}


def unmergeable(root: Element) -> Iterator[str]:
    """Names of what the document holds that cannot stand in a merged file."""
    for element in root.iter(*NOTES):
        yield etree.QName(element).localname


def _count_own_pages(root: Element) -> None:
    """The number of pages is that of the sheet, which is a section here, not that of the file."""
    for field in root.iter(w("instrText")):
        field.text = ALL_PAGES.sub("SECTIONPAGES", field.text or "")
    for field in root.iter(w("fldSimple")):
        field.set(w("instr"), ALL_PAGES.sub("SECTIONPAGES", field.get(w("instr"), "")))


def _start_afresh(section: Element, has_page_numbers: bool) -> None:
    """The sheet begins on a new page, and its pages are counted from 1, as in a file of its own.

    Only where numbers are printed: LibreOffice counts an empty page before a second page 1.
    """
    for kind in section.findall(w("type")):
        section.remove(kind)
    insert_ordered(section, etree.Element(w("type"), {w("val"): "nextPage"}), SECTION_ORDER)
    if has_page_numbers:
        numbers = section.find(w("pgNumType"))
        if numbers is None:
            numbers = etree.Element(w("pgNumType"))
            insert_ordered(section, numbers, SECTION_ORDER)
        if w("start") not in numbers.attrib:
            numbers.set(w("start"), "1")
    section.text = f"{{{{ {EMPTY_HEADS} }}}}"


def _break_after(body: Element, section: Element) -> None:
    """Put the last section's properties into the last paragraph where another sheet follows, else leave them."""
    previous = section.getprevious()
    inner = copy.deepcopy(section)
    if previous is not None and previous.tag == w("p") and not _is_taken(previous):
        properties = previous.find(w("pPr"))
        if properties is None:
            properties = etree.Element(w("pPr"))
            previous.insert(0, properties)
        insert_ordered(properties, inner, PARAGRAPH_ORDER)
        _only_if(inner, IS_FOLLOWED)
    else:
        paragraph = etree.fromstring(TINY_PARAGRAPH)
        paragraph[0].append(inner)
        section.addprevious(paragraph)
        _only_if(paragraph, IS_FOLLOWED)
    _only_if(section, f"not {IS_FOLLOWED}")


def _is_taken(paragraph: Element) -> bool:
    """Whether the paragraph breaks a section itself, or is a marker that docxtpl takes out."""
    text = "".join(item.text or "" for item in paragraph.iter(w("t")))
    return PARAGRAPH_MARKER.search(text) is not None or paragraph.find(f"{w('pPr')}/{w('sectPr')}") is not None


def _only_if(element: Element, condition: str) -> None:
    """Tags around an element, as text between elements: the source is made of this tree's text."""
    before, opening = element.getprevious(), f"{{% if {condition} %}}"
    if before is not None:
        before.tail = (before.tail or "") + opening
    else:
        parent = element.getparent()
        parent.text = (parent.text or "") + opening
    element.tail = "{% endif %}" + (element.tail or "")
