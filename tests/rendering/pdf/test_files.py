"""Files as a whole: sound by qpdf's and pikepdf's measure, the same twice, small, whole or not there at all."""

from __future__ import annotations

import io
import subprocess
import tracemalloc
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import pikepdf
import pytest
from PIL import Image

from formgen.errors import OutputError
from formgen.files import PARTIAL_SUFFIX, whole_file
from formgen.rendering.pdf import CompiledPdf, ComposedPage, Identity, PdfFile, compile_pdf
from formgen.typeset.fonts import SHIPPED_FONTS, FontBook
from tests.rendering.pdf.paper import A4, make_form, make_roster, rows
from tests.rendering.pdf.test_pages import KEY, VALUES, read_by_pdfplumber, record


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory) -> tuple[CompiledPdf, CompiledPdf]:
    folder, fonts = tmp_path_factory.mktemp("forms"), FontBook()
    Image.effect_noise((50, 60), 80).save(folder / "photo.png")
    return compile_pdf(make_form(folder), fonts, folder), compile_pdf(make_roster(folder), fonts)


def sheets_of(forms: tuple[CompiledPdf, CompiledPdf], count: int) -> Iterator[tuple[tuple[ComposedPage, ...], str]]:
    form, roster = forms
    for number in range(count):
        name = f"张{chr(0x4E00 + number)}"
        made = form.compose(record(form.manifest, {**VALUES, "name": name, "photo": "photo.png"}), KEY)
        if number % 10 == 0:
            made = roster.compose(rows((name, 7)), KEY)
        assert made.pages is not None
        yield made.pages, name


def write(stream: IO[bytes], forms: tuple[CompiledPdf, CompiledPdf], count: int = 30) -> None:
    file = PdfFile(stream, Identity("合并 <测试> & 打印"))
    for pages, name in sheets_of(forms, count):
        file.add(pages, ("东村", name))
    file.close()


@pytest.fixture(scope="module")
def merged(forms: tuple[CompiledPdf, CompiledPdf], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("merged") / "merged.pdf"
    with whole_file(path) as stream:
        write(stream, forms)
    return path


def test_qpdf_finds_nothing(merged: Path) -> None:
    done = subprocess.run(["qpdf", "--check", str(merged)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "No syntax or stream encoding errors found" in done.stdout


def test_pikepdf_finds_nothing(merged: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        pdf = pikepdf.open(merged)
        assert pdf.check_pdf_syntax() == []
        assert len(pdf.pages) == 27 + 3 * 3


def test_two_runs_give_the_same_bytes(forms: tuple[CompiledPdf, CompiledPdf], merged: Path) -> None:
    stream = io.BytesIO()
    write(stream, forms)
    assert stream.getvalue() == merged.read_bytes()


def test_other_pages_give_another_identifier(forms: tuple[CompiledPdf, CompiledPdf], merged: Path) -> None:
    stream = io.BytesIO()
    write(stream, forms, 29)
    stream.seek(0)
    assert pikepdf.open(stream).trailer.ID != pikepdf.open(merged).trailer.ID


def test_what_pages_share_is_in_the_file_once(merged: Path) -> None:
    pdf = pikepdf.open(merged)
    streams: list[bytes] = []
    fonts: list[str] = []
    for thing in pdf.objects:
        if isinstance(thing, pikepdf.Stream) and thing.get("/Subtype") in ("/Form", "/Image"):
            streams.append(thing.read_raw_bytes() + str(thing.get("/BBox", "")).encode())
        if isinstance(thing, pikepdf.Dictionary) and thing.get("/Subtype") == "/Type0":
            fonts.append(str(thing.BaseFont))
    assert len(streams) == 9, "a form, seven bands, a picture"
    assert len(fonts) == len(set(fonts)) >= 1
    helvetica = [thing for thing in pdf.objects if isinstance(thing, pikepdf.Dictionary) and "Helvetica" in str(thing)]
    assert len([thing for thing in helvetica if thing.get("/Type") == "/Font"]) == 2, "once for each background"


def test_copies_of_a_form_and_of_a_font_count_as_one(tmp_path: Path) -> None:
    sheets = []
    for name in ("one", "two"):
        form = compile_pdf(make_form(tmp_path / name), FontBook([copied_font(tmp_path / name)]))
        sheets.append(form.compose(record(form.manifest, {"sex": "女"}), KEY))
    assert sheets[0].pages != sheets[1].pages, "other paths"
    stream = io.BytesIO()
    file = PdfFile(stream, Identity("测试"))
    for sheet in sheets:
        assert sheet.pages is not None
        file.add(sheet.pages)
    file.close()
    pdf = pikepdf.open(stream)
    assert pdf.check_pdf_syntax() == []
    resources = pdf.pages[0].resources
    assert (len(resources.Font), len(resources.XObject)) == (1, 1)
    fonts = [thing for thing in pdf.objects if isinstance(thing, pikepdf.Dictionary) and "/ToUnicode" in thing]
    assert len(fonts) == 1


def copied_font(folder: Path) -> Path:
    """The package's font as a person's own."""
    target = folder / "fonts" / SHIPPED_FONTS[0].name
    target.parent.mkdir()
    target.write_bytes(SHIPPED_FONTS[0].read_bytes())
    return target


def test_properties_say_what_the_file_is_and_nothing_of_persons(forms: tuple[CompiledPdf, CompiledPdf]) -> None:
    stream = io.BytesIO()
    file = PdfFile(stream, Identity("申请表", "p/form", "3", KEY))
    for pages, name in sheets_of(forms, 2):
        file.add(pages, (name,))
    file.close()
    pdf = pikepdf.open(stream)
    said = {"form": "p/form", "version": "3", "record": KEY, "sheets": "2"}
    assert {key: str(value) for key, value in pdf.docinfo.items()} == {
        "/Title": "申请表",
        "/Creator": "formgen",
        "/Producer": "formgen",
        **{f"/formgen.{key}": value for key, value in said.items()},
    }
    metadata = pdf.open_metadata()
    assert {key: metadata[f"{{https://formgen.dev/ns/pdf/1.0/}}{key}"] for key in said} == said
    assert metadata["dc:title"] == "申请表"
    assert "张" not in pdf.Root.Metadata.read_bytes().decode()
    assert str(pdf.Root.Lang) == "zh-CN"


def test_a_record_that_fails_in_the_middle_leaves_the_file_whole(forms: tuple[CompiledPdf, CompiledPdf]) -> None:
    form, _ = forms
    stream = io.BytesIO()
    file = PdfFile(stream, Identity("测试"))
    names = []
    for number in range(70):
        name = "\U000323b0" if number == 35 else f"张{chr(0x4E00 + number)}"
        made = form.compose(record(form.manifest, {"name": name}), KEY)
        if made.pages is not None:
            file.add(made.pages, (name,))
            names.append(name)
    file.close()
    texts = read_by_pdfplumber(stream.getvalue())
    assert len(texts) == 69
    assert [name in text for name, text in zip(names, texts, strict=True)] == [True] * 69


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_disk_that_fills_up_leaves_no_file(forms: tuple[CompiledPdf, CompiledPdf], tmp_path: Path) -> None:
    path = tmp_path / "merged.pdf"
    Path(f"{path}{PARTIAL_SUFFIX}").symlink_to("/dev/full")
    with pytest.raises(OutputError) as caught, whole_file(path) as stream:
        write(stream, forms)
    assert caught.value.problem.code == "F-FILE-007"
    assert list(tmp_path.iterdir()) == []


def test_memory_does_not_grow_with_the_pages(forms: tuple[CompiledPdf, CompiledPdf]) -> None:
    class Nowhere(io.RawIOBase):
        def write(self, content: Any) -> int:
            return len(content)

    ((pages, _), *_) = sheets_of(forms, 1)

    def peak(count: int) -> int:
        tracemalloc.start()
        file = PdfFile(Nowhere(), Identity("测试"))  # type: ignore[arg-type]
        for number in range(count):
            file.add(pages, (f"村{number // 50}", f"人{number}"))
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    small, large = peak(500), peak(5_000)
    assert large - small < 4_500 * 2 * len(pages) * 40, "bytes a page"


def test_pages_of_several_sizes_keep_theirs() -> None:
    from formgen.rendering.pdf.objects import deflate

    stream = io.BytesIO()
    file = PdfFile(stream, Identity("测试"))
    file.add([ComposedPage(*A4, deflate(b""), (), ()), ComposedPage(842.0, 595.28, deflate(b""), (), ())])
    file.close()
    boxes = [[float(edge) for edge in page.mediabox] for page in pikepdf.open(stream).pages]
    assert boxes == [[0, 0, 595, 842], [0, 0, 842, 595.28]]
