"""Faces embedded in real files: every character shows its own shape and extracts as itself."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageDraw, ImageFont

from formgen.errors import InputError
from formgen.problems import Place
from formgen.rendering.pdf import embedding
from formgen.rendering.pdf.canvas import Canvas, Typesetter, font_use
from formgen.rendering.pdf.embedding import embed_face, font_parts
from formgen.rendering.pdf.file import PdfFile
from formgen.rendering.pdf.metadata import Identity
from formgen.rendering.pdf.objects import ObjectWriter
from formgen.typeset.faces import Face, FontFileError, read_faces
from formgen.typeset.fonts import FontBook, FontChain, shipped_faces, system_faces
from tests.typeset.fontmaker import SONG, SUPPLEMENT, box_font, changed, collect, cut_song

PAGE_PT = 800.0
PER_LINE = 60
LINES = 70
GB18030 = (
    *(range(0x4E00, 0x9FF0), range(0x3400, 0x4DB6), range(0x20000, 0x2A6D7), range(0x2A700, 0x2B735)),
    *(range(0x2B740, 0x2B81E), range(0x2B820, 0x2CEA2), range(0x2CEB0, 0x2EBE1)),
    (0xFA0E, 0xFA0F, 0xFA11, 0xFA13, 0xFA14, 0xFA1F, 0xFA21, 0xFA23, 0xFA24, 0xFA27, 0xFA28, 0xFA29),
)
"""The 87,887 Han characters of GB 18030-2022."""
BOXES = {"一": 900, "二": 500, "A": 333, "\U00020000": 1000}


def write_pdf(chain: FontChain, pages: Iterable[Sequence[str]], size_pt: float = 8.0) -> bytes:
    """Pages of lines, as the writer makes them."""
    stream = io.BytesIO()
    file = PdfFile(stream, Identity("t"))
    typesetter = Typesetter(chain)
    for lines in pages:
        canvas = Canvas(PAGE_PT, PAGE_PT)
        for number, line in enumerate(lines, 1):
            canvas.write(10.0, number * size_pt * 1.4, size_pt, typesetter.runs(line))
        file.add([canvas.page()])
    file.close()
    return stream.getvalue()


def read_pdf(content: bytes) -> list[str]:
    """The text of each page, lines joined. PDFium sees a space in the gap between an ideograph and a letter."""
    with pypdfium2.PdfDocument(content) as document:
        return ["".join(page.get_textpage().get_text_range().split()) for page in document]


def faces_of_every_kind(folder: Path) -> dict[str, tuple[Face, str]]:
    """Kind of font program → a face and characters it has."""
    boxes = "".join(BOXES)
    pair = collect(folder / "pair.ttc", SUPPLEMENT, box_font(folder / "one.ttf", BOXES, family="One"))
    return {
        "CFF, codes are its CIDs": (read_faces(SONG)[0], "残疾人ABC，□𫚭"),
        "CFF, codes are not its CIDs": (read_faces(cut_song(folder / "cut.otf", "残疾人ABC，□𫚭"))[0], "残人A□𫚭"),
        "CFF without CIDs": (read_faces(box_font(folder / "cff.otf", BOXES, kind="cff"))[0], boxes),
        "glyf": (read_faces(SUPPLEMENT)[0], "\u9feb\u9fff"),
        "glyf in a collection": (read_faces(pair)[0], "\u9feb\u9fff"),
        "another face of a collection": (read_faces(pair)[1], boxes),
        "CFF with variations": (read_faces(box_font(folder / "cff2.otf", BOXES, kind="cff2"))[0], boxes),
        "glyf with variations": (read_faces(box_font(folder / "varied.ttf", BOXES, kind="varied"))[0], boxes),
    }


KINDS = (
    *("CFF, codes are its CIDs", "CFF, codes are not its CIDs", "CFF without CIDs", "glyf", "glyf in a collection"),
    *("another face of a collection", "glyf with variations", "CFF with variations"),
)


@pytest.fixture(scope="module")
def faces(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Face, str]]:
    return faces_of_every_kind(tmp_path_factory.mktemp("fonts"))


def chain_of(face: Face) -> FontChain:
    return FontChain(face.name, [face], list)


@pytest.mark.parametrize("kind", KINDS)
def test_text_extracts_as_itself(faces: dict[str, tuple[Face, str]], kind: str) -> None:
    face, chars = faces[kind]
    assert read_pdf(write_pdf(chain_of(face), [[chars], [chars[::-1]]])) == [chars, chars[::-1]]


@pytest.mark.parametrize("kind", KINDS)
def test_a_character_shows_its_own_shape(faces: dict[str, tuple[Face, str]], kind: str) -> None:
    face, chars = faces[kind]
    for char in chars:
        with pypdfium2.PdfDocument(write_pdf(chain_of(face), [[char]], 200.0)) as document:
            shown = document[0].render(grayscale=True).to_pil().point(lambda value: 255 * (value < 128))
        font = ImageFont.truetype(str(face.path), 200, index=face.index, layout_engine=ImageFont.Layout.BASIC)
        wanted = Image.new("L", shown.size)
        ImageDraw.Draw(wanted).text((10, 280), char, font=font, fill=255, anchor="ls")
        wanted = wanted.point(lambda value: 255 * (value >= 128))
        ink, difference = (sum(image.histogram()[255:]) for image in (wanted, ImageChops.difference(shown, wanted)))
        assert ink > 100 and difference < 0.1 * ink, f"U+{ord(char):04X}"


@pytest.mark.parametrize("kind", KINDS)
def test_widths_are_those_that_lines_are_broken_by(faces: dict[str, tuple[Face, str]], kind: str) -> None:
    face, chars = faces[kind]
    chain = chain_of(face)
    with pypdfium2.PdfDocument(write_pdf(chain, [[chars + chars]], 10.0)) as document:
        page = document[0].get_textpage()
        lefts = [page.get_charbox(index, loose=True)[0] for index in range(page.count_chars())]
    x_pt, wanted = 10.0, []
    for index, char in enumerate(chars + chars):
        gap = 2.0 if _has_gap((chars + chars)[index - 1 : index + 1]) else 0.0
        wanted.append(x_pt + gap)
        x_pt += gap + chain.advances[char] * 10.0
    if len(lefts) == len(wanted):  # PDFium counts a character beyond the basic plane as two
        assert lefts == pytest.approx(wanted, abs=0.02)
    assert max(lefts) == pytest.approx(wanted[-1], abs=0.02)


def _has_gap(pair: str) -> bool:
    return len(pair) == 2 and pair[0].isascii() != pair[1].isascii() and pair.isalnum()


@pytest.mark.parametrize("kind", KINDS)
def test_only_what_is_shown_is_embedded(faces: dict[str, tuple[Face, str]], kind: str) -> None:
    face, chars = faces[kind]
    one, all_of_them = font_parts(face, chars[0]), font_parts(face, chars)
    assert len(one.program) < len(all_of_them.program)
    assert len(all_of_them.program) < 20_000


def test_every_han_character_that_some_font_has_extracts_as_itself() -> None:
    """With the fonts of this machine; HanaMin has all that the package lacks."""
    chain = FontBook().chain("宋体")
    chars = [chr(code) for codes in GB18030 for code in codes]
    assert len(chars) == 87_887
    refused = set(chain.missing("".join(chars)))
    if any(face.postscript_name == "HanaMinB" for face in system_faces()):
        assert not refused
    pages = list(_pages("".join(char for char in chars if char not in refused)))
    for page, text in zip(pages, read_pdf(write_pdf(chain, pages)), strict=True):
        assert text == "".join(page)


def test_every_han_character_that_no_font_has_is_refused_by_name() -> None:
    chain = FontChain("宋体", shipped_faces(), list)
    chars = [chr(code) for codes in GB18030 for code in codes]
    lacking = [char for char in chars if not any(ord(char) in face.hb_face.unicodes for face in shipped_faces())]
    assert len(lacking) == 87_887 - 29_818
    problems = list(chain.problems("".join(chars), Place(label="姓名")))
    assert [problem.params["point"] for problem in problems] == [f"U+{ord(char):04X}" for char in lacking]
    assert {problem.code for problem in problems} == {"F-FONT-003"}


def _pages(text: str) -> Iterable[list[str]]:
    lines = [text[start : start + PER_LINE] for start in range(0, len(text), PER_LINE)]
    return (lines[start : start + LINES] for start in range(0, len(lines), LINES))


@settings(max_examples=30, deadline=None)
@given(st.text(st.sampled_from("".join(map(chr, shipped_faces()[0].hb_face.unicodes))), min_size=1, max_size=60))
def test_any_text_of_the_package_s_font_extracts_as_itself(text: str) -> None:
    shown = "".join(char for char in text if char.isalnum())
    if shown:
        (found,) = read_pdf(write_pdf(FontBook().chain("宋体"), [[f"王{shown}王"]]))
        assert found == f"王{shown}王"


def test_characters_that_share_a_glyph_extract_as_themselves(tmp_path: Path) -> None:
    path = box_font(tmp_path / "full.ttf", BOXES)
    changed(path, path, lambda font: [table.cmap.update({0x2F00: "uni4E00"}) for table in font["cmap"].tables])
    chain = FontBook([path]).chain("Boxes")
    text = "一二\u2f00一\u2f00二"
    assert read_pdf(write_pdf(chain, [[text]])) == [text]


def test_a_rare_character_within_a_name_extracts_in_its_place(tmp_path: Path) -> None:
    rare = "\U000323af"
    chain = FontBook([box_font(tmp_path / "rare.otf", {rare: 750}, kind="cff")]).chain("宋体")
    assert read_pdf(write_pdf(chain, [[f"王{rare}山"]])) == [f"王{rare}山"]


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_characters_give_the_same_bytes(
    faces: dict[str, tuple[Face, str]], kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In whatever order, and however often the face was cut before."""
    face, chars = faces[kind]
    monkeypatch.setattr(embedding, "_cuts", {})
    first = font_parts(face, chars)
    monkeypatch.setattr(embedding, "_CUTS_TO_PREPARE", 1)
    assert font_parts(face, reversed(chars)) == first
    assert embedding._cuts[face][1] is not face.hb_face
    assert font_parts(face, chars) == first
    assert font_parts(face, chars[1:]).base_name != first.base_name


@pytest.mark.parametrize("kind", KINDS)
def test_the_font_s_objects_are_whole(faces: dict[str, tuple[Face, str]], kind: str) -> None:
    face, chars = faces[kind]
    with pikepdf.open(io.BytesIO(write_pdf(chain_of(face), [[chars]]))) as document:
        assert document.check_pdf_syntax() == []
        (font,) = document.pages[0].Resources.Font.values()
        (descendant,) = font.DescendantFonts
        descriptor = descendant.FontDescriptor
        assert str(descriptor.FontName) == str(descendant.BaseFont)
        assert str(descriptor.FontName)[7] == "+" and str(descriptor.FontName)[8:] == face.postscript_name
        assert (descriptor.Ascent, descriptor.Descent) == (face.ascent, face.descent)
        assert str(descendant.Subtype) == ("/CIDFontType0" if face.is_cff else "/CIDFontType2")
        assert ("/FontFile3" if face.is_cff else "/FontFile2") in descriptor
        assert ("/CIDToGIDMap" in descendant) is not face.is_cff


def test_a_character_that_the_face_lacks_is_refused() -> None:
    with pytest.raises(FontFileError):
        font_parts(shipped_faces()[0], "残\U0003ffff")


def test_a_font_file_that_changes_while_it_is_in_use_is_named(tmp_path: Path) -> None:
    path = box_font(tmp_path / "a.ttf", BOXES)
    use = font_use(read_faces(path)[0])
    box_font(path, {"三": 500})
    with pytest.raises(InputError) as caught:
        embed_face(ObjectWriter(io.BytesIO()), use, "一")
    assert caught.value.problem.code == "F-FONT-006" and str(path) in str(caught.value)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_damaged_font_prints_nothing_wrong(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """Whatever a byte is changed to: the file is refused, or the characters it still has can be embedded."""
    content = bytearray(SUPPLEMENT.read_bytes()[:18_900] if data.draw(st.booleans()) else SUPPLEMENT.read_bytes())
    for place in data.draw(st.lists(st.integers(0, len(content) - 1), min_size=1, max_size=20)):
        content[place] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.mktemp("damaged") / "a.ttf"
    path.write_bytes(content)
    try:
        (face,) = read_faces(path)
        chars = [char for char in map(chr, range(0x9FEB, 0xA000)) if face.glyph(char) and face.part(char) is face]
        if chars:
            font_parts(face, chars)
    except FontFileError:
        pass
