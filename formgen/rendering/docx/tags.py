"""The tags of a Word template, found paragraph by paragraph and checked before anything is filled in.

Tags are docxtpl's: {{ value }}, {% statement %}, {%tr … %} for whole rows ({%tc, {%p, {%r likewise), {% vm %},
{% hm %}, {% colspan … %}, {% cellbg … %}. Word splits a tag over runs as it likes; only the paragraph's text counts.

In: a part's tree and the manifest. Out: for each element that needs an id, the loops around it. A broken tag is a
TemplateError that names the part, the paragraph (its number and text) and the tag; nothing is left to a template's run.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from jinja2 import TemplateError as JinjaError
from jinja2 import meta, nodes

from formgen.errors import TemplateError
from formgen.forms.manifest import Field, Manifest
from formgen.problems import Place, Problem
from formgen.rendering.context import DATE_PARTS
from formgen.rendering.docx.environment import GLOBAL_NAMES, plain_environment
from formgen.rendering.docx.wordml import Element, own_texts, w

__all__ = ["QUOTES", "TAG", "Scope", "TagReader", "Variable"]

TAG: Final = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
OPENING: Final = re.compile(r"\{[{%#]")
CLOSING: Final = re.compile(r"[%#}]\}")
INNER: Final = re.compile(r"\{[{%]-?\s*(?:(?:tr|tc|p|r)\s)?(.*?)-?[%}]\}\Z", re.DOTALL)
WHOLE_ROW: Final = re.compile(r"\{%-?tr\s")
QUOTES: Final = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'"})
"""Word's typing aid turns quotes into these; docxtpl turns them back."""
MERGES: Final = frozenset(["vm", "hm"])
CELL_SETTINGS: Final = frozenset(["colspan", "cellbg"])
ROW_NUMBER: Final = "row_number"
SHOWN_TEXT: Final = 40


@dataclass(frozen=True, slots=True)
class Variable:
    """What a loop's variable stands for: one row of a table, a group of rows, or something else."""

    kind: Literal["row", "group", "other"]
    table: str = ""


@dataclass(frozen=True, slots=True)
class Scope:
    """The loops around a place: their variables, the innermost last."""

    variables: tuple[tuple[str, Variable], ...] = ()

    @property
    def is_loop(self) -> bool:
        return bool(self.variables)

    @property
    def row(self) -> str:
        """Name of the innermost variable that is a row; '' where none is."""
        return next((name for name, variable in reversed(self.variables) if variable.kind == "row"), "")

    def find(self, name: str) -> Variable | None:
        return next((variable for known, variable in reversed(self.variables) if known == name), None)


@dataclass(slots=True)
class _Block:
    """A statement that waits for its end."""

    word: str
    tag: str
    place: Place
    outer: Scope


class TagReader:
    """Reads the tags of one part in document order."""

    def __init__(self, manifest: Manifest, path: Path, part: str) -> None:
        self._fields: Mapping[str, Field] = {item.key: item for item in manifest.fields}
        self._file = str(path)
        self._part = part
        self._environment = plain_environment()
        self._blocks: list[_Block] = []
        self._scope = Scope()
        self._place = Place(self._file, part)
        self._tag = ""

    def scopes(self, root: Element, names: frozenset[str]) -> list[tuple[Element, Scope]]:
        """Check every tag; return the elements of these (Clark) names in document order, each with the loops around it.

        Raises:
            TemplateError: F-TPL-001 … F-TPL-005.
        """
        found = []
        starting: dict[Element, list[tuple[str, Place]]] = {}
        for number, paragraph in enumerate(root.iter(w("p")), 1):
            starting.update(self._tags(paragraph, number))
        for element in root.iter():
            if element.tag in names:
                found.append((element, self._scope))
            for tag, place in starting.get(element, ()):
                self._place, self._tag = place, tag
                self._read(tag)
        self._at_end()
        return found

    def _tags(self, paragraph: Element, number: int) -> dict[Element, list[tuple[str, Place]]]:
        """The paragraph's tags by the w:t in which each begins."""
        texts = list(own_texts(paragraph))
        whole = "".join(text.text or "" for text in texts)
        if "{" not in whole and "}" not in whole:
            return {}
        shown = whole if len(whole) <= SHOWN_TEXT else f"{whole[:SHOWN_TEXT]}…"
        self._place = Place(self._file, self._part, f"¶{number}", shown)
        spans = list(TAG.finditer(whole))
        rest = TAG.sub("\0", whole)
        if stray := OPENING.search(rest) or CLOSING.search(rest):
            self._tag = rest[stray.start() :] if rest[stray.start()] == "{" else rest[: stray.end()]
            raise self._error("F-TPL-003")
        self._check_row_markers(paragraph)
        tags: dict[Element, list[tuple[str, Place]]] = {}
        starts = iter(spans)
        span = next(starts, None)
        offset = 0
        for text in texts:
            offset += len(text.text or "")
            while span is not None and span.start() < offset:
                tags.setdefault(text, []).append((span.group(), self._place))
                span = next(starts, None)
        return tags

    def _check_row_markers(self, paragraph: Element) -> None:
        """docxtpl puts one {%tr … %} in the place of its whole row; a second one there would vanish."""
        row = next(paragraph.iterancestors(w("tr")), None)
        if row is None:
            return
        text = "".join(item.text or "" for item in row.iter(w("t")))
        markers = [tag for tag in TAG.findall(text) if WHOLE_ROW.match(tag)]
        if len(markers) > 1:
            self._tag = " ".join(markers)
            raise self._error("F-TPL-005")

    def _read(self, tag: str) -> None:
        match = INNER.match(tag)
        if match is None:
            return
        inner = match.group(1).strip().translate(QUOTES)
        if tag.startswith("{{"):
            self._check(f"{{{{ {inner} }}}}")
            return
        word, _, rest = inner.partition(" ")
        if word in MERGES and not rest:
            return
        if word in CELL_SETTINGS:
            self._check(f"{{{{ {rest} }}}}")
        elif word in ("for", "if"):
            self._open(word, inner, tag)
        elif word in ("endfor", "endif"):
            self._close(word)
        elif word in ("elif", "else"):
            if not self._blocks or (word == "elif" and self._blocks[-1].word != "if"):
                raise self._error("F-TPL-004")
            if word == "elif":
                self._check(f"{{% if {rest} %}}{{% endif %}}")
        else:
            raise self._error("F-TPL-001", reason=f"{word}: for, if, elif, else, vm, hm, colspan, cellbg")

    def _open(self, word: str, inner: str, tag: str) -> None:
        tree = self._check(f"{{% {inner} %}}{{% end{word} %}}")
        self._blocks.append(_Block(word, tag, self._place, self._scope))
        loop = tree.find(nodes.For)
        if loop is not None:
            self._scope = Scope((*self._scope.variables, *self._bind(loop)))

    def _close(self, word: str) -> None:
        if not self._blocks or f"end{self._blocks[-1].word}" != word:
            raise self._error("F-TPL-004")
        self._scope = self._blocks.pop().outer

    def _at_end(self) -> None:
        if self._blocks:
            block = self._blocks[-1]
            self._place, self._tag = block.place, block.tag
            raise self._error("F-TPL-004")

    def _bind(self, loop: nodes.For) -> Iterator[tuple[str, Variable]]:
        source = loop.iter
        is_grouped = isinstance(source, nodes.Filter) and source.name == "grouped"
        if isinstance(source, nodes.Filter) and source.node is not None:
            source = source.node
        variable = Variable("other")
        if isinstance(source, nodes.Name):
            outer = self._scope.find(source.name)
            if outer is not None and outer.kind == "group":
                variable = Variable("row", outer.table)
            elif outer is None and source.name in self._fields and self._fields[source.name].table is not None:
                variable = Variable("group" if is_grouped else "row", source.name)
        targets = loop.target.find_all(nodes.Name) if not isinstance(loop.target, nodes.Name) else [loop.target]
        for target in targets:
            yield target.name, variable

    def _check(self, source: str) -> nodes.Template:
        """Parse one statement on its own; every name, column and part of a date in it must be known."""
        try:
            tree = self._environment.parse(source)
            undeclared = meta.find_undeclared_variables(tree)
            self._environment.compile(tree, raw=True)
        except JinjaError as exc:
            raise self._error("F-TPL-001", reason=exc.message or type(exc).__name__) from exc
        known = [*self._fields, *(name for name, _ in self._scope.variables)]
        for name in sorted(undeclared - GLOBAL_NAMES - {"loop"} if self._scope.is_loop else undeclared - GLOBAL_NAMES):
            if name not in known:
                raise self._unknown(name, known)
        for access in tree.find_all(nodes.Getattr):
            self._check_access(access)
        return tree

    def _check_access(self, access: nodes.Getattr) -> None:
        if access.attr.startswith("_"):
            raise self._error("F-TPL-001", reason=access.attr)
        column = self._column(access.node)
        if isinstance(access.node, nodes.Name):
            variable = self._scope.find(access.node.name)
            if variable is not None and variable.kind == "row":
                table = self._fields[variable.table].table
                known = [item.key for item in table.columns] if table is not None else []
                if access.attr not in (*known, ROW_NUMBER):
                    raise self._unknown(f"{access.node.name}.{access.attr}", known)
        if column is not None and (column.type_name != "date" or access.attr not in DATE_PARTS):
            raise self._unknown(f"{column.key}.{access.attr}", DATE_PARTS if column.type_name == "date" else [])

    def _column(self, node: nodes.Node) -> Field | None:
        """The field or column that an expression names; None where it is something else."""
        if isinstance(node, nodes.Name) and self._scope.find(node.name) is None:
            return self._fields.get(node.name)
        if isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name):
            variable = self._scope.find(node.node.name)
            if variable is not None and variable.kind == "row":
                table = self._fields[variable.table].table
                columns = table.columns if table is not None else ()
                return next((item for item in columns if item.key == node.attr), None)
        return None

    def _unknown(self, name: str, known: list[str] | tuple[str, ...]) -> TemplateError:
        nearest = difflib.get_close_matches(name.rpartition(".")[2], known, 3, 0.5) or known[:8]
        return self._error("F-TPL-002", name=name, known=", ".join(nearest))

    def _error(self, code: str, **params: str) -> TemplateError:
        return TemplateError(Problem(code, self._place, self._tag.replace("\0", "…"), params))
