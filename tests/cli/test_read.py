"""formgen read: what a person sees of returned sheets. The sheets are given: the readers have tests of their own."""

from __future__ import annotations

import errno
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import openpyxl
import pytest
from jsonschema import Draft202012Validator

from formgen.data.dataset import open_dataset
from formgen.data.records import build_record
from formgen.forms.catalogue import Catalogue
from formgen.forms.schema import record_schema
from formgen.problems import Place, Problem
from formgen.reading import batch
from formgen.reading.files import FileReading
from formgen.reading.model import Reading
from formgen.values import PartialDate
from tests.conftest import SAMPLES, Outcome
from tests.data.conftest import TODAY
from tests.reconcile.edits import reading_of

Formgen = Callable[..., Outcome]
DATA = SAMPLES / "dataset.xlsx"
PROGRAMME = Catalogue().programme("xinmi-2015")
FORM = PROGRAMME.forms["application-form"]
AS_OF = ("--as-of", TODAY.isoformat())


@pytest.fixture(scope="module")
def people() -> Sequence[tuple[str, dict[str, Any]]]:
    with open_dataset(DATA, PROGRAMME, today=TODAY) as dataset:
        return [(scope.key, build_record(FORM, scope)[0]) for scope in dataset.scopes("person")]


@pytest.fixture
def returned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, people: Sequence[tuple[str, dict[str, Any]]]
) -> Callable[..., Path]:
    """`returned(a={"phone": …}, b=Problem)`: a folder of files; the n-th sheet is the n-th person's, with edits."""
    folder = tmp_path / "returned"

    def make(**files: Mapping[str, Any] | Problem) -> Path:
        folder.mkdir()
        found: dict[str, FileReading] = {}
        for number, (name, edits) in enumerate(files.items()):
            path = str(folder / f"{name}.docx")
            Path(path).write_bytes(b"-")
            if isinstance(edits, Problem):
                found[path] = FileReading(path, (), (edits.with_place(Place(path)),))
                continue
            key, record = people[number]
            sheet = reading_of(FORM, {**record, **edits}, file=path, record=key)
            found[path] = FileReading(path, (sheet,))

        def read_files(paths: Sequence[Path], *_: object) -> Iterator[FileReading]:
            return (found[str(path)] for path in paths)

        monkeypatch.setattr(batch, "read_files", read_files)
        return folder

    return make


def test_one_sheet_is_shown_with_its_values_and_evidence(formgen: Formgen, returned: Callable[..., Path]) -> None:
    outcome = formgen("read", returned(a={"phone": "13811112222", "village_date": PartialDate(2015, 11, 3)}))
    assert outcome.code == 0
    assert "附件2" in outcome.out and "xinmi-2015/application-form, v1" in outcome.out
    assert "13811112222" in outcome.out and "2015年11月3日" in outcome.out and "content control" in outcome.out


def test_json_is_as_the_schema_of_show_says(
    formgen: Formgen, returned: Callable[..., Path], people: Sequence[tuple[str, dict[str, Any]]]
) -> None:
    folder = returned(a={"village_date": PartialDate(2015, 11, 3)}, b={"phone": None})
    outcome = formgen("read", folder, "--json", "--against", DATA, *AS_OF)
    made = json.loads(outcome.out)
    assert list(made) == ["readings", "problems"]
    first, second = made["readings"]
    wanted = ["file", "form", "version", "record", "pages", "values", "evidence", "problems", "differences"]
    assert list(first) == wanted and first["record"] == people[0][0]
    schema = json.loads(formgen("show", first["form"], "--json").out)
    for reading in made["readings"]:
        Draft202012Validator(schema).validate(reading["values"])
    assert first["values"]["village_date"] == "2015-11-03"
    assert first["evidence"]["village_date"] == {
        "layer": "content-control",
        "place": "¶1",
        "raw": "2015年11月3日",
        "confidence": 1.0,
    }
    assert first["differences"]["village_date"] == {"status": "filled", "record": None, "read": "2015-11-03"}
    assert second["differences"]["phone"]["status"] == "cleared" and second["differences"]["phone"]["read"] is None
    assert {problem["code"] for problem in made["problems"]} == {"F-DIFF-001"}


def test_money_is_text_with_its_unit_and_is_read_again(tmp_path: Path) -> None:
    from formgen.data.records import read_records
    from formgen.reconcile.as_json import values_json

    form = PROGRAMME.forms["base-application"]
    raw = {"organisation": "甲", "company": "乙", "province_fund": "200000", "income_per_head": 2400.5}
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps(raw) + "\n", "utf-8")
    [(_, record, problems)] = read_records(path, form)
    made = values_json(form, record)
    assert made["province_fund"].startswith("200000") and made["province_fund"].endswith("元") and not problems
    Draft202012Validator(record_schema(form)).validate(made)
    path.write_text(json.dumps(made) + "\n", "utf-8")
    [(_, again, problems)] = read_records(path, form)
    assert again == record and not problems


def test_many_sheets_are_a_line_each_and_the_changes(formgen: Formgen, returned: Callable[..., Path]) -> None:
    outcome = formgen("read", returned(a={"phone": "13811112222"}, b={}), "--against", DATA, *AS_OF)
    assert outcome.code == 0
    assert "corrected 1" in outcome.out and "13811112222" in outcome.out and "not returned: 58 sheets" in outcome.out


def test_of_very_many_sheets_those_worth_a_look_are_shown(
    formgen: Formgen, returned: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("formgen.cli.reading_report.SHOWN_SHEETS", 2)
    files: dict[str, Any] = {"a": {}, "b": {"phone": "13811112222"}, "c": {}, "d": {"phone": "1"}, "e": {"phone": "2"}}
    outcome = formgen("read", returned(**files), "--against", DATA, *AS_OF)
    assert "b.docx" in outcome.out and "a.docx" not in outcome.out
    assert "1 more sheets" in outcome.out and "2 sheets without differences" in outcome.out


def test_one_bad_file_never_stops_the_rest(formgen: Formgen, returned: Callable[..., Path]) -> None:
    folder = returned(a={}, b=Problem("F-FILE-004"), c={})
    outcome = formgen("read", folder)
    assert outcome.code == 1 and outcome.out.count("帮扶对象申请登记表") == 2 and "F-FILE-004" in outcome.err


def test_a_link_that_leads_to_itself_is_a_file_that_is_not_there(formgen: Formgen, tmp_path: Path) -> None:
    link = tmp_path / "a.docx"
    link.symlink_to(link)
    assert [
        (outcome.code, "a.docx" in outcome.err, "F-BUG" in outcome.err)
        for outcome in (formgen("read", tmp_path), formgen("read", link))
    ] == [(2, True, False)] * 2


def test_a_device_that_is_full_is_said(
    formgen: Formgen, returned: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def echo(message: str = "", err: bool = False, **_: object) -> None:
        if not err:
            raise OSError(errno.ENOSPC, "No space left on device")
        said.append(message)

    said: list[str] = []
    folder = returned(a={})
    monkeypatch.setattr(click, "echo", echo)
    assert formgen("read", folder, "--json").code == 2
    assert [text[:10] for text in said if "F-" in text] == ["F-FILE-007"]


def test_strict_stops_at_the_first_error(formgen: Formgen, returned: Callable[..., Path]) -> None:
    outcome = formgen("read", returned(a={}, b=Problem("F-FILE-004"), c={}), "--strict", "--json")
    assert outcome.code == 1 and len(json.loads(outcome.out)["readings"]) == 1


def test_nothing_read_is_not_done(formgen: Formgen, returned: Callable[..., Path]) -> None:
    assert formgen("read", returned(a=Problem("F-FILE-004"))).code == 2


def test_the_workbook_holds_records_differences_problems_and_evidence(
    formgen: Formgen, returned: Callable[..., Path], tmp_path: Path, people: Sequence[tuple[str, dict[str, Any]]]
) -> None:
    folder = returned(a={"phone": "13811112222", "village_date": PartialDate(2015, 11, 3)}, b=Problem("F-FILE-004"))
    outcome = formgen("read", folder, "--against", DATA, *AS_OF, "-o", tmp_path / "out.xlsx")
    assert outcome.code == 1
    book = openpyxl.load_workbook(tmp_path / "out.xlsx")
    assert book.sheetnames == ["Overview", "Differences", "Missing", FORM.short, "Problems", "Evidence"]
    sheet = book[FORM.short]
    header = [cell.value for cell in sheet[1]]
    cells = dict(zip(header, sheet[2], strict=True))
    assert (cells["联系方式"].value, cells["联系方式"].fill.fgColor.rgb[-6:]) == ("13811112222", "FFE699")
    assert cells["村(社区)党支部审核日期"].value.date().isoformat() == "2015-11-03"
    certificate = cells["残疾人证号"]
    assert (certificate.value, certificate.data_type) == (people[0][1]["certificate"], "s")
    for name in book.sheetnames[1:]:
        assert book[name].freeze_panes and book[name].auto_filter.ref and book[name].print_title_rows == "$1:$1"
        assert book[name].page_setup.orientation == "landscape"
    differences = [[cell.value for cell in row] for row in book["Differences"].iter_rows(min_row=2)]
    assert ["corrected", "13811112222"] in [[row[0], row[5]] for row in differences]
    assert book["Missing"].max_row == 60 and book["Problems"].max_row == 2


def test_csv_and_json_lines(formgen: Formgen, returned: Callable[..., Path], tmp_path: Path) -> None:
    folder = returned(a={"phone": "13811112222"})
    assert formgen("read", folder, "-o", tmp_path / "csv").code == 0
    files = sorted(path.name for path in (tmp_path / "csv").iterdir())
    assert files == ["Evidence.csv", "Problems.csv", f"{FORM.short}.csv"]
    assert "13811112222" in (tmp_path / "csv" / f"{FORM.short}.csv").read_text("utf-8-sig")
    assert formgen("read", folder, "-o", tmp_path / "a.jsonl").code == 0
    lines = [json.loads(line) for line in (tmp_path / "a.jsonl").read_text("utf-8").splitlines()]
    assert lines[0]["values"]["phone"] == "13811112222" and lines[-1] == {"problems": []}


def test_apply_writes_a_new_dataset_and_a_list_of_changes(
    formgen: Formgen, returned: Callable[..., Path], tmp_path: Path
) -> None:
    before = DATA.read_bytes()
    folder = returned(a={"phone": "13811112222", "village_opinion": "同意"})
    outcome = formgen("read", folder, "--against", DATA, *AS_OF, "--apply", tmp_path / "new.xlsx")
    assert outcome.code == 0 and "F-DIFF-011" in outcome.err, outcome.err
    assert DATA.read_bytes() == before
    with open_dataset(tmp_path / "new.xlsx", PROGRAMME, today=TODAY) as dataset:
        assert next(iter(dataset.scopes("person"))).values["person.phone"] == "13811112222"
    listed = openpyxl.load_workbook(tmp_path / "new-changes.xlsx")
    assert listed.sheetnames == ["Written", "Not written"]
    assert listed["Written"]["F2"].value == "13811112222" and listed["Not written"]["F2"].value == "同意"


@pytest.mark.parametrize("option", ["-o", "--apply"])
def test_never_over_what_is_read(formgen: Formgen, returned: Callable[..., Path], tmp_path: Path, option: str) -> None:
    data = tmp_path / "data.xlsx"
    data.write_bytes(DATA.read_bytes())
    outcome = formgen("read", returned(a={"phone": "1"}), "--against", data, option, data)
    assert (outcome.code, outcome.err[:10]) == (2, "F-FILE-006")
    assert data.read_bytes() == DATA.read_bytes()


@pytest.mark.parametrize("target", [("-o", "result.json"), ("-o", "new"), ("--apply", "new"), ("--apply", ".")])
def test_never_into_a_dataset_that_is_a_folder(
    formgen: Formgen, returned: Callable[..., Path], tmp_path: Path, target: tuple[str, str]
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "残疾人.csv").write_text("姓名\n", "utf-8")
    outcome = formgen("read", returned(a={"phone": "1"}), "--against", data, target[0], data / target[1])
    assert (outcome.code, outcome.err[:10]) == (2, "F-FILE-006")
    assert [path.name for path in data.iterdir()] == ["残疾人.csv"]


def test_wrong_uses_are_said(formgen: Formgen, returned: Callable[..., Path], tmp_path: Path) -> None:
    folder = returned(a={})
    assert formgen("read", folder, "--apply", tmp_path / "new.xlsx").code == 2
    assert formgen("read", folder, "-o", tmp_path / "a.pdf").code == 2
    outcome = formgen("read", folder, "--against", DATA, "--apply", tmp_path / "new.csv")
    assert (outcome.code, outcome.err[:10]) == (2, "F-DIFF-021")
    assert formgen("read").code == 2
    assert formgen("read", folder, "--form", "xinmi-2015/none").err.startswith("F-FORM-005")


def test_records_keyed_by_field(
    formgen: Formgen,
    monkeypatch: pytest.MonkeyPatch,
    returned: Callable[..., Path],
    tmp_path: Path,
    people: Sequence[tuple[str, dict[str, Any]]],
) -> None:
    from formgen.data.records import read_records
    from formgen.reconcile.as_json import values_json

    path = tmp_path / "records.jsonl"
    path.write_text(json.dumps(values_json(FORM, people[0][1]), ensure_ascii=False) + "\n", "utf-8")
    [(key, _, _)] = read_records(path, FORM)
    folder = returned(a={"phone": "13811112222", "village_opinion": "同意"})
    given = batch.read_files

    def keyed(paths: Sequence[Path], *rest: Any) -> Iterator[FileReading]:
        for found in given(paths, *rest):
            sheets: tuple[Reading, ...] = tuple(replace(sheet, record=key) for sheet in found.readings)
            yield replace(found, readings=sheets)

    monkeypatch.setattr(batch, "read_files", keyed)
    outcome = formgen("read", folder, "--against", path, "--apply", tmp_path / "new.jsonl")
    assert outcome.code == 0, outcome.err
    made = json.loads((tmp_path / "new.jsonl").read_text("utf-8"))
    assert (made["phone"], made["village_opinion"]) == ("13811112222", "同意")


def test_data_that_is_not_there_is_said_before_anything_is_read(formgen: Formgen, tmp_path: Path) -> None:
    outcome = formgen("read", tmp_path / "none.docx", "--against", tmp_path / "none.xlsx")
    assert (outcome.code, outcome.err[:10]) == (2, "F-FILE-001") and outcome.err.count("\n") == 1


@pytest.mark.parametrize("name", ["result.xlsx", "result.json"])
def test_a_second_run_over_its_own_result_beside_the_forms(
    formgen: Formgen, returned: Callable[..., Path], name: str
) -> None:
    folder = returned(a={"phone": "13811112222"}, b={})
    data = folder / "data.xlsx"
    data.write_bytes(DATA.read_bytes())
    for _ in range(2):
        outcome = formgen("read", folder, "--against", data, *AS_OF, "-o", folder / name)
        assert outcome.code == 0 and not outcome.err, "neither the data nor the result is a returned form"
    (folder / name).write_bytes((folder / "a.docx").read_bytes())
    if name.endswith(".xlsx"):
        assert formgen("read", folder, "-o", folder / name).err.startswith("F-FILE-006"), "this is no result"


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", ["result.xlsx", "result.json", "result.jsonl", "result"])
def test_a_result_is_passed_over_and_said(
    formgen: Formgen, returned: Callable[..., Path], tmp_path: Path, name: str, language: str
) -> None:
    from formgen.reading.files import read_file
    from formgen.reading.identify import FormBook

    folder, out = returned(a={"phone": "13811112222"}), tmp_path / "of-formgen" / name
    assert formgen("read", folder, "--against", DATA, *AS_OF, "-o", out, "--lang", language).code == 0
    written = sorted(out.iterdir()) if out.is_dir() else [out]
    assert len(written) == (5 if out.is_dir() else 1)
    for path in written:
        found = read_file(path, FormBook(Catalogue().forms()))
        assert [problem.code for problem in found.problems] == ["F-SAFE-027"] and not found.readings, path


def test_what_cannot_be_written_is_said_before_anything_is_read(
    formgen: Formgen, returned: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = returned(a={})
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(batch, "read_files", lambda *_: pytest.fail("read all the same"))
    outcome = formgen("read", folder, "-o", tmp_path / "file" / "result.xlsx")
    assert (outcome.code, outcome.err[:10]) == (2, "F-FILE-006")


def test_an_empty_folder_is_not_done(formgen: Formgen, tmp_path: Path) -> None:
    outcome = formgen("read", tmp_path)
    assert outcome.code == 2 and "F-SAFE-026" in outcome.err


def test_what_is_wrong_with_many_fields_is_said_once(formgen: Formgen, returned: Callable[..., Path]) -> None:
    outcome = formgen("read", returned(**{name: Problem("F-FILE-004") for name in "abcdefg"}))
    assert outcome.err.count("F-FILE-004") == 1 and outcome.err.count(".docx") == 5
    assert "2 more places" in outcome.err and "7 errors" in outcome.err


def test_two_outputs_are_two_files(formgen: Formgen, returned: Callable[..., Path], tmp_path: Path) -> None:
    new = tmp_path / "new.xlsx"
    outcome = formgen("read", returned(a={}), "--against", DATA, "-o", new, "--apply", new)
    assert (outcome.code, outcome.err[:10]) == (2, "F-FILE-006") and not new.exists()


def test_a_row_that_came_or_went_is_one_line(formgen: Formgen, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    roster = PROGRAMME.forms["survey-sheet"]
    with open_dataset(DATA, PROGRAMME, today=TODAY) as dataset:
        villages = [(scope.key, build_record(roster, scope)[0]) for scope in dataset.scopes("village")][:2]
    found = []
    for number, (key, record) in enumerate(villages):
        (tmp_path / f"{number}.xlsx").write_bytes(b"-")
        rows = [*record["rows"][1:], {"name": "王新", "sex": "男"}]
        sheet = reading_of(roster, {**record, "rows": rows}, file=str(tmp_path / f"{number}.xlsx"), record=key)
        found.append(FileReading(sheet.file, (sheet,)))
    monkeypatch.setattr(batch, "read_files", lambda *_: iter(found))
    outcome = formgen("read", *tmp_path.iterdir(), "--against", DATA, *AS_OF)
    lines = outcome.out.splitlines()
    assert sum("row added" in line and "王新 男" in line for line in lines) == 2
    assert sum("row deleted" in line for line in lines) == 2 and not any(" · " in line for line in lines)

    monkeypatch.setattr("formgen.cli.reading_report.SHOWN_ROWS", 2)
    monkeypatch.setattr(batch, "read_files", lambda *_: iter(found[:1]))
    alone = formgen("read", tmp_path / "0.xlsx", "--against", DATA, *AS_OF).out
    assert alone.count("row deleted") == 1 and f"{len(found[0].readings[0].values['rows']) - 2} more rows" in alone
    assert formgen("read", tmp_path / "0.xlsx").out.count(" row ") == 2, "a line a row"
