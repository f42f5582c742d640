"""The markup of rows, and of whole parts, as it was saved: with noise between its bytes.

In: a markup in fewer words (`simplifying`) and a part as it stands in the file. Out: what stands in its holes, the same
as in the part said in fewer words, without that being said. Between the bytes that are compared stand numbers in the
beginnings of elements, and runs, which are broken anywhere and look as they like: holes, too, each of which ends where
what follows it comes first. What stood in them is judged at once (`noise`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from formgen.reading.docx.holes import Hole
from formgen.reading.docx.markup import Filled, Markup, picker, split_texts
from formgen.reading.docx.noise import Noise

__all__ = ["Markups"]

SPARSEST: Final = 1 << 7
"""Bytes that a markup may have for each hole that is kept of it: some 500 of a row."""
_BEGINNING: Final = re.compile(rb"<w:(?:(p|tr|sectPr|r|t)(/?)|(id)/)>")
_PRINTED: Final = re.compile(rb"(?<=<w:t>)([^<]*)(?=</w:t>)")
_TAG: Final = re.compile(rb"</?[\w:]+[ />]")
_RUN: Final = b"<w:r>"
_RUN_TEXT: Final = b"<w:r><w:t>"
_TEXT_END: Final = b"</w:t>"
_RUN_END: Final = b"</w:t></w:r>"
_EMPTY: Final = b"<w:t></w:t></w:r>"
"""What makes a run of texts of the beginning of any other."""
_LOOK: Final = b"<w:rPr>"
_UNCLEAR: Final = (b"<w:t>", b"<w:t/>", _LOOK)
"""What a run may begin with that cannot be told from a run of texts before it."""
_TEXTS: Final = ("text", "runs")


class SavedMarkup(Markup):
    """A markup with noise in its holes, too."""

    __slots__ = ("_beginnings", "_fixed", "_joined", "_noise", "_own", "_said", "_wanted")

    def __init__(self, markup: Markup, noise: Noise) -> None:
        """Raises: ValueError: it has runs whose texts cannot be told apart, or more holes than are kept."""
        made = _Holes(markup)
        ends = [made.places[end] for end in markup.ends]
        super().__init__(made.holes, made.end, ends, markup.longest)
        self._noise = noise
        kinds = [hole.kind for hole in made.holes]
        self._beginnings = [
            (tag, picker([number for number, kind in enumerate(kinds) if kind == tag]))
            for tag in noise.beginnings
            if tag in kinds
        ]
        texts = [number for number, kind in enumerate(kinds) if kind in _TEXTS]
        self._said = picker(texts)
        self._joined = made.joined
        own = [number for number, wanted in enumerate(made.wanted) if wanted is None]
        fixed = [number for number, wanted in enumerate(made.wanted) if wanted is not None]
        self._own, self._fixed = picker(own), picker(fixed)
        self._wanted = tuple([wanted for wanted in made.wanted if wanted is not None])

    def _found(self, part: bytes, at: int) -> Sequence[bytes] | None:
        return self._looked_for(part, at)  # a pattern that finds runs takes as long

    def _texts_in(self, found: Sequence[bytes]) -> list[str] | None:
        for tag, pick in self._beginnings:
            if not self._noise.are_beginnings(tag, pick(found)):
                return None
        joined = self._joined.copy()
        joined[1::2] = self._said(found)
        whole = self._noise.texts(b"".join(joined))
        texts = split_texts(whole[1:], len(joined) // 2) if whole is not None else None
        if texts is None or not self._wanted:
            return texts
        return list(self._own(texts)) if tuple(self._fixed(texts)) == self._wanted else None


class Markups:
    """One markup, in fewer words and as it is saved."""

    __slots__ = ("_noise", "_saved", "plain")

    def __init__(self, plain: Markup, noise: Noise) -> None:
        self.plain = plain
        self._noise: Noise | None = noise
        self._saved: SavedMarkup | None = None

    def read(self, part: bytes, at: int, is_saved: bool) -> Filled | None:
        """What stands in the holes of what begins there; None where it is of other markup."""
        if not is_saved:
            return self.plain.read(part, at)
        if self._noise is not None:
            self._saved, self._noise = _saved(self.plain, self._noise), None
        return self._saved.read(part, at) if self._saved is not None else None


def _saved(plain: Markup, noise: Noise) -> SavedMarkup | None:
    try:
        return SavedMarkup(plain, noise)
    except ValueError:
        return None


class _Holes:
    """The holes of a markup as it is saved."""

    def __init__(self, markup: Markup) -> None:
        self.holes: list[Hole] = []
        self.places: list[int] = []
        """Of each hole of the markup in fewer words, which it is here."""
        self.wanted: list[str | None] = []
        """Of each text the one that has to stand there; None of those in the markup's own holes."""
        self.joined: list[bytes] = [b""]
        """What makes runs of texts, each after a zero, of what stands in the holes."""
        self._before = b""
        self._most = markup.longest // SPARSEST
        holes, wanted, pieces = _with_printed(markup)
        for number, hole in enumerate(holes):
            if hole.kind == "text":
                pieces[number + 1] = self._text(pieces[number], hole, pieces[number + 1], wanted[number])
            else:
                self._pass(pieces[number])
                self._add(hole)
            if wanted[number] is None:
                self.places.append(len(self.holes) - 1)
        self._pass(pieces[-1])
        self.end = self._before

    def _text(self, before: bytes, hole: Hole, after: bytes, wanted: str | None) -> bytes:
        """Returns what is left of what follows it."""
        if before.endswith(_RUN_TEXT):
            self._pass(before[: -len(_RUN_TEXT)])
            stop, rest, suffix = _after_runs(after)
            self._say(hole._replace(kind="runs", stop=stop), wanted, b"", suffix)
            return rest
        self._pass(before)
        self._say(hole, wanted, _RUN_TEXT, _RUN_END)
        return after

    def _say(self, hole: Hole, wanted: str | None, prefix: bytes, suffix: bytes) -> None:
        self._add(hole)
        self.wanted.append(wanted)
        self.joined[-1] += b"\0" + prefix
        self.joined += (b"", suffix)

    def _pass(self, markup: bytes) -> None:
        """What stands between two holes: with noise in it."""
        at = 0
        for match in _BEGINNING.finditer(markup):
            tag, start, end = (match[1] or match[3]).decode(), match.start(), match.end()
            if tag == "id":
                self._before += markup[at:start] + b'<w:id w:val="'
                self._add(Hole(tag, b"", b"0", b'"'))
                self._before, at = b'"', end - len(b"/>")
            elif tag == "r" and not match[2] and not markup.startswith(_LOOK, end):
                self._before += markup[at:start]
                self._say(Hole("runs", b"", b"", _begun(markup[end:])), "", b"", _EMPTY)
                at = end
            else:
                named = match.end(1)
                self._before += markup[at:named]
                self._add(Hole(tag, b"", b"", markup[named:end]))
                at = named
        self._before += markup[at:]

    def _add(self, hole: Hole) -> None:
        if len(self.holes) >= self._most:
            raise ValueError(len(self.holes))
        self.holes.append(hole._replace(before=self._before))
        self._before = b""


def _with_printed(markup: Markup) -> tuple[list[Hole], list[str | None], list[bytes]]:
    """The holes of a markup, printed texts among them; what has to stand in these; and what stands between all."""
    holes: list[Hole] = []
    wanted: list[str | None] = []
    pieces: list[bytes] = []
    for before, hole in [*((hole.before, hole) for hole in markup.holes), (markup.end, None)]:
        printed = _PRINTED.split(before)
        pieces += printed[::2]
        holes += [Hole("text", b"", text, b"<") for text in printed[1::2]]
        wanted += [str(text, "utf-8") for text in printed[1::2]]
        if hole is not None:
            holes.append(hole)
            wanted.append(None)
    return holes, wanted, pieces


def _after_runs(after: bytes) -> tuple[bytes, bytes, bytes]:
    """Where a run of texts ends: what follows it, what is left of that, and what it lacks of whole runs.

    Raises: ValueError: that can be told from nothing in it.
    """
    if after.startswith(_RUN_END):
        rest = after[len(_RUN_END) :]
        if not rest.startswith((_RUN, b"<w:r/>")):
            return _begun(rest), rest, b""
        rest = rest[len(_RUN) :]
        if after.startswith(_RUN, len(_RUN_END)) and not rest.startswith(_UNCLEAR):
            return _begun(rest), rest, _EMPTY
    elif after.startswith(_TEXT_END):
        return _TEXT_END + _begun(after[len(_TEXT_END) :]), after, _RUN_END
    raise ValueError(after)


def _begun(markup: bytes) -> bytes:
    """How it begins, but for noise. Raises: ValueError: it is too short."""
    tag = _TAG.match(markup)
    if tag is None:
        raise ValueError(markup)
    return tag[0][:-1] if _BEGINNING.match(markup) else tag[0]
