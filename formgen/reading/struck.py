"""What no blank may have: text that is struck out, marked sign by sign where it is read; what is shown and is no text.

In: what stands in a run with a line through it; later a sheet's sightings. Out: text no part of which can be taken for
text without a line, whoever cuts it; then every blank with such a sign refused, whatever its type would make of it.
A mark is a sign that no XML can hold, so nobody can type it, and printed words that are struck out are none. An
equation is one such sign; a picture is one in the blank it stands in.
Cells of Excel forms are marked only where the form is read by its labels; else each says itself that it is struck.
Limit: a line drawn over the text is not seen; nor is one that comes from a style of Word's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from formgen.problems import Finding
from formgen.reading.model import LAYERS, FieldPath, Refused, SheetRead, Sighting, Unread
from formgen.values import RawCell
from formgen.values.masking import mask_long_numbers

__all__ = ["EQUATION", "LINE", "PICTURE", "refuse_marked", "struck"]

LINE: Final = "\x01"
EQUATION: Final = "\x02"
PICTURE: Final = "\x03"
SHOWN: Final = 60
_SIGN: Final = re.compile(r"(?=\S)")
_PLAIN: Final = str.maketrans({LINE: None, EQUATION: "〔公式〕", PICTURE: "〔图片〕"})
"""How people are told of them."""


def struck(text: str) -> str:
    """The text with the mark before each sign; a line through blanks says nothing."""
    return _SIGN.sub(LINE, text)


def refuse_marked(made: SheetRead, codes: Mapping[str, str]) -> None:
    """Refuse every blank that has one of these signs by its code; what is told to people is told without them."""
    seen: dict[FieldPath, list[Sighting]] = {}
    for sighting in made.sightings:
        seen.setdefault(sighting.path, []).append(sighting)
    made.sightings = [one for sightings in seen.values() for one in _without_marked(sightings, codes)]
    made.unread = [Unread(item.place, _plain(item.text)) for item in made.unread if item.text != PICTURE]
    made.problems = [replace(problem, found=_plain(problem.found)) for problem in made.problems]


def _without_marked(sightings: Sequence[Sighting], codes: Mapping[str, str]) -> Sequence[Sighting]:
    for sign, code in codes.items():
        if any(sign in _text(item.raw) for item in sightings):
            return [_refused(sightings, code)]
    return sightings


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
    return text.translate(_PLAIN)
