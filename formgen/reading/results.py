"""The workbooks that reading itself leaves, known again: `-o` may well name a file in the folder of returned forms.

In: a file. Out: whether it carries the mark. What cannot be opened carries none: reading it tells.
"""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path
from typing import Final

__all__ = ["RESULT_MARK", "is_result"]

RESULT_MARK: Final = "formgen-read-result"
"""Keyword among the properties of such a workbook."""
_PROPERTIES: Final = "docProps/core.xml"
_LONGEST: Final = 1 << 16


def is_result(path: Path) -> bool:
    """Whether a workbook lists what was read, instead of being a returned form."""
    try:
        with zipfile.ZipFile(path) as package, package.open(_PROPERTIES) as part:
            return RESULT_MARK.encode() in part.read(_LONGEST)
    except (OSError, KeyError, ValueError, RuntimeError, NotImplementedError, EOFError, zipfile.BadZipFile, zlib.error):
        return False
