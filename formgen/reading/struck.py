"""Text that is struck out: marked sign by sign where it is read, refused where it is seen in a blank.

In: what stands in a run with a line through it; later a sheet's sightings. Out: text no part of which can be taken for
text without a line, whoever cuts it; then every blank with such a sign refused, whatever its type would make of it.
A mark is a sign that no XML can hold, so nobody can type it, and printed words that are struck out are none.
Cells of Excel forms are marked only where the form is read by its labels; else each says itself that it is struck.
Limit: a line drawn over the text is not seen; nor is one that comes from a style of Word's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from formgen.problems import Finding
from formgen.reading.model import LAYERS, FieldPath, Refused, SheetRead, Sighting, Unread
from formgen.values import RawCell
from formgen.values.masking import mask_long_numbers

__all__ = ["refuse_struck", "struck"]

LINE: Final = "\x01"
SHOWN: Final = 60
_SIGN: Final = re.compile(r"(?=\S)")


def struck(text: str) -> str:
    """The text with the mark before each sign; a line through blanks says nothing."""
    return _SIGN.sub(LINE, text)


def refuse_struck(made: SheetRead, code: str) -> None:
    """Refuse every blank with struck text by this code; what is told to people is told without the marks."""
    seen: dict[FieldPath, list[Sighting]] = {}
    for sighting in made.sightings:
        seen.setdefault(sighting.path, []).append(sighting)
    made.sightings = [
        one
        for sightings in seen.values()
        for one in ([_refused(sightings, code)] if any(LINE in _text(item.raw) for item in sightings) else sightings)
    ]
    made.unread = [Unread(item.place, _plain(item.text)) for item in made.unread]
    made.problems = [replace(problem, found=_plain(problem.found)) for problem in made.problems]


def _refused(sightings: Sequence[Sighting], code: str) -> Sighting:
    """One sighting of a blank: layers that saw more or less of it do not contradict each other. Of a date in parts the
    parts of one layer together."""
    parts = {one.part: one for one in reversed(sightings) if one.part}
    ordered = [parts[part] for part in ("year", "month", "day") if part in parts]
    text = "-".join(filter(None, (_plain(_text(one.raw)).strip() for one in ordered)))
    text = text or max((_plain(_text(one.raw)) for one in sightings), key=len)
    first = min(sightings, key=lambda one: LAYERS.index(one.layer))
    shown = mask_long_numbers(" ".join(text.split()))  # before a cut makes them short
    shown = shown if len(shown) <= SHOWN else f"{shown[:SHOWN]}…"
    return replace(first, raw=Refused(text, Finding(code, shown)), part="")


def _text(raw: RawCell | Refused) -> str:
    return raw.text if isinstance(raw, Refused) else "" if raw is None else str(raw)


def _plain(text: str) -> str:
    return text.replace(LINE, "")
