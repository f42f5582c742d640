"""Hostile and broken files through the whole of reading: each comes to its code, and none does anything else."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from formgen.problems import Problem
from formgen.reading import batch
from formgen.reading.batch import ReadOptions, read_files
from formgen.reading.files import FileReading
from tests.faults import watching
from tests.faults.hostile_files import CASES, Case

OPTIONS = ReadOptions(jobs=2, seconds=20, memory_mib=1024)
BROKEN_BY_READING = {"F-SAFE-009", "F-SAFE-010", "F-SAFE-011", "F-SAFE-012"}
"""Time, memory, a crash, an error nobody foresaw: a file whose fault is known never comes to these."""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, FileReading]:
    """What all files of the corpus came to in one run, whose workers are watched."""
    folder = tmp_path_factory.mktemp("hostile")
    for case in CASES:
        (folder / case.name).write_bytes(case.make())
    before = _listing(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(batch, "_start", watching.start)
        readings = list(read_files([folder / case.name for case in CASES], options=OPTIONS))
    assert [Path(reading.file).name for reading in readings] == [case.name for case in CASES]
    assert _listing(folder) == before, "reading leaves files as they are, and makes none"
    return {Path(reading.file).name: reading for reading in readings}


def _listing(folder: Path) -> list[tuple[str, int, int]]:
    return sorted((entry.name, entry.stat().st_size, entry.stat().st_mtime_ns) for entry in os.scandir(folder))


def _all_problems(reading: FileReading) -> list[Problem]:
    return [*reading.problems, *(problem for sheet in reading.readings for problem in sheet.problems)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_file_comes_to_its_code(found: Mapping[str, FileReading], case: Case) -> None:
    reading = found[case.name]
    problems = _all_problems(reading)
    codes = {problem.code for problem in problems}
    assert not case.code or codes & set(case.code.split("|")), codes
    assert not codes & BROKEN_BY_READING - set(case.code.split("|")), [problem.text("en") for problem in problems]
    if case.is_read:
        assert not any(problem.is_error for problem in reading.problems), [problem.text("en") for problem in problems]
    else:
        assert reading.readings == () and any(problem.is_error for problem in reading.problems)


def test_every_problem_names_its_file_and_says_what_to_do(found: Mapping[str, FileReading]) -> None:
    for name, reading in found.items():
        for problem in _all_problems(reading):
            assert Path(problem.place.file).name == name
            for language in ("zh", "en"):
                assert problem.hint(language) and "…" not in problem.title(language) + problem.expected(language)
