"""CSV files: one file, or every .csv of a folder, as Excel and WPS write them.

In: a path. Out: one raw table a file; all cells are text.
Encodings: a byte order mark decides; else UTF-8 if all bytes are UTF-8 (text in GB codes practically never is); else
GB18030, of which GBK and GB 2312 are parts. No statistics: a file that is neither is refused.
Limits: Python's gb18030 codec is of the 2005 edition: 24 characters that the 2022 edition moved out of the private use
area are moved here (GB 18030-2022, appendix on changed mappings).
"""

from __future__ import annotations

import codecs
import csv
import functools
import io
from collections.abc import Iterator
from pathlib import Path

from formgen.data.sources.table import RawRow, RawTable
from formgen.errors import InputError
from formgen.problems import Place, Problem

__all__ = ["csv_tables", "detect_encoding", "find_delimiter"]

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (bytes.fromhex("84319533"), "gb18030"),
)
_BLOCK = 1 << 20
_TO_2022 = dict(
    zip(
        map(
            ord,
            "\ue78d\ue78e\ue78f\ue790\ue791\ue792\ue793\ue794\ue795\ue796"
            "\ue81e\ue826\ue82b\ue82c\ue832\ue843\ue854\ue864\ue816\ue817\ue818\ue831\ue83b\ue855",
        ),
        "\ufe10\ufe12\ufe11\ufe13\ufe14\ufe15\ufe16\ufe17\ufe18\ufe19\u9fb4\u9fb5\u9fb6\u9fb7\u9fb8\u9fb9\u9fba\u9fbb"
        "\U00020087\U00020089\U000200cc\U000215d7\U0002298f\U000241fe",
        strict=True,
    )
)
_MOVED = frozenset(map(chr, _TO_2022))


def csv_tables(path: Path) -> list[RawTable]:
    """One table a file, in the order of their names.

    Raises:
        InputError: F-FILE-002 unreadable, F-FILE-004 in no known encoding.
    """
    if not path.is_dir():
        return [_table(path)]
    files = (child for child in path.iterdir() if child.suffix.lower() in (".csv", ".tsv") and child.is_file())
    return [_table(file) for file in sorted(files)]


def _table(path: Path) -> RawTable:
    try:
        encoding = detect_encoding(path)
        with path.open(encoding=encoding, newline="") as stream:
            delimiter = find_delimiter(stream.read(1 << 16))
    except OSError as exc:
        reason = exc.strerror or type(exc).__name__
        raise InputError(Problem("F-FILE-002", Place(str(path)), params={"reason": reason})) from exc
    return RawTable(str(path), path.stem, functools.partial(_rows, path, encoding, delimiter))


def detect_encoding(path: Path) -> str:
    """The name of the codec that reads the whole file strictly.

    Raises:
        InputError (F-FILE-004): no codec of those we know does.
    """
    with path.open("rb") as stream:
        head = stream.read(4)
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    for encoding in ("utf-8", "gb18030"):
        if _decodes(path, encoding):
            return encoding
    raise InputError(Problem("F-FILE-004", Place(str(path)), params={"reason": "UTF-8, GBK, GB18030: no"}))


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        with path.open("rb") as stream:
            while block := stream.read(_BLOCK):
                decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def find_delimiter(start: str) -> str:
    """Comma, tab or semicolon: whichever the first lines have most of, outside quotes."""
    lines = "".join(start.split('"')[::2]).splitlines()[:30]
    return max(",\t;", key=lambda mark: sum(line.count(mark) for line in lines))


def _rows(path: Path, encoding: str, delimiter: str) -> Iterator[RawRow]:
    csv.field_size_limit(1 << 24)
    done = 0
    try:
        with path.open(encoding=encoding, newline="") as stream:
            text = _moved(stream) if encoding == "gb18030" else stream
            reader = csv.reader(text, delimiter=delimiter)
            for row in reader:
                done += 1
                yield row
    except (csv.Error, UnicodeDecodeError) as exc:
        place = Place(str(path), cell=str(done + 1))
        raise InputError(Problem("F-FILE-004", place, params={"reason": str(exc)})) from exc
    except OSError as exc:
        reason = exc.strerror or type(exc).__name__
        raise InputError(Problem("F-FILE-002", Place(str(path)), params={"reason": reason})) from exc


def _moved(stream: io.TextIOBase) -> Iterator[str]:
    """Lines with the characters of the 2022 edition where the codec gives the private use area."""
    for line in stream:
        yield line if _MOVED.isdisjoint(line) else line.translate(_TO_2022)
