"""XML from outside: how it may begin, and its elements, parsed with limits.

In: a part's bytes and where they lie. Out: the root element; nothing is fetched and no entity is replaced, for there
can be none. What a part may not be is a problem of its place.
Limits: libxml2's own (256 elements within one another, texts of 10 million characters).
"""

from __future__ import annotations

import codecs
import functools
import re
from typing import Any, Final

from lxml import etree

from formgen.errors import InputError
from formgen.problems import Place, Problem

__all__ = ["PROLOG", "REMEMBERED", "SMALL", "USUAL", "check_prolog", "root_of"]

PROLOG: Final = 1 << 16
"""Bytes before the root element; nobody writes so many."""
SMALL: Final = 1 << 14
"""What is made of a part of at most this size is remembered: styles, settings and relations of one form's files are the
same bytes. Remembered is by the bytes themselves, never by what a file says of them."""
REMEMBERED: Final = 128
SHOWN_TEXT: Final = 80

_ENCODING: Final = re.compile(r"\sencoding\s*=\s*[\"']([^\"']*)[\"']")
_ENCODINGS: Final = frozenset(["utf-8", "utf8", "utf-16", "us-ascii", "ascii"])
USUAL: Final = re.compile(
    rb"""<\?xml version=["']1\.0["'](?: encoding=["'](?i:utf-8)["'])?(?: standalone=["']yes["'])?\?>\s{0,4}<[A-Za-z]"""
)
"""How all but a few parts begin: the root element follows the declaration, and nothing is hidden before it."""
_LIMITS: Final = re.compile(r"excessive depth|huge|too long|limit", re.IGNORECASE)
"""libxml2's words for what goes beyond its limits."""


def check_prolog(content: bytes, place: Place) -> None:
    """Look for a document type before anybody parses, and at the encoding, which could hide one.

    Raises: InputError: F-SAFE-003: there is one; F-FILE-004: in an encoding that no package may have.
    """
    try:
        _check_beginning(content)
    except _UnsoundError as exc:
        raise exc.at(place) from exc


def root_of(content: bytes, place: Place) -> Any:
    """The root element. Nobody changes it: of a small part the same bytes have the same tree, of whichever file.

    Raises: InputError: F-SAFE-003: a document type; F-SAFE-004: beyond libxml2's limits; F-FILE-004: broken.
    """
    try:
        return _remembered_root(content) if len(content) <= SMALL else _root(content)
    except _UnsoundError as exc:
        raise exc.at(place) from exc


class _UnsoundError(Exception):
    """A part is no XML that a package may have; where it lies, only the caller knows."""

    def __init__(self, code: str, reason: str = "") -> None:
        super().__init__(code, reason)
        self._code, self._reason = code, reason

    def at(self, place: Place) -> InputError:
        return InputError(Problem(self._code, place, params={"reason": self._reason} if self._reason else {}))


def _root(content: bytes) -> Any:
    """Raises: _UnsoundError."""
    _check_beginning(content)
    # A parser of its own: one that is shared holds the errors of the last file.
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, collect_ids=False
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as exc:
        reason = " ".join(str(exc.msg).split())
        raise _UnsoundError("F-SAFE-004" if _LIMITS.search(reason) else "F-FILE-004", reason) from exc
    if root.getroottree().docinfo.internalDTD is not None:
        raise _UnsoundError("F-SAFE-003")
    return root


_remembered_root = functools.lru_cache(maxsize=REMEMBERED)(_root)


def _check_beginning(content: bytes) -> None:
    """Raises: _UnsoundError."""
    if USUAL.match(content) is not None:
        return
    is_cut, content = len(content) > PROLOG, content[:PROLOG]
    is_wide = content[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) or b"\0" in content[:4]
    text = _text(content, is_wide)
    position = 1 if text.startswith("\ufeff") else 0
    if text.startswith("<?xml", position):
        end = text.find("?>", position)
        encoding = _ENCODING.search(text, position, end if end >= 0 else len(text))
        if encoding is not None and encoding[1].lower() not in _ENCODINGS:
            raise _UnsoundError("F-FILE-004", f"encoding {encoding[1][:SHOWN_TEXT]}")
    position = _end_of_prolog(text, position)
    if (is_cut and position >= len(text) - SHOWN_TEXT) or text.startswith("<!", position):
        raise _UnsoundError("F-SAFE-003")


def _text(content: bytes, is_wide: bool) -> str:
    if not is_wide:
        return content.decode("utf-8", "replace")
    is_big = content[:2] == codecs.BOM_UTF16_BE or content[:1] == b"\0"
    return content.decode("utf-16-be" if is_big else "utf-16-le", "replace")


def _end_of_prolog(text: str, position: int) -> int:
    """Where the first thing stands that is no space, comment or processing instruction."""
    while True:
        while position < len(text) and text[position] in " \t\r\n":
            position += 1
        for mark, close in (("<?", "?>"), ("<!--", "-->")):
            if text.startswith(mark, position):
                end = text.find(close, position + len(mark))
                position = end + len(close) if end >= 0 else len(text)
                break
        else:
            return position
