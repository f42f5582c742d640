"""Numbers: integer, decimal, percent and area.

In: numbers, and text with the marks people add (1,000; 4人; 12.5%; 3亩). Out: int or Decimal, never float.
Limits: a number of more than 15 digits in a numeric cell has lost its end and is refused. Rounding to the field's
places (half up) is reported by `check`.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any, ClassVar, TypeGuard

from formgen.problems import Finding
from formgen.values.cells import EXACT_LIMIT, compact, plain_text, reject, shown
from formgen.values.contract import RawCell, ValueType
from formgen.values.numerals import parse_numeral

__all__ = ["Area", "DecimalNumber", "Integer", "Percent", "figures", "gap_doubts", "read_decimal", "sign_doubts"]

_PLAIN_INTEGER = re.compile("-?[0-9]{1,15}")
_PLAIN_DECIMAL = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]+)?")
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?")
_SIGNED = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_GAP = re.compile(r"(?<=[0-9.,０-９．，])\s+(?=[0-9.,０-９．，])")
_THOUSANDS = re.compile(r"(?<!\d)\d{1,3}[,，]?(?:\s+\d{3}[,，]?)+(?!\d)")
_MEASURES = ("周岁", "岁", "口人", "人", "口", "户", "名", "个", "次", "天", "年", "间", "份", "头", "只", "亩", "元")
_CONTEXT = Context(prec=60, rounding=ROUND_HALF_UP)
_JSON_DIGITS = 15


def read_decimal(text: str) -> Decimal | None:
    """Figures with grouping commas or without: 1,000.50; None for all else (1,0000 and 1,5 are no numbers)."""
    if _GROUPED.fullmatch(text) is not None:
        text = text.replace(",", "")
    elif _SIGNED.fullmatch(text) is None:
        return None
    value = Decimal(text)
    return value if value else abs(value)


def figures(raw: RawCell) -> str:
    """The text of a number's cell without white space.

    Raises: Rejected: it is blank (F-VALUE-001), or white space parts figures other than thousands: 1 2 may be two
        numbers (F-VALUE-052).
    """
    text = plain_text(raw)
    if isinstance(raw, str) and not raw.isdigit() and _GAP.search(_THOUSANDS.sub("", text)) is not None:
        raise reject("F-VALUE-052", shown(raw))
    return compact(text)


def gap_doubts(value: int | Decimal, raw: RawCell) -> tuple[Finding, ...]:
    """A warning where thousands are set apart by white space: 12 300 may be two numbers all the same."""
    if not isinstance(raw, str) or raw.isdigit() or _GAP.search(raw.strip()) is None:
        return ()
    return (Finding("F-VALUE-049", shown(raw), {"value": str(value)}),)


def sign_doubts(value: int | Decimal, minimum: int | Decimal | None, raw: RawCell) -> tuple[Finding, ...]:
    """A warning for a negative count or amount where the field does not say how low it may be."""
    is_doubtful = value < 0 and minimum is None
    return (Finding("F-VALUE-051", str(value) if raw is None else shown(raw)),) if is_doubtful else ()


class Integer(ValueType[int]):
    """A whole number, with or without its measure word.

    Args:
        unit: the one measure word to accept; by default the common ones.
        minimum, maximum: bounds of the field, both included.
    """

    name: ClassVar[str] = "integer"

    def __init__(self, *, unit: str | None = None, minimum: int | None = None, maximum: int | None = None) -> None:
        self.measures = _MEASURES if unit is None else (unit,)
        self.minimum, self.maximum = minimum, maximum
        self._is_bounded = minimum is not None or maximum is not None

    def parse(self, raw: RawCell) -> int:
        value = int(raw) if _is_plain_integer(raw) else self._parse_slowly(raw)
        if self._is_bounded:
            _require_bounds(Decimal(value), self.minimum, self.maximum, raw)
        return value

    def _parse_slowly(self, raw: RawCell) -> int:
        text = figures(raw)
        if isinstance(raw, bool):
            raise reject("F-VALUE-040", shown(raw))
        for measure in self.measures:
            if text.endswith(measure) and len(text) > len(measure):
                text = text.removesuffix(measure)
                break
        number = read_decimal(text)
        if number is None:
            numeral = parse_numeral(text)
            if numeral is None:
                raise reject("F-VALUE-040", shown(raw))
            return numeral
        if number != number.to_integral_value():
            raise reject("F-VALUE-042", shown(raw))
        return int(number)

    def format(self, value: int) -> str:
        return str(value)

    def check(self, value: int, raw: RawCell = None) -> tuple[Finding, ...]:
        return (*gap_doubts(value, raw), *sign_doubts(value, self.minimum, raw))

    @property
    def alphabet(self) -> frozenset[str]:
        return frozenset("0123456789-")

    def to_json(self, value: int) -> int | str:
        return value if abs(value) < EXACT_LIMIT else str(value)

    def json_schema(self) -> dict[str, Any]:
        number: dict[str, Any] = {"type": "integer"}
        if self.minimum is not None:
            number["minimum"] = self.minimum
        if self.maximum is not None:
            number["maximum"] = self.maximum
        return {"anyOf": [number, {"type": "string", "pattern": "^-?[0-9]+$"}]}


class DecimalNumber(ValueType[Decimal]):
    """A number with a fraction.

    Args:
        places: digits after the point that the field keeps and prints; None keeps them as written.
        minimum, maximum: bounds of the field, both included.
    """

    name: ClassVar[str] = "decimal"

    def __init__(
        self, *, places: int | None = None, minimum: int | str | None = None, maximum: int | str | None = None
    ) -> None:
        if places is not None and not 0 <= places <= 12:
            raise ValueError(f"places: 0 to 12, not {places!r}")
        self.places = places
        self._step = None if places is None else Decimal(1).scaleb(-places)
        self.minimum = None if minimum is None else Decimal(str(minimum))
        self.maximum = None if maximum is None else Decimal(str(maximum))
        self._is_bounded = minimum is not None or maximum is not None

    def parse(self, raw: RawCell) -> Decimal:
        value = _read_plain(raw)
        if value is None:
            if isinstance(raw, bool):
                raise reject("F-VALUE-041", shown(raw))
            value = self._read(figures(raw), raw)
        return self._settle(value, raw)

    def _read(self, text: str, raw: RawCell) -> Decimal:
        """The value of text that is not plain figures."""
        value = read_decimal(text)
        if value is None:
            raise reject("F-VALUE-041", shown(raw))
        return value

    def _exact(self, raw: RawCell) -> Decimal:
        """The value before rounding."""
        plain = _read_plain(raw)
        return self._read(figures(raw), raw) if plain is None else plain

    def _settle(self, value: Decimal, raw: RawCell) -> Decimal:
        if self._is_bounded:
            _require_bounds(value, self.minimum, self.maximum, raw)
        return self._rounded(value)

    def _rounded(self, value: Decimal) -> Decimal:
        if self._step is None:
            return value
        value = value.quantize(self._step, context=_CONTEXT)
        return value if value else abs(value)

    def format(self, value: Decimal) -> str:
        return f"{self._rounded(value):f}"

    def check(self, value: Decimal, raw: RawCell = None) -> tuple[Finding, ...]:
        doubts = gap_doubts(value, raw)
        if self._step is None or raw is None or isinstance(raw, bool) or self._exact(raw) == value:
            return doubts
        return (*doubts, Finding("F-VALUE-044", shown(raw), {"value": self.format(value)}))

    @property
    def alphabet(self) -> frozenset[str]:
        return frozenset("0123456789-.")

    def to_json(self, value: Decimal) -> int | float | str:
        """A JSON number where a float says it exactly, else text."""
        if len(value.as_tuple().digits) > _JSON_DIGITS or abs(value.adjusted()) > _JSON_DIGITS:
            return self.format(value)
        return int(value) if value == value.to_integral_value() else float(value)

    def json_schema(self) -> dict[str, Any]:
        number: dict[str, Any] = {"type": "number"}
        if self.minimum is not None:
            number["minimum"] = float(self.minimum)
        if self.maximum is not None:
            number["maximum"] = float(self.maximum)
        return {"anyOf": [number, {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$"}]}


class Percent(DecimalNumber):
    """A share in percent: 12.5 means 12.5%.

    The number 0.125 without a sign may be 0.125 % or, out of a cell formatted as a percentage, 12.5 %: it is refused
    (F-VALUE-045), and so is every figure without a sign that is not 0 and not above 1.
    """

    name: ClassVar[str] = "percent"

    def parse(self, raw: RawCell) -> Decimal:
        if isinstance(raw, bool):
            raise reject("F-VALUE-041", shown(raw))
        return self._settle(self._exact(raw), raw)

    def _exact(self, raw: RawCell) -> Decimal:
        return self._read(figures(raw), raw)

    def _read(self, text: str, raw: RawCell) -> Decimal:
        bare = text.removesuffix("%").removeprefix("百分之")
        value = super()._read(bare, raw)
        if bare == text and value and abs(value) <= 1:
            raise reject("F-VALUE-045", shown(raw))
        return value

    def format(self, value: Decimal) -> str:
        return super().format(value) + "%"

    @property
    def alphabet(self) -> frozenset[str]:
        return frozenset("0123456789-.%")

    def to_json(self, value: Decimal) -> str:
        return self.format(value)

    def json_schema(self) -> dict[str, Any]:
        return {"anyOf": [{"type": "number"}, {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?%?$"}]}


class Area(DecimalNumber):
    """An area in the field's unit; another unit is converted only where the factor is exact (公顷), else refused."""

    name: ClassVar[str] = "area"
    UNITS: ClassVar[dict[str, dict[str, int]]] = {
        "亩": {"亩": 1, "公顷": 15},
        "平方米": {"平方米": 1, "平米": 1, "平方": 1, "㎡": 1, "m²": 1, "m2": 1, "M2": 1, "公顷": 10000},
    }

    def __init__(
        self, *, unit: str, places: int | None = None, minimum: int | str | None = 0, maximum: int | str | None = None
    ) -> None:
        if unit not in self.UNITS:
            raise ValueError(f"unit: one of {'、'.join(self.UNITS)}, not {unit!r}")
        super().__init__(places=places, minimum=minimum, maximum=maximum)
        self.unit = unit

    def _read(self, text: str, raw: RawCell) -> Decimal:
        words = {word for table in self.UNITS.values() for word in table}
        word = next((word for word in sorted(words, key=len, reverse=True) if text.endswith(word)), None)
        if word is None:
            return super()._read(text, raw)
        factor = self.UNITS[self.unit].get(word)
        if factor is None:
            raise reject("F-VALUE-046", shown(raw), unit=self.unit)
        return super()._read(text.removesuffix(word), raw) * factor


def _is_plain_integer(raw: RawCell) -> TypeGuard[str | int | float]:
    if isinstance(raw, str):
        return _PLAIN_INTEGER.fullmatch(raw) is not None
    if isinstance(raw, bool) or not isinstance(raw, (int, float)):
        return False
    return -EXACT_LIMIT < raw < EXACT_LIMIT and raw == int(raw)


def _read_plain(raw: RawCell) -> Decimal | None:
    """What needs no cleaning: plain figures and numbers of at most 15 digits; None for all else."""
    if isinstance(raw, str):
        if _PLAIN_DECIMAL.fullmatch(raw) is None:
            return None
        value = Decimal(raw)
    elif isinstance(raw, bool) or not isinstance(raw, (int, float)) or not -EXACT_LIMIT < raw < EXACT_LIMIT:
        return None
    elif isinstance(raw, int):
        value = Decimal(raw)
    elif raw.is_integer():
        value = Decimal(int(raw))
    elif -1e-4 < raw < 1e-4:
        return None  # .15g would write an exponent
    else:
        value = Decimal(f"{raw:.15g}")
    return value if value else abs(value)


def _require_bounds(value: Decimal, minimum: int | Decimal | None, maximum: int | Decimal | None, raw: RawCell) -> None:
    if (minimum is not None and value < minimum) or (maximum is not None and value > maximum):
        low, high = ("…" if bound is None else str(bound) for bound in (minimum, maximum))
        raise reject("F-VALUE-043", shown(raw), minimum=low, maximum=high)
