"""Text that no page shows is no value: white, transparent, of layers that are off, in hidden fields. It is told."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name

from tests.reading.pdf.paper import changed, codes, only_reading, read_bytes, sheet

RECORD = {"name": "张建国", "phone": "13700000000"}
Change = Callable[[pikepdf.Pdf], None]


def around_phone(before: bytes, after: bytes) -> Change:
    """Put operators before and behind those that write the phone."""

    def change(pdf: pikepdf.Pdf) -> None:
        content = pdf.pages[0].Contents
        shown = content.read_bytes()
        lowest = min(re.finditer(rb"1 0 0 1 [\d.]+ ([\d.]+) Tm<[^>]*>Tj", shown), key=lambda found: float(found[1]))
        start, end = lowest.span()
        content.write(shown[:start] + before + b" " + shown[start:end] + b" " + after + shown[end:])

    return change


def transparent(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].Resources.ExtGState = Dictionary(Clear=Dictionary(ca=0))
    around_phone(b"/Clear gs", b"/Clear gs")(pdf)


def layered(pdf: pikepdf.Pdf, **usual: Any) -> pikepdf.Object:
    """A layer, and what the file says of all: `OFF=None` that this one is off."""
    layer = pdf.make_indirect(Dictionary(Type=Name.OCG, Name="old"))
    entries = {key: Array([layer]) if value is None else value for key, value in usual.items()}
    pdf.Root.OCProperties = Dictionary(OCGs=Array([layer]), D=Dictionary(**entries))
    return layer


def layer_off(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].Resources.Properties = Dictionary(Old=layered(pdf, OFF=None))
    around_phone(b"/OC /Old BDC /Span BMC", b"EMC EMC")(pdf)


def layers_off_as_such(pdf: pikepdf.Pdf) -> None:
    membership = Dictionary(Type=Name.OCMD, OCGs=Array([layered(pdf, BaseState=Name.OFF)]))
    pdf.pages[0].Resources.Properties = Dictionary(Old=membership)
    around_phone(b"/OC /Old BDC", b"EMC")(pdf)


UNSEEN: list[Change] = [
    around_phone(b"1 g", b"0 g"),
    around_phone(b"1 1 1 rg", b"0 g"),
    around_phone(b"0 0 0 0 k", b"0 g"),
    around_phone(b"3 Tr", b"0 Tr"),
    around_phone(b"7 Tr", b"0 Tr"),
    transparent,
    layer_off,
    layers_off_as_such,
]


@pytest.mark.parametrize("change", UNSEEN)
def test_text_that_is_not_seen_is_no_value(change: Change, tmp_path: Path) -> None:
    content = changed(sheet("application-form", "pdf", RECORD), change)
    assert only_reading(content, tmp_path).values == {"name": "张建国"}
    assert codes(read_bytes(content, tmp_path)) == ["F-PDFREAD-013"]


def layer_on(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].Resources.Properties = Dictionary(Old=layered(pdf, ON=None))
    around_phone(b"/OC /Old BDC", b"EMC")(pdf)


SEEN: list[Change] = [
    around_phone(b".5 g", b"0 g"),
    around_phone(b"1 0 0 rg", b"0 g"),
    around_phone(b"0 0 0 1 k", b"0 g"),
    around_phone(b"q 1 g Q", b""),
    around_phone(b"1 g /Ink cs 1 scn", b"0 g"),
    around_phone(b"1 g 1 Tr", b"0 g 0 Tr"),
    layer_on,
]


@pytest.mark.parametrize("change", SEEN)
def test_ink_of_other_kinds_is_seen(change: Change, tmp_path: Path) -> None:
    content = changed(sheet("application-form", "pdf", RECORD), change)
    assert only_reading(content, tmp_path).values == RECORD
    assert codes(read_bytes(content, tmp_path)) == []


def test_what_is_cropped_away_is_no_value(tmp_path: Path) -> None:
    def crop(pdf: pikepdf.Pdf) -> None:
        pdf.pages[0].CropBox = Array([0, 590, 595, 842])  # the phone stands below

    content = changed(sheet("application-form", "pdf", RECORD), crop)
    assert only_reading(content, tmp_path).values == {"name": "张建国"}
    assert codes(read_bytes(content, tmp_path)) == ["F-PDFREAD-013"]


def test_a_hidden_field_is_told(tmp_path: Path) -> None:
    def hide(pdf: pikepdf.Pdf) -> None:
        [widget] = [entry for entry in pdf.pages[0].Annots if str(entry.Parent.get("/V", "")) == RECORD["phone"]]
        widget.F = 2

    reading = only_reading(changed(sheet("application-form", "pdf-form", RECORD), hide), tmp_path)
    assert reading.values == {"name": "张建国"}
    assert [item.found for item in reading.problems if item.code == "F-READ-003"] == ["phone：137******00"]
