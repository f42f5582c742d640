"""Records on pages: what three readers find there, where it stands, and what keeps a sheet from being printed."""

from __future__ import annotations

import hashlib
import io
import itertools
import pickle
import re
import subprocess
import zlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pdfplumber
import pikepdf
import pypdfium2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from formgen.errors import TemplateError
from formgen.forms.layout import BACKGROUND, LAYOUT, dump_layout, read_layout
from formgen.forms.manifest import Manifest
from formgen.forms.page_marks import mark_boxes
from formgen.rendering.pdf import CompiledPdf, Composed, ComposedPage, Identity, Marks, PdfFile, compile_pdf
from formgen.rendering.pdf.canvas import Canvas, Typesetter
from formgen.typeset.fonts import FontBook
from formgen.typeset.widths import gaps_in
from tests.rendering.pdf.paper import A4, make_form, make_roster, rows

KEY = "AAAAAAAAAA"
VALUES = {
    "name": "欧阳𬱖·㛃",
    "sex": "男abc女12",
    "born": "2015年3月12日",
    "is_poor": "是",
    "reason": "本人因肢体残疾，家庭收入低。" * 4 + "\n望批准！",
}


@pytest.fixture(scope="module")
def fonts() -> FontBook:
    return FontBook()


@pytest.fixture(scope="module")
def form(tmp_path_factory: pytest.TempPathFactory, fonts: FontBook) -> CompiledPdf:
    return compile_pdf(make_form(tmp_path_factory.mktemp("form")), fonts)


@pytest.fixture(scope="module")
def roster(tmp_path_factory: pytest.TempPathFactory, fonts: FontBook) -> CompiledPdf:
    return compile_pdf(make_roster(tmp_path_factory.mktemp("roster")), fonts)


def record(manifest: Manifest, values: Mapping[str, str]) -> dict[str, Any]:
    return {key: manifest.field(key).value_type.parse(text) for key, text in values.items()}


def file_of(*sheets: Composed, identity: Identity | None = None) -> bytes:
    stream = io.BytesIO()
    file = PdfFile(stream, identity or Identity("测试"))
    for sheet in sheets:
        assert sheet.pages is not None, sheet.problems
        file.add(sheet.pages)
    file.close()
    return stream.getvalue()


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def read_by_pdfplumber(content: bytes) -> list[str]:
    with pdfplumber.open(io.BytesIO(content)) as pdf:
        return ["".join(char["text"] for char in page.chars) for page in pdf.pages]


def read_by_pdfium(content: bytes) -> list[str]:
    pdf = pypdfium2.PdfDocument(content)
    return [page.get_textpage().get_text_range() for page in pdf]


def read_by_poppler(content: bytes) -> list[str]:
    command = ["pdftotext", "-raw", "-", "-"]
    return subprocess.run(command, input=content, capture_output=True, check=True).stdout.decode().split("\f")[:-1]


READERS = {"pdfplumber": read_by_pdfplumber, "pdfium": read_by_pdfium, "poppler": read_by_poppler}


@pytest.mark.parametrize("reader", READERS)
def test_readers_find_exactly_the_values(form: CompiledPdf, reader: str) -> None:
    sheet = form.compose(record(form.manifest, VALUES), KEY)
    assert sheet.problems == ()
    (text,) = READERS[reader](file_of(sheet))
    printed = ["欧阳𬱖·㛃", "男abc女12", "2015", "3", "☑", *VALUES["reason"].split("\n"), "1", "1"]
    assert sorted(squeezed(text)) == sorted("".join(printed))
    for value in printed:
        assert value in squeezed(text)


def test_a_blank_form_shows_empty_boxes_and_page_numbers_only(form: CompiledPdf) -> None:
    (text,) = read_by_pdfplumber(file_of(form.compose_blank()))
    assert sorted(squeezed(text)) == ["1", "1", "□"]


def chars_of(form: CompiledPdf, values: Mapping[str, str]) -> list[dict[str, Any]]:
    with pdfplumber.open(io.BytesIO(file_of(form.compose(record(form.manifest, values), KEY)))) as pdf:
        return list(pdf.pages[0].chars)


def baseline(char: dict[str, Any]) -> float:
    return A4[1] - float(char["matrix"][5])


def test_a_centred_value_stands_in_the_middle_on_its_baseline(form: CompiledPdf) -> None:
    spot = form.layout.before[0].spots[0]
    chars = chars_of(form, {"name": "张三丰"})[:3]
    middle = (chars[0]["x0"] + chars[-1]["x1"]) / 2
    assert middle == pytest.approx((spot.left_pt + spot.right_pt) / 2, abs=0.01)
    assert baseline(chars[0]) == pytest.approx(spot.baseline_pt, abs=0.01)
    assert chars[0]["size"] == pytest.approx(12)


def test_between_ideographs_and_digits_is_a_fifth_of_an_em(form: CompiledPdf) -> None:
    chars = chars_of(form, {"sex": "男1女"})
    gaps = [after["x0"] - before["x1"] for before, after in itertools.pairwise(chars[:3])]
    assert gaps == pytest.approx([2.4, 2.4], abs=0.02)


def test_a_value_too_wide_is_printed_smaller_on_its_line(form: CompiledPdf) -> None:
    spot = form.layout.before[0].spots[1]
    chars = [char for char in chars_of(form, {"sex": "一二三四五六七八九"}) if char["text"] in "一二三四五六七八九"]
    assert {round(char["size"], 2) for char in chars} == {9.5}
    assert chars[-1]["x1"] <= spot.right_pt + 0.01
    pitch = 15.6 * 9.5 / 12
    assert baseline(chars[0]) == pytest.approx(spot.baseline_pt - 0.3 * 15.6 + 0.3 * pitch, abs=0.05)


def test_only_the_first_line_is_indented_and_lines_are_even(form: CompiledPdf) -> None:
    chars = chars_of(form, {"reason": "残" * 60 + "\n" + "疾" * 3})
    lines: dict[float, float] = {}
    for char in (char for char in chars if char["text"] in "残疾"):
        lines.setdefault(round(baseline(char), 2), char["x0"])
    assert list(lines.values()) == pytest.approx([129.4, 105.4, 105.4], abs=0.01)
    assert list(lines) == pytest.approx([163.0, 178.6, 194.2], abs=0.01)


def test_pages_are_numbered_through_and_carry_the_code_on_each(form: CompiledPdf, roster: CompiledPdf) -> None:
    sheet = roster.compose(rows(("一", 3), ("二", 6)), KEY, marks=Marks("BBBBBBBBBB"))
    texts = [squeezed(text) for text in read_by_pdfplumber(file_of(sheet))]
    assert [text.endswith(str(number)) or f"{number}续表" in text for number, text in enumerate(texts, 1)]
    plain, marked = (
        len(file_of(form.compose_blank(marks=marks))) for marks in (None, Marks("BBBBBBBBBB", has_corners=False))
    )
    assert marked > plain + 100


def test_a_table_goes_on_over_pages_with_its_head_and_says_so(roster: CompiledPdf) -> None:
    pages = read_by_pdfplumber(file_of(roster.compose(rows(("一", 2), ("二", 4), ("三", 2)), KEY)))
    texts = [squeezed(text) for text in pages]
    assert ["续表" in text for text in texts] == [False, True, True]
    people = [
        f"户{household}人{index}" for household, count in (("一", 2), ("二", 4), ("三", 2)) for index in range(count)
    ]
    assert re.findall(r"户.人\d", "".join(texts)) == people
    names = ["".join(re.findall(r"(?<!户)[一二三]", text)) for text in texts]
    assert [sorted(found) for found in names] == [["一", "二"], ["三", "二"], ["三"]], "printed again after a break"
    assert [text.count("东村") for text in texts] == [1, 0, 1]


def test_what_is_said_above_a_continued_table_keeps_clear_of_the_corner_marks(tmp_path: Path, fonts: FontBook) -> None:
    manifest = make_roster(tmp_path)
    layout = read_layout(manifest.folder / LAYOUT)
    assert layout.flow is not None
    row = layout.flow.rows["single"]
    wide = replace(row.spots[0], cell=(200.0, 140.0, A4[0] - 10, 160.0))
    bands = {**layout.flow.rows, "single": replace(row, spots=(wide, *row.spots[1:]))}
    flow = replace(layout.flow, rows=bands, continued_pt=30.0)
    (manifest.folder / LAYOUT).write_bytes(dump_layout(replace(layout, flow=flow)))
    with pdfplumber.open(io.BytesIO(file_of(compile_pdf(manifest, fonts).compose(rows(("甲", 5)), KEY)))) as pdf:
        said = [char for char in pdf.pages[1].chars if char["text"] in "续表"]
    mark_left, _, _, mark_bottom = mark_boxes(*A4)[1]
    assert len(said) == 2 and said[0]["top"] < mark_bottom, "beside the mark"
    assert max(char["x1"] for char in said) < mark_left - 3


def test_what_breaks_off_is_printed_at_the_smallest_size(form: CompiledPdf) -> None:
    printer = next(printer for printer in form.before[0].values if printer.key == "reason")
    canvas = Canvas(*A4)
    assert printer.print("短", canvas, is_smallest=True) is None
    assert " 7.5 Tf" in inflate(canvas.page())


def test_a_merged_value_is_in_the_middle_of_its_rows(roster: CompiledPdf) -> None:
    with pdfplumber.open(io.BytesIO(file_of(roster.compose(rows(("甲", 2)), KEY)))) as pdf:
        chars = pdf.pages[0].chars
    (merged,) = [char for char in chars if char["text"] == "甲" and char["x0"] < 200]
    first, second = [baseline(char) for char in chars if char["text"] == "户"]
    assert baseline(merged) == pytest.approx((first + second) / 2, abs=0.01)


def test_a_character_without_a_glyph_is_named_and_nothing_printed(form: CompiledPdf) -> None:
    sheet = form.compose(record(form.manifest, {"name": "张\U000323b0"}), KEY)
    assert sheet.pages is None
    (problem,) = sheet.problems
    assert (problem.code, problem.place.label, problem.record) == ("F-FONT-003", "姓名", KEY)
    assert problem.params["point"] == "U+323B0"


def test_fonts_mix_within_a_line(form: CompiledPdf, fonts: FontBook) -> None:
    chain = fonts.chain("宋体")
    line = next(
        f"张{char}12"
        for char in map(chr, (0x2F00, *range(0x20000, 0x30000, 97)))
        if chain.face_of(char) not in (None, chain.first)
    )
    sheet = form.compose(record(form.manifest, {"sex": line}), KEY)
    content = file_of(sheet)
    for read in READERS.values():
        assert line in squeezed(read(content)[0])
    assert len({font for page in sheet.pages or () for font, _ in page.fonts}) == 2


@given(st.text(st.sampled_from("张残疾，（〇㛃𬱖AZw09.- \u3400·"), max_size=20))
def test_gaps_stand_where_the_fit_counts_them(text: str) -> None:
    han = "\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
    between = re.finditer(f"(?<=[{han}])(?=[A-Za-z0-9])|(?<=[A-Za-z0-9])(?=[{han}])", text)
    assert [match.start() for match in between] == sorted(gaps_in(text))


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(st.sampled_from("张残疾，。（）“”、AZw09.-/ \n〇𬱖㛃·"), max_size=150))
def test_whatever_is_written_is_read_back(form: CompiledPdf, text: str) -> None:
    sheet = form.compose({"reason": text}, KEY)
    read = squeezed(read_by_pdfplumber(file_of(sheet))[0])
    assert read == squeezed("□" + text + "11") or sorted(read) == sorted(squeezed("□" + text + "11"))


def test_pages_can_be_sent_to_another_process(form: CompiledPdf) -> None:
    sheet = form.compose(record(form.manifest, VALUES), KEY)
    sent = Composed(pickle.loads(pickle.dumps(sheet.pages)))
    assert file_of(sent) == file_of(sheet)


def test_a_line_of_several_faces_is_as_wide_as_it_is_measured(fonts: FontBook) -> None:
    setter = Typesetter(fonts.chain("宋体"))
    canvas = Canvas(*A4)
    canvas.write(50.0, 50.0, 10.0, setter.runs("张12三"))
    content = io.BytesIO()
    file = PdfFile(content, Identity("测试"))
    file.add([canvas.page()])
    file.close()
    with pdfplumber.open(content) as pdf:
        chars = pdf.pages[0].chars
        assert chars[-1]["x1"] - chars[0]["x0"] == pytest.approx(setter.width("张12三") * 10, abs=0.03)


def inflate(page: ComposedPage) -> str:
    return zlib.decompress(page.content).decode()


class TestPictures:
    def compose(self, tmp_path: Path, fonts: FontBook, name: str) -> Composed:
        form = compile_pdf(make_form(tmp_path), fonts, tmp_path)
        return form.compose(record(form.manifest, {"photo": name}), KEY)

    def image_of(self, content: bytes) -> Any:
        pdf = pikepdf.open(io.BytesIO(content))
        (image,) = [
            thing for name, thing in pdf.pages[0].Resources.XObject.items() if thing.get("/Subtype") == "/Image"
        ]
        return pikepdf.PdfImage(image).as_pil_image().convert("RGB")

    @pytest.mark.parametrize("mode", ["RGB", "L", "CMYK", "RGBA", "P", "1", "LA", "I;16"])
    def test_any_png_or_jpeg_is_printed(self, tmp_path: Path, fonts: FontBook, mode: str) -> None:
        name = "photo.jpg" if mode == "CMYK" else "photo.png"
        Image.new(mode, (60, 80)).save(tmp_path / name, dpi=(72, 72))
        sheet = self.compose(tmp_path, fonts, name)
        assert sheet.problems == ()
        expected = (255, 255, 255) if mode in ("RGBA", "LA", "CMYK") else (0, 0, 0)
        assert self.image_of(file_of(sheet)).getpixel((3, 3)) == pytest.approx(expected, abs=3)

    def test_sixteen_bits_of_gray_are_not_cut_off(self, tmp_path: Path, fonts: FontBook) -> None:
        Image.new("I;16", (60, 80), 0x8000).save(tmp_path / "photo.png")
        assert self.image_of(file_of(self.compose(tmp_path, fonts, "photo.png"))).getpixel((3, 3))[0] in (127, 128)

    def test_a_jpeg_keeps_its_bytes_and_every_picture_its_proportions(self, tmp_path: Path, fonts: FontBook) -> None:
        Image.new("RGB", (300, 400), "red").save(tmp_path / "photo.jpg", dpi=(72, 72))
        content = file_of(self.compose(tmp_path, fonts, "photo.jpg"))
        assert (tmp_path / "photo.jpg").read_bytes() in content
        with pdfplumber.open(io.BytesIO(content)) as pdf:
            (image,) = pdf.pages[0].images
        cell = next(spot for spot in compile_pdf(make_form(tmp_path), fonts).layout.spots if spot.key == "photo")
        width, height = image["x1"] - image["x0"], image["bottom"] - image["top"]
        assert height == pytest.approx(cell.height_pt, abs=0.02) and width == pytest.approx(height * 0.75, abs=0.02)
        assert image["top"] >= cell.cell[1] and image["bottom"] <= cell.cell[3]

    def test_a_picture_used_twice_is_stored_once(self, tmp_path: Path, fonts: FontBook) -> None:
        Image.effect_noise((200, 200), 80).save(tmp_path / "photo.png")
        sheet = self.compose(tmp_path, fonts, "photo.png")
        assert len(file_of(sheet, sheet)) < len(file_of(sheet)) + 2_000

    @pytest.mark.parametrize("content", [None, b"no picture", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0cut"])
    def test_what_is_no_picture_is_named(self, tmp_path: Path, fonts: FontBook, content: bytes | None) -> None:
        if content is not None:
            (tmp_path / "photo.png").write_bytes(content)
        sheet = self.compose(tmp_path, fonts, "photo.png")
        assert sheet.pages is None
        assert [(problem.code, problem.place.label) for problem in sheet.problems] == [("F-RENDER-003", "照片")]

    def test_a_jpeg_that_breaks_off_is_named(self, tmp_path: Path, fonts: FontBook) -> None:
        Image.effect_noise((200, 200), 80).save(tmp_path / "photo.jpg")
        whole = (tmp_path / "photo.jpg").read_bytes()
        (tmp_path / "photo.jpg").write_bytes(whole[: len(whole) // 2])
        assert self.compose(tmp_path, fonts, "photo.jpg").pages is None


class TestLayoutsThatDoNotBelong:
    def code(self, manifest: Manifest, fonts: FontBook) -> str:
        with pytest.raises(TemplateError) as caught:
            compile_pdf(manifest, fonts)
        return caught.value.problem.code

    def test_there_is_none(self, tmp_path: Path, fonts: FontBook) -> None:
        manifest = make_form(tmp_path)
        (manifest.folder / LAYOUT).unlink()
        assert self.code(manifest, fonts) == "F-LAYOUT-001"

    def test_there_is_no_background(self, tmp_path: Path, fonts: FontBook) -> None:
        manifest = make_form(tmp_path)
        (manifest.folder / BACKGROUND).unlink()
        assert self.code(manifest, fonts) == "F-LAYOUT-001"

    def test_the_background_is_damaged(self, tmp_path: Path, fonts: FontBook) -> None:
        manifest = make_form(tmp_path)
        (manifest.folder / BACKGROUND).write_bytes(b"%PDF-1.7\nnothing")
        assert self.code(manifest, fonts) == "F-PDF-002"

    @pytest.mark.parametrize(("name", "code"), [("form.yaml", "F-LAYOUT-008"), (BACKGROUND, "F-LAYOUT-009")])
    def test_what_it_was_made_of_has_changed(self, tmp_path: Path, fonts: FontBook, name: str, code: str) -> None:
        digest = hashlib.sha256((make_form(tmp_path).folder / name).read_bytes()).hexdigest()
        manifest = make_form(tmp_path, sources={name: digest, "form.docx": "not here"})
        compile_pdf(manifest, fonts)
        with (manifest.folder / name).open("ab") as stream:
            stream.write(b"# changed\n")
        assert self.code(manifest, fonts) == code

    def test_it_has_a_field_that_the_form_has_not(self, tmp_path: Path, fonts: FontBook) -> None:
        text = 'version: "1"\ntitle: 测试表\nsubject: person\nfields: [{key: name, label: 姓名, type: name}]\n'
        assert self.code(make_form(tmp_path, text), fonts) == "F-PDF-001"

    def test_it_has_more_pictures_than_the_background(self, tmp_path: Path, fonts: FontBook) -> None:
        from formgen.forms.layout import Page

        assert self.code(make_form(tmp_path, before=(Page(3, *A4, ()),)), fonts) == "F-PDF-002"
