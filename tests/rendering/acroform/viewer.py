"""A viewer of fillable PDFs as a person uses one: pdfium shows, types and saves; pikepdf reads the fields."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pdfplumber
import pikepdf
import pypdfium2
import pypdfium2.raw as pdfium


@dataclass
class Field:
    """A form field as a program that knows nothing of formgen reads it."""

    kind: str
    value: str
    flags: int
    tooltip: str
    max_length: int | None
    choices: list[str]
    pages: list[int] = field(default_factory=list)
    areas: list[tuple[float, ...]] = field(default_factory=list)


@dataclass
class Word:
    text: str
    x: float
    y: float
    size: float


def fields_of(content: bytes) -> dict[str, Field]:
    found: dict[str, Field] = {}
    with pikepdf.open(io.BytesIO(content)) as pdf:
        numbers = {page.obj.objgen: index for index, page in enumerate(pdf.pages)}

        def visit(nodes: Iterable[Any], prefix: str) -> None:
            for node in nodes:
                name = f"{prefix}{node.T}"
                if "/FT" not in node:
                    visit(node.Kids, f"{name}.")
                    continue
                length = node.get("/MaxLen")
                found[name] = Field(
                    str(node.FT),
                    str(node.get("/V", "")),
                    int(node.get("/Ff", 0)),
                    str(node.TU),
                    None if length is None else int(length),
                    [str(choice) for choice in node.get("/Opt", [])],
                    [numbers[widget.P.objgen] for widget in node.Kids],
                    [tuple(float(edge) for edge in widget.Rect) for widget in node.Kids],
                )

        visit(pdf.Root.AcroForm.Fields, "")
    return found


def picture(content: bytes, dpi: float = 72, page: int = 0) -> np.ndarray:
    """The page in grey as pdfium shows it, fields included."""
    document = pypdfium2.PdfDocument(content)
    document.init_forms()
    shown = document[page].render(scale=dpi / 72, grayscale=True).to_numpy().squeeze()
    return np.ascontiguousarray(shown)


def flattened(content: bytes) -> bytes:
    """The file with what its fields show drawn on its pages."""
    made = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        pdf.flatten_annotations("print")
        pdf.save(made)
    return made.getvalue()


def words(content: bytes) -> list[Word]:
    """All characters of the first page, by place."""
    with pdfplumber.open(io.BytesIO(content)) as pdf:
        chars = [Word(char["text"], char["x0"], char["bottom"], char["size"]) for char in pdf.pages[0].chars]
    return sorted((char for char in chars if char.text.strip()), key=lambda char: (round(char.y), char.x, char.text))


def typed(content: bytes, texts: Mapping[str, str]) -> bytes:
    """The file as saved after a person has clicked into each of these fields and typed."""
    fields = fields_of(content)
    document = pypdfium2.PdfDocument(content)
    document.init_forms()
    assert document.formenv is not None
    form = document.formenv.raw
    pages = [document[index] for index in range(len(document))]
    for name, text in texts.items():
        page, (left, bottom, right, top) = pages[fields[name].pages[0]].raw, fields[name].areas[0]
        x, y = (left + right) / 2, (bottom + top) / 2
        pdfium.FORM_OnMouseMove(form, page, 0, x, y)
        pdfium.FORM_OnLButtonDown(form, page, 0, x, y)
        pdfium.FORM_OnLButtonUp(form, page, 0, x, y)
        raw = text.encode("utf-16-le")
        for start in range(0, len(raw), 2):
            pdfium.FORM_OnChar(form, page, int.from_bytes(raw[start : start + 2], "little"), 0)
        pdfium.FORM_ForceToKillFocus(form)
    saved = io.BytesIO()
    document.save(saved)
    return saved.getvalue()
