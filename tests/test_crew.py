"""Workers: whatever one task does to its process, it is the outcome of that task, and all others are done."""

from __future__ import annotations

import ctypes
import faulthandler
import os
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formgen.crew import NO_LIMITS, Crew, Limits, Outcome, is_memory_limited

LIMITS = Limits(seconds=1.0, memory_mib=200)


class _Unsendable(Exception):
    def __init__(self, one: str, two: str) -> None:
        super().__init__(f"{one}{two}")


class _Panic(BaseException):
    """As compiled code that panics raises it."""


def _start(*_: object) -> Callable[[Any], Any]:
    faulthandler.disable()  # pytest's: a crash is meant here
    return _do


def _do(task: Any) -> Any:
    if isinstance(task, int):
        return task * task
    return {
        "raise": lambda: [][1],
        "unsendable": lambda: _raise(_Unsendable("a", "b")),
        "lambda": lambda: lambda: None,
        "panic": lambda: _raise(_Panic("lost my head")),
        "leave": lambda: sys.exit(3),
        "exit": lambda: os._exit(3),
        "crash": lambda: ctypes.string_at(0),
        "killed": lambda: os.kill(os.getpid(), signal.SIGKILL),
        "sleep": lambda: time.sleep(60),
        "spin": _spin,
        "eat": lambda: len(bytearray(1 << 30)),
        "nibble": lambda: [bytes(1 << 16) for _ in range(1 << 16)],
        "big": lambda: bytes(8 << 20),
    }[task]()


def _raise(exc: BaseException) -> None:
    raise exc


def _spin() -> None:
    while True:
        pass


LOSSES = {
    "raise": "error",
    "unsendable": "error",
    "lambda": "error",
    "panic": "error",
    "leave": "error",
    "exit": "ended",
    "crash": "ended",
    "killed": "ended",
    "sleep": "time",
    "spin": "time",
    "eat": "memory",
    "nibble": "memory",
}
if not is_memory_limited():
    del LOSSES["eat"], LOSSES["nibble"]


def _run(tasks: Iterable[Any], jobs: int = 2, limits: Limits = LIMITS, in_chunk: int = 4) -> list[Outcome[Any]]:
    with Crew(_start, (), jobs=jobs, limits=limits, in_chunk=in_chunk) as crew:
        found = list(crew.run((task, task) for task in tasks))
    assert [label for label, _ in found] == list(tasks), "in the order of the tasks"
    return [outcome for _, outcome in found]


@pytest.mark.parametrize("task", LOSSES)
def test_a_task_that_is_lost_takes_no_other_with_it(task: str) -> None:
    outcomes = _run([1, 2, task, 3, 4, 5, 6, 7])
    assert [outcome.result for outcome in outcomes] == [1, 4, None, 9, 16, 25, 36, 49]
    assert [outcome.loss for outcome in outcomes if outcome.loss] == [LOSSES[task]]


def test_losses_in_a_row() -> None:
    tasks = ["crash", "sleep", "raise", 1, "killed", "killed", 2]
    assert [outcome.loss or outcome.result for outcome in _run(tasks, jobs=1)] == [
        "ended", "time", "error", 1, "ended", "ended", 4,
    ]  # fmt: skip


def test_a_loss_says_how_it_came() -> None:
    outcomes = dict(zip(LOSSES, _run(list(LOSSES)), strict=True))
    assert isinstance(outcomes["raise"].error, IndexError)
    assert outcomes["raise"].detail.startswith("IndexError, test_crew.py:")
    assert outcomes["panic"].detail.startswith("_Panic, test_crew.py:")
    assert "_Unsendable: ab" in str(outcomes["unsendable"].error)
    assert (outcomes["crash"].detail, outcomes["killed"].detail) == ("SIGSEGV", "SIGKILL")
    assert outcomes["exit"].detail == "exit 3"


def test_results_larger_than_a_pipe_come_whole() -> None:
    assert [len(outcome.result) for outcome in _run(["big"] * 9, limits=NO_LIMITS)] == [8 << 20] * 9


@settings(max_examples=15)
@given(st.lists(st.integers(0, 9), max_size=60), st.integers(1, 3), st.integers(1, 9), st.booleans())
def test_every_task_is_done_once_and_in_order(tasks: list[int], jobs: int, in_chunk: int, is_limited: bool) -> None:
    outcomes = _run(tasks, jobs, LIMITS if is_limited else NO_LIMITS, in_chunk)
    assert [outcome.result for outcome in outcomes] == [task * task for task in tasks]


def test_only_a_few_tasks_are_on_their_way() -> None:
    taken = 0

    def tasks() -> Iterator[tuple[int, int]]:
        nonlocal taken
        for number in range(10_000):
            taken = number
            yield number, number

    with Crew(_start, (), jobs=2, limits=LIMITS, in_chunk=4) as crew:
        for label, _ in crew.run(tasks()):
            assert taken - label <= 2 * 4 * 3


def test_what_made_no_worker_ready_is_raised() -> None:
    with pytest.raises(ZeroDivisionError), Crew(_cannot_start, (), jobs=2) as crew:
        list(crew.run([(1, 1)]))


def _cannot_start() -> Callable[[Any], Any]:
    return 1 // 0  # type: ignore[return-value]


def test_a_worker_that_ends_before_it_is_ready_is_no_endless_loop() -> None:
    with Crew(os._exit, (1,), jobs=2) as crew:
        outcomes = [outcome.loss for _, outcome in crew.run((number, number) for number in range(4))]
    assert outcomes == ["ended"] * 4


def test_a_worker_that_is_killed_while_it_waits_costs_no_task() -> None:
    with Crew(_start, (), jobs=1, limits=LIMITS) as crew:
        found = []
        for _, outcome in crew.run((number, number) for number in range(6)):
            found.append(outcome.result)
            for worker in crew._workers:
                if not worker.slots:
                    worker.process.kill()
                    worker.process.join()
    assert found == [0, 1, 4, 9, 16, 25]


def test_nobody_is_left_when_the_run_is_left() -> None:
    with Crew(_start, (), jobs=2, limits=NO_LIMITS) as crew:
        run = crew.run((task, task) for task in [1, "sleep", "sleep"])
        next(run)
        processes = [worker.process for worker in crew._workers]
    assert processes and not any(process.is_alive() for process in processes)
