"""What every Word template must keep, whichever form it is: checks, parametrised over forms by the tests that use them.

    FORMS = [WordForm("xinmi-2015/application-form", NOTICE)]

    @pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
    @pytest.mark.parametrize("form", FORMS, ids=str)
    def test_word_template(form, check): check(form)

`notice` is the notice's own text of the annex, copied: one row a line, cells parted by tabs, blanks as `_____`. Each
line and cell must be found in the template, in this order, with nothing between: the wording is official.
The manifest is read here as plain YAML, so that the checks do not lean on the code they check.
"""

from __future__ import annotations

import functools
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from lxml import etree

__all__ = ["CHECKS", "TEMPLATES", "WordForm"]

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "templates"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
NS = {"w": W[1:-1]}
MARKER = re.compile(r"\{%tr (?:for \w+ in .+|endfor) %\}")
TAG = re.compile(r"(?:\{% vm %\})?\{\{ (\w+(?:\.\w+)?) \}\}")
DATE_PARTS = ("year", "month", "day")
SHARED_PARTS = ("word/styles.xml", "word/settings.xml", "word/fontTable.xml", "word/theme/theme1.xml")
A4 = (11906, 16838)
"""Twentieths of a point."""
LONGEST_BOOKMARK = 40
"""Word cuts a longer name."""


@dataclass(frozen=True)
class WordForm:
    """A Word template under test. `id` is programme/form."""

    id: str
    notice: str
    landscape: bool = False
    header_rows: int = 0
    """Rows repeated on each page, over all tables."""

    def __str__(self) -> str:
        return self.id

    @property
    def path(self) -> Path:
        return TEMPLATES / self.id / "form.docx"

    @functools.cached_property
    def manifest(self) -> Mapping[str, Any]:
        data: Mapping[str, Any] = yaml.safe_load((TEMPLATES / self.id / "form.yaml").read_text("utf-8"))
        return data

    @functools.cached_property
    def parts(self) -> Mapping[str, bytes]:
        with zipfile.ZipFile(self.path) as package:
            return {name: package.read(name) for name in package.namelist()}

    @functools.cached_property
    def document(self) -> etree._Element:
        return etree.fromstring(self.parts["word/document.xml"])

    @functools.cached_property
    def stories(self) -> tuple[etree._Element, ...]:
        """The body, then headers and footers."""
        names = sorted(name for name in self.parts if re.fullmatch(r"word/(header|footer)\d+\.xml", name))
        return (self.document, *(etree.fromstring(self.parts[name]) for name in names))

    def all(self, path: str) -> list[etree._Element]:
        return [item for story in self.stories for item in story.iterfind(path, NS)]


# ---- reading a template


def attribute(element: etree._Element | None, name: str = "val") -> str:
    assert element is not None
    return element.get(W + name, "")


def own_text(element: etree._Element) -> str:
    """The text of the runs, page numbers left out."""
    text, is_result = "", False
    for item in element.iter(W + "t", W + "fldChar"):
        if item.tag == W + "fldChar":
            is_result = attribute(item, "fldCharType") == "separate"
        elif not is_result:
            text += item.text or ""
    return text


def squeeze(text: str) -> str:
    """Without tags, blanks and white space."""
    return re.sub(r"[\s_\u3000]|\{[{%].*?[%}]\}", "", text)


def printed(story: etree._Element) -> Iterator[str]:
    """The static text of each cell and each paragraph outside tables, in print order, empty ones left out."""
    for item in story.iter(W + "tc", W + "p"):
        if item.tag == W + "p" and item.getparent().tag == W + "tc":
            continue
        if text := squeeze(own_text(item)):
            yield text


def is_marker(row: etree._Element) -> bool:
    return MARKER.fullmatch(own_text(row).strip()) is not None


def labels_of(form: WordForm) -> dict[str, str]:
    """Label of each content control there must be, by the field's key or table.column."""
    terms = yaml.safe_load((ROOT / "formgen/vocabulary/terms.yaml").read_text("utf-8"))["terms"]
    programme = yaml.safe_load((TEMPLATES / form.id).parent.joinpath("programme.yaml").read_text("utf-8"))
    terms |= programme.get("terms", {})

    def label(entry: Mapping[str, Any]) -> str:
        return str(entry.get("label") or terms[entry["term"]]["zh"])

    found = {}
    for entry in form.manifest["fields"]:
        if "columns" in entry:
            found |= {f"{entry['key']}.{column['key']}": label(column) for column in entry["columns"]}
        else:
            found[entry["key"]] = label(entry)
    return found


def controls(form: WordForm) -> list[str]:
    return [attribute(tag) for tag in form.all(".//w:sdt/w:sdtPr/w:tag")]


def height(paragraph: etree._Element) -> int:
    spacing = paragraph.find("w:pPr/w:spacing", NS)
    assert spacing is not None
    return sum(int(spacing.get(W + name, "0")) for name in ("before", "line", "after"))


CONTINUED = "续表"
"""The header of pages on which a table goes on; no notice has it."""

# ---- the checks


def wording_is_the_notices(form: WordForm) -> None:
    found = [text for story in form.stories for text in printed(story) if text != CONTINUED]
    expected = [text for cell in re.split(r"[\n\t]", form.notice) if (text := squeeze(cell))]
    assert found == expected


def fields_are_content_controls(form: WordForm) -> None:
    """Each field has one control (or one for each part of a date), and there are no others."""
    tags = Counter(controls(form))
    assert not [tag for tag, count in tags.items() if count > 1]
    for key in labels_of(form):
        parts = {f"{key}.{part}" for part in DATE_PARTS} & set(tags)
        assert (key in tags) != bool(parts), key
        assert not parts or {f"{key}.year", f"{key}.month"} <= parts, key
        tags -= Counter([key, *parts])
    assert not tags, f"no such field: {sorted(tags)}"


def controls_hold_one_bookmarked_tag(form: WordForm) -> None:
    """sdt in a paragraph: label, tag, id; then bookmark, run with the docxtpl tag of the field, end of bookmark."""
    labels = labels_of(form)
    variables: dict[str, str] = {}
    for row in form.all(".//w:tr"):
        if loop := re.fullmatch(r"\{%tr for (\w+) in (\w+).* %\}", own_text(row)):
            variables[loop[1]] = variables.get(loop[2], loop[2])
    for control in form.all(".//w:sdt"):
        assert control.getparent().tag == W + "p"
        properties, content = control
        assert [etree.QName(item).localname for item in properties] == ["alias", "tag", "id"]
        start, run, end = content
        assert (start.tag, run.tag, end.tag) == (W + "bookmarkStart", W + "r", W + "bookmarkEnd")
        assert attribute(start, "id") == attribute(end, "id")
        key = attribute(properties.find("w:tag", NS))
        assert attribute(start, "name") == "f_" + key.replace(".", "_")
        expression = TAG.fullmatch(own_text(run))
        assert expression, own_text(run)
        name, _, rest = expression[1].partition(".")
        assert f"{variables.get(name, name)}.{rest}".strip(".") == key
        label = labels.get(key) or labels[key.rpartition(".")[0]]
        assert attribute(properties.find("w:alias", NS)).startswith(label)


def names_and_ids_are_unique(form: WordForm) -> None:
    names = [attribute(item, "name") for item in form.all(".//w:bookmarkStart")]
    assert max(map(len, names)) <= LONGEST_BOOKMARK
    numbers = [attribute(item, "id") for item in form.all(".//w:bookmarkStart")]
    ids = [attribute(item) for item in form.all(".//w:sdtPr/w:id")]
    for values in (names, numbers, ids):
        assert len(values) == len(set(values))


def tags_stand_in_controls_or_marker_rows(form: WordForm) -> None:
    """A tag outside a content control would print, and never be read back."""
    for text in form.all(".//w:t"):
        if "{" in (text.text or "") and not any(parent.tag == W + "sdt" for parent in text.iterancestors()):
            row = next(text.iterancestors(W + "tr"))
            assert is_marker(row), own_text(row)


def rows_are_exact(form: WordForm) -> None:
    for row in form.all(".//w:tr"):
        extent = row.find("w:trPr/w:trHeight", NS)
        assert attribute(extent, "hRule") == "exact"
        assert int(attribute(extent)) > 0
        assert row.find("w:trPr/w:cantSplit", NS) is not None


def lines_are_exact(form: WordForm) -> None:
    """The place of each line is known without asking a word processor, and no line is lower than its type."""
    for paragraph in form.all(".//w:p"):
        spacing = paragraph.find("w:pPr/w:spacing", NS)
        assert attribute(spacing, "lineRule") == "exact"
        sizes = [int(attribute(size)) for size in paragraph.iterfind(".//w:r/w:rPr/w:sz", NS)]
        assert int(attribute(spacing, "line")) >= 10 * max(sizes, default=0)
        assert attribute(paragraph.find("w:pPr/w:snapToGrid", NS)) == "0"


def rows_hold_their_lines(form: WordForm) -> None:
    """No label is cut: a row is at least as high as the lines its cells have in the blank form."""
    for row in form.all(".//w:tr"):
        for cell in row.iterfind("w:tc", NS):
            if is_marker(row) or cell.find("w:tcPr/w:vMerge", NS) is not None:
                continue
            lines = sum(height(p) + (height(p) * len(p.findall("w:r/w:br", NS))) for p in cell.iterfind("w:p", NS))
            assert lines <= int(attribute(row.find("w:trPr/w:trHeight", NS))), own_text(cell)


def tables_are_fixed_grids(form: WordForm) -> None:
    section = form.document.find("w:body/w:sectPr", NS)
    margins = section.find("w:pgMar", NS)
    room = int(attribute(section.find("w:pgSz", NS), "w")) - sum(int(attribute(margins, s)) for s in ("left", "right"))
    for table in form.all(".//w:tbl"):
        assert attribute(table.find("w:tblPr/w:tblLayout", NS), "type") == "fixed"
        grid = [int(attribute(column, "w")) for column in table.iterfind("w:tblGrid/w:gridCol", NS)]
        assert sum(grid) == int(attribute(table.find("w:tblPr/w:tblW", NS), "w"))
        assert sum(grid) <= room
        for row in table.iterfind("w:tr", NS):
            first = 0
            for cell in row.iterfind("w:tc", NS):
                span = cell.find("w:tcPr/w:gridSpan", NS)
                last = first + (1 if span is None else int(attribute(span)))
                assert int(attribute(cell.find("w:tcPr/w:tcW", NS), "w")) == sum(grid[first:last])
                first = last
            assert first == len(grid)


def page_is_a4(form: WordForm) -> None:
    (section,) = form.all(".//w:sectPr")
    size = section.find("w:pgSz", NS)
    assert (int(attribute(size, "w")), int(attribute(size, "h"))) == (A4[::-1] if form.landscape else A4)
    assert attribute(size, "orient") == ("landscape" if form.landscape else "")


def blank_form_fills_one_page(form: WordForm) -> None:
    """Rows and lines of the form with its blank rows stay within the page, with less than a seventh of it left."""
    section = form.document.find("w:body/w:sectPr", NS)
    margins = section.find("w:pgMar", NS)
    room = int(attribute(section.find("w:pgSz", NS), "h")) - sum(int(attribute(margins, s)) for s in ("top", "bottom"))
    blank_rows = {entry["key"]: entry.get("blank_rows", 10) for entry in form.manifest["fields"] if "columns" in entry}
    used = sum(height(paragraph) for paragraph in form.document.iterfind("w:body/w:p", NS))
    for row in form.document.iterfind("w:body/w:tbl/w:tr", NS):
        if is_marker(row):
            continue
        keys = {tag.partition(".")[0] for tag in (attribute(t) for t in row.iterfind(".//w:tag", NS)) if "." in tag}
        times = next((blank_rows[key] for key in keys if key in blank_rows), 1)
        used += times * int(attribute(row.find("w:trPr/w:trHeight", NS)))
    assert room * 6 / 7 < used <= room


def header_rows_repeat(form: WordForm) -> None:
    found = 0
    for table in form.all(".//w:tbl"):
        flags = [row.find("w:trPr/w:tblHeader", NS) is not None for row in table.iterfind("w:tr", NS)]
        assert flags == sorted(flags, reverse=True), "only first rows are repeated"
        has_loop = any(is_marker(row) for row in table.iterfind("w:tr", NS))
        assert not has_loop or any(flags), "a table that grows repeats its header"
        found += sum(flags)
    assert found == form.header_rows


def loops_are_closed(form: WordForm) -> None:
    open_loops = 0
    for row in form.all(".//w:tr"):
        if is_marker(row):
            open_loops += 1 if " for " in own_text(row) else -1
            assert open_loops >= 0
    assert open_loops == 0


def package_carries_its_identity(form: WordForm) -> None:
    custom = etree.fromstring(form.parts["docProps/custom.xml"])
    values = {item.get("name"): "".join(item.itertext()) for item in custom}
    version = str(form.manifest["version"])
    assert values == {"formgen.form": form.id, "formgen.version": version, "formgen.record": ""}
    core = etree.fromstring(form.parts["docProps/core.xml"])
    texts = {etree.QName(item).localname: item.text for item in core}
    assert texts["title"] == form.manifest["title"]
    assert texts["creator"] == "formgen"


def package_is_reproducible(form: WordForm) -> None:
    with zipfile.ZipFile(form.path) as package:
        assert {info.date_time for info in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def shared_parts_are_identical(form: WordForm) -> None:
    """Packets merge sheets of several forms under one set of styles."""
    for path in sorted(TEMPLATES.glob("*/*/form.docx")):
        with zipfile.ZipFile(path) as package:
            for name in SHARED_PARTS:
                assert package.read(name) == form.parts[name], f"{name} of {path.parent.name}"


CHECKS: tuple[Callable[[WordForm], None], ...] = (
    wording_is_the_notices,
    fields_are_content_controls,
    controls_hold_one_bookmarked_tag,
    names_and_ids_are_unique,
    tags_stand_in_controls_or_marker_rows,
    rows_are_exact,
    lines_are_exact,
    rows_hold_their_lines,
    tables_are_fixed_grids,
    page_is_a4,
    blank_form_fills_one_page,
    header_rows_repeat,
    loops_are_closed,
    package_carries_its_identity,
    package_is_reproducible,
    shared_parts_are_identical,
)
