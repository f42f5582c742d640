"""Page tree and outline, read back with pikepdf."""

from __future__ import annotations

import io
from typing import Any

import pikepdf
import pytest

from formgen.rendering.pdf import ComposedPage, Identity, PdfFile
from formgen.rendering.pdf.objects import deflate


def page(width_pt: float = 595.0) -> ComposedPage:
    return ComposedPage(width_pt, 842.0, deflate(b""), (), ())


def written(*sheets: tuple[int, tuple[str, ...]]) -> pikepdf.Pdf:
    """A file of sheets: pages of each, and its bookmark."""
    stream = io.BytesIO()
    file = PdfFile(stream, Identity("测试"))
    width = 0
    for count, outline in sheets:
        pages = []
        for _ in range(count):
            width += 1
            pages.append(page(float(width)))
        file.add(pages, outline)
    file.close()
    return pikepdf.open(stream)


@pytest.mark.parametrize("count", [1, 63, 64, 65, 128, 4096, 4097])
def test_pages_come_in_order_whatever_their_number(count: int) -> None:
    pdf = written((count, ()))
    assert [int(found.mediabox[2]) for found in pdf.pages] == list(range(1, count + 1))
    depths = set()

    def walk(node: Any, depth: int) -> int:
        if node.Type == "/Page":
            depths.add(depth)
            return 1
        assert 1 <= len(node.Kids) <= 64
        assert all(kid.Parent.objgen == node.objgen for kid in node.Kids)
        total = sum(walk(kid, depth + 1) for kid in node.Kids)
        assert node.Count == total
        return total

    assert walk(pdf.Root.Pages, 0) == count
    assert len(depths) == 1 and max(depths) <= 3


def outline_of(pdf: pikepdf.Pdf) -> list[Any]:
    def read(items: Any) -> list[Any]:
        return [
            [item.title, int(pdf.pages[pdf.pages.index(pikepdf.Page(item.destination[0]))].mediabox[2])]
            + ([read(item.children)] if item.children else [])
            for item in items
        ]

    with pdf.open_outline() as outline:
        return read(outline.root)


def test_bookmarks_nest_by_equal_beginnings() -> None:
    pdf = written(
        (1, ("东村", "张三")),
        (2, ("东村", "李四")),
        (1, ("西村", "张三")),
        (1, ("西村", "张三", "附件")),
        (1, ()),
        (1, ("东村", "王五")),
    )
    assert outline_of(pdf) == [
        ["东村", 1, [["张三", 1], ["李四", 2]]],
        ["西村", 4, [["张三", 4, [["附件", 5]]]]],
        ["东村", 7, [["王五", 7]]],
    ]
    assert pdf.Root.Outlines.Count == 3


def test_bookmarks_link_both_ways() -> None:
    pdf = written((1, ("a",)), (1, ("b",)), (1, ("c",)))
    root = pdf.Root.Outlines
    first, last = root.First, root.Last
    assert (str(first.Title), str(last.Title)) == ("a", "c")
    assert first.Next.Next.objgen == last.objgen and last.Prev.Prev.objgen == first.objgen
    assert "/Prev" not in first and "/Next" not in last


def test_a_file_without_bookmarks_has_no_outline() -> None:
    assert "/Outlines" not in written((3, ())).Root
