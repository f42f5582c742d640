"""Whose labels are being read: 姓名 and 联系电话 may be of the disabled person, the helper, or a guardian.

In: labels and other texts in reading order. Out: for each label the field it is of, or none. A heading decides; else
the last label in the same row that names somebody. A label that may be somebody else's is nobody's.
"""

from __future__ import annotations

import re
from typing import Final

from formgen.reading.grid import GridCell
from formgen.reading.labels.anchors import PERSONAL, SOMEBODY, Anchors, Meaning, looks_like_name, whose
from formgen.reading.labels.neighbours import Neighbours
from formgen.reading.labels.skeleton import letters_of
from formgen.vocabulary.folding import fold

__all__ = ["Persons", "Spot"]

Spot = tuple[int, int]
"""Block and row."""
_HEADING: Final = 24
_SHORT: Final = 12
_TITLE: Final = re.compile(r"(表|书|册|单|卡|档案|方案|通知|附件\d*)$")


class Focus:
    """Who was named last, and where."""

    __slots__ = ("entity", "has_name", "spot")

    def __init__(self, entity: str = "") -> None:
        self.entity = entity
        self.has_name = False
        self.spot: Spot = (-1, -1)

    def move(self, entity: str, spot: Spot, has_name: bool) -> None:
        self.has_name = has_name or (self.has_name and entity == self.entity)
        self.entity, self.spot = entity, spot


class Persons:
    """Follows the reading of one sheet."""

    def __init__(self, anchors: Anchors) -> None:
        self.anchors = anchors
        self.focus = Focus()
        self.section = ""
        """Whom the last heading over the whole width was about."""

    def resolve(self, meaning: Meaning, cell: GridCell, around: Neighbours, spot: Spot) -> tuple[str, float]:
        """The field that a label here is of, and the confidence; '' where it is nobody's or may be several's."""
        fields = meaning.fields
        default = next(iter(fields)) if len(fields) == 1 else ""
        entity = self.anchors.entities.get(default, "") if default else ""
        if not meaning.entities:
            return default, fields.get(default, 0.0)
        heading = self._heading(around, cell)
        if len(meaning.entities) == 1:
            (wanted,) = meaning.entities
            if (heading or self.section) in (SOMEBODY, "member") and (heading or self.section) != wanted:
                return "", 0.0
        elif heading:
            wanted = heading
        else:
            wanted = self._whose_turn(meaning, entity, spot)
        if wanted in PERSONAL:
            self.focus.move(wanted, spot, meaning.is_name)
        found = [key for key in fields if self.anchors.entities.get(key, "") in (wanted, "")]
        return (found[0], fields[found[0]]) if len(found) == 1 else ("", 0.0)

    def _whose_turn(self, meaning: Meaning, default: str, spot: Spot) -> str:
        """Of whom a label speaks that may be of several, by the labels before it."""
        last = self.focus
        if not last.entity or last.entity == default:
            return default or SOMEBODY
        starts_anew = meaning.is_name and last.has_name and last.entity != self.section
        if (last.spot == spot or last.entity == self.section) and not starts_anew:
            return last.entity if last.entity in meaning.entities else SOMEBODY
        return default if starts_anew and default else SOMEBODY

    def note(self, cell: GridCell, around: Neighbours, spot: Spot, is_printed: bool) -> None:
        """A text that is no label. Short and alone in its row it is a heading; beside a value it may name somebody."""
        row = around.in_row(cell.row)
        is_heading = len(fold(cell.text)) <= _SHORT and _TITLE.search(fold(cell.text)) is None
        entity = whose(cell.text) if is_heading else ""
        if len(row) == 1:
            if not is_printed or entity:
                self.section = entity
                self.focus = Focus(entity)
            return
        right = around.right(cell) if cell.row_span == 1 else None
        if right is not None and (entity not in ("", "person") or looks_like_name(right.text)):
            self.name_somebody(spot, self.anchors.meaning(right.text) is None)

    def name_somebody(self, spot: Spot, has_name: bool) -> None:
        """Somebody the form does not ask about: the labels that follow may be theirs."""
        self.focus.move(SOMEBODY, spot, has_name)

    def _heading(self, around: Neighbours, cell: GridCell) -> str:
        """Whom the heading is about that the label stands under: to its left, or above it and wider."""
        for other in around.leftwards(cell):
            if not self._may_be_heading(other, around):
                continue
            right = around.right(other, cell.row)
            is_one = right is not None and self.anchors.meaning(right.text) is not None
            if (is_one or other.row_span > cell.row_span) and (entity := whose(other.text)):
                return entity
            if other.row_span > cell.row_span and letters_of(other.text) not in self.anchors.skeleton.words:
                return SOMEBODY  # somebody the vocabulary does not know
        for other in around.upwards(cell):
            right = around.right(other)
            if other.column_span <= cell.column_span or len(around.in_row(other.row)) == 1:
                continue
            is_beside_heading = right is None or whose(right.text) != ""
            if is_beside_heading and self._may_be_heading(other, around) and (entity := whose(other.text)):
                return entity
        return ""

    def _may_be_heading(self, cell: GridCell, around: Neighbours) -> bool:
        """Whether a text is short, no label's value, and no label but one that names a person."""
        meaning = self.anchors.meaning(cell.text)
        if (meaning is not None and not meaning.is_name) or (meaning is None and self._has_label(cell.text)):
            return False
        left, below = next(around.leftwards(cell), None), around.below(cell)
        is_above_label = below is not None and self.anchors.meaning(below.text) is not None
        is_value = left is not None and self.anchors.meaning(left.text) is not None and not is_above_label
        return 0 < len(letters_of(cell.text)) <= _HEADING and not is_value

    def _has_label(self, text: str) -> bool:
        """Whether a text is a label with its value: 残疾人姓名：张三, or in two lines."""
        return ":" in fold(text) or self.anchors.meaning(text.split("\n")[0]) is not None
