"""Which form field a field of a manifest becomes: what may be typed or chosen, and how the viewer names it.

A value with a fixed list is a drop-down list; where people write more exact words than the list has, others may be
typed. A seal and a picture are nothing to type: they have no form field.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from formgen.forms.manifest import Field
from formgen.rendering.acroform.places import Blank
from formgen.values import Disability
from formgen.values.disability import CATEGORIES, GRADES
from formgen.values.enumerated import Enumerated

__all__ = ["BoxKind", "kind_of", "tooltip"]

NOT_TYPED: Final = frozenset(["seal", "image"])
WRAPPED: Final = frozenset(["text", "long-text", "name", "place"])
"""Types whose values may go on in a second line, where the box has one."""
OPEN_LISTS: Final = frozenset(["ethnicity", "education", "relation", "disability", "disability-category"])
"""Lists of a standard; people write other words for them (大专), which the type reads or refuses with its reason."""
MAX_LENGTHS: Final[Mapping[str, int]] = {"id-number": 18, "disability-certificate": 22}
"""Characters. GB 11643; GB/T 26341: 20 and, on a certificate issued again, B and up to two digits … B1 is the usual."""
PART_LENGTHS: Final[Mapping[str, int]] = {"year": 4, "month": 2, "day": 2}
PART_LABELS: Final[Mapping[str, str]] = {"year": "年", "month": "月", "day": "日"}


@dataclass(frozen=True, slots=True)
class BoxKind:
    """What a form field takes."""

    kind: Literal["text", "choice", "check"]
    choices: tuple[str, ...] = ()
    is_open: bool = False
    """Another text than the choices may be typed."""
    max_length: int | None = None
    may_wrap: bool = False


def kind_of(blank: Blank) -> BoxKind | None:
    """The form field of a blank; None where there is nothing to type."""
    item, spot = blank.item, blank.spot
    if item.type_name in NOT_TYPED:
        return None
    if item.is_box:
        return BoxKind("check")
    if spot.pieces:
        return BoxKind("text", may_wrap=True)
    if spot.part:
        return BoxKind("text", max_length=PART_LENGTHS[spot.part])
    choices = _choices(item)
    if choices:
        return BoxKind("choice", choices, item.type_name in OPEN_LISTS)
    return BoxKind("text", max_length=MAX_LENGTHS.get(item.type_name), may_wrap=item.type_name in WRAPPED)


def tooltip(blank: Blank) -> str:
    """What the viewer shows and reads out: the label, of a row its number, of a part of a date which it is."""
    said = blank.item.label
    if blank.spot.part:
        said = f"{said}（{PART_LABELS[blank.spot.part]}）"
    return f"{said}（第{blank.row_number}行）" if blank.row_number is not None else said


def _choices(item: Field) -> tuple[str, ...]:
    value_type = item.value_type
    show: Callable[..., str] = value_type.format
    if isinstance(value_type, Enumerated):
        return value_type.labels
    if item.type_name == "disability":
        return tuple(show(Disability(category, grade)) for category, grade in itertools.product(CATEGORIES, GRADES))
    if item.type_name == "checkbox":
        return (show(True), show(False))
    return ()
