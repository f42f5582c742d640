"""The form fields of a file: a tree of names, a widget for each place on a page, in tab order.

In: a PDF of pages, the boxes that go on them in print order. Out: the same PDF with /AcroForm. Names nest as keys do:
name, birth.year, rows.1.name. A value that stands in several places is one field with several widgets.

Source: ISO 32000-2, 12.7 (forms), 12.5.6.19 (widget annotations).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from formgen.forms.layout import Rect
from formgen.rendering.acroform.kinds import BoxKind
from formgen.rendering.acroform.typing_font import default_appearance, typing_font

__all__ = ["OFF", "ON", "FormBox", "add_fields"]

PRINTED: Final = 1 << 2
"""Annotation flag."""
REQUIRED, MULTILINE, NO_SCROLL = 1 << 1, 1 << 12, 1 << 23
COMBO, OPEN = 1 << 17, 1 << 18
QUADDING: Final = {"left": 0, "center": 1, "right": 2}
ON, OFF = "/Yes", "/Off"


@dataclass(frozen=True, slots=True)
class FormBox:
    """One widget and the field it belongs to."""

    name: tuple[str, ...]
    tooltip: str
    page_index: int
    area: Rect
    """Origin bottom left."""
    size_pt: float
    """Of what is typed; 0 where the viewer chooses."""
    kind: BoxKind
    value: str
    """Text; of a check box "1" where ticked."""
    looks: Sequence[bytes]
    """Operators that show the value; of a check box, those of ticked and empty."""
    align: str
    is_required: bool
    is_multiline: bool


def add_fields(pdf: pikepdf.Pdf, boxes: Iterable[FormBox]) -> None:
    """Put the boxes on their pages and make the form of them."""
    tree = _Tree(pdf)
    for box in boxes:
        tree.add(box)
    tree.close()


class _Tree:
    def __init__(self, pdf: pikepdf.Pdf) -> None:
        self._pdf = pdf
        self._nodes: dict[tuple[str, ...], Any] = {}
        self._roots: list[Any] = []
        self._fonts = pdf.pages[0].resources.Font
        self._annotations: list[list[Any]] = [[] for _ in pdf.pages]

    def add(self, box: FormBox) -> None:
        widget = self._widget(box)
        self._annotations[box.page_index].append(widget)
        field = self._nodes.get(box.name)
        if field is None:
            field = self._nodes[box.name] = self._pdf.make_indirect(_field(box))
            self._hang(box.name, field)
        if box.is_multiline and box.kind.kind == "text":
            field.Ff = int(field.get("/Ff", 0)) | MULTILINE
        field.Kids.append(widget)
        widget.Parent = field

    def close(self) -> None:
        pdf = self._pdf
        for page, widgets in zip(pdf.pages, self._annotations, strict=True):
            if widgets:
                page.obj.Annots = pdf.make_indirect(Array(widgets))
                page.obj.Tabs = Name.S
        dingbats = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.ZapfDingbats)
        fonts = Dictionary({"/STSong": typing_font(pdf), "/ZaDb": pdf.make_indirect(dingbats)})
        pdf.Root.AcroForm = pdf.make_indirect(
            Dictionary(Fields=Array(self._roots), DR=Dictionary(Font=fonts), DA=String(default_appearance()))
        )

    def _hang(self, name: tuple[str, ...], field: Any) -> None:
        """Put a field under the field whose name its own begins with; that one holds nothing but others."""
        if len(name) == 1:
            self._roots.append(field)
            return
        parent = self._nodes.get(name[:-1])
        if parent is None:
            parent = self._pdf.make_indirect(Dictionary(T=String(name[-2]), Kids=Array()))
            self._nodes[name[:-1]] = parent
            self._hang(name[:-1], parent)
        parent.Kids.append(field)
        field.Parent = parent

    def _widget(self, box: FormBox) -> Any:
        looks = [self._look(box.area, operators) for operators in box.looks]
        widget = Dictionary(
            Type=Name.Annot,
            Subtype=Name.Widget,
            Rect=[round(edge, 3) for edge in box.area],
            F=PRINTED,
            P=self._pdf.pages[box.page_index].obj,
            BS=Dictionary(W=0),
        )
        if box.kind.kind == "check":
            widget.AP = Dictionary(N=Dictionary({ON: looks[0], OFF: looks[1]}))
            widget.AS = Name(ON if box.value else OFF)
            widget.MK = Dictionary(CA=String("4"))
        else:
            widget.AP = Dictionary(N=looks[0])
        return self._pdf.make_indirect(widget)

    def _look(self, area: Rect, operators: bytes) -> Any:
        """Operators in the page's coordinates: the box they are seen through is the widget's own."""
        look = self._pdf.make_stream(b"/Tx BMC q\n" + operators + b"\nQ EMC")
        look.Type, look.Subtype = Name.XObject, Name.Form
        look.BBox = Array([round(edge, 3) for edge in area])
        look.Resources = Dictionary(Font=self._fonts)
        return look


def _field(box: FormBox) -> Any:
    kind, flags = box.kind, REQUIRED if box.is_required else 0
    field = Dictionary(T=String(box.name[-1]), TU=String(box.tooltip), Kids=Array())
    if kind.kind == "check":
        field.FT, field.V = Name.Btn, Name(ON if box.value else OFF)
        field.DA = String(b"/ZaDb 0 Tf 0 g")
    else:
        field.DA, field.Q = String(default_appearance(box.size_pt)), QUADDING[box.align]
        if box.value:
            field.V = String(box.value)
    if kind.kind == "text":
        field.FT = Name.Tx
        flags |= NO_SCROLL
        if kind.max_length is not None and len(box.value) <= kind.max_length:
            field.MaxLen = kind.max_length
    elif kind.kind == "choice":
        field.FT = Name.Ch
        flags |= COMBO | (OPEN if kind.is_open else 0)
        field.Opt = Array([String(choice) for choice in ("", *kind.choices)])
    if flags:
        field.Ff = flags
    return field
