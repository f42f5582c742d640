"""Pages of forms sorted into sheets: which belong together, in which order, which are missing or there twice.

In: leaves, one for each page of a form or continuation sheet, in the order of the file. Out: stacks, each the leaves of
one sheet. A leaf with a page code goes where its code says, however the pile was shuffled; one without belongs to the
sheet before it until a sheet's first page comes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from formgen.forms.page_code import PageCode
from formgen.reading.pdf.found import TextLine
from formgen.reading.pdf.frames import Frame
from formgen.reading.pdf.glyphs import Rows
from formgen.reading.pdf.prints import FormPrint

__all__ = ["Leaf", "Stack", "stack_leaves"]


MOST_DIGITS: Final = 5
MOST_PAGES: Final = 20_000


@dataclass(slots=True)
class Leaf:
    """A page of a form (`frame`), or of a continuation sheet."""

    page_number: int
    """In the file."""
    code: PageCode | None = None
    frame: Frame | None = None
    lines: Sequence[TextLine] = ()
    """Of a continuation sheet."""
    rows: Rows = ()
    """The same of one that another program printed."""

    @property
    def code_number(self) -> int:
        """The page's number by its code; 0 without."""
        return self.code.page_number if self.code is not None else 0

    @property
    def printed_numbers(self) -> tuple[int, int] | None:
        """Page and number of pages, where the form has blanks for both."""
        if self.frame is None:
            return None
        for key, spot in self.frame.spots():
            if spot.kind == "page" and "{pages}" in spot.pieces:
                pieces = sorted(self.frame.found.get(key, ()), key=lambda piece: piece.x)
                numbers = re.findall("[0-9]+", "".join(piece.text for piece in pieces))
                if len(numbers) == 2 and max(map(len, numbers)) <= MOST_DIGITS:
                    return int(numbers[0]), int(numbers[1])
        return None

    @property
    def begins_sheet(self) -> bool:
        if self.frame is None:
            return False
        layout, role = self.frame.form.layout, self.frame.role
        return (role.strip == "before" and role.index == 0) or (role.strip == "first" and not layout.before)


@dataclass(slots=True)
class Stack:
    """The leaves of one sheet."""

    form: FormPrint
    leaves: list[Leaf] = field(default_factory=list)
    missing: list[int] = field(default_factory=list)
    """Numbers of its pages that are not there."""
    double: list[tuple[int, list[int]]] = field(default_factory=list)
    """Numbers of its pages, and the pages of the file where each is."""

    @property
    def code(self) -> PageCode | None:
        return next((leaf.code for leaf in self.leaves if leaf.code is not None), None)

    @property
    def has_all_rows(self) -> bool:
        """Whether no page is missing, and the rows of the growing table could be told on all."""
        return not self.missing and all(leaf.frame is None or leaf.frame.has_rows for leaf in self.leaves)

    @property
    def page_numbers(self) -> tuple[int, ...]:
        return tuple(sorted({leaf.page_number for leaf in self.leaves}))

    @property
    def copies(self) -> list[list[Leaf]]:
        """The leaves of each copy, each page once a copy, in order."""
        copies: dict[tuple[int, int], list[Leaf]] = {}
        seen: dict[tuple[int, int], int] = {}
        for leaf in self.leaves:
            copy = leaf.code.copy_number if leaf.code is not None else 1
            number = leaf.code_number
            turn = seen[copy, number] = seen.get((copy, number), -1) + 1 if number else 0
            copies.setdefault((copy, turn), []).append(leaf)
        for leaves in copies.values():
            leaves.sort(key=lambda leaf: leaf.code_number)
        return list(copies.values())


def stack_leaves(leaves: Iterable[Leaf]) -> tuple[list[Stack], list[Leaf]]:
    """The sheets, and continuation pages of none."""
    stacks: list[Stack] = []
    by_code: dict[tuple[str, str, str, str], Stack] = {}
    waiting: list[Leaf] = []
    for leaf in leaves:
        stack = _stack_of(leaf, stacks, by_code)
        if stack is not None:
            stack.leaves.append(leaf)
        elif leaf.frame is not None:
            stack = Stack(leaf.frame.form, [leaf])
            stacks.append(stack)
            if leaf.code is not None and leaf.code.record:
                by_code[_key(leaf.code)] = stack
        else:
            waiting.append(leaf)
    lone = []
    for leaf in waiting:  # continuation pages before their forms, in a shuffled pile
        stack = by_code.get(_key(leaf.code)) if leaf.code is not None else None
        if stack is not None:
            stack.leaves.append(leaf)
        else:
            lone.append(leaf)
    for stack in stacks:
        _count(stack)
    return stacks, lone


def _key(code: PageCode) -> tuple[str, str, str, str]:
    return code.form, code.version, code.packet, code.record


def _stack_of(leaf: Leaf, stacks: Sequence[Stack], by_code: dict[tuple[str, str, str, str], Stack]) -> Stack | None:
    code = leaf.code
    last = stacks[-1] if stacks else None
    if code is not None and code.record:
        if _key(code) not in by_code and last is not None and _goes_on(leaf, last, code):
            by_code[_key(code)] = last
        return by_code.get(_key(code))
    if last is None or leaf.begins_sheet or (leaf.frame is not None and leaf.frame.form is not last.form):
        return None
    if code is not None and (last.code is None or code.page_number <= last.leaves[-1].code_number):
        return None
    return last


def _goes_on(leaf: Leaf, last: Stack, code: PageCode) -> bool:
    """Whether a continuation sheet follows its form, whose own pages have no room for a code."""
    has_no_code = last.form.layout.page_code is None and last.code is None
    return leaf.frame is None and has_no_code and last.form.manifest.id == code.form


def _count(stack: Stack) -> None:
    """Which pages of a sheet are missing or double: by their codes, else by what the form has."""
    coded = [leaf for leaf in stack.leaves if leaf.code is not None]
    if coded and stack.form.layout.page_code is not None:
        codes = [leaf.code for leaf in coded if leaf.code is not None]
        count = min(max(code.page_count for code in codes), MOST_PAGES)
        places: dict[tuple[int, int], list[int]] = {}
        for leaf, code in zip(coded, codes, strict=True):
            places.setdefault((code.copy_number, code.page_number), []).append(leaf.page_number)
        copies = {code.copy_number for code in codes}
        stack.missing = sorted(
            {number for copy in copies for number in range(1, count + 1) if (copy, number) not in places}
        )
        stack.double = [(number, found) for (_, number), found in places.items() if len(found) > 1]
        return
    printed = [leaf.printed_numbers for leaf in stack.leaves]
    if numbers := [number for number in printed if number is not None]:
        count = max(count for _, count in numbers)
        rests = sum(leaf.frame is None for leaf in stack.leaves)  # continuation sheets come last
        there = {number for number, _ in numbers} | set(range(count - rests + 1, count + 1))
        stack.missing = [number for number in range(1, min(count, MOST_PAGES) + 1) if number not in there]
        return
    layout = stack.form.layout
    wanted = [("before", page) for page in range(len(layout.before))]
    wanted += [("first", 0)] if layout.flow is not None else []
    strips = [leaf.frame.role for leaf in stack.leaves if leaf.frame is not None]
    found_strips = [(role.strip, role.index) for role in strips]
    number = len(wanted)
    missing = [index for index, strip in enumerate(wanted, 1) if strip not in found_strips]
    frames = [leaf.frame for leaf in stack.leaves if leaf.frame is not None]
    if layout.flow is not None and layout.flow.tail is not None and ("first", 0) in found_strips:
        number += sum(role.strip == "next" for role in strips)
        if not any(band.role.strip == "tail" for frame in frames for band in frame.bands):
            number += 1
            missing.append(number)
    for index in range(len(layout.after)):
        number += 1
        if ("after", index) not in found_strips:
            missing.append(number)
    stack.missing = missing
