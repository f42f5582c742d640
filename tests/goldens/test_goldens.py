"""Goldens: what stands in every form, blank and filled from the sample, as text a person can compare.

The golden of a form is its words cell by cell, not its bytes: a row of a table is a line, its cells stand between tabs.
That of a PDF is the words of its pages line by line, as they stand on the paper.
After a change that is meant, `FORMGEN_REGENERATE=1 pytest tests/goldens tests/pictures` writes them anew; read the
difference.
"""

from __future__ import annotations

import io
import itertools
import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pdfplumber
import pytest

from formgen.data.dataset import Dataset, open_dataset
from formgen.data.records import build_record
from formgen.forms.catalogue import Catalogue
from formgen.forms.manifest import Manifest
from formgen.packets.blank import render_blank
from formgen.packets.plan import form_plan
from formgen.packets.templates import Templates
from formgen.rendering.pdf import Identity, PdfFile, compile_pdf
from formgen.typeset.fonts import FontBook
from tests.conftest import SAMPLES

HERE = Path(__file__).parent
CATALOGUE = Catalogue()
FORMS = [(form, carrier) for form in CATALOGUE.forms() for carrier in form.templates]
IDS = [f"{form.name}-{carrier}" for form, carrier in FORMS]
REGENERATE = os.environ.get("FORMGEN_REGENERATE") == "1"


@pytest.fixture(scope="module")
def sample() -> Iterator[Dataset]:
    programme = CATALOGUE.programme("xinmi-2015")
    with open_dataset(SAMPLES / "dataset.xlsx", programme, today=date(2015, 10, 31)) as dataset:
        yield dataset


def test_goldens_are_compared_not_written() -> None:
    assert not (REGENERATE and os.environ.get("CI")), "the build machine compares goldens"


@pytest.mark.parametrize(("form", "carrier"), FORMS, ids=IDS)
def test_blank_and_filled_form_read_as_before(form: Manifest, carrier: Any, sample: Dataset) -> None:
    templates = Templates()
    blank = render_blank(form, carrier)
    scope = next(iter(sample.scopes(form_plan(form).per)))
    record, problems = build_record(form, scope)
    assert problems == []
    filled = (templates.xlsx if carrier == "xlsx" else templates.docx)(form).render(record, scope.key)
    assert blank.content and filled.content
    read = _words_of_workbook if carrier == "xlsx" else _words_of_document
    _compare(f"{form.name}-{carrier}", read(blank.content), read(filled.content))


@pytest.mark.parametrize(
    "form", [form for form in CATALOGUE.forms() if "pdf" in form.carriers], ids=lambda form: form.name
)
def test_pages_of_the_blank_and_filled_form_read_as_before(form: Manifest, sample: Dataset) -> None:
    blank = render_blank(form, "pdf")
    record, _ = build_record(form, next(iter(sample.scopes(form_plan(form).per))))
    composed = compile_pdf(form, FontBook()).compose(record, "")
    assert blank.content and composed.pages
    stream = io.BytesIO()
    file = PdfFile(stream, Identity(form.title))
    file.add(composed.pages)
    file.close()
    _compare(f"{form.name}-pdf", _words_of_pages(blank.content), _words_of_pages(stream.getvalue()))


def _compare(name: str, blank: str, filled: str) -> None:
    text = f"# blank\n{blank}\n# filled\n{filled}\n"
    golden = HERE / f"{name}.txt"
    if REGENERATE:
        golden.write_text(text, "utf-8", newline="\n")
    assert text == golden.read_text("utf-8")


def _words_of_document(content: bytes) -> str:
    document = docx.Document(io.BytesIO(content))
    lines = []
    for block in document.element.body:
        if block.tag.endswith("}tbl"):
            for row in block.iter(f"{block.tag.rpartition('}')[0]}}}tr"):
                lines.append("\t".join(_text(cell) for cell in row.iterchildren() if cell.tag.endswith("}tc")))
        elif block.tag.endswith("}p"):
            lines.append(_text(block))
    footers = [
        _text(section.footer._element) for section in document.sections if not section.footer.is_linked_to_previous
    ]
    return "\n".join(line for line in [*lines, *footers] if line.strip())


def _text(element: Any) -> str:
    words = {"t": lambda node: node.text or "", "tab": lambda _: " ", "br": lambda _: "⏎"}
    parts = [words[name](node) for node in element.iter() if (name := node.tag.rpartition("}")[2]) in words]
    return "".join(parts).strip()


def _words_of_pages(content: bytes) -> str:
    """Words that share a baseline are a line, whichever of them are printed and whichever filled."""
    with pdfplumber.open(io.BytesIO(content)) as pdf:
        pages = ["\n".join(_lines(page.chars)) for page in pdf.pages]
    return "\n".join(f"## page {number}\n{text}" for number, text in enumerate(pages, 1))


def _lines(chars: list[dict[str, Any]]) -> Iterator[str]:
    line: list[dict[str, Any]] = []
    for char in sorted(chars, key=lambda char: -float(char["matrix"][5])):
        if line and line[0]["matrix"][5] - char["matrix"][5] > 1.5:
            yield _line(line)
            line = []
        line.append(char)
    yield _line(line)


def _line(chars: list[dict[str, Any]]) -> str:
    """Words are apart by half an em or more; the gap between Han characters and digits is a fifth."""
    chars = sorted(chars, key=lambda char: float(char["x0"]))
    pieces = [chars[0]["text"]]
    for before, char in itertools.pairwise(chars):
        pieces += [" "] * (char["x0"] - before["x1"] > char["size"] / 2) + [char["text"]]
    return " ".join("".join(pieces).split())


def _words_of_workbook(content: bytes) -> str:
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    rows = (
        "\t".join("" if value is None else str(value) for value in row) for row in sheet.iter_rows(values_only=True)
    )
    return "\n".join(row.rstrip() for row in rows)
