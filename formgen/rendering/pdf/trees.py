"""The page tree and the outline of a file, written while its pages come: only what is still open is kept in memory.

Source: ISO 32000-2, 7.7.3 (page tree), 12.3.3 (outline).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from formgen.rendering.pdf.objects import ObjectWriter, text_string

__all__ = ["Outline", "PageTree"]

KIDS: Final = 64
"""Children of a node of the page tree: 100,000 pages are three levels."""


@dataclass(slots=True)
class _Node:
    """A node of the page tree that still takes children."""

    number: int
    kids: list[int] = field(default_factory=list)
    pages: int = 0


class PageTree:
    """A balanced tree of pages, in the order in which they come."""

    def __init__(self, objects: ObjectWriter) -> None:
        self._objects = objects
        self._open = [_Node(objects.reserve())]
        """One node a level, the leaves' first."""
        self.count = 0

    def add(self, page: int) -> int:
        """Take a page in; the number of its parent."""
        self.count += 1
        return self._take(0, page, 1)

    def close(self, inherited: bytes) -> int:
        """Write the open nodes; the root's number. Pages inherit its entries."""
        level = 0
        while level + 1 < len(self._open):  # taking a node in may open another level
            node = self._open[level]
            parent = self._take(level + 1, node.number, node.pages)
            self._write(node, b"/Parent %d 0 R" % parent)
            level += 1
        root = self._open[-1]
        self._write(root, inherited)
        return root.number

    def _take(self, level: int, kid: int, pages: int) -> int:
        """A full node goes to the level above before another begins; the new one takes the child."""
        if level == len(self._open):
            self._open.append(_Node(self._objects.reserve()))
        node = self._open[level]
        if len(node.kids) == KIDS:
            parent = self._take(level + 1, node.number, node.pages)
            self._write(node, b"/Parent %d 0 R" % parent)
            node = self._open[level] = _Node(self._objects.reserve())
        node.kids.append(kid)
        node.pages += pages
        return node.number

    def _write(self, node: _Node, entries: bytes) -> None:
        kids = b" ".join(b"%d 0 R" % kid for kid in node.kids)
        self._objects.put(node.number, b"<</Type/Pages/Count %d/Kids[%b]%b>>" % (node.pages, kids, entries))


@dataclass(slots=True)
class _Item:
    """A bookmark whose successor is not yet known."""

    number: int
    title: str
    page: int
    previous: int = 0
    first: int = 0
    last: int = 0
    count: int = 0


class Outline:
    """Bookmarks, nested by the equal beginnings of their paths: (village, person), (village, person) …"""

    def __init__(self, objects: ObjectWriter) -> None:
        self._objects = objects
        self._path: list[_Item] = [_Item(0, "", 0)]
        """The outline itself, then the open bookmark of each level."""

    def add(self, path: Sequence[str], page: int) -> None:
        """A bookmark for a page, under those of the path that are still open; none where the path goes no further."""
        titles = [item.title for item in self._path[1:]]
        depth = 0
        while depth < min(len(titles), len(path)) and titles[depth] == path[depth]:
            depth += 1
        for title in path[depth:]:
            self._begin(depth, title, page)
            depth += 1

    def close(self) -> int:
        """Write what is open; the outline's number, 0 where there is no bookmark."""
        root = self._path[0]
        if not root.count:
            return 0
        self._end(1, 0)
        entries = b"/First %d 0 R/Last %d 0 R/Count %d" % (root.first, root.last, root.count)
        self._objects.put(root.number, b"<</Type/Outlines%b>>" % entries)
        return root.number

    def _begin(self, depth: int, title: str, page: int) -> None:
        if not self._path[0].number:
            self._path[0].number = self._objects.reserve()
        parent = self._path[depth]
        item = _Item(self._objects.reserve(), title, page, previous=parent.last)
        self._end(depth + 1, item.number)
        parent.first = parent.first or item.number
        parent.last = item.number
        parent.count += 1
        self._path.append(item)

    def _end(self, depth: int, following: int) -> None:
        """Write the bookmarks from a level downwards; `following` comes after the highest of them."""
        while len(self._path) > depth:
            item = self._path.pop()
            after = following if len(self._path) == depth else 0
            self._write(item, self._path[-1].number, after)

    def _write(self, item: _Item, parent: int, following: int) -> None:
        body = b"<</Title%b/Parent %d 0 R/Dest[%d 0 R/Fit]" % (text_string(item.title), parent, item.page)
        for name, number in ((b"Prev", item.previous), (b"Next", following), (b"First", item.first)):
            body += b"/%b %d 0 R" % (name, number) if number else b""
        if item.count:  # closed: its children show when it is opened
            body += b"/Last %d 0 R/Count -%d" % (item.last, item.count)
        self._objects.put(item.number, body + b">>")
