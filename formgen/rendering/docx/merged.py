"""Many sheets in one Word file, of one form or of several, in the order given.

Each sheet is a section with its own page set-up, headers and footers; ids and bookmarks are unique over the file
(f_name in the first sheet, f2_name in the second). The file's parts that no sheet changes (styles, settings, fonts)
are the first template's, so all templates must have the same styles and numbering.

Limits: the file is built in memory; footnotes, endnotes and comments cannot be merged; page fields count
within each sheet, by SECTIONPAGES, which LibreOffice does not know (it shows the template's own number).
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
from formgen.rendering.docx.pictures import PictureBook
from formgen.rendering.docx.programs import CORE, DECLARATION, Program, Variant
from formgen.rendering.docx.properties import CUSTOM, linked_parts
from formgen.rendering.docx.relations import (
    DOCUMENT_RELS,
    Relation,
    content_type,
    read_relations,
    relations_part,
    rels_of,
    target_path,
)
from formgen.rendering.docx.sections import EMPTY_HEADS, IS_FOLLOWED, RELATION_MARK
from formgen.rendering.docx.wordml import DOCUMENT, R_NS, W_NS
from formgen.rendering.package import CONTENT_TYPES

__all__ = ["SheetSource", "merge"]

SheetSource = tuple[CompiledDocx, Mapping[str, Any], str]
"""A template, the record to fill it with, the record's key."""

_Sheet = tuple[CompiledDocx, dict[str, Any], Variant]
"""A template, the context to print it with, the variant that does."""

SHARED: Final = ("word/styles.xml", "word/numbering.xml")
MAIN_TYPE: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml"
EMPTY_PART: Final = {
    "headerReference": ("header", f'{DECLARATION}<w:hdr xmlns:w="{W_NS}"><w:p/></w:hdr>'),
    "footerReference": ("footer", f'{DECLARATION}<w:ftr xmlns:w="{W_NS}"><w:p/></w:ftr>'),
}


@dataclass(slots=True)
class _Additions:
    """What the merged file has beyond the first template's parts."""

    parts: dict[str, bytes] = field(default_factory=dict)
    relations: list[Relation] = field(default_factory=list)
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
    contexts: list[_Sheet] = []
    problems: list[Problem] = []
    book = PictureBook(forms[0].picture_folder)
    for compiled, record, record_key in sheets:
        context, is_fitted, found = compiled.fill(record, record_key, book)
        contexts.append((compiled, context, Variant(is_fitted, is_merged=True)))
        problems += found
    if any(problem.is_error for problem in problems):
        return Rendered(None, tuple(problems))
    keys = [(compiled.manifest.id, compiled.manifest.version, key) for compiled, _, key in sheets]
    return Rendered(_write(forms, contexts, keys, book), tuple(problems))


def _check_mergeable(forms: Sequence[CompiledDocx]) -> None:
    first = forms[0]
    for compiled in forms:
        for name in SHARED:
            if _content(compiled, name) != _content(first, name):
                place = Place(str(compiled.package.path), name)
                raise TemplateError(Problem("F-TPL-007", place, params={"other": str(first.package.path)}))
        for what in compiled.parts.unmergeable:
            raise TemplateError(Problem("F-TPL-008", Place(str(compiled.package.path), DOCUMENT), what))


def _write(
    forms: Sequence[CompiledDocx],
    contexts: Sequence[_Sheet],
    keys: Sequence[tuple[str, str, str]],
    book: PictureBook,
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
    document = b"".join((_head(shell, forms), *bodies, shell.tail))
    changed = {**linked_parts(first.package), **added.parts, DOCUMENT: document, CUSTOM: first.properties.merged(keys)}
    if first.parts.core is not None:
        changed[CORE] = first.parts.core.render(contexts[0][1])
    _link(first, changed, added)
    book.add_to(changed, first.package)
    return first.package.assemble(changed)


def _row_counts(context: Mapping[str, Any]) -> Iterator[int]:
    for value in context.values():
        if isinstance(value, list):
            yield len(value)


def _empty_heads(forms: Sequence[CompiledDocx], added: _Additions) -> dict[int, Markup]:
    """References to empty headers and footers that keep a sheet from inheriting those of the sheet before it."""
    own = {id(compiled): compiled.parts.first_heads for compiled in forms}
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
                added.relations.append(Relation(f"rIdEmpty{part}", f"{R_NS}/{part}", f"empty_{part}.xml", False))
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
    used = compiled.parts.relations if number > 1 else ()
    for name, program in programs.items():
        if name != DOCUMENT and number == 1:
            added.parts[name] = program.render(context)
    for relation in used:
        identity = f"s{number}{relation.identity}"
        if relation.is_external:
            added.relations.append(Relation(identity, relation.type, relation.target, True))
            continue
        source = target_path(DOCUMENT, relation.target)
        if source in programs:
            path = f"word/s{number}_{PurePosixPath(source).name}"
            _add_part(compiled, source, path, programs[source].render(context), added)
        elif compiled is forms[0]:
            path = source
        else:
            path = f"word/f{forms.index(compiled) + 1}_{PurePosixPath(source).name}"
            if path not in added.parts:
                _add_part(compiled, source, path, compiled.package.part(source), added)
        added.relations.append(Relation(identity, relation.type, f"/{path}", False))


def _add_part(compiled: CompiledDocx, source: str, path: str, content: bytes, added: _Additions) -> None:
    """Add a copy of one part under a new name, with its own relationships (a picture in a header) made absolute."""
    added.parts[path] = content
    added.types[path] = content_type(compiled.package, source)
    rels = rels_of(source)
    if rels in compiled.package.names:
        copied = []
        for relation in read_relations(compiled.package.part(rels)):
            target = relation.target
            if not relation.is_external:
                inner = target_path(source, target)
                target = f"/{PurePosixPath(path).parent / PurePosixPath(path).stem}_{PurePosixPath(inner).name}"
                added.parts[target[1:]] = compiled.package.part(inner)
                added.types[target[1:]] = content_type(compiled.package, inner)
            copied.append(Relation(relation.identity, relation.type, target, relation.is_external))
        added.parts[rels_of(path)] = relations_part(copied)


def _link(first: CompiledDocx, changed: dict[str, bytes], added: _Additions) -> None:
    """Declare the added parts in the content types and the document's relationships."""
    types = changed.get(CONTENT_TYPES, first.package.part(CONTENT_TYPES))
    overrides = "".join(
        f"<Override PartName={quoteattr(f'/{name}')} ContentType={quoteattr(kind)}/>"
        for name, kind in added.types.items()
    )
    changed[CONTENT_TYPES] = types.replace(b"</Types>", f"{overrides}</Types>".encode())
    relations = "".join(relation.xml() for relation in added.relations)
    rels = first.package.part(DOCUMENT_RELS)
    changed[DOCUMENT_RELS] = rels.replace(b"</Relationships>", f"{relations}</Relationships>".encode())


def _head(shell: Program, forms: Sequence[CompiledDocx]) -> bytes:
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
    declared = "".join(f" xmlns{f':{prefix}' if prefix else ''}={quoteattr(space)}" for prefix, space in spaces.items())
    written = "".join(f" {_prefixed(name, prefixes)}={quoteattr(value)}" for name, value in attributes.items())
    return re.sub(rb"<w:document [^>]*>", lambda _: f"<w:document{declared}{written}>".encode(), shell.head, count=1)


def _prefixed(name: str, prefixes: Mapping[str, str | None]) -> str:
    qualified = etree.QName(name)
    return f"{prefixes[qualified.namespace]}:{qualified.localname}" if qualified.namespace else qualified.localname


def _content(compiled: CompiledDocx, name: str) -> bytes | None:
    return compiled.package.part(name) if name in compiled.package.names else None
