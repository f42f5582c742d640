"""The files of a folder: all of them, in the order people count, each once; what is passed over is said."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from formgen.reading.folders import find_files


def _tree(folder: Path, names: Iterable[str]) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    return folder


def _found(*paths: Path) -> tuple[list[str], dict[str, str]]:
    files, problems = find_files(paths)
    return [path.name for path in files], {Path(problem.place.file).name: problem.code for problem in problems}


def test_files_are_in_the_order_people_count(tmp_path: Path) -> None:
    names = ["10.docx", "9.docx", "a10.pdf", "a9.pdf", "02.docx", "sub/1.xlsx", "sub/deep/3.xls", "张三.docx", "README"]
    files, problems = _found(_tree(tmp_path, names))
    assert files == ["02.docx", "9.docx", "10.docx", "README", "a9.pdf", "a10.pdf", "张三.docx", "1.xlsx", "3.xls"]
    assert problems == {}


def test_what_is_no_form_is_passed_over_and_named(tmp_path: Path) -> None:
    names = ["~$张三.docx", ".~lock.a.xlsx#", ".~b.docx", ".hidden", ".git/config", "Thumbs.db", "desktop.ini"]
    names += ["manifest.json", "a.pdf.part", ".formgen-staging/a.pdf", "__MACOSX/._a.docx", "a.docx"]
    files, problems = _found(_tree(tmp_path, names))
    assert files == ["a.docx"]
    assert problems == {
        **dict.fromkeys(["~$张三.docx", ".~lock.a.xlsx#", ".~b.docx"], "F-SAFE-021"),
        **dict.fromkeys([".hidden", ".git", "Thumbs.db", "desktop.ini", "__MACOSX"], "F-SAFE-022"),
        **dict.fromkeys(["manifest.json", "a.pdf.part", ".formgen-staging"], "F-SAFE-023"),
    }


def test_a_file_that_is_named_is_taken_whatever_it_is_called(tmp_path: Path) -> None:
    _tree(tmp_path, [".hidden.docx"])
    assert _found(tmp_path / ".hidden.docx", tmp_path / "none.docx") == ([".hidden.docx", "none.docx"], {})


def test_a_file_is_read_once(tmp_path: Path) -> None:
    _tree(tmp_path, ["a.docx", "sub/b.docx"])
    assert _found(tmp_path / "a.docx", tmp_path, tmp_path / "sub" / ".." / "a.docx")[0] == ["a.docx", "b.docx"]


def test_a_link_that_leads_back_ends(tmp_path: Path) -> None:
    _tree(tmp_path, ["a.docx", "sub/b.docx"])
    (tmp_path / "sub/up").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "gone.docx").symlink_to(tmp_path / "nowhere")
    (tmp_path / "itself.docx").symlink_to(tmp_path / "itself.docx")
    files, problems = _found(tmp_path)
    assert files == ["a.docx", "gone.docx", "itself.docx", "b.docx"] and problems == {"up": "F-SAFE-025"}


def test_a_folder_without_files_and_one_that_may_not_be_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "closed").mkdir()
    real = Path.stat

    def stat(path: Path, **options: bool) -> object:
        if path.name == "closed" and not options:
            stat.calls += 1  # type: ignore[attr-defined]
            if stat.calls > 1:  # type: ignore[attr-defined]  # the first asks whether it is a folder
                raise PermissionError(13, "Permission denied")
        return real(path, **options)

    stat.calls = 0  # type: ignore[attr-defined]
    monkeypatch.setattr(Path, "stat", stat)
    files, problems = find_files([tmp_path / "empty", tmp_path / "closed"])
    assert files == []
    assert [problem.code for problem in problems] == ["F-SAFE-026", "F-SAFE-024", "F-SAFE-026"]
    assert "Permission denied" in problems[1].title("en")
