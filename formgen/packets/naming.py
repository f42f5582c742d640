"""File names from a pattern: readable, the same on Windows and Linux, never one name for two records.

A pattern is a path with placeholders, `{place.town}/{household.number}-{person.name}`. A placeholder that has no value
leaves nothing behind, and no dangling dash either. Characters that Windows forbids become their full-width
twins, so that a name stays readable.

Source: Microsoft, "Naming Files, Paths, and Namespaces"; NAME_MAX of Linux file systems is 255 bytes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping

__all__ = ["MAX_COMPONENT_BYTES", "NameKeeper", "expand_pattern", "safe_component"]

MAX_COMPONENT_BYTES = 180
"""Room is left for a record's key, an ending and the temporary ending within 255 bytes."""

_FORBIDDEN = str.maketrans({char: chr(ord(char) + 0xFEE0) for char in '<>:"/\\|?*'})
_PLACEHOLDER = re.compile(r"\{([\w.]+)\}")
_RESERVED = re.compile(r"(?i)(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?=\.|$)")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


def expand_pattern(pattern: str, facts: Mapping[str, str]) -> str:
    """The path the pattern gives, with `/` between its components and no ending.

    A component that would be empty is left out; at least one component is kept.
    """
    components = (_expand_component(component, facts) for component in pattern.split("/"))
    return "/".join(component for component in components if component) or safe_component("")


def _expand_component(component: str, facts: Mapping[str, str]) -> str:
    text = _PLACEHOLDER.sub(lambda match: facts.get(match[1], ""), component)
    text = re.sub(r"-{2,}", "-", text).strip("-")
    return safe_component(text) if text.strip() else ""


def safe_component(text: str) -> str:
    """One folder's or file's name, without ending, valid on Windows and Linux. "_" where nothing is left."""
    text = _UNPRINTABLE.sub("", unicodedata.normalize("NFC", text)).translate(_FORBIDDEN)
    text = " ".join(text.split())
    while len(text.encode("utf-8", "replace")) > MAX_COMPONENT_BYTES:
        text = text[:-1]
    text = text.rstrip(". ")
    if _RESERVED.match(text):
        text = f"_{text}"
    return text or "_"


class NameKeeper:
    """Gives each record a path of its own; a taken one is told apart by the record's key.

    Names that differ only in case are the same name (Windows, macOS). `owners` are the paths an earlier run into the
    same folder gave, so that a second run with other data never takes another record's file.
    """

    def __init__(self, owners: Mapping[str, str] | None = None) -> None:
        self._owners = dict(owners or {})
        self._owner_of = {path.casefold(): owner for path, owner in self._owners.items()}
        self._taken: set[int] = set()

    def claim(self, path: str, ending: str, owner: str) -> str:
        """`path` + `ending`, or the same with `-owner` before the ending when another has it."""
        wanted = f"{path}{ending}"
        if not self._is_free(wanted, owner):
            wanted = f"{path}-{owner}{ending}"
            number = 2
            while not self._is_free(wanted, owner):
                wanted = f"{path}-{owner}-{number}{ending}"
                number += 1
        self._taken.add(_fold(wanted))
        return wanted

    def unclaimed(self) -> Iterator[str]:
        """Paths of the earlier run that no record of this run has."""
        return (path for path in self._owners if _fold(path) not in self._taken)

    def _is_free(self, wanted: str, owner: str) -> bool:
        return _fold(wanted) not in self._taken and self._owner_of.get(wanted.casefold(), owner) == owner


def _fold(path: str) -> int:
    """64 bits instead of the path: 100,000 names stay within a few megabytes."""
    return hash(path.casefold())
