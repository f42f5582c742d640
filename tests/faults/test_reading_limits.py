"""Readers that fail in every way there is: the file has a problem with a remedy, and all other files are read."""

from __future__ import annotations

import ctypes
import faulthandler
import os
import socket
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import pytest

from formgen.crew import is_memory_limited
from formgen.errors import InputError, TemplateError
from formgen.problems import Place, Problem
from formgen.reading import batch, files, kinds, package
from formgen.reading.batch import ReadOptions, read_files
from formgen.reading.files import FileReading, read_file
from formgen.reading.identify import FormBook
from formgen.reading.model import FileRead
from formgen.reading.package import OfficePackage
from tests.faults import watching
from tests.faults.hostile_packages import blank

OPTIONS = ReadOptions(jobs=2, seconds=1, memory_mib=256)


def _misbehave(package: OfficePackage, _: FormBook) -> FileRead:
    """A reader that does what the file's name says."""
    path = package.path
    what = path.stem.partition("-")[2]
    {
        "": lambda: None,
        "sleep": lambda: time.sleep(60),
        "spin": _spin,
        "eat": lambda: len(bytearray(1 << 30)),
        "crash": lambda: ctypes.string_at(0),
        "leave": lambda: os._exit(5),
        "bug": lambda: {}["no such key, but 410101199001011234"],
        "deep": _deep,
        "refuse": lambda: _refuse(path),
        "denied": lambda: _deny(),
        "touch": lambda: os.utime(path, ns=(1, 1)),
        "vanish": path.unlink,
        "connect": lambda: socket.create_connection(("127.0.0.1", 9)),
        "write": lambda: path.with_name("dropped.txt").write_text("x"),
    }[what]()
    return FileRead()


def _spin() -> None:
    while True:
        pass


def _deep() -> None:
    _deep()


def _refuse(path: Path) -> None:
    raise InputError(Problem("F-FILE-004", Place(str(path)), params={"reason": "x"}))


def _deny() -> None:
    raise PermissionError(13, "Permission denied")


CODES = {
    "sleep": "F-SAFE-009",
    "spin": "F-SAFE-009",
    "crash": "F-SAFE-011",
    "leave": "F-SAFE-011",
    "bug": "F-SAFE-012",
    "deep": "F-SAFE-012",
    "refuse": "F-FILE-004",
    "denied": "F-FILE-002",
    "touch": "F-SAFE-016",
    "vanish": "F-SAFE-016",
    **({"eat": "F-SAFE-010"} if is_memory_limited() else {}),
}


@pytest.fixture
def misbehaving(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("misbehaving_reader")
    module.read = _misbehave  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setattr(files, "READERS", dict.fromkeys(files.READERS, (module.__name__, "read")))


def _write(folder: Path, names: Sequence[str]) -> list[Path]:
    paths = [folder / f"{number}{f'-{name}' if name else ''}.docx" for number, name in enumerate(names)]
    for path in paths:
        path.write_bytes(blank("docx"))
    return paths


def _read(paths: Sequence[Path], options: ReadOptions = OPTIONS) -> list[FileReading]:
    readings = list(read_files(paths, options=options))
    assert [reading.file for reading in readings] == list(map(str, paths))
    return readings


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_bad_file_stops_no_other(misbehaving: None, tmp_path: Path, jobs: int) -> None:
    faulthandler_was_on = faulthandler.is_enabled()
    faulthandler.disable()
    names = [name for code in CODES for name in ("", code)] + [""]
    readings = _read(_write(tmp_path, names), ReadOptions(jobs=jobs, seconds=1, memory_mib=256))
    if faulthandler_was_on:
        faulthandler.enable()
    found = [[problem.code for problem in reading.problems] for reading in readings]
    assert found == [[CODES[name]] if name else [] for name in names]


def test_limits_are_told_and_can_be_raised(misbehaving: None, tmp_path: Path) -> None:
    (problem,) = _read(_write(tmp_path, ["sleep"]), ReadOptions(seconds=0.5))[0].problems
    assert "0.5 seconds" in problem.title("en") and "--timeout" in problem.hint("zh")
    if is_memory_limited():
        (problem,) = _read(_write(tmp_path, ["eat"]), ReadOptions(memory_mib=200))[0].problems
        assert "200 MiB" in problem.title("en") and "--memory" in problem.hint("zh")
        assert _read(_write(tmp_path, ["eat"]), ReadOptions(memory_mib=3000))[0].problems == ()


def test_an_unforeseen_error_tells_its_place_and_not_its_words(misbehaving: None, tmp_path: Path) -> None:
    (problem,) = _read(_write(tmp_path, ["bug"]))[0].problems
    assert "KeyError, test_reading_limits.py" in problem.title("en") and "4101" not in problem.text("en")


@pytest.mark.parametrize("name", ["connect", "write"])
def test_the_watch_that_other_tests_rely_on_catches(
    misbehaving: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(batch, "_start", watching.start)
    (problem,) = _read(_write(tmp_path, [name]))[0].problems
    assert (problem.code, problem.params["reason"]) == ("F-SAFE-011", f"exit {watching.CAUGHT}")


def test_a_file_that_is_not_there_or_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "folder.docx").mkdir()
    os.mkfifo(tmp_path / "pipe.docx")
    names = ["none.docx", "folder.docx", "pipe.docx", "x" * 300, "nul\0.docx"]
    codes = [[problem.code for problem in reading.problems] for reading in _read([tmp_path / name for name in names])]
    assert codes == [["F-FILE-001"], ["F-FILE-005"], ["F-FILE-005"], ["F-FILE-002"], ["F-FILE-002"]]


@pytest.mark.parametrize("opener", [kinds, package])
def test_a_file_that_may_not_be_read(opener: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(*_: object, **__: object) -> None:
        _deny()

    path = tmp_path / "form.docx"
    path.write_bytes(blank("docx"))
    monkeypatch.setattr(opener, "open", denied, raising=False)
    (problem,) = read_file(path, FormBook([])).problems
    assert problem.code == "F-FILE-002" and "Permission denied" in problem.title("en")


def test_a_broken_form_is_raised_not_told_of_every_file(tmp_path: Path) -> None:
    (tmp_path / "own/form").mkdir(parents=True)
    (tmp_path / "own/programme.yaml").write_text("id: [")
    with pytest.raises(TemplateError):
        list(read_files(_write(tmp_path, [""]), [tmp_path], OPTIONS))


def test_memory_does_not_grow_with_the_files(misbehaving: None, tmp_path: Path) -> None:
    """The paths of a long run are taken as they are needed, and its results given as they come."""
    (path,) = _write(tmp_path, [""])
    asked = given = 0

    def paths() -> object:
        nonlocal asked
        for _ in range(2_000):
            asked += 1
            yield path

    for _ in read_files(paths(), options=OPTIONS):  # type: ignore[arg-type]
        given += 1
        assert asked - given < 100
    assert given == 2_000
