"""Forms copied into one document: each is read as its own sheet, and none gets a record that may be another's."""

from __future__ import annotations

import copy
import itertools
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from lxml import etree

from formgen.forms.catalogue import Catalogue
from formgen.forms.manifest import Manifest
from formgen.reading.model import FileRead, Reading
from formgen.reading.weigh import weigh
from formgen.rendering.continuation import MARK, REST_END
from formgen.rendering.docx import compile_docx, merge
from tests.reading.docx import word_edits as edits
from tests.reading.docx.conftest import ReadFile
from tests.reading.docx.records import as_read
from tests.reading.docx.test_faults import Edit, double, faults, filled_records, marked, remove, wrong_values
from tests.reading.docx.test_programs import FORMS, saved_as
from tests.rendering.wordmaker import make_form

APPLICATION = Catalogue().form("xinmi-2015/application-form")
PERSONS = [{"name": name, "phone": f"1390000000{number}"} for number, name in enumerate(("张三", "李四", "王五"))]


def unread(reading: Reading) -> list[str]:
    return [problem.found for problem in reading.problems if problem.code == "F-READ-003"]


def printed(form: Manifest, record: dict[str, Any], key: str = "r1") -> bytes:
    return compile_docx(form).render(record, key).content or b""


def read(file: FileRead) -> list[Reading]:
    return [weigh(sheet, "returned.docx") for sheet in file.sheets]


def paragraph(text: str = "", inside: str = "") -> Any:
    made = edits.fragment(f"<w:p>{inside}</w:p>")
    if text:
        made.append(edits.run(text))
    return made


def page_break() -> Any:
    return paragraph(inside='<w:r><w:br w:type="page"/></w:r>')


BETWEEN: dict[str, Callable[[], list[Any]]] = {
    "nothing": list,
    "page break": lambda: [page_break()],
    "blank lines": lambda: [paragraph(), paragraph()],
    "title": lambda: [page_break(), paragraph("李四的申请表")],
}


@pytest.mark.parametrize("is_before", [False, True], ids=["after", "before"])
@pytest.mark.parametrize("between", BETWEEN)
def test_three_forms_of_a_kind_in_one_document(between: str, is_before: bool, read_file: ReadFile) -> None:
    content = printed(APPLICATION, PERSONS[0])
    for number, person in enumerate(PERSONS[1:], 2):
        other = printed(APPLICATION, person, f"r{number}")
        content = edits.paste(content, other, *BETWEEN[between](), is_before=is_before)
    file = read_file(content)
    readings = read(file)
    names = [reading.values["name"] for reading in readings]
    assert names == (["王五", "李四", "张三"] if is_before else ["张三", "李四", "王五"])
    for reading in readings:
        assert reading.values["phone"] == f"1390000000{['张三', '李四', '王五'].index(reading.values['name'])}"
        assert reading.doubts == {}
        assert reading.record == ""
    (problem,) = file.problems
    assert (problem.code, problem.severity, problem.found, problem.record) == ("F-WORD-008", "warning", "3", "r1")
    told = [text for reading in readings for text in unread(reading)]
    assert told == (["李四的申请表"] * 2 if between == "title" else [])


@pytest.mark.parametrize("pair", itertools.permutations(FORMS, 2), ids=lambda pair: "-".join(f.name for f in pair))
def test_two_different_forms_in_one_document(pair: tuple[Manifest, Manifest], read_file: ReadFile) -> None:
    content = edits.paste(*(printed(form, RECORDS[form.id]) for form in pair))
    readings = read(read_file(content))
    assert [reading.form for reading in readings] == [form.id for form in pair]
    for form, reading in zip(pair, readings, strict=True):
        assert reading.record == ""
        # its footer is over both of them, or stayed behind
        assert reading.doubts == ({"filler": "lost", "filled_on": "lost"} if form.name == "survey-sheet" else {})
        wanted = as_read(form, RECORDS[form.id])
        assert as_read(form, reading.values) == {key: wanted[key] for key in wanted if key not in reading.doubts}


def test_a_document_of_another_program_around_the_forms_is_unread_text(read_file: ReadFile) -> None:
    content = edits.paste(printed(APPLICATION, PERSONS[0]), printed(APPLICATION, PERSONS[1]))

    def edit(tree: Any) -> None:
        body = tree.find(edits.w("body"))
        body.insert(0, paragraph("各村上报材料汇总"))
        body.insert(1, edits.fragment("<w:tbl><w:tr><w:tc><w:p><w:r><w:t>村名</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"))
        body[-1].addprevious(paragraph("以上两份已核对"))

    readings = read(read_file(edits.edited(content, edit)))
    assert [reading.values["name"] for reading in readings] == ["张三", "李四"]
    assert [reading.doubts for reading in readings] == [{}, {}]
    assert [unread(reading) for reading in readings] == [
        ["各村上报材料汇总", "村名"],
        ["以上两份已核对"],
    ]


def test_forms_in_a_document_that_never_was_a_form(read_file: ReadFile) -> None:
    content = edits.paste(printed(APPLICATION, PERSONS[0]), printed(APPLICATION, PERSONS[1]))
    content = without_properties(content)
    file = read_file(content)
    assert [reading.values["name"] for reading in read(file)] == ["张三", "李四"]
    assert not file.problems


def without_properties(content: bytes) -> bytes:
    def edit(tree: Any) -> None:
        for item in list(tree):
            tree.remove(item)

    return edits.edited(content, edit, "docProps/custom.xml")


def test_a_form_in_which_one_is_left_keeps_its_record(read_file: ReadFile) -> None:
    content = edits.edited(
        printed(APPLICATION, PERSONS[0]),
        lambda tree: tree.find(edits.w("body")).insert(0, paragraph("请尽快办理")),
    )
    file = read_file(content)
    assert [reading.record for reading in read(file)] == ["r1"]
    assert not file.problems


def test_a_form_pasted_behind_a_continuation_sheet(read_file: ReadFile, tmp_path: Path) -> None:
    long = {"name": "张三", "application": "生活困难，申请帮扶。" * 120}
    content = edits.paste(
        printed(APPLICATION, long), printed(APPLICATION, {**long, "name": "李四"}), paragraph("李四的申请表")
    )
    readings = read(read_file(content))
    assert [reading.values["name"] for reading in readings] == ["张三", "李四"]
    assert [reading.values["application"] for reading in readings] == [long["application"]] * 2


def test_a_form_pasted_behind_the_last_of_a_merged_file(read_file: ReadFile) -> None:
    compiled = compile_docx(APPLICATION)
    merged = merge([(compiled, PERSONS[0], "r1"), (compiled, PERSONS[1], "r2")]).content or b""
    content = edits.edited(edits.paste(merged, printed(APPLICATION, PERSONS[2])), lambda tree: None)
    file = read_file(content)
    assert [(reading.values["name"], reading.record) for reading in read(file)] == [
        ("张三", "r1"),
        ("李四", ""),
        ("王五", ""),
    ]
    assert [problem.record for problem in file.problems] == ["r2"]


SHORT = "登记表\n村：{{ village }}\n| 姓名 | {{ name }} | 性别 | {{ sex }} |\n填表：{{ filler }}"
OTHER = "调查表\n村：{{ village }}\n| 户主 | {{ head }} | 人口 | {{ size }} |\n填表：{{ filler }}"
FOOTER = "\nfooter: 审核人：{{ checker }}"


def test_values_in_a_footer_over_several_forms_are_nobodys(tmp_path: Path, read_file: ReadFile) -> None:
    form = make_form(tmp_path / "form", "village name sex filler checker", SHORT + FOOTER)
    records = [{"name": name, "village": "甲村", "filler": "乙", "checker": "丙"} for name in ("张三", "李四")]
    file = read_file(edits.paste(*(printed(form, record) for record in records)), form)
    readings = read(file)
    assert [reading.values["name"] for reading in readings] == ["张三", "李四"]
    assert [reading.doubts for reading in readings] == [{"checker": "lost"}] * 2
    assert any(problem.found == "审核人：丙" for problem in readings[0].problems)


def test_a_line_that_may_be_of_either_form_is_given_to_neither(tmp_path: Path, read_file: ReadFile) -> None:
    """The last line of the first form and the first of the second: one of them was deleted, nobody knows which."""
    one = make_form(tmp_path / "one", "name sex filler", SHORT.replace("村：{{ village }}\n", ""))
    two = make_form(
        tmp_path / "two",
        "village head size filler",
        OTHER.replace("调查表\n村：{{ village }}", "填表：{{ village }}\n调查表"),
    )
    content = edits.paste(
        printed(one, {"name": "张三", "filler": "甲"}), printed(two, {"head": "李四", "village": "乙"})
    )

    def edit(tree: Any) -> None:
        lines = [item for item in tree.find(edits.w("body")) if "".join(item.itertext()).startswith("填表")]
        tree.find(edits.w("body")).remove(lines[0])

    first, second = read(read_file(edits.edited(content, edit), one, two))
    assert (first.values["name"], second.values["head"]) == ("张三", "李四")
    assert "filler" not in first.values and "village" not in second.values
    assert (first.doubts, second.doubts) == ({"filler": "lost"}, {"village": "lost"})


def test_a_form_with_its_notes_above_it_is_one_sheet(read_file: ReadFile) -> None:
    form = Catalogue().form("xinmi-2015/beneficiary-roster")

    def edit(tree: Any) -> None:
        body = tree.find(edits.w("body"))
        notes = [block for block in body if block.tag == edits.w("p")][3:6]
        for note in reversed(notes):
            body.insert(0, note)
        body.insert(0, paragraph("请尽快办理"))

    file = read_file(edits.edited(printed(form, {"rows": [{"name": "张三"}]}), edit))
    (reading,) = read(file)
    assert (reading.record, reading.values["rows"]) == ("r1", [{"name": "张三"}])
    assert not file.problems


def test_a_roster_that_somebody_split_is_one_sheet(read_file: ReadFile) -> None:
    form = Catalogue().form("xinmi-2015/survey-sheet")
    content = printed(form, RECORDS[form.id])

    def edit(tree: Any) -> None:
        (table,) = tree.find(edits.w("body")).findall(edits.w("tbl"))
        other = copy.deepcopy(table)
        rows, others = table.findall(edits.w("tr")), other.findall(edits.w("tr"))
        table.remove(rows[-1])
        for row in others[2:-1]:
            other.remove(row)
        table.addnext(other)
        table.addnext(paragraph())

    file = read_file(edits.edited(content, edit))
    assert [reading.record for reading in read(file)] == ["r1"]


def block_faults(tree: Any) -> Iterator[Edit]:
    """Every paragraph and table of the document deleted, doubled, or moved up."""
    for number, block in enumerate(tree.find(edits.w("body"))[:-1]):
        yield f"delete block {number}", lambda t, n=number: remove(block_at(t, n))
        if not is_rest(block):  # of a text that goes on twice nobody can tell that it was doubled
            yield f"double block {number}", lambda t, n=number: double(block_at(t, n))
        if number and block.getprevious().tag != block.tag:
            yield f"move block {number} up", lambda t, n=number: block_at(t, n - 1).addprevious(block_at(t, n))


def is_rest(block: Any) -> bool:
    return any(item.get(edits.w("name")).endswith(REST_END) for item in block.iter(edits.w("bookmarkStart"))) or any(
        tag.endswith(REST_END) for tag in edits.tags(block)
    )


def block_at(tree: Any, number: int) -> Any:
    return tree.find(edits.w("body"))[number]


def two_records(form: Manifest) -> list[dict[str, Any]]:
    """Two records that fit on the form without a continuation sheet, without a common value where there is a choice."""
    found: list[dict[str, Any]] = []
    compiled = compile_docx(form)

    def fits(record: dict[str, Any]) -> bool:
        content = compiled.render(record, "r").content
        return content is not None and MARK not in edits.part_of(content).decode()

    @settings(max_examples=12, derandomize=True, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(filled_records(form).filter(fits))
    def draw(record: dict[str, Any]) -> None:
        found.append(record)

    draw()
    return found[::11]


RECORDS = {form.id: two_records(form)[0] for form in FORMS}


@pytest.mark.parametrize(
    "marks", [marked, edits.unwrap_controls, edits.strip_marks], ids=["marked", "bookmarks", "bare"]
)
@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_no_value_of_one_form_is_read_for_the_other(
    form: Manifest, marks: Callable[[Any], object], read_file: ReadFile
) -> None:
    """A sheet has the values of one record, whatever was done to one of the two.

    Left out are files in which one sheet is left beside remnants of the other: whose a line above or below it is, which
    the form has once, nobody can say by the words; docs/reading.md tells it.
    """
    records = two_records(form)
    content = edits.paste(*(printed(form, record) for record in records))
    tree = etree.fromstring(edits.part_of(content))
    chosen = list(itertools.islice(faults(tree), 0, None, 9)) if marks is marked else []
    mixed, counts = [], Counter[int]()
    for name, fault in [*block_faults(tree), *chosen]:
        readings = read(read_file(edits.edited(content, lambda t, f=fault: (f(t), marks(t)))))
        counts[len(readings)] += 1
        for reading in readings:
            if len(readings) > 1 and all(wrong_values(form, record, reading) for record in records):
                mixed.append((name, [wrong_values(form, record, reading) for record in records]))
            assert len(readings) == 1 or not reading.record
    assert not mixed
    assert counts.most_common(1)[0][0] == 2


@pytest.mark.libreoffice
def test_forms_pasted_into_a_document_that_libreoffice_saved(read_file: ReadFile, tmp_path: Path) -> None:
    content = edits.paste(*(printed(APPLICATION, person) for person in PERSONS[:2]), page_break())
    source = tmp_path / "pasted.docx"
    source.write_bytes(content)
    between = saved_as("odt", [source], tmp_path / "odt", tmp_path / "profile")
    (saved,) = saved_as("docx:MS Word 2007 XML", between, tmp_path / "back", tmp_path / "profile")
    readings = read(read_file(saved.read_bytes()))
    assert [reading.values["name"] for reading in readings] == ["张三", "李四"]
    assert [reading.values["phone"] for reading in readings] == ["13900000000", "13900000001"]
