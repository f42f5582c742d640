"""What a paragraph with words beside its tags will say, so that it can be measured as a whole.

In: a paragraph and the loops around it. Out: its text as a small program of its own, run once a record (or row) before
the sheet is printed. Paragraphs laid out by tab stops, and tags whose values are known only inside a loop that is not
one over rows (`loop.index`, a group's name), have no such text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from jinja2 import Template, meta, nodes
from jinja2 import TemplateError as JinjaError

from formgen.forms.manifest import Field
from formgen.rendering.context import Row
from formgen.rendering.docx.environment import GLOBAL_NAMES, WRONG_VALUES, text_environment
from formgen.rendering.docx.tags import QUOTES, TAG, Scope
from formgen.rendering.docx.wordml import Element, nearest, w

__all__ = ["Words", "words_of"]

CELL_TAG: Final = re.compile(r"\{%-?\s*(?:vm|hm|(?:colspan|cellbg)\s[^%]*)\s*%\}")
BLOCK_MARK: Final = re.compile(r"\{[{%]-?(?:tr|tc|p)\s")
RUN_MARK: Final = re.compile(r"(\{[{%]-?)r\s")
SIGNS: Final = {w("br"): "\n", w("cr"): "\n", w("sym"): "□", w("tab"): "　　　"}
"""What stands in the text for elements that are none; a tab is no wider than three characters."""


@dataclass(frozen=True, slots=True)
class Words:
    """The text of one paragraph, to come."""

    fields: tuple[Field, ...]
    """Those whose values stand in it."""
    table: str
    variable: str
    """The loop's variable where the paragraph stands in a loop over a table's rows and uses them; else ''."""
    pictures: frozenset[str]
    """Keys of the pictures, which stand in no line of text; `row_pictures`: those of the row."""
    row_pictures: frozenset[str]
    blank: str
    """The text without any value."""
    program: Template

    def text(self, context: Mapping[str, Any], values: Mapping[str, Any]) -> str:
        """What the paragraph will say. An expression that fails says nothing here; printing reports it."""
        known = {**context, **dict.fromkeys(self.pictures, "")}
        if self.variable:
            known[self.variable] = Row({**values, **dict.fromkeys(self.row_pictures, "")})
        try:
            return self.program.render(known)
        except WRONG_VALUES:
            return ""

    def longest(self, context: Mapping[str, Any], values: Mapping[str, Any]) -> Field:
        """The field whose value takes most room: the one to shorten."""
        known = {**context, **values}
        return max(self.fields, key=lambda item: len(known[item.key]) if item.table is None else 0)


def words_of(paragraph: Element, scope: Scope, fields: Mapping[str, Field]) -> Words | None:
    """The text of a paragraph with tags; None where it has none that can be known."""
    source = _source(paragraph)
    if "{{" not in source or BLOCK_MARK.search(source) or paragraph.find(f"{w('pPr')}/{w('tabs')}") is not None:
        return None
    source = RUN_MARK.sub(r"\1 ", CELL_TAG.sub("", source))
    environment = text_environment()
    try:
        tree = environment.parse(source)
        names = meta.find_undeclared_variables(tree) - GLOBAL_NAMES
        program = environment.from_string(source)
    except JinjaError:  # a loop over paragraphs begins or ends here; broken tags were refused before
        return None
    rows = {name for name in names if (known := scope.find(name)) is not None and known.kind == "row"}
    if len(rows) > 1 or any(scope.find(name) is not None or name not in fields for name in names - rows):
        return None
    variable = next(iter(rows), "")
    found = scope.find(variable)
    table = found.table if found is not None else ""
    used = [fields[name] for name in sorted(names - rows)]
    columns = tuple(_columns(tree, variable, fields[table])) if table else ()
    printed = tuple(item for item in (*columns, *used) if item.type_name != "image")
    if not printed:
        return None
    return Words(printed, table, variable, _pictures(used), _pictures(columns), TAG.sub("", source), program)


def _pictures(items: Iterable[Field]) -> frozenset[str]:
    return frozenset(item.key for item in items if item.type_name == "image")


def _source(paragraph: Element) -> str:
    """The paragraph's text with its tags as they were meant, without that of text boxes in it."""
    pieces = []
    for item in paragraph.iter(w("t"), *SIGNS):
        if nearest(item, "p") is paragraph and item.getparent().tag != w("tabs"):
            pieces.append(SIGNS.get(item.tag, item.text or ""))
    return TAG.sub(lambda match: match[0].translate(QUOTES), "".join(pieces))


def _columns(tree: nodes.Template, variable: str, item: Field) -> Iterator[Field]:
    used = {
        access.attr
        for access in tree.find_all(nodes.Getattr)
        if isinstance(access.node, nodes.Name) and access.node.name == variable
    }
    for column in item.table.columns if item.table is not None else ():
        if column.key in used:
            yield column
