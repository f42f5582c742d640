"""Backgrounds as objects: from background.art where it is of this background, with pikepdf where it is not."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from formgen.rendering.pdf.art_reading import read_artwork
from formgen.rendering.pdf.artwork import ARTWORK, Artwork, load_artwork
from tests.conftest import ROOT

BACKGROUNDS = sorted((ROOT / "templates").glob("*/*/background.pdf"))


def _read(path: Path) -> Artwork:
    return read_artwork(path.read_bytes(), str(path))


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A background with its objects beside it, in a folder of its own."""
    for path in (BACKGROUNDS[0], BACKGROUNDS[0].with_name(ARTWORK)):
        shutil.copy(path, tmp_path)
    return tmp_path / BACKGROUNDS[0].name


@pytest.mark.parametrize("path", BACKGROUNDS, ids=lambda path: path.parent.name)
def test_stored_objects_are_those_of_the_background(path: Path) -> None:
    assert path.with_name(ARTWORK).is_file()
    assert load_artwork(str(path)) == _read(path)


def test_objects_of_another_background_are_not_taken(copied: Path) -> None:
    shutil.copy(BACKGROUNDS[1], copied)
    assert load_artwork(str(copied)) == _read(BACKGROUNDS[1])


@pytest.mark.parametrize("change", ["none", "empty", "cut", "byte", "head"])
def test_damaged_objects_are_not_taken(copied: Path, change: str) -> None:
    path = copied.with_name(ARTWORK)
    content = path.read_bytes()
    if change == "none":
        path.unlink()
    else:
        changed = {"empty": b"", "cut": content[:-1], "byte": content[:-1] + b"!", "head": content[5:]}
        path.write_bytes(changed[change])
    assert load_artwork(str(copied)) == _read(copied)


def test_printing_does_not_load_pikepdf(tmp_path: Path) -> None:
    data = tmp_path / "records.jsonl"
    data.write_text('{"name": "王芳", "sex": "女", "disability": "肢体三级", "certificate": "41018319620512004X43"}')
    code = (
        "import sys\nfrom formgen.cli.main import run\n"
        "assert run(sys.argv[1:]) == 0\n"
        "print(sorted({'pikepdf', 'openpyxl', 'python_calamine', 'lxml', 'docx', 'sqlite3'} & set(sys.modules)))"
    )
    call = ("fill", "xinmi-2015/application-form", str(data), "-o", str(tmp_path / "out"))
    run = subprocess.run([sys.executable, "-c", code, *call], capture_output=True, text=True, check=True)
    assert run.stdout.splitlines()[-1] == "[]"
