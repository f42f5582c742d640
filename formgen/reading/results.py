"""The files that reading itself leaves, known again: `-o` may well name a file in the folder of returned forms.

In: a file, or how it begins. Out: whether it is one: a workbook by its mark, JSON and CSV by their first keys or
headers. What cannot be opened carries no mark: reading it tells.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from pathlib import Path
from typing import Final

__all__ = ["RESULT_MARK", "begins_as_result", "is_result"]

RESULT_MARK: Final = "formgen-read-result"
"""Keyword among the properties of such a workbook."""
_PROPERTIES: Final = "docProps/core.xml"
_LONGEST: Final = 1 << 16
_JSON: Final = re.compile(rb"""\s*\{\s*"(?:readings": \[|file": ".*?", "form": "|problems": \[)""", re.DOTALL)
_HEADERS: Final = (
    ("文件,记录编号", "file,record"),
    ("文件,表单,记录编号", "file,form,record"),
    ("状态,表单,记录,字段", "status,form,about,field"),
    ("表单,姓名或单位,记录编号", "form,about,record"),
    ("级别,代码,文件", "severity,code,file"),
)
"""Of the tables of records, of evidence, differences, missing sheets and problems."""
_TABLES: Final = tuple(f"{header},".encode("utf-8-sig") for headers in _HEADERS for header in headers)


def is_result(path: Path) -> bool:
    """Whether a workbook lists what was read, instead of being a returned form."""
    try:  # whatever zipfile raises for a file that is none, or broken: whoever reads it says what is wrong
        with zipfile.ZipFile(path) as package, package.open(_PROPERTIES) as part:
            return RESULT_MARK.encode() in part.read(_LONGEST)
    except (OSError, KeyError, ValueError, RuntimeError, NotImplementedError, EOFError, zipfile.BadZipFile, zlib.error):
        return False


def begins_as_result(head: bytes) -> bool:
    """Whether a text file of this beginning lists what was read. None of these is a form, whoever made it."""
    return head.startswith(_TABLES) or _JSON.match(head) is not None
