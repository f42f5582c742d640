"""Values of odd characters on forms that a word processor saved as PDF: what is read differently is told as unsure."""

from __future__ import annotations

import functools
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from formgen.compiling.office import Office
from formgen.values import Rejected
from tests.reading.docx.word_edits import control, edited, write
from tests.reading.pdf.paper import BY_NAME, codes, only_reading
from tests.reading.printing import print_sheet
from tests.reading.records import as_read
from tests.rendering.records import sample_record

pytestmark = pytest.mark.libreoffice

FORM = BY_NAME["base-application"]
PLAIN = "张三李四村镇公司党委书记abcXYZ012"
ODD = (
    *"①㎡〇Ａｂ１·•—…℃№Ⅱ㈠üā（）《》“”\"'’、，。：；/\\－～~%𠮷㛃䶮½²☑□×÷±√∞αЯのカ한！?&<>#＠★→￥$_＿|【〔{+=^*",
    "e\u0301",
    *"      ",
)
COUNT = 12


def records() -> Sequence[Mapping[str, Any]]:
    """Each text of the form made of a few characters at random, those that its type takes."""
    chance = random.Random(4)
    made = []
    for _ in range(COUNT):
        record = dict(sample_record(FORM, "many"))
        for item in FORM.fields:
            if item.type_name in ("text", "long-text", "place", "name"):
                text = "".join(chance.choice([*ODD, *PLAIN]) for _ in range(chance.choice([2, 5, 9])))
                try:
                    record[item.key] = item.value_type.parse(text)
                except Rejected:
                    continue
        made.append(record)
    return made


@functools.cache
def saved() -> Mapping[str, bytes]:
    """All files of these tests: one call."""
    files = {f"{number}.docx": print_sheet(FORM, "docx", record) for number, record in enumerate(records())}
    content = print_sheet(FORM, "docx", sample_record(FORM, "normal"))
    assert content is not None
    files["long name.docx"] = edited(content, lambda tree: write(control(tree, "leader"), "张三李四" * 6))
    return Office.find().to_pdf({name: file for name, file in files.items() if file is not None})


@pytest.mark.parametrize("number", range(COUNT))
def test_nothing_is_silently_different(number: int, tmp_path: Path) -> None:
    reading = only_reading(saved()[f"{number}.docx"], tmp_path)
    expected = as_read(FORM, records()[number])
    inferred = {problem.place.label for problem in reading.problems if problem.code == "F-PDFREAD-015"}
    for key in {*expected, *reading.values} - {*reading.doubts}:
        if expected.get(key) != reading.values.get(key):
            assert FORM.field(key).label in inferred, key
            assert "".join(expected[key].split()) == "".join(reading.values[key].split())


def test_inline_blanks_of_mixed_scripts_come_back(tmp_path: Path) -> None:
    """LibreOffice underlines them by spaces that lie over the letters, and between the scripts."""
    for number, record in enumerate(records()):
        reading = only_reading(saved()[f"{number}.docx"], tmp_path)
        assert (reading.values["town"], reading.values["village"]) == (record["town"], record["village"])


def test_a_name_that_fills_its_cell_may_have_been_cut_off(tmp_path: Path) -> None:
    reading = only_reading(saved()["long name.docx"], tmp_path)
    assert "leader" in reading.doubts and "leader" not in reading.values
    assert "F-PDFREAD-018" in codes(reading)
