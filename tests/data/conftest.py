"""Datasets in a few lines: sheets as lists of rows, written to a workbook and opened."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from formgen.data.dataset import Dataset, open_dataset
from formgen.forms.catalogue import Catalogue, Programme

Sheets = Mapping[str, Sequence[Sequence[Any]]]
Load = Callable[..., Dataset]

TODAY = datetime.date(2015, 10, 31)
ROSTER = ("乡镇", "村", "户号", "姓名", "残疾人证号")


def id_number(birth: str = "19750312", sequence: int = 1) -> str:
    """A synthetic ID number with the right check character."""
    body = f"410183{birth}{sequence:03}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True)) % 11]


def certificate(sequence: int = 1, birth: str = "19750312", kind: str = "43") -> str:
    return id_number(birth, sequence) + kind


def person(sequence: int = 1, *, town: str = "甲镇", village: str = "东村", hh: str = "1", name: str = "") -> list[Any]:
    """A row under ROSTER."""
    return [town, village, hh, name or f"张{chr(0x4E00 + sequence)}", certificate(sequence)]


def write_book(path: Path, sheets: Sheets, merges: Mapping[str, Sequence[str]] | None = None) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
        for merged in (merges or {}).get(name, ()):
            sheet.merge_cells(merged)
    book.save(path)
    return path


@pytest.fixture(scope="session")
def xinmi() -> Programme:
    return Catalogue().programme("xinmi-2015")


@pytest.fixture
def load(tmp_path: Path, xinmi: Programme) -> Iterator[Load]:
    """`load({"残疾人": rows}, mapping=…, parameters=…, merges=…)`, closed after the test."""
    opened: list[Dataset] = []

    def call(sheets: Sheets | Path, *, merges: Mapping[str, Sequence[str]] | None = None, **options: Any) -> Dataset:
        path = sheets if isinstance(sheets, Path) else write_book(tmp_path / "数据.xlsx", sheets, merges)
        dataset = open_dataset(path, xinmi, today=TODAY, **options)
        opened.append(dataset)
        return dataset

    yield call
    for dataset in opened:
        dataset.close()


def codes(dataset: Dataset) -> list[str]:
    return [problem.code for problem in dataset.problems]


def only(dataset: Dataset, code: str) -> Any:
    """The one problem of a code."""
    found = [problem for problem in dataset.problems if problem.code == code]
    assert len(found) == 1, [problem.text("en") for problem in dataset.problems]
    return found[0]
