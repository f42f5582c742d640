"""Pieces of the XML of workbooks as elements. In: bytes. Out: elements of lxml, and the text of those that hold text.

Source: ECMA-376 Part 1, 18.4.8 (si), 18.4.4 (r), 18.4.6 (rPh).
"""

from __future__ import annotations

from typing import Any

from lxml import etree

from formgen.data.sources.faults import Damaged

__all__ = ["local_name", "parse", "rich_text"]


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
    """The text of a shared or inline string: its own, or that of its runs; how characters are pronounced is none."""
    texts = []
    for part in item:
        name = local_name(part)
        if name == "t":
            texts.append(part.text or "")
        elif name == "r":
            texts += [text.text or "" for text in part if local_name(text) == "t"]
    return "".join(texts)
