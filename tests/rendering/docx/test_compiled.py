"""Files filled from compiled templates: tags, loops, merged cells, ids, properties, sizes."""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from formgen.errors import InputError, TemplateError
from formgen.forms.manifest import Manifest
from formgen.rendering.docx import CompiledDocx, compile_docx, merge
from formgen.rendering.docx.wordml import CELL_ORDER
from formgen.values import PartialDate
from tests.rendering.wordmaker import make_form

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def part(content: bytes | None, name: str = "word/document.xml") -> Any:
    assert content is not None
    return etree.fromstring(zipfile.ZipFile(io.BytesIO(content)).read(name))


def text(root: Any) -> str:
    """The document's text: paragraphs by line, line breaks as /."""
    lines = []
    for paragraph in root.iter(f"{W}p"):
        pieces = (("/" if item.tag == f"{W}br" else item.text or "") for item in paragraph.iter(f"{W}t", f"{W}br"))
        lines.append("".join(pieces))
    return "\n".join(lines)


def filled(folder: Path, fields: str, template: str, record: Mapping[str, Any], **options: bool | str) -> Any:
    compiled = compile_docx(make_form(folder / "form", fields, template, **options))
    rendered = compiled.render(record, "k1")
    return part(rendered.content)


def names_of(root: Any) -> list[str]:
    return [mark.get(f"{W}name") for mark in root.iter(f"{W}bookmarkStart")]


def assert_identities(root: Any) -> None:
    """No id twice, and every bookmark ends."""
    controls = Counter(item.get(f"{W}val") for item in root.iterfind(f".//{W}sdtPr/{W}id"))
    starts = Counter(item.get(f"{W}id") for item in root.iter(f"{W}bookmarkStart"))
    ends = Counter(item.get(f"{W}id") for item in root.iter(f"{W}bookmarkEnd"))
    names = Counter(names_of(root))
    assert not [counted for counted in (controls, starts, names) if counted and max(counted.values()) > 1]
    assert starts == ends
    assert all(0 < int(number) < 2**31 for number in (*controls, *starts))


def test_a_tag_split_over_runs_is_filled(tmp_path: Path) -> None:
    assert text(filled(tmp_path, "name", "姓名：{{ na¦me }}。", {"name": "张三"})) == "姓名：张三。"


def test_values_are_text_never_markup_or_tags(tmp_path: Path) -> None:
    value = "A&B<c> \"双\" '单' {{ name }} {_{ =1+1"
    assert text(filled(tmp_path, "name", "{{ name }}", {"name": value})) == value


def test_line_ends_become_breaks(tmp_path: Path) -> None:
    record = {"why": "一<\n二\n三"}
    assert text(filled(tmp_path, "why:long-text", "{{ why }}", record)) == "一</二/三"


def test_braces_written_for_docxtpl_stay_braces(tmp_path: Path) -> None:
    assert text(filled(tmp_path, "name", "{_{ 甲 }_} {{ name }}", {})) == "{{ 甲 }} "


def test_a_date_prints_whole_or_in_parts(tmp_path: Path) -> None:
    template = "{{ born }}；{{ born.year }}年{{ born.month }}月{{ born.day }}日"
    record = {"born": PartialDate(2015, 3)}
    assert text(filled(tmp_path, "born:date", template, record)) == "2015年3月；2015年3月日"


def test_rows_conditions_and_groups(tmp_path: Path) -> None:
    template = """
    | 户 | 姓名 |
    |{%tr for h in rows|grouped("house") %}|
    |{%tr for r in h %}|
    | {% vm %}{{ r.house }} | {{ r.name }}{% if r.row_number == 1 %}（户主）{% endif %} |
    |{%tr endfor %}|
    |{%tr endfor %}|
    """
    rows = [{"house": house, "name": name} for house, name in (("1", "甲"), ("1", "乙"), ("2", "丙"), (None, "丁"))]
    root = filled(tmp_path, "rows(house name)", template, {"rows": rows})
    table = next(root.iter(f"{W}tbl"))
    merges = [item.get(f"{W}val") for item in table.iter(f"{W}vMerge")]
    assert merges == ["restart", "continue", "restart", "restart"]
    assert [text(row).split("\n") for row in table.iter(f"{W}tr")][1:] == [
        ["1", "甲（户主）"],
        ["", "乙"],
        ["2", "丙"],
        ["", "丁"],
    ]
    assert_identities(root)
    assert "f_r_name__4" in names_of(root)


def test_loops_over_cells_and_settings_of_cells_follow_docxtpl(tmp_path: Path) -> None:
    template = """
    | {%tc for r in rows %} | {{ r.name }} | {%tc endfor %} |
    """
    root = filled(tmp_path, "rows(name)", template, {"rows": [{"name": name} for name in "甲乙丙丁戊"]})
    table = next(root.iter(f"{W}tbl"))
    assert text(table).split("\n") == list("甲乙丙丁戊")
    assert len(table.find(f"{W}tblGrid")) == 5


def test_an_id_in_a_loop_without_rows_is_left_out_rather_than_repeated(tmp_path: Path) -> None:
    root = filled(tmp_path, "name", "{% for i in range(3) %}{{ name }}{% endfor %}", {"name": "甲"})
    assert text(root) == "甲甲甲"
    assert_identities(root)


@settings(max_examples=25, deadline=None)
@given(counts=st.lists(st.integers(0, 12), min_size=1, max_size=4))
def test_ids_are_unique_whatever_repeats(tmp_path_factory: pytest.TempPathFactory, counts: list[int]) -> None:
    compiled = loops(tmp_path_factory)
    sheets = [
        (compiled, {"name": "甲", "rows": [{"name": str(row)} for row in range(count)], "more": [{"name": "x"}]}, "k")
        for count in counts
    ]
    root = part(merge(sheets).content)
    assert_identities(root)
    assert names_of(root)[0] == "f_name"
    if len(counts) > 1:
        assert "f2_name" in names_of(root)


_LOOPS: list[CompiledDocx] = []


def loops(factory: pytest.TempPathFactory) -> CompiledDocx:
    if not _LOOPS:
        template = """
        {{ name }}
        |{%tr for r in rows %}|
        | {{ r.name }} | {{ r.row_number }} |
        |{%tr endfor %}|
        |{%tr for m in more %}|
        | {{ m.name }} | {{ name }} |
        |{%tr endfor %}|
        """.replace("{{ name }} |", "甲{{ name|upper }} |")
        _LOOPS.append(compile_docx(make_form(factory.mktemp("loops") / "form", "name rows(name) more(name)", template)))
    return _LOOPS[0]


def test_headers_and_footers_are_filled(tmp_path: Path) -> None:
    compiled = compile_docx(make_form(tmp_path / "form", "name", "正文\nheader: 第{{ name }}号\nfooter: 无"))
    content = compiled.render({"name": "7"}, "k").content
    assert text(part(content, "word/header0.xml")) == "第7号"
    assert text(part(content, "word/footer1.xml")) == "无"


@pytest.mark.parametrize("custom", [True, False])
def test_a_file_says_what_it_is(tmp_path: Path, custom: bool) -> None:
    compiled = compile_docx(make_form(tmp_path / "form", "name", "{{ name }}", custom=custom))
    content = compiled.render({"name": "甲"}, "a<1>").content
    found = {item.get("name"): item[0].text for item in part(content, "docProps/custom.xml")}
    assert found == {"formgen.form": "p/form", "formgen.version": "1", "formgen.record": "a<1>"}
    assert content is not None
    assert docx.Document(io.BytesIO(content)).paragraphs


def test_the_same_record_gives_the_same_bytes(tmp_path: Path) -> None:
    form = make_form(
        tmp_path / "form", "name rows(name)", "{{ name }}\n| {% for r in rows %}{{ r.name }}{% endfor %} |"
    )
    record = {"name": "甲", "rows": [{"name": "乙"}] * 3}
    assert compile_docx(form).render(record, "k") == compile_docx(form).render(record, "k")


def test_a_long_value_is_printed_smaller_with_its_line_spacing(tmp_path: Path) -> None:
    template = "|=31| 申请 | {{ why }} |\n|=31| 申请 | {{ name }} |"
    long = "发展养殖项目" * 12
    root = filled(tmp_path, "why:long-text name", template, {"why": long, "name": "甲"})
    sizes = {
        control.findtext(f".//{W}t"): (
            control.find(f".//{W}sz").get(f"{W}val"),
            control.find(f".//{W}szCs").get(f"{W}val"),
            next(control.iterancestors(f"{W}p")).find(f"{W}pPr/{W}spacing").get(f"{W}line"),
        )
        for control in root.iter(f"{W}sdt")
    }
    assert sizes == {long: ("16", "16", "200"), "甲": ("24", "24", "300")}


def test_a_value_that_does_not_fit_is_an_error_with_its_excess_and_no_file(tmp_path: Path) -> None:
    form = make_form(tmp_path / "form", "why:name rows(name)", "|=16| 申请 | {{ why }} |")
    rendered = compile_docx(form).render({"why": "一" * 100}, "k9")
    assert rendered.content is None
    (problem,) = rendered.problems
    assert (problem.code, problem.record, problem.place.label) == ("F-FIT-001", "k9", "标签why")
    assert problem.params["length"] == "100"
    fitting = 100 - int(problem.params["count"])
    assert compile_docx(form).render({"why": "一" * fitting}, "k9").content is not None
    assert compile_docx(form).render({"why": "一" * (fitting + 1)}, "k9").content is None


def test_a_row_that_does_not_fit_names_the_row(tmp_path: Path) -> None:
    template = "|{%tr for r in rows %}|\n|=16| {{ r.name }} | 乙 |\n|{%tr endfor %}|"
    form = make_form(tmp_path / "form", "rows(name:name)", template)
    rendered = compile_docx(form).render({"rows": [{"name": "甲"}, {"name": "一" * 99}]}, "k")
    assert rendered.content is None
    assert [problem.place.cell for problem in rendered.problems] == ["2"]


def test_control_characters_never_break_a_file(tmp_path: Path) -> None:
    compiled = compile_docx(make_form(tmp_path / "form", "name", "{{ name }}"))
    rendered = compiled.render({"name": "甲\x00乙\x0b\ufffe"}, "k")
    assert text(part(rendered.content)) == "甲乙"
    assert [problem.code for problem in rendered.problems] == ["F-RENDER-001"]


def test_an_expression_that_fails_names_its_part(tmp_path: Path) -> None:
    compiled = compile_docx(make_form(tmp_path / "form", "name", "{{ name + 1 }}"))
    with pytest.raises(TemplateError) as caught:
        compiled.render({"name": "甲"}, "k")
    assert (caught.value.problem.code, caught.value.problem.place.part) == ("F-TPL-006", "word/document.xml")


def test_a_part_that_is_no_xml_is_refused(tmp_path: Path) -> None:
    form = make_form(tmp_path / "form", "name", "{{ name }}")
    path = form.template("docx")
    with zipfile.ZipFile(path) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    parts["word/document.xml"] = parts["word/document.xml"][:-20]
    with zipfile.ZipFile(path, "w") as target:
        for name, content in parts.items():
            target.writestr(name, content)
    with pytest.raises(InputError) as caught:
        compile_docx(form)
    assert (caught.value.problem.code, caught.value.problem.place.part) == ("F-FILE-004", "word/document.xml")


def test_children_stand_in_the_order_of_the_schema(tmp_path: Path) -> None:
    """The writer adds sizes and spacing; Word refuses w:sz behind w:lang or w:spacing behind w:jc."""
    template = "|=31| 申请 | {{ why }} |"
    form = make_form(tmp_path / "form", "why:long-text", template)
    path = form.template("docx")
    with zipfile.ZipFile(path) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    body = parts["word/document.xml"].decode()
    body = re.sub(r'<w:sz w:val="24"/><w:szCs w:val="24"/>', '<w:u w:val="single"/><w:lang w:val="zh-CN"/>', body)
    parts["word/document.xml"] = body.encode()
    with zipfile.ZipFile(path, "w") as target:
        for name, content in parts.items():
            target.writestr(name, content)
    root = part(compile_docx(form).render({"why": "发展养殖项目" * 8}, "k").content)
    properties = next(root.iter(f"{W}sdt")).find(f".//{W}r/{W}rPr")
    assert [etree.QName(child).localname for child in properties] == ["rFonts", "sz", "szCs", "u", "lang"]


def test_a_tag_split_over_runs_is_printed_smaller(tmp_path: Path) -> None:
    long = "发展养殖项目" * 12
    root = filled(tmp_path, "why:long-text", "|=31| 申请 | {{ w¦h¦y }} |", {"why": long})
    (control,) = root.iter(f"{W}sdt")
    assert text(root).endswith(long)
    assert {size.get(f"{W}val") for size in control.iter(f"{W}sz")} == {"16"}


def test_a_plain_tag_has_the_room_of_its_cell_too(tmp_path: Path) -> None:
    """Who types a tag into a cell makes no content control; the cell of exact height cuts all the same."""
    template = "|=31| 申请 | {{ w¦hy }} |\n|{%tr for r in rows %}|\n|=16| {{ r.name }} | 乙 |\n|{%tr endfor %}|"
    compiled = compile_docx(make_form(tmp_path / "form", "why:name rows(name:name)", template, plain=True))
    rows = [{"name": "甲"}, {"name": "一" * 99}]
    rendered = compiled.render({"why": "一" * 1000, "rows": rows}, "k")
    assert [(problem.code, problem.place.label, problem.place.cell) for problem in rendered.problems] == [
        ("F-FIT-001", "标签why", ""),
        ("F-FIT-001", "标签name", "2"),
    ]
    long = "发展养殖项目" * 12
    root = part(compiled.render({"why": long, "rows": rows[:1]}, "k").content)
    run = next(item for item in root.iter(f"{W}r") if long in "".join(item.itertext()))
    assert run.find(f"{W}rPr/{W}sz").get(f"{W}val") == "16"


@pytest.mark.parametrize("tag", ["{% vm %}", "{% cellbg 'FF0000' %}", "{% colspan 1 %}"])
def test_cell_properties_stand_in_the_schemas_order(tmp_path: Path, tag: str) -> None:
    """Word calls a file damaged where they do not, and docxtpl puts its own at an end."""
    template = f"|{{%tr for r in rows %}}|\n| {tag}{{{{ r.name }}}} | 乙 |\n|{{%tr endfor %}}|"
    form = make_form(tmp_path / "form", "rows(name)", template)
    path = tmp_path / "form/form.docx"
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["word/document.xml"] = parts["word/document.xml"].replace(b"</w:tcPr>", b"<w:noWrap/><w:vAlign/></w:tcPr>")
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    root = part(compile_docx(form).render({"rows": [{"name": "甲"}, {"name": "甲"}]}, "k").content)
    for properties in root.iter(f"{W}tcPr"):
        names = [etree.QName(item).localname for item in properties]
        assert names == sorted(names, key=CELL_ORDER.index)


def without_sizes(form: Manifest) -> None:
    """The form as Word users make it: sizes and spacing stand in styles only."""
    path = form.template("docx")
    with zipfile.ZipFile(path) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    body = re.sub(r"<w:rPr>.*?</w:rPr>|<w:pPr>.*?</w:pPr>", "", parts["word/document.xml"].decode())
    parts["word/document.xml"] = body.encode()
    with zipfile.ZipFile(path, "w") as target:
        for name, content in parts.items():
            target.writestr(name, content)


def test_a_size_of_the_styles_is_measured_and_shrinks(tmp_path: Path) -> None:
    styles = (
        '<w:docDefaults><w:rPrDefault><w:rPr><w:sz w:val="44"/></w:rPr></w:rPrDefault><w:pPrDefault><w:pPr>'
        '<w:spacing w:line="600" w:lineRule="exact"/></w:pPr></w:pPrDefault></w:docDefaults>'
    )
    form = make_form(tmp_path / "form", "why:long-text", "|=31| 申请 | {{ why }} |", styles=styles)
    without_sizes(form)
    compiled = compile_docx(form)
    root = part(compiled.render({"why": "一" * 30}, "k").content)
    (control,) = root.iter(f"{W}sdt")
    size = control.find(f".//{W}r/{W}rPr/{W}sz").get(f"{W}val")
    spacing = next(control.iterancestors(f"{W}p")).find(f"{W}pPr/{W}spacing")
    assert int(size) < 44
    assert spacing.get(f"{W}lineRule") == "exact"
    assert int(spacing.get(f"{W}line")) < 600
    assert [item.code for item in compiled.render({"why": "一" * 300}, "k").problems] == ["F-FIT-002"]


def sizes_of(root: Any) -> dict[str, str]:
    """Text of each run that says something → its size."""
    return {
        said: run.find(f"{W}rPr/{W}sz").get(f"{W}val")
        for run in root.iter(f"{W}r")
        if (said := "".join(item.text or "" for item in run.iter(f"{W}t")))
    }


@pytest.mark.parametrize("plain", [False, True])
def test_words_beside_a_tag_are_measured_and_shrink_with_it(tmp_path: Path, plain: bool) -> None:
    template = "|=31| 申请 | 理由：¦{{ why }}（{{ born.¦year }}年） |"
    form = make_form(tmp_path / "form", "why:long-text born:date", template, plain=plain)
    compiled = compile_docx(form)
    short = part(compiled.render({"why": "养羊", "born": None}, "k").content)
    assert set(sizes_of(short).values()) == {"24"}
    long = "发展养殖项目" * 6
    root = part(compiled.render({"why": long, "born": None}, "k").content)
    sizes = sizes_of(root)
    assert f"理由：{long}（年）" in text(root)
    assert sizes["申请"] == "24"
    assert {size for said, size in sizes.items() if said != "申请"} == {"20"}
    (problem,) = compiled.render({"why": "一" * 200}, "k9").problems
    assert (problem.code, problem.place.label) == ("F-FIT-002", "标签why")


def test_words_smaller_than_the_rest_stay_as_small(tmp_path: Path) -> None:
    form = make_form(tmp_path / "form", "why:long-text", "|=31| 申请 | 理由：¦{{ why }} |", plain=True)
    path = form.template("docx")
    with zipfile.ZipFile(path) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    body = parts["word/document.xml"].decode()
    head, word, tail = body.partition("理由：")
    at = head.rindex('<w:sz w:val="24"/>')
    parts["word/document.xml"] = (head[:at] + head[at:].replace("24", "15") + word + tail).encode()
    with zipfile.ZipFile(path, "w") as target:
        for name, content in parts.items():
            target.writestr(name, content)
    sizes = sizes_of(part(compile_docx(form).render({"why": "发展养殖项目" * 12}, "k").content))
    assert sizes["理由："] == "15"
    assert sizes["发展养殖项目" * 12] == "16"


def test_two_tags_of_a_row_share_its_cell(tmp_path: Path) -> None:
    template = "|{%tr for r in rows %}|\n|=16| {{ r.name }}（{{ r.why }}、{{ town }}） | 乙 |\n|{%tr endfor %}|"
    compiled = compile_docx(make_form(tmp_path / "form", "town:name rows(name why:name)", template))
    rows = [{"name": "甲", "why": "乙"}, {"name": "一" * 6, "why": "二" * 11}]
    root = part(compiled.render({"rows": rows, "town": "镇"}, "k").content)
    sizes = sizes_of(root)
    assert sizes["甲"] == "24"
    assert sizes["一" * 6] == sizes["二" * 11] < "24"
    rows[0]["why"] = "一" * 99
    (problem,) = compiled.render({"rows": rows, "town": "镇"}, "k").problems
    assert (problem.code, problem.place.label, problem.place.cell) == ("F-FIT-001", "标签why", "1")
    (problem,) = compiled.render({"rows": rows[1:], "town": "镇" * 99}, "k").problems
    assert (problem.place.label, problem.place.cell) == ("标签town", "1")


def test_an_expression_beside_words_is_measured_as_it_prints(tmp_path: Path) -> None:
    template = "|=16| 申请 | {% if why %}理由：{{ why }}{% else %}无{% endif %}，{{ rows|length }}人 |"
    compiled = compile_docx(make_form(tmp_path / "form", "why:name rows(name)", template, plain=True))
    assert compiled.render({"why": "养羊"}, "k").content is not None
    assert [item.code for item in compiled.render({"why": "一" * 99}, "k").problems] == ["F-FIT-001"]
