"""One sheet of a Word file → what is seen in its blanks.

A sheet that follows its form to the letter is read blank by blank in one pass; one that was changed is searched for
every blank by its marks, labels and words; one that is another's version of the form is read by its labels alone.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import replace
from typing import Final

from formgen.forms.manifest import Manifest
from formgen.problems import Finding, Place, Problem
from formgen.reading.docx.anatomy import anatomy_of
from formgen.reading.docx.blanks import is_row_number
from formgen.reading.docx.continuations import rejoin_texts
from formgen.reading.docx.grids import text_grid
from formgen.reading.docx.matching import Found, Matches, contents_of, match_blocks
from formgen.reading.docx.model import Block, Table, Text, pictures_in, texts_of, words
from formgen.reading.docx.plans import Anatomy
from formgen.reading.docx.searching import search_blanks
from formgen.reading.docx.sheets import SheetParts
from formgen.reading.docx.splits import rejoined
from formgen.reading.identify import Identified
from formgen.reading.labels import read_by_labels
from formgen.reading.model import Refused, SheetIdentity, SheetRead, Sighting, Unread
from formgen.reading.struck import EQUATION, LINE, PICTURE, refuse_marked
from formgen.rendering.continuation import MARK
from formgen.values.masking import mask_long_numbers

__all__ = ["follows", "see_sheet"]

REFUSED: Final = {LINE: "F-WORD-009", EQUATION: "F-WORD-011", PICTURE: "F-WORD-012"}
PAPER_TYPES: Final = frozenset(["image", "signature", "seal"])
"""Of fields whose blanks are for pictures."""
SHOWN: Final = 30
"""Characters of a text that are shown."""
FOREIGN_SHARE: Final = 0.25
"""A sheet that has fewer of the form's labels than this, and none of its marks, is not our form."""


def see_sheet(sheet: SheetParts, identified: Identified, place: Place, has_marked: bool) -> SheetRead:
    """What is seen in its blanks; `has_marked`: whether anything in the file is struck out, or drawn."""
    made = _seen_on(sheet, identified, place)
    if has_marked:
        if unread := _pictures_unread(sheet, made):
            made.problems.append(Problem("F-WORD-013", place, str(unread), record=identified.identity.record or None))
        refuse_marked(made, REFUSED)
    return made


def _pictures_unread(sheet: SheetParts, made: SheetRead) -> int:
    """How many drawings the printed form has not, and no blank has, either."""
    there = pictures_in([*sheet.body, *sheet.heads, *sheet.continuations, *sheet.loose])
    if not there:
        return 0
    printed = anatomy_of(made.manifest).pictures if "docx" in made.manifest.templates else 0
    drawn = _drawn_fields(made.manifest)
    in_blanks = {one.path for one in made.sightings if isinstance(one.raw, str) and _is_drawn(one, one.raw, drawn)}
    return max(0, there - printed - len(in_blanks))


def _drawn_fields(manifest: Manifest) -> frozenset[str]:
    """Keys of fields and columns whose blanks are for pictures."""
    columns = [column for item in manifest.fields if item.table is not None for column in item.table.columns]
    return frozenset(item.key for item in (*manifest.fields, *columns) if item.type_name in PAPER_TYPES)


def _is_drawn(sighting: Sighting, raw: str, drawn: Container[str]) -> bool:
    return PICTURE in raw or (sighting.path[-1] in drawn and bool(raw.strip()))


def _seen_on(sheet: SheetParts, identified: Identified, place: Place) -> SheetRead:
    manifest, identity = identified.manifest, identified.identity
    if "docx" not in manifest.templates:
        return _by_labels(sheet, manifest, identity)
    anatomy = anatomy_of(manifest)
    made = SheetRead(manifest, identity)
    body = contents_of(sheet.body, anatomy.has_bare_slots)
    heads = contents_of(sheet.heads, anatomy.has_bare_slots)
    matches = _matched(body, heads, anatomy)
    if matches is None:
        if _is_foreign([*body, *heads], anatomy, identified.layer == "property"):
            return _by_labels(sheet, manifest, identity)
        matches = Matches()
        body = rejoined(body, anatomy, is_sure=True) or body
        made.unread += search_blanks(body, heads, manifest, anatomy, matches)
    made.unread += [Unread(text.place, text.text) for text in texts_of(sheet.loose) if _is_unread(text, anatomy)]
    rosters = matches.rosters
    if sheet.continuations or any(roster.says(MARK) for roster in rosters):
        matches.found += [Found(*seen, 1.0) for roster in rosters for seen in roster.seen()]
        rosters = []
    joined = rejoin_texts(matches.found, sheet.continuations, manifest, anatomy, place, identity.record)
    made.problems += joined.problems
    made.unread += [Unread(at, text) for at, text in joined.loose]
    for roster in rosters:
        made.columns += roster.columns()
        made.unread += roster.unread()
    made.tables = matches.tables
    for item in joined.found:
        _see(item, made)
    for item in matches.unsure:
        if item.seen.slot.kind != "number":
            made.sightings.append(_unsure(item))
    return made


def follows(sheet: SheetParts, anatomy: Anatomy) -> bool:
    """Whether a sheet follows its form to the letter, as it stands."""
    body, heads = (contents_of(blocks, anatomy.has_bare_slots) for blocks in (sheet.body, sheet.heads))
    return _followed(body, heads, anatomy) is not None


def _matched(body: Sequence[Text | Table], heads: Sequence[Text | Table], anatomy: Anatomy) -> Matches | None:
    """What stands in the blanks of a sheet that follows its form, but for tables that were split; None of others."""
    found = _followed(body, heads, anatomy)
    if found is None and (whole := rejoined(body, anatomy, is_sure=False)) is not None:
        found = _followed(whole, heads, anatomy)
    return found


def _followed(body: Sequence[Text | Table], heads: Sequence[Text | Table], anatomy: Anatomy) -> Matches | None:
    found = Matches()
    is_same = match_blocks(body, anatomy.body, anatomy, found) and match_blocks(heads, anatomy.heads, anatomy, found)
    return found if is_same else None


def _is_unread(text: Text, anatomy: Anatomy) -> bool:
    said = words(text.text)
    return bool(said) and said not in anatomy.labels


def _see(item: Found, made: SheetRead) -> None:
    seen = item.seen
    slot = seen.slot
    if slot.kind == "number":
        if not is_row_number(seen.raw):
            made.unread.append(Unread(item.place, seen.raw.strip()))
        return
    path = slot.path(item.number)
    made.sightings.append(Sighting(path, seen.layer, item.place, seen.raw, item.confidence, slot.part))


def _unsure(item: Found) -> Sighting:
    seen, path = item.seen, item.seen.slot.path(item.number)
    shown = mask_long_numbers(" ".join(seen.raw.split()))[:SHOWN]
    raw = Refused(seen.raw, Finding("F-READ-008", shown))
    return Sighting(path, seen.layer, item.place, raw, item.confidence, seen.slot.part)


def _is_foreign(blocks: Sequence[Text | Table], anatomy: Anatomy, is_claimed: bool) -> bool:
    """Whether a sheet is somebody else's: no mark of ours, and nothing that says it is ours or most labels missing."""
    labels: set[str] = set()
    for text in texts_of(list(blocks)):
        if any((mark.is_control, mark.name) in anatomy.names for mark in text.marks):
            return False
        labels.add(words(text.text))
    return not is_claimed or len(labels & anatomy.labels) < FOREIGN_SHARE * len(anatomy.labels)


def _by_labels(sheet: SheetParts, manifest: Manifest, identity: SheetIdentity) -> SheetRead:
    blocks: list[Block] = [*sheet.body, *sheet.heads, *sheet.continuations]
    made = read_by_labels(text_grid(blocks), manifest, identity)
    made.sightings = [_without_mark(sighting) for sighting in made.sightings]
    drawn = _drawn_fields(manifest)
    made.sightings = [
        replace(one, raw="") if one.raw == PICTURE and one.path[-1] in drawn else one for one in made.sightings
    ]
    return made


def _without_mark(sighting: Sighting) -> Sighting:
    """A text that breaks off is no value; whose rest is whose, labels alone do not tell."""
    raw = sighting.raw
    if not isinstance(raw, str) or MARK not in raw:
        return sighting
    return replace(sighting, raw=Refused(raw, Finding("F-WORD-001", raw[-24:])))
