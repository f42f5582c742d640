"""The Jinja environment of Word templates: sandboxed, escaping, and strict.

A template comes from outside, so it runs in Jinja's immutable sandbox without loaders and with one global (`range`).
What a tag prints is escaped; its line ends and tabs become those of a Word run, value by value, with the result that
docxtpl has after a pass of regular expressions over the whole part.

Templates compile to UTF-8: the text between tags is encoded once, at compile time, and a tag prints bytes. That took an
application form (55 kB) from 69 µs to 34 µs. So nothing that collects output is allowed in a template (macros, blocks,
{% set %} … {% endset %}); formgen.rendering.docx.tags refuses it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from jinja2 import StrictUndefined, nodes
from jinja2 import TemplateError as JinjaError
from jinja2.compiler import CodeGenerator, Frame
from jinja2.sandbox import ImmutableSandboxedEnvironment, safe_range
from markupsafe import Markup, escape

from formgen.rendering.context import DATE_PARTS, DateText, Row, grouped

__all__ = [
    "GLOBAL_NAMES",
    "WRONG_VALUES",
    "WordEnvironment",
    "plain_environment",
    "text_environment",
    "word_environment",
]

LINE_BREAK = b'</w:t><w:br/><w:t xml:space="preserve">'
TAB = b'</w:t><w:tab/><w:t xml:space="preserve">'
GLOBAL_NAMES = frozenset(["range"])
WRONG_VALUES = (JinjaError, ArithmeticError, LookupError, TypeError, ValueError, AttributeError)
"""What a template's expression can raise while it runs."""


class ByteGenerator(CodeGenerator):
    """Writes programs that yield bytes: constants as bytes literals, values through `environment.encode`."""

    def _output_const_repr(self, group: Iterable[Any]) -> str:
        return repr("".join(map(str, group)).encode())

    def _output_child_to_const(self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> str:
        if not isinstance(node, nodes.TemplateData):
            raise nodes.Impossible
        return super()._output_child_to_const(node, frame, finalize)

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> None:
        self.write("environment.encode(")

    def _output_child_post(self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> None:
        self.write(")")


class WordEnvironment(ImmutableSandboxedEnvironment):
    """The sandbox. A row's columns come before the methods of a mapping: a column may be named `items`."""

    code_generator_class: type[CodeGenerator] = ByteGenerator

    def getattr(self, obj: Any, attribute: str) -> Any:
        if obj.__class__ is Row:
            try:
                return obj[attribute]
            except KeyError:
                return self.undefined(obj=obj, name=attribute)
        if obj.__class__ is DateText and attribute in DATE_PARTS:  # known to be safe: saves asking the sandbox
            return object.__getattribute__(obj, attribute)
        return super().getattr(obj, attribute)

    def encode(self, value: Any) -> bytes:
        """What a tag prints, escaped, with line ends and tabs as a run has them."""
        if isinstance(value, str):
            if value.isalnum():  # nothing to escape in most values
                return value.encode()
            encoded = escape(value).encode()
            if value.isprintable() or isinstance(value, Markup):
                return encoded
            return encoded.replace(b"\n", LINE_BREAK).replace(b"\t", TAB)
        return b"%d" % value if value.__class__ is int else escape(value).encode()


class PlainEnvironment(WordEnvironment):
    """For parts of plain text (the document's properties): line ends stay."""

    def encode(self, value: Any) -> bytes:
        return escape(value).encode()


class TextEnvironment(WordEnvironment):
    """For text that is measured and not printed: nothing is escaped."""

    code_generator_class = CodeGenerator


def text_environment() -> WordEnvironment:
    """For the text of single paragraphs."""
    return _furnished(TextEnvironment(undefined=StrictUndefined, keep_trailing_newline=True))


def word_environment() -> WordEnvironment:
    """For parts whose tags stand in runs."""
    return _furnished(WordEnvironment(autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True))


def plain_environment() -> WordEnvironment:
    return _furnished(PlainEnvironment(autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True))


def _furnished(environment: WordEnvironment) -> WordEnvironment:
    environment.globals.clear()
    environment.globals["range"] = safe_range
    environment.filters["grouped"] = grouped
    environment.filters["in_attribute"] = in_attribute
    return environment


def in_attribute(value: Any) -> Markup:
    """A value that the template prints inside an XML attribute: nothing of a run can stand there."""
    return Markup(str(escape(value)).replace("\n", " ").replace("\t", " "))
