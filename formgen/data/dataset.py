"""A dataset: opened, read and checked as a whole, then looked at record by record.

In: a workbook, CSV files or JSON. Out: its problems, and scopes: the joined view of one person, household, pairing,
village, town or base, or of the whole programme, from which a form is filled.
Rows are kept on disk while they are checked and joined (`spool`): memory does not grow with their number. Reading is
calamine's for .xls and .ods, which holds one sheet at a time.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType

from formgen.data.checks import Checker
from formgen.data.derive import Deriver
from formgen.data.loading import LoadedTable, Loader
from formgen.data.places import Places
from formgen.data.problem_log import ProblemLog
from formgen.data.rules import read_parameters, reference_day
from formgen.data.scopes import CellSpot, Per, Scope, Scopes
from formgen.data.sources import open_tables
from formgen.data.spool import ENTITIES, Spool
from formgen.errors import InputError
from formgen.forms.catalogue import Programme
from formgen.problems import Place, Problem
from formgen.vocabulary.match import Matcher

__all__ = ["CellSpot", "Dataset", "Scope", "open_dataset"]

_NOTHING: Mapping[str, str] = {}


class Dataset:
    """What `open_dataset` gives. A context manager; its scopes can be read until it is closed."""

    def __init__(self, path: Path, programme: Programme, loader: Loader) -> None:
        self.path = path
        self.programme = programme
        self.problems: list[Problem] = loader.log.problems()
        """Everything there is to say about the data, in the file's order, nothing twice."""
        self.left_out: Mapping[str, Place] = loader.log.left_out
        """Key → place of the records that have errors: no form is filled from them."""
        self._loader = loader
        self._scopes = Scopes(loader)
        self.counts: Mapping[str, int] = self._count()
        """How many records there are to fill forms from, by what a form may stand for."""

    @property
    def tables(self) -> Mapping[int, LoadedTable]:
        """The sheets that were read, by the number that `CellSpot` has."""
        return self._loader.tables

    def scopes(self, per: Per) -> Iterator[Scope]:
        """Scopes in print order: town, village, household number (2 before 10), order of the file."""
        return self._scopes.each(per)

    def close(self) -> None:
        self._loader.spool.close()

    def __enter__(self) -> Dataset:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _count(self) -> dict[str, int]:
        spool = self._loader.spool
        counts = {entity: spool.count(entity, "WHERE bad = 0") for entity in ENTITIES}
        counts["household"] = len_of(spool.select("person", "DISTINCT place, ord", "WHERE bad = 0"))
        villages = list(self._scopes.villages())
        counts["place"] = counts["village"] = len(villages)
        counts["town"] = len({entry.town for entry in villages})
        counts["programme"] = 1
        return counts


def len_of(rows: Iterator[object]) -> int:
    return sum(1 for _ in rows)


def open_dataset(
    path: Path | str,
    programme: Programme,
    *,
    mapping: Mapping[str, str] = _NOTHING,
    parameters: Mapping[str, str] = _NOTHING,
    today: datetime.date | None = None,
    secret: bytes = b"",
) -> Dataset:
    """Read and check a dataset.

    Args:
        mapping: label of a column → term key, or "-" to keep the column under its own label.
        parameters: figures of the programme's rules, by name, as a person types them.
        today: the day at which ages count unless `parameters` sets reference_date.
        secret: the office's, for the keys of records (see `data.keys`).
    Raises:
        InputError: F-FILE-001 … 005 the file; F-DATA-001 nothing in it, F-DATA-002 nothing that can be recognised;
            F-DATA-007 a mapping to no term; F-DATA-080, 081 a parameter.
        OutputError: F-FILE-006, 007 no room for temporary files.
    """
    path = Path(path)
    figures = read_parameters(programme, parameters)
    day = reference_day(figures, today or datetime.date.today())
    labels = {key: term.label for key, term in programme.vocabulary.terms.items()}
    deriver = Deriver(day, "reference_date" in figures, labels)
    matcher = Matcher(programme.vocabulary, mapping)
    for finding in matcher.unknown_terms():
        raise InputError(finding.at(Place(label="--map")))
    spool = Spool()
    try:
        places = Places(programme.data.get("places", ()))
        loader = Loader(programme, matcher, deriver, spool, places, ProblemLog(), secret)
        with open_tables(path) as tables:
            loader.load(tables)
        _require_something(loader, path)
        for finding in matcher.unused_mappings():
            loader.log.add(finding.at(Place(label="--map")))
        Checker(loader, figures).check()
        return Dataset(path, programme, loader)
    except BaseException:
        spool.close()
        raise


def _require_something(loader: Loader, path: Path) -> None:
    if not loader.rows_seen:
        raise InputError(Problem("F-DATA-001", Place(str(path))))
    if not loader.tables:
        raise InputError(Problem("F-DATA-002", Place(str(path)), params={"known": loader.known_sheets()}))
