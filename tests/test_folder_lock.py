"""One run at a time in a folder, and nothing in the way after a run that was killed."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from formgen import folder_lock
from formgen.errors import OutputError
from formgen.folder_lock import LOCK, held_folder

HOLD = """
import sys
from pathlib import Path
from formgen.folder_lock import held_folder
with held_folder(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that is writing into the folder `out`."""
    command = [sys.executable, "-c", HOLD, str(tmp_path / "out")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_another_process_is_named_and_keeps_the_folder(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    for _ in range(2):
        with pytest.raises(OutputError) as caught, held_folder(tmp_path / "out"):
            raise AssertionError
        assert caught.value.problem.code == "F-FILE-009"
        assert caught.value.problem.params["process"] == str(holder.pid)
    assert (tmp_path / "out" / LOCK).is_file()


def test_a_killed_process_is_not_in_the_way(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    holder.kill()
    holder.wait()
    assert (tmp_path / "out" / LOCK).is_file(), "it could not clean up"
    with held_folder(tmp_path / "out"):
        assert (tmp_path / "out" / LOCK).read_text() == str(os.getpid())
    assert not os.listdir(tmp_path / "out")


def test_a_process_that_ends_leaves_nothing(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    assert holder.stdin is not None
    holder.stdin.close()
    assert holder.wait() == 0
    assert not (tmp_path / "out").exists(), "the folder was new, and nothing came into it"


def test_a_lock_taken_away_while_it_was_waited_for_is_asked_for_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its owner ends between our opening and our locking: what we hold then is a file that nobody else finds."""
    real, held = folder_lock._lock, []

    def lock(handle: int) -> bool:
        if not held:
            (tmp_path / LOCK).unlink()
        held.append(handle)
        return real(handle)

    monkeypatch.setattr(folder_lock, "_lock", lock)
    with held_folder(tmp_path):
        assert len(held) == 2
        with pytest.raises(OutputError), held_folder(tmp_path):
            raise AssertionError


def test_a_file_system_without_locks_is_written_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_handle: int) -> None:
        raise OSError(errno.ENOTSUP, "Operation not supported")

    monkeypatch.setattr(folder_lock, "_system_lock", refuse)
    with held_folder(tmp_path / "out"):
        (tmp_path / "out" / "a").write_bytes(b"")
    assert os.listdir(tmp_path / "out") == ["a"]


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"")
    with pytest.raises(OutputError) as caught, held_folder(tmp_path / "a" / "b"):
        raise AssertionError
    assert caught.value.problem.code == "F-FILE-006"
