"""Dates that know their precision, and ages."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formgen.values import PartialDate, Period, RawCell, value_type
from formgen.values.dates import age_at
from tests.values.strategies import partial_dates

DAYS = st.dates(datetime.date(1900, 1, 1), datetime.date(2100, 12, 31))


def test_parts_are_the_three_blanks_of_a_form() -> None:
    assert PartialDate(2015, 3).parts == ("2015", "3", "")
    assert PartialDate(2015, 3, 12).parts.day == "12"


def test_isoformat_is_never_finer_than_asked() -> None:
    assert PartialDate(2015, 3, 2).isoformat() == "2015-03-02"
    assert PartialDate(2015, 3, 2).isoformat("month") == "2015-03"
    assert PartialDate(2015).isoformat() == "2015"


def test_sorted_by_calendar_the_coarser_first() -> None:
    dates = [PartialDate(2015, 3, 1), PartialDate(2016), PartialDate(2015, 3), PartialDate(2015)]
    assert sorted(dates) == [PartialDate(2015), PartialDate(2015, 3), PartialDate(2015, 3, 1), PartialDate(2016)]


@pytest.mark.parametrize("parts", [(2015, 13), (2015, None, 3), (2015, 2, 29), (15, 3)])
def test_what_is_no_date_cannot_be_made(parts: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"."):
        PartialDate(*parts)


def test_a_period_does_not_end_before_it_starts() -> None:
    Period(PartialDate(2015, 3, 12), PartialDate(2015, 3))
    with pytest.raises(ValueError, match="ends before"):
        Period(PartialDate(2015, 3), PartialDate(2015, 2))


@pytest.mark.parametrize(
    ("birth", "reference", "age"),
    [
        (PartialDate(1958, 3, 12), PartialDate(2015, 3, 11), 56),
        (PartialDate(1958, 3, 12), PartialDate(2015, 3, 12), 57),
        (PartialDate(1958, 3, 12), datetime.date(2015, 3, 12), 57),
        (PartialDate(1958, 3), PartialDate(2015, 4, 1), 57),
        (PartialDate(1958, 3), PartialDate(2015, 3, 12), None),
        (PartialDate(1958, 3), PartialDate(2015, 3, 31), 57),
        (PartialDate(1958), PartialDate(2015, 12, 31), 57),
        (PartialDate(1958), PartialDate(2015, 6, 1), None),
        (PartialDate(1958, 3, 12), PartialDate(2015), None),
        (PartialDate(2000, 2, 29), PartialDate(2015, 2, 28), 14),
        (PartialDate(2016, 1, 1), PartialDate(2015, 1, 1), None),
    ],
)
def test_age(birth: PartialDate, reference: PartialDate | datetime.date, age: int | None) -> None:
    assert age_at(birth, reference) == age


@given(partial_dates())
def test_first_and_last_day_enclose_the_date(date: PartialDate) -> None:
    assert date.earliest <= date.latest
    assert PartialDate.of(date.latest).to_precision(date.precision) == date
    following = date.latest.toordinal() + 1
    if following <= datetime.date.max.toordinal():
        assert PartialDate.of(datetime.date.fromordinal(following)).to_precision(date.precision) != date


@given(birth=DAYS, reference=DAYS, precision=st.sampled_from(["year", "month"]))
def test_a_coarse_birth_date_never_gives_a_wrong_age(
    birth: datetime.date, reference: datetime.date, precision: str
) -> None:
    exact = PartialDate.of(birth)
    coarse = age_at(exact.to_precision(precision), reference)  # type: ignore[arg-type]
    assert coarse is None or coarse == age_at(exact, reference)


@pytest.mark.parametrize(
    ("precision", "raw", "left"),
    [
        ("month", "2020-05-17", "17日"),
        ("month", "2020年5月1日", "1日"),
        ("month", "2020-05-17 08:30", "17日08:30"),
        ("month", datetime.date(2020, 5, 17), "17日"),
        ("month", 42285, "8日"),
        ("year", "2020年5月", "5月"),
        ("year", datetime.date(2020, 5, 1), "5月1日"),
        ("day", "2020年5月17日 8:30", "8:30"),
        ("day", datetime.datetime(2020, 5, 17, 8, 30), "08:30:00"),
    ],
)
def test_what_a_date_s_field_has_no_room_for_is_told(precision: str, raw: RawCell, left: str) -> None:
    kind = value_type("date", precision=precision)
    value = kind.parse(raw)
    (finding,) = kind.check(value, raw)
    assert (finding.code, finding.params) == ("F-VALUE-037", {"value": kind.format(value), "left": left})
    assert finding.severity == "note"


@pytest.mark.parametrize(
    ("precision", "raw"),
    [
        ("month", "2020年5月"),
        ("month", "2020"),
        ("month", datetime.date(2020, 5, 1)),
        ("month", 42278),
        ("year", datetime.date(2020, 1, 1)),
        ("day", "2020-05-17T00:00:00Z"),
        ("day", "2020年5月17日 0:00"),
        ("day", datetime.datetime(2020, 5, 17)),
    ],
)
def test_first_days_of_date_cells_and_midnights_say_nothing(precision: str, raw: RawCell) -> None:
    kind = value_type("date", precision=precision)
    assert kind.check(kind.parse(raw), raw) == ()


def test_the_days_of_a_period_of_months_are_told() -> None:
    kind = value_type("period", precision="month")
    raw = "2020年5月17日至2021年3月4日"
    (finding,) = kind.check(kind.parse(raw), raw)
    assert (finding.code, finding.params["left"]) == ("F-VALUE-037", "17日、4日")
    assert kind.check(kind.parse("2020年5月至今"), "2020年5月至今") == ()
