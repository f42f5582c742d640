"""The parts of a Word file that are read: the document, its headers and footers, the properties that say what it is.

Source: ECMA-376 Part 2, 9.3 (relationships); Part 1, 22.3 (custom properties); ISO/IEC 29500-1 (the strict names of
namespaces, which Word writes on demand, are read as the usual ones).
"""

from __future__ import annotations

import functools
import json
import posixpath
from collections.abc import Callable, Mapping
from typing import Any, Final

from lxml import etree

from formgen.errors import InputError
from formgen.problems import Place, Problem
from formgen.reading.docx.casting import PARSER, cast_rows
from formgen.reading.docx.model import Block, SectionEnd
from formgen.reading.docx.walking import Walker
from formgen.reading.model import SheetIdentity
from formgen.reading.package import OfficePackage
from formgen.rendering.docx.properties import CUSTOM
from formgen.rendering.docx.wordml import DOCUMENT, R_NS, W_NS, Element, w

__all__ = ["WordParts", "parse_safely"]

STRICT: Final = b"http://purl.oclc.org/ooxml/"
STRICT_NAMES: Final = (
    (b"http://purl.oclc.org/ooxml/wordprocessingml/main", W_NS.encode()),
    (b"http://purl.oclc.org/ooxml/officeDocument/relationships", R_NS.encode()),
)
SMALL: Final = 1 << 14
LOOKS: Final = (b"trike", b"vanish", b"\0")
"""In the bytes of a part where anything may be struck out or hidden; zeros in one that is not in UTF-8."""
MAIN_RELATION: Final = "/officeDocument"


class WordParts:
    """One opened file."""

    def __init__(self, package: OfficePackage, is_original: bool = False) -> None:
        """`is_original`: as it stood before its tracked changes.

        Raises: InputError: F-FILE-004, 005: no Word document, or a broken one.
        """
        self._package = package
        self._names = frozenset(package.names)
        self.document = self._main()
        self._is_original = is_original
        self.walker = Walker(is_original)
        self._heads: dict[str, list[Block]] = {}

    def body(self) -> list[Block]:
        """Raises: InputError (F-FILE-004): the document has no body."""
        whole = _content(self._package, self.document)
        self.walker.looks = _has_looks(whole)
        content, self.walker.cast = cast_rows(whole, lambda row: Walker().row(row))
        body = _parsed(etree.fromstring, content, self._package, self.document).find(w("body"))
        if body is None:
            raise InputError(_broken(self._package, self.document, "w:body"))
        blocks = self.walker.flow(body)
        self.walker.cast = ()
        return blocks

    def head(self, identity: str) -> list[Block]:
        """What stands in the header or footer of a relationship id; nothing where there is no such part."""
        name = self._relations.get(identity, "")
        if name not in self._names:
            return []
        if name not in self._heads:
            walked = _walked_original_head if self._is_original else _walked_head
            blocks, walker = _parsed(walked, _content(self._package, name), self._package, name)
            self.walker.changes += walker.changes
            self.walker.hidden += walker.hidden
            self.walker.has_struck = self.walker.has_struck or walker.has_struck
            self._heads[name] = blocks
        return self._heads[name]

    @functools.cached_property
    def claims(self) -> list[SheetIdentity]:
        """What the file says its sheets are, in order; empty where it says nothing."""
        if CUSTOM not in self._names:
            return []
        told: dict[str, str] = {}
        for item in parse_safely(self._package, CUSTOM):
            name = item.get("name", "") if isinstance(item.tag, str) else ""
            if name.startswith("formgen."):
                told[name] = "".join(item.itertext()).strip()
        if "formgen.sheets" in told:
            return _listed(told["formgen.sheets"])
        if "formgen.form" not in told:
            return []
        return [SheetIdentity(told["formgen.form"], told.get("formgen.version", ""), told.get("formgen.record", ""))]

    @functools.cached_property
    def _relations(self) -> Mapping[str, str]:
        """Relationship id → part, of the document."""
        folder, name = posixpath.split(self.document)
        return {item.get("Id", ""): _target(folder, item) for item in self._related(f"{folder}/_rels/{name}.rels")}

    def _related(self, name: str) -> Element:
        return parse_safely(self._package, name) if name in self._names else ()

    def _main(self) -> str:
        if DOCUMENT in self._names:
            return DOCUMENT
        for item in self._related("_rels/.rels"):
            if item.get("Type", "").endswith(MAIN_RELATION) and (name := _target("", item)) in self._names:
                return name
        raise InputError(Problem("F-FILE-005", Place(str(self._package.path)), params={"wanted": "DOCX"}))


def parse_safely(package: OfficePackage, name: str) -> Element:
    """A part's tree. Nothing outside of it is read. Raises: InputError (F-FILE-004): it is no XML."""
    return _parsed(_remembered, _content(package, name), package, name)


def _content(package: OfficePackage, name: str) -> bytes:
    content = package.read(name)
    if STRICT in content[:4096]:
        for strict, usual in STRICT_NAMES:
            content = content.replace(strict, usual)
    return content


@functools.lru_cache(maxsize=32)
def _remembered(content: bytes, parser: etree.XMLParser) -> Element:
    """The tree of a small part; headers and relationships of one form's files are the same. Nobody changes it.

    Raises: XMLSyntaxError
    """
    return etree.fromstring(content, parser)


@functools.lru_cache(maxsize=32)
def _walked_head(content: bytes, parser: etree.XMLParser) -> tuple[list[Block], Walker]:
    """What stands in a header or footer, and who knows of changes and hidden text in it. Nobody changes it.

    Raises: XMLSyntaxError
    """
    return _head_of(content, parser, Walker())


def _walked_original_head(content: bytes, parser: etree.XMLParser) -> tuple[list[Block], Walker]:
    """Likewise before the changes. Raises: XMLSyntaxError"""
    return _head_of(content, parser, Walker(is_original=True))


def _head_of(content: bytes, parser: etree.XMLParser, walker: Walker) -> tuple[list[Block], Walker]:
    walker.looks = _has_looks(content)
    blocks = walker.flow(etree.fromstring(content, parser), "页眉页脚 ")
    return [block for block in blocks if not isinstance(block, SectionEnd)], walker


def _has_looks(content: bytes) -> bool:
    return any(sign in content for sign in LOOKS)


def _parsed(parse: Callable[..., Any], content: bytes, package: OfficePackage, name: str) -> Any:
    """What `parse` makes of a part; what it remembers it remembers of small ones only."""
    try:
        whole = parse if len(content) <= SMALL else getattr(parse, "__wrapped__", parse)
        return whole(content, PARSER)
    except etree.XMLSyntaxError as exc:
        raise InputError(_broken(package, name, exc.msg or "XML")) from exc


def _broken(package: OfficePackage, name: str, reason: str) -> Problem:
    return Problem("F-FILE-004", Place(str(package.path), name), params={"reason": reason})


def _target(folder: str, relation: Element) -> str:
    if relation.get("TargetMode") == "External":
        return ""
    return posixpath.normpath(posixpath.join("/", folder, relation.get("Target", "")))[1:]


def _listed(text: str) -> list[SheetIdentity]:
    """Form, version and record of each sheet; nothing where the property was tampered with."""
    try:
        listed: Any = json.loads(text)
    except (ValueError, RecursionError):
        return []
    rows = listed if isinstance(listed, list) else []
    return [
        SheetIdentity(*row)
        for row in rows
        if isinstance(row, list) and len(row) == 3 and all(isinstance(item, str) for item in row)
    ]
