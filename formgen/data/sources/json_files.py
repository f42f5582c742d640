"""JSON and JSON lines: a list of records, or an object of entity → list of records. Keys are labels or term keys.

In: a path. Out: raw tables whose first row is the keys. .jsonl streams (once to collect the keys, once for the rows);
.json is read whole.
Limits: a record is flat; a value that is a list or an object is given as it is and refused by the value types.
"""

from __future__ import annotations

import decimal
import functools
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, Final

from formgen.data.sources.table import RawRow, RawTable
from formgen.errors import InputError
from formgen.problems import Place, Problem

__all__ = ["json_lines_tables", "json_records", "json_tables", "json_text", "loads"]


def json_tables(path: Path) -> list[RawTable]:
    """The lists of a JSON file, by the names the file gives them.

    Raises:
        InputError: F-FILE-002 unreadable, F-FILE-004 not JSON, F-FILE-005 neither a list nor an object of lists.
    """
    raw = _load(path)
    named = raw if isinstance(raw, dict) else {path.stem: raw}
    tables = []
    for name, records in named.items():
        if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
            wanted = {"wanted": '[{…}, …] / {"person": [{…}, …], …}'}
            raise InputError(Problem("F-FILE-005", Place(str(path), str(name)), type(records).__name__, wanted))
        keys = _keys(records)
        if keys:
            rows = functools.partial(_rows, keys, records)
            tables.append(RawTable(str(path), str(name), rows, numbering="line", first_row=0))
    return tables


def json_lines_tables(path: Path) -> list[RawTable]:
    """The one table of a file of one JSON object a line. Raises as `json_tables`."""
    keys = _keys(record for _, record in json_records(path))
    if not keys:
        return []
    return [RawTable(str(path), path.stem, functools.partial(_line_rows, keys, path), numbering="line", first_row=0)]


def json_records(path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """(number of the line, or of the record in a .json list, from 1; record). Raises as `json_tables`."""
    if path.suffix.lower() == ".json":
        raw = _load(path)
        records: Iterable[tuple[int, Any]] = enumerate(raw if isinstance(raw, list) else [raw], start=1)
    else:
        records = _lines(path)
    for number, record in records:
        if not isinstance(record, dict):
            place = Place(str(path), cell=str(number))
            raise InputError(Problem("F-FILE-005", place, type(record).__name__, {"wanted": "{…}"}))
        yield number, record


loads: Final = json.JSONDecoder(parse_float=decimal.Decimal).decode
"""JSON with decimal fractions kept exact; made once, because json.loads makes a decoder a call."""


def _load(path: Path) -> Any:
    with _opened(path) as stream:
        return _parsed(path, json_text(path, stream.read()), "")


def _lines(path: Path) -> Iterator[tuple[int, Any]]:
    with _opened(path) as stream:
        for number, line in enumerate(stream, start=1):
            if text := json_text(path, line).strip():
                yield number, _parsed(path, text, str(number))


def _opened(path: Path) -> IO[bytes]:
    try:
        return path.open("rb")
    except FileNotFoundError as exc:
        raise InputError(Problem("F-FILE-001", Place(str(path)))) from exc
    except OSError as exc:
        reason = exc.strerror or type(exc).__name__
        raise InputError(Problem("F-FILE-002", Place(str(path)), params={"reason": reason})) from exc


def json_text(path: Path, content: bytes) -> str:
    """The text of a file in UTF-8 or GB18030. Raises: InputError (F-FILE-004)."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InputError(Problem("F-FILE-004", Place(str(path)), params={"reason": "UTF-8, GB18030: no"}))


def _parsed(path: Path, text: str, line: str) -> Any:
    try:
        return loads(text)
    except (ValueError, RecursionError) as exc:
        cell = line or str(getattr(exc, "lineno", ""))
        reason = str(getattr(exc, "msg", exc))
        raise InputError(Problem("F-FILE-004", Place(str(path), cell=cell), params={"reason": reason})) from exc


def _keys(records: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    keys: dict[str, None] = {}
    for record in records:
        keys.update(dict.fromkeys(record))
    return tuple(keys)


def _rows(keys: Sequence[str], records: Iterable[Mapping[str, Any]]) -> Iterator[RawRow]:
    yield list(keys)
    for record in records:
        yield [record.get(key) for key in keys]


def _line_rows(keys: Sequence[str], path: Path) -> Iterator[RawRow]:
    """Blank lines are rows without cells, so that a row's number is its line's."""
    yield list(keys)
    expected = 1
    for number, record in json_records(path):
        for _ in range(number - expected):
            yield []
        expected = number + 1
        yield [record.get(key) for key in keys]
