"""The sheets that pictures are taken of: every form of the catalogue in every state paper can be in.

Blank, filled from the sample, full (every text as long as its box takes), overflowing (texts that go on on a
continuation sheet), and of forms with a table, the table over several pages. Only the package's own fonts are needed,
so the pages are the same on every machine.
"""

from __future__ import annotations

import functools
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from formgen.data.dataset import open_dataset
from formgen.data.records import build_record
from formgen.forms.catalogue import Catalogue
from formgen.forms.manifest import Field, Manifest
from formgen.packets.plan import form_plan
from formgen.rendering.pdf import CompiledPdf, Composed, ComposedPage, Identity, Marks, PdfFile, compile_pdf
from formgen.typeset.fonts import FontBook
from tests.conftest import SAMPLES
from tests.rendering.records import sample_record

__all__ = ["KINDS", "PACKET", "RECORD", "SHEETS", "Sheet", "compiled", "compose", "file_of", "sample_records"]

KINDS: Final = ("blank", "filled", "full", "overflowing", "many-rows")
WORDS: Final = (
    "本人因患病致残，长期服药，家中有老人需要赡养、孩子正在上学，全家收入主要靠几亩薄田和亲友接济（2014年人均2860元），"
    "现愿意在党员干部帮助下发展肉羊养殖，学习实用技术；"
)
"""Free text of any length is cut from this, again and again."""
PACKET, RECORD = "K7QX2MZP4A", "3DTN6WJR5B"
MANY_ROWS: Final = 45
STRETCHED: Final = ("text", "long-text", "name", "place")
MOST: Final = 3000
"""Characters that no box takes."""
BEYOND: Final = {"text": 40, "long-text": 700}
"""Characters more than the box takes, for a continuation sheet of two pages."""
NUMBERS: Final = ("number", "household_number")
"""Texts by their type that are no words."""


@dataclass(frozen=True)
class Sheet:
    """One form in one state."""

    form: Manifest
    kind: str

    @property
    def name(self) -> str:
        return f"{self.form.name}-{self.kind}"


def _sheets() -> Iterator[Sheet]:
    for form in Catalogue().forms():
        for kind in KINDS if any(item.table for item in form.fields) else KINDS[:-1]:
            yield Sheet(form, kind)


SHEETS: Final = tuple(_sheets())


@functools.cache
def compiled(form: str) -> CompiledPdf:
    return compile_pdf(Catalogue().form(form), FontBook())


def compose(sheet: Sheet) -> Sequence[ComposedPage]:
    """The sheet's pages, with page code and marks."""
    form, marks = compiled(sheet.form.id), Marks(PACKET)
    if sheet.kind == "blank":
        composed = form.compose_blank(marks=Marks(""))
    else:
        composed = form.compose(_record(form, sheet.kind), RECORD, marks=marks)
    assert composed.pages is not None, composed.problems
    return composed.pages


def file_of(pages: Sequence[ComposedPage]) -> bytes:
    stream = io.BytesIO()
    file = PdfFile(stream, Identity("pictures"))
    file.add(pages)
    file.close()
    return stream.getvalue()


def _record(form: CompiledPdf, kind: str) -> dict[str, Any]:
    if kind == "filled":
        return dict(_from_sample()[form.manifest.id])
    record = sample_record(form.manifest, "normal")
    tables = [item for item in form.manifest.fields if item.table is not None]
    if kind == "many-rows":
        by_hand = {item.key: None for item in form.manifest.fields if item.is_by_hand}
        return record | by_hand | {item.key: _rows(item, record[item.key][0]) for item in tables}
    lengths = _longest(form, record)
    for item in form.manifest.fields:
        if item.table is None:
            record[item.key] = _stretched(item, record[item.key], lengths, kind)
        else:
            first = record[item.key][0]
            first |= {column.key: _stretched(column, first[column.key], lengths, kind) for column in item.table.columns}
    return record


def _is_stretched(item: Field) -> bool:
    return item.type_name in STRETCHED and item.key not in NUMBERS and not item.is_by_hand


def _stretched(item: Field, value: Any, lengths: Mapping[str, int], kind: str) -> Any:
    """Of the length that its box takes, or somewhat longer where the rest can be continued."""
    if item.is_by_hand:
        return None
    if not _is_stretched(item):
        return value
    if kind == "full":
        return _words(lengths[item.key])
    return _words(lengths[item.key] + BEYOND[item.type_name]) if item.is_continued else value


def _words(count: int) -> str:
    return (WORDS * (count // len(WORDS) + 1))[:count]


def _longest(form: CompiledPdf, record: Mapping[str, Any]) -> Mapping[str, int]:
    """For each text, name or place the most characters that are printed whole, in the smallest type."""
    found = {}
    for item in form.manifest.fields:
        if item.table is None:
            if _is_stretched(item):
                found[item.key] = _most(lambda text, key=item.key: form.compose({**record, key: text}, RECORD))
            continue
        first, *others = record[item.key]
        for column in item.table.columns:
            if _is_stretched(column):
                found[column.key] = _most(
                    lambda text, table=item.key, first=first, others=others, key=column.key: form.compose(
                        {**record, table: [{**first, key: text}, *others]}, RECORD
                    )
                )
    return found


def _most(compose_with: Callable[[str], Composed]) -> int:
    low, high = 1, MOST
    while low < high:
        middle = (low + high + 1) // 2
        codes = {problem.code for problem in compose_with(_words(middle)).problems}
        low, high = (low, middle - 1) if codes & {"F-FIT-001", "F-FIT-002"} else (middle, high)
    return low


@functools.cache
def _from_sample() -> Mapping[str, Mapping[str, Any]]:
    """For each form the first record that the sample dataset has for it."""
    return {form.id: next(sample_records(form)) for form in Catalogue().forms()}


def sample_records(form: Manifest) -> Iterator[dict[str, Any]]:
    """What the sample dataset has for a form."""
    programme = Catalogue().programme("xinmi-2015")
    with open_dataset(SAMPLES / "dataset.xlsx", programme, today=date(2015, 10, 31)) as data:
        for scope in data.scopes(form_plan(form).per):
            record, problems = build_record(form, scope)
            assert problems == []
            yield record


def _rows(table: Field, row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Rows numbered through, in households of two or three people."""
    assert table.table is not None
    keys = {column.key for column in table.table.columns} & set(NUMBERS)
    numbers = {"number": lambda index: index + 1, "household_number": lambda index: 1 + index * 2 // 5}
    return [{**row, **{key: str(numbers[key](index)) for key in keys}} for index in range(MANY_ROWS)]
