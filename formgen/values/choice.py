"""A choice among the options a form prints, with or without its boxes: 务工, ☑务工 □养殖."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import ClassVar

from formgen.values.cells import reject, shown
from formgen.values.contract import RawCell
from formgen.values.enumerated import Enumerated

__all__ = ["EMPTY_MARKS", "TICKED_MARKS", "Choice"]

TICKED_MARKS = "☑☒√✓✔■●"
EMPTY_MARKS = "□☐○◯"
_MARK = re.compile(f"([{TICKED_MARKS}{EMPTY_MARKS}])")
_BRACKETS = re.compile(r"[()\[\]【】〔〕]")


class Choice(Enumerated):
    """One of `choices`.

    Raises:
        ValueError: no choices, or two that read alike.
    """

    name: ClassVar[str] = "choice"

    def __init__(self, *, choices: Sequence[object]) -> None:
        labels = [str(choice).strip() for choice in choices]
        if not labels or "" in labels or isinstance(choices, str):
            raise ValueError("choices: a list of at least one label, none of them blank")
        super().__init__(labels)
        if len({self._bare(label) for label in labels}) < len(labels):
            raise ValueError(f"choices: two labels read alike: {'、'.join(labels)}")
        self._bare_lookup = {self._bare(label): label for label in labels}

    def parse(self, raw: RawCell) -> str:
        if type(raw) is str and raw not in self._lookup and len(self._ticked(raw)) > 1:
            raise reject("F-VALUE-016", shown(raw), wanted="、".join(self.labels))
        return super().parse(raw)

    def _find(self, text: str) -> str | None:
        found = super()._find(text) or self._bare_lookup.get(self._bare(text))
        if found is None and len(ticked := self._ticked(text)) == 1:
            return ticked[0]
        return found

    def _ticked(self, text: str) -> list[str]:
        """The labels beside a ticked mark; marks stand before their labels (☑是 □否) or after them (是√ 否□)."""
        bits = [bit for bit in _MARK.split(_BRACKETS.sub("", text)) if bit.strip()]
        if not bits:
            return []
        if _MARK.fullmatch(bits[0]) is None:
            bits.reverse()
        pairs = zip(bits[::2], bits[1::2], strict=False)
        labels = (self._bare_lookup.get(self._bare(label)) for mark, label in pairs if mark in TICKED_MARKS)
        return [label for label in labels if label is not None]

    @staticmethod
    def _bare(text: str) -> str:
        return "".join(_BRACKETS.sub("", _MARK.sub("", text)).split())
