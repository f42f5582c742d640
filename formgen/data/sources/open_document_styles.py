"""The styles of an .ods: which have a line through the text, which show a unit behind numbers.

In: the XML of the part with the document's own styles, and of that with its named ones. Out: style → mark, and which
styles of parts of a text are struck out.
Limits: a style that only a condition brings is not looked at.
Source: OpenDocument 1.2, part 1, 16.2 (style:style), 16.27 (number:number-style), 20.385 (text-line-through-style).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from formgen.data.sources.cell_marks import STRUCK, CellMark
from formgen.data.sources.spreadsheet.elements import local_name, parse
from formgen.data.sources.spreadsheet.formats import shown_number

__all__ = ["DocumentStyles", "document_styles"]

_ROOT: Final = re.compile(rb"<office:document-(?:content|styles)\b[^>]*>")
_STYLES: Final = re.compile(rb"<office:(automatic-styles|styles)(?:/>|>.*?</office:\1>)", re.DOTALL)
_DEEPEST: Final = 20
"""Styles that a style may inherit from, one after the other."""


@dataclass(slots=True)
class DocumentStyles:
    """What styles say of the cells that have them."""

    cells: dict[str, CellMark] = field(default_factory=dict)
    struck_texts: set[str] = field(default_factory=set)


def document_styles(*parts: bytes) -> DocumentStyles:
    """Raises: Damaged: the styles are no XML."""
    elements = [element for part in parts for element in _elements(part)]
    styles = {_get(element, "name"): element for element in elements if local_name(element) == "style"}
    formats = {_get(element, "name"): element for element in elements if local_name(element).endswith("number-style")}
    units = {name: unit for name, form in formats.items() if (unit := shown_number(_code(form, formats))) is not None}
    found = DocumentStyles()
    for name, style in styles.items():
        line, form = _inherited(style, styles)
        if _get(style, "family") == "text" and line:
            found.struck_texts.add(name)
        elif _get(style, "family") == "table-cell" and line:
            found.cells[name] = STRUCK
        elif _get(style, "family") == "table-cell" and form in units:
            found.cells[name] = units[form]
    return found


def _elements(part: bytes) -> Iterator[Any]:
    """The styles in a part; of a part that was not read to its end, those that were."""
    root = _ROOT.search(part)
    for match in _STYLES.finditer(part) if root is not None else ():
        assert root is not None
        end = b"</" + root[0][1:].split()[0].rstrip(b">") + b">"
        yield from (style for group in parse(root[0] + match[0] + end) for style in group)


def _inherited(style: Any, styles: dict[str, Any]) -> tuple[bool, str]:
    """Whether a style has a line through its text, and the name of its number format; its own or its parents'."""
    line: bool | None = None
    form = ""
    for _ in range(_DEEPEST):
        form = form or _get(style, "data-style-name")
        if line is None:
            line = _line(style)
        parent = styles.get(_get(style, "parent-style-name"))
        if parent is None:
            break
        style = parent
    return bool(line), form


def _line(style: Any) -> bool | None:
    """None where it does not say."""
    said = [
        value
        for part in style
        if local_name(part) == "text-properties"
        for name in ("text-line-through-type", "text-line-through-style")
        if (value := _get(part, name))
    ]
    return any(value != "none" for value in said) and "none" not in said if said else None


def _code(form: Any, formats: dict[str, Any]) -> str:
    """A number format as Excel would write it: the sections that apply on a condition, then its own."""
    sections = []
    for part in form:
        other = formats.get(_get(part, "apply-style-name")) if local_name(part) == "map" else None
        if other is not None:
            condition = re.sub(r"\s|value\(\)", "", _get(part, "condition")).replace("!=", "<>")
            sections.append(f"[{condition}]{_own_code(other)}")
    return ";".join([*sections, _own_code(form)])


def _own_code(form: Any) -> str:
    code = ""
    for part in form:
        name = local_name(part)
        if name in ("number", "scientific-number", "fraction"):
            factor = float(_get(part, "display-factor") or 1)
            digits = max(1, int(_get(part, "min-integer-digits") or 1)) if name == "number" else 1
            code += "0" * min(digits, 30) + "," * (round(math.log10(factor) / 3) if factor >= 1 else 0)
        elif name == "text" and part.text:
            code += '"' + part.text.replace('"', "") + '"'
        elif name == "currency-symbol":
            code += '"¤"'
    return code


def _get(element: Any, name: str) -> str:
    """An attribute whatever its prefix."""
    return next((str(value) for key, value in element.attrib.items() if key.rpartition("}")[2] == name), "")
