"""manifest.json is whole JSON, in the order of the files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from formgen.packets.ledger import LEDGER_NAME, FileEntry, SheetEntry, file_digest, open_ledger, read_owners
from formgen.problems import Place, Problem

ENTRY = FileEntry("米村镇/1.docx", "ab", "household", "KEY1", [SheetEntry("p/f", "1", "KEY1")])


def test_ledger_is_json_and_tells_owners(tmp_path: Path) -> None:
    with open_ledger(tmp_path, {"formgen": "1", "dataset": {"name": "d.xlsx"}}, "en") as ledger:
        ledger.add(ENTRY)
        ledger.add(FileEntry("B.docx", "cd", "household", "KEY2", []))
        ledger.close({"summary": {"files": 2}, "problems": []})
    content = json.loads((tmp_path / LEDGER_NAME).read_text("utf-8"))
    assert [entry["file"] for entry in content["files"]] == ["米村镇/1.docx", "B.docx"]
    assert content["files"][0]["sheets"] == [["p/f", "1", "KEY1"]]
    assert content["dataset"] == {"name": "d.xlsx"}
    assert content["summary"] == {"files": 2}
    assert read_owners(tmp_path) == {"米村镇/1.docx": "KEY1", "B.docx": "KEY2"}


def test_an_empty_run_is_json_too(tmp_path: Path) -> None:
    with open_ledger(tmp_path, {"of": "p"}, "en") as ledger:
        ledger.close({"problems": []})
    assert json.loads((tmp_path / LEDGER_NAME).read_text("utf-8"))["files"] == []


def test_a_run_that_dies_leaves_the_earlier_manifest(tmp_path: Path) -> None:
    (tmp_path / LEDGER_NAME).write_text('{"files": []}')
    with pytest.raises(RuntimeError), open_ledger(tmp_path, {"of": "p"}, "en") as ledger:
        ledger.add(ENTRY)
        raise RuntimeError
    assert [item.name for item in tmp_path.iterdir()] == [LEDGER_NAME]
    assert (tmp_path / LEDGER_NAME).read_text() == '{"files": []}'


@pytest.mark.parametrize("content", ["", "{", '{"files": 3}', "[]", '{"files": [{}]}'])
def test_a_manifest_that_is_not_ours_says_nothing(tmp_path: Path, content: str) -> None:
    (tmp_path / LEDGER_NAME).write_text(content)
    assert read_owners(tmp_path) == {}


def test_problems_of_a_file_stand_beside_it(tmp_path: Path) -> None:
    problem = Problem("F-FILE-001", Place("数据.xlsx"))
    with open_ledger(tmp_path, {"of": "p"}, "zh") as ledger:
        ledger.add(FileEntry("a.docx", "", "fill", "K", [], [problem]))
        ledger.close({"problems": []})
    entry = json.loads((tmp_path / LEDGER_NAME).read_text("utf-8"))["files"][0]
    assert entry["problems"][0]["code"] == "F-FILE-001"
    assert entry["problems"][0]["message"] == "找不到文件或文件夹"


def test_digest_of_a_folder_depends_on_contents_only(tmp_path: Path) -> None:
    (tmp_path / "b.csv").write_text("2")
    (tmp_path / "a.csv").write_text("1")
    before = file_digest(tmp_path)
    (tmp_path / "a.csv").write_text("3")
    assert file_digest(tmp_path) != before
