"""Files in every encoding and format people send, and those that are not what they should be."""

from __future__ import annotations

import datetime
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from python_calamine import SheetTypeEnum, SheetVisibleEnum

from formgen.data.sources import calamine_tables, open_tables
from formgen.errors import InputError
from tests.data.conftest import ROSTER, Load, certificate, codes, only, person, write_book

RARE = "李㛃𬱖𠅤"
LINES = f"姓名,残疾人证号,备注\n{RARE},{certificate()},一\n"


def tables(path: Path) -> dict[str, list[list[object]]]:
    with open_tables(path) as found:
        return {table.name: [list(row) for row in table.rows()] for table in found}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_csv_is_read_in_its_encoding_with_rare_characters(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "花名册.csv"
    path.write_bytes(LINES.encode(encoding))
    assert tables(path)["花名册"][1] == [RARE, certificate(), "一"]


def test_gbk_is_read_as_part_of_gb18030(tmp_path: Path) -> None:
    path = tmp_path / "花名册.csv"
    path.write_bytes("姓名,备注\r\n买买提·艾力,“好”\r\n".encode("gbk"))
    assert tables(path)["花名册"][1] == ["买买提·艾力", "“好”"]


def test_characters_that_gb18030_2022_moved_leave_the_private_use_area(tmp_path: Path) -> None:
    path = tmp_path / "花名册.csv"
    # Bytes of GB 18030-2022: U+9FB4, U+20087 and U+FE10.
    path.write_bytes("姓名\n李".encode("gb18030") + bytes.fromhex("fe59fe51a6d9") + b"\n")
    assert tables(path)["花名册"][1] == ["李\u9fb4\U00020087\ufe10"]


def test_no_encoding_fits(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"\xff\xff\x80\n")
    with pytest.raises(InputError) as caught:
        tables(path)
    assert caught.value.problem.code == "F-FILE-004"


@pytest.mark.parametrize("mark", [",", "\t", ";"])
def test_delimiter_is_what_the_lines_have(tmp_path: Path, mark: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(mark.join(("姓名", "备注")) + "\n" + mark.join(("张三", '"一,二；三"')) + "\n", "utf-8")
    assert tables(path)["a"][1] == ["张三", "一,二；三"]


def test_folder_of_csv_is_a_dataset_of_sheets(tmp_path: Path, load: Load) -> None:
    folder = tmp_path / "数据"
    folder.mkdir()
    (folder / "残疾人.csv").write_bytes(f"乡镇,村,姓名,残疾人证号\n甲镇,东村,张三,{certificate()}\n".encode("gbk"))
    (folder / "村.csv").write_text("乡镇,村,村人均纯收入\n甲镇,东村,9000\n", "utf-8")
    dataset = load(folder)
    [scope] = dataset.scopes("person")
    assert scope.values["person.name"] == "张三" and scope.values["place.average_income"] == 9000


@pytest.mark.parametrize("shape", ["list", "object", "lines"])
def test_json_in_its_three_shapes(tmp_path: Path, load: Load, shape: str) -> None:
    record = {"姓名": "张三", "person.certificate": certificate(), "村": "东村"}
    path = tmp_path / ("残疾人.jsonl" if shape == "lines" else "残疾人.json")
    content = {"list": [record], "object": {"person": [record]}, "lines": record}[shape]
    path.write_text(json.dumps(content, ensure_ascii=False), "utf-8")
    [scope] = load(path).scopes("person")
    assert scope.values["person.name"] == "张三" and scope.place.cell == "1"


def test_nested_json_value_is_refused_at_its_record(tmp_path: Path, load: Load) -> None:
    path = tmp_path / "残疾人.jsonl"
    good = {"姓名": "张三", "残疾人证号": certificate(1)}
    bad = {"姓名": ["李四"], "残疾人证号": certificate(2)}
    path.write_text("\n".join(json.dumps(one) for one in (good, bad)), "utf-8")
    dataset = load(path)
    assert only(dataset, "F-VALUE-003").place.cell == "2"
    assert dataset.counts["person"] == 1


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.json", b"[1, 2]", "F-FILE-005"),
        ("a.json", b'{"person": 1}', "F-FILE-005"),
        ("a.json", b"[{", "F-FILE-004"),
        ("a.jsonl", b'{"a": 1}\n[]', "F-FILE-005"),
        ("a.jsonl", b'{"a": 1}\n{"a"', "F-FILE-004"),
        ("a.jsonl", b"", "F-DATA-001"),
        ("a.csv", b"", "F-DATA-001"),
        ("a.xlsx", b"PK\x03\x04 cut off", "F-FILE-004"),
        ("a.xlsx", b"not a workbook", "F-FILE-005"),
        ("a.pdf", b"%PDF-1.4", "F-FILE-005"),
        ("a.xls", bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600, "F-FILE-005"),
    ],
)
def test_what_is_no_dataset_is_named(tmp_path: Path, load: Load, name: str, content: bytes, code: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        load(path)
    assert caught.value.problem.code == code


def test_encrypted_workbook_is_told_from_an_old_one(tmp_path: Path, load: Load) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"))
    with pytest.raises(InputError) as caught:
        load(path)
    assert caught.value.problem.code == "F-FILE-003"


def test_word_file_with_a_workbooks_ending(tmp_path: Path, load: Load) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("word/document.xml", "<w/>")
    with pytest.raises(InputError) as caught:
        load(path)
    assert (caught.value.problem.code, caught.value.problem.found) == ("F-FILE-005", "docx")


def test_workbook_is_read_whatever_its_ending_says(tmp_path: Path, load: Load) -> None:
    path = write_book(tmp_path / "a.xlsx", {"残疾人": [ROSTER, person()]}).rename(tmp_path / "a.xls")
    assert load(path).counts["person"] == 1


def test_missing_and_empty_and_strange_workbooks(tmp_path: Path, load: Load) -> None:
    with pytest.raises(InputError) as missing:
        load(tmp_path / "none.xlsx")
    assert missing.value.problem.code == "F-FILE-001"
    with pytest.raises(InputError) as empty:
        load({"Sheet1": []})
    assert empty.value.problem.code == "F-DATA-001"
    with pytest.raises(InputError) as strange:
        load({"Sheet1": [["a", "b"], ["c", "d"]]})
    assert strange.value.problem.code == "F-DATA-002"


def test_1904_workbook_has_the_same_dates(tmp_path: Path, load: Load) -> None:
    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    sheet = book.worksheets[0]
    sheet.title = "结对"
    book.create_sheet("残疾人").append(ROSTER)
    book["残疾人"].append(person())
    sheet.append(["残疾人证号", "帮扶人姓名", "帮扶项目", "帮扶起始时间"])
    sheet.append([certificate(), "王五", "养羊", datetime.date(2015, 3, 12)])
    book.save(tmp_path / "a.xlsx")
    [scope] = load(tmp_path / "a.xlsx").scopes("pairing")
    assert str(scope.values["pairing.start"]) == "2015年3月"


def test_other_sheets_are_named_and_hidden_ones_too(tmp_path: Path, load: Load) -> None:
    book = openpyxl.load_workbook(
        write_book(tmp_path / "a.xlsx", {"残疾人": [ROSTER, person()], "字典": [["甲", "乙"]]})
    )
    book.create_sheet("旧花名册").append(ROSTER)
    book["旧花名册"].sheet_state = "hidden"
    book.create_sheet("帮扶人").append(["帮扶人姓名", "帮扶人电话"])
    book.save(tmp_path / "a.xlsx")
    dataset = load(tmp_path / "a.xlsx")
    assert [(only(dataset, code).place.part) for code in ("F-DATA-003", "F-DATA-010", "F-DATA-012")] == [
        "字典",
        "旧花名册",
        "帮扶人",
    ]
    assert codes(dataset) == ["F-DATA-003", "F-DATA-010", "F-DATA-012"]


def test_formula_errors_of_a_workbook_are_told_not_read_as_blanks(tmp_path: Path, load: Load) -> None:
    import xlsxwriter

    path = tmp_path / "d.xlsx"
    book = xlsxwriter.Workbook(path)
    book.add_worksheet("空表").write(0, 0, "无")
    sheet = book.add_worksheet("残疾人")
    for row, cells in enumerate([(*ROSTER, "家庭住址"), [*person(1), "东村1号"], person(2)], start=2):
        sheet.write_row(row, 3, cells)
    sheet.write_formula("I5", "=NA()", None, "#N/A")
    book.close()
    problem = only(load(path), "F-DATA-014")
    assert (problem.place.cell, problem.found, problem.place.label) == ("I5", "#N/A", "家庭住址")


def test_a_cell_of_invisible_characters_is_blank(load: Load) -> None:
    rows = [(*ROSTER, "家庭住址", "家庭人口"), [*person(1), "\u200b", "\ufeff"]]
    assert load({"残疾人": rows}).problems == []


class PanicException(BaseException):
    """As compiled code raises it: no Exception."""


class Panicking:
    """calamine on a damaged file: it panics when the file is opened, a sheet is loaded or rows are read."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.sheets_metadata = [
            SimpleNamespace(name="一", typ=SheetTypeEnum.WorkSheet, visible=SheetVisibleEnum.Visible)
        ]
        self.start, self.merged_cell_ranges = (0, 0), ()

    def __enter__(self) -> Panicking:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def at(self, where: str) -> Any:
        if where == self.where:
            raise PanicException("index out of bounds")
        return self

    def from_object(self, _: object) -> Any:
        return self.at("open")

    def get_sheet_by_name(self, _: str) -> Any:
        return self.at("sheet")

    def iter_rows(self) -> Iterator[list[Any]]:
        self.at("rows")
        return iter(())


@pytest.mark.parametrize("where", ["open", "sheet", "rows"])
def test_a_panic_is_damage_and_an_interrupt_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    from formgen.reading.files import read_file
    from formgen.reading.identify import FormBook

    path = tmp_path / "a.xls"
    path.write_bytes(
        (bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 504).ljust(640, b"\0") + "Workbook\0".encode("utf-16-le")
    )
    monkeypatch.setattr(calamine_tables.calamine, "CalamineWorkbook", Panicking(where))
    assert [problem.code for problem in read_file(path, FormBook([])).problems] == ["F-FILE-004"]
    with pytest.raises(InputError, match="F-FILE-004"), open_tables(path) as tables:
        [list(table.rows()) for table in tables]
    monkeypatch.setattr(Panicking, "at", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt), open_tables(path) as tables:
        next(tables)
