"""What stands in the blanks of one text: by its marks where it has them, else by the words around them.

In: a text of the document and the plan it is thought to follow. Out: for each blank what was seen there, or None where
the words between the blanks are not those of the form. Typed beside a content control belongs to the same blank: it is
its value where the control is empty, and a second sighting that disagrees where it is not.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from formgen.reading.docx.model import Mark, Text, folded, words
from formgen.reading.docx.plans import Slot, TextPlan
from formgen.reading.model import LAYERS, Layer
from formgen.reading.struck import PICTURE
from formgen.values.choice import EMPTY_MARKS, TICKED_MARKS

__all__ = ["BY_MARKS", "Seen", "has_in_order", "held", "is_row_number", "read_blanks", "same_words"]

BY_MARKS: Final[frozenset[Layer]] = frozenset(["content-control", "bookmark"])
PICTURED: Final = frozenset(["image", "mark"])
LONGEST_TEXT: Final = 10_000
"""Characters of a paragraph with several blanks; what is longer is no form's, and patterns would take too long."""
PRESENT: Final = "有"
_MARKS: Final = frozenset(EMPTY_MARKS + TICKED_MARKS)


class Seen(NamedTuple):
    """One sighting of one blank, not yet of any field."""

    slot: Slot
    layer: Layer
    raw: str
    row: int = 0
    """The printed row's number, where a bookmark says it."""


def same_words(text: str, plan_words: str) -> bool:
    """Whether a text says what is printed; widths of signs may differ."""
    found = words(text)
    return found == plan_words or folded(found) == folded(plan_words)


def is_row_number(text: str) -> bool:
    """Whether this may stand where the number of a row is printed, and says nothing."""
    return not text or text.isspace() or text.strip().isdigit()


def read_blanks(text: Text, plan: TextPlan, known: frozenset[tuple[bool, str]], bare: Layer) -> list[Seen] | None:
    """What stands in each blank of `plan`; None where the text does not follow it.

    Args:
        known: marks of all the form's blanks: one of another blank has no business here.
        bare: the layer of what stands in a blank without marks.
    """
    if not plan.slots:
        return [] if same_words(text.text, plan.gaps[0]) else None
    seen = _read(text, plan, known, bare)
    return _dates_together(seen) if seen is not None and any(slot.part for slot in plan.slots) else seen


def _read(text: Text, plan: TextPlan, known: frozenset[tuple[bool, str]], bare: Layer) -> list[Seen] | None:
    marks = _marks(text.marks, plan.names, known)
    if marks is None:
        return None
    spans: list[tuple[Mark, Layer]] = []
    for slot in plan.slots:
        mark = marks.get((True, slot.control)) if slot.control else None
        layer: Layer = "content-control"
        if mark is None:
            mark, layer = marks.get((False, slot.bookmark)) if slot.bookmark else None, "bookmark"
        if mark is None:
            return _by_words(text, plan, marks, bare)
        spans.append((mark, layer))
    return _by_marks(text, plan, spans, marks, bare)


def _marks(
    marks: Sequence[Mark], names: frozenset[tuple[bool, str]], known: frozenset[tuple[bool, str]]
) -> dict[tuple[bool, str], Mark] | None:
    """Marks by name; None where one is there twice or is another blank's."""
    found: dict[tuple[bool, str], Mark] = {}
    for mark in marks:
        key = (mark.is_control, mark.name)
        if key in names:
            if key in found:
                return None
            found[key] = mark
        elif key in known:
            return None
    return found


def _by_marks(
    text: Text,
    plan: TextPlan,
    spans: Sequence[tuple[Mark, Layer]],
    marks: dict[tuple[bool, str], Mark],
    bare: Layer,
) -> list[Seen] | None:
    whole, at = text.text, 0
    beside: dict[int, tuple[str, str]] = {}
    for number, (mark, _) in enumerate(spans):
        if mark.start < at:
            return None
        gap = whole[at : mark.start]
        if words(gap) != plan.gaps[number] and not _split_gap(gap, plan, number, beside):
            return None
        at = mark.end
    gap = whole[at:]
    if words(gap) != plan.gaps[-1] and not _split_gap(gap, plan, len(spans), beside):
        return None
    seen = []
    for number, ((mark, layer), slot) in enumerate(zip(spans, plan.slots, strict=True)):
        raw = held(text, plan, slot, mark.start, mark.end)
        row = mark.row or _row(slot, marks)
        if number in beside:
            before, after = beside[number]
            seen += _with_typed(Seen(slot, layer, raw, row), before, after, bare)
        else:
            seen.append(Seen(slot, layer, raw, row))
    return seen


def _dates_together(seen: list[Seen]) -> list[Seen]:
    """The parts of a date under one layer, the least sure of them: they are one value. Where a part was seen twice, the
    other parts stand beside each of the two."""
    made = [item for item in seen if not item.slot.part]
    for key in dict.fromkeys((item.slot.table, item.slot.key) for item in seen if item.slot.part):
        group = [item for item in seen if item.slot.part and (item.slot.table, item.slot.key) == key]
        first = {item.slot.part: item for item in reversed(group)}
        last = {item.slot.part: item for item in group}
        if len(first) < len(group):
            made += list(first.values())
            made += [item._replace(layer="pattern") for item in last.values()]
        else:
            layers = {item.layer for item in group}
            layer = max(layers, key=LAYERS.index)
            made += group if len(layers) == 1 else [item._replace(layer=layer) for item in group]
    return made


def _row(slot: Slot, marks: dict[tuple[bool, str], Mark]) -> int:
    bookmark = marks.get((False, slot.bookmark)) if slot.table else None
    return bookmark.row if bookmark is not None else 0


def held(text: Text, plan: TextPlan, slot: Slot, start: int, end: int) -> str:
    """What stands in a blank of a text, pictures included: a sign that no blank may have, or what the blank is for."""
    raw = text.text[start:end]
    if not text.pictures:
        return raw
    if slot.kind in PICTURED:
        return raw if raw.strip() else _picture(text, slot, start, end)
    return raw + PICTURE if len(text.pictures) > plan.pictures and _is_pictured(text, plan, start, end) else raw


def _is_pictured(text: Text, plan: TextPlan, start: int, end: int) -> bool:
    """Whether a picture stands in a blank, the white space around it included, and in none that is for pictures. One
    that floats may be a stamp over what is written: only where nothing is, it may be what should be read."""
    wide = _with_space(text.text, start, end)
    is_blank = not text.text[start:end].strip()
    others = [_with_space(text.text, mark.start, mark.end) for mark in text.marks if _is_for_pictures(mark, plan)]
    for at, _, is_floating in text.pictures:
        first, last = (start, end) if is_floating and len(plan.slots) > 1 else wide
        is_here = first <= at <= last and (is_blank or not is_floating)
        if is_here and not any(begin <= at <= stop for begin, stop in others):
            return True
    return False


def _is_for_pictures(mark: Mark, plan: TextPlan) -> bool:
    name = (mark.is_control, mark.name)
    return any(slot.kind in PICTURED and name in ((True, slot.control), (False, slot.bookmark)) for slot in plan.slots)


def _with_space(text: str, start: int, end: int) -> tuple[int, int]:
    return len(text[:start].rstrip()), len(text) - len(text[end:].lstrip())


def _picture(text: Text, slot: Slot, start: int, end: int) -> str:
    """The name of the picture in a blank; a picture of a signature or seal is one."""
    name = next((item.name for item in text.pictures if start <= item.at <= end), None)
    return "" if name is None else PRESENT if slot.kind == "mark" else name


def _with_typed(own: Seen, before: str, after: str, bare: Layer) -> list[Seen]:
    """What a mark holds, and what was typed around it in the same blank."""
    inner = own.raw.strip()
    if inner in EMPTY_MARKS and set((before + after).strip()) <= _MARKS:
        inner = ""  # a box is ticked by a tick beside it
    if not inner:
        return [Seen(own.slot, bare, (before + after).strip(), own.row)]
    return [own, Seen(own.slot, bare, f"{before}{own.raw}{after}".strip(), own.row)]


def _split_gap(gap: str, plan: TextPlan, number: int, beside: dict[int, tuple[str, str]]) -> bool:
    """Tell what was typed between two blanks to them. Returns False where the printed words are not there."""
    parts = _parts_of(gap, plan.gaps[number], plan.seams[number], number, len(plan.slots))
    if parts is None:
        return False
    before_label, after_label = parts
    if before_label.strip():
        if number == 0:
            return False
        earlier = beside.get(number - 1, ("", ""))
        beside[number - 1] = (earlier[0], earlier[1] + before_label)
    if after_label.strip():
        if number == len(plan.slots):
            return False
        earlier = beside.get(number, ("", ""))
        beside[number] = (after_label + earlier[0], earlier[1])
    return True


def _parts_of(gap: str, label: str, seam: str, number: int, count: int) -> tuple[str, str] | None:
    """What stands before the printed words of a gap and after them."""
    if label:
        found = list(_pattern_of(label).finditer(gap))
        return (gap[: found[0].start()], gap[found[0].end() :]) if len(found) == 1 else None
    if number == 0:
        return "", gap
    if number == count:
        return gap, ""
    pieces = gap.split("\t")
    if "\t" not in seam or len(pieces) < 2 or any(piece.strip() for piece in pieces[1:-1]):
        return None  # typed between two blanks that no word divides: of which of them it is nobody can say
    return pieces[0], pieces[-1]


@functools.lru_cache(maxsize=1024)
def _pattern_of(label: str) -> re.Pattern[str]:
    return re.compile(r"\s*".join(map(re.escape, label)))


def _by_words(text: Text, plan: TextPlan, marks: dict[tuple[bool, str], Mark], bare: Layer) -> list[Seen] | None:
    """Blanks without (all) their marks: what stands between the printed words."""
    found = _matched(text.text, plan)
    if found is None:
        return None
    layer: Layer = "pattern" if plan.words else bare
    seen = []
    for slot, (raw, start, end) in zip(plan.slots, found, strict=True):
        mark = marks.get((True, slot.control)) or marks.get((False, slot.bookmark))
        raw = held(text, plan, slot, start, end) if text.pictures else raw
        if mark is None:
            seen.append(Seen(slot, layer, raw.strip()))
            continue
        own: Layer = "content-control" if mark.is_control else "bookmark"
        inner = held(text, plan, slot, mark.start, mark.end)
        if inner.strip() == raw.strip():
            seen.append(Seen(slot, own, inner, mark.row))
        elif not inner.strip():
            seen.append(Seen(slot, layer, raw.strip(), mark.row))
        else:
            seen += [Seen(slot, own, inner, mark.row), Seen(slot, layer, raw.strip(), mark.row)]
    return seen


def _matched(text: str, plan: TextPlan) -> list[tuple[str, int, int]] | None:
    """What stands in each blank, as the words around it tell; None where they do not, or where they leave a choice.

    As long as the text has the form's tabs, they tell blanks apart; words alone cannot where none stands between two.
    """
    if (len(text) > LONGEST_TEXT and len(plan.slots) > 1) or not has_in_order(text, plan.gaps):
        return None
    for shortest, longest in (_tab_patterns(plan.seams), _word_patterns(plan.seams)):
        first, last = shortest.fullmatch(text), longest.fullmatch(text)
        if first is None or last is None:
            continue
        found = [(first[number], first.start(number), first.end(number)) for number in range(1, len(plan.slots) + 1)]
        if all(raw.strip() == last[number].strip() for number, (raw, _, _) in enumerate(found, 1)):
            return found
        return None
    return None


def has_in_order(text: str, gaps: Sequence[str]) -> bool:
    """Whether the printed words stand in a text one after the other; asked before anything slower is tried."""
    said, at = words(text), 0
    for gap in gaps:
        at = said.find(gap, at)
        if at < 0:
            return False
        at += len(gap)
    return True


Patterns = tuple[re.Pattern[str], re.Pattern[str]]
"""Two of a whole text: each blank as short, and as long, as it can be. Where they agree there is no choice."""


@functools.lru_cache(maxsize=1024)
def _tab_patterns(seams: tuple[str, ...]) -> Patterns:
    pieces = []
    for seam in seams:
        signs = [re.escape(sign) for sign in seam if sign == "\t" or not sign.isspace()]
        pieces.append(r"[^\S\t]*".join(["", *signs, ""]))
    return _patterns(pieces, r"[^\t]")


@functools.lru_cache(maxsize=1024)
def _word_patterns(seams: tuple[str, ...]) -> Patterns:
    pieces = []
    for number, seam in enumerate(seams):
        signs = [re.escape(sign) for sign in words(seam)]
        is_needed = 0 < number < len(seams) - 1
        pieces.append(r"(?!)" if is_needed and not signs else r"\s*".join(["", *signs, ""]))
    return _patterns(pieces, ".")


def _patterns(pieces: Sequence[str], sign: str) -> Patterns:
    short, long = (re.compile(f"({sign}{times})".join(pieces), re.DOTALL) for times in ("*?", "*"))
    return short, long
