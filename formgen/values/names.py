"""Names of persons.

Source: 民委发〔2016〕33号 (the separator of given and family name is U+00B7, names of up to 25 ideographs and more).
Limits: no list of family names and no length is a ground to refuse a name. Names are not masked: a form is about
somebody.
"""

from __future__ import annotations

import re
from typing import ClassVar

from formgen.problems import Finding
from formgen.values.cells import half_width, reject, shown
from formgen.values.contract import RawCell
from formgen.values.fillers import SUSPECTS, UNSUSPECTED, is_total
from formgen.values.text import Text

__all__ = ["SEPARATOR", "PersonName"]

SEPARATOR = "·"
_SEPARATORS = re.compile("\\s*[・•‧∙⋅･﹒\u0387·]\\s*")
_HAN = "\u2e80-\u2fdf\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_DOT_BETWEEN_HAN = f"(?<=[{_HAN}])[.](?=[{_HAN}])"
_SPACE_BETWEEN_HAN = f"(?<=[{_HAN}·])\\s+(?=[{_HAN}·])"
"""Compiled when first needed: each takes 1.5 ms, and most names are clean."""
_ROW_END = re.compile("[\r\n\x0b\x0c\x85\u2028\u2029]+|[、；;]")
_COMPOUND = "欧阳 上官 司马 诸葛 东方 皇甫 尉迟 公孙 慕容 令狐 司徒 夏侯 宇文 长孙 端木 南宫 西门 独孤"
"""Family names of two characters, after which a line may end within one name."""
_SPACES = re.compile(r"\s+")
_CLEAN = re.compile(f"(?![{SUSPECTS}])[{_HAN}]+(?:·[{_HAN}]+)*")
_DOUBTFUL = re.compile(r"[0-9?*□■]")


class PersonName(Text):
    """A person's name: 王小明, 买买提·艾力. Rare characters pass; 张　三 is 张三."""

    name: ClassVar[str] = "name"
    plain: ClassVar[re.Pattern[str] | None] = re.compile(f"[{UNSUSPECTED}][\u4e00-\u9fff]*")

    def parse(self, raw: RawCell) -> str:
        if type(raw) is str and _CLEAN.fullmatch(raw):
            return raw
        if isinstance(raw, str) and _may_be_several(raw):
            raise reject("F-VALUE-039", shown(" / ".join(_ROW_END.split(raw.strip()))))
        return self._even_out(super().parse(raw))

    def _said(self, text: str) -> str:
        if is_total(text):
            raise reject("F-VALUE-038", shown(text))
        return super()._said(text)

    def _even_out(self, text: str) -> str:
        text = _SEPARATORS.sub(SEPARATOR, _SPACES.sub(" ", half_width(text)))
        return re.sub(_SPACE_BETWEEN_HAN, "", re.sub(_DOT_BETWEEN_HAN, SEPARATOR, text)).strip()

    def check(self, value: str, raw: RawCell = None) -> tuple[Finding, ...]:
        findings = list(super().check(value))
        if isinstance(raw, str) and raw.strip() != value:
            findings.append(Finding("F-VALUE-013", shown(raw), {"value": value}))
        if _DOUBTFUL.search(value):
            findings.append(Finding("F-VALUE-014", shown(value)))
        return tuple(findings)


def _may_be_several(text: str) -> bool:
    """Whether two names may stand on two lines, or in a list. A line of one character is part of a name."""
    parts = ["".join(part.split()) for part in _ROW_END.split(text.strip())]
    return (
        len(parts) > 1
        and parts[0] not in _COMPOUND.split()
        and all(len(part) > 1 and re.fullmatch(f"[{_HAN}]+(?:·[{_HAN}]+)*", part) for part in parts)
    )
