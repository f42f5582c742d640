"""What counties do to forms beyond moving their labels: other people's blocks, examples, notes, dates in pieces.

Each rule is applied after those of `variants`. Values stay what they are to whoever reads the sheet; by its labels
many of them can't be told, and then nothing of them may be read.
"""

from __future__ import annotations

import dataclasses
import functools
import random
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from formgen.forms.manifest import Field, Manifest
from formgen.reading.grid import GridBlock, GridCell
from formgen.vocabulary import folding
from formgen.vocabulary.folding import fold
from tests.reading.variants import Blocks, Variant, is_label, is_pairs, relaid, simple_rows

__all__ = ["HARDER", "as_written"]

PHONE = "13900000009"
DATE = re.compile(r"(\d{4})年(?:(\d{1,2})月)?(?:(\d{1,2})日)?")


def as_written(rng: random.Random, item: Field, text: str) -> str:
    """A value as people write it: units behind figures, choices ticked."""
    if item.type_name == "integer" and item.term != "person.number":
        return f"{text}{rng.choice(['人', '户', '个', ''])}"
    if item.type_name in ("money", "area"):
        return text + rng.choice([item.value_type.unit if hasattr(item.value_type, "unit") else "", ""])
    if item.type_name == "sex" and text in ("男", "女"):
        other = "女" if text == "男" else "男"
        ticked = [f"{text}√", f"☑{text} □{other}", f"{text}☑ {other}□", f"□{other} ☑{text}", f"{other}□ {text}√"]
        return rng.choice(ticked)
    return text


def _rows_added(block: GridBlock, at: int, rows: Sequence[Sequence[str]], is_merged: bool = False) -> GridBlock:
    """Rows of single cells before a row; merged: the first cell spans them all."""
    shift = len(rows)
    cells = [dataclasses.replace(cell, row=cell.row + (shift if cell.row >= at else 0)) for cell in block.cells]
    for number, texts in enumerate(rows):
        for column, text in enumerate(texts):
            if not (is_merged and column == 0 and number):
                height = len(rows) if is_merged and column == 0 else 1
                cells.append(GridCell(text, at + number, column, height, 1, f"+{at + number}.{column}"))
    return GridBlock("table", tuple(sorted(cells, key=lambda cell: (cell.row, cell.column))))


def _width(block: GridBlock) -> int:
    return max(cell.column + cell.column_span for cell in block.cells)


def _height(block: GridBlock) -> int:
    return max(cell.row + cell.row_span for cell in block.cells)


def _table(blocks: Blocks, rng: random.Random) -> int | None:
    tables = [number for number, block in enumerate(blocks) if block.kind == "table"]
    return rng.choice(tables) if tables else None


def _is_asked_for(manifest: Manifest, entity: str) -> bool:
    items = (item for field in manifest.fields for item in (field, *(field.table.columns if field.table else ())))
    return any(item.term.startswith(f"{entity}.") for item in items)


def helper_below(blocks: Blocks, manifest: Manifest, rng: random.Random) -> Blocks:
    """Another person with the labels that the form has for its own."""
    if _is_asked_for(manifest, "helper"):
        return blocks
    name, phone = rng.choice(["姓名", "姓　名", "名字"]), rng.choice(["联系电话", "电话", "联系方式"])
    role = rng.choice(["帮扶人", "帮扶责任人", "监护人", "村干部", "户主", "掌柜的"])
    kind = rng.randrange(4 if role == "掌柜的" else 5)
    found = list(blocks)
    if (at := _table(found, rng)) is None:
        return blocks
    if kind == 0:
        rows = [[role, name, "赵六", phone, PHONE]]
    elif kind == 1:
        rows = [[role, name, "赵六"], ["", phone, PHONE], ["", "性别", "女"]]
    elif kind == 2:
        rows = [[role, "赵六", phone, PHONE, "住址", "别处"]]
    elif kind == 3:
        rows = [[f"{role}姓名", "赵六", phone, PHONE]]
    else:  # a heading over the whole width
        rows = [[name, "赵六", phone, PHONE], ["性别", "女", "民族", "回族"]]
        found[at] = _rows_added(found[at], _height(found[at]), rows)
        head = GridCell(role, _height(found[at]) - 2, 0, 1, _width(found[at]), "+head")
        cells = [dataclasses.replace(cell, row=cell.row + (cell.row >= head.row)) for cell in found[at].cells]
        found[at] = GridBlock("table", tuple(sorted([*cells, head], key=lambda cell: (cell.row, cell.column))))
        return found
    found[at] = _rows_added(found[at], _height(found[at]), rows, is_merged=kind == 1)
    return found


def family_below(blocks: Blocks, manifest: Manifest, rng: random.Random) -> Blocks:
    """The members of the household, in a table of their own or at the end of the form's."""
    header = ["姓名", rng.choice(["与户主关系", "关系", "与本人关系"]), "性别", "年龄", "联系电话"]
    rng.shuffle(header)
    rows = [
        [{"姓名": name, "性别": sex, "年龄": age, "联系电话": PHONE}.get(head, "配偶") for head in header]
        for name, sex, age in (("李红", "女", "45"), ("张小", "男", "12"))
    ]
    lines = [header, *rows[: rng.choice([1, 2])]]
    heading = rng.choice(["家庭成员", "家庭成员情况", ""])
    found = list(blocks)
    at = _table(found, rng)
    if at is None or rng.random() < 0.5:
        table = _rows_added(GridBlock("table", ()), 0, lines)
        extra = [GridBlock("paragraph", (GridCell(heading, 0, 0, 1, 1, "+head"),))] if heading else []
        return [*found, *extra, table]
    if heading and rng.random() < 0.5:
        found[at] = _rows_added(
            found[at],
            _height(found[at]),
            [[heading, *line] if not n else ["", *line] for n, line in enumerate(lines)],
            True,
        )
    else:
        found[at] = _rows_added(found[at], _height(found[at]), [*([[heading]] if heading else []), *lines])
    return found


def with_notes(blocks: Blocks, manifest: Manifest, rng: random.Random) -> Blocks:
    """How to fill in the form, in its own words."""
    labels = [item.label for item in manifest.fields if item.table is None]
    one, other = rng.choice(labels), rng.choice(labels)
    text = rng.choice(
        [
            f"填表说明：{one}：如实填写；{other}：没有的不填。",
            f"说明：1、{one}填写全称。2、{other}填写清楚。",
            f"例：{one}：甲  {other}：乙",
            f"注：{one}、{other}必须与身份证一致。",
            f"填写示例：{one} 甲 {other} 乙",
        ]
    )
    found = list(blocks)
    at = _table(found, rng)
    if at is None or rng.random() < 0.5:
        return [GridBlock("paragraph", (GridCell(text, 0, 0, 1, 1, "+note"),)), *found]
    row = rng.choice([0, _height(found[at])])
    note = GridCell(text, row, 0, 1, _width(found[at]), "+note")
    cells = [dataclasses.replace(cell, row=cell.row + (cell.row >= row)) for cell in found[at].cells]
    found[at] = GridBlock("table", tuple(sorted([*cells, note], key=lambda cell: (cell.row, cell.column))))
    return found


def in_traditional(blocks: Blocks, manifest: Manifest, rng: random.Random) -> Blocks:
    """Labels in traditional characters, values as they are."""

    def say(cell: GridCell) -> GridCell:
        if not is_label(cell.text):
            return cell
        return dataclasses.replace(cell, text="".join(_traditional().get(sign, sign) for sign in cell.text))

    return [GridBlock(block.kind, tuple(map(say, block.cells))) for block in blocks]


@functools.cache
def _traditional() -> dict[str, str]:
    lines = Path(folding.__file__).with_name("traditional.txt").read_text("utf-8").splitlines()
    groups = [group for line in lines if not line.startswith("#") for group in line.split(" ")]
    return {group[0]: group[1] for group in groups if len(group) > 1}


def values_first(blocks: Blocks, manifest: Manifest, rng: random.Random) -> Blocks:
    """Labels to the right of their values, in all rows of pairs that are filled."""
    return [relaid(block, _values_first) for block in blocks]


def _values_first(own: Sequence[GridCell]) -> Sequence[GridCell]:
    if not all(cell.text.strip() for cell in own):
        return own
    return [cell for label, value in zip(own[::2], own[1::2], strict=True) for cell in (value, label)]


def dates_in_pieces(blocks: Blocks, manifest: Manifest, rng: random.Random) -> Blocks:
    """1968 · 年 · 5 · 月, or 1968年 · 5月, in cells of their own."""
    return [_dates_split(block, rng) if block.kind == "table" else block for block in blocks]


def _dates_split(block: GridBlock, rng: random.Random) -> GridBlock:
    found: list[GridCell] = []
    for row in sorted({cell.row for cell in block.cells}):
        shift = 0
        for own in (item for item in block.cells if item.row == row):
            cell = dataclasses.replace(own, column=own.column + shift)
            match = DATE.fullmatch(cell.text)
            if match is None or not is_pairs(block, row) or not match[2]:
                found.append(cell)
                continue
            numbers = [(match[number], unit) for number, unit in enumerate("年月日", 1) if match[number]]
            pieces = [bit for pair in numbers for bit in pair] if rng.random() < 0.5 else [a + b for a, b in numbers]
            for number, text in enumerate(pieces):
                found.append(dataclasses.replace(cell, text=text, column=cell.column + number, column_span=1))
            shift += len(pieces) - cell.column_span
    return GridBlock("table", tuple(found))


def blanks_dropped(blocks: Blocks, manifest: Manifest, rng: random.Random) -> Blocks:
    """Labels without room for a value, where there is none."""
    found = []
    for block in blocks:
        rows = {row for row in simple_rows(block) if block.kind == "table" and is_pairs(block, row)}
        cells: list[GridCell] = []
        for row in sorted({cell.row for cell in block.cells}):
            shift = 0
            for cell in (item for item in block.cells if item.row == row):
                if row in rows and not cell.text.strip():
                    shift += cell.column_span
                else:
                    cells.append(dataclasses.replace(cell, column=cell.column - shift))
        found.append(GridBlock(block.kind, tuple(cells)))
    return found


def label_over_value(blocks: Blocks, manifest: Manifest, rng: random.Random) -> Blocks:
    """Label and value in one cell, one above the other, with a colon or without."""
    colon = rng.choice(["：", ""])
    found = []
    for block in blocks:
        cells: list[GridCell] = []
        for row in sorted({cell.row for cell in block.cells}):
            own = [cell for cell in block.cells if cell.row == row]
            if block.kind == "table" and row in simple_rows(block) and is_pairs(block, row):
                own = [
                    dataclasses.replace(
                        label,
                        text=f"{label.text.rstrip('：')}{colon}\n{value.text}",
                        column_span=label.column_span + value.column_span,
                    )
                    for label, value in zip(own[::2], own[1::2], strict=True)
                ]
            cells += own
        found.append(GridBlock(block.kind, tuple(cells)))
    return found


def roster_explained(blocks: Blocks, manifest: Manifest, rng: random.Random) -> Blocks:
    """Below a roster's header an example, hints or the numbers of columns; below its rows who filled it in."""
    return [_explained(block, manifest, rng) if block.kind == "table" else block for block in blocks]


def _explained(block: GridBlock, manifest: Manifest, rng: random.Random) -> GridBlock:
    tables = [item.table for item in manifest.fields if item.table is not None]
    labels = {fold(column.label) for table in tables for column in table.columns}
    own = [cell for cell in block.cells if cell.row == 0]
    if len([cell for cell in own if fold(cell.text) in labels]) < 3:
        return block
    width, after = _width(block), max(cell.row_span for cell in own)
    above = rng.choice(
        [
            ["例", *["甲"] * (width - 1)],
            [str(number) for number in range(1, width + 1)],
            ["（如实填写）"] * width,
            [],
        ]
    )
    block = _rows_added(block, after, [above] if above else [])
    below = rng.choice([["填表人", "赵六", "审核人", "钱七"], ["填表人：赵六", "", "审核人：钱七"], []])
    return _rows_added(block, _height(block), [below[:width]] if below else [])


def columns_of_others(blocks: Blocks, manifest: Manifest, rng: random.Random) -> Blocks:
    """Columns at a roster's end for somebody else, in one row of headers or under a heading of two."""
    return [_with_others(block, manifest, rng) if block.kind == "table" else block for block in blocks]


def _with_others(block: GridBlock, manifest: Manifest, rng: random.Random) -> GridBlock:
    tables = [item.table for item in manifest.fields if item.table is not None]
    labels = {fold(column.label) for table in tables for column in table.columns}
    own = [cell for cell in block.cells if cell.row == 0]
    if len([cell for cell in own if fold(cell.text) in labels]) < 3:
        return block
    width, head = _width(block), max(cell.row_span for cell in own)
    role, phone = rng.choice(["监护人", "帮扶人", "户主", "帮扶责任人"]), rng.choice(["联系电话", "电话", "联系方式"])
    cells = list(block.cells)
    if head > 1:
        cells += [
            GridCell(role, 0, width, 1, 2, "+h"),
            GridCell("姓名", 1, width, 1, 1, "+n"),
            GridCell(phone, 1, width + 1, 1, 1, "+p"),
        ]
    else:
        cells += [GridCell(role, 0, width, 1, 1, "+h"), GridCell(phone, 0, width + 1, 1, 1, "+p")]
    for row in sorted({cell.row for cell in block.cells if cell.row >= head}):
        if len([cell for cell in block.cells if cell.row == row]) > 2:
            cells += [GridCell("赵六", row, width, 1, 1, f"+{row}n"), GridCell(PHONE, row, width + 1, 1, 1, f"+{row}p")]
    return GridBlock("table", tuple(sorted(cells, key=lambda cell: (cell.row, cell.column))))


HARDER: Mapping[str, Variant] = {
    rule.__name__: rule
    for rule in (
        helper_below, family_below, with_notes, in_traditional, values_first, dates_in_pieces, blanks_dropped,
        label_over_value, roster_explained, columns_of_others,
    )
}  # fmt: skip
