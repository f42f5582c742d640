"""Labels → terms: which column of a table means what.

In: the labels of a table's columns (of a two-row header each with its alternatives), the sheet's name, what the user
settled with --map. Out: one term or none for every column, and findings for what is unknown or ambiguous.
Within a sheet of one entity its own terms come first; the terms of entities it refers to or is joined with come after.
Of several terms at the same distance the one whose *label* it is wins over those that list it as a synonym; if several
remain the column is ambiguous: nothing is guessed.
"""

from __future__ import annotations

import difflib
import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from formgen.problems import Finding
from formgen.vocabulary.folding import fold, is_other_unit, split_unit
from formgen.vocabulary.terms import ENTITIES, Term, Vocabulary

__all__ = ["KEEP", "Column", "Labels", "Matcher", "TableMatch", "is_of_the_row"]

Labels = tuple[str, ...]
"""One column's label and its alternatives, the most exact first: ("就业愿望残疾人本人愿望", "残疾人本人愿望")."""

KEEP = "-"
"""In a mapping: keep the column under its own label, whatever term it looks like."""

_OF_THE_ROW = frozenset(("序号", "备注", "说明", "附注"))
"""Columns that number or remark on the rows of a sheet. Only a sheet of persons has terms for them."""

_PERSON_KEYS = ("person.certificate", "person.id_number", "person.name")
TIERS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "person": (("person",), ("household", "place"), ("pairing", "helper")),
    "household": (("household",), ("place",), _PERSON_KEYS),
    "member": (("member",), ("household", "place"), _PERSON_KEYS),
    "helper": (("helper",), ("place",)),
    "pairing": (("pairing",), ("person", "helper"), ("household", "place")),
    "place": (("place",),),
    "base": (("base",), ("place",)),
    "plan": (("plan",),),
}
"""Which entities (or single terms) a sheet of an entity may have columns of, nearest first."""

_BY_COLUMNS = ("pairing", "member", "helper", "household", "person", "place", "base", "plan")
"""Order in which entities are preferred when a sheet's columns fit several equally well: the narrower first."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table. `term` is "" where the column is kept under its own label."""

    index: int
    label: str
    term: str


@dataclass(frozen=True, slots=True)
class TableMatch:
    """The entity a sheet is about, its columns in the sheet's order, and findings by column index."""

    entity: str
    columns: tuple[Column, ...]
    findings: tuple[tuple[int, Finding], ...]

    @property
    def matched(self) -> int:
        return sum(1 for column in self.columns if column.term)

    @property
    def understood(self) -> int:
        """Columns that mean something here, be it too much."""
        return self.matched + sum(1 for _, finding in self.findings if finding.code == "F-DATA-005")


class Matcher:
    """Matches labels with the terms of one vocabulary. `mapping` is what the user settled: label → term key or "-"."""

    def __init__(self, vocabulary: Vocabulary, mapping: Mapping[str, str] | None = None) -> None:
        self.vocabulary = vocabulary
        self.mapping = {fold(label): key for label, key in (mapping or {}).items()}
        self._used: set[str] = set()
        self._index: dict[str, dict[str, bool]] = {}
        for term in vocabulary.terms.values():
            self._add(term, term.label, True)
            self._add(term, term.key, True)
            for word in term.synonyms:
                self._add(term, word, False)

    def _add(self, term: Term, word: str, is_label: bool) -> None:
        folded = fold(word)
        for form in {folded, split_unit(folded)[0]}:
            entry = self._index.setdefault(form, {})
            entry[term.key] = entry.get(term.key, False) or is_label

    def unknown_terms(self) -> list[Finding]:
        """Targets of the mapping that are no term."""
        return [
            Finding("F-DATA-007", f"{label}={key}", {"known": ", ".join(self._nearest_terms(key))})
            for label, key in self.mapping.items()
            if key != KEEP and key not in self.vocabulary
        ]

    def _nearest_terms(self, key: str) -> list[str]:
        return difflib.get_close_matches(key, self.vocabulary.terms, 3, 0.4)

    def unused_mappings(self) -> list[Finding]:
        """Labels of the mapping that no sheet had; to be asked when all sheets are matched."""
        used = self._used
        return [Finding("F-DATA-008", f"{label}={key}") for label, key in self.mapping.items() if label not in used]

    def is_known(self, label: str) -> bool:
        """Whether the label means anything to anybody: how a header row is told from titles and data."""
        return bool(self._forms(label))

    def entity_of_sheet(self, name: str) -> str:
        """The entity a sheet of this name holds; "" when the name says nothing."""
        return self._sheet_names.get(fold(name), "")

    @functools.cached_property
    def _sheet_names(self) -> Mapping[str, str]:
        names = {fold(name): entity for entity, words in self.vocabulary.sheets.items() for name in words}
        return names | {entity: entity for entity in ENTITIES}

    def match(self, labels: Sequence[Labels], sheet: str = "") -> TableMatch:
        """The table's entity and columns. Blank labels (an empty tuple) are left out."""
        ranked = [self._match_as(entity, labels, sheet) for entity in _BY_COLUMNS]
        named = self.entity_of_sheet(sheet)
        if named:
            found = self._match_as(named, labels, sheet)
            # A name is believed unless the columns know nothing of it and all of another entity.
            if self._own(found) or found.understood >= max(other.understood for other in ranked):
                return found
        return max(ranked, key=lambda found: (self._own(found), found.matched))

    @staticmethod
    def _own(found: TableMatch) -> int:
        return sum(1 for column in found.columns if column.term.partition(".")[0] == found.entity)

    def _match_as(self, entity: str, labels: Sequence[Labels], sheet: str) -> TableMatch:
        columns: list[Column] = []
        findings: list[tuple[int, Finding]] = []
        taken: dict[str, tuple[int, bool]] = {}
        for index, words in enumerate(labels):
            if not words:
                continue
            label, key, is_settled, finding = self._term(entity, words, sheet)
            if key in taken and key:
                other, was_settled = taken[key]
                if is_settled and not was_settled:
                    columns[other] = Column(columns[other].index, columns[other].label, "")
                    taken[key] = (len(columns), True)
                elif was_settled and not is_settled:
                    key = ""
                else:
                    finding = Finding("F-DATA-006", label, {"other": columns[other].label, "term": key, "label": label})
                    key = ""
            elif key:
                taken[key] = (len(columns), is_settled)
            columns.append(Column(index, label, key))
            if finding is not None:
                findings.append((index, finding))
        return TableMatch(entity, tuple(columns), tuple(findings))

    def _term(self, entity: str, words: Labels, sheet: str) -> tuple[str, str, bool, Finding | None]:
        """One column's label and term, whether the user settled it, and what there is to say about it."""
        for word in words:
            for label in (fold(f"{sheet}!{word}"), fold(word)):
                if label in self.mapping:
                    self._used.add(label)
                    key = self.mapping[label]
                    return word, (key if key in self.vocabulary else ""), True, None
        if entity != "person" and is_of_the_row(words[0]):
            return words[0], "", False, None
        for word in words:
            keys = self._candidates(entity, word)
            if len(keys) == 1:
                unit = self._wrong_unit(keys[0], word)
                return word, "" if unit else keys[0], False, unit
            if keys:
                return word, "", False, Finding("F-DATA-005", word, {"terms": self._named(keys), "label": word})
        label = words[0]
        return label, "", False, Finding("F-DATA-004", label, {"nearest": self._nearest(entity, words), "label": label})

    def _forms(self, word: str) -> Mapping[str, bool]:
        """The terms a label may mean; those that it is with its unit come before those that it is without."""
        folded = fold(word)
        bare = split_unit(folded)[0]
        return {**self._index.get(bare, {}), **self._index.get(folded, {})}

    def _candidates(self, entity: str, word: str) -> list[str]:
        forms = self._forms(word)
        for tier in TIERS.get(entity, ((entity,),)):
            inside = [key for key in forms if key in tier or key.partition(".")[0] in tier]
            if inside:
                return [key for key in inside if forms[key]] or inside
        return []

    def _wrong_unit(self, key: str, word: str) -> Finding | None:
        """万元 over a column whose term counts 元: converting silently would be a guess about what was typed."""
        term = self.vocabulary[key]
        unit, wanted = split_unit(fold(word))[1], fold(str(term.options.get("unit", "")))
        own = split_unit(fold(term.label))[1]
        if not wanted or not (is_other_unit(unit, wanted) or is_other_unit(unit, own)):
            return None
        return Finding("F-DATA-009", word, {"wanted": own or wanted, "label": word})

    def _named(self, keys: Iterable[str]) -> str:
        return "、".join(f"{self.vocabulary[key].label} ({key})" for key in keys)

    def _nearest(self, entity: str, words: Labels) -> str:
        tiers = TIERS.get(entity, ((entity,),))
        near: list[str] = []
        for tier in tiers:
            forms = {
                form: key
                for form, keys in self._index.items()
                for key in keys
                if key in tier or key.partition(".")[0] in tier
            }
            for word in words:
                near += [forms[form] for form in difflib.get_close_matches(fold(word), forms, 3, 0.5)]
        return self._named(list(dict.fromkeys(near))[:3])


def is_of_the_row(label: str) -> bool:
    """Whether a column of this label says something of its row alone: kept, never joined or compared."""
    return fold(label) in _OF_THE_ROW
