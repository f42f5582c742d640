"""What stands on a page: strings of text with their places, form XObjects that are a form's own print, page codes.

In: a page's operators and resources. Out: its strings in the order of painting, each with its matrix.
Artwork that formgen painted itself is known by its content and not looked into: that it is there says that everything
printed on the form is there. Which texts lie under other ink is told (`drawing`). Nothing is rendered.
Source: ISO 32000-2, 7.8 (content streams), 8.9.7 (inline images).
"""

from __future__ import annotations

from typing import Any, Final, Generic, TypeVar

from formgen.reading.pdf.drawing import cover
from formgen.reading.pdf.found import InlineImage, PageContent
from formgen.reading.pdf.matrices import IDENTITY, Matrix
from formgen.reading.pdf.operators import HANDLERS, WITH_RULES, Handlers, trace_box
from formgen.reading.pdf.resources import Resources
from formgen.reading.pdf.stream import MOST_OPERANDS, Clip, Forms, Stream
from formgen.reading.pdf.tokens import BOXES, INLINE, INLINE_AHX, TOKEN, hexadecimal, literal, numbers

__all__ = ["read_content"]

MOST_TOKENS: Final = 5_000_000
K = TypeVar("K")


def read_content(
    content: bytes, resources: Resources[K], matrix: Matrix = IDENTITY, *, has_rules: bool = False
) -> PageContent[K]:
    """Everything on a page, or in the appearance of an annotation.

    Rules and clips only where they are asked for, and then not what is drawn over text.
    """
    page: PageContent[K] = PageContent()
    _Interpreter(page, WITH_RULES if has_rules else HANDLERS).run(content, resources, matrix, (), None, is_unseen=False)
    cover(page.lines, page.drawings)
    page.has_hidden = page.has_hidden or any(line.is_hidden and line.text for line in page.lines)
    page.lines = [line for line in page.lines if line.text and not line.is_hidden]
    return page


class _Interpreter(Generic[K]):
    def __init__(self, page: PageContent[K], handlers: Handlers) -> None:
        self.page = page
        self.handlers = handlers
        self.tokens = 0

    def run(
        self, content: bytes, resources: Resources[K], start: Matrix, forms: Forms, clip: Clip, *, is_unseen: bool
    ) -> None:
        stream = Stream(self, resources, start, forms, clip, is_unseen=is_unseen)
        operands: list[Any] = []
        opened: list[list[Any]] = []
        match, handlers = TOKEN.match, self.handlers
        place = 0
        while (token := match(content, place)) is not None:
            place = token.end()
            kind = token.lastindex
            if kind == 2 or kind == 4:
                if kind == 4:
                    operands, name = [hexadecimal(token[3])], b"Tj"
                else:
                    name = token[2]
                    if (words := token[1]) is not None:
                        operands += numbers(words)
                if name == b"BI":
                    place = _read_inline(stream, content, place)
                elif (handler := handlers.get(name)) is not None:
                    try:
                        handler(stream, operands)
                        if handler is trace_box and (more := BOXES.match(content, place)) is not None:
                            place = more.end()
                            self.tokens += 2 * stream.drawn.boxes(more[0], stream.ctm)
                    except (IndexError, TypeError, ValueError):
                        self.page.is_readable, self.page.is_damaged = False, True
                operands = []
                opened = []
            elif kind == 3:
                operands.append(hexadecimal(token[3]))
            elif kind == 6:
                operands += numbers(token[6])
            elif kind == 5:
                operands.append(token[5].decode("latin-1"))
            elif kind == 7:
                text, place = literal(content, place)
                operands.append(text)
            elif kind == 8 and token[8] in b"[]":
                if token[8] == b"[":
                    opened.append(operands)
                    operands = []
                elif opened:
                    inner, operands = operands, opened.pop()
                    operands.append(inner)
            self.tokens += 1
            if len(operands) > MOST_OPERANDS or self.tokens > MOST_TOKENS:
                self.page.is_readable, self.page.is_endless = False, True
                return


def _read_inline(stream: Stream[Any], content: bytes, place: int) -> int:
    """An inline image; the place after it."""
    found = INLINE_AHX.match(content, place)
    if found is not None:
        words = found[1].split()
        entries = dict(zip(words[::2], words[1::2], strict=False))
        try:
            size = int(entries[b"/W"]), int(entries[b"/H"])
        except (KeyError, ValueError):
            return found.end()
        stream.page.images.append(InlineImage(*size, found[2], stream.ctm))
        return found.end()
    other = INLINE.match(content, place)
    stream.take_picture()
    return max(other.end(), place) if other is not None else place
