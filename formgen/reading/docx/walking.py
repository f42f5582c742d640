"""From a part of a Word file to texts with marks, in one walk over its tree.

What is read is what a person sees who accepts all changes; on demand what a person sees who rejects them all. Places
are counted over both, so that they can be compared. Hidden rows are left out and told. Elements that only wrap others
(hyperlinks, smart tags, custom XML, alternate content) are looked through. Paragraphs are read by `paragraphs`.
Source: ECMA-376 Part 1, 17.4 (tables), 17.5.2 (content controls), 17.13.5 (revisions); Part 3, 10.2 (alternate
content).
"""

from __future__ import annotations

from formgen.reading.docx.building import Build
from formgen.reading.docx.elements import (
    CELL_PROPERTIES,
    CHANGED,
    END,
    GRID_BEFORE,
    GRID_SPAN,
    HEADS,
    MATH,
    MERGE,
    PPR,
    REFERENCE,
    ROW_HIDDEN,
    ROW_PROPERTIES,
    SDT,
    SECTION,
    START,
    TBL,
    TC,
    TR,
    VALUE,
    WRAPPERS,
    P,
    control_in,
    is_on,
    number_in,
)
from formgen.reading.docx.model import Block, Cell, Mark, SectionEnd, Table
from formgen.reading.docx.moulds import CastRow
from formgen.reading.docx.paragraphs import ParagraphWalker
from formgen.reading.docx.roots import PLACEHOLDER
from formgen.reading.docx.signs import said
from formgen.rendering.docx.wordml import Element

__all__ = ["Walker", "walk_alone"]


def walk_alone(element: Element) -> tuple[list[Cell], int] | None:
    """A row or a paragraph by itself, as `cast_rows` wants it."""
    walker = Walker()
    return walker.row(element) if element.tag == TR else walker.paragraph(element)


class Walker(ParagraphWalker):
    """Walks the parts of one file; counts paragraphs and tables over all of them."""

    def flow(self, element: Element, place: str = "") -> list[Block]:
        """The blocks of w:body, of a header or footer or of a text box; `place` begins their places."""
        blocks: list[Block] = []
        self._flow(element, blocks, place)
        return blocks

    def row(self, element: Element) -> tuple[list[Cell], int] | None:
        """The cells of a row by itself, and how many paragraphs it has; None where there is more in it."""
        table = Table(0)
        self._row(element, table, "")
        if not table.laid or self.changes or self._boxes or self.has_dressed or self.hidden:
            return None
        return table.rows[0], self._paragraphs

    def paragraph(self, element: Element) -> tuple[list[Cell], int] | None:
        """What a paragraph by itself says, as one cell; None where there is more in it, or it does not end."""
        build = Build()
        is_joined = self._paragraph(element, build)
        if is_joined or build.open or build.fields or build.pictures or self.changes or self._boxes:
            return None
        if self.has_dressed or self.hidden or self._unsaid:
            return None
        return [Cell("".join(build.pieces), build.marks, "")], 0

    def section_end(self, properties: Element) -> SectionEnd:
        return SectionEnd([item.get(REFERENCE, "") for item in properties if item.tag in HEADS])

    def _flow(self, element: Element, blocks: list[Block], place: str) -> None:
        build = Build()
        for child in element:
            tag = child.tag
            if tag == P:
                self._paragraphs += 1
                is_joined = self._paragraph(child, build)
                section = self._section_in(child)
                if section is not None or not (is_joined or build.open):
                    self._finish(build, blocks, place)
                    build = Build()
                elif not is_joined:
                    build.pieces.append("\n")
                if section is not None:
                    blocks.append(section)
            elif tag == TBL:
                self._finish(build, blocks, place)
                build = Build()
                table = self._table(child, place)
                if table.laid or not table.passed:
                    blocks.append(table)
            elif tag == SDT:
                self._finish(build, blocks, place)
                build = Build()
                self._block_control(child, blocks, place)
            elif tag in WRAPPERS:
                self._finish(build, blocks, place)
                build = Build()
                self._flow(self._unwrapped(child, tag), blocks, place)
            elif tag in (START, END):
                build.bookmark(child)
            elif tag == SECTION:
                self._finish(build, blocks, place)
                build = Build()
                blocks.append(self.section_end(child))
            if self._boxes:
                boxes, self._boxes = self._boxes, []
                for box in boxes:
                    blocks += box
        self._finish(build, blocks, place)

    def _block_control(self, control: Element, blocks: list[Block], place: str) -> None:
        """A content control around whole paragraphs: one text, if it is one value's; else what stands in it."""
        content, tag, is_empty = control_in(control)
        if content is None:
            return
        if not tag or next(content.iter(TBL), None) is not None:
            self._flow(content, blocks, place)
            return
        build = Build()
        first = self._paragraphs + 1
        self._cell_content(content, build, [])
        self._paragraphs = max(self._paragraphs, first)
        if is_empty:
            build = Build()
        build.marks.append(Mark(True, tag, 0, 0, build.length))
        self._tell_hidden(f"{place}¶{first}")
        blocks.append(build.text(f"{place}¶{first}"))

    def _finish(self, build: Build, blocks: list[Block], place: str) -> None:
        if self._unsaid:
            self._tell_hidden(f"{place}¶{self._paragraphs}")
        if build.pieces or build.marks or build.pictures:
            blocks.append(build.text(f"{place}¶{self._paragraphs}"))

    def _section_in(self, paragraph: Element) -> SectionEnd | None:
        properties = paragraph[0] if len(paragraph) and paragraph[0].tag == PPR else None
        if properties is not None and len(properties):
            for item in properties:
                if item.tag == SECTION:
                    return self.section_end(item)
        return None

    def _table(self, element: Element, place: str) -> Table:
        self._tables += 1
        table = Table(self._tables)
        self._rows(element, table, f"{place}表{self._tables} 第")
        return table

    def _rows(self, element: Element, table: Table, place: str) -> None:
        for child in element:
            tag = child.tag
            if tag == TR:
                if self.cast and (number := child.get(PLACEHOLDER)) is not None:
                    self._cast_row(self.cast[int(number)], table, place)
                else:
                    self._row(child, table, place)
            elif tag == SDT:
                content, _, _ = control_in(child)
                if content is not None:
                    self._rows(content, table, place)
            elif tag in WRAPPERS:
                self._rows(self._unwrapped(child, tag), table, place)

    def _cast_row(self, row: CastRow, table: Table, place: str) -> None:
        row.place, row.number = place, len(table.laid) + table.passed + 1
        if self._is_hidden:
            row.texts = [""] * len(row.texts)
        self._paragraphs += row.mould.paragraphs
        table.laid.append(row)

    def _row(self, element: Element, table: Table, place: str) -> None:
        cells: list[Cell] = []
        column = 0
        for properties in element:
            name = properties.tag
            if name == TC:
                break
            if name != ROW_PROPERTIES:
                continue
            for item in properties:
                if item.tag in CHANGED and self._is_gone(item.tag):
                    self._pass(element)
                    table.passed += 1
                    return
                if item.tag == ROW_HIDDEN and is_on(item):
                    self._pass_hidden(element, f"{place}{len(table.laid) + table.passed + 1}行")
                    table.passed += 1
                    return
                if item.tag == GRID_BEFORE:
                    column = number_in(item, 0)
        self._cells(element, cells, column, f"{place}{len(table.laid) + table.passed + 1}行第", "")
        table.laid.append(cells)

    def _cells(self, element: Element, cells: list[Cell], column: int, place: str, tag: str) -> int:
        for child in element:
            name = child.tag
            if name == TC:
                cell = self._cell(child, column, f"{place}{len(cells) + 1}列", tag)
                if cell is not None:
                    cells.append(cell)
                    column += cell.span
            elif name == SDT:
                content, inner, is_empty = control_in(child)
                if content is not None:
                    self._is_hidden += is_empty
                    column = self._cells(content, cells, column, place, inner)
                    self._is_hidden -= is_empty
            elif name in WRAPPERS:
                column = self._cells(self._unwrapped(child, name), cells, column, place, tag)
        return column

    def _cell(self, element: Element, column: int, place: str, tag: str) -> Cell | None:
        build = Build()
        span, merge = 1, ""
        tables: list[Table] = []
        properties = element[0] if len(element) and element[0].tag == CELL_PROPERTIES else ()
        for item in properties:
            name = item.tag
            if name == GRID_SPAN:
                span = max(1, number_in(item, 1))
            elif name == MERGE:
                merge = "restart" if item.get(VALUE) == "restart" else "continue"
            elif name in CHANGED and self._is_gone(name):
                self._pass(element)
                return None
        self._cell_content(element, build, tables)
        if self._unsaid:
            self._tell_hidden(place)
        if tag:
            build.marks.append(Mark(True, tag, 0, 0, build.length))
        text = "".join(build.pieces)
        return Cell(text, build.closed(), place, build.pictures, column, span, merge, tables)

    def _cell_content(self, element: Element, build: Build, tables: list[Table]) -> None:
        """The paragraphs of a cell, joined by line ends."""
        is_first = not build.pieces
        is_joined = True
        for child in element:
            tag = child.tag
            if tag == P:
                self._paragraphs += 1
                if not is_first and not is_joined:
                    build.pieces.append("\n")
                is_first = False
                is_joined = self._paragraph(child, build)
            elif tag == TBL:
                tables.append(self._table(child, ""))
            elif tag == SDT:
                content, name, is_empty = control_in(child)
                if content is None:
                    continue
                if not is_first and not is_joined:
                    build.pieces.append("\n")
                start = build.length
                inner = Build()
                self._is_hidden += is_empty
                self._cell_content(content, inner, tables)
                self._is_hidden -= is_empty
                build.append(inner)
                if name:
                    build.marks.append(Mark(True, name, 0, start, build.length))
                is_first = is_joined = False
            elif tag in WRAPPERS:
                self._cell_content(self._unwrapped(child, tag), build, tables)
                is_first = is_joined = False
            elif tag in (START, END):
                build.bookmark(child)
            elif tag in MATH:
                self._equation(build)

    def _pass_hidden(self, element: Element, place: str) -> None:
        self._pass(element)
        self.hidden.append((place, " ".join(filter(None, map(said, element.iter(P))))))
