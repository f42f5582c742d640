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
from collections.abc import Iterator, Sequence
from typing import Final

from formgen.forms.manifest import Manifest
from formgen.reading.grid import GridBlock, GridCell
from formgen.reading.labels.anchors import (
    EXACT,
    Anchors,
    Meaning,
    looks_like_name,
    whose,
)
from formgen.reading.labels.inline import Pair, pairs_in
from formgen.reading.labels.neighbours import Neighbours
from formgen.reading.labels.persons import Persons
from formgen.reading.labels.placing import Placing
from formgen.reading.labels.rosters import Roster, RosterRow, find_roster, is_total, rows_of
from formgen.reading.labels.skeleton import LinePattern, letters_of
from formgen.reading.model import FieldPath, Layer, SheetIdentity, SheetRead, Sighting, Unread
from formgen.vocabulary.folding import fold

__all__ = ["read_by_labels"]

PATTERN: Final = 0.8
LONG_PRINTED: Final = 4
"""From so many characters on a part of what the form prints is what the form prints."""
_WORD_ENDS: Final = re.compile(r"[\s:：]")
_BLANK: Final = re.compile(r"[\s_＿]*(?:年[\s_＿]*月[\s_＿]*日?|元)?[\s_＿]*")
"""A blank as it is printed: a line, a date without numbers, a unit."""
_LONG: Final = frozenset(["long-text", "text"])
_FREE: Final = _LONG | {"place"}


def read_by_labels(blocks: Sequence[GridBlock], manifest: Manifest, identity: SheetIdentity) -> SheetRead:
    """One sheet read by its labels alone."""
    return _LabelReader(blocks, manifest, identity).read()


class _LabelReader:
    def __init__(self, blocks: Sequence[GridBlock], manifest: Manifest, identity: SheetIdentity) -> None:
        self.blocks = blocks
        self.anchors = Anchors(manifest)
        self.sheet = SheetRead(manifest, identity)
        self.done: set[int] = set()
        """Cells of which all text is accounted for, by id."""
        self.persons = Persons(self.anchors)
        self.counts: dict[str, int] = {}
        self.number = 0

    def read(self) -> SheetRead:
        for number, block in enumerate(self.blocks):
            self.number = number
            self.around = Neighbours(block)
            if block.kind == "table":
                for table in self.anchors.tables:
                    self._read_tables(table)
            self._read_pairs(block)
        for block in self.blocks:
            for cell in block.cells:
                if id(cell) not in self.done and cell.text.strip() and self._is_to_be_shown(cell.text):
                    self.sheet.unread.append(Unread(cell.place, cell.text.strip()))
        return self.sheet

    # Rosters

    def _read_tables(self, table: str) -> None:
        start, end = 0, max(self.around.rows, default=-1) + 1
        while (roster := find_roster(self.around, table, self.anchors, start, end)) is not None:
            if any(id(cell) in self.done for header in roster.headers for cell in header.cells):
                return
            rival = self._rival(table, roster)
            heading = self._heading_of(roster)
            if rival or heading not in ("", *self._entities_of(table)):
                return
            start = self._read_roster(table, roster)

    def _rival(self, table: str, roster: Roster) -> bool:
        """Whether another table of the form has as good a claim to this header."""
        others = (other for other in self.anchors.tables if other != table)
        found = (find_roster(self.around, other, self.anchors, roster.first, roster.first + 1) for other in others)
        return any(item is not None and len(item.columns) >= len(roster.columns) for item in found)

    def _entities_of(self, table: str) -> set[str]:
        return {self.anchors.term_entity(column) for column in self.anchors.tables[table].columns}

    def _heading_of(self, roster: Roster) -> str:
        """Whom the line above the header is about: a row of one cell, or the paragraph before the table."""
        above = self.around.in_row(roster.first - 1) if roster.first else self._paragraph_before()
        texts = [cell.text for cell in above if cell.text.strip()]
        return whose(texts[0]) if len(texts) == 1 and len(fold(texts[0])) <= 12 else ""

    def _paragraph_before(self) -> Sequence[GridCell]:
        before = self.blocks[self.number - 1] if self.number else None
        return before.cells if before is not None and before.kind == "paragraph" else ()

    def _read_roster(self, table: str, roster: Roster) -> int:
        """Returns the row after the last one read."""
        self.sheet.tables.add(table)
        asked = {id(cell) for header, _ in roster.columns.values() for cell in header.cells}
        for header in roster.headers:
            self.done |= {id(cell) for cell in header.cells if id(cell) in asked or self._is_printed(cell.text)}
        last = roster.after
        for row in rows_of(self.around, roster, self.anchors):
            number = min(cell.row for cell in (*row.cells.values(), *row.others)) if row.cells else last
            if self._is_header_again(row, roster):
                continue
            last = max(last, number + 1)
            if is_total(row):
                self._read_total(table, roster, row)
            elif row.is_blank:
                self.done |= {id(cell) for cell in (*row.cells.values(), *row.others)}
            else:
                self._read_row(table, roster, row)
        return last

    def _is_header_again(self, row: RosterRow, roster: Roster) -> bool:
        texts = {key: fold(cell.text) for key, cell in row.cells.items() if cell.text.strip()}
        same = [key for key in texts if texts[key] in {fold(word) for word in roster.columns[key][0].spellings}]
        if len(same) < 2 or len(same) < len(texts):
            return False
        self.done |= {id(row.cells[key]) for key in same}
        return True

    def _read_row(self, table: str, roster: Roster, row: RosterRow) -> None:
        number = self.counts[table] = self.counts.get(table, 0) + 1
        for key, cell in row.cells.items():
            self._see((table, number, key), "header", cell.place, cell.text, roster.columns[key][1])
            self.done.add(id(cell))
        for cell in row.others:
            if self._is_row_number(cell, roster):
                self.done.add(id(cell))

    def _is_row_number(self, cell: GridCell, roster: Roster) -> bool:
        words = (word for header in roster.headers if header.column == cell.column for word in header.spellings)
        return cell.text.strip().isdecimal() and any(fold(word) in ("序号", "序", "no", "号") for word in words)

    def _read_total(self, table: str, roster: Roster, row: RosterRow) -> None:
        totals = {field.total_of[0]: key for key, field in self.anchors.fields.items() if len(field.total_of) == 1}
        for column, cell in row.cells.items():
            if fold(cell.text) == row.start:
                self.done.add(id(cell))
            elif (key := totals.get(f"{table}.{column}")) is not None:
                self._see((key,), "header", cell.place, cell.text, roster.columns[column][1])
                self.done.add(id(cell))

    # Labels and their values

    def _read_pairs(self, block: GridBlock) -> None:
        for cell in block.cells:
            if id(cell) in self.done or not cell.text.strip():
                continue
            meaning = self.anchors.meaning(cell.text)
            if meaning is not None and block.kind == "table":
                if not self._read_label(cell, meaning) and self._read_whole(cell):
                    self.done.add(id(cell))
            elif meaning is not None:
                self._read_paragraph_label(cell, meaning)
            elif not self._read_crossing(cell) and not self._read_lines(cell):
                self.persons.note(cell, self.around, (self.number, cell.row), self._is_printed(cell.text))
                if self._is_printed(cell.text):
                    self.done.add(id(cell))

    def _read_label(self, cell: GridCell, meaning: Meaning) -> bool:
        """Whether the label's value was found, or belongs to somebody else."""
        if self._is_section(cell):
            self.done.add(id(cell))
            return True
        value = Placing(self.around, self.anchors, self.done).value_of(cell)
        if value is None:
            return False
        key, confidence = self.persons.resolve(meaning, cell, self.around, (self.number, cell.row))
        if key:
            self.done.add(id(cell))
            self._take_value(key, value, "label", confidence)
        return True

    def _is_section(self, cell: GridCell) -> bool:
        """A label that others stand to the right of, in rows of their own: a heading."""
        right = self.around.right(cell)
        return right is not None and right.row_span < cell.row_span and self.anchors.meaning(right.text) is not None

    def _take_value(self, key: str, cell: GridCell, layer: Layer, confidence: float) -> None:
        """A value's text, without the lines below it that say who signed it and when."""
        lines = cell.text.split("\n")
        kept = len(lines)
        while kept and (not lines[kept - 1].strip() or self._read_closing(cell, lines[kept - 1], key)):
            kept -= 1
        self._see((key,), layer, cell.place, "\n".join(lines[:kept]), confidence)
        self.done.add(id(cell))

    def _read_paragraph_label(self, cell: GridCell, meaning: Meaning) -> None:
        """A paragraph that is a label: the paragraphs below it are its text, where the field is a text."""
        key, confidence = self.persons.resolve(meaning, cell, self.around, (self.number, 0))
        following = self._paragraphs_after()
        if not key or self.anchors.fields[key].type_name not in _LONG:
            if following and following[0].text.strip() and self._is_plain(following[0]):
                return  # what stands below may be its value: it is not known to be blank
            if self._read_lines(cell) or not self._is_printed(cell.text):
                return
            self.done.add(id(cell))
            return
        texts = list(itertools.takewhile(self._is_plain, following))
        if any(item.text.strip() for item in texts) and self._is_label_before():
            return  # labels one after the other and values after them: whose the text is nobody can tell
        if texts:
            place = next((item.place for item in texts if item.text.strip()), texts[0].place)
            self._see((key,), "label", place, "\n".join(item.text for item in texts).strip(), confidence)
            self.done |= {id(item) for item in (cell, *texts)}
            closing = list(itertools.takewhile(lambda item: self._closes(item.text, key), following[len(texts) :]))
            if len(closing) == 1 and self._read_closing(closing[0], closing[0].text, key):
                self.done.add(id(closing[0]))

    def _is_label_before(self) -> bool:
        return any(self._is_label(cell.text) for cell in self._paragraph_before())

    def _paragraphs_after(self) -> list[GridCell]:
        blocks = itertools.takewhile(lambda block: block.kind == "paragraph", self.blocks[self.number + 1 :])
        return [cell for block in blocks for cell in block.cells]

    def _is_plain(self, cell: GridCell) -> bool:
        """Whether a paragraph is nothing but text."""
        text = cell.text
        is_label = self.anchors.meaning(text) is not None or bool(pairs_in(text, self._is_label))
        return not is_label and not self._is_line(text)

    # Labels and values in one text

    def _read_lines(self, cell: GridCell) -> bool:
        """Whether anything in the cell's text was read; what was not is unread."""
        lines = [line for line in cell.text.split("\n") if line.strip()]
        if len(lines) > 1 and (self._read_long(cell, lines) or self._read_whole(cell)):
            self.done.add(id(cell))
            return True
        joined = self._joined(lines)
        left = [line for line in joined if not self._read_line(cell, line)]
        if len(left) == len(joined):
            return False
        self.done.add(id(cell))
        self.sheet.unread += [Unread(cell.place, line.strip()) for line in left if not self._is_printed(line)]
        return True

    def _joined(self, lines: Sequence[str]) -> list[str]:
        """The lines, where one goes on with the value or the label of the one above put together with it."""
        found: list[str] = []
        for line in lines:
            pairs = pairs_in(line, self._is_label)
            begins = bool(pairs and pairs[0].label and self._is_label(pairs[0].label)) or self._is_line(line)
            begins = begins and not (found and pairs and self._is_one_label(found[-1], pairs[0].label))
            if found and not begins and pairs_in(found[-1], self._is_label):
                found[-1] += f"\n{line}"
            else:
                found.append(line)
        return found

    def _is_one_label(self, above: str, label: str) -> bool:
        """Whether a label was broken between two lines, of which the second half is a label too: 残疾人 / 姓名."""
        return self._is_label(_WORD_ENDS.split(above)[-1] + label)

    def _is_line(self, text: str) -> bool:
        """Whether a text reads as one of the template's lines, or as what it prints."""
        return self._is_printed(text) or any(item.match(text) for item in self.anchors.skeleton.patterns)

    def _read_long(self, cell: GridCell, lines: Sequence[str]) -> bool:
        """个人申请： on a line of its own, and the text below it in the same cell."""
        meaning = self.anchors.meaning(lines[0])
        if meaning is None or not lines[0].strip().endswith((":", "：")):
            return False
        key, confidence = self.persons.resolve(meaning, cell, self.around, (self.number, cell.row))
        if not key or self.anchors.fields[key].type_name not in _LONG:
            return False
        rest = GridCell("\n".join(lines[1:]), cell.row, cell.column, cell.row_span, cell.column_span, cell.place)
        self._take_value(key, rest, "label", confidence)
        self.done.add(id(cell))
        return True

    def _read_closing(self, cell: GridCell, line: str, box: str) -> bool:
        """The line at the foot of a box: who signed, and when. It belongs to the box, whatever else it looks like."""
        matches = self._closes(line, box)
        if len(matches) == 1:
            self._see_pattern(cell, *matches[0])
        return len(matches) == 1

    def _closes(self, line: str, box: str) -> list[tuple[LinePattern, re.Match[str]]]:
        patterns = (item for item in self.anchors.skeleton.patterns if self._is_box(item.owner, box))
        return [(item, match) for item in patterns if (match := item.match(line))]

    def _is_box(self, owner: str, key: str) -> bool:
        meaning = self.anchors.meaning(owner) if owner else None
        return meaning is not None and list(meaning.fields) == [key]

    def _see_pattern(self, cell: GridCell, pattern: LinePattern, match: re.Match[str]) -> None:
        for (key, part), raw in zip(pattern.slots, match.groups(), strict=True):
            self._see((key,), "pattern", cell.place, raw.strip(" _＿　"), PATTERN, part)

    def _read_whole(self, cell: GridCell) -> bool:
        """A sentence with blanks, broken where it pleased."""
        fitting = list(self._fits(cell, " ".join(cell.text.split("\n"))))
        if len(fitting) == 1:
            self._see_pattern(cell, *fitting[0])
        return len(fitting) == 1

    def _read_line(self, cell: GridCell, line: str) -> bool:
        fitting = list(self._fits(cell, line))
        if len(fitting) == 1:
            self._see_pattern(cell, *fitting[0])
            return True
        pairs = pairs_in(line, self._is_label)
        for pair in pairs:
            self._read_pair(cell, pair)
        return bool(pairs)

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
            key, confidence = self.persons.resolve(meaning, cell, self.around, spot)
            is_free = bool(key) and self.anchors.fields[key].type_name in _FREE
            if key and (pair.end == "sure" or (pair.end == "open" and not is_free)):
                self._see((key,), "label", cell.place, pair.value, confidence)
                return
        elif pair.label and (whose(pair.label) not in ("", "person") or looks_like_name(pair.value)):
            self.persons.name_somebody(spot, True)
        text = f"{pair.label}：{pair.value}" if pair.label else pair.value
        if not self._is_printed(text) and (pair.value.strip() or not self._is_printed(pair.label)):
            self.sheet.unread.append(Unread(cell.place, text))

    def _is_label(self, text: str) -> bool:
        return self.anchors.meaning(text) is not None

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
                self._see((key,), "label", item.place, item.text, EXACT)
                self.done.add(id(item))
                is_read = True
        if is_read:
            self.done.add(id(cell))
            heads = (other for other in self.around.upwards(cell) if other.row != cell.row)
            for head in heads:  # the headers above, those of other columns too
                row = self.around.in_row(head.row)
                if any(fold(item.text) in rows for item in row):
                    self.done |= {id(item) for item in row if self._is_printed(item.text)}
        return is_read

    def _see(self, path: FieldPath, layer: Layer, place: str, text: str, confidence: float, part: str = "") -> None:
        raw = "" if _BLANK.fullmatch(text) else text.strip()
        self.sheet.sightings.append(Sighting(path, layer, place, raw, confidence, part))

    def _is_to_be_shown(self, text: str) -> bool:
        """A label without a value that was read is shown, be it printed on the form."""
        return not self._is_printed(text) or self.anchors.meaning(text) is not None

    def _is_printed(self, text: str) -> bool:
        """Whether the form prints just this: a title, a note, a label of its own."""
        letters = letters_of(text)
        printed = self.anchors.skeleton
        if len(letters) >= LONG_PRINTED and letters in printed.text:
            return True
        return bool(letters) and (letters in printed.words or letters in self.anchors.titles)
