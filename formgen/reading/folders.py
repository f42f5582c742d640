"""The files that paths stand for: those named, and those in the folders named, at any depth.

In: paths. Out: files, a folder's in the order people count (2 before 10), each once; and problems for what was passed
over: lock files of open documents, hidden files, formgen's own list of files, links that lead back.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from formgen.data.keys import natural_order
from formgen.files import PARTIAL_SUFFIX, STAGING
from formgen.problems import Place, Problem
from formgen.reading.kinds import WANTED

__all__ = ["find_files"]

OWN: Final = frozenset(["manifest.json", STAGING])
SYSTEM: Final = frozenset(["thumbs.db", "desktop.ini", "__macosx"])
LOCKS: Final = ("~$", ".~")
"""Word and WPS on Windows; LibreOffice (.~lock.name#) and WPS on Linux."""
_HIDDEN_ATTRIBUTE: Final = 2


def find_files(paths: Iterable[Path]) -> tuple[Sequence[Path], Sequence[Problem]]:
    """The files, and what was passed over. A path that is no folder is a file, be it there or not: reading it tells."""
    search = _Search()
    for path in paths:
        if path.is_dir():
            before = len(search.files)
            search.look_into(path)
            if len(search.files) == before:
                search.pass_over("F-SAFE-026", path, wanted=WANTED)
        else:
            search.take(path)
    return list(search.files.values()), list(dict.fromkeys(search.problems))


class _Search:
    def __init__(self) -> None:
        self.files: dict[str, Path] = {}
        self.problems: list[Problem] = []
        self._folders: set[tuple[int, int]] = set()

    def take(self, path: Path) -> None:
        self.files.setdefault(os.path.abspath(path), path)

    def pass_over(self, code: str, path: Path, **params: str) -> None:
        self.problems.append(Problem(code, Place(str(path)), params=params))

    def look_into(self, folder: Path) -> None:
        waiting: list[Iterator[os.DirEntry[str]]] = [self._entries(folder)]
        while waiting:  # no recursion: folders may be as deep as a path is long
            entry = next(waiting[-1], None)
            if entry is None:
                waiting.pop()
            elif (code := _reason_to_pass(entry)) is not None:
                self.pass_over(code, Path(entry.path))
            elif _is_folder(entry):
                waiting.append(self._entries(Path(entry.path)))
            else:
                self.take(Path(entry.path))

    def _entries(self, folder: Path) -> Iterator[os.DirEntry[str]]:
        try:
            status = folder.stat()
            if (status.st_dev, status.st_ino) in self._folders:
                self.pass_over("F-SAFE-025", folder)
                return iter(())
            self._folders.add((status.st_dev, status.st_ino))
            with os.scandir(folder) as entries:
                return iter(sorted(entries, key=lambda entry: (_is_folder(entry), natural_order(entry.name))))
        except OSError as exc:
            self.pass_over("F-SAFE-024", folder, reason=exc.strerror or type(exc).__name__)
            return iter(())


def _reason_to_pass(entry: os.DirEntry[str]) -> str | None:
    name = entry.name.lower()
    if name.startswith(LOCKS):
        return "F-SAFE-021"
    if name in OWN or name.endswith(PARTIAL_SUFFIX):
        return "F-SAFE-023"
    if name.startswith(".") or name in SYSTEM or _is_hidden(entry):
        return "F-SAFE-022"
    return None


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link to itself: reading it tells
        return False


def _is_hidden(entry: os.DirEntry[str]) -> bool:
    """By Windows' attribute; other systems have none."""
    if os.name != "nt":
        return False
    attributes: int = getattr(entry.stat(), "st_file_attributes", 0)
    return bool(attributes & _HIDDEN_ATTRIBUTE)
