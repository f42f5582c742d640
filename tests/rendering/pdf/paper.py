"""A small form on PDF, made by hand: a manifest in a few lines, its layout, its background."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pikepdf

from formgen.forms.layout import BACKGROUND, LAYOUT, Band, Flow, Layout, Page, Spot, dump_layout
from formgen.forms.manifest import Manifest, read_manifest
from formgen.vocabulary.terms import base_vocabulary

A4 = (595.0, 842.0)
FORM = """
version: "1"
title: 测试表
subject: person
fields:
  - {key: name, label: 姓名, term: person.name}
  - {key: sex, label: 性别, type: text}
  - {key: born, label: 出生, type: date}
  - {key: is_poor, label: 贫困, type: checkbox}
  - {key: reason, label: 申请理由, type: long-text}
  - {key: photo, label: 照片, type: image}
"""
ROSTER = """
version: "1"
title: 花名册
subject: place
fields:
  - {key: village, label: 村, type: text}
  - key: rows
    label: 名册
    rows_of: person
    blank_rows: 4
    merge_by: household
    columns:
      - {key: household, label: 户号, type: text}
      - {key: name, label: 姓名, term: person.name}
"""


def spot(key: str, left: float, top: float, right: float, bottom: float, **more: Any) -> Spot:
    """A cell with the value in its middle line, 12 pt on 15.6."""
    size, line = more.pop("size_pt", 12.0), more.pop("line_pt", 15.6)
    middle = (top + bottom) / 2
    given: dict[str, Any] = {
        "part": "",
        "kind": "text",
        "baseline_pt": middle + 0.3 * line,
        "min_size_pt": 7.5,
        **more,
    }
    return Spot(
        key=key,
        cell=(left, top, right, bottom),
        left_pt=left + 5.4,
        right_pt=right - 5.4,
        width_pt=right - left - 10.8,
        height_pt=bottom - top - 1.0,
        size_pt=size,
        line_pt=line,
        **given,
    )


def manifest_of(folder: Path, text: str = FORM, name: str = "test-form") -> Manifest:
    target = folder / name
    target.mkdir(parents=True, exist_ok=True)
    (target / "form.yaml").write_text(text, "utf-8")
    return read_manifest(target / "form.yaml", "test", base_vocabulary())


def background(path: Path, arts: Sequence[Sequence[tuple[float, float, float, float]]]) -> None:
    """A page for each art: rectangles (left, top, right, bottom) as thin lines, and a printed word in a font that the
    pages share."""
    pdf = pikepdf.new()
    font = pdf.make_indirect(
        pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
    )
    for boxes in arts:
        page = pdf.add_blank_page(page_size=A4)
        lines = [f"{x0} {A4[1] - y1} {x1 - x0} {y1 - y0} re S" for x0, y0, x1, y1 in boxes]
        page.Contents = pdf.make_stream("\n".join(["0.5 w", *lines]).encode())
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
    pdf.save(path, deterministic_id=True)


def make_form(folder: Path, text: str = FORM, **changes: Any) -> Manifest:
    """The form of one page."""
    manifest = manifest_of(folder, text)
    spots = (
        spot("name", 100, 100, 250, 124, align="center"),
        spot("sex", 250, 100, 350, 124),
        spot("born", 100, 124, 150, 148, part="year", is_inline=True),
        spot("born", 160, 124, 190, 148, part="month", is_inline=True),
        spot("is_poor", 350, 124, 380, 148, kind="box"),
        spot("reason", 100, 148, 500, 300, valign="top", baseline_pt=163.0, first_line_pt=24.0),
        spot("photo", 400, 20, 500, 95, kind="image"),
        spot("page", 280, 800, 310, 820, kind="page"),
        spot("pages", 320, 800, 350, 820, kind="pages"),
    )
    background(manifest.folder / BACKGROUND, [[item.cell for item in spots[:-2]]])
    made: dict[str, Any] = {
        "form": manifest.id,
        "version": "1",
        "carrier": "docx",
        "sources": {},
        "before": (Page(0, *A4, spots),),
        "page_code": (20.0, 20.0, 74.0, 74.0),
        **changes,
    }
    (manifest.folder / LAYOUT).write_bytes(dump_layout(Layout(**made)))
    return manifest


ROW_PT = 20.0


def make_roster(folder: Path, limit_pt: float = 200.0) -> Manifest:
    """A table that grows: three rows on the first page, four on the others."""
    manifest = manifest_of(folder, ROSTER, "roster")

    def row(art: int, has_merged: bool) -> Band:
        cells = [spot("name", 200, 140, 400, 160)]
        cells += [spot("household", 100, 140, 200, 160, is_merged=True, align="center")] if has_merged else []
        cells += [spot("row_number", 60, 140, 100, 160, kind="row_number", align="center")]
        return Band(art, 140.0, 160.0, tuple(cells))

    flow = Flow(
        table="rows",
        width_pt=A4[0],
        height_pt=A4[1],
        frame=Band(0, 0.0, A4[1], (spot("page", 280, 800, 310, 820, kind="page"),)),
        first=Band(1, 60.0, 140.0, (spot("village", 100, 60, 300, 80),)),
        next=Band(2, 100.0, 120.0, ()),
        rows={"single": row(3, True), "start": row(4, True), "middle": row(5, False), "end": row(6, False)},
        limit_pt=limit_pt,
        tail=Band(7, 300.0, 330.0, (spot("village", 100, 300, 300, 320),)),
        continued_pt=97.0,
    )
    edges = [(60, 140, 100, 160), (200, 140, 400, 160)]
    background(
        manifest.folder / BACKGROUND,
        [
            [(50, 790, 545, 825)],
            [(60, 120, 400, 140)],
            [(60, 100, 400, 120)],
            [*edges, (100, 140, 200, 160)],
            *[edges] * 3,
            [(60, 300, 400, 330)],
        ],
    )
    layout = Layout(manifest.id, "1", "docx", {}, (), flow)
    (manifest.folder / LAYOUT).write_bytes(dump_layout(layout))
    return manifest


def rows(*households: tuple[str, int]) -> Mapping[str, Any]:
    """A roster's record: so many rows of each household."""
    people = [{"household": key, "name": f"户{key}人{index}"} for key, count in households for index in range(count)]
    return {"village": "东村", "rows": people}
