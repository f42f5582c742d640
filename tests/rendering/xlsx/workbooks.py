"""Small templates for tests: a form in a few fields, a sheet as a mapping of cells."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from formgen.forms.manifest import Field, Manifest, Table
from formgen.rendering.xlsx import CompiledXlsx, compile_xlsx

COLUMNS = (
    Field("household", "户号", "text"),
    Field("name", "姓名", "text"),
    Field("count", "人口", "integer"),
    Field("income", "收入", "money"),
    Field("share", "比例", "percent"),
    Field("phone", "电话", "phone"),
    Field("born", "出生年月", "date", {"precision": "month"}),
    Field("note", "备注", "long-text"),
)
OPEN, CLOSE = "{%tr for r in rows %}", "{%tr endfor %}"
LOOP = {"A3": OPEN, "A4": "{{ r.household }}", "B4": "{{ r.name }}", "C4": "{{ r.count }}", "A5": CLOSE}


def manifest(folder: Path, merge_by: str = "", blank_rows: int = 3) -> Manifest:
    fields = (
        Field("town", "乡镇", "text"),
        Field("total", "总数", "integer"),
        Field("rate", "比率", "percent"),
        Field("filled_on", "填表日期", "date", {"precision": "day"}),
        Field("rows", "人员", "table", table=Table("person", COLUMNS, blank_rows, merge_by)),
        Field("others", "其他", "table", table=Table("member", COLUMNS, 1)),
    )
    return Manifest("test/form", "7", "表", "表", "form", "", "place", "reference", fields, folder)


def compiled(
    folder: Path,
    cells: Mapping[str, Any],
    setup: Callable[[Worksheet], None] | None = None,
    merge_by: str = "",
) -> CompiledXlsx:
    """The compiled writer of a one-sheet template of these cells."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "附件 1"
    for name, value in cells.items():
        sheet[name] = value
    if setup:
        setup(sheet)
    book.save(folder / "form.xlsx")
    return compile_xlsx(manifest(folder, merge_by))


def filled(writer: CompiledXlsx, record: Mapping[str, Any], values: bool = False) -> Worksheet:
    """What openpyxl sees of the filled first sheet: formulas, or their values."""
    content = writer.render(record, "key").content
    assert content is not None
    sheet = openpyxl.load_workbook(BytesIO(content), data_only=values).active
    assert isinstance(sheet, Worksheet)
    return sheet


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def with_shared_strings(path: Path) -> None:
    """The template as Excel and WPS save it: texts in a part of their own (openpyxl writes them into the cells)."""
    texts: list[str] = []

    def share(match: re.Match[str]) -> str:
        texts.append(match[1])
        return f't="s"><v>{len(texts) - 1}</v>'

    inline = re.compile(r't="inlineStr"><is>(.*?)</is>', re.DOTALL)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    rewritten(
        path,
        {
            "xl/worksheets/sheet1.xml": lambda xml: inline.sub(share, xml),
            "[Content_Types].xml": lambda xml: xml.replace(
                "</Types>", f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/></Types>'
            ),
            "xl/_rels/workbook.xml.rels": lambda xml: xml.replace(
                "</Relationships>",
                f'<Relationship Type="{relation}" Target="/xl/sharedStrings.xml" Id="rShared"/></Relationships>',
            ),
        },
    )
    strings = "".join(f"<si>{text}</si>" for text in texts)
    rewritten(path, {}, {"xl/sharedStrings.xml": f'<sst xmlns="{main}">{strings}</sst>'.encode()})


def rewritten(path: Path, change: Mapping[str, Callable[[str], str]], added: Mapping[str, bytes] | None = None) -> None:
    """Change parts of a template the way openpyxl can't."""
    content = parts(path.read_bytes())
    for name, edit in change.items():
        new = edit(content[name].decode())
        assert new != content[name].decode(), f"nothing changed in {name}"
        content[name] = new.encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in {**content, **(added or {})}.items():
            archive.writestr(name, data)
