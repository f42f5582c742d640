"""Relationships of a Word file: which part or address an id in the text stands for.

Source: ECMA-376 Part 2, 9.3.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final
from xml.sax.saxutils import quoteattr

from lxml import etree

from formgen.rendering.docx.wordml import R_NS, Element, parse_part
from formgen.rendering.package import CONTENT_TYPES, PackageTemplate

__all__ = [
    "DOCUMENT_RELS",
    "Relation",
    "content_type",
    "read_relations",
    "relations_part",
    "rels_of",
    "target_path",
    "used_relations",
]

DOCUMENT_RELS: Final = "word/_rels/document.xml.rels"
SPACE: Final = "http://schemas.openxmlformats.org/package/2006/relationships"


@dataclass(frozen=True, slots=True)
class Relation:
    """One relationship: its id, type, target and whether the target is outside the file."""

    identity: str
    type: str
    target: str
    is_external: bool

    def xml(self) -> str:
        mode = ' TargetMode="External"' if self.is_external else ""
        values = f"Id={quoteattr(self.identity)} Type={quoteattr(self.type)} Target={quoteattr(self.target)}"
        return f"<Relationship {values}{mode}/>"


def read_relations(content: bytes) -> list[Relation]:
    return [
        Relation(item.get("Id"), item.get("Type"), item.get("Target"), item.get("TargetMode") == "External")
        for item in parse_part(content)
    ]


def used_relations(package: PackageTemplate, document: Element) -> list[Relation]:
    """The document's relationships that its text names."""
    named = {
        value
        for element in document.iter(etree.Element)
        for name, value in element.attrib.items()
        if name.startswith(f"{{{R_NS}}}")
    }
    return [item for item in read_relations(package.part(DOCUMENT_RELS)) if item.identity in named]


def relations_part(relations: Sequence[Relation]) -> bytes:
    listed = "".join(relation.xml() for relation in relations)
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    return f'{head}<Relationships xmlns="{SPACE}">{listed}</Relationships>'.encode()


def rels_of(part: str) -> str:
    """Name of the part that holds a part's relationships."""
    path = PurePosixPath(part)
    return str(path.parent / "_rels" / f"{path.name}.rels")


def target_path(part: str, target: str) -> str:
    """Name of the part that a relationship of `part` leads to."""
    return target[1:] if target.startswith("/") else str(PurePosixPath(part).parent / target)


def content_type(package: PackageTemplate, part: str) -> str:
    """The content type a package declares for a part; '' where it declares none."""
    ending = part.rpartition(".")[2].lower()
    default = ""
    for item in parse_part(package.part(CONTENT_TYPES)):
        if item.get("PartName") == f"/{part}":
            return str(item.get("ContentType"))
        if item.get("Extension", "").lower() == ending:
            default = str(item.get("ContentType"))
    return default
