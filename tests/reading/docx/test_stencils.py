"""Sheets that are known as a whole are read as those that are read block by block; conftest holds the two together."""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from formgen.forms.catalogue import Catalogue
from formgen.forms.manifest import Field, Manifest
from formgen.problems import Place
from formgen.reading.docx import casting, read_docx
from formgen.reading.fingerprint import printed_texts
from formgen.reading.identify import FormBook
from formgen.reading.model import FileRead
from formgen.reading.package import OfficePackage
from formgen.rendering.continuation import MARK, TITLE
from formgen.rendering.docx import compile_docx
from tests.reading.docx import test_hands
from tests.reading.docx import word_edits as edits
from tests.reading.docx.conftest import read_parsed, told
from tests.reading.docx.test_programs import filled
from tests.reading.docx.word_saved import saved_by_word
from tests.rendering.wordmaker import make_form

FORMS = [form for form in Catalogue().forms() if "docx" in form.templates]
MET = 4
"""Files of a form after which its sheets are known: two of each row, two of its rows in that order, and one more."""
TEXT = test_hands.TEXT.replace("| 合计 | {{ total }} |\n", "").replace("：{{ filler }}", "")
FIELDS = "village name sex reason signer born:date rows(number name note)"
RECORD: dict[str, Any] = {key: value for key, value in test_hands.RECORD.items() if key not in ("total", "filler")} | {
    "reason": "生活困难。"
}
"""Without a field in the footer: its bytes are then the same in all files."""


@pytest.fixture(autouse=True)
def nothing_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(casting, "_KNOWN", {})


Edit = Callable[[Any], object]


class Desk:
    """Reads files of one form, and tells which of them were known as a whole."""

    def __init__(self, folder: Path, form: Manifest, known: list[str], *others: Manifest) -> None:
        self.form, self._known = form, known
        self._path = folder / "returned.docx"
        self.book = FormBook([form, *others])

    def printed(self, record: dict[str, Any], key: str = "r1", edit: Edit | None = None) -> bytes:
        """A file as it comes back; one that is saved again has other bytes, changed or not."""
        content = compile_docx(self.form).render(record, key).content or b""
        return content if edit is None else edits.edited(content, edit)

    def read(self, content: bytes, book: FormBook | None = None) -> tuple[FileRead, bool]:
        """What is found, which a parser alone finds, too; whether it was known."""
        self._path.write_bytes(content)
        before = len(self._known)
        found = read_docx(self._path, book or self.book)
        with OfficePackage(self._path) as package:
            parsed = read_parsed(package, book or self.book, Place(str(self._path)))
        assert list(map(told, found.sheets)) == list(map(told, parsed.sheets))
        assert found.problems == parsed.problems
        return found, len(self._known) > before

    def meet(self, contents: Sequence[bytes]) -> None:
        """Read files until theirs are known."""
        assert not self.read(contents[0])[1]
        for content in contents[1:]:
            self.read(content)


@pytest.fixture
def desk(tmp_path: Path, known_sheets: list[str]) -> Desk:
    """One that knows the sheets of a form of its own."""
    made = Desk(tmp_path, make_form(tmp_path / "form", FIELDS, TEXT), known_sheets)
    for edit in (None, lambda tree: None):
        made.meet([made.printed(RECORD | {"name": f"张{number}"}, f"r{number}", edit) for number in range(MET)])
    return made


def short(form: Manifest) -> dict[str, Any]:
    """A record that needs no continuation sheet."""
    record = _short(form.fields, filled(form))
    for item in form.fields:
        if item.table is not None and record.get(item.key):
            record[item.key] = [_short(item.table.columns, row) for row in record[item.key]]
    return record


def _short(fields: Sequence[Field], record: dict[str, Any]) -> dict[str, Any]:
    return record | {item.key: "甲乙" for item in fields if item.type_name in ("text", "long-text")}


def as_printed(content: bytes, number: int) -> bytes:
    return content


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
@pytest.mark.parametrize("saved", [as_printed, saved_by_word])
def test_sheets_of_every_form_are_known(
    form: Manifest, saved: Callable[[bytes, int], bytes], tmp_path: Path, known_sheets: list[str]
) -> None:
    desk = Desk(tmp_path, form, known_sheets, *FORMS)
    record = short(form)
    contents = [saved(desk.printed(record, f"r{number}"), number) for number in range(12)]
    for content in contents[:6]:
        desk.read(content)
    found = [desk.read(content) for content in contents[6:]]
    assert all(is_known for _, is_known in found)
    assert [read.sheets[0].identity.record for read, _ in found] == [f"r{number}" for number in range(6, 12)]
    assert all(read.sheets[0].sightings or read.sheets[0].columns for read, _ in found)


def test_what_is_written_is_read(desk: Desk) -> None:
    record = RECORD | {"name": "李<&>\"'", "reason": "", "village": "第　二村", "rows": RECORD["rows"][::-1]}
    found, is_known = desk.read(desk.printed(record, "别的"))
    (sheet,) = found.sheets
    seen = {sighting.path: sighting.raw for sighting in sheet.sightings}
    assert not is_known  # a text that a parser changes
    assert (seen["name",], seen["reason",], sheet.identity.record) == ("李<&>\"'", "", "别的")
    found, is_known = desk.read(desk.printed(record | {"name": "李四"}, "别的"))
    (sheet,) = found.sheets
    seen = {sighting.path: sighting.raw for sighting in sheet.sightings}
    assert is_known
    assert (seen["name",], seen["village",], sheet.identity.record) == ("李四", "第　二村", "别的")
    assert [list(column.raws) for column in sheet.columns if column.column == "name"] == [["赵六", "王五"]]


@pytest.mark.parametrize("text", [f"未完{MARK}", TITLE, f"见{TITLE}", " ".join(TITLE), f"{TITLE[0]}\u3000{TITLE[1]}"])
def test_texts_that_may_go_on_elsewhere_are_looked_at_more_closely(desk: Desk, text: str) -> None:
    found, is_known = desk.read(desk.printed(RECORD | {"reason": text}))
    assert not is_known
    assert ([problem.code for problem in found.sheets[0].problems] == ["F-WORD-001"]) == (MARK in text)


def test_the_mark_of_a_text_that_goes_on_may_stand_in_two_runs(desk: Desk) -> None:
    def broken(*pieces: str) -> bytes:
        return desk.printed(RECORD, edit=lambda tree: edits.write(edits.control(tree, "reason"), *pieces))

    desk.meet([broken("生活困难", str(number)) for number in range(MET)])
    assert desk.read(broken("生活困难", "9"))[1]
    found, is_known = desk.read(broken(f"生活困难{MARK[:2]}", MARK[2:]))
    assert not is_known and [problem.code for problem in found.sheets[0].problems] == ["F-WORD-001"]


def say(tree: Any, text: str, other: str) -> None:
    """Change a printed word, and nothing but that."""
    next(item for item in tree.iter(edits.w("t")) if item.text == text).text = other


@pytest.mark.parametrize(
    "edit",
    [
        lambda tree: say(tree, "性别", "年龄"),
        lambda tree: say(tree, "姓名", "姓"),
        lambda tree: edits.retype(edits.cell_with(tree, "性别"), "年龄"),
        lambda tree: edits.type_beside(edits.control(tree, "name"), "（改）"),
        lambda tree: edits.type_beside(edits.control(tree, "reason"), "另", is_before=True),
        lambda tree: edits.delete_row(edits.control(tree, "r_name")),
        lambda tree: edits.delete_row(edits.control(tree, "reason")),
        lambda tree: edits.delete_row(edits.control(tree, "sex")),
        lambda tree: edits.merge_right(edits.cell_of(edits.control(tree, "name"))),
        lambda tree: edits.insert_row_like(edits.control(tree, "r_name"), "3", "孙七", "丙"),
        lambda tree: edits.swap_contents(edits.cell_with(tree, "姓名"), edits.cell_with(tree, "性别")),
        edits.unwrap_controls,
        edits.drop_bookmarks,
        edits.strip_marks,
    ],
)
def test_a_sheet_that_was_changed_is_read_as_any(desk: Desk, edit: Callable[[Any], object]) -> None:
    names = ("李四", "", "王五", "赵六", "李四", "姓名", "性别", "申请", "备注", "张三姓名", "王五")
    contents = [desk.printed(RECORD | {"name": name, "reason": name}, edit=edit) for name in names]
    for content in [*contents, edits.edited(contents[0], blank_all)]:
        found, _ = desk.read(content)  # known or not: it is what a parser finds
        assert len(found.sheets) == 1


def blank_all(tree: Any) -> None:
    """A blank in each text of a control, which still is one."""
    for control in tree.iter(edits.w("sdt")):
        for text in control.iter(edits.w("t")):
            text.text = text.text and "\u3000"


def test_what_stands_in_the_place_of_a_row_s_number(tmp_path: Path, known_sheets: list[str]) -> None:
    text = "登记表\n| 序号 | 姓名 |\n|{%tr for r in rows %}|\n| {{ r.row_number }} | {{ r.name }} |\n|{%tr endfor %}|"
    desk = Desk(tmp_path, make_form(tmp_path / "form", "rows(name)", text), known_sheets)
    record = {"rows": [{"name": "张三"}, {"name": "李四"}]}
    desk.meet([desk.printed(record, edit=lambda tree: None)] * MET)
    for other in ("12", " ", "甲"):
        found, is_known = desk.read(desk.printed(record, edit=lambda tree, other=other: say(tree, "1", other)))
        assert is_known == (other != "甲")
        assert [unread.text for unread in found.sheets[0].unread] == ["甲"] * (other == "甲")


def test_another_footer(desk: Desk) -> None:
    printed = desk.printed(RECORD)
    assert desk.read(printed)[1]
    found, is_known = desk.read(
        edits.edited(printed, lambda tree: setattr(next(tree.iter(edits.w("t"))), "text", "另写"), "word/footer0.xml")
    )
    assert not is_known
    assert any("另写" in unread.text for unread in found.sheets[0].unread)


def test_another_form_s_words_are_seen_wherever_they_are_written(tmp_path: Path, known_sheets: list[str]) -> None:
    form = make_form(tmp_path / "form", "name note", "登记表\n姓名：{{ name }}\n备注：{{ note }}")
    other = Catalogue().form("xinmi-2015/survey-sheet")
    desk = Desk(tmp_path, form, known_sheets, other)
    desk.meet([desk.printed({"name": "张三", "note": "甲"}) for _ in range(MET)])
    assert desk.read(desk.printed({"name": "李四", "note": "乙"}))[1]
    found, is_known = desk.read(desk.printed({"name": "李四", "note": "".join(printed_texts(other))}))
    assert [problem.code for problem in found.problems] == ["F-IDENT-003"] and not is_known
    alone, is_known = desk.read(desk.printed({"name": "李四", "note": "".join(printed_texts(other))}), FormBook([form]))
    assert is_known and not alone.problems


def test_who_says_what_a_sheet_is(desk: Desk) -> None:
    older = replace(desk.form, version="2")
    found, is_known = desk.read(desk.printed(RECORD), FormBook([older]))
    assert [problem.code for problem in found.sheets[0].problems] == ["F-IDENT-004"] and not is_known
    for book in (FormBook([desk.form], wanted=desk.form.id), FormBook([desk.form])):
        found, is_known = desk.read(desk.printed(RECORD), book)
        assert is_known and not found.sheets[0].problems
    other = Catalogue().form("xinmi-2015/survey-sheet")
    found, is_known = desk.read(desk.printed(RECORD), FormBook([desk.form, other], wanted=other.id))
    assert found.sheets[0].manifest is other and not is_known
    found, is_known = desk.read(desk.printed(RECORD), FormBook([other]))
    assert [problem.code for problem in found.problems] == ["F-IDENT-006"] and not is_known


def test_a_template_that_was_changed_meanwhile(desk: Desk, tmp_path: Path) -> None:
    printed = desk.printed(RECORD)
    assert desk.read(printed)[1]
    changed = make_form(tmp_path / "changed", FIELDS, TEXT.replace("性别", "年龄"))
    shutil.copy(changed.folder / "form.docx", desk.form.folder / "form.docx")
    found, is_known = desk.read(printed, desk.book)
    assert not is_known
    assert ("sex",) not in {sighting.path for sighting in found.sheets[0].sightings if sighting.confidence == 1}


def test_paragraphs_of_rows_that_say_what_the_form_says(tmp_path: Path, known_sheets: list[str]) -> None:
    fixed = ["登记表总说明一", "填表须知第二条", "注意事项第三条", "保密承诺第四条", "以下逐户填写之"]
    text = "\n".join([*fixed, "{%p for r in rows %}", "{{ r.note }}", "{%p endfor %}"])
    desk = Desk(tmp_path, make_form(tmp_path / "form", "rows(note)", text), known_sheets)
    desk.meet([desk.printed({"rows": [{"note": f"甲{number}乙"}] * 6}) for number in range(MET)])
    found, _ = desk.read(desk.printed({"rows": [{"note": note} for note in [*fixed, "丙"]]}))
    assert len(found.sheets) == 2


@pytest.mark.parametrize("sign", ["\ue0001\ue001", "\ue00099\ue001"])
def test_what_looks_like_a_token_is_a_text(sign: str, tmp_path: Path, known_sheets: list[str]) -> None:
    text = "登记表\n| 姓名 | {{ name }} |\nfooter: 填表人：{{ who }}"
    desk = Desk(tmp_path, make_form(tmp_path / "form", "name who", text), known_sheets)
    for number in range(2 * MET):
        found, _ = desk.read(desk.printed({"name": f"张{number}", "who": sign}))
        assert {seen.path: seen.raw for seen in found.sheets[0].sightings}["who",] == sign


def with_an_empty_section(content: bytes, footer: str) -> bytes:
    """At the end, with a footer that nobody looks at."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    ended = b'<w:p><w:pPr><w:sectPr><w:pgSz w:w="11906" w:h="16838"/></w:sectPr></w:pPr></w:p>'
    before, after = parts[edits.DOCUMENT].rsplit(b"<w:sectPr>", 1)
    reference = b'<w:sectPr><w:footerReference w:type="default" r:id="rIdX"/>'
    parts[edits.DOCUMENT] = before + ended + reference + after
    rels, kind = "word/_rels/document.xml.rels", "officeDocument/2006/relationships/footer"
    relation = f'<Relationship Id="rIdX" Type="http://schemas.openxmlformats.org/{kind}" Target="footer9.xml"/>'
    parts[rels] = parts[rels].replace(b"</Relationships>", relation.encode() + b"</Relationships>")
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as package:
        for name, data in (parts | {"word/footer9.xml": footer.encode()}).items():
            package.writestr(name, data)
    return made.getvalue()


@pytest.mark.parametrize("footers", [["<w:ftr"] * 8, [f'<w:ftr xmlns:w="{edits.W}"/>'] * 6 + ["<w:ftr"]])
def test_a_broken_footer_that_nobody_looks_at(footers: list[str], tmp_path: Path, known_sheets: list[str]) -> None:
    form = make_form(tmp_path / "form", "name", "登记表\n| 姓名 | {{ name }} |")
    desk = Desk(tmp_path, form, known_sheets)
    for footer in footers:
        found, is_known = desk.read(with_an_empty_section(desk.printed({"name": "张三"}), footer))
        assert len(found.sheets) == 1 and not found.problems
    assert is_known


def test_many_programs_in_turn(tmp_path: Path, known_sheets: list[str]) -> None:
    form = Catalogue().form("xinmi-2015/survey-sheet")
    desk = Desk(tmp_path, form, known_sheets, *FORMS)
    saved = saved_by_word(desk.printed(short(form)), 1)
    contents = [with_another_root(saved, f"u{number}") for number in range(9)]
    found = [[desk.read(content)[1] for content in contents] for _ in range(MET)]
    assert found == [[False] * 9] * 3 + [[True] * 9]


def with_another_root(content: bytes, name: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(made, "w") as target:
        for part in source.namelist():
            data = source.read(part)
            for tag in (b"document", b"hdr", b"ftr"):
                data = data.replace(b"<w:%b " % tag, b'<w:%b xmlns:zz="%b" ' % (tag, name.encode()))
            target.writestr(part, data)
    return made.getvalue()
