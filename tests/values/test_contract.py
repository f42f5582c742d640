"""The laws that every value type obeys."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from stdnum.cn.ric import calc_check_digit

from formgen.problems import catalogue
from formgen.values import TYPE_NAMES, Rejected, ValueType, is_blank, type_options, value_type
from tests.values.strategies import EXAMPLE_TYPES, strategy_for

each_type = pytest.mark.parametrize("kind", EXAMPLE_TYPES, ids=lambda kind: kind.name)
quick = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])

RAW = st.one_of(
    st.text(max_size=30),
    st.text(st.sampled_from("0123456789.-/年月日级X肢体元万,% 至"), max_size=22),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.decimals(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(),
)


def test_examples_cover_every_type() -> None:
    assert {kind.name for kind in EXAMPLE_TYPES} == set(TYPE_NAMES)


@each_type
@quick
@given(data=st.data())
def test_what_is_printed_is_read_back(kind: ValueType[Any], data: st.DataObject) -> None:
    value = data.draw(strategy_for(kind))
    printed = kind.format(value)
    assert printed
    assert kind.parse(printed) == value
    assert kind.alphabet is None or set(printed) <= kind.alphabet


@each_type
@quick
@given(data=st.data())
def test_json_is_read_back_and_obeys_the_schema(kind: ValueType[Any], data: st.DataObject) -> None:
    value = data.draw(strategy_for(kind))
    as_json = json.loads(json.dumps(kind.to_json(value), allow_nan=False))
    Draft202012Validator.check_schema(kind.json_schema())
    Draft202012Validator(kind.json_schema()).validate(as_json)
    assert kind.parse(as_json) == value


@each_type
@quick
@given(data=st.data())
def test_a_value_as_printed_leaves_nothing_to_tell_but_warnings(kind: ValueType[Any], data: st.DataObject) -> None:
    value = data.draw(strategy_for(kind))
    assert all(finding.severity == "warning" for finding in kind.check(value, kind.format(value)))


@each_type
@settings(max_examples=100, deadline=None)
@given(raw=RAW)
def test_any_raw_cell_is_read_or_refused_with_a_known_code(kind: ValueType[Any], raw: Any) -> None:
    try:
        value = kind.parse(raw)
    except Rejected as rejected:
        assert catalogue()[rejected.finding.code].severity == "error"
        return
    assert kind.parse(kind.format(value)) == value
    assert all(finding.severity != "error" for finding in kind.check(value, raw))


@each_type
@pytest.mark.parametrize("blank", [None, "", " ", "\u3000\t\r\n"])
def test_blank_is_refused_as_blank(kind: ValueType[Any], blank: str | None) -> None:
    assert is_blank(blank)
    with pytest.raises(Rejected) as caught:
        kind.parse(blank)
    assert caught.value.finding.code == "F-VALUE-001"


PERSONAL = ("id-number", "disability-certificate", "phone")


@each_type
@quick
@given(data=st.data())
def test_a_personal_value_is_masked(kind: ValueType[Any], data: st.DataObject) -> None:
    printed = kind.format(data.draw(strategy_for(kind)))
    masked = kind.mask(printed)
    assert (masked != printed and masked.count("*") * 5 >= len(printed)) if kind.name in PERSONAL else masked == printed


def test_equal_options_give_the_same_type_and_other_options_another() -> None:
    assert value_type("choice", choices=["是", "否"]) is value_type("choice", choices=["是", "否"])
    assert value_type("decimal", places=1) is not value_type("decimal", places=2)
    assert value_type("choice", choices=["1"]) is not value_type("choice", choices=[True])


@pytest.mark.parametrize(
    ("name", "options", "words"),
    [
        ("idnumber", {}, "no type 'idnumber'"),
        ("text", {"length": 3}, "no option length"),
        ("date", {"precison": "day"}, "its options: precision, epoch"),
        ("date", {"precision": "week"}, "year, month, day"),
        ("date", {"epoch": 1970}, "1900 or 1904"),
        ("choice", {}, "needs the option choices"),
        ("choice", {"choices": []}, "at least one label"),
        ("choice", {"choices": ["是", "□是"]}, "read alike"),
        ("money", {"unit": "美元"}, "元、万元"),
        ("area", {}, "needs the option unit"),
        ("area", {"unit": "公里"}, "亩、平方米"),
        ("decimal", {"places": -1}, "0 to 12"),
        ("decimal", {"minimum": "low"}, "type decimal"),
        ("disability", {"separator": "和"}, "separator"),
        ("table", {"columns": {"a": "text"}}, "columns"),
        ("checkbox", {"yes": "是", "no": "是"}, "two different texts"),
    ],
)
def test_a_wrong_type_or_option_is_told_clearly(name: str, options: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        value_type(name, **options)


def test_options_of_a_type() -> None:
    assert type_options("date") == {"precision": False, "epoch": False}
    assert type_options("choice") == {"choices": True}
    assert type_options("sex") == {}


@each_type
@quick
@given(data=st.data())
def test_what_is_beyond_doubt_is_its_own_value(kind: ValueType[Any], data: st.DataObject) -> None:
    texts = [data.draw(st.text(max_size=24)), kind.format(data.draw(strategy_for(kind)))]
    if kind.plain is not None:
        texts.append(data.draw(st.from_regex(kind.plain, fullmatch=True)))
        assert texts[-1] in set(kind.beyond_doubt(texts))
    for text in kind.beyond_doubt(texts):
        assert kind.parse(text) == text
        assert kind.check(text, text) == ()


@pytest.mark.parametrize(("name", "ending"), [("id-number", ""), ("disability-certificate", "43")])
def test_of_sound_numbers_those_without_a_remark_are_beyond_doubt(name: str, ending: str) -> None:
    numbers = {
        "sound": "410183196805120035",
        "wrong check": "410183196805120036",
        "no such area": "999999196805120036",
        "sequence of zeros": "410183196805120000",
        "no such day": "410183196802300031",
        "line end": "410183196805120035\n",
    }
    for text in ("999999196805120036", "410183196805120000", "410183196802300031"):
        key = next(key for key, number in numbers.items() if number == text)
        numbers[key] = text[:17] + calc_check_digit(text)
    kind = value_type(name)
    assert list(kind.beyond_doubt([f"{number}{ending}" for number in numbers.values()])) == [numbers["sound"] + ending]


@pytest.mark.parametrize(("name", "ending"), [("id-number", ""), ("disability-certificate", "43")])
@given(data=st.data())
def test_many_numbers_are_checked_as_each_alone(name: str, ending: str, data: st.DataObject) -> None:
    areas = st.sampled_from(["410183", "110101", "999999"])
    days, sequences = st.dates(date(1900, 1, 1), date(2099, 12, 31)), st.integers(0, 999)
    parts = st.tuples(areas, days, sequences, st.sampled_from("0123456789X"))
    many = data.draw(st.lists(parts, unique=True, max_size=40))
    starts = [(f"{area}{day:%Y%m%d}{number:03}", check) for area, day, number, check in many]
    texts = [
        f"{start}{check if number % 2 else calc_check_digit(start + '0')}{ending}"
        for number, (start, check) in enumerate(starts)
    ]
    kind = value_type(name)
    found = set(kind.beyond_doubt(texts))
    for text in texts:
        try:
            is_sound = kind.parse(text) == text and not kind.check(text, text)
        except Rejected:
            is_sound = False
        assert (text in found) == (is_sound and text[12:14] < "29")
