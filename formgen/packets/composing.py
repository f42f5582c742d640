"""Pages of a job's sheets, composed here or in other processes.

A task is what a job prints without what it was built from: forms, records and keys, which travel between processes.
Results come in the order of the tasks, and at most a few are on their way, so that memory does not grow with the run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

from formgen.errors import OutputError
from formgen.forms.manifest import Manifest
from formgen.packets.jobs import FileJob
from formgen.packets.options import PrintOptions
from formgen.problems import Place, Problem
from formgen.rendering.pdf import CompiledPdf, ComposedPage, Marks, compile_pdf
from formgen.typeset.fonts import FontBook

__all__ = ["ComposedSheet", "Composer", "Task", "compose_parallel", "task_of"]

IN_CHUNK: Final = 64
"""Tasks that travel together: one alone costs more to send than to compose."""
Label = TypeVar("Label")


@dataclass(frozen=True, slots=True)
class TaskSheet:
    """One sheet of a task: form, record, keys of the record and of its packet."""

    manifest: Manifest
    record: Mapping[str, Any]
    key: str


@dataclass(frozen=True, slots=True)
class Task:
    """The sheets of one job."""

    packet: str
    """Key of the packet, for the page codes."""
    sheets: tuple[TaskSheet, ...]


@dataclass(frozen=True, slots=True)
class ComposedSheet:
    """One sheet's pages, once for each copy; None where a problem is an error."""

    copies: tuple[tuple[ComposedPage, ...], ...] | None
    problems: tuple[Problem, ...]


def task_of(job: FileJob) -> Task:
    return Task(job.owner, tuple(TaskSheet(sheet.manifest, sheet.record, sheet.key) for sheet in job.sheets))


class Composer:
    """Composes tasks; each form's layout is read when first used."""

    def __init__(self, options: PrintOptions, picture_folder: Path) -> None:
        self.options = options
        self.picture_folder = picture_folder
        self.fonts = FontBook(options.font_dirs)
        self._compiled: dict[str, CompiledPdf] = {}

    def compiled(self, manifest: Manifest) -> CompiledPdf:
        """Raises: TemplateError (F-LAYOUT-001 …)."""
        if manifest.id not in self._compiled:
            self._compiled[manifest.id] = compile_pdf(manifest, self.fonts, self.picture_folder)
        return self._compiled[manifest.id]

    def compose(self, task: Task) -> list[ComposedSheet]:
        return [self._compose(task.packet, sheet) for sheet in task.sheets]

    def _compose(self, packet: str, sheet: TaskSheet) -> ComposedSheet:
        compiled = self.compiled(sheet.manifest)
        copies: list[tuple[ComposedPage, ...]] = []
        problems: tuple[Problem, ...] = ()
        is_card = compiled.is_card
        for number in range(1, self.options.copies + 1):
            marks = Marks(packet, number, has_corners=not is_card) if self.options.has_marks else None
            composed = compiled.compose(sheet.record, sheet.key, marks=marks)
            if composed.pages is None:
                return ComposedSheet(None, composed.problems)
            copies.append(composed.pages)
            problems = composed.problems
        return ComposedSheet(tuple(copies), problems)


def compose_parallel(
    composer: Composer, tasks: Iterable[tuple[Label, Task]]
) -> Iterator[tuple[Label, list[ComposedSheet]]]:
    """Every label with what became of its task, composed by `composer.options.jobs` processes.

    Raises: OutputError (F-PRINT-003): a process was ended from outside; else what composing raised.
    """
    from formgen.crew import Crew  # what starts processes takes 10 ms to load

    options = composer.options
    crew: Crew[Task, list[ComposedSheet]]
    with Crew(_start, (options, composer.picture_folder), jobs=options.jobs, in_chunk=IN_CHUNK) as crew:
        for label, outcome in crew.run(tasks):
            if outcome.error is not None:
                raise outcome.error
            if outcome.result is None:
                raise OutputError(Problem("F-PRINT-003", Place(label="--jobs"), str(options.jobs)))
            yield label, outcome.result


def _start(options: PrintOptions, picture_folder: Path) -> Callable[[Task], list[ComposedSheet]]:
    return Composer(options, picture_folder).compose
