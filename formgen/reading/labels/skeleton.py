"""What a form prints around its blanks: learnt from its template, once.

In: the template as text in cells. Out: the printed label of each field, the header of each column, and a pattern for
each line in which words and blanks stand together (审核人：＿＿ 公章 ＿年＿月＿日), with the label of its box.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from formgen.forms.manifest import Manifest
from formgen.reading.fingerprint import printed_texts
from formgen.reading.grid import GridBlock, GridCell
from formgen.reading.labels.neighbours import Neighbours
from formgen.reading.labels.template_grid import template_blocks
from formgen.vocabulary.folding import fold

__all__ = ["LinePattern", "Skeleton", "letters_of", "skeleton_of"]

_TAG: Final = re.compile(r"\{\{-?\s*(\w+)(?:\s*\.\s*(\w+))?[^{}]*\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_LONELY: Final = 3
"""A pattern with fewer characters of its own (＿元) says nothing without the label beside it."""
_NUMBER: Final = r"([\d\s_]*?|[〇○零一二三四五六七八九十\s_]*?)"
"""In one kind of digits: the 三 of a name is no digit of the year after it."""
_STOPS: Final = frozenset(",.;:、，。；：")

Slot = tuple[str, str]
"""Field and part of a date."""


@dataclass(frozen=True, slots=True)
class LinePattern:
    """A line of words and blanks."""

    regex: re.Pattern[str]
    slots: tuple[Slot, ...]
    owner: str
    """Folded label of the box the line stands in; '' where it stands alone."""
    is_lonely: bool
    letters: frozenset[str]
    """What has to stand in the line in any case: looked at first, for a pattern of many blanks is slow to fail."""

    def match(self, text: str) -> re.Match[str] | None:
        """None where the text is no such line, from its start to its end."""
        return self.regex.fullmatch(text) if self.letters.issubset(text) else None


@dataclass(slots=True)
class Skeleton:
    """What a template shows of its form."""

    labels: dict[str, set[str]] = field(default_factory=dict)
    """Folded label → the fields it is printed beside."""
    columns: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    """(table, folded header) → columns."""
    crossings: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    """(label of the row, header of the column), both folded → the field where they meet."""
    patterns: list[LinePattern] = field(default_factory=list)
    words: frozenset[str] = frozenset()
    """Folded pieces that the form prints."""
    text: str = ""
    """All of them, in the template's order."""


def skeleton_of(manifest: Manifest) -> Skeleton:
    changed = tuple(manifest.template(kind).stat().st_mtime_ns for kind in manifest.templates)
    return _skeleton(_ById(manifest), changed)


class _ById:
    """A manifest as a key of a cache: one read twice is the same form."""

    def __init__(self, manifest: Manifest) -> None:
        self.manifest = manifest

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ById) and other.manifest == self.manifest

    def __hash__(self) -> int:
        return hash((self.manifest.id, self.manifest.version, self.manifest.folder))


@functools.lru_cache(maxsize=256)
def _skeleton(form: _ById, changed: tuple[int, ...]) -> Skeleton:
    maker = _SkeletonMaker(form.manifest)
    for block in template_blocks(form.manifest):
        maker.add(block)
    found = maker.skeleton
    pieces = [letters_of(text) for text in printed_texts(form.manifest)]
    found.words, found.text = frozenset(filter(None, pieces)), "".join(pieces)
    return found


class _SkeletonMaker:
    def __init__(self, manifest: Manifest) -> None:
        self.manifest = manifest
        self.fields = {item.key: item for item in manifest.fields}
        self.skeleton = Skeleton()

    def add(self, block: GridBlock) -> None:
        around = Neighbours(block)
        for cell in block.cells:
            if "{{" not in cell.text:
                continue
            matches = [match for match in _TAG.finditer(cell.text) if match[1]]
            words = letters_of(_TAG.sub("", cell.text))
            if block.kind == "table" and len(matches) == 1 and not words:
                self._add_single(around, cell, matches[0])
            else:
                lines = cell.text.split("\n")
                for line in [*lines, *([" ".join(lines)] if len(lines) > 1 else [])]:
                    self._add_line(around, cell, line)

    def _add_single(self, around: Neighbours, cell: GridCell, match: re.Match[str]) -> None:
        """A blank of its own: its label is the nearest text to the left, or above; of a column the headers above."""
        if match[1] in self.fields and self.fields[match[1]].table is None:
            label, header = _owner(around, cell), _header_above(around, cell)
            if label and header:
                self.skeleton.crossings.setdefault((label, header), set()).add(match[1])
            elif label:
                self.skeleton.labels.setdefault(label, set()).add(match[1])
            return
        above = [fold(other.text) for other in around.upwards(cell) if _is_words(other.text)]
        for item in self.manifest.fields:
            if item.table is None or match[2] not in {column.key for column in item.table.columns} or not above:
                continue
            headers = {above[0], above[1] + above[0]} if len(above) > 1 else {above[0]}
            for header in headers:
                self.skeleton.columns.setdefault((item.key, header), set()).add(match[2])

    def _add_line(self, around: Neighbours, cell: GridCell, line: str) -> None:
        slots, regex, count = [], "", 0
        at = 0
        for match in _TAG.finditer(line):
            words = line[at : match.start()]
            regex, count, at = regex + _words_regex(words), count + len(letters_of(words)), match.end()
            if match[1] in self.fields:
                slots.append((match[1], match[2] or ""))
                regex += _NUMBER if match[2] else r"(.*?)"
            elif match[1]:
                return  # a row's: read by the table's header
        words = line[at:]
        count += len(letters_of(words))
        if slots and count:
            owner = _owner(around, cell)
            letters = filter(str.isalnum, unicodedata.normalize("NFKC", _TAG.sub("", line)))
            pattern = re.compile(regex + _words_regex(words) + r"\s*")
            self.skeleton.patterns.append(
                LinePattern(pattern, tuple(slots), owner, count < _LONELY, frozenset(letters))
            )


def _owner(around: Neighbours, cell: GridCell) -> str:
    for other in (*around.leftwards(cell), *around.upwards(cell)):
        if _is_words(other.text):
            return fold(other.text)
    return ""


def _header_above(around: Neighbours, cell: GridCell) -> str:
    """The header of the cell's column where the table has a row of nothing but headers."""
    for other in around.upwards(cell):
        row = around.in_row(other.row)
        if _is_words(other.text) and len(row) > 2 and all(_is_words(item.text) for item in row):
            return fold(other.text)
    return ""


def _is_words(text: str) -> bool:
    return "{{" not in text and bool(text.strip())


def letters_of(text: str) -> str:
    """A text folded, without punctuation."""
    return "".join(filter(str.isalnum, fold(text)))


def _words_regex(words: str) -> str:
    """The words with any white space between their characters, in full width or half."""
    return "".join(rf"\s*{bit}" for bit in _bits(words))


def _bits(words: str) -> Iterator[str]:
    for character in words:
        plain = unicodedata.normalize("NFKC", character)
        if character.isspace():
            continue
        if plain in _STOPS:
            yield "[,，、;；:：.。]?"
        elif plain in "()":
            yield "[(（〔]?" if plain == "(" else "[)）〕]?"
        else:
            yield f"[{re.escape(character)}{re.escape(plain)}]" if plain != character else re.escape(character)
