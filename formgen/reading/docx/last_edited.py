"""Word's own bookmark, where somebody edited last: in a file of a form it stands beside any run, and holds nothing.

In: a part's bytes. Out: the same without it, and its number, for whoever is to see that no other mark has it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

__all__ = ["has_number", "without_last_edited"]

_BOOKMARK: Final = b'<w:bookmarkStart w:id="'
_LAST_EDITED: Final = b'" w:name="_GoBack"/>'
_NO_NUMBER: Final = b""
_BEFORE: Final = re.compile(
    rb"</w:(?:pPr|r|p|tc|tr|tblGrid|tbl|sdt)>|<w:(?:body|hdr|ftr|p|tc|tr|sdtContent)(?: [\w:]+=\"[^\"<>]*\")*+>"
    rb"|<w:bookmark(?:Start|End)(?: [\w:]+=\"[^\"<>]*\")*+/>"
)
_AFTER: Final = re.compile(rb"</w:|<w:(?!(?:p|r|tc|tr|tbl|sdt)Pr[ />]|tblGrid)")
"""Whole tags: what stands beside the mark where paragraphs, runs, rows or cells may stand."""


def without_last_edited(content: bytes) -> tuple[bytes, bytes]:
    """The part without the mark, and its number; as it is, and nothing, where something stands in it, or it stands
    where Word puts none: in a text, in a tag, before properties."""
    name = content.find(_LAST_EDITED)
    start = content.rfind(_BOOKMARK, 0, name) if name >= 0 else -1
    number = content[start + len(_BOOKMARK) : name]
    mark = b'<w:bookmarkEnd w:id="%b"/>' % number
    at = name + len(_LAST_EDITED)
    if start < 0 or not number.isdigit() or not content.startswith(mark, at):
        return content, _NO_NUMBER
    before, after = content[content.rfind(b"<", 0, start) : start], at + len(mark)
    if _BEFORE.fullmatch(before) is None or _AFTER.match(content, after) is None:
        return content, _NO_NUMBER
    view = memoryview(content)
    return b"".join([view[:start], view[after:]]), number


def has_number(number: bytes, starts: Iterable[bytes], rest: bytes) -> bool:
    """Whether another bookmark may have a number: one of those that are known, or one that stands in what is left."""
    if not number:
        return False
    if rest.count(b"bookmarkStart") != rest.count(_BOOKMARK):
        return True  # some say their number otherwise
    return number in starts or _BOOKMARK + number + b'"' in rest
