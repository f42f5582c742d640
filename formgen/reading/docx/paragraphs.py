"""The paragraphs of a Word file and the runs in them: texts, marks, fields, symbols, tracked changes.

Deleted text is left out and counted, inserted text stays, or the other way about. Instructions of fields, page numbers,
comments and placeholders of empty content controls are no text; equations, and fields that draw one, are a sign that no
blank may have; hidden text is none and is told. Whether a run is
hidden, struck out or raised is looked for in its own formatting: what a style does so is read as any text.
Source: ECMA-376 Part 1, 17.3 (paragraphs and runs), 17.5.2 (content controls), 17.13.5 (revisions), 17.16 (fields).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from formgen.reading.docx.building import Build, DressedPieces, moved
from formgen.reading.docx.elements import (
    ALTERNATE,
    BOX,
    BR,
    CHANGED,
    CODE,
    DELETED_TEXT,
    DRAWN,
    END,
    FALLBACK,
    FIELD,
    FIELD_SIGN,
    INSTRUCTION,
    KIND,
    MATH,
    PICTURE,
    PPR,
    PUT_IN,
    REMARKS,
    RPR,
    SDT,
    SHAPE_TYPE,
    SIGN_KIND,
    START,
    SYMBOL,
    TAB_SIGN,
    TAKEN_OUT,
    TBL,
    WRAPPERS,
    P,
    R,
    T,
    chosen,
    control_in,
)
from formgen.reading.docx.looks import Look, look
from formgen.reading.docx.model import Block, Mark, Picture
from formgen.reading.docx.moulds import CastRow
from formgen.reading.docx.roots import PLACEHOLDER
from formgen.reading.docx.signs import SIGNS, floats, form_box, form_choice, said, symbol
from formgen.reading.struck import EQUATION
from formgen.rendering.docx.wordml import Element

__all__ = ["ParagraphWalker"]

PAGE_FIELD: Final = re.compile(r"\s*(?:PAGE|NUMPAGES|SECTIONPAGES|SECTION)\b")
UNNAMED: Final = "图片"
DRAWN_FIELD: Final = re.compile(r"\s*EQ\b", re.IGNORECASE)
"""A figure in a circle, a fraction: drawn by what the field says, which has no result."""
OTHER_RESULT: Final = re.compile(r"\s*(?:EQ|FORMDROPDOWN)\b", re.IGNORECASE)
"""Read where they begin or end."""
UNSAID_FIELD: Final = re.compile(
    r"\s*(?:EQ|SYMBOL|MACROBUTTON|GOTOBUTTON|LISTNUM|AUTONUM(?:LGL|OUT)?)\b", re.IGNORECASE
)
"""Fields that show something, though they have no result."""


class ParagraphWalker:
    """Walks the paragraphs of one file; `Walker` adds what they stand in."""

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
        self.has_marked = False
        """Whether anything was read that no blank may have: struck text, an equation, a picture."""
        self.has_dressed = False
        """Whether any text reads otherwise than it is spelled, for what it looks like."""
        self.remarks = 0
        """Comments, footnotes and endnotes seen."""
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
        raise NotImplementedError  # what stands in a text box are tables, too: the walker of those has it

    def _paragraph(self, paragraph: Element, build: Build) -> bool:
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

    def _cast_paragraph(self, row: CastRow, build: Build) -> None:
        (cell,) = row.mould.cells
        marks, start = cell.marks_of(row), build.length
        for identity in row.starts:
            build.open.pop(identity.decode(), None)  # begun anew, as it would be by the paragraph itself
        if self._is_hidden or (build.fields and build.is_unseen):
            build.marks += [mark._replace(start=start, end=start) for mark in marks]
            return
        if text := cell.text(row.texts):
            build.pieces.append(text)
        build.marks += moved(marks, start) if start else marks

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
        return chosen(wrapper) if tag == ALTERNATE else wrapper

    def _pass(self, element: Element) -> None:
        """Count what is gone, so that what follows has one place whether changes are accepted or rejected."""
        shown = [item for item in element.iter(P, TBL) if next(item.iterancestors(FALLBACK), None) is None]
        tables = sum(item.tag == TBL for item in shown)
        self._tables += tables
        self._paragraphs += len(shown) - tables

    def _inline(self, child: Element, tag: str, build: Build) -> None:
        if tag in (START, END):
            build.bookmark(child)
        elif tag == SDT:
            self._run_control(child, build)
        elif tag == FIELD:
            code = child.get(CODE, "")
            if DRAWN_FIELD.match(code):
                self._equation(build)
            elif PAGE_FIELD.match(code) is None:
                self._inside(child, build)
        elif tag in MATH:
            self._equation(build)
        elif tag in WRAPPERS:
            inner = self._unwrapped(child, tag)
            self._inside(inner if len(inner) else child.iter(START, END), build)  # marks outlive what is gone

    def _inside(self, element: Element, build: Build) -> None:
        for child in element:
            tag = child.tag
            if tag == R:
                self._run(child, build)
            elif tag == START:
                build.start(child)
            elif tag == END:
                build.end(child)
            else:
                self._inline(child, tag, build)

    def _run_control(self, control: Element, build: Build) -> None:
        content, tag, is_empty = control_in(control)
        if content is None:
            return
        start = build.length
        self._is_hidden += is_empty
        self._inside(content, build)
        self._is_hidden -= is_empty
        if tag:
            build.marks.append(Mark(True, tag, 0, start, build.length))

    def _run(self, run: Element, build: Build) -> None:
        if self.looks and self._is_odd(run, build):
            return
        self._content(run, build)

    def _content(self, run: Element, build: Build) -> None:
        for child in run:
            tag = child.tag
            if tag == RPR:
                continue
            if tag == T:
                piece = child.text
                if piece and not self._is_hidden and not (build.fields and build.is_unseen):
                    build.pieces.append(piece)
            elif tag == TAB_SIGN:
                self._sign("\t", build)
            elif tag == BR:
                if child.get(KIND, "textWrapping") == "textWrapping":
                    self._sign("\n", build)
            else:
                self._rare(child, tag, build)

    def _is_odd(self, run: Element, build: Build) -> bool:
        """Whether a run looks like no other (hidden, struck out, raised), and was read as such."""
        found = look(run)
        if found is None:
            return False
        if found.is_hidden:
            self._hidden_run(run, build)
        else:
            self._dressed_run(run, found, build)
        return True

    def _dressed_run(self, run: Element, found: Look, build: Build) -> None:
        inner = Build()
        inner.pieces, inner.fields = DressedPieces(found.dress()), build.fields
        self._content(run, inner)
        is_said = not all(map(str.isspace, inner.pieces))
        self.has_marked = self.has_marked or (found.is_struck and is_said)
        self.has_dressed = self.has_dressed or is_said
        build.append(inner)

    def _hidden_run(self, run: Element, build: Build) -> None:
        """Fields begin and end in hidden runs, too."""
        is_unseen = self._is_hidden or (build.fields and build.is_unseen)
        self._is_hidden += 1
        for child in run.iterchildren(FIELD_SIGN, INSTRUCTION):
            self._rare(child, child.tag, build)
        self._is_hidden -= 1
        if not is_unseen:
            self._unsaid.append(said(run))

    def _tell_hidden(self, place: str) -> None:
        """What is hidden in a text, once its place is known; blanks are nobody's loss."""
        text = "".join(self._unsaid)
        self._unsaid = []
        if text.strip():
            self.hidden.append((place, text))

    def _rare(self, child: Element, tag: str, build: Build) -> None:
        """What few runs hold."""
        if tag == FIELD_SIGN:
            self._field_sign(child, build)
        elif tag == INSTRUCTION:
            if build.fields and build.fields[-1] is not None:
                build.fields[-1].append(child.text or "")
        elif tag == SYMBOL:
            self._sign(symbol(child), build)
        elif tag == ALTERNATE:
            self._run(chosen(child), build)
        elif tag in DRAWN:
            self._drawn(child, build)
        elif tag in SIGNS:
            self._sign(SIGNS[tag], build)
        elif tag == DELETED_TEXT:
            self._sign(child.text or "", build)
        elif tag in REMARKS:
            self.remarks += 1
        elif tag in WRAPPERS:
            self._inside(self._unwrapped(child, tag), build)

    def _sign(self, sign: str, build: Build) -> None:
        if not self._is_hidden and not (build.fields and build.is_unseen):
            build.pieces.append(sign)

    def _equation(self, build: Build) -> None:
        self.has_marked = True
        self._sign(EQUATION, build)

    def _field_sign(self, sign: Element, build: Build) -> None:
        kind = sign.get(SIGN_KIND)
        if kind == "begin":
            build.fields.append([])
            filled = form_box(sign) or form_choice(sign)
            if filled and not self._is_hidden:
                build.pieces.append(filled)
        elif kind == "separate" and build.fields:
            instructions = build.fields[-1]
            code = "".join(instructions or ())
            if instructions is not None and not (PAGE_FIELD.match(code) or OTHER_RESULT.match(code)):
                build.fields[-1] = None
        elif kind == "end" and build.fields:
            unsaid = build.fields.pop()
            if unsaid is not None and UNSAID_FIELD.match("".join(unsaid)):
                self._equation(build)

    def _drawn(self, element: Element, build: Build) -> None:
        """A drawing: the texts of its text boxes are flows of their own; a picture is noted."""
        boxes = [box for box in element.iter(BOX) if next(box.iterancestors(BOX), None) is None]
        for box in boxes:
            hidden, self._is_hidden = self._is_hidden, 0
            self._boxes.append(self.flow(box, "文本框 "))
            self._is_hidden = hidden
        if not boxes and any(child.tag != SHAPE_TYPE for child in element):
            self.has_marked = True
            names = (item.get("name", "") for item in element.iter(PICTURE))
            build.pictures.append(Picture(build.length, next(filter(None, names), UNNAMED), floats(element)))
