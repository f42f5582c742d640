"""Cells that hold words and values together: `{{ d.year }} 年 {{ d.month }} 月`, read backwards.

In: the text of a template's cell and what stands in the filled cell. Out: the text in each blank. White space between
words counts for nothing, for people retype it. What could be read in two ways is not read.
Limits: Jinja statements, filters and expressions cannot be read backwards.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from formgen.rendering.context import DATE_PARTS
from formgen.vocabulary.folding import fold

__all__ = ["CellPattern", "Slot", "compile_pattern"]

Slot = tuple[str, str]
"""Key of a field or column, and `year`, `month`, `day` or ''."""

VALUE: Final = re.compile(r"\{\{-?\s*(\w+(?:\.\w+)*)\s*-?\}\}")
DATE_ENDS: Final = {"year": "年", "month": "月", "day": "日"}


@dataclass(frozen=True, slots=True)
class CellPattern:
    """What a cell says around its values."""

    slots: tuple[Slot, ...]
    words: tuple[str, ...]
    """One more than slots: before, between and after them."""

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(key for key, _ in self.slots))

    @property
    def is_dated(self) -> bool:
        """Whether the cell is the parts of one date."""
        return len(self.keys) == 1 and all(part for _, part in self.slots)

    def read(self, raw: Any) -> Mapping[Slot, Any] | None:
        """What stands in each blank; None where the cell does not say it beyond doubt."""
        if not isinstance(raw, str):
            return {(self.keys[0], ""): raw} if self.is_dated else None
        if not raw.strip():
            return dict.fromkeys(self.slots, "")
        lazy, greedy = (self._match(raw, taken) for taken in (".*?", ".*"))
        if lazy is not None:
            return lazy if lazy == greedy else None
        is_alone = len(self.keys) == 1
        if self.is_dated or (is_alone and not any(fold(word) and fold(word) in fold(raw) for word in self.words)):
            return {(self.keys[0], ""): raw}  # the whole cell was retyped
        return None

    def joined(self, raw: Any, key: str) -> Any:
        """One key's text, the parts of a date put together; None where it cannot be told."""
        found = self.read(raw)
        if found is None:
            return None
        if (key, "") in found:
            return found[key, ""]
        parts = {part: text for (one, part), text in found.items() if one == key}
        if [bool(parts[part]) for part in parts] != sorted((bool(parts[part]) for part in parts), reverse=True):
            return None
        return "".join(text + DATE_ENDS[part] for part, text in parts.items() if text)

    def has_words(self, raw: str) -> bool:
        """Whether a cell says all the words of this one, in their order."""
        return self._match(raw, ".*?") is not None

    def _match(self, raw: str, taken: str) -> Mapping[Slot, str] | None:
        bits = [_spaced(self.words[0])]
        for word in self.words[1:]:
            bits += [f"({taken})", _spaced(word)]
        match = re.fullmatch("".join(bits), raw, re.DOTALL)
        return {slot: text.strip() for slot, text in zip(self.slots, match.groups(), strict=True)} if match else None


def compile_pattern(text: str, variable: str = "") -> CellPattern | None:
    """The pattern of a template's cell; None where it cannot be read backwards.

    `variable`: the name of a loop's row: `{{ r.name }}` is the column `name`.
    """
    slots: list[Slot] = []
    words: list[str] = []
    at = 0
    for match in VALUE.finditer(text):
        names = match[1].split(".")
        if variable and names[0] == variable:
            names = names[1:]
        if not names or len(names) > 2 or (len(names) == 2 and names[1] not in DATE_PARTS):
            return None
        slots.append((names[0], names[1] if len(names) == 2 else ""))
        words.append(text[at : match.start()])
        at = match.end()
    words.append(text[at:])
    if any("{" in word and ("{{" in word or "{%" in word or "{#" in word) for word in words):
        return None
    if not slots or len(set(slots)) < len(slots) or any(not word.strip() for word in words[1:-1]):
        return None  # nothing between two values: nobody can tell where one ends
    return CellPattern(tuple(slots), tuple(words))


def _spaced(word: str) -> str:
    """Words with whatever white space stands in and around them."""
    return r"\s*" + r"\s*".join(map(re.escape, "".join(word.split()))) + r"\s*"
