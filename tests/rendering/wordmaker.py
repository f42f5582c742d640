"""A Word template in a few lines of text.

    附件1                          a paragraph
    户主：{{ na¦me }}              ¦ splits the run, as Word does while somebody types
    | 姓名 | {{ name }} |          a table row; consecutive rows are one table, its columns equally wide
    |=20| 申请 | {{ reason }} |    a row of exactly 20 pt
    |{%tr for r in rows %}|        a row of one cell spans the table
    header: 第{{ n }}号            likewise footer:
    landscape                      page set-up of the whole document

Values stand in content controls with bookmarks, as in the project's templates; `plain=True` leaves them out.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

from formgen.forms.manifest import Field, Manifest, Table

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml"
PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
TABLE_WIDTH: Final = 9000
CELL_EDGE: Final = re.compile(r"\|(?![^{}]*\})")
"""A bar, but not that of a filter in a tag."""
VALUE: Final = re.compile(r"((?:\{% vm %\})?\{\{.*?\}\})")
FONT: Final = '<w:rFonts w:ascii="宋体" w:hAnsi="宋体" w:eastAsia="宋体"/>'


def make_manifest(folder: Path, fields: str, name: str = "form") -> Manifest:
    """A manifest from words: `name reason:long-text birth:date rows(name birth:date)`; columns are text unless said."""
    items = []
    for word in re.findall(r"\S+\([^)]*\)|\S+", fields):
        key, opening, inner = word.partition("(")
        if opening:
            columns = tuple(_field(column) for column in inner[:-1].split())
            items.append(Field(key, key, "table", table=Table("person", columns, blank_rows=2)))
        else:
            items.append(_field(word))
    return Manifest(f"p/{name}", "1", name, name, name, "", "person", "official", tuple(items), folder)


def _field(word: str) -> Field:
    key, _, type_name = word.partition(":")
    return Field(key, f"标签{key}", type_name or "text")


def make_form(folder: Path, fields: str, text: str, **options: bool | str) -> Manifest:
    """A manifest with a form.docx of that text in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    make_word(folder / "form.docx", text, **options)
    return make_manifest(folder, fields, folder.name)


def make_word(path: Path, text: str, *, plain: bool = False, custom: bool = True, styles: str = "") -> Path:
    maker = _Maker(plain)
    body, heads = maker.body(text)
    references = "".join(
        f'<w:{kind}Reference w:type="default" r:id="rIdHead{index}"/>' for index, (kind, _) in enumerate(heads)
    )
    landscape = re.search(r"^landscape$", text, re.MULTILINE) is not None
    size = (
        '<w:pgSz w:w="16838" w:h="11906" w:orient="landscape"/>' if landscape else '<w:pgSz w:w="11906" w:h="16838"/>'
    )
    margins = "".join(f' w:{side}="1000"' for side in ("top", "right", "bottom", "left", "header", "footer", "gutter"))
    section = f"<w:sectPr>{references}{size}<w:pgMar{margins}/></w:sectPr>"
    document = f'<w:document xmlns:w="{W}" xmlns:r="{R}"><w:body>{body}{section}</w:body></w:document>'
    parts = {
        "[Content_Types].xml": _content_types(heads, custom),
        "_rels/.rels": _relations([("rId1", "officeDocument", "word/document.xml")], custom),
        "word/document.xml": document,
        "word/_rels/document.xml.rels": _relations(
            [
                ("rId1", "styles", "styles.xml"),
                *((f"rIdHead{index}", kind, f"{kind}{index}.xml") for index, (kind, _) in enumerate(heads)),
            ],
            False,
        ),
        "word/styles.xml": f'<w:styles xmlns:w="{W}">{styles}</w:styles>',
        **{
            f"word/{kind}{index}.xml": f'<w:{root} xmlns:w="{W}" xmlns:r="{R}">{xml}</w:{root}>'
            for index, (kind, xml) in enumerate(heads)
            for root in ("hdr" if kind == "header" else "ftr",)
        },
    }
    if custom:
        space = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
        parts["docProps/custom.xml"] = f'<Properties xmlns="{space}"/>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, HEAD + content)
    return path


class _Maker:
    def __init__(self, is_plain: bool) -> None:
        self._is_plain = is_plain
        self._ids = 0

    def body(self, text: str) -> tuple[str, list[tuple[str, str]]]:
        blocks: list[str] = []
        heads: list[tuple[str, str]] = []
        rows: list[str] = []
        for line in [*text.strip("\n").split("\n"), ""]:
            line = line.strip()
            if line.startswith("|"):
                rows.append(line)
                continue
            if rows:
                blocks.append(self._table(rows))
                rows = []
            kind, colon, rest = line.partition(": ")
            if colon and kind in ("header", "footer"):
                heads.append((kind, self._paragraph(rest)))
            elif line and line != "landscape":
                blocks.append(self._paragraph(line))
        return "".join(blocks), heads

    def _table(self, rows: list[str]) -> str:
        split = [CELL_EDGE.split(row.strip("|")) for row in rows]
        columns = max(len([cell for cell in cells if not cell.startswith("=")]) for cells in split)
        width = TABLE_WIDTH // columns
        grid = "".join(f'<w:gridCol w:w="{width}"/>' for _ in range(columns))
        body = "".join(self._row(cells, columns, width) for cells in split)
        borders = "".join(
            f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
            for side in ("top", "left", "bottom", "right", "insideH", "insideV")
        )
        return (
            f'<w:tbl><w:tblPr><w:tblW w:w="{TABLE_WIDTH}" w:type="dxa"/><w:tblBorders>{borders}</w:tblBorders>'
            f'<w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{body}</w:tbl>'
        )

    def _row(self, cells: list[str], columns: int, width: int) -> str:
        height = ""
        if cells[0].startswith("="):
            height = f'<w:trPr><w:trHeight w:val="{round(float(cells[0][1:]) * 20)}" w:hRule="exact"/></w:trPr>'
            cells = cells[1:]
        spans = [columns] if len(cells) == 1 else [1] * len(cells)
        made = (
            f'<w:tc><w:tcPr><w:tcW w:w="{width * span}" w:type="dxa"/>'
            + (f'<w:gridSpan w:val="{span}"/>' if span > 1 else "")
            + f"</w:tcPr>{self._paragraph(cell.strip())}</w:tc>"
            for cell, span in zip(cells, spans, strict=True)
        )
        return f"<w:tr>{height}{''.join(made)}</w:tr>"

    def _paragraph(self, text: str) -> str:
        pieces = [self._piece(piece) for piece in VALUE.split(text) if piece]
        spacing = '<w:spacing w:before="0" w:after="0" w:line="300" w:lineRule="exact"/>'
        return f"<w:p><w:pPr>{spacing}</w:pPr>{''.join(pieces)}</w:p>"

    def _piece(self, text: str) -> str:
        runs = "".join(
            f'<w:r><w:rPr>{FONT}<w:sz w:val="24"/><w:szCs w:val="24"/></w:rPr>'
            f'<w:t xml:space="preserve">{escape(bit)}</w:t></w:r>'
            for bit in text.split("¦")
        )
        if self._is_plain or not text.startswith(("{{ ", "{% vm %}{{ ")):
            return runs
        self._ids += 1
        key = re.sub(r"\W", "", text.removeprefix("{% vm %}").replace(".", "_"))
        return (
            f'<w:sdt><w:sdtPr><w:alias w:val="{key}"/><w:tag w:val="{key}"/><w:id w:val="77"/></w:sdtPr><w:sdtContent>'
            f'<w:bookmarkStart w:id="{self._ids}" w:name="f_{key}"/>{runs}<w:bookmarkEnd w:id="{self._ids}"/>'
            f"</w:sdtContent></w:sdt>"
        )


def _content_types(heads: list[tuple[str, str]], custom: bool) -> str:
    overrides = [("word/document.xml", f"{MAIN}.document.main+xml"), ("word/styles.xml", f"{MAIN}.styles+xml")]
    overrides += [(f"word/{kind}{index}.xml", f"{MAIN}.{kind}+xml") for index, (kind, _) in enumerate(heads)]
    if custom:
        overrides.append(("docProps/custom.xml", "application/vnd.openxmlformats-officedocument.custom-properties+xml"))
    listed = "".join(f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, kind in overrides)
    return (
        f'<Types xmlns="{PACKAGE}/content-types">'
        f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{listed}</Types>'
    )


def _relations(relations: list[tuple[str, str, str]], custom: bool) -> str:
    listed = "".join(
        f'<Relationship Id="{identity}" Type="{R}/{kind}" Target="{target}"/>' for identity, kind, target in relations
    )
    if custom:
        listed += f'<Relationship Id="rIdC" Type="{R}/custom-properties" Target="docProps/custom.xml"/>'
    return f'<Relationships xmlns="{PACKAGE}/relationships">{listed}</Relationships>'
