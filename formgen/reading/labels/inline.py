"""Labels and values in one text: 姓名：张三　性别：男, 联系电话 13900000000.

In: the text of a cell or a paragraph, and who knows labels. Out: pairs in the text's order. A label is what stands
before a colon, or a known label at the start of a word that a value follows. Text before the first label is a pair
without a label.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from formgen.reading.labels.anchors import looks_like_label, whose

__all__ = ["Pair", "pairs_in"]

_COLON: Final = re.compile(r"[:：]")
_BREAK: Final = re.compile(r"\s+|[,，;；。、]")
_WIDE_GAP: Final = re.compile(r"\s{2,}")
_STRICT_START: Final = re.compile(r"[0-9０-９A-Za-z□☐☑☒√✓]")
LONGEST: Final = 24


ValueEnd = Literal["sure", "open", "unclear"]
"""Where a value ends: sure; before a word with a colon that nobody knows as a label, so that it may go on; before
words that may be the value's or the next label's (本人 联系电话：)."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A label and what follows it; the label is '' of text that none stands before."""

    label: str
    value: str
    end: ValueEnd = "sure"


def pairs_in(text: str, is_label: Callable[[str], bool]) -> list[Pair]:
    """[] where no label that anybody knows stands in the text."""
    found = _by_colons(text, is_label) if _COLON.search(text) else _by_gaps(text, is_label)
    return found if any(is_label(pair.label) for pair in found if pair.label) else []


def _by_colons(text: str, is_label: Callable[[str], bool]) -> list[Pair]:
    pairs: list[Pair] = []
    label, start = "", 0
    for colon in _COLON.finditer(text):
        value, following, end = _label_at_end(text[start : colon.start()], is_label)
        if end == "open" and label and not value.strip():
            continue  # 地址：甲楼：二层: a colon of the value's own
        if label or value.strip():
            pairs.append(Pair(label, _clean(value), end))
        label, start = following, colon.end()
    pairs.append(Pair(label, _clean(text[start:])))
    return pairs


def _label_at_end(piece: str, is_label: Callable[[str], bool]) -> tuple[str, str, ValueEnd]:
    """What stands before a colon: the value that ends there, and the label that begins there."""
    wide = [match.end() for match in _WIDE_GAP.finditer(piece)]
    if wide and is_label(piece[wide[-1] :]):
        return piece[: wide[-1]], piece[wide[-1] :].strip(), "sure"
    starts = sorted({0, *(match.end() for match in _BREAK.finditer(piece))})
    labels = [start for start in starts if _begins_word(piece, start) and is_label(piece[start:])]
    if labels:
        value = piece[: labels[0]].rstrip().rstrip(",，;；")  # a comma between pairs, not after a wide gap
        return value, piece[labels[0] :].strip(), "sure" if len(labels) == 1 else "unclear"
    return piece[: starts[-1]], piece[starts[-1] :].strip(), "open"  # a label nobody knows: the last word


def _begins_word(piece: str, start: int) -> bool:
    return 0 < len(piece) - start <= LONGEST and piece[start].isalnum()


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
            if last.value and (looks_like_label(word) or whose(word) not in ("", "person")):
                return []  # a label nobody knows: whose what follows is cannot be told
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
    return value.strip().strip("_ ＿　")
