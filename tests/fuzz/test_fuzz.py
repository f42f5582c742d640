"""The fuzzer itself: it finds what is there, repeats itself, and every target runs; and what it once found."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from formgen.crew import Crew, Limits, Outcome
from tests.fuzz import __main__ as fuzz
from tests.fuzz.mutating import CHANGES, mutated
from tests.fuzz.targets import TARGETS, Target


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    monkeypatch.setenv("FORMGEN_FUZZ_FOLDER", str(tmp_path_factory.mktemp("fuzz")))


@pytest.mark.parametrize("name", TARGETS)
def test_a_target_reads_its_seeds_and_changed_ones(name: str) -> None:
    changed = [fuzz.input_of(name, number) for number in range(20)]
    assert _lost([(name, data) for data in [*TARGETS[name].seeds, *changed]]) == []


def test_the_same_number_is_the_same_input() -> None:
    inputs = [fuzz.input_of("docx", number) for number in range(8)]
    assert inputs == [fuzz.input_of("docx", number) for number in range(8)]
    assert len(set(inputs)) > 4


@pytest.mark.parametrize("data", [b"", b"x", b"<a><b>12</b></a>"])
def test_every_change_takes_every_input(data: bytes) -> None:
    for seed in range(50):
        for change in CHANGES:
            assert isinstance(change(data, random.Random(seed)), bytes)
        assert isinstance(mutated(data, random.Random(seed)), bytes)


class _Fragile(Target):
    def try_(self, data: bytes) -> None:
        if len(data) % 5 == 0:
            raise KeyError(len(data))


def test_what_breaks_a_target_is_kept(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(TARGETS, "package", _Fragile(lambda: [b"1234567"], bytes, ""))
    assert fuzz.fuzz_plainly("package", 0.5, tmp_path, seed=1) == 1
    kept = list(tmp_path.iterdir())
    assert kept and all(len(path.read_bytes()) % 5 == 0 for path in kept)
    assert "error KeyError" in capsys.readouterr().out


def test_what_once_broke_a_target_does_not_any_more() -> None:
    found = sorted(path for path in (Path(__file__).parent / "found").glob("*/*") if path.is_file())
    assert _lost([(path.parent.name, path.read_bytes()) for path in found]) == []


def _lost(inputs: Sequence[tuple[str, bytes]]) -> list[tuple[str, int, Outcome[None]]]:
    """Those that broke their target, with their number: tried in a process of its own, which may end."""
    with Crew(_start, (), jobs=1, limits=Limits(fuzz.SECONDS_EACH, fuzz.MEMORY_MIB)) as crew:
        outcomes = [outcome for _, outcome in crew.run((None, tried) for tried in inputs)]
    return [(inputs[number][0], number, outcome) for number, outcome in enumerate(outcomes) if outcome.loss]


def _start() -> Callable[[tuple[str, bytes]], None]:
    return lambda tried: TARGETS[tried[0]].try_(tried[1])
