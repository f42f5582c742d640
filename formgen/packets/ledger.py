"""manifest.json: every file of a run, what is in it, and what was left out and why.

It is written while the run goes on and takes its name at the end, so that a killed run leaves the earlier one in
place. Nothing in it depends on the time or the machine: two runs over one dataset write the same bytes.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from formgen.files import whole_file
from formgen.problems import Language, Problem

__all__ = [
    "LEDGER_NAME",
    "FileEntry",
    "Ledger",
    "SheetEntry",
    "file_digest",
    "is_same_run",
    "open_ledger",
    "read_owners",
]

LEDGER_NAME = "manifest.json"
one_line: Final = json.JSONEncoder(ensure_ascii=False).encode


@dataclass(frozen=True, slots=True)
class SheetEntry:
    """One form in a file: which, in which version, for which record (its opaque key)."""

    form: str
    version: str
    record: str


@dataclass(frozen=True, slots=True)
class FileEntry:
    """One written file, its path relative to the run's folder with `/` between folders."""

    path: str
    sha256: str
    packet: str
    owner: str
    sheets: Sequence[SheetEntry]
    problems: Sequence[Problem] = ()


class Ledger:
    """Appends entries to the JSON text as they come; keeps none of them."""

    def __init__(self, stream: IO[bytes], head: Mapping[str, Any], language: Language) -> None:
        self._stream = stream
        self._language: Language = language
        self._is_first = True
        self._has_sheets = False
        opening = json.dumps(head, ensure_ascii=False, indent=1)
        self._write(opening.removesuffix("\n}") + ',\n "files": [')

    def add(self, entry: FileEntry) -> None:
        self.begin(entry.path, entry.packet, entry.owner)
        self.add_sheets(entry.sheets)
        self.end(entry.sha256, entry.problems)

    def begin(self, path: str, packet: str, owner: str) -> None:
        """Open the entry of a file whose sheets are not known yet; one at a time."""
        head = {"file": path, "packet": packet, "record": owner}
        text = json.dumps(head, ensure_ascii=False).removesuffix("}") + ', "sheets": ['
        self._write(("\n  " if self._is_first else ",\n  ") + text)
        self._is_first, self._has_sheets = False, False

    def add_sheets(self, sheets: Sequence[SheetEntry]) -> None:
        for sheet in sheets:
            text = one_line([sheet.form, sheet.version, sheet.record])
            self._write(", " + text if self._has_sheets else text)
            self._has_sheets = True

    def end(self, sha256: str, problems: Sequence[Problem]) -> None:
        tail = {"problems": [problem.as_json(self._language) for problem in problems], "sha256": sha256}
        self._write("], " + json.dumps(tail, ensure_ascii=False).removeprefix("{"))

    def close(self, tail: Mapping[str, Any]) -> None:
        closing = json.dumps(tail, ensure_ascii=False, indent=1)
        self._write("\n ],\n" + closing.removeprefix("{\n") + "\n")

    def _write(self, text: str) -> None:
        self._stream.write(text.encode("utf-8", "backslashreplace"))


@contextlib.contextmanager
def open_ledger(folder: Path, head: Mapping[str, Any], language: Language) -> Iterator[Ledger]:
    """Raises: OutputError (F-FILE-006, F-FILE-007)."""
    with whole_file(folder / LEDGER_NAME) as stream:
        yield Ledger(stream, head, language)


def is_same_run(folder: Path, head: Mapping[str, Any]) -> bool:
    """Whether the earlier run into this folder did the same thing, perhaps with other data or as another carrier."""
    try:
        earlier = json.loads((folder / LEDGER_NAME).read_bytes())
        return all(earlier.get(name) == head[name] for name in ("run", "of"))
    except (OSError, ValueError, AttributeError):
        return False


def read_owners(folder: Path) -> dict[str, str]:
    """Which record each path of an earlier run into this folder belongs to.

    A manifest that is not ours or not whole says nothing: then every path is free.
    """
    try:
        raw = json.loads((folder / LEDGER_NAME).read_bytes())
        return {str(entry["file"]): str(entry["record"]) for entry in raw["files"]}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def file_digest(path: Path) -> str:
    """SHA-256 of a dataset: of its file, or of all files of its folder in the order of their names."""
    digest = hashlib.sha256()
    for file in [path] if path.is_file() else sorted(item for item in path.iterdir() if item.is_file()):
        with file.open("rb") as stream:
            while chunk := stream.read(1 << 20):
                digest.update(chunk)
    return digest.hexdigest()
