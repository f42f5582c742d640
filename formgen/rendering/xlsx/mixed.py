"""Mixed text, the only tags that need Jinja: read and rendered in a sandbox.

Imported only when a template has such a cell: importing Jinja takes as long as filling 2,000 rows (17 ms).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError, nodes
from jinja2.meta import find_undeclared_variables
from jinja2.sandbox import ImmutableSandboxedEnvironment

from formgen.rendering.context import Row

__all__ = ["MixedFault", "MixedReader", "MixedTemplate"]


class MixedFault(ValueError):
    """The text is no template, or fails on a record; says why."""


class CellEnvironment(ImmutableSandboxedEnvironment):
    """The sandbox, with rows whose columns come before the methods of a mapping (a column may be named `items`)."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        if obj.__class__ is Row:
            return obj[attribute] if attribute in obj else self.undefined(obj=obj, name=attribute)
        return super().getattr(obj, attribute)


@dataclass(frozen=True, slots=True)
class MixedTemplate:
    """A text with tags, ready to render."""

    template: Template
    names: tuple[str, ...]
    """Names it takes from the context."""
    parts: tuple[tuple[str, str], ...]
    """Name and attribute wherever it asks for one."""

    def render(self, context: Mapping[str, Any]) -> str:
        """Raises: MixedFault."""
        try:
            return self.template.render(context)
        except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError) as exc:
            raise MixedFault(str(exc)) from exc


class MixedReader:
    """Reads texts with tags."""

    def __init__(self) -> None:
        self._environment = CellEnvironment(autoescape=False, undefined=StrictUndefined, keep_trailing_newline=True)
        self._environment.globals.clear()

    def read(self, text: str) -> MixedTemplate:
        """Raises: MixedFault."""
        try:
            tree = self._environment.parse(text)
            template = self._environment.from_string(text)
        except TemplateError as exc:
            raise MixedFault(exc.message or "") from exc
        parts = [
            (attribute.node.name, attribute.attr)
            for attribute in tree.find_all(nodes.Getattr)
            if isinstance(attribute.node, nodes.Name)
        ]
        return MixedTemplate(template, tuple(sorted(find_undeclared_variables(tree))), tuple(parts))
