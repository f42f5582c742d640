"""The manifest of a form (form.yaml): its fields, and what one sheet of it stands for.

A manifest is YAML, read without running anything; every mistake in it is a problem that names the file and the key.
"""

from __future__ import annotations

import functools
import re
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

from formgen.errors import TemplateError
from formgen.problems import Place, Problem
from formgen.values import ValueType, value_type
from formgen.vocabulary.terms import Vocabulary

__all__ = [
    "CARRIERS",
    "LAYOUT",
    "TEMPLATE_KINDS",
    "Carrier",
    "Field",
    "Manifest",
    "Overflow",
    "Subject",
    "Table",
    "TemplateKind",
    "load_yaml",
    "read_manifest",
]

Subject = Literal["person", "household", "pairing", "base", "place", "programme"]
Carrier = Literal["pdf", "pdf-form", "docx", "xlsx"]
CARRIERS: tuple[Carrier, ...] = get_args(Carrier)
TemplateKind = Literal["docx", "xlsx"]
TEMPLATE_KINDS: tuple[TemplateKind, ...] = get_args(TemplateKind)
LAYOUT = "layout.json"
Overflow = Literal["continue", "refuse"]
"""What becomes of a value too long for its box: the rest on a continuation sheet, or a problem and no sheet."""
CONTINUED_TYPES = frozenset(["text", "long-text"])
"""Free text: continued unless the form says otherwise."""
CONTINUABLE_TYPES = CONTINUED_TYPES | {"name", "place"}
"""Words. A number, a date, a phone or a choice in two pieces would be read wrongly."""
DEFAULT_MIN_FONT_PT = 7.5
"""The smallest type an official still reads on paper (小六号 is 6.5 pt, 六号 7.5 pt)."""


@dataclass(frozen=True)
class Table:
    """The rows of a table field: what one row stands for, its columns, the blank rows of an empty form."""

    rows_of: Literal["person", "member", "plan", "household", "pairing"]
    columns: tuple[Field, ...]
    blank_rows: int
    merge_by: str = ""
    """Key of the column whose cell spans all following rows of one household."""


@dataclass(frozen=True)
class Field:
    """One blank of a form. `key` is also the docxtpl tag, the content control's tag and the bookmark's stem."""

    key: str
    label: str
    type_name: str
    options: Mapping[str, Any] = field(default_factory=dict)
    term: str = ""
    required: bool = False
    is_by_hand: bool = False
    """Filled with a pen on the printed form: blank when printed, a field when read back."""
    total_of: tuple[str, ...] = ()
    """Computed, never typed: the sum of these sibling columns, or of one column of a table (`rows.year_2015`)."""
    min_font_pt: float = DEFAULT_MIN_FONT_PT
    table: Table | None = None
    overflow: Overflow | None = None
    """None: what its type says."""

    @property
    def is_continued(self) -> bool:
        """Whether a value too long for its box goes on on a continuation sheet."""
        return self.overflow == "continue" or (self.overflow is None and self.type_name in CONTINUED_TYPES)

    @property
    def is_box(self) -> bool:
        """Whether it is printed as a box, ticked or empty (☑ □); a check box may print words instead (是, 否)."""
        if self.type_name != "checkbox":
            return False
        from formgen.values.choice import EMPTY_MARKS

        return self.value_type.format(False) in EMPTY_MARKS

    @functools.cached_property
    def value_type(self) -> ValueType[Any]:
        if self.table is None:
            return value_type(self.type_name, **self.options)
        return value_type("table", columns={column.key: column.value_type for column in self.table.columns})


@dataclass(frozen=True)
class Manifest:
    """One form. `id` is programme/form; `folder` holds form.yaml and its templates."""

    id: str
    version: str
    title: str
    short: str
    """The title without the programme's name: what file names and lists show."""
    title_en: str
    annex: str
    subject: Subject
    layout_source: Literal["official", "reference"]
    fields: tuple[Field, ...]
    folder: Path
    page_code: tuple[float, float] | None = None
    """Where the page code stands, millimetres from the left and the top of every page; None: in a free corner."""

    @property
    def programme(self) -> str:
        return self.id.partition("/")[0]

    @property
    def name(self) -> str:
        return self.id.partition("/")[2]

    @functools.cached_property
    def carriers(self) -> tuple[Carrier, ...]:
        """What the form can be printed as: the PDFs once its layout was compiled, and as its templates are."""
        is_compiled = (self.folder / LAYOUT).is_file()
        return (*(("pdf", "pdf-form") if is_compiled else ()), *self.templates)

    @functools.cached_property
    def templates(self) -> tuple[TemplateKind, ...]:
        return tuple(kind for kind in TEMPLATE_KINDS if self.template(kind).is_file())

    def template(self, kind: TemplateKind) -> Path:
        return self.folder / f"form.{kind}"

    def field(self, key: str) -> Field:
        return self._by_key[key]

    def check_types(self) -> None:
        """Make every field's value type: listing forms does not need them, using one does.

        Raises:
            TemplateError (F-FORM-003): an unknown type, or an option it does not have.
        """
        for item in self.fields:
            try:
                _ = item.value_type
            except ValueError as exc:
                raise TemplateError(
                    Problem("F-FORM-003", Place(str(self.folder / "form.yaml"), cell=item.key), str(exc))
                ) from exc

    @functools.cached_property
    def _by_key(self) -> Mapping[str, Field]:
        return {item.key: item for item in self.fields}


def load_yaml(path: Path) -> Any:
    """Raises: TemplateError (F-FORM-001 unreadable, F-FORM-002 not YAML)."""
    import yaml

    try:
        with path.open("rb") as stream:
            return yaml.load(stream, Loader=_loader())
    except OSError as exc:
        reason = exc.strerror or type(exc).__name__
        raise TemplateError(Problem("F-FORM-001", Place(str(path)), params={"reason": reason})) from exc
    except yaml.YAMLError as exc:
        mark = getattr(exc, "problem_mark", None)
        place = Place(str(path), cell=str(mark.line + 1) if mark else "")
        raise TemplateError(Problem("F-FORM-002", place, params={"reason": str(getattr(exc, "problem", exc))})) from exc


@functools.cache
def _loader() -> Any:
    """YAML in which only true and false are truth values: yes, no and on are words that manifests use as names.

    Source: YAML 1.2.2, 10.3.2 (core schema).
    """
    import yaml

    class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
        yaml_implicit_resolvers: typing.ClassVar[Any] = {
            first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
            for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
        }

    Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("true|True|TRUE|false|False|FALSE"), list("tTfF"))
    return Loader


def read_manifest(path: Path, programme: str, vocabulary: Vocabulary) -> Manifest:
    """Read form.yaml; `programme` is the folder it belongs to.

    Raises:
        TemplateError (F-FORM-001, F-FORM-002, F-FORM-003): with the file and the key.
    """
    raw = load_yaml(path)
    reader = _Reader(path, vocabulary)
    with reader.at("form"):
        fields = tuple(reader.field(entry) for entry in raw["fields"])
        subject = raw["subject"]
        if subject not in get_args(Subject):
            raise ValueError(f"subject: {subject}")
        return Manifest(
            id=f"{programme}/{path.parent.name}",
            version=str(raw["version"]),
            title=raw["title"],
            short=raw.get("short", raw["title"]),
            title_en=raw.get("title_en", raw["title"]),
            annex=raw.get("annex", ""),
            subject=subject,
            layout_source=raw.get("layout_source", "official"),
            fields=_unique(fields),
            folder=path.parent,
            page_code=_place(raw["page_code"]) if "page_code" in raw else None,
        )


def _place(raw: Mapping[str, Any]) -> tuple[float, float]:
    if set(raw) != {"left_mm", "top_mm"}:
        raise ValueError("page_code: left_mm, top_mm")
    return float(raw["left_mm"]), float(raw["top_mm"])


def _unique(fields: tuple[Field, ...]) -> tuple[Field, ...]:
    seen: set[str] = set()
    for item in fields:
        if item.key in seen:
            raise ValueError(f"key: {item.key} (2)")
        seen.add(item.key)
    return fields


def _truth(raw: Mapping[str, Any], name: str) -> bool:
    value = raw.get(name, False)
    if not isinstance(value, bool):
        raise ValueError(f"{name}: true, false")
    return value


def _overflow(wanted: Any, type_name: str) -> Overflow | None:
    allowed = (None, *(word for word in get_args(Overflow) if word == "refuse" or type_name in CONTINUABLE_TYPES))
    if wanted not in allowed:
        raise ValueError(f"overflow: {wanted} ({type_name})")
    return typing.cast("Overflow | None", wanted)


class _Reader:
    """Turns YAML mappings into fields, remembering where it is for the problem's place."""

    KNOWN = frozenset(
        ("key", "label", "term", "type", "options", "required", "by_hand", "total_of", "min_font_pt", "overflow")
    )
    KNOWN_OF_TABLES = frozenset(("rows_of", "columns", "blank_rows", "merge_by"))

    def __init__(self, path: Path, vocabulary: Vocabulary) -> None:
        self.path = path
        self.vocabulary = vocabulary
        self.spot = ""

    def at(self, spot: str) -> _Reader:
        self.spot = spot
        return self

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, exc: BaseException | None, trace: object) -> None:
        if isinstance(exc, (KeyError, TypeError, ValueError, AttributeError)):
            reason = f"{exc.args[0] if exc.args else exc}"
            raise TemplateError(Problem("F-FORM-003", Place(str(self.path), cell=self.spot), reason)) from exc

    def field(self, raw: Mapping[str, Any]) -> Field:
        self.spot = str(raw.get("key", self.spot))
        if unknown := set(raw) - self.KNOWN - (self.KNOWN_OF_TABLES if "columns" in raw else frozenset()):
            raise ValueError(", ".join(sorted(unknown)))
        term = self.vocabulary[raw["term"]] if "term" in raw else None
        table = self._table(raw) if "columns" in raw else None
        options = {**(term.options if term else {}), **raw.get("options", {})}
        total_of = raw.get("total_of", ())
        type_name = "table" if table else raw.get("type", term.type_name if term else "text")
        return Field(
            key=str(raw["key"]),
            label=raw.get("label", term.label if term else raw["key"]),
            type_name=type_name,
            options=options,
            term=raw.get("term", ""),
            required=_truth(raw, "required"),
            is_by_hand=_truth(raw, "by_hand"),
            total_of=(total_of,) if isinstance(total_of, str) else tuple(total_of),
            min_font_pt=raw.get("min_font_pt", DEFAULT_MIN_FONT_PT),
            table=table,
            overflow=_overflow(raw.get("overflow"), type_name),
        )

    def _table(self, raw: Mapping[str, Any]) -> Table:
        columns = _unique(tuple(self.field(column) for column in raw["columns"]))
        return Table(raw["rows_of"], columns, raw.get("blank_rows", 10), raw.get("merge_by", ""))
