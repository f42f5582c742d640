"""Values out of a fixed list: the base of sex, ethnicity, education, relation, category, grade and choice.

In: a label, a synonym or a code. Out: the label a form prints. One dictionary look-up reads whatever was foreseen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from formgen.problems import Finding
from formgen.values.cells import compact, plain_text, reject, shown
from formgen.values.contract import RawCell, ValueType

__all__ = ["Enumerated"]


class Enumerated(ValueType[str]):
    """A value that is one of `labels`.

    Args:
        labels: what a form prints, in the standard's order.
        synonyms: other spellings of a label (漢, 01, 男性): read without a word.
        reworded: other words than the label (大专 for 专科): `check` tells that the form will print another word.
    """

    def __init__(
        self,
        labels: Iterable[str],
        synonyms: Mapping[str, str] | None = None,
        reworded: Mapping[str, str] | None = None,
    ) -> None:
        self.labels = tuple(labels)
        self._reworded = dict(reworded or {})
        self._lookup = {**(synonyms or {}), **self._reworded, **{label: label for label in self.labels}}
        self._lookup.update({compact(key): label for key, label in self._lookup.items()})
        self._alphabet = frozenset("".join(self.labels))

    def parse(self, raw: RawCell) -> str:
        if type(raw) is str and (label := self._lookup.get(raw)) is not None:
            return label
        text = plain_text(raw)
        bare = compact(text)
        is_several = bare.isdigit() and len(text.split()) > 1  # 1 2 may be two codes
        found = None if is_several else self._find(bare)
        if found is None:
            raise reject("F-VALUE-006", shown(raw), wanted="、".join(self.labels))
        return found

    def _find(self, text: str) -> str | None:
        return self._lookup.get(text)

    def format(self, value: str) -> str:
        return value

    def check(self, value: str, raw: RawCell = None) -> tuple[Finding, ...]:
        if isinstance(raw, str) and raw != value and compact(raw) in self._reworded:
            return (Finding("F-VALUE-015", shown(raw), {"value": value}),)
        return ()

    @property
    def alphabet(self) -> frozenset[str]:
        return self._alphabet

    def json_schema(self) -> dict[str, Any]:
        return {"type": "string", "enum": list(self.labels)}
