"""Labels folded, so that two spellings of one label are equal.

In: a label as somebody typed it. Out: the same without what does not tell labels apart: full-width forms, white space,
kinds of brackets and dashes, traditional characters, the asterisk and colon that forms put beside a label.
Source of the characters: traditional.txt, derived from OpenCC (Apache-2.0). A library would bring word tables too,
which labels do not need: both sides are folded alike, so one reading a character is enough.
Limits: for labels only. Never fold a value: NFKC changes characters that people have in their names.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from pathlib import Path

__all__ = ["fold", "is_other_unit", "split_unit"]

_DROPPED = re.compile(r"[\s\u200b-\u200f\u2060\ufeff*★☆]+")
_EDGES = re.compile(r"^[:;、,.·]+|[:;、,.·]+$")
_BRACKETS = str.maketrans("[]{}【】〔〕〈〉《》「」『』〖〗", "()" * 9)
_DASHES = str.maketrans("—–―‐‑‒−_", "--------")
_UNIT = re.compile(
    r"\((?:单位)?:?((?:万|千)?元(?:/人)?(?:/?每?[年月])?|[人名户个口]|周?岁|平方米|平米|m2|亩|公斤|公里|km"
    r"|年月日?|年/月(?:/日)?|是/否|男/女|必填|选填|可选|文本(?:格式)?)\)$"
)
_MEASURES = (
    ("万元", ("万元",)), ("千元", ("千元",)), ("元", ("元",)), ("亩", ("亩",)), ("平方米", ("平方米", "平米", "m2")),
)  # fmt: skip


@functools.lru_cache(maxsize=8192)
def fold(label: str) -> str:
    """The label without the differences that do not matter."""
    text = unicodedata.normalize("NFKC", label)
    if text.isalnum():  # as most words and values are: nothing of it is dropped
        return (text if text.isascii() else text.translate(_simplified())).lower()
    text = _DROPPED.sub("", text).translate(_BRACKETS).translate(_DASHES)
    if not text.isascii():
        text = text.translate(_simplified())
    return _EDGES.sub("", text).lower()


def split_unit(folded: str) -> tuple[str, str]:
    """A folded label without the unit in brackets at its end, and that unit; the unit is "" where there is none."""
    match = _UNIT.search(folded)
    if match is None or match.start() == 0:
        return folded, ""
    return folded[: match.start()], match[1]


def is_other_unit(unit: str, wanted: str) -> bool:
    """Whether two units, folded, count differently: 万元 and 元, 元/月 and 元/年. What is not said is no other unit."""
    pairs = zip(_measure_and_period(unit), _measure_and_period(wanted), strict=True)
    return any(one and other and one != other for one, other in pairs)


def _measure_and_period(unit: str) -> tuple[str, str]:
    measure = next((known for known, words in _MEASURES if unit.startswith(words)), "")
    return measure, unit[-1] if unit.endswith(("年", "月")) and measure.endswith("元") else ""


@functools.cache
def _simplified() -> dict[int, str]:
    table: dict[int, str] = {}
    text = Path(__file__).with_name("traditional.txt").read_text("utf-8")
    for line in text.splitlines():
        if not line.startswith("#"):
            for group in line.split(" "):
                table.update(dict.fromkeys(map(ord, group[1:]), group[0]))
    return table
