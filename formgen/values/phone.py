"""Telephone numbers: mobile, landline with or without area code, service numbers; several of them in one field.

Limits: shapes only; nobody is called. A landline in a numeric cell has lost its leading zero and is refused.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, ClassVar

from formgen.values.cells import compact, is_scientific, plain_text, reject, shown
from formgen.values.contract import RawCell, Rejected, ValueType

__all__ = ["Phone", "mask_phone"]

SEPARATOR = "、"
_MOBILE = re.compile("1[3-9][0-9]{9}")
_ACCEPTED = re.compile(
    "1[3-9][0-9]{9}|0[0-9]{2,3}-?[1-9][0-9]{6,7}(?:-[0-9]{1,6})?|[1-9][0-9]{6,7}(?:-[0-9]{1,6})?|[48]00[0-9]{7}"
)
_COUNTRY = re.compile(r"^(?:(?:\+|00)86-?|86-?(?=1[3-9][0-9]{9}$))")
_AREA_BRACKETS = re.compile(r"^\((0[0-9]{2,3})\)-?")
_GROUPED_MOBILE = re.compile(
    "(1[0-9]{2})-([0-9]{4})-([0-9]{4})|([48]00)-([0-9]{3})-?([0-9]{4})|([48]00)-([0-9]{4})-([0-9]{3})"
)
_SEVERAL = re.compile(r"[、，,;；/\n|]|或")


class Phone(ValueType[str]):
    """One number, or several joined by 、. Mobile numbers are 11 digits, area codes keep the hyphen as written."""

    name: ClassVar[str] = "phone"
    plain: ClassVar[re.Pattern[str] | None] = _MOBILE

    def parse(self, raw: RawCell) -> str:
        if type(raw) is str and _MOBILE.fullmatch(raw) is not None:
            return raw
        if type(raw) is float and 1.3e10 <= raw < 2e10 and raw.is_integer():
            return str(int(raw))
        if isinstance(raw, bool):
            raise reject("F-VALUE-050", shown(raw))
        text = plain_text(raw)
        if is_scientific(compact(text)):
            raise reject("F-VALUE-005", text)
        if isinstance(raw, (int, float, Decimal)):
            return self._one(text, text)
        try:
            return self._one(text, text)
        except Rejected:
            bits = [bit for bit in (_SEVERAL.split(text) if _SEVERAL.search(text) else text.split()) if bit.strip()]
            if not bits:
                raise
            return SEPARATOR.join(dict.fromkeys(self._one(bit, text) for bit in bits))

    def _one(self, text: str, whole: str) -> str:
        number = compact(text).lstrip("'").replace("转", "-")
        number = _AREA_BRACKETS.sub(r"\1-", _COUNTRY.sub("", number))
        if (grouped := _GROUPED_MOBILE.fullmatch(number)) is not None:
            number = "".join(part for part in grouped.groups() if part)
        if _ACCEPTED.fullmatch(number) is None:
            raise reject("F-VALUE-050", self.mask(shown(whole)))
        return number

    def format(self, value: str) -> str:
        return value

    @property
    def alphabet(self) -> frozenset[str]:
        return frozenset("0123456789-" + SEPARATOR)

    def mask(self, text: str) -> str:
        return SEPARATOR.join(map(mask_phone, text.split(SEPARATOR)))

    def json_schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": f"^[0-9-]{{7,}}({SEPARATOR}[0-9-]{{7,}})*$"}


def mask_phone(number: str) -> str:
    """The first three and the last two characters; stars between."""
    return number if len(number) <= 5 else f"{number[:3]}{'*' * (len(number) - 5)}{number[-2:]}"
