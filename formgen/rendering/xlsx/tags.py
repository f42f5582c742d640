"""Tags of a sheet's cells: what a cell's text asks for.

    {{ key }}                           the value of a field                          → FieldTag
    {{ r.key }}                         the value of a column, in a loop row          → FieldTag
    {%tr for r in rows %}, {%tr endfor %}   markers; each in a row of its own that vanishes   → LoopStart, LoopEnd
    {{ town }}乡(镇)街道办事处           anything else with tags: Jinja, sandboxed     → MixedText

A tag that is broken, or names what the form has not, is refused when the template is compiled, with sheet and cell.
What Jinja puts together is escaped as a whole, so neither a value nor a template can bring markup of its own.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from formgen.errors import TemplateError
from formgen.forms.manifest import Field, Manifest
from formgen.problems import Place, Problem

if TYPE_CHECKING:  # Jinja is imported when a cell needs it
    from formgen.rendering.xlsx.mixed import MixedReader, MixedTemplate

__all__ = ["ROW_NUMBER", "FieldTag", "LoopEnd", "LoopStart", "MixedText", "Scope", "TagReader", "has_tag"]

ROW_NUMBER = "row_number"
"""Every row of a table has it: 1, 2, 3 …"""

TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
DELIMITER = re.compile(r"\{\{|\}\}|\{%|%\}|\{#|#\}")
SIMPLE = re.compile(r"\{\{-?\s*([^\W\d]\w*)(?:\s*\.\s*([^\W\d]\w*))?\s*-?\}\}")
ROW_TAG = re.compile(r"\{%-?\s*tr\s+(.*?)\s*-?%\}", re.DOTALL)
FOR = re.compile(r"for\s+([^\W\d]\w*)\s+in\s+([^\W\d]\w*)")


@dataclass(frozen=True, slots=True)
class FieldTag:
    """One value. `column` is empty for a field of the form, else `key` is the table's and `column` its column's."""

    key: str
    column: str = ""


@dataclass(frozen=True, slots=True)
class LoopStart:
    variable: str
    table: str


@dataclass(frozen=True, slots=True)
class LoopEnd:
    pass


@dataclass(frozen=True, slots=True)
class MixedText:
    """Text with tags in it. `tag` is shown when rendering it fails."""

    template: MixedTemplate
    tag: str


@dataclass(frozen=True, slots=True)
class Scope:
    """What names mean in a row: those of the form, and in a loop row the row's variable."""

    loop: LoopStart | None = None


def has_tag(text: str) -> bool:
    return DELIMITER.search(text) is not None


class TagReader:
    """Reads the tags of one template for one form."""

    def __init__(self, manifest: Manifest, file: str) -> None:
        self._fields: Mapping[str, Field] = {field.key: field for field in manifest.fields}
        self._file = file

    @cached_property
    def _mixed_reader(self) -> MixedReader:
        from formgen.rendering.xlsx.mixed import MixedReader

        return MixedReader()

    def read(self, text: str, sheet: str, cell: str, scope: Scope) -> FieldTag | LoopStart | LoopEnd | MixedText:
        """What a text with tags asks for.

        Raises:
            TemplateError: F-XLSX-001 broken, F-XLSX-002 unknown name, F-XLSX-004 a row tag that is not supported.
        """
        spot = _Spot(Place(self._file, sheet, cell))
        stripped = text.strip()
        self._require_whole(text, spot)
        if match := ROW_TAG.fullmatch(stripped):
            return self._row_tag(match[1], stripped, spot)
        if match := ROW_TAG.search(text):
            raise spot.error("F-XLSX-004", match[0])
        if match := SIMPLE.fullmatch(text):
            tag = self._field_tag(match[1], match[2] or "", scope)
            if tag:
                return tag
        return self._mixed(text, scope, spot)

    def as_mixed(self, text: str) -> MixedText:
        """A text already read as one value, as Jinja prints it (a run of several formats)."""
        return MixedText(self._mixed_reader.read(text), text.strip())

    def _require_whole(self, text: str, spot: _Spot) -> None:
        """A lone {{ or %} is a slip of the hand, which Jinja would print."""
        if stray := DELIMITER.search(TAG.sub("", text)):
            raise spot.error("F-XLSX-001", text.strip(), reason=stray[0])

    def _row_tag(self, statement: str, tag: str, spot: _Spot) -> LoopStart | LoopEnd:
        if statement == "endfor":
            return LoopEnd()
        match = FOR.fullmatch(statement)
        if match is None:
            raise spot.error("F-XLSX-004", tag)
        variable, table = match.groups()
        if table not in self._fields or self._fields[table].table is None:
            tables = [key for key, field in self._fields.items() if field.table]
            raise spot.unknown(table, tag, tables)
        if variable in self._fields or variable.startswith("_"):
            raise spot.error("F-XLSX-001", tag, reason=variable)
        return LoopStart(variable, table)

    def _field_tag(self, name: str, part: str, scope: Scope) -> FieldTag | None:
        """The tag, where name and part are a field or a column that exists; all else goes the slow way, which tells."""
        loop = scope.loop
        if loop and name == loop.variable:
            return FieldTag(loop.table, part) if part in self._columns(loop) else None
        field = self._fields.get(name)
        return FieldTag(name) if field and not part and not field.table else None

    def _columns(self, loop: LoopStart) -> list[str]:
        table = self._fields[loop.table].table
        assert table is not None  # LoopStart is only made of tables
        return [*(column.key for column in table.columns), ROW_NUMBER]

    def _mixed(self, text: str, scope: Scope, spot: _Spot) -> MixedText:
        from formgen.rendering.xlsx.mixed import MixedFault

        try:
            template = self._mixed_reader.read(text)
        except MixedFault as exc:
            raise spot.error("F-XLSX-001", text.strip(), reason=str(exc)) from exc
        self._require_known(template, text, scope, spot)
        return MixedText(template, text.strip())

    def _require_known(self, template: MixedTemplate, text: str, scope: Scope, spot: _Spot) -> None:
        variable = scope.loop.variable if scope.loop else ""
        known = [key for key, field in self._fields.items() if not field.table]
        known += [variable] if variable else []
        for name in template.names:
            if name not in known:
                raise spot.unknown(name, text, known)
        for owner, part in template.parts:
            if scope.loop and owner == variable:
                columns = self._columns(scope.loop)
                if part not in columns:
                    raise spot.unknown(f"{variable}.{part}", text, columns)
            elif owner in self._fields:
                self._require_part(self._fields[owner], part, text, spot)

    def _require_part(self, field: Field, part: str, text: str, spot: _Spot) -> None:
        parts = ["year", "month", "day"] if field.type_name == "date" else []
        if part not in parts:
            raise spot.unknown(f"{field.key}.{part}", text, parts or [field.key])


@dataclass(frozen=True, slots=True)
class _Spot:
    """A cell, for the errors found in it."""

    place: Place

    def error(self, code: str, found: str, **params: str) -> TemplateError:
        return TemplateError(Problem(code, self.place, found, params))

    def unknown(self, name: str, tag: str, known: Iterable[str]) -> TemplateError:
        names = list(known)
        nearest = difflib.get_close_matches(name.rpartition(".")[2], names, 3, 0.4) or names[:12]
        return self.error("F-XLSX-002", tag.strip(), name=name, known=", ".join(nearest))
