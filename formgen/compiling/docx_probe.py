"""A Word form as a probe: filled with marks, once to be measured and once blank, with the words at the same places.

In: a compiled Word template, and how many rows in which groups. Out: the bytes of two Word files and the marks in
document order. In the marked file every value is one sign in a colour of its own, in a cell and a paragraph shaded in
colours of their own; the blank between two tab stops is shaded from tab to tab. The blank file has no values; signs
that keep their place when blank (check boxes, page numbers) stand in it in their colour, so that they can be left out.

A value needs room that does not move anything: a cell of a row of exact height, or a blank between two tab stops.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, Literal, cast

from lxml import etree

from formgen.compiling.marks import Colour, Colours, Mark, Probe
from formgen.compiling.word_runs import (
    VISIBLE,
    PageKind,
    colour_run,
    hex_colour,
    is_alone,
    isolate,
    own_run,
    properties_of,
    replace_page_fields,
    shown_inside,
    tabs_around,
)
from formgen.errors import TemplateError
from formgen.forms.layout import SpotKind
from formgen.problems import Place, Problem
from formgen.rendering.docx import CompiledDocx
from formgen.rendering.docx.boxes import Site
from formgen.rendering.docx.programs import Variant
from formgen.rendering.docx.styles import STYLES, Styles
from formgen.rendering.docx.wordml import (
    CELL_ORDER,
    DOCUMENT,
    PARAGRAPH_ORDER,
    RUN_ORDER,
    Element,
    insert_ordered,
    nearest,
    own_texts,
    parse_part,
    w,
)
from formgen.rendering.docx.words import SIGNS
from formgen.rendering.tokens import TOKEN, Token, TokenBook
from formgen.units import twips_to_pt

__all__ = ["make_docx_probe"]

PARAGRAPH: Final = w("p")
SIGN: Final = "国"
BOX_SIGN: Final = "□"
DEFAULT_FONT: Final = "宋体"
DEFAULT_MARGIN_PT: Final = 72.0


def make_docx_probe(compiled: CompiledDocx, group_of: Sequence[int]) -> Probe:
    """The probe with a row for each entry of `group_of`, which says the row's group.

    Raises: TemplateError (F-LAYOUT-010, F-LAYOUT-011): a value whose room is not fixed; tables that cannot grow so.
    """
    return _ProbeMaker(compiled, group_of).make()


class _ProbeMaker:
    """Edits a form rendered with tokens; what only the marked file shows waits until the blank one is made."""

    def __init__(self, compiled: CompiledDocx, group_of: Sequence[int]) -> None:
        self._compiled = compiled
        self._place = Place(str(compiled.package.path))
        names = compiled.package.names
        self._styles = Styles(parse_part(compiled.package.part(STYLES)) if STYLES in names else None)
        self._book = TokenBook()
        context = self._book.context(compiled.manifest, group_of)
        programs = compiled.parts.programs(Variant(is_fitted=True))
        compiled.sizes.apply(context, [])
        self._trees = {name: parse_part(program.render(context)) for name, program in programs.items()}
        _number_sites(context, compiled.parts.sites)
        numbered = {name: parse_part(program.render(context)) for name, program in programs.items()}
        self._site_of = dict(_told_sites(self._trees, numbered, compiled.parts.sites))
        self._colours = Colours("".join(compiled.package.part(name).decode("utf-8", "replace") for name in programs))
        self._marks: list[Mark] = []
        self._signs: list[Element] = []
        self._later: list[Callable[[], None]] = []
        self._row_parts: list[list[Element]] = [[] for _ in group_of]
        self._room_of: dict[Element, Colour] = {}

    def make(self) -> Probe:
        for tree in self._trees.values():
            fields = replace_page_fields(tree)
            for paragraph in dict.fromkeys(nearest(run, "p") for run in fields):
                self._mark_pages(paragraph, {run: fields[run] for run in fields if nearest(run, "p") is paragraph})
            for paragraph in list(tree.iter(PARAGRAPH)):
                self._mark_paragraph(paragraph)
        body = self._trees[DOCUMENT].find(w("body"))
        table = self._find_table()
        row_colours = [self._shade_rows(rows) for rows in self._row_parts] if table else []
        lines = body.findall(PARAGRAPH)
        end = self._shade_line(lines[-1]) if lines else None
        blank = self._bytes()
        words = {name: self._words(tree) for name, tree in self._trees.items()}
        for action in self._later:
            action()
        return Probe(
            blank,
            self._bytes(),
            self._marks,
            row_colours,
            end,
            "".join(text for name, text in words.items() if name != DOCUMENT),
            words[DOCUMENT],
            table,
            table != "" and self._is_broken_after(),
            self._margins(),
            sum(_exact_height(row) for row in self._row_parts[0]) if table else 0.0,
        )

    def _bytes(self) -> bytes:
        changed = {
            name: etree.tostring(tree, encoding="UTF-8", xml_declaration=True, standalone=True)
            for name, tree in self._trees.items()
        }
        return self._compiled.package.assemble(changed)

    def _words(self, tree: Element) -> str:
        """The words of a part, without what stands in the place of values."""
        signs = set(self._signs)
        texts = (text.text or "" for text in tree.iter(w("t")) if text.getparent() not in signs)
        return "".join("".join(texts).split())

    def _mark_paragraph(self, paragraph: Element) -> None:
        while (
            text := next((item for item in own_texts(paragraph) if TOKEN.search(item.text or "")), None)
        ) is not None:
            site = self._site(text)
            if site is not None and site.words is not None:
                self._mark_words(paragraph, site)
            else:
                self._mark_value(paragraph, text, site)

    def _site(self, text: Element) -> Site | None:
        sizes = text.getparent().iterfind(f"{w('rPr')}/{w('sz')}")
        return next((self._site_of[size] for size in sizes if size in self._site_of), None)

    def _mark_value(self, paragraph: Element, text: Element, site: Site | None) -> None:
        match = cast("re.Match[str]", TOKEN.search(text.text))
        ((tag, _, _),) = self._book.in_text(match[0])
        run, cell = isolate(text, match), nearest(paragraph, "tc")
        kind, tabs = _kind(tag), tabs_around(paragraph, run)
        room = line = None
        is_inline = True
        if is_alone(paragraph, run) and cell is not None and _is_exact(nearest(cell, "tr")):
            is_inline, room, line = False, self._shade_cell(cell), self._shade_line(paragraph)
        elif tabs is not None:
            room = self._shade_runs([own_run(tabs[0]), run, own_run(tabs[1])])
        elif kind != "box":
            raise TemplateError(Problem("F-LAYOUT-010", self._at(tag)))
        self._note_row(paragraph, tag)
        sign = self._sign(run, text, BOX_SIGN if kind == "box" else SIGN, is_kept=kind == "box")
        box = site.box if site is not None else None
        line_pt = box.line_pt if box is not None else self._line(run)
        self._marks.append(Mark(tag, kind, box, is_inline, room, line, sign, line_pt, _font(run), _valign(cell)))

    def _mark_words(self, paragraph: Element, site: Site) -> None:
        """A paragraph of words and values is printed whole: one sign stands for all of it."""
        signs = shown_inside(paragraph, "t", "br", "cr", "tab", "sym")
        whole = "".join(SIGNS.get(item.tag, item.text or "") for item in signs)
        tags = [tag for tag, _, _ in self._book.in_text(whole)]
        first, *others = own_texts(paragraph)
        for item in (*others, *shown_inside(paragraph, "br", "cr", "tab", "sym")):
            item.getparent().remove(item)
        run, cell = first.getparent(), nearest(paragraph, "tc")
        room, line = self._shade_cell(cell), self._shade_line(paragraph)
        tag = next((item for item in tags if item.key == site.field.key), tags[0])
        self._note_row(paragraph, tag)
        sign = self._sign(run, first, SIGN, is_kept=False)
        pieces = tuple(_pieces(whole, tags))
        self._marks.append(
            Mark(tag, "text", site.box, False, room, line, sign, site.box.line_pt, _font(run), _valign(cell), pieces)
        )

    def _mark_pages(self, paragraph: Element, fields: Mapping[Element, PageKind]) -> None:
        """Page numbers: a line of nothing but words and numbers is printed whole, for numbers differ in length."""
        runs = [text.getparent() for text in own_texts(paragraph)]
        sizes = {self._styles.size(run) for run in runs}
        is_words = all(
            item.tag == w("t") and not TOKEN.search(item.text or "") for item in shown_inside(paragraph, *VISIBLE)
        )
        if not is_words or len(sizes) > 1:
            for run, kind in fields.items():
                self._mark_number([run], kind, None, ())
            return
        pieces = tuple(
            f"{{{fields[text.getparent()]}}}" if text.getparent() in fields else text.text
            for text in own_texts(paragraph)
            if text.text
        )
        self._mark_number(runs, "page", self._shade_line(paragraph), pieces)

    def _mark_number(
        self, runs: Sequence[Element], kind: PageKind, room: Colour | None, pieces: tuple[str, ...]
    ) -> None:
        sign = self._colours.take()
        for run in runs:
            colour_run(run, sign)
        self._signs += runs
        tag, line_pt, font = Token(kind, "", "", -1, None), self._line(runs[0]), _font(runs[0])
        self._marks.append(Mark(tag, kind, None, True, room, None, sign, line_pt, font, "center", pieces))

    def _sign(self, run: Element, text: Element, sign: str, is_kept: bool) -> Colour:
        """Put a sign where a value stands, for the marked file only or for both."""
        self._signs.append(run)
        text.text = sign if is_kept else ""
        self._later.append(lambda: setattr(text, "text", sign))
        colour = self._colours.take()
        colour_run(run, colour)
        return colour

    def _note_row(self, paragraph: Element, tag: Token) -> None:
        """Remember which rows of the document a row of the table is."""
        if tag.row < 0:
            return
        row = nearest(paragraph, "tr")
        if row is None or nearest(nearest(row, "tbl"), "tc") is not None or not _is_exact(row):
            raise TemplateError(Problem("F-LAYOUT-011", self._at(tag)))
        if row not in self._row_parts[tag.row]:
            self._row_parts[tag.row].append(row)

    def _find_table(self) -> str:
        """The key of the one table that grows."""
        keys = list(dict.fromkeys(mark.tag.table for mark in self._marks if mark.tag.table))
        if len(keys) > 1:
            found = ", ".join(keys)
            raise TemplateError(Problem("F-LAYOUT-012", self._place, found))
        return keys[0] if keys else ""

    def _shade_rows(self, rows: Sequence[Element]) -> list[Colour]:
        """For each of these rows the colour of a cell that is as high as the row."""
        found = []
        for row in rows:
            cell = next(
                (item for item in row.iterfind(w("tc")) if item.find(f"{w('tcPr')}/{w('vMerge')}") is None), None
            )
            if cell is None:
                raise TemplateError(Problem("F-LAYOUT-011", self._place))
            found.append(self._shade_cell(cell))
        return found

    def _shade_cell(self, cell: Element) -> Colour:
        if cell not in self._room_of:
            self._room_of[cell] = self._shade(properties_of(cell, "tcPr"), CELL_ORDER)
        return self._room_of[cell]

    def _shade_line(self, paragraph: Element) -> Colour:
        return self._shade(properties_of(paragraph, "pPr"), PARAGRAPH_ORDER)

    def _shade_runs(self, runs: Sequence[Element]) -> Colour:
        colour = self._colours.take()
        for run in runs:
            self._shade(properties_of(run, "rPr"), RUN_ORDER, colour)
        return colour

    def _shade(self, properties: Element, order: tuple[str, ...], colour: Colour | None = None) -> Colour:
        chosen = colour if colour is not None else self._colours.take()

        def shade() -> None:
            for old in properties.findall(w("shd")):
                properties.remove(old)
            values = {w("val"): "clear", w("color"): "auto", w("fill"): hex_colour(chosen)}
            insert_ordered(properties, etree.Element(w("shd"), values), order)

        self._later.append(shade)
        return chosen

    def _line(self, run: Element) -> float:
        return self._styles.line(nearest(run, "p"), self._styles.size(run))[0]

    def _is_broken_after(self) -> bool:
        table = nearest(self._row_parts[0][0], "tbl")
        return any(_breaks_page(block) for block in table.itersiblings() if block.tag != w("sectPr"))

    def _margins(self) -> tuple[float, float]:
        """Margins of the section the growing table stands in, or of the first."""
        body = self._trees[DOCUMENT].find(w("body"))
        blocks = list(body)
        if self._row_parts and self._row_parts[0]:
            start = next(block for block in blocks if block in set(self._row_parts[0][0].iterancestors()))
            blocks = blocks[blocks.index(start) :]
        section = next((item for block in blocks for item in block.iter(w("sectPr"))), None)
        margins = section.find(w("pgMar")) if section is not None else None
        if margins is None:
            return DEFAULT_MARGIN_PT, DEFAULT_MARGIN_PT
        top, bottom = (abs(twips_to_pt(float(margins.get(w(name), "1440")))) for name in ("top", "bottom"))
        return top, bottom

    def _at(self, tag: Token) -> Place:
        label = tag.field.label if tag.field is not None else tag.key
        return Place(self._place.file, cell=tag.key, label=label)


def _number_sites(context: dict[str, Any], sites: Sequence[Site]) -> None:
    """In the place of each site's size its number, below 0: no size is."""
    for site in sites:
        for values in context[site.table] if site.table else (context,):
            values[site.size_name] = -site.index - 1


def _kind(tag: Token) -> SpotKind:
    if tag.field is None:
        return "row_number"
    return "box" if tag.field.is_box else "image" if tag.field.type_name == "image" else "text"


def _told_sites(
    trees: Mapping[str, Element], numbered: Mapping[str, Element], sites: Sequence[Site]
) -> Iterator[tuple[Element, Site]]:
    """Each w:sz of the rendered parts that belongs to a site."""
    for name, tree in trees.items():
        for size, number in zip(tree.iter(w("sz")), numbered[name].iter(w("sz")), strict=True):
            if number.get(w("val"), "").startswith("-"):
                yield size, sites[-int(number.get(w("val"))) - 1]


def _pieces(whole: str, tags: Sequence[Token]) -> Iterator[str]:
    """Words and {key} or {key.part} in turn."""
    at = 0
    for match, tag in zip(TOKEN.finditer(whole), tags, strict=True):
        if words := whole[at : match.start()]:
            yield words
        yield f"{{{tag.key}.{tag.part}}}" if tag.part else f"{{{tag.key}}}"
        at = match.end()
    if words := whole[at:]:
        yield words


def _is_exact(row: Element) -> bool:
    return _exact_height(row) > 0


def _exact_height(row: Element) -> float:
    """Height of a row in points; 0 where it grows."""
    height = row.find(f"{w('trPr')}/{w('trHeight')}")
    if height is None or height.get(w("hRule")) != "exact":
        return 0.0
    return twips_to_pt(float(height.get(w("val"), "0")))


def _valign(cell: Element) -> Literal["top", "center", "bottom"]:
    found = cell.find(f"{w('tcPr')}/{w('vAlign')}") if cell is not None else None
    value = found.get(w("val")) if found is not None else "top"
    return cast(Literal["top", "center", "bottom"], value if value in ("center", "bottom") else "top")


def _font(run: Element) -> str:
    """The family a run names for Han characters."""
    fonts = run.find(f"{w('rPr')}/{w('rFonts')}")
    return (fonts.get(w("eastAsia")) if fonts is not None else None) or DEFAULT_FONT


def _breaks_page(block: Element) -> bool:
    """Whether a block of the body breaks a page or a section."""
    is_broken = any(item.get(w("type")) == "page" for item in block.iter(w("br")))
    before = block.find(f".//{w('pageBreakBefore')}")
    is_broken |= before is not None and before.get(w("val"), "1") not in ("0", "false", "off")
    return is_broken or next(block.iter(w("sectPr")), None) is not None
