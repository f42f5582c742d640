"""Words that stand in a cell and are none of its values: what shows that nothing follows, what repeats, what adds up.

In: a cell's text. Out: whether it is a ditto mark (〃, 同上), a filler (以下空白) or the name of a total (合计).
"""

from __future__ import annotations

import itertools
import re
from typing import Final

from formgen.values.cells import compact

__all__ = ["SUSPECTS", "TOTALS", "UNSUSPECTED", "is_ditto", "is_filler", "is_total"]

TOTALS: Final = frozenset(["合计", "总计", "小计", "共计", "累计"])
SUSPECTS: Final = "同如以此本合总小共累"
"""With one of these begins every ideograph text that is one of the words of this module."""
_BOUNDS: Final = ["\u4dff", *sorted(SUSPECTS), "\ua000"]
UNSUSPECTED: Final = "".join(f"{chr(ord(one) + 1)}-{chr(ord(other) - 1)}" for one, other in itertools.pairwise(_BOUNDS))
"""All other ideographs, for the first character of patterns: what matches is its own value and needs no look."""

_DITTO: Final = re.compile(r"(?:(?:同[上左前]|如上)|[〃〝〞″ʺ\"“”„＂]+|(?:''|′′|’’|‘‘|´´)+)[。.]?")
_FILLER: Final = re.compile(
    r"[(\[【—-]*(?:[此本](?:[栏行页表格]|表格))?以下(?:[此本](?:[栏行页表格]))?(?:均?为?空白|无正文|均?无|空)[)\]】—-]*[。.]?"
)
_LONGEST: Final = 16


def is_ditto(text: str) -> bool:
    """Whether a text means what stands above it or beside it."""
    return len(text) <= _LONGEST and _DITTO.fullmatch(compact(text)) is not None


def is_filler(text: str) -> bool:
    """Whether a text says that nothing follows."""
    return len(text) <= _LONGEST and "以下" in (said := compact(text)) and _FILLER.fullmatch(said) is not None


def is_total(text: str) -> bool:
    """Whether a text names a sum, and nothing else."""
    return len(text) <= _LONGEST and compact(text).rstrip(":") in TOTALS
