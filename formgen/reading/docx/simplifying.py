"""A part said in fewer words: without what programs write into it that nobody reads.

In: a part's bytes. Out: the same without numbers of editing sessions, paragraphs and content controls, properties of
runs that look like any other, and signs of proofing and of pages; runs that hold nothing but texts joined to the run
before. Word and LibreOffice break runs wherever script or spelling change, and Word
numbers all anew whenever it saves: without that the rows of a form's files are the same bytes, but for their texts.
What is taken out was parsed once, byte for byte, or is of a shape that a parser has nothing against; only what is sound
without it is joined.
Source: ECMA-376 Part 1, 17.3.1.22, 17.3.2.25, 17.4.79 (w:rsid…), 17.5.2.18 (id), 17.13.8 (proofErr); MS-DOCX 2.2
(w14:paraId).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from formgen.reading.docx.noise import PAGE_BREAK, PROOFING, Noise

__all__ = ["Simplifier", "is_numbered"]

LONGEST_JOINED: Final = 1 << 16
"""Bytes of runs that become one: the parser has limits for texts."""
BEGINNING: Final = 1 << 13
"""Bytes of a part in which its first paragraph begins."""

_NOISE: Final = re.compile(
    rb"<w:([prt]r? [^<>]*|sectPr [^<>]*|p(?<=><w:p)roofErr [^<>]*|l(?<=><w:l)astRenderedPageBreak/)>"
)
"""Beginnings of elements with attributes, and what is nothing but a sign. Asked at every tag of a part: what most tags
have not comes first."""
_TAGS: Final = {b"p ": b"<w:p>", b"tr": b"<w:tr>", b"r ": b"<w:r>", b"se": b"<w:sectPr>", b"t ": b"<w:t>"}
"""What stands there instead, by the first two letters."""
_CLOSED: Final = {name: tag[:-1] + b"/>" for name, tag in _TAGS.items()} | {b"pr": b"", b"la": b""}
"""The same for what ends where it begins."""
_WHOLE: Final = re.compile(rb"</?[\w:]+(?:\s[\w:]+=(?:\"[^\"<>]*\"|'[^'<>]*'))*+\s?/?>")
_PROPERTIES: Final = re.compile(rb"<w:(?:p|r|tc|tr|tbl|sdt)Pr[ />]")
_SLASH: Final = ord("/")
_LOOK: Final = (b"<w:r><w:rPr>", b"</w:rPr>", b"<w:r>")
_CONTROL: Final = (b'<w:id w:val="', b'"/>', b"<w:id/>")
_BROKEN: Final = b"</w:t></w:r><w:r><w:t>"
"""Between two neighbouring runs of texts."""
_RUN: Final = b"<w:r><w:t>"
_RUN_TEXT: Final = b"<w:t>"

_Judge = Callable[[Sequence[bytes]], bool]


def is_numbered(content: bytes) -> bool:
    """Whether a part has what Word adds on saving: it numbers the first paragraph, or the session that it is of."""
    return content.find(b" w:rsid", 0, BEGINNING) >= 0 or content.find(b" w14:paraId=", 0, BEGINNING) >= 0


class Simplifier:
    """Of parts with one root."""

    def __init__(self, noise: Noise) -> None:
        self._noise = noise
        known = [tag.encode() + pattern + b"/?" for tag, pattern in noise.beginnings.items()]
        signs = [sign[len(b"<w:") : -1] for sign in (PROOFING, PAGE_BREAK)]
        self._known = re.compile(b"(?:(?:" + b"|".join([*known, *signs]) + b")>)*+")

    def made(self, content: bytes) -> bytes:
        """The part, or a row of it, in fewer words."""
        content = self._without_noise(content)
        content = _without(_without(content, _LOOK, self._noise.are_looks), _CONTROL, _are_ids)
        return _joined(content)

    def _without_noise(self, content: bytes) -> bytes:
        pieces = _NOISE.split(content)
        begun = pieces[1::2]
        if self._known.fullmatch(b">".join([*begun, b""])) is not None:
            pieces[1::2] = [(_CLOSED if tag[-1] == _SLASH else _TAGS)[tag[:2]] for tag in begun]
        else:
            pieces[1::2] = map(self._tag, begun)
        _keep_signs_in_texts(pieces, begun)
        return b"".join(pieces)

    def _tag(self, begun: bytes) -> bytes:
        if self._known.fullmatch(begun + b">") is None:
            return b"<w:" + begun + b">"
        return (_CLOSED if begun[-1] == _SLASH else _TAGS)[begun[:2]]


def _keep_signs_in_texts(pieces: list[bytes], begun: Sequence[bytes]) -> None:
    """Put back the signs that do not follow a tag, but stand in a text or in a value, and those before properties: what
    a text is goes to its first element, and properties come first."""
    for number in range(1, len(pieces), 2):
        if not pieces[number]:
            before = pieces[number - 1]
            tag = before[before.rfind(b"<") :] if before else b"<w:" + begun[number // 2 - 1] + b">"
            is_between = _WHOLE.fullmatch(tag) is not None and _PROPERTIES.match(pieces[number + 1]) is None
            if tag.startswith((b"<w:t>", b"<w:t ")) or not is_between:
                pieces[number] = b"<w:" + begun[number // 2] + b">"


def _are_ids(found: Sequence[bytes]) -> bool:
    """Whether these are numbers, of whatever length."""
    return all(found) and b"".join(found).replace(b"-", b"").isdigit()


def _without(content: bytes, cut: tuple[bytes, bytes, bytes], are_unread: _Judge) -> bytes:
    """A part without what stands between a start and a stop where that is unread; with something shorter instead."""
    start, stop, left = cut
    first, *pieces = content.split(start)
    if not pieces:
        return content
    found, stops, kept = zip(*[piece.partition(stop) for piece in pieces], strict=True)
    if b"" not in stops and are_unread(found):
        return left.join([first, *kept])
    rows = zip(pieces, found, stops, kept, strict=True)
    return b"".join(
        [first, *(left + rest if end and are_unread([one]) else start + piece for piece, one, end, rest in rows)]
    )


def _joined(content: bytes) -> bytes:
    """Runs joined, where the first is nothing but a text."""
    before, *pieces = content.split(_BROKEN)
    kept = [before]
    length = _length_of_run(before)
    for piece in pieces:
        if not 0 < length <= LONGEST_JOINED:
            kept.append(_BROKEN)
            length = 1
        kept.append(piece)
        length = length + len(piece) if b"<" not in piece else _length_of_run(piece)
    return b"".join(kept)


def _length_of_run(before: bytes) -> int:
    """Of a run that is nothing but a text, and not ended yet; 0 of any other."""
    at = before.rfind(b"<")
    return len(before) - at if before.endswith(_RUN, 0, max(0, at) + len(_RUN_TEXT)) and at >= 0 else 0
