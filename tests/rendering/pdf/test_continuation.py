"""Texts without room: nothing is lost between the form and its continuation sheet."""

from __future__ import annotations

import io
import re
from typing import Any

import pdfplumber
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from formgen.rendering.continuation import MARK, rejoin
from formgen.rendering.pdf import CompiledPdf, Composed, Marks, compile_pdf
from formgen.rendering.pdf.continuation import PAGE_CODE
from formgen.typeset.fonts import FontBook
from tests.rendering.pdf.paper import FORM, make_form, make_roster, rows, spot
from tests.rendering.pdf.test_pages import KEY, file_of, read_by_pdfplumber, record, squeezed

LONG = "".join(f"第{index}条：本人因肢体残疾，家庭收入低。" for index in range(1, 160))


@pytest.fixture(scope="module")
def fonts() -> FontBook:
    return FontBook()


@pytest.fixture(scope="module")
def form(tmp_path_factory: pytest.TempPathFactory, fonts: FontBook) -> CompiledPdf:
    return compile_pdf(make_form(tmp_path_factory.mktemp("form")), fonts)


def lines_of(sheet: Composed) -> list[list[str]]:
    """The lines of each page, top to bottom."""
    made = []
    with pdfplumber.open(io.BytesIO(file_of(sheet))) as pdf:
        for page in pdf.pages:
            by_height: dict[float, str] = {}
            for char in page.chars:
                height = round(float(char["matrix"][5]), 2)
                by_height[height] = by_height.get(height, "") + char["text"]
            made.append([by_height[height] for height in sorted(by_height, reverse=True)])
    return made


def shown_and_rest(sheet: Composed, first: str) -> tuple[str, str]:
    """What the form shows of the long text, and what the continuation sheet has of it."""
    form_page, *others = lines_of(sheet)
    start = next(index for index, line in enumerate(form_page) if line.startswith(first))
    shown = "".join(form_page[start:-1])
    rest = ""
    for page in others:
        body = [line for line in page if not line.startswith(("附页", "测试表", "姓名："))]
        rest += "".join(line for line in body if not line.startswith("申请理由（接第1页）"))
    return shown, rest


def test_form_and_sheet_together_have_the_whole_text(form: CompiledPdf) -> None:
    sheet = form.compose(record(form.manifest, {"name": "张三", "reason": LONG}), KEY)
    shown, rest = shown_and_rest(sheet, "第1条")
    assert shown.endswith(MARK)
    assert rejoin(shown, rest) == LONG
    (note,) = sheet.problems
    assert (note.code, note.severity, note.place.label) == ("F-FIT-002", "note", "申请理由")
    assert note.params["count"] == str(len(rest))


def test_every_page_of_the_sheet_says_whose_it_is(form: CompiledPdf) -> None:
    sheet = form.compose(record(form.manifest, {"name": "张三", "reason": LONG}), KEY)
    _, *pages = lines_of(sheet)
    assert len(pages) > 1
    for number, lines in enumerate(pages, 1):
        assert lines[:3] == ["附页", "测试表", "姓名：张三"]
        assert lines[-1] == f"附页 {number}/{len(pages)}"
    assert lines_of(sheet)[0][-1] == f"1{len(pages) + 1}", "the form counts its sheet's pages"


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.sampled_from(["残疾，", "（村）", "A1 b", "家\n", "。", "2015年"]), min_size=250, max_size=700))
def test_no_character_is_lost_whatever_the_text(form: CompiledPdf, parts: list[str]) -> None:
    text = "始" + "".join(parts) + "终"
    sheet = form.compose({"reason": text}, KEY)
    assert sheet.pages is not None
    found = "".join("".join(lines) for lines in lines_of(sheet)) if len(sheet.pages) > 1 else ""
    if found:
        shown, rest = shown_and_rest(sheet, "始")
        assert squeezed(rejoin(shown.rstrip(), rest)) == squeezed(text)


def test_a_name_of_many_lines_leaves_room_on_the_sheet(tmp_path: Any, fonts: FontBook) -> None:
    text = FORM.replace("term: person.name}", "term: person.name, overflow: continue}")
    form = compile_pdf(make_form(tmp_path, text), fonts)
    sheet = form.compose(record(form.manifest, {"name": "张" * 2000}), KEY)
    assert sheet.pages is not None and len(sheet.pages) == 4
    form_page, *others = lines_of(sheet)
    shown = "".join(form_page).count("张")
    assert all(lines[3].endswith("…") for lines in others)
    assert sum("".join(lines[4:]).count("张") for lines in others) == 2000 - shown


def test_a_value_that_must_not_be_continued_is_refused(form: CompiledPdf) -> None:
    sheet = form.compose({"name": "张" * 80}, KEY)
    assert sheet.pages is None
    (problem,) = sheet.problems
    assert (problem.code, problem.place.label, problem.params["length"]) == ("F-FIT-001", "姓名", "80")


def test_every_place_of_a_value_shows_the_same_of_it(tmp_path: Any, fonts: FontBook) -> None:
    from formgen.forms.layout import Page

    wide = spot("reason", 100, 148, 500, 300, valign="top", baseline_pt=163.0)
    narrow = spot("reason", 100, 320, 300, 400, valign="top", baseline_pt=335.0)
    manifest = make_form(tmp_path, before=(Page(0, 595.0, 842.0, (wide, narrow)),))
    sheet = compile_pdf(manifest, fonts).compose(record(manifest, {"reason": LONG[:700]}), KEY)
    (first, *_), count = lines_of(sheet), 0
    text = "".join(first)
    count = text.count(MARK)
    assert count == 2
    one, two, _ = text.split(MARK)
    assert one == two


def test_words_around_a_value_stay_and_the_value_gives_way(tmp_path: Any, fonts: FontBook) -> None:
    from formgen.forms.layout import Page

    sentence = spot(
        "reason", 100, 148, 500, 200, valign="top", baseline_pt=163.0, pieces=("理由：", "{reason}", "。完")
    )
    manifest = make_form(tmp_path, before=(Page(0, 595.0, 842.0, (sentence,)),))
    sheet = compile_pdf(manifest, fonts).compose(record(manifest, {"reason": LONG[:500]}), KEY)
    first, second, *_ = map("".join, lines_of(sheet))
    assert first.startswith("理由：第1条") and first.endswith(f"{MARK}。完")
    shown = first.removeprefix("理由：").removesuffix("。完")
    rest = second.partition("（接第1页）")[2].partition("附页")[0]
    assert rejoin(shown, rest) == LONG[:500]


def test_a_row_of_a_table_is_named_on_the_sheet(tmp_path: Any, fonts: FontBook) -> None:
    roster = compile_pdf(make_roster(tmp_path), fonts)
    people = [{"household": "1", "name": "张三"}, {"household": "的" * 300, "name": "李四"}]
    sheet = roster.compose({"village": "东村", "rows": people}, KEY)
    assert sheet.pages is not None, sheet.problems
    last = "".join(lines_of(sheet)[-1])
    assert "第2行 · 户号（接第1页）" in last
    (note,) = sheet.problems
    assert (note.place.cell, note.place.label) == ("2", "户号")


def test_a_rest_with_a_character_without_glyph_is_named(form: CompiledPdf) -> None:
    sheet = form.compose({"reason": LONG + "\U000323b0"}, KEY)
    assert sheet.pages is None
    assert {problem.code for problem in sheet.problems if problem.is_error} == {"F-FONT-003"}


def test_the_sheets_pages_have_their_page_code(form: CompiledPdf) -> None:
    sheet = form.compose({"reason": LONG}, KEY, marks=Marks("BBBBBBBBBB", has_corners=False))
    with pdfplumber.open(io.BytesIO(file_of(sheet))) as pdf:
        for page in pdf.pages[1:]:
            (image,) = page.images
            assert PAGE_CODE[0] <= image["x0"] and image["x1"] <= PAGE_CODE[2]
            assert PAGE_CODE[1] <= image["top"] and image["bottom"] <= PAGE_CODE[3]


def test_a_table_of_many_pages_is_numbered_in_its_blanks(tmp_path: Any, fonts: FontBook) -> None:
    roster = compile_pdf(make_roster(tmp_path), fonts)
    texts = read_by_pdfplumber(file_of(roster.compose(rows(*((f"户{index}", 1) for index in range(500))), KEY)))
    assert len(texts) > 120
    assert [re.findall(rf"(?<!\d){number}(?!\d)", text) != [] for number, text in enumerate(texts, 1)].count(False) == 0
