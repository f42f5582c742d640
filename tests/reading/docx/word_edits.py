"""What people do to a Word form by hand, done to its XML."""

from __future__ import annotations

import copy
import io
import zipfile
from collections.abc import Callable
from typing import Any

from lxml import etree

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
Element = Any
DOCUMENT = "word/document.xml"


def w(name: str) -> str:
    return f"{{{W}}}{name}"


def edited(content: bytes, edit: Callable[[Element], object], part: str = DOCUMENT) -> bytes:
    """The file with one part changed."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(made, "w") as target:
        assert part in source.namelist()
        for name in source.namelist():
            data = source.read(name)
            if name == part:
                tree = etree.fromstring(data)
                edit(tree)
                data = etree.tostring(tree, encoding="UTF-8", xml_declaration=True, standalone=True)
            target.writestr(name, data)
    return made.getvalue()


def fragment(xml: str) -> Element:
    return etree.fromstring(
        f'<x xmlns:w="{W}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">{xml}</x>'
    )[0]


def control(tree: Element, tag: str, number: int = 0) -> Element:
    """The content control of a field, `number` of several."""
    found = [item for item in tree.iter(w("sdt")) if item.find(f"{w('sdtPr')}/{w('tag')}").get(w("val")) == tag]
    return found[number]


def tags(tree: Element) -> list[str]:
    """The tags of all content controls."""
    return [item.get(w("val")) for item in tree.iter(w("tag"))]


def cell_of(element: Element) -> Element:
    return next(element.iterancestors(w("tc")))


def row_of(element: Element) -> Element:
    return next(element.iterancestors(w("tr")))


def cell_with(tree: Element, text: str, number: int = 0) -> Element:
    """The cell that says exactly this, white space apart."""
    found = [item for item in tree.iter(w("tc")) if "".join("".join(item.itertext()).split()) == text]
    return found[number]


def run(text: str) -> Element:
    return fragment(f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>')


def retype(cell: Element, *lines: str) -> None:
    """Select all in a cell and type: control and bookmark are gone."""
    for paragraph in cell.findall(w("p")):
        cell.remove(paragraph)
    for line in lines:
        paragraph = fragment("<w:p/>")
        paragraph.append(run(line))
        cell.append(paragraph)


def write(content_control: Element, *pieces: str) -> None:
    """Type into a control, as many runs as pieces."""
    content = content_control.find(w("sdtContent"))
    runs = content.findall(w("r"))
    for old in runs[1:]:
        content.remove(old)
    first = runs[0]
    for old in list(first):
        if old.tag != w("rPr"):
            first.remove(old)
    for piece in reversed(pieces):
        first.addnext(run(piece))


def type_beside(content_control: Element, text: str, is_before: bool = False) -> None:
    (content_control.addprevious if is_before else content_control.addnext)(run(text))


def unwrap_controls(tree: Element) -> None:
    """As LibreOffice does on a way through ODT: the controls go, what is in them stays."""
    for item in list(tree.iter(w("sdt"))):
        for child in list(item.find(w("sdtContent"))):
            item.addprevious(child)
        item.getparent().remove(item)


def drop_bookmarks(tree: Element) -> None:
    for item in list(tree.iter(w("bookmarkStart"), w("bookmarkEnd"))):
        item.getparent().remove(item)


def strip_marks(tree: Element) -> None:
    unwrap_controls(tree)
    drop_bookmarks(tree)


def delete_row(element: Element) -> None:
    row = row_of(element)
    row.getparent().remove(row)


def insert_row_like(element: Element, *texts: str) -> Element:
    """A row below, as Word inserts it: without controls and bookmarks."""
    row = copy.deepcopy(row_of(element))
    unwrap_controls(row)
    drop_bookmarks(row)
    for number, cell in enumerate(row.findall(w("tc"))):
        retype(cell, texts[number] if number < len(texts) else "")
    row_of(element).addnext(row)
    return row


def swap_contents(one: Element, other: Element) -> None:
    """Two cells exchange what stands in them; their frames stay."""
    first, second = one.findall(w("p")), other.findall(w("p"))
    for paragraph in second:
        one.append(paragraph)
    for paragraph in first:
        other.append(paragraph)


def merge_right(cell: Element) -> None:
    """Merge a cell with its right neighbour: Word puts the paragraphs of both into the first."""
    other = cell.getnext()
    for paragraph in other.findall(w("p")):
        cell.append(paragraph)
    span = _span(cell) + _span(other)
    properties = cell.find(w("tcPr"))
    for old in properties.findall(w("gridSpan")):
        properties.remove(old)
    width = properties.find(w("tcW"))
    made = fragment(f'<w:gridSpan w:val="{span}"/>')
    if width is not None:
        width.addnext(made)
    else:
        properties.insert(0, made)
    other.getparent().remove(other)


def merge_down(cell: Element, below: Element) -> None:
    for paragraph in below.findall(w("p")):
        cell.append(paragraph)
    below.append(fragment("<w:p/>"))
    cell.find(w("tcPr")).append(fragment('<w:vMerge w:val="restart"/>'))
    below.find(w("tcPr")).append(fragment("<w:vMerge/>"))


def track_insertion(runs_parent: Element, text: str) -> None:
    inserted = fragment('<w:ins w:id="900" w:author="x"/>')
    inserted.append(run(text))
    runs_parent.append(inserted)


def track_deletion(content: Element) -> None:
    """Delete with tracking what a control holds."""
    for item in list(content.findall(w("r"))):
        deleted = fragment('<w:del w:id="901" w:author="x"/>')
        item.addprevious(deleted)
        deleted.append(item)
        for text in item.findall(w("t")):
            text.tag = w("delText")


def paste(content: bytes, copied: bytes, *between: Element, is_before: bool = False) -> bytes:
    """Copy all of one document to the end, or the beginning, of another: Word keeps the first bookmark of a name, and
    headers and footers stay where they were."""
    guest = etree.fromstring(part_of(copied)).find(w("body"))
    for item in list(guest.iter(w("headerReference"), w("footerReference"))):
        item.getparent().remove(item)

    def edit(tree: Element) -> None:
        body = tree.find(w("body"))
        names = {item.get(w("name")) for item in tree.iter(w("bookmarkStart"))}
        doubled = {item for item in guest.iter(w("bookmarkStart")) if item.get(w("name")) in names}
        ends = {item.get(w("id")) for item in doubled}
        for item in [*doubled, *(end for end in guest.iter(w("bookmarkEnd")) if end.get(w("id")) in ends)]:
            item.getparent().remove(item)
        blocks = [item for item in guest if item.tag != w("sectPr")]
        made = [*blocks, *between] if is_before else [*between, *blocks]
        for block in made:
            if is_before:
                body.insert(made.index(block), block)
            else:
                body[-1].addprevious(block)

    return edited(content, edit)


def _span(cell: Element) -> int:
    span = cell.find(f"{w('tcPr')}/{w('gridSpan')}")
    return 1 if span is None else int(span.get(w("val")))


def part_of(content: bytes, part: str = DOCUMENT) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as source:
        return source.read(part)


def bytes_of(element: Element) -> bytes:
    return etree.tostring(element)
