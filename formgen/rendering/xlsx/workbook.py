"""The parts around the sheets: which sheet is where, its shared texts, its styles, its names; and what of it changes.

In: the parts of a template. Out: what compiling a sheet must know, and the few parts of a filled file that differ
from the template's: xl/workbook.xml when names move, docProps/custom.xml with the record, and, once for all, the
content types and relationships without a calculation chain (it lists cells that move; Excel makes it anew).

Source: ECMA-376 Part 1, 18.2 (workbook), 18.4 (shared strings), 18.8 (styles), 22.3 (custom properties); Part 2.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from formgen.errors import TemplateError
from formgen.problems import Place, Problem
from formgen.rendering.package import CONTENT_TYPES
from formgen.rendering.xlsx.cells import clean_text, escape_markup
from formgen.rendering.xlsx.references import LoopRows, Moving, RowMap, unquote_sheet, vanishes
from formgen.rendering.xlsx.styles import Styles

__all__ = [
    "MAIN",
    "RELATIONSHIPS",
    "Names",
    "Properties",
    "Workbook",
    "parse_xml",
    "read_relations",
    "serialise",
    "without_calculation_chain",
]

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
PROPERTIES = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
VARIANT = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"
PROPERTY_SET = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"
"""Format id of user-defined properties."""
CUSTOM_PART = "docProps/custom.xml"
CUSTOM_TYPE = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
CUSTOM_RELATION = RELATIONSHIPS + "/custom-properties"
WORKBOOK_PART = "xl/workbook.xml"


def parse_xml(content: bytes, file: str, part: str) -> Any:
    """Raises: TemplateError (F-XLSX-012) for what is no XML, or brings entities (Office writes none)."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as exc:
        raise TemplateError(Problem("F-XLSX-012", Place(file, part), params={"reason": exc.msg or ""})) from exc
    document: Any = root.getroottree().docinfo
    if document.doctype:
        raise TemplateError(Problem("F-XLSX-012", Place(file, part), params={"reason": "DOCTYPE"}))
    return root


def serialise(root: Any) -> bytes:
    return bytes(etree.tostring(root, encoding="UTF-8", xml_declaration=True, standalone=True))


@dataclass(frozen=True, slots=True)
class Relation:
    kind: str
    """Last word of the relationship's type: drawing, comments, table …"""
    target: str
    """Name of the part; empty for what stands outside the file."""


def read_relations(parts: Mapping[str, bytes], part: str, file: str) -> dict[str, Relation]:
    folder, name = posixpath.split(part)
    raw = parts.get(posixpath.join(folder, "_rels", f"{name}.rels"))
    if raw is None:
        return {}
    relations = {}
    for element in parse_xml(raw, file, part).iterfind(f"{{{PACKAGE_RELATIONS}}}Relationship"):
        target = element.get("Target", "")
        if element.get("TargetMode") == "External":
            target = ""
        else:
            target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
        relations[element.get("Id", "")] = Relation(posixpath.basename(element.get("Type", "")), target)
    return relations


@dataclass(frozen=True)
class Workbook:
    """What the sheets of a template share."""

    file: str
    parts: Mapping[str, bytes]
    sheets: Mapping[str, str]
    """Part of each worksheet, by the sheet's name, in the workbook's order."""
    strings: tuple[Any, ...]
    """The si elements of the shared strings."""
    styles: Styles

    @classmethod
    def read(cls, parts: Mapping[str, bytes], file: str) -> Workbook:
        """Raises: TemplateError (F-XLSX-012)."""
        relations = read_relations(parts, WORKBOOK_PART, file)
        if WORKBOOK_PART not in parts:
            raise TemplateError(Problem("F-XLSX-012", Place(file, WORKBOOK_PART), params={"reason": "-"}))
        root = parse_xml(parts[WORKBOOK_PART], file, WORKBOOK_PART)
        sheets = {}
        for element in root.iterfind(f"{{{MAIN}}}sheets/{{{MAIN}}}sheet"):
            relation = relations.get(element.get(f"{{{RELATIONSHIPS}}}id", ""))
            if relation and relation.kind == "worksheet" and relation.target in parts:
                sheets[element.get("name", "")] = relation.target
        by_kind = {relation.kind: relation.target for relation in relations.values()}
        part = by_kind.get("styles", "")
        styles = Styles.of(parse_xml(parts[part], file, part)) if part in parts else Styles()
        strings = _read_strings(parts, by_kind.get("sharedStrings", ""), file)
        return cls(file, parts, sheets, strings, styles)

    def text_of(self, element: Any) -> str:
        """Plain text of an si or is element: its runs without phonetic hints."""
        return "".join(node.text or "" for node in text_nodes(element))


def text_nodes(element: Any) -> list[Any]:
    """The t elements of an si or is element, in order."""
    phonetic = f"{{{MAIN}}}rPh"
    return [node for node in element.iter(f"{{{MAIN}}}t") if node.getparent().tag != phonetic]


def _read_strings(parts: Mapping[str, bytes], part: str, file: str) -> tuple[Any, ...]:
    if part not in parts:
        return ()
    return tuple(parse_xml(parts[part], file, part).iterfind(f"{{{MAIN}}}si"))


@dataclass
class Names:
    """xl/workbook.xml, its defined names ready to follow their cells.

    `pieces` alternates XML and names; it is empty where no name ever moves: then the part stays the template's.
    """

    pieces: list[str | Moving] = field(default_factory=list)

    @classmethod
    def compile(cls, workbook: Workbook, loops: Mapping[str, Sequence[LoopRows]]) -> Names:
        """`loops`: those of each sheet that has any.

        Raises:
            TemplateError (F-XLSX-008): a name of nothing but a loop's marker row.
        """
        root = parse_xml(workbook.parts[WORKBOOK_PART], workbook.file, WORKBOOK_PART)
        slots: dict[str, Moving] = {}
        mark = slot_mark(workbook.parts[WORKBOOK_PART])
        for element in root.iterfind(f"{{{MAIN}}}definedNames/{{{MAIN}}}definedName"):
            moving = Moving(element.text or "", lambda prefix: unquote_sheet(prefix) in loops, "cells")
            by_area = [(area, loops[unquote_sheet(area.sheet)]) for area in moving.areas]
            if any(vanishes(area, those) for area, those in by_area):
                place = Place(workbook.file, element.get("name", ""))
                raise TemplateError(Problem("F-XLSX-008", place, element.text or ""))
            if any(area.row2 >= those[0].marker for area, those in by_area):
                slot = f"{mark}{len(slots)}."
                slots[slot] = moving
                element.text = slot
        return cls(split_slots(serialise(root).decode(), slots, mark)) if slots else cls()

    def at(self, rows: Mapping[str, RowMap]) -> bytes:
        return "".join(
            piece
            if isinstance(piece, str)
            else escape_markup(piece.at_each(lambda area: rows[unquote_sheet(area.sheet)]))
            for piece in self.pieces
        ).encode()


def slot_mark(content: bytes) -> str:
    """A word that the content has not, to mark places in it."""
    mark = "slot."
    while mark.encode() in content:
        mark = "_" + mark
    return mark


def split_slots(xml: str, slots: Mapping[str, Any], mark: str) -> list[Any]:
    """The XML cut at its slots, and what stands for each."""
    return [slots.get(bit, bit) for bit in re.split(rf"({re.escape(mark)}\d+\.)", xml)]


@dataclass(frozen=True, slots=True)
class Properties:
    """docProps/custom.xml around the record's key, and the parts that must change once to have it in the file."""

    before: str
    after: str
    changed_parts: Mapping[str, bytes]

    @classmethod
    def compile(cls, parts: Mapping[str, bytes], file: str, form: str, version: str) -> Properties:
        changed: dict[str, bytes] = {}
        raw = parts.get(CUSTOM_PART)
        if raw is None:
            nsmap: Any = {None: PROPERTIES, "vt": VARIANT}  # the stubs know no default name space
            root = etree.Element(f"{{{PROPERTIES}}}Properties", nsmap=nsmap)
            changed = _declare_custom_part(parts, file)
        else:
            root = parse_xml(raw, file, CUSTOM_PART)
        mark = slot_mark(raw or b"")
        for name, text in (("formgen.form", form), ("formgen.version", version), ("formgen.record", mark)):
            _set_property(root, name, text)
        before, _, after = serialise(root).decode().partition(mark)
        return cls(before, after, changed)

    def at(self, record_key: str) -> bytes:
        return f"{self.before}{escape_markup(clean_text(record_key)[0])}{self.after}".encode()


def _set_property(root: Any, name: str, text: str) -> None:
    found = [item for item in root if item.get("name") == name]
    for item in found[1:]:
        root.remove(item)
    if found:
        element = found[0]
        for child in list(element):
            element.remove(child)
    else:
        pids = [int(item.get("pid", "1")) for item in root]
        element = etree.SubElement(root, f"{{{PROPERTIES}}}property")
        element.set("fmtid", PROPERTY_SET)
        element.set("pid", str(max([1, *pids]) + 1))
        element.set("name", name)
    etree.SubElement(element, f"{{{VARIANT}}}lpwstr").text = text


def _declare_custom_part(parts: Mapping[str, bytes], file: str) -> dict[str, bytes]:
    types = parse_xml(parts[CONTENT_TYPES], file, CONTENT_TYPES)
    namespace = etree.QName(types).namespace
    override = etree.SubElement(types, f"{{{namespace}}}Override")
    override.set("PartName", f"/{CUSTOM_PART}")
    override.set("ContentType", CUSTOM_TYPE)
    relations = parse_xml(parts["_rels/.rels"], file, "_rels/.rels")
    taken = {item.get("Id") for item in relations}
    relation = etree.SubElement(relations, f"{{{PACKAGE_RELATIONS}}}Relationship")
    relation.set("Id", next(f"rId{n}" for n in range(1, len(taken) + 2) if f"rId{n}" not in taken))
    relation.set("Type", CUSTOM_RELATION)
    relation.set("Target", CUSTOM_PART)
    return {CONTENT_TYPES: serialise(types), "_rels/.rels": serialise(relations)}


def without_calculation_chain(parts: Mapping[str, bytes], file: str) -> tuple[str, dict[str, bytes]]:
    """Name of the calculation chain (empty where there is none), and the parts that no longer speak of it."""
    relations_part = "xl/_rels/workbook.xml.rels"
    chain = next((one for one in read_relations(parts, WORKBOOK_PART, file).values() if one.kind == "calcChain"), None)
    if chain is None or chain.target not in parts:
        return "", {}
    relations = parse_xml(parts[relations_part], file, relations_part)
    for element in list(relations):
        if posixpath.basename(element.get("Type", "")) == "calcChain":
            relations.remove(element)
    types = parse_xml(parts[CONTENT_TYPES], file, CONTENT_TYPES)
    for element in list(types):
        if element.get("PartName") == f"/{chain.target}":
            types.remove(element)
    return chain.target, {relations_part: serialise(relations), CONTENT_TYPES: serialise(types)}
