"""A contact card of 90 × 54 mm with a front and a back, as a form that a programme of the user's could have.

Its layout and its background are made here by hand; the cards come from the command line like any other form.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import pikepdf

from formgen.forms.layout import BACKGROUND, LAYOUT, Layout, Page, dump_layout
from formgen.units import mm_to_pt
from tests.rendering.pdf.paper import spot

__all__ = ["CARD", "FORM_ID", "make_cards"]

CARD: Final = (mm_to_pt(90), mm_to_pt(54))
FORM_ID: Final = "cards-2015/contact-card"
PROGRAMME: Final = "title: 联系卡\nforms: [contact-card]\npackets: []\n"
FORM: Final = """
version: "1"
title: 帮扶联系卡
subject: person
fields:
  - {key: name, label: 姓名, term: person.name, required: true}
  - {key: phone, label: 联系电话, term: person.phone}
  - {key: address, label: 家庭住址, term: person.address}
"""
FRAME: Final = (10.0, 10.0, CARD[0] - 10.0, CARD[1] - 10.0)
INNER: Final = (46.0, 14.0, CARD[0] - 46.0, CARD[1] - 14.0)
"""Between the corner marks."""


def make_cards(templates: Path, data: Path, count: int) -> None:
    """The form in a folder of templates, and a file of so many records."""
    folder = templates / FORM_ID
    folder.mkdir(parents=True)
    (folder.parent / "programme.yaml").write_text(PROGRAMME, "utf-8")
    (folder / "form.yaml").write_text(FORM, "utf-8")
    left, top, right, bottom = INNER
    front = (
        spot("name", left, top + 20, right, top + 56, align="center", size_pt=22.0, line_pt=28.0),
        spot("phone", left, bottom - 34, right, bottom - 10, align="center"),
    )
    back = (spot("name", left, top, right, top + 30), spot("address", left, top + 30, right, bottom))
    pages = (Page(0, *CARD, front), Page(1, *CARD, back))
    (folder / LAYOUT).write_bytes(dump_layout(Layout(FORM_ID, "1", "docx", {}, pages)))
    _draw(folder / BACKGROUND)
    records = [{"name": f"王{chr(0x4E00 + number)}", "phone": f"139123456{number:02d}"} for number in range(count)]
    lines = (json.dumps({**record, "address": "米村镇东沟村3组18号"}, ensure_ascii=False) for record in records)
    data.write_text("\n".join(lines), "utf-8")


def _draw(path: Path) -> None:
    """A frame on the front; on the back a frame and a rule below the name."""
    left, top, right, bottom = FRAME
    frame = f"0.5 w {left} {CARD[1] - bottom} {right - left} {bottom - top} re S"
    rule = f"{left} {CARD[1] - top - 30} m {right} {CARD[1] - top - 30} l S"
    pdf = pikepdf.new()
    for content in (frame, f"{frame} {rule}"):
        pdf.add_blank_page(page_size=CARD).Contents = pdf.make_stream(content.encode())
    pdf.save(path)
