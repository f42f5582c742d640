"""Tracked changes: read as if all were accepted, and told at every field that they touched."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from formgen.forms.catalogue import Catalogue
from formgen.forms.manifest import Manifest
from formgen.reading.model import Reading
from formgen.rendering.docx import compile_docx, merge
from tests.reading.docx import word_edits as edits
from tests.reading.docx.conftest import Edit, Paper, ReadFile, ReadOne
from tests.reading.docx.test_programs import FORMS, filled, saved_as

TEXT = """
登记表
村：{{ village }}    组：{{ group }}
| 姓名 | {{ name }} | 身份证号 | {{ number }} |
| 享受低保 | {{ allowance }} | 电话 | {{ phone }} |
| 申请 | {{ reason }} |
| 申请人：{{ signer }}签 {{ born.year }}年{{ born.month }}月{{ born.day }}日 |
| 序号 | 姓名 | 备注 |
|{%tr for r in rows %}|
| {{ r.number }} | {{ r.name }} | {{ r.note }} |
|{%tr endfor %}|
| 合计 | {{ total }} |
footer: 填表人：{{ filler }}
"""
FIELDS = (
    "village group name number:id-number allowance:checkbox phone reason:long-text signer born:date "
    "rows(number name note) total filler"
)
RECORD: dict[str, Any] = {
    "village": "靳寨村",
    "group": "一组",
    "name": "张三",
    "number": "410183196812121239",
    "allowance": False,
    "phone": "13900000001",
    "reason": "生活困难",
    "signer": "张四",
    "total": "2人",
    "filler": "李会计",
    "rows": [{"number": "1", "name": "王五", "note": "甲"}, {"number": "2", "name": "赵六", "note": "乙"}],
}
CODES = ("F-WORD-003", "F-WORD-005", "F-WORD-006", "F-WORD-007")


@pytest.fixture
def paper(tmp_path: Path, read_one: ReadOne) -> Paper:
    return Paper(tmp_path, read_one, FIELDS, TEXT, RECORD)


def replaced(tag: str, text: str, number: int = 0) -> Edit:
    """What a control holds is replaced with tracking."""

    def edit(tree: Any) -> None:
        content = edits.control(tree, tag, number).find(edits.w("sdtContent"))
        edits.track_deletion(content)
        edits.track_insertion(content, text)

    return edit


def both(*made: Edit) -> Edit:
    return lambda tree: [edit(tree) for edit in made]


def told(reading: Reading) -> list[tuple[str, str, str, str]]:
    """Code, label, what is read now and what stood there before."""
    return [
        (problem.code, problem.place.label, problem.found, problem.params.get("before", ""))
        for problem in reading.problems
    ]


def test_a_file_without_tracked_changes_says_nothing_of_them(paper: Paper) -> None:
    assert not paper.after(lambda tree: None).problems


def test_a_changed_field_is_named_with_what_stood_there(paper: Paper) -> None:
    reading = paper.after(replaced("name", "李四"))
    assert reading.values["name"] == "李四"
    (problem,) = reading.problems
    assert (problem.code, problem.severity) == ("F-WORD-005", "warning")
    assert problem.place.cell == reading.evidence["name"].place == "表1 第1行第2列"
    assert (problem.found, problem.params["before"], problem.record) == ("李四", "张三", "r1")
    assert "张三" in problem.text("zh") and "张三" in problem.text("en")
    shown = problem.as_json("en")
    assert (shown["label"], shown["cell"], shown["found"]) == ("标签name", "表1 第1行第2列", "李四")


def test_every_changed_field_is_named_and_no_other(paper: Paper) -> None:
    reading = paper.after(both(replaced("village", "王庄"), replaced("total", "3人"), replaced("r_note", "丙", 1)))
    assert told(reading) == [
        ("F-WORD-005", "标签village", "王庄", "靳寨村"),
        ("F-WORD-005", "rows 2 · 标签note", "丙", "乙"),
        ("F-WORD-005", "标签total", "3人", "2人"),
    ]


def test_deleted_and_inserted_texts_are_a_blank_before_or_after(paper: Paper) -> None:
    def edit(tree: Any) -> None:
        edits.track_deletion(edits.control(tree, "phone").find(edits.w("sdtContent")))
        edits.write(edits.control(tree, "total"))
        edits.track_insertion(edits.control(tree, "total").find(edits.w("sdtContent")), "5人")

    reading = paper.after(edit)
    assert "phone" not in reading.values and reading.values["total"] == "5人"
    assert told(reading) == [
        ("F-WORD-005", "标签phone", "（空）", "139******01"),
        ("F-WORD-005", "标签total", "5人", "（空）"),
    ]


def test_a_part_of_a_text_that_was_changed_shows_the_whole_texts(paper: Paper) -> None:
    def edit(tree: Any) -> None:
        edits.track_insertion(edits.control(tree, "reason").find(edits.w("sdtContent")), "，申请帮扶")

    assert told(paper.after(edit)) == [("F-WORD-005", "标签reason", "生活困难，申请帮扶", "生活困难")]


def test_of_long_texts_the_change_is_shown(paper: Paper) -> None:
    long = "家庭生活困难。" * 20

    def edit(tree: Any) -> None:
        edits.write(edits.control(tree, "reason"), long)
        edits.track_insertion(edits.control(tree, "reason").find(edits.w("sdtContent")), "申请帮扶")

    (problem,) = paper.after(edit).problems
    assert problem.found.endswith("申请帮扶")
    assert long.endswith(problem.params["before"].removeprefix("…"))
    assert len(problem.found) < 70


def test_numbers_of_persons_are_masked(paper: Paper) -> None:
    (problem,) = paper.after(replaced("number", "410183196812121247")).problems
    assert "410183196812121" not in problem.text("zh")


def test_a_box_that_was_ticked_with_tracking_is_named(paper: Paper) -> None:
    reading = paper.after(replaced("allowance", "☑"))
    assert reading.values["allowance"] is True
    assert told(reading) == [("F-WORD-005", "标签allowance", "☑", "□")]


def test_a_part_of_a_date_is_told_as_the_date(paper: Paper) -> None:
    def edit(tree: Any) -> None:
        for tag, text in (("year", "2015"), ("month", "3")):
            made = next(item for item in edits.tags(tree) if item.startswith("born") and item.endswith(tag))
            edits.write(edits.control(tree, made), text)
        edits.track_insertion(edits.control(tree, made).find(edits.w("sdtContent")), "1")

    assert told(paper.after(edit))[0] == ("F-WORD-005", "标签born", "2015-31", "2015-3")


@pytest.mark.parametrize("marks", [edits.unwrap_controls, edits.drop_bookmarks, edits.strip_marks])
@pytest.mark.parametrize("key", ["village", "name", "group"])
def test_whatever_marks_the_field(paper: Paper, marks: Edit, key: str) -> None:
    reading = paper.after(both(replaced(key, "别的"), marks))
    assert reading.values[key] == "别的"
    assert told(reading) == [("F-WORD-005", f"标签{key}", "别的", RECORD[key])]


def test_a_deleted_control_is_told_with_its_text(paper: Paper) -> None:
    def edit(tree: Any) -> None:
        control = edits.control(tree, "name")
        edits.track_deletion(control.find(edits.w("sdtContent")))
        deleted = edits.fragment('<w:del w:id="7" w:author="x"/>')
        control.addprevious(deleted)
        deleted.append(control)

    reading = paper.after(edit)
    assert "name" not in reading.values and "name" not in reading.doubts
    assert told(reading) == [("F-WORD-005", "标签name", "（空）", "张三")]


def test_moved_text_is_told_at_both_fields(paper: Paper) -> None:
    def edit(tree: Any) -> None:
        source = edits.control(tree, "name").find(edits.w("sdtContent"))
        moved = edits.fragment('<w:moveFrom w:id="5" w:author="x"/>')
        run = source.find(edits.w("r"))
        run.addprevious(moved)
        moved.append(run)
        edits.write(edits.control(tree, "phone"))
        target = edits.fragment('<w:moveTo w:id="6" w:author="x"/>')
        target.append(edits.run("张三"))
        edits.control(tree, "phone").find(edits.w("sdtContent")).append(target)

    reading = paper.after(edit)
    assert reading.values["phone"] == "张三"
    assert told(reading) == [
        ("F-WORD-005", "标签name", "（空）", "张三"),
        ("F-WORD-005", "标签phone", "张三", "（空）"),
    ]


def test_a_line_end_put_in_with_tracking_is_told(paper: Paper) -> None:
    def edit(tree: Any) -> None:
        cell = edits.cell_of(edits.control(tree, "reason"))
        edits.retype(cell, "生活", "困难")
        cell.find(edits.w("p")).insert(0, edits.fragment('<w:pPr><w:rPr><w:ins w:id="8"/></w:rPr></w:pPr>'))

    reading = paper.after(edit)
    assert reading.values["reason"] == "生活\n困难"
    assert told(reading) == [("F-WORD-005", "标签reason", "生活 困难", "生活困难")]


def mark_row(tree: Any, number: int, kind: str) -> None:
    edits.row_of(edits.control(tree, "r_name", number)).insert(
        0, edits.fragment(f'<w:trPr><w:{kind} w:id="9" w:author="x"/></w:trPr>')
    )


def delete_row_tracked(tree: Any) -> None:
    """As Word does: the row, and what stands in it."""
    mark_row(tree, 0, "del")
    for content in list(edits.row_of(edits.control(tree, "r_name", 0)).iter(edits.w("sdtContent"))):
        edits.track_deletion(content)


def test_a_deleted_row_is_told_and_the_others_are_not(paper: Paper) -> None:
    reading = paper.after(delete_row_tracked)
    assert reading.values["rows"] == [RECORD["rows"][1]]
    assert told(reading) == [("F-WORD-007", "rows", "1 | 王五 | 甲", "")]
    assert reading.problems[0].place.cell == "表1 第6行第1列"
    assert reading.evidence["rows.1.name"].place == "表1 第7行第2列"


def test_a_row_all_of_which_was_deleted_is_told_as_a_row(paper: Paper) -> None:
    """Its cells stay, as LibreOffice saves it: what is read has one row less."""

    def edit(tree: Any) -> None:
        delete_row_tracked(tree)
        row = edits.row_of(edits.control(tree, "r_name", 0))
        row.remove(row.find(edits.w("trPr")))

    reading = paper.after(both(edit, replaced("r_note", "丁", 1)))
    assert told(reading) == [
        ("F-WORD-007", "rows", "1 | 王五 | 甲", ""),
        ("F-WORD-005", "rows 1 · 标签note", "丁", "乙"),
    ]


def test_an_inserted_row_is_told_and_the_others_are_not(paper: Paper) -> None:
    def edit(tree: Any) -> None:
        row = edits.insert_row_like(edits.control(tree, "r_name", 0), "3", "钱七", "丙")
        row.insert(0, edits.fragment('<w:trPr><w:ins w:id="9" w:author="x"/></w:trPr>'))

    reading = paper.after(both(edit, replaced("r_note", "丁", 1)))
    assert [row["name"] for row in reading.values["rows"]] == ["王五", "钱七", "赵六"]
    assert told(reading) == [
        ("F-WORD-006", "rows 2", "3 | 钱七 | 丙", ""),
        ("F-WORD-005", "rows 3 · 标签note", "丁", "乙"),
    ]


def test_a_row_put_in_and_taken_out_again_is_nowhere(paper: Paper) -> None:
    def edit(tree: Any) -> None:
        row = edits.insert_row_like(edits.control(tree, "r_name", 0), "3", "钱七", "丙")
        row.insert(0, edits.fragment('<w:trPr><w:ins w:id="9"/><w:del w:id="10"/></w:trPr>'))

    reading = paper.after(edit)
    assert reading.values["rows"] == RECORD["rows"]
    assert [problem.code for problem in reading.problems] == ["F-WORD-003"]


def test_a_deleted_cell_is_left_out_and_told(paper: Paper) -> None:
    def edit(tree: Any) -> None:
        cell = edits.cell_of(edits.control(tree, "r_note", 1))
        cell.find(edits.w("tcPr")).append(edits.fragment('<w:cellDel w:id="4" w:author="x"/>'))

    reading = paper.after(edit)
    assert reading.values["rows"][0] == RECORD["rows"][0]
    assert reading.values["rows"][1].get("note") is None
    assert ("F-WORD-005", "rows 2 · 标签note", "（未找到）", "乙") in told(reading)


def test_an_inserted_cell_is_in_the_table(paper: Paper) -> None:
    def edit(tree: Any) -> None:
        cell = edits.cell_of(edits.control(tree, "r_note", 1))
        cell.find(edits.w("tcPr")).append(edits.fragment('<w:cellIns w:id="4" w:author="x"/>'))

    reading = paper.after(edit)
    assert reading.values["rows"] == RECORD["rows"]
    assert ("F-WORD-005", "rows 2 · 标签note", "乙", "（未找到）") in told(reading)


def test_rows_that_share_a_merged_cell_are_told_apart(read_one: ReadOne) -> None:
    form = Catalogue().form("xinmi-2015/beneficiary-roster")
    rows = [{"household_number": "1", "name": name} for name in ("张三", "李四", "王五")]
    printed = compile_docx(form).render({"rows": rows}, "r1").content or b""

    def edit(tree: Any) -> None:
        row = edits.row_of(edits.cell_with(tree, "李四"))
        row.find(edits.w("trPr")).append(edits.fragment('<w:ins w:id="9" w:author="x"/>'))
        edits.track_insertion(edits.control(tree, "rows.household_number").find(edits.w("sdtContent")), "2")

    reading = read_one(edits.edited(printed, edit), form)
    assert [row["name"] for row in reading.values["rows"]] == ["张三", "李四", "王五"]
    table = form.field("rows")
    assert [line[:3] for line in told(reading) if line[0].startswith("F-WORD")] == [
        ("F-WORD-005", f"{table.label} 1 · 户号", "12"),
        ("F-WORD-006", f"{table.label} 2", "12 | 李四"),
    ]


def test_changes_outside_of_fields_are_told_once_with_their_places(paper: Paper) -> None:
    def edit(tree: Any) -> None:
        title = tree.find(edits.w("body")).find(edits.w("p"))
        edits.track_insertion(title, "（续）")
        cell = edits.cell_with(tree, "备注")
        edits.track_insertion(cell.find(edits.w("p")), "栏")

    reading = paper.after(both(edit, replaced("name", "李四")))
    assert [problem for problem in told(reading) if problem[0] == "F-WORD-003"] == [
        ("F-WORD-003", "", "¶1、表1 第5行第3列", "")
    ]
    assert ("F-WORD-005", "标签name", "李四", "张三") in told(reading)


def test_what_was_deleted_and_typed_again_is_no_change(paper: Paper) -> None:
    reading = paper.after(replaced("name", "张三"))
    assert reading.values["name"] == "张三"
    assert told(reading) == [("F-WORD-003", "", "2", "")]


def test_a_change_in_the_footer_is_told_at_its_field(paper: Paper) -> None:
    reading = paper.after(replaced("filler", "赵会计"), "word/footer0.xml")
    assert reading.values["filler"] == "赵会计"
    assert told(reading) == [("F-WORD-005", "标签filler", "赵会计", "李会计")]


def test_a_label_typed_with_tracking_is_told_for_its_field(paper: Paper) -> None:
    """The value was not touched, but only with the change it is where it is."""

    def edit(tree: Any) -> None:
        cell = edits.cell_with(tree, "电话")
        edits.retype(cell, "")
        edits.track_insertion(cell.find(edits.w("p")), "电话")

    reading = paper.after(edit)
    assert reading.values["phone"] == RECORD["phone"]
    assert ("F-WORD-005", "标签phone", "139******01", "（未找到）") in told(reading)


def test_changes_are_told_at_the_sheet_they_are_on(paper: Paper, read_file: ReadFile, tmp_path: Path) -> None:
    compiled = compile_docx(paper.form)
    content = merge([(compiled, RECORD, "r1"), (compiled, RECORD, "r2")]).content or b""
    file = read_file(edits.edited(content, replaced("name", "李四", 1)), paper.form)
    assert [[problem.code for problem in sheet.problems] for sheet in file.sheets] == [[], ["F-WORD-005"]]
    assert not file.problems
    (problem,) = file.sheets[1].problems
    assert (problem.record, problem.found) == ("r2", "李四")


def test_a_whole_form_put_in_with_tracking_was_not_there_before(paper: Paper) -> None:
    def edit(tree: Any) -> None:
        for row in tree.iter(edits.w("tr")):
            row.insert(0, edits.fragment('<w:trPr><w:ins w:id="9" w:author="x"/></w:trPr>'))

    reading = paper.after(edit)
    assert reading.values["name"] == "张三"
    labels = {problem.place.label for problem in reading.problems}
    assert {"标签name", "标签phone", "标签total", "rows 1", "rows 2"} <= labels


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_whatever_value_is_deleted_with_tracking_it_is_told_and_nothing_else(form: Manifest, read_one: ReadOne) -> None:
    printed = compile_docx(form).render(filled(form), "r1").content or b""
    (tree,) = [etree.fromstring(edits.part_of(printed))]
    contents = [item.find(edits.w("sdtContent")) for item in tree.iter(edits.w("sdt"))]
    for number, content in enumerate(contents):
        if not "".join(text.text or "" for text in content.iter(edits.w("t"))).strip():
            continue

        def delete(tree: Any, number: int = number) -> None:
            edits.track_deletion(list(tree.iter(edits.w("sdt")))[number].find(edits.w("sdtContent")))

        reading = read_one(edits.edited(printed, delete), form)
        found = [problem for problem in reading.problems if problem.code in CODES]
        assert [problem.code for problem in found] == ["F-WORD-005"], (number, found)
        assert found[0].params["before"] not in ("", "（空）", "（未找到）")


@pytest.mark.libreoffice
def test_changes_that_libreoffice_saved_again_are_told(paper: Paper, read_one: ReadOne, tmp_path: Path) -> None:
    """It keeps the changes of texts, not that a whole row was deleted; through ODT it loses the bookmark of a box."""
    source = tmp_path / "changed.docx"
    changes = both(
        replaced("village", "王庄"), replaced("name", "李四"), replaced("allowance", "☑"), delete_row_tracked
    )
    source.write_bytes(edits.edited(paper.printed, changes))
    profile = tmp_path / "profile"
    between = saved_as("odt", [source], tmp_path / "odt", profile)
    for sources, folder, box in (([source], "again", "□"), (between, "back", "（未找到）")):
        (saved,) = saved_as("docx:MS Word 2007 XML", sources, tmp_path / folder, profile)
        reading = read_one(saved.read_bytes(), paper.form)
        assert (folder, reading.values["name"], reading.values["village"]) == (folder, "李四", "王庄")
        assert reading.values["rows"] == [RECORD["rows"][1]]
        assert [line for line in told(reading) if line[0].startswith("F-WORD")] == [
            ("F-WORD-005", "标签village", "王庄", "靳寨村"),
            ("F-WORD-005", "标签name", "李四", "张三"),
            ("F-WORD-005", "标签allowance", "☑", box),
            ("F-WORD-007", "rows", "1 | 王五 | 甲", ""),
        ]
