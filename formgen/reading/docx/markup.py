"""Markup with holes: what rows of one make, or whole parts, have in common, and what stands in the holes of one.

In: a part's bytes and where something begins in it. Out: its texts and numbers, if it is of that markup. The markup
between the holes is compared byte by byte, and what stands in a hole can neither end it nor begin markup: so what fits
is what was parsed when the markup was learnt, with other texts in it.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple, TypeVar

from formgen.reading.docx.holes import Hole

__all__ = ["Filled", "Markup", "picker", "split_texts"]

OFTEN: Final = 64
"""How often a markup is met before a pattern is compiled that finds its holes: with it that takes a fifth of the time,
and compiling it takes as long as it saves in a hundred times."""
_ODD: Final = bytes([*b"&>", *range(0x01, 0x09), *range(0x0B, 0x20)])
"""What a parser reads as something else than itself, or refuses."""
_NO_CHARACTERS: Final = ("\ufffe", "\uffff")
_LENGTHS: Final = frozenset(range(1, 10))
"""Digits of a mark's number."""


_T = TypeVar("_T")


class Filled(NamedTuple):
    """What stands in the holes."""

    texts: list[str]
    numbers: Sequence[int]
    starts: Sequence[bytes]
    """Ids of the bookmarks that begin in it; they end in it, too."""
    end: int
    """Where in the part it ended."""


class Markup:
    """The bytes between holes."""

    __slots__ = (
        "_ends",
        "_first",
        "_has_only_texts",
        "_ids",
        "_met",
        "_numbers",
        "_pattern",
        "_pieces",
        "_starts",
        "_steps",
        "_texts",
        "end",
        "ends",
        "holes",
        "length",
        "longest",
        "numbers",
        "texts",
    )

    def __init__(self, holes: Sequence[Hole], end: bytes, ends: Sequence[int], longest: int) -> None:
        """`end`: what follows the last hole; `ends`: of each bookmark the hole with the id of its end; `longest`: bytes
        that may stand in all holes and between them."""
        self.holes, self.end, self.ends = holes, end, ends
        self.longest = longest
        self._first = holes[0].before if holes else end
        self._steps = [(len(hole.before), hole.stop) for hole in holes]
        self._pieces = [piece for hole in holes for piece in (hole.before, b"")] + [end]
        self.length = sum(map(len, self._pieces))
        """Bytes besides those in the holes."""
        places = {
            kind: [number for number, hole in enumerate(holes) if hole.kind == kind]
            for kind in ("text", "number", "start", "id")
        }
        picks: list[Callable[[Sequence[bytes]], Sequence[bytes]]] = [picker(numbers) for numbers in places.values()]
        self._texts, self._numbers, self._starts, self._ids = picks
        self._ends = picker(ends)
        self._has_only_texts = len(places["text"]) == len(holes)
        self.texts, self.numbers = len(places["text"]), len(places["number"])
        """How many it has."""
        self._met = 0
        self._pattern: re.Pattern[bytes] | None = None

    def read(self, part: bytes, at: int) -> Filled | None:
        """What stands in the holes of what begins there; None where it is of other markup."""
        if not part.startswith(self._first, at):
            return None
        found = self._found(part, at)
        if found is None:
            return None
        whole = self._pieces.copy()
        whole[1::2] = found
        content = b"".join(whole)
        if len(content) > self.longest or not part.startswith(content, at):
            return None
        texts = self._texts_in(found)
        if texts is None:
            return None
        self._met += 1
        end = at + len(content)
        return Filled(texts, (), (), end) if self._has_only_texts else self._with_others(texts, found, end)

    def _texts_in(self, found: Sequence[bytes]) -> list[str] | None:
        """The texts among what stands in the holes; None where something may not stand there."""
        texts = self._texts(found)
        return split_texts(b"\0".join(texts), len(texts))

    def _found(self, part: bytes, at: int) -> Sequence[bytes] | None:
        """What stands in the holes, if the markup is this: each ends where its stop comes first. The markup is compared
        afterwards, all at once."""
        if self._pattern is None and self._met < OFTEN:
            return self._looked_for(part, at)
        if self._pattern is None:
            steps = [b".{%d}([^%b]*+)" % (length, re.escape(stop)) for length, stop in self._steps]
            self._pattern = re.compile(b"".join(steps), re.DOTALL)
        match = self._pattern.match(part, at)
        return match.groups() if match is not None else None

    def _looked_for(self, part: bytes, at: int) -> Sequence[bytes] | None:
        index, last = part.index, at + self.longest
        try:
            return [part[(start := at + length) : (at := index(stop, start, last))] for length, stop in self._steps]
        except ValueError:
            return None

    def _with_others(self, texts: list[str], found: Sequence[bytes], end: int) -> Filled | None:
        """With what stands in the other holes, if that may stand there."""
        starts = self._starts(found)
        if len(set(starts)) < len(starts) or starts != self._ends(found):
            return None  # its bookmarks hold something else
        ids = b"".join([*starts, *self._ids(found)])
        if ids and not ids.replace(b"-", b"").isdigit():
            return None
        numbers = _counted(self._numbers(found))
        return None if numbers is None else Filled(texts, numbers, starts, end)


def picker(numbers: Sequence[int]) -> Callable[[Sequence[_T]], Sequence[_T]]:
    """What takes these of many, as a tuple."""
    if len(numbers) > 1:
        return operator.itemgetter(*numbers)
    return (lambda found: (found[numbers[0]],)) if numbers else (lambda _: ())


def split_texts(whole: bytes, count: int) -> list[str] | None:
    """So many texts with zeros between them; None where a parser would read one otherwise, or refuse it."""
    if not count:
        return []
    if len(whole.translate(None, _ODD)) < len(whole):  # a tenth of what a search of a pattern takes
        return None
    try:
        said = str(whole, "utf-8")
    except UnicodeDecodeError:
        return None
    texts = said.split("\0")
    return texts if len(texts) == count and not any(sign in said for sign in _NO_CHARACTERS) else None


def _counted(found: Sequence[bytes]) -> tuple[int, ...] | None:
    """None where one is no number, or longer than those of marks are."""
    if not found:
        return ()
    if not b"".join(found).isdigit() or not _LENGTHS.issuperset(map(len, found)):
        return None
    return tuple(map(int, found))
