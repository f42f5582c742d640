"""Differences between the two prints that are known and wanted, each with its reason. Anything else fails the test."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from tests.parity.compared import Difference, Outcome

__all__ = ["WANTED", "reason_of"]

ROUNDED_PT: Final = 0.25
"""LibreOffice rounds the widths of letters and digits to twentieths of a point, so a line's may differ by so much."""
PARTED: Final = re.compile(r"…\|…|—\|—")
COUNT: Final = re.compile("共[0-9]+页")


def _is_parted_pair(item: Difference, outcome: Outcome) -> bool:
    return item.kind == "breaks" and PARTED.search(item.word) is not None and not PARTED.search(item.ours)


def _is_rounded(item: Difference, outcome: Outcome) -> bool:
    return item.kind == "breaks" and abs(item.by_pt) <= ROUNDED_PT


def _is_count_of_sheets(item: Difference, outcome: Outcome) -> bool:
    return item.kind == "words" and bool(outcome.sheets) and COUNT.sub("", item.word) == COUNT.sub("", item.ours) != ""


def _is_named_page(item: Difference, outcome: Outcome) -> bool:
    return item.kind == "named page"


def _is_repeated(item: Difference, outcome: Outcome) -> bool:
    return item.kind == "words" and item.area is not None and item.area.is_rest and not item.word


def _is_broken_group(item: Difference, outcome: Outcome) -> bool:
    return item.kind == "place" and item.area is not None and item.area.is_broken


def _is_kept_together(item: Difference, outcome: Outcome) -> bool:
    return item.kind == "tail"


Test = Callable[[Difference, Outcome], bool]
WANTED: Final[Mapping[str, tuple[Test, str]]] = {
    "pair": (
        _is_parted_pair,
        "LibreOffice parts …… and —— at a line's end, which GB/T 15834 forbids and Word does not do either.",
    ),
    "rounding": (
        _is_rounded,
        "The line is as long as its cell is wide: LibreOffice rounds widths to twips and finds it longer or shorter.",
    ),
    "repeated": (
        _is_repeated,
        "Rows of one household that go on on the next page have their number there, too; Word leaves the cell blank.",
    ),
    "broken group": (
        _is_broken_group,
        "In the last row before a page's end within a household LibreOffice centres nothing; Word does, and so do we.",
    ),
    "kept together": (
        _is_kept_together,
        "What follows a growing table stands together, on a page of its own with the repeated head where there is no "
        "room; Word breaks it where the page ends. The same words.",
    ),
    "count": (
        _is_count_of_sheets,
        "The PDF counts continuation sheets as pages of the form; LibreOffice does not know SECTIONPAGES.",
    ),
    "named page": (
        _is_named_page,
        "The PDF's continuation sheet names the page it continues (接第1页); a Word file cannot know it (接正表). "
        "It repeats its head on every page and has a foot.",
    ),
}


def reason_of(item: Difference, outcome: Outcome) -> str:
    """The name of the reason for a difference; '' where there is none."""
    return next((name for name, (is_it, _) in WANTED.items() if is_it(item, outcome)), "")
