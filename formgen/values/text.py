"""Text: one line, many lines, and places written as text.

Text stays what its writer wrote, full-width forms included; what looks like a formula is text. Evened out are only
white space at both ends, line breaks, and characters that nobody sees; `check` reports what is worth telling.
"""

from __future__ import annotations

import datetime
import re
from typing import Any, ClassVar

from formgen.problems import Finding
from formgen.values.cells import forbidden_character, half_width, is_scientific, plain_text, reject, shown
from formgen.values.contract import RawCell, ValueType
from formgen.values.fillers import UNSUSPECTED, is_ditto, is_filler

__all__ = ["LongText", "PlaceName", "Text", "lost_character_findings"]

_INVISIBLE = re.compile("[\u200b\u200e\u200f\u2060\ufeff\u00ad\u202a-\u202e]")
_LINE_BREAK = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_WHITE = re.compile(r"[ \t]*\n[ \t\n]*|\t")
_PRIVATE_USE = re.compile("[\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd]")


class Text(ValueType[str]):
    """One line of text. A line break inside becomes one space."""

    name: ClassVar[str] = "text"
    plain: ClassVar[re.Pattern[str] | None] = re.compile(f"[0-9{UNSUSPECTED}][0-9\u4e00-\u9fff]*")

    def parse(self, raw: RawCell) -> str:
        # isprintable() is False for every control, invisible or odd space: what passes needs no work.
        if type(raw) is str and raw and raw.isprintable() and raw[0] != " " and raw[-1] != " ":
            return self._said(raw)
        return self._said(self._even_out(_clean(raw)))

    def _said(self, text: str) -> str:
        """The text. Raises: Rejected: it stands for another cell's, or for a blank."""
        if is_ditto(text):
            raise reject("F-VALUE-019", shown(text))
        if is_filler(text):
            raise reject("F-VALUE-038", shown(text))
        return text

    def _even_out(self, text: str) -> str:
        return _WHITE.sub(" ", text)

    def format(self, value: str) -> str:
        return value

    def check(self, value: str, raw: RawCell = None) -> tuple[Finding, ...]:
        findings = list(lost_character_findings(value))
        if isinstance(raw, datetime.date):
            findings.append(Finding("F-VALUE-009", value))
        if is_scientific(value):
            findings.append(Finding("F-VALUE-008", value))
        if isinstance(raw, str) and "\n" in raw.strip() and "\n" not in value:
            findings.append(Finding("F-VALUE-007", shown(raw)))
        return tuple(findings)

    def json_schema(self) -> dict[str, Any]:
        return {"type": "string", "minLength": 1}


class LongText(Text):
    """Text of several lines: line breaks are kept and all written as LF."""

    name: ClassVar[str] = "long-text"

    plain: ClassVar[re.Pattern[str] | None] = re.compile("[0-9\u4e00-\u9fff]+")

    def _even_out(self, text: str) -> str:
        return text.replace("\t", " ")

    def _said(self, text: str) -> str:
        return text  # an opinion may be 同上


class PlaceName(Text):
    """A place as officials write it: 新密市来集镇王堂村. Codes (GB/T 2260) are not looked up."""

    name: ClassVar[str] = "place"
    plain: ClassVar[re.Pattern[str] | None] = re.compile(f"[{UNSUSPECTED}][\u4e00-\u9fff]*")

    def check(self, value: str, raw: RawCell = None) -> tuple[Finding, ...]:
        digits = (Finding("F-VALUE-010", value),) if half_width(value).replace(".", "").isdigit() else ()
        return super().check(value, raw) + digits


def lost_character_findings(value: str) -> tuple[Finding, ...]:
    """Warnings for characters that only one machine shows (private use) or that were lost on the way (U+FFFD)."""
    if value.isprintable() and "\ufffd" not in value:
        return ()
    findings = []
    if private := _PRIVATE_USE.findall(value):
        points = "、".join(dict.fromkeys(f"U+{ord(character):04X}" for character in private))
        findings.append(Finding("F-VALUE-012", shown(value), {"points": points}))
    if "\ufffd" in value:
        findings.append(Finding("F-VALUE-011", shown(value)))
    return tuple(findings)


def _clean(raw: RawCell) -> str:
    text = _INVISIBLE.sub("", _LINE_BREAK.sub("\n", plain_text(raw))).strip()
    if not text:
        raise reject("F-VALUE-001", "")
    if (point := forbidden_character(text)) is not None:
        raise reject("F-VALUE-002", shown(text.encode("utf-8", "replace").decode()), point=point)
    return text
