"""Fillable PDFs as they come back: typed into, renamed, shown otherwise than they say, commented."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String

from tests.reading.pdf.paper import BY_NAME, RECORD, bound, changed, codes, only_reading, pages_of, read_bytes, sheet
from tests.reading.records import as_read

FORM = sheet("application-form", "pdf-form")
LONG = {**RECORD, "application": "本人因外伤致右下肢残疾，现申请纳入帮扶对象。" * 60}
ROWS = [{"name": f"张{index}", "household_number": str(index // 2)} for index in range(1, 31)]


def fields(pdf: pikepdf.Pdf) -> Iterator[tuple[str, Any]]:
    def visit(nodes: Any, prefix: str) -> Iterator[tuple[str, Any]]:
        for node in nodes:
            name = f"{prefix}{node.T}"
            if "/FT" in node:
                yield name, node
            else:
                yield from visit(node.Kids, f"{name}.")

    yield from visit(pdf.Root.AcroForm.Fields, "")


def typing(values: dict[str, Any]) -> Callable[[pikepdf.Pdf], None]:
    """Values as a program sets them that draws no appearances."""

    def change(pdf: pikepdf.Pdf) -> None:
        for name, field in fields(pdf):
            if name in values:
                field.V = values[name]
                for widget in field.Kids:
                    if "/AP" in widget and field.FT != "/Btn":
                        del widget.AP

    return change


@pytest.mark.parametrize(
    "raw",
    ["李秀英", pikepdf.String("李秀英"), pikepdf.String(b"\xfe\xff" + "李秀英".encode("utf-16-be"))],
    ids=["str", "string", "utf-16"],
)
def test_typed_values(raw: Any, tmp_path: Path) -> None:
    reading = only_reading(changed(FORM, typing({"name": String(raw) if isinstance(raw, str) else raw})), tmp_path)
    assert reading.values["name"] == "李秀英"
    assert reading.evidence["name"].layer == "form-field"


def test_lines_ended_by_carriage_returns(tmp_path: Path) -> None:
    reading = only_reading(changed(FORM, typing({"application": String("一\r二\r\n三")})), tmp_path)
    assert reading.values["application"] == "一\n二\n三"


def test_a_cleared_field_is_blank(tmp_path: Path) -> None:
    reading = only_reading(changed(FORM, typing({"town": String("")})), tmp_path)
    assert "town" not in reading.values
    assert "town" not in reading.doubts


def test_a_value_that_shows_otherwise_is_contradictory(tmp_path: Path) -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        for name, field in fields(pdf):
            if name == "name":
                field.V = String("李秀英")  # the appearance still shows 张建国

    reading = only_reading(changed(FORM, change), tmp_path)
    assert "name" not in reading.values
    assert reading.doubts["name"] == "contradictory"


def test_looks_that_viewers_are_to_draw_anew_say_nothing(tmp_path: Path) -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        for name, field in fields(pdf):
            if name == "name":
                field.V = String("李秀英")  # as a program sets it that leaves drawing to the viewer
        pdf.Root.AcroForm.NeedAppearances = True

    reading = only_reading(changed(FORM, change), tmp_path)
    assert reading.values["name"] == "李秀英" and not reading.doubts


def test_check_boxes(tmp_path: Path) -> None:
    name = "pairing-registration"
    boxes = [item.key for item in BY_NAME[name].fields if item.type_name == "checkbox"]
    if not boxes:
        name = next(
            form for form, manifest in BY_NAME.items() if any(f.type_name == "checkbox" for f in manifest.fields)
        )
        boxes = [item.key for item in BY_NAME[name].fields if item.type_name == "checkbox"]
    content = sheet(name, "pdf-form", {})

    def tick(pdf: pikepdf.Pdf, has_look: bool) -> None:
        for key, field in fields(pdf):
            if key == boxes[0]:
                field.V = Name.Yes
                for widget in field.Kids:
                    if has_look:
                        widget.AS = Name.Yes

    reading = only_reading(changed(content, lambda pdf: tick(pdf, True)), tmp_path)
    assert reading.values[boxes[0]] is True
    reading = only_reading(changed(content, lambda pdf: tick(pdf, False)), tmp_path)
    assert reading.doubts[boxes[0]] == "contradictory"


def test_fields_renamed_by_a_merge_are_known_by_their_place(tmp_path: Path) -> None:
    def rename(pdf: pikepdf.Pdf) -> None:
        pdf.Root.AcroForm.Fields = Array(
            [pdf.make_indirect(Dictionary(T=String("form1"), Kids=pdf.Root.AcroForm.Fields))]
        )
        for field in pdf.Root.AcroForm.Fields[0].Kids:
            field.Parent = pdf.Root.AcroForm.Fields[0]
            field.T = String(f"{field.T}_2")

    reading = only_reading(changed(FORM, rename), tmp_path)
    assert reading.values == as_read(BY_NAME["application-form"], RECORD)


def test_a_merged_cell_typed_anew_counts_for_its_rows(tmp_path: Path) -> None:
    content = sheet("beneficiary-roster", "pdf-form", {"rows": ROWS})
    reading = only_reading(changed(content, typing({"rows.2.household_number": String("9")})), tmp_path)
    numbers = [row["household_number"] for row in reading.values["rows"][:4]]
    assert numbers == ["0", "9", "9", "2"]


def test_what_is_typed_over_a_continued_text_counts(tmp_path: Path) -> None:
    content = sheet("application-form", "pdf-form", LONG)
    assert only_reading(content, tmp_path).values["application"] == LONG["application"]
    reading = only_reading(changed(content, typing({"application": String("不再申请")})), tmp_path)
    assert reading.values["application"] == "不再申请"


def annotated(kind: str, box: tuple[float, ...], text: str) -> Callable[[pikepdf.Pdf], None]:
    def change(pdf: pikepdf.Pdf) -> None:
        entry = Dictionary(Type=Name.Annot, Subtype=Name(f"/{kind}"), Rect=list(box), Contents=String(text))
        pdf.pages[0].obj.Annots = Array([pdf.make_indirect(entry)])

    return change


NAME_BOX = (105, 630, 180, 650)
PHONE_BOX = (380, 556, 500, 572)


def test_text_typed_over_a_printed_form_is_taken(tmp_path: Path) -> None:
    printed = bound(pages_of("application-form", {}, ""))
    reading = only_reading(changed(printed, annotated("FreeText", NAME_BOX, "李秀英")), tmp_path)
    assert reading.values == {"name": "李秀英"}
    reading = only_reading(changed(sheet(), annotated("FreeText", NAME_BOX, "李秀英")), tmp_path)
    assert reading.doubts["name"] == "contradictory"


@pytest.mark.parametrize(("shown", "values"), [("13700000000", {"phone": "13700000000"}), ("13900000000", {})])
def test_typed_text_that_shows_another_is_no_value(shown: str, values: dict[str, str], tmp_path: Path) -> None:
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica, Encoding=Name.WinAnsiEncoding)

    def change(pdf: pikepdf.Pdf) -> None:
        annotated("FreeText", PHONE_BOX, "13700000000")(pdf)
        look = pdf.make_stream(f"BT /F1 12 Tf 2 4 Td ({shown}) Tj ET".encode())
        look.Resources = Dictionary(Font=Dictionary(F1=font))
        pdf.pages[0].Annots[0].AP = Dictionary(N=look)

    reading = only_reading(changed(bound(pages_of("application-form", {}, "")), change), tmp_path)
    assert reading.values == values
    assert reading.doubts == ({} if values else {"phone": "contradictory"})


@pytest.mark.parametrize("kind", ["FreeText", "Stamp", "Ink", "StrikeOut", "Text", "Highlight"])
def test_other_annotations_are_said(kind: str, tmp_path: Path) -> None:
    text = "" if kind == "FreeText" else "更正"
    reading = only_reading(changed(sheet(), annotated(kind, NAME_BOX, text)), tmp_path)
    assert "F-PDFREAD-011" in codes(reading)


def test_an_xfa_form_is_said(tmp_path: Path) -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        pdf.Root.AcroForm.XFA = pdf.make_stream(b"<xdp/>")

    assert "F-PDFREAD-012" in codes(read_bytes(changed(FORM, change), tmp_path))
