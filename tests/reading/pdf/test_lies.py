"""Text layers that lie, and files that are broken: said, and nothing of them in any value."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name

from formgen.errors import InputError
from formgen.forms.manifest import Carrier
from formgen.reading.weigh import weigh
from tests.reading.pdf.paper import changed, codes, only_reading, read_bytes, readings, sheet


def drawn(content: bytes, font: dict[str, object] | None = None, *, has_picture: bool = False) -> bytes:
    """A page with these operators; /F1 is the font."""
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(595, 842))
    page.Contents = pdf.make_stream(content)
    entry = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica, Encoding=Name.WinAnsiEncoding)
    for key, value in (font or {}).items():
        entry[f"/{key}"] = value
    page.Resources = Dictionary(Font=Dictionary(F1=entry))
    if has_picture:
        image = pdf.make_stream(b"\0", Type=Name.XObject, Subtype=Name.Image, Width=1, Height=1)
        image.ColorSpace, image.BitsPerComponent = Name.DeviceGray, 8
        page.Resources.XObject = Dictionary(Im=image)
    made = io.BytesIO()
    pdf.save(made)
    return made.getvalue()


def test_a_scan_is_handed_on(tmp_path: Path) -> None:
    found = read_bytes(drawn(b"q 595 0 0 842 0 0 cm /Im Do Q", has_picture=True), tmp_path)
    assert found.sheets == []
    assert codes(found) == ["F-PDFREAD-004"]


def test_an_invisible_text_layer_over_a_scan_is_no_value(tmp_path: Path) -> None:
    text = b"q 595 0 0 842 0 0 cm /Im Do Q BT 3 Tr /F1 12 Tf 100 630 Td (Zhang) Tj ET"
    found = read_bytes(drawn(text, has_picture=True), tmp_path)
    assert found.sheets == []
    assert codes(found) == ["F-PDFREAD-004", "F-PDFREAD-013"]


def test_invisible_text_on_our_page_is_not_taken(tmp_path: Path) -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        page = pdf.pages[0]
        font = next(name for name in page.resources.Font if name.startswith("/F"))
        page.contents_add(f"BT 3 Tr {font} 12 Tf 1 0 0 1 150 634 Tm <0012> Tj ET".encode())

    content = changed(sheet(), change)
    assert only_reading(content, tmp_path).values["name"] == "张建国"
    assert codes(read_bytes(content, tmp_path)) == ["F-PDFREAD-013"]


def test_gbk_bytes_as_latin_letters(tmp_path: Path) -> None:
    text = "姓名张建国性别男民族汉出生年月残疾类别肢体".encode("gbk").hex().encode()
    found = read_bytes(drawn(b"BT /F1 12 Tf 100 700 Td <%s> Tj ET" % text), tmp_path)
    assert found.sheets == []
    assert codes(found) == ["F-PDFREAD-005"]


@pytest.mark.parametrize("target", ["0000", "FFFD", "E123", "0007"])
def test_a_font_whose_characters_are_none(target: str, tmp_path: Path) -> None:
    """Our own file with a ToUnicode map that leads nowhere: its background still says which form it is."""

    def change(pdf: pikepdf.Pdf) -> None:
        for item in pdf.objects:
            if isinstance(item, pikepdf.Dictionary) and item.get("/Subtype") == "/Type0":
                cmap = f"1 beginbfrange <0000> <FFFF> [{'<' + target + '>' + ''} ] endbfrange".encode()
                item.ToUnicode = pdf.make_stream(cmap.replace(b"[<", b"<").replace(b"> ]", b">"))

    found = read_bytes(changed(sheet(), change), tmp_path)
    assert found.sheets == []
    assert codes(found) == ["F-PDFREAD-005"]


def test_a_password(tmp_path: Path) -> None:
    made = io.BytesIO()
    with pikepdf.open(io.BytesIO(sheet())) as pdf:
        pdf.save(made, encryption=pikepdf.Encryption(user="geheim", owner="geheim"))
    with pytest.raises(InputError) as caught:
        read_bytes(made.getvalue(), tmp_path)
    assert caught.value.problem.code == "F-PDFREAD-001"


def test_an_owner_password_alone_is_no_hindrance(tmp_path: Path) -> None:
    made = io.BytesIO()
    with pikepdf.open(io.BytesIO(sheet())) as pdf:
        pdf.save(made, encryption=pikepdf.Encryption(user="", owner="geheim"))
    assert only_reading(made.getvalue(), tmp_path).values["name"] == "张建国"


def cyclic(pdf: pikepdf.Pdf) -> None:
    pages = pdf.Root.Pages
    pages.Kids = Array([pages, pages])
    pages.Count = 2


def huge(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].MediaBox = [0, 0, 720_000, 720_000]


def no_box(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].MediaBox = [0, 0, Name.Wide, 842]


def wrong_contents(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].Contents = Name.Nothing


def endless_forms(pdf: pikepdf.Pdf) -> None:
    form = pdf.make_stream(b"/Fx Do", Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 9, 9])
    form = pdf.make_indirect(form)
    form.Resources = Dictionary(XObject=Dictionary(Fx=form))
    page = pdf.pages[0]
    page.Contents, page.Resources = pdf.make_stream(b"/Fx Do"), Dictionary(XObject=Dictionary(Fx=form))


def form_that_paints_itself_twice(pdf: pikepdf.Pdf) -> None:
    """With text that only pdfium could read, which would use up all memory before it gives up."""
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    form = pdf.make_stream(
        b"BT /F1 9 Tf (x) Tj ET /Fx Do /Fx Do", Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 9, 9]
    )
    form = pdf.make_indirect(form)
    form.Resources = Dictionary(XObject=Dictionary(Fx=form), Font=Dictionary(F1=font))
    page = pdf.pages[0]
    page.Contents, page.Resources = pdf.make_stream(b"/Fx Do"), Dictionary(XObject=Dictionary(Fx=form))


def endless_fields(pdf: pikepdf.Pdf) -> None:
    field = pdf.make_indirect(Dictionary(Subtype=Name.Widget, Rect=[0, 0, 1, 1]))
    field.Parent = field
    pdf.pages[0].obj.Annots = Array([field])


@pytest.mark.parametrize(
    "change", [cyclic, huge, no_box, wrong_contents, endless_forms, form_that_paints_itself_twice, endless_fields]
)
def test_hostile_files_are_refused_or_said(change: Callable[[pikepdf.Pdf], None], tmp_path: Path) -> None:
    try:
        found = read_bytes(changed(sheet(), change), tmp_path)
    except InputError as refused:
        assert refused.problem.code in ("F-PDFREAD-002", "F-PDFREAD-014")
        assert str(tmp_path) not in refused.problem.text("en").replace(refused.problem.place.file, "", 1)
    else:
        assert codes(found)
        readings = [weigh(read, "returned.pdf") for read in found.sheets]
        assert all(reading.values.get("name") == "张建国" for reading in readings)


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.9, 0.99])
def test_a_truncated_file_is_refused_or_said(share: float, tmp_path: Path) -> None:
    content = sheet()
    try:
        found = read_bytes(content[: int(len(content) * share)], tmp_path)
    except InputError as refused:
        assert refused.problem.code == "F-PDFREAD-002"
    else:
        assert "F-PDFREAD-003" in codes(found)


def test_a_damaged_file_that_can_be_mended_is_read_and_said(tmp_path: Path) -> None:
    content = sheet().replace(b"startxref", b"startxxxx")
    assert only_reading(content, tmp_path).values["name"] == "张建国"
    assert codes(read_bytes(content, tmp_path)) == ["F-PDFREAD-003"]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"%PDF-1.7\n%%EOF", b"hello"])
def test_what_is_no_pdf(content: bytes, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read_bytes(content, tmp_path)
    assert caught.value.problem.code == "F-PDFREAD-002"


def text_in_a_font_without_codes(pdf: pikepdf.Pdf) -> None:
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Symbol)
    page = pdf.pages[0]
    page.resources.Font["/Symb"] = pdf.make_indirect(font)
    page.contents_add(b"BT /Symb 12 Tf 1 0 0 1 150 634 Tm (Zhang) Tj ET")


@pytest.mark.parametrize("carrier", ["pdf", "pdf-form"])
def test_text_written_onto_our_page_in_a_font_nobody_can_read_is_not_dropped(carrier: Carrier, tmp_path: Path) -> None:
    (read,) = readings(changed(sheet(carrier=carrier), text_in_a_font_without_codes), tmp_path)
    assert ("F-PDFREAD-021", "姓名") in {(problem.code, problem.place.label) for problem in read.problems}
    assert read.values["town"] == "米村镇"
    assert "name" not in read.values or carrier == "pdf-form"  # whose field says the name


def no_operands(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].contents_add(b"/F1 Tf")


def wrong_name(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].contents_add(b"q 1 Do Q")


def no_stream(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].Contents = Array([1])


def no_rectangle(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].obj.Annots = Array([Dictionary(Subtype=Name.Stamp, Rect=[1, 2])])


@pytest.mark.parametrize("change", [no_operands, wrong_name, no_stream, no_rectangle])
def test_a_broken_page_is_said_and_the_others_are_read(change: Callable[[pikepdf.Pdf], None], tmp_path: Path) -> None:
    def both(pdf: pikepdf.Pdf) -> None:
        with pikepdf.open(io.BytesIO(sheet())) as other:
            pdf.pages.append(other.pages[0])
        change(pdf)

    content = changed(sheet(), both)
    found = read_bytes(content, tmp_path)
    assert [(problem.code, problem.place.cell) for problem in found.problems] == [("F-PDFREAD-016", "第1页")]
    assert only_reading(content, tmp_path).pages == (2,)


def wrong_widths(pdf: pikepdf.Pdf) -> None:
    for item in pdf.objects:
        if isinstance(item, pikepdf.Dictionary) and item.get("/Subtype") == "/Type0":
            item.DescendantFonts[0].W = Array([3, Name.Wide, Array([1]), 5])
            item.DescendantFonts[0].DW = Name.Wide


def wrong_font(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].resources.Font["/Odd"] = 3
    pdf.pages[0].resources.XObject["/Odd"] = 3


@pytest.mark.parametrize("change", [wrong_widths, wrong_font])
def test_odd_objects_that_say_nothing_of_the_values_do_no_harm(
    change: Callable[[pikepdf.Pdf], None], tmp_path: Path
) -> None:
    content = changed(sheet(), change)
    assert only_reading(content, tmp_path).values["name"] == "张建国"
    assert read_bytes(content, tmp_path).problems == []


def test_a_file_of_blank_pages_is_said_to_be_one(tmp_path: Path) -> None:
    assert codes(read_bytes(drawn(b""), tmp_path)) == ["F-PDFREAD-017"]
