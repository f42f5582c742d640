"""What the operators of a content stream do.

Two tables: one for pages, which traces what is painted over text; one that looks for rules and clips instead.
Source: ISO 32000-2, annex A. Operators that are in no table change nothing that is read.
Limits: clipping only where rules are asked for, and of any path its box; no text painted by patterns or Type 3 glyphs;
ink is white where grey, RGB or CMYK say so.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Final

from formgen.reading.pdf.matrices import IDENTITY, Matrix, moved, product
from formgen.reading.pdf.stream import Clip, Stream

__all__ = ["HANDLERS", "WITH_RULES", "Handlers", "trace_box"]

THIN_PT: Final = 2.0
"""A filled box that is no wider is a rule."""
WHITE: Final = 0.97
"""Lighter ink is not seen on paper, nor is that of an opacity so little."""
Handler = Callable[[Stream[Any], list[Any]], None]
Handlers = Mapping[bytes, Handler]


def _matrix(operands: list[Any]) -> Matrix:
    a, b, c, d, e, f = operands[-6:]
    return a, b, c, d, e, f


def _set_matrix(stream: Stream[Any], operands: list[Any]) -> None:
    stream.ctm = product(_matrix(operands), stream.ctm)


# What an operator is given is not known: `1.0 *` refuses what is no number as `_name` does what is no name.


def _name(operand: Any) -> bytes:
    if not isinstance(operand, str):
        raise TypeError("no name")
    return operand.encode("latin-1")


def _set_font(stream: Stream[Any], operands: list[Any]) -> None:
    name, size = operands[-2:]
    stream.font, stream.size = stream.resources.font(_name(name)), 1.0 * size


def _show_spaced(stream: Stream[Any], operands: list[Any]) -> None:
    items = operands[-1]
    if not isinstance(items, list) or not all(isinstance(item, bytes | float) for item in items):
        raise TypeError("no array of strings and numbers")
    stream.show(items)


def _begin_text(stream: Stream[Any], operands: list[Any]) -> None:
    stream.move_to(IDENTITY)


def _next_line(stream: Stream[Any], operands: list[Any]) -> None:
    stream.move_by(0.0, -stream.leading)


def _next_show(stream: Stream[Any], operands: list[Any]) -> None:
    stream.move_by(0.0, -stream.leading)
    stream.show(operands[-1:])


def _next_show_spaced(stream: Stream[Any], operands: list[Any]) -> None:
    word_space, char_space = operands[-3:-1]
    stream.word_space, stream.char_space = 1.0 * word_space, 1.0 * char_space
    _next_show(stream, operands)


def _move_leading(stream: Stream[Any], operands: list[Any]) -> None:
    stream.leading = -operands[-1]
    stream.move_by(operands[-2], operands[-1])


def _setter(name: str, factor: float = 1.0) -> Callable[[Stream[Any], list[Any]], None]:
    def put(stream: Stream[Any], operands: list[Any]) -> None:
        setattr(stream, name, operands[-1] * factor)

    return put


def _set_ink(stream: Stream[Any], operands: list[Any]) -> None:
    """Grey or red, green and blue; of other colour spaces nobody knows what is white."""
    stream.is_white = bool(operands) and min(operands) >= WHITE


def _set_print_ink(stream: Stream[Any], operands: list[Any]) -> None:
    stream.is_white = bool(operands) and max(operands) <= 1 - WHITE


def _set_other_ink(stream: Stream[Any], operands: list[Any]) -> None:
    stream.is_white = False


def _set_state(stream: Stream[Any], operands: list[Any]) -> None:
    opacity = stream.resources.opacity(_name(operands[-1]))
    if opacity is not None:
        stream.is_clear = opacity <= 1 - WHITE


def _begin_marked(stream: Stream[Any], operands: list[Any]) -> None:
    is_layer = len(operands) > 1 and operands[0] == "OC" and isinstance(operands[1], str)
    stream.layers.append(is_layer and stream.resources.is_layer_off(_name(operands[1])))


def _end_marked(stream: Stream[Any], operands: list[Any]) -> None:
    if len(stream.layers) > 1:
        stream.layers.pop()


def _trace_to(stream: Stream[Any], operands: list[Any]) -> None:
    """On to the last of some points, which curves pass near."""
    stream.drawn.go(*(moved(stream.ctm, *operands[at : at + 2]) for at in range(0, len(operands) - 1, 2)))


def trace_box(stream: Stream[Any], operands: list[Any]) -> None:
    x, y, width, height = operands[-4:]
    stream.drawn.box((1.0 * x, 1.0 * y, x + width, y + height), stream.ctm)


def _paint_path(*, is_filled: bool, is_closed: bool = False) -> Callable[[Stream[Any], list[Any]], None]:
    def paint(stream: Stream[Any], operands: list[Any]) -> None:
        if is_closed:
            stream.drawn.close()
        stream.drawn.paint(stream.page, is_filled=is_filled)

    return paint


def _move_pen(stream: Stream[Any], operands: list[Any]) -> None:
    stream.pen = stream.start = moved(stream.ctm, *operands[-2:])


def _draw_line(stream: Stream[Any], operands: list[Any]) -> None:
    to = moved(stream.ctm, *operands[-2:])
    stream.path.append((*stream.pen, *to))
    stream.pen = to


def _close_path(stream: Stream[Any], operands: list[Any]) -> None:
    stream.path.append((*stream.pen, *stream.start))
    stream.pen = stream.start


def _draw_box(stream: Stream[Any], operands: list[Any]) -> None:
    x, y, width, height = operands[-4:]
    stream.boxes.append((*moved(stream.ctm, x, y), *moved(stream.ctm, x + width, y + height)))


def _stroke(stream: Stream[Any], operands: list[Any]) -> None:
    for x0, y0, x1, y1 in stream.boxes:
        stream.path += [(x0, y0, x1, y0), (x0, y1, x1, y1), (x0, y0, x0, y1), (x1, y0, x1, y1)]
    stream.page.segments += stream.path
    _end_path(stream, operands)


def _fill(stream: Stream[Any], operands: list[Any]) -> None:
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


def _end_path(stream: Stream[Any], operands: list[Any]) -> None:
    if stream.is_clipping:
        stream.clip, stream.is_clipping = _clipped(stream.clip, [*stream.path, *stream.boxes]), False
    stream.path, stream.boxes = [], []


def _begin_clip(stream: Stream[Any], operands: list[Any]) -> None:
    stream.is_clipping = True  # when the path ends


def _clipped(clip: Clip, lines: list[tuple[float, float, float, float]]) -> Clip:
    xs = [x for line in lines for x in line[::2]]
    ys = [y for line in lines for y in line[1::2]]
    if not xs:
        return clip
    left, bottom, right, top = clip or (-math.inf, -math.inf, math.inf, math.inf)
    return max(left, min(xs)), max(bottom, min(ys)), min(right, max(xs)), min(top, max(ys))


HANDLERS: Final[Handlers] = {
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
    **dict.fromkeys((b"g", b"rg"), _set_ink),
    b"k": _set_print_ink,
    **dict.fromkeys((b"cs", b"sc", b"scn"), _set_other_ink),
    b"gs": _set_state,
    **dict.fromkeys((b"BMC", b"BDC"), _begin_marked),
    b"EMC": _end_marked,
    b"m": lambda stream, operands: stream.drawn.move(moved(stream.ctm, *operands[-2:])),
    **dict.fromkeys((b"l", b"c", b"v", b"y"), _trace_to),
    b"re": trace_box,
    b"h": lambda stream, _: stream.drawn.close(),
    b"n": lambda stream, _: stream.drawn.drop(),
    b"S": _paint_path(is_filled=False),
    b"s": _paint_path(is_filled=False, is_closed=True),
    **dict.fromkeys((b"f", b"F", b"f*", b"B", b"B*", b"b", b"b*"), _paint_path(is_filled=True)),
}

WITH_RULES: Final[Handlers] = {
    **HANDLERS,
    b"m": _move_pen,
    b"l": _draw_line,
    b"h": _close_path,
    b"re": _draw_box,
    **dict.fromkeys((b"S", b"s", b"B", b"B*", b"b", b"b*"), _stroke),
    **dict.fromkeys((b"f", b"F", b"f*"), _fill),
    b"n": _end_path,
    **dict.fromkeys((b"W", b"W*"), _begin_clip),
}
