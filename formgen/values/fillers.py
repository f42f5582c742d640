"""Words that stand in a cell and are none of its values: what shows that nothing follows, what repeats, what adds up.

In: a cell's text. Out: whether it is a ditto mark (〃, 同上), a filler (以下空白) or the name of a total (合计).
"""

from __future__ import annotations

import re
from typing import Final

from formgen.values.cells import compact

__all__ = ["SAYS_NOTHING", "TOTALS", "is_ditto", "is_filler", "is_total"]

TOTALS: Final = frozenset(["合计", "总计", "小计", "共计", "累计"])
SAYS_NOTHING: Final = r"(?!同[上左前]\Z|如上\Z|[^以]{0,2}以下)"
"""Begins a pattern of ideographs that are their own value: what may be one of these words is looked at more closely."""

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
