"""Accepted changes in a new dataset: opened again it gives what was read; what is not written is listed, and why."""

from __future__ import annotations

import csv
import datetime
import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.cell_range import CellRange

from formgen.data.dataset import Dataset, open_dataset
from formgen.data.records import build_record, read_records
from formgen.errors import OutputError
from formgen.forms.catalogue import Programme
from formgen.reading.model import Evidence, Reading
from formgen.reconcile.applying import Accepting, apply_to_dataset, name_new_errors
from formgen.reconcile.change_list import ChangeList, list_path
from formgen.reconcile.desk import Desk
from formgen.reconcile.new_records import apply_to_records
from formgen.reconcile.printed import dataset_source, records_source
from tests.data.conftest import TODAY, certificate, write_book
from tests.reconcile.edits import reading_of

HEAD = ("乡镇", "村", "户号", "姓名", "残疾人证号", "联系电话", "家庭人口", "家庭住址")
DEFAULT = Accepting()
PAIRING = ("残疾人证号", "残疾人姓名", "帮扶人姓名", "帮扶人电话", "帮扶项目", "帮扶起始时间")


def rows() -> dict[str, list[Sequence[Any]]]:
    people = [
        ("甲镇", "东村", "1", "张三", certificate(1), "13900000001", 4, "东村1组"),
        ("甲镇", "东村", "1", "张四", certificate(2), None, 4, "东村1组"),
        ("甲镇", "东村", "2", "李五", certificate(3), "13900000003", 2, None),
    ]
    pairings = [(certificate(1), "张三", "王帮", "15000000001", "养羊", datetime.datetime(2015, 4, 1))]
    return {"残疾人": [HEAD, *people], "结对": [PAIRING, *pairings]}


class Run:
    """One dataset, some returned sheets, and what came of them."""

    def __init__(self, path: Path, programme: Programme) -> None:
        self.path, self.programme = path, programme
        self.new = path.with_name("新" + path.name)
        self.problems: list[str] = []

    def open(self, path: Path | None = None) -> Dataset:
        return open_dataset(path or self.path, self.programme, today=TODAY)

    def records(self, form: str, level: str, path: Path | None = None) -> list[tuple[str, dict[str, Any]]]:
        with self.open(path) as dataset:
            manifest = self.programme.forms[form]
            return [(scope.key, build_record(manifest, scope)[0]) for scope in dataset.scopes(level)]

    def sheet(self, form: str, level: str, number: int, edits: Mapping[str, Any], file: str = "a.docx") -> Reading:
        key, record = self.records(form, level)[number - 1]
        return reading_of(self.programme.forms[form], {**record, **edits}, record=key, file=file)

    def apply(self, *sheets: Reading, accepting: Accepting = DEFAULT) -> ChangeList:
        with self.open() as dataset, Desk({form.id: form for form in self.programme.forms.values()}) as desk:
            for sheet in sheets:
                desk.add(sheet)
            desk.compare_with(dataset_source(dataset), dataset.left_out)
            changes = apply_to_dataset(desk, dataset, self.new, accepting, "zh")
            with self.open(self.new) as written:
                name_new_errors(desk, dataset, written)
            self.problems = [problem.code for problem in desk.problems() if problem.code != "F-DIFF-001"]
        return changes


@pytest.fixture
def run(tmp_path: Path, xinmi: Programme) -> Run:
    return Run(write_book(tmp_path / "数据.xlsx", rows()), xinmi)


def reasons(changes: ChangeList) -> dict[str, str]:
    return {change.label: change.reason for change in changes.changes}


def test_the_new_dataset_gives_what_was_read_and_the_old_one_is_as_it_was(run: Run) -> None:
    before = run.path.read_bytes()
    edits = {"phone": "13811112222", "address": "东村9组", "name": "张叁"}
    changes = run.apply(run.sheet("application-form", "person", 1, edits))
    assert set(reasons(changes).values()) == {""} and not run.problems
    assert run.path.read_bytes() == before
    key, record = run.records("application-form", "person", run.new)[0]
    assert record == {**run.records("application-form", "person")[0][1], **edits}
    assert key == run.records("application-form", "person")[0][0]
    assert run.records("pairing-registration", "pairing", run.new)[0][1]["name"] == "张叁", "the pairing's row too"


def test_changed_cells_are_coloured_and_tell_the_old_value(run: Run) -> None:
    run.apply(run.sheet("application-form", "person", 1, {"phone": "13811112222"}))
    cell = openpyxl.load_workbook(run.new)["残疾人"]["F2"]
    assert (cell.value, cell.fill.fgColor.rgb[-6:], cell.number_format) == ("13811112222", "FFE699", "@")
    assert "13900000001" in cell.comment.text and "a.docx" in cell.comment.text


def test_a_households_figure_is_changed_in_every_row_of_the_household(run: Run) -> None:
    run.apply(run.sheet("cover-sheet", "household", 1, {"household_size": 5}))
    sheet = openpyxl.load_workbook(run.new)["残疾人"]
    assert [sheet[f"G{row}"].value for row in (2, 3, 4)] == [5, 5, 2]


def test_a_date_cell_stays_one_and_pairing_fields_go_to_the_pairings_sheet(run: Run) -> None:
    record = run.sheet("pairing-registration", "pairing", 1, {"project": "养牛", "liaison_phone": "15000000009"})
    changes = run.apply(record)
    sheet = openpyxl.load_workbook(run.new)["结对"]
    assert (sheet["E2"].value, sheet["D2"].value) == ("养牛", "15000000009")
    assert all(change.places for change in changes.written)


def test_what_has_no_column_or_follows_from_others_is_listed_and_not_dropped(run: Run) -> None:
    edits = {"village_opinion": "同意", "sex": "女", "village": "西村", "ethnicity": "回"}
    changes = run.apply(run.sheet("application-form", "person", 1, edits))
    assert reasons(changes) == {
        "村(社区)党支部意见": "F-DIFF-011",
        "性别": "F-DIFF-011",
        "村(社区)": "F-DIFF-015",
        "民族": "F-DIFF-011",
    }
    assert set(run.problems) == {"F-DIFF-011", "F-DIFF-015"}
    listed = openpyxl.load_workbook(list_path(run.new, "zh"))["未写入"]
    assert "同意" in [row[5] for row in listed.iter_rows(min_row=2, values_only=True)]
    assert run.records("application-form", "person", run.new) == run.records("application-form", "person")


def test_a_derived_value_in_a_blank_cell_is_not_written(tmp_path: Path, xinmi: Programme) -> None:
    sheets = rows()
    sheets["残疾人"] = [(*row, head) for row, head in zip(sheets["残疾人"], ["性别", None, None, None], strict=True)]
    run = Run(write_book(tmp_path / "数据.xlsx", sheets), xinmi)
    other = "女" if run.records("application-form", "person")[0][1]["sex"] == "男" else "男"
    changes = run.apply(run.sheet("application-form", "person", 1, {"sex": other}))
    assert reasons(changes) == {"性别": "F-DIFF-012"} and run.problems == ["F-DIFF-012"]


def test_two_sheets_that_disagree_write_nothing(run: Run) -> None:
    first = run.sheet("application-form", "person", 1, {"phone": "13811112222"})
    second = run.sheet("cover-sheet", "household", 1, {"phone": "13833334444"}, "b.docx")
    changes = run.apply(first, second)
    assert [change.reason for change in changes.changes] == ["F-DIFF-013"] * 2
    assert run.records("application-form", "person", run.new) == run.records("application-form", "person")


def test_a_correction_that_other_sheets_do_not_have_waits_for_a_decision(run: Run) -> None:
    sheets = [
        run.sheet("application-form", "person", 1, {"phone": "13811112222"}),
        run.sheet("cover-sheet", "household", 1, {}, "b.docx"),
    ]
    assert set(reasons(run.apply(*sheets)).values()) == {"F-DIFF-013"}
    assert set(reasons(run.apply(*sheets, accepting=Accepting(is_unconfirmed=True))).values()) == {""}
    assert run.records("cover-sheet", "household", run.new)[0][1]["phone"] == "13811112222"


def test_duplicates_that_disagree_are_listed_with_both_values(run: Run) -> None:
    sheets = [
        run.sheet("application-form", "person", 1, {"phone": "13811112222"}),
        run.sheet("application-form", "person", 1, {"phone": "13833334444"}, "a.pdf"),
    ]
    changes = run.apply(*sheets)
    assert [(change.new, change.reason) for change in changes.changes] == [
        ("13811112222", "F-DIFF-013"),
        ("13833334444", "F-DIFF-013"),
    ]


def test_clearing_and_unsure_values_need_to_be_accepted(run: Run) -> None:
    cleared = run.sheet("application-form", "person", 1, {"phone": None})
    assert reasons(run.apply(cleared)) == {"联系方式": "F-DIFF-017"}
    assert reasons(run.apply(cleared, accepting=Accepting(is_cleared=True))) == {"联系方式": ""}
    assert "phone" not in run.records("application-form", "person", run.new)[0][1]
    unsure = run.sheet("application-form", "person", 1, {"phone": "13811112222"})
    unsure = replace(unsure, evidence={**unsure.evidence, "phone": Evidence("label", "¶1", "", 0.6)})
    assert reasons(run.apply(unsure)) == {"联系方式": "F-DIFF-014"}
    assert reasons(run.apply(unsure, accepting=Accepting(min_confidence=0.5))) == {"联系方式": ""}


def test_cells_of_a_register_go_to_their_persons_and_rows_added_or_deleted_are_listed(run: Run) -> None:
    record = run.records("survey-sheet", "village")[0][1]
    first, _, third = record["rows"]
    added = {"name": "新人", "certificate": certificate(9)}
    edit = {"rows": [{**first, "wish": "养羊"}, {**third, "phone": "13811112222", "address": "东村3组"}, added]}
    changes = run.apply(run.sheet("survey-sheet", "village", 1, edit))
    assert reasons(changes) == {
        "残疾人 1 · 残疾人本人愿望": "F-DIFF-011",
        "残疾人 3 · 联系方式": "",
        "残疾人 3 · 住址": "",
        "残疾人 2": "F-DIFF-016",
        "残疾人 3": "F-DIFF-016",
    }
    sheet = openpyxl.load_workbook(run.new)["残疾人"]
    assert (sheet["F4"].value, sheet["H4"].value, sheet["H4"].fill.fgColor.rgb[-6:]) == (
        "13811112222",
        "东村3组",
        "C6E0B4",
    )


def test_merged_cells_that_others_share_are_left_alone(
    tmp_path: Path, xinmi: Programme, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> bool:
        raise AssertionError("a merged range was asked for a cell: of thousands that takes hours")

    monkeypatch.setattr(CellRange, "__contains__", never)
    run = Run(write_book(tmp_path / "数据.xlsx", rows(), {"残疾人": ["H2:H3"]}), xinmi)
    changes = run.apply(run.sheet("application-form", "person", 1, {"address": "东村9组"}))
    assert reasons(changes) == {"家庭住址": "F-DIFF-019"} and run.problems == ["F-DIFF-019"]
    assert openpyxl.load_workbook(run.new)["残疾人"]["H2"].value == "东村1组"


def test_errors_that_a_change_brings_are_named(tmp_path: Path, xinmi: Programme) -> None:
    sheets = rows()
    ids = ["身份证号", *(certificate(number)[:18] for number in (1, 2, 3))]
    sheets["残疾人"] = [(*row, extra) for row, extra in zip(sheets["残疾人"], ids, strict=True)]
    run = Run(write_book(tmp_path / "数据.xlsx", sheets), xinmi)
    run.apply(run.sheet("application-form", "person", 3, {"certificate": certificate(7)}))
    assert "F-DIFF-018" in run.problems


def as_csv(folder: Path, encoding: str = "utf-8") -> Path:
    folder.mkdir()
    for name, table in rows().items():
        with (folder / f"{name}.csv").open("w", encoding=encoding, newline="") as stream:
            csv.writer(stream).writerows([["" if cell is None else str(cell) for cell in row] for row in table])
    return folder


def as_json(path: Path) -> Path:
    tables = {
        name: [dict(zip(table[0], map(_json_cell, row), strict=True)) for row in table[1:]]
        for name, table in rows().items()
    }
    path.write_text(json.dumps(tables, ensure_ascii=False), "utf-8")
    return path


def as_lines(path: Path) -> Path:
    table = rows()["残疾人"]
    records = [dict(zip(table[0], row, strict=True)) for row in table[1:]]
    path.write_text("\n".join(json.dumps(record, ensure_ascii=False) for record in records) + "\n", "utf-8")
    return path


def _json_cell(cell: Any) -> Any:
    return cell.date().isoformat() if isinstance(cell, datetime.datetime) else cell


Maker = Callable[[Path], Path]


@pytest.mark.parametrize(
    "make",
    [
        lambda folder: as_csv(folder / "csv"),
        lambda folder: as_csv(folder / "gbk", "gbk"),
        lambda folder: as_json(folder / "d.json"),
        lambda folder: as_lines(folder / "d.jsonl"),
    ],
    ids=["csv", "gbk", "json", "jsonl"],
)
def test_text_formats_come_back_in_their_own_format(tmp_path: Path, xinmi: Programme, make: Maker) -> None:
    run = Run(make(tmp_path), xinmi)
    edits = {"phone": "13811112222", "address": "东村9组"}
    changes = run.apply(run.sheet("application-form", "person", 1, edits))
    assert set(reasons(changes).values()) == {""}
    assert run.records("application-form", "person", run.new)[0][1] == {
        **run.records("application-form", "person")[0][1],
        **edits,
    }
    assert run.records("application-form", "person", run.new)[1:] == run.records("application-form", "person")[1:]


def test_a_format_that_cannot_be_written_and_another_ending_are_refused_before_anything_is_done(run: Run) -> None:
    run.new = run.new.with_suffix(".csv")
    with pytest.raises(OutputError) as caught:
        run.apply(run.sheet("application-form", "person", 1, {"phone": "13811112222"}))
    assert caught.value.problem.code == "F-DIFF-021" and not run.new.exists()
    old = run.path.with_suffix(".ods")
    shutil.copy(run.path, old)
    from formgen.reconcile.outputs import check_target

    with pytest.raises(OutputError) as caught:
        check_target(old, run.new)
    assert caught.value.problem.code == "F-DIFF-020"


def test_records_keyed_by_field_take_everything(tmp_path: Path, xinmi: Programme) -> None:
    form = xinmi.forms["survey-sheet"]
    names = enumerate(["张三", "张四", "李五"], 1)
    people = [{"name": name, "certificate": certificate(number), "age": number} for number, name in names]
    path = tmp_path / "records.jsonl"
    path.write_text(json.dumps({"village": "东村", "rows": people}, ensure_ascii=False) + "\n", "utf-8")
    [(key, record, _)] = read_records(path, form)
    first, _, third = record["rows"]
    added = {"name": "新人", "certificate": certificate(9)}
    edited = {**record, "town": "甲镇", "rows": [{**first, "age": 9}, added, third], "filler": True}
    new = tmp_path / "new.jsonl"
    with Desk({form.id: form}) as desk:
        desk.add(reading_of(form, edited, record=key))
        desk.compare_with(records_source(path, form, b""), {})
        accepting = Accepting(is_cleared=True)
        changes = apply_to_records(desk, path, form, new, accepting, "en", b"")
    assert {change.reason for change in changes.changes} == {""}
    [(_, again, problems)] = read_records(new, form)
    assert again == edited and not problems
