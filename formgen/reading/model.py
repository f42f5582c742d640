"""What reading a file gives: the model between the carriers' readers and everything that is done with what they found.

A carrier's reader (docx/, xlsx/, pdf/) finds sheets of forms in a file and reports sightings: what one layer saw of one
blank of the form, as it stands there. `weigh` makes values of them. A reading holds what was believed, the evidence
for each value, and a problem for all that was not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, get_args

from formgen.forms.manifest import Manifest
from formgen.problems import Finding, Problem
from formgen.values import RawCell

__all__ = [
    "LAYERS",
    "ColumnRead",
    "Doubt",
    "Evidence",
    "FieldPath",
    "FileRead",
    "Layer",
    "Reading",
    "Refused",
    "SheetIdentity",
    "SheetRead",
    "Sighting",
    "Unread",
    "path_text",
]

Layer = Literal[
    "content-control", "form-field", "defined-name", "bookmark", "geometry", "header", "path", "label", "pattern"
]
"""How a value was found, the surest first: by a mark that formgen itself left at the place (a content control, a
fillable PDF's field, a defined name, a bookmark); by the layout's geometry; by the header of its column; by its path in
the document, checked against the labels beside it; by its label alone; by the words around it in one paragraph."""
LAYERS: Final[tuple[Layer, ...]] = get_args(Layer)

FieldPath = tuple[str] | tuple[str, int, str]
"""("name",), or of a table's cell (table, row, column): rows count from 1 in the order of the file."""


def path_text(path: FieldPath) -> str:
    """`name`, or `rows.3.name`: how evidence, problems and fillable PDFs name a blank."""
    return ".".join(map(str, path))


@dataclass(frozen=True, slots=True)
class Refused:
    """What stands in a blank and is no value, whatever the field's type: a formula's error, a torn cell."""

    text: str
    finding: Finding


@dataclass(frozen=True, slots=True)
class Sighting:
    """What one layer saw of one blank.

    A blank that was found and is empty is a sighting too, with raw "": only so is it known to be empty and not lost.
    """

    path: FieldPath
    layer: Layer
    place: str
    """Where in the file, for a person: `¶12`, `表1 第3行第2列`, `附件1!C14`, `第2页 (88, 310)`."""
    raw: RawCell | Refused
    """As it stands there, line ends as \\n. A spreadsheet's cell keeps its type."""
    confidence: float
    """From 0 to 1: that this text stands in this blank."""
    part: str = ""
    """`year`, `month` or `day` of a date that is written in three blanks; else ''."""


@dataclass(frozen=True, slots=True)
class ColumnRead:
    """What one layer saw of one column of a table, all rows at once: a long roster has no sighting a cell.

    All columns of a table have as many rows. A table is read by columns or by sightings, not by both.
    """

    table: str
    column: str
    layer: Layer
    confidence: float
    raws: Sequence[RawCell | Refused]
    numbers: Sequence[int]
    """Of each row: its number where it stands."""
    before: str
    after: str = ""
    """What stands before and after that number in a cell's place."""

    def sighting(self, index: int) -> Sighting:
        """One cell of it, rows counted from 0."""
        path = (self.table, index + 1, self.column)
        return Sighting(path, self.layer, self.place(index), self.raws[index], self.confidence)

    def place(self, index: int) -> str:
        return f"{self.before}{self.numbers[index]}{self.after}"


@dataclass(frozen=True, slots=True)
class SheetIdentity:
    """Which form, version and record a sheet says it is; '' where it says nothing."""

    form: str = ""
    version: str = ""
    record: str = ""


@dataclass(frozen=True, slots=True)
class Unread:
    """Text that belongs to no blank and is not printed on the form: never dropped, shown to a person."""

    place: str
    text: str


@dataclass(slots=True)
class SheetRead:
    """One sheet as a carrier's reader found it."""

    manifest: Manifest
    identity: SheetIdentity
    pages: tuple[int, ...] = ()
    """The file's pages it stands on, counted from 1, of a carrier that has pages."""
    sightings: list[Sighting] = field(default_factory=list)
    columns: list[ColumnRead] = field(default_factory=list)
    """Tables of many rows; several of one column where layers disagree."""
    tables: set[str] = field(default_factory=set)
    """Keys of the tables that were found, be it without rows."""
    unread: list[Unread] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    """What the reader itself has to say (F-READ-…), places with the file's name."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why a value is believed."""

    layer: Layer
    place: str
    raw: str
    confidence: float


Doubt = Literal["rejected", "contradictory", "lost"]
"""Its type refuses what stands there; two places or layers disagree; the blank was not found on the sheet."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One sheet read back. A field is in `values`, or blank on the sheet, or in `problems`."""

    file: str
    form: str
    """programme/form; '' where the file is of no known form."""
    version: str
    record: str
    """Opaque key of the record it was printed from; '' where the sheet does not say."""
    pages: tuple[int, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    """Field key → typed value, as a record: blanks are left out, a table is a list of such rows."""
    evidence: Mapping[str, Evidence] = field(default_factory=dict)
    """`name` or `rows.3.name` → why; rows as they are numbered in `values`, from 1."""
    problems: Sequence[Problem] = ()
    doubts: Mapping[str, Doubt] = field(default_factory=dict)
    """`name`, `rows` or `rows.3.name` → why it is not in `values` although something stands there, or may stand there.
    Whoever compares must not take it for blank."""


@dataclass(slots=True)
class FileRead:
    """What a carrier's reader found in one file."""

    sheets: list[SheetRead] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    """About the file, or about sheets of it that are no form we know."""
