"""What happens to a file on its way back: turned, scaled, merged, shuffled, cut, flattened."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
import pytest

from formgen.rendering.pdf import Marks
from formgen.rendering.pdf.imposing import Grid, Placed, Side
from formgen.rendering.pdf.sides import compose_side
from tests.reading.pdf.paper import (
    BY_NAME,
    RECORD,
    bound,
    changed,
    codes,
    only_reading,
    pages_of,
    read_bytes,
    readings,
    sheet,
)
from tests.reading.records import as_read

PACKET = "PACKET2345"
MARKS = Marks(PACKET)
KEYS = ("AAAAAAAAAA", "BBBBBBBBBB", "CCCCCCCCCC")
LONG = {**RECORD, "application": "本人因外伤致右下肢残疾，现申请纳入帮扶对象。\n" * 60}


def households(**more: Any) -> list[dict[str, Any]]:
    return [{**RECORD, "name": name, **more} for name in ("张建国", "李秀英", "王买提")]


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_turned_pages(turn: int, tmp_path: Path) -> None:
    def rotate(pdf: pikepdf.Pdf) -> None:
        for page in pdf.pages:
            page.rotate(turn, relative=False)

    assert only_reading(changed(sheet(), rotate), tmp_path).values["application"] == "一\n二 三"


@pytest.mark.parametrize(
    "matrix",
    [(0.9, 0, 0, 0.9, 20, 30), (0, 1, -1, 0, 842, 0), (-1, 0, 0, -1, 595, 842), (0, -0.7, 0.7, 0, 0, 500)],
)
def test_pages_printed_onto_others(matrix: tuple[float, ...], tmp_path: Path) -> None:
    def reprint(pdf: pikepdf.Pdf) -> None:
        page = pdf.pages[0]
        form = pdf.make_indirect(page.as_form_xobject())
        pdf.add_blank_page(page_size=(842, 842))
        new = pdf.pages[-1]
        new.Contents = pdf.make_stream(b"q %s cm /Fx Do Q" % " ".join(map(str, matrix)).encode())
        new.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Fx=form))
        del pdf.pages[0]

    reading = only_reading(changed(sheet(), reprint), tmp_path)
    assert reading.values == as_read(BY_NAME["application-form"], RECORD)


def test_crop_box_and_origin_elsewhere(tmp_path: Path) -> None:
    def move(pdf: pikepdf.Pdf) -> None:
        page = pdf.pages[0]
        page.contents_add(b"q 1 0 0 1 100 -50 cm", prepend=True)
        page.contents_add(b"Q")
        page.MediaBox = [100, -50, 695, 792]
        page.CropBox = [110, -40, 685, 782]

    assert only_reading(changed(sheet(), move), tmp_path).values["name"] == "张建国"


def merged(order: tuple[int, ...] | None = None, marks: Marks | None = MARKS) -> bytes:
    sheets = [
        pages_of("application-form", record, key, marks)
        for record, key in zip(households(application=LONG["application"]), KEYS, strict=True)
    ]
    pages = [page for pages in sheets for page in pages]
    return bound(*[[pages[index]] for index in order or range(len(pages))])


@pytest.mark.parametrize("order", [None, (5, 8, 0, 3, 1, 6, 4, 2, 7)])
def test_households_in_one_file_are_split_by_page_codes(order: tuple[int, ...] | None, tmp_path: Path) -> None:
    found = readings(merged(order), tmp_path)
    names = {reading.record: reading.values["name"] for reading in found}
    assert names == dict(zip(KEYS, ("张建国", "李秀英", "王买提"), strict=True))
    assert all(reading.values["application"] == LONG["application"].strip() for reading in found)


def test_households_without_page_codes_are_split_by_their_first_pages(tmp_path: Path) -> None:
    found = readings(merged(marks=None), tmp_path)
    assert [reading.values["name"] for reading in found] == ["张建国", "李秀英", "王买提"]
    assert all(reading.values["application"] == LONG["application"].strip() for reading in found)
    assert [reading.pages for reading in found] == [(1, 2, 3), (4, 5, 6), (7, 8, 9)]


def test_a_missing_continuation_sheet_loses_its_field(tmp_path: Path) -> None:
    reading = only_reading(bound(pages_of("application-form", LONG, KEYS[0], Marks(PACKET))[:1]), tmp_path)
    assert reading.doubts == {"application": "lost"}
    assert {"F-PDFREAD-006", "F-PDFREAD-008", "F-READ-002"} <= set(codes(reading))
    assert reading.values["name"] == "张建国"


def test_a_lone_continuation_sheet_is_said(tmp_path: Path) -> None:
    found = read_bytes(bound(pages_of("application-form", LONG, KEYS[0], Marks(PACKET))[1:]), tmp_path)
    assert found.sheets == []
    assert codes(found) == ["F-PDFREAD-009"]


ROWS = [{"name": f"张{index}", "household_number": str(index // 2)} for index in range(1, 41)]


@pytest.mark.parametrize("has_codes", [True, False])
@pytest.mark.parametrize("missing", [0, 1, 2])
def test_a_table_with_a_missing_page_is_not_believed(missing: int, has_codes: bool, tmp_path: Path) -> None:
    pages = list(pages_of("beneficiary-roster", {"rows": ROWS}, KEYS[0], Marks(PACKET) if has_codes else None))
    del pages[missing]
    found = readings(bound(pages), tmp_path)
    assert "rows" not in found[0].values
    assert found[0].doubts["rows"] == "lost"
    assert "F-PDFREAD-006" in codes(found[0])


def test_copies_are_compared_not_read_twice(tmp_path: Path) -> None:
    pages = [pages_of("beneficiary-roster", {"rows": ROWS}, KEYS[0], Marks(PACKET, copy)) for copy in (1, 2)]
    reading = only_reading(bound(*pages), tmp_path)
    assert reading.values["rows"] == ROWS
    other = pages_of(
        "beneficiary-roster", {"rows": [*ROWS[:-1], {**ROWS[-1], "name": "李四"}]}, KEYS[0], Marks(PACKET, 2)
    )
    reading = only_reading(bound(pages[0], other), tmp_path)
    assert reading.doubts == {"rows.40.name": "contradictory"}


def test_a_page_that_is_there_twice_is_said(tmp_path: Path) -> None:
    pages = pages_of("application-form", RECORD, KEYS[0], Marks(PACKET))
    reading = only_reading(bound(pages, pages), tmp_path)
    assert "F-PDFREAD-007" in codes(reading)
    assert reading.values["name"] == "张建国"


def test_small_pages_on_one_sheet_of_paper(tmp_path: Path) -> None:
    pages = [
        pages_of("application-form", record, key, Marks(PACKET))[0]
        for record, key in zip(households(), KEYS, strict=True)
    ]
    first = pages[0]
    grid = Grid(2, 2, first.width_pt, first.height_pt, 3 * first.width_pt, 3 * first.height_pt, gap_pt=5)
    for is_turned in (False, True):
        placed = tuple(Placed(page, box, is_turned) for page, box in zip(pages, grid.boxes, strict=False))
        side = compose_side(Side(grid.width_pt, grid.height_pt, placed, grid.cut_marks()))
        found = readings(bound([side]), tmp_path)
        assert {reading.record: reading.values["name"] for reading in found} == dict(
            zip(KEYS, ("张建国", "李秀英", "王买提"), strict=True)
        )
        assert not {"F-PDFREAD-011", "F-PDFREAD-020"} & {code for reading in found for code in codes(reading)}


@pytest.mark.parametrize("how", ["qpdf", "pdfium"])
@pytest.mark.parametrize("name", ["application-form", "beneficiary-roster"])
def test_a_flattened_fillable_pdf_is_read_like_a_printed_one(name: str, how: str, tmp_path: Path) -> None:
    record: dict[str, Any] = {"rows": ROWS} if name == "beneficiary-roster" else dict(LONG)
    path = tmp_path / "filled.pdf"
    path.write_bytes(sheet(name, "pdf-form", record))
    flat = tmp_path / "flat.pdf"
    if how == "qpdf":
        with pikepdf.open(path) as pdf:
            pdf.flatten_annotations("all")
            pdf.save(flat)
    else:
        document = pdfium.PdfDocument(path)
        document.init_forms()
        for page in document:
            assert pdfium_c.FPDFPage_Flatten(page.raw, pdfium_c.FLAT_NORMALDISPLAY) != pdfium_c.FLATTEN_FAIL
        document.save(str(flat))
        document.close()
    reading = only_reading(flat.read_bytes(), tmp_path)
    if "application" in record:
        record["application"] = record["application"].strip()
    assert reading.values == as_read(BY_NAME[name], record)
    assert all(evidence.layer == "geometry" for evidence in reading.evidence.values())


@pytest.mark.parametrize("width", [5, 7, 8])
def test_glyph_codes_broken_over_lines(width: int, tmp_path: Path) -> None:
    """As Cairo writes long strings: a line ends anywhere, within the digits of a glyph as well."""

    def break_lines(pdf: pikepdf.Pdf) -> None:
        page = pdf.pages[0]
        page.contents_coalesce()
        content = re.sub(
            rb"<([0-9A-Fa-f]{9,})>",
            lambda found: re.sub(b"(.{%d})" % width, rb"\1\n", found[0]),
            page.Contents.read_bytes(),
        )
        page.Contents = pdf.make_stream(content)

    assert only_reading(changed(sheet(), break_lines), tmp_path).values == only_reading(sheet(), tmp_path).values
