"""Keys: opaque ones for records, sortable ones for what people number by hand.

A record's key stands in file properties and page codes. Without a secret whoever has this program can try numbers
until one gives a key they have seen; with an office's secret only the office can, and all its machines that have the
same secret file give the same keys.
"""

from __future__ import annotations

import functools
import hashlib
import re
from pathlib import Path

from formgen.errors import InputError
from formgen.problems import Place, Problem

__all__ = ["natural_order", "read_secret", "record_key"]

_NUMBER = re.compile(r"\d+")
_KEY_BYTES = 7
_BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_SECRET_BYTES = 16
"""The least that cannot be found by trying."""


def record_key(programme: str, *parts: str, secret: bytes = b"") -> str:
    """A stable key that shows nothing of the person: 10 base32 characters, 50 bits of a keyed hash.

    Among 100,000 records two share one with a chance of 1 in 200,000. Source: RFC 7693 (BLAKE2), RFC 4648 (base32).
    """
    content = "\x1f".join(parts).encode(
        "utf-8", "surrogatepass"
    )  # JSON may hold half a character; its value is refused
    digest = hashlib.blake2s(content, digest_size=_KEY_BYTES, key=_hash_key(programme, secret)).digest()
    number = int.from_bytes(digest, "big") >> 6  # the first 50 bits, two characters at a time
    pairs = _pairs()
    return "".join([pairs[number >> shift & 1023] for shift in (40, 30, 20, 10, 0)])


@functools.cache
def _pairs() -> list[str]:
    """All pairs of base32's characters in order."""
    return [first + second for first in _BASE32 for second in _BASE32]


def read_secret(path: Path) -> bytes:
    """The secret in a file. White space around it and a byte order mark do not count: editors add them.

    Raises:
        InputError: F-FILE-001 no such file, F-FILE-002 unreadable, F-DATA-090 too short.
    """
    try:
        secret = path.read_bytes().removeprefix(b"\xef\xbb\xbf").strip()
    except FileNotFoundError as exc:
        raise InputError(Problem("F-FILE-001", Place(str(path)))) from exc
    except OSError as exc:
        reason = exc.strerror or type(exc).__name__
        raise InputError(Problem("F-FILE-002", Place(str(path)), params={"reason": reason})) from exc
    if len(secret) < _SECRET_BYTES:
        raise InputError(Problem("F-DATA-090", Place(str(path)), str(len(secret))))
    return secret


@functools.lru_cache(maxsize=16)
def _hash_key(programme: str, secret: bytes) -> bytes:
    """At most 32 bytes. Without a secret the programme's own name."""
    salt = programme.encode()[:32]
    return hashlib.blake2s(secret, key=salt).digest() if secret else salt


@functools.lru_cache(maxsize=4096)
def natural_order(text: str) -> str:
    """A sort key that has 2 before 10, whatever stands around the number."""
    return _NUMBER.sub(lambda match: f"{int(match[0]):012}", text)
