"""Continuation sheets (附页): the rests of texts that had no room on their form, put together again.

A rest names its field by its content control or bookmark, else by its heading. The mark where a text breaks off never
remains in a value: a text whose rest is missing is no value, and a rest without such a text is reported.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from formgen.forms.manifest import Field, Manifest
from formgen.problems import Finding, Place, Problem
from formgen.reading.docx.matching import Found
from formgen.reading.docx.model import Block, Text, texts_of, words
from formgen.reading.docx.plans import Anatomy
from formgen.rendering.continuation import MARK, REST_END, TITLE, read_heading, rejoin

__all__ = ["Rejoined", "rejoin_texts", "split_continuation"]


@dataclass(slots=True)
class _Rest:
    """The rest of one value."""

    table: str
    key: str
    row: int
    """The printed row's number; 0 outside of tables."""
    label: str
    text: str
    place: str
    is_used: bool = False
    is_sure: bool = True
    """Whether it is known where it ends: without a mark a second paragraph may be its own, or somebody's note."""


@dataclass(frozen=True, slots=True)
class Rejoined:
    """What was seen, with whole texts, and what has to be said."""

    found: list[Found]
    problems: list[Problem]
    loose: list[tuple[str, str]]
    """Texts of rests that belong to nobody: place and text."""


def split_continuation(blocks: Sequence[Block]) -> tuple[list[Block], list[Block]]:
    """What stands before the continuation sheet, and the continuation sheet; it begins with its title."""
    for number, block in enumerate(blocks):
        if isinstance(block, Text) and words(block.text) == TITLE:
            rest = list(blocks[number:])
            if any(isinstance(item, Text) and read_heading(item.text) is not None for item in rest):
                return list(blocks[:number]), rest
    return list(blocks), []


def rejoin_texts(
    found: Sequence[Found],
    sheets: Sequence[Block],
    manifest: Manifest,
    anatomy: Anatomy | None,
    place: Place,
    record: str,
) -> Rejoined:
    """Put the rests on `sheets` to the texts that end with the mark."""
    joined = Rejoined([], [], [])
    rests = list(_rests(sheets, manifest, anatomy, joined.loose))
    for item in found:
        if MARK not in item.seen.raw:
            joined.found.append(item)
            continue
        rest = _rest_of(item, found, rests) if item.seen.raw.rstrip().endswith(MARK) else None
        if rest is None:
            label = _label(manifest, item.seen.slot.table, item.seen.slot.key, item.number)
            finding = Finding("F-WORD-001", item.seen.raw[-24:])
            joined.problems.append(finding.at(replace(place, cell=item.place, label=label), record or None))
            continue
        rest.is_used = True
        whole = rejoin(item.seen.raw.rstrip(), rest.text)
        joined.found.append(item._replace(seen=item.seen._replace(raw=whole)))
    for rest in rests:
        if not rest.is_used:
            _report(rest, joined, place, record)
    return joined


def _report(rest: _Rest, joined: Rejoined, place: Place, record: str) -> None:
    """A rest without a text that breaks off: the field it names has two texts now, and neither is believed."""
    finding = Finding("F-WORD-002", rest.text.strip()[:24])
    joined.problems.append(finding.at(replace(place, cell=rest.place, label=rest.label), record or None))
    joined.loose.append((rest.place, rest.text))
    for item in list(joined.found):
        slot = item.seen.slot
        if (slot.table, slot.key) == (rest.table, rest.key) and rest.row in (0, item.seen.row or item.number):
            seen = item.seen._replace(layer="pattern", raw=item.seen.raw + rest.text)
            joined.found.append(item._replace(seen=seen, place=rest.place, confidence=0.5))


def _rest_of(item: Found, found: Sequence[Found], rests: Sequence[_Rest]) -> _Rest | None:
    slot = item.seen.slot
    own = [rest for rest in rests if (rest.table, rest.key) == (slot.table, slot.key)]
    if slot.table and not item.seen.row:
        broken = {
            other.number
            for other in found
            if MARK in other.seen.raw and (other.seen.slot.table, other.seen.slot.key) == (slot.table, slot.key)
        }
        if len(broken) != len(own):
            return None  # a row with its text was deleted or added: by order alone nobody knows which
    row = item.seen.row or item.number
    fitting = [rest for rest in own if not slot.table or rest.row == row]
    return fitting[0] if len(fitting) == 1 and fitting[0].is_sure else None


def _rests(
    sheets: Sequence[Block], manifest: Manifest, anatomy: Anatomy | None, loose: list[tuple[str, str]]
) -> Iterator[_Rest]:
    """The rests; `loose` gets what follows one that its mark ends: it may be anything that was pasted there."""
    current: _Rest | None = None
    is_marked = False
    for text in texts_of(sheets):
        heading = read_heading(text.text)
        if heading is not None:
            if current is not None:
                yield current
            label, row, _ = heading
            table, key = _by_label(manifest, label, row is not None)
            current = _Rest(table, key, row or 0, label, "", text.place)
            is_marked = False
        elif current is not None:
            named = _by_mark(text, anatomy)
            if named is None and is_marked:
                if words(text.text):
                    loose.append((text.place, text.text))
                continue
            is_marked = named is not None
            current.is_sure = current.is_sure and (is_marked or not (current.text and words(text.text)))
            if named is not None:
                current.table, current.key = named[:2]
                current.row = named[2] or current.row
            current.text = f"{current.text}\n{text.text}" if current.text else text.text
            current.place = text.place
    if current is not None:
        yield current


def _by_mark(text: Text, anatomy: Anatomy | None) -> tuple[str, str, int] | None:
    """Table, key and row that a rest's mark names."""
    if anatomy is None:
        return None
    row = next((mark.row for mark in text.marks if mark.row), 0)
    for mark in text.marks:
        if mark.name.endswith(REST_END):
            found = anatomy.fields.get((mark.is_control, mark.name.removesuffix(REST_END)))
            if found is not None:
                return *found, row
    return None


def _by_label(manifest: Manifest, label: str, is_in_row: bool) -> tuple[str, str]:
    """Table and key of the one field (or column) of that label; '' where there is none or several."""
    found = [("", item.key) for item in manifest.fields if item.table is None and item.label == label]
    if is_in_row:
        found = [
            (item.key, column.key) for item in manifest.fields for column in _columns(item) if column.label == label
        ]
    return found[0] if len(found) == 1 else ("", "")


def _columns(item: Field) -> Sequence[Field]:
    return item.table.columns if item.table is not None else ()


def _label(manifest: Manifest, table: str, key: str, row: int) -> str:
    if not table:
        return manifest.field(key).label
    item = manifest.field(table)
    column = next(column for column in _columns(item) if column.key == key)
    return f"{item.label} {row} · {column.label}"
