"""Long parts of a workbook are looked over while they are read: no check is left out, whoever reads them or not."""

from __future__ import annotations

import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formgen.forms.catalogue import Catalogue
from formgen.reading import files
from formgen.reading.identify import FormBook
from formgen.reading.package import OfficePackage
from tests.faults.hostile_packages import blank, members, packed, patched, repacked

SHEET = "xl/worksheets/sheet1.xml"
UNREAD = "xl/worksheets/sheet9.xml"
"""A part that no worksheet of the workbook is."""


def codes(path: Path, content: bytes) -> list[str]:
    path.write_bytes(content)
    found = files.read_file(path, FormBook(Catalogue().forms()))
    assert bool(found.readings) == (not found.problems)
    return [problem.code for problem in found.problems]


@pytest.fixture(params=[0, 1 << 20], ids=["as streams", "before"])
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Path:
    monkeypatch.setattr(files, "STREAMED", request.param)
    return tmp_path / "form.xlsx"


@pytest.mark.parametrize("part", [SHEET, UNREAD])
def test_a_part_has_to_be_what_the_package_says(path: Path, part: str) -> None:
    whole = repacked("xlsx", {UNREAD: members(blank("xlsx"))[SHEET]})
    size = len(members(whole)[part])
    assert codes(path, whole) == []
    assert codes(path, patched(whole, part, size=size + 1)) == ["F-SAFE-019"]
    assert codes(path, patched(whole, part, size=size - 1)) == ["F-SAFE-019"]
    cut = zlib.crc32(members(whole)[part][: size - 9])
    assert codes(path, patched(whole, part, size=size - 9, crc=cut)) == ["F-SAFE-019"], "its checksum is that of less"
    assert codes(path, patched(whole, part, crc=12)) == ["F-FILE-004"]


@pytest.mark.parametrize("part", [SHEET, UNREAD])
@pytest.mark.parametrize(
    ("beginning", "code"),
    [
        (b"<!DOCTYPE x [<!ENTITY a 'aaaa'>]>", "F-SAFE-003"),
        (b"<!-- " + b" " * 70_000 + b"-->", "F-SAFE-003"),
        (b"<?xml version='1.0' encoding='utf-7'?>", "F-FILE-004"),
    ],
    ids=["document type", "long prolog", "encoding"],
)
def test_how_a_part_begins_is_looked_at(path: Path, part: str, beginning: bytes, code: str) -> None:
    sheet = members(blank("xlsx"))[SHEET]
    assert codes(path, repacked("xlsx", {part: beginning + sheet[sheet.index(b"<worksheet") :]})) == [code]


@given(
    content=st.binary(max_size=3_000).map(lambda some: some * 99),
    sizes=st.lists(st.integers(0, 90_000)),
    is_stored=st.booleans(),
)
def test_a_stream_gives_the_bytes_of_the_part(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, sizes: list[int], is_stored: bool
) -> None:
    path = tmp_path_factory.mktemp("package") / "a.zip"
    path.write_bytes(packed({"a": content, "b": b"-"}, is_stored=is_stored or len(content) > 200_000))
    with OfficePackage(path) as package, package.open("a") as stream, package.open("a") as whole:
        pieces = [stream.read(size) for size in sizes]
        assert [len(piece) for piece in pieces] == [
            len(content[sum(sizes[:n]) :][:size]) for n, size in enumerate(sizes)
        ]
        assert b"".join([*pieces, stream.read(), stream.read()]) == whole.read() == content
