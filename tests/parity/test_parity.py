"""The PDF is the Word file as LibreOffice prints it: the same words, sizes and line ends, at the same places."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path

import pytest

from formgen.compiling.office import Office
from formgen.forms.catalogue import Catalogue
from formgen.forms.manifest import Field
from tests.parity.compared import Difference, Outcome
from tests.parity.prints import Print, compare_all, excel_forms, forms_with_layout, print_all
from tests.parity.table import unwanted
from tests.parity.wanted import WANTED, reason_of

pytestmark = pytest.mark.libreoffice

LINE_OF_WORDS_PT = 1.5
FORMS = list(forms_with_layout())


@pytest.fixture(scope="module")
def prints() -> list[Print]:
    return print_all(FORMS, Office.find())


@pytest.fixture(scope="module")
def outcomes(prints: list[Print]) -> list[Outcome]:
    return compare_all(prints)


def test_every_form_takes_part() -> None:
    assert [form.id for form in FORMS] == [form.id for form in Catalogue().forms()]


@pytest.mark.parametrize("form", [form.name for form in FORMS])
def test_both_ways_print_the_same(form: str, outcomes: list[Outcome]) -> None:
    found = [outcome for outcome in outcomes if outcome.form == form]
    assert len(found) > 10
    assert [said for outcome in found for said in unwanted(outcome)] == []
    assert all(outcome.characters for outcome in found if not _is_moved(outcome))
    assert sum(outcome.fields for outcome in found) > 100


def test_every_known_difference_occurs(outcomes: Sequence[Outcome]) -> None:
    """A reason that nothing needs any more would hide what comes next."""
    seen = {reason_of(item, outcome) for outcome in outcomes for item in outcome.differences}
    assert set(WANTED) <= seen


def test_a_layout_of_a_workbook_prints_as_the_workbook_does(tmp_path: Path) -> None:
    """Values of one line. Long ones are Calc's: it scales by percents, and has no gap between Han and Latin."""
    office = Office.find()
    names = ("blank", "normal", "full page")
    prints = print_all(excel_forms(tmp_path, office), office, "xlsx", names)
    assert {made.record_name for made in prints} == set(names)
    for made, outcome in zip(prints, compare_all(prints), strict=True):
        totals = {item.key for item in _all_fields(made.form.manifest.fields) if item.total_of}
        found = [item for item in outcome.differences if not _is_of_calc(item, made, totals)]
        assert list(map(str, found)) == [], outcome


def _is_of_calc(item: Difference, made: Print, totals: Collection[str]) -> bool:
    """What a workbook computes itself, and lines of words with values, which move with their lengths."""
    if item.area is None:
        return False
    if item.kind == "words":
        return item.area.key in totals
    spots = [spot for spot in made.form.layout.spots if spot.key == item.area.key]
    return item.kind == "place" and item.by_pt < LINE_OF_WORDS_PT and any(spot.pieces for spot in spots)


def _all_fields(fields: Iterable[Field]) -> Iterator[Field]:
    for item in fields:
        yield item
        yield from item.table.columns if item.table is not None else ()


def _is_moved(outcome: Outcome) -> bool:
    return any(item.kind == "tail" for item in outcome.differences)
