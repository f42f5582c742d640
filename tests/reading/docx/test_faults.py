"""Faults injected into every form of the catalogue: whatever somebody did to the form, no value is silently wrong.

Every label, row and cell of a filled form is moved, deleted or merged in turn. A value that is read has to be the one
that was printed for that field; everything else has to be in doubt.
"""

from __future__ import annotations

import copy
import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from lxml import etree

from formgen.forms.catalogue import Catalogue
from formgen.forms.manifest import Manifest
from formgen.reading.docx import read_docx
from formgen.reading.identify import FormBook
from formgen.reading.model import Reading
from formgen.reading.weigh import weigh
from formgen.rendering.docx import compile_docx
from tests.reading.docx import word_edits as edits
from tests.reading.docx.records import PAPER_ONLY
from tests.values.strategies import strategy_for

FORMS = [form for form in Catalogue().forms() if "docx" in form.templates]
Edit = tuple[str, Callable[[Any], object]]


def filled_records(form: Manifest) -> st.SearchStrategy[dict[str, Any]]:
    """Records without blanks; the rows of tables have three different names of households."""
    made = {}
    for item in form.fields:
        if item.table is not None:
            columns = {c.key: strategy_for(c.value_type) for c in item.table.columns if c.type_name not in PAPER_ONLY}
            made[item.key] = st.lists(st.fixed_dictionaries(columns), min_size=3, max_size=3)
        elif item.type_name not in PAPER_ONLY:
            made[item.key] = strategy_for(item.value_type)
    return st.fixed_dictionaries(made)


def faults(tree: Any) -> Iterator[Edit]:
    """Every fault at every place of one document; cells are named by their number in document order."""
    cells = list(tree.iter(edits.w("tc")))
    labels = [
        number for number, cell in enumerate(cells) if said(cell) and not any(True for _ in cell.iter(edits.w("sdt")))
    ]
    for one, other in itertools.pairwise(labels):
        yield f"swap labels {one}, {other}", lambda t, a=one, b=other: edits.swap_contents(at(t, a), at(t, b))
    for number in labels:
        yield f"clear label {number}", lambda t, n=number: edits.retype(at(t, n), "")
        yield f"reword label {number}", lambda t, n=number: edits.retype(at(t, n), "另一项")
    for number, cell in enumerate(cells):
        if cell.getnext() is not None:
            yield f"merge {number} right", lambda t, n=number: edits.merge_right(at(t, n))
            yield f"swap cell {number} right", lambda t, n=number: edits.swap_contents(at(t, n), at(t, n + 1))
            yield f"delete cell {number}", lambda t, n=number: at(t, n).getparent().remove(at(t, n))
        below = below_of(cell)
        if below is not None and cell.find(f"{edits.w('tcPr')}/{edits.w('vMerge')}") is None:
            index = cells.index(below)
            if below.find(f"{edits.w('tcPr')}/{edits.w('vMerge')}") is None:
                yield f"merge {number} down", lambda t, n=number, m=index: edits.merge_down(at(t, n), at(t, m))
    for number in range(len(list(tree.iter(edits.w("tr"))))):
        yield f"delete row {number}", lambda t, n=number: remove(list(t.iter(edits.w("tr")))[n])
        yield f"double row {number}", lambda t, n=number: double(list(t.iter(edits.w("tr")))[n])
        yield f"move row {number} up", lambda t, n=number: move_up(list(t.iter(edits.w("tr")))[n])


def said(cell: Any) -> str:
    return "".join("".join(item.text or "" for item in cell.iter(edits.w("t"))).split())


def at(tree: Any, number: int) -> Any:
    return list(tree.iter(edits.w("tc")))[number]


def below_of(cell: Any) -> Any:
    row, index = cell.getparent(), cell.getparent().findall(edits.w("tc")).index(cell)
    below = row.getnext()
    cells = below.findall(edits.w("tc")) if below is not None else []
    return cells[index] if index < len(cells) else None


def remove(element: Any) -> None:
    element.getparent().remove(element)


def double(row: Any) -> None:
    row.addnext(copy.deepcopy(row))


def move_up(row: Any) -> None:
    previous = row.getprevious()
    if previous is not None and previous.tag == row.tag:
        previous.addprevious(row)


def wrong_values(form: Manifest, record: dict[str, Any], reading: Reading) -> list[str]:
    """Fields whose value is none that was printed for them, or is gone without a word. Rows may be fewer or stand
    elsewhere."""
    found = []
    for key, value in reading.values.items():
        if form.field(key).table is None:
            if value != record.get(key):
                found.append(key)
            continue
        for row in value:
            if not any(all(source.get(column) == item for column, item in row.items()) for source in record[key]):
                found.append(f"{key}: {row}")
    found += [f"{key} vanished" for key in record if key not in reading.values and key not in reading.doubts]
    return found


def marked(_: Any) -> None:
    """Controls and bookmarks as they were printed."""


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
@pytest.mark.parametrize(
    "marks", [marked, edits.unwrap_controls, edits.strip_marks], ids=["marked", "bookmarks", "bare"]
)
def test_no_value_is_silently_wrong(form: Manifest, marks: Callable[[Any], object], tmp_path: Path) -> None:
    compiled, book, path = compile_docx(form), FormBook(FORMS), tmp_path / "returned.docx"
    silent: list[str] = []

    @settings(max_examples=1, derandomize=True, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(filled_records(form).filter(lambda record: compiled.render(record, "r").content is not None))
    def inject(record: dict[str, Any]) -> None:
        printed = compiled.render(record, "r").content
        assert printed is not None
        tree = etree.fromstring(edits.part_of(printed))
        for name, fault in faults(tree):
            moves_labels = "label" in name or "swap" in name or "move" in name
            if marks is edits.strip_marks and moves_labels:
                continue  # then the labels are all there is to go by
            damaged = edits.edited(printed, lambda t, f=fault: (f(t), marks(t)))
            path.write_bytes(damaged)
            for sheet in read_docx(path, book).sheets:
                silent.extend(f"{name}: {item}" for item in wrong_values(form, record, weigh(sheet, path.name)))

    inject()
    assert not silent
