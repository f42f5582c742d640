"""What stands on a page: strings of text with their places, form XObjects that are a form's own print, page codes.

In: a page's operators and resources. Out: its strings in the order of painting, each with its matrix.
Artwork that formgen painted itself is known by its content and not looked into: that it is there says that everything
printed on the form is there. Nothing is rendered.
Source: ISO 32000-2, 7.8 (content streams), 8.4 (graphics state), 9.3 and 9.4 (text), 8.9.7 (inline images).
Limits: marked content, optional content and clipping are not looked at; no text painted by patterns or Type 3 glyphs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Generic, TypeVar

from formgen.reading.pdf.fonts import LOST, FontReader
from formgen.reading.pdf.matrices import IDENTITY, Matrix, moved, product

__all__ = ["Glyph", "InlineImage", "PageContent", "Painted", "Resources", "Show", "TextLine", "read_content"]

DEEPEST: Final = 12
MOST_OPERANDS: Final = 100_000
MOST_TOKENS: Final = 5_000_000
THIN_PT: Final = 2.0
"""A filled box that is no wider is a rule."""
INVISIBLE: Final = 3
"""Text rendering mode."""
_TOKEN: Final = re.compile(
    rb"[\x00\s]*(?:([-+.\d]+(?:[\x00\s]+[-+.\d]+)*)|([A-Za-z'\"][A-Za-z0-9*'\"]*)|<([0-9A-Fa-f\s]*)>|/([^\x00\s()<>\[\]{}/%]*)"
    rb"|(\()|(<<|>>|[\[\]{}<>)])|(%[^\r\n]*))"
)
_INLINE: Final = re.compile(rb"(.*?)[\x00\s]ID[\x00\s](.*?)[\x00\s>]EI(?=[\x00\s]|$)|", re.DOTALL)
_INLINE_AHX: Final = re.compile(rb"([^>]{0,400}?/AHx[^>]{0,200}?)[\x00\s]ID[\x00\s]([0-9A-Fa-f\x00\s]*)>[\x00\s]*EI")
_ESCAPE: Final = re.compile(rb"\\([nrtbf()\\]|[0-7]{1,3}|\r\n|\r|\n)|(\\)")
_ESCAPED: Final = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_STRING_EDGE: Final = re.compile(rb"[()\\]")


@dataclass(slots=True)
class Show:
    """One operator that shows glyphs."""

    font: FontReader
    size: float
    stretch: float
    char_space: float
    word_space: float
    items: list[Any]
    """Strings as bytes, and numbers: thousandths of an em to go back."""


Glyph = tuple[str, float, float]


@dataclass(slots=True)
class TextLine:
    """Glyphs shown one after the other from one point on."""

    matrix: Matrix
    """Takes text space (x along the baseline, points) to the page's user space."""
    text: str = ""
    is_hidden: bool = False
    """Shown by no ink: what an OCR program lays over a picture."""
    shows: list[Show] = field(default_factory=list)
    given: tuple[Glyph, ...] = ()
    given_size: float = 0.0
    """Of text that was not read from operators."""

    @property
    def is_ours(self) -> bool:
        """Whether it looks like the PDF writer's: then it is a whole line of a value."""
        return not self.given and all(show.font.is_ours for show in self.shows)

    @property
    def size(self) -> float:
        return self.shows[0].size if self.shows else self.given_size

    def glyphs(self) -> Sequence[Glyph]:
        """Character, where it begins and how wide it is, along the baseline in text space."""
        if self.given:
            return self.given
        made: list[Glyph] = []
        x = 0.0
        for show in self.shows:
            unit = show.size * show.stretch
            for item in show.items:
                if not isinstance(item, bytes):
                    x -= item / 1000 * unit
                    continue
                for code in show.font.codes(item):
                    width = show.font.width(code) * unit
                    made.append((show.font.char(code), x, width))
                    x += width + show.char_space * show.stretch
                    if code == 32 and not show.font.is_wide:
                        x += show.word_space * show.stretch
        return made


K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class Painted(Generic[K]):
    """Artwork of a form."""

    art: K
    matrix: Matrix


@dataclass(frozen=True, slots=True)
class InlineImage:
    """A picture whose data are hexadecimal digits, as the page code's are."""

    width: int
    height: int
    digits: bytes
    matrix: Matrix
    """Takes the unit square to the page's user space."""


@dataclass(slots=True)
class PageContent(Generic[K]):
    """All that was found."""

    lines: list[TextLine] = field(default_factory=list)
    arts: list[Painted[K]] = field(default_factory=list)
    images: list[InlineImage] = field(default_factory=list)
    pictures: list[Matrix] = field(default_factory=list)
    """Other pictures: where they stand."""
    segments: list[tuple[float, float, float, float]] = field(default_factory=list)
    """Straight lines and the edges of thin boxes, where they were asked for."""
    lost: int = 0
    """Codes without a character."""
    has_hidden: bool = False
    """There is invisible text that was not read."""
    is_readable: bool = True
    """False where a font's codes mean nothing here: pdfium may know more."""


class Resources(Generic[K]):
    """The fonts and XObjects a content stream names; read when first named, each object once a file."""

    def __init__(self, raw: Any, caches: dict[tuple[int, int], Any], art_of: Callable[[bytes], K | None]) -> None:
        self._raw = raw
        self._caches = caches
        self._art_of = art_of
        self._fonts: dict[bytes, FontReader | None] = {}
        self._xobjects: dict[bytes, Any] = {}

    def font(self, name: bytes) -> FontReader | None:
        if name not in self._fonts:
            self._fonts[name] = self._load(name, "/Font", _read_font)
        return self._fonts[name]

    def xobject(self, name: bytes) -> Any:
        """(art, None), (None, form), None for a picture or nothing."""
        if name not in self._xobjects:
            self._xobjects[name] = self._load(name, "/XObject", self._read_xobject)
        return self._xobjects[name]

    def inner(self, raw: Any) -> Resources[K]:
        return Resources(raw, self._caches, self._art_of) if raw is not None else self

    def _load(self, name: bytes, kind: str, read: Callable[[Any, str], Any]) -> Any:
        key = "/" + name.decode("latin-1")
        entries = self._raw.get(kind) if self._raw is not None else None
        value = entries.get(key) if entries is not None else None
        if value is None:
            return None
        number = value.objgen
        if number == (0, 0):
            return read(value, key)
        if number not in self._caches:
            self._caches[number] = read(value, key)
        return self._caches[number]

    def _read_xobject(self, value: Any, _: str) -> Any:
        subtype = value.get("/Subtype")
        if subtype == "/Image":
            return "picture"
        if subtype != "/Form":
            return None
        content = value.read_bytes()
        art = self._art_of(content)
        if art is not None:
            return art, _matrix_of(value)
        return content, _matrix_of(value), self.inner(value.get("/Resources"))


def _read_font(value: Any, name: str) -> FontReader:
    return FontReader(value, name)


def _matrix_of(value: Any) -> Matrix:
    raw = value.get("/Matrix")
    if raw is None:
        return IDENTITY
    a, b, c, d, e, f = (float(item) for item in raw)
    return a, b, c, d, e, f


def read_content(
    content: bytes, resources: Resources[K], matrix: Matrix = IDENTITY, *, has_rules: bool = False
) -> PageContent[K]:
    """Everything on a page, or in the appearance of an annotation; rules only where they are asked for."""
    page: PageContent[K] = PageContent()
    _Interpreter(page, _WITH_RULES if has_rules else _HANDLERS).run(content, resources, matrix, 0)
    page.lines = [line for line in page.lines if line.text]
    return page


Handlers = Mapping[bytes, Callable[["_Stream[Any]", list[Any]], None]]


class _Interpreter(Generic[K]):
    def __init__(self, page: PageContent[K], handlers: Handlers) -> None:
        self.page = page
        self.handlers = handlers
        self.tokens = 0

    def run(self, content: bytes, resources: Resources[K], start: Matrix, depth: int) -> None:
        _Stream(self, resources, start, depth).run(content)


class _Stream(Generic[K]):
    """One content stream being read: its graphics state and text state."""

    def __init__(self, owner: _Interpreter[K], resources: Resources[K], start: Matrix, depth: int) -> None:
        self.owner, self.page, self.resources, self.depth = owner, owner.page, resources, depth
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

    def run(self, content: bytes) -> None:
        operands: list[Any] = []
        opened: list[list[Any]] = []
        match, handlers = _TOKEN.match, self.owner.handlers
        place = 0
        while (token := match(content, place)) is not None:
            place = token.end()
            kind = token.lastindex
            if kind == 1:
                try:
                    operands.extend(map(float, token[1].split()))
                except ValueError:
                    operands.extend(map(_number, token[1].replace(b"\0", b" ").split()))
            elif kind == 2:
                name = token[2]
                if name == b"BI":
                    place = self._inline(content, place)
                elif (handler := handlers.get(name)) is not None:
                    try:
                        handler(self, operands)
                    except (IndexError, TypeError, ValueError):
                        self.page.is_readable = False  # operands are missing: the page is damaged
                operands = []
                opened = []
            elif kind == 3:
                digits = token[3]
                operands.append(bytes.fromhex((digits if len(digits) % 2 == 0 else digits + b"0").decode("ascii")))
            elif kind == 4:
                operands.append(token[4].decode("latin-1"))
            elif kind == 5:
                text, place = _literal(content, place)
                operands.append(text)
            elif kind == 6 and token[6] in b"[]":
                if token[6] == b"[":
                    opened.append(operands)
                    operands = []
                elif opened:
                    inner, operands = operands, opened.pop()
                    operands.append(inner)
            self.owner.tokens += 1
            if len(operands) > MOST_OPERANDS or self.owner.tokens > MOST_TOKENS:
                self.page.is_readable = False
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
        self.page.pictures.append(self.ctm)
        return max(other.end(), place) if other is not None else place

    def show(self, items: list[Any]) -> None:
        font = self.font
        if self.mode == INVISIBLE and (font is None or not font.is_readable):
            self.page.has_hidden = True
            return
        if font is None or not font.is_readable:
            self.page.is_readable = self.page.is_readable and not any(isinstance(item, bytes) for item in items)
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
        matrix = product((1.0, 0.0, 0.0, 1.0, offset, self.rise), product(self.line_matrix, self.ctm))
        self.line = TextLine(matrix, is_hidden=self.mode == INVISIBLE)
        self.page.lines.append(self.line)
        return self.line

    def move_to(self, matrix: Matrix) -> None:
        self.line_matrix = matrix
        self.line = None

    def move_by(self, x: float, y: float) -> None:
        self.move_to(product((1.0, 0.0, 0.0, 1.0, x, y), self.line_matrix))

    def save(self) -> None:
        if len(self.saved) < MOST_OPERANDS:
            self.saved.append(
                (self.ctm, self.font, self.size, self.stretch, self.char_space, self.word_space, self.leading,
                 self.rise, self.mode)
            )  # fmt: skip

    def restore(self) -> None:
        if self.saved:
            (self.ctm, self.font, self.size, self.stretch, self.char_space, self.word_space, self.leading,
             self.rise, self.mode) = self.saved.pop()  # fmt: skip

    def paint(self, name: str) -> None:
        found = self.resources.xobject(name.encode("latin-1"))
        if found is None:
            return
        if found == "picture":
            self.page.pictures.append(self.ctm)
        elif len(found) == 2:
            self.page.arts.append(Painted(found[0], product(found[1], self.ctm)))
        elif self.depth < DEEPEST:
            content, matrix, resources = found
            self.owner.run(content, resources, product(matrix, self.ctm), self.depth + 1)
        else:
            self.page.is_readable = False


def _matrix(operands: list[Any]) -> Matrix:
    a, b, c, d, e, f = operands[-6:]
    return a, b, c, d, e, f


def _set_matrix(stream: _Stream[Any], operands: list[Any]) -> None:
    stream.ctm = product(_matrix(operands), stream.ctm)


def _set_font(stream: _Stream[Any], operands: list[Any]) -> None:
    name, size = operands[-2:]
    stream.font, stream.size = stream.resources.font(name.encode("latin-1")), size


def _begin_text(stream: _Stream[Any], operands: list[Any]) -> None:
    stream.move_to(IDENTITY)


def _next_line(stream: _Stream[Any], operands: list[Any]) -> None:
    stream.move_by(0.0, -stream.leading)


def _next_show(stream: _Stream[Any], operands: list[Any]) -> None:
    stream.move_by(0.0, -stream.leading)
    stream.show(operands[-1:])


def _next_show_spaced(stream: _Stream[Any], operands: list[Any]) -> None:
    stream.word_space, stream.char_space = operands[-3:-1]
    _next_show(stream, operands)


def _move_leading(stream: _Stream[Any], operands: list[Any]) -> None:
    stream.leading = -operands[-1]
    stream.move_by(operands[-2], operands[-1])


def _setter(name: str, factor: float = 1.0) -> Callable[[_Stream[Any], list[Any]], None]:
    def put(stream: _Stream[Any], operands: list[Any]) -> None:
        setattr(stream, name, operands[-1] * factor)

    return put


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
    stream.path, stream.boxes = [], []


_HANDLERS: Final[Handlers] = {
    b"q": lambda stream, _: stream.save(),
    b"Q": lambda stream, _: stream.restore(),
    b"cm": _set_matrix,
    b"Do": lambda stream, operands: stream.paint(operands[-1]),
    b"BT": _begin_text,
    b"Tf": _set_font,
    b"Tm": lambda stream, operands: stream.move_to(_matrix(operands)),
    b"Td": lambda stream, operands: stream.move_by(operands[-2], operands[-1]),
    b"TD": _move_leading,
    b"T*": _next_line,
    b"Tj": lambda stream, operands: stream.show(operands[-1:]),
    b"TJ": lambda stream, operands: stream.show(operands[-1]),
    b"'": _next_show,
    b'"': _next_show_spaced,
    b"TL": _setter("leading"),
    b"Tc": _setter("char_space"),
    b"Tw": _setter("word_space"),
    b"Tz": _setter("stretch", 0.01),
    b"Ts": _setter("rise"),
    b"Tr": _setter("mode"),
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
}


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
