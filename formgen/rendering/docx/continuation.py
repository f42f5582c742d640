"""The continuation sheet in a Word file: a section of its own after its form.

Each rest stands in a content control with a bookmark, as values on the form do. Lines have exact heights; what needs
more than a page goes on on the next, as Word does with any text.
Source: formgen.rendering.continuation has wording and measures; ECMA-376 Part 1, 17.6.17 (sectPr).
"""

from __future__ import annotations

from typing import Final
from xml.sax.saxutils import escape, quoteattr

from formgen.rendering.continuation import (
    FORM_STYLE,
    HEADING_STYLE,
    MARGIN_PT,
    PAGE_PT,
    PERSON_STYLE,
    REST_END,
    TEXT_STYLE,
    TITLE,
    TITLE_STYLE,
    Continuation,
    Continued,
    LineStyle,
    bookmark_stem,
)
from formgen.rendering.docx.environment import LINE_BREAK, TAB
from formgen.units import half_points, twips

__all__ = ["IDS_A_PART", "continuation_body"]

IDS_A_PART: Final = 2
"""The content control's and the bookmark's."""


def continuation_body(sheet: Continuation, base: int, mark: str, heads: str, is_followed: bool) -> bytes:
    """What stands in w:body for the sheet.

    Args:
        base: ids begin after it.
        mark: what the bookmarks of the file's sheet begin with, after `f`: '', '2', '3' …
        heads: references to empty headers and footers, that it may not inherit the form's.
        is_followed: whether another sheet follows, so that the section ends within the last paragraph.
    """
    section = _section(heads)
    paragraphs = [
        _paragraph(_run(TITLE, TITLE_STYLE), TITLE_STYLE),
        _paragraph(_run(sheet.form, FORM_STYLE), FORM_STYLE),
    ]
    if sheet.person:
        paragraphs.append(_paragraph(_run(sheet.person, PERSON_STYLE), PERSON_STYLE))
    for number, part in enumerate(sheet.parts):
        paragraphs.append(_paragraph(_run(part.heading, HEADING_STYLE), HEADING_STYLE, keeps_next=True))
        is_last = number == len(sheet.parts) - 1
        inner = section if is_last and is_followed else ""
        paragraphs.append(_paragraph(_rest(part, base + IDS_A_PART * number, mark), TEXT_STYLE, inner))
    return "".join((*paragraphs, "" if is_followed else section)).encode()


def _rest(part: Continued, base: int, mark: str) -> str:
    """The rest of a value in its content control."""
    tag = (f"{part.table}.{part.key}" if part.table else part.key) + REST_END
    name = quoteattr(f"f{mark}_{bookmark_stem(part)}")
    return (
        f"<w:sdt><w:sdtPr><w:alias w:val={quoteattr(part.label)}/><w:tag w:val={quoteattr(tag)}/>"
        f'<w:id w:val="{base + 1}"/></w:sdtPr><w:sdtContent><w:bookmarkStart w:id="{base + 2}" w:name={name}/>'
        f'{_run(part.text, TEXT_STYLE)}<w:bookmarkEnd w:id="{base + 2}"/></w:sdtContent></w:sdt>'
    )


def _paragraph(inner: str, style: LineStyle, section: str = "", keeps_next: bool = False) -> str:
    kept = "<w:keepNext/>" if keeps_next else ""
    spacing = f'<w:spacing w:before="0" w:after="0" w:line="{twips(style.line_pt)}" w:lineRule="exact"/>'
    aligned = f'<w:jc w:val="{"center" if style.is_centred else "left"}"/>'
    properties = f'{kept}<w:snapToGrid w:val="0"/>{spacing}{aligned}{_run_properties(style)}{section}'
    return f"<w:p><w:pPr>{properties}</w:pPr>{inner}</w:p>"


def _run(text: str, style: LineStyle) -> str:
    written = escape(text).replace("\n", LINE_BREAK.decode()).replace("\t", TAB.decode())
    return f'<w:r>{_run_properties(style)}<w:t xml:space="preserve">{written}</w:t></w:r>'


def _run_properties(style: LineStyle) -> str:
    font, size = quoteattr(style.font), half_points(style.size_pt)
    fonts = f'<w:rFonts w:hint="eastAsia" w:ascii={font} w:hAnsi={font} w:eastAsia={font} w:cs="Times New Roman"/>'
    return f'<w:rPr>{fonts}<w:sz w:val="{size}"/><w:szCs w:val="{size}"/></w:rPr>'


def _section(heads: str) -> str:
    width, height = map(twips, PAGE_PT)
    edge = twips(MARGIN_PT)
    sides = "".join(f' w:{side}="{edge}"' for side in ("top", "right", "bottom", "left"))
    return (
        f'<w:sectPr>{heads}<w:type w:val="nextPage"/><w:pgSz w:w="{width}" w:h="{height}"/>'
        f'<w:pgMar{sides} w:header="500" w:footer="500" w:gutter="0"/></w:sectPr>'
    )
