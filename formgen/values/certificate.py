"""Number of the disability certificate (残疾人证号), and what follows from it.

Source: 残疾人证管理办法: identity number (18), category digit, grade digit; a re-issued card appends B1, B2 …
Limits: as the identity number's; the two digits are checked, the number of re-issues is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, ClassVar

from formgen.problems import Finding
from formgen.values.cells import reject
from formgen.values.contract import RawCell, ValueType
from formgen.values.disability import CATEGORIES, GRADES
from formgen.values.identity import (
    ORDINARY,
    IdNumber,
    area_findings,
    beyond_doubt_among,
    digits_text,
    mask_number,
    require_sound,
)

__all__ = ["DisabilityCertificate", "category", "grade", "id_number"]

_CERTIFICATE = re.compile("[1-9][0-9]{16}[0-9X][1-7][1-4](?:B[1-9][0-9]?)?")
_ORDINARY = re.compile(f"{ORDINARY}[1-7][1-4]")
_SHAPE = re.compile("[1-9][0-9]{16}[0-9X][0-9]{2}(?:B[1-9][0-9]?)?")


class DisabilityCertificate(ValueType[str]):
    """20 characters, with B1, B2 … for re-issued cards."""

    name: ClassVar[str] = "disability-certificate"

    def __init__(self) -> None:
        self._id = IdNumber()

    def parse(self, raw: RawCell) -> str:
        if type(raw) is str and _CERTIFICATE.fullmatch(raw) is not None:
            self._id.parse(raw[:18])
            return raw
        text = digits_text(raw)
        if _SHAPE.fullmatch(text) is None:
            code = "F-VALUE-027" if len(text) == 18 else "F-VALUE-026"
            raise reject(code, mask_number(text), length=str(len(text)))
        if text[18] not in "1234567":
            raise reject("F-VALUE-028", mask_number(text), digit=text[18])
        if text[19] not in "1234":
            raise reject("F-VALUE-029", mask_number(text), digit=text[19])
        require_sound(text[:18])
        return text

    def format(self, value: str) -> str:
        return value

    def check(self, value: str, raw: RawCell = None) -> tuple[Finding, ...]:
        return area_findings(value[:18])

    def beyond_doubt(self, texts: Iterable[str]) -> Iterable[str]:
        return beyond_doubt_among(list(filter(_ORDINARY.fullmatch, texts)), 20)

    @property
    def alphabet(self) -> frozenset[str]:
        return frozenset("0123456789XB")

    def mask(self, text: str) -> str:
        return mask_number(text)

    def json_schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": "^[1-9][0-9]{16}[0-9X][1-7][1-4](B[1-9][0-9]?)?$"}


def id_number(certificate: str) -> str:
    """The identity number a valid certificate number begins with."""
    return certificate[:18]


def category(certificate: str) -> str:
    """The category of its 19th character."""
    return CATEGORIES[int(certificate[18]) - 1]


def grade(certificate: str) -> str:
    """The grade of its 20th character."""
    return GRADES[int(certificate[19]) - 1]
