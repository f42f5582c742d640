"""A template's parts as programs: each tagged part compiled by Jinja, in the variants a run needs.

Variants are compiled when first used: `plain` (one sheet, nothing shrunk: no tag beyond the template's own), `fitted`
(sizes of shrunk values are tags too), `merged` (ids, bookmarks, relationships and section breaks are tags too).
"""

from __future__ import annotations

import contextlib
import copy
import functools
import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from jinja2 import Template, meta, nodes
from jinja2 import TemplateError as JinjaError
from jinja2.runtime import Context
from lxml import etree

from formgen.errors import InputError, TemplateError
from formgen.forms.manifest import Manifest
from formgen.problems import Place, Problem
from formgen.rendering.docx.boxes import HOLDERS, Site, find_sites, instrument_sizes
from formgen.rendering.docx.environment import (
    GLOBAL_NAMES,
    WRONG_VALUES,
    WordEnvironment,
    plain_environment,
    word_environment,
)
from formgen.rendering.docx.identities import IDENTIFIED, UNIQUE, Numbering, identify
from formgen.rendering.docx.relations import Relation, used_relations
from formgen.rendering.docx.sections import counts_pages, first_heads, make_mergeable, unmergeable
from formgen.rendering.docx.sources import fixed_tables, has_loose_grid, has_tags, jinja_source
from formgen.rendering.docx.styles import STYLES, Styles
from formgen.rendering.docx.tags import Scope, TagReader
from formgen.rendering.docx.wordml import DOCUMENT, Element, parse_part
from formgen.rendering.package import CONTENT_TYPES, PackageTemplate

__all__ = ["CORE", "Program", "TemplateParts", "Variant"]

CORE: Final = "docProps/core.xml"
DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
TAGGED_TYPES: Final = tuple(
    f"application/vnd.openxmlformats-officedocument.wordprocessingml.{kind}+xml"
    for kind in ("header", "footer", "footnotes")
)
"""The parts docxtpl renders besides the document and its properties."""
CHUNK_BYTES: Final = 1 << 16
FIRST_UNIQUE: Final = 1_000_000_000
"""Pictures in loops without rows are numbered from here, beyond the ids of any table."""


@dataclass(frozen=True, slots=True)
class Variant:
    is_fitted: bool = False
    is_merged: bool = False


PLAIN: Final = Variant()


class Program:
    """One part, ready to be printed with a context."""

    def __init__(self, source: str, environment: WordEnvironment, place: Place, is_loose: bool) -> None:
        self.place = place
        self._is_loose = is_loose
        head, opening, rest = source.partition("<w:body>")
        body, closing, tail = rest.rpartition("</w:body>")
        if opening and closing:
            self.head, self.tail = f"{DECLARATION}{head}<w:body>".encode(), f"</w:body>{tail}".encode()
        else:
            self.head, body, self.tail = DECLARATION.encode(), source, b""
        self._template = _compile(environment, body, place)

    def body(self, context: dict[str, Any]) -> bytes:
        """What stands between head and tail: the children of w:body, or the whole of another part.

        Raises: TemplateError (F-TPL-006): an expression fails with these values.
        """
        return b"".join(self._pieces(context))

    def render(self, context: dict[str, Any]) -> bytes:
        """The whole part. Raises: TemplateError (F-TPL-006)."""
        return b"".join((self.head, *self._pieces(context), self.tail))

    def chunks(self, context: dict[str, Any]) -> Iterator[bytes]:
        """The whole part, piece by piece in some 64 KiB: a long register never stands in memory whole.

        Raises: TemplateError (F-TPL-006), while the pieces are taken.
        """
        if self._is_loose:
            yield self.render(context)
            return
        waiting, size = [self.head], 0
        with self._translated():
            for piece in self._generate(context):
                waiting.append(piece)
                size += len(piece)
                if size > CHUNK_BYTES:
                    yield b"".join(waiting)
                    waiting, size = [], 0
        yield b"".join((*waiting, self.tail))

    def _pieces(self, context: dict[str, Any]) -> list[bytes]:
        with self._translated():
            pieces = list(self._generate(context))
        return [self._fix_tables(pieces)] if self._is_loose else pieces

    def _generate(self, context: dict[str, Any]) -> Iterator[bytes]:
        render: Callable[[Context], Iterator[Any]] = self._template.root_render_func
        return render(self._template.new_context(context))

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except WRONG_VALUES as exc:
            reason = str(exc) or type(exc).__name__
            raise TemplateError(Problem("F-TPL-006", self.place, params={"reason": reason})) from exc

    def _fix_tables(self, pieces: list[bytes]) -> bytes:
        whole = b"".join((self.head, *pieces, self.tail)).decode().removeprefix(DECLARATION)
        return fixed_tables(whole).partition("<w:body>")[2].rpartition("</w:body>")[0].encode()


class TemplateParts:
    """The tagged parts of one template, checked, and their programs.

    Raises:
        TemplateError: F-TPL-001 … F-TPL-005, a broken tag. InputError: F-FILE-004, a part that is no XML.
    """

    def __init__(self, manifest: Manifest, package: PackageTemplate) -> None:
        self._manifest = manifest
        self._package = package
        self._trees = {name: self._parse(name) for name in self._tagged_names()}
        places = {name: self._read_tags(name, tree) for name, tree in self._trees.items()}
        self._scopes = {
            name: [(element, scope) for element, scope in found if element.tag in IDENTIFIED]
            for name, found in places.items()
        }
        scopes = [scope for places in self._scopes.values() for _, scope in places]
        self._repeated = sum(scope.is_loop for scope in scopes)
        self._static = len(scopes) - self._repeated
        self._has_page_numbers = any(counts_pages(package.part(name)) for name in self._trees)
        self._styles = Styles(self._parse(STYLES) if STYLES in package.names else None)
        self._programs: dict[Variant, Mapping[str, Program]] = {}
        self.sites: tuple[Site, ...] = tuple(find_sites(self._trees, places, manifest, self._styles))
        self.core = self._core()

    @property
    def document(self) -> Element:
        """The document's tree as the template has it; to look at, not to change."""
        return self._trees[DOCUMENT]

    @functools.cached_property
    def first_heads(self) -> frozenset[tuple[str, str]]:
        """Which headers and footers the first section has: (element's name, type)."""
        return frozenset(first_heads(self.document))

    @functools.cached_property
    def relations(self) -> tuple[Relation, ...]:
        """The document's relationships that its text names."""
        return tuple(used_relations(self._package, self.document))

    @functools.cached_property
    def unmergeable(self) -> tuple[str, ...]:
        """Names of what the document holds that cannot stand in a merged file."""
        return tuple(unmergeable(self.document))

    def programs(self, variant: Variant) -> Mapping[str, Program]:
        """Part name → program."""
        made = self._programs.get(variant)
        if made is None:
            made = self._programs[variant] = self._compile(variant)
        return made

    def id_span(self, last_row: int) -> int:
        return Numbering(self._static, self._repeated, is_merged=True).span(last_row)

    def _declared(self) -> list[str]:
        types = etree.fromstring(self._package.part(CONTENT_TYPES))
        names = [item.get("PartName", "")[1:] for item in types if item.get("ContentType") in TAGGED_TYPES]
        return [name for name in names if name in self._package.names]

    def _tagged_names(self) -> list[str]:
        heads = {name: self._package.part(name) for name in self._declared()}
        # Headers that count pages change in merged files.
        return [DOCUMENT, *(name for name, part in heads.items() if has_tags(part) or counts_pages(part))]

    def _parse(self, name: str) -> Element:
        try:
            return parse_part(self._package.part(name))
        except etree.XMLSyntaxError as exc:
            place = Place(str(self._package.path), name)
            raise InputError(Problem("F-FILE-004", place, params={"reason": exc.msg or "XML"})) from exc

    def _read_tags(self, name: str, tree: Element) -> list[tuple[Element, Scope]]:
        return TagReader(self._manifest, self._package.path, name).scopes(tree, IDENTIFIED | HOLDERS)

    def _compile(self, variant: Variant) -> Mapping[str, Program]:
        numbering = Numbering(self._static, self._repeated, variant.is_merged)
        environment = word_environment()
        environment.globals[UNIQUE] = itertools.count(FIRST_UNIQUE).__next__
        made = {}
        for name, original in self._trees.items():
            tree, places = self._copy(name, original)
            place = Place(str(self._package.path), name)
            if variant.is_fitted:
                instrument_sizes(tree, [site for site in self.sites if site.part == name], self._styles)
            identify(tree, places, numbering)
            if variant.is_merged:
                make_mergeable(tree, self._has_page_numbers)
            source = jinja_source(tree)
            if variant == PLAIN:
                self._check_names(environment, source, place)
            made[name] = Program(source, environment, place, name == DOCUMENT and has_loose_grid(original))
        return made

    def _copy(self, name: str, original: Element) -> tuple[Element, list[tuple[Element, Scope]]]:
        """A copy to change, and its own elements in the places the original's had."""
        tree = copy.deepcopy(original)
        copied = [element for element in tree.iter() if element.tag in IDENTIFIED]
        scopes = [scope for _, scope in self._scopes[name]]
        return tree, list(zip(copied, scopes, strict=True))

    def _check_names(self, environment: WordEnvironment, source: str, place: Place) -> None:
        """Names in tags outside paragraphs (in attributes); those in paragraphs were checked with their place."""
        try:
            tree = environment.parse(source)
        except JinjaError as exc:
            raise _broken(exc, place) from exc
        known = {item.key for item in self._manifest.fields} | GLOBAL_NAMES
        unknown = sorted(name for name in meta.find_undeclared_variables(tree) - known if not _is_ours(name))
        if unknown:
            params = {"name": unknown[0], "known": ", ".join(sorted(known)[:8])}
            raise TemplateError(Problem("F-TPL-002", place, unknown[0], params))
        if any(access.attr.startswith("_") for access in tree.find_all(nodes.Getattr)):
            raise TemplateError(Problem("F-TPL-001", place, params={"reason": "_"}))

    def _core(self) -> Program | None:
        if CORE not in self._package.names or not has_tags(self._package.part(CORE)):
            return None
        source = self._package.part(CORE).decode("utf-8-sig").partition("?>")[2]
        environment, place = plain_environment(), Place(str(self._package.path), CORE)
        self._check_names(environment, source, place)
        return Program(source, environment, place, False)


def _is_ours(name: str) -> bool:
    return name.startswith("formgen_")


def _compile(environment: WordEnvironment, source: str, place: Place) -> Template:
    try:
        return environment.from_string(source)
    except JinjaError as exc:
        raise _broken(exc, place) from exc


def _broken(exc: JinjaError, place: Place) -> TemplateError:
    return TemplateError(Problem("F-TPL-001", place, params={"reason": exc.message or type(exc).__name__}))
