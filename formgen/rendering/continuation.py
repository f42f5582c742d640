"""The continuation sheet (附页): where the rest of a text stands that has no room on its form.

The form shows the text up to a line's end and the mark; the sheet names form, person, field and, of a table, the row,
and goes on with the very next character, so that what is shown without the mark and the rest are the text. Wording and
measures are the same on every carrier, and who reads a sheet back knows them from here.

Free text is continued; a name, a number, a date or a choice is not, unless the form's manifest says so for a name or a
place (`overflow`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from formgen.forms.manifest import Manifest
from formgen.rendering.context import named_by

__all__ = [
    "CONTINUED",
    "MARK",
    "REST_END",
    "TITLE",
    "Continuation",
    "Continued",
    "LineStyle",
    "bookmark_stem",
    "continuation_of",
    "read_heading",
    "rejoin",
]

MARK: Final = "（转附页）"
"""Ends what the form shows."""
TITLE: Final = "附页"
CONTINUED: Final = "续表"
"""Stands above a growing table on its pages after the first."""
FROM_FORM: Final = "（接正表）"
FROM_PAGE: Final = "（接第{number}页）"
HEADING: Final = re.compile(r"(?:第(\d+)行 · )?(.+)（接(?:正表|第(\d+)页)）")
REST_END: Final = "__c"
"""What names of a field's rest end with, after the field's own; short, for a bookmark in Word has 40 characters."""


@dataclass(frozen=True, slots=True)
class LineStyle:
    """How one kind of line is set, in points."""

    size_pt: float
    line_pt: float
    font: str
    is_centred: bool = False


PAGE_PT: Final = (595.3, 841.9)
"""A4, upright, whatever the form is."""
MARGIN_PT: Final = 70.9
"""2.5 cm on all sides."""
TITLE_STYLE: Final = LineStyle(18, 30, "方正小标宋简体", is_centred=True)
FORM_STYLE: Final = LineStyle(13, 26, "宋体", is_centred=True)
PERSON_STYLE: Final = LineStyle(12, 24, "宋体")
HEADING_STYLE: Final = LineStyle(12, 24, "黑体")
TEXT_STYLE: Final = LineStyle(12, 22, "宋体")


@dataclass(frozen=True, slots=True)
class Continued:
    """The rest of one value."""

    key: str
    label: str
    text: str
    """From the first character that the form does not show; may begin with a line end."""
    table: str = ""
    row_number: int | None = None
    """Of a column: the table's key and the printed row's number, from 1."""
    page_number: int | None = None
    """Where the form breaks off, in a carrier that knows its pages."""

    @property
    def heading(self) -> str:
        row = f"第{self.row_number}行 · " if self.row_number is not None else ""
        return row + self.label + (FROM_PAGE.format(number=self.page_number) if self.page_number else FROM_FORM)


@dataclass(frozen=True, slots=True)
class Continuation:
    """The sheet that follows one form."""

    form: str
    """Annex and title of the form."""
    person: str
    """Whom the form is about, with the label: 姓名：张三; '' where nothing says."""
    parts: Sequence[Continued]


def continuation_of(manifest: Manifest, record: Mapping[str, Any], parts: Sequence[Continued]) -> Continuation:
    named = named_by(manifest, record)
    person = "：".join(named) if named is not None else ""
    return Continuation(f"{manifest.annex} {manifest.title}".strip(), person, tuple(parts))


def bookmark_stem(part: Continued) -> str:
    """Name of the bookmark around a rest, without the `f_` that formgen's bookmarks begin with."""
    row = f"__{part.row_number}" if part.row_number is not None else ""
    return (f"{part.table}_" if part.table else "") + part.key + row + REST_END


def read_heading(text: str) -> tuple[str, int | None, int | None] | None:
    """Label, row and page of a heading; None for other text."""
    match = HEADING.fullmatch(text.strip())
    if match is None:
        return None
    row, label, page = match.groups()
    return label, int(row) if row else None, int(page) if page else None


def rejoin(shown: str, rest: str) -> str:
    """The whole text from what the form shows of it and what the sheet has."""
    return shown.removesuffix(MARK) + rest
