"""The text of one spot from its printed lines.

The PDF writer's own lines say how they end: spaces that a line breaks after are still there, and a line that begins
after a line end in the text is begun by a space of its own, left of where the line begins. Lines of other programs are
joined by their length: where the next word would have had room, the line ends because its writer ended it.
"""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Sequence
from typing import Final

from formgen.forms.layout import Spot
from formgen.reading.pdf.frames import PlacedText
from formgen.typeset.breaking import may_break

__all__ = ["Joined", "join"]

SAME_LINE: Final = 0.3
"""Share of the type's size by which baselines of one line may differ."""
OVERLAP: Final = 0.35
"""Share of the type's size by which texts beside each other may overlap."""
GAP: Final = 0.3
"""Em between letters that a space stands for, where a program leaves spaces out."""
OTHER_SIZE: Final = 0.1
"""Types that differ by more are of different sizes: an index, or what somebody added."""
PITCH: Final = 1.15
"""Em from one line to the next, at the least, where there is but one."""
NEAR_PT: Final = 0.5
OVER_PT: Final = 1.0
"""A space that lies over a letter by more is none."""
ALMOST: Final = 0.05
"""Share of a space's width that it may lack."""

Hand = tuple[bool, float]
"""Whose a character is: whether the PDF writer's, and the size of its type."""
Placed = tuple[str, float, float, Hand]
"""Character, where it begins, how wide it is."""


class Joined:
    """A spot's text and how sure its lines are."""

    __slots__ = ("has_overlap", "is_exact", "is_full", "text")

    def __init__(self, text: str, *, is_exact: bool = True, has_overlap: bool = False, is_full: bool = False) -> None:
        self.text = text
        self.is_exact = is_exact
        """Line ends are as they were written."""
        self.has_overlap = has_overlap
        """One text lies over another: which of them counts, nobody can say."""
        self.is_full = is_full
        """Another program's lines that leave no room for one more: it may have dropped what follows."""


def join(pieces: Sequence[PlacedText], spot: Spot, rows_high: int = 1) -> Joined:
    """One text from what begins in a spot. `rows_high`: so many rows of a table its cell is merged over."""
    if len(pieces) == 1 and pieces[0].line.is_ours:
        return Joined(pieces[0].text)
    rows = _rows(pieces)
    overlap = any(_overlaps(row) for row in rows)
    if all(piece.line.is_ours for piece in pieces):
        return Joined(_exact(rows), has_overlap=overlap)
    glyphs = _glyphs(pieces) if len(pieces) == 1 else []
    text = _words(glyphs) if glyphs and not _has_underlines(glyphs) else _by_length(rows, spot)
    return Joined(text, is_exact=len(rows) == 1, has_overlap=overlap, is_full=_is_full(rows, spot, rows_high))


def _rows(pieces: Sequence[PlacedText]) -> list[list[PlacedText]]:
    """Pieces on one baseline together, from the left; lines from the top."""
    rows: list[list[PlacedText]] = []
    for piece in sorted(pieces, key=lambda piece: (piece.y, piece.x)):
        if rows and piece.y - rows[-1][0].y <= SAME_LINE * piece.line.size:
            rows[-1].append(piece)
        else:
            rows.append([piece])
    for row in rows:
        row.sort(key=lambda piece: piece.x)
    return rows


def _exact(rows: Sequence[Sequence[PlacedText]]) -> str:
    made: list[str] = []
    for row in rows:
        first = row[0]
        if made and first.text == " ":
            made.append("\n")
            row = row[1:]
        made += [piece.text for piece in row]
    return "".join(made)


def _by_length(rows: Sequence[Sequence[PlacedText]], spot: Spot) -> str:
    text, room = "", 0.0
    pitch = _pitch(rows, spot)
    for number, row in enumerate(rows):
        glyphs = _without_underlines(_glyphs(row))
        is_start = number > 0 and _is_start(glyphs)
        words = _words(glyphs[is_start:])
        if number:
            needed = _first_word_width(words, [width for _, _, width, _ in glyphs[is_start:]])
            is_hard = is_start or room > needed + 0.5 * row[0].line.size
            empty = round((row[0].y - rows[number - 1][0].y) / pitch) - 1
            if empty > 0:
                text += "\n" * (empty + 1)
            else:
                text += "\n" if is_hard else " " if _is_word_break(text, words) else ""
        text += words
        room = spot.right_pt - max((x + width for char, x, width, _ in glyphs if char != " "), default=spot.left_pt)
    return text


def _is_full(rows: Sequence[Sequence[PlacedText]], spot: Spot, rows_high: int) -> bool:
    """Whether neither another line nor, in the last, another character has room: Word drops what a row cannot hold."""
    if spot.is_inline:
        return False
    size = rows[-1][0].line.size
    pitch = _pitch(rows, spot) if len(rows) > 1 else PITCH * size
    lines = round((rows[-1][0].y - rows[0][0].y) / pitch) + 1
    has_line = (lines + 1) * pitch <= (spot.cell[3] - spot.cell[1]) * rows_high + NEAR_PT
    ends = [x + width for char, x, width, _ in _glyphs(rows[-1]) if char != " "]
    return not has_line and spot.right_pt - max(ends, default=spot.left_pt) < size - NEAR_PT


def _pitch(rows: Sequence[Sequence[PlacedText]], spot: Spot) -> float:
    """From one line to the next: no more than the template's, and no more than the least there is."""
    gaps = [below[0].y - above[0].y for above, below in itertools.pairwise(rows)]
    return min([spot.line_pt * 1.05, *gaps])


def _glyphs(row: Sequence[PlacedText]) -> list[Placed]:
    return [
        (char, piece.x + x, width, (piece.line.is_ours, piece.line.size))
        for piece in row
        for char, x, width in piece.line.glyphs()
    ]


def _has_underlines(glyphs: Sequence[Placed]) -> bool:
    """Whether spaces lie over letters: LibreOffice draws the line under a text as underlined spaces."""
    ordered = sorted(glyphs, key=lambda glyph: glyph[1])
    return any(
        (one[0] == " ") != (two[0] == " ") and two[1] < one[1] + one[2] - OVER_PT
        for one, two in itertools.pairwise(ordered)
    )


def _without_underlines(glyphs: Sequence[Placed]) -> Sequence[Placed]:
    """Without spaces that are but a line under the text: those for which there is no room between two letters."""
    if not _has_underlines(glyphs):
        return glyphs
    letters = sorted((glyph for glyph in glyphs if glyph[0] != " "), key=lambda glyph: glyph[1])
    spaces = sorted((glyph for glyph in glyphs if glyph[0] == " "), key=lambda glyph: glyph[1])
    places = [x for _, x, _, _ in spaces]
    made: list[Placed] = []
    for one, two in itertools.pairwise(letters):
        end = one[1] + one[2]
        made.append(one)
        between = spaces[bisect.bisect_left(places, end - NEAR_PT) : bisect.bisect_left(places, two[1])]
        if between:
            width = max(min(space[2] for space in between), OVER_PT)
            count = min(int((two[1] - end) / width + ALMOST), len({round(x) for _, x, _, _ in between}))
            made += [(" ", end + number * width, width, one[3]) for number in range(count)]
    return made + letters[-1:]


def _is_start(glyphs: Sequence[Placed]) -> bool:
    """Whether a line begins with the writer's own space, which the line lies over."""
    if not glyphs or glyphs[0][0] != " ":
        return False
    return len(glyphs) == 1 or glyphs[1][1] - glyphs[0][1] < 0.8 * glyphs[0][2]


def _words(glyphs: Sequence[Placed]) -> str:
    """The text of a row. Figures are told apart where there is room between them, or another hand or size begins."""
    made = ""
    end, before = 0.0, None
    for char, x, width, hand in glyphs:
        if (
            before is not None
            and (x - end > GAP * hand[1] or _is_another(hand, before))
            and made[-1].isascii()
            and char.isascii()
            and " " not in made[-1] + char
        ):
            made += " "
        made += char
        end, before = x + width, hand
    return made


def _is_another(hand: Hand, before: Hand) -> bool:
    return hand[0] != before[0] or abs(hand[1] - before[1]) > OTHER_SIZE * max(hand[1], before[1])


def _is_word_break(before: str, after: str) -> bool:
    """Whether a line was broken at a space that its program has dropped."""
    return (
        bool(before and after)
        and before[-1].isascii()
        and after[0].isascii()
        and before[-1].isalnum()
        and after[0].isalnum()
    )


def _first_word_width(words: str, widths: Sequence[float]) -> float:
    end = 1
    while end < len(words) and not may_break(words, end):
        end += 1
    return sum(widths[:end])


def _end(piece: PlacedText) -> float:
    glyphs = piece.line.glyphs()
    return piece.x + (glyphs[-1][1] + glyphs[-1][2] if glyphs else 0.0)


def _overlaps(row: Sequence[PlacedText]) -> bool:
    if len(row) < 2:
        return False
    shown = [piece for piece in row if piece.text.strip()]
    return any(_end(one) - two.x > OVERLAP * two.line.size for one, two in itertools.pairwise(shown))
