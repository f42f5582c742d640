"""The main job, end to end: a workbook in, a folder of packets out."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest

import formgen as package
from formgen.forms.catalogue import Catalogue
from tests.conftest import SAMPLES

DATASET = SAMPLES / "dataset.xlsx"
AS_OF = ("--as-of", "2015-10-31")
WORD = ("-f", "docx", *AS_OF)


def _tree(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def _text(path: Path) -> str:
    document = docx.Document(str(path))
    return "\n".join(node.text or "" for node in document.element.body.iter() if node.tag.endswith("}t"))


@pytest.fixture(scope="module")
def packets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample's packets, made once."""
    out = tmp_path_factory.mktemp("packets")
    programme = Catalogue().programme("xinmi-2015")
    with package.open_dataset(DATASET, programme, today=date(2015, 10, 31)) as dataset:
        package.run_packets(programme, dataset, out, "docx")
    return out


def test_every_household_village_town_and_base_has_its_files(packets: Path) -> None:
    manifest = json.loads((packets / "manifest.json").read_text("utf-8"))
    per_packet: dict[str, int] = {}
    for entry in manifest["files"]:
        per_packet[entry["packet"]] = per_packet.get(entry["packet"], 0) + 1
    assert per_packet == {"household": 45, "village": 16, "town": 6, "base": 8, "programme": 1}
    assert manifest["left_out"] == []
    assert not [problem for problem in manifest["problems"] if problem["severity"] == "error"]


def test_manifest_lists_every_file_with_its_digest(packets: Path) -> None:
    manifest = json.loads((packets / "manifest.json").read_text("utf-8"))
    listed = {entry["file"]: entry["sha256"] for entry in manifest["files"]}
    found = _tree(packets)
    del found["manifest.json"]
    assert listed == found


def test_a_households_file_has_cover_applications_and_pairing(packets: Path) -> None:
    manifest = json.loads((packets / "manifest.json").read_text("utf-8"))
    entry = max(
        (entry for entry in manifest["files"] if entry["packet"] == "household"), key=lambda e: len(e["sheets"])
    )
    forms = [form for form, _, _ in entry["sheets"]]
    assert forms[0] == "xinmi-2015/cover-sheet"
    assert forms.count("xinmi-2015/application-form") == 3
    assert forms[-1] == "xinmi-2015/pairing-registration"
    text = _text(packets / entry["file"])
    assert text.count("个人申请") == 3 and "残疾人个人档案" in text and "帮扶效果评估:" in text


def test_no_personal_number_stands_in_manifest_or_properties(packets: Path) -> None:
    sheet = openpyxl.load_workbook(DATASET)["残疾人"]
    head = [cell.value for cell in sheet[1]]
    column = head.index("残疾人证号")
    numbers = {str(row[column])[:18] for row in sheet.iter_rows(min_row=2, values_only=True)}
    manifest = (packets / "manifest.json").read_text("utf-8")
    assert not [number for number in numbers if number in manifest]


def test_rosters_hold_every_person_of_their_village(packets: Path) -> None:
    sheet = openpyxl.load_workbook(DATASET)["残疾人"]
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    wanted: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        wanted.setdefault((str(row[1]), str(row[2])), []).append(str(row[11]))
    for (town, village), certificates in wanted.items():
        for name in ("附件1-贫困残疾人家庭调查登记表", "附件5-帮扶残疾人花名册"):
            text = _text(packets / town / village / f"{name}.docx")
            assert [number for number in certificates if number not in text] == []


def test_the_plan_has_the_notices_own_totals(packets: Path) -> None:
    text = _text(packets / "附件6-2015-2020年任务分配计划表.docx").split("\n")
    assert text.count("180") == 18 and text.count("540") == 6 and text.count("3240") == 1


def test_a_second_run_gives_the_same_bytes(packets: Path, tmp_path: Path, formgen: Callable[..., Any]) -> None:
    assert formgen("packet", "xinmi-2015", DATASET, "-o", tmp_path / "again", *WORD).code == 0
    assert _tree(tmp_path / "again") == _tree(packets)
    assert formgen("packet", "xinmi-2015", DATASET, "-o", tmp_path / "again", *WORD).code == 0
    assert _tree(tmp_path / "again") == _tree(packets)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_a_killed_run_started_again_gives_the_same(packets: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    command = [sys.executable, "-m", "formgen", "packet", "xinmi-2015", str(DATASET), "-o", str(out), *WORD]
    run = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(2000):
        if run.poll() is not None or len(list(out.rglob("*.docx"))) > 3:
            break
        time.sleep(0.005)
    os.kill(run.pid, signal.SIGKILL)
    run.wait()
    assert not (out / "manifest.json").exists() or run.returncode == 0
    for path in out.rglob("*.docx"):
        assert _text(path), "what is there is whole"
    subprocess.run(command, check=True, capture_output=True)
    assert _tree(out) == _tree(packets)


def test_xlsx_where_a_form_has_it_and_word_elsewhere(tmp_path: Path, formgen: Callable[..., Any]) -> None:
    assert formgen("packet", "xinmi-2015", DATASET, "-o", tmp_path, "-f", "xlsx", *AS_OF).code == 0
    manifest = json.loads((tmp_path / "manifest.json").read_text("utf-8"))
    endings = {
        (entry["packet"], entry["sheets"][0][0].partition("/")[2], Path(entry["file"]).suffix)
        for entry in manifest["files"]
    }
    assert endings == {
        ("household", "cover-sheet", ".docx"),
        ("village", "survey-sheet", ".xlsx"),
        ("village", "beneficiary-roster", ".xlsx"),
        ("town", "survey-sheet", ".xlsx"),
        ("town", "beneficiary-roster", ".xlsx"),
        ("base", "base-application", ".docx"),
        ("base", "beneficiary-roster", ".xlsx"),
        ("programme", "task-plan", ".xlsx"),
    }


def test_one_bad_record_is_left_out_and_named(tmp_path: Path, formgen: Callable[..., Any]) -> None:
    book = openpyxl.load_workbook(DATASET)
    sheet = book["残疾人"]
    sheet["L2"] = "410183196205120046431X"
    book.save(tmp_path / "bad.xlsx")
    outcome = formgen("packet", "xinmi-2015", tmp_path / "bad.xlsx", "-o", tmp_path / "out", *WORD)
    assert outcome.code == 1
    assert "残疾人!L2" in outcome.err
    manifest = json.loads((tmp_path / "out/manifest.json").read_text("utf-8"))
    assert sum(entry["packet"] == "household" for entry in manifest["files"]) == 44
    strict = formgen("packet", "xinmi-2015", tmp_path / "bad.xlsx", "-o", tmp_path / "strict", "--strict", *WORD)
    assert strict.code == 1
    assert list((tmp_path / "strict").rglob("*.docx")) == []


def test_fill_makes_one_file_a_record_or_one_for_all(tmp_path: Path, formgen: Callable[..., Any]) -> None:
    one = formgen("fill", "xinmi-2015/application-form", DATASET, "-o", tmp_path / "each", "--json", *WORD)
    assert (one.code, json.loads(one.out)["files"]) == (0, 60)
    formgen("fill", "xinmi-2015/application-form", DATASET, "-o", tmp_path / "all", "--merge", *WORD)
    merged = list((tmp_path / "all").glob("*.docx"))
    assert [path.name for path in merged] == ["附件2-帮扶对象申请登记表.docx"]
    assert _text(merged[0]).count("个人申请") == 60


@pytest.mark.parametrize("ending", [".json", ".jsonl"])
def test_fill_takes_records_keyed_by_field(tmp_path: Path, formgen: Callable[..., Any], ending: str) -> None:
    records = [
        {
            "name": "王𬱖",
            "sex": "女",
            "disability": "肢体三级",
            "certificate": "41018319620512004X43",
            "birth": "1962-05",
        },
        {"name": "a/b:c", "sex": "男", "disability": "视力一级", "certificate": "nonsense"},
    ]
    path = tmp_path / f"records{ending}"
    lines = [json.dumps(record, ensure_ascii=False) for record in records]
    path.write_text("\n".join(lines) if ending == ".jsonl" else f"[{','.join(lines)}]", "utf-8")
    outcome = formgen("fill", "xinmi-2015/application-form", path, "-o", tmp_path / "out", "-f", "docx")
    assert outcome.code == 1
    assert "残疾人证号" in outcome.err
    made = list((tmp_path / "out").glob("*.docx"))
    assert [item.name for item in made] == ["帮扶对象申请登记表-0001-王𬱖.docx"]
    assert "1962年5月" in _text(made[0])


def test_two_records_of_one_name_both_get_a_file(tmp_path: Path, formgen: Callable[..., Any]) -> None:
    book = openpyxl.load_workbook(DATASET)
    sheet = book["残疾人"]
    for row in (2, 3):
        for column, value in ((2, "米村镇"), (3, "东沟村"), (4, None), (5, "con/aux:*?")):
            sheet.cell(row, column).value = value
    book.save(tmp_path / "same.xlsx")
    formgen("fill", "xinmi-2015/application-form", tmp_path / "same.xlsx", "-o", tmp_path / "out", *WORD)
    names = sorted(path.name for path in (tmp_path / "out/米村镇/东沟村").glob("con*"))
    assert len(names) == 2
    assert names[1].startswith("con／aux：＊？-") or names[0].startswith("con／aux：＊？-")


def test_a_programme_of_ones_own_needs_no_code(tmp_path: Path, formgen: Callable[..., Any]) -> None:
    own = tmp_path / "templates/county-2026"
    source = Path(__file__).parents[2] / "templates/xinmi-2015/application-form"
    shutil.copytree(source, own / "subsidy-form")
    (own / "programme.yaml").write_text(
        "title: 某县项目\nforms: [subsidy-form]\npackets:\n"
        "  - {name: person, title: 档案, per: person, path: '{person.name}', sheets: [{form: subsidy-form}]}\n",
        "utf-8",
    )
    data = tmp_path / "data.csv"
    data.write_text("姓名,性别,残疾人证号\n王𬱖,女,41018319620512004X43\n", "gb18030")
    outcome = formgen(
        "packet", "county-2026", data, "-o", tmp_path / "out", "--templates", tmp_path / "templates", "-f", "docx"
    )
    assert outcome.code == 0, outcome.err
    assert "41018319620512004X43" in _text(tmp_path / "out/王𬱖.docx")


LONG = "本人家庭困难，愿意发展大棚蔬菜，特此申请帮扶。" * 60


def _with_a_value_too_long(folder: Path, column: str = "姓名", value: str = "长" * 200) -> Path:
    book = openpyxl.load_workbook(DATASET)
    sheet = book["残疾人"]
    sheet.cell(3, [cell.value for cell in sheet[1]].index(column) + 1).value = value
    book.save(folder / "long.xlsx")
    return folder / "long.xlsx"


def test_a_value_that_does_not_fit_is_named_by_its_row(tmp_path: Path, formgen: Callable[..., Any]) -> None:
    outcome = formgen("packet", "xinmi-2015", _with_a_value_too_long(tmp_path), "-o", tmp_path / "out", *WORD)
    assert outcome.code == 1
    line = next(line for line in outcome.err.splitlines() if "F-FIT-001" in line)
    assert "long.xlsx · 残疾人!3 · 残疾人个人档案 · 残疾人姓名" in line


def test_a_free_text_that_does_not_fit_goes_on_on_a_continuation_sheet(
    tmp_path: Path, formgen: Callable[..., Any]
) -> None:
    data = _with_a_value_too_long(tmp_path, "个人申请", LONG)
    outcome = formgen("packet", "xinmi-2015", data, "-o", tmp_path / "out", *WORD)
    assert outcome.code == 0, outcome.err
    (path,) = [path for path in (tmp_path / "out").rglob("*.docx") if "附页" in _text(path)]
    text = _text(path)
    shown, _, after = text.partition("（转附页）")
    assert "个人申请（接正表）" in after and "姓名：" in after
    rest = after.partition("个人申请（接正表）")[2]
    assert any(LONG[:at] in shown and LONG[at:] in rest for at in range(len(LONG))), "not a character is lost"
    manifest = json.loads((tmp_path / "out/manifest.json").read_text("utf-8"))
    (problem,) = [problem for entry in manifest["files"] for problem in entry["problems"]]
    assert (problem["code"], problem["severity"]) == ("F-FIT-002", "note")


def test_a_row_of_a_register_that_does_not_fit_is_named_by_its_row(tmp_path: Path, formgen: Callable[..., Any]) -> None:
    book = openpyxl.load_workbook(DATASET)
    sheet = book["残疾人"]
    sheet.cell(4, [cell.value for cell in sheet[1]].index("姓名") + 1).value = "长" * 200
    book.save(tmp_path / "long.xlsx")
    outcome = formgen("fill", "xinmi-2015/survey-sheet", tmp_path / "long.xlsx", "-o", tmp_path / "out", *WORD)
    line = next(line for line in outcome.err.splitlines() if "F-FIT-001" in line)
    assert "残疾人!4 · 贫困残疾人家庭调查登记表 · 姓名" in line


def test_one_bad_record_does_not_stop_a_merged_file(tmp_path: Path, formgen: Callable[..., Any]) -> None:
    data = _with_a_value_too_long(tmp_path)
    outcome = formgen("fill", "xinmi-2015/application-form", data, "-o", tmp_path, "--merge", "--json", *WORD)
    tally = json.loads(outcome.out)
    assert (outcome.code, tally["files"], tally["sheets"], tally["left_out"]) == (1, 1, 59, 1)
    assert _text(next(tmp_path.glob("*.docx"))).count("个人申请") == 59


def test_one_bad_json_record_does_not_stop_a_merged_file(tmp_path: Path, formgen: Callable[..., Any]) -> None:
    known = {"sex": "女", "disability": "肢体三级", "certificate": "41018319620512004X43"}
    nameless = {**known, "certificate": "nonsense"}
    records = [{"name": "王𬱖", **known}, {**known, "name": "李㛃" + "长" * 200}, {"name": "赵", **nameless}]
    path = tmp_path / "records.json"
    path.write_text(json.dumps(records, ensure_ascii=False), "utf-8")
    outcome = formgen("fill", "xinmi-2015/application-form", path, "-o", tmp_path / "out", "--merge", "-f", "docx")
    assert outcome.code == 1
    assert "records.json · 2 · 帮扶对象申请登记表 · 姓名" in outcome.err
    text = _text(next((tmp_path / "out").glob("*.docx")))
    assert "王𬱖" in text and "李㛃" not in text and "赵" not in text
    assert len(json.loads((tmp_path / "out/manifest.json").read_text("utf-8"))["left_out"]) == 2


def test_a_form_without_any_record_is_said(tmp_path: Path, formgen: Callable[..., Any]) -> None:
    data = tmp_path / "data.csv"
    data.write_text("姓名,性别,残疾人证号\n王𬱖,女,41018319620512004X43\n", "utf-8")
    outcome = formgen("fill", "xinmi-2015/pairing-registration", data, "-o", tmp_path / "out", "-f", "docx")
    assert (outcome.code, outcome.err[:10]) == (1, "F-PACK-004")


def test_a_misspelt_key_of_the_first_record_is_named(tmp_path: Path, formgen: Callable[..., Any]) -> None:
    path = tmp_path / "records.json"
    record = {"name": "王𬱖", "sexx": "女", "disability": "肢体三级", "certificate": "41018319620512004X43"}
    path.write_text(json.dumps([record]), "utf-8")
    outcome = formgen("fill", "xinmi-2015/application-form", path, "-o", tmp_path / "out", "-f", "docx")
    assert outcome.code == 1
    assert "F-DATA-071" in outcome.err and "sexx" in outcome.err


def test_files_of_an_earlier_run_that_are_not_of_this_one_are_named(
    tmp_path: Path, formgen: Callable[..., Any]
) -> None:
    """A record that is left out now has a file of last week's data: it would be printed with the others."""
    out = tmp_path / "out"
    assert "F-PACK-005" not in formgen("packet", "xinmi-2015", DATASET, "-o", out, *WORD).err
    assert "F-PACK-005" not in formgen("packet", "xinmi-2015", DATASET, "-o", out, *WORD).err
    outcome = formgen("packet", "xinmi-2015", _with_a_value_too_long(tmp_path), "-o", out, *WORD)
    line = next(line for line in outcome.err.splitlines() if "F-PACK-005" in line)
    assert "米村镇/东沟村/0002-彭琴.docx" in line
    assert (out / "米村镇/东沟村/0002-彭琴.docx").exists(), "nobody's file is deleted"


def test_a_name_of_25_characters_is_printed_on_every_form(tmp_path: Path, formgen: Callable[..., Any]) -> None:
    """民委发〔2016〕33号: names of up to 25 characters have their place on forms."""
    long_name = "阿卜杜热合曼江·买买提艾力阿卜杜拉热西提卡德尔尼亚孜"
    book = openpyxl.load_workbook(DATASET)
    book["残疾人"]["E2"].value = long_name
    book["结对"]["B2"].value = long_name
    book.save(tmp_path / "long.xlsx")
    outcome = formgen("packet", "xinmi-2015", tmp_path / "long.xlsx", "-o", tmp_path / "out", *WORD)
    assert outcome.code == 0, outcome.err
    made = [path for path in (tmp_path / "out").rglob("*.docx") if long_name in _text(path)]
    assert len(made) == 5, "its packet, and two registers of its village and of its town"


def test_a_row_that_cannot_be_printed_does_not_cost_the_register(tmp_path: Path, formgen: Callable[..., Any]) -> None:
    book = openpyxl.load_workbook(DATASET)
    rows = list(book["残疾人"].iter_rows(min_row=2, values_only=True))
    village = [row for row in rows if row[2] == rows[1][2]]
    book["残疾人"]["E3"].value = "很长的名字" * 60
    book.save(tmp_path / "long.xlsx")
    outcome = formgen("packet", "xinmi-2015", tmp_path / "long.xlsx", "-o", tmp_path / "out", *WORD)
    assert outcome.code == 1
    assert "残疾人!3" in outcome.err and "F-FIT-001" in outcome.err
    text = _text(tmp_path / "out" / str(rows[1][1]) / str(rows[1][2]) / "附件1-贫困残疾人家庭调查登记表.docx")
    assert str(rows[1][11]) not in text, "the row is left out and named"
    assert all(str(row[11]) in text for row in village if row != rows[1]), "all others are printed"
    manifest = json.loads((tmp_path / "out/manifest.json").read_text("utf-8"))
    entry = next(entry for entry in manifest["files"] if "附件1" in entry["file"] and entry["packet"] == "village")
    assert [problem["code"] for problem in entry["problems"]] == ["F-FIT-001"]
    strict = formgen("packet", "xinmi-2015", tmp_path / "long.xlsx", "-o", tmp_path / "strict", "--strict", *WORD)
    assert strict.code == 1
    assert not list((tmp_path / "strict").rglob("附件1*"))


def test_the_offices_secret_changes_every_key_and_nothing_else(
    formgen: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def records(name: str, *options: object) -> list[tuple[str, str]]:
        call = ("fill", "xinmi-2015/pairing-registration", DATASET, "-o", tmp_path / name, *WORD, *options)
        assert formgen(*call).code == 0
        listed = json.loads((tmp_path / name / "manifest.json").read_text("utf-8"))
        return [(file["file"], file["sheets"][0][2]) for file in listed["files"]]

    secret = tmp_path / "secret.txt"
    secret.write_text("correct horse battery", "utf-8")
    plain, keyed = records("plain"), records("keyed", "--office-secret", secret)
    monkeypatch.setenv("FORMGEN_OFFICE_SECRET", str(secret))
    assert records("again") == keyed
    assert [path for path, _ in plain] == [path for path, _ in keyed]
    assert not {key for _, key in plain} & {key for _, key in keyed}
