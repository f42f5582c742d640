"""Files that a county office may be sent by accident or on purpose, and the code each has to come to.

Every file is made here, from a blank form or from nothing. `CASES` is what tests/faults/test_hostile_files.py reads;
`python -m tests.faults.hostile_files FOLDER` writes them, to look at them.
"""

from __future__ import annotations

import random
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from formgen.data.sources.table import column_letters
from tests.faults.hostile_packages import blank, compound, listed, members, packed, patched, repacked
from tests.faults.hostile_pdfs import SCRIPT, calls_itself, circle, doubled, encrypted, pdf_of, squeezed, squeezed_zeros

__all__ = ["CASES", "Case"]

DOCUMENT = "word/document.xml"
SHEET = "xl/worksheets/sheet1.xml"
RELATIONS = "word/_rels/document.xml.rels"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TRAP = "http://127.0.0.1:9/trap"


@dataclass(frozen=True)
class Case:
    """One file. `code` (one of several, with | between) is among its problems; where `is_read`, the form is read."""

    name: str
    make: Callable[[], bytes]
    code: str
    is_read: bool = False


def _document(prolog: str, text: str = "", encoding: str = "utf-8") -> bytes:
    """The blank form with something before its first element, and a text in its first paragraph."""
    content = members(blank("docx"))[DOCUMENT].decode()
    body = content[content.index("<w:document") :]
    body = re.sub(r"<w:t(?: [^>]*)?>", lambda match: match[0] + text, body, count=1)
    return repacked("docx", {DOCUMENT: (prolog + body).encode(encoding)})


def _laughs() -> str:
    lols = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return f'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY l0 "ha">{lols}]>'


def _related(kind: str, target: str) -> bytes:
    relation = (
        f'<Relationship Id="rIdX" Type="{OFFICE}/{kind}" Target="{target}" TargetMode="External"/></Relationships>'
    )
    content = members(blank("docx"))[RELATIONS].replace(b"</Relationships>", relation.encode())
    return repacked("docx", {RELATIONS: content})


def _nested(depth: int) -> bytes:
    content = members(blank("docx"))[DOCUMENT].decode()
    deep = "<w:tbl><w:tr><w:tc>" * depth + "<w:p/>" + "</w:tc></w:tr></w:tbl>" * depth
    return repacked("docx", {DOCUMENT: content.replace("<w:body>", f"<w:body>{deep}", 1).encode()})


def _sheet(cells: str) -> bytes:
    """The blank form with a sheet of one row."""
    content = members(blank("xlsx"))[SHEET].decode()
    rows = f'<sheetData><row r="1">{cells}</row></sheetData>'
    return repacked("xlsx", {SHEET: re.sub(r"<sheetData>.*</sheetData>", rows, content, flags=re.DOTALL).encode()})


def _claims(reference: str, rows: str = "") -> bytes:
    """The blank form whose sheet says it fills all these cells, with rows below its own."""
    content = re.sub(r"<dimension [^>]*/>", "", members(blank("xlsx"))[SHEET].decode())
    content = content.replace("</sheetData>", f"{rows}</sheetData>")
    claim = f'<dimension ref="{reference}"/>'
    place = content.index("<sheetViews") if "<sheetViews" in content else content.index("<sheetFormatPr")
    return repacked("xlsx", {SHEET: (content[:place] + claim + content[place:]).encode()})


def _filled(reference: str) -> str:
    return f'<c r="{reference}"><v>1</v></c>'


def _itself() -> bytes:
    """A form that holds itself, thrice."""
    content = blank("docx")
    for number in range(3):
        content = repacked("docx", {f"word/embeddings/form{number}.docx": content})
    return content


def _noise(size: int) -> bytes:
    return random.Random(size).randbytes(size)


def _open_document(kind: str, manifest: str = "") -> bytes:
    mime = f"application/vnd.oasis.opendocument.{kind}".encode()
    return packed([("mimetype", mime), ("content.xml", b"<a/>"), ("META-INF/manifest.xml", manifest.encode())])


BIG = b"<w:p/>" * (1 << 22)
FLAT = bytes(64 << 20)

CASES: tuple[Case, ...] = (
    # nothing, or nothing we know
    Case("nothing.docx", bytes, "F-SAFE-015"),
    Case("noise.docx", lambda: _noise(5_000), "F-FILE-005"),
    Case("noise.pdf", lambda: _noise(5_001), "F-FILE-005"),
    Case("zeros.xlsx", lambda: bytes(4_096), "F-FILE-005"),
    Case("notes.txt", lambda: "姓名：张三\n".encode("gb18030"), "F-FILE-005"),
    Case("text.docx", lambda: "姓名：张三\n".encode(), "F-FILE-005"),
    Case("archive.zip", lambda: packed({"a.docx": blank("docx")}), "F-FILE-005"),
    # other formats
    Case("scan.jpg", lambda: b"\xff\xd8\xff\xe0" + _noise(99), "F-SAFE-013"),
    Case("scan.png", lambda: b"\x89PNG\r\n\x1a\n" + _noise(99), "F-SAFE-013"),
    Case("scan.tiff", lambda: b"II*\0" + _noise(99), "F-SAFE-013"),
    Case("scan.webp", lambda: b"RIFF\0\0\0\0WEBPVP8 ", "F-SAFE-013"),
    Case("phone.heic", lambda: b"\0\0\0\x18ftypheic" + _noise(99), "F-SAFE-013"),
    Case("scan.pdf.docx", lambda: b"\xff\xd8\xff\xe0" + _noise(99), "F-SAFE-013"),
    Case("old.doc", lambda: compound(["1Table", "WordDocument"]), "F-SAFE-014"),
    Case("old.wps", lambda: compound(["WordDocument"]), "F-SAFE-014"),
    Case("old.ppt", lambda: compound(["PowerPoint Document"]), "F-SAFE-014"),
    Case("circle.doc", lambda: compound(["WordDocument"], is_circle=True), "F-SAFE-014"),
    Case("unknown.doc", lambda: compound(["Something"]), "F-FILE-005"),
    Case("rich.doc", lambda: rb"{\rtf1 a}", "F-SAFE-014"),
    Case("page.xls", lambda: b"<html><table><tr><td>1</td></tr></table></html>", "F-SAFE-014"),
    Case("mail.doc", lambda: b"MIME-Version: 1.0\r\n", "F-SAFE-014"),
    Case(
        "flat.xls",
        lambda: b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
        "F-SAFE-014",
    ),
    Case("text.odt", lambda: _open_document("text"), "F-SAFE-014"),
    Case("slides.pptx", lambda: packed({"[Content_Types].xml": b"presentationml"}), "F-SAFE-014"),
    Case(
        "binary.xlsb", lambda: packed({"[Content_Types].xml": b"application/vnd.ms-excel.sheet.binary"}), "F-SAFE-014"
    ),
    Case("fixed.ofd", lambda: packed({"OFD.xml": b"<a/>"}), "F-SAFE-014"),
    # encrypted
    Case("secret.docx", lambda: compound(["EncryptionInfo", "EncryptedPackage"]), "F-FILE-003"),
    Case("secret.xlsx", lambda: compound(["EncryptedPackage"]), "F-FILE-003"),
    Case("secret-part.docx", lambda: patched(blank("docx"), DOCUMENT, flags=1), "F-FILE-003"),
    Case("secret.ods", lambda: _open_document("spreadsheet", "<manifest:encryption-data/>"), "F-FILE-003"),
    # cut off, or with bytes changed
    *(
        Case(f"cut-{part}.docx", lambda part=part: blank("docx")[: len(blank("docx")) * part // 100], "F-FILE-004")
        for part in (1, 20, 50, 80, 99)
    ),
    Case("cut-1.xlsx", lambda: blank("xlsx")[:-1], "F-FILE-004"),
    Case("cut-magic.docx", lambda: blank("docx")[:4], "F-FILE-004"),
    Case("checksum.docx", lambda: patched(blank("docx"), DOCUMENT, crc=1), "F-FILE-004"),
    Case("method.docx", lambda: patched(blank("docx"), DOCUMENT, method=99), "F-FILE-004"),
    Case("no-document.docx", lambda: packed({"[Content_Types].xml": b"wordprocessingml"}), "F-FILE-005"),
    Case("nul.docx", lambda: _document("", "\0"), "F-FILE-004"),
    Case("half.docx", lambda: repacked("docx", {DOCUMENT: members(blank("docx"))[DOCUMENT][:3_000]}), "F-FILE-004"),
    # bombs
    Case("bomb.docx", lambda: repacked("docx", {DOCUMENT: FLAT}), "F-SAFE-001"),
    Case("bomb-beside.xlsx", lambda: repacked("xlsx", {"xl/other.xml": FLAT}), "F-SAFE-001"),
    Case(
        "bomb-that-lies.docx",
        lambda: patched(repacked("docx", {DOCUMENT: FLAT}), DOCUMENT, size=100_000),
        "F-SAFE-019",
    ),
    Case("less-than-it-says.docx", lambda: patched(blank("docx"), DOCUMENT, size=90_000), "F-SAFE-019"),
    Case(
        "bomb-that-lies.xlsx",
        lambda: patched(repacked("xlsx", {"xl/other.xml": FLAT}), "xl/other.xml", size=100_000),
        "F-SAFE-019",
    ),
    Case("claims-4-gib.docx", lambda: patched(blank("docx"), DOCUMENT, size=0xFFFFFFFE), "F-SAFE-001"),
    Case("many-parts.docx", lambda: repacked("docx", {f"x/{n}.xml": b"" for n in range(20_000)}), "F-SAFE-020"),
    Case("overlapping.docx", lambda: listed([f"word/{n}.xml" for n in range(500)], BIG[:60_000]), "F-SAFE-018"),
    Case("overlong.docx", lambda: patched(blank("docx"), "[Content_Types].xml", compressed=9_999), "F-SAFE-018"),
    Case("two-of-one-name.docx", lambda: packed([*members(blank("docx")).items(), (DOCUMENT, b"<a/>")]), "F-SAFE-002"),
    Case("two-cases.docx", lambda: repacked("docx", {"WORD/document.xml": b"<a/>"}), "F-SAFE-002"),
    Case("up.docx", lambda: repacked("docx", {"../../evil.sh": b"x"}), "F-SAFE-017"),
    Case("absolute.docx", lambda: repacked("docx", {"/etc/cron.d/evil": b"x"}), "F-SAFE-017"),
    Case("drive.docx", lambda: repacked("docx", {"C:/evil.bat": b"x"}), "F-SAFE-017"),
    Case("backslash.docx", lambda: repacked("docx", {"..\\evil.bat": b"x"}), "F-SAFE-017"),
    # XML
    Case("laughs.docx", lambda: _document(_laughs(), "&l9;"), "F-SAFE-003"),
    Case(
        "entity-file.docx",
        lambda: _document('<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]>', "&x;"),
        "F-SAFE-003",
    ),
    Case("entity-net.docx", lambda: _document(f'<!DOCTYPE w [<!ENTITY x SYSTEM "{TRAP}">]>', "&x;"), "F-SAFE-003"),
    Case("dtd-net.docx", lambda: _document(f'<!-- a --><!DOCTYPE w SYSTEM "{TRAP}">'), "F-SAFE-003"),
    Case("parameter.docx", lambda: _document(f'<!DOCTYPE w [<!ENTITY % x SYSTEM "{TRAP}"> %x;]>'), "F-SAFE-003"),
    Case("wide.docx", lambda: _document('<!DOCTYPE w [<!ENTITY x "y">]>', "&x;", "utf-16"), "F-SAFE-003"),
    Case("late.docx", lambda: _document(f"<!--{' ' * 70_000}--><!DOCTYPE w []>"), "F-SAFE-003"),
    Case(
        "hidden.docx",
        lambda: _document('<?xml version="1.0" encoding="utf-7"?>+ADwAIQ-DOCTYPE w []>'),
        "F-FILE-004",
    ),
    Case(
        "laughs.xlsx", lambda: repacked("xlsx", {"xl/workbook.xml": _laughs().encode() + b"<w>&l9;</w>"}), "F-SAFE-003"
    ),
    Case("deep.docx", lambda: _nested(400), "F-SAFE-004|F-FILE-004"),
    Case("long.docx", lambda: _document("", _noise(6 << 20).hex()), "F-SAFE-004|F-FILE-004"),
    # PDF
    Case("secret.pdf", lambda: encrypted("secret"), "F-PDFREAD-001"),
    Case("cut-50.pdf", lambda: blank("pdf")[: len(blank("pdf")) // 2], "F-PDFREAD-002"),
    Case("cut-header.pdf", lambda: blank("pdf")[:20], "F-PDFREAD-002"),
    Case("header-alone.pdf", lambda: b"%PDF-1.7", "F-PDFREAD-002"),
    Case("circle.pdf", lambda: pdf_of({2: b"<< /Type /Pages /Kids [2 0 R 3 0 R] /Count 2 >>"}), "F-PDFREAD-002"),
    Case("circle-of-two.pdf", lambda: pdf_of({**circle()}), "F-PDFREAD-002"),
    Case("many-pages.pdf", lambda: pdf_of(doubled(18)), "F-PDFREAD-002"),
    Case(
        "claims-pages.pdf", lambda: pdf_of({2: b"<< /Type /Pages /Kids [3 0 R] /Count 999999999 >>"}), "F-PDFREAD-017"
    ),
    Case("huge-page.pdf", lambda: pdf_of({}, box=b"[0 0 720000 720000]"), "F-PDFREAD-014"),
    Case("huge-number.pdf", lambda: pdf_of({}, box=b"[0 0 1%s 1]" % (b"0" * 400)), "F-PDFREAD-017"),
    Case("no-box.pdf", lambda: pdf_of({}, box=b"[0 0]"), "F-PDFREAD-003"),
    Case("no-pages.pdf", lambda: pdf_of({2: b"<< /Type /Pages /Kids [] /Count 0 >>"}), "F-PDFREAD-017"),
    Case("no-root.pdf", lambda: pdf_of({1: b"null"}), "F-PDFREAD-002"),
    Case(
        "itself-inherited.pdf",
        lambda: pdf_of({3: b"<< /Type /Page /Parent 3 0 R /MediaBox [0 0 9 9] >>"}),
        "F-PDFREAD-017",
    ),
    Case("xref-circle.pdf", lambda: pdf_of({}, b"/Prev 9"), "F-PDFREAD-017"),
    Case("deep-array.pdf", lambda: pdf_of({4: b"[" * 100_000}), "F-PDFREAD-017"),
    Case("deep-content.pdf", lambda: pdf_of({4: squeezed(b"q " * 300_000 + b"[" * 100_000)}), "F-PDFREAD-017"),
    Case("bomb.pdf", lambda: pdf_of({4: squeezed(bytes(1 << 27))}), "F-PDFREAD-014"),
    Case("bomb-of-4-gib.pdf", lambda: pdf_of({4: squeezed_zeros(4096)}), "F-PDFREAD-016"),
    Case("bomb-in-bomb.pdf", lambda: pdf_of({4: squeezed(bytes(1 << 27), 3)}), "F-PDFREAD-014"),
    Case("form-calls-itself.pdf", lambda: pdf_of(calls_itself()), "F-PDFREAD-016"),
    Case(
        "script.pdf",
        lambda: pdf_of({1: b"<< /Type /Catalog /Pages 2 0 R /OpenAction 5 0 R >>", 5: SCRIPT}),
        "F-PDFREAD-017",
    ),
    # worksheets
    Case("all-cells.xlsx", lambda: _sheet(_filled("A1") + _filled("XFD1048576")), "F-EXCEL-001"),
    Case("beyond-all-cells.xlsx", lambda: _sheet(_filled("A1") + _filled("A4294967295")), "F-EXCEL-001"),
    Case(
        "million-columns.xlsx",
        lambda: _sheet("".join(_filled(f"{column_letters(n)}1") for n in range(1_000_000))),
        "F-EXCEL-001",
    ),
    Case("no-such-text.xlsx", lambda: _sheet('<c r="A1" t="s"><v>999999999</v></c>'), "F-FILE-004"),
    Case("entity-in-cell.xlsx", lambda: _sheet('<c r="A1" t="str"><v>&x;</v></c>'), "F-FILE-004"),
    # what is not run, opened or fetched, while the form is read
    Case("macros.docm", lambda: repacked("docx", {"word/vbaProject.bin": _noise(999)}), "F-SAFE-005", True),
    Case("macros.xlsx", lambda: repacked("xlsx", {"xl/vbaProject.bin": _noise(999)}), "F-SAFE-005", True),
    Case("object.docx", lambda: repacked("docx", {"word/embeddings/oleObject1.bin": _noise(999)}), "F-SAFE-006", True),
    Case("itself.docx", _itself, "F-SAFE-006", True),
    Case("template.docx", lambda: _related("attachedTemplate", TRAP), "F-SAFE-007", True),
    Case("share.docx", lambda: _related("image", "file://///server/share/a.png"), "F-SAFE-007", True),
    Case("word-in-disguise.pdf", lambda: blank("docx"), "F-SAFE-008", True),
    Case("word-in-disguise.xlsx", lambda: blank("docx"), "F-SAFE-008", True),
    Case("excel-in-disguise.docx", lambda: blank("xlsx"), "F-SAFE-008", True),
    Case("pdf-in-disguise.docx", lambda: blank("pdf"), "F-SAFE-008", True),
    Case("owner-only.pdf", lambda: encrypted(""), "", True),
    Case("claims-all-cells.xlsx", lambda: _claims("A1:XFD1048576"), "", True),
    Case(
        "formats-all-cells.xlsx", lambda: _claims("A1:A1", '<row r="1048576"><c r="XFD1048576" s="1"/></row>'), "", True
    ),
    Case("zip64.docx", lambda: repacked("docx", {}, is_zip64=True), "", True),
    Case("white-picture.docx", lambda: repacked("docx", {"word/media/white.bmp": FLAT}), "", True),
    Case("link.docx", lambda: _related("hyperlink", TRAP), "", True),
)


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for case in CASES:
        (folder / case.name).write_bytes(case.make())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
