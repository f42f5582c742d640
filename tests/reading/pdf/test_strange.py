"""Forms that another program saved as PDF: other fonts, no marks; found by the words and rules on the page."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from formgen.compiling.office import Office
from formgen.forms.layout import LAYOUT, Layout, read_layout
from formgen.forms.manifest import Manifest
from formgen.reading.model import Reading
from tests.reading.docx.word_edits import cell_with, control, edited, w, write
from tests.reading.pdf.paper import BY_NAME, FORMS, bound, changed, codes, only_reading, pages_of, readings, sheet
from tests.reading.pdf.test_returned import KEYS, LONG, MARKS, ROWS
from tests.reading.printing import print_sheet
from tests.reading.records import as_read
from tests.rendering.records import sample_record

KINDS = ("normal", "many")


@functools.cache
def saved() -> Mapping[str, bytes]:
    """Every Word form, filled, as a word processor saves it as PDF: one call for all."""
    files: dict[str, bytes] = {}
    for manifest in FORMS:
        for kind in KINDS:
            content = (
                print_sheet(manifest, "docx", sample_record(manifest, kind)) if "docx" in manifest.templates else None
            )
            if content is not None:
                files[f"{manifest.name}-{kind}.docx"] = content
    content = print_sheet(BY_NAME["application-form"], "docx", LONG)
    assert content is not None
    return Office.find().to_pdf({**files, "long.docx": content})


def layout_of(name: str) -> Layout:
    return read_layout(BY_NAME[name].folder / LAYOUT)


def reading_of(name: str, kind: str, folder: Path, change: Callable[[pikepdf.Pdf], None] | None = None) -> Reading:
    content = saved()[f"{name}-{kind}.docx"]
    return only_reading(changed(content, change) if change else content, folder)


@pytest.mark.libreoffice
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("manifest", [form for form in FORMS if "docx" in form.templates], ids=lambda form: form.name)
def test_a_form_saved_as_pdf_by_a_word_processor(manifest: Manifest, kind: Any, tmp_path: Path) -> None:
    reading = reading_of(manifest.name, kind, tmp_path)
    assert reading.values == as_read(manifest, sample_record(manifest, kind))
    assert reading.doubts == {}
    assert all(evidence.confidence < 0.99 for evidence in reading.evidence.values())
    if manifest.name == "application-form":
        assert "F-PDFREAD-015" in codes(reading)


@pytest.mark.libreoffice
@pytest.mark.parametrize("matrix", [(1, 0, 0, 1, 7, -4), (0.94, 0, 0, 0.94, 18, 25), (0, 1, -1, 0, 800, 0)])
@pytest.mark.parametrize("name", ["application-form", "beneficiary-roster"])
def test_moved_scaled_and_turned(name: str, matrix: tuple[float, ...], tmp_path: Path) -> None:
    def move(pdf: pikepdf.Pdf) -> None:
        for page in pdf.pages:
            page.contents_add(b"q %s cm" % " ".join(map(str, matrix)).encode(), prepend=True)
            page.contents_add(b"Q")

    reading = reading_of(name, "normal", tmp_path, move)
    assert reading.values == as_read(BY_NAME[name], sample_record(BY_NAME[name], "normal"))


LABELS = ("户主姓名", "父姓名", "姓名母", "监护人姓名", "姓名（户主）", "姓名：")


@functools.cache
def relabelled() -> Mapping[str, bytes]:
    """The application of somebody whose 姓名, which its text says too, was made another label: one call for all."""

    def says(label: str) -> Callable[[Any], None]:
        return lambda tree: next(cell_with(tree, "姓名").iter(w("t"))).__setattr__("text", label)

    record = {**sample_record(BY_NAME["application-form"], "normal"), "application": "与证件上的姓名一致。"}
    content = print_sheet(BY_NAME["application-form"], "docx", record)
    assert content is not None
    return Office.find().to_pdf({f"{label}.docx": edited(content, says(label)) for label in LABELS})


@pytest.mark.libreoffice
@pytest.mark.parametrize("label", LABELS)
def test_a_label_that_has_grown_is_not_the_forms(label: str, tmp_path: Path) -> None:
    """户主姓名 is somebody else's name, though it ends in the form's 姓名; a colon changes nothing."""
    reading = only_reading(relabelled()[f"{label}.docx"], tmp_path)
    if label.isalpha() or "（" in label:
        assert "name" not in reading.values
        assert "name" in reading.doubts
        assert "F-READ-003" in codes(reading)
    else:
        assert reading.values["name"] == "张建国"
    assert "sex" in reading.values
    if "（" not in label:  # broken over two lines, 姓名 is no longer in its place: where else it stands is in doubt
        assert "application" in reading.values


SENTENCE = "本人行动不便，家中劳力不足，想养羊并学一门手艺，"


def grow_label(tree: Any) -> None:
    """Words typed before 县级残联审核意见, the second label that begins so."""
    label = [text for text in tree.iter(w("t")) if text.text == "县级"][1]
    label.text = f"某某{label.text}"


@functools.cache
def overfilled() -> Mapping[str, bytes]:
    """Texts typed into cells of exact height, which drop what they cannot hold."""
    form = BY_NAME["application-form"]
    content = print_sheet(form, "docx", sample_record(form, "normal"))
    assert content is not None
    texts = {"application": SENTENCE * 25, "address": SENTENCE * 4}

    def typed(key: str, text: str) -> bytes:
        return edited(content, lambda tree: write(control(tree, key), text))

    files = {f"{key}.docx": typed(key, text) for key, text in texts.items()}
    other = print_sheet(BY_NAME["base-application"], "docx", sample_record(BY_NAME["base-application"], "normal"))
    assert other is not None
    files["torn date.docx"] = edited(other, grow_label)
    return Office.find().to_pdf(files)


@pytest.mark.libreoffice
@pytest.mark.parametrize("key", ["application", "address"])
def test_a_text_that_fills_its_cell_may_have_been_cut_off(key: str, tmp_path: Path) -> None:
    reading = only_reading(overfilled()[f"{key}.docx"], tmp_path)
    assert key not in reading.values
    assert key in reading.doubts
    assert "F-PDFREAD-018" in codes(reading)
    assert reading.values["name"] == "张建国"


@pytest.mark.libreoffice
def test_a_date_one_blank_of_which_is_in_doubt_is_none(tmp_path: Path) -> None:
    reading = only_reading(overfilled()["torn date.docx"], tmp_path)
    record = as_read(BY_NAME["base-application"], sample_record(BY_NAME["base-application"], "normal"))
    assert "county_organisation_date" in record and reading.doubts["county_organisation_date"] == "lost"
    assert {key: value for key, value in record.items() if key not in reading.doubts} == reading.values
    assert "2015" in [problem.found for problem in reading.problems if problem.code == "F-READ-003"]


@pytest.mark.libreoffice
def test_a_value_that_was_drawn_over_is_none(tmp_path: Path) -> None:
    def hide(pdf: pikepdf.Pdf) -> None:
        left, top, right, bottom = next(
            spot.cell for spot in layout_of("application-form").before[0].spots if spot.key == "name"
        )
        page = pdf.pages[0]
        y = float(page.mediabox[3]) - (top + bottom) / 2
        page.contents_add(b"q 0 g %f %f %f 12 re f Q" % (left + 2, y - 6, right - left - 4))

    reading = reading_of("application-form", "normal", tmp_path, hide)
    assert "name" not in reading.values
    assert reading.values["sex"] == "男"
    assert "F-PDFREAD-020" in codes(reading)


@pytest.mark.libreoffice
def test_a_continuation_sheet_of_a_word_processor(tmp_path: Path) -> None:
    reading = only_reading(saved()["long.docx"], tmp_path)
    assert reading.pages == (1, 2, 3)
    assert reading.values["application"] == LONG["application"].strip()


@pytest.mark.libreoffice
def test_a_page_without_rules_is_not_believed(tmp_path: Path) -> None:
    """The words are there, but nothing says where cells begin and end."""

    def erase(pdf: pikepdf.Pdf) -> None:
        page = pdf.pages[0]
        operators = [
            (operands, operator)
            for operands, operator in pikepdf.parse_content_stream(page)
            if str(operator) not in ("S", "f", "f*", "re", "m", "l", "h")
        ]
        page.Contents = pdf.make_stream(pikepdf.unparse_content_stream(operators))

    manifest = BY_NAME["beneficiary-roster"]
    reading = reading_of("beneficiary-roster", "normal", tmp_path, erase)
    assert (
        "rows" in reading.doubts
        or reading.values["rows"] == as_read(manifest, sample_record(manifest, "normal"))["rows"]
    )


def without_art(content: bytes) -> bytes:
    """Our own pages with their artwork taken apart, as a print driver does: other operators, the same ink."""

    def change(pdf: pikepdf.Pdf) -> None:
        for page in pdf.pages:
            for name, form in page.resources.XObject.items():
                if name.startswith("/B"):
                    form.write(form.read_bytes() + b"\n% printed again")

    return changed(content, change)


@pytest.mark.parametrize("name", ["application-form", "beneficiary-roster", "survey-sheet"])
def test_our_own_pages_printed_again(name: str, tmp_path: Path) -> None:
    record: dict[str, Any] = dict(LONG) if name == "application-form" else {"rows": ROWS}
    if name == "survey-sheet":
        record = {"rows": [{"name": row["name"]} for row in ROWS]}
    content = without_art(bound(pages_of(name, record, KEYS[0], MARKS)))
    reading = only_reading(content, tmp_path)
    if "application" in record:
        record["application"] = record["application"].strip()
    assert reading.values == as_read(BY_NAME[name], record)
    assert reading.record == KEYS[0]


def test_households_printed_again_are_split_by_rendered_page_codes(tmp_path: Path) -> None:
    sheets = [
        pages_of("application-form", {"name": name}, key, MARKS) for name, key in zip("甲乙丙", KEYS, strict=True)
    ]
    found = readings(without_art(bound(*sheets)), tmp_path)
    assert {reading.record: reading.values["name"] for reading in found} == dict(zip(KEYS, "甲乙丙", strict=True))


def test_a_text_painted_over_another_is_no_value(tmp_path: Path) -> None:
    def paint_over(pdf: pikepdf.Pdf) -> None:
        page = pdf.pages[0]
        written = page.Contents.read_bytes()
        words = re.findall(rb"/F\w+ [\d.]+ Tf 1 0 0 1 ([\d.]+) ([\d.]+) Tm<\w+>Tj", written)
        assert len(words) == 1
        x, y = map(float, words[0])
        again = re.search(rb"(/F\w+ [\d.]+ Tf) .*?(<\w+>Tj)", written)
        assert again is not None
        page.contents_add(
            b"q 1 g %f %f 44 14 re f Q BT %s 1 0 0 1 %f %f Tm %s ET" % (x, y - 3, again[1], x + 4, y, again[2])
        )

    content = sheet("application-form", "pdf", {"name": "张建国"})
    reading = only_reading(changed(content, paint_over), tmp_path)
    assert "name" not in reading.values
    assert "F-PDFREAD-010" in codes(reading)
