"""Whole parts of a make seen before: the rows of a form's file, one after the other, and what stands between them.

In: a part, and how parts of its root were cast. Out: the same rows as if each had been looked for by itself. A chain is
a mould over a whole part: its markup is that of its rows' moulds and of what is left between them, so a part fits it to
the last byte or is cast row by row. It is made when two parts had the same rows and the same rest.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from formgen.reading.docx.holes import Hole
from formgen.reading.docx.last_edited import has_number, without_last_edited
from formgen.reading.docx.markup import Filled, Markup
from formgen.reading.docx.moulds import CastRow, RowMould
from formgen.reading.docx.noise import Noise
from formgen.reading.docx.roots import PLACEHOLDER
from formgen.reading.docx.saved import Markups

__all__ = ["Chain", "Chains"]

MOST_ROWS: Final = 100
"""Of longer parts the time that rows take each counts for little."""
MOST_CHAINS: Final = 16
MOST_SEEN: Final = 64
LONGEST_REST: Final = 1 << 20
"""Bytes beside its markup that a part may have; texts that are longer are left to the parser and its limits."""
LONGEST_LEFT: Final = 1 << 14
"""Bytes that may be left of a part beside its rows: they are kept, whoever wrote them."""
TRIED: Final = 2
"""Chains that are tried on a part."""
_PLACE: Final = re.compile(rb'<w:(?:tr|p) %b="(\d+)"/>' % PLACEHOLDER.encode())


class Chain:
    """The rows of one part."""

    def __init__(self, made: bytes, moulds: Sequence[RowMould], noise: Noise) -> None:
        self.made = made
        self.moulds = moulds
        self._order: list[tuple[int, int, int, int]] = []
        """In the part's order: which row, and where its texts, numbers and bookmarks end."""
        self.blanks: list[int] = []
        """The texts that stand in marks."""
        holes: list[Hole] = []
        ends: list[int] = []
        texts = numbers = starts = 0
        first, *pieces = _PLACE.split(made)
        before = first
        for number, after in zip(map(int, pieces[::2]), pieces[1::2], strict=True):
            markup = moulds[number].markup
            ends += [len(holes) + end for end in markup.ends]
            for hole in markup.holes:
                holes.append(hole._replace(before=before + hole.before))
                before = b""
            before += markup.end + after
            self.blanks += sorted(texts + blank for blank in moulds[number].blanks)
            texts, numbers, starts = texts + markup.texts, numbers + markup.numbers, starts + len(markup.ends)
            self._order.append((number, texts, numbers, starts))
        self.usual = 0
        """How long the last part was that fitted."""
        length = sum(len(hole.before) for hole in holes) + len(before)
        markup = Markup(holes, before, ends, length + LONGEST_REST)
        self.length = markup.length
        self._markups = Markups(markup, noise)

    def read(self, part: bytes, is_saved: bool) -> Filled | None:
        """What stands in all its holes; None where the part is of another make."""
        filled = self._markups.read(part, 0, is_saved)
        return filled if filled is not None and filled.end == len(part) else None

    def rows(self, filled: Filled) -> list[CastRow]:
        """The rows in the order in which they were cast."""
        rows: list[CastRow | None] = [None] * len(self.moulds)
        text = number = start = 0
        for index, to_text, to_number, to_start in self._order:
            own = filled.texts[text:to_text], filled.numbers[number:to_number], filled.starts[start:to_start]
            rows[index] = CastRow(self.moulds[index], *own)
            text, number, start = to_text, to_number, to_start
        return rows  # type: ignore[return-value]  # each has its place


class Chains:
    """Those of the parts with one root."""

    def __init__(self, noise: Noise) -> None:
        self._noise = noise
        self._known: list[Chain] = []
        """The last one that was made, or that a part was of, first."""
        self._seen: set[tuple[bytes, tuple[RowMould, ...]]] = set()

    def read(self, part: bytes, is_saved: bool) -> tuple[Chain, Filled] | None:
        """The chain that the part is of, in fewer words or as it was saved, and what stands in its holes; None where
        none is known."""
        length = len(part)
        fitting = [chain for chain in self._known if 0 <= length - chain.length <= LONGEST_REST]
        fitting.sort(key=lambda chain: abs(chain.usual - length))
        edited = b""
        if fitting and is_saved:
            part, edited = without_last_edited(part)
        for chain in fitting[:TRIED]:
            filled = chain.read(part, is_saved)
            if filled is not None and not has_number(edited, filled.starts, chain.made):
                chain.usual = length
                if chain is not self._known[0]:
                    self._known.remove(chain)
                    self._known.insert(0, chain)
                return chain, filled
        return None

    def see(self, part: bytes, made: bytes, rows: Sequence[CastRow]) -> None:
        """Take notice of a part that was cast row by row."""
        if not 0 < len(rows) <= MOST_ROWS or len(made) > LONGEST_LEFT:
            return
        key = made, tuple(row.mould for row in rows)
        if key not in self._seen:
            if len(self._seen) >= MOST_SEEN:
                self._seen.clear()
            self._seen.add(key)
        elif not any((chain.made, chain.moulds) == key for chain in self._known):
            chain = Chain(*key, self._noise)
            chain.usual = len(part)
            self._known.insert(0, chain)
            del self._known[MOST_CHAINS:]
