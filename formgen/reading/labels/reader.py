"""A form we did not make: values found by the labels beside them.

In: a document as text in cells, and the form it is most like. Out: what the labels lead to, each with its confidence;
all other text is unread, for a person to look at.

A label's value stands to its right or below it, as the labels around it show; or behind it in the same text; or in a
line that reads as one of the form's own template. A label that may be of several persons (姓名, 联系电话) is read as
that person's whom the heading or the last label before it names; where neither says, or says somebody else, it is not
read at all. The rules err on the side of what a person has to look at.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from typing import Final

from formgen.forms.manifest import Manifest
from formgen.reading.grid import GridBlock, GridCell
from formgen.reading.labels.anchors import EXACT, Meaning, looks_like_label, names_somebody, whose
from formgen.reading.labels.inline import pairs_in
from formgen.reading.labels.ledger import Ledger
from formgen.reading.labels.neighbours import Neighbours
from formgen.reading.labels.placing import Placing
from formgen.reading.labels.tables import TableReader
from formgen.reading.labels.texts import LONG, TextReader
from formgen.reading.model import SheetIdentity, SheetRead
from formgen.vocabulary.folding import fold

__all__ = ["read_by_labels"]

_THOUSANDS: Final = re.compile(r"单位\s*[:：]?\s*(?:人民币)?[万千]元")
"""A line that says what all figures of the sheet count."""


def read_by_labels(blocks: Sequence[GridBlock], manifest: Manifest, identity: SheetIdentity) -> SheetRead:
    """One sheet read by its labels alone."""
    return _LabelReader(blocks, manifest, identity).read()


class _LabelReader:
    def __init__(self, blocks: Sequence[GridBlock], manifest: Manifest, identity: SheetIdentity) -> None:
        self.blocks = blocks
        self.ledger = Ledger(manifest, identity)
        self.anchors = self.ledger.anchors
        self.done = self.ledger.done
        self.tables = TableReader(self.ledger)
        self.number = 0

    def read(self) -> SheetRead:
        for number, block in enumerate(self.blocks):
            self.number = number
            self.around = Neighbours(block)
            self.texts = TextReader(self.ledger, self.around, number)
            if block.kind == "table":
                self.tables.read(self.around, self._paragraph_before())
            self._read_pairs(block)
        for block in self.blocks:
            for cell in block.cells:
                if id(cell) not in self.done and cell.text.strip() and self._is_to_be_shown(cell.text):
                    self.ledger.leave(cell.place, cell.text)
        if any(_THOUSANDS.search(cell.text) for block in self.blocks for cell in block.cells):
            self.ledger.forget_bare_money()
        return self.ledger.sheet

    def _paragraph_before(self) -> Sequence[GridCell]:
        before = self.blocks[self.number - 1] if self.number else None
        return before.cells if before is not None and before.kind == "paragraph" else ()

    # Labels and their values

    def _read_pairs(self, block: GridBlock) -> None:
        for cell in block.cells:
            if id(cell) in self.done or not cell.text.strip():
                continue
            meaning = self.anchors.meaning(cell.text)
            if meaning is not None and block.kind == "table":
                if not self._read_label(cell, meaning) and self.texts.read_whole(cell):
                    self.done.add(id(cell))
            elif meaning is not None:
                self._read_paragraph_label(cell, meaning)
            elif not self._read_crossing(cell) and not self.texts.read_lines(cell):
                self.ledger.persons.note(cell, self.around, (self.number, cell.row), self.ledger.is_printed(cell.text))
                if self.ledger.is_printed(cell.text):
                    self.done.add(id(cell))

    def _read_label(self, cell: GridCell, meaning: Meaning) -> bool:
        """Whether the label's value was found, or belongs to somebody else."""
        if self._is_section(cell):
            self.done.add(id(cell))
            return True
        value = Placing(self.around, self.anchors, self.done).value_of(cell)
        if value is None:
            if meaning.is_name and whose(cell.text):  # 帮扶人 above the labels of a helper
                self.ledger.persons.note(cell, self.around, (self.number, cell.row), False)
            return False
        if value.row > cell.row and self._is_list(cell, value):
            return True
        key, confidence = self.ledger.persons.resolve(meaning, cell, self.around, (self.number, cell.row))
        if key:
            self.done.add(id(cell))
            self.texts.take_value(key, value, "label", confidence)
        return True

    def _is_list(self, cell: GridCell, value: GridCell) -> bool:
        """Whether a label heads a column of several persons, or one of a family's."""
        if any(fold(item.text).endswith("关系") for item in self.around.in_row(cell.row)):
            return True
        following = self.around.below(value)
        if following is None or not following.text.strip() or following.column_span != value.column_span:
            return False
        row = self.around.in_row(following.row)
        return not any(self.ledger.is_label(item.text) or self.ledger.is_line(item.text) or looks_like_label(item.text)
                       for item in row)  # fmt: skip

    def _is_section(self, cell: GridCell) -> bool:
        """A label that others stand to the right of, in rows of their own: a heading."""
        right = self.around.right(cell)
        return right is not None and right.row_span < cell.row_span and self.ledger.is_label(right.text)

    def _read_paragraph_label(self, cell: GridCell, meaning: Meaning) -> None:
        """A paragraph that is a label: the paragraphs below it are its text, where the field is a text."""
        key, confidence = self.ledger.persons.resolve(meaning, cell, self.around, (self.number, 0))
        following = self._paragraphs_after()
        if not key and meaning.is_name and whose(cell.text):
            self.ledger.persons.note(cell, self.around, (self.number, 0), False)
        if not key or self.anchors.fields[key].type_name not in LONG:
            if following and following[0].text.strip() and self._is_plain(following[0]):
                return  # what stands below may be its value: it is not known to be blank
            if self.texts.read_lines(cell) or not self.ledger.is_printed(cell.text):
                return
            self.done.add(id(cell))
            return
        texts = list(itertools.takewhile(self._is_plain, following))
        if any(item.text.strip() for item in texts) and self._is_label_before():
            return  # labels one after the other and values after them: whose the text is nobody can tell
        if any(names_somebody(one.text, other.text) for one, other in itertools.pairwise(texts)):
            return  # lines of somebody else, which end nobody knows where
        if texts:
            place = next((item.place for item in texts if item.text.strip()), texts[0].place)
            self.ledger.see((key,), "label", place, "\n".join(item.text for item in texts).strip(), confidence)
            self.done |= {id(item) for item in (cell, *texts)}
            closing = list(itertools.takewhile(lambda item: self.texts.closes(item.text, key), following[len(texts) :]))
            if len(closing) == 1 and self.texts.read_closing(closing[0], closing[0].text, key):
                self.done.add(id(closing[0]))

    def _is_label_before(self) -> bool:
        return any(self.ledger.is_label(cell.text) for cell in self._paragraph_before())

    def _paragraphs_after(self) -> list[GridCell]:
        blocks = itertools.takewhile(lambda block: block.kind == "paragraph", self.blocks[self.number + 1 :])
        return [cell for block in blocks for cell in block.cells]

    def _is_plain(self, cell: GridCell) -> bool:
        """Whether a paragraph is nothing but text."""
        text = cell.text
        is_label = self.ledger.is_label(text) or bool(pairs_in(text, self.ledger.is_label))
        return not is_label and not self.ledger.is_line(text)

    # A label at the left and another above

    def _read_crossing(self, cell: GridCell) -> bool:
        """A row that is named in a table whose columns are: what stands where they meet."""
        rows = {header: keys for (label, header), keys in self.anchors.skeleton.crossings.items()
                if label == fold(cell.text)}  # fmt: skip
        if not rows:
            return False
        is_read = False
        for item in self.around.in_row(cell.row):
            if item.column <= cell.column or id(item) in self.done:
                continue
            headers = [fold(other.text) for other in self.around.upwards(item) if fold(other.text) in rows]
            keys = rows[headers[0]] if headers else set()
            if len(keys) == 1:
                (key,) = keys
                self.ledger.see((key,), "label", item.place, item.text, EXACT)
                self.done.add(id(item))
                is_read = True
        if is_read:
            self.done.add(id(cell))
            heads = (other for other in self.around.upwards(cell) if other.row != cell.row)
            for head in heads:  # the headers above, those of other columns too
                row = self.around.in_row(head.row)
                if any(fold(item.text) in rows for item in row):
                    self.done |= {id(item) for item in row if self.ledger.is_printed(item.text)}
        return is_read

    def _is_to_be_shown(self, text: str) -> bool:
        """A label without a value that was read is shown, be it printed on the form."""
        return not self.ledger.is_printed(text) or self.ledger.is_label(text)
