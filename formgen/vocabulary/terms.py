"""The vocabulary: what a term means, which type its values have, how people label it.

Terms are data (`terms.yaml`); a programme may bring more of its own in the `terms` of its programme.yaml.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from formgen.values import ValueType, value_type

__all__ = ["ENTITIES", "Term", "Vocabulary", "base_vocabulary", "read_terms"]

ENTITIES = ("place", "household", "person", "member", "helper", "pairing", "base", "plan")


@dataclass(frozen=True, slots=True)
class Term:
    """One shared meaning. `key` is entity.attribute."""

    key: str
    type_name: str
    label: str
    label_en: str
    options: Mapping[str, Any] = field(default_factory=dict)
    synonyms: tuple[str, ...] = ()

    @property
    def entity(self) -> str:
        return self.key.partition(".")[0]

    @property
    def attribute(self) -> str:
        return self.key.partition(".")[2]

    @property
    def value_type(self) -> ValueType[Any]:
        return value_type(self.type_name, **self.options)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All terms by key, and the names that worksheets of each entity have."""

    terms: Mapping[str, Term]
    sheets: Mapping[str, tuple[str, ...]]

    def __getitem__(self, key: str) -> Term:
        return self.terms[key]

    def __contains__(self, key: object) -> bool:
        return key in self.terms

    def of(self, entity: str) -> tuple[Term, ...]:
        return tuple(term for term in self.terms.values() if term.entity == entity)

    def extended(self, more: Mapping[str, Term]) -> Vocabulary:
        """This vocabulary with a programme's own terms; a programme's term replaces one of the same key."""
        return Vocabulary({**self.terms, **more}, self.sheets) if more else self


def read_terms(raw: Mapping[str, Mapping[str, Any]]) -> dict[str, Term]:
    return {
        key: Term(
            key,
            entry["type"],
            entry["zh"],
            entry.get("en", key),
            entry.get("options", {}),
            tuple(str(word) for word in entry.get("synonyms", ())),
        )
        for key, entry in raw.items()
    }


@functools.cache
def base_vocabulary() -> Vocabulary:
    import yaml

    text = Path(__file__).with_name("terms.yaml").read_text("utf-8")
    raw = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return Vocabulary(read_terms(raw["terms"]), {entity: tuple(names) for entity, names in raw["sheets"].items()})
