"""Honesty: whatever is done to a form's labels, rows and cells, no value is silently wrong.

Faults are injected into the Word and Excel files of every form of the catalogue; values stay as they were printed.
What is read has to be the record's value, or a doubt that a person sees.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from stdnum.cn.ric import calc_check_digit

from formgen.compiling.office import Office
from formgen.forms.catalogue import Catalogue
from formgen.forms.manifest import Manifest
from formgen.reading.files import read_file
from formgen.reading.identify import FormBook
from formgen.reading.model import Reading
from formgen.values.disability import CATEGORIES, GRADES
from tests.reading.printing import print_sheet
from tests.reading.sheet_surgery import SHEET_FAULTS, operate_sheet
from tests.reading.surgery import FAULTS, operate

FORMS = list(Catalogue().forms())
BOOK = FormBook(FORMS)
SEEDS = range(12)
SEEDS_ON_PAPER = range(2)
SEEN_ON_PAPER = frozenset(FAULTS) - {"swap_values", "swap_columns"} - {name for name in FAULTS if "strip" in name}
"""Values that change places are seen by the marks they take along, which paper does not have."""
PLACES = ("米村镇", "东沟村", "袁庄乡", "青石沟", "前进路")
SURNAMES = "张王李赵陈杨吴刘黄周"


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("form", [form for form in FORMS if "docx" in form.templates], ids=lambda form: form.name)
def test_no_value_of_a_word_file_is_silently_wrong(form: Manifest, fault: str, tmp_path: Path) -> None:
    record = _record(form)
    content = print_sheet(form, "docx", record)
    assert content is not None
    operated = (operate(content, FAULTS[fault], seed) for seed in SEEDS)
    assert list(_wrong(form, record, filter(None, operated), tmp_path / "returned.docx")) == []


@pytest.mark.parametrize("fault", SHEET_FAULTS)
@pytest.mark.parametrize("form", [form for form in FORMS if "xlsx" in form.templates], ids=lambda form: form.name)
def test_no_value_of_a_workbook_is_silently_wrong(form: Manifest, fault: str, tmp_path: Path) -> None:
    record = _record(form)
    content = print_sheet(form, "xlsx", record)
    assert content is not None
    operated = (operate_sheet(content, SHEET_FAULTS[fault], seed) for seed in SEEDS)
    assert list(_wrong(form, record, filter(None, operated), tmp_path / "returned.xlsx")) == []


@pytest.mark.libreoffice
def test_no_value_of_a_pdf_from_elsewhere_is_silently_wrong(tmp_path: Path) -> None:
    """The faulty Word files, saved as PDF by a word processor: no marks, other fonts, other positions."""
    files: dict[str, bytes] = {}
    told: dict[str, tuple[Manifest, str]] = {}
    for form in FORMS:
        content = print_sheet(form, "docx", _record(form)) if "docx" in form.templates else None
        for fault, seed in itertools.product(sorted(SEEN_ON_PAPER), SEEDS_ON_PAPER):
            operated = operate(content, FAULTS[fault], seed) if content else None
            if operated is not None:
                files[f"{form.name}-{fault}-{seed}.docx"] = operated[0]
                told[f"{form.name}-{fault}-{seed}.docx"] = form, f"{fault}: {operated[1]}"
    wrong = []
    for name, content in Office.find().to_pdf(files).items():
        form, done = told[name]
        wrong += list(_wrong(form, _record(form), [(content, done)], tmp_path / "returned.pdf"))
    assert wrong == []


def _wrong(
    form: Manifest, record: Mapping[str, Any], operated: Iterable[tuple[bytes, str]], path: Path
) -> Iterator[tuple[Any, ...]]:
    """What was done, and the path, the value printed and the value read of what is silently wrong."""
    for content, done in operated:
        path.write_bytes(content)
        for reading in read_file(path, BOOK).readings:
            yield from ((done, *found) for found in _silently_wrong(form, record, reading))


def _silently_wrong(form: Manifest, record: Mapping[str, Any], reading: Reading) -> Iterator[tuple[str, Any, Any]]:
    """Path, value printed, value read. A value that stands among the unread texts is seen by a person."""
    unread = "".join("".join(problem.found.split()) for problem in reading.problems if problem.code == "F-READ-003")
    for item in form.fields:
        if item.type_name in ("signature", "seal", "image"):
            continue
        if item.table is None:
            read = reading.values.get(item.key)
            printed = record.get(item.key)
            is_shown = read is None and "".join(item.value_type.format(printed).split()) in unread
            if read != printed and item.key not in reading.doubts and not is_shown:
                yield item.key, printed, read
            continue
        if item.key in reading.doubts:
            continue
        for number, row in enumerate(reading.values[item.key], 1):
            keys = [column.key for column in item.table.columns]
            doubted = {key for key in keys if f"{item.key}.{number}.{key}" in reading.doubts}
            rows = [{key: value for key, value in one.items() if key not in doubted} for one in record[item.key]]
            if row not in rows:
                yield f"{item.key}.{number}", rows[0] if rows else None, row


def _record(form: Manifest) -> dict[str, Any]:
    """A value in every field, no two fields of a type with the same."""
    used: dict[str, int] = {}
    record: dict[str, Any] = {}
    for item in form.fields:
        if item.table is None:
            record[item.key] = _value(item, used)
        else:
            rows = [{column.key: _value(column, used) for column in item.table.columns} for _ in range(3)]
            for number, row in enumerate(rows):
                if item.table.merge_by:
                    row[item.table.merge_by] = str(1 + number // 2)
            record[item.key] = [{key: value for key, value in row.items() if value is not None} for row in rows]
    for item in form.fields:  # totals are sums
        if item.table is not None:
            for row in record[item.key]:
                _total(item.table.columns, row)
    _total(form.fields, record)
    return {key: value for key, value in record.items() if value is not None}


def _total(fields: Any, values: dict[str, Any]) -> None:
    for item in fields:
        if item.total_of:
            parts = []
            for source in item.total_of:
                table, _, column = source.rpartition(".")
                parts += [row[column] for row in (values[table] if table else [values])]
            values[item.key] = sum(parts[1:], parts[0])


def _value(item: Any, used: dict[str, int]) -> Any:
    """A value of the field's type, none like another: a right one cannot stand in a wrong place."""
    if item.type_name in ("signature", "seal", "image"):
        return None
    number = used[item.type_name] = used.get(item.type_name, -1) + 1
    kind = item.value_type
    if (labels := getattr(kind, "labels", None)) is not None:
        return labels[number % len(labels)]
    if item.type_name == "checkbox":
        return number % 2 == 0
    identity = f"4101831968{1 + number % 12:02}12{100 + number}"
    texts = {
        "text": f"{PLACES[number % 5]}第{number}小组",
        "long-text": f"第{number}次走访，发展养殖。",
        "name": f"{SURNAMES[number % 10]}建{SURNAMES[number // 10 % 10]}",
        "place": PLACES[number % 5],
        "date": f"{2003 + number}年{1 + number % 12}月12日",
        "period": f"{2003 + number}年3月至{2004 + number}年3月",
        "phone": f"13912345{100 + number}",
        "id-number": identity + calc_check_digit(identity + "0"),
        "disability-certificate": f"{identity}{calc_check_digit(identity + '0')}43",
        "disability": f"{CATEGORIES[number % 7]}{GRADES[number % 4]}",
    }
    return kind.parse(texts.get(item.type_name, str(11 + 7 * number)))
