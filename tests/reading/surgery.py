"""What people do to a Word form between getting it and sending it back: labels, rows, columns and cells changed.

Each fault takes the document's body and a random source, changes the tree and says what it did; None where the form has
nothing of the kind. Values are never retyped here: what is read has to be the record, or in doubt.
"""

from __future__ import annotations

import copy
import io
import random
import zipfile
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from lxml import etree

__all__ = ["FAULTS", "Fault", "operate"]

W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
DOCUMENT: Final = "word/document.xml"
Fault = Callable[[Any, random.Random], "str | None"]


def operate(content: bytes, fault: Fault, seed: int) -> tuple[bytes, str] | None:
    """The file with one fault, and what was done; None where nothing could be."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    root = etree.fromstring(parts[DOCUMENT])
    done = fault(root, random.Random(seed))
    if done is None:
        return None
    parts[DOCUMENT] = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        for name, part in parts.items():
            package.writestr(name, part)
    return stream.getvalue(), done


def swap_labels(root: Any, chance: random.Random) -> str | None:
    """Two labels of a row change places; the values stay."""
    rows = [labels for row in root.iter(f"{W}tr") if len(labels := _different(_labels(row))) > 1]
    if not rows:
        return None
    one, other = chance.sample(chance.choice(rows), 2)
    said = f"swap {_text(one)} / {_text(other)}"
    _swap_contents(one, other)
    return said


def swap_labels_upright(root: Any, chance: random.Random) -> str | None:
    """Two labels of different rows change places."""
    labels = _different([cell for row in root.iter(f"{W}tr") for cell in _labels(row)])
    if len(labels) < 2:
        return None
    one, other = chance.sample(labels, 2)
    said = f"swap {_text(one)} / {_text(other)}"
    _swap_contents(one, other)
    return said


def swap_values(root: Any, chance: random.Random) -> str | None:
    """Two cells with values are cut and pasted to each other's place, controls and all."""
    rows = [values for row in root.iter(f"{W}tr") if len(values := _values(row)) > 1]
    if not rows:
        return None
    one, other = chance.sample(chance.choice(rows), 2)
    if _text(one) == _text(other):
        return None
    said = f"paste {_text(one)} <-> {_text(other)}"
    _swap_contents(one, other)
    return said


def swap_columns(root: Any, chance: random.Random, is_roster: bool = False) -> str | None:
    """Two columns of a table change places, headers and all."""
    tables = [(table, width) for table in root.iter(f"{W}tbl") if (width := _common_width(table)) > 1]
    tables = [(table, width) for table, width in tables if not is_roster or _is_roster(table, width)]
    if not tables:
        return None
    table, width = chance.choice(tables)
    one, other = sorted(chance.sample(range(width), 2))
    for row in table.iterchildren(f"{W}tr"):
        cells = _cells(row)
        if len(cells) == width:
            _exchange(cells[one], cells[other])
    return f"swap columns {one} / {other}"


def delete_row(root: Any, chance: random.Random) -> str | None:
    rows = [row for row in root.iter(f"{W}tr") if not _is_merged(row)]
    if not rows:
        return None
    row = chance.choice(rows)
    said = f"delete row {_text(row)[:30]}"
    row.getparent().remove(row)
    return said


def delete_cell(root: Any, chance: random.Random) -> str | None:
    """A cell is deleted, and those right of it move left."""
    rows = [cells for row in root.iter(f"{W}tr") if len(cells := _cells(row)) > 2 and not _is_merged(row)]
    if not rows:
        return None
    cell = chance.choice(chance.choice(rows))
    said = f"delete cell {_text(cell)[:30]}"
    cell.getparent().remove(cell)
    return said


def merge_cells(root: Any, chance: random.Random) -> str | None:
    """Two neighbours in a row become one cell with the contents of both."""
    rows = [cells for row in root.iter(f"{W}tr") if len(cells := _cells(row)) > 1 and not _is_merged(row)]
    if not rows:
        return None
    cells = chance.choice(rows)
    at = chance.randrange(len(cells) - 1)
    left, right = cells[at], cells[at + 1]
    said = f"merge {_text(left)[:20]} + {_text(right)[:20]}"
    spans = _span(left) + _span(right)
    for paragraph in right.findall(f"{W}p"):
        left.append(paragraph)
    properties = left.find(f"{W}tcPr")
    if properties is None:
        properties = etree.SubElement(left, f"{W}tcPr")
        left.insert(0, properties)
    for old in properties.findall(f"{W}gridSpan"):
        properties.remove(old)
    span = etree.Element(f"{W}gridSpan")
    span.set(f"{W}val", str(spans))
    properties.insert(1, span)
    right.getparent().remove(right)
    return said


def strip_and_merge(root: Any, chance: random.Random) -> str | None:
    said = merge_cells(root, chance)
    _strip(root)
    return said


def delete_label(root: Any, chance: random.Random) -> str | None:
    """The words of a label are deleted, its cell stays."""
    labels = [cell for row in root.iter(f"{W}tr") for cell in _labels(row) if _text(cell)]
    if not labels:
        return None
    cell = chance.choice(labels)
    said = f"blank label {_text(cell)}"
    for text in list(cell.iter(f"{W}t")):
        text.text = ""
    return said


def strip_marks(root: Any, chance: random.Random) -> str | None:
    """Two labels change places; controls and bookmarks are lost, as where a form is copied cell by cell."""
    said = swap_labels(root, chance)
    _strip(root)
    return said


def strip_and_swap_columns(root: Any, chance: random.Random) -> str | None:
    """Only of rosters: elsewhere values would change places without their labels, which nobody can see."""
    said = swap_columns(root, chance, is_roster=True)
    _strip(root)
    return said


def strip_and_delete(root: Any, chance: random.Random) -> str | None:
    said = delete_row(root, chance)
    _strip(root)
    return said


FAULTS: Final[Mapping[str, Fault]] = {
    fault.__name__: fault
    for fault in (
        swap_labels,
        swap_labels_upright,
        swap_values,
        swap_columns,
        delete_row,
        delete_cell,
        merge_cells,
        delete_label,
        strip_marks,
        strip_and_swap_columns,
        strip_and_delete,
        strip_and_merge,
    )
}


def _strip(root: Any) -> None:
    for control in list(root.iter(f"{W}sdt")):
        parent, content = control.getparent(), control.find(f"{W}sdtContent")
        at = parent.index(control)
        for child in reversed(list(content)):
            parent.insert(at, child)
        parent.remove(control)
    for mark in [*root.iter(f"{W}bookmarkStart"), *root.iter(f"{W}bookmarkEnd")]:
        mark.getparent().remove(mark)


def _cells(row: Any) -> list[Any]:
    return list(row.iterchildren(f"{W}tc"))


def _has_mark(element: Any) -> bool:
    return next(element.iter(f"{W}bookmarkStart", f"{W}sdt"), None) is not None


def _labels(row: Any) -> list[Any]:
    return [cell for cell in _cells(row) if not _has_mark(cell) and _text(cell) and not _is_merged(cell)]


def _values(row: Any) -> list[Any]:
    return [cell for cell in _cells(row) if _has_mark(cell)]


def _different(cells: list[Any]) -> list[Any]:
    return list({_text(cell): cell for cell in cells}.values())


def _is_merged(element: Any) -> bool:
    return next(element.iter(f"{W}vMerge"), None) is not None


def _span(cell: Any) -> int:
    span = cell.find(f"{W}tcPr/{W}gridSpan")
    return 1 if span is None else int(span.get(f"{W}val"))


def _common_width(table: Any) -> int:
    widths = [len(_cells(row)) for row in table.iterchildren(f"{W}tr") if not _is_merged(row)]
    return max(widths, key=widths.count, default=0)


def _is_roster(table: Any, width: int) -> bool:
    """Whether a header stands above all rows of values, cell by cell."""
    rows = [_cells(row) for row in table.iterchildren(f"{W}tr")]
    has_header = len(rows[0]) == width and not any(map(_has_mark, rows[0]))
    return has_header and all(len(cells) == width and not any(map(_is_merged, cells)) for cells in rows)


def _text(element: Any) -> str:
    return "".join(text.text or "" for text in element.iter(f"{W}t"))


def _contents(cell: Any) -> Iterator[Any]:
    return (child for child in cell if child.tag != f"{W}tcPr")


def _swap_contents(one: Any, other: Any) -> None:
    first, second = list(_contents(one)), list(_contents(other))
    for child in first:
        other.append(child)
    for child in second:
        one.append(child)


def _exchange(one: Any, other: Any) -> None:
    placeholder = copy.deepcopy(one)
    one.getparent().replace(one, placeholder)
    other.getparent().replace(other, one)
    placeholder.getparent().replace(placeholder, other)
