"""Tables as a few lines of text, for tests.

A line `| 姓名 | 张三 |` is a row of a table; another line is a paragraph; a blank line ends a table. In a cell `\\n` is
a line's end, `<` says that the cell at its left goes on here, `^` the one above.
"""

from __future__ import annotations

from collections.abc import Sequence

from formgen.reading.grid import GridBlock, GridCell

__all__ = ["blocks", "table"]


def blocks(text: str) -> list[GridBlock]:
    found: list[GridBlock] = []
    rows: list[list[str]] = []
    for line in [*text.strip("\n").split("\n"), ""]:
        stripped = line.strip()
        if stripped.startswith("|"):
            rows.append([cell.strip().replace("\\n", "\n") for cell in stripped.strip("|").split("|")])
            continue
        if rows:
            found.append(table(rows, len(found)))
            rows = []
        if stripped:
            cell = GridCell(stripped.replace("\\n", "\n"), 0, 0, 1, 1, f"¶{len(found) + 1}")
            found.append(GridBlock("paragraph", (cell,)))
    return found


def table(rows: Sequence[Sequence[str]], number: int = 0) -> GridBlock:
    cells = []
    for row, texts in enumerate(rows):
        for column, text in enumerate(texts):
            if text in ("<", "^"):
                continue
            width = _run(texts[column + 1 :], "<")
            height = _run([below[column] if column < len(below) else "" for below in rows[row + 1 :]], "^")
            place = f"表{number + 1} 第{row + 1}行第{column + 1}列"
            cells.append(GridCell(text, row, column, 1 + height, 1 + width, place))
    return GridBlock("table", tuple(cells))


def _run(texts: Sequence[str], sign: str) -> int:
    return next((count for count, text in enumerate(texts) if text != sign), len(texts))
