"""Which column of a filled sheet is which column of the form's table, by the words above it.

In: a sheet and a table's anatomy. Out: the header's rows and the sheet's column for each of the table's. Words count in
this order: those of the template (with those above them where a word stands there twice), the manifest's label, the
vocabulary's synonyms of its term. A word that two columns have is nobody's; what stands over two columns is neither.
Columns may have been inserted, moved, or be gone; the header may stand lower than it was, and be one row or several.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from formgen.forms.manifest import Field
from formgen.reading.xlsx.anatomy import Loop, LoopColumn
from formgen.reading.xlsx.sheet import Sheet, words_of
from formgen.vocabulary.folding import fold, split_unit
from formgen.vocabulary.terms import base_vocabulary

__all__ = ["FoundHeader", "column_words", "field_of", "find_header"]

SEARCHED_ROWS: Final = 300
"""A header lower than this below the last one is not looked for."""
WIDEST: Final = 512
"""Columns that are looked at."""

Words = Mapping[str, tuple[int, int]]
"""Folded words → strength and number of the table's column."""


@dataclass(frozen=True, slots=True)
class FoundHeader:
    """A table's header on the sheet."""

    first_row: int
    last_row: int
    columns: Mapping[int, int]
    """Number of the table's column (as in `Loop.columns`) → column of the sheet."""
    strengths: Mapping[int, int]
    """3: the template's own words, 2: the manifest's, 1: a synonym."""
    doubled: frozenset[int]
    """Columns of the table that two columns of the sheet may be."""

    @property
    def displaced(self) -> Mapping[int, int]:
        """Columns that do not stand in the template's order, and where they would stand in it."""
        in_order = dict(zip(sorted(self.columns), sorted(self.columns.values()), strict=True))
        return {number: column for number, column in in_order.items() if self.columns[number] != column}


def find_header(sheet: Sheet, loop: Loop, top: int, bottom: int) -> FoundHeader | None:
    """The header in these rows whose words fit best, None where too few do."""
    words = column_words(loop)
    strongest: dict[int, int] = {}
    for strength, number in words.values():
        strongest[number] = max(strength, strongest.get(number, 0))
    perfect = (sum(strongest.values()), True, -loop.height)
    best: FoundHeader | None = None
    best_rank = (0, False, 0)
    for row in range(top, min(bottom, top + SEARCHED_ROWS)):
        for height in range(1, loop.height + 2) if best_rank < perfect else ():
            if row + height > bottom:
                break
            found = _match(sheet, loop, words, row, row + height - 1)
            reached = found.last_row - found.first_row + 1  # merged cells may reach below
            rank = (sum(found.strengths.values()), reached == loop.height, -reached)
            if rank > best_rank:
                best, best_rank = found, rank
    if best is None:
        return None
    wanted = sum(1 for column in loop.columns if column.keys)
    count = len(best.columns) + len(best.doubled)
    return best if count * 3 >= wanted and (count >= 2 or wanted == 1) else None


def _match(sheet: Sheet, loop: Loop, words: Words, first: int, last: int) -> FoundHeader:
    claims: dict[int, list[tuple[int, int]]] = {}
    for column, path in _paths(sheet, first, last).items():
        known = [words[word] for word in ("".join(path), path[-1]) if word in words]
        if known:
            strength, number = max(known)
            claims.setdefault(number, []).append((strength, column))
    columns, strengths, doubled = {}, {}, set()
    for number, claim in claims.items():
        strength = max(claim)[0]
        at = [column for one, column in claim if one == strength]
        if len(at) == 1:
            columns[number], strengths[number] = at[0], strength
        else:
            doubled.add(number)
    below = [sheet.spot(row, column).last_row for row in range(first, last + 1) for column in columns.values()]
    end = min(max([last, *below]), len(sheet.rows) - 1)  # merged cells may span rows below all cells
    labels = {label for column in loop.columns for label in column.labels}
    cells = [value for row in range(last + 1, end + 1) for _, value in sheet.filled(row)]
    if end > last and all(words_of(value) in words or words_of(value) in labels for value in cells):
        return _match(sheet, loop, words, first, end)
    return FoundHeader(first, last, columns, strengths, frozenset(doubled))  # or a cell is merged over the first record


def _paths(sheet: Sheet, first: int, last: int) -> dict[int, list[str]]:
    """For each column the words above it, from top to bottom; merged cells count for all their columns."""
    paths: dict[int, list[str]] = {}
    for row in range(first, last + 1):
        for column, value in sheet.filled(row, last=WIDEST):
            word = words_of(value)
            if word:
                spot = sheet.spot(row, column)
                for at in range(column, min(spot.last_column, WIDEST) + 1):
                    paths.setdefault(at, []).append(word)
    return paths


_words: dict[int, tuple[Loop, Words]] = {}


def column_words(loop: Loop) -> Words:
    """What may stand above each column of a table."""
    known = _words.get(id(loop))
    if known is None or known[0] is not loop:
        known = _words[id(loop)] = (loop, _make_words(loop))
    return known[1]


def _make_words(loop: Loop) -> Words:
    found: dict[str, tuple[int, int]] = {}
    for strength, words_for in ((3, _template_words), (2, _manifest_words), (1, _synonyms)):
        owners: dict[str, set[int]] = {}
        for number, column in enumerate(loop.columns):
            for word in words_for(loop, column):
                owners.setdefault(word, set()).add(number)
        for word, numbers in owners.items():
            if word and word not in found and len(numbers) == 1:
                found[word] = (strength, numbers.pop())
    return found


def _template_words(loop: Loop, column: LoopColumn) -> Iterable[str]:
    return ("".join(column.labels), column.labels[-1]) if column.labels else ()


def _manifest_words(loop: Loop, column: LoopColumn) -> Iterable[str]:
    return [fold(field_of(loop, column.keys[0]).label)] if len(column.keys) == 1 else ()


def _synonyms(loop: Loop, column: LoopColumn) -> Iterable[str]:
    if len(column.keys) != 1:
        return ()
    return [*_term_words(field_of(loop, column.keys[0]).term), *(split_unit(word)[0] for word in column.labels[-1:])]


@functools.cache
def _term_words(key: str) -> Sequence[str]:
    vocabulary = base_vocabulary()
    if key not in vocabulary:
        return ()
    term = vocabulary[key]
    return [form for word in (term.label, *term.synonyms) for form in (fold(word), split_unit(fold(word))[0])]


def field_of(loop: Loop, key: str) -> Field:
    return next(column for column in loop.table.columns if column.key == key)
