"""A part without the properties of its runs and paragraphs: how text looks is most of a Word file, and nobody reads it.

In: a part's bytes. Out: the same without w:rPr and w:pPr, but for those that end a section or a tracked paragraph; or
the bytes as they were, where comments or another prefix could make cutting go wrong. Properties inside of properties
(tracked formatting) leave well-formed remains, which are skipped as all properties are.
"""

from __future__ import annotations

from typing import Final

from formgen.rendering.docx.wordml import W_NS

__all__ = ["slimmed"]

PREFIX: Final = f'xmlns:w="{W_NS}"'.encode()
DECLARED: Final = 2048
"""Where the prefix must be declared: in the root, which stands in the first bytes."""

KEPT_RUN: Final = b"<w:rPr >"
"""The same to a parser; it keeps what a tracked paragraph end says, and is not cut."""


def slimmed(content: bytes) -> bytes:
    """The part without what says how its text looks."""
    if PREFIX not in content[:DECLARED]:
        return content
    made = _without_run_properties(_without_paragraph_properties(content))
    is_plain = b"<!" not in made and made.count(b"xmlns:w=") == 1
    return made if is_plain else content  # in a comment, or under another meaning of the prefix, nothing may be cut


def _without_paragraph_properties(content: bytes) -> bytes:
    first, *others = content.split(b"<w:pPr>")
    kept = [first]
    for piece in others:
        inner, closing, rest = piece.partition(b"</w:pPr>")
        if not closing or b"sectPr" in inner or b"w:del" in inner or b"w:move" in inner:
            kept += (b"<w:pPr>", piece.replace(b"<w:rPr>", KEPT_RUN))
        else:
            kept.append(rest)
    return b"".join(kept)


def _without_run_properties(content: bytes) -> bytes:
    first, *others = content.split(b"<w:rPr>")
    kept = [first]
    for piece in others:
        _, closing, rest = piece.partition(b"</w:rPr>")
        kept.append(rest if closing else b"<w:rPr>" + piece)
    return b"".join(kept)
