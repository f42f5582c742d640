"""Page code and corner marks, found again by other programs on the rendered page."""

from __future__ import annotations

import io

import cv2
import numpy as np
import pikepdf
import pypdfium2
import pytest
import zxingcpp

from formgen.errors import TemplateError
from formgen.forms.layout import Rect
from formgen.forms.page_code import PageCode, format_page_code, parse_page_code
from formgen.forms.page_marks import DICTIONARY, MARK_CELLS, MARK_ROWS, mark_boxes
from formgen.rendering.pdf.codes import draw_marks, draw_page_code
from formgen.rendering.pdf.qr import TooLong, encode_qr

PORTRAIT, LANDSCAPE = (595.28, 841.89), (841.89, 595.28)
SIDE = 18 * 72 / 25.4
CODE = PageCode("xinmi-2015/pairing-registration", "1", "K7QX2MZP4A", "3DTN6WJR5B", 11, 12, 2)


def page(size: tuple[float, float], operators: bytes) -> bytes:
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=size).Contents = pdf.make_stream(operators)
    made = io.BytesIO()
    pdf.save(made)
    return made.getvalue()


def scan(pdf: bytes, dpi: float = 100, zoom: float = 1.0) -> np.ndarray:
    """The page on paper of its size, printed at `zoom`, in grey."""
    first = pypdfium2.PdfDocument(pdf)[0]
    whole = first.render(scale=dpi / 72, grayscale=True).to_numpy().squeeze()
    if zoom == 1.0:
        return np.ascontiguousarray(whole)
    small = first.render(scale=dpi / 72 * zoom, grayscale=True).to_numpy().squeeze()
    paper = np.full_like(whole, 255)
    top, left = ((a - b) // 2 for a, b in zip(whole.shape, small.shape, strict=True))
    paper[top : top + small.shape[0], left : left + small.shape[1]] = small
    return paper


def box_at(left: float, top: float) -> Rect:
    return (left, top, left + SIDE, top + SIDE)


@pytest.mark.parametrize("zoom", [1.0, 0.97])
@pytest.mark.parametrize("size", [PORTRAIT, LANDSCAPE])
def test_the_page_code_is_read_from_the_page_at_100_dpi(size: tuple[float, float], zoom: float) -> None:
    box = box_at(size[0] - 40 - SIDE, 20)
    image = scan(page(size, draw_page_code(CODE, box, size[1]) + draw_marks(*size)), zoom=zoom)
    (found,) = zxingcpp.read_barcodes(image)
    assert parse_page_code(found.text) == CODE
    assert found.ec_level == "M"


@pytest.mark.parametrize("zoom", [1.0, 0.97])
@pytest.mark.parametrize("size", [PORTRAIT, LANDSCAPE])
def test_the_four_marks_are_found_where_readers_look_for_them(size: tuple[float, float], zoom: float) -> None:
    image = scan(page(size, draw_marks(*size)), zoom=zoom)
    detector = cv2.aruco.ArucoDetector(cv2.aruco.getPredefinedDictionary(getattr(cv2.aruco, DICTIONARY)))
    corners, ids, _ = detector.detectMarkers(image)
    found = {int(number): corner[0] for number, corner in zip(ids.ravel(), corners, strict=True)}
    assert sorted(found) == [0, 1, 2, 3]
    for number, (left, top, right, bottom) in enumerate(mark_boxes(*size)):
        expected = np.array([(left, top), (right, top), (right, bottom), (left, bottom)])
        expected = (expected - np.array(size) / 2) * zoom + np.array(size) / 2
        assert np.abs(found[number] * 72 / 100 - expected).max() < 1.5  # two pixels; upright, for corners are in order


def test_marks_are_those_of_the_dictionary() -> None:
    dictionary = cv2.aruco.getPredefinedDictionary(getattr(cv2.aruco, DICTIONARY))
    for number, rows in enumerate(MARK_ROWS):
        cells = cv2.aruco.generateImageMarker(dictionary, number, MARK_CELLS, borderBits=1)[1:-1, 1:-1] > 0
        assert [int("".join(str(int(cell)) for cell in row), 2) for row in cells] == list(rows)


def test_the_code_keeps_within_its_box_with_white_around() -> None:
    box = box_at(100, 200)
    image = scan(page(PORTRAIT, draw_page_code(CODE, box, PORTRAIT[1])), dpi=720)
    dark_rows, dark_columns = np.nonzero(image < 128)
    quiet = 4 * SIDE / (encode_qr(format_page_code(CODE)).size + 8)
    ink = [edge / 10 for edge in (dark_columns.min(), dark_rows.min(), dark_columns.max() + 1, dark_rows.max() + 1)]
    expected = [box[0] + quiet, box[1] + quiet, box[2] - quiet, box[3] - quiet]
    assert ink == pytest.approx(expected, abs=0.2)


@pytest.mark.parametrize("length", range(1, 123))
def test_every_length_of_text_makes_a_code_that_can_be_read(length: int) -> None:
    text = ("Z9 $%*+-./:A" * 11)[-length:]
    picture = encode_qr(text)
    rows = np.frombuffer(picture.bits, np.uint8).reshape(picture.size, -1)
    modules = np.pad(np.unpackbits(rows, axis=1)[:, : picture.size], 4)
    image = np.kron(1 - modules, np.ones((3, 3), np.uint8)) * 255
    (found,) = zxingcpp.read_barcodes(image)
    assert found.text == text
    assert not rows[:, -1].any() or picture.size % 8, "the filling of a row is white"


def test_no_smudge_of_a_seventh_of_the_code_hides_it() -> None:
    """Level M restores 15 % of the codewords."""
    image = scan(page(PORTRAIT, draw_page_code(CODE, box_at(100, 200), PORTRAIT[1])), dpi=200)
    scale = 200 / 72
    x, y, side = (round(value * scale) for value in (100 + SIDE * 0.55, 200 + SIDE * 0.5, SIDE * 0.2))
    image[y : y + side, x : x + side] = 128
    (found,) = zxingcpp.read_barcodes(image)
    assert parse_page_code(found.text) == CODE


def test_ids_too_long_for_a_readable_code_are_refused_by_name() -> None:
    long = PageCode("新密市农村基层党组织助残扶贫工程/帮扶对象申请登记表", "1", "K7QX2MZP4A", "3DTN6WJR5B")
    with pytest.raises(TooLong):
        encode_qr(format_page_code(long))
    with pytest.raises(TemplateError) as caught:
        draw_page_code(long, box_at(0, 0), 800)
    assert caught.value.problem.code == "F-CODE-004"
    assert "帮扶对象申请登记表" in caught.value.problem.text("zh")
