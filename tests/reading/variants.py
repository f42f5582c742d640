"""Forms as a county returns them: a form's own template filled with a record, as text in cells, and then changed.

The rules of `VARIANTS` change where labels stand and how they are worded, never what they say: a person who reads the
sheet finds the same values. Who reads it by its labels may find fewer, but no others.
"""

from __future__ import annotations

import dataclasses
import random
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from formgen.forms.manifest import Field, Manifest
from formgen.reading.grid import GridBlock, GridCell
from formgen.reading.labels.template_grid import template_blocks
from formgen.vocabulary.folding import fold
from formgen.vocabulary.terms import base_vocabulary

__all__ = ["VARIANTS", "Blocks", "Variant", "Written", "filled_blocks", "is_label", "is_pairs", "simple_rows"]

TAG = re.compile(r"\{\{-?\s*(\w+)(?:\s*\.\s*(\w+))?[^{}]*\}\}")
OTHER_TAG = re.compile(r"\{%.*?%\}|\{#.*?#\}", re.DOTALL)
Blocks = list[GridBlock]
Written = Callable[[Field, str], str]
"""How a value of a field is written that is printed as a text."""
Variant = Callable[[Blocks, Manifest, random.Random], Blocks]


def _as_printed(item: Field, text: str) -> str:
    return text


def filled_blocks(manifest: Manifest, record: Mapping[str, Any], written: Written = _as_printed) -> Blocks:
    """The form's template with a record's values, rows of tables one below the other."""
    found = [_filled(block, manifest, record, written) for block in template_blocks(manifest)]
    return [placed(block, number) for number, block in enumerate(found, 1)]


def placed(block: GridBlock, number: int) -> GridBlock:
    cells = [dataclasses.replace(cell, place=f"{number}.{cell.row}.{cell.column}") for cell in block.cells]
    return GridBlock(block.kind, tuple(cells))


def _filled(block: GridBlock, manifest: Manifest, record: Mapping[str, Any], written: Written) -> GridBlock:
    fields = {item.key: item for item in manifest.fields}
    loops = {cell.row: table for cell in block.cells if (table := _table_of(cell, manifest))}
    cells: list[GridCell] = []
    shift = 0
    for row in sorted({cell.row for cell in block.cells}):
        own = [cell for cell in block.cells if cell.row == row]
        if row in loops:
            item = fields[loops[row]]
            assert item.table is not None
            columns = {column.key: column for column in item.table.columns}
            rows = record.get(item.key, [])
            for number, values in enumerate(rows):
                for cell in own:
                    text = _printed(cell.text, columns, values, {}, written)
                    cells.append(dataclasses.replace(cell, row=row + shift + number, text=text))
            shift += len(rows) - 1
        else:
            for cell in own:
                text = _printed(cell.text, {}, record, fields, written)
                cells.append(dataclasses.replace(cell, row=row + shift, text=text))
    return GridBlock(block.kind, tuple(cells))


def _table_of(cell: GridCell, manifest: Manifest) -> str:
    keys = {item.key for item in manifest.fields}
    for match in TAG.finditer(cell.text):
        for item in manifest.fields:
            if match[1] not in keys and item.table and match[2] in {column.key for column in item.table.columns}:
                return item.key
    return ""


def _printed(
    text: str,
    columns: Mapping[str, Field],
    values: Mapping[str, Any],
    fields: Mapping[str, Field],
    written: Written,
) -> str:
    is_alone = TAG.fullmatch(text.strip()) is not None

    def say(match: re.Match[str]) -> str:
        if match[1] in fields:
            value, item = values.get(match[1]), fields[match[1]]
            if match[2]:
                number = getattr(value, match[2], None)
                return f" {'' if number is None else number} "
        else:
            value, item = values.get(match[2]), columns.get(match[2])
        if item is None or value is None or item.type_name in ("signature", "seal"):
            return "□" if item is not None and item.type_name == "checkbox" else ""
        shown = item.value_type.format(value)
        return written(item, shown) if is_alone else shown

    return TAG.sub(say, OTHER_TAG.sub("", text))


def as_printed(blocks: Blocks, manifest: Manifest, rng: random.Random) -> Blocks:
    return blocks


def reworded(blocks: Blocks, manifest: Manifest, rng: random.Random) -> Blocks:
    """Labels by other words of the vocabulary: only those that are no other term's own label."""
    words = _synonyms(manifest)

    def say(cell: GridCell) -> GridCell:
        options = words.get(fold(cell.text))
        return dataclasses.replace(cell, text=rng.choice(options)) if options else cell

    return [GridBlock(block.kind, tuple(map(say, block.cells))) for block in blocks]


def _synonyms(manifest: Manifest) -> dict[str, list[str]]:
    """What a county may write instead: words that qualify no less than the form's own."""
    columns = [column for item in manifest.fields if item.table for column in item.table.columns]
    bare = {"姓名", "名字", "联系方式", "联系电话", "电话", "手机", "性别", "职务"}
    found = {}
    for item in (*manifest.fields, *columns):
        if item.term:
            term = base_vocabulary()[item.term]
            is_bare = fold(item.label) in bare
            options = [word for word in term.synonyms if is_bare or fold(word) not in bare]
            before = found.get(fold(item.label), options)  # a label may be of two persons: 本人电话 is of one
            found[fold(item.label)] = [word for word in options if word in before]
    return found


def spaced(blocks: Blocks, manifest: Manifest, rng: random.Random) -> Blocks:
    """姓　名：, line breaks, full-width brackets."""
    known = {fold(item.label) for item in manifest.fields}

    def say(cell: GridCell) -> GridCell:
        if fold(cell.text) not in known or not cell.text.strip()[0].isalnum():
            return cell  # 、： before a label is a value
        text = cell.text.replace("(", "（").replace(")", "）")
        at = rng.randrange(1, len(text)) if len(text) > 1 else 0
        return dataclasses.replace(
            cell, text=text[:at] + rng.choice(["　", " ", "\n"]) + text[at:] + rng.choice(["", "："])
        )

    return [GridBlock(block.kind, tuple(map(say, block.cells))) for block in blocks]


def rows_swapped(blocks: Blocks, manifest: Manifest, rng: random.Random) -> Blocks:
    """Rows that nothing spans, in another order. Rows of a roster and their header stay."""
    return [_swapped(block, manifest, rng) if block.kind == "table" else block for block in blocks]


def _swapped(block: GridBlock, manifest: Manifest, rng: random.Random) -> GridBlock:
    movable = [row for row in simple_rows(block) if is_pairs(block, row)]
    order = dict(zip(movable, rng.sample(movable, len(movable)), strict=True))
    cells = [dataclasses.replace(cell, row=order.get(cell.row, cell.row)) for cell in block.cells]
    return GridBlock("table", tuple(sorted(cells, key=lambda cell: (cell.row, cell.column))))


def simple_rows(block: GridBlock) -> list[int]:
    spanned = {row for cell in block.cells if cell.row_span > 1 for row in range(cell.row, cell.row + cell.row_span)}
    return [row for row in sorted({cell.row for cell in block.cells}) if row not in spanned]


def is_pairs(block: GridBlock, row: int) -> bool:
    """A row of labels and values in turn."""
    words = [item for item in block.cells if item.row == row]
    if any(cell.text.endswith("村(社区)") for cell in words[1::2]):
        return False
    is_even = len(words) > 1 and len(words) % 2 == 0
    return (
        is_even
        and all(is_label(cell.text) for cell in words[::2])
        and not any(is_label(cell.text) for cell in words[1::2])
    )


def is_label(text: str) -> bool:
    return fold(text) in _labels()


def _labels() -> set[str]:
    terms = base_vocabulary().terms.values()
    return {fold(word) for term in terms for word in (term.label, *term.synonyms)}


def pairs_shuffled(blocks: Blocks, manifest: Manifest, rng: random.Random) -> Blocks:
    """The label–value pairs of a row in another order."""

    def shuffled(own: Sequence[GridCell]) -> list[GridCell]:
        pairs = list(zip(own[::2], own[1::2], strict=True))
        rng.shuffle(pairs)
        return [cell for pair in pairs for cell in pair]

    return [relaid(block, shuffled) for block in blocks]


def relaid(block: GridBlock, order: Callable[[Sequence[GridCell]], Sequence[GridCell]]) -> GridBlock:
    """A table whose rows of pairs have their cells in another order."""
    if block.kind != "table":
        return block
    cells = list(block.cells)
    for row in simple_rows(block):
        if not is_pairs(block, row):
            continue
        own = [cell for cell in block.cells if cell.row == row]
        column = own[0].column
        for cell in order(own):
            cells[cells.index(cell)] = dataclasses.replace(cell, column=column)
            column += cell.column_span
    return GridBlock("table", tuple(sorted(cells, key=lambda cell: (cell.row, cell.column))))


def columns_shuffled(blocks: Blocks, manifest: Manifest, rng: random.Random) -> Blocks:
    """The columns of tables in which each row has the same ones."""
    return [_columns_shuffled(block, rng) if block.kind == "table" else block for block in blocks]


def _columns_shuffled(block: GridBlock, rng: random.Random) -> GridBlock:
    width = max(cell.column + cell.column_span for cell in block.cells)
    if any(cell.column_span > 1 or cell.row_span > 1 for cell in block.cells):
        return block
    header = [cell for cell in block.cells if cell.row == 0]
    if not len(header) == width > 3 or not all(cell.place for cell in header):  # a line that was put there
        return block
    if any(is_pairs(block, row) for row in {cell.row for cell in block.cells}):
        return block
    order = rng.sample(range(width), width)
    cells = [dataclasses.replace(cell, column=order[cell.column]) for cell in block.cells]
    return GridBlock("table", tuple(sorted(cells, key=lambda cell: (cell.row, cell.column))))


def extra_rows(blocks: Blocks, manifest: Manifest, rng: random.Random) -> Blocks:
    """Rows the form does not have: of nobody known, of the office, of somebody else."""
    extra = [
        ("政治面貌", "群众"), ("监护人", "赵六"), ("监护人电话", "13900000009"), ("是否建档立卡", "是"),
        ("户主姓名", "钱七"), ("联系村干部", "孙八"), ("紧急联系人姓名", "周九"),
        ("身份证有效期", "2030年1月"), ("致残原因", "疾病"),
    ]  # fmt: skip
    labels = {fold(item.label) for item in manifest.fields}
    return [_extended(block, rng, extra, labels) if block.kind == "table" else block for block in blocks]


def _extended(block: GridBlock, rng: random.Random, extra: Sequence[tuple[str, str]], labels: set[str]) -> GridBlock:
    width = max(cell.column + cell.column_span for cell in block.cells)
    cells = list(block.cells)
    for label, value in rng.sample(extra, 2):
        rows = [
            row
            for row in simple_rows(GridBlock("table", tuple(cells)))
            if row and not any(_is_heading(cells, above, labels) for above in (row - 1, row - 2))
        ]
        at = rng.choice(rows[-3:] or [0])
        cells = [dataclasses.replace(cell, row=cell.row + (cell.row >= at)) for cell in cells]
        cells += [GridCell(label, at, 0, 1, 1, ""), GridCell(value, at, 1, 1, max(1, width - 1), "")]
    return GridBlock("table", tuple(sorted(cells, key=lambda cell: (cell.row, cell.column))))


def _is_heading(cells: Sequence[GridCell], row: int, labels: set[str]) -> bool:
    """Labels whose blanks are below: what is put between them, or below a box, would be their value to anybody."""
    texts = [fold(cell.text).rstrip(":") for cell in cells if cell.row == row]
    return bool(texts[0]) if len(texts) == 1 else bool(texts) and labels.issuperset(texts)


def extra_people(blocks: Blocks, manifest: Manifest, rng: random.Random) -> Blocks:
    """A row of somebody the form does not ask about, with labels the form has for others."""
    role = rng.choice(["监护人", "包村干部", "户主", "村支书", "代理人"])
    people = [(role, "赵六"), (rng.choice(["联系电话", "联系方式", "电话"]), "13900000009"), ("住址", "别处")]
    return [_with_row(block, rng, people) if block.kind == "table" else block for block in blocks]


def _with_row(block: GridBlock, rng: random.Random, pairs: Sequence[tuple[str, str]]) -> GridBlock:
    at = rng.choice(simple_rows(block) or [0])
    cells = [dataclasses.replace(cell, row=cell.row + (cell.row >= at)) for cell in block.cells]
    if any(cell.row < at < cell.row + cell.row_span for cell in cells):
        return block
    for number, text in enumerate(text for pair in pairs for text in pair):
        cells.append(GridCell(text, at, number, 1, 1, ""))
    return GridBlock("table", tuple(sorted(cells, key=lambda cell: (cell.row, cell.column))))


def stacked(blocks: Blocks, manifest: Manifest, rng: random.Random) -> Blocks:
    """Each row of pairs as two rows: labels above, values below."""
    return [_stacked(block) if block.kind == "table" else block for block in blocks]


def _stacked(block: GridBlock) -> GridBlock:
    cells: list[GridCell] = []
    at = 0
    rows = sorted({cell.row for cell in block.cells})
    simple = set(simple_rows(block))
    for row in rows:
        own = [cell for cell in block.cells if cell.row == row]
        if row in simple and is_pairs(block, row) and len(own) > 2:
            for number, (label, value) in enumerate(zip(own[::2], own[1::2], strict=True)):
                cells.append(dataclasses.replace(label, row=at, column=number, column_span=1))
                cells.append(dataclasses.replace(value, row=at + 1, column=number, column_span=1))
            at += 2
        else:
            cells += [dataclasses.replace(cell, row=at) for cell in own]
            at += 1
    return GridBlock("table", tuple(sorted(cells, key=lambda cell: (cell.row, cell.column))))


def one_pair_a_row(blocks: Blocks, manifest: Manifest, rng: random.Random) -> Blocks:
    """A list of two columns: each label with its value below the last."""
    return [_listed(block) if block.kind == "table" else block for block in blocks]


def _listed(block: GridBlock) -> GridBlock:
    cells: list[GridCell] = []
    at = 0
    simple = set(simple_rows(block))
    for row in sorted({cell.row for cell in block.cells}):
        own = [cell for cell in block.cells if cell.row == row]
        if row in simple and is_pairs(block, row):
            for label, value in zip(own[::2], own[1::2], strict=True):
                cells += [dataclasses.replace(label, row=at, column=0, column_span=1),
                          dataclasses.replace(value, row=at, column=1, column_span=1)]  # fmt: skip
                at += 1
        else:
            cells += [dataclasses.replace(cell, row=at) for cell in own]
            at += 1
    return GridBlock("table", tuple(cells))


def in_one_cell(blocks: Blocks, manifest: Manifest, rng: random.Random) -> Blocks:
    """姓名：张三 in one cell, or a whole row of them."""
    found = []
    for block in blocks:
        cells: list[GridCell] = []
        for row in sorted({cell.row for cell in block.cells}):
            own = [cell for cell in block.cells if cell.row == row]
            if block.kind == "table" and row in simple_rows(block) and is_pairs(block, row):
                texts = [
                    f"{label.text.rstrip('：')}：{value.text}" for label, value in zip(own[::2], own[1::2], strict=True)
                ]
                own = [dataclasses.replace(own[0], text="  ".join(texts), column_span=1)]
            cells += own
        found.append(GridBlock(block.kind, tuple(cells)))
    return found


def as_paragraphs(blocks: Blocks, manifest: Manifest, rng: random.Random) -> Blocks:
    """No table at all: each cell a paragraph, pairs on a line."""
    found: Blocks = []
    for block in in_one_cell(blocks, manifest, rng):
        is_roster = (
            block.kind == "table"
            and len({cell.row for cell in block.cells}) > 1
            and any(item.table for item in manifest.fields)
        )
        if block.kind == "paragraph" or is_roster:
            found.append(block)
        else:
            found += [GridBlock("paragraph", (GridCell(cell.text, 0, 0, 1, 1, cell.place),)) for cell in block.cells]
    return found


VARIANTS: Mapping[str, Variant] = {
    rule.__name__: rule
    for rule in (
        as_printed, reworded, spaced, rows_swapped, pairs_shuffled, columns_shuffled, extra_rows, extra_people, stacked,
        one_pair_a_row, in_one_cell, as_paragraphs,
    )
}  # fmt: skip
