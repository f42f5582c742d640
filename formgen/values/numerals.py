"""Chinese numerals: small numbers, years digit by digit, and amounts of money in capitals.

Source for capitals: 中国人民银行《正确填写票据和结算凭证的基本规定》:
整 after 元 and 角, none after 分; 零 once for any run of zeros.
Limits: amounts from 0 to below 10^16 元, two places.
"""

from __future__ import annotations

import re
from decimal import Decimal

__all__ = ["CAPITAL_LIMIT", "capital_amount", "parse_capital_amount", "parse_numeral", "parse_year_digits"]

CAPITAL_LIMIT = Decimal(10) ** 16
_CAPITALS = "零壹贰叁肆伍陆柒捌玖"
_VARIANTS = {"○": 0, "◯": 0, "O": 0, "o": 0, "0": 0, "两": 2, "貳": 2, "弍": 2, "叄": 3, "参": 3, "陸": 6}
_DIGITS = {
    digit: value for digits in ("〇一二三四五六七八九", _CAPITALS) for value, digit in enumerate(digits)
} | _VARIANTS
_SMALL_UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_AMOUNT = re.compile(
    "(?:人民币)?(?:(?P<yuan>[^元圆角分整正]+)[元圆])?(?P<jiao>零?[^元圆角分整正零]角)?(?P<fen>零?[^元圆角分整正零]分)?[整正]?"
)


def parse_year_digits(text: str) -> int | None:
    """二〇一五 as 2015, with any of the signs in use for 〇; None where a character is no digit."""
    digits = [_DIGITS.get(character) for character in text]
    if not digits or None in digits:
        return None
    return int("".join(map(str, digits)))


def parse_numeral(text: str) -> int | None:
    """十二, 三百零五, 一万二千, 壹仟 as a number; None where it is not one written by the rules."""
    for mark, factor in (("亿", 10**8), ("億", 10**8), ("万", 10**4), ("萬", 10**4)):
        if mark in text:
            head, _, tail = text.rpartition(mark)
            high = parse_numeral(head)
            low = parse_numeral(tail.lstrip("零〇")) if tail else 0
            if not high or high >= max(factor, 10**4) or low is None or low >= factor:
                return None
            if 0 < low < factor // 10 and tail[0] not in "零〇":
                return None  # 一万二 is said for 12000 and would read as 10002
            return high * factor + low
    return _parse_group(text)


def capital_amount(amount: Decimal) -> str:
    """The amount in 元 as agreements write it: 1000 is 壹仟元整, 1004.05 is 壹仟零肆元零伍分.

    Raises:
        ValueError: negative, finer than 分, or too large to be named.
    """
    if not amount.is_finite() or not 0 <= amount < CAPITAL_LIMIT:
        raise ValueError(f"no capital form: {amount}")
    cents = amount.scaleb(2)
    if cents != cents.to_integral_value():
        raise ValueError(f"no capital form: {amount}")
    yuan, rest = divmod(int(cents), 100)
    jiao, fen = divmod(rest, 10)
    text = f"{_capital_integer(yuan)}元" if yuan or not rest else ""
    if jiao:
        text += f"{_CAPITALS[jiao]}角"
    if not fen:
        return text + "整"
    return text + ("零" if yuan and not jiao else "") + f"{_CAPITALS[fen]}分"


def parse_capital_amount(text: str) -> Decimal | None:
    """The amount in 元 that capitals (or plain numerals) say; None where they say none."""
    match = _AMOUNT.fullmatch(text)
    if match is None or not any((match["yuan"], match["jiao"], match["fen"])):
        return None
    yuan = parse_numeral(match["yuan"]) if match["yuan"] else 0
    tens, ones = (_DIGITS.get((match[part] or "零分")[-2]) for part in ("jiao", "fen"))
    if yuan is None or tens is None or ones is None:
        return None
    return Decimal(yuan * 100 + tens * 10 + ones).scaleb(-2) if tens or ones else Decimal(yuan)


def _parse_group(text: str) -> int | None:
    """A number below 10000 (or one bare digit): units must fall, a bare digit stands last."""
    total, digit, ceiling, after_zero = 0, None, 10**4, True
    for index, character in enumerate(text):
        if (unit := _SMALL_UNITS.get(character)) is not None:
            if digit is None and not (unit == 10 and index == 0):
                return None
            if unit >= ceiling or digit == 0:
                return None
            total, digit, ceiling, after_zero = total + (1 if digit is None else digit) * unit, None, unit, False
        elif (value := _DIGITS.get(character)) is None or digit is not None:
            return None
        elif value == 0 and len(text) > 1:
            if index in (0, len(text) - 1) or after_zero:
                return None
            after_zero = True
        else:
            digit = value
    if not text or (digit is not None and ceiling > 10 and ceiling < 10**4 and not after_zero):
        return None
    return total + (digit or 0)


def _capital_integer(number: int) -> str:
    if number == 0:
        return _CAPITALS[0]
    for unit, factor in (("亿", 10**8), ("万", 10**4)):
        if number >= factor:
            high, low = divmod(number, factor)
            head = f"{_capital_integer(high)}{unit}"
            if not low:
                return head
            return head + ("零" if low < factor // 10 else "") + _capital_integer(low)
    text, pending_zero = "", False
    for unit, factor in (("仟", 1000), ("佰", 100), ("拾", 10), ("", 1)):
        digit, number = divmod(number, factor)
        if digit:
            text += ("零" if pending_zero and text else "") + _CAPITALS[digit] + unit
        pending_zero = not digit
    return text
