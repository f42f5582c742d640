"""What has been read of a sheet so far: sightings, what is left unread, which cells are accounted for.

In: what the readers of this folder find. Out: a SheetRead. Text that the form itself prints is no value of anybody's.
"""

from __future__ import annotations

import re
from typing import Final

from formgen.forms.manifest import Manifest
from formgen.reading.labels.anchors import Anchors
from formgen.reading.labels.persons import Persons
from formgen.reading.labels.skeleton import LinePattern, letters_of
from formgen.reading.model import FieldPath, Layer, SheetIdentity, SheetRead, Sighting, Unread

__all__ = ["Ledger"]

PATTERN: Final = 0.8
LONG_PRINTED: Final = 4
"""From so many characters on a part of what the form prints is what the form prints."""
_BLANK: Final = re.compile(r"[\s_＿]*(?:年[\s_＿]*月[\s_＿]*日?|元)?[\s_＿]*")
"""A blank as it is printed: a line, a date without numbers, a unit."""


_FIGURES: Final = re.compile(r"[\d\s,.，]+")


class Ledger:
    """One sheet while it is read."""

    def __init__(self, manifest: Manifest, identity: SheetIdentity) -> None:
        self.anchors = Anchors(manifest)
        self.sheet = SheetRead(manifest, identity)
        self.persons = Persons(self.anchors)
        self.done: set[int] = set()
        """Cells of which all text is accounted for, by id."""

    def see(self, path: FieldPath, layer: Layer, place: str, text: str, confidence: float, part: str = "") -> None:
        raw = "" if _BLANK.fullmatch(text) else text.strip()
        self.sheet.sightings.append(Sighting(path, layer, place, raw, confidence, part))

    def see_pattern(self, place: str, pattern: LinePattern, match: re.Match[str]) -> None:
        for (key, part), raw in zip(pattern.slots, match.groups(), strict=True):
            self.see((key,), "pattern", place, raw.strip(" _＿　"), PATTERN, part)

    def leave(self, place: str, text: str) -> None:
        """A text for a person to look at."""
        self.sheet.unread.append(Unread(place, text.strip()))

    def forget_bare_money(self) -> None:
        """Amounts that do not say their unit, on a sheet that counts in another one than the form."""
        kept = []
        for sighting in self.sheet.sightings:
            if self._is_money(sighting.path) and isinstance(sighting.raw, str) and _FIGURES.fullmatch(sighting.raw):
                self.leave(sighting.place, sighting.raw)
            else:
                kept.append(sighting)
        self.sheet.sightings[:] = kept

    def _is_money(self, path: FieldPath) -> bool:
        table = self.anchors.tables.get(path[0])
        columns = {item.key: item for item in table.columns} if table is not None else self.anchors.fields
        return path[-1] in columns and columns[str(path[-1])].type_name == "money"

    def is_label(self, text: str) -> bool:
        return self.anchors.meaning(text) is not None

    def is_line(self, text: str) -> bool:
        """Whether a text reads as one of the template's lines, or as what it prints."""
        return self.is_printed(text) or any(item.match(text) for item in self.anchors.skeleton.patterns)

    def is_printed(self, text: str) -> bool:
        """Whether the form prints just this: a title, a note, a label of its own."""
        letters = letters_of(text)
        printed = self.anchors.skeleton
        if len(letters) >= LONG_PRINTED and letters in printed.text:
            return True
        return bool(letters) and (letters in printed.words or letters in self.anchors.titles)
