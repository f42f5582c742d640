"""What is painted on a page of a PDF, piece by piece: texts, paths and pictures with their places.

In: a page as LibreOffice writes it. Out: its instructions, and for each piece of ink the instructions that paint it,
its box, colour and, for text, each character's place: so that ink can be measured, and left out. A clipping path is no
ink. All lengths are points, origin top left, y down.

Limits: shadings and inline pictures count as as large as the page; Form XObjects are one piece each.
Source: ISO 32000-2, 8.4 (graphics state), 8.5 (paths), 9.4 (text objects).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

import pikepdf

from formgen.compiling.glyphs import FontCodes
from formgen.forms.layout import Rect

__all__ = ["IDENTITY", "Glyph", "Ink", "Matrix", "PageInk", "read_pages", "times"]

Matrix = tuple[float, float, float, float, float, float]
Colour = tuple[int, int, int]
IDENTITY: Final[Matrix] = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
FILLING: Final = frozenset(["f", "F", "f*", "B", "B*", "b", "b*"])
STROKING: Final = frozenset(["S", "s", "B", "B*", "b", "b*"])
ASCENT_EM: Final = 0.88
DESCENT_EM: Final = 0.12
"""A Han glyph's box above and below its baseline."""
SHOWN: Final = 0.8
"""Of a text's height, if it is to be read."""


@dataclass(frozen=True, slots=True)
class Glyph:
    """A character on a page: left and right end of its advance, and its baseline."""

    text: str
    left_pt: float
    right_pt: float
    baseline_pt: float


@dataclass(frozen=True, slots=True)
class Ink:
    """One piece: a text, a path, a picture."""

    kind: Literal["text", "path", "picture"]
    box: Rect
    first: int
    last: int
    """Index of its first and last instruction."""
    colour: Colour | None
    """That it is filled with; None where it is only stroked."""
    matrix: Matrix
    """In force where it begins: from its own coordinates to the page's (y up)."""
    glyphs: tuple[Glyph, ...] = ()
    size_pt: float = 0.0
    font: str = ""
    """Name among the page's resources."""
    is_cut: bool = False
    """Whether a clipping path hides much of a text: LibreOffice clips what does not fit a row's height."""

    @property
    def text(self) -> str:
        return "".join(glyph.text for glyph in self.glyphs)

    @property
    def baseline_pt(self) -> float:
        return self.glyphs[0].baseline_pt


@dataclass(frozen=True, slots=True)
class PageInk:
    """A page's ink, in the order it is painted."""

    width_pt: float
    height_pt: float
    instructions: Sequence[Any]
    inks: tuple[Ink, ...]

    @property
    def texts(self) -> tuple[Ink, ...]:
        """Those that show."""
        return tuple(ink for ink in self.inks if ink.kind == "text" and ink.glyphs and not ink.is_cut)


def read_pages(pdf: pikepdf.Pdf) -> list[PageInk]:
    """The ink of every page."""
    fonts: dict[Any, FontCodes] = {}
    return [_PageReader(page, fonts).read() for page in pdf.pages]


def times(first: Matrix, second: Matrix) -> Matrix:
    """The matrix that applies `first`, then `second`."""
    a, b, c, d, e, f = first
    g, h, i, j, k, m = second
    return (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m)


@dataclass(slots=True)
class _State:
    matrix: Matrix = IDENTITY
    clip: Rect = (-math.inf, -math.inf, math.inf, math.inf)
    fill: Colour = (0, 0, 0)
    line_width: float = 1.0
    font: str = ""
    size: float = 0.0
    char_space: float = 0.0
    word_space: float = 0.0
    scale: float = 1.0
    leading: float = 0.0
    rise: float = 0.0


@dataclass(slots=True)
class _Path:
    """A path under construction."""

    start: int = -1
    points: list[tuple[float, float]] = field(default_factory=list)
    is_clip: bool = False


class _PageReader:
    """Runs a page's instructions without painting."""

    def __init__(self, page: Any, fonts: dict[Any, FontCodes]) -> None:
        left, bottom, right, top = (float(value) for value in page.mediabox)
        self._width, self._height = right - left, top - bottom
        self._base: Matrix = (1.0, 0.0, 0.0, 1.0, -left, -bottom)
        self._resources = page.obj.get("/Resources", pikepdf.Dictionary())
        self._fonts = fonts
        self._instructions = list(pikepdf.parse_content_stream(page))
        self._state = _State(self._base)
        self._stack: list[_State] = []
        self._path = _Path()
        self._text_matrix = self._line_matrix = IDENTITY
        self._text_start = 0
        self._glyphs: list[Glyph] = []
        self._shown: tuple[float, str] = (0.0, "")
        self._inks: list[Ink] = []

    def read(self) -> PageInk:
        actions = self._actions()
        for at, instruction in enumerate(self._instructions):
            name = str(instruction.operator)
            action = actions.get(name)
            if action is not None:
                action(at, name, instruction.operands)
        return PageInk(self._width, self._height, self._instructions, tuple(self._inks))

    def _actions(self) -> dict[str, Callable[[int, str, Any], None]]:
        actions: dict[str, Callable[[int, str, Any], None]] = {
            "q": lambda *_: self._stack.append(replace(self._state)),
            "Q": lambda *_: self._restore(),
            "cm": lambda _, __, values: self._transform(_matrix(values)),
            "w": lambda _, __, values: setattr(self._state, "line_width", float(values[0])),
            "Do": lambda at, _, values: self._picture(at, str(values[0])),
            "sh": lambda at, *_: self._whole(at),
            "INLINE IMAGE": lambda at, *_: self._picture(at, ""),
            "W": lambda *_: setattr(self._path, "is_clip", True),
            "W*": lambda *_: setattr(self._path, "is_clip", True),
        }
        actions |= dict.fromkeys(("g", "rg", "k", "sc", "scn"), lambda _, __, values: self._fill(values))
        actions |= dict.fromkeys(("m", "l", "c", "v", "y", "re", "h"), self._draw)
        actions |= dict.fromkeys(FILLING | STROKING | {"n"}, self._paint)
        actions |= dict.fromkeys(("BT", "ET", "Tf", "Td", "TD", "Tm", "T*", "TL", "Tc", "Tw", "Tz", "Ts"), self._text)
        actions |= dict.fromkeys(("Tj", "TJ", "'", '"'), self._show)
        return actions

    def _restore(self) -> None:
        if self._stack:
            self._state = self._stack.pop()

    def _transform(self, matrix: Matrix) -> None:
        self._state.matrix = times(matrix, self._state.matrix)

    def _fill(self, values: Any) -> None:
        numbers = [float(value) for value in values if not isinstance(value, pikepdf.Name)]
        if len(numbers) == 1:
            numbers *= 3
        if len(numbers) == 4:
            numbers = [(1 - part) * (1 - numbers[3]) for part in numbers[:3]]
        if len(numbers) == 3:
            self._state.fill = (round(numbers[0] * 255), round(numbers[1] * 255), round(numbers[2] * 255))

    def _draw(self, at: int, name: str, values: Any) -> None:
        if self._path.start < 0:
            self._path.start = at
        numbers = [float(value) for value in values]
        if name == "re":
            x, y, width, height = numbers
            numbers = [x, y, x + width, y, x + width, y + height, x, y + height]
        for x, y in zip(numbers[::2], numbers[1::2], strict=True):
            self._path.points.append(_apply(self._state.matrix, x, y))

    def _paint(self, at: int, name: str, _values: Any) -> None:
        path, self._path = self._path, _Path()
        if path.is_clip:
            self._clip(path.points)
        if name == "n" or path.is_clip or not path.points:
            return
        half = 0.0
        if name in STROKING:
            half = self._state.line_width * _scale(self._state.matrix) / 2
        xs, ys = [x for x, _ in path.points], [self._height - y for _, y in path.points]
        # Lines end flush: a line along one axis is no longer than its points say.
        grow_x = half if max(xs) - min(xs) < 0.001 or max(ys) - min(ys) >= 0.001 else 0.0
        grow_y = half if max(ys) - min(ys) < 0.001 or max(xs) - min(xs) >= 0.001 else 0.0
        box = (min(xs) - grow_x, min(ys) - grow_y, max(xs) + grow_x, max(ys) + grow_y)
        colour = self._state.fill if name in FILLING else None
        self._inks.append(Ink("path", box, path.start, at, colour, self._state.matrix))

    def _clip(self, points: Sequence[tuple[float, float]]) -> None:
        """Narrow the clip to the box of a path; LibreOffice clips to rectangles."""
        left, top, right, bottom = self._state.clip
        xs, ys = [x for x, _ in points] or [0.0], [self._height - y for _, y in points] or [0.0]
        self._state.clip = (max(left, min(xs)), max(top, min(ys)), min(right, max(xs)), min(bottom, max(ys)))

    def _picture(self, at: int, name: str) -> None:
        """An image fills the unit square; a form has a box of its own."""
        left, bottom, right, top, matrix = 0.0, 0.0, 1.0, 1.0, self._state.matrix
        drawn = self._resources.get("/XObject", {}).get(name) if name else None
        if drawn is not None and drawn.get("/Subtype") == "/Form":
            left, bottom, right, top = (float(value) for value in drawn["/BBox"])
            matrix = times(_matrix(drawn.get("/Matrix", IDENTITY)), matrix)
        corners = [_apply(matrix, x, y) for x in (left, right) for y in (bottom, top)]
        xs, ys = [x for x, _ in corners], [self._height - y for _, y in corners]
        self._inks.append(Ink("picture", (min(xs), min(ys), max(xs), max(ys)), at, at, None, self._state.matrix))

    def _whole(self, at: int) -> None:
        self._inks.append(Ink("picture", (0.0, 0.0, self._width, self._height), at, at, None, self._state.matrix))

    def _text(self, at: int, name: str, values: Any) -> None:
        state = self._state
        if name == "BT":
            self._text_matrix = self._line_matrix = IDENTITY
            self._text_start, self._glyphs = at, []
        elif name == "ET":
            self._end_text(at)
        elif name == "Tf":
            state.font, state.size = str(values[0]), float(values[1])
        elif name == "Tm":
            self._text_matrix = self._line_matrix = _matrix(values)
        elif name in ("Td", "TD"):
            if name == "TD":
                state.leading = -float(values[1])
            self._next_line(float(values[0]), float(values[1]))
        elif name == "T*":
            self._next_line(0.0, -state.leading)
        else:
            number = float(values[0])
            kind = {"TL": "leading", "Tc": "char_space", "Tw": "word_space", "Tz": "scale", "Ts": "rise"}[name]
            setattr(state, kind, number / 100 if name == "Tz" else number)

    def _next_line(self, x: float, y: float) -> None:
        self._text_matrix = self._line_matrix = times((1.0, 0.0, 0.0, 1.0, x, y), self._line_matrix)

    def _show(self, _at: int, name: str, values: Any) -> None:
        if name in ("'", '"'):
            self._next_line(0.0, -self._state.leading)
        shown = values[0] if name == "TJ" else values[-1:]
        codes = self._codes()
        state = self._state
        matrix = times(self._text_matrix, state.matrix)
        size_pt = state.size * _scale(matrix)
        self._shown = (size_pt, state.font)
        for piece in shown:
            if isinstance(piece, pikepdf.String):
                for text, width in codes.read(bytes(piece)):
                    self._glyph(text, width)
            else:
                self._advance(-float(piece) / 1000 * state.size * state.scale)

    def _glyph(self, text: str, width_em: float) -> None:
        state = self._state
        left, y = _apply(times(self._text_matrix, state.matrix), 0.0, state.rise)
        self._advance((width_em * state.size) * state.scale)
        right, _ = _apply(times(self._text_matrix, state.matrix), 0.0, state.rise)
        self._glyphs.append(Glyph(text, left, right, self._height - y))
        spacing = state.char_space + (state.word_space if text == " " else 0.0)
        if spacing:
            self._advance(spacing * state.scale)

    def _advance(self, width: float) -> None:
        self._text_matrix = times((1.0, 0.0, 0.0, 1.0, width, 0.0), self._text_matrix)

    def _codes(self) -> FontCodes:
        font = self._resources["/Font"][self._state.font]
        key = font.objgen if font.is_indirect else (id(self._resources), self._state.font)
        if key not in self._fonts:
            self._fonts[key] = FontCodes(font)
        return self._fonts[key]

    def _end_text(self, at: int) -> None:
        if not self._glyphs:
            return
        size_pt, font = self._shown
        xs = [x for glyph in self._glyphs for x in (glyph.left_pt, glyph.right_pt)]
        ys = [glyph.baseline_pt for glyph in self._glyphs]
        box = (min(xs), min(ys) - ASCENT_EM * size_pt, max(xs), max(ys) + DESCENT_EM * size_pt)
        _, top, _, bottom = self._state.clip
        shown = min(bottom, box[3]) - max(top, box[1])
        is_cut = shown < SHOWN * (box[3] - box[1])
        glyphs = tuple(self._glyphs)
        made = Ink("text", box, self._text_start, at, self._state.fill, IDENTITY, glyphs, size_pt, font, is_cut)
        self._inks.append(made)


def _matrix(values: Any) -> Matrix:
    a, b, c, d, e, f = (float(value) for value in values)
    return a, b, c, d, e, f


def _apply(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def _scale(matrix: Matrix) -> float:
    """How much longer an upright length gets."""
    return float((matrix[2] ** 2 + matrix[3] ** 2) ** 0.5)
