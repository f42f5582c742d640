"""The parts of a Word file that are read: the document, its headers and footers, the properties that say what it is.

Source: ECMA-376 Part 2, 9.3 (relationships); Part 1, 22.3 (custom properties); ISO/IEC 29500-1 (the strict names of
namespaces, which Word writes on demand, are read as the usual ones).
"""

from __future__ import annotations

import functools
import json
import posixpath
from collections.abc import Mapping, Sequence
from typing import Any, Final

from formgen.errors import InputError
from formgen.problems import Place, Problem
from formgen.reading.docx.casting import CastPart, cast_rows
from formgen.reading.docx.file_properties import properties_in
from formgen.reading.docx.heads import simplified
from formgen.reading.docx.looks import has_look
from formgen.reading.docx.model import Block, SectionEnd
from formgen.reading.docx.outlines import outline_of
from formgen.reading.docx.walking import Walker, walk_alone
from formgen.reading.model import SheetIdentity
from formgen.reading.package import SMALL, OfficePackage
from formgen.rendering.docx.properties import CUSTOM
from formgen.rendering.docx.wordml import DOCUMENT, R_NS, W_NS, Element, w

__all__ = ["WordParts"]

STRICT: Final = b"http://purl.oclc.org/ooxml/"
STRICT_NAMES: Final = (
    (b"http://purl.oclc.org/ooxml/wordprocessingml/main", W_NS.encode()),
    (b"http://purl.oclc.org/ooxml/officeDocument/relationships", R_NS.encode()),
)
REMEMBERED: Final = 128
HIDDEN_ROWS: Final = (b":hidden", b"<hidden")
"""How the element begins that hides a row, under any prefix; frames of controls are "hidden", too, and hide nothing."""
MAIN_RELATION: Final = "/officeDocument"

_Relation = tuple[str, str, str]
_NOTHING: Final[list[Block]] = []


class WordParts:
    """One opened file."""

    def __init__(self, package: OfficePackage, is_original: bool = False, cast: CastPart | None = None) -> None:
        """`is_original`: as it stood before its tracked changes; `cast`: what is taken for its document,
        of a part in which nothing is struck out, hidden or raised.

        Raises: InputError: F-FILE-004, 005: no Word document, or a broken one.
        """
        self._package = package
        self._names = frozenset(package.names)
        self.document = self._main()
        self._is_original = is_original
        self.walker = Walker(is_original)
        self.heads: dict[str, list[Block]] = {}
        """Those that were asked for, by their relationship ids."""
        self._heads: dict[str, list[Block]] = {}
        self._cast = cast

    @functools.cached_property
    def cast(self) -> CastPart:
        """The document with what is cast of it."""
        if self._cast is not None:
            self.walker.looks = False
            return self._cast
        content = self._content(self.document)
        cast = cast_rows(content, walk_alone)
        self.walker.looks = (_remembered_odd if len(cast.made) <= SMALL else _is_odd)(cast.made)
        if not self.walker.looks:
            return cast
        # What is struck out, hidden or raised is read as it stands: nothing of such a part, which is rare, is cast.
        self.walker.looks = _has_looks(content)
        return CastPart(content, [])

    def body(self) -> list[Block]:
        """Raises: InputError (F-FILE-004): the document has no body."""
        content = self.cast.made
        body = self._parsed(self.document, content).find(w("body"))
        if body is None:
            params = {"reason": "w:body"}
            raise InputError(Problem("F-FILE-004", Place(str(self._package.path), self.document), params=params))
        self.walker.cast = self.cast.rows
        if self.walker.cast and len(content) <= SMALL and (outline := _remembered_outline(body)) is not None:
            blocks = outline.blocks(self.walker.cast)
        else:
            blocks = self.walker.flow(body)
        self.walker.cast = ()
        return blocks

    def _parsed(self, name: str, content: bytes) -> Element:
        """Root of a part, or of what is left of it. Raises: InputError: broken; where, is told of the file's own."""
        try:
            return self._package.parsed(content, name)
        except InputError:
            self._package.parsed(self._content(name), name)
            raise

    def head(self, identity: str) -> list[Block]:
        """What stands in the header or footer of a relationship id; nothing where there is no such part.

        Raises: InputError: it is broken.
        """
        name = self._relations.get(identity, "")
        if name in self._names and name not in self._heads:
            self._heads[name], walker = self._walked_head(name)
            self.walker.changes += walker.changes
            self.walker.hidden += walker.hidden
            self.walker.remarks += walker.remarks
            self.walker.has_marked = self.walker.has_marked or walker.has_marked
        self.heads[identity] = self._heads.get(name, _NOTHING)
        return self.heads[identity]

    def _walked_head(self, name: str) -> tuple[list[Block], Walker]:
        """As `_walked`; in fewer words those of a form's files are the same bytes. Heads are short, and what they hold
        besides texts (fields, pictures) is not cast: looking for rows takes longer."""
        content = self._content(name)
        if len(content) > SMALL:
            return _walked(self._parsed(name, content), self._is_original, _has_looks(content))
        made = simplified(content)
        if not _remembered_odd(made):
            content = made
        return _remembered_head(self._parsed(name, content), self._is_original, _remembered_looks(content))

    @functools.cached_property
    def claims(self) -> list[SheetIdentity]:
        """What the file says its sheets are, in order; empty where it says nothing."""
        if CUSTOM not in self._names:
            return []
        told = properties_in(self._content(CUSTOM), functools.partial(self._parsed, CUSTOM))
        if "formgen.sheets" in told:
            return _listed(told["formgen.sheets"])
        if "formgen.form" not in told:
            return []
        return [SheetIdentity(told["formgen.form"], told.get("formgen.version", ""), told.get("formgen.record", ""))]

    @functools.cached_property
    def _relations(self) -> Mapping[str, str]:
        """Relationship id → part, of the document."""
        folder, name = posixpath.split(self.document)
        return {identity: target for identity, _, target in self._related(f"{folder}/_rels/{name}.rels", folder)}

    def _related(self, name: str, folder: str) -> Sequence[_Relation]:
        """Of each relationship in a part: id, type and the part it leads to."""
        if name not in self._names:
            return ()
        content = self._content(name)
        relations = _relations_in if len(content) <= SMALL else _relations_in.__wrapped__
        return relations(self._package.parsed(content, name), folder)

    def _main(self) -> str:
        if DOCUMENT in self._names:
            return DOCUMENT
        for _, kind, target in self._related("_rels/.rels", ""):
            if kind.endswith(MAIN_RELATION) and target in self._names:
                return target
        raise InputError(Problem("F-FILE-005", Place(str(self._package.path)), params={"wanted": "DOCX"}))

    def _content(self, name: str) -> bytes:
        content = self._package.read(name)
        if STRICT in content[:4096]:
            for strict, usual in STRICT_NAMES:
                content = content.replace(strict, usual)
        return content


def _walked(root: Element, is_original: bool, has_looks: bool) -> tuple[list[Block], Walker]:
    """What stands in a header or footer, and who knows of changes and hidden text in it."""
    walker = Walker(is_original)
    walker.looks = has_looks
    blocks = walker.flow(root, "页眉页脚 ")
    return [block for block in blocks if not isinstance(block, SectionEnd)], walker


def _has_looks(content: bytes) -> bool:
    """Whether anything may be struck out, hidden or raised; zeros stand in a part that is not in UTF-8."""
    return b"\0" in content or has_look(content)


def _is_odd(made: bytes) -> bool:
    """Whether that may be, or a row be hidden; looked for only where no row was cast, because nothing is in one that
    was (`Walker.row`), and looking through a whole part takes as long as parsing what is left of it."""
    return _has_looks(made) or any(sign in made for sign in HIDDEN_ROWS)


_remembered_head = functools.lru_cache(maxsize=REMEMBERED)(_walked)
"""By the tree: of the same bytes it is the same one. Nobody changes what was found."""


_remembered_looks = functools.lru_cache(maxsize=REMEMBERED)(_has_looks)
_remembered_odd = functools.lru_cache(maxsize=REMEMBERED)(_is_odd)
"""By the bytes, which are the same in the files of a form: looking through them for each sign takes longer."""
_remembered_outline = functools.lru_cache(maxsize=REMEMBERED)(outline_of)
"""By the element: of the same bytes it is the same one."""


@functools.lru_cache(maxsize=REMEMBERED)
def _relations_in(root: Element, folder: str) -> Sequence[_Relation]:
    """By the tree: of the same bytes it is the same one."""
    return [(item.get("Id", ""), item.get("Type", ""), _target(folder, item)) for item in root.iter("{*}Relationship")]


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
