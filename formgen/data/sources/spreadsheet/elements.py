"""Pieces of the XML of workbooks as elements. In: bytes. Out: elements of lxml, and the text of those that hold text.

Raised and lowered figures are the characters of Unicode for them: 3 with a raised 1 is no 31, and m² stays m².
Limit: a cell that is raised as a whole, by its style or its runs, is read as any cell.
Source: ECMA-376 Part 1, 18.4.8 (si), 18.4.4 (r), 18.4.6 (rPh), 18.4.10 (strike), 18.4.14 (vertAlign).
"""

from __future__ import annotations

from typing import Any, Final

from lxml import etree

from formgen.data.sources.faults import Damaged
from formgen.data.sources.unread_cells import UnreadCell

__all__ = ["is_struck", "local_name", "parse", "rich_text"]

_SHIFTED: Final = {
    "superscript": str.maketrans("0123456789+-=()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾"),
    "subscript": str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎"),
}


def parse(xml: bytes) -> Any:
    """The root element; comments are left out. Raises: Damaged: no XML, or XML with a document type."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(xml, parser)
    except etree.XMLSyntaxError as exc:
        raise Damaged(exc.msg or "XML") from exc
    document: Any = root.getroottree().docinfo
    if document.doctype:
        raise Damaged("DOCTYPE")
    return root


def local_name(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def rich_text(item: Any) -> str:
    """The text of a shared or inline string: its own, or that of its runs; how characters are pronounced is none.

    An `UnreadCell` where a run with any sign in it is struck out.
    """
    texts: list[tuple[str, str]] = []
    has_struck = False
    for part in item:
        name = local_name(part)
        if name == "t":
            texts.append((part.text or "", ""))
        elif name == "r":
            run = "".join(text.text or "" for text in part if local_name(text) == "t")
            font = part.find("{*}rPr")
            has_struck = has_struck or (is_struck(font) and not run.isspace())
            texts.append((run, _shift(font)))
    if len({shift for run, shift in texts if run.strip()}) > 1:
        text = "".join(run.translate(_SHIFTED[shift]) if shift else run for run, shift in texts)
    else:
        text = "".join(run for run, _ in texts)
    return UnreadCell(text, "struck") if has_struck else text


def is_struck(font: Any) -> bool:
    """Whether a font, or a run's properties, have a line through the text."""
    strike = font.find("{*}strike") if font is not None else None
    return strike is not None and strike.get("val", "1") in ("1", "true", "on")


def _shift(font: Any) -> str:
    """superscript or subscript, where a run's properties raise or lower it."""
    align = font.find("{*}vertAlign") if font is not None else None
    said = align.get("val", "") if align is not None else ""
    return said if said in _SHIFTED else ""
