"""Parts whose bytes were seen before are known by those bytes, and no check is left out for them."""

from __future__ import annotations

from pathlib import Path

import pytest

from formgen.errors import InputError
from formgen.reading import package as packages
from formgen.reading.package import OfficePackage
from tests.faults.hostile_packages import blank, members, packed, patched, repacked

STYLES = "word/styles.xml"
RELATIONS = "word/_rels/document.xml.rels"


def looked_over(path: Path, content: bytes) -> list[str]:
    """Codes of what is said of a package; the last is that of its refusal."""
    path.write_bytes(content)
    try:
        with OfficePackage(path) as package:
            package.check_parts()
            return [problem.code for problem in package.warnings()]
    except InputError as exc:
        return [exc.problem.code]


def forged(content: bytes, name: str, part: bytes) -> bytes:
    """Another part of the same size, with the checksum of the one that was there."""
    old = members(content)[name]
    made = packed({**members(content), name: part.ljust(len(old))[: len(old)]})
    return patched(made, name, crc=packages.isal_zlib.crc32(old))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "form.docx"
    assert [looked_over(path, blank("docx")) for _ in range(2)] == [[], []]
    return path


def test_a_part_that_claims_the_checksum_of_a_known_one_is_looked_at(path: Path) -> None:
    assert looked_over(path, forged(blank("docx"), STYLES, b"<w:other/>")) == ["F-FILE-004"]
    assert looked_over(path, blank("docx")) == []


@pytest.mark.parametrize("field", ["crc", "size"])
def test_known_bytes_under_another_claim_are_refused(path: Path, field: str) -> None:
    content = patched(blank("docx"), STYLES, **{field: 12})
    assert looked_over(path, content) == ["F-FILE-004" if field == "crc" else "F-SAFE-019"]
    assert looked_over(path, blank("docx")) == []


def test_what_is_wrong_with_a_part_is_said_of_every_file_that_has_it(path: Path) -> None:
    relations = members(blank("docx"))[RELATIONS]
    link = b'<Relationship Id="x" Type="x/attachedTemplate" TargetMode="External" Target="http://x/"/></Relationships>'
    outside = repacked("docx", {RELATIONS: relations.replace(b"</Relationships>", link)})
    typed = repacked("docx", {STYLES: b"<!DOCTYPE x><x/>"})
    for _ in range(3):
        assert looked_over(path, outside) == ["F-SAFE-007"]
        assert looked_over(path, typed) == ["F-SAFE-003"]


def test_a_file_that_is_not_read_at_once_is_read_the_same(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = {}
    for limit in (1 << 20, 100):
        monkeypatch.setattr(packages, "IN_MEMORY", limit)
        with OfficePackage(path) as package:
            found[limit] = {name: package.read(name) for name in package.names}
    assert found[1 << 20] == found[100] == members(blank("docx"))


def test_a_tree_is_made_once_for_the_same_bytes(path: Path) -> None:
    with OfficePackage(path) as package:
        first = package.xml(RELATIONS)
    with OfficePackage(path) as package:
        assert package.xml(RELATIONS) is first
