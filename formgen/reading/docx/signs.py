"""What a run holds besides letters: drawings, tabs, hyphens, signs of symbol fonts, boxes and lists of old form fields.

Source: ECMA-376 Part 1, 17.3.3 (run content), 17.16.7 (checkBox), 17.16.9 (ddList).
"""

from __future__ import annotations

from typing import Final

from formgen.reading.docx.elements import (
    ANCHOR,
    CHARACTER,
    FONT,
    FORM_BOX,
    FORM_LIST,
    SYMBOL,
    VALUE,
    T,
    is_on,
    number_in,
)
from formgen.rendering.docx.wordml import Element, w

__all__ = ["SIGNS", "floats", "form_box", "form_choice", "is_symbol_font", "said", "symbol", "symbols"]

SIGNS: Final = {w("cr"): "\n", w("noBreakHyphen"): "-", w("ptab"): "\t"}
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
PLAIN_IN_SYMBOL: Final = frozenset("0123456789.,:;()[]{}+/=<>%!?&|_")
"""Signs that the font Symbol has where all fonts have them."""
UNKNOWN_SYMBOL: Final = "\ufffd"


def symbol(element: Element) -> str:
    try:
        code = int(element.get(CHARACTER, ""), 16)
    except ValueError:
        return UNKNOWN_SYMBOL
    font = element.get(FONT, "").lower()
    found = SYMBOLS.get((font, code & 0xFF))
    if found is None and not 0xE000 <= code <= 0xF8FF and 0x20 <= code < 0xD800 and "dings" not in font:
        return chr(code)
    return found or UNKNOWN_SYMBOL


def is_symbol_font(font: str) -> bool:
    return "dings" in font or font == "symbol"


def symbols(font: str, text: str) -> str:
    """What a text reads as that is formatted in a symbol font: signs of other alphabets are shown in another font."""
    return "".join(
        sign if _is_itself(font, sign) else SYMBOLS.get((font, ord(sign) & 0xFF), UNKNOWN_SYMBOL) for sign in text
    )


def _is_itself(font: str, sign: str) -> bool:
    if sign.isspace() or (font == "symbol" and sign in PLAIN_IN_SYMBOL):
        return True
    return ord(sign) > 0xFF and not 0xF000 <= ord(sign) <= 0xF0FF


def form_box(sign: Element) -> str | None:
    """A box of Word's old form fields, ticked or not."""
    for box in sign.iter(FORM_BOX):
        for name in ("checked", "default"):
            for item in box.iterchildren(w(name)):
                return "☑" if is_on(item) else "□"
        return "□"
    return None


def form_choice(sign: Element) -> str | None:
    """The entry that is chosen in a list of Word's old form fields."""
    for choices in sign.iter(FORM_LIST):
        entries = [item.get(VALUE, "") for item in choices.iterchildren(w("listEntry"))]
        for name in ("result", "default"):
            for item in choices.iterchildren(w(name)):
                return "".join(entries[number_in(item, 0) :][:1])
        return "".join(entries[:1])
    return None


def floats(drawn: Element) -> bool:
    """Whether a drawing stands wherever it was put, not where its text does."""
    return any(child.tag == ANCHOR or "position:absolute" in child.get("style", "") for child in drawn)


def said(element: Element) -> str:
    """All text in an element, tables and boxes in it included."""
    return "".join(item.text or "" if item.tag == T else symbol(item) for item in element.iter(T, SYMBOL))
