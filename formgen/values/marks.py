"""Marks made by hand or by a box: checkbox, signature, seal. Each is there or not: a bool."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from formgen.values.cells import compact, plain_text, reject, shown
from formgen.values.contract import RawCell, ValueType

__all__ = ["Checkbox", "Seal", "Signature"]

_YES = ("是", "√", "✓", "✔", "☑", "☒", "■", "●", "1", "true", "t", "yes", "y", "对", "有", "on")
_NO = ("否", "□", "☐", "○", "◯", "0", "false", "f", "no", "n", "不是", "非", "无", "×", "✗", "✘", "off")


class _Mark(ValueType[bool]):
    """There, or not there; `yes` and `no` are what a form prints for each."""

    def __init__(self, yes: str, no: str, more_yes: Iterable[str] = (), more_no: Iterable[str] = ()) -> None:
        if not yes or not no or yes == no:
            raise ValueError("yes, no: two different texts, none of them blank")
        self.yes, self.no = yes, no
        self._lookup = dict.fromkeys((*_YES, *more_yes), True) | dict.fromkeys((*_NO, *more_no), False)
        self._lookup |= {yes: True, no: False}

    def parse(self, raw: RawCell) -> bool:
        if isinstance(raw, bool):
            return raw
        if type(raw) is str and (value := self._lookup.get(raw)) is not None:
            return value
        value = self._lookup.get(compact(plain_text(raw)).lower())
        if value is None:
            # A person types a word; the boxes are what the form prints.
            yes, no = (self.yes, self.no) if (self.yes + self.no).isalnum() else ("是", "否")
            raise reject("F-VALUE-018", shown(raw), yes=yes, no=no)
        return value

    def format(self, value: bool) -> str:
        return self.yes if value else self.no

    @property
    def alphabet(self) -> frozenset[str]:
        return frozenset(self.yes + self.no)


class Checkbox(_Mark):
    """A box to tick, or a column of 是 and 否 (yes="是", no="否")."""

    name: ClassVar[str] = "checkbox"

    def __init__(self, *, yes: str = "☑", no: str = "□") -> None:
        super().__init__(yes, no)

    def to_json(self, value: bool) -> bool:
        return value

    def json_schema(self) -> dict[str, Any]:
        return {"type": "boolean"}


class _HandMade(_Mark):
    """What somebody adds to the paper; nothing of it is kept but its presence."""

    def __init__(self) -> None:
        super().__init__(
            "有",
            "无",
            ("present", "已签", "已签字", "已盖", "已盖章"),
            ("absent", "未签", "未签字", "未盖", "未盖章", "没有"),
        )

    def to_json(self, value: bool) -> str:
        return "present" if value else "absent"

    def json_schema(self) -> dict[str, Any]:
        return {"type": "string", "enum": ["present", "absent"]}


class Signature(_HandMade):
    """Somebody's signature or fingerprint."""

    name: ClassVar[str] = "signature"


class Seal(_HandMade):
    """An office's seal."""

    name: ClassVar[str] = "seal"
