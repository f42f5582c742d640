"""Running verbs inside the test process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from formgen.cli.main import run


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str


@pytest.fixture
def formgen(capsys: pytest.CaptureFixture[str]) -> Callable[..., Outcome]:
    """`formgen("check", "xinmi-2015", path)` → exit code, standard output, standard error."""

    def call(*arguments: object) -> Outcome:
        code = run([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Outcome(code, captured.out, captured.err)

    return call
