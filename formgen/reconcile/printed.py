"""The records that forms were printed from, as `fill` and `packet` make them, with their keys.

In: a dataset, or JSON records keyed by field. Out: a stream of printed records: key, place, and the record itself when
it is asked for. Nothing is kept: a dataset of 100,000 persons passes through once for every form.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from formgen.data.dataset import Dataset, Scope
from formgen.data.records import Record, build_record, read_records
from formgen.forms.catalogue import Programme
from formgen.forms.manifest import Manifest
from formgen.problems import Place
from formgen.vocabulary.terms import Vocabulary, base_vocabulary

__all__ = [
    "IDENTITY",
    "Alias",
    "Printed",
    "Source",
    "alias_words",
    "aliases_of_values",
    "dataset_source",
    "levels_of",
    "records_source",
]

PLACE_LEVELS: Final = ("village", "town", "base")
"""What a form about a place is printed for: `fill --per`."""
ALIASES: Final[Mapping[str, Sequence[tuple[str, ...]]]] = {
    "person": (("person.certificate",), ("person.id_number",), ("person.name", "place.village")),
    "household": (("household.number", "place.village", "place.town"), ("person.name", "place.village")),
    "pairing": (("person.certificate", "helper.name"), ("person.name", "place.village", "helper.name")),
    "base": (("base.company",),),
    "place": (("place.town", "place.village"),),
    "programme": ((),),
}
"""Subject → terms that tell one record from another where its key is not known, the surest first."""
IDENTITY: Final[Mapping[str, frozenset[str]]] = {
    subject: frozenset(term for terms in groups for term in terms if not term.startswith(("place.", "helper.")))
    for subject, groups in ALIASES.items()
}
"""Subject → terms that say whose a sheet is: a pair's helper may change."""
_MAY_BE_BLANK: Final = frozenset(["place.village"])
"""Of a place: a town's register has no village."""

Facts = Mapping[str, Any]
Alias = tuple[int, str]
"""Rank of its terms, and their values as one text."""


@dataclass(frozen=True, slots=True)
class Printed:
    """One record a form was printed from."""

    key: str
    level: str
    """What the sheet stands for: person, village, town … Of the records of one level all or none were printed."""
    place: Place
    name: str
    """Who or what it is about, for a person who looks for a missing sheet."""
    aliases: tuple[Alias, ...]
    build: Callable[[], Record]
    scope: Scope | None = None


Source = Callable[[Manifest], Iterator[Printed]]
"""The records of a form, in print order."""


def dataset_source(dataset: Dataset) -> Source:
    """The records of a dataset. Those with errors are not among them: no form is filled from them."""

    def records(manifest: Manifest) -> Iterator[Printed]:
        if manifest.programme != dataset.programme.id:
            return
        vocabulary = dataset.programme.vocabulary
        for level in levels_of(manifest, dataset.programme):
            for scope in dataset.scopes(level):
                yield _of_scope(manifest, scope, vocabulary)

    return records


def records_source(path: Path, wanted: Manifest, secret: bytes) -> Source:
    """The records of a JSON or JSONL file of one form."""

    def records(manifest: Manifest) -> Iterator[Printed]:
        if manifest.id != wanted.id:
            return
        for number, (key, record, _) in enumerate(read_records(path, manifest, secret), 1):
            place = Place(str(path), cell=str(number))
            aliases = aliases_of_values(manifest, record)
            yield Printed(
                key, manifest.subject, place, _name(manifest, record), aliases, functools.partial(dict, record)
            )

    return records


def levels_of(manifest: Manifest, programme: Programme) -> tuple[str, ...]:
    """What the sheets of a form may stand for."""
    own = PLACE_LEVELS if manifest.subject == "place" else (manifest.subject,)
    each = [sheet.each for plan in programme.packets for sheet in plan.sheets if sheet.form == manifest.name]
    return tuple(dict.fromkeys((*own, *each)))


def aliases_of_values(manifest: Manifest, values: Facts) -> tuple[Alias, ...]:
    """By what a sheet may be known when its key is not."""
    facts = {
        item.term: item.value_type.format(values[item.key])
        for item in manifest.fields
        if item.table is None and item.term and values.get(item.key) is not None
    }
    return _aliases(manifest.subject, facts)


def _of_scope(manifest: Manifest, scope: Scope, vocabulary: Vocabulary) -> Printed:
    terms = dict.fromkeys(term for group in ALIASES[manifest.subject] for term in group)
    facts = {
        term: vocabulary[term].value_type.format(value)
        for term in terms
        if (value := scope.values.get(term)) is not None
    }
    name = " ".join(facts[term] for term in terms if term in facts and not term.endswith(("certificate", "id_number")))
    aliases = _aliases(manifest.subject, facts)
    return Printed(scope.key, scope.per, scope.place, name, aliases, lambda: build_record(manifest, scope)[0], scope)


def _aliases(subject: str, facts: Mapping[str, str]) -> tuple[Alias, ...]:
    found = []
    for rank, terms in enumerate(ALIASES[subject]):
        values = [facts.get(term, "") for term in terms]
        is_known = all(value or term in _MAY_BE_BLANK for term, value in zip(terms, values, strict=True))
        if is_known if subject == "place" else all(values):
            found.append((rank, "\x1f".join(values)))
    return tuple(found)


def _name(manifest: Manifest, record: Facts) -> str:
    """The first name in a record."""
    names = [item for item in manifest.fields if item.type_name == "name" and record.get(item.key)]
    return names[0].value_type.format(record[names[0].key]) if names else ""


def alias_words(subject: str, rank: int) -> str:
    """What an alias is made of, for a message."""
    terms = base_vocabulary().terms
    return "、".join(terms[term].label for term in ALIASES[subject][rank]) or "—"
