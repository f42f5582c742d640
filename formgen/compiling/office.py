"""LibreOffice as a converter to PDF: its own profile, its own fonts, a time limit, no trace left.

In: Word and Excel files by name. Out: PDF files by the same names. All files go through one call, for starting takes
longer than converting. Fonts are named in a fontconfig file of the run's own, so that the machine's other fonts change
nothing: the forms' official fonts are not free, open ones of the same Han widths stand in for them.

The plain PDF export is used: unlike the tagged one and PDF/A its pages hold nothing but ink, fonts are embedded as
subsets with ToUnicode, and nothing is transparent. Limits: on Windows and macOS LibreOffice knows the system's fonts.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

import formgen.typeset
from formgen.errors import InputError
from formgen.problems import Place, Problem

__all__ = ["TIME_LIMIT_S", "Office", "find_office"]

TIME_LIMIT_S: Final = 180.0
SERIF: Final = "Formgen Song"
SERIF_FOLDER: Final = Path(formgen.typeset.__file__).parent / "font_files"
SANS: Final = "Noto Sans CJK SC"
STANDS_FOR: Final[Mapping[str, str]] = {
    **dict.fromkeys(("宋体", "SimSun", "仿宋", "仿宋_GB2312", "FangSong", "楷体", "楷体_GB2312", "KaiTi"), SERIF),
    **dict.fromkeys(("方正小标宋简体", "Times New Roman", "Calibri"), SERIF),
    **dict.fromkeys(("黑体", "SimHei", "微软雅黑"), SANS),
}
"""The forms' families and the open ones that stand in for them: the shipped Song, and a sans serif for headings."""
FONTS_XML: Final = (
    '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>{folders}{aliases}'
    "<cachedir>{cache}</cachedir></fontconfig>"
)
ALIAS_XML: Final = (
    '<match target="pattern"><test name="family"><string>{name}</string></test>'
    '<edit name="family" mode="assign" binding="same"><string>{family}</string></edit></match>'
)
VERSION: Final = re.compile(r"LibreOffice\S*\s+(\S+)")


def find_office() -> str | None:
    """The program LibreOffice, or None."""
    folders = (Path(os.environ.get("PROGRAMFILES", "C:/Program Files")), Path("/Applications/LibreOffice.app/Contents"))
    for folder in folders:
        for name in ("LibreOffice/program/soffice.exe", "MacOS/soffice"):
            if (folder / name).is_file():
                return str(folder / name)
    return shutil.which("soffice") or shutil.which("libreoffice")


@dataclass(frozen=True)
class Office:
    """LibreOffice on this machine.

    Args:
        program: its path.
        time_limit_s: of one call.
    """

    program: str
    time_limit_s: float = TIME_LIMIT_S

    @classmethod
    def find(cls, time_limit_s: float = TIME_LIMIT_S) -> Office:
        """Raises: InputError (F-LAYOUT-003): it is not installed."""
        program = find_office()
        if program is None:
            raise InputError(Problem("F-LAYOUT-003"))
        return cls(program, time_limit_s)

    @functools.cached_property
    def version(self) -> str:
        """As the program says it; '' where it says nothing."""
        try:
            done = subprocess.run(
                [self.program, "--version"], capture_output=True, check=False, timeout=min(60, self.time_limit_s)
            )
        except (OSError, subprocess.TimeoutExpired):
            return ""
        found = VERSION.search(done.stdout.decode("utf-8", "replace"))
        return found[1] if found else ""

    @functools.cached_property
    def fonts(self) -> Mapping[str, Path]:
        """The files of the families that stand in, by family."""
        found = {SERIF: SERIF_FOLDER / "FormgenSong-Regular.otf", SANS: _font_file(SANS)}
        return {family: path for family, path in found.items() if path is not None and path.is_file()}

    @functools.cached_property
    def font_hashes(self) -> Mapping[str, str]:
        return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in self.fonts.values()}

    def to_pdf(self, files: Mapping[str, bytes]) -> dict[str, bytes]:
        """Convert files, by name with its ending, to PDF. A file that cannot be opened is missing in the result.

        Raises:
            InputError: F-LAYOUT-004 it did not end in time (it was ended), F-LAYOUT-005 it failed altogether,
                F-LAYOUT-006 its fonts are missing.
        """
        if shutil.which("fc-match") is not None and len(self.fonts) < 2:
            raise InputError(Problem("F-LAYOUT-006", found=", ".join(self.fonts)))
        with tempfile.TemporaryDirectory(prefix="formgen-", ignore_cleanup_errors=True) as name:
            folder = Path(name)
            for part in ("in", "out"):
                (folder / part).mkdir()
            for file, content in files.items():
                (folder / "in" / file).write_bytes(content)
            self._run(folder, list(files))
            made = {file: folder / "out" / f"{Path(file).stem}.pdf" for file in files}
            return {file: path.read_bytes() for file, path in made.items() if path.is_file()}

    def _run(self, folder: Path, files: list[str]) -> None:
        command = [
            self.program,
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            *("--headless", "--norestore", "--nologo", "--convert-to", "pdf", "--outdir", str(folder / "out")),
            *(str(folder / "in" / file) for file in files),
        ]
        environment = {**os.environ, "FONTCONFIG_FILE": str(self._write_fonts(folder))}
        environment.pop("DISPLAY", None)
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                env=environment,
                start_new_session=True,
            )
        except OSError as exc:
            reason = exc.strerror or type(exc).__name__
            raise InputError(Problem("F-LAYOUT-005", Place(self.program), params={"reason": reason})) from exc
        try:
            _, said = process.communicate(timeout=self.time_limit_s)
        except subprocess.TimeoutExpired as exc:
            params = {"seconds": f"{self.time_limit_s:g}"}
            raise InputError(Problem("F-LAYOUT-004", Place(self.program), params=params)) from exc
        finally:
            _end(process)
        if process.returncode != 0:
            last = said.decode("utf-8", "replace").strip().splitlines()
            reason = last[-1] if last else f"exit {process.returncode}"
            raise InputError(Problem("F-LAYOUT-005", Place(self.program), params={"reason": reason}))

    def _write_fonts(self, folder: Path) -> Path:
        folders = sorted({str(path.parent) for path in self.fonts.values()})
        text = FONTS_XML.format(
            folders="".join(f"<dir>{escape(name)}</dir>" for name in folders),
            aliases="".join(ALIAS_XML.format(name=name, family=family) for name, family in STANDS_FOR.items()),
            cache=escape(str(folder / "fonts")),
        )
        path = folder / "fonts.conf"
        path.write_text(text, "utf-8")
        return path


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the program and all it started: soffice is a script around another process."""
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    if process.poll() is None:
        process.kill()
    process.communicate()


def _font_file(family: str) -> Path | None:
    """The file of a family's regular face, as fontconfig knows it."""
    matcher = shutil.which("fc-match")
    if matcher is None:
        return None
    done = subprocess.run(
        [matcher, "-f", "%{family}\t%{file}", f"{family}:style=Regular"], capture_output=True, check=False, timeout=60
    )
    names, _, file = done.stdout.decode("utf-8", "replace").partition("\t")
    return Path(file) if family in names.split(",") and Path(file).is_file() else None
