"""A file's own properties, in which it says what it is.

In: the part that holds them. Out: their texts by name. Those of a form's files are the same bytes but for their texts:
such a part is parsed without these, once, and later ones of its make are read as the holes of a markup.
Source: ECMA-376 Part 1, 22.3 (custom properties).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple

from formgen.reading.docx.holes import Hole
from formgen.reading.docx.markup import Markup
from formgen.reading.package_xml import SMALL, USUAL
from formgen.rendering.docx.wordml import Element

__all__ = ["properties_in"]

TEXT: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes}lpwstr"
MOST_KNOWN: Final = 16
_TEXT: Final = re.compile(rb">([^<>]*)</vt:lpwstr>")
_END: Final = b"</vt:lpwstr>"

Parse = Callable[[bytes], Element]
"""Root of a part, or of what is left of it."""


class _Make(NamedTuple):
    """Parts that are the same but for the texts of properties."""

    markup: Markup
    names: Sequence[str]


_KNOWN: list[_Make] = []
"""The last that was met first."""


def properties_in(content: bytes, parse: Parse) -> Mapping[str, str]:
    """Texts by name; of a name that comes twice the last.

    Raises: as `parse`, which says where the part itself is broken.
    """
    for index, (markup, names) in enumerate(_KNOWN if len(content) <= SMALL else ()):
        filled = markup.read(content, 0)
        if filled is not None and filled.end == len(content):
            if index:
                _KNOWN.insert(0, _KNOWN.pop(index))
            return {name: text.strip() for name, text in zip(names, filled.texts, strict=True)}
    if (make := _make(content, parse)) is not None:
        _KNOWN.insert(0, make)
        del _KNOWN[MOST_KNOWN:]
    items = [item for item in parse(content) if isinstance(item.tag, str)]
    return {item.get("name", ""): "".join(item.itertext()).strip() for item in items}


def _make(content: bytes, parse: Parse) -> _Make | None:
    """None where there is more in a property than its text, or something in the part may hold markup that is none."""
    begun = USUAL.match(content)
    if len(content) > SMALL or begun is None or content.count(b"<?") != 1 or b"<!" in content:
        return None
    *pieces, end = _TEXT.split(content)
    between, texts = pieces[::2], pieces[1::2]
    root = parse(b"".join([*(piece + b">" + _END for piece in between), end]))
    holes = [Hole("text", piece + b">", text, b"<") for piece, text in zip(between, texts, strict=True)]
    holes[1:] = [hole._replace(before=_END + hole.before) for hole in holes[1:]]
    are_texts = all(
        len(item) == 1 and item[0].tag == TEXT and not len(item[0]) and not "".join(item.itertext()).strip()
        for item in root
    )
    if not holes or not are_texts or len(root) != len(holes):
        return None
    return _Make(Markup(holes, _END + end, (), SMALL), [item.get("name", "") for item in root])
