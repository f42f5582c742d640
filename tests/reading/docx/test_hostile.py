"""Word files that are broken, or made to do harm: refused with a code, or read with nothing made up."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from formgen.errors import InputError
from formgen.rendering.docx import compile_docx, merge
from tests.reading.docx import word_edits as edits
from tests.reading.docx.conftest import ReadFile, ReadOne
from tests.rendering.wordmaker import make_form

W = f'xmlns:w="{edits.W}"'


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(made, "w") as target:
        for item in source.namelist():
            if item != name:
                target.writestr(item, source.read(item))
        if part:
            target.writestr(name, part)
    return made.getvalue()


@pytest.fixture
def printed(tmp_path: Path) -> bytes:
    form = make_form(tmp_path / "form", "name", "登记表\n| 姓名 | {{ name }} |")
    return compile_docx(form).render({"name": "张三"}, "r1").content or b""


@pytest.mark.parametrize(
    ("part", "code"),
    [
        (b"<w:document", "F-FILE-004"),
        (f"<w:document {W}><w:p/></w:document>".encode(), "F-FILE-004"),
        (b"", "F-FILE-005"),
        (f"<w:document {W}><w:body>{'<w:sdt>' * 5000}".encode(), "F-SAFE-004"),
        (f"<!DOCTYPE x [<!ENTITY e '&e;'>]><w:document {W}><w:body>&e;</w:body>".encode(), "F-SAFE-003"),
    ],
    ids=["cut off", "no body", "no document", "too deep", "entity"],
)
def test_a_broken_document_is_refused(part: bytes, code: str, printed: bytes, read_file: ReadFile) -> None:
    with pytest.raises(InputError) as caught:
        read_file(with_part(printed, edits.DOCUMENT, part))
    assert caught.value.problem.code == code


def test_an_entity_brings_no_other_file_in(tmp_path: Path, printed: bytes, read_file: ReadFile) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("geheim", "utf-8")
    document = edits.part_of(printed).decode().partition("?>")[2].replace("张三", "&x;")
    hostile = f'<!DOCTYPE x [<!ENTITY x SYSTEM "{secret.as_uri()}">]>{document}'
    form = make_form(tmp_path / "form", "name", "登记表\n| 姓名 | {{ name }} |")
    with pytest.raises(InputError) as caught:
        read_file(with_part(printed, edits.DOCUMENT, hostile.encode()), form)
    assert caught.value.problem.code == "F-SAFE-003" and "geheim" not in caught.value.problem.text("en")


def test_properties_that_lie_are_not_believed(tmp_path: Path, printed: bytes, read_file: ReadFile) -> None:
    space = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
    for told in ("[[1]]", "{", "[" * 100_000, '[["p/form","1"]]'):
        part = f'<Properties xmlns="{space}"><property name="formgen.sheets"><x>{told}</x></property></Properties>'
        read_file(with_part(printed, "docProps/custom.xml", part.encode()))


def test_a_merged_file_that_lost_a_sheet_is_told(tmp_path: Path, read_file: ReadFile) -> None:
    form = make_form(tmp_path / "form", "name", "登记表\n| 姓名 | {{ name }} |")
    compiled = compile_docx(form)
    content = merge([(compiled, {"name": name}, name) for name in ("甲某", "乙某", "丙某")]).content or b""

    def drop_second(tree: object) -> None:
        body = tree.find(edits.w("body"))  # type: ignore[attr-defined]
        blocks = list(body)
        second = [block for block in blocks if b'"f2_name"' in edits.bytes_of(block)]
        start = blocks.index(second[0])
        for block in blocks[start - 1 : start + 2]:
            body.remove(block)

    file = read_file(edits.edited(content, drop_second), form)
    assert [problem.code for problem in file.problems] == ["F-WORD-004"]
    assert [sheet.identity.record for sheet in file.sheets] == ["甲某", "丙某"]
    assert [sheet.sightings[0].raw for sheet in file.sheets] == ["甲某", "丙某"]


@pytest.mark.parametrize("strict", [True, False])
def test_strict_names_of_namespaces_are_the_same(
    strict: bool, tmp_path: Path, printed: bytes, read_one: ReadOne
) -> None:
    form = make_form(tmp_path / "form", "name", "登记表\n| 姓名 | {{ name }} |")
    document = edits.part_of(printed)
    if strict:
        document = document.replace(edits.W.encode(), b"http://purl.oclc.org/ooxml/wordprocessingml/main")
    assert read_one(with_part(printed, edits.DOCUMENT, document), form).values == {"name": "张三"}
