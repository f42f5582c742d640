"""Many sheets in one Word file, of one form or of several, in the order given.

Each sheet is a section with its own page set-up, headers and footers; ids and bookmarks are unique over the file
(f_name in the first sheet, f2_name in the second). The file's parts that no sheet changes (styles, settings, fonts)
are the first template's, so all templates must have the same styles and numbering.

Limits: the file is built in memory; footnotes, endnotes and comments cannot be merged; page fields count from 1 in
each sheet, but NUMPAGES counts the whole file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, Final
from xml.sax.saxutils import quoteattr

from lxml import etree
from markupsafe import Markup

from formgen.errors import TemplateError
from formgen.problems import Place, Problem
from formgen.rendering import Rendered
from formgen.rendering.docx.compiled import CompiledDocx
from formgen.rendering.docx.identities import BASE, FOREIGN_MARK, MARK
from formgen.rendering.docx.programs import CORE, DECLARATION, Program, Variant
from formgen.rendering.docx.properties import CUSTOM, linked_parts
from formgen.rendering.docx.sections import EMPTY_HEADS, IS_FOLLOWED, RELATION_MARK, first_heads, unmergeable
from formgen.rendering.docx.wordml import DOCUMENT, R_NS, W_NS, parse_part
from formgen.rendering.package import CONTENT_TYPES

__all__ = ["SheetSource", "merge"]

SheetSource = tuple[CompiledDocx, Mapping[str, Any], str]
"""A template, the record to fill it with, the record's key."""

SHARED: Final = ("word/styles.xml", "word/numbering.xml")
DOCUMENT_RELS: Final = "word/_rels/document.xml.rels"
MAIN_TYPE: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml"
EMPTY_PART: Final = {
    "headerReference": ("header", f'{DECLARATION}<w:hdr xmlns:w="{W_NS}"><w:p/></w:hdr>'),
    "footerReference": ("footer", f'{DECLARATION}<w:ftr xmlns:w="{W_NS}"><w:p/></w:ftr>'),
}


@dataclass(frozen=True, slots=True)
class _Relation:
    """One relationship of a document: its id, type, target and whether the target is outside the file."""

    identity: str
    type: str
    target: str
    is_external: bool

    def xml(self) -> str:
        mode = ' TargetMode="External"' if self.is_external else ""
        return (
            f"<Relationship Id={_quoted(self.identity)} Type={_quoted(self.type)} Target={_quoted(self.target)}{mode}/>"
        )


@dataclass(slots=True)
class _Additions:
    """What the merged file has beyond the first template's parts."""

    parts: dict[str, bytes] = field(default_factory=dict)
    relations: list[_Relation] = field(default_factory=list)
    types: dict[str, str] = field(default_factory=dict)
    """Part name → content type."""


def merge(sheets: Sequence[SheetSource]) -> Rendered:
    """One file of all sheets, each beginning on a new page.

    Raises:
        ValueError: no sheets. TemplateError: F-TPL-007 templates that differ in styles, F-TPL-008 a template that
        cannot be merged, F-TPL-006 an expression that fails.
    """
    if not sheets:
        raise ValueError("no sheets to merge")
    forms = list({id(compiled): compiled for compiled, _, _ in sheets}.values())
    _check_mergeable(forms)
    contexts, problems = [], []
    for compiled, record, record_key in sheets:
        filled = compiled.plan.fill(record, record_key)
        shrunk, too_long = compiled.sizes.check(filled.context, record_key)
        if shrunk:
            compiled.sizes.apply(filled.context, shrunk)
        contexts.append((compiled, filled.context, Variant(is_fitted=bool(shrunk), is_merged=True)))
        problems += [*filled.problems, *too_long]
    if any(problem.is_error for problem in problems):
        return Rendered(None, tuple(problems))
    keys = [(compiled.manifest.id, compiled.manifest.version, key) for compiled, _, key in sheets]
    return Rendered(_write(forms, contexts, keys), tuple(problems))


def _check_mergeable(forms: Sequence[CompiledDocx]) -> None:
    first = forms[0]
    for compiled in forms:
        for name in SHARED:
            if _content(compiled, name) != _content(first, name):
                place = Place(str(compiled.package.path), name)
                raise TemplateError(Problem("F-TPL-007", place, params={"other": str(first.package.path)}))
        for what in unmergeable(compiled.parts.document):
            raise TemplateError(Problem("F-TPL-008", Place(str(compiled.package.path), DOCUMENT), what))


def _write(
    forms: Sequence[CompiledDocx],
    contexts: Sequence[tuple[CompiledDocx, dict[str, Any], Variant]],
    keys: Sequence[tuple[str, str, str]],
) -> bytes:
    first = forms[0]
    added = _Additions()
    empty = _empty_heads(forms, added)
    bodies = []
    base = 0
    for number, (compiled, context, variant) in enumerate(contexts, 1):
        is_first = number == 1
        context[BASE] = base
        context[MARK] = "" if is_first else str(number)
        context[FOREIGN_MARK] = "" if is_first else f"__s{number}"
        context[RELATION_MARK] = "" if is_first else f"s{number}"
        context[IS_FOLLOWED] = number < len(contexts)
        context[EMPTY_HEADS] = empty[id(compiled)]
        programs = compiled.parts.programs(variant)
        bodies.append(programs[DOCUMENT].body(context))
        _add_heads(compiled, programs, context, number, forms, added)
        base += compiled.parts.id_span(max(_row_counts(context), default=0))
    shell = first.parts.programs(Variant(is_merged=True))[DOCUMENT]
    document = f"{DECLARATION}{_head(shell, forms)}{''.join(bodies)}{shell.tail}".encode()
    changed = {**linked_parts(first.package), **added.parts, DOCUMENT: document, CUSTOM: first.properties.merged(keys)}
    if first.parts.core is not None:
        changed[CORE] = first.parts.core.render(contexts[0][1])
    _link(first, changed, added)
    return first.package.assemble(changed)


def _row_counts(context: Mapping[str, Any]) -> Iterator[int]:
    for value in context.values():
        if isinstance(value, list):
            yield len(value)


def _empty_heads(forms: Sequence[CompiledDocx], added: _Additions) -> dict[int, Markup]:
    """References to empty headers and footers that keep a sheet from inheriting those of the sheet before it."""
    own = {id(compiled): first_heads(compiled.parts.document) for compiled in forms}
    everywhere = sorted(set().union(*own.values()))
    references = {}
    for name, kind in everywhere:
        part, content = EMPTY_PART[name]
        references[name, kind] = f'<w:{name} w:type="{kind}" r:id="rIdEmpty{part}"/>'
        if any((name, kind) not in heads for heads in own.values()):
            path = f"word/empty_{part}.xml"
            if path not in added.parts:
                added.parts[path] = content.encode()
                added.types[path] = f"{MAIN_TYPE}.{part}+xml"
                added.relations.append(_Relation(f"rIdEmpty{part}", f"{R_NS}/{part}", f"empty_{part}.xml", False))
    return {
        identity: Markup("".join(references[head] for head in everywhere if head not in heads))
        for identity, heads in own.items()
    }


def _add_heads(
    compiled: CompiledDocx,
    programs: Mapping[str, Program],
    context: dict[str, Any],
    number: int,
    forms: Sequence[CompiledDocx],
    added: _Additions,
) -> None:
    """The sheet's headers, footers and pictures: parts with tags are its own, the others one for all its sheets."""
    used = _used_relations(compiled) if number > 1 else []
    for name, program in programs.items():
        if name != DOCUMENT and number == 1:
            added.parts[name] = program.render(context)
    for relation in used:
        identity = f"s{number}{relation.identity}"
        if relation.is_external:
            added.relations.append(_Relation(identity, relation.type, relation.target, True))
            continue
        source = (
            str(PurePosixPath("word") / relation.target) if not relation.target.startswith("/") else relation.target[1:]
        )
        if source in programs:
            path = f"word/s{number}_{PurePosixPath(source).name}"
            _add_part(compiled, source, path, programs[source].render(context), added)
        elif compiled is forms[0]:
            path = source
        else:
            path = f"word/f{forms.index(compiled) + 1}_{PurePosixPath(source).name}"
            if path not in added.parts:
                _add_part(compiled, source, path, compiled.package.part(source), added)
        added.relations.append(_Relation(identity, relation.type, f"/{path}", False))


def _add_part(compiled: CompiledDocx, source: str, path: str, content: bytes, added: _Additions) -> None:
    """Add a copy of one part under a new name, with its own relationships (a picture in a header) made absolute."""
    added.parts[path] = content
    added.types[path] = _content_type(compiled, source)
    rels = _rels_of(source)
    if rels in compiled.package.names:
        copied = []
        for relation in _relations(compiled.package.part(rels)):
            target = relation.target
            if not relation.is_external:
                inner = target[1:] if target.startswith("/") else str(PurePosixPath(source).parent / target)
                target = f"/{PurePosixPath(path).parent / PurePosixPath(path).stem}_{PurePosixPath(inner).name}"
                added.parts[target[1:]] = compiled.package.part(inner)
                added.types[target[1:]] = _content_type(compiled, inner)
            copied.append(_Relation(relation.identity, relation.type, target, relation.is_external))
        added.parts[_rels_of(path)] = _relations_part(copied)


def _link(first: CompiledDocx, changed: dict[str, bytes], added: _Additions) -> None:
    """Declare the added parts in the content types and the document's relationships."""
    types = changed.get(CONTENT_TYPES, first.package.part(CONTENT_TYPES))
    overrides = "".join(
        f"<Override PartName={_quoted(f'/{name}')} ContentType={_quoted(kind)}/>" for name, kind in added.types.items()
    )
    changed[CONTENT_TYPES] = types.replace(b"</Types>", f"{overrides}</Types>".encode())
    relations = "".join(relation.xml() for relation in added.relations)
    rels = first.package.part(DOCUMENT_RELS)
    changed[DOCUMENT_RELS] = rels.replace(b"</Relationships>", f"{relations}</Relationships>".encode())


def _used_relations(compiled: CompiledDocx) -> list[_Relation]:
    """The document's relationships that its body names."""
    named = {
        value
        for element in compiled.parts.document.iter(etree.Element)
        for name, value in element.attrib.items()
        if name.startswith(f"{{{R_NS}}}")
    }
    return [item for item in _relations(compiled.package.part(DOCUMENT_RELS)) if item.identity in named]


def _relations(content: bytes) -> list[_Relation]:
    return [
        _Relation(item.get("Id"), item.get("Type"), item.get("Target"), item.get("TargetMode") == "External")
        for item in parse_part(content)
    ]


def _relations_part(relations: Sequence[_Relation]) -> bytes:
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    listed = "".join(relation.xml() for relation in relations)
    return f'{DECLARATION}<Relationships xmlns="{space}">{listed}</Relationships>'.encode()


def _rels_of(name: str) -> str:
    path = PurePosixPath(name)
    return str(path.parent / "_rels" / f"{path.name}.rels")


def _content_type(compiled: CompiledDocx, name: str) -> str:
    types = parse_part(compiled.package.part(CONTENT_TYPES))
    ending = name.rpartition(".")[2].lower()
    default = ""
    for item in types:
        if item.get("PartName") == f"/{name}":
            return str(item.get("ContentType"))
        if item.get("Extension", "").lower() == ending:
            default = str(item.get("ContentType"))
    return default


def _head(shell: Program, forms: Sequence[CompiledDocx]) -> str:
    """The document's start tag with the namespaces of all templates."""
    spaces: dict[str | None, str] = {}
    ignorable: dict[str, None] = {}
    attributes: dict[str, str] = {}
    for compiled in forms:
        root = compiled.parts.document
        for prefix, space in root.nsmap.items():
            if spaces.setdefault(prefix, space) != space:
                place = Place(str(compiled.package.path), DOCUMENT)
                raise TemplateError(
                    Problem("F-TPL-007", place, f"xmlns:{prefix}", {"other": str(forms[0].package.path)})
                )
        for name, value in root.attrib.items():
            if name.endswith("}Ignorable"):
                ignorable.update(dict.fromkeys(value.split()))
            else:
                attributes.setdefault(name, value)
    if ignorable:
        attributes["{http://schemas.openxmlformats.org/markup-compatibility/2006}Ignorable"] = " ".join(ignorable)
    prefixes = {space: prefix for prefix, space in spaces.items()}
    declared = "".join(f" xmlns{f':{prefix}' if prefix else ''}={_quoted(space)}" for prefix, space in spaces.items())
    written = "".join(f" {_prefixed(name, prefixes)}={_quoted(value)}" for name, value in attributes.items())
    return re.sub(r"\A<w:document[^>]*>", lambda _: f"<w:document{declared}{written}>", shell.head)


def _prefixed(name: str, prefixes: Mapping[str, str | None]) -> str:
    qualified = etree.QName(name)
    return f"{prefixes[qualified.namespace]}:{qualified.localname}" if qualified.namespace else qualified.localname


def _content(compiled: CompiledDocx, name: str) -> bytes | None:
    return compiled.package.part(name) if name in compiled.package.names else None


def _quoted(text: str) -> str:
    return quoteattr(text)
