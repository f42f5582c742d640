"""Word's own bookmark, where somebody edited last: in a file of a form it stands anywhere, and holds nothing.

In: a part's bytes. Out: the same without it, and its number, for whoever is to see that no other mark has it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

__all__ = ["has_number", "without_last_edited"]

_BOOKMARK: Final = b'<w:bookmarkStart w:id="'
_LAST_EDITED: Final = b'" w:name="_GoBack"/>'
_NO_NUMBER: Final = b""


def without_last_edited(content: bytes) -> tuple[bytes, bytes]:
    """The part without the mark, and its number; as it is, and nothing, where something stands in the mark."""
    name = content.find(_LAST_EDITED)
    start = content.rfind(_BOOKMARK, 0, name) if name >= 0 else -1
    number = content[start + len(_BOOKMARK) : name]
    mark = b'<w:bookmarkEnd w:id="%b"/>' % number
    at = name + len(_LAST_EDITED)
    if start < 0 or not number.isdigit() or not content.startswith(mark, at):
        return content, _NO_NUMBER
    view = memoryview(content)
    return b"".join([view[:start], view[at + len(mark) :]]), number


def has_number(number: bytes, starts: Iterable[bytes], rest: bytes) -> bool:
    """Whether another bookmark may have a number: one of those that are known, or one that stands in what is left."""
    if not number:
        return False
    if rest.count(b"bookmarkStart") != rest.count(_BOOKMARK):
        return True  # some say their number otherwise
    return number in starts or _BOOKMARK + number + b'"' in rest
