"""Another word typed over a label beside an untouched control: believed where it can mean this field only."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from formgen.forms.catalogue import Catalogue
from formgen.reading.model import Reading
from formgen.rendering.docx import compile_docx
from formgen.vocabulary.terms import base_vocabulary
from tests.reading.docx import word_edits as edits
from tests.reading.docx.conftest import ReadOne
from tests.reading.docx.records import as_read
from tests.reading.docx.test_faults import at, said, wrong_values
from tests.reading.docx.test_programs import FORMS, filled
from tests.rendering.wordmaker import make_form

RECORDS = {form.id: filled(form) for form in FORMS}
APPLICATION = Catalogue().form("xinmi-2015/application-form")
PAIRING = Catalogue().form("xinmi-2015/pairing-registration")
ROSTER = Catalogue().form("xinmi-2015/beneficiary-roster")


def after(form: Any, read_one: ReadOne, edit: Any, record: dict[str, Any] | None = None) -> Reading:
    values = record or RECORDS[form.id]
    return read_one(edits.edited(compile_docx(form).render(values, "r1").content or b"", edit), form)


def relabelled(label: str, text: str, number: int = 0) -> Any:
    return lambda tree: edits.retype(edits.cell_with(tree, label, number), text)


@pytest.mark.parametrize("text", ["手机号码", "联系电话", "本人电话"])
def test_a_synonym_of_the_label_leaves_its_control_believed(text: str, read_one: ReadOne) -> None:
    reading = after(APPLICATION, read_one, relabelled("联系方式", text))
    assert reading.values["phone"] == RECORDS[APPLICATION.id]["phone"]
    evidence = reading.evidence["phone"]
    assert (evidence.layer, evidence.confidence) == ("content-control", 0.8)
    assert reading.doubts == {}
    assert text in {problem.found for problem in reading.problems}


@pytest.mark.parametrize(
    ("form", "number", "text", "key"),
    [
        (APPLICATION, 0, "备用电话", "phone"),  # no word of the vocabulary
        (APPLICATION, 0, "学历", "phone"),  # another field's
        (APPLICATION, 0, "家庭住址", "phone"),  # another field's label
        (APPLICATION, 0, "电话联系", "phone"),  # the characters of one, in another order
        (PAIRING, 1, "电话", "phone"),  # two persons have one
        (PAIRING, 0, "手机号码", "liaison_phone"),  # the other person's
    ],
)
def test_any_other_word_leaves_the_field_in_doubt(
    form: Any, number: int, text: str, key: str, read_one: ReadOne
) -> None:
    reading = after(form, read_one, relabelled("联系方式", text, number))
    assert key in reading.doubts and key not in reading.values
    assert wrong_values(form, as_read(form, RECORDS[form.id]), reading) == []


def test_the_word_alone_is_no_evidence(read_one: ReadOne) -> None:
    """Without its control, and with another field's."""

    def unmarked(tree: Any) -> None:
        edits.retype(edits.cell_with(tree, "联系方式"), "手机号码")
        edits.retype(edits.cell_of(edits.control(tree, "phone")), "61238888")

    def exchanged(tree: Any) -> None:
        edits.retype(edits.cell_with(tree, "联系方式"), "手机号码")
        edits.swap_contents(*(edits.cell_of(edits.control(tree, key)) for key in ("phone", "education")))

    for edit in (unmarked, exchanged):
        reading = after(APPLICATION, read_one, edit)
        assert "phone" not in reading.values
        assert "phone" in reading.doubts


def test_bookmarks_alone_do_not_do(read_one: ReadOne) -> None:
    def edit(tree: Any) -> None:
        edits.retype(edits.cell_with(tree, "联系方式"), "手机号码")
        edits.unwrap_controls(tree)

    assert after(APPLICATION, read_one, edit).doubts == {"phone": "lost"}


@pytest.mark.parametrize(("text", "is_believed"), [("电话号码", True), ("手机号码", False)])
def test_a_word_that_the_form_prints_elsewhere_is_that(
    text: str, is_believed: bool, tmp_path: Path, read_one: ReadOne
) -> None:
    form = make_form(tmp_path / "form", "phone", "| 联系方式 | {{ phone }} |\n| 手机号码 | 见附表 |\n谢谢")
    form = replace(form, fields=(replace(form.fields[0], label="联系方式", term="person.phone"),))
    printed = compile_docx(form).render({"phone": "61238888"}, "r1").content or b""
    reading = read_one(edits.edited(printed, relabelled("联系方式", text)), form)
    assert ("phone" in reading.values) is is_believed


def test_a_synonym_above_a_column(read_one: ReadOne) -> None:
    record = {"rows": [{"household_number": "1", "name": name, "certificate": None} for name in ("张三", "李四")]}
    reading = after(ROSTER, read_one, relabelled("户号", "户编号"), record)
    assert [row["household_number"] for row in reading.values["rows"]] == ["1", "1"]
    assert reading.evidence["rows.1.household_number"].confidence == 0.8
    reading = after(ROSTER, read_one, relabelled("残疾人姓名", "户主姓名"), record)
    assert [row.get("name") for row in reading.values["rows"]] == [None, None]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_whatever_word_stands_over_a_label_no_value_is_silently_wrong(form: Any, read_one: ReadOne) -> None:
    """Every label of the form is overtyped by every word of the vocabulary that fits some field of it."""
    record = RECORDS[form.id]
    printed = compile_docx(form).render(record, "r1").content or b""
    fields = [column for item in form.fields for column in (item.table.columns if item.table else (item,))]
    terms = [base_vocabulary()[item.term] for item in fields if item.term in base_vocabulary()]
    words = sorted({word for term in terms for word in (term.label, *term.synonyms[:2])})
    tree = edits.etree.fromstring(edits.part_of(printed))
    cells = list(tree.iter(edits.w("tc")))
    labels = [
        number for number, cell in enumerate(cells) if said(cell) and not any(True for _ in cell.iter(edits.w("sdt")))
    ]
    wrong = []
    for turn, number in enumerate(labels):
        for word in words[turn % 3 :: 3]:
            reading = read_one(edits.edited(printed, lambda t, n=number, w=word: edits.retype(at(t, n), w)), form)
            wrong += [(said(cells[number]), word, item) for item in wrong_values(form, record, reading)]
    assert not wrong


@pytest.mark.parametrize(
    "unit", ["(万元/年)", "（万元/年）", "(元/月)", "（万元）", "（单位：万元）", "（千元）", "（亩）"]
)
def test_a_header_in_another_unit_loses_its_column(unit: str, read_one: ReadOne) -> None:
    """0.13 below 万元 is no 0.13元, be it in the column's own control."""
    record = {"rows": [{"household_number": str(number), "name": "张三", "income_per_head": 13} for number in (1, 2)]}
    retyped = relabelled("家庭人均纯收入(元/年)", f"家庭人均纯收入{unit}")
    reading = after(ROSTER, read_one, retyped, record)
    assert [row.get("income_per_head") for row in reading.values["rows"]] == [None, None]
    assert {reading.doubts.get(f"rows.{number}.income_per_head") for number in (1, 2)} == {"lost"}
    assert "F-READ-002" in {problem.code for problem in reading.problems}


@pytest.mark.parametrize("unit", ["（元）", ""])
def test_a_header_in_the_same_unit_keeps_its_column(unit: str, read_one: ReadOne) -> None:
    record = {"rows": [{"household_number": str(number), "name": "张三", "income_per_head": 13} for number in (1, 2)]}
    retyped = relabelled("家庭人均纯收入(元/年)", f"人均纯收入{unit}")
    reading = after(ROSTER, read_one, retyped, record)
    assert [row.get("income_per_head") for row in reading.values["rows"]] == [13, 13]


@pytest.mark.parametrize(
    ("text", "is_believed"),
    [
        ("省级扶持资金（元）", True),
        ("拟申请省级扶持资金", True),
        ("拟申请省级扶持资金（万元）", False),
        ("拟申请省级扶持资金(千元)", False),
        ("省级扶持资金（万元）", False),
    ],
)
@pytest.mark.parametrize("options", [{}, {"unit": "元"}])
@pytest.mark.parametrize("printed", ["拟申请省级扶持资金（元）", "拟申请的省级扶持资金"])
def test_a_label_in_another_unit_loses_its_field(
    printed: str, options: dict[str, str], text: str, is_believed: bool, tmp_path: Path, read_one: ReadOne
) -> None:
    form = make_form(tmp_path / "form", "fund:money", f"| {printed} | {{{{ fund }}}} |\n谢谢")
    item = replace(form.fields[0], label="拟申请省级扶持资金", term="base.province_fund", options=options)
    form = replace(form, fields=(item,))
    content = compile_docx(form).render({"fund": 13}, "r1").content or b""
    reading = read_one(edits.edited(content, relabelled(printed, text)), form)
    assert ("fund" in reading.values) is is_believed
    assert reading.doubts == ({} if is_believed else {"fund": "lost"})
