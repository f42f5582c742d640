"""An Excel form as a probe: filled with marks, once to be measured and once blank.

In: an Excel template, and how many rows in which groups. Out: as for a Word form. A field is a cell: its shading tells
the room, its sign the baseline and the alignment. Cells with words and values are printed whole; formulas that stand
for totals are fields too, for on paper nobody computes them. Page numbers stand in the footer's sections.

Limits: one sheet; formulas in a loop row are its totals (total_of), in their order; cells outside of loops need a
defined name f_key where they are formulas.
Source: ECMA-376 Part 1, 18.3.1.46 (headerFooter), 18.3.1.62 (pageMargins), 18.8 (styles).
"""

from __future__ import annotations

import copy
import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, cast

from lxml import etree

from formgen.compiling.marks import CALC_GAPS, Colour, Colours, Mark, Probe
from formgen.errors import TemplateError
from formgen.forms.layout import SpotKind
from formgen.forms.manifest import Field, Manifest, Table
from formgen.problems import Place, Problem
from formgen.rendering.context import DATE_PARTS
from formgen.rendering.package import PackageTemplate
from formgen.rendering.tokens import Token
from formgen.rendering.xlsx import CompiledXlsx
from formgen.rendering.xlsx.references import RowMap, column_letters, parse_area
from formgen.rendering.xlsx.tags import FieldTag, TagReader
from formgen.rendering.xlsx.template import FormulaCell, LoopPlan, PlanCell, SheetPlan, compile_sheet
from formgen.rendering.xlsx.workbook import MAIN, WORKBOOK_PART, Workbook

__all__ = ["make_xlsx_probe"]

SIGN: Final = "国"
BOX_SIGN: Final = "□"
DEFAULT_FONT: Final = "宋体"
STYLES: Final = "xl/styles.xml"
VALUE: Final = re.compile(r"\{\{\s*(\w+(?:\.\w+)*)\s*\}\}")
SECTION: Final = re.compile(r"&([LCR])(.*?)(?=&[LCR]|$)", re.DOTALL)
CODE: Final = re.compile(r'&(?:"[^"]*"|K[0-9A-Fa-f]{6}|\d+|[BIUSEXYFAT])')
ALIGNMENTS: Final[Mapping[str, Literal["left", "center", "right"]]] = {"L": "left", "C": "center", "R": "right"}
PT_PER_INCH: Final = 72.0


def make_xlsx_probe(compiled: CompiledXlsx, manifest: Manifest, group_of: Sequence[int]) -> Probe:
    """The probe with a row for each entry of `group_of`, which says the row's group.

    Raises: TemplateError (F-LAYOUT-010 … F-LAYOUT-012): a cell whose value is not known; tables that cannot grow so.
    """
    return _ProbeMaker(compiled, manifest, group_of).make()


@dataclass(frozen=True, slots=True)
class _Place:
    """A cell of the filled sheet that shows values."""

    row: int
    column: int
    tag: Token
    pieces: tuple[str, ...] = ()


class _ProbeMaker:
    def __init__(self, compiled: CompiledXlsx, manifest: Manifest, group_of: Sequence[int]) -> None:
        self._file = str(manifest.template("xlsx"))
        self._manifest, self._group_of = manifest, group_of
        package = PackageTemplate(manifest.template("xlsx"), "xlsx")
        workbook = Workbook.read({name: package.part(name) for name in package.names}, self._file)
        tags = TagReader(manifest, self._file)
        plans = [plan for name in workbook.sheets if (plan := compile_sheet(name, workbook, manifest, tags))]
        if len(plans) != 1 or len(plans[0].loops) > 1:
            found = ", ".join(loop.table.key for plan in plans for loop in plan.loops)
            raise TemplateError(Problem("F-LAYOUT-012", Place(self._file), found))
        self._plan: SheetPlan = plans[0]
        self._loop = self._plan.loops[0] if self._plan.loops else None
        self._row_map = RowMap(self._plan.loop_rows, [len(group_of)] if self._loop else [])
        content = compiled.render(self._record(), "").content
        assert content is not None, "a form without values has nothing that could overflow"
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            self._parts = {name: archive.read(name) for name in archive.namelist()}
        self._sheet: Any = etree.fromstring(self._parts[self._plan.part])
        self._styles: Any = etree.fromstring(self._parts[STYLES])
        self._strings = workbook.strings
        self._colours = Colours(self._parts[STYLES].decode("utf-8", "replace"))
        self._cells = {cell.get("r"): cell for cell in self._sheet.iter(f"{{{MAIN}}}c")}
        self._marks: list[Mark] = []
        self._edits: list[tuple[Any, Colour | None, Colour | None, str]] = []

    def make(self) -> Probe:
        places = list(self._places())
        rooms = {(place.row, place.column): self._mark(place) for place in places}
        row_colours = list(self._row_colours(rooms))
        heads = self._mark_footer()
        last = max(int(row.get("r")) for row in self._sheet.iter(f"{{{MAIN}}}row"))
        end = next((colour for (row, _), colour in rooms.items() if row == last), None) or self._shade(last)
        body = "".join("".join(self._text(cell).split()) for cell in self._cells.values())
        blank = self._bytes()
        for cell, fill, colour, sign in self._edits:
            if colour is not None:
                self._put(cell, sign)
            cell.set("s", str(self._style(int(cell.get("s", "0")), fill, colour)))
        margins = self._sheet.find(f"{{{MAIN}}}pageMargins")
        given: Mapping[str, str] = dict(margins.attrib) if margins is not None else {}
        top, bottom = (float(given.get(name, "0.75")) * PT_PER_INCH for name in ("top", "bottom"))
        table = self._loop.table.key if self._loop is not None else ""
        height = (self._loop.plan.height_pt or 0.0) if self._loop is not None else 0.0
        if table and not height:
            raise TemplateError(Problem("F-LAYOUT-011", Place(self._file, self._plan.name)))
        is_broken = self._sheet.find(f"{{{MAIN}}}rowBreaks") is not None
        return Probe(
            blank, self._bytes(), self._marks, row_colours, end, heads, body, table, is_broken, (top, bottom), height
        )

    def _record(self) -> dict[str, Any]:
        """Rows of the groups: equal values where cells are merged, else none."""
        record: dict[str, Any] = {}
        for item in self._manifest.fields:
            if item.table is not None:
                record[item.key] = [_grouping(item.table, group) for group in self._group_of]
        return record

    def _places(self) -> Iterator[_Place]:
        named = self._named_cells()
        for row in self._plan.rows:
            if isinstance(row, LoopPlan):
                yield from self._loop_places(row)
                continue
            for cell in row.cells:
                name = f"{column_letters(cell.column)}{row.row}"
                number = self._row_map.start(row.row)
                if isinstance(cell, FormulaCell):
                    if name not in named:
                        raise self._refused(name)
                    yield _Place(number, cell.column, Token(named[name].key, "", "", -1, named[name]))
                else:
                    yield self._place(cell, number, name, "", -1)

    def _loop_places(self, loop: LoopPlan) -> Iterator[_Place]:
        first = self._row_map.start(loop.rows.row)
        table = cast(Table, loop.table.table)
        totals = [column for column in table.columns if column.total_of]
        formulas = [cell for cell in loop.plan.cells if isinstance(cell, FormulaCell)]
        if len(formulas) > len(totals):
            raise self._refused(f"{column_letters(formulas[-1].column)}{loop.rows.row}")
        total_of = dict(zip((cell.column for cell in formulas), totals, strict=False))
        for at, group in enumerate(self._group_of):
            for cell in loop.plan.cells:
                is_again = at > 0 and self._group_of[at - 1] == group and cell.column == loop.merge_column
                if is_again:
                    continue
                if cell.column in total_of:
                    total = total_of[cell.column]
                    yield _Place(first + at, cell.column, Token(total.key, "", loop.table.key, at, total))
                else:
                    name = f"{column_letters(cell.column)}{loop.rows.row}"
                    yield self._place(cell, first + at, name, loop.table.key, at)

    def _place(self, cell: PlanCell, number: int, name: str, table: str, row: int) -> _Place:
        """Where a cell with tags stands, and what it shows."""
        tag = getattr(cell, "tag", None)
        if isinstance(tag, FieldTag):
            key = tag.column or tag.key
            return _Place(number, cell.column, Token(key, "", table, row, self._field(key, table)))
        text = "".join(piece if isinstance(piece, str) else piece.tag for piece in getattr(cell, "pieces", ()))
        if VALUE.sub("", text).find("{") >= 0 or "<" in text:
            raise self._refused(name)
        pieces, keys, at = [], [], 0
        for match in VALUE.finditer(text):
            *owners, last = (name for name in match[1].split("."))
            is_part = last in DATE_PARTS and len(owners) == (2 if table else 1)
            key, part = (owners[-1], last) if is_part else (last, "")
            keys.append(key)
            pieces += [text[at : match.start()], f"{{{key}.{part}}}" if part else f"{{{key}}}"]
            at = match.end()
        pieces.append(text[at:])
        key = keys[0]
        shown = tuple(piece for piece in pieces if piece)
        return _Place(number, cell.column, Token(key, "", table, row, self._field(key, table)), shown)

    def _field(self, key: str, table: str) -> Field | None:
        if not table:
            return self._manifest.field(key)
        columns = cast(Table, self._manifest.field(table).table).columns
        return next((column for column in columns if column.key == key), None)

    def _named_cells(self) -> dict[str, Field]:
        """The fields that defined names (f_key) give to cells of the template."""
        root: Any = etree.fromstring(PackageTemplate(self._manifest.template("xlsx"), "xlsx").part(WORKBOOK_PART))
        found = {}
        for name in root.iter(f"{{{MAIN}}}definedName"):
            key = name.get("name", "").removeprefix("f_")
            item = next((item for item in self._manifest.fields if item.key == key and item.table is None), None)
            if item is not None and name.get("name", "").startswith("f_"):
                area = parse_area((name.text or "").rpartition("!")[2])
                found[f"{column_letters(area.column1)}{area.row1}"] = item
        return found

    def _mark(self, place: _Place) -> Colour:
        cell = self._cells[f"{column_letters(place.column)}{place.row}"]
        form = self._form(int(cell.get("s", "0")))
        kind: SpotKind = "text"
        if place.tag.field is None:
            kind = "row_number"
        elif not place.pieces and place.tag.field.is_box:
            kind = "box"
        elif not place.pieces and place.tag.field.type_name == "image":
            kind = "image"
        room, sign = self._colours.take(), self._colours.take()
        self._put(cell, "")
        self._edits.append((cell, room, sign, BOX_SIGN if kind == "box" else SIGN))
        mark = Mark(
            place.tag,
            kind,
            None,
            False,
            room,
            None,
            sign,
            0.0,
            form.font,
            form.valign,
            place.pieces,
            form.align,
            CALC_GAPS,
        )
        self._marks.append(mark)
        return room

    def _row_colours(self, rooms: Mapping[tuple[int, int], Colour]) -> Iterator[list[Colour]]:
        """For each row of the loop the colour of a cell as high as the row."""
        if self._loop is None:
            return
        first = self._row_map.start(self._loop.rows.row)
        for at in range(len(self._group_of)):
            colours = [
                colour
                for (row, column), colour in rooms.items()
                if row == first + at and column != self._loop.merge_column
            ]
            if not colours:
                raise TemplateError(Problem("F-LAYOUT-011", Place(self._file, self._plan.name)))
            yield colours[:1]

    def _shade(self, row: int) -> Colour | None:
        """Shade a cell of a row that has no values."""
        cell = next((cell for name, cell in self._cells.items() if parse_area(str(name)).row1 == row), None)
        if cell is None:
            return None
        colour = self._colours.take()
        self._edits.append((cell, colour, None, ""))
        return colour

    def _mark_footer(self) -> str:
        """Colour the sections of header and footer that count pages; returns the words of the others."""
        others = ""
        for name in ("oddHeader", "oddFooter"):
            element = self._sheet.find(f"{{{MAIN}}}headerFooter/{{{MAIN}}}{name}")
            if element is None or not element.text:
                continue
            text = element.text if element.text.startswith(("&L", "&C", "&R")) else f"&C{element.text}"
            sections = []
            for side, content in SECTION.findall(text):
                if "&P" not in content and "&N" not in content:
                    others += CODE.sub("", content)
                    sections.append(f"&{side}{content}")
                    continue
                plain = CODE.sub("", content).replace("&P", "{page}").replace("&N", "{pages}")
                pieces = tuple(piece for piece in re.split(r"(\{pages?\})", plain) if piece)
                colour = self._colours.take()
                bare = content.replace("&P", "0").replace("&N", "0")
                codes = "".join(CODE.findall(bare))
                sections.append(f"&{side}{codes}&K{_hex(colour)}{CODE.sub('', bare)}")
                font = re.search(r'&"([^",]*)', content)
                tag, align = Token("page", "", "", -1, None), ALIGNMENTS[side]
                family = font[1] if font else DEFAULT_FONT
                self._marks.append(
                    Mark(tag, "page", None, True, None, None, colour, 0.0, family, "center", pieces, align)
                )
            element.text = "".join(sections)
        return "".join(others.split())

    def _text(self, cell: Any) -> str:
        if cell.get("t") == "s":
            return "".join(self._strings[int(cell.findtext(f"{{{MAIN}}}v", "0"))].itertext())
        return "".join("".join(node.itertext()) for node in cell if node.tag != f"{{{MAIN}}}f")

    def _put(self, cell: Any, text: str) -> None:
        """A cell's text in the place of whatever it holds."""
        for child in list(cell):
            cell.remove(child)
        cell.attrib.pop("t", None)
        if text:
            cell.set("t", "inlineStr")
            etree.SubElement(etree.SubElement(cell, f"{{{MAIN}}}is"), f"{{{MAIN}}}t").text = text

    def _form(self, index: int) -> _Form:
        xf = self._styles.find(f"{{{MAIN}}}cellXfs")[index]
        alignment = xf.find(f"{{{MAIN}}}alignment")
        given = dict(alignment.attrib) if alignment is not None else {}
        font = self._styles.find(f"{{{MAIN}}}fonts")[int(xf.get("fontId", "0"))].find(f"{{{MAIN}}}name")
        horizontal, vertical = given.get("horizontal", "left"), given.get("vertical", "bottom")
        align = horizontal if horizontal in ("center", "right") else "left"
        valign = vertical if vertical in ("center", "top") else "bottom"
        family = str(font.get("val")) if font is not None else DEFAULT_FONT
        return _Form(
            family,
            cast(Literal["left", "center", "right"], align),
            cast(Literal["top", "center", "bottom"], valign),
        )

    def _style(self, index: int, fill: Colour | None, colour: Colour | None) -> int:
        """A cell format like this one, with other colours."""
        formats = self._styles.find(f"{{{MAIN}}}cellXfs")
        made = copy.deepcopy(formats[index])
        if fill is not None:
            fills = self._styles.find(f"{{{MAIN}}}fills")
            pattern = etree.SubElement(etree.SubElement(fills, f"{{{MAIN}}}fill"), f"{{{MAIN}}}patternFill")
            pattern.set("patternType", "solid")
            etree.SubElement(pattern, f"{{{MAIN}}}fgColor").set("rgb", f"FF{_hex(fill)}")
            made.set("fillId", str(len(fills) - 1))
            made.set("applyFill", "1")
        if colour is not None:
            fonts = self._styles.find(f"{{{MAIN}}}fonts")
            font = copy.deepcopy(fonts[int(made.get("fontId", "0"))])
            for old in font.findall(f"{{{MAIN}}}color"):
                font.remove(old)
            etree.SubElement(font, f"{{{MAIN}}}color").set("rgb", f"FF{_hex(colour)}")
            fonts.append(font)
            made.set("fontId", str(len(fonts) - 1))
            made.set("applyFont", "1")
        formats.append(made)
        return len(formats) - 1

    def _bytes(self) -> bytes:
        file = io.BytesIO()
        parts = {
            **self._parts,
            self._plan.part: etree.tostring(self._sheet, encoding="UTF-8", xml_declaration=True, standalone=True),
            STYLES: etree.tostring(self._styles, encoding="UTF-8", xml_declaration=True, standalone=True),
        }
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in parts.items():
                archive.writestr(zipfile.ZipInfo(name), content)
        return file.getvalue()

    def _refused(self, cell: str) -> TemplateError:
        return TemplateError(Problem("F-LAYOUT-010", Place(self._file, self._plan.name, cell)))


@dataclass(frozen=True, slots=True)
class _Form:
    """How a cell shows its text."""

    font: str
    align: Literal["left", "center", "right"]
    valign: Literal["top", "center", "bottom"]


def _grouping(table: Table, group: int) -> dict[str, Any]:
    """A row that is blank but for the value that tells its group."""
    column = next((column for column in table.columns if column.key == table.merge_by), None)
    return {column.key: column.value_type.parse(str(group + 1))} if column is not None else {}


def _hex(colour: Colour) -> str:
    return "".join(f"{part:02X}" for part in colour)
