"""A content stream being read: its graphics and text state, and what it has put on the page so far.

Source: ISO 32000-2, 8.4 (graphics state), 9.3 and 9.4 (text), 8.10 (form XObjects).
"""

from __future__ import annotations

from typing import Any, Final, Generic, Protocol, TypeVar

from formgen.reading.pdf.drawing import Pen, picture
from formgen.reading.pdf.fonts import LOST, FontReader
from formgen.reading.pdf.found import PageContent, Painted, Show, TextLine
from formgen.reading.pdf.matrices import IDENTITY, Matrix, product
from formgen.reading.pdf.resources import Resources

__all__ = ["MOST_OPERANDS", "Clip", "Forms", "Stream"]

DEEPEST: Final = 12
MOST_OPERANDS: Final = 100_000
FILLED, INVISIBLE, CLIPS_ONLY = 0, 3, 7
"""Text rendering modes."""
K = TypeVar("K")
Forms = tuple[Any, ...]
"""The form XObjects being painted, each within the one before it."""
Clip = tuple[float, float, float, float] | None
"""Left, bottom, right, top of what may show; None for all."""


class Reader(Protocol[K]):
    """Reads the streams of one page."""

    page: PageContent[K]

    def run(
        self, content: bytes, resources: Resources[K], start: Matrix, forms: Forms, clip: Clip, *, is_unseen: bool
    ) -> None: ...


class Stream(Generic[K]):
    """One content stream."""

    def __init__(
        self, owner: Reader[K], resources: Resources[K], start: Matrix, forms: Forms, clip: Clip, *, is_unseen: bool
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
        self.is_white = self.is_clear = False
        self.layers = [is_unseen]
        """Of the marked content that has begun, whether it is of a layer that is switched off."""

    @property
    def is_unseen(self) -> bool:
        """Whether text shows by no ink: an OCR program's, white, transparent, of a layer that is switched off."""
        if self.mode == FILLED:
            return self.is_white or self.is_clear or True in self.layers
        return self.mode in (INVISIBLE, CLIPS_ONLY) or self.is_clear or True in self.layers

    def show(self, items: list[Any]) -> None:
        font, is_unseen = self.font, self.is_unseen
        if is_unseen and (font is None or not font.is_readable):
            self.page.has_hidden = True
            return
        if font is None or not font.is_readable:
            if any(isinstance(item, bytes) for item in items):
                self.page.is_readable = False
                self._begin().text = LOST  # that something stands here is known
            return
        line = self.line
        if line is None or line.is_hidden != is_unseen:
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
        self.line = TextLine(matrix, is_hidden=self.is_unseen, clip=self.clip)
        self.page.lines.append(self.line)
        return self.line

    def take_picture(self) -> None:
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
                 self.rise, self.mode, self.clip, self.is_white, self.is_clear)
            )  # fmt: skip

    def restore(self) -> None:
        if self.saved:
            (self.ctm, self.font, self.size, self.stretch, self.char_space, self.word_space, self.leading,
             self.rise, self.mode, self.clip, self.is_white, self.is_clear) = self.saved.pop()  # fmt: skip

    def paint(self, name: bytes) -> None:
        found = self.resources.xobject(name)
        if found is None:
            return
        if found == "picture":
            self.take_picture()
            return
        if len(found) == 2:
            self.page.arts.append(Painted(found[0], product(found[1], self.ctm)))
            return
        content, matrix, resources = found
        if len(self.forms) >= DEEPEST or any(form is found for form in self.forms):
            self.page.is_readable, self.page.is_endless = False, True
        else:
            start, forms = product(matrix, self.ctm), (*self.forms, found)
            self.owner.run(content, resources, start, forms, self.clip, is_unseen=self.is_clear or True in self.layers)
