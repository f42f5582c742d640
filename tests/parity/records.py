"""Records for any form, made from its layout: texts as long as its cells ask for, rows as many as its pages hold.

Blank, normal, special characters, rare ones, mixed lines full of places to break, long (printed smaller), too long
(continued on a sheet); of a growing table a full page, one row more, and rows over several pages.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from formgen.forms.layout import Spot
from formgen.forms.manifest import Field
from formgen.rendering.context import NAMING_TERMS, Row
from formgen.rendering.pdf import CompiledPdf
from formgen.rendering.pdf.flow import place_rows
from formgen.typeset import Box, fit
from tests.rendering.records import sample_record

__all__ = ["BLANK", "records_of"]

BLANK = "blank"
FREE = ("text", "long-text")
MIXED = 6
"""How many records of mixed lines."""
LONG_NAME = "阿卜杜热合曼·买买提图尔荪"
NAMES = ("张三", "欧阳建国", "阿依·古丽", "买买提·艾山江", "O'Neil", "王 五", "李𠅤", "阿卜杜热合曼·买买提图尔荪")
SPECIAL_TEXT = "张家湾Ab-12号“双”‘单’、A&B<c>（3.5%）；{x} [y]《书》——…¥100/月，电话0371-8221234。"
SPECIAL_NAME = "阿依·古丽A"
RARE_TEXT = "㛃𬱖𠅤·〇䶮鿍"
RARE_NAME = "欧阳𬱖·㛃"
HAN = "本人系石堰坪村民因外伤致右下肢残疾家庭口均纯收入现申请纳帮扶对象希望学习养蜂技术发展中联系电话亩头羊"
WORDS = ("2015", "12.5", "0371-8221234", "A4", "CNY", "50%", "Xinmi", "3", "1,250.00", "http", "GB18030", "No.7", "1/2")
MARKS = (
    "，",
    "。",
    "、",
    "；",
    "：",
    "（三级）",
    "“连村”",
    "《通知》",
    "……",
    "——",
    " ",
    "·",
    "！",
    "\n",
    "(",
    ")",
    "％",
    "/",
)
GROUPS = (1, 2, 3, 4)
"""Rows of the households, in turn."""

Record = Mapping[str, Any]
TextOf = Callable[[Field, int], Any]


def records_of(form: CompiledPdf) -> Iterator[tuple[str, Record]]:
    """Records by name; the first is the blank form."""
    yield BLANK, {}
    normal = sample_record(form.manifest, "normal")
    yield "normal", normal
    yield "special", _filled(form, lambda item, _: SPECIAL_NAME if item.type_name == "name" else SPECIAL_TEXT)
    yield "rare", _filled(form, lambda item, _: RARE_NAME if item.type_name == "name" else RARE_TEXT)
    texts = _Texts(form)
    for number in range(MIXED):
        yield f"mixed {number + 1}", _filled(form, lambda item, row, at=number: texts.mixed(item, 10 * at + row))
    yield "long", _filled(form, texts.smaller)
    if any(item.is_continued and item.type_name in FREE for item in _fields(form)):
        yield "too long", _filled(form, texts.too_long)
    if form.layout.flow is not None:
        yield from _growing(form, normal)


def _fields(form: CompiledPdf) -> Iterator[Field]:
    for item in form.manifest.fields:
        yield from item.table.columns if item.table is not None else (item,)


def _filled(form: CompiledPdf, text_of: TextOf) -> Record:
    """The normal record with other names and free texts."""
    record = sample_record(form.manifest, "normal")
    for item in form.manifest.fields:
        if item.table is None:
            record[item.key] = _changed(item, record[item.key], text_of, 0)
            continue
        for number, row in enumerate(record[item.key], 1):
            for column in item.table.columns:
                row[column.key] = _changed(column, row[column.key], text_of, number)
    return record


def _changed(item: Field, value: Any, text_of: TextOf, row: int) -> Any:
    is_text = item.type_name in (*FREE, "name") and item.key not in ("household_number", "number")
    text = text_of(item, row) if is_text and not item.is_by_hand else None
    return item.value_type.parse(text) if text else value


class _Texts:
    """Texts by the room of the fields they are for."""

    def __init__(self, form: CompiledPdf) -> None:
        self._advances = {spot.key: form.setter(spot.font).advances for spot in form.layout.spots}
        self._boxes: dict[str, Box] = {}
        for spot in form.layout.spots:
            known = self._boxes.get(spot.key)
            box = _box(spot)
            if not spot.pieces and (known is None or box.width_pt * box.height_pt < known.width_pt * known.height_pt):
                self._boxes[spot.key] = box

    def mixed(self, item: Field, seed: int) -> str:
        """Lines of letters, numbers and marks that fill the field at its own size."""
        if item.type_name == "name":
            return NAMES[seed % len(NAMES)]
        text = _mixture(random.Random(f"{item.key} {seed}"), 700)
        return text[: self._longest(item, text, lambda made, box: made.size_pt == box.size_pt)].strip()

    def smaller(self, item: Field, row: int) -> str:
        """A text that fits only in a smaller size."""
        if item.type_name == "name":
            return LONG_NAME
        text = _mixture(random.Random(f"{item.key} {row} long"), 3000)
        least = self._longest(item, text, lambda made, box: made.size_pt == box.size_pt)
        most = self._longest(item, text, lambda made, box: made.overflow_at is None)
        return text[: least + (most - least) * (4 + row % 3) // 6].strip()

    def too_long(self, item: Field, row: int) -> str | None:
        """A text for which there must be a continuation sheet; one row has one, the others have not."""
        if not item.is_continued or item.type_name not in FREE or row > 1 or item.key not in self._boxes:
            return None
        if item.term in NAMING_TERMS:  # the sheet is named by it, and the PDF's names it shorter
            return None
        text = _mixture(random.Random(f"{item.key} {row} too long"), 3000)
        most = self._longest(item, text, lambda made, box: made.overflow_at is None)
        return text[: most * 3 // 2 + 20].strip()

    def _longest(self, item: Field, text: str, is_right: Callable[[Any, Box], bool]) -> int:
        """So many characters of a text are right for the field."""
        box = self._boxes.get(item.key)
        if box is None:
            return 4
        low, high = 0, len(text)
        while low < high:
            middle = (low + high + 1) // 2
            made = fit(text[:middle].strip(), box, self._advances[item.key])
            is_good = made.overflow_at is None and is_right(made, box)
            low, high = (middle, high) if is_good else (low, middle - 1)
        return low


def _box(spot: Spot) -> Box:
    height = 0.01 if spot.is_inline else spot.height_pt
    return Box(spot.width_pt, height, spot.size_pt, spot.line_pt, spot.min_size_pt, spot.first_line_pt)


def _mixture(chance: random.Random, length: int) -> str:
    made = ""
    while len(made) < length:
        made += "".join(chance.choices(HAN, k=chance.randint(1, 7)))
        made += chance.choice(WORDS if chance.random() < 0.35 else MARKS)
        if chance.random() < 0.3:
            made += chance.choice(MARKS)
        if chance.random() < 0.2:
            made += chance.choice(WORDS)
    return made


def _growing(form: CompiledPdf, normal: Record) -> Iterator[tuple[str, Record]]:
    """A full page, one row more, several pages, and groups of rows over pages' ends."""
    flow = form.layout.flow
    assert flow is not None
    full = _most_rows(form)
    counts = {"full page": full, "one row more": full + 1, "three pages": 0}
    on_first = len(place_rows(flow, [[Row()] for _ in range(200)])[0].rows)
    on_next = len(place_rows(flow, [[Row()] for _ in range(200)])[1].rows)
    if on_first > full:
        counts |= {"page of rows": on_first, "page of rows and one": on_first + 1}
    counts["three pages"] = on_first + on_next + 2
    for name, count in counts.items():
        yield name, _with_rows(form, normal, count, (1,))
    if form.table is not None and form.table.table is not None and form.table.table.merge_by:
        yield "households", _with_rows(form, normal, on_first + on_next + 2, GROUPS)
        yield "a household over a page's end", _with_rows(form, normal, on_first + 3, (on_first - 2, 5))


def _most_rows(form: CompiledPdf) -> int:
    """So many rows that one more begins a page."""
    flow = form.layout.flow
    assert flow is not None
    count = 1
    while len(place_rows(flow, [[Row()] for _ in range(count + 1)])) == 1:
        count += 1
    return count


def _with_rows(form: CompiledPdf, normal: Record, count: int, groups: Sequence[int]) -> Record:
    table = form.table
    assert table is not None and table.table is not None
    rows: list[dict[str, Any]] = []
    household = 0
    while len(rows) < count:
        household += 1
        for _ in range(groups[(household - 1) % len(groups)]):
            row = dict(normal[table.key][len(rows) % len(normal[table.key])])
            for key in ("household_number", "number"):
                if key in row:
                    row[key] = str(household if key == table.table.merge_by else len(rows) + 1)
            rows.append(row)
    return {**normal, table.key: rows[:count]}
