"""Workers that end at once when they do what reading must never do: use the network, start a program, write a file.

Source: PEP 578 (audit hooks). Limits: what compiled code does by itself is not seen.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from formgen.reading import batch
from formgen.reading.files import FileReading

__all__ = ["CAUGHT", "start"]

CAUGHT = 99
"""Exit code of a worker that was caught."""
FORBIDDEN = (
    "socket.",
    "subprocess.",
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "os.fork",
    "os.remove",
    "os.rename",
    "os.rmdir",
    "os.mkdir",
    "os.link",
    "os.symlink",
    "os.chmod",
    "os.truncate",
    "shutil.",
    "urllib.",
    "webbrowser.",
)
_real_start = batch._start


def start(template_folders: Sequence[Path], form: str) -> Callable[[Path], FileReading]:
    """In place of `batch._start`: the same, watched from then on."""
    read = _real_start(template_folders, form)
    sys.addaudithook(_watch)
    return read


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if event.startswith(FORBIDDEN) or (event == "open" and _writes(*arguments)):
        os.write(2, f"{event} {arguments}\n".encode())
        os._exit(CAUGHT)


def _writes(path: Any, mode: str | None, flags: int) -> bool:
    is_writing = bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC)) or bool(
        set(mode or "") & set("wax+")
    )
    is_cache = isinstance(path, str) and "__pycache__" in path  # Python's own, of a module that is imported first here
    return is_writing and not is_cache and path != os.devnull
