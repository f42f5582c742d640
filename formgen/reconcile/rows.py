"""Which row of the sheet is which row of the record.

Rows go together by what they hold: all of it; the number of a certificate or ID; the names and household number; last
by position between such rows. Two rows whose numbers and names both differ are two rows, and so are two that agree
neither in a key nor in half of what they hold: one was deleted, one was added. A row with the number of one row and the
names of another goes with neither (a column was moved up or down). So nobody's data is taken for somebody else's
correction.
"""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from formgen.forms.manifest import Field

__all__ = ["Pairing", "match_rows", "moved"]

Row = Mapping[str, Any]
Pairing = dict[int, int]
"""Index in the record → index on the sheet."""

STRONG_TYPES: Final = frozenset(["disability-certificate", "id-number"])
NAMING_TERMS: Final = frozenset(["person.name", "member.name", "helper.name", "base.company", "plan.place"])
HOUSEHOLD: Final = "household.number"
MOST_CELLS: Final = 250_000
"""Of a gap between matched rows: larger ones are matched by position alone, in time that does not explode."""
HALF: Final = 0.5


def match_rows(
    columns: Sequence[Field], record: Sequence[Row], read: Sequence[Row], doubted: Callable[[int, str], bool]
) -> Pairing:
    """Pairs of rows. `doubted(index, column)`: whether a cell of the sheet is in doubt; it speaks for nothing."""
    return _Matcher(columns, record, read, doubted).pairs()


def moved(pairs: Pairing) -> set[int]:
    """The record's rows that stand at another place: the fewest that have to move to make one order of the other."""
    order = sorted(pairs)
    tails: list[int] = []
    holders: list[int] = []
    previous: dict[int, int | None] = {}
    for index in order:
        spot = bisect.bisect_left(tails, pairs[index])
        previous[index] = holders[spot - 1] if spot else None
        tails[spot : spot + 1] = [pairs[index]]
        holders[spot : spot + 1] = [index]
    kept: set[int] = set()
    last = holders[-1] if holders else None
    while last is not None:
        kept.add(last)
        last = previous[last]
    return set(order) - kept


class _Matcher:
    def __init__(
        self, columns: Sequence[Field], record: Sequence[Row], read: Sequence[Row], doubted: Callable[[int, str], bool]
    ) -> None:
        self.record, self.read, self.doubted = record, read, doubted
        self.columns = [column.key for column in columns if not column.total_of]
        self.strong = [column.key for column in columns if column.type_name in STRONG_TYPES]
        self.naming = [column.key for column in columns if column.term in NAMING_TERMS or column.type_name == "name"]
        self.household = [column.key for column in columns if column.term == HOUSEHOLD]
        self.left: Pairing = {}
        self.taken: set[int] = set()
        self.mixed: set[int] = set()

    def pairs(self) -> Pairing:
        self._take_equal()
        self._leave_mixed()
        for column in self.strong:
            self._take_unique([column])
        self._take_unique([*self.naming, *self.household])
        self._take_unique(self.naming)
        self._take_by_position()
        return self.left

    def _pair(self, one: int, other: int) -> None:
        self.left[one] = other
        self.taken.add(other)

    def _free(self) -> tuple[list[int], list[int]]:
        return (
            [index for index in range(len(self.record)) if index not in self.left],
            [index for index in range(len(self.read)) if index not in self.taken and index not in self.mixed],
        )

    def _take_equal(self) -> None:
        """Rows that are equal whole: the first of the record with the first on the sheet, and so on."""
        waiting: dict[Hashable, list[int]] = {}
        for index in reversed(range(len(self.read))):
            if not any(self.doubted(index, column) for column in self.columns):
                waiting.setdefault(self._content(self.read[index]), []).append(index)
        for index, row in enumerate(self.record):
            if found := waiting.get(self._content(row)):
                self._pair(index, found.pop())

    def _leave_mixed(self) -> None:
        """Find rows that have the number of one row of the record and the names of another, each of one alone."""
        ours, theirs = self._free()
        for column in self.strong:
            by_number, by_name = self._alone(self.record, ours, [column]), self._alone(self.record, ours, self.naming)
            read_names = self._alone(self.read, theirs, self.naming)
            for values, index in self._alone(self.read, theirs, [column]).items():
                name = tuple(_held(self.read[index], key) for key in self.naming)
                one, other = by_number.get(values), by_name.get(name) if read_names.get(name) == index else None
                if one is not None and other is not None and one != other:
                    self.mixed.add(index)

    @staticmethod
    def _alone(rows: Sequence[Row], free: Iterable[int], keys: Sequence[str]) -> dict[tuple[Hashable, ...], int]:
        """Values that one row alone has → the row."""
        found: dict[tuple[Hashable, ...], list[int]] = {}
        for index in free:
            values: tuple[Hashable, ...] = tuple(_held(rows[index], key) for key in keys)
            if values and all(value is not None for value in values):
                found.setdefault(values, []).append(index)
        return {values: indices[0] for values, indices in found.items() if len(indices) == 1}

    def _content(self, row: Row) -> Hashable:
        return tuple(_held(row, column) for column in self.columns)

    def _take_unique(self, keys: Sequence[str]) -> None:
        """Rows that alone on their side have these values, if they do not contradict each other otherwise."""
        if not keys:
            return
        sides = []
        for rows, free in zip((self.record, self.read), self._free(), strict=True):
            found: dict[tuple[Hashable, ...], list[int]] = {}
            for index in free:
                values: tuple[Hashable, ...] = tuple(_held(rows[index], key) for key in keys)
                if any(value is not None for value in values):
                    found.setdefault(values, []).append(index)
            sides.append(found)
        for values, ours in sides[0].items():
            theirs = sides[1].get(values, ())
            if len(ours) == len(theirs) == 1 and (keys[0] in self.strong or self._may_be_same(ours[0], theirs[0])):
                self._pair(ours[0], theirs[0])

    def _take_by_position(self) -> None:
        """What is left between two matched rows, in order."""
        fixed = sorted(set(self.left) - moved(self.left))
        bounds = [(-1, -1), *((index, self.left[index]) for index in fixed), (len(self.record), len(self.read))]
        for (start, first), (end, last) in itertools.pairwise(bounds):
            ours = [index for index in range(start + 1, end) if index not in self.left]
            theirs = [i for i in range(first + 1, last) if i not in self.taken and i not in self.mixed]
            if ours and theirs:
                for one, other in self._aligned(ours, theirs):
                    self._pair(one, other)

    def _aligned(self, ours: Sequence[int], theirs: Sequence[int]) -> Iterator[tuple[int, int]]:
        """The order-keeping pairs that have most in common."""
        if len(ours) * len(theirs) > MOST_CELLS:
            yield from ((one, other) for one, other in zip(ours, theirs, strict=False) if self._may_be_same(one, other))
            return
        is_even = len(ours) == len(theirs)
        best = [[0.0] * (len(theirs) + 1) for _ in range(len(ours) + 1)]
        scores: dict[tuple[int, int], float] = {}
        for i in reversed(range(len(ours))):
            for j in reversed(range(len(theirs))):
                score = self._score(ours[i], theirs[j], is_even and i == j)
                scores[i, j] = score
                best[i][j] = max(best[i + 1][j], best[i][j + 1], score + best[i + 1][j + 1] if score else 0.0)
        i = j = 0
        while i < len(ours) and j < len(theirs):
            if scores[i, j] and best[i][j] == scores[i, j] + best[i + 1][j + 1]:
                yield ours[i], theirs[j]
                i, j = i + 1, j + 1
            elif best[i][j] == best[i + 1][j]:
                i += 1
            else:
                j += 1

    def _score(self, one: int, other: int, is_opposite: bool) -> float:
        """How much speaks for two rows being one; 0 where they may not be."""
        if not self._may_be_same(one, other):
            return 0.0
        return 0.01 + 0.001 * is_opposite + self._likeness(one, other)

    def _may_be_same(self, one: int, other: int) -> bool:
        """Whether two rows may be one: see the module. What is blank on a side neither agrees nor disagrees."""
        agreed = self._agreement(one, other, self.strong), self._agreement(one, other, self.naming)
        if True not in agreed and agreed.count(False) == 2:
            return False  # another number and another name: another person, however alike the rest
        if True in agreed and agreed[0] is not False:
            return True
        return self._likeness(one, other) >= HALF

    def _agreement(self, one: int, other: int, keys: Sequence[str]) -> bool | None:
        """Whether any of these values is the same on both sides; None where none can be compared."""
        pairs = [(_held(self.record[one], key), _held(self.read[other], key)) for key in keys]
        compared = [mine == yours for mine, yours in pairs if mine is not None and yours is not None]
        return any(compared) if compared else None

    def _likeness(self, one: int, other: int) -> float:
        """Of the cells that hold something on either side and are not in doubt, the share that is equal."""
        ours, theirs = self.record[one], self.read[other]
        cells = [
            (mine, yours)
            for key in self.columns
            if not self.doubted(other, key)
            and ((mine := _held(ours, key)) is not None) | ((yours := _held(theirs, key)) is not None)
        ]
        if not cells:
            return HALF if any(self.doubted(other, key) for key in self.columns) else 0.0
        return sum(bool(mine == yours) for mine, yours in cells) / len(cells)


def _held(row: Row, key: str) -> Any:
    """A cell's value; an empty box is none."""
    value = row.get(key)
    return None if value is False else value
