"""The Jinja environment of Word templates: sandboxed, escaping, and strict.

A template comes from outside, so it runs in Jinja's immutable sandbox without loaders and with one global (`range`).
What a tag prints is escaped; its line ends and tabs become those of a Word run, value by value, with the result that
docxtpl has after a pass of regular expressions over the whole part.
"""

from __future__ import annotations

from typing import Any

from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment, safe_range
from markupsafe import Markup, escape

from formgen.rendering.context import Row, grouped

__all__ = ["GLOBAL_NAMES", "WordEnvironment", "plain_environment", "word_environment"]

LINE_BREAK = '</w:t><w:br/><w:t xml:space="preserve">'
TAB = '</w:t><w:tab/><w:t xml:space="preserve">'
GLOBAL_NAMES = frozenset(["range"])


class WordEnvironment(ImmutableSandboxedEnvironment):
    """The sandbox, with rows whose columns come before the methods of a mapping (a column may be named `items`)."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        if obj.__class__ is Row:
            try:
                return obj[attribute]
            except KeyError:
                return self.undefined(obj=obj, name=attribute)
        return super().getattr(obj, attribute)


def word_environment() -> WordEnvironment:
    """For parts whose tags stand in runs."""
    environment = plain_environment()
    environment.finalize = break_lines
    return environment


def plain_environment() -> WordEnvironment:
    """For parts of plain text (the document's properties)."""
    environment = WordEnvironment(autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True)
    environment.globals.clear()
    environment.globals["range"] = safe_range
    environment.filters["grouped"] = grouped
    environment.filters["in_attribute"] = in_attribute
    return environment


def break_lines(value: Any) -> Any:
    """`value` with its line ends and tabs as a run has them. Most values have none: `isprintable` says so at once."""
    if not isinstance(value, str) or value.isprintable() or isinstance(value, Markup):
        return value
    text = str(escape(value))
    return Markup(text.replace("\n", LINE_BREAK).replace("\t", TAB))


def in_attribute(value: Any) -> Markup:
    """A value that the template prints inside an XML attribute: nothing of a run can stand there."""
    return Markup(str(escape(value)).replace("\n", " ").replace("\t", " "))
