"""formgen compile: from a folder of one's own, and what it says when LibreOffice or a file fails it."""

from __future__ import annotations

import io
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest

from formgen.compiling import Office, compile_layouts, write_layout
from formgen.compiling import office as office_module
from formgen.compiling.ink import read_pages
from formgen.errors import InputError
from formgen.forms.catalogue import Catalogue, own_templates
from formgen.forms.layout import BACKGROUND, LAYOUT, read_layout
from formgen.rendering.pdf.artwork import ARTWORK
from tests.compiling.forms import make_small
from tests.conftest import Outcome

Verb = Callable[..., Outcome]
FORM = "application-form"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A folder of programmes with one form."""
    source, target = own_templates() / "xinmi-2015", tmp_path / "own" / "mine"
    shutil.copytree(source / FORM, target / FORM)
    (target / "programme.yaml").write_text(f"title: 项目\nforms: [{FORM}]\npackets: []\n", "utf-8")
    return target


def soffice(folder: Path, script: str) -> Path:
    """A program of that name that does something else."""
    folder.mkdir(exist_ok=True)
    path = folder / "soffice"
    path.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    path.chmod(0o755)
    return path


def recompiled(own: Path) -> None:
    """The form's files as if this folder's programme had been compiled: the id differs from the source's."""
    layout = (own / FORM / LAYOUT).read_text("utf-8")
    (own / FORM / LAYOUT).write_text(layout.replace("xinmi-2015/", "mine/"), "utf-8")


def test_check_names_forms_whose_layout_is_missing_or_old(own: Path, formgen: Verb) -> None:
    recompiled(own)
    good = formgen("compile", own.parent, "--check")
    assert (good.code, good.out) == (0, f"mine/{FORM}: up to date\n")
    with (own / FORM / "form.yaml").open("a", encoding="utf-8") as stream:
        stream.write("# changed\n")
    old = formgen("compile", own, "--check")
    assert old.code == 1 and "F-LAYOUT-008" in old.err and "form.yaml" in old.err
    (own / FORM / LAYOUT).unlink()
    missing = formgen("compile", f"mine/{FORM}", "--check", "--templates", own.parent)
    assert missing.code == 1 and "F-LAYOUT-001" in missing.err


def test_check_of_a_folder(own: Path, tmp_path: Path, formgen: Verb, monkeypatch: pytest.MonkeyPatch) -> None:
    """A build machine that is given a wrong folder must not take it for one in order."""
    recompiled(own)
    monkeypatch.chdir(own)
    for folder in (own.parent, own, ".", FORM, own / FORM):
        assert formgen("compile", folder, "--check").out == f"mine/{FORM}: up to date\n"
    outcome = formgen("compile", tmp_path, "--check")
    assert outcome.code == 2 and outcome.err.startswith("F-FORM-007") and str(tmp_path) in outcome.err


def test_check_needs_the_background_of_the_same_compilation(own: Path, formgen: Verb) -> None:
    recompiled(own)
    (own / FORM / BACKGROUND).write_bytes(b"%PDF-1.7 another")
    assert "F-LAYOUT-009" in formgen("compile", own, "--check").err
    (own / FORM / BACKGROUND).unlink()
    assert "F-LAYOUT-009" in formgen("compile", own, "--check").err
    (own / FORM / LAYOUT).write_text("{", "utf-8")
    assert "F-LAYOUT-002" in formgen("compile", own, "--check").err


def test_line_ends_of_a_checkout_change_nothing(own: Path, formgen: Verb) -> None:
    recompiled(own)
    text = (own / FORM / "form.yaml").read_bytes().replace(b"\r\n", b"\n")
    (own / FORM / "form.yaml").write_bytes(text.replace(b"\n", b"\r\n"))
    assert formgen("compile", own, "--check").code == 0


def test_the_catalogue_is_up_to_date(formgen: Verb) -> None:
    assert formgen("compile", "--check").code == 0


def test_without_libreoffice_nothing_is_touched(own: Path, formgen: Verb, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(own))
    before = (own / FORM / LAYOUT).read_bytes()
    outcome = formgen("compile", own)
    assert outcome.code == 2 and "F-LAYOUT-003" in outcome.err
    assert (own / FORM / LAYOUT).read_bytes() == before


@pytest.mark.skipif(os.name == "nt", reason="a shell script stands in for LibreOffice")
def test_a_hang_is_a_problem_and_leaves_no_process(
    own: Path, formgen: Verb, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = soffice(tmp_path / "bin", f"sleep 600 & echo $! > {tmp_path}/pid; wait")
    monkeypatch.setattr(office_module, "find_office", lambda: str(program))
    started = time.monotonic()
    outcome = formgen("compile", own, "--time-limit", "0.5")
    assert outcome.code == 2 and "F-LAYOUT-004" in outcome.err and time.monotonic() - started < 60
    pid = int((tmp_path / "pid").read_text())
    with pytest.raises(ProcessLookupError):
        for _ in range(100):
            os.kill(pid, 0)
            time.sleep(0.05)


@pytest.mark.skipif(os.name == "nt", reason="a shell script stands in for LibreOffice")
def test_a_crash_is_a_problem(own: Path, formgen: Verb, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = soffice(tmp_path / "bin", "echo broken pipe dream >&2; exit 77")
    monkeypatch.setattr(office_module, "find_office", lambda: str(program))
    outcome = formgen("compile", own)
    assert outcome.code == 2 and "F-LAYOUT-005" in outcome.err and "broken pipe dream" in outcome.err
    with pytest.raises(InputError, match="F-LAYOUT-005"):
        Office(str(tmp_path / "nowhere")).to_pdf({"a.docx": b""})


@pytest.mark.skipif(os.name == "nt", reason="a shell script stands in for LibreOffice")
def test_a_template_that_libreoffice_cannot_open_is_named_and_nothing_is_written(
    own: Path, formgen: Verb, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = soffice(tmp_path / "bin", "exit 0")
    monkeypatch.setattr(office_module, "find_office", lambda: str(program))
    before = {path: path.read_bytes() for path in (own / FORM).iterdir()}
    outcome = formgen("compile", own)
    assert outcome.code == 1 and "F-LAYOUT-007" in outcome.err and "form.docx" in outcome.err
    assert {path: path.read_bytes() for path in (own / FORM).iterdir()} == before


def test_missing_fonts_are_named(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office_module, "_font_file", lambda family: None)
    monkeypatch.setattr(office_module.shutil, "which", lambda name: f"/bin/{name}")
    with pytest.raises(InputError, match="F-LAYOUT-006"):
        Office("soffice").to_pdf({"a.docx": b""})


def test_a_broken_template_does_not_stop_the_others(own: Path) -> None:
    """What is wrong with one form is told with it; LibreOffice is not even asked."""
    (own / FORM / "form.docx").write_bytes(b"PK\x03\x04")
    (compiled,) = compile_layouts(Catalogue((own.parent,)).forms("mine"), Office("/nowhere"))
    assert compiled.layout is None and [problem.code for problem in compiled.problems] == ["F-FILE-004"]


@pytest.mark.libreoffice
def test_a_form_of_ones_own_is_compiled(own: Path, formgen: Verb) -> None:
    (own / FORM / LAYOUT).unlink()
    (own / FORM / BACKGROUND).unlink()
    outcome = formgen("compile", own.parent)
    assert (outcome.code, outcome.out) == (0, f"mine/{FORM}: 1 pages, 34 places\n")
    assert read_layout(own / FORM / LAYOUT).form == f"mine/{FORM}"
    assert formgen("compile", own.parent, "--check").code == 0
    assert not list(own.rglob("*.part"))


@pytest.mark.libreoffice
def test_words_with_values_check_boxes_and_clipped_words(tmp_path: Path) -> None:
    """Three small forms in one call; what is wrong with one does not touch the others."""
    forms = [
        make_small(tmp_path / "words", "|=60| 姓名 | 户主{{ name }}，{{ birth }}生 |", "name birth"),
        make_small(tmp_path / "boxes", "等级：{{ first }}一级 {{ second }}二级", "first:checkbox second:checkbox"),
        make_small(
            tmp_path / "clipped", "|=16| 姓名甚长甚长甚长甚长甚长甚长甚长甚长甚长甚长甚长 | {{ name }} |", "name"
        ),
    ]
    words, boxes, clipped = compile_layouts(forms, Office.find())
    assert words.layout is not None and boxes.layout is not None and clipped.layout is None
    assert [problem.code for problem in clipped.problems] == ["F-LAYOUT-016"]
    (spot,) = words.layout.spots
    assert spot.pieces == ("户主", "{name}", "，", "{birth}", "生") and spot.align == "left"
    assert texts(words.background) == "姓名"
    first, second = boxes.layout.spots
    assert (first.kind, first.size_pt, first.baseline_pt) == ("box", 12.0, second.baseline_pt)
    # 等级： is three characters of 12 pt from the margin and gutter, 100 pt; 一级 and a space stand between the boxes.
    assert first.left_pt == pytest.approx(136, abs=0.3) and first.right_pt == pytest.approx(148, abs=0.3)
    assert second.left_pt == pytest.approx(148 + 24 + 0.256 * 12, abs=0.5)
    assert texts(boxes.background) == "等级：一级二级"


def texts(background: bytes) -> str:
    pages = read_pages(pikepdf.open(io.BytesIO(background)))
    return "".join("".join(ink.text.split()) for page in pages for ink in page.texts)


def test_the_layout_is_written_last(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from formgen.compiling import compiler

    written: list[str] = []
    monkeypatch.setattr(compiler, "write_whole", lambda path, content: written.append(path.name))
    manifest = Catalogue().form(f"xinmi-2015/{FORM}")
    layout = read_layout(manifest.folder / LAYOUT)
    write_layout(compiler.CompiledLayout(manifest, layout, (manifest.folder / BACKGROUND).read_bytes()))
    assert written == [BACKGROUND, ARTWORK, LAYOUT]
