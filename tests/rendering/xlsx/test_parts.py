"""The file's parts: what is not filled is the template's, byte for byte; equal input gives equal bytes."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from formgen.errors import InputError
from formgen.forms.catalogue import Catalogue
from formgen.rendering.xlsx import compile_xlsx
from tests.rendering.xlsx.test_rosters import CELLS, PEOPLE, set_up
from tests.rendering.xlsx.workbooks import LOOP, compiled, manifest, parts, rewritten, with_shared_strings

CHANGED = {"xl/worksheets/sheet1.xml", "xl/workbook.xml", "docProps/custom.xml"}


def test_untouched_parts_are_the_templates(tmp_path: Path) -> None:
    compiled(tmp_path, CELLS, set_up)
    with_shared_strings(tmp_path / "form.xlsx")
    rewritten(tmp_path / "form.xlsx", {}, {"xl/media/image1.png": b"\x89PNG" * 9})
    content = compile_xlsx(manifest(tmp_path)).render({"rows": PEOPLE}, "k").content
    assert content is not None
    before, after = parts((tmp_path / "form.xlsx").read_bytes()), parts(content)
    same = {name for name in before if before[name] == after[name]}
    assert "xl/sharedStrings.xml" in same and "xl/styles.xml" in same and "xl/media/image1.png" in same
    # the template came without custom properties: their part is added, and declared once
    assert set(before) - same == {"xl/worksheets/sheet1.xml", "xl/workbook.xml", "[Content_Types].xml", "_rels/.rels"}
    assert set(after) - set(before) == {"docProps/custom.xml"}


@pytest.mark.parametrize("form", ["survey-sheet", "beneficiary-roster", "task-plan"])
def test_the_programmes_templates_change_in_three_parts(form: str) -> None:
    one = Catalogue().form(f"xinmi-2015/{form}")
    content = compile_xlsx(one).render({"rows": [{}, {}]}, "k").content
    assert content is not None
    before, after = parts(one.template("xlsx").read_bytes()), parts(content)
    assert list(before) == list(dict.fromkeys(list(before))) and set(before) == set(after)
    assert {name for name in before if before[name] != after[name]} <= CHANGED
    assert next(iter(after)) == "[Content_Types].xml"


def test_names_that_do_not_move_leave_the_workbook_alone(tmp_path: Path) -> None:
    content = compiled(tmp_path, {"A1": "{{ town }}"}).render({"town": "镇"}, "k").content
    assert content is not None
    assert parts(content)["xl/workbook.xml"] == parts((tmp_path / "form.xlsx").read_bytes())["xl/workbook.xml"]


def test_equal_input_gives_equal_bytes(tmp_path: Path) -> None:
    first = compiled(tmp_path, CELLS, set_up)
    again = compile_xlsx(manifest(tmp_path))
    record = {"town": "镇", "rows": PEOPLE}
    assert first.render(record, "k") == first.render(record, "k") == again.render(record, "k")
    content = first.render(record, "k").content
    assert content is not None
    with zipfile.ZipFile(BytesIO(content)) as archive:
        assert archive.testzip() is None
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_writer_keeps_nothing_of_a_record(tmp_path: Path) -> None:
    writer = compiled(tmp_path, CELLS, set_up)
    blank = writer.render({}, "")
    writer.render({"town": "镇\x07", "rows": PEOPLE}, "k")
    assert writer.render({}, "") == blank


def test_the_file_says_what_it_is(tmp_path: Path) -> None:
    content = compiled(tmp_path, LOOP).render({}, "户<1>\x07").content
    assert content is not None
    properties = openpyxl.load_workbook(BytesIO(content)).custom_doc_props
    told = {one.name: one.value for one in properties.props}
    assert told == {"formgen.form": "test/form", "formgen.version": "7", "formgen.record": "户<1>"}


def test_properties_of_the_template_are_kept(tmp_path: Path) -> None:
    from openpyxl.packaging.custom import StringProperty

    compiled(tmp_path, LOOP)
    book = openpyxl.load_workbook(tmp_path / "form.xlsx")
    book.custom_doc_props.append(StringProperty(name="单位", value="残联"))
    book.custom_doc_props.append(StringProperty(name="formgen.record", value="旧"))
    book.save(tmp_path / "form.xlsx")
    content = compile_xlsx(manifest(tmp_path)).render({}, "新").content
    assert content is not None
    told = {one.name: one.value for one in openpyxl.load_workbook(BytesIO(content)).custom_doc_props.props}
    assert (told["单位"], told["formgen.record"], told["formgen.form"]) == ("残联", "新", "test/form")


def test_a_calculation_chain_is_dropped(tmp_path: Path) -> None:
    """It lists the cells of formulas; after filling they stand elsewhere, and Excel would call the file damaged."""
    compiled(tmp_path, {**LOOP, "C7": "=SUM(C4:C4)"})
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/calcChain"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.calcChain+xml"
    rewritten(
        tmp_path / "form.xlsx",
        {
            "[Content_Types].xml": lambda xml: xml.replace(
                "</Types>", f'<Override PartName="/xl/calcChain.xml" ContentType="{kind}"/></Types>'
            ),
            "xl/_rels/workbook.xml.rels": lambda xml: xml.replace(
                "</Relationships>", f'<Relationship Type="{relation}" Target="calcChain.xml" Id="rC"/></Relationships>'
            ),
        },
        {"xl/calcChain.xml": b'<calcChain><c r="C7" i="1"/></calcChain>'},
    )
    content = compile_xlsx(manifest(tmp_path)).render({"rows": PEOPLE}, "k").content
    assert content is not None
    after = parts(content)
    assert "xl/calcChain.xml" not in after
    assert b"calcChain" not in after["[Content_Types].xml"] + after["xl/_rels/workbook.xml.rels"]
    assert openpyxl.load_workbook(BytesIO(content)).active is not None


def test_other_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="F-FILE-001"):
        compile_xlsx(manifest(tmp_path))
    (tmp_path / "form.xlsx").write_bytes(b"PK\x03\x04 cut")
    with pytest.raises(InputError, match="F-FILE-004"):
        compile_xlsx(manifest(tmp_path))
