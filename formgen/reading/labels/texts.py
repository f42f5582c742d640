"""Labels and values in one text: a cell or a paragraph of several lines, each with pairs or blanks of the form's own.

In: a cell and what lies around it. Out: sightings of what its lines say, and what they say besides as unread.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Sequence
from typing import Final

from formgen.reading.grid import GridCell
from formgen.reading.labels.anchors import looks_like_label, looks_like_name, whose
from formgen.reading.labels.inline import Pair, pairs_in
from formgen.reading.labels.ledger import Ledger
from formgen.reading.labels.neighbours import Neighbours
from formgen.reading.labels.placing import DATE_PART, Placing
from formgen.reading.labels.skeleton import LinePattern
from formgen.reading.model import Layer
from formgen.vocabulary.folding import fold

__all__ = ["LONG", "TextReader"]

LONG: Final = frozenset(["long-text", "text"])
"""Types of which any text is a value."""
_FREE: Final = LONG | {"place"}
_UPRIGHT: Final = 2
"""Characters in a line of a label that is written from top to bottom: 企 / 业 / 概 / 况."""
_BRACKET: Final = re.compile(r"\s*[(（]")
_COLON: Final = re.compile("[:：]")
_NOTE: Final = re.compile(
    r"\s*[(（【]?((?:填表|填写)?(?:说明|须知|要求|示例|样例)|注意?(?:事项)?|例如?|示例|样例)[)）】]?\s*[:：]"
)
_YEAR: Final = re.compile(r"\s*(?:\d{2,4}\s*年?)?\s*")
_WORD_ENDS: Final = re.compile(r"[\s:：]")


class TextReader:
    """The texts of one block, the sheet's `number`-th."""

    def __init__(self, ledger: Ledger, around: Neighbours, number: int) -> None:
        self.ledger = ledger
        self.anchors = ledger.anchors
        self.done = ledger.done
        self.around = around
        self.number = number

    def read_lines(self, cell: GridCell) -> bool:
        """Whether anything in the cell's text was read; what was not is unread."""
        lines = [line for line in cell.text.split("\n") if line.strip()]
        if len(lines) > 1 and (self._read_long(cell, lines) or self.read_whole(cell) or self._read_below_label(cell)):
            self.done.add(id(cell))
            return True
        joined = self._joined(lines)
        left = [line for line in joined if not self._read_line(cell, line)]
        if len(left) == len(joined):
            return False
        self.done.add(id(cell))
        for line in left:
            if not self.ledger.is_printed(line):
                self.ledger.leave(cell.place, line)
        return True

    def _joined(self, lines: Sequence[str]) -> list[str]:
        """The lines, where one goes on with the value or the label of the one above put together with it."""
        found: list[str] = []
        for line in lines:
            begins = self._begins(line) and not (found and self._is_one_label(found[-1], line))
            if found and not begins and pairs_in(found[-1], self.ledger.is_label):
                found[-1] += f"\n{line}"
            else:
                found.append(line)
        return found

    def _begins(self, line: str) -> bool:
        """Whether a line begins with a label, or is the form's own."""
        pairs = pairs_in(line, self.ledger.is_label)
        return bool(pairs and pairs[0].label and self.ledger.is_label(pairs[0].label)) or self.ledger.is_line(line)

    def _is_one_label(self, above: str, line: str) -> bool:
        """Whether a label was broken between two lines, whatever its halves are alone: 残疾人 / 姓名, 性 / 别."""
        half = _WORD_ENDS.split(above)[-1]
        head = line.strip()
        ends = [match.start() for match in _WORD_ENDS.finditer(head)] or [len(head)]
        return bool(half) and any(self.ledger.is_label(half + head[:end]) for end in ends[:3])

    def take_value(self, key: str, cell: GridCell, layer: Layer, confidence: float) -> None:
        """A value's text, without the lines below it that say who signed it and when."""
        lines = self._with_date(cell, key).split("\n")
        kept = len(lines)
        while kept and (not lines[kept - 1].strip() or self.read_closing(cell, lines[kept - 1], key)):
            kept -= 1
        self.ledger.see((key,), layer, cell.place, "\n".join(lines[:kept]), confidence)
        self.done.add(id(cell))

    def _with_date(self, cell: GridCell, key: str) -> str:
        """A cell's text; of a date the cells behind it too that go on with it: 1968 · 年 · 5 · 月."""
        texts, last = [cell.text], cell
        if self.anchors.fields[key].type_name == "date" and _YEAR.fullmatch(cell.text):
            while (right := self.around.right(last)) is not None and DATE_PART.fullmatch(right.text):
                texts.append(right.text)
                self.done.add(id(right))
                last = right
        return " ".join(text for text in texts if text.strip())

    def _read_long(self, cell: GridCell, lines: Sequence[str]) -> bool:
        """个人申请： on a line of its own, and the text below it in the same cell."""
        meaning = self.anchors.meaning(lines[0])
        if meaning is None or not lines[0].strip().endswith((":", "：")):
            return False
        key, confidence = self.ledger.persons.resolve(meaning, cell, self.around, (self.number, cell.row))
        if not key or self.anchors.fields[key].type_name not in LONG:
            return False
        rest = GridCell("\n".join(lines[1:]), cell.row, cell.column, cell.row_span, cell.column_span, cell.place)
        self.take_value(key, rest, "label", confidence)
        self.done.add(id(cell))
        return True

    def _read_below_label(self, cell: GridCell) -> bool:
        """姓名 and 张三 below it in one cell, where no other cell may hold the value; a word in brackets explains."""
        placing = Placing(self.around, self.anchors, self.done)
        lines = cell.text.split("\n")
        count = placing.label_above(cell)
        label, text = "".join(lines[:count]), "\n".join(lines[count:])
        meaning = self.anchors.meaning(label)
        is_upright = all(len(line.strip()) <= _UPRIGHT for line in lines)
        if meaning is None or is_upright or label.strip().endswith((":", "：")) or not self._is_value(text):
            return False
        if placing.has_room(cell):
            return False
        key, confidence = self.ledger.persons.resolve(meaning, cell, self.around, (self.number, cell.row))
        if key:
            self.take_value(key, dataclasses.replace(cell, text=text), "label", confidence)
        return bool(key)

    def _is_value(self, text: str) -> bool:
        """Whether a text is neither blank, nor a label, nor a word in brackets, nor the form's own."""
        is_label = self.ledger.is_label(text) or looks_like_label(text) or bool(pairs_in(text, self.ledger.is_label))
        return bool(text.strip()) and not is_label and not _BRACKET.match(text) and not self.ledger.is_line(text)

    def read_closing(self, cell: GridCell, line: str, box: str) -> bool:
        """The line at the foot of a box: who signed, and when. It belongs to the box, whatever else it looks like."""
        matches = self.closes(line, box)
        if len(matches) == 1:
            self.ledger.see_pattern(cell.place, *matches[0])
        return len(matches) == 1

    def closes(self, line: str, box: str) -> list[tuple[LinePattern, re.Match[str]]]:
        patterns = (item for item in self.anchors.skeleton.patterns if self._is_box(item.owner, box))
        return [(item, match) for item in patterns if (match := item.match(line))]

    def _is_box(self, owner: str, key: str) -> bool:
        meaning = self.anchors.meaning(owner) if owner else None
        return meaning is not None and list(meaning.fields) == [key]

    def read_whole(self, cell: GridCell) -> bool:
        """A sentence with blanks, broken where it pleased."""
        fitting = list(self._fits(cell, " ".join(cell.text.split("\n"))))
        if len(fitting) == 1:
            self.ledger.see_pattern(cell.place, *fitting[0])
        return len(fitting) == 1

    def _read_line(self, cell: GridCell, line: str) -> bool:
        fitting = list(self._fits(cell, line))
        if len(fitting) == 1:
            self.ledger.see_pattern(cell.place, *fitting[0])
            return True
        pairs = [] if self._answers_label(cell) or self._is_note(line) else pairs_in(line, self.ledger.is_label)
        for pair in pairs:
            self._read_pair(cell, pair)
        return bool(pairs)

    def _is_note(self, line: str) -> bool:
        """How to fill in the form, with its labels in it; not where the form has a blank for notes."""
        found = _NOTE.match(line)
        meaning = self.anchors.meaning(found[1]) if found else None
        return found is not None and not (meaning is not None and meaning.fields)

    def _answers_label(self, cell: GridCell) -> bool:
        """Whether the cell stands where a label beside it, that has found no value, would have it: 党组织 · 村 6."""
        left = next(self.around.leftwards(cell), None)
        return left is not None and id(left) not in self.done and self.ledger.is_label(left.text)

    def _fits(self, cell: GridCell, line: str) -> Iterator[tuple[LinePattern, re.Match[str]]]:
        """The lines of the template that this one reads as, in the same box; one that has no rival in any."""
        found = [(item, match) for item in self.anchors.skeleton.patterns if (match := item.match(line))]
        if not found:
            return
        owners = self._owners(cell)
        own = [entry for entry in found if entry[0].owner and self._is_owner(entry[0].owner, owners)]
        if own:
            yield from own
        elif len(found) == 1 and not found[0][0].is_lonely:
            yield from found

    def _owners(self, cell: GridCell) -> list[str]:
        """Labels the cell may belong to, the nearest first."""
        labels = [item.text for item in self.around.leftwards(cell) if self.anchors.meaning(item.text)]
        above = [item.text for item in self.around.upwards(cell) if self.anchors.meaning(item.text)]
        return (labels or above)[:1]

    def _is_owner(self, owner: str, labels: Sequence[str]) -> bool:
        wanted = self.anchors.meaning(owner)
        found = self.anchors.meaning(labels[0]) if labels else None
        if labels and fold(labels[0]) == owner:
            return True
        return (
            wanted is not None
            and found is not None
            and bool(wanted.fields)
            and wanted.fields.keys() == found.fields.keys()
        )

    def _read_pair(self, cell: GridCell, pair: Pair) -> None:
        spot = (self.number, cell.row)
        meaning = self.anchors.meaning(pair.label) if pair.label else None
        if meaning is not None:
            key, confidence = self.ledger.persons.resolve(meaning, cell, self.around, spot)
            if meaning.is_name and _COLON.search(pair.value):
                self.ledger.persons.name_somebody(spot, True)  # 张三（监护人：王五）
                key = ""
            is_free = bool(key) and self.anchors.fields[key].type_name in _FREE
            if key and (pair.end == "sure" or (pair.end == "open" and not is_free)):
                self.ledger.see((key,), "label", cell.place, pair.value, confidence)
                return
        elif pair.label and (whose(pair.label) not in ("", "person") or looks_like_name(pair.value)):
            self.ledger.persons.name_somebody(spot, True)
        text = f"{pair.label}：{pair.value}" if pair.label else pair.value
        if not self.ledger.is_printed(text) and (pair.value.strip() or not self.ledger.is_printed(pair.label)):
            self.ledger.leave(cell.place, text)
