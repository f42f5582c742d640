"""Hypothesis strategies for the values of every type: `strategy_for(value_type)` gives what its `parse` may return.

The numbers are synthetic: an area code, a random day, a random sequence and the right check character.
"""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from stdnum.cn.ric import calc_check_digit

from formgen.values import TYPE_NAMES, Disability, PartialDate, Period, ValueType, type_options, value_type
from formgen.values.dates import PRECISIONS
from formgen.values.disability import CATEGORIES, GRADES
from formgen.values.fillers import is_ditto
from formgen.values.image import ImageRef

__all__ = ["EXAMPLE_TYPES", "id_numbers", "partial_dates", "strategy_for"]

EXAMPLE_TYPES: tuple[ValueType[Any], ...] = (
    *(value_type(name) for name in TYPE_NAMES if not any(type_options(name).values())),
    *(value_type("date", precision=precision) for precision in PRECISIONS),
    value_type("date", epoch=1904),
    value_type("period", precision="month"),
    value_type("integer", unit="人", minimum=0, maximum=20),
    value_type("decimal", places=2),
    value_type("percent", places=1),
    value_type("money", unit="万元", places=2),
    value_type("money", unit="元", places=0),
    value_type("area", unit="亩", places=1),
    value_type("area", unit="平方米"),
    value_type("disability", separator="/"),
    value_type("choice", choices=["务工", "养殖 (自营)", "2015"]),
    value_type("checkbox", yes="是", no="否"),
    value_type(
        "table", columns={"visited_on": value_type("date"), "note": value_type("long-text"), "sum": value_type("money")}
    ),
)
"""Every type, with the options that change what it reads or prints."""

HAN = st.sampled_from("王李张买提艾力㛃𬱖𠅤丽娜〇䶮")
_TEXT = st.text(
    st.one_of(HAN, st.characters(exclude_categories=["C", "Z"]), st.sampled_from(" 　=+-@'\"<&")), min_size=1
)
_AREAS = ("410183", "450221", "430802", "320412", "110101")


def strategy_for(kind: ValueType[Any]) -> st.SearchStrategy[Any]:
    """Values that `kind.parse` may return, in the form it returns them."""
    if kind.name in _FIXED:
        return _FIXED[kind.name]
    if (labels := getattr(kind, "labels", None)) is not None:
        return st.sampled_from(labels)
    return _BY_OPTIONS[kind.name](kind)


def partial_dates(finest: str = "day") -> st.SearchStrategy[PartialDate]:
    days = st.dates(datetime.date(1000, 1, 1), datetime.date(9999, 12, 31))
    allowed = PRECISIONS[: PRECISIONS.index(finest) + 1]
    return st.builds(lambda day, precision: PartialDate.of(day).to_precision(precision), days, st.sampled_from(allowed))


def periods(finest: str = "day") -> st.SearchStrategy[Period]:
    def ordered(one: PartialDate, two: PartialDate | None) -> Period:
        return Period(one, None) if two is None else Period(*sorted((one, two)))

    return st.builds(ordered, partial_dates(finest), st.none() | partial_dates(finest))


def id_numbers() -> st.SearchStrategy[str]:
    days = st.dates(datetime.date(1900, 1, 1), datetime.date(2099, 12, 31))
    return st.builds(_id_number, st.sampled_from(_AREAS), days, st.integers(0, 999))


def certificates() -> st.SearchStrategy[str]:
    endings = st.sampled_from(["", "B1", "B2", "B12"])
    pieces = id_numbers(), st.integers(1, 7), st.integers(1, 4), endings
    return st.builds(lambda number, category, grade, end: f"{number}{category}{grade}{end}", *pieces)


def phones() -> st.SearchStrategy[str]:
    one = st.from_regex("1[3-9][0-9]{9}|0[1-9][0-9]{1,2}-[1-9][0-9]{6,7}(-[0-9]{1,4})?|[1-9][0-9]{6,7}", fullmatch=True)
    return st.lists(one, min_size=1, max_size=3, unique=True).map("、".join)


def disabilities() -> st.SearchStrategy[Disability]:
    both = st.builds(Disability, st.none() | st.sampled_from(CATEGORIES), st.none() | st.sampled_from(GRADES))
    return both.filter(lambda value: value.category or value.grade)


def decimals(kind: Any) -> st.SearchStrategy[Decimal]:
    low = -(10**12) if kind.minimum is None else kind.minimum
    high = 10**12 if kind.maximum is None else kind.maximum
    places = st.just(kind.places) if kind.places is not None else st.integers(0, 6)
    return places.flatmap(lambda digits: st.decimals(low, high, places=digits)).map(lambda value: value or abs(value))


def integers(kind: Any) -> st.SearchStrategy[int]:
    return st.integers(
        -(10**18) if kind.minimum is None else kind.minimum, 10**18 if kind.maximum is None else kind.maximum
    )


def names() -> st.SearchStrategy[str]:
    word = st.text(HAN, min_size=1, max_size=25)
    return st.one_of(word, st.lists(word, min_size=2, max_size=3).map("·".join), st.just("Maria Garcia"))


def tables(kind: Any) -> st.SearchStrategy[tuple[dict[str, Any], ...]]:
    row = st.fixed_dictionaries({key: st.none() | strategy_for(column) for key, column in kind.columns.items()})
    filled = row.filter(lambda cells: any(cell is not None for cell in cells.values()))
    return st.lists(filled, max_size=3).map(tuple)


def images() -> st.SearchStrategy[ImageRef]:
    return st.from_regex("[a-z王]{1,8}(/[a-z0-9]{1,8}){0,2}[.](jpg|png)", fullmatch=True).map(ImageRef)


def _id_number(area: str, day: datetime.date, sequence: int) -> str:
    number = f"{area}{day:%Y%m%d}{sequence:03}"
    return number + calc_check_digit(number + "0")


def _lines(texts: list[str]) -> str:
    return "\n".join(text.strip() for text in texts)


_ONE_LINE = _TEXT.map(str.strip).filter(bool).filter(lambda text: not is_ditto(text))
_FIXED: dict[str, st.SearchStrategy[Any]] = {
    "text": _ONE_LINE,
    "place": _ONE_LINE,
    "long-text": st.lists(_TEXT, min_size=1, max_size=4).map(_lines).map(str.strip).filter(bool),
    "name": names(),
    "phone": phones(),
    "id-number": id_numbers(),
    "disability-certificate": certificates(),
    "disability": disabilities(),
    "checkbox": st.booleans(),
    "signature": st.booleans(),
    "seal": st.booleans(),
    "image": images(),
}
_BY_OPTIONS: dict[str, Any] = {
    "date": lambda kind: partial_dates(kind.precision),
    "period": lambda kind: periods(kind.precision),
    "integer": integers,
    "decimal": decimals,
    "percent": decimals,
    "money": decimals,
    "area": decimals,
    "table": tables,
}
