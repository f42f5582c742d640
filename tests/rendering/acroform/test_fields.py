"""Fillable PDFs: what a viewer finds in them, before anybody has typed."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pikepdf
import pytest
import zxingcpp

from formgen.data.dataset import open_dataset
from formgen.data.records import build_record
from formgen.forms.catalogue import Catalogue
from formgen.forms.manifest import Manifest
from formgen.packets.plan import form_plan
from formgen.rendering.acroform import CompiledAcroForm, compile_acroform
from formgen.rendering.pdf import Marks, PdfFile, compile_pdf
from formgen.rendering.pdf.metadata import Identity
from formgen.typeset.fonts import FontBook
from tests.conftest import SAMPLES
from tests.rendering.acroform.viewer import Field, fields_of, flattened, picture, words
from tests.rendering.pdf.paper import make_form, make_roster, rows

KEY = "AAAAAAAAAA"
FORMS = tuple(Catalogue().programme("xinmi-2015").forms)
REQUIRED, MULTILINE, COMBO, OPEN = 1 << 1, 1 << 12, 1 << 17, 1 << 18
PERSON = {
    "town": "米村镇",
    "village": "东沟村",
    "name": "买买提·吐尔逊江",
    "sex": "男",
    "ethnicity": "维吾尔族",
    "birth": "1975-03",
    "education": "大专",
    "disability": "肢体三级",
    "certificate": "41018319670626003234",
    "address": "河南省郑州市新密市来集镇王堂村三组四十五号院二单元301",
    "phone": "13800138000",
    "application": "本人家庭困难，愿意发展大棚蔬菜，特此申请帮扶。\n" * 3 + "此致",
}


@pytest.fixture(scope="module")
def fonts() -> FontBook:
    return FontBook()


@pytest.fixture(scope="module")
def application(fonts: FontBook) -> CompiledAcroForm:
    return compile_acroform(Catalogue().form("xinmi-2015/application-form"), fonts)


def record(manifest: Manifest, values: Mapping[str, str]) -> dict[str, Any]:
    return {key: manifest.field(key).value_type.parse(text) for key, text in values.items()}


def made(form: CompiledAcroForm, values: Mapping[str, Any] | None = None) -> bytes:
    rendered = form.render_blank() if values is None else form.render(values, KEY)
    assert rendered.content is not None, [problem.text("en") for problem in rendered.problems]
    return rendered.content


def pages_of(manifest: Manifest, values: Mapping[str, Any], fonts: FontBook) -> bytes:
    """The record as the PDF writer prints it."""
    composed = compile_pdf(manifest, fonts).compose(values, KEY)
    assert composed.pages is not None
    stream = io.BytesIO()
    file = PdfFile(stream, Identity("x"))
    file.add(composed.pages)
    file.close()
    return stream.getvalue()


def field(form: CompiledAcroForm, name: str) -> Field:
    return fields_of(made(form))[name]


@pytest.mark.parametrize("name", FORMS)
def test_every_form_has_a_field_for_each_of_its_blanks(name: str, fonts: FontBook) -> None:
    manifest = Catalogue().programme("xinmi-2015").forms[name]
    content = made(compile_acroform(manifest, fonts))
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert not pdf.check_pdf_syntax()
    found = {re.sub(r"\.\d+\.", ".", key).removesuffix(".year") for key in fields_of(content)}
    expected = set()
    for item in manifest.fields:
        columns = item.table.columns if item.table is not None else (item,)
        prefix = f"{item.key}." if item.table is not None else ""
        expected |= {prefix + column.key for column in columns if column.type_name not in ("seal", "image")}
    assert {key.removesuffix(".month").removesuffix(".day") for key in found} == expected
    rows_named = {int(key.split(".")[1]) for key in fields_of(content) if re.search(r"\.\d+\.", key)}
    tables = [item.table for item in manifest.fields if item.table is not None]
    assert rows_named == set(range(1, tables[0].blank_rows + 1) if tables else [])


def test_qpdf_finds_nothing_wrong(application: CompiledAcroForm, tmp_path: Path) -> None:
    if shutil.which("qpdf") is None:
        pytest.fail("qpdf is not installed")
    path = tmp_path / "form.pdf"
    path.write_bytes(made(application, record(application.manifest, PERSON)))
    checked = subprocess.run(["qpdf", "--check", path], capture_output=True, text=True, check=True)
    assert "WARNING" not in checked.stdout + checked.stderr


@pytest.fixture(scope="module")
def samples() -> dict[str, Mapping[str, Any]]:
    """The first record of each form in the sample dataset."""
    programme = Catalogue().programme("xinmi-2015")
    with open_dataset(SAMPLES / "dataset.xlsx", programme, today=date(2015, 10, 31)) as dataset:
        scopes = {name: next(iter(dataset.scopes(form_plan(form).per))) for name, form in programme.forms.items()}
        return {name: build_record(programme.forms[name], scope)[0] for name, scope in scopes.items()}


@pytest.mark.parametrize("name", FORMS)
def test_filled_fields_look_as_the_pdf_writer_prints_them(
    name: str, fonts: FontBook, samples: Mapping[str, Mapping[str, Any]]
) -> None:
    manifest = Catalogue().form(f"xinmi-2015/{name}")
    values = {**samples[name], **(record(manifest, PERSON) if name == "application-form" else {})}
    printed = words(pages_of(manifest, values, fonts))
    shown = words(flattened(made(compile_acroform(manifest, fonts), values)))
    assert [word.text for word in shown] == [word.text for word in printed]
    for ours, theirs in zip(shown, printed, strict=True):
        assert (ours.x, ours.y, ours.size) == pytest.approx((theirs.x, theirs.y, theirs.size), abs=0.05), ours.text


def test_filled_fields_hold_the_printed_texts(application: CompiledAcroForm) -> None:
    found = fields_of(made(application, record(application.manifest, PERSON)))
    assert found["birth"].value == "1975年3月"
    assert {key: found[key].value for key in PERSON if key not in ("birth", "education")} == {
        key: text for key, text in PERSON.items() if key not in ("birth", "education")
    }
    assert found["applied_on.year"].value == "", "what is filled in by hand is blank and can be typed"


def test_what_may_be_typed_is_what_the_field_takes(application: CompiledAcroForm) -> None:
    found = fields_of(made(application))
    assert found["name"].flags & REQUIRED and not found["phone"].flags & REQUIRED
    assert found["application"].flags & MULTILINE and not found["certificate"].flags & MULTILINE
    assert (found["certificate"].max_length, found["applied_on.year"].max_length) == (22, 4)
    assert found["name"].max_length is None
    assert found["sex"].kind == "/Ch" and found["sex"].flags & (COMBO | OPEN) == COMBO
    assert found["sex"].choices == ["", "男", "女"]
    assert found["education"].flags & OPEN, "people write 大专"
    assert "肢体三级" in found["disability"].choices
    assert "village_seal" not in found


def test_tooltips_say_in_chinese_what_to_type(application: CompiledAcroForm, fonts: FontBook) -> None:
    assert field(application, "disability").tooltip == "残疾类别及等级"
    assert field(application, "applied_on.month").tooltip == "申请日期（月）"
    survey = compile_acroform(Catalogue().form("xinmi-2015/survey-sheet"), fonts)
    assert field(survey, "rows.3.name").tooltip == "姓名（第3行）"


@pytest.mark.parametrize("name", FORMS)
def test_the_tab_key_goes_down_the_page_as_it_is_printed(name: str, fonts: FontBook) -> None:
    with pikepdf.open(io.BytesIO(made(compile_acroform(Catalogue().form(f"xinmi-2015/{name}"), fonts)))) as pdf:
        for page in pdf.pages:
            assert page.obj.Tabs == "/S"
            middles = [(float(widget.Rect[1]) + float(widget.Rect[3])) / 2 for widget in page.obj.Annots]
            lefts = [float(widget.Rect[0]) for widget in page.obj.Annots]
            for before, after in zip(range(len(lefts)), range(1, len(lefts)), strict=False):
                is_beside = abs(middles[before] - middles[after]) < 15 and lefts[after] > lefts[before]
                assert is_beside or middles[after] < middles[before]


def test_fields_lie_in_their_cells_and_not_on_one_another(application: CompiledAcroForm) -> None:
    with pikepdf.open(io.BytesIO(made(application))) as pdf:
        areas = [[float(edge) for edge in widget.Rect] for widget in pdf.pages[0].obj.Annots]
    for index, (left, bottom, right, top) in enumerate(areas):
        assert right - left > 10 and top - bottom > 8
        for other in areas[:index]:
            is_apart = left >= other[2] or right <= other[0] or bottom >= other[3] or top <= other[1]
            assert is_apart


def test_boxes_are_check_boxes_that_show_the_forms_own_mark(tmp_path: Path, fonts: FontBook) -> None:
    form = compile_acroform(make_form(tmp_path), fonts)
    assert form.manifest.field("is_poor").type_name == "checkbox"
    for value, state, shown in ((True, "/Yes", "☑"), (False, "/Off", "□"), (None, "/Off", "□")):
        content = made(form, {} if value is None else {"is_poor": value})
        assert fields_of(content)["is_poor"].value == state
        assert shown in "".join(word.text for word in words(flattened(content)))


def test_rows_have_names_of_their_own_and_merged_cells_one_field_a_page(tmp_path: Path, fonts: FontBook) -> None:
    form = compile_acroform(make_roster(tmp_path), fonts)
    found = fields_of(made(form, dict(rows(("01", 2), ("02", 3)))))
    assert found["rows.5.name"].value == "户02人2"
    assert [name for name in found if name.endswith("household")] == ["rows.1.household", "rows.3.household"] + (
        ["rows.4.household"] if found["rows.4.name"].pages == [1] else []
    )
    assert found["village"].value == "东村"
    assert len(found["village"].pages) == 2, "printed above and below the table: one field, two places"


def test_a_place_on_every_page_is_one_field(fonts: FontBook) -> None:
    form = compile_acroform(Catalogue().form("xinmi-2015/survey-sheet"), fonts)
    people = [{"name": f"王{number}", "certificate": "41018319670626003234"} for number in range(40)]
    found = fields_of(made(form, {"rows": people}))
    assert found["filler"].pages == list(range(len(set(found["filler"].pages))))
    assert len(found["filler"].pages) > 1


def test_what_has_no_room_goes_on_on_another_sheet_and_is_whole_in_its_field(
    application: CompiledAcroForm, fonts: FontBook
) -> None:
    reason = "本人因肢体残疾，家庭收入低，恳请列入帮扶对象。" * 40
    values = record(application.manifest, {**PERSON, "application": reason})
    rendered = application.render(values, KEY)
    assert rendered.content is not None
    assert [problem.code for problem in rendered.problems] == ["F-FIT-002"]
    assert fields_of(rendered.content)["application"].value == reason
    printed = pages_of(application.manifest, values, fonts)
    assert [word.text for word in words(flattened(rendered.content))] == [word.text for word in words(printed)]
    with pikepdf.open(io.BytesIO(rendered.content)) as pdf:
        assert len(pdf.pages) == 2


def test_what_cannot_be_shown_keeps_the_file_from_being_made(fonts: FontBook, tmp_path: Path) -> None:
    form = compile_acroform(make_roster(tmp_path), fonts)
    values = {"rows": [{"household": "1", "name": "王"}, {"household": "2", "name": "很长的名字" * 30}]}
    rendered = form.render(values, KEY)
    assert rendered.content is None
    (problem,) = rendered.problems
    assert (problem.code, problem.place.cell, problem.place.label) == ("F-FIT-001", "2", "姓名")
    rendered = form.render({"rows": [{"household": "1", "name": "王\U0010fffd"}]}, KEY)
    assert rendered.content is None
    assert {problem.code for problem in rendered.problems} == {"F-FONT-003"}


def test_the_same_record_gives_the_same_bytes(application: CompiledAcroForm) -> None:
    values = record(application.manifest, PERSON)
    assert made(application, values) == made(application, values)


def test_the_file_tells_its_form_and_record_but_claims_no_archive(application: CompiledAcroForm) -> None:
    content = made(application, record(application.manifest, PERSON))
    with pikepdf.open(io.BytesIO(content)) as pdf:
        said = bytes(pdf.Root.Metadata.read_bytes()).decode()
        assert str(pdf.docinfo["/formgen.record"]) == KEY
    assert "xinmi-2015/application-form" in said and KEY in said
    assert "pdfaid:part>2" not in said
    assert "买买提" not in said


def test_a_fillable_form_can_have_a_page_code(tmp_path: Path, fonts: FontBook) -> None:
    form = compile_acroform(make_form(tmp_path), fonts)
    rendered = form.render({}, KEY, marks=Marks("BBBBBBBBBB", has_corners=False))
    assert rendered.content is not None
    (code,) = zxingcpp.read_barcodes(picture(rendered.content, dpi=100))
    assert KEY in code.text
