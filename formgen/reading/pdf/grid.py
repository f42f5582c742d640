"""Pages as text in cells, for who goes by the labels: tables by their rules, other text line by line.

In: a file and its pages. Out: blocks in reading order.
Limits: pdfplumber's analysis, some 50 ms a page; cells without rules are no cells.
"""

from __future__ import annotations

import bisect
import logging
import struct
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import pdfplumber
from pdfminer.psexceptions import PSException
from pdfplumber.utils.exceptions import PdfminerException
from pdfplumber.utils.text import extract_text

from formgen.errors import InputError
from formgen.problems import Place, Problem
from formgen.reading.grid import GridBlock, GridCell

__all__ = ["text_grid"]

logging.getLogger("pdfminer").setLevel(logging.ERROR)  # it tells of every oddity of a font
NEAR_PT: Final = 1.5
SHOWN: Final = 120
UNREADABLE: Final = (
    PdfminerException,
    PSException,
    LookupError,
    TypeError,
    ValueError,
    AttributeError,
    ArithmeticError,
    RecursionError,
    struct.error,
)
"""What pdfminer raises for objects that are others than they have to be."""


def text_grid(path: Path, pages: Sequence[int] = ()) -> list[GridBlock]:
    """The blocks of a file's pages (counted from 1; all of them where none is named).

    Raises: InputError (F-PDFREAD-002): pdfplumber cannot read the file.
    """
    blocks: list[GridBlock] = []
    try:
        with pdfplumber.open(path, pages=list(pages) or None) as pdf:
            for page in pdf.pages:
                blocks += (block for _, block in sorted(_blocks(page), key=lambda found: found[0]))
                page.close()
    except UNREADABLE as exc:
        reason = " ".join(str(exc).split())[:SHOWN] or type(exc).__name__
        raise InputError(Problem("F-PDFREAD-002", Place(str(path)), params={"reason": reason})) from exc
    return blocks


def _blocks(page: Any) -> Iterator[tuple[float, GridBlock]]:
    """Each with its height on the page."""
    tables = page.find_tables()
    for number, table in enumerate(tables, 1):
        yield table.bbox[1], GridBlock("table", tuple(_cells(page, table, number)))
    boxes = [table.bbox for table in tables]
    outside = page.filter(lambda item: not any(_is_in(item, box) for box in boxes))
    for line in outside.extract_text_lines(return_chars=False):
        place = f"第{page.page_number}页 ({line['x0']:.0f}, {line['top']:.0f})"
        yield line["top"], GridBlock("paragraph", (GridCell(line["text"], 0, 0, 1, 1, place),))


def _cells(page: Any, table: Any, number: int) -> Iterator[GridCell]:
    lefts = _edges(cell[0] for cell in table.cells)
    tops = _edges(cell[1] for cell in table.cells)
    chars = sorted(page.chars, key=_middle)
    for cell in sorted(table.cells, key=lambda cell: (cell[1], cell[0])):
        left, top, right, bottom = cell
        row, column = _index(tops, top), _index(lefts, left)
        rows = sum(top - NEAR_PT <= edge < bottom - NEAR_PT for edge in tops)
        columns = sum(left - NEAR_PT <= edge < right - NEAR_PT for edge in lefts)
        text = extract_text(_chars_in(chars, cell))
        place = f"第{page.page_number}页 表{number} 第{row + 1}行第{column + 1}列"
        yield GridCell(text, row, column, max(rows, 1), max(columns, 1), place)


def _edges(found: Iterator[float]) -> list[float]:
    edges: list[float] = []
    for edge in sorted(found):
        if not edges or edge - edges[-1] > NEAR_PT:
            edges.append(edge)
    return edges


def _index(edges: Sequence[float], place: float) -> int:
    return min(range(len(edges)), key=lambda index: abs(edges[index] - place))


def _chars_in(chars: Sequence[Any], cell: tuple[float, float, float, float]) -> list[Any]:
    """Those whose middle is in the cell: a font's height may reach into the rows above and below."""
    start = bisect.bisect_left(chars, cell[1], key=_middle)
    end = bisect.bisect_right(chars, cell[3], key=_middle)
    return [char for char in chars[start:end] if _is_in(char, cell)]


def _middle(char: Any) -> float:
    return float(char["top"] + char["bottom"]) / 2


def _is_in(item: Any, box: tuple[float, float, float, float]) -> bool:
    x, y = (item["x0"] + item["x1"]) / 2, (item["top"] + item["bottom"]) / 2
    return bool(box[0] <= x <= box[2] and box[1] <= y <= box[3])
