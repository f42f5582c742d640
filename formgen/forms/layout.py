"""The layout of a form: where on paper each field is printed, compiled once from its template.

In: layout.json beside the template. Its pictures are the pages of background.pdf (`art` counts them from 0): the form
without values. A layout is a run of pages of their own, or a table that grows: bands (strips of a page) put one below
the other, a page's head, as many rows as there are, what follows them.

All lengths are points; the origin is a page's top left corner and y grows downwards. A band keeps the coordinates of
the page it was cut from; who prints it elsewhere shifts it.
"""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import json
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from formgen.errors import TemplateError
from formgen.forms.manifest import LAYOUT
from formgen.problems import Place, Problem

__all__ = [
    "ASCENT",
    "BACKGROUND",
    "FORMAT",
    "LAYOUT",
    "ROW_ROLES",
    "Band",
    "Flow",
    "Layout",
    "Page",
    "Rect",
    "RowRole",
    "Spot",
    "dump_layout",
    "layout_problem",
    "read_layout",
    "source_digest",
]

BACKGROUND: Final = "background.pdf"
SOURCE_SUFFIXES: Final = frozenset([".docx", ".xlsx", ".yaml"])
"""Of the sources that lie beside the layout; fonts and LibreOffice are elsewhere."""
ASCENT: Final = 0.8
"""Share of a line above its baseline; see `Spot`."""
FORMAT: Final = 1
"""Raised when an older program could not read the file."""

Rect = tuple[float, float, float, float]
"""x0, y0, x1, y1: left, top, right, bottom."""
SpotKind = Literal["text", "box", "image", "row_number", "page", "pages"]
"""A text; a check box (□ ☑); a picture; a row's number; the page's number; how many pages there are."""
RowRole = Literal["single", "start", "middle", "end"]
"""Where a row stands in its group (the rows of one household, whose merged cell spans them)."""
ROW_ROLES: Final[tuple[RowRole, ...]] = typing.get_args(RowRole)


@dataclass(frozen=True, slots=True)
class Spot:
    """One place where a value is printed.

    `baseline_pt` is that of a single line of `size_pt`. A baseline lies 0.8 of the line's height below the line's top,
    so n lines of height p begin, centred, at baseline - 0.3 line_pt - n p / 2 + 0.8 p; from the top, at
    baseline - 0.8 line_pt + 0.8 p; from the bottom, at baseline + 0.2 line_pt - (n - 0.8) p.
    """

    key: str
    """Field, or column of the table where the spot stands in a row."""
    part: str
    """`year`, `month` or `day` of a date that is printed in three blanks; else ''."""
    kind: SpotKind
    cell: Rect
    """The cell or the blank: where the value's ink may be, and where a reader looks for it."""
    left_pt: float
    right_pt: float
    """Between these the text is aligned."""
    baseline_pt: float
    width_pt: float
    height_pt: float
    """Room for the fit; a little less than the cell, the same as for the Word file."""
    size_pt: float
    line_pt: float
    min_size_pt: float
    first_line_pt: float = 0.0
    align: Literal["left", "center", "right"] = "left"
    valign: Literal["top", "center", "bottom"] = "center"
    font: str = "宋体"
    """The family the template names."""
    is_inline: bool = False
    """A blank within a line of words: one line only, whatever its height."""
    is_merged: bool = False
    """In a row: the cell spans all rows of a group and is printed once, by the first of them on the page."""
    pieces: tuple[str, ...] = ()
    """Where words surround values in one paragraph: the paragraph, words and `{key}` or `{key.part}` in turn."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page with nothing on it that grows."""

    art: int
    width_pt: float
    height_pt: float
    spots: tuple[Spot, ...]


@dataclass(frozen=True, slots=True)
class Band:
    """A strip of a page, from `top_pt` to `bottom_pt` of the art it is painted with."""

    art: int
    top_pt: float
    bottom_pt: float
    spots: tuple[Spot, ...]

    @property
    def height_pt(self) -> float:
        return self.bottom_pt - self.top_pt


@dataclass(frozen=True, slots=True)
class Flow:
    """A table that grows over pages: head, rows, what follows them."""

    table: str
    """Key of the table field."""
    width_pt: float
    height_pt: float
    frame: Band
    """The page's foot, the same on every page; page headers belong to the bands below them."""
    first: Band
    """What stands above the first row on the first page; rows begin at its bottom."""
    next: Band
    """What stands above the first row on the pages that follow: the repeated table head."""
    rows: Mapping[RowRole, Band]
    """One row in each of its roles; all of one height. Without merged cells only `single`."""
    limit_pt: float
    """Rows and tail may reach down to here."""
    tail: Band | None
    """What follows the last row, kept together."""
    continued_pt: float | None = None
    """Baseline of 续表 above the repeated head; None where the template says it itself."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Geometry of one form."""

    form: str
    version: str
    carrier: str
    """The template it was compiled from: docx or xlsx."""
    sources: Mapping[str, str]
    """SHA-256 of what went in by name (template, manifest, fonts …), and LibreOffice's version."""
    before: tuple[Page, ...]
    """The pages of a form that does not grow, or those before the growing table."""
    flow: Flow | None = None
    after: tuple[Page, ...] = ()
    page_code: Rect | None = None
    """Where the template leaves room for the page code on every page."""

    @property
    def spots(self) -> tuple[Spot, ...]:
        """All places, in print order; those of rows once."""
        bands: list[Band] = []
        if self.flow is not None:
            bands = [self.flow.frame, self.flow.first, self.flow.rows["single"]]
            bands += [self.flow.tail] if self.flow.tail is not None else []
        groups = [*(page.spots for page in self.before), *(band.spots for band in bands)]
        return tuple(spot for group in (*groups, *(page.spots for page in self.after)) for spot in group)


def read_layout(path: Path) -> Layout:
    """Raises: TemplateError (F-LAYOUT-001 there is none, F-LAYOUT-002 not a layout of this program)."""
    try:
        raw = json.loads(path.read_bytes())
    except FileNotFoundError as exc:
        raise TemplateError(Problem("F-LAYOUT-001", Place(str(path)))) from exc
    except (OSError, ValueError) as exc:
        raise TemplateError(Problem("F-LAYOUT-002", Place(str(path)), params={"reason": str(exc)})) from exc
    try:
        if raw.pop("format") != FORMAT:
            raise ValueError("format")
        made: Layout = _build(Layout, raw)
    except (KeyError, TypeError, ValueError, AttributeError) as exc:
        raise TemplateError(Problem("F-LAYOUT-002", Place(str(path)), params={"reason": str(exc)})) from exc
    return made


def layout_problem(layout: Layout, folder: Path) -> Problem | None:
    """What is wrong with a layout in its form's folder: F-LAYOUT-008 it is older than the template or the manifest,
    F-LAYOUT-009 the background is not the one it was compiled with.

    What a form is called does not matter: a copied programme can be printed before anything in it is changed.
    """
    beside = [name for name in layout.sources if (folder / name).suffix in SOURCE_SUFFIXES]
    changed = [name for name in beside if source_digest(folder / name) not in ("", layout.sources[name])]
    if changed:
        return Problem("F-LAYOUT-008", Place(str(folder / LAYOUT)), ", ".join(changed))
    if source_digest(folder / BACKGROUND) != layout.sources.get(BACKGROUND, source_digest(folder / BACKGROUND)):
        return Problem("F-LAYOUT-009", Place(str(folder / BACKGROUND)))
    return None


def source_digest(path: Path) -> str:
    """SHA-256 of what a layout is made of; '' where it is not there: a form can be printed without its template."""
    try:
        content = path.read_bytes()
    except OSError:
        return ""
    if path.suffix == ".yaml":  # a checkout may have other line ends in text
        content = content.replace(b"\r\n", b"\n")
    return hashlib.sha256(content).hexdigest()


def dump_layout(layout: Layout) -> bytes:
    """JSON with one spot a line, so that a change of one shows as one line."""
    raw = {"format": FORMAT, **_plain(layout)}
    return (_write(raw, 0) + "\n").encode()


def _plain(value: Any) -> Any:
    """What JSON knows; fields that have their default are left out."""
    if dataclasses.is_dataclass(value):
        return {
            item.name: _plain(getattr(value, item.name))
            for item in dataclasses.fields(value)
            if getattr(value, item.name) != item.default
        }
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return round(value, 3) if isinstance(value, float) else value


def _write(value: Any, depth: int) -> str:
    """A value on one line where nothing but plain values are in it; else an entry a line."""
    entries = list(value.values()) if isinstance(value, dict) else value
    is_nested = isinstance(value, (dict, list)) and any(isinstance(entry, (dict, list)) for entry in entries)
    if not is_nested or (isinstance(value, dict) and "key" in value):
        return json.dumps(value, ensure_ascii=False)
    pad, end = " " * (depth + 1), " " * depth
    if isinstance(value, dict):
        lines = [f"{pad}{json.dumps(key)}: {_write(entry, depth + 1)}" for key, entry in value.items()]
        return "{\n" + ",\n".join(lines) + f"\n{end}}}"
    return "[\n" + ",\n".join(pad + _write(entry, depth + 1) for entry in value) + f"\n{end}]"


def _build(wanted: Any, raw: Any) -> Any:
    """A value of the declared type from plain JSON. Raises: TypeError, ValueError, KeyError where it is none."""
    origin, arguments = typing.get_origin(wanted), typing.get_args(wanted)
    if dataclasses.is_dataclass(wanted):
        hints = _hints(typing.cast(type, wanted))
        if unknown := set(raw) - set(hints):
            raise ValueError(", ".join(sorted(unknown)))
        return typing.cast(Any, wanted)(**{name: _build(hints[name], item) for name, item in raw.items()})
    if origin is tuple:
        inner = arguments[:1] * len(raw) if arguments[-1] is Ellipsis else arguments
        return tuple(_build(kind, item) for kind, item in zip(inner, raw, strict=True))
    if origin is types.UnionType or origin is typing.Union:
        return None if raw is None else _build(next(kind for kind in arguments if kind is not type(None)), raw)
    if origin is Literal:
        if raw not in arguments:
            raise ValueError(str(raw))
        return raw
    if origin is not None:  # mappings
        return {_build(arguments[0], key): _build(arguments[1], item) for key, item in raw.items()}
    if wanted is float and isinstance(raw, int):
        return float(raw)
    if not isinstance(raw, wanted):
        raise TypeError(f"{raw!r}")
    return raw


@functools.cache
def _hints(wanted: type) -> Mapping[str, Any]:
    return typing.get_type_hints(wanted)
