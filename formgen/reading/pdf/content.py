"""What stands on a page: strings of text with their places, form XObjects that are a form's own print, page codes.

In: a page's operators and resources. Out: its strings in the order of painting, each with its matrix.
Artwork that formgen painted itself is known by its content and not looked into: that it is there says that everything
printed on the form is there. Which texts lie under other ink is told (`drawing`). Nothing is rendered.
Source: ISO 32000-2, 7.8 (content streams), 8.4 (graphics state), 9.3 and 9.4 (text), 8.9.7 (inline images).
Limits: marked content and optional content are not looked at; clipping only where rules are asked for, and of any path
its box; no text painted by patterns or Type 3 glyphs.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any, Final, Generic, TypeVar

from formgen.reading.pdf.drawing import Pen, cover, parse_boxes, picture
from formgen.reading.pdf.fonts import LOST, FontReader
from formgen.reading.pdf.found import Boxes, InlineImage, PageContent, Painted, Show, TextLine
from formgen.reading.pdf.matrices import IDENTITY, Matrix, moved, product
from formgen.reading.pdf.resources import Resources

__all__ = ["read_content"]

DEEPEST: Final = 12
MOST_OPERANDS: Final = 100_000
MOST_TOKENS: Final = 5_000_000
THIN_PT: Final = 2.0
"""A filled box that is no wider is a rule."""
INVISIBLE: Final = 3
"""Text rendering mode."""
K = TypeVar("K")
_NUMBERS: Final = rb"([-+.\d]++(?:[\x00\s]++[-+.\d]++)*+)"
_TOKEN: Final = re.compile(
    rb"[\x00\s]*+(?:(?:"
    + _NUMBERS
    + rb"[\x00\s]*+)?+([A-Za-z'\"][A-Za-z0-9*'\"]*+)|<([0-9A-Fa-f\s]*+)>(?:\s*+(Tj\b))?+"
    rb"|/([^\x00\s()<>\[\]{}/%]*+)|" + _NUMBERS + rb"|(\()|(<<|>>|[\[\]{}<>)])|(%[^\r\n]*+))"
)
"""Operators are taken with the numbers before them, and the commonest with its string: half as many steps."""
_BOXES: Final = re.compile(rb"(?:(?:[\x00\s]++[-+]?(?:\d++\.?\d*+|\.\d++)){4}[\x00\s]++re(?=[\x00\s]))+")
"""Boxes drawn one after the other, of plain numbers."""
_INLINE: Final = re.compile(rb"(.*?)[\x00\s]ID[\x00\s](.*?)[\x00\s>]EI(?=[\x00\s]|$)|", re.DOTALL)
_INLINE_AHX: Final = re.compile(rb"([^>]{0,400}?/AHx[^>]{0,200}?)[\x00\s]ID[\x00\s]([0-9A-Fa-f\x00\s]*)>[\x00\s]*EI")
_ESCAPE: Final = re.compile(rb"\\([nrtbf()\\]|[0-7]{1,3}|\r\n|\r|\n)|(\\)")
_ESCAPED: Final = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_STRING_EDGE: Final = re.compile(rb"[()\\]")


def read_content(
    content: bytes, resources: Resources[K], matrix: Matrix = IDENTITY, *, has_rules: bool = False
) -> PageContent[K]:
    """Everything on a page, or in the appearance of an annotation.

    Rules and clips only where they are asked for, and then not what is drawn over text.
    """
    page: PageContent[K] = PageContent()
    _Interpreter(page, _WITH_RULES if has_rules else _HANDLERS).run(content, resources, matrix, (), None)
    cover(page.lines, page.drawings)
    page.lines = [line for line in page.lines if line.text]
    return page


Forms = tuple[Any, ...]
"""The form XObjects being painted, each within the one before it."""
Clip = tuple[float, float, float, float] | None
"""Left, bottom, right, top of what may show; None for all."""
Handler = Callable[["_Stream[Any]", list[Any]], None]
Handlers = Mapping[bytes, Handler]


class _Interpreter(Generic[K]):
    def __init__(self, page: PageContent[K], handlers: Handlers) -> None:
        self.page = page
        self.handlers = handlers
        self.tokens = 0

    def run(self, content: bytes, resources: Resources[K], start: Matrix, forms: Forms, clip: Clip) -> None:
        _Stream(self, resources, start, forms, clip).run(content)


class _Stream(Generic[K]):
    """One content stream being read: its graphics state and text state."""

    def __init__(
        self, owner: _Interpreter[K], resources: Resources[K], start: Matrix, forms: Forms, clip: Clip
    ) -> None:
        self.owner, self.page, self.resources, self.forms = owner, owner.page, resources, forms
        self.ctm = start
        self.saved: list[tuple[Any, ...]] = []
        self.font: FontReader | None = None
        self.size, self.stretch, self.char_space, self.word_space = 0.0, 1.0, 0.0, 0.0
        self.leading, self.rise, self.mode = 0.0, 0.0, 0
        self.line_matrix: Matrix = IDENTITY
        self.line: TextLine | None = None
        self.path: list[tuple[float, float, float, float]] = []
        self.boxes: list[tuple[float, float, float, float]] = []
        self.pen = self.start = (0.0, 0.0)
        self.clip, self.is_clipping = clip, False
        self.drawn = Pen()

    def run(self, content: bytes) -> None:
        operands: list[Any] = []
        opened: list[list[Any]] = []
        match, handlers = _TOKEN.match, self.owner.handlers
        place = 0
        while (token := match(content, place)) is not None:
            place = token.end()
            kind = token.lastindex
            if kind == 2 or kind == 4:
                if kind == 4:
                    operands, name = [_bytes(token[3])], b"Tj"
                else:
                    name = token[2]
                    if (numbers := token[1]) is not None:
                        operands += _numbers(numbers)
                if name == b"BI":
                    place = self._inline(content, place)
                elif (handler := handlers.get(name)) is not None:
                    try:
                        handler(self, operands)
                        if handler is _trace_box and (more := _BOXES.match(content, place)) is not None:
                            place = self._trace_boxes(more)
                    except (IndexError, TypeError, ValueError):
                        self.page.is_readable, self.page.is_damaged = False, True
                operands = []
                opened = []
            elif kind == 3:
                operands.append(_bytes(token[3]))
            elif kind == 6:
                operands += _numbers(token[6])
            elif kind == 5:
                operands.append(token[5].decode("latin-1"))
            elif kind == 7:
                text, place = _literal(content, place)
                operands.append(text)
            elif kind == 8 and token[8] in b"[]":
                if token[8] == b"[":
                    opened.append(operands)
                    operands = []
                elif opened:
                    inner, operands = operands, opened.pop()
                    operands.append(inner)
            self.owner.tokens += 1
            if len(operands) > MOST_OPERANDS or self.owner.tokens > MOST_TOKENS:
                self.page.is_readable, self.page.is_endless = False, True
                return

    def _inline(self, content: bytes, place: int) -> int:
        """An inline image; the place after it."""
        found = _INLINE_AHX.match(content, place)
        if found is not None:
            words = found[1].split()
            entries = dict(zip(words[::2], words[1::2], strict=False))
            try:
                size = int(entries[b"/W"]), int(entries[b"/H"])
            except (KeyError, ValueError):
                return found.end()
            self.page.images.append(InlineImage(*size, found[2], self.ctm))
            return found.end()
        other = _INLINE.match(content, place)
        self._picture()
        return max(other.end(), place) if other is not None else place

    def _trace_boxes(self, found: re.Match[bytes]) -> int:
        """More boxes after a first; the place after them."""
        corners, bounds = parse_boxes(found[0])
        self.drawn.boxes(Boxes(corners, bounds, self.ctm))
        self.owner.tokens += 2 * len(corners)
        return found.end()

    def show(self, items: list[Any]) -> None:
        font = self.font
        if self.mode == INVISIBLE and (font is None or not font.is_readable):
            self.page.has_hidden = True
            return
        if font is None or not font.is_readable:
            if any(isinstance(item, bytes) for item in items):
                self.page.is_readable = False
                self._begin().text = LOST  # that something stands here is known
            return
        line = self.line
        if line is None or line.is_hidden != (self.mode == INVISIBLE):
            line = self._begin()
        line.shows.append(Show(font, self.size, self.stretch, self.char_space, self.word_space, items))
        text = "".join([font.text(item) for item in items if isinstance(item, bytes)])
        if LOST in text:
            self.page.lost += text.count(LOST)
        line.text += text

    def _begin(self) -> TextLine:
        offset = 0.0
        if self.line is not None:
            made = self.line.glyphs()
            offset = made[-1][1] + made[-1][2] if made else 0.0
        matrix = self.line_matrix if self.ctm is IDENTITY else product(self.line_matrix, self.ctm)
        if offset or self.rise:
            matrix = product((1.0, 0.0, 0.0, 1.0, offset, self.rise), matrix)
        self.line = TextLine(matrix, is_hidden=self.mode == INVISIBLE, clip=self.clip)
        self.page.lines.append(self.line)
        return self.line

    def _picture(self) -> None:
        self.page.pictures.append(self.ctm)
        self.page.drawings.append(picture(self.page, self.ctm))

    def move_to(self, matrix: Matrix) -> None:
        self.line_matrix = matrix
        self.line = None

    def move_by(self, x: float, y: float) -> None:
        self.move_to(product((1.0, 0.0, 0.0, 1.0, x, y), self.line_matrix))

    def save(self) -> None:
        if len(self.saved) < MOST_OPERANDS:
            self.saved.append(
                (self.ctm, self.font, self.size, self.stretch, self.char_space, self.word_space, self.leading,
                 self.rise, self.mode, self.clip)
            )  # fmt: skip

    def restore(self) -> None:
        if self.saved:
            (self.ctm, self.font, self.size, self.stretch, self.char_space, self.word_space, self.leading,
             self.rise, self.mode, self.clip) = self.saved.pop()  # fmt: skip

    def paint(self, name: bytes) -> None:
        found = self.resources.xobject(name)
        if found is None:
            return
        if found == "picture":
            self._picture()
            return
        if len(found) == 2:
            self.page.arts.append(Painted(found[0], product(found[1], self.ctm)))
            return
        content, matrix, resources = found
        if len(self.forms) >= DEEPEST or any(form is found for form in self.forms):
            self.page.is_readable, self.page.is_endless = False, True
        else:
            self.owner.run(content, resources, product(matrix, self.ctm), (*self.forms, found), self.clip)


def _matrix(operands: list[Any]) -> Matrix:
    a, b, c, d, e, f = operands[-6:]
    return a, b, c, d, e, f


def _set_matrix(stream: _Stream[Any], operands: list[Any]) -> None:
    stream.ctm = product(_matrix(operands), stream.ctm)


# What an operator is given is not known: `1.0 *` refuses what is no number as `_name` does what is no name.


def _name(operand: Any) -> bytes:
    if not isinstance(operand, str):
        raise TypeError("no name")
    return operand.encode("latin-1")


def _set_font(stream: _Stream[Any], operands: list[Any]) -> None:
    name, size = operands[-2:]
    stream.font, stream.size = stream.resources.font(_name(name)), 1.0 * size


def _show_spaced(stream: _Stream[Any], operands: list[Any]) -> None:
    items = operands[-1]
    if not isinstance(items, list) or not all(isinstance(item, bytes | float) for item in items):
        raise TypeError("no array of strings and numbers")
    stream.show(items)


def _begin_text(stream: _Stream[Any], operands: list[Any]) -> None:
    stream.move_to(IDENTITY)


def _next_line(stream: _Stream[Any], operands: list[Any]) -> None:
    stream.move_by(0.0, -stream.leading)


def _next_show(stream: _Stream[Any], operands: list[Any]) -> None:
    stream.move_by(0.0, -stream.leading)
    stream.show(operands[-1:])


def _next_show_spaced(stream: _Stream[Any], operands: list[Any]) -> None:
    word_space, char_space = operands[-3:-1]
    stream.word_space, stream.char_space = 1.0 * word_space, 1.0 * char_space
    _next_show(stream, operands)


def _move_leading(stream: _Stream[Any], operands: list[Any]) -> None:
    stream.leading = -operands[-1]
    stream.move_by(operands[-2], operands[-1])


def _setter(name: str, factor: float = 1.0) -> Callable[[_Stream[Any], list[Any]], None]:
    def put(stream: _Stream[Any], operands: list[Any]) -> None:
        setattr(stream, name, operands[-1] * factor)

    return put


def _trace_to(stream: _Stream[Any], operands: list[Any]) -> None:
    """On to the last of some points, which curves pass near."""
    stream.drawn.go(*(moved(stream.ctm, *operands[at : at + 2]) for at in range(0, len(operands) - 1, 2)))


def _trace_box(stream: _Stream[Any], operands: list[Any]) -> None:
    x, y, width, height = operands[-4:]
    corners = (1.0 * x, 1.0 * y, x + width, y + height)
    stream.drawn.boxes(Boxes((corners,), corners, stream.ctm))


def _paint_path(*, is_filled: bool, is_closed: bool = False) -> Callable[[_Stream[Any], list[Any]], None]:
    def paint(stream: _Stream[Any], operands: list[Any]) -> None:
        if is_closed:
            stream.drawn.close()
        stream.drawn.paint(stream.page, is_filled=is_filled)

    return paint


def _move_pen(stream: _Stream[Any], operands: list[Any]) -> None:
    stream.pen = stream.start = moved(stream.ctm, *operands[-2:])


def _draw_line(stream: _Stream[Any], operands: list[Any]) -> None:
    to = moved(stream.ctm, *operands[-2:])
    stream.path.append((*stream.pen, *to))
    stream.pen = to


def _close_path(stream: _Stream[Any], operands: list[Any]) -> None:
    stream.path.append((*stream.pen, *stream.start))
    stream.pen = stream.start


def _draw_box(stream: _Stream[Any], operands: list[Any]) -> None:
    x, y, width, height = operands[-4:]
    stream.boxes.append((*moved(stream.ctm, x, y), *moved(stream.ctm, x + width, y + height)))


def _stroke(stream: _Stream[Any], operands: list[Any]) -> None:
    for x0, y0, x1, y1 in stream.boxes:
        stream.path += [(x0, y0, x1, y0), (x0, y1, x1, y1), (x0, y0, x0, y1), (x1, y0, x1, y1)]
    stream.page.segments += stream.path
    _end_path(stream, operands)


def _fill(stream: _Stream[Any], operands: list[Any]) -> None:
    """Boxes so thin that they are rules; four lines around such a box come to the same."""
    if len(stream.path) in (3, 4):
        xs, ys = (
            [edge for line in stream.path for edge in line[::2]],
            [edge for line in stream.path for edge in line[1::2]],
        )
        stream.boxes.append((min(xs), min(ys), max(xs), max(ys)))
    for x0, y0, x1, y1 in stream.boxes:
        if abs(x1 - x0) <= THIN_PT:
            stream.page.segments.append(((x0 + x1) / 2, y0, (x0 + x1) / 2, y1))
        elif abs(y1 - y0) <= THIN_PT:
            stream.page.segments.append((x0, (y0 + y1) / 2, x1, (y0 + y1) / 2))
    _end_path(stream, operands)


def _end_path(stream: _Stream[Any], operands: list[Any]) -> None:
    if stream.is_clipping:
        stream.clip, stream.is_clipping = _clipped(stream.clip, [*stream.path, *stream.boxes]), False
    stream.path, stream.boxes = [], []


def _begin_clip(stream: _Stream[Any], operands: list[Any]) -> None:
    stream.is_clipping = True  # when the path ends


def _clipped(clip: Clip, lines: list[tuple[float, float, float, float]]) -> Clip:
    xs = [x for line in lines for x in line[::2]]
    ys = [y for line in lines for y in line[1::2]]
    if not xs:
        return clip
    left, bottom, right, top = clip or (-math.inf, -math.inf, math.inf, math.inf)
    return max(left, min(xs)), max(bottom, min(ys)), min(right, max(xs)), min(top, max(ys))


_HANDLERS: Final[Handlers] = {
    b"q": lambda stream, _: stream.save(),
    b"Q": lambda stream, _: stream.restore(),
    b"cm": _set_matrix,
    b"Do": lambda stream, operands: stream.paint(_name(operands[-1])),
    b"BT": _begin_text,
    b"Tf": _set_font,
    b"Tm": lambda stream, operands: stream.move_to(_matrix(operands)),
    b"Td": lambda stream, operands: stream.move_by(operands[-2], operands[-1]),
    b"TD": _move_leading,
    b"T*": _next_line,
    b"Tj": lambda stream, operands: stream.show(operands[-1:]),
    b"TJ": _show_spaced,
    b"'": _next_show,
    b'"': _next_show_spaced,
    b"TL": _setter("leading"),
    b"Tc": _setter("char_space"),
    b"Tw": _setter("word_space"),
    b"Tz": _setter("stretch", 0.01),
    b"Ts": _setter("rise"),
    b"Tr": _setter("mode"),
    b"m": lambda stream, operands: stream.drawn.move(moved(stream.ctm, *operands[-2:])),
    **dict.fromkeys((b"l", b"c", b"v", b"y"), _trace_to),
    b"re": _trace_box,
    b"h": lambda stream, _: stream.drawn.close(),
    b"n": lambda stream, _: stream.drawn.drop(),
    b"S": _paint_path(is_filled=False),
    b"s": _paint_path(is_filled=False, is_closed=True),
    **dict.fromkeys((b"f", b"F", b"f*", b"B", b"B*", b"b", b"b*"), _paint_path(is_filled=True)),
}

_WITH_RULES: Final[Handlers] = {
    **_HANDLERS,
    b"m": _move_pen,
    b"l": _draw_line,
    b"h": _close_path,
    b"re": _draw_box,
    **dict.fromkeys((b"S", b"s", b"B", b"B*", b"b", b"b*"), _stroke),
    **dict.fromkeys((b"f", b"F", b"f*"), _fill),
    b"n": _end_path,
    **dict.fromkeys((b"W", b"W*"), _begin_clip),
}


def _numbers(words: bytes) -> list[float]:
    try:
        return [*map(float, words.split())]
    except ValueError:
        return [*map(_number, words.replace(b"\0", b" ").split())]


def _bytes(digits: bytes) -> bytes:
    """A string of hexadecimal digits."""
    try:
        return bytes.fromhex(digits.decode("ascii"))
    except ValueError:  # a line ends within a byte, or the last digit is left out
        digits = b"".join(digits.split())
        return bytes.fromhex((digits if len(digits) % 2 == 0 else digits + b"0").decode("ascii"))


def _number(digits: bytes) -> float:
    """0 for what is no number, as viewers take it."""
    try:
        return float(digits)
    except ValueError:
        return 0.0


def _literal(content: bytes, place: int) -> tuple[bytes, int]:
    """A string in parentheses from after the first on; the place after the last."""
    start, depth = place, 1
    while (edge := _STRING_EDGE.search(content, place)) is not None:
        place = edge.end()
        if edge[0] == b"\\":
            place += 1
            continue
        depth += 1 if edge[0] == b"(" else -1
        if not depth:
            return _ESCAPE.sub(_unescape, content[start : place - 1]), place
    return content[start:], len(content)


def _unescape(found: re.Match[bytes]) -> bytes:
    escape = found[1]
    if escape is None or escape in (b"\r", b"\n", b"\r\n"):
        return b""
    if escape[:1].isdigit():
        return bytes([int(escape, 8) & 0xFF])
    return _ESCAPED.get(escape, escape)
