"""Labels folded, so that two spellings of one label are equal.

In: a label as somebody typed it. Out: the same without what does not tell labels apart: full-width forms, white space,
kinds of brackets and dashes, traditional characters, the asterisk and colon that forms put beside a label.
Source of the characters: traditional.txt, derived from OpenCC (Apache-2.0). A library would bring word tables too, which
labels do not need: both sides are folded alike, so one reading a character is enough.
Limits: for labels only. Never fold a value: NFKC changes characters that people have in their names.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from importlib import resources

__all__ = ["fold", "split_unit"]

_DROPPED = re.compile(r"[\s\u200b-\u200f\u2060\ufeff*★☆]+")
_EDGES = re.compile(r"^[:;、,.·]+|[:;、,.·]+$")
_BRACKETS = str.maketrans("[]{}【】〔〕〈〉《》「」『』〖〗", "()()()()()()()()()()")
_DASHES = str.maketrans("—–―‐‑‒−_", "--------")
_UNITS = (
    "元 万元 元/年 元/人 元/月 元/人/年 万元/年 元每年 人 名 户 岁 周岁 平方米 m2 亩 平米 年月 年月日 年/月 年/月/日 是/否 "
    "男/女 个 口 公斤 km 公里 必填 选填 可选 文本 文本格式"
).split()
_UNIT = re.compile(r"\((?:单位)?:?(" + "|".join(sorted(map(re.escape, _UNITS), key=len, reverse=True)) + r")\)$")


@functools.lru_cache(maxsize=8192)
def fold(label: str) -> str:
    """The label without the differences that do not matter."""
    text = unicodedata.normalize("NFKC", label)
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


@functools.cache
def _simplified() -> dict[int, str]:
    table: dict[int, str] = {}
    text = resources.files(__package__).joinpath("traditional.txt").read_text("utf-8")
    for line in text.splitlines():
        if not line.startswith("#"):
            for group in line.split(" "):
                table.update(dict.fromkeys(map(ord, group[1:]), group[0]))
    return table
