"""Processes that compose: what goes wrong in one is said for what it is."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from formgen.errors import OutputError
from formgen.packets import composing
from formgen.packets.composing import Composer, Task, compose_parallel
from formgen.packets.options import PrintOptions


def _composed(monkeypatch: pytest.MonkeyPatch, compose: Callable[[Task], Any]) -> list[Any]:
    monkeypatch.setattr(composing, "_start", _Start(compose))
    composer = Composer(PrintOptions(jobs=2), Path())
    return list(compose_parallel(composer, ((number, Task(str(number), ())) for number in range(3))))


class _Start:
    def __init__(self, compose: Callable[[Task], Any]) -> None:
        self.compose = compose

    def __call__(self, *_: object) -> Callable[[Task], Any]:
        return self.compose


def _refuse(_: Task) -> Any:
    raise PermissionError("picture.png")


def _end(_: Task) -> Any:
    os.kill(os.getpid(), signal.SIGKILL)


def _compose(task: Task) -> Any:
    return [task.packet]


def test_what_composing_raised_is_raised_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that could not be read there is no sign that the process has ended."""
    with pytest.raises(PermissionError):
        _composed(monkeypatch, _refuse)


def test_a_process_that_has_ended_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(OutputError) as caught:
        _composed(monkeypatch, _end)
    assert caught.value.problem.code == "F-PRINT-003"


def test_what_was_composed_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _composed(monkeypatch, _compose) == [(0, ["0"]), (1, ["1"]), (2, ["2"])]
