"""A list of parts that is known by its build is read, and judged, as one that nobody has seen."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import pytest

from formgen.errors import InputError
from formgen.reading import part_list
from formgen.reading.package import OfficePackage

PARTS = {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<a>" + b"x" * 3000 + b"</a>", "a": b"<a/>"}
VALUES = (0x00, 0x01, 0x2F, 0x40, 0x5C, 0x7F, 0xFF)


def packed(parts: dict[str, bytes] = PARTS, comment: bytes = b"") -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
        package.comment = comment
    return stream.getvalue()


def told(path: Path, content: bytes) -> object:
    """All parts, or the problem that there is."""
    path.write_bytes(content)
    try:
        with OfficePackage(path) as package:
            return [(name, package.read(name)) for name in package.names]
    except InputError as exc:
        return exc.problem


def told_twice(path: Path, content: bytes) -> tuple[object, object]:
    """By someone who has seen a sound file of that build, and by someone who has seen none."""
    part_list._KNOWN.clear()
    assert told(path, packed()) == list(PARTS.items())
    assert part_list._KNOWN
    warm = told(path, content)
    part_list._KNOWN.clear()
    return warm, told(path, content)


def test_every_byte_of_the_list_counts(tmp_path: Path) -> None:
    path, sound = tmp_path / "a.docx", packed()
    start = sound.index(b"PK\x01\x02")
    refused = 0
    for at in range(start, len(sound)):
        for value in {*VALUES, sound[at] ^ 0x01, sound[at] ^ 0x80}:
            changed = sound[:at] + bytes([value]) + sound[at + 1 :]
            warm, cold = told_twice(path, changed)
            assert warm == cold, (at - start, value)
            refused += not isinstance(warm, list)
    assert refused > 100


@pytest.mark.parametrize(
    "content",
    [
        packed(PARTS | {"a": b"<b>another text</b>"}),
        packed(comment=b"a comment"),
        b"before" + packed(),
        packed() + b"after",
        packed({"[Content_Types].xml": b"<Types/>", "word/document.xml": b" " * 300_000, "a": b"<a/>"}),
        packed({name.swapcase(): content for name, content in PARTS.items()}),
        packed({"../b" if name == "a" else name: content for name, content in PARTS.items()}),
    ],
    ids=["other texts", "comment", "before", "after", "bomb", "other names", "a way out"],
)
def test_another_file(content: bytes, tmp_path: Path) -> None:
    warm, cold = told_twice(tmp_path / "a.docx", content)
    assert warm == cold


def test_sizes_that_zip64_holds(tmp_path: Path) -> None:
    """They stand beside the list's own, which say so: all bits are set."""
    path, stream = tmp_path / "a.docx", io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        info = zipfile.ZipInfo("a")
        info.extra = struct.pack("<HHQ", 1, 8, 4)
        package.writestr(info, b"<a/>", zipfile.ZIP_DEFLATED)
    sound = stream.getvalue()
    at = sound.index(b"PK\x01\x02") + 24
    part_list._KNOWN.clear()
    for content in (sound, sound[:at] + b"\xff" * 4 + sound[at + 4 :]):
        assert told(path, content) == [("a", b"<a/>")]
    assert part_list._KNOWN


def test_figures_that_look_like_a_locator_of_zip64(tmp_path: Path) -> None:
    """Those of a last part whose name has sixteen letters stand where it would."""
    path, stream = tmp_path / "a.docx", io.BytesIO()
    with zipfile.ZipFile(stream, "w") as package:
        package.writestr("docProps/app.xml", b"<a/>")
    sound = stream.getvalue()
    start, far = sound.index(b"PK\x01\x02"), int.from_bytes(b"PK\x06\x07", "little")
    assert told(path, sound) == [("docProps/app.xml", b"<a/>")]
    with path.open("wb") as file:  # hardly anything of it is on the disk
        file.seek(far)
        file.write(sound[:start])
        place = file.tell()
        file.write(sound[start : start + 42] + struct.pack("<I", far) + sound[start + 46 : -6])
        file.write(struct.pack("<IH", place, 0))
    with pytest.raises(InputError):
        OfficePackage(path)
    with path.open("rb") as file:
        assert part_list.known_list(file, path.stat().st_size) is None


def test_files_of_a_form_are_of_one_build(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    part_list._KNOWN.clear()
    for text in (b"one", b"another", b"a third"):
        assert told(path, packed(PARTS | {"a": text})) == list((PARTS | {"a": text}).items())
    assert len(part_list._KNOWN) == 1
    content = path.read_bytes()
    assert part_list.known_list(io.BytesIO(content), len(content)) is not None
