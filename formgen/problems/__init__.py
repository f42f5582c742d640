"""Problems: what is wrong, where, what was found, what was expected, and what to do about it.

A problem is data. Its sentence is made only when somebody reads it, in Chinese or English, from the
catalogue beside this file, one YAML file an area (stable code → severity and, per language: what is wrong, what was
expected, what to do). `found` and the other parameters are
already fit for other eyes: whoever makes a problem masks numbers that identify a person (`ValueType.mask`).
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

__all__ = [
    "LANGUAGES",
    "SEVERITIES",
    "CatalogueEntry",
    "Finding",
    "Language",
    "Place",
    "Problem",
    "Severity",
    "catalogue",
]

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")
Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")
AREAS = (
    "files",
    "values",
    "data",
    "forms",
    "layouts",
    "codes",
    "fonts",
    "rendering",
    "packets",
    "safety",
    "identifying",
    "reading",
    "word_reading",
    "excel_reading",
    "pdf_reading",
    "reconciling",
)


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """One code of the catalogue. Sentences are `str.format` patterns over the problem's parameters."""

    code: str
    severity: Severity
    title: Mapping[str, str]
    expected: Mapping[str, str]
    hint: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Finding:
    """What a value type or a rule has to say, before anyone knows where in a file it stands."""

    code: str
    found: str = ""
    params: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def severity(self) -> Severity:
        return catalogue()[self.code].severity

    def at(self, place: Place, record: str | None = None) -> Problem:
        return Problem(self.code, place, self.found, self.params, record)


@dataclass(frozen=True, slots=True)
class Place:
    """Where: file · part!cell · label. Every part may be empty."""

    file: str = ""
    part: str = ""
    """Sheet of a workbook, or part of a document."""
    cell: str = ""
    """A1 for a sheet; a paragraph or tag for a document; a line for a text file."""
    label: str = ""
    """The column's or field's label, as the person who filled it in knows it."""

    def __str__(self) -> str:
        spot = "!".join(bit for bit in (self.part, self.cell) if bit)
        return " · ".join(bit for bit in (self.file, spot, self.label) if bit)


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem. Equal problems are the same problem: lists of them hold none twice."""

    code: str
    place: Place = field(default_factory=Place)
    found: str = ""
    params: Mapping[str, str] = field(default_factory=dict, hash=False)
    record: str | None = None
    """Key of the record it belongs to, where there is one."""

    @property
    def entry(self) -> CatalogueEntry:
        return catalogue()[self.code]

    @property
    def severity(self) -> Severity:
        return self.entry.severity

    @property
    def is_error(self) -> bool:
        return self.severity == "error"

    def with_place(self, place: Place) -> Problem:
        return replace(self, place=place)

    def title(self, language: Language) -> str:
        return self._say(self.entry.title, language)

    def expected(self, language: Language) -> str:
        return self._say(self.entry.expected, language)

    def hint(self, language: Language) -> str:
        return self._say(self.entry.hint, language)

    def text(self, language: Language) -> str:
        """The whole problem on one line: code, place, what is wrong, found, expected, remedy."""
        found, expected, colon, comma, stop = (
            ("found ", "expected ", ": ", ", ", ". ") if language == "en" else ("实为", "应为", "：", "，", "。")
        )
        place = str(self.place)
        head = f"{self.code} {place}{colon}" if place else f"{self.code} "
        parts = [self.title(language)]
        if self.found:
            parts.append(found + self.found)
        if wanted := self.expected(language):
            parts.append(expected + wanted)
        hint = self.hint(language)
        line = head + comma.join(parts) + (stop + hint if hint else "")
        return " ".join(line.split("\n"))

    def as_json(self, language: Language) -> dict[str, Any]:
        return {
            "code": self.code,
            "severity": self.severity,
            "file": self.place.file,
            "part": self.place.part,
            "cell": self.place.cell,
            "label": self.place.label,
            "record": self.record,
            "message": self.title(language),
            "found": self.found,
            "expected": self.expected(language),
            "hint": self.hint(language),
        }

    def _say(self, sentences: Mapping[str, str], language: Language) -> str:
        return sentences[language].format_map(_Blanks({"found": self.found, **self.params}))


class _Blanks(dict[str, str]):
    """A parameter that a problem does not have reads as an ellipsis, never as an error while reporting one."""

    def __missing__(self, key: str) -> str:
        return "…"


@functools.cache
def catalogue() -> Mapping[str, CatalogueEntry]:
    """Every code there is, by file and in the order the files list them."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    entries: dict[str, CatalogueEntry] = {}
    for area in AREAS:
        text = Path(__file__).with_name(f"{area}.yaml").read_text("utf-8")
        for code, raw in (yaml.load(text, Loader=loader) or {}).items():
            columns = zip(*(raw[language] for language in LANGUAGES), strict=True)
            title, expected, hint = (dict(zip(LANGUAGES, column, strict=True)) for column in columns)
            entries[code] = CatalogueEntry(code, raw["severity"], title, expected, hint)
    return entries
