"""The names of Word's elements and attributes that a walk knows, and what single elements say.

Source: ECMA-376 Part 1, 17.3 (paragraphs and runs), 17.4 (tables), 17.5.2 (content controls), 17.13.5 (revisions),
17.16 (fields), 22.9.2.7 (on and off); Part 3, 10.2 (alternate content).
"""

from __future__ import annotations

from typing import Final

from formgen.rendering.docx.wordml import R_NS, WP_NS, Element, w

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
RAISED: Final = w("vertAlign")
FONTS: Final = w("rFonts")
ASCII: Final = w("ascii")
INK: Final = w("color")
MARKED: Final = w("highlight")
SHADE: Final = w("shd")
FILL: Final = w("fill")
TABLE_PROPERTIES: Final = w("tblPr")
TABLE_STYLE: Final = w("tblStyle")
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
FORM_LIST: Final = w("ddList")
ALTERNATE: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent"
CHOICE: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Choice"
FALLBACK: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
SHAPE_TYPE: Final = "{urn:schemas-microsoft-com:vml}shapetype"
"""What shapes have in common; nothing is drawn by it."""
ANCHOR: Final = f"{{{WP_NS}}}anchor"
PICTURE: Final = f"{{{WP_NS}}}docPr"
HEADS: Final = frozenset([w("headerReference"), w("footerReference")])
REFERENCE: Final = f"{{{R_NS}}}id"
MATH: Final = frozenset(
    f"{{http://schemas.openxmlformats.org/officeDocument/2006/math}}{name}" for name in ("oMath", "oMathPara")
)
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
REMARKS: Final = frozenset(map(w, ("commentReference", "footnoteReference", "endnoteReference")))
DRAWN: Final = frozenset(map(w, ("drawing", "pict", "object")))


def is_on(item: Element) -> bool:
    return item.get(VALUE, "1") not in OFF


def number_in(element: Element, default: int) -> int:
    value = element.get(VALUE, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 5 else default


def control_in(control: Element) -> tuple[Element, str, bool]:
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
                    is_empty = is_on(item)
    return content, tag, is_empty


def chosen(alternate: Element) -> Element:
    """Of alternate contents the first: it is what Word shows."""
    return alternate[0] if len(alternate) else alternate
