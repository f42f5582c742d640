"""What people do to a returned Word form, each on its own: the value is read, or said to be in doubt."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from formgen.forms.catalogue import Catalogue
from formgen.rendering.docx import compile_docx
from tests.reading.docx import word_edits as edits
from tests.reading.docx.conftest import Edit, Paper, ReadFile, ReadOne, codes
from tests.rendering.wordmaker import make_form

TEXT = """
登记表
村：{{ village }}
| 姓名 | {{ name }} | 性别 | {{ sex }} |
| 申请 | {{ reason }} |
| 申请人：{{ signer }} {{ born.year }}年{{ born.month }}月{{ born.day }}日 |
| 序号 | 姓名 | 备注 |
|{%tr for r in rows %}|
| {{ r.number }} | {{ r.name }} | {{ r.note }} |
|{%tr endfor %}|
| 合计 | {{ total }} |
footer: 填表人：{{ filler }}
"""
FIELDS = "village name sex reason:long-text signer born:date rows(number name note) total filler"
RECORD: dict[str, Any] = {
    "village": "靳寨村",
    "name": "张三",
    "sex": "男",
    "reason": "生活困难，\n申请帮扶。",
    "signer": "张四",
    "total": "2人",
    "filler": "李会计",
    "rows": [{"number": "1", "name": "王五", "note": "甲"}, {"number": "2", "name": "赵六", "note": "乙"}],
}


@pytest.fixture
def paper(tmp_path: Path, read_one: ReadOne) -> Paper:
    return Paper(tmp_path, read_one, FIELDS, TEXT, RECORD)


def test_an_untouched_sheet_says_everything_by_its_controls(paper: Paper) -> None:
    reading = paper.after(lambda tree: None)
    assert reading.values == RECORD
    assert {item.layer for item in reading.evidence.values()} == {"content-control"}
    assert (reading.form, reading.version, reading.record) == (paper.form.id, "1", "r1")
    assert reading.evidence["rows.2.name"].place == "表1 第6行第2列"
    assert not reading.problems


@pytest.mark.parametrize(
    ("marks", "layers"),
    [
        (edits.unwrap_controls, {"bookmark"}),
        (edits.drop_bookmarks, {"content-control"}),
        (edits.strip_marks, {"path", "pattern", "header"}),
    ],
)
def test_without_some_marks_the_next_layer_reads_the_same(paper: Paper, marks: Edit, layers: set[str]) -> None:
    reading = paper.after(marks)
    expected = dict(RECORD)
    if marks is edits.strip_marks:  # where a signature ends and a date begins without a word between, nobody can say
        assert reading.doubts == {"signer": "lost", "born": "lost"} or "signer" in reading.values
    assert {key: value for key, value in reading.values.items() if key in expected} == {
        key: value for key, value in expected.items() if key not in reading.doubts
    }
    assert {item.layer for item in reading.evidence.values()} <= layers | {"content-control"}


def test_a_value_in_several_runs_is_one(paper: Paper) -> None:
    assert (
        paper.after(lambda tree: edits.write(edits.control(tree, "name"), "李", "四", "光")).values["name"] == "李四光"
    )


def test_breaks_and_tabs_stay_in_long_texts(paper: Paper) -> None:
    def edit(tree: Any) -> None:
        edits.write(edits.control(tree, "reason"), "一", "二")
        runs = edits.control(tree, "reason").findall(f"{edits.w('sdtContent')}/{edits.w('r')}")
        runs[-1].insert(0, edits.fragment("<w:br/>"))

    assert paper.after(edit).values["reason"] == "一\n二"


def test_typed_beside_an_empty_control_is_its_value(paper: Paper) -> None:
    def edit(tree: Any) -> None:
        edits.write(edits.control(tree, "name"))
        edits.type_beside(edits.control(tree, "name"), "李四")

    reading = paper.after(edit)
    assert reading.values["name"] == "李四"
    assert reading.evidence["name"].layer == "path"
    assert not reading.problems


def test_typed_beside_a_filled_control_contradicts_it(paper: Paper) -> None:
    reading = paper.after(lambda tree: edits.type_beside(edits.control(tree, "name"), "李四"))
    assert "name" not in reading.values
    assert reading.doubts == {"name": "contradictory"}
    assert codes(reading) == {"F-READ-001"}


def test_typed_beside_a_blank_in_a_paragraph_is_its_value(paper: Paper) -> None:
    def edit(tree: Any) -> None:
        edits.write(edits.control(tree, "village"))
        edits.type_beside(edits.control(tree, "village"), "王庄")

    assert paper.after(edit).values["village"] == "王庄"


def test_parts_of_a_date_typed_beside_their_controls_are_one_date(paper: Paper) -> None:
    def edit(tree: Any) -> None:
        for tag, text in (("bornyear", "2015"), ("bornmonth", "３"), ("bornday", "9")):
            edits.type_beside(edits.control(tree, next(t for t in edits.tags(tree) if t.replace("_", "") == tag)), text)

    reading = paper.after(edit)
    assert paper.form.field("born").value_type.format(reading.values["born"]).startswith("2015")
    assert "born" not in reading.doubts


def test_a_retyped_cell_is_read_by_its_place_and_label(paper: Paper) -> None:
    reading = paper.after(lambda tree: edits.retype(edits.cell_of(edits.control(tree, "sex")), "女"))
    assert reading.values["sex"] == "女"
    assert reading.evidence["sex"].layer == "path"


def test_a_row_inserted_by_hand_is_read_by_its_headers(paper: Paper) -> None:
    reading = paper.after(lambda tree: edits.insert_row_like(edits.control(tree, "r_name", 0), "3", "钱七", "丙"))
    assert reading.values["rows"] == [
        RECORD["rows"][0],
        {"number": "3", "name": "钱七", "note": "丙"},
        RECORD["rows"][1],
    ]
    assert reading.evidence["rows.2.name"].layer == "header"


def test_a_deleted_row_is_gone_and_the_others_move_up(paper: Paper) -> None:
    reading = paper.after(lambda tree: edits.delete_row(edits.control(tree, "r_name", 0)))
    assert reading.values["rows"] == [RECORD["rows"][1]]
    assert reading.values["total"] == "2人"


def test_swapped_column_headers_leave_both_columns_in_doubt(paper: Paper) -> None:
    def edit(tree: Any) -> None:
        edits.swap_contents(edits.cell_with(tree, "姓名", 1), edits.cell_with(tree, "备注"))

    reading = paper.after(edit)
    assert reading.values["rows"] == [{"number": "1"}, {"number": "2"}]
    assert {reading.doubts[f"rows.{row}.{key}"] for row in (1, 2) for key in ("name", "note")} == {"contradictory"}


def test_a_typed_total_row_is_no_row_of_the_table(paper: Paper) -> None:
    reading = paper.after(lambda tree: edits.insert_row_like(edits.control(tree, "r_name", 1), "小计", "", "2"))
    assert len(reading.values["rows"]) == 2
    assert "F-READ-003" in codes(reading)


def test_a_value_under_a_reworded_label_is_lost_not_guessed(paper: Paper) -> None:
    reading = paper.after(lambda tree: edits.retype(edits.cell_with(tree, "性别"), "民族"))
    assert "sex" not in reading.values
    assert reading.doubts["sex"] == "lost"
    assert {"F-READ-002", "F-READ-003"} <= codes(reading)


def test_words_written_between_the_lines_are_told(paper: Paper) -> None:
    reading = paper.after(lambda tree: tree.find(edits.w("body")).insert(1, paragraph("请尽快办理")))
    assert reading.values == RECORD
    assert [problem.found for problem in reading.problems] == ["请尽快办理"]


def test_typing_in_the_footer_is_read_and_what_does_not_belong_told(paper: Paper) -> None:
    def edit(tree: Any) -> None:
        edits.write(edits.control(tree, "filler"), "赵会计")
        tree.append(paragraph("联系电话另报"))

    reading = paper.after(edit, "word/footer0.xml")
    assert reading.values["filler"] == "赵会计"
    assert "联系电话另报" in {problem.found for problem in reading.problems}


def paragraph(text: str) -> Any:
    made = edits.fragment("<w:p/>")
    made.append(edits.run(text))
    return made


def test_tracked_changes_are_read_as_accepted_and_told(paper: Paper) -> None:
    def edit(tree: Any) -> None:
        content = edits.control(tree, "name").find(edits.w("sdtContent"))
        edits.track_deletion(content)
        edits.track_insertion(content, "李四")

    reading = paper.after(edit)
    assert reading.values["name"] == "李四"
    assert [problem.code for problem in reading.problems] == ["F-WORD-005"]


def test_a_tracked_deletion_of_a_row_and_of_a_paragraph_end(paper: Paper) -> None:
    def edit(tree: Any) -> None:
        row = edits.row_of(edits.control(tree, "r_name", 1))
        row.insert(0, edits.fragment('<w:trPr><w:del w:id="9" w:author="x"/></w:trPr>'))
        cell = edits.cell_of(edits.control(tree, "reason"))
        edits.retype(cell, "生活", "困难")
        cell.find(edits.w("p")).insert(
            0, edits.fragment('<w:pPr><w:rPr><w:del w:id="8" w:author="x"/></w:rPr></w:pPr>')
        )

    reading = paper.after(edit)
    assert reading.values["rows"] == [RECORD["rows"][0]]
    assert reading.values["reason"] == "生活困难"


def test_a_comment_is_no_text(paper: Paper) -> None:
    def edit(tree: Any) -> None:
        control = edits.control(tree, "name")
        control.addprevious(edits.fragment('<w:commentRangeStart w:id="1"/>'))
        control.addnext(edits.fragment('<w:r><w:commentReference w:id="1"/></w:r>'))

    assert paper.after(edit).values == RECORD


WRAPPED = {
    "smart tag": '<w:smartTag w:uri="u" w:element="e"><w:r><w:t>李四</w:t></w:r></w:smartTag>',
    "hyperlink": '<w:hyperlink w:anchor="a"><w:r><w:t>李四</w:t></w:r></w:hyperlink>',
    "simple field": '<w:fldSimple w:instr=" DOCVARIABLE x "><w:r><w:t>李四</w:t></w:r></w:fldSimple>',
    "alternate content": "<w:r><mc:AlternateContent><mc:Choice Requires='w14'><w:t>李四</w:t></mc:Choice>"
    "<mc:Fallback><w:t>李四</w:t></mc:Fallback></mc:AlternateContent></w:r>",
    "inserted": '<w:ins w:id="3" w:author="x"><w:r><w:t>李四</w:t></w:r></w:ins>',
    "moved": '<w:moveTo w:id="3" w:author="x"><w:r><w:t>李四</w:t></w:r></w:moveTo>',
    "inner control": "<w:sdt><w:sdtPr/><w:sdtContent><w:r><w:t>李四</w:t></w:r></w:sdtContent></w:sdt>",
}


@pytest.mark.parametrize("kind", WRAPPED)
def test_text_that_word_wraps_is_seen(paper: Paper, kind: str) -> None:
    def edit(tree: Any) -> None:
        content = edits.control(tree, "name").find(edits.w("sdtContent"))
        edits.write(edits.control(tree, "name"))
        content.append(edits.fragment(WRAPPED[kind]))

    assert paper.after(edit).values["name"] == "李四"


def test_a_complex_field_shows_its_result_only(paper: Paper) -> None:
    def edit(tree: Any) -> None:
        edits.write(edits.control(tree, "name"))
        content = edits.control(tree, "name").find(edits.w("sdtContent"))
        for piece in (
            '<w:fldChar w:fldCharType="begin"/>',
            "<w:instrText>MERGEFIELD x</w:instrText>",
            '<w:fldChar w:fldCharType="separate"/>',
            "<w:t>李四</w:t>",
            '<w:fldChar w:fldCharType="end"/>',
        ):
            content.append(edits.fragment(f"<w:r>{piece}</w:r>"))

    assert paper.after(edit).values["name"] == "李四"


def test_a_placeholder_is_no_value(paper: Paper) -> None:
    def edit(tree: Any) -> None:
        control = edits.control(tree, "name")
        edits.write(control, "单击此处输入文字。")
        control.find(edits.w("sdtPr")).append(edits.fragment("<w:showingPlcHdr/>"))

    reading = paper.after(edit)
    assert "name" not in reading.values
    assert "name" not in reading.doubts


def test_controls_around_cells_and_rows_are_looked_through(paper: Paper) -> None:
    def edit(tree: Any) -> None:
        for element in (edits.cell_of(edits.control(tree, "name")), edits.row_of(edits.control(tree, "r_name", 1))):
            wrapper = edits.fragment("<w:sdt><w:sdtPr/><w:sdtContent/></w:sdt>")
            element.addprevious(wrapper)
            wrapper[1].append(element)

    assert paper.after(edit).values == RECORD


def test_enter_pressed_inside_a_cell_makes_lines(paper: Paper) -> None:
    def edit(tree: Any) -> None:
        cell = edits.cell_of(edits.control(tree, "reason"))
        edits.retype(cell, "第一行", "第二行")

    assert paper.after(edit).values["reason"] == "第一行\n第二行"


def test_a_label_merged_into_its_value_is_told(paper: Paper) -> None:
    reading = paper.after(lambda tree: edits.merge_right(edits.cell_of(edits.control(tree, "name"))))
    assert "name" not in reading.values
    assert "name" in reading.doubts


def test_a_sheet_of_another_form_is_left_to_its_labels(tmp_path: Path, read_file: ReadFile) -> None:
    ours = make_form(tmp_path / "ours", "name reason", "登记表\n| 姓名 | {{ name }} |\n| 理由 | {{ reason }} |")
    other = make_form(
        tmp_path / "other", "name reason", "调查\n| 户主 | {{ name }} |\n| 说明 | {{ reason }} |", plain=True
    )
    printed = compile_docx(other).render({"name": "张三"}, "r1").content or b""
    claimed = printed_as(printed, other.id, ours.id)
    (sheet,) = read_file(claimed, ours).sheets
    assert not sheet.sightings


def printed_as(content: bytes, form: str, other: str) -> bytes:
    def edit(tree: Any) -> None:
        for item in tree.iter():
            if item.text == form:
                item.text = other

    return edits.edited(content, edit, "docProps/custom.xml")


def test_a_note_in_the_checklist_costs_no_other_field(read_one: ReadOne) -> None:
    """Values that say what the form prints as well (2, □) are values still, where one of its empty cells has a note."""
    form = Catalogue().form("xinmi-2015/cover-sheet")
    record = {
        "household_number": "1",
        "application_count": 2,
        "pairing_count": 1,
        "survey_complete": True,
        "persons": [],
    }
    printed = compile_docx(form).render(record, "").content or b""

    def note(tree: Any) -> None:
        blank = edits.row_of(edits.cell_with(tree, "帮扶协议"))
        blank[-1].find(edits.w("p")).append(edits.run("缺"))

    reading = read_one(edits.edited(printed, note), form)
    assert not reading.doubts
    assert {key: reading.values.get(key) for key in record} == record
