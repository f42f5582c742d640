"""Fingerprints of forms: the words printed on them, weighted by how few other forms have them.

In: the manifests of the forms, whose templates hold the printed words; then the texts on a sheet. Out: for each form
the share of its words that stand on the sheet. Words are taken as pairs of neighbouring characters, folded as labels
are and without punctuation: so line breaks, the table's structure and an office's own commas do not matter, and a
changed word costs its own characters only. A pair that n forms have weighs 1/n.
Source of the words: form.docx, else form.xlsx, else the background.pdf of the layout. Limits: of a long sheet the first
and the last characters are looked at (`LOOKED_AT`); what a form prints stands above its rows or below them.
"""

from __future__ import annotations

import functools
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from operator import add, or_
from pathlib import Path
from typing import Final

from formgen.forms.layout import BACKGROUND
from formgen.forms.manifest import Manifest
from formgen.vocabulary.folding import fold

__all__ = ["LOOKED_AT", "Fingerprints", "Seen", "pairs_of", "printed_texts"]

LOOKED_AT: Final = (16_000, 4_000)
"""Characters from the start and from the end of a sheet."""
REMEMBERED: Final = 8192
"""Texts whose pairs are known."""
_TAG: Final = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_WORD_PARTS: Final = re.compile(r"word/(?:document|header\d*|footer\d*)\.xml")
_EXCEL_PARTS: Final = re.compile(r"xl/(?:sharedStrings|worksheets/sheet\d+)\.xml")
_TEXTS_OF: Final = {"p": "t", "si": "t", "is": "t", "oddHeader": "", "oddFooter": ""}
"""Elements whose text is one piece, and the elements of it that hold the characters."""

Pairs = frozenset[str]


class Seen:
    """The pairs on a sheet, as far as some form has them: a bit for each. Bits of thousands of pairs are compared and
    counted at once, where sets of them took a tenth of the time that reading a small sheet takes."""

    __slots__ = ("_texts", "bits")

    def __init__(self, bits: int, texts: Sequence[str]) -> None:
        self.bits = bits
        self._texts = texts

    @classmethod
    def joined(cls, parts: Sequence[Seen]) -> Seen:
        """What stands on one of them."""
        bits = functools.reduce(or_, (part.bits for part in parts), 0)
        return cls(bits, [text for part in parts for text in part._texts])

    def count(self) -> int:
        """All pairs on the sheet, those that no form has among them."""
        return len(pairs_of(self._texts))

    def known(self) -> int:
        """The pairs on the sheet that some form has."""
        return self.bits.bit_count()


class Fingerprints:
    """What is printed on each of these forms."""

    def __init__(self, manifests: Iterable[Manifest]) -> None:
        pairs = {item.id: pairs_of(printed_texts(item)) for item in manifests}
        spread = Counter(pair for own in pairs.values() for pair in own)
        self._bits = {pair: 1 << number for number, pair in enumerate(spread)}
        self._of_texts: dict[str, int] = {}
        self.numbers = sum(pair.isdecimal() for pair in spread)
        """Pairs of digits: so many of them are on a sheet at most, whatever numbers are written on it."""
        self._pairs = {form: self._bits_of(own) for form, own in pairs.items()}
        self._weights = {
            form: [
                (1 / forms, self._bits_of(pair for pair in own if spread[pair] == forms))
                for forms in sorted({spread[pair] for pair in own})
            ]
            for form, own in pairs.items()
        }
        self._totals = {form: self._weigh(form, -1) for form in pairs}

    def seen(self, texts: Sequence[str]) -> Seen:
        """What stands on a sheet with these texts."""
        bits = 0
        for text in _looked_at(texts):
            known = self._of_texts.get(text)
            bits |= self._remember(text) if known is None else known
        return Seen(bits, texts)

    def _remember(self, text: str) -> int:
        """What a form prints comes again on every sheet of it."""
        if len(self._of_texts) >= REMEMBERED:
            self._of_texts.clear()
        bits = self._of_texts[text] = self._bits_of(_pairs_in(text))
        return bits

    def _bits_of(self, pairs: Iterable[str]) -> int:
        return functools.reduce(or_, (self._bits.get(pair, 0) for pair in pairs), 0)

    def shares(self, seen: Seen) -> dict[str, float]:
        """Share of each form's words that stand on the sheet, the nearest form first."""
        found = {form: self._weigh(form, seen.bits) / total if total else 0.0 for form, total in self._totals.items()}
        return dict(sorted(found.items(), key=lambda entry: -entry[1]))

    def _weigh(self, form: str, bits: int) -> float:
        return sum([weight * (own & bits).bit_count() for weight, own in self._weights[form]])

    def leaning(self, one: str, other: str, seen: Seen) -> tuple[float, int]:
        """Of the words that only one of two forms has: the share that speaks for `one`, and how many there are.

        A word of `one` on the sheet speaks for it, and so does a word of `other` that is not there: where one form has
        all the words of the other, both may stand on the sheet whole.
        """
        speaking, _, count = self.speaking(one, other, seen)
        return (speaking / count if count else 0.5), count

    def speaking(self, one: str, other: str, seen: Seen) -> tuple[int, int, int]:
        """How many of those words speak for `one`, how many could if more were written, and how many there are."""
        own, others = self._pairs[one] & ~self._pairs[other], self._pairs[other] & ~self._pairs[one]
        missing = (others & ~seen.bits).bit_count()
        speaking = (own & seen.bits).bit_count() + missing
        return speaking, own.bit_count() + missing, own.bit_count() + others.bit_count()


def pairs_of(texts: Sequence[str]) -> Pairs:
    """All pairs of neighbouring characters in the texts of a sheet, or in what a form prints."""
    found: set[str] = set()
    for text in _looked_at(texts):
        found.update(_pairs_in(text))
    return frozenset(found)


def _pairs_in(text: str) -> tuple[str, ...]:
    folded = fold(text)
    if not folded.isalnum():
        folded = "".join(filter(str.isalnum, folded))
    return tuple(map(add, folded, folded[1:]))


def _looked_at(texts: Sequence[str]) -> Iterator[str]:
    """The texts in one, with an end between them that no pair goes over; of a long sheet its start and its end."""
    if sum(map(len, texts)) <= sum(LOOKED_AT):
        yield from texts
        return
    start, end = LOOKED_AT
    last = 0
    while last < len(texts) and start > 0:
        yield texts[last][:start]
        start -= len(texts[last])
        last += 1
    for text in reversed(texts[last:]):
        if end <= 0:
            return
        yield text[-end:]
        end -= len(text)


def printed_texts(manifest: Manifest) -> tuple[str, ...]:
    """What the form prints besides values, in pieces; () of a form without any template."""
    for path in (*map(manifest.template, manifest.templates), manifest.folder / BACKGROUND):
        if path.is_file():
            return _printed_in(path, path.stat().st_mtime_ns)
    return ()


@functools.lru_cache(maxsize=512)
def _printed_in(path: Path, modified: int) -> tuple[str, ...]:
    whole = _pdf_texts(path) if path.suffix == ".pdf" else _package_texts(path)
    return tuple(piece for text in whole for piece in _TAG.split(text) if piece.strip())


def _package_texts(path: Path) -> list[str]:
    """Texts of paragraphs and of cells. A broken template is told by whoever prints it; here it has no words."""
    from lxml import etree

    wanted = _WORD_PARTS if path.suffix == ".docx" else _EXCEL_PARTS
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    found: list[str] = []
    try:
        with zipfile.ZipFile(path) as package:
            for name in filter(wanted.fullmatch, package.namelist()):
                for element in etree.fromstring(package.read(name), parser).iter(*(f"{{*}}{key}" for key in _TEXTS_OF)):
                    inner = _TEXTS_OF[etree.QName(element).localname]
                    found.append(
                        "".join(e.text or "" for e in (element.iter(f"{{*}}{inner}") if inner else (element,)))
                    )
    except (zipfile.BadZipFile, etree.XMLSyntaxError, KeyError, OSError):
        return []
    return found


def _pdf_texts(path: Path) -> list[str]:
    import pypdfium2

    document = pypdfium2.PdfDocument(path)
    try:
        return [line for page in document for line in page.get_textpage().get_text_bounded().splitlines()]
    finally:
        document.close()
