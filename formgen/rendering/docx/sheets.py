"""One Word file of several sheets: every sheet a section, ids and bookmarks unique over the file.

In: filled contexts of compiled templates, in print order, with the continuation sheets that follow them. Out: the file.
Each sheet has its own page set-up, headers and footers. The parts that no sheet changes (styles, settings, fonts) are
the first template's.

Limits: the file is built in memory; page fields count within each sheet, by SECTIONPAGES, which LibreOffice does not
know (it shows the template's own number).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, Final, Protocol
from xml.sax.saxutils import quoteattr

from lxml import etree
from markupsafe import Markup

from formgen.errors import TemplateError
from formgen.problems import Place, Problem
from formgen.rendering.continuation import Continuation
from formgen.rendering.docx.continuation import IDS_A_PART, continuation_body
from formgen.rendering.docx.identities import BASE, FOREIGN_MARK, MARK
from formgen.rendering.docx.pictures import PictureBook
from formgen.rendering.docx.programs import CORE, DECLARATION, Program, TemplateParts, Variant
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
from formgen.rendering.package import CONTENT_TYPES, PackageTemplate

__all__ = ["Sheet", "WordForm", "write_sheets"]

MAIN_TYPE: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml"
EMPTY_PART: Final = {
    "headerReference": ("header", f'{DECLARATION}<w:hdr xmlns:w="{W_NS}"><w:p/></w:hdr>'),
    "footerReference": ("footer", f'{DECLARATION}<w:ftr xmlns:w="{W_NS}"><w:p/></w:ftr>'),
}


class WordForm(Protocol):
    """A compiled template."""

    @property
    def package(self) -> PackageTemplate: ...

    @property
    def parts(self) -> TemplateParts: ...


@dataclass(frozen=True, slots=True)
class Sheet:
    """One form, filled."""

    form: WordForm
    context: dict[str, Any]
    """What the template is printed with; sheet marks are added to it."""
    is_fitted: bool
    continuation: Continuation | None = None


@dataclass(slots=True)
class _Additions:
    """What the merged file has beyond the first template's parts."""

    parts: dict[str, bytes] = field(default_factory=dict)
    relations: list[Relation] = field(default_factory=list)
    types: dict[str, str] = field(default_factory=dict)
    """Part name → content type."""


def write_sheets(sheets: Sequence[Sheet], custom: bytes, book: PictureBook) -> bytes:
    """The file. Templates must have the same styles and numbering.

    Args:
        custom: the part of custom properties.
    Raises: TemplateError: F-TPL-006, an expression that fails; F-TPL-007, namespaces that differ.
    """
    forms = list({id(sheet.form): sheet.form for sheet in sheets}.values())
    first = forms[0]
    added = _Additions()
    empty = _EmptyHeads(forms, any(sheet.continuation is not None for sheet in sheets), added)
    bodies = []
    base = 0
    for number, sheet in enumerate(sheets, 1):
        form, context, is_last = sheet.form, sheet.context, number == len(sheets)
        mark = "" if number == 1 else str(number)
        context[BASE] = base
        context[MARK] = mark
        context[FOREIGN_MARK] = "" if number == 1 else f"__s{number}"
        context[RELATION_MARK] = "" if number == 1 else f"s{number}"
        context[IS_FOLLOWED] = not is_last or sheet.continuation is not None
        context[EMPTY_HEADS] = empty.lacking(form)
        programs = form.parts.programs(Variant(sheet.is_fitted, is_merged=True))
        bodies.append(programs[DOCUMENT].body(context))
        _add_heads(form, programs, context, number, forms, added)
        base += form.parts.id_span(max(_row_counts(context), default=0))
        if sheet.continuation is not None:
            bodies.append(continuation_body(sheet.continuation, base, mark, empty.all(), not is_last))
            base += IDS_A_PART * len(sheet.continuation.parts)
    shell = first.parts.programs(Variant(is_merged=True))[DOCUMENT]
    document = b"".join((_head(shell, forms), *bodies, shell.tail))
    changed = {**linked_parts(first.package), **added.parts, DOCUMENT: document, CUSTOM: custom}
    if first.parts.core is not None:
        changed[CORE] = first.parts.core.render(sheets[0].context)
    _link(first, changed, added)
    book.add_to(changed, first.package)
    return first.package.assemble(changed)


def _row_counts(context: Mapping[str, Any]) -> Iterator[int]:
    for value in context.values():
        if isinstance(value, list):
            yield len(value)


class _EmptyHeads:
    """References to empty headers and footers that keep a section from inheriting those of the section before it."""

    def __init__(self, forms: Sequence[WordForm], is_continued: bool, added: _Additions) -> None:
        """A continuation sheet has no heads of its own."""
        own = [form.parts.first_heads for form in forms]
        self._references: dict[tuple[str, str], str] = {}
        for name, kind in sorted(set().union(*own)):
            part, content = EMPTY_PART[name]
            self._references[name, kind] = f'<w:{name} w:type="{kind}" r:id="rIdEmpty{part}"/>'
            path = f"word/empty_{part}.xml"
            is_needed = is_continued or any((name, kind) not in heads for heads in own)
            if is_needed and path not in added.parts:
                added.parts[path] = content.encode()
                added.types[path] = f"{MAIN_TYPE}.{part}+xml"
                added.relations.append(Relation(f"rIdEmpty{part}", f"{R_NS}/{part}", f"empty_{part}.xml", False))

    def lacking(self, form: WordForm) -> Markup:
        """Those that the form's first section has not."""
        heads = form.parts.first_heads
        return Markup("".join(reference for head, reference in self._references.items() if head not in heads))

    def all(self) -> str:
        return "".join(self._references.values())


def _add_heads(
    compiled: WordForm,
    programs: Mapping[str, Program],
    context: dict[str, Any],
    number: int,
    forms: Sequence[WordForm],
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


def _add_part(compiled: WordForm, source: str, path: str, content: bytes, added: _Additions) -> None:
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


def _link(first: WordForm, changed: dict[str, bytes], added: _Additions) -> None:
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


def _head(shell: Program, forms: Sequence[WordForm]) -> bytes:
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
