"""What goes wrong on real machines: one line with code, place and remedy, exit code 2, nothing half-written."""

from __future__ import annotations

import errno
import os
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.conftest import ROOT, SAMPLES

DATASET = SAMPLES / "dataset.xlsx"
OLE_HEADER = bytes.fromhex("d0cf11e0a1b11ae1")


def _truncated(folder: Path) -> Path:
    path = folder / "cut.xlsx"
    path.write_bytes(DATASET.read_bytes()[:9000])
    return path


def _word_as_excel(folder: Path) -> Path:
    path = folder / "word.xlsx"
    shutil.copy(ROOT / "templates/xinmi-2015/task-plan/form.docx", path)
    return path


def _text_as_excel(folder: Path) -> Path:
    path = folder / "text.xlsx"
    path.write_text("姓名\n张三\n", "utf-8")
    return path


def _wrong_ending(folder: Path) -> Path:
    path = folder / "data.pdf"
    path.write_bytes(b"%PDF-1.4")
    return path


def _encrypted(folder: Path) -> Path:
    """The header and directory names of an encrypted workbook: an OLE file with an EncryptedPackage stream."""
    path = folder / "secret.xlsx"
    path.write_bytes(OLE_HEADER + bytes(504) + "EncryptedPackage".encode("utf-16-le") + bytes(1024))
    return path


def _empty_workbook(folder: Path) -> Path:
    path = folder / "empty.xlsx"
    openpyxl.Workbook().save(path)
    return path


def _empty_file(folder: Path) -> Path:
    path = folder / "nothing.xlsx"
    path.write_bytes(b"")
    return path


def _broken_json(folder: Path) -> Path:
    path = folder / "data.json"
    path.write_text('[{"姓名": "张三"', "utf-8")
    return path


FAULTS: list[tuple[Callable[[Path], Path], str]] = [
    (lambda folder: folder / "none.xlsx", "F-FILE-001"),
    (_truncated, "F-FILE-004"),
    (_word_as_excel, "F-FILE-005"),
    (_text_as_excel, "F-FILE-0"),
    (_wrong_ending, "F-FILE-005"),
    (_encrypted, "F-FILE-003"),
    (_empty_workbook, "F-DATA-"),
    (_empty_file, "F-FILE-0"),
    (_broken_json, "F-FILE-0"),
    (lambda folder: folder / f"{'x' * 300}.xlsx", "F-FILE-00"),
]


@pytest.mark.parametrize("verb", ["check", "packet"])
@pytest.mark.parametrize(("make", "code"), FAULTS, ids=[make.__name__.strip("_<>") for make, _ in FAULTS])
def test_a_file_that_cannot_be_a_dataset(
    formgen: Callable[..., Any], tmp_path: Path, verb: str, make: Callable[[Path], Path], code: str
) -> None:
    out = tmp_path / ("report.xlsx" if verb == "check" else "out")
    outcome = formgen(verb, "xinmi-2015", make(tmp_path), "-o", out)
    assert outcome.code == 2
    assert outcome.err.startswith(code)
    assert outcome.err.count("\n") == 1, "one line"
    assert "Traceback" not in outcome.err
    assert not out.exists()


def test_an_output_folder_that_is_a_file(formgen: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine")
    outcome = formgen("packet", "xinmi-2015", DATASET, "-o", tmp_path / "out", "-f", "docx")
    assert (outcome.code, outcome.err[:10]) == (2, "F-FILE-006")
    assert (tmp_path / "out").read_text() == "mine"


def test_a_disk_that_fills_up_during_the_run(
    formgen: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, written = os.write, []

    def limited(handle: int, content: bytes) -> int:
        written.append(handle)
        if len(written) > 5:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(handle, content)

    monkeypatch.setattr(os, "write", limited)
    outcome = formgen("packet", "xinmi-2015", DATASET, "-o", tmp_path / "out", "-f", "docx")
    monkeypatch.undo()
    assert outcome.code == 2
    assert outcome.err.splitlines()[-1].startswith("F-FILE-007")
    left = [path for path in (tmp_path / "out").rglob("*") if path.is_file()]
    assert left, "files written before the disk was full stay"
    for path in left:
        assert path.suffix == ".docx" and zipfile.ZipFile(path).testzip() is None


@pytest.mark.parametrize(
    ("tag", "said"),
    [
        ("{{ nmae }}", "nmae"),
        ("{{ name", "name"),
        ("{% if name %}", "if name"),
        ("{{ na me }}", "na me"),
    ],
)
def test_a_broken_tag_is_named_with_its_paragraph(
    formgen: Callable[..., Any], tmp_path: Path, tag: str, said: str
) -> None:
    templates = tmp_path / "templates"
    shutil.copytree(ROOT / "templates", templates)
    form = templates / "xinmi-2015/application-form/form.docx"
    _replace_in_document(form, "{{ name }}", tag)
    outcome = formgen(
        "blank", "xinmi-2015/application-form", "-f", "docx", "-o", tmp_path / "b.docx", "--templates", templates
    )
    assert outcome.code == 2
    assert outcome.err.count("\n") == 1
    assert said in outcome.err and "form.docx" in outcome.err
    assert not (tmp_path / "b.docx").exists()


def _replace_in_document(path: Path, old: str, new: str) -> None:
    with zipfile.ZipFile(path) as package:
        members = {name: package.read(name) for name in package.namelist()}
    document = members["word/document.xml"].decode()
    assert old in document
    members["word/document.xml"] = document.replace(old, new, 1).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in members.items():
            package.writestr(name, content)


@pytest.mark.parametrize("content", [b"PK\x03\x04broken", b"", b"no zip at all"])
def test_a_template_that_is_no_office_file(formgen: Callable[..., Any], tmp_path: Path, content: bytes) -> None:
    templates = tmp_path / "templates"
    shutil.copytree(ROOT / "templates", templates)
    for name in ("form.docx", "form.xlsx"):
        (templates / "xinmi-2015/survey-sheet" / name).write_bytes(content)
        carrier = name.removeprefix("form.")
        out = tmp_path / f"b.{carrier}"
        arguments = ("-f", carrier, "-o", out, "--templates", templates)
        outcome = formgen("blank", "xinmi-2015/survey-sheet", *arguments)
        assert outcome.code == 2 and outcome.err.startswith("F-FILE-00") and outcome.err.count("\n") == 1
        assert not out.exists()


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        (("subject: person", "subject: peson"), "F-FORM-003"),
        (("type: signature", "type: signatur"), "F-FORM-003"),
        (("term: person.name", "term: person.nam"), "F-FORM-003"),
        (("required: true", "requird: true"), "F-FORM-003"),
        (("fields:", "fields: ["), "F-FORM-002"),
    ],
)
def test_a_mistake_in_a_definition_is_named(
    formgen: Callable[..., Any], tmp_path: Path, edit: tuple[str, str], code: str
) -> None:
    templates = tmp_path / "templates"
    shutil.copytree(ROOT / "templates", templates)
    definition = templates / "xinmi-2015/application-form/form.yaml"
    definition.write_text(definition.read_text("utf-8").replace(*edit), "utf-8")
    outcome = formgen("show", "xinmi-2015/application-form", "--templates", templates)
    assert outcome.code == 2
    assert outcome.err.startswith(code) and "form.yaml" in outcome.err and outcome.err.count("\n") == 1


def test_a_definition_that_is_missing(formgen: Callable[..., Any], tmp_path: Path) -> None:
    templates = tmp_path / "templates"
    shutil.copytree(ROOT / "templates", templates)
    (templates / "xinmi-2015/task-plan/form.yaml").unlink()
    assert formgen("forms", "--templates", templates).err.startswith("F-FORM-001")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("fill", "xinmi-2015/application-form", DATASET, "-f", "xlsx"), "F-PACK-001"),
        (("fill", "xinmi-2015/survey-sheet", DATASET, "-f", "xlsx", "--merge"), "F-PACK-002"),
        (("fill", "xinmi-2015/application-form", DATASET, "--per", "town"), "F-PACK-003"),
    ],
)
def test_what_a_form_cannot_do_is_refused(
    formgen: Callable[..., Any], tmp_path: Path, arguments: tuple[object, ...], code: str
) -> None:
    outcome = formgen(*arguments, "-o", tmp_path / "out")
    assert (outcome.code, outcome.err[:10]) == (2, code)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", ["data.xlsx", "data.json", "folder"])
def test_a_dataset_that_may_not_be_read(
    formgen: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    real = os.stat

    def denied(path: Any, *args: Any, **options: Any) -> Any:
        if str(path).endswith(name):
            raise PermissionError(errno.EACCES, "Permission denied")
        return real(path, *args, **options)

    monkeypatch.setattr(os, "stat", denied)
    outcome = formgen("fill", "xinmi-2015/application-form", tmp_path / name, "-o", tmp_path / "out", "-f", "docx")
    assert (outcome.code, outcome.err[:10]) == (2, "F-FILE-002")


@pytest.mark.parametrize(
    "command",
    [
        ("blank", "xinmi-2015/survey-sheet", "-o", "a.xls"),
        ("blank", "xinmi-2015/survey-sheet", "-f", "xlsx", "-o", "a.docx"),
        ("sample", "xinmi-2015", "-o", "a.docx"),
        ("check", "xinmi-2015", DATASET, "-o", "a.xls"),
    ],
)
def test_a_file_name_of_another_format_is_refused(
    formgen: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[Any, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    outcome = formgen(*command)
    assert outcome.code == 2
    assert list(tmp_path.iterdir()) == []
