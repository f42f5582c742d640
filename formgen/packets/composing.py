"""Pages of a job's sheets, composed here or in other processes.

A task is what a job prints without what it was built from: forms, records and keys, which travel between processes.
Results come in the order of the tasks, and at most a few are on their way, so that memory does not grow with the run.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final, TypeVar

from formgen.errors import OutputError
from formgen.forms.manifest import Manifest
from formgen.interrupts import interrupts_held
from formgen.packets.jobs import FileJob
from formgen.packets.options import PrintOptions
from formgen.problems import Place, Problem
from formgen.rendering.pdf import CompiledPdf, ComposedPage, Marks, compile_pdf
from formgen.typeset.fonts import FontBook

__all__ = ["ComposedSheet", "Composer", "Task", "compose_parallel", "task_of"]

IN_CHUNK: Final = 64
"""Tasks that travel together: one alone costs more to send than to compose."""
AHEAD: Final = 3
"""Chunks on their way for each process."""
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

    Raises: OutputError (F-PRINT-003): a process was ended from outside.
    """
    workers = composer.options.jobs
    waiting: deque[tuple[list[Label], Future[list[list[ComposedSheet]]]]] = deque()
    remaining = iter(tasks)
    with ProcessPoolExecutor(workers, initializer=_begin, initargs=(composer.options, composer.picture_folder)) as pool:
        try:
            while True:
                while len(waiting) < workers * AHEAD and (chunk := list(islice(remaining, IN_CHUNK))):
                    with interrupts_held():  # the first chunks start the processes
                        sent = pool.submit(_compose_chunk, [task for _, task in chunk])
                    waiting.append(([label for label, _ in chunk], sent))
                if not waiting:
                    return
                labels, future = waiting.popleft()
                yield from zip(labels, future.result(), strict=True)
        except BrokenProcessPool as exc:
            raise OutputError(Problem("F-PRINT-003", Place(label="--jobs"), str(workers))) from exc
        finally:
            pool.shutdown(cancel_futures=True)


_composer: Composer | None = None
"""A worker's own."""


def _begin(options: PrintOptions, picture_folder: Path) -> None:
    global _composer
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches every process; the main one ends the others
    threading.Thread(target=_end_with_run, daemon=True).start()
    _composer = Composer(options, picture_folder)


def _end_with_run() -> None:
    """A process whose run was killed would wait for its next chunk for ever."""
    run = multiprocessing.parent_process()
    if run is not None:
        run.join()
        os._exit(1)


def _compose_chunk(tasks: Sequence[Task]) -> list[list[ComposedSheet]]:
    assert _composer is not None, "the pool's initializer ran"
    return [_composer.compose(task) for task in tasks]
