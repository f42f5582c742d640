"""docxtpl is the oracle: for every template and sample record the compiled writer gives the same document.

Compared are the parts' trees after normalising what the writer is meant to change: ids, the row and sheet marks of
bookmark names, the order of a cell's properties, and, only where a value had to shrink, sizes within content controls.
"""

from __future__ import annotations

import copy
import io
import re
import zipfile
from typing import Any

import pytest
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from lxml import etree

from formgen.forms.catalogue import Catalogue
from formgen.forms.manifest import Manifest
from formgen.rendering.context import ContextPlan, grouped
from formgen.rendering.docx import CompiledDocx, compile_docx
from formgen.rendering.docx.sources import HIDDEN, TEXT_LIKE
from formgen.rendering.docx.wordml import CELL_ORDER
from tests.rendering.records import KINDS, Kind, sample_record

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
FORMS = [form for form in Catalogue().forms() if "docx" in form.templates]


class Oracle(DocxTemplate):
    """docxtpl as it is, but for its rule of {% vm %}, which takes w:tag for w:t when a control stands in the cell."""

    def patch_xml(self, src_xml: str) -> str:
        if re.search(r"\{%\s*vm\s*%\}", src_xml) is None:
            return str(super().patch_xml(src_xml))
        return str(HIDDEN.sub(r"<\1w:", super().patch_xml(TEXT_LIKE.sub(r"<\1w_\2", src_xml))))


def rendered_by_docxtpl(form: Manifest, context: dict[str, Any]) -> zipfile.ZipFile:
    environment = ImmutableSandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
    environment.filters["grouped"] = grouped
    template = Oracle(str(form.template("docx")))
    template.render(context, environment, autoescape=True)
    stream = io.BytesIO()
    template.save(stream)
    return zipfile.ZipFile(stream)


def normalised(content: bytes, with_sizes: bool) -> str:
    root = etree.fromstring(content)
    for control in root.iter(f"{W}sdt"):
        for identity in control.iterfind(f"{W}sdtPr/{W}id"):
            identity.set(f"{W}val", "")
        if not with_sizes:
            for size in (*control.iter(f"{W}sz"), *control.iter(f"{W}szCs")):
                size.set(f"{W}val", "")
            paragraph = next(control.iterancestors(f"{W}p"))
            for spacing in paragraph.iterfind(f"{W}pPr/{W}spacing"):
                spacing.attrib.pop(f"{W}line", None)
    for mark in (*root.iter(f"{W}bookmarkStart"), *root.iter(f"{W}bookmarkEnd")):
        mark.set(f"{W}id", "")
        if f"{W}name" in mark.attrib:
            mark.set(f"{W}name", re.sub(r"__\d+$", "", mark.get(f"{W}name", "")))
    for properties in root.iter(f"{W}tcPr"):
        properties[:] = sorted(properties, key=lambda item: CELL_ORDER.index(etree.QName(item).localname))
    for element in root.iter():
        if etree.QName(element).localname == "docPr":
            element.set("id", "")
        for name in [name for name in element.attrib if name.endswith(("}paraId", "}textId", "}space"))]:
            del element.attrib[name]
    for run in list(root.iter(f"{W}r")):
        join_with_previous(run)
    return etree.tostring(root, method="c14n2").decode()


def join_with_previous(run: Any) -> None:
    """A tab is a run of its own in docxtpl: runs of equal properties count as one."""
    before = run.getprevious()
    if before is None or before.tag != run.tag:
        return

    def properties(item: Any) -> bytes:
        found = item.find(f"{W}rPr")
        return b"" if found is None else bytes(etree.tostring(copy.deepcopy(found), method="c14n2", with_tail=False))

    if properties(before) == properties(run):
        for child in [child for child in run if child.tag != f"{W}rPr"]:
            before.append(child)
        run.getparent().remove(run)


@pytest.fixture(scope="module")
def compiled() -> dict[str, CompiledDocx]:
    return {form.id: compile_docx(form) for form in FORMS}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.id)
def test_the_compiled_writer_agrees_with_docxtpl(form: Manifest, kind: Kind, compiled: dict[str, CompiledDocx]) -> None:
    record = sample_record(form, kind)
    rendered = compiled[form.id].render(record, "r1")
    assert rendered.content is not None, rendered.problems
    context = ContextPlan(form).fill(record, "r1").context
    has_shrunk = bool(compiled[form.id].sizes.check(context, "r1").shrunk)
    ours = zipfile.ZipFile(io.BytesIO(rendered.content))
    theirs = rendered_by_docxtpl(form, context)
    parts = [name for name in ours.namelist() if re.fullmatch(r"word/(document|header\d*|footer\d*)\.xml", name)]
    assert parts
    for name in parts:
        assert normalised(ours.read(name), not has_shrunk) == normalised(theirs.read(name), not has_shrunk)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.id)
def test_the_empty_form_agrees_with_docxtpl(form: Manifest, compiled: dict[str, CompiledDocx]) -> None:
    rendered = compiled[form.id].render_blank()
    assert rendered.content is not None
    ours = zipfile.ZipFile(io.BytesIO(rendered.content)).read("word/document.xml")
    theirs = rendered_by_docxtpl(form, ContextPlan(form).blank()).read("word/document.xml")
    assert normalised(ours, True) == normalised(theirs, True)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.id)
def test_a_long_register_is_written_in_pieces_and_is_the_same(
    form: Manifest, compiled: dict[str, CompiledDocx], monkeypatch: pytest.MonkeyPatch
) -> None:
    record = sample_record(form, "many")
    whole = compiled[form.id].render(record, "key").content
    monkeypatch.setattr("formgen.rendering.docx.compiled.LONG_TABLE", 0)
    monkeypatch.setattr("formgen.rendering.docx.programs.CHUNK_BYTES", 100)
    pieces = compiled[form.id].render(record, "key").content
    assert whole and pieces
    with zipfile.ZipFile(io.BytesIO(whole)) as first, zipfile.ZipFile(io.BytesIO(pieces)) as second:
        assert sorted(first.namelist()) == sorted(second.namelist())
        assert all(first.read(name) == second.read(name) for name in first.namelist())
