"""The PDF is the Word file as LibreOffice prints it: the same words, sizes and line ends, at the same places."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from formgen.compiling.office import Office
from formgen.forms.catalogue import Catalogue
from tests.parity.compared import Outcome
from tests.parity.prints import Print, compare_all, forms_with_layout, print_all
from tests.parity.table import unwanted
from tests.parity.wanted import WANTED, reason_of

pytestmark = pytest.mark.libreoffice

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


def _is_moved(outcome: Outcome) -> bool:
    return any(item.kind == "tail" for item in outcome.differences)
