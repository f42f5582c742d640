"""Processes that compose: what goes wrong in one is said for what it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from formgen.errors import OutputError
from formgen.packets.composing import Composer, _Crew
from formgen.packets.options import PrintOptions


class Pipe:
    """A worker's end that answers with one thing, or ends."""

    def __init__(self, answer: object) -> None:
        self.answer = answer

    def send(self, _: object) -> None:
        pass

    def recv(self) -> object:
        if self.answer is EOFError:
            raise EOFError
        return self.answer


def _composed(answer: Any) -> object:
    crew = _Crew(Composer(PrintOptions(jobs=1), Path()))
    crew._idle.put(Pipe(answer))  # type: ignore[arg-type]  # as much of a connection as is used
    return crew.submit([]).result()


def test_what_composing_raised_is_raised_again() -> None:
    """A file that could not be read there is no sign that the process has ended."""
    with pytest.raises(PermissionError):
        _composed(PermissionError("picture.png"))


def test_a_process_that_has_ended_is_named() -> None:
    with pytest.raises(OutputError) as caught:
        _composed(EOFError)
    assert caught.value.problem.code == "F-PRINT-003"


def test_what_was_composed_comes_back() -> None:
    assert _composed([["page"]]) == [["page"]]
