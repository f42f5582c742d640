"""Filled forms for the tests of reading, and what people do to them before they send them back."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from formgen.forms.catalogue import Catalogue
from formgen.forms.manifest import Manifest
from formgen.problems import Place, Problem
from formgen.reading.identify import FormBook, Identified
from formgen.reading.model import FileRead, Reading, SheetIdentity
from formgen.reading.weigh import weigh
from formgen.reading.xlsx import read_xlsx
from tests.reading.printing import print_sheet

ROSTER = "xinmi-2015/beneficiary-roster"
SURVEY = "xinmi-2015/survey-sheet"
PLAN = "xinmi-2015/task-plan"
CERTIFICATES = ("41018319680512003543", "11010119800101001042", "41018319680512003544")


def form(form_id: str) -> Manifest:
    return Catalogue().form(form_id)


def typed(manifest: Manifest, raw: Mapping[str, Any]) -> dict[str, Any]:
    """A record from texts."""
    record: dict[str, Any] = {}
    for key, value in raw.items():
        item = manifest.field(key)
        if item.table is None:
            record[key] = item.value_type.parse(value)
            continue
        kinds = {column.key: column.value_type for column in item.table.columns}
        record[key] = [{name: kinds[name].parse(text) for name, text in row.items()} for row in value]
    return record


def roster() -> dict[str, Any]:
    """Three persons of two households."""
    people = (("1", "张三", "男"), ("1", "李四", "女"), ("2", "王五", "男"))
    rows = [
        {
            "household_number": household,
            "name": name,
            "sex": sex,
            "household_size": str(3 + number),
            "income_per_head": f"{2650 + number}.5",
            "housing_per_head": f"{20 + number}.5",
            "disability": "肢体二级",
            "certificate": CERTIFICATES[number],
        }
        for number, (household, name, sex) in enumerate(people)
    ]
    return typed(form(ROSTER), {"town": "袁庄乡", "village": "靳寨村", "rows": rows})


def survey() -> dict[str, Any]:
    rows = [
        {
            "number": str(number + 1),
            "name": name,
            "sex": "男",
            "age": "47",
            "disability": "肢体二级",
            "address": "靳寨村三组",
            "household_size": "4",
            "wish": "学习养蜂",
            "family_wish": "外出务工",
            "phone": "13912345678",
            "certificate": CERTIFICATES[number],
        }
        for number, name in enumerate(("张三", "李四"))
    ]
    return typed(form(SURVEY), {"town": "袁庄乡", "village": "靳寨村", "rows": rows, "filled_on": "2015年10月8日"})


def plan() -> dict[str, Any]:
    rows = [
        {"place": "袁庄乡", "year_2015": "3", "year_2016": "4", "total": "7"},
        {"place": "米村镇", "year_2015": "1", "year_2020": "2", "total": "3"},
    ]
    totals = {"total_2015": "4", "total_2016": "4", "total_2020": "2", "total": "10"}
    return typed(form(PLAN), {"rows": rows, **totals})


RECORDS: Mapping[str, Callable[[], dict[str, Any]]] = {ROSTER: roster, SURVEY: survey, PLAN: plan}


def written(folder: Path, form_id: str, record: Mapping[str, Any] | None = None, name: str = "filled.xlsx") -> Path:
    """A form as formgen prints it."""
    content = print_sheet(form(form_id), "xlsx", RECORDS[form_id]() if record is None else record)
    assert content is not None
    path = folder / name
    path.write_bytes(content)
    return path


def edited(path: Path, edit: Callable[[Worksheet], Any]) -> Path:
    """The first sheet changed, the file saved by openpyxl: formulas lose their results, as other programs' do."""
    book = openpyxl.load_workbook(path)
    edit(book.worksheets[0])
    book.save(path)
    return path


def edited_book(path: Path, edit: Callable[[Workbook], Any]) -> Path:
    book = openpyxl.load_workbook(path)
    edit(book)
    book.save(path)
    return path


def shifted(sheet: Worksheet, row: int, count: int) -> None:
    """Rows inserted (or, below 0, deleted) before a row, merged cells and names moving along as in Excel and WPS."""
    areas = [area.bounds for area in sheet.merged_cells.ranges]
    for left, top, right, bottom in areas:
        sheet.unmerge_cells(start_row=top, start_column=left, end_row=bottom, end_column=right)
    if count > 0:
        sheet.insert_rows(row, count)
    else:
        sheet.delete_rows(row, -count)
    for left, top, right, bottom in areas:
        if count > 0 or not row <= top < row - count:
            top, bottom = (at + count if at >= row else at for at in (top, bottom))
            sheet.merge_cells(start_row=top, start_column=left, end_row=bottom, end_column=right)
    assert sheet.parent is not None
    for name in [*sheet.parent.defined_names.values()]:
        owner, _, cells = name.attr_text.rpartition("!")
        rows = [int(number) for number in re.findall(r"[0-9]+", cells)]
        if count < 0 and row <= rows[0] < row - count:
            name.attr_text = "#REF!"
        else:
            name.attr_text = f"{owner}!" + re.sub(
                "[0-9]+", lambda match: str(int(match[0]) + (count if int(match[0]) >= row else 0)), cells
            )


class WordBook(FormBook):
    """Knows a form by its claim, else by its title."""

    def identify(self, claimed: SheetIdentity, texts: Any, place: Place) -> Identified | list[Problem]:
        known = super().identify(claimed, texts, place)
        if isinstance(known, Identified):
            return known
        words = "".join("".join(texts).split())
        for manifest in self.manifests.values():
            if "".join(manifest.short.split()) in words:
                return Identified(manifest, SheetIdentity(manifest.id, manifest.version), "fingerprint", 1.0)
        return [Problem("F-IDENT-001", place)]


def files(path: Path) -> FileRead:
    return read_xlsx(path, WordBook(map(form, RECORDS)))


def reading(path: Path) -> Reading:
    """The only form in a file."""
    read = files(path)
    assert read.problems == [] and len(read.sheets) == 1, read.problems
    return weigh(read.sheets[0], str(path))


def codes(read: Reading) -> list[str]:
    return [problem.code for problem in read.problems]
