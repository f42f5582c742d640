"""A form's own template as text in cells, tags included: what its labels stand beside.

In: form.docx, else form.xlsx. Out: the same blocks that a returned file is read as. Source: ECMA-376 Part 1, 17.4
(tables; merged cells) and 18.3. Limits: nested tables are read as part of the cell around them; a form with a layout
and no template has no blocks, and is read by its manifest's labels alone.
"""

from __future__ import annotations

import functools
import re
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from lxml import etree

from formgen.forms.manifest import Manifest
from formgen.reading.grid import GridBlock, GridCell

__all__ = ["template_blocks"]

W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_LOOP_ROW: Final = re.compile(r"\{%-?\s*tr\b")
_PARTS: Final = re.compile(r"word/(?:header|footer)\d*\.xml")


def template_blocks(manifest: Manifest) -> tuple[GridBlock, ...]:
    """The template's tables and paragraphs; () where there is none or it is broken, which printing it tells."""
    for kind in manifest.templates:
        path = manifest.template(kind)
        try:
            return _word_blocks(path) if kind == "docx" else _excel_blocks(path)
        except (zipfile.BadZipFile, etree.XMLSyntaxError, KeyError, OSError, ValueError):
            continue
    return ()


def _word_blocks(path: Path) -> tuple[GridBlock, ...]:
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    with zipfile.ZipFile(path) as package:
        names = ["word/document.xml", *filter(_PARTS.fullmatch, package.namelist())]
        trees = [etree.fromstring(package.read(name), parser) for name in names]
    return tuple(block for tree in trees for block in _blocks_of(tree))


def _blocks_of(element: Any) -> Iterator[GridBlock]:
    for child in element.iterchildren():
        if child.tag == f"{W}tbl":
            yield GridBlock("table", _cells_of(child))
        elif child.tag == f"{W}p":
            text = _text_of([child])
            yield GridBlock("paragraph", (GridCell(text, 0, 0, 1, 1, ""),))
        elif child.tag in (f"{W}body", f"{W}sdt", f"{W}sdtContent"):
            yield from _blocks_of(child)


def _cells_of(table: Any) -> tuple[GridCell, ...]:
    cells: list[GridCell] = []
    open_at: dict[int, int] = {}
    number = 0
    for row in _own(table, "tr"):
        if _LOOP_ROW.search(_text_of([row])):
            continue
        column = int(next((item.get(f"{W}val") for item in row.iterfind(f"{W}trPr/{W}gridBefore")), 0))
        for cell in _own(row, "tc"):
            span = int(next((item.get(f"{W}val") for item in cell.iterfind(f"{W}tcPr/{W}gridSpan")), 1))
            merge = cell.find(f"{W}tcPr/{W}vMerge")
            if merge is not None and merge.get(f"{W}val") != "restart" and column in open_at:
                above = cells[open_at[column]]
                height = number - above.row + 1
                cells[open_at[column]] = GridCell(above.text, above.row, above.column, height, above.column_span, "")
            else:
                open_at[column] = len(cells)
                cells.append(GridCell(_text_of(cell.iter(f"{W}p")), number, column, 1, span, ""))
            column += span
        number += 1
    return tuple(cells)


def _own(element: Any, name: str) -> Iterator[Any]:
    """Rows of a table, or cells of a row, content controls around them or not."""
    for child in element.iterchildren():
        if child.tag == f"{W}{name}":
            yield child
        elif child.tag in (f"{W}sdt", f"{W}sdtContent"):
            yield from _own(child, name)


def _text_of(paragraphs: Iterable[Any]) -> str:
    signs = {f"{W}tab": " ", f"{W}br": "\n"}
    return "\n".join(
        "".join(
            item.text or "" if item.tag == f"{W}t" else signs.get(item.tag, "")
            for item in paragraph.iter(f"{W}t", f"{W}tab", f"{W}br")
            if item.getparent().tag == f"{W}r"
        ).strip()
        for paragraph in paragraphs
    ).strip()


@functools.lru_cache(maxsize=64)
def _excel_blocks(path: Path) -> tuple[GridBlock, ...]:
    import openpyxl

    sheet = openpyxl.load_workbook(path).worksheets[0]
    spans = {(area.min_row, area.min_col): area for area in sheet.merged_cells.ranges}
    inside = {(row, col) for area in spans.values() for row in range(area.min_row, area.max_row + 1)
              for col in range(area.min_col, area.max_col + 1)} - set(spans)  # fmt: skip
    rows = [row for row in sheet.iter_rows() if not any(_LOOP_ROW.search(str(cell.value)) for cell in row)]
    cells = []
    for number, row in enumerate(rows):
        for cell in row:
            if (cell.row, cell.column) not in inside:
                area = spans.get((cell.row, cell.column))
                height, width = (area.size["rows"], area.size["columns"]) if area else (1, 1)
                text = "" if cell.value is None else str(cell.value)
                cells.append(GridCell(text, number, (cell.column or 1) - 1, height, width, ""))
    return (GridBlock("table", tuple(cells)),)
