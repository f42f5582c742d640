"""A file written from a template opens everywhere, and the same parts give the same bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formgen.errors import InputError, OutputError
from formgen.rendering import package
from formgen.rendering.package import CONTENT_TYPES, PackageTemplate

DOCUMENT = "word/document.xml"


@pytest.fixture(scope="module")
def word_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("package") / "form.docx"
    document = docx.Document()
    document.add_paragraph("姓名")
    document.save(str(path))
    return path


@pytest.fixture(scope="module")
def excel_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("package") / "form.xlsx"
    openpyxl.Workbook().save(path)
    return path


def test_a_changed_part_is_in_the_file_and_the_rest_is_unchanged(word_file: Path) -> None:
    template = PackageTemplate(word_file, "docx")
    content = template.assemble({DOCUMENT: template.part(DOCUMENT).replace("姓名".encode(), "𬱖㛃".encode())})
    with zipfile.ZipFile(io.BytesIO(content)) as written, zipfile.ZipFile(word_file) as source:
        assert written.testzip() is None
        assert sorted(written.namelist()) == sorted(source.namelist())
        assert written.namelist()[0] == CONTENT_TYPES
        for name in set(source.namelist()) - {DOCUMENT}:
            assert written.read(name) == source.read(name)
        assert {info.date_time for info in written.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert docx.Document(io.BytesIO(content)).paragraphs[0].text == "𬱖㛃"


def test_an_added_part_comes_beside_the_others(word_file: Path) -> None:
    template = PackageTemplate(word_file, "docx")
    content = template.assemble({"word/media/图.png": b"\x89PNG"})
    with zipfile.ZipFile(io.BytesIO(content)) as written:
        assert written.testzip() is None
        assert written.read("word/media/图.png") == b"\x89PNG"
        assert len(written.namelist()) == len(template.names) + 1


def test_the_same_parts_give_the_same_bytes(word_file: Path) -> None:
    files = {PackageTemplate(word_file, "docx").assemble({DOCUMENT: b"<x/>"}) for _ in range(2)}
    assert len(files) == 1


@settings(max_examples=40, deadline=None)
@given(chunks=st.lists(st.binary(max_size=400), max_size=20))
def test_a_streamed_part_reads_like_an_assembled_one(excel_file: Path, chunks: list[bytes]) -> None:
    template = PackageTemplate(excel_file, "xlsx")
    stream = io.BytesIO()
    template.write_streamed(stream, {"xl/workbook.xml": b"<w/>"}, "xl/worksheets/sheet1.xml", iter(chunks))
    with zipfile.ZipFile(stream) as written:
        assert written.testzip() is None
        assert written.read("xl/worksheets/sheet1.xml") == b"".join(chunks)
        assert written.read("xl/workbook.xml") == b"<w/>"
        assert sorted(written.namelist()) == sorted(template.names)


def test_a_streamed_workbook_opens(excel_file: Path) -> None:
    template = PackageTemplate(excel_file, "xlsx")
    stream = io.BytesIO()
    name = "xl/worksheets/sheet1.xml"
    template.write_streamed(stream, {}, name, [template.part(name)])
    assert openpyxl.load_workbook(stream).sheetnames == ["Sheet"]


def test_a_part_beyond_the_limit_of_zip_is_refused(excel_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package, "MAX_BYTES", 1000)
    template = PackageTemplate(excel_file, "xlsx")
    with pytest.raises(OutputError) as caught:
        template.write_streamed(io.BytesIO(), {}, "xl/big.xml", (b"x" * 400 for _ in range(10)))
    assert caught.value.problem.code == "F-RENDER-002"


def encrypted(raw: bytes) -> bytes:
    return package.CFB_MAGIC + bytes(600) + package.CFB_ENCRYPTED + bytes(600)


def with_password(raw: bytes) -> bytes:
    """A zip whose members are encrypted one by one: flag bit 0 of each header."""
    buffer = bytearray(raw)
    for magic, at in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        start = buffer.find(magic)
        while start >= 0:
            buffer[start + at] |= 1
            start = buffer.find(magic, start + 4)
    return bytes(buffer)


def damaged(raw: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        info = archive.getinfo(DOCUMENT)
    start = info.header_offset + 60
    return raw[:start] + bytes(40) + raw[start + 40 :]


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (encrypted, "F-FILE-003"),
        (with_password, "F-FILE-003"),
        (lambda raw: package.CFB_MAGIC + bytes(2000), "F-FILE-005"),
        (lambda raw: b"", "F-FILE-005"),
        (lambda raw: b"%PDF-1.7", "F-FILE-005"),
        (lambda raw: raw[: len(raw) // 2], "F-FILE-004"),
        (damaged, "F-FILE-004"),
    ],
)
def test_a_file_that_is_no_template_says_why(
    word_file: Path, tmp_path: Path, spoil: Callable[[bytes], bytes], code: str
) -> None:
    path = tmp_path / "form.docx"
    path.write_bytes(spoil(word_file.read_bytes()))
    with pytest.raises(InputError) as caught:
        PackageTemplate(path, "docx")
    assert caught.value.problem.code == code
    assert str(path) in caught.value.problem.text("zh")


def test_a_workbook_is_no_document(excel_file: Path) -> None:
    with pytest.raises(InputError) as caught:
        PackageTemplate(excel_file, "docx")
    assert caught.value.problem.code == "F-FILE-005"


def test_a_missing_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        PackageTemplate(tmp_path / "nowhere.docx", "docx")
    assert caught.value.problem.code == "F-FILE-001"


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        PackageTemplate(tmp_path, "docx")
    assert caught.value.problem.code == "F-FILE-002"
