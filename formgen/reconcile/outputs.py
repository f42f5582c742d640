"""The files that a run of reading leaves: a workbook, JSON, JSON lines, or a folder of CSV files.

In: the desk. Out: each file whole or not at all, never over a file that was read. JSON streams: one sheet at a time
is in memory, however many came back.
"""

from __future__ import annotations

import csv
import io
import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from formgen.errors import OutputError
from formgen.files import CANNOT_WRITE, make_folder, output_error, staged_folder, whole_file
from formgen.problems import Language, Place, Problem
from formgen.reconcile.as_json import entry_json
from formgen.reconcile.desk import Desk
from formgen.reconcile.json_text import json_line, json_text
from formgen.reconcile.sheets import Sheet, sheets_of

__all__ = ["ENDINGS", "LINES", "TEXTS", "check_place", "check_target", "json_pieces", "refuse_inputs", "write_output"]

ENDINGS: Final = (".xlsx", ".json", ".jsonl", "")
"""What `-o` may name; without an ending it is a folder of CSV files."""
WORKBOOKS: Final = (".xlsx", ".xlsm")
TEXTS: Final = (".csv", ".tsv", ".txt")
LINES: Final = (".jsonl", ".ndjson")
_FORBIDDEN: Final = re.compile(r'[<>:"/\\|?*\x00-\x1f]')


def write_output(path: Path, desk: Desk, language: Language, *, is_compared: bool) -> None:
    """Write all that was read, in the form that the file's name tells.

    Raises:
        OutputError: F-FILE-006 … 008.
    """
    suffix = path.suffix.lower()
    if suffix == "":
        _write_csv(path, sheets_of(desk, language, is_compared=is_compared))
        return
    make_folder(path.parent)
    with whole_file(path) as stream:
        if suffix == ".xlsx":
            from formgen.reconcile.workbook import write_workbook

            write_workbook(stream, desk, sheets_of(desk, language, is_compared=is_compared), language)
        else:
            pieces = json_pieces(desk, language) if suffix == ".json" else _json_lines(desk, language)
            for piece in pieces:
                stream.write(piece.encode("utf-8", "backslashreplace"))


def json_pieces(desk: Desk, language: Language) -> Iterator[str]:
    """{"readings": […], "problems": […]}, piece by piece."""
    yield '{\n  "readings": ['
    yield from _items(entry_json(entry, desk.manifests.get(entry.reading.form), language) for entry in desk.entries())
    yield '],\n  "problems": ['
    yield from _items(problem.as_json(language) for problem in desk.problems())
    yield "]\n}\n"


def check_place(target: Path) -> None:
    """Find out whether a file can be made there, before hours of reading. Nothing is left there.

    Raises: OutputError (F-FILE-006, F-FILE-007, F-FILE-008).
    """
    folder = next(parent for parent in target.absolute().parents if parent.exists())
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except CANNOT_WRITE as exc:
        raise output_error(target, exc) from exc


def refuse_inputs(target: Path, inputs: Iterable[Path], data: Path | None, language: Language) -> None:
    """Raises: OutputError (F-FILE-006): the target is one of the files that are read, holds them all, or lies in the
    folder that is the dataset."""
    resolved = os.path.realpath(target)
    dataset = os.path.join(os.path.realpath(data), "") if data is not None and data.is_dir() else None
    for path in inputs:
        is_inside = dataset is not None and resolved.startswith(dataset)
        if (
            is_inside
            or os.path.realpath(path) == resolved
            or (target.exists() and path.exists() and target.samefile(path))
        ):
            reason = {"zh": "该文件要被读取，或由另一选项写入", "en": "it is read, or another option writes it"}[
                language
            ]
            raise OutputError(Problem("F-FILE-006", Place(str(target)), params={"reason": reason}))


def check_target(source: Path, new: Path) -> None:
    """Refuse what cannot be written before anything is read.

    Raises:
        OutputError: F-DIFF-020 the dataset's format cannot be written; F-DIFF-021 the new name says another format.
    """
    suffix = source.suffix.lower()
    if source.is_dir():
        wanted: tuple[str, ...] = ("",)
    elif suffix in WORKBOOKS:
        wanted = (".xlsx",)
    elif suffix in (*TEXTS, *LINES, ".json"):
        wanted = (suffix,)
    else:
        raise OutputError(Problem("F-DIFF-020", Place(str(source)), suffix))
    if new.suffix.lower() not in wanted:
        params = {"wanted": wanted[0] or "DIR"}
        raise OutputError(Problem("F-DIFF-021", Place(str(new)), new.suffix or new.name, params))


def _items(values: Iterable[object]) -> Iterator[str]:
    mark = "\n"
    for value in values:
        yield mark + "    "
        yield from json_text(value, "    ")
        mark = ",\n"
    if mark != "\n":
        yield "\n  "


def _json_lines(desk: Desk, language: Language) -> Iterator[str]:
    """A sheet a line; what concerns no sheet stands in a last line of its own."""
    for entry in desk.entries():
        made = entry_json(entry, desk.manifests.get(entry.reading.form), language)
        yield from json_line(made)
    problems = [problem.as_json(language) for problem in desk.problems()]
    yield from json_line({"problems": problems})


def _write_csv(folder: Path, sheets: Iterable[Sheet]) -> None:
    """A file a sheet, as Excel opens it: UTF-8 with a byte order mark."""
    make_folder(folder.parent)
    with staged_folder(folder) as staging:
        for sheet in sheets:
            name = _FORBIDDEN.sub("_", sheet.name).strip(" .") or "_"
            with (staging.path / f"{name}.csv").open("wb") as raw:
                stream = io.TextIOWrapper(raw, "utf-8-sig", "backslashreplace", newline="")
                writer = csv.writer(stream)
                writer.writerow([column.header for column in sheet.columns])
                for row in sheet.rows():
                    writer.writerow(["" if cell.value is None else str(cell.value) for cell in row])
                stream.flush()
