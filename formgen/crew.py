"""Worker processes that do tasks within limits, each task by itself: what breaks in one is the outcome of that one.

In: a function that makes a worker ready, and tasks. Out: an outcome for every task, in the order of the tasks; only a
few are on their way, so that memory does not grow with the run. A task that takes too long, needs too much memory or
ends its process (a crash in compiled code, the system's out-of-memory killer) is lost; a new process does the next.
Limits: time is the clock's, from when a worker takes up the task. Memory is limited where the kernel does it
(RLIMIT_AS: Linux; macOS takes the figure and does not hold it; Windows has no such call): elsewhere only time is.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import pickle
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Final, Generic, Literal, TypeVar

from formgen.interrupts import interrupts_held

__all__ = ["NO_LIMITS", "Crew", "Limits", "Loss", "Outcome", "is_memory_limited"]

AHEAD: Final = 3
"""Chunks of tasks on their way for each worker."""
LOOK_EVERY: Final = 0.002
"""Seconds after which a run that is busy with results looks for workers that have nothing to do."""
CUT_OFF: Final = (EOFError, OSError)
"""What a pipe raises when the process at its other end has ended."""
OUT_OF_MEMORY: Final = 86
"""Exit code of a worker that has no memory left even to say so."""
UNSENDABLE: Final = (pickle.PicklingError, TypeError, AttributeError, ValueError, RecursionError)
"""What is raised for an object that cannot travel."""

Label = TypeVar("Label")
Task = TypeVar("Task")
Result = TypeVar("Result")

Loss = Literal["", "error", "time", "memory", "ended"]
"""Why a task has no result: it raised, took too long, needed too much memory, or its process ended."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Of each task; None: none."""

    seconds: float | None = None
    memory_mib: int | None = None
    """On top of what a worker needs before its first task."""


NO_LIMITS: Final = Limits()


@dataclass(frozen=True, slots=True)
class Outcome(Generic[Result]):
    """What became of one task."""

    result: Result | None = None
    loss: Loss = ""
    error: BaseException | None = None
    """What the task raised; a stand-in of the same text where that cannot travel."""
    detail: str = ""
    """For a person: exit code or signal of the process; or the error's type, and where in the code it was raised."""


class Crew(Generic[Task, Result]):
    """Workers, each with a pipe of its own. A context manager; what still runs at its end is killed.

    A pool of `concurrent.futures` has one pipe for the results of all: a process that is killed while it writes there
    leaves half a message, for whose end the pool waits for ever. No threads here: a process that is forked beside
    running threads may hang.
    """

    def __init__(
        self,
        start: Callable[..., Callable[[Task], Result]],
        arguments: Sequence[Any],
        *,
        jobs: int,
        limits: Limits = NO_LIMITS,
        in_chunk: int = 1,
    ) -> None:
        """`start(*arguments)` runs once in each worker and gives what does a task there.

        `in_chunk` tasks travel together; so do their results where there is no limit of time.
        """
        self._start = start
        self._arguments = arguments
        self._jobs = jobs
        self._limits = limits
        self._in_chunk = in_chunk
        self._workers: list[_Worker] = []
        self._again: list[_Slot] = []
        """Tasks of a worker that has ended, which another one has to do."""

    def __enter__(self) -> Crew[Task, Result]:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._workers:
            worker.process.kill()  # whatever it does now, nobody waits for
        for worker in self._workers:
            worker.end()
        self._workers.clear()

    def run(self, tasks: Iterable[tuple[Label, Task]]) -> Iterator[tuple[Label, Outcome[Result]]]:
        """Every label with the outcome of its task, in the order of the tasks.

        Raises: what `start` raised in a worker.
        """
        coming = ((label, _Slot(task)) for label, task in tasks)
        waiting: deque[tuple[Label, _Slot]] = deque()
        while True:
            self._feed(coming, waiting)
            if not waiting:
                return
            self._look(is_patient=waiting[0][1].outcome is None)
            looked = time.monotonic()
            while waiting and (outcome := waiting[0][1].outcome) is not None:
                yield waiting.popleft()[0], outcome
                if time.monotonic() - looked > LOOK_EVERY:
                    break

    def _feed(self, coming: Iterator[tuple[Label, _Slot]], waiting: deque[tuple[Label, _Slot]]) -> None:
        """Give every worker a chunk, and one more for when it is done; start workers while there are tasks for them."""
        for worker in [worker for worker in self._workers if not worker.slots and not worker.process.is_alive()]:
            self._let_go(worker)  # ended between two tasks: no task's doing
        while True:
            freest = min(self._workers, key=lambda worker: len(worker.slots), default=None)
            if freest is not None and freest.slots and len(self._workers) < self._jobs:
                freest = None
            elif freest is not None and len(freest.slots) > self._in_chunk:
                return
            chunk = self._next_chunk(coming, waiting)
            if not chunk:
                return
            self._give(freest or self._hire(), chunk)

    def _next_chunk(self, coming: Iterator[tuple[Label, _Slot]], waiting: deque[tuple[Label, _Slot]]) -> list[_Slot]:
        if self._again:
            chunk = self._again[: self._in_chunk]
            del self._again[: self._in_chunk]
            return chunk
        room = self._jobs * self._in_chunk * AHEAD - len(waiting)
        new = list(islice(coming, max(0, min(self._in_chunk, room))))
        waiting.extend(new)
        return [slot for _, slot in new]

    def _give(self, worker: _Worker, chunk: Sequence[_Slot]) -> None:
        is_idle = not worker.slots
        worker.slots.extend(chunk)
        if is_idle:
            worker.watch(self._limits.seconds)
        try:
            worker.connection.send([slot.task for slot in chunk])
        except CUT_OFF:
            if is_idle and worker.is_ready:
                self._lose(worker, is_blamed=False)  # it ended before it could begin
            # Else what it said before it ended is still in the pipe, and `_look` finds it there.

    def _hire(self) -> _Worker:
        # One that is interrupted while it starts is left behind.
        with interrupts_held():
            ours, theirs = multiprocessing.Pipe()
            ends = [*(worker.connection for worker in self._workers), ours]
            arguments = (theirs, ends, self._start, self._arguments, self._limits)
            process = multiprocessing.Process(target=_work, args=arguments, daemon=True)
            process.start()
            theirs.close()  # so that the pipe ends with the process
            worker = _Worker(process, ours)
            self._workers.append(worker)
        return worker

    def _look(self, is_patient: bool) -> None:
        """Take what workers have sent and end those whose time is up; where patient, wait until there is something."""
        busy = [worker for worker in self._workers if worker.slots]
        if not busy:
            return
        deadlines = [worker.deadline for worker in busy if worker.deadline is not None]
        patience = max(0.0, min(deadlines) - time.monotonic()) if deadlines else None
        ready = wait([worker.connection for worker in busy], patience if is_patient else 0)
        now = time.monotonic()
        for worker in busy:
            if worker.connection in ready:
                self._receive(worker)
            elif worker.deadline is not None and now >= worker.deadline:
                self._lose(worker, Outcome(loss="time"))

    def _receive(self, worker: _Worker) -> None:
        """Raises: what `start` raised in the worker."""
        try:
            message = worker.connection.recv()
        except CUT_OFF:
            self._lose(worker)
            return
        if not worker.is_ready:
            if isinstance(message, BaseException):
                raise message
            worker.is_ready = True
            message = ()
        for outcome in message:
            worker.slots.popleft().outcome = outcome
        if any(outcome.loss == "memory" for outcome in message):  # what is left of its memory is in pieces
            self._lose(worker, is_blamed=False)
        worker.watch(self._limits.seconds)

    def _lose(self, worker: _Worker, outcome: Outcome[Any] | None = None, is_blamed: bool = True) -> None:
        """End a worker. The task it was at has this outcome, if it is to blame; the others go to another worker."""
        if outcome is not None:
            worker.process.kill()
        self._let_go(worker)
        if is_blamed and worker.slots:
            worker.slots.popleft().outcome = outcome or worker.last_outcome()
        self._again.extend(worker.slots)
        worker.slots.clear()

    def _let_go(self, worker: _Worker) -> None:
        self._workers.remove(worker)
        worker.end()


@dataclass(slots=True)
class _Slot:
    """A task on its way."""

    task: Any
    outcome: Outcome[Any] | None = None


class _Worker:
    """A process, and what it has not answered yet."""

    def __init__(self, process: BaseProcess, connection: Connection) -> None:
        self.process = process
        self.connection = connection
        self.slots: deque[_Slot] = deque()
        self.is_ready = False
        self.deadline: float | None = None

    def watch(self, seconds: float | None) -> None:
        """Its next answer is due from now on; while it starts, it has time."""
        is_due = seconds is not None and self.is_ready and self.slots
        self.deadline = time.monotonic() + seconds if is_due and seconds is not None else None

    def end(self) -> None:
        self.connection.close()  # one that is alive ends by itself, or is killed
        self.process.join(0.2)
        self.process.kill()
        self.process.join()

    def last_outcome(self) -> Outcome[Any]:
        """Of the task it was at when it ended."""
        if self.process.exitcode == OUT_OF_MEMORY:
            return Outcome(loss="memory")
        return Outcome(loss="ended", detail=self._how_it_ended())

    def _how_it_ended(self) -> str:
        code = self.process.exitcode or 0
        with contextlib.suppress(ValueError):
            return signal.Signals(-code).name if code < 0 else f"exit {code}"
        return f"signal {-code}"


def is_memory_limited() -> bool:
    """Whether this system holds a process to a limit of memory."""
    return sys.platform == "linux"


def _work(
    connection: Connection,
    ends: Sequence[Connection],
    start: Callable[..., Callable[[Any], Any]],
    arguments: Sequence[Any],
    limits: Limits,
) -> None:
    """Do the tasks that come, until the run ends.

    `ends` are the run's own ends of all pipes: a process that held one would keep the pipe open after the run.
    """
    for end in ends:
        end.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches every process; the main one ends the others
    with contextlib.suppress(*CUT_OFF), _memory_errors_told():
        try:
            do = start(*arguments)
        except Exception as exc:  # noqa: BLE001 - the run raises it again
            connection.send(_portable(exc))
            return
        connection.send(None)
        if limits.memory_mib is not None:
            _limit_memory(limits.memory_mib)
        coming: SimpleQueue[Sequence[Any]] = SimpleQueue()
        threading.Thread(target=_receive, args=(connection, coming), daemon=True).start()
        while tasks := coming.get():
            if limits.seconds is None:
                _answer(connection, [_outcome(do, task) for task in tasks])
            else:
                for task in tasks:
                    _answer(connection, [_outcome(do, task)])


def _receive(connection: Connection, coming: SimpleQueue[Sequence[Any]]) -> None:
    """Take tasks out of the pipe at once: the run that sends them must not wait for a worker that sends results."""
    with contextlib.suppress(*CUT_OFF), _memory_errors_told():
        while True:
            coming.put(connection.recv())
    coming.put(())


@contextlib.contextmanager
def _memory_errors_told() -> Iterator[None]:
    try:
        yield
    except MemoryError:
        os._exit(OUT_OF_MEMORY)


def _outcome(do: Callable[[Any], Any], task: Any) -> Outcome[Any]:
    try:
        return Outcome(do(task))
    except MemoryError:
        return Outcome(loss="memory")
    except BaseException as exc:  # noqa: BLE001 - a panic of compiled code is no Exception; the run decides
        return Outcome(loss="error", error=_portable(exc), detail=_where(exc))


def _answer(connection: Connection, outcomes: Sequence[Outcome[Any]]) -> None:
    try:
        connection.send(outcomes)
    except UNSENDABLE as exc:
        connection.send([Outcome(loss="error", error=RuntimeError(str(exc)), detail=_where(exc))] * len(outcomes))


def _portable(exc: BaseException) -> BaseException:
    """The error, or one of the same text where it cannot travel."""
    try:
        pickle.loads(pickle.dumps(exc))
    except UNSENDABLE:
        return RuntimeError(f"{type(exc).__name__}: {exc}")
    return exc


def _where(exc: BaseException) -> str:
    """What was raised, and the place in the code: `KeyError, file.py:12`. Its words may quote somebody's data."""
    trace = exc.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f", {Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else ""
    return f"{type(exc).__name__}{place}"


def _limit_memory(mib: int) -> None:
    """Address space, on top of what is taken now. A worker that dies leaves no image of its memory (personal data)."""
    if sys.platform == "win32":
        return
    import resource

    taken = 0
    with contextlib.suppress(OSError):
        taken = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    with contextlib.suppress(ValueError, OSError):  # above a limit that the system has set: that one holds
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (taken + (mib << 20), resource.getrlimit(resource.RLIMIT_AS)[1]))
