"""Datasets as files: workbooks, CSV, JSON. In: a path. Out: raw tables, rows streaming.

What a file is, is decided by its content where content can tell (a renamed file is found out), by its ending otherwise.
What reads a workbook takes 7 ms to load: only whoever has one needs it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from formgen.data.sources.json_files import json_lines_tables, json_tables
from formgen.data.sources.table import RawRow, RawTable, column_letters
from formgen.errors import InputError
from formgen.problems import Place, Problem

__all__ = ["WANTED", "RawRow", "RawTable", "column_letters", "open_tables"]

WANTED = ".xlsx、.xlsm、.xls、.ods、.csv、.json、.jsonl"


@contextlib.contextmanager
def open_tables(path: Path) -> Iterator[Iterator[RawTable]]:
    """The tables of a dataset, in the file's order, each once; they can be read until the block ends.

    Raises:
        InputError: F-FILE-001 missing, F-FILE-002 unreadable, F-FILE-003 encrypted, F-FILE-004 damaged, F-FILE-005 of
            another type.
    """
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError) as exc:
        raise InputError(Problem("F-FILE-001", Place(str(path)))) from exc
    except OSError as exc:
        reason = exc.strerror or type(exc).__name__
        raise InputError(Problem("F-FILE-002", Place(str(path)), params={"reason": reason})) from exc
    suffix = path.suffix.lower()
    with contextlib.ExitStack() as stack:
        tables: Iterator[RawTable]
        if path.is_dir() or suffix in (".csv", ".tsv", ".txt"):
            from formgen.data.sources.csv_files import csv_tables

            tables = iter(csv_tables(path))
        elif suffix == ".json":
            tables = iter(json_tables(path))
        elif suffix in (".jsonl", ".ndjson"):
            tables = iter(json_lines_tables(path))
        else:
            from formgen.data.sources.workbook import workbook_tables

            tables = stack.enter_context(workbook_tables(path, WANTED))
        yield tables
