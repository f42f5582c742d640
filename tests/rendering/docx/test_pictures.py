"""Photographs of a record in line with the text."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from pathlib import Path

import docx
import pytest

from formgen.rendering.docx import CompiledDocx, compile_docx, merge
from formgen.values import value_type
from tests.rendering.docx.test_compiled import part, text
from tests.rendering.wordmaker import R, make_form


def png(width: int, height: int) -> bytes:
    """A grey picture of 72 dots an inch."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\x80" * width) * height)
    dots = chunk(b"pHYs", struct.pack(">IIB", 2835, 2835, 1))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + dots + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.fixture
def form(tmp_path: Path) -> CompiledDocx:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "甲&1.png").write_bytes(png(100, 200))
    (tmp_path / "photos" / "text.png").write_bytes(b"no picture")
    template = """
    照片 {{ photo }}
    |=100| 照片 | {{ photo }} |
    |{%tr for r in rows %}|
    | {{ r.photo }} | 乙 |
    |{%tr endfor %}|
    """
    manifest = make_form(tmp_path / "form", "photo:image rows(photo:image)", template)
    return compile_docx(manifest, tmp_path)


IMAGE = value_type("image")


def shapes(content: bytes | None) -> list[tuple[float, float]]:
    """Width and height in points of each picture; each has a number of its own and a part that is there."""
    assert content is not None
    archive = zipfile.ZipFile(io.BytesIO(content))
    assert archive.testzip() is None
    related = docx.Document(io.BytesIO(content)).part.related_parts
    drawn = [item for item in part(content).iter() if item.tag.endswith("}inline")]
    for item in drawn:
        blip = next(inner for inner in item.iter() if inner.tag.endswith("}blip"))
        assert related[blip.get(f"{{{R}}}embed")].content_type == "image/png"
    assert len({item[1].get("id") for item in drawn}) == len(drawn)
    return [(int(item[0].get("cx")) / 12700, int(item[0].get("cy")) / 12700) for item in drawn]


def test_a_picture_is_as_large_as_its_place_allows(form: CompiledDocx) -> None:
    path = IMAGE.parse("photos/甲&1.png")
    rendered = form.render({"photo": path, "rows": [{"photo": path}, {}]}, "k")
    assert not rendered.problems
    found = shapes(rendered.content)
    assert found[0] == found[1] == pytest.approx((49.75, 99.5), abs=0.5)
    assert found[2] == pytest.approx((100, 200), abs=0.5)
    assert rendered.content is not None
    names = zipfile.ZipFile(io.BytesIO(rendered.content)).namelist()
    assert [name for name in names if "media" in name] == ["word/media/record1.png"]


def test_sheets_of_one_file_share_a_picture(form: CompiledDocx) -> None:
    path = IMAGE.parse("photos/甲&1.png")
    rendered = merge([(form, {"photo": path}, "a"), (form, {"photo": path}, "b")])
    assert len(shapes(rendered.content)) == 4
    assert rendered.content is not None
    assert sum("media" in name for name in zipfile.ZipFile(io.BytesIO(rendered.content)).namelist()) == 1


def test_without_a_picture_the_place_is_blank(form: CompiledDocx) -> None:
    rendered = form.render({}, "k")
    assert shapes(rendered.content) == []
    assert text(part(rendered.content)).split("\n")[0] == "照片 "


@pytest.mark.parametrize("path", ["photos/nowhere.png", "photos/text.png"])
def test_a_picture_that_cannot_be_used_is_an_error_with_its_path(form: CompiledDocx, path: str) -> None:
    rendered = form.render({"rows": [{}, {"photo": IMAGE.parse(path)}]}, "k")
    assert rendered.content is None
    (problem,) = rendered.problems
    assert (problem.code, problem.found, problem.place.cell, problem.record) == ("F-RENDER-003", path, "2", "k")
