"""A file appears whole or not at all."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from formgen.errors import OutputError
from formgen.files import PARTIAL_SUFFIX, make_folder, staged_folder, whole_file, write_whole


def test_write_replaces_and_leaves_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "a.docx"
    write_whole(target, b"old")
    write_whole(target, b"new")
    assert target.read_bytes() == b"new"
    assert os.listdir(tmp_path) == ["a.docx"]


def test_a_file_with_the_same_bytes_is_left_alone(tmp_path: Path) -> None:
    target = tmp_path / "a.docx"
    write_whole(target, b"same")
    os.utime(target, (1, 1))
    write_whole(target, b"same")
    assert target.stat().st_mtime == 1
    write_whole(target, b"size")
    assert target.read_bytes() == b"size"


def test_a_full_disk_is_said_and_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "a.docx"
    target.write_bytes(b"old")

    def full(handle: int, content: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(OutputError) as caught:
        write_whole(target, b"new")
    assert caught.value.problem.code == "F-FILE-007"
    monkeypatch.undo()
    assert target.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a.docx"]


def test_a_short_write_goes_on_where_it_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.write
    monkeypatch.setattr(os, "write", lambda handle, content: real(handle, content[:3]))
    write_whole(tmp_path / "a", b"0123456789")
    assert (tmp_path / "a").read_bytes() == b"0123456789"


def test_a_stream_that_fails_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="half"), whole_file(tmp_path / "a") as stream:
        stream.write(b"half")
        raise ValueError("half")
    assert os.listdir(tmp_path) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("count", [1, 100_000])
def test_a_stream_on_a_full_disk_is_said(tmp_path: Path, count: int) -> None:
    """At once, or when what was held back is written at the end."""
    (tmp_path / f"a{PARTIAL_SUFFIX}").symlink_to("/dev/full")
    with pytest.raises(OutputError) as caught, whole_file(tmp_path / "a") as stream:
        stream.write(bytes(count))
    assert caught.value.problem.code == "F-FILE-007" and caught.value.problem.place.file == str(tmp_path / "a")
    assert os.listdir(tmp_path) == []


def test_what_cannot_be_read_while_a_file_is_written_is_not_said_of_the_file(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), staged_folder(tmp_path / "out"), whole_file(tmp_path / "a"):
        (tmp_path / "missing").read_bytes()
    assert os.listdir(tmp_path) == ["out"]


def test_a_folder_that_is_a_file_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"")
    for attempt in (lambda: make_folder(tmp_path / "a" / "b"), lambda: write_whole(tmp_path / "a" / "b", b"")):
        with pytest.raises(OutputError) as caught:
            attempt()
        assert caught.value.problem.code == "F-FILE-006"


@pytest.mark.skipif(sys.platform == "win32", reason="file names of Windows are Unicode whatever the locale")
def test_a_locale_without_chinese_file_names_is_said(tmp_path: Path) -> None:
    """As LC_ALL=C without UTF-8 mode: such a run ended as an error inside formgen."""
    code = (
        "import sys; from pathlib import Path\n"
        "from formgen.errors import OutputError\nfrom formgen.files import make_folder, whole_file, write_whole\n"
        "name = Path(sys.argv[1]) / '\\u7c73'\n"
        "def stream():\n with whole_file(name): pass\n"
        "for write in (lambda: make_folder(name), lambda: write_whole(name, b''), stream):\n"
        " try: write()\n except OutputError as exc: print(exc.problem.code)\n"
    )
    plain = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0", "PYTHONPATH": os.pathsep.join(sys.path)}
    run = subprocess.run([sys.executable, "-c", code, tmp_path], env=plain, capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["F-FILE-008"] * 3
