"""WordprocessingML as data: names, the order of children that Word insists on, how measures inherit.

Source: ECMA-376 Part 1, 17.3.1.26 (pPr), 17.3.2.28 (rPr), 17.4.70 (tcPr), 17.6.17 (sectPr).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from lxml import etree

__all__ = [
    "CELL_ORDER",
    "DOCUMENT",
    "PARAGRAPH_ORDER",
    "RUN_ORDER",
    "R_NS",
    "SECTION_ORDER",
    "W14_NS",
    "WP_NS",
    "W_NS",
    "Element",
    "insert_ordered",
    "nearest",
    "own_texts",
    "parse_part",
    "r",
    "w",
]

Element = Any
"""An lxml element; lxml's stubs do not say more."""

W_NS: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R_NS: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WP_NS: Final = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
W14_NS: Final = "http://schemas.microsoft.com/office/word/2010/wordml"
DOCUMENT: Final = "word/document.xml"


def _names(words: str) -> tuple[str, ...]:
    return tuple(words.split())


PARAGRAPH_ORDER: Final = _names(
    "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers pBdr shd tabs "
    "suppressAutoHyphens kinsoku wordWrap overflowPunct topLinePunct autoSpaceDE autoSpaceDN bidi adjustRightInd "
    "snapToGrid spacing ind contextualSpacing mirrorIndents suppressOverlap jc textDirection textAlignment "
    "textboxTightWrap outlineLvl divId cnfStyle rPr sectPr pPrChange"
)
RUN_ORDER: Final = _names(
    "rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow emboss imprint noProof snapToGrid vanish "
    "webHidden color spacing w kern position sz szCs highlight u effect bdr shd fitText vertAlign rtl cs em lang "
    "eastAsianLayout specVanish oMath rPrChange"
)
CELL_ORDER: Final = _names(
    "cnfStyle tcW gridSpan hMerge vMerge tcBorders shd noWrap tcMar textDirection tcFitText vAlign hideMark headers "
    "cellIns cellDel cellMerge tcPrChange"
)
SECTION_ORDER: Final = _names(
    "headerReference footerReference footnotePr endnotePr type pgSz pgMar paperSrc pgBorders lnNumType pgNumType cols "
    "formProt vAlign noEndnote titlePg textDirection bidi rtlGutter docGrid printerSettings sectPrChange"
)

_PARSER = etree.XMLParser(remove_blank_text=True, resolve_entities=False, no_network=True)
"""As python-docx reads parts, so that docxtpl's rules see the same text."""


def w(name: str) -> str:
    return f"{{{W_NS}}}{name}"


def r(name: str) -> str:
    return f"{{{R_NS}}}{name}"


def parse_part(content: bytes) -> Element:
    """Raises: etree.XMLSyntaxError."""
    return etree.fromstring(content, _PARSER)


def nearest(element: Element, name: str) -> Element:
    """The closest ancestor of that name, or None."""
    return next(element.iterancestors(w(name)), None)


def own_texts(paragraph: Element) -> Iterator[Element]:
    """The w:t elements of a paragraph, without those of text boxes in it."""
    for text in paragraph.iter(w("t")):
        if nearest(text, "p") is paragraph:
            yield text


def insert_ordered(parent: Element, child: Element, order: tuple[str, ...]) -> None:
    """Put `child` where the schema wants it; Word refuses a file with children out of order."""
    after = frozenset(w(name) for name in order[order.index(etree.QName(child).localname) + 1 :])
    for position, sibling in enumerate(parent):
        if sibling.tag in after:
            parent.insert(position, child)
            return
    parent.append(child)
