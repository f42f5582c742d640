"""Labels and values in one text: 姓名：张三　性别：男, 联系电话 13900000000.

In: the text of a cell or a paragraph, and who knows labels. Out: pairs in the text's order. A label is what stands
before a colon, or a known label at the start of a word that a value follows. Text before the first label is a pair
without a label.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

__all__ = ["Pair", "pairs_in"]

_COLON: Final = re.compile(r"[:：]")
_GAP: Final = re.compile(r"\s+")
_PUNCTUATION: Final = re.compile(r"[,，;；。、]")
_STRICT_START: Final = re.compile(r"[0-9０-９A-Za-z□☐☑☒√✓]")
LONGEST: Final = 24


@dataclass(frozen=True, slots=True)
class Pair:
    """A label and what follows it; the label is '' of text that none stands before."""

    label: str
    value: str


def pairs_in(text: str, is_label: Callable[[str], bool]) -> list[Pair]:
    """[] where no label that anybody knows stands in the text."""
    found = _by_colons(text, is_label) if _COLON.search(text) else _by_gaps(text, is_label)
    return found if any(is_label(pair.label) for pair in found if pair.label) else []


def _by_colons(text: str, is_label: Callable[[str], bool]) -> list[Pair]:
    pieces = _COLON.split(text)
    pairs: list[Pair] = []
    label, value = "", ""
    for number, piece in enumerate(pieces):
        if number == len(pieces) - 1:
            value, following = piece, ""
        else:
            value, following = _label_at_end(piece, is_label)
        if label or value.strip():
            pairs.append(Pair(label, _clean(value)))
        label = following
    return pairs


def _label_at_end(piece: str, is_label: Callable[[str], bool]) -> tuple[str, str]:
    """What stands before a colon: the value that ends there, and the label that begins there."""
    starts = [0, *(match.end() for match in _GAP.finditer(piece)), *(m.end() for m in _PUNCTUATION.finditer(piece))]
    for start in sorted(set(starts)):
        if len(piece) - start <= LONGEST and is_label(piece[start:]):
            return piece[:start], piece[start:].strip()
    start = max(starts)  # a label nobody knows: the last word
    return piece[:start], piece[start:].strip()


def _by_gaps(text: str, is_label: Callable[[str], bool]) -> list[Pair]:
    """姓名 张三 性别 男; a known label and a number without a gap."""
    words = list(_words(text, is_label))
    if not words or not words[0][1]:
        return []
    pairs: list[Pair] = []
    for word, is_one in words:
        if is_one:
            pairs.append(Pair(word, ""))
        else:
            last = pairs[-1]
            pairs[-1] = Pair(last.label, f"{last.value} {word}".strip())
    return pairs if all(pair.value for pair in pairs) else []


def _words(text: str, is_label: Callable[[str], bool]) -> Iterator[tuple[str, bool]]:
    for word in text.split():
        if is_label(word):
            yield word, True
            continue
        cut = next((at for at in range(min(len(word) - 1, LONGEST), 1, -1)
                    if _STRICT_START.match(word[at]) and is_label(word[:at])), 0)  # fmt: skip
        if cut:
            yield word[:cut], True
        yield word[cut:], False


def _clean(value: str) -> str:
    return value.strip().rstrip(",，;；").strip("_ ＿　")
