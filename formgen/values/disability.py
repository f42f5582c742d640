"""Disability: category, grade, and both in one field.

Source: GB/T 26341-2010; categories 1–7 and grades 1–4 as the disability certificate's last two digits have them
(一级 is the most severe).
Limits: several disabilities in one cell (肢体二级、智力三级) are not read: their category is 多重.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import Any, ClassVar

from formgen.values.cells import compact, plain_text, reject, shown
from formgen.values.contract import RawCell, ValueType
from formgen.values.enumerated import Enumerated

__all__ = ["CATEGORIES", "GRADES", "Disability", "DisabilityCategory", "DisabilityGrade", "DisabilityType"]

CATEGORIES = ("视力", "听力", "言语", "肢体", "智力", "精神", "多重")
"""In the order of their digits 1–7."""

GRADES = ("一级", "二级", "三级", "四级")
"""In the order of their digits 1–4."""

SEPARATORS = ("", "/", "、", "，", "-", "·", " ", "　")
_SHORT = {"视": "视力", "听": "听力", "言": "言语", "语言": "言语", "肢": "肢体", "智": "智力", "精": "精神"}
_GRADE_DIGITS = ("1 一 壹 Ⅰ I", "2 二 贰 貳 Ⅱ II", "3 三 叁 參 Ⅲ III", "4 四 肆 Ⅳ IV")


def _category_synonyms() -> dict[str, str]:
    synonyms = {f"{label}{ending}": label for label in CATEGORIES for ending in ("残疾", "残", "类")}
    synonyms |= {f"{short}{ending}": label for short, label in _SHORT.items() for ending in ("残", "残疾")}
    return synonyms | {"语言": "言语"}


def _grade_synonyms() -> dict[str, str]:
    synonyms: dict[str, str] = {}
    for label, words in zip(GRADES, _GRADE_DIGITS, strict=True):
        for digit in words.split():
            synonyms |= {digit: label, f"{digit}级": label, f"{digit}級": label}
    return synonyms


class DisabilityCategory(Enumerated):
    """One of the seven categories; digits 1–7 and 肢体残疾, 肢残 are read."""

    name: ClassVar[str] = "disability-category"

    def __init__(self) -> None:
        digits = {str(number): label for number, label in enumerate(CATEGORIES, start=1)}
        super().__init__(CATEGORIES, _category_synonyms() | digits)


class DisabilityGrade(Enumerated):
    """一级 … 四级; 3, 3级, 叁级, Ⅲ are read."""

    name: ClassVar[str] = "disability-grade"

    def __init__(self) -> None:
        synonyms = _grade_synonyms()
        synonyms |= {f"{key}残疾": label for key, label in synonyms.items() if key[-1] in "级級"}
        super().__init__(GRADES, synonyms)


@dataclass(frozen=True, slots=True)
class Disability:
    """Category and grade; one of them may be unknown, not both."""

    category: str | None
    grade: str | None

    def __str__(self) -> str:
        return (self.category or "") + (self.grade or "")


class DisabilityType(ValueType[Disability]):
    """Category and grade in one field: 肢体三级, or 肢体/三级 with separator "/".

    Raises:
        ValueError: the separator is none of those that can be read back.
    """

    name: ClassVar[str] = "disability"

    def __init__(self, *, separator: str = "") -> None:
        if separator not in SEPARATORS:
            raise ValueError(f"separator: one of {', '.join(map(repr, SEPARATORS))}, not {separator!r}")
        self.separator = separator
        pairs = [Disability(category, grade) for category in CATEGORIES for grade in GRADES]
        singles = [Disability(label, None) for label in CATEGORIES] + [Disability(None, label) for label in GRADES]
        self._lookup = {self.format(value): value for value in singles + pairs}
        self._lookup |= {f"{value.category}{mark}{value.grade}": value for value in pairs for mark in SEPARATORS}

    def parse(self, raw: RawCell) -> Disability:
        if type(raw) is str and (value := self._lookup.get(raw)) is not None:
            return value
        text = compact(plain_text(raw))
        match = _category_first().fullmatch(text) or _grade_first().fullmatch(text)
        if match is None or not (match["category"] or match["grade"]):
            raise reject("F-VALUE-017", shown(raw))
        category, grade = match["category"], match["grade"]
        if category is None and "级" not in text and "級" not in text:
            # A bare 4 may be category 4 or grade 4.
            raise reject("F-VALUE-017", shown(raw))
        return Disability(category and _CATEGORY_WORDS[category], grade and _GRADE_WORDS[grade])

    def format(self, value: Disability) -> str:
        return self.separator.join(part for part in (value.category, value.grade) if part)

    @property
    def alphabet(self) -> frozenset[str]:
        return frozenset("".join((*CATEGORIES, *GRADES, self.separator)))

    def json_schema(self) -> dict[str, Any]:
        return {"type": "string", "enum": list(dict.fromkeys(map(self.format, self._lookup.values())))}


_CATEGORY_WORDS: dict[str, str] = {label: label for label in CATEGORIES} | _category_synonyms() | _SHORT
_GRADE_WORDS: dict[str, str] = {label: label for label in GRADES} | _grade_synonyms()


def _alternatives(words: dict[str, str]) -> str:
    return "|".join(sorted((re.escape(word) for word in words), key=len, reverse=True))


@functools.cache
def _category_first() -> re.Pattern[str]:
    """肢体残疾三级, 肢体/3, 肢体: the category, then perhaps the grade."""
    category, grade = _alternatives(_CATEGORY_WORDS), _alternatives(_GRADE_WORDS)
    return re.compile(f"(?P<category>{category})?[/、，,·:-]?(?P<grade>{grade})?(?:残疾)?")


@functools.cache
def _grade_first() -> re.Pattern[str]:
    """三级肢体残疾: the grade, then the category."""
    category, grade = _alternatives(_CATEGORY_WORDS), _alternatives(_GRADE_WORDS)
    return re.compile(f"(?P<grade>{grade})[/、，,·:-]?(?P<category>{category})")
