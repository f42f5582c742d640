"""The fonts there are: the user's folders, the font of the package, the system's folders.

In: folders. Out: for each family a template names, the chain of faces that prints it. The order never depends on
anything but the files there are: a face of that name from the user's folders, the font of the package, the other faces
of the user's folders, those of the system. The system is asked only for characters that none of the others has, never
by a family's name, so that a form looks the same on every machine.

A file of the user's folders that cannot be used is a problem and is left out; one of the system's is just left out.
"""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from formgen.errors import InputError
from formgen.problems import Place, Problem
from formgen.typeset.chain import GETA, FontChain, MissingGlyph
from formgen.typeset.faces import SUFFIXES, Face, FontFileError, read_faces

__all__ = ["GETA", "SHIPPED_FONTS", "Face", "FontBook", "FontChain", "MissingGlyph"]

SHIPPED_FONTS: Final = tuple(
    Path(__file__).with_name("font_files") / name
    for name in ("FormgenSong-Regular.otf", "FormgenSongSupplement-Regular.ttf")
)
"""The fonts of the package, in the order they are asked."""
WEB_SUFFIXES: Final = frozenset({".woff", ".woff2"})

_SAME_FAMILY: Final = (
    ("宋体", "SimSun", "NSimSun", "新宋体"),
    ("仿宋", "仿宋_GB2312", "FangSong", "FangSong_GB2312"),
    ("楷体", "楷体_GB2312", "KaiTi", "KaiTi_GB2312"),
    ("黑体", "SimHei"),
    ("方正小标宋简体", "方正小标宋_GBK", "FZXiaoBiaoSong-B05S", "FZXiaoBiaoSong-B05"),
)
"""Names under which one design goes; a face that has the very name comes first."""
_SONG_NAMES: Final = ("宋", "明", "song", "sung", "ming", "mincho", "serif")
_OTHER_REGIONS: Final = (" jp", " kr", " tc", " hk", " tw", "mono")


PRINTABLE: Final = frozenset(["allowed", "print-only"])
EDITABLE: Final = frozenset(["allowed"])
"""What a face's licence has to allow, as its file says it."""


class FontBook:
    """The fonts of one run.

    Args:
        font_dirs: the user's folders (or font files), in order of preference.
        is_editable: for files that are still to be filled in, where fonts for printing and viewing only may not be.
    Raises:
        InputError (F-FONT-004): one of them is not there; what was asked for would be printed in another font.
    """

    def __init__(self, font_dirs: Sequence[Path] = (), *, is_editable: bool = False) -> None:
        self.font_dirs = tuple(font_dirs)
        self._allowed = EDITABLE if is_editable else PRINTABLE
        self.problems: list[Problem] = []
        """What is wrong with the user's folders (F-FONT-001, F-FONT-002)."""
        self._own = [face for folder in self.font_dirs for face in sorted(self._read_folder(folder), key=_rank)]
        self._chains: dict[str, FontChain] = {}

    def chain(self, family: str) -> FontChain:
        """The faces that print a family's text; the same object for the same name."""
        try:
            return self._chains[family]
        except KeyError:
            pass
        named = self._named(family)
        near = [*named, *shipped_faces(), *(face for face in self._own if face not in named)]
        return self._chains.setdefault(family, FontChain(family, near, self._system_faces, self._own))

    def _system_faces(self) -> Sequence[Face]:
        return [face for face in system_faces() if face.embedding in self._allowed]

    def _named(self, family: str) -> list[Face]:
        """The regular face of that very name, or else of a name for the same design."""
        others = next((names for names in _SAME_FAMILY if family in names), ())
        for name in dict.fromkeys((family, *others)):
            wanted = name.casefold()
            found = [face for face in self._own if wanted in map(str.casefold, face.families)]
            if found:
                return [min(found, key=lambda face: (face.is_italic, abs(face.weight - 400)))]
        return []

    def _read_folder(self, folder: Path) -> Iterator[Face]:
        if not folder.exists():
            raise InputError(Problem("F-FONT-004", Place(str(folder))))
        for path in [folder] if folder.is_file() else _font_files(folder):
            try:
                faces = read_faces(path)
            except FontFileError as exc:
                self.problems.append(Problem("F-FONT-001", Place(str(path)), params={"reason": str(exc)}))
                continue
            for face in faces:
                if face.embedding in self._allowed:
                    yield face
                else:
                    params = {"name": face.name, "permission": face.embedding}
                    self.problems.append(Problem("F-FONT-002", Place(str(path)), params=params))


@functools.cache
def shipped_faces() -> Sequence[Face]:
    """Made so that no two characters share a glyph."""
    faces = [face for path in SHIPPED_FONTS for face in read_faces(path)]
    for face in faces:
        face.has_twins = False
    return faces


@functools.cache
def system_faces() -> Sequence[Face]:
    """The faces of the system's font folders that may be embedded: Song-like, regular ones first."""
    faces: list[Face] = []
    for folder in _system_folders():
        for path in _font_files(folder):
            try:
                faces += [face for face in read_faces(path) if face.embedding in PRINTABLE]
            except FontFileError:
                continue  # nobody asked for this file
    return sorted(faces, key=_rank)


def _system_folders() -> Sequence[Path]:
    home = Path.home()
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA", str(home / "AppData" / "Local"))
        return [
            Path(os.environ.get("WINDIR", "C:\\Windows")) / "Fonts",
            Path(local) / "Microsoft" / "Windows" / "Fonts",
        ]
    if sys.platform == "darwin":
        return [Path("/System/Library/Fonts"), Path("/Library/Fonts"), home / "Library" / "Fonts"]
    data = os.environ.get("XDG_DATA_HOME", str(home / ".local" / "share"))
    return [Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path(data) / "fonts", home / ".fonts"]


def _font_files(folder: Path) -> list[Path]:
    """Font files of a folder and the folders in it, by name; web fonts are found to be reported."""
    found = (Path(place) / name for place, _, names in os.walk(folder) for name in names)
    return sorted(path for path in found if path.suffix.lower() in SUFFIXES | WEB_SUFFIXES)


def _rank(face: Face) -> tuple[bool, bool, bool, int, str, int]:
    """Song-like, upright, with mainland shapes, near to regular weight; then by name of file and place in it."""
    name = face.name.casefold()
    names = " ".join(face.families).casefold()
    return (
        not any(word in names for word in _SONG_NAMES) or "sans" in names,
        face.is_italic,
        any(region in f"{name} " for region in _OTHER_REGIONS),
        abs(face.weight - 400),
        face.path.name,
        face.index,
    )
