"""Amounts in capitals."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formgen.values.numerals import CAPITAL_LIMIT, capital_amount, parse_capital_amount, parse_numeral

AMOUNTS = {
    "0": "零元整",
    "0.05": "伍分",
    "0.50": "伍角整",
    "10": "壹拾元整",
    "1000": "壹仟元整",
    "1004.05": "壹仟零肆元零伍分",
    "1409.50": "壹仟肆佰零玖元伍角整",
    "6007.14": "陆仟零柒元壹角肆分",
    "16409.02": "壹万陆仟肆佰零玖元零贰分",
    "100500": "壹拾万零伍佰元整",
    "200000": "贰拾万元整",
    "10050000000": "壹佰亿伍仟万元整",
    "100010000": "壹亿零壹万元整",
    "100000001": "壹亿零壹元整",
}


@pytest.mark.parametrize(("amount", "capitals"), AMOUNTS.items())
def test_capital_form(amount: str, capitals: str) -> None:
    assert capital_amount(Decimal(amount)) == capitals
    assert parse_capital_amount(capitals) == Decimal(amount)


@given(st.decimals(0, CAPITAL_LIMIT - 1, places=2))
def test_capitals_are_read_back(amount: Decimal) -> None:
    capitals = capital_amount(amount)
    assert parse_capital_amount(capitals) == amount
    assert "零零" not in capitals
    assert capitals.endswith(("整", "分"))


@pytest.mark.parametrize("amount", ["-1", "0.001", "1E16", "NaN"])
def test_no_capital_form(amount: str) -> None:
    with pytest.raises(ValueError, match="no capital form"):
        capital_amount(Decimal(amount))


@pytest.mark.parametrize(
    "text", ["", "元", "整", "壹仟", "壹佰仟元", "壹壹元", "壹元拾角", "零拾元", "壹万万元整", "1000"]
)
def test_what_says_no_amount(text: str) -> None:
    assert parse_capital_amount(text) is None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("十", 10),
        ("二十", 20),
        ("三百零五", 305),
        ("一万二千", 12000),
        ("两千", 2000),
        ("三百五", None),
        ("一万二", None),
        ("一万零二", 10002),
        ("二三", None),
    ],
)
def test_numerals(text: str, number: int | None) -> None:
    assert parse_numeral(text) == number
