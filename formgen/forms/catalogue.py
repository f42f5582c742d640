"""The catalogue: every programme and form there is, the package's own and those of `--templates` folders.

A programme is a folder with programme.yaml; each folder in it with a form.yaml is a form. A folder given by the user
comes first, so that an office can put its own variant before the package's.
"""

from __future__ import annotations

import difflib
import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from formgen.errors import TemplateError
from formgen.forms.manifest import Manifest, load_yaml, read_manifest
from formgen.problems import Place, Problem
from formgen.vocabulary.terms import Vocabulary, base_vocabulary, read_terms

__all__ = ["Catalogue", "PacketPlan", "Programme", "Sheet", "own_templates"]


@dataclass(frozen=True)
class Sheet:
    """One form of a packet, once for every `each` of the packet's subject."""

    form: str
    each: str


@dataclass(frozen=True)
class PacketPlan:
    """One kind of packet: whom it is for, the files it has and what is in them, in print order."""

    name: str
    title: str
    title_en: str
    per: str
    """household, village, town, base or programme."""
    path: str
    """Pattern of the file's path, without its ending: {place.town}/{household.number}-{person.name}, {form.title} …"""
    sheets: tuple[Sheet, ...]


@dataclass(frozen=True)
class Programme:
    """A notice with its annexes."""

    id: str
    title: str
    title_en: str
    forms: Mapping[str, Manifest]
    packets: tuple[PacketPlan, ...]
    parameters: Mapping[str, Any]
    """Figures of the programme's rules, each with the notice's value as default."""
    vocabulary: Vocabulary
    folder: Path
    data: Mapping[str, Any] = field(default_factory=dict)
    """Facts the notice itself gives (the places and shares of a plan …)."""


def own_templates() -> Path:
    """The templates that come with the package: installed beside the code, or in the checkout's templates/."""
    package = Path(__file__).parent.parent
    installed = package / "_templates"
    return installed if installed.is_dir() else package.parent / "templates"


class Catalogue:
    """Programmes by id, forms by programme/form. Manifests are read when first asked for."""

    def __init__(self, extra_folders: Sequence[Path] = ()) -> None:
        self.folders = (*extra_folders, own_templates())
        self._programmes: dict[str, Programme] = {}

    @functools.cached_property
    def _folders_by_id(self) -> Mapping[str, Path]:
        found: dict[str, Path] = {}
        for folder in self.folders:
            if not folder.is_dir():
                raise TemplateError(Problem("F-FORM-006", Place(str(folder))))
            for child in sorted(folder.iterdir()):
                if (child / "programme.yaml").is_file():
                    found.setdefault(child.name, child)
        return found

    @property
    def programme_ids(self) -> tuple[str, ...]:
        return tuple(sorted(self._folders_by_id))

    def programme(self, programme_id: str) -> Programme:
        """Raises: TemplateError (F-FORM-004 unknown programme, F-FORM-001 … 003 a broken one)."""
        programme = self._read(programme_id)
        for form in programme.forms.values():
            form.check_types()
        return programme

    def form(self, form_id: str) -> Manifest:
        """The form of this id; the programme may be left out where only one has a form of that name.

        Raises:
            TemplateError: F-FORM-005 no such form, or several; F-FORM-001 … 003 a broken one.
        """
        programme_id, slash, name = form_id.partition("/")
        if slash:
            found = [self._read(programme_id).forms.get(name)] if programme_id in self._folders_by_id else []
        else:
            found = [form for form in self.forms() if form.name == form_id]
        if len(found) == 1 and found[0] is not None:
            found[0].check_types()
            return found[0]
        raise TemplateError(_unknown("F-FORM-005", form_id, [form.id for form in self.forms()]))

    def forms(self, programme_id: str | None = None) -> Iterator[Manifest]:
        """The forms of one programme or of all, for listing: their value types are not made yet."""
        for chosen in self.programme_ids if programme_id is None else [programme_id]:
            yield from self._read(chosen).forms.values()

    def _read(self, programme_id: str) -> Programme:
        if programme_id not in self._folders_by_id:
            raise TemplateError(_unknown("F-FORM-004", programme_id, self.programme_ids))
        if programme_id not in self._programmes:
            self._programmes[programme_id] = _read_programme(self._folders_by_id[programme_id])
        return self._programmes[programme_id]


def _unknown(code: str, asked: str, known: Sequence[str]) -> Problem:
    nearest = difflib.get_close_matches(asked, known, 3, 0.4) or known
    return Problem(code, found=asked, params={"known": ", ".join(nearest)})


def _read_programme(folder: Path) -> Programme:
    path = folder / "programme.yaml"
    raw = load_yaml(path)
    try:
        vocabulary = base_vocabulary().extended(read_terms(raw.get("terms", {})))
        forms = {name: read_manifest(folder / name / "form.yaml", folder.name, vocabulary) for name in raw["forms"]}
        return Programme(
            id=folder.name,
            title=raw["title"],
            title_en=raw.get("title_en", raw["title"]),
            forms=forms,
            packets=tuple(_read_plan(entry, forms) for entry in raw.get("packets", ())),
            parameters=raw.get("parameters", {}),
            vocabulary=vocabulary,
            folder=folder,
            data=raw.get("data", {}),
        )
    except (KeyError, TypeError, AttributeError, ValueError) as exc:
        reason = str(exc.args[0] if exc.args else exc)
        raise TemplateError(Problem("F-FORM-003", Place(str(path)), reason)) from exc


def _read_plan(raw: Mapping[str, Any], forms: Mapping[str, Manifest]) -> PacketPlan:
    sheets = tuple(Sheet(entry["form"], entry.get("each", raw["per"])) for entry in raw["sheets"])
    for sheet in sheets:
        if sheet.form not in forms:
            raise ValueError(f"packets.{raw['name']}.sheets: {sheet.form}")
    return PacketPlan(raw["name"], raw["title"], raw.get("title_en", raw["title"]), raw["per"], raw["path"], sheets)
