"""Many files, each read in a worker process within limits: one bad file never stops the rest.

In: paths of files. Out: what each gave, in the order of the paths. A worker loads the forms once and reads many files.
A file whose reader takes too long, needs too much memory, fails or ends its process has a problem that says so.
Limits: memory is limited where the system does it (`crew`): Linux; elsewhere only time is.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from formgen.crew import Crew, Limits, Outcome
from formgen.forms.catalogue import Catalogue
from formgen.problems import Place, Problem
from formgen.reading.files import FileReading, read_file
from formgen.reading.identify import FormBook

__all__ = ["DEFAULT_READ", "ReadOptions", "read_files"]


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How files are read: what a person may choose at the command line or in a call."""

    form: str = ""
    """Id of the form that all files are said to be; '': each says it itself."""
    jobs: int = 1
    """Files read at a time."""
    seconds: float = 30
    """For one file."""
    memory_mib: int = 1024
    """For one file, on top of what the program itself needs."""


DEFAULT_READ: Final = ReadOptions()


def read_files(
    paths: Iterable[Path], template_folders: Sequence[Path] = (), options: ReadOptions = DEFAULT_READ
) -> Iterator[FileReading]:
    """What each file gave, in the order of the paths.

    `template_folders` come before the package's own forms, as in `Catalogue`.
    Raises: TemplateError: a manifest is broken.
    """
    limits = Limits(options.seconds, options.memory_mib)
    crew: Crew[Path, FileReading]
    with Crew(_start, (tuple(template_folders), options.form), jobs=options.jobs, limits=limits) as crew:
        for path, outcome in crew.run((path, path) for path in paths):
            yield outcome.result or FileReading(str(path), problems=(_loss(path, outcome, options),))


def _start(template_folders: Sequence[Path], form: str) -> Callable[[Path], FileReading]:
    """Make a worker ready: the forms are read once. What libraries print of a broken file is for nobody's eyes."""
    if not os.environ.get("FORMGEN_DEBUG"):
        with open(os.devnull, "wb") as nowhere:
            os.dup2(nowhere.fileno(), 2)
    return functools.partial(read_file, book=FormBook(Catalogue(template_folders).forms(), form))


def _loss(path: Path, outcome: Outcome[FileReading], options: ReadOptions) -> Problem:
    """Why a file gave nothing at all."""
    place = Place(str(path))
    if outcome.loss == "time":
        return Problem("F-SAFE-009", place, params={"limit": f"{options.seconds:g}"})
    if outcome.loss == "memory":
        return Problem("F-SAFE-010", place, params={"limit": f"{options.memory_mib:,}"})
    if outcome.loss == "ended":
        return Problem("F-SAFE-011", place, params={"reason": outcome.detail})
    return Problem("F-SAFE-012", place, params={"reason": outcome.detail})
