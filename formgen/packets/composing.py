"""Pages of a job's sheets, composed here or in other processes.

A task is what a job prints without what it was built from: forms, records and keys, which travel between processes.
Results come in the order of the tasks, and at most a few are on their way, so that memory does not grow with the run.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import signal
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from multiprocessing.connection import Connection
from pathlib import Path
from queue import SimpleQueue
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
CUT_OFF: Final = (EOFError, OSError)
"""What a pipe raises when the process at its other end has ended."""
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
    with _Crew(composer) as crew:
        while True:
            while len(waiting) < workers * AHEAD and (chunk := list(islice(remaining, IN_CHUNK))):
                waiting.append(([label for label, _ in chunk], crew.submit([task for _, task in chunk])))
            if not waiting:
                return
            labels, future = waiting.popleft()
            yield from zip(labels, future.result(), strict=True)


class _Crew:
    """Processes that compose, each with a pipe of its own, and a thread each that waits for it.

    A pool of `concurrent.futures` has one pipe for the results of all: a process that is killed while it writes there
    leaves half a message, for whose end the pool waits for ever.
    """

    def __init__(self, composer: Composer) -> None:
        self._composer = composer
        self._threads = ThreadPoolExecutor(composer.options.jobs)
        self._processes: list[multiprocessing.process.BaseProcess] = []
        self._ends: list[Connection] = []
        self._idle: SimpleQueue[Connection] = SimpleQueue()

    def __enter__(self) -> _Crew:
        # One that is interrupted while it starts is left behind.
        with interrupts_held():
            for _ in range(self._composer.options.jobs):
                ours, theirs = multiprocessing.Pipe()
                self._ends.append(ours)
                arguments = (theirs, self._ends, self._composer.options, self._composer.picture_folder)
                process = multiprocessing.Process(target=_work, args=arguments, daemon=True)
                process.start()
                theirs.close()  # so that the pipe ends with the process
                self._processes.append(process)
                self._idle.put(ours)
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._processes:
            process.kill()  # whatever it composes now, nobody waits for
        self._threads.shutdown(cancel_futures=True)

    def submit(self, tasks: Sequence[Task]) -> Future[list[list[ComposedSheet]]]:
        return self._threads.submit(self._have_composed, tasks)

    def _have_composed(self, tasks: Sequence[Task]) -> list[list[ComposedSheet]]:
        """Raises: OutputError (F-PRINT-003) where the process has ended; else what composing raised there."""
        connection = self._idle.get()
        try:
            connection.send(tasks)
            found = connection.recv()
        except CUT_OFF as exc:
            raise OutputError(Problem("F-PRINT-003", Place(label="--jobs"), str(len(self._ends)))) from exc
        finally:
            self._idle.put(connection)  # of an ended process, too: nobody may wait for it
        if isinstance(found, BaseException):
            raise found
        composed: list[list[ComposedSheet]] = found
        return composed


def _work(connection: Connection, ends: Sequence[Connection], options: PrintOptions, picture_folder: Path) -> None:
    """Compose what comes, until the run ends.

    `ends` are the run's own ends of all pipes: a process that held one would keep the pipe open after the run.
    """
    for end in ends:
        end.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches every process; the main one ends the others
    composer = Composer(options, picture_folder)
    with contextlib.suppress(*CUT_OFF):
        while True:
            tasks = connection.recv()
            try:
                composed: object = [composer.compose(task) for task in tasks]
            except Exception as exc:  # noqa: BLE001 - the run raises it again
                composed = exc
            connection.send(composed)
