"""A workbook of 100,000 rows × 20 columns into checked, joined records: ours against openpyxl read-only.

Both run the very same code from the raw cells on (matching, parsing, deriving, duplicates, joins, rules, spool); only
the reader of the file differs. The workbook is made here, with inline strings, by writing its XML; its rows are valid,
with the blanks and the household columns that rosters have. Memory is the process's own peak.

    python -m benchmarks.read_dataset        prints the table
"""

from __future__ import annotations

import contextlib
import datetime
import json
import statistics
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.measuring import Row, own_peak_mb, print_rows, run_python

__all__ = ["rows"]

PROGRAMME = "xinmi-2015"
COUNTS = (1_000, 10_000, 100_000)
REPEAT = 3
LABELS = (
    *(
        "乡镇",
        "村",
        "户号",
        "家庭人口",
        "人均纯收入(元/年)",
        "人均住房面积(平方米)",
        "低保",
        "编号",
        "姓名",
        "性别",
        "民族",
    ),
    *("出生年月", "文化程度", "身份证号", "残疾人证号", "残疾类别", "残疾等级", "家庭住址", "联系方式", "备注"),
)
PER_HOUSEHOLD = 4
PER_VILLAGE = 600
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml."
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/"
_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}content-types"><Default Extension="rels" ContentType='
    '"application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType='
    f'"{_TYPES}sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPES}worksheet+xml"/>'
    "</Types>",
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}relationships"><Relationship Id="r1" Type="{_RELATIONS}/'
    'officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}relationships"><Relationship Id="r1" Type='
    f'"{_RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>'
    '<sheet name="残疾人" sheetId="1" r:id="r1"/></sheets></workbook>',
}


def rows() -> list[Row]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for count in COUNTS:
            write_workbook(folder / f"{count}.xlsx", count)
        last = COUNTS[-1]
        ours = [_run("ours", folder, count, REPEAT if count == last else 1) for count in COUNTS]
        peer = _run("openpyxl", folder, last, REPEAT)
        bare = _run("rows-only", folder, last, REPEAT)
    what = "rows × 20 columns into checked records"
    return [
        Row(
            f"{last:,} {what}",
            f"{ours[-1][0]:.2f} s, {ours[-1][1]:.0f} MB",
            f"openpyxl read-only + the same checks: {peer[0]:.2f} s, {peer[1]:.0f} MB",
            f"{peer[0] / ours[-1][0]:.1f} ×",
            "≥ 5 ×",
        ),
        *(
            Row(f"{count:,} {what}", f"{seconds:.2f} s, {megabytes:.0f} MB")
            for count, (seconds, megabytes) in zip(COUNTS[:-1], ours[:-1], strict=True)
        ),
        Row(f"of which the reading of {last:,} rows", f"{bare[0]:.2f} s, {bare[1]:.0f} MB"),
    ]


def _run(reader: str, folder: Path, count: int, repeat: int) -> tuple[float, float]:
    """Medians: CPU seconds inside the process with everything imported, peak megabytes of the whole process."""
    figures = []
    for _ in range(repeat):
        report = folder / "report.json"
        run_python("-m", "benchmarks.read_dataset", reader, str(folder / f"{count}.xlsx"), str(report))
        inside = json.loads(report.read_text("utf-8"))
        if inside["persons"] != count:
            raise RuntimeError(f"{reader}: {inside['persons']} of {count} records")
        figures.append((inside["seconds"], inside["peak_mb"]))
    seconds, megabytes = (statistics.median(column) for column in zip(*figures, strict=True))
    return seconds, megabytes


def write_workbook(path: Path, count: int) -> None:
    """The workbook to read: text as inline strings, figures as numbers."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as package:
        for name, content in _PARTS.items():
            package.writestr(name, f'<?xml version="1.0" encoding="UTF-8"?>{content}')
        with package.open("xl/worksheets/sheet1.xml", "w") as stream:
            stream.write(f'<worksheet xmlns="{_MAIN}"><sheetData>{_row_xml(1, LABELS)}'.encode())
            for index in range(count):
                stream.write(_row_xml(index + 2, _person(index)).encode())
            stream.write(b"</sheetData></worksheet>")


def _row_xml(number: int, cells: Sequence[str | float]) -> str:
    bits = [f'<row r="{number}">']
    for column, cell in enumerate(cells):
        name = f"{chr(65 + column)}{number}"
        if isinstance(cell, str):
            bits.append(f'<c r="{name}" t="inlineStr"><is><t>{cell}</t></is></c>' if cell else "")
        else:
            bits.append(f'<c r="{name}"><v>{cell}</v></c>')
    return "".join((*bits, "</row>"))


def _person(index: int) -> Sequence[str | float]:
    village, household = index // PER_VILLAGE, index // PER_HOUSEHOLD
    day = datetime.date(1940, 1, 1) + datetime.timedelta(index * 7919 % 25_000)
    body = f"410183{day:%Y%m%d}{1 + index // 25_000 % 998:03}"
    number = body + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11]
    category, grade = index % 7, index // 7 % 4
    return (
        f"第{village // 10}镇",
        f"第{village}村",
        str(household + 1),
        1 + household % 6,
        1000 + household % 1700,
        10 + household % 40 / 2,
        "是" if household % 3 else "否",
        str(index + 1),
        "张王李赵"[index % 4] + chr(0x4E00 + index * 31 % 20000) + chr(0x4E00 + index * 17 % 20000),
        "男" if int(body[-1]) % 2 else "女",
        "汉族",
        f"{day.year}年{day.month}月",
        "初中" if index % 3 else "小学",
        number if index % 4 else "",
        f"{number}{category + 1}{grade + 1}",
        ("视力", "听力", "言语", "肢体", "智力", "精神", "多重")[category],
        f"{'一二三四'[grade]}级",
        f"第{village}村{household}号",
        f"138{household:08d}" if index % PER_HOUSEHOLD == 0 else "",
        "" if index % 5 else "已核实",
    )


@contextlib.contextmanager
def _openpyxl_tables(path: Path) -> Iterator[Iterator[Any]]:
    """What `formgen.data.sources.open_tables` does, with openpyxl in its read-only mode."""
    import openpyxl

    from formgen.data.sources import RawTable

    def rows_of(sheet: Any) -> Iterator[list[Any]]:
        return map(list, sheet.iter_rows(values_only=True))

    book = openpyxl.load_workbook(path, read_only=True)
    yield iter([RawTable(str(path), sheet.title, lambda sheet=sheet: rows_of(sheet)) for sheet in book.worksheets])
    book.close()


def _measure(reader: str, path: Path) -> dict[str, float]:
    from formgen.data import dataset
    from formgen.data.sources import open_tables
    from formgen.forms.catalogue import Catalogue

    programme = Catalogue().programme(PROGRAMME)
    if reader == "openpyxl":
        dataset.open_tables = _openpyxl_tables  # type: ignore[assignment]
    started = time.process_time()
    if reader == "rows-only":
        with open_tables(path) as tables:
            persons = sum(1 for table in tables for _ in table.rows()) - 1
    else:
        with dataset.open_dataset(path, programme, today=datetime.date(2015, 10, 31)) as opened:
            persons = opened.counts["person"]
    return {"seconds": time.process_time() - started, "persons": persons, "peak_mb": own_peak_mb()}


if __name__ == "__main__":
    if len(sys.argv) == 4:
        Path(sys.argv[3]).write_text(json.dumps(_measure(sys.argv[1], Path(sys.argv[2]))), "utf-8")
    else:
        print_rows("Reading a dataset", rows())
