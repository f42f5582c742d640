"""Amounts of money in one unit: 元 or 万元.

In: figures, figures with a unit (of a field by the year 2400元/年, too), capitals. Out: Decimal in the field's unit.
Limits: a unit that the text names is converted only where nothing is lost; figures without a unit are in the field's.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, ClassVar

from formgen.problems import Finding
from formgen.values.cells import compact, plain_text, reject, shown
from formgen.values.contract import RawCell
from formgen.values.numbers import DecimalNumber, read_decimal, sign_doubts
from formgen.values.numerals import parse_capital_amount, parse_numeral

__all__ = ["Money"]

_UNITS = {"万元": 10**4, "千元": 1000, "百元": 100, "亿元": 10**8, "万": 10**4, "亿": 10**8, "元": 1, "圆": 1, "块": 1}
"""Longest first: 万元 before 元."""
_NUMERAL = re.compile("[〇零一二三四五六七八九十百千万亿两壹贰叁肆伍陆柒捌玖拾佰仟]{2,}")


class Money(DecimalNumber):
    """An amount in `unit`, printed as figures without it (the form prints the unit).

    `per`: the time that it is for (年), which may be written behind it; no other may.
    """

    name: ClassVar[str] = "money"
    FACTORS: ClassVar[dict[str, int]] = {"元": 1, "万元": 10**4}

    def __init__(
        self,
        *,
        unit: str = "元",
        per: str = "",
        places: int | None = None,
        minimum: int | str | None = None,
        maximum: int | str | None = None,
    ) -> None:
        if unit not in self.FACTORS:
            raise ValueError(f"unit: one of {'、'.join(self.FACTORS)}, not {unit!r}")
        super().__init__(places=places, minimum=minimum, maximum=maximum)
        self.unit = unit
        self.per = per

    def _read(self, text: str, raw: RawCell) -> Decimal:
        value, factor = self._split(text, raw)
        own = self.FACTORS[self.unit]
        if factor is None or factor == own:
            return value
        converted = (value * factor / own).normalize()
        if self._rounded(converted) != converted:
            raise reject("F-VALUE-047", shown(raw), unit=self.unit)
        return Decimal(f"{converted:f}")

    def _split(self, text: str, raw: RawCell) -> tuple[Decimal, int | None]:
        """The figure and how many 元 its unit is; None for a figure without unit."""
        bare = text.removeprefix("人民币").lstrip("¥￥").removesuffix("整").removesuffix("正")
        if self.per:
            bare = re.sub(f"[/每]{re.escape(self.per)}$", "", bare)
        for unit, factor in _UNITS.items():
            if bare.endswith(unit) and (value := read_decimal(bare.removesuffix(unit))) is not None:
                return value, factor
        if (value := read_decimal(bare)) is not None:
            return value, None
        if (value := parse_capital_amount(text)) is not None:
            return value, 1
        if _NUMERAL.fullmatch(bare) is not None and (number := parse_numeral(bare)) is not None:
            return Decimal(number), None if number < 10**4 else 1  # 二万 names its unit as 2万 does
        raise reject("F-VALUE-041", shown(raw))

    def check(self, value: Decimal, raw: RawCell = None) -> tuple[Finding, ...]:
        findings = (*super().check(value, raw), *sign_doubts(value, self.minimum, raw))
        if isinstance(raw, str) and not raw.isdigit():
            factor = self._split(compact(plain_text(raw)), raw)[1]
            if factor not in (None, self.FACTORS[self.unit]):
                findings += (Finding("F-VALUE-048", shown(raw), {"value": self.format(value), "unit": self.unit}),)
        return findings

    def to_json(self, value: Decimal) -> str:
        """Figures with the unit: whoever reads 1.2万元 without the form knows how much it is."""
        return f"{self.format(value)}{self.unit}"

    def json_schema(self) -> dict[str, Any]:
        """Figures with or without the unit, or a number; another unit is for people, who see what becomes of it."""
        number, text = super().json_schema()["anyOf"]
        return {"anyOf": [{**text, "pattern": rf"^-?[0-9]+(\.[0-9]+)?({self.unit})?$"}, number]}
