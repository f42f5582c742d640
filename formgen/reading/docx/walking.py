"""From a part of a Word file to texts with marks, in one walk over its tree.

What is read is what a person sees who accepts all changes: deleted text is left out and counted, inserted text stays.
On demand it is what a person sees who rejects them all. Places are counted over both, so that they can be compared.
Hidden text and hidden rows are left out and told; every sign that is struck out is marked as such (`struck`). Both are
looked for in the formatting of runs themselves: what a style strikes out or hides is read as any text.
Placeholders of empty content controls, instructions of fields, page numbers and comments are no text. Elements that
only wrap others (hyperlinks, smart tags, custom XML, alternate content) are looked through.
Source: ECMA-376 Part 1, 17.3 (paragraphs and runs), 17.4 (tables), 17.5.2 (content controls), 17.13.5 (revisions),
17.16 (fields); Part 3, 10.2 (alternate content).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from formgen.reading.docx.casting import PLACEHOLDER
from formgen.reading.docx.model import Block, Cell, Mark, SectionEnd, Table, Text, mark_name
from formgen.reading.docx.moulds import CastRow
from formgen.reading.struck import struck
from formgen.rendering.docx.wordml import R_NS, WP_NS, Element, w

__all__ = ["Walker", "walk_alone"]

P: Final = w("p")
R: Final = w("r")
T: Final = w("t")
TAB_SIGN: Final = w("tab")
BR: Final = w("br")
RPR: Final = w("rPr")
PPR: Final = w("pPr")
TBL: Final = w("tbl")
TR: Final = w("tr")
TC: Final = w("tc")
SDT: Final = w("sdt")
SECTION: Final = w("sectPr")
START: Final = w("bookmarkStart")
END: Final = w("bookmarkEnd")
FIELD: Final = w("fldSimple")
FIELD_SIGN: Final = w("fldChar")
INSTRUCTION: Final = w("instrText")
SYMBOL: Final = w("sym")
BOX: Final = w("txbxContent")
VALUE: Final = w("val")
NAME: Final = w("name")
IDENTITY: Final = w("id")
KIND: Final = w("type")
ROW_PROPERTIES: Final = w("trPr")
ROW_HIDDEN: Final = w("hidden")
VANISH: Final = w("vanish")
LINES: Final = frozenset(map(w, ("strike", "dstrike")))
OFF: Final = ("0", "false", "off")
GRID_BEFORE: Final = w("gridBefore")
CELL_PROPERTIES: Final = w("tcPr")
GRID_SPAN: Final = w("gridSpan")
MERGE: Final = w("vMerge")
CODE: Final = w("instr")
DELETED_TEXT: Final = w("delText")
SIGN_KIND: Final = w("fldCharType")
CONTENT: Final = w("sdtContent")
CONTROL_PROPERTIES: Final = w("sdtPr")
TAG: Final = w("tag")
SHOWS_PLACEHOLDER: Final = w("showingPlcHdr")
CHARACTER: Final = w("char")
FONT: Final = w("font")
FORM_BOX: Final = w("checkBox")
ALTERNATE: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent"
CHOICE: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Choice"
FALLBACK: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
PICTURE: Final = f"{{{WP_NS}}}docPr"
HEADS: Final = frozenset([w("headerReference"), w("footerReference")])
REFERENCE: Final = f"{{{R_NS}}}id"
WRAPPERS: Final = frozenset(
    [
        *map(w, ("hyperlink", "smartTag", "customXml", "dir", "bdo", "ruby", "rubyBase", "sdtContent")),
        *map(w, ("ins", "moveTo", "del", "moveFrom")),
        ALTERNATE,
        CHOICE,
    ]
)
TAKEN_OUT: Final = frozenset(map(w, ("del", "moveFrom", "cellDel")))
PUT_IN: Final = frozenset(map(w, ("ins", "moveTo", "cellIns")))
CHANGED: Final = TAKEN_OUT | PUT_IN
DRAWN: Final = frozenset(map(w, ("drawing", "pict", "object")))
SIGNS: Final = {w("cr"): "\n", w("noBreakHyphen"): "-", w("ptab"): "\t"}
PAGE_FIELD: Final = re.compile(r"\s*(?:PAGE|NUMPAGES|SECTIONPAGES|SECTION)\b")
SYMBOLS: Final = {
    **dict.fromkeys([("wingdings", 0xFE), ("wingdings 2", 0x52)], "☑"),
    **dict.fromkeys([("wingdings", 0xFC), ("wingdings 2", 0x50)], "√"),
    **dict.fromkeys([("wingdings", 0xFD), ("wingdings 2", 0x51), ("wingdings 2", 0x53), ("wingdings 2", 0x54)], "☒"),
    **dict.fromkeys([("wingdings", code) for code in (0x6F, 0x70, 0x71, 0x72, 0xA8)], "□"),
    **dict.fromkeys([("wingdings 2", code) for code in (0x2A, 0x30, 0xA3)], "□"),
    **dict.fromkeys([("wingdings", 0x6E), ("wingdings 2", 0xA2)], "■"),
    **dict.fromkeys([("wingdings", 0xFB), ("wingdings 2", 0x4F)], "×"),
}
"""What signs of symbol fonts look like; ticks and boxes people put in forms. Others read as U+FFFD."""
UNKNOWN_SYMBOL: Final = "\ufffd"


def walk_alone(element: Element) -> tuple[list[Cell], int] | None:
    """A row or a paragraph by itself, as `cast_rows` wants it."""
    walker = Walker()
    return walker.row(element) if element.tag == TR else walker.paragraph(element)


class _Build:
    """A text while it grows."""

    __slots__ = ("_counted", "_length", "fields", "marks", "open", "pictures", "pieces")

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self._counted = self._length = 0
        self.marks: list[Mark] = []
        self.open: dict[str, tuple[str, int, int, int]] = {}
        """Bookmarks that have begun, by their id: name, row, sheet, start."""
        self.fields: list[list[str] | None] = []
        """Of fields that have begun: their instructions; None once the result has begun."""
        self.pictures: list[tuple[int, str]] = []

    @property
    def length(self) -> int:
        """Of the text so far; reckoned when it is asked for."""
        pieces = self.pieces
        if self._counted < len(pieces):
            self._length += sum(map(len, pieces[self._counted :] if self._counted else pieces))
            self._counted = len(pieces)
        return self._length


class _StruckPieces(list[str]):
    """The pieces of a text that is struck out."""

    def append(self, piece: str) -> None:
        super().append(struck(piece))


class Walker:
    """Walks the parts of one file; counts paragraphs and tables over all of them."""

    def __init__(self, is_original: bool = False) -> None:
        """`is_original`: as if all tracked changes were rejected, not accepted."""
        self._gone = PUT_IN if is_original else TAKEN_OUT
        self.cast: Sequence[CastRow] = ()
        """The rows that placeholders in the part stand for."""
        self.changes = 0
        """Tracked insertions and deletions seen."""
        self.looks = True
        """Whether runs are asked how they are formatted. Of a part that names neither lines nor hidden text nobody need
        ask: that is most of them, and there are many runs."""
        self.has_struck = False
        """Whether any text was struck out."""
        self.hidden: list[tuple[str, str]] = []
        """Hidden text: where and what."""
        self._unsaid: list[str] = []
        """Hidden text of the paragraph or cell that is being read."""
        self._boxes: list[list[Block]] = []
        """What stands in text boxes whose anchors were passed: it follows the block with the anchor."""
        self._paragraphs = 0
        self._tables = 0
        self._is_hidden = 0

    def flow(self, element: Element, place: str = "") -> list[Block]:
        """The blocks of w:body, of a header or footer or of a text box; `place` begins their places."""
        blocks: list[Block] = []
        self._flow(element, blocks, place)
        return blocks

    def row(self, element: Element) -> tuple[list[Cell], int] | None:
        """The cells of a row by itself, and how many paragraphs it has; None where there is more in it."""
        table = Table(0)
        self._row(element, table, "")
        if not table.laid or self.changes or self._boxes or self.has_struck or self.hidden:
            return None
        return table.rows[0], self._paragraphs

    def paragraph(self, element: Element) -> tuple[list[Cell], int] | None:
        """What a paragraph by itself says, as one cell; None where there is more in it, or it does not end."""
        build = _Build()
        is_joined = self._paragraph(element, build)
        if is_joined or build.open or build.fields or build.pictures or self.changes or self._boxes:
            return None
        if self.has_struck or self.hidden or self._unsaid:
            return None
        return [Cell("".join(build.pieces), build.marks, "")], 0

    def section_end(self, properties: Element) -> SectionEnd:
        return SectionEnd([item.get(REFERENCE, "") for item in properties if item.tag in HEADS])

    def _flow(self, element: Element, blocks: list[Block], place: str) -> None:
        build = _Build()
        for child in element:
            tag = child.tag
            if tag == P:
                self._paragraphs += 1
                is_joined = self._paragraph(child, build)
                section = self._section_in(child)
                if section is not None or not (is_joined or build.open):
                    self._finish(build, blocks, place)
                    build = _Build()
                elif not is_joined:
                    build.pieces.append("\n")
                if section is not None:
                    blocks.append(section)
            elif tag == TBL:
                self._finish(build, blocks, place)
                build = _Build()
                table = self._table(child, place)
                if table.laid or not table.passed:
                    blocks.append(table)
            elif tag == SDT:
                self._finish(build, blocks, place)
                build = _Build()
                self._block_control(child, blocks, place)
            elif tag in WRAPPERS:
                self._finish(build, blocks, place)
                build = _Build()
                self._flow(self._unwrapped(child, tag), blocks, place)
            elif tag in (START, END):
                self._bookmark(child, build)
            elif tag == SECTION:
                self._finish(build, blocks, place)
                build = _Build()
                blocks.append(self.section_end(child))
            if self._boxes:
                boxes, self._boxes = self._boxes, []
                for box in boxes:
                    blocks += box
        self._finish(build, blocks, place)

    def _block_control(self, control: Element, blocks: list[Block], place: str) -> None:
        """A content control around whole paragraphs: one text, if it is one value's; else what stands in it."""
        content, tag, is_empty = _control(control)
        if content is None:
            return
        if not tag or next(content.iter(TBL), None) is not None:
            self._flow(content, blocks, place)
            return
        build = _Build()
        first = self._paragraphs + 1
        self._cell_content(content, build, [])
        self._paragraphs = max(self._paragraphs, first)
        if is_empty:
            build = _Build()
        build.marks.append(Mark(True, tag, 0, 0, build.length))
        self._tell_hidden(f"{place}¶{first}")
        blocks.append(_text(build, f"{place}¶{first}"))

    def _finish(self, build: _Build, blocks: list[Block], place: str) -> None:
        if self._unsaid:
            self._tell_hidden(f"{place}¶{self._paragraphs}")
        if build.pieces or build.marks or build.pictures:
            blocks.append(_text(build, f"{place}¶{self._paragraphs}"))

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
                content, _, _ = _control(child)
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
                if item.tag == ROW_HIDDEN and _is_on(item):
                    self._pass_hidden(element, f"{place}{len(table.laid) + table.passed + 1}行")
                    table.passed += 1
                    return
                if item.tag == GRID_BEFORE:
                    column = _number(item, 0)
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
                content, inner, is_empty = _control(child)
                if content is not None:
                    self._is_hidden += is_empty
                    column = self._cells(content, cells, column, place, inner)
                    self._is_hidden -= is_empty
            elif name in WRAPPERS:
                column = self._cells(self._unwrapped(child, name), cells, column, place, tag)
        return column

    def _cell(self, element: Element, column: int, place: str, tag: str) -> Cell | None:
        build = _Build()
        span, merge = 1, ""
        tables: list[Table] = []
        properties = element[0] if len(element) and element[0].tag == CELL_PROPERTIES else ()
        for item in properties:
            name = item.tag
            if name == GRID_SPAN:
                span = max(1, _number(item, 1))
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
        return Cell(text, _closed(build), place, build.pictures, column, span, merge, tables)

    def _cell_content(self, element: Element, build: _Build, tables: list[Table]) -> None:
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
                content, name, is_empty = _control(child)
                if content is None:
                    continue
                if not is_first and not is_joined:
                    build.pieces.append("\n")
                start = build.length
                inner = _Build()
                self._is_hidden += is_empty
                self._cell_content(content, inner, tables)
                self._is_hidden -= is_empty
                _append(build, inner)
                if name:
                    build.marks.append(Mark(True, name, 0, start, build.length))
                is_first = is_joined = False
            elif tag in WRAPPERS:
                self._cell_content(self._unwrapped(child, tag), build, tables)
                is_first = is_joined = False
            elif tag in (START, END):
                self._bookmark(child, build)

    def _paragraph(self, paragraph: Element, build: _Build) -> bool:
        """Add a paragraph's text. Returns whether its end is gone, so that the next one joins it."""
        if self.cast and (number := paragraph.get(PLACEHOLDER)) is not None:
            self._cast_paragraph(self.cast[int(number)], build)
            return False
        is_joined = False
        for child in paragraph:
            tag = child.tag
            if tag == R:
                self._run(child, build)
            elif tag == SDT:
                self._run_control(child, build)
            elif tag == PPR:
                is_joined = self._is_end_gone(child)
            else:
                self._inline(child, tag, build)
        return is_joined

    def _cast_paragraph(self, row: CastRow, build: _Build) -> None:
        (said,) = row.mould.cells
        marks, start = said.marks_of(row), build.length
        for identity in row.starts:
            build.open.pop(identity.decode(), None)  # begun anew, as it would be by the paragraph itself
        if self._is_hidden or (build.fields and _is_unseen(build)):
            build.marks += [mark._replace(start=start, end=start) for mark in marks]
            return
        if text := said.text(row.texts):
            build.pieces.append(text)
        build.marks += _moved(marks, start) if start else marks

    def _is_end_gone(self, properties: Element) -> bool:
        for run in properties.iterchildren(RPR):
            for item in run:
                if item.tag in CHANGED and self._is_gone(item.tag):
                    return True
        return False

    def _is_gone(self, change: str) -> bool:
        """Whether a tracked change, which is counted, took out what it is about."""
        self.changes += 1
        return change in self._gone

    def _unwrapped(self, wrapper: Element, tag: str) -> Element:
        """What is in a wrapper; nothing where it is gone."""
        if tag in CHANGED and self._is_gone(tag):
            self._pass(wrapper)
            return ()
        return _chosen(wrapper) if tag == ALTERNATE else wrapper

    def _pass(self, element: Element) -> None:
        """Count what is gone, so that what follows has one place whether changes are accepted or rejected."""
        shown = [item for item in element.iter(P, TBL) if next(item.iterancestors(FALLBACK), None) is None]
        tables = sum(item.tag == TBL for item in shown)
        self._tables += tables
        self._paragraphs += len(shown) - tables

    def _inline(self, child: Element, tag: str, build: _Build) -> None:
        if tag in (START, END):
            self._bookmark(child, build)
        elif tag == SDT:
            self._run_control(child, build)
        elif tag == FIELD:
            if PAGE_FIELD.match(child.get(CODE, "")) is None:
                self._inside(child, build)
        elif tag in WRAPPERS:
            inner = self._unwrapped(child, tag)
            self._inside(inner if len(inner) else child.iter(START, END), build)  # marks outlive what is gone

    def _inside(self, element: Element, build: _Build) -> None:
        for child in element:
            tag = child.tag
            if tag == R:
                self._run(child, build)
            elif tag == START:
                self._start(child, build)
            elif tag == END:
                self._end(child, build)
            else:
                self._inline(child, tag, build)

    def _run_control(self, control: Element, build: _Build) -> None:
        content, tag, is_empty = _control(control)
        if content is None:
            return
        start = build.length
        self._is_hidden += is_empty
        self._inside(content, build)
        self._is_hidden -= is_empty
        if tag:
            build.marks.append(Mark(True, tag, 0, start, build.length))

    def _run(self, run: Element, build: _Build) -> None:
        if self.looks and self._is_odd(run, build):
            return
        for child in run:
            tag = child.tag
            if tag == RPR:
                continue
            if tag == T:
                piece = child.text
                if piece and not self._is_hidden and not (build.fields and _is_unseen(build)):
                    build.pieces.append(piece)
            elif tag == TAB_SIGN:
                self._sign("\t", build)
            elif tag == BR:
                if child.get(KIND, "textWrapping") == "textWrapping":
                    self._sign("\n", build)
            else:
                self._rare(child, tag, build)

    def _is_odd(self, run: Element, build: _Build) -> bool:
        """Whether a run is hidden or struck out, and was read as such."""
        look = _look(run)
        if look == VANISH:
            self._hidden_run(run, build)
        elif look and not isinstance(build.pieces, _StruckPieces):
            self._struck_run(run, build)
        else:
            return False
        return True

    def _struck_run(self, run: Element, build: _Build) -> None:
        inner = _Build()
        inner.pieces, inner.fields = _StruckPieces(), build.fields
        self._run(run, inner)
        self.has_struck = self.has_struck or not all(map(str.isspace, inner.pieces))
        _append(build, inner)

    def _hidden_run(self, run: Element, build: _Build) -> None:
        """Fields begin and end in hidden runs, too."""
        is_unseen = self._is_hidden or (build.fields and _is_unseen(build))
        self._is_hidden += 1
        for child in run.iterchildren(FIELD_SIGN, INSTRUCTION):
            self._rare(child, child.tag, build)
        self._is_hidden -= 1
        if not is_unseen:
            self._unsaid.append(_said(run))

    def _pass_hidden(self, element: Element, place: str) -> None:
        self._pass(element)
        self.hidden.append((place, " ".join(filter(None, map(_said, element.iter(P))))))

    def _tell_hidden(self, place: str) -> None:
        """What is hidden in a text, once its place is known; blanks are nobody's loss."""
        text = "".join(self._unsaid)
        self._unsaid = []
        if text.strip():
            self.hidden.append((place, text))

    def _rare(self, child: Element, tag: str, build: _Build) -> None:
        """What few runs hold."""
        if tag == FIELD_SIGN:
            self._field_sign(child, build)
        elif tag == INSTRUCTION:
            if build.fields and build.fields[-1] is not None:
                build.fields[-1].append(child.text or "")
        elif tag == SYMBOL:
            self._sign(_symbol(child), build)
        elif tag == ALTERNATE:
            self._run(_chosen(child), build)
        elif tag in DRAWN:
            self._drawn(child, build)
        elif tag in SIGNS:
            self._sign(SIGNS[tag], build)
        elif tag == DELETED_TEXT:
            self._sign(child.text or "", build)
        elif tag in WRAPPERS:
            self._inside(self._unwrapped(child, tag), build)

    def _sign(self, sign: str, build: _Build) -> None:
        if not self._is_hidden and not (build.fields and _is_unseen(build)):
            build.pieces.append(sign)

    def _field_sign(self, sign: Element, build: _Build) -> None:
        kind = sign.get(SIGN_KIND)
        if kind == "begin":
            build.fields.append([])
            if not self._is_hidden and (ticked := _form_box(sign)) is not None:
                build.pieces.append(ticked)
        elif kind == "separate" and build.fields:
            instructions = build.fields[-1]
            if instructions is not None and PAGE_FIELD.match("".join(instructions)) is None:
                build.fields[-1] = None
        elif kind == "end" and build.fields:
            build.fields.pop()

    def _drawn(self, element: Element, build: _Build) -> None:
        """A drawing: the texts of its text boxes are flows of their own; a picture is noted."""
        boxes = [box for box in element.iter(BOX) if next(box.iterancestors(BOX), None) is None]
        for box in boxes:
            hidden, self._is_hidden = self._is_hidden, 0
            self._boxes.append(self.flow(box, "文本框 "))
            self._is_hidden = hidden
        if not boxes:
            for picture in element.iter(PICTURE):
                build.pictures.append((build.length, picture.get("name", "")))

    def _bookmark(self, element: Element, build: _Build) -> None:
        if element.tag == START:
            self._start(element, build)
        else:
            self._end(element, build)

    def _start(self, element: Element, build: _Build) -> None:
        known = mark_name(element.get(NAME, ""))
        if known is not None:
            build.open[element.get(IDENTITY, "")] = (*known, build.length)

    def _end(self, element: Element, build: _Build) -> None:
        begun = build.open.pop(element.get(IDENTITY, ""), None)
        if begun is not None:
            name, row, sheet, start = begun
            build.marks.append(Mark(False, name, row, start, build.length, sheet))


def _text(build: _Build, place: str) -> Text:
    return Text("".join(build.pieces), _closed(build), place, build.pictures)


def _closed(build: _Build) -> list[Mark]:
    """The marks; bookmarks that do not end in the text hold all that follows in it."""
    for name, row, sheet, start in build.open.values():
        build.marks.append(Mark(False, name, row, start, build.length, sheet))
    build.open.clear()
    return build.marks


def _append(build: _Build, inner: _Build) -> None:
    start = build.length
    build.marks += _moved(_closed(inner), start)
    build.pictures += [(at + start, name) for at, name in inner.pictures]
    build.pieces += inner.pieces


def _moved(marks: Sequence[Mark], start: int) -> list[Mark]:
    return [mark._replace(start=mark.start + start, end=mark.end + start) for mark in marks]


def _control(control: Element) -> tuple[Element, str, bool]:
    """A content control's content (or None), its tag, and whether it shows only its placeholder."""
    content, tag, is_empty = None, "", False
    for child in control:
        name = child.tag
        if name == CONTENT:
            content = child
        elif name == CONTROL_PROPERTIES:
            for item in child:
                kind = item.tag
                if kind == TAG:
                    tag = item.get(VALUE, "")
                elif kind == SHOWS_PLACEHOLDER:
                    is_empty = _is_on(item)
    return content, tag, is_empty


def _look(run: Element) -> str:
    """Whether a run is hidden (VANISH) or struck out (a line's name); '' where it is neither, or says it is not."""
    for properties in run.iterchildren(RPR):
        looks = [item.tag for item in properties if (item.tag == VANISH or item.tag in LINES) and _is_on(item)]
        return VANISH if VANISH in looks else looks[0] if looks else ""
    return ""


def _is_on(item: Element) -> bool:
    return item.get(VALUE, "1") not in OFF


def _said(element: Element) -> str:
    """All text in an element, tables and boxes in it included."""
    return "".join(item.text or "" if item.tag == T else _symbol(item) for item in element.iter(T, SYMBOL))


def _chosen(alternate: Element) -> Element:
    """Of alternate contents the first: it is what Word shows."""
    return alternate[0] if len(alternate) else alternate


def _is_unseen(build: _Build) -> bool:
    """Whether a field's instructions are being read, or the result of one that counts pages."""
    return any(item is not None for item in build.fields)


def _symbol(element: Element) -> str:
    try:
        code = int(element.get(CHARACTER, ""), 16)
    except ValueError:
        return UNKNOWN_SYMBOL
    font = element.get(FONT, "").lower()
    found = SYMBOLS.get((font, code & 0xFF))
    if found is None and not 0xE000 <= code <= 0xF8FF and 0x20 <= code < 0xD800 and "dings" not in font:
        return chr(code)
    return found or UNKNOWN_SYMBOL


def _form_box(sign: Element) -> str | None:
    """A box of Word's old form fields, ticked or not."""
    for box in sign.iter(FORM_BOX):
        for name in ("checked", "default"):
            for item in box.iterchildren(w(name)):
                return "☑" if _is_on(item) else "□"
        return "□"
    return None


def _number(element: Element, default: int) -> int:
    value = element.get(VALUE, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 5 else default
