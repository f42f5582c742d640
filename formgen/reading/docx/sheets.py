"""Which blocks of a Word file are one sheet: a file may hold many, each with its continuation sheet.

A file that formgen merged says in its properties which sheets it has; the bookmarks of each are numbered, and sections
begin where sheets do. Where neither tells, the file is one sheet, unless forms were pasted into it: then each is one,
and none has the record that the file speaks of. It may be that of any of them, or of a sheet that is not there any
more: whoever pastes into a returned file may have emptied it before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from formgen.problems import Place, Problem
from formgen.reading.docx.anatomy import anatomy_of
from formgen.reading.docx.continuations import split_continuation
from formgen.reading.docx.model import Block, SectionEnd, Table, Text, sheets_in, told_once, words
from formgen.reading.docx.parts import WordParts
from formgen.reading.docx.pasted import has_slots, may_hold_several, split_pasted
from formgen.reading.identify import FormBook
from formgen.reading.model import SheetIdentity

__all__ = ["SheetParts", "split_sheets"]


@dataclass(slots=True)
class SheetParts:
    """One sheet's blocks."""

    claim: SheetIdentity
    body: list[Block] = field(default_factory=list)
    heads: list[Block] = field(default_factory=list)
    continuations: list[Block] = field(default_factory=list)
    loose: list[Block] = field(default_factory=list)
    """What stands between pasted forms and is none of theirs."""


@dataclass(slots=True)
class _Section:
    blocks: list[Block]
    heads: list[str]
    continuation: list[Block]

    @property
    def number(self) -> int:
        """The sheet it is of, as most of its bookmarks say; 0 where none does."""
        numbers = Counter(sheets_in([*self.blocks, *self.continuation]))
        return numbers.most_common(1)[0][0] if numbers else 0


def split_sheets(
    body: Sequence[Block], parts: WordParts, book: FormBook, place: Place, problems: list[Problem]
) -> list[SheetParts]:
    """The sheets of a file, in its order; `problems` gets what has to be said."""
    claims = parts.claims
    sections = list(_sections(body))
    if len(claims) > 1:
        sheets = _by_bookmarks(sections, claims) or _by_count(sections, claims, book)
        if sheets is None or len(sheets) != len(claims):
            found = str(len(sheets)) if sheets is not None else ""
            problems.append(Problem("F-WORD-004", place, found, {"wanted": str(len(claims))}))
        groups = sheets if sheets is not None else [(SheetIdentity(), sections)]
    else:
        groups = [(claims[0] if claims else SheetIdentity(), sections)]
    made: list[SheetParts] = []
    heads: list[str] = []
    for claim, group in groups:
        own = [head for section in group if section.blocks for head in section.heads]
        heads = list(dict.fromkeys(own)) or heads
        sheet = SheetParts(claim)
        for section in group:
            sheet.body += section.blocks
            sheet.continuations += section.continuation
        sheet.heads = told_once(map(parts.head, heads))
        is_asked = may_hold_several(sheet.body, sheet.continuations, book.wanted or claim.form, book)
        pasted = _pasted(sheet, group, parts, book) if is_asked else None
        if pasted is not None and claim.record:
            problems.append(Problem("F-WORD-008", place, str(len(pasted)), record=claim.record))
        made += pasted or [sheet]
    return made


def _pasted(whole: SheetParts, group: Sequence[_Section], parts: WordParts, book: FormBook) -> list[SheetParts] | None:
    """The forms that were pasted into what should be one sheet; None where it is one.

    Headers and footers go with a sheet that has sections of its own; those over several sheets only where nothing is
    filled in there: whose it would be nobody can say.
    """
    blocks = [block for section in group for block in (*section.blocks, *section.continuation)]
    sheets = split_pasted(blocks, book)
    if sheets is None:
        return None
    heads_of: dict[Block, list[str]] = {}
    heads: list[str] = []
    for section in group:
        heads = section.heads or heads
        heads_of |= dict.fromkeys((*section.blocks, *section.continuation), heads)
    used = [list(dict.fromkeys(head for block in sheet.blocks for head in heads_of[block])) for sheet in sheets]
    count = Counter(head for own in used for head in own)
    made = []
    for sheet, own in zip(sheets, used, strict=True):
        part = SheetParts(SheetIdentity(sheet.form), sheet.blocks, [], sheet.continuation, sheet.loose)
        is_printed_only = not any(has_slots(plan) for plan in sheet.anatomy.heads)
        part.heads = told_once(parts.head(head) for head in own if is_printed_only or count[head] == 1)
        made.append(part)
    told = [block for part in made for block in part.heads]
    made[0].loose += [block for block in whole.heads if block not in told]
    return made


def _sections(body: Sequence[Block]) -> Iterator[_Section]:
    waiting: list[Block] = []
    for block in body:
        if isinstance(block, SectionEnd):
            yield _section(waiting, block.heads)
            waiting = []
        else:
            waiting.append(block)
    if waiting:
        yield _section(waiting, [])


def _section(blocks: Sequence[Block], heads: list[str]) -> _Section:
    form, continuation = split_continuation(blocks)
    return _Section(form, heads, continuation)


_Group = tuple[SheetIdentity, list[_Section]]


def _by_bookmarks(sections: Sequence[_Section], claims: Sequence[SheetIdentity]) -> list[_Group] | None:
    """Sheets by the numbers of their bookmarks; None where they have none or stand across each other."""
    groups: list[tuple[int, list[_Section]]] = []
    for section in sections:
        number = section.number
        if groups and number in (0, groups[-1][0]):
            groups[-1][1].append(section)
        else:
            groups.append((number, [section]))
    numbers = [number for number, _ in groups]
    if len(set(numbers)) < len(numbers) or not all(0 < number <= len(claims) for number in numbers):
        return None
    return [(claims[number - 1], group) for number, group in groups]


def _by_count(sections: Sequence[_Section], claims: Sequence[SheetIdentity], book: FormBook) -> list[_Group] | None:
    """Sheets by how many sections each form has; None where that does not come out even."""
    waiting = list(sections)
    groups: list[_Group] = []
    for claim in claims:
        manifest = book.manifests.get(claim.form)
        count = anatomy_of(manifest).sections if manifest is not None and "docx" in manifest.templates else 1
        group: list[_Section] = []
        while waiting and (count > 0 or not _has_words(waiting[0].blocks)):
            section = waiting.pop(0)
            count -= _has_words(section.blocks)
            group.append(section)
        if count > 0:
            return None
        groups.append((claim, group))
    return groups if not waiting else None


def _has_words(blocks: Sequence[Block]) -> bool:
    return any(isinstance(block, Table) or (isinstance(block, Text) and bool(words(block.text))) for block in blocks)
