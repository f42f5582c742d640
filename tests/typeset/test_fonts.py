"""Finding fonts: the package's own, order, names, files that cannot be used, characters that no font has."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st

from formgen.errors import InputError
from formgen.problems import Place
from formgen.typeset import fonts
from formgen.typeset.chain import MissingGlyph
from formgen.typeset.faces import FontFileError, read_faces
from formgen.typeset.fonts import GETA, SHIPPED_FONTS, FontBook, shipped_faces
from tests.typeset.fontmaker import SONG, SUPPLEMENT, box_font, changed, collect, cut_song

STANDARD = Path(__file__).with_name("standard_characters.txt")
PRIVATE = "\ue000"


@pytest.fixture
def no_system_fonts(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(fonts, "system_faces", list)
    yield


# The fonts of the package


@pytest.mark.usefixtures("no_system_fonts")
def test_the_package_prints_the_standard_characters_and_the_whole_basic_block() -> None:
    chain = FontBook().chain("宋体")
    standard = "".join(STANDARD.read_text("utf-8").splitlines()[1:])
    assert len(set(standard)) == 8105
    assert chain.missing(standard) == ()
    assert chain.missing("".join(map(chr, range(0x4E00, 0xA000)))) == ()


@pytest.mark.usefixtures("no_system_fonts")
def test_the_package_prints_all_that_gbk_has() -> None:
    chars = "".join(_gbk())
    assert len(chars) == 21_791
    assert FontBook().chain("宋体").missing(chars) == ()


def _gbk() -> Iterator[str]:
    for lead in range(0x81, 0xFF):
        for trail in range(0x40, 0xFF):
            with contextlib.suppress(UnicodeDecodeError):
                yield bytes([lead, trail]).decode("gbk")


@pytest.mark.usefixtures("no_system_fonts")
def test_the_package_prints_what_forms_are_made_of() -> None:
    chain = FontBook().chain("宋体")
    text = "残疾人证号 41018300000000000X □☑☒√✓○●◎①⑳（一）Ⅰ：“姓名”，——…·℃%㎡〇鿿￥" + GETA
    assert chain.missing(text) == ()
    assert "".join(run for _, run in chain.runs(text)) == text
    assert chain.advances["残"] == chain.advances["□"] == chain.advances["☑"] == 1.0


def test_no_two_characters_of_the_package_share_a_glyph() -> None:
    for face in shipped_faces():
        codes = list(face.hb_face.unicodes)
        assert len({face.glyph_number(chr(code)) for code in codes}) == len(codes)


def test_the_package_s_fonts_may_be_given_away_and_embedded() -> None:
    for path in SHIPPED_FONTS:
        with TTFont(path, lazy=True) as font:
            assert "Noto" not in font["name"].getDebugName(1) and "BabelStone" not in font["name"].getDebugName(1)
            assert font["name"].getDebugName(0) and font["name"].getDebugName(13)
        assert read_faces(path)[0].embedding == "allowed"
    licences = {path.name for path in SONG.parent.glob("*.txt")}
    assert licences == {"FormgenSong-OFL.txt", "FormgenSongSupplement-ARPHICPL.txt"}
    assert sum(path.stat().st_size for path in SONG.parent.iterdir()) < 12_000_000


# Order and names


def test_a_font_of_the_family_s_name_comes_first(tmp_path: Path) -> None:
    box_font(tmp_path / "a.ttf", {"一": 900}, family="FangSong Test", chinese="仿宋_GB2312")
    book = FontBook([tmp_path])
    assert book.chain("仿宋_GB2312").advances["一"] == 0.9
    assert book.chain("FangSong Test").advances["一"] == 0.9
    assert book.chain("仿宋").advances["一"] == 0.9, "the same design by its other name"
    assert book.chain("宋体").advances["一"] == 1.0, "another family's text is printed with the package's font"
    assert book.chain("仿宋").first.covers("一") and not book.chain("仿宋").first.covers("一二")


def test_the_regular_face_stands_for_its_family(tmp_path: Path) -> None:
    bold = box_font(tmp_path / "a.ttf", {"一": 900}, family="Many")
    changed(bold, bold, lambda font: setattr(font["OS/2"], "usWeightClass", 700))
    box_font(tmp_path / "b.ttf", {"一": 800}, family="Many")
    assert FontBook([tmp_path]).chain("many").advances["一"] == 0.8


def test_a_rare_character_takes_another_face_within_one_name(tmp_path: Path) -> None:
    rare = "\U000323af"
    box_font(tmp_path / "rare.otf", {rare: 750}, kind="cff")
    chain = FontBook([tmp_path]).chain("宋体")
    runs = [(face.name, text) for face, text in chain.runs(f"王{rare}{rare}山")]
    assert runs == [("Formgen Song", "王"), ("Boxes", rare * 2), ("Formgen Song", "山")]
    assert chain.advances[rare] == 0.75
    assert chain.missing(f"王{rare}山") == ()


def test_folders_come_in_the_order_given_and_files_by_name(tmp_path: Path) -> None:
    rare = "\U000323af"
    for folder, width in (("z", 700), ("a", 600)):
        (tmp_path / folder).mkdir()
        box_font(tmp_path / folder / "b.ttf", {rare: width}, family="Rare B")
    box_font(tmp_path / "z" / "a.ttf", {rare: 500}, family="Rare A")
    assert FontBook([tmp_path / "z", tmp_path / "a"]).chain("宋体").advances[rare] == 0.5
    assert FontBook([tmp_path / "a", tmp_path / "z"]).chain("宋体").advances[rare] == 0.6


def test_the_system_is_asked_last_and_never_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rare = "\U000323af"
    system = read_faces(box_font(tmp_path / "a.ttf", {"一": 900, rare: 700, PRIVATE: 600}, family="宋体"))
    monkeypatch.setattr(fonts, "system_faces", lambda: system)
    chain = FontBook().chain("宋体")
    assert chain.advances["一"] == 1.0
    assert chain.advances[rare] == 0.7
    assert chain.missing(PRIVATE) == (PRIVATE,), "what it means there is anybody's guess"
    assert FontBook([tmp_path]).chain("楷体").missing(PRIVATE) == (), "the user's own font says what it means"


def test_faces_of_a_collection_are_found_by_their_names(tmp_path: Path) -> None:
    one = box_font(tmp_path / "one.ttf", {"一": 900}, family="One")
    two = box_font(tmp_path / "two.ttf", {"一": 800}, family="Two")
    pair = collect(tmp_path / "pair.ttc", one, two)
    book = FontBook([pair])
    assert [book.chain(name).advances["一"] for name in ("One", "Two")] == [0.9, 0.8]
    assert book.problems == []


def test_a_face_tells_its_own_measures() -> None:
    face = shipped_faces()[0]
    assert (face.ascent, face.descent, face.cap_height, face.weight) == (1151, -286, 729, 400)
    assert face.bbox[0] < 0 < face.bbox[3] and face.is_serif and not face.is_italic and face.is_cff
    assert len(face.digest) == 64 and face.postscript_name == "FormgenSong-Regular"


# Characters that no font has


@pytest.mark.usefixtures("no_system_fonts")
@pytest.mark.parametrize("char", ["\U0003ffff", "\ufffd", PRIVATE, "\0"])
def test_what_has_no_glyph_is_a_problem(char: str) -> None:
    chain = FontBook().chain("宋体")
    (problem,) = chain.problems(f"王{char}{char}\n小", Place(label="姓名"), "KEY")
    assert (problem.code, problem.record) == ("F-FONT-003", "KEY")
    assert f"U+{ord(char):04X}" in problem.text("zh") and "Formgen Song" in problem.text("en")
    with pytest.raises(MissingGlyph):
        chain.runs(f"王{char}")


NEEDS_NEIGHBOUR = [
    *("\u0301", "\ufe0f", "\U000e0100", "\u200d", "\u200b", "\ufeff", "\u20dd"),
    *("ئ", "ש", "\u1820", "\u1100", "\u1161", "\ua840"),
]


@pytest.mark.parametrize("char", NEEDS_NEIGHBOUR)
def test_what_means_something_only_beside_another_is_a_problem(char: str) -> None:
    chain = FontBook().chain("宋体")
    assert [problem.code for problem in chain.problems(f"葛{char}", Place())] == ["F-FONT-005"]


@pytest.mark.usefixtures("no_system_fonts")
def test_an_empty_glyph_is_no_glyph(tmp_path: Path) -> None:
    rare = "\U000323af"

    def empty(font: TTFont) -> None:
        font["glyf"]["uni323AF"].numberOfContours = 0

    path = box_font(tmp_path / "full.ttf", {rare: 500})
    changed(path, path, empty)
    assert FontBook([tmp_path]).chain("宋体").missing(rare) == (rare,)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_a_line_is_printed_whole_or_not_at_all(text: str) -> None:
    chain = FontBook().chain("宋体")
    line = text.replace("\n", "")
    missing = chain.missing(line)
    assert set(missing) == {char for char in line if chain.face_of(char) is None}
    printable = "".join(GETA if char in missing else char for char in line)
    runs = chain.runs(printable)
    assert "".join(run for _, run in runs) == printable
    assert all(face.glyph(char) for face, run in runs for char in run)


def test_characters_that_share_a_glyph_are_told_apart(tmp_path: Path) -> None:
    radical = "\u2f00"
    path = box_font(tmp_path / "full.ttf", {"一": 500, "二": 500})
    changed(path, path, lambda font: [table.cmap.update({0x2F00: "uni4E00"}) for table in font["cmap"].tables])
    chain = FontBook([path]).chain("Boxes")
    one, other = (chain.face_of(char) for char in ("一", radical))
    assert one is chain.first and other is not one and other is not None
    assert one.glyph("一") == other.glyph(radical) and one.postscript_name != other.postscript_name
    assert [text for _, text in chain.runs(f"一二{radical}一")] == ["一二", radical, "一"]


# Files that cannot be used


def _cut_off(path: Path) -> None:
    path.write_bytes(SUPPLEMENT.read_bytes()[:-4000])


def _no_outlines(path: Path) -> None:
    def drop(font: TTFont) -> None:
        del font["glyf"], font["loca"]

    changed(SUPPLEMENT, path, drop)


BROKEN = {
    "empty": lambda path: path.touch(),
    "text": lambda path: path.write_text("not a font\n" * 40),
    "cut off": _cut_off,
    "cut off in the head": lambda path: path.write_bytes(SUPPLEMENT.read_bytes()[:60]),
    "no outlines": _no_outlines,
    "web font": lambda path: path.write_bytes(b"wOF2" + bytes(60)),
    "collection of nothing": lambda path: path.write_bytes(b"ttcf\0\1\0\0" + bytes(40)),
    "collection of too much": lambda path: path.write_bytes(b"ttcf\0\1\0\0\xff\xff\xff\xff" + bytes(40)),
    "zeroes for tables": lambda path: path.write_bytes(SUPPLEMENT.read_bytes()[:172] + bytes(33_800)),
    "folder": lambda path: path.mkdir(),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_file_that_is_no_font_is_named_and_left_out(tmp_path: Path, kind: str) -> None:
    broken = tmp_path / "broken.ttf"
    BROKEN[kind](broken)
    box_font(tmp_path / "good.ttf", {"一": 900}, family="Good")
    book = FontBook([tmp_path])
    if kind != "folder":
        (problem,) = book.problems
        assert problem.code == "F-FONT-001" and "broken.ttf" in problem.text("zh")
        with pytest.raises(FontFileError):
            read_faces(broken)
    assert book.chain("Good").advances["一"] == 0.9


@pytest.mark.parametrize(("fs_type", "permission"), [(2, "restricted"), (0x200, "bitmap-only"), (0x100, "no-subset")])
def test_a_font_that_must_not_be_embedded_is_named_and_left_out(tmp_path: Path, fs_type: int, permission: str) -> None:
    changed(SUPPLEMENT, tmp_path / "locked.ttf", lambda font: setattr(font["OS/2"], "fsType", fs_type))
    book = FontBook([tmp_path])
    assert [(problem.code, problem.params["permission"]) for problem in book.problems] == [("F-FONT-002", permission)]
    assert book.chain("Formgen Song Supplement").first.path == SONG


def test_a_font_for_print_only_prints(tmp_path: Path) -> None:
    changed(SUPPLEMENT, tmp_path / "print.ttf", lambda font: setattr(font["OS/2"], "fsType", 4))
    book = FontBook([tmp_path])
    assert book.problems == []
    assert book.chain("Formgen Song Supplement").first.embedding == "print-only"
    editable = FontBook([tmp_path], is_editable=True)
    assert [problem.code for problem in editable.problems] == ["F-FONT-002"], "not in a form that is to be filled in"
    assert editable.chain("Formgen Song Supplement").first.path == SONG


def test_a_folder_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        FontBook([tmp_path / "none"])
    assert caught.value.problem.code == "F-FONT-004" and caught.value.problem.place.file == str(tmp_path / "none")


def test_a_file_nobody_may_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "dangling.ttf").symlink_to(tmp_path / "gone.ttf")
    (problem,) = FontBook([tmp_path]).problems
    assert problem.code == "F-FONT-001" and os.strerror(2) in problem.text("en")


def test_a_file_that_changes_is_read_again(tmp_path: Path) -> None:
    path = box_font(tmp_path / "a.ttf", {"一": 900})
    first = read_faces(path)[0]
    assert read_faces(path)[0] is first
    cut_song(path, "一二三")
    assert read_faces(path)[0].name == "Formgen Song"
