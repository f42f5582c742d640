"""Which sheets, for whom, in which order, in which file: from a programme's packets and a dataset's scopes.

Nothing is rendered here and nothing written: a plan is a stream of files to be.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from formgen.data.keys import record_key
from formgen.forms.catalogue import PacketPlan, Programme, Sheet
from formgen.forms.manifest import Manifest
from formgen.packets.jobs import Volume
from formgen.packets.naming import expand_pattern
from formgen.vocabulary.terms import Vocabulary

if TYPE_CHECKING:
    from formgen.data.dataset import Dataset, Scope

__all__ = ["FILL_PATTERNS", "PlannedFile", "PlannedSheet", "count_files", "form_plan", "plan_packets", "plan_sheets"]

FILL_PATTERNS: Mapping[str, str] = {
    "person": "{place.town}/{place.village}/{household.number}-{person.name}-{form.short}",
    "household": "{place.town}/{place.village}/{household.number}-{person.name}-{form.short}",
    "pairing": "{place.town}/{place.village}/{household.number}-{person.name}-{helper.name}-{form.short}",
    "village": "{place.town}/{place.village}/{form.annex}-{form.short}",
    "town": "{place.town}/{form.annex}-{form.short}",
    "base": "{place.town}/{base.company}-{form.annex}-{form.short}",
    "programme": "{form.annex}-{form.short}",
}
"""Where `fill` puts the file of one record, by what one sheet stands for."""

FILL: Final = "fill"
"""Name of the packet that `fill` makes."""
_PER_SUBJECT = {"place": "village"}
_IN_VILLAGES: Final = frozenset(["person", "household", "pairing"])
_NAMES: Final[Mapping[str, Sequence[str]]] = {
    "person": ("household.number", "person.name"),
    "household": ("household.number", "person.name"),
    "pairing": ("household.number", "person.name", "helper.name"),
    "base": ("base.company",),
}


@dataclass(frozen=True, slots=True)
class PlannedSheet:
    """One form to fill from one scope."""

    manifest: Manifest
    scope: Scope


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """Sheets that stand in one file, in print order. `owner` is the record the packet is for."""

    path: str
    packet: str
    owner: str
    sheets: tuple[PlannedSheet, ...]
    is_collection: bool = False
    """Many records in one file, each for itself; not a packet that is whole or not."""
    volume: Volume | None = None
    """The village's file that printing merges it into; None for registers, which have files of their own."""
    outline: tuple[str, ...] = ()
    """Its bookmark there: the place's name, then the person's."""


def form_plan(manifest: Manifest, per: str | None = None) -> PacketPlan:
    """The packet that `fill` makes: one form for each of its records.

    `per` chooses village, town or base for a form that stands for a place.
    """
    chosen = per or _PER_SUBJECT.get(manifest.subject, manifest.subject)
    sheet = Sheet(manifest.name, chosen)
    return PacketPlan(FILL, manifest.title, manifest.title_en, chosen, FILL_PATTERNS[chosen], (sheet,))


def plan_packets(programme: Programme, dataset: Dataset) -> Iterator[PlannedFile]:
    """Every file of every packet, in the order the programme names them."""
    for plan in programme.packets:
        for scope in dataset.scopes(plan.per):
            yield from _plan_files(programme, plan, scope)


def plan_sheets(programme: Programme, plan: PacketPlan, dataset: Dataset) -> Iterator[PlannedFile]:
    """The files of one packet only."""
    for scope in dataset.scopes(plan.per):
        yield from _plan_files(programme, plan, scope)


def count_files(programme: Programme, counts: Mapping[str, int]) -> int:
    """How many files `plan_packets` will plan for a dataset of these counts, for a progress bar."""
    return sum(
        counts.get(plan.per, 0) * (len(plan.sheets) if "{form." in plan.path else 1) for plan in programme.packets
    )


def _plan_files(programme: Programme, plan: PacketPlan, scope: Scope) -> Iterator[PlannedFile]:
    """Sheets whose path comes out the same stand in the same file."""
    facts = _facts(scope.values, programme.vocabulary)
    placed = [(_path(plan, facts, sheet.manifest), sheet) for sheet in _sheets(programme, plan, scope)]
    for path, group in groupby(placed, key=lambda pair: pair[0]):
        sheets = tuple(sheet for _, sheet in group)
        volume = _volume(programme, plan, sheets, facts)
        yield PlannedFile(path, plan.name, scope.key, sheets, volume=volume, outline=_outline(plan, facts))


def _sheets(programme: Programme, plan: PacketPlan, scope: Scope) -> Iterator[PlannedSheet]:
    for sheet in plan.sheets:
        manifest = programme.forms[sheet.form]
        scopes = [scope] if sheet.each == plan.per else scope.rows(sheet.each)
        for inner in scopes:
            yield PlannedSheet(manifest, inner)


def _path(plan: PacketPlan, facts: Mapping[str, str], manifest: Manifest) -> str:
    own = {"form.annex": manifest.annex, "form.short": manifest.short, "form.title": manifest.title}
    return expand_pattern(plan.path, {**facts, **own, "form.name": manifest.name})


def _facts(values: Mapping[str, Any], vocabulary: Vocabulary) -> dict[str, str]:
    return {
        key: vocabulary[key].value_type.format(value)
        for key, value in values.items()
        if value is not None and key in vocabulary
    }


def _volume(
    programme: Programme, plan: PacketPlan, sheets: Sequence[PlannedSheet], facts: Mapping[str, str]
) -> Volume | None:
    """The file of the village that packets of persons and households are printed in, one behind the other."""
    if plan.per not in _IN_VILLAGES:
        return None
    manifest = sheets[0].manifest
    name = plan.title if plan.name != FILL else f"{manifest.annex}-{manifest.short}"
    path = expand_pattern(f"{{place.town}}/{{place.village}}/{name}", facts)
    return Volume(path, record_key(programme.id, "volume", plan.name, name, path))


def _outline(plan: PacketPlan, facts: Mapping[str, str]) -> tuple[str, ...]:
    """Bookmarks of a packet: the smallest place that is known, then whom it is for."""
    place = facts.get("place.village") or facts.get("place.town") or plan.title
    names = (facts.get(term, "") for term in _NAMES[plan.per]) if plan.per in _NAMES else ()
    label = " ".join(name for name in names if name)
    return (place, label) if label else (place,)
